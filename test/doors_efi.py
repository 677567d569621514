# SPDX-License-Identifier: BSD-2-Clause
"""The UEFI cases of the doors matrix: OVMF, and the boot loaders that run on it.

doors_cases.py takes them into its table; what a case is, is said there.
"""
import os
import shutil

import doors_cases as base
import media
import payload
from doors_cases import CMDLINE, UNAME, Case, Medium

MACHINE = "q35"  # under OVMF the probe finds the power switch there, and not on the "pc"
BOOT = "EFI/BOOT/BOOTX64.EFI"
BOOT32 = "EFI/BOOT/BOOTIA32.EFI"
OWN = CMDLINE + " lintel.test=1"  # words from a loader
NAMED = f"linux=/cloud initrd=/first {CMDLINE}"
BACKSLASHES = NAMED.replace("/", "\\\\")  # GRUB's quoting of one
MISSING = "none"  # a file that is named but not there
REFERENCE = "probe.bzImage/efi/direct"
FRAGMENTS = 412 * 4  # KiB: those of fragment.c's pages that do not fit into OVMF's own reserve
# What UEFI tells otherwise than a BIOS: why the reference differs from the BIOS doors'.
FIRMWARE = {
    "map": "OVMF lays out memory otherwise than SeaBIOS; its sum is checked by ram",
    "ram": "the same; every case checks it",
    "rsdp": "OVMF's tables lie elsewhere",
    "screen": "UEFI has a framebuffer, no text mode",
    "efi": "a BIOS has no system table",
    "setup_data_type": "UEFI gives a random seed",
}
# How GRUB's doors without boot services differ from the reference.
GRUB = {
    "map": "GRUB gives the firmware's runtime code a type of its own, 20; ram checks the sum",
    "screen": "GRUB sets a mode of its own",
    "setup_data_type": "the random seed is asked from boot services",
}
EXPLAINED = {
    "linux32": GRUB,
    "multiboot1": {**GRUB, "efi": "Multiboot 1 has no field for it", "rsdp": "nor for this"},
}
# What a kernel says of a framebuffer, with its colours where they are; of UEFI and ACPI.
FRAMEBUFFER = [r"{}fb: Truecolor: size=\d:8:8:8, shift=\d+:16:8:0$",
               r"Console: switching to colour frame buffer device"]
ACPI = r"ACPI: RSDP 0x"
UEFI = [r"efi: EFI v2\.\d+ by EDK II", ACPI, *[line.format("efi") for line in FRAMEBUFFER],
        r"^lintel-init: efi 64 bits, [1-9]\d+ variables$", r"^lintel-init: efi variable written$"]
# Multiboot 1 gives a plain framebuffer only, and the cloud kernel has no driver for it.
PLAIN_PC = {"cloud": [ACPI], "amd64": [ACPI, *[line.format("vesa") for line in FRAMEBUFFER]]}
# OVMF's words when an application has returned an error.
NEXT = r'BdsDxe: starting Boot\d+ "[^"]*2"'


def ovmf(names, make, firmware=("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"), machine=MACHINE, args=()):
    """A medium for OVMF, which gets its own copy of the variables."""
    def make_all(files, stem):
        variables = stem + ".medium.vars"
        shutil.copyfile(files[firmware[1]], variables)
        return ["-drive", f"if=pflash,format=raw,readonly=on,file={files[firmware[0]]}",
                "-drive", f"if=pflash,format=raw,file={variables}", *args, *make(files, stem)]
    return Medium([*dict.fromkeys([*firmware, *names])], make_all, machine)


def disk(path, number):
    """QEMU's arguments for the firmware's choice of that number."""
    return ["-drive", f"file={path},format=raw,if=none,id=disk{number}",
            "-device", f"virtio-blk-pci,drive=disk{number},bootindex={number}"]


def esp(tree, texts=None, then="", args=(), firmware=ovmf):
    """A disk with @tree (path: file) and @texts (path: text); a second one that boots @then."""
    def make(files, stem):
        found = {path: files[name] for path, name in tree.items()}
        for number, (path, text) in enumerate((texts or {}).items()):
            found[path] = f"{stem}.medium.{number}.txt"
            payload.write(found[path], text.encode())
        image = stem + ".medium.img"
        media.esp_image(image, found)
        return [*disk(image, 1), *(second(files[then], stem) if then else []), *args]
    return firmware([*tree.values(), *([then] if then else [])], make)


def second(path, stem):
    """The firmware's next choice."""
    image = stem + ".medium.2.img"
    media.esp_image(image, {BOOT: path, BOOT32: path})
    return disk(image, 2)


def direct(image, then="", args=()):
    """The firmware itself."""
    return esp({BOOT: image}, then=then, args=args)


def grub(*lines):
    """GRUB for UEFI runs some commands, then boots."""
    tree = {BOOT: "grub.efi", **{name: name for name in base.named(*lines) if name != MISSING}}
    return esp(tree, {"grub/grub.cfg": "\n".join([*lines, "boot", ""])})


def systemd_boot(image):
    """systemd-boot finds an image by itself (Boot Loader Specification, type 2)."""
    return esp({BOOT: "systemd-bootx64.efi", "EFI/Linux/OS.efi": image},
               {"loader/loader.conf": "timeout 0\n"})


def ipxe(*lines):
    """iPXE runs a script, which it fetches from QEMU's TFTP server like all else."""
    names = base.named(*lines)

    def make(files, stem):
        image, tftp = stem + ".medium.img", stem + ".medium.tftp"
        media.esp_image(image, {BOOT: files["ipxe.efi"]})
        os.makedirs(tftp, exist_ok=True)
        payload.write(os.path.join(tftp, "boot.ipxe"),
                      "\n".join(["#!ipxe", *lines, "boot", ""]).encode())
        for name in names:
            shutil.copyfile(files[name], os.path.join(tftp, name))
        return [*disk(image, 1), "-netdev", f"user,id=net,tftp={tftp},bootfile=boot.ipxe",
                "-device", "virtio-net-pci,netdev=net,romfile="]
    return ovmf(["ipxe.efi", *names], make)


def qemu(kernel, initrd="", cmdline=""):
    """QEMU's own loader, under OVMF."""
    return ovmf([kernel, *([initrd] if initrd else [])],
                base.qemu(kernel, initrd, cmdline).make)


def ram(mib, kernel="", door=""):
    """KiB of RAM that Linux counts under OVMF, on its own as through Lintel.

    All but page 0, what lies from VGA to 1 MiB, and the firmware's runtime and ACPI memory;
    the amd64 kernel reserves the boot logo too, which it finds through UEFI.
    """
    return mib * 1024 - 6604 - (36 if kernel == "amd64" and door != "multiboot1" else 0)


def boots(name, kernel, medium, door, cmdline=CMDLINE, files=("first",), mib=512, **more):
    """A case of any kernel through a door of Lintel."""
    if kernel in UNAME:
        seen = base.debian(kernel, cmdline, files, ram(mib, kernel, door), door)
        first = PLAIN_PC[kernel] if door == "multiboot1" else UEFI
        return Case(name, medium, [*first, *seen], mib=mib, **{"seconds": 120, **more})
    return Case(name, medium, base.PROBE, probe=base.probe_facts(door, ram(mib), cmdline), mib=mib,
                **more)


def through_all_doors(kernel):
    """A kernel as module and packed, through every door and loader."""
    image, c = f"/{kernel}.efi", CMDLINE
    initrd = "/first" if kernel in UNAME else "/plain"
    loaded = [
        ("direct", direct(image[1:]), "efi"),
        ("qemu", qemu(image[1:]), "efi"),
        ("systemd-boot", systemd_boot(image[1:]), "efi"),
        ("ipxe", ipxe(f"kernel {image}"), "efi"),
        ("chain", grub(f"chainloader {image}"), "efi"),
        ("chain-named", grub(f"chainloader /lintel.efi linux=/{kernel} initrd={initrd} {c}"),
         "efi"),
        ("linuxefi", grub(f"linuxefi {image}"), "efi-handover"),
        ("linux", grub(f"linux {image}"), "linux32"),
        ("multiboot2", grub(f"multiboot2 {image}"), "multiboot2-efi64"),
        ("multiboot2-modules", grub(f"multiboot2 /lintel.efi {c}", f"module2 /{kernel}",
                                    f"module2 {initrd}"), "multiboot2-efi64"),
        ("multiboot", grub(f"multiboot {image}"), "multiboot1"),
        ("multiboot-modules", grub(f"multiboot /lintel.efi {c}", f"module /{kernel}",
                                   f"module {initrd}"), "multiboot1"),
    ]
    return [boots(f"{kernel}/efi/{name}", kernel, medium, door, **same(kernel, name, door))
            for name, medium, door in loaded]


def same(kernel, name, door):
    """What the probe's text is compared with, and which keys may differ."""
    if kernel in UNAME:
        return {}
    if f"{kernel}/efi/{name}" == REFERENCE:
        return {"same": base.REFERENCE, "explained": FIRMWARE}
    return {"same": REFERENCE, "explained": EXPLAINED.get(door, {})}


def initrds_and_command_lines():
    """An initrd beside the packed one, and words from the loader, which win."""
    both, words = ("first", "second"), OWN + r"( initrd=\S+)?"
    grubs = f"(BOOT_IMAGE=/cloud.efi )?{words}"
    return [
        boots("extra/efi/qemu", "cloud", qemu("cloud.efi", "second", OWN), "efi", words, both),
        boots("extra/efi/qemu-no-words", "cloud", qemu("cloud.efi", "second"), "efi", files=both),
        boots("extra/efi/ipxe", "cloud",
              ipxe(f"kernel /cloud.efi {OWN} initrd=second", "initrd /second"), "efi",
              rf"(cloud\.efi )?{words}", both),
        boots("extra/efi/chain", "cloud", grub(f"chainloader /cloud.efi {OWN} initrd=/second"),
              "efi", words, both),
        boots("extra/efi/linuxefi", "cloud",
              grub(f"linuxefi /cloud.efi {OWN}", "initrdefi /second"), "efi-handover", grubs, both),
        boots("extra/efi/linux", "cloud", grub(f"linux /cloud.efi {OWN}", "initrd /second"),
              "linux32", grubs, both),
        boots("extra/efi/multiboot2", "cloud",
              grub(f"multiboot2 /cloud.efi {OWN}", "module2 /second"), "multiboot2-efi64", OWN,
              both),
        boots("named/efi/backslashes", "cloud", grub(f"chainloader /lintel.efi {BACKSLASHES}"),
              "efi"),
        boots("named/efi/two", "cloud",
              grub(f"chainloader /lintel.efi {NAMED} initrd=/second"), "efi", files=both),
        # A packed image is a bzImage too: Lintel enters Lintel.
        boots("named/efi/packed", "cloud",
              grub(f"chainloader /lintel.efi linux=/cloud.efi initrd=/second {OWN}"), "linux64",
              OWN, both),
        boots("named/efi/uki", "cloud",
              grub(f"chainloader /lintel.efi linux=/stock.uki initrd=/second {OWN}"), "efi", OWN,
              both),
        boots("module/efi/uki", "cloud",
              grub(f"multiboot2 /lintel.efi {OWN}", "module2 /stock.uki", "module2 /second"),
              "multiboot2-efi64", OWN, both),
        # One initrd, offered in two ways: as a file and by LoadFile2.
        boots("once/efi/qemu", "probe", qemu("probe-alone.efi", "plain"), "efi"),
        boots("huge/efi/qemu", "cloud", qemu("cloud.efi", "huge"), "efi", files=("first", "huge"),
              mib=2048, seconds=300),
        boots("huge/efi/named", "cloud",
              grub(f"chainloader /lintel.efi {NAMED} initrd=/huge"), "efi",
              files=("first", "huge"), mib=2048, seconds=300),
    ]


def exited():
    """Multiboot 2 when GRUB has ended boot services: the kernel still gets runtime services."""
    seen = [*UEFI[:2], *UEFI[4:], *base.debian("cloud", kib=ram(512), door="multiboot2")]
    return [Case("exited/efi/multiboot2", grub("multiboot2 /cloud-exited.efi"), seen)]


def memory_sizes():
    """All of the RAM is told, whatever there is of it."""
    cases = []
    for mib in (96, 512, 5120, 102400):
        loaded = {
            "efi": direct("probe.bzImage.efi"),
            "efi-handover": grub("linuxefi /probe.bzImage.efi"),
            "linux32": grub("linux /probe.bzImage.efi"),
            "multiboot2-efi64": grub("multiboot2 /probe.bzImage.efi"),
            "multiboot1": grub("multiboot /probe.bzImage.efi"),
        }
        cases += [boots(f"memory-{mib}/efi/{door}", "probe", medium, door, mib=mib)
                  for door, medium in loaded.items()]
    return cases + [boots(f"memory-{mib}/efi/cloud", "cloud", direct("cloud.efi"), "efi", mib=mib)
                    for mib in (5120, 102400)]


def many_ranges():
    """More ranges than the zero page holds, none lost: most of fragment.c's cannot be merged."""
    def medium(kernel):
        return esp({BOOT: "fragment.efi", "NEXT.EFI": f"{kernel}.efi"})
    kib = ram(512) - FRAGMENTS
    return [
        Case("ranges/efi/cloud", medium("cloud"),
             [*UEFI, *base.debian("cloud", kib=kib, door="efi")]),
        Case("ranges/efi/probe", medium("probe.bzImage"), base.PROBE,
             probe=base.probe_facts("efi", kib)),
    ]


def seeds():
    """A random seed where the firmware has a generator: SETUP_RNG_SEED, for the kernel's own."""
    medium = direct("probe.bzImage.efi", args=("-device", "virtio-rng-pci"))
    begin, end = base.PROBE
    return [Case("seed/efi/probe", medium, [begin, r"^setup_data_type 9$", end],
                 probe=base.probe_facts("efi", ram(512)))]


def interface():
    """What systemd-analyze and bootctl read (the Boot Loader Interface)."""
    variables = [r"^lintel-init: efi StubInfo [Ll]intel .+$",
                 r"^lintel-init: efi LoaderImageIdentifier .*\\EFI\\BOOT\\BOOTX64\.EFI$",
                 r"^lintel-init: efi LoaderTimeInitUSec \d+$",
                 r"^lintel-init: efi LoaderTimeExecUSec \d+$"]
    return [Case("interface/efi", direct("cloud.efi"), [*UEFI, *variables])]


def refused(name, error, medium, *then, mib=512):
    """A case that Lintel must refuse in one line, and give back to who then boots the probe."""
    return Case(name, medium, [f"^lintel: {error} ", *then, *base.PROBE],
                r"Linux version|Kernel panic", mib, probe=base.probe_facts("efi", ram(mib)),
                everywhere=("debugcon",))


def refusals():
    """What Lintel must refuse before it has ended boot services."""
    good, c = "probe.bzImage.efi", CMDLINE
    named = [("missing-kernel", "E24", f"linux=/{MISSING}", 512),
             ("missing-initrd", "E24", f"linux=/cloud initrd=/{MISSING}", 512),
             ("only-initrd", "E10", "initrd=/first", 512),
             ("arm64", "E11", "linux=/arm64", 512),
             ("truncated", "E12", "linux=/truncated initrd=/first", 512),
             ("16-bit", "E13", "linux=/ipxe.lkrn", 512),
             ("memory", "E16", "linux=/amd64 initrd=/large", 128)]
    return [
        # The firmware's boot manager takes its next choice only when it gets an error.
        refused("refuse/efi/no-kernel", "E10", direct("lintel.efi", good), NEXT),
        *[refused(f"refuse/efi/{name}", error,
                  grub(f"chainloader /lintel.efi {words} {c}", "boot", f"chainloader /{good}"),
                  mib=mib) for name, error, words, mib in named],
    ]


CASES = [*[case for kernel in base.KERNELS for case in through_all_doors(kernel)],
         *initrds_and_command_lines(), *exited(), *memory_sizes(), *many_ranges(), *seeds(),
         *interface(), *refusals()]
