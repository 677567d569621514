# SPDX-License-Identifier: BSD-2-Clause
"""The cases of measured boot: one image through every door, and images with one bit changed.

All images have the same signature for PCR 11, which was made for the first of them.
doors/base.py says what a case is; trust/run.py what all of these must do.
"""
import functools
import os
import shutil
from dataclasses import dataclass

from doors import efi, media as doors_media
from doors.base import Case, grub, qemu
from doors.files import MAKERS, file, kexec_initrd
from harness import media, payload
from trust import payload as trust_payload, policy

# Without the check a kernel says now and then on a busy computer that there is no timer.
WORDS = "console=ttyS0,115200 panic=-1 quiet no_timer_check lintel.test=1"
OS_RELEASE = "ID=lintel-test\nVERSION_ID=1\n"
GOOD, STUB, CHANGED_STUB = "trust.efi", "trust.uki", "trust-words.uki"
# What is changed in an image, and the image.
CHANGED = {"words": "trust-words.efi", "initrd": "trust-initrd.efi",
           "kernel": "trust-kernel.efi"}
# Behind which bytes one may change that nobody needs: in the kernel's text of its version, and
# in the time that gzip's header tells.
SPARE = {"kernel": b"SMP PREEMPT_DYNAMIC Debian ", "initrd": b"\x1f\x8b\x08\0"}
PAGE = 4096


def work(build):
    """The folder of what all cases share."""
    return os.path.join(build, "trust")


def keys(build):
    """The paths of the owner's key and of its public half."""
    return [os.path.join(work(build), name) for name in ("key.pem", "public.pem")]


def new_keys(build):
    """Make them."""
    private, public = keys(build)
    media.run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
              "-out", private)
    media.run("openssl", "pkey", "-in", private, "-pubout", "-out", public)


def flip(path, mark, output):
    """Copy a file with one bit changed, behind @mark."""
    with open(path, "rb") as before:
        data = bytearray(before.read())
    data[data.index(mark) + len(mark)] ^= 1
    payload.write(output, bytes(data))
    return output


def pack(build, output, options, changed=""):
    """Pack the kernel, the initrd and the words, one of them changed by one bit; beside the
    image are its ELF face and what the tool says that it measures."""
    parts = {"kernel": file(build, "cloud"), "initrd": file(build, "trust.initrd")}
    if changed in parts:
        parts[changed] = flip(parts[changed], SPARE[changed], f"{output}.{changed}")
    words = WORDS[:-1] + "0" if changed == "words" else WORDS
    said = media.run(os.path.join(build, "lintel"), "build", f"--linux={parts['kernel']}",
                     f"--initrd={parts['initrd']}", f"--cmdline={words}", "--uname=test",
                     f"--os-release={OS_RELEASE}", f"--phases={policy.PHASE}", "--measure",
                     "--json=short", *options, f"--output={output}", f"--elf={output}.elf")
    payload.write(output + ".json", said.encode())


def signed(build, output):
    """The image that the owner has signed."""
    private, public = keys(build)
    pack(build, output, [f"--pcr-private-key={private}", f"--pcr-public-key={public}",
                         "--pcr-banks=" + ",".join(policy.BANKS)])


def changed(what):
    """An image with something changed, and with the signature of the right one."""
    def make(build, output):
        payload.write(output + ".pcrsig", policy.sections(file(build, GOOD))[".pcrsig"])
        pack(build, output, [f"--section=.pcrsig:@{output}.pcrsig",
                             f"--pcrpkey={keys(build)[1]}"], what)
    return make


def elf(name):
    """The ELF face of an image."""
    return lambda build, _: file(build, name)


def stub(name):
    """What makes an image of systemd's stub with the sections of one of ours, all of them."""
    return lambda build, output: transplant(build, file(build, name), output)


def transplant(build, ours, output):
    """Put the sections of an image behind systemd's stub, Lintel's SBAT lines too."""
    stock = payload.get(build, "linuxx64-257.efi.stub")
    rows = [line.split() for line in media.run("objdump", "-h", stock).splitlines()]
    end = max(int(row[2], 16) + int(row[3], 16)
              for row in rows if len(row) == 7 and row[0].isdigit())
    words = ["--remove-section=.sbat"]
    for name, data in policy.sections(ours).items():
        if name in (*policy.MEASURED, ".pcrsig"):
            end = -(-end // PAGE) * PAGE
            payload.write(output + name, data)
            words += [f"--add-section={name}={output}{name}",
                      f"--change-section-vma={name}={end:#x}"]
            end += len(data)
    media.run("objcopy", *words, stock, output)
    shutil.copyfile(ours + ".json", output + ".json")


def kexec(name):
    """An initrd that starts an image by kexec."""
    return lambda build, output: kexec_initrd(build, output, name)


def makers():
    """What makes each file, once in a run."""
    found = {"trust.initrd": trust_payload.initrd, GOOD: signed, STUB: stub(GOOD),
             CHANGED_STUB: stub(CHANGED["words"]),
             **{image: changed(what) for what, image in CHANGED.items()}}
    for packed in (GOOD, *CHANGED.values()):
        found.update({packed + ".elf": elf(packed), packed + ".kexec": kexec(packed),
                      packed + ".iso": doors_media.maker("iso", packed),
                      packed + ".disk": doors_media.maker("disk", packed)})
    return {name: functools.cache(make) for name, make in found.items()}


MAKERS.update(makers())


@dataclass(eq=False)
class Measured(Case):
    """A machine with a TPM, and what it must do.

    @door: how Lintel names it; "" where Lintel is not the stub
    @image: the file that must be measured
    @unlocks: whether the disk must be readable then
    @uefi: whether the firmware is UEFI
    """
    door: str = ""
    image: str = GOOD
    unlocks: bool = True
    uefi: bool = False


def efi_doors(name):
    """How an image is started by UEFI."""
    return {
        "efi": ("efi", efi.direct(name)),
        "chain": ("efi", efi.grub(f"chainloader /{name}")),
        "efi-handover": ("efi-handover", efi.grub(f"linuxefi /{name}")),
        "multiboot2-efi64": ("multiboot2-efi64", efi.grub(f"multiboot2 /{name}")),
    }


def bios_doors(name):
    """How an image is started on a BIOS, or without firmware."""
    running = qemu("amd64", name + ".kexec", "console=ttyS0,115200 panic=-1 quiet")
    return {
        "linux16": ("linux16", qemu(name)),
        "cd": ("linux16", doors_media.bios(name + ".iso", "ide-cd")),
        "disk": ("linux16", doors_media.bios(name + ".disk", "ide")),
        "multiboot1": ("multiboot1", grub(f"multiboot /{name}")),
        "multiboot2": ("multiboot2", grub(f"multiboot2 /{name}")),
        "linux32": ("linux32", grub(f"linux /{name}")),
        "linux64": ("linux64", running),
        "pvh": ("pvh", qemu(name + ".elf")),
    }


def through_doors(prefix, name, unlocks):
    """An image through every door."""
    return [Measured(f"{prefix}/{way}", medium, [], image=name, unlocks=unlocks, door=door,
                     uefi=uefi, seconds=180, mib=1024 if way == "linux64" else 512)
            for doors, uefi in ((efi_doors, True), (bios_doors, False))
            for way, (door, medium) in doors(name).items()]


def all_cases():
    """systemd's stub, the image as it is, and the changed ones, each through every door."""
    return [
        Measured("stub/good", efi.direct(STUB), [], image=STUB, uefi=True, seconds=180),
        Measured("stub/changed", efi.direct(CHANGED_STUB), [], image=CHANGED_STUB, uefi=True,
                 unlocks=False, seconds=180),
        *through_doors("good", GOOD, True),
        *[case for what, name in CHANGED.items()
          for case in through_doors(f"changed/{what}", name, False)],
    ]


def few(cases):
    """What `make check` boots: of the changed images one through each door, in turn."""
    changed = list(CHANGED)
    ways = list(dict.fromkeys(case.name.rpartition("/")[2] for case in cases))
    return [case for case in cases if not case.name.startswith("changed/")
            or case.name.split("/")[1]
            == changed[ways.index(case.name.rpartition("/")[2]) % len(changed)]]


CASES = all_cases()
