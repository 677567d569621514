# SPDX-License-Identifier: BSD-2-Clause
"""The UEFI cases of the doors matrix: OVMF, and the boot loaders that run on it.

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""
import os
import re
import shutil

from doors import base
from doors.base import CMDLINE, UNAME, WRONG, Case, Medium
from harness import media, payload

MACHINE = "q35"  # under OVMF the probe finds the power switch there, and not on the "pc"
BOOT = "EFI/BOOT/BOOTX64.EFI"
BOOT32 = "EFI/BOOT/BOOTIA32.EFI"
OWN = CMDLINE + " lintel.test=1"  # words from a loader
NAMED = f"linux=/cloud initrd=/first {CMDLINE}"
BACKSLASHES = NAMED.replace("/", "\\\\")  # GRUB's quoting of one
MISSING = "none"  # a file that is named but not there
REFERENCE = "probe.bzImage/efi/direct"
SIGNED = ".signed"  # by the key that is in OVMF's variables for tests
SMM = 30656  # KiB: what the firmware that enforces Secure Boot keeps to itself
PARTITION = "9D087404-1CA5-4FF2-8F55-4B4F6D696B65"
FRAGMENTS = 1400  # pages that firmware.c takes for "tear", each a range of its own
# What UEFI tells otherwise than a BIOS: why the reference differs from the BIOS doors'.
FIRMWARE = {
    "map": "OVMF lays out memory otherwise than SeaBIOS; its sum is checked by ram",
    "ram": "the same; every case checks it",
    "rsdp": "OVMF's tables lie elsewhere; that there are some is checked",
    "screen": "UEFI has a framebuffer, no text mode; that is checked",
    "efi": "a BIOS has no system table; that UEFI has one is checked",
}
ADDRESS = re.compile(r"[1-9a-f][0-9a-f]+")
NOT_ZERO = "(?!0+$)[0-9a-f]+"  # upper half, then the lower one with all its digits
FRAMEBUFFERS = re.compile(r"(70|23) mode 0 text 0x0 pixels \d{3,4}x\d{3,4}x(24|32) "
                          r"at [1-9a-f]\w{7}")
# How GRUB's doors without boot services differ from the reference.
GRUB = {
    "map": "GRUB gives the firmware's runtime code a type of its own, 20; ram checks the sum",
    "screen": "GRUB sets a mode of its own",
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


def secure(names, make):
    """The same with Secure Boot, and Debian's key for tests."""
    return ovmf(names, make, ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.snakeoil.fd"),
                MACHINE + ",smm=on",
                ("-global", "driver=cfi.pflash01,property=secure,value=on"))


def disk(path, number):
    """QEMU's arguments for the firmware's choice of that number."""
    return ["-drive", f"file={path},format=raw,if=none,id=disk{number}",
            "-device", f"virtio-blk-pci,drive=disk{number},bootindex={number}"]


def esp(tree, texts=None, then="", args=(), firmware=ovmf, partition=""):
    """A disk with @tree (path: file) and @texts (path: text); a second one that boots @then."""
    def make(files, stem):
        found = {path: files[name] for path, name in tree.items()}
        for number, (path, text) in enumerate((texts or {}).items()):
            found[path] = f"{stem}.medium.{number}.txt"
            payload.write(found[path], text.encode())
        image = stem + ".medium.img"
        media.esp_image(image, found, partition)
        return [*disk(image, 1), *(second(files[then], stem) if then else []), *args]
    return firmware([*tree.values(), *([then] if then else [])], make)


def second(path, stem):
    """The firmware's next choice."""
    image = stem + ".medium.2.img"
    media.esp_image(image, {BOOT: path, BOOT32: path})
    return disk(image, 2)


def direct(image, **more):
    """The firmware itself."""
    return esp({BOOT: image}, **more)


def grub(*lines, **more):
    """GRUB for UEFI runs some commands, then boots."""
    tree = {BOOT: "grub.efi", **{name: name for name in base.named(*lines) if name != MISSING}}
    return esp(tree, {"grub/grub.cfg": "\n".join([*lines, "boot", ""])}, **more)


def shim_grub(*lines, **more):
    """The same with Secure Boot, by Debian's shim, which GRUB asks whether a file is signed."""
    tree = {BOOT: "shimx64.efi" + SIGNED, "EFI/BOOT/grubx64.efi": "grub.efi" + SIGNED,
            **{name: name for name in base.named(*lines)}}
    return esp(tree, {"grub/grub.cfg": "\n".join([*lines, "boot", ""])}, firmware=secure, **more)


def systemd_boot(image, suffix="", **more):
    """systemd-boot finds an image by itself (Boot Loader Specification, type 2)."""
    return esp({BOOT: "systemd-bootx64.efi" + suffix, "EFI/Linux/OS.efi": image},
               {"loader/loader.conf": "timeout 0\n"}, **more)


def systemd_boot_entry(*lines, suffix="", **more):
    """systemd-boot runs an entry (Boot Loader Specification, type 1)."""
    tree = {BOOT: "systemd-bootx64.efi" + suffix, **{name: name for name in base.named(*lines)}}
    return esp(tree, {"loader/loader.conf": "timeout 0\n",
                      "loader/entries/test.conf": "\n".join(["title Test", *lines, ""])}, **more)


def syslinux(*lines, head=("default x", "label x"), **more):
    """syslinux.efi runs some directives."""
    tree = {BOOT: "syslinux.efi", "ldlinux.e64": "ldlinux.e64",
            **{name: name for name in base.named(*lines)}}
    text = "\n".join(["serial 0 115200", *head, *lines, ""])
    return esp(tree, {"syslinux.cfg": text}, **more)


def sid(names, make):
    """The firmware as Debian sid has it."""
    return ovmf(names, make, ("OVMF_CODE_4M.sid.fd", "OVMF_VARS_4M.sid.fd"))


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


def qemu(kernel, initrd="", cmdline="", firmware=ovmf, then=""):
    """QEMU's own loader, under OVMF."""
    loaded = base.qemu(kernel, initrd, cmdline)

    def make(files, stem):
        return [*loaded.make(files, stem), *(second(files[then], stem) if then else [])]
    return firmware([*loaded.files, *([then] if then else [])], make)


def ram(mib, kernel="", door=""):
    """KiB of RAM that Linux counts under OVMF, on its own as through Lintel.

    All but page 0, what lies from VGA to 1 MiB, and the firmware's runtime and ACPI memory;
    the amd64 and rt kernels reserve the boot logo too, which they find through UEFI.
    """
    return mib * 1024 - 6604 - (36 if kernel in ("amd64", "rt") and door != "multiboot1" else 0)


def boots(name, kernel, medium, door, cmdline=CMDLINE, files=("first",), mib=512, **more):
    """A case of any kernel through a door of Lintel."""
    if kernel in UNAME:
        seen = base.debian(kernel, cmdline, files, ram(mib, kernel, door), door)
        first = PLAIN_PC[kernel] if door == "multiboot1" else UEFI
        return Case(name, medium, [*first, *seen], mib=mib, **{"seconds": 120, **more})
    return Case(name, medium, base.PROBE, mib=mib,
                probe={**base.probe_facts(door, ram(mib), cmdline, kernel), **facts(door)}, **more)


def facts(door):
    """What UEFI tells otherwise than a BIOS, in its words."""
    systab = "00000000 systab 0+" if door == "multiboot1" else "34364c45 systab " + NOT_ZERO
    return {"efi": re.compile(systab), "rsdp": ADDRESS, "screen": FRAMEBUFFERS}


def through_all_doors(kernel):
    """A kernel as module and packed, through every door and loader."""
    image, c = f"/{kernel}.efi", CMDLINE
    initrd = "/first" if kernel in UNAME else "/plain"
    loaded = [
        ("direct", direct(image[1:]), "efi"),
        ("qemu", qemu(image[1:]), "efi"),
        ("systemd-boot", systemd_boot(kernel + ("" if kernel in UNAME else ".named") + ".efi"),
         "efi"),
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
    cases = [boots(f"{kernel}/efi/{name}", kernel, medium, door, **same(kernel, name, door))
             for name, medium, door in loaded]
    for case in cases:
        if case.name.endswith("/systemd-boot") and case.probe:
            case.probe["initrd_crc32"] = re.compile(r"[0-9a-f]{8} of \d+")
    return cases


def packed():
    """Debian's third kernel, and a stock UKI packed anew."""
    return [boots(f"packed/{image}/efi", kernel, direct(f"{image}.efi"), "efi", CMDLINE + words)
            for image, kernel, words in (("rt", "rt", " efi=runtime"), ("uki", "cloud", ""))]


def same(kernel, name, door):
    """What the probe's text is compared with, and which keys may differ."""
    if kernel in UNAME:
        return {}
    if f"{kernel}/efi/{name}" == REFERENCE:
        return {"same": base.REFERENCE, "explained": FIRMWARE}
    named = {"initrd_crc32": "/.extra is behind it"} if name == "systemd-boot" else {}
    return {"same": REFERENCE, "explained": {**EXPLAINED.get(door, {}), **named}}


def syslinuxes():
    """syslinux.efi, which ends boot services by itself where PE's header is not in the first
    512 bytes.  EDK II of 2026 must be asked twice; it asks once, and ONERROR asks again."""
    kernel, failed = ["kernel /cloud.efi"], "Failed to exit boot services: 0x8000000000000002"
    stock = ["kernel /cloud-no-handover", f"append {CMDLINE}", "initrd /first"]
    # boot_params begins with the file's first 512 bytes; the sentinel says so.
    started = [f"^lintel-init: cmdline {CMDLINE}$", "^lintel-init: report repaired=boot_params$",
               "^lintel-init: report door=linux32$", "^lintel-init: initrd ok$"]
    again = syslinux(*kernel, head=["default auto", "onerror auto", "label auto"], firmware=sid)
    return [
        Case("syslinux/2022", syslinux(*kernel), started),
        Case("syslinux/2026/stock", syslinux(*stock, firmware=sid), [failed], "Linux version"),
        Case("syslinux/2026/once", syslinux(*kernel, firmware=sid), [failed], "Linux version"),
        Case("syslinux/2026/again", again, [failed, *started]),
    ]


def initrds_and_command_lines():
    """An initrd beside the packed one, and words from the loader, which win."""
    both, grubs = ("first", "second"), f"BOOT_IMAGE=/cloud.efi {OWN}"
    return [
        boots("extra/efi/qemu", "cloud", qemu("cloud.efi", "second", OWN), "efi", OWN, both),
        boots("extra/efi/qemu-no-words", "cloud", qemu("cloud.efi", "second"), "efi", files=both),
        boots("extra/efi/ipxe", "cloud",
              ipxe(f"kernel /cloud.efi {OWN} initrd=second", "initrd /second"), "efi",
              OWN, both),
        boots("extra/efi/chain", "cloud", grub(f"chainloader /cloud.efi {OWN} initrd=/second"),
              "efi", OWN, both),
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
        # A packed image is opened: one Lintel is enough.
        boots("named/efi/packed", "cloud",
              grub(f"chainloader /lintel.efi linux=/cloud.efi initrd=/second {OWN}"), "efi",
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


def smbios():
    """Words for the command line from SMBIOS, which UEFI's tables name; none with Secure Boot."""
    extra = "lintel.test=1"
    loaded = {"direct": (direct("cloud.efi"), "efi", 512),
              "high": (direct("cloud.efi"), "efi", 5120),
              "linuxefi": (grub("linuxefi /cloud.efi"), "efi-handover", 512),
              "linux": (grub("linux /cloud.efi"), "linux32", 512),
              "exited": (grub("multiboot2 /cloud-exited.efi"), "multiboot2", 512),
              "multiboot2": (grub("multiboot2 /cloud.efi"), "multiboot2-efi64", 512)}
    left_out = "^lintel: Secure Boot: SMBIOS's words for the command line are left out"
    secured_medium = base.with_smbios(direct("cloud.efi" + SIGNED, firmware=secure), extra)
    return [
        *[Case(f"smbios/efi/{name}", base.with_smbios(medium, extra),
               base.debian("cloud", OWN, kib=r"\d+", door=door), mib=mib, seconds=120)
          for name, (medium, door, mib) in loaded.items()],
        Case("smbios/efi/secure", secured_medium,
             [left_out, *base.debian("cloud", kib=r"\d+", door="efi", dropped=["SMBIOS words"])],
             seconds=150),
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
    """More ranges than the zero page holds, none lost: firmware.c's cannot be merged."""
    def medium(kernel):
        return esp({BOOT: "firmware.efi", "NEXT.EFI": f"{kernel}.efi"}, {"FIRMWARE.TXT": "tear"})
    taken, (begin, end) = FRAGMENTS * 4, base.PROBE
    counted = r"^lintel-init: memory in 14\d\d ranges, 1[45]\d\d EFI descriptors$"
    cases = [Case("ranges/efi/probe", medium("probe.bzImage"),
                  [begin, rf"(?:^map .*\n){{{FRAGMENTS},{FRAGMENTS + 99}}}rsdp ", end],
                  probe=base.probe_facts("efi", ram(512) - taken))]
    for kernel in ("cloud", "amd64"):
        seen = base.debian(kernel, kib=ram(512, kernel) - taken, door="efi")
        cases.append(Case(f"ranges/efi/{kernel}", medium(kernel), [counted, *seen], seconds=150))
    return cases


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
    partitions = {
        "gpt": (direct("cloud.efi", partition=PARTITION), True),
        "gpt-grub": (grub("multiboot2 /cloud.efi", partition=PARTITION), False),
        # It has set the variables already, to the file that it is itself.
        "gpt-systemd-boot": (systemd_boot("cloud.efi", partition=PARTITION), True),
    }
    return [Case("interface/efi", direct("cloud.efi"), [*UEFI, *variables],
                 WRONG + "|LoaderDevicePartUUID"),
            *[Case(f"interface/efi/{name}", medium,
                   [*([r"LoaderImageIdentifier .*\\EFI\\BOOT\\BOOTX64\.EFI$"] if first else []),
                    f"^lintel-init: efi LoaderDevicePartUUID {PARTITION}$",
                    "^lintel-init: efi StubFeatures 0100000000000000$"], seconds=120)
              for name, (medium, first) in partitions.items()]]


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
        refused("refuse/efi/no-kernel", "E10", direct("lintel.efi", then=good), NEXT),
        *[refused(f"refuse/efi/{name}", error,
                  grub(f"chainloader /lintel.efi {words} {c}", "boot", f"chainloader /{good}"),
                  mib=mib) for name, error, words, mib in named],
    ]


def secured(name, medium, cmdline=CMDLINE, files=("first",), never="", door="efi", dropped=()):
    """A case that Linux must start with Secure Boot; Lintel says before what it has @dropped."""
    kib = ram(512) - SMM
    seen = [f"^lintel: Secure Boot: the loader's {what} is left out" for what in dropped]
    return Case(name, medium, [*seen, r"secureboot: Secure boot enabled",
                               *base.debian("cloud", cmdline, files, kib, door, dropped)],
                WRONG + never, seconds=150)


def denied(name, why, medium):
    """A case that must not be started with Secure Boot; the firmware goes on to the probe."""
    return Case(name, medium, [why, *base.PROBE], "Linux version", seconds=150,
                probe=base.probe_facts("efi", ram(512) - SMM))


def shim():
    """A boot loader that may start what is signed, and hands over whatever initrd it is told."""
    image, lintel = "/cloud.efi" + SIGNED, "/lintel.efi" + SIGNED
    return [
        secured("shim/chain", shim_grub(f"chainloader {image}")),
        secured("shim/linux", shim_grub(f"linux {image} {OWN}", "initrd /second"),
                never="|file second ok", door="efi-handover",
                dropped=["initrd", "command line"]),
        # Without SBAT data shim would not start it; the image of EFI/Linux is checked by shim too.
        secured("shim/bare", esp({BOOT: "shimx64.efi" + SIGNED, "EFI/BOOT/grubx64.efi": lintel[1:],
                                  "EFI/Linux/os.efi": image[1:]}, firmware=secure)),
        Case("shim/unsigned", shim_grub("linux /cloud.efi"), ["^error: .*signature"], "^lintel"),
        # GRUB does not say that Secure Boot is on; the kernel cannot know, and is told to lock.
        Case("shim/multiboot", shim_grub(f"multiboot {image} {OWN}"),
             ["^lintel: Secure Boot: the loader's command line is left out",
              "^lintel: Secure Boot may be on, .*: lockdown=integrity is added",
              "Kernel is locked down from command line",
              *base.debian("cloud", f"{CMDLINE} lockdown=integrity", kib=ram(512) - SMM,
                           door="multiboot1", dropped=["command line"])], WRONG, seconds=150),
        Case("shim/unsigned-multiboot2", shim_grub("multiboot2 /cloud.efi"), ["^error: "],
             "^lintel"),
        secured("shim/multiboot2", shim_grub(f"multiboot2 {image} {OWN}"),
                door="multiboot2-efi64", dropped=["command line"]),
        Case("shim/kernel-initrd", shim_grub(f"linux {lintel} {CMDLINE}", "initrd /cloud"),
             ["^lintel: E26 "], "Linux version", everywhere=("debugcon",)),
        # GRUB hands over no module; without one there is no kernel.
        Case("shim/kernel-multiboot2", shim_grub(f"multiboot2 {lintel} {CMDLINE}",
                                                 "module2 /cloud"),
             ["^error: prohibited by secure boot policy", "^lintel: E10 "], "Linux version"),
    ]


def secure_boot():
    """Only what is signed is started, and what is packed is neither replaced nor added to."""
    image, then = "cloud.efi" + SIGNED, "probe.bzImage.efi" + SIGNED
    on = {"firmware": secure}
    entry = {"suffix": SIGNED, **on}
    access = r"failed to load Boot\d+ .*: Access Denied"
    return [
        secured("secure/efi/direct", direct(image, **on)),
        secured("secure/efi/systemd-boot", systemd_boot(image, **entry)),
        # QEMU changes the header that is signed: OVMF denies it, then trusts who runs QEMU.
        secured("secure/efi/qemu", qemu(image, **on), door="efi-handover"),

        denied("secure/efi/unsigned", access, direct("cloud.efi", then=then, **on)),
        denied("secure/efi/changed", access,
               direct(image + ".changed", then=then, **on)),
        # Words and initrds from a loader.
        secured("secure/efi/words", systemd_boot_entry(f"efi /{image}", f"options {OWN}", **entry),
                dropped=["command line"]),
        secured("secure/efi/own-words", systemd_boot_entry(
            f"efi /cloud-no-words.efi{SIGNED}", f"options {OWN}", **entry), OWN),
        secured("secure/efi/initrd", systemd_boot_entry(
            f"linux /{image}", "initrd /second", **entry), never="|file second ok",
            dropped=["initrd"]),
        secured("secure/efi/own-initrd", systemd_boot_entry(
            f"linux /cloud-no-initrd.efi{SIGNED}", "initrd /first", **entry)),
        secured("secure/efi/named-initrd", systemd_boot_entry(
            f"efi /cloud-no-words.efi{SIGNED}", f"options {CMDLINE} initrd=/second", **entry),
            never="|file second ok", dropped=["initrd"]),
        # A kernel that is not signed.
        denied("secure/efi/linux", "^lintel: E26 ",
               systemd_boot_entry(f"efi /lintel.efi{SIGNED}", f"options linux=/cloud {CMDLINE}",
                                  then=then, **entry)),
        # There is no boot manager behind QEMU's loader.
        Case("secure/efi/kernel-initrd", qemu(f"lintel.efi{SIGNED}", "cloud", **on),
             ["^lintel: E26 "], "Linux version|BdsDxe: starting", everywhere=("debugcon",)),
    ]


CASES = [*[case for kernel in base.KERNELS for case in through_all_doors(kernel)],
         *syslinuxes(), *initrds_and_command_lines(), *smbios(), *exited(), *memory_sizes(),
         *many_ranges(), *seeds(), *interface(), *packed(), *refusals(), *secure_boot(), *shim()]
