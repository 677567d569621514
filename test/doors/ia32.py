# SPDX-License-Identifier: BSD-2-Clause
"""The cases of 32-bit UEFI: OVMF32 on processors with long mode, and on one without.

doors/cases.py takes them into its table; doors/base.py says what a case is. Media for
UEFI are in doors/efi.py.
"""
import re

from doors import base, efi
from doors.base import CMDLINE, UNAME, Case
from doors.efi import BOOT32

BARE = "lintelia32.efi"
GOOD = "probe.bzImage.ia32.efi"
# Why the probe's text differs from that under 64-bit firmware.
EXPLAINED = {
    "map": "another build of OVMF lays out memory otherwise; its sum is checked by ram",
    "ram": "the same; every case checks it",
    "rsdp": "the tables lie elsewhere; that there are some is checked",
    "efi": "a 32-bit system table; that there is one is checked",
}
FACTS = {"efi": re.compile("32334c45 systab " + efi.NOT_ZERO), "rsdp": efi.ADDRESS,
         "screen": efi.FRAMEBUFFERS}
# Linux passes the firmware addresses of its own, cut to 32 bits: with RAM above 4 GiB it crashes
# when it calls, also when it is started without Lintel.
NO_CALLS = "efi=noruntime"
UEFI = [line.replace("64 bits", "32 bits") for line in efi.UEFI]


def ovmf32(names, make):
    """A medium for OVMF32: Debian has one build, which writes its variables in SMM."""
    return efi.ovmf(names, make, ("OVMF32_CODE_4M.secboot.fd", "OVMF32_VARS_4M.fd"),
                    "q35,smm=on", ("-global", "driver=cfi.pflash01,property=secure,value=on"))


def esp(tree, texts=None, then="", args=()):
    """A disk for 32-bit firmware."""
    return efi.esp(tree, texts, then, args, ovmf32)


def direct(image, then="", args=()):
    """The firmware itself."""
    return esp({BOOT32: image}, then=then, args=args)


def beside(image, then=""):
    """The bare image, and beside it one for 64-bit firmware."""
    return esp({BOOT32: BARE, efi.BOOT: image}, then=then)


def grub(*lines):
    """GRUB for 32-bit UEFI runs some commands, then boots."""
    names = [name for name in base.named(*lines) if name != efi.MISSING]
    return esp({BOOT32: "grubia32.efi", **{name: name for name in names}},
               {"grub/grub.cfg": "\n".join([*lines, "boot", ""])})


def chain(words):
    """GRUB starts the bare image with some load options."""
    return grub(f"chainloader /{BARE} {words} {CMDLINE}")


def ram(mib, kernel=""):
    """KiB of RAM that Linux counts under OVMF32, on its own as through Lintel.

    Less than under OVMF: 16 MiB are for SMM, and more is kept for suspend to RAM.  With RAM
    above 4 GiB, the firmware's map says nothing of three pages.
    """
    return efi.ram(mib, kernel) - 29352 - (12 if mib > 4096 else 0)


def boots(name, kernel, medium, files=("first",), cmdline=CMDLINE, mib=512, door="efi", **more):
    """A case of any kernel."""
    if kernel in UNAME:
        return Case(name, medium, [*UEFI, *base.debian(kernel, cmdline, files, ram(mib, kernel),
                                                       door)],
                    mib=mib, **{"seconds": 120, **more})
    return Case(name, medium, base.PROBE, mib=mib,
                probe={**base.probe_facts(door, ram(mib), cmdline, kernel), **FACTS}, **more)


def loaded():
    """Where the kernel comes from."""
    both = ("first", "second")
    return [
        boots("cloud/ia32/direct", "cloud", direct("cloud.ia32.efi")),
        boots("amd64/ia32/direct", "amd64", direct("amd64.ia32.efi")),
        boots("cloud/ia32/beside", "cloud", beside("cloud.efi")),
        boots("cloud/ia32/beside-uki", "cloud", beside("stock.uki")),
        boots("cloud/ia32/chain", "cloud", grub("chainloader /cloud.ia32.efi")),
        boots("cloud/ia32/named", "cloud", chain("linux=/cloud initrd=/first")),
        boots("amd64/ia32/named", "amd64", chain("linux=/amd64 initrd=/first")),
        boots("cloud/ia32/named-uki", "cloud", chain("linux=/stock.uki initrd=/second"),
              both),
        # A packed image is opened.
        boots("cloud/ia32/named-packed", "cloud", chain("linux=/cloud.efi initrd=/second"),
              both),
        # UEFI's shell puts the program's name first, and offers its initrd by LoadFile2.
        boots("cloud/ia32/shell", "cloud",
              esp({name: name for name in (BARE, "cloud", "first")},
                  {"startup.nsh": f"fs0:\ninitrd \\first\n{BARE} linux=\\cloud {CMDLINE}\n"})),
        # GRUB splits the path; an initrd comes behind the one inside.
        boots("cloud/ia32/beside-named", "cloud",
              esp({BOOT32: "grubia32.efi", "os/lintelia32.efi": BARE,
                   "os/lintelx64.efi": "cloud.efi", "second": "second"},
                  {"grub/grub.cfg": "chainloader /os/lintelia32.efi initrd=/second\nboot\n"}),
              both),
        boots("probe.bzImage/ia32/direct", "probe.bzImage", direct(GOOD), same=efi.REFERENCE,
              explained=EXPLAINED),
        Case("memory-5120/ia32/cloud", chain(f"linux=/cloud initrd=/first {NO_CALLS}"),
             [*UEFI[:-2], *base.debian("cloud", f"{NO_CALLS} {CMDLINE}", kib=ram(5120),
                                       door="efi")], mib=5120, seconds=120),
        boots("memory-5120/ia32/probe", "probe.bzImage", direct(GOOD), mib=5120),
        boots("memory-102400/ia32/probe", "probe.bzImage", direct(GOOD), mib=102400),
        Case("memtest-ia32/ia32/direct", direct("memtest-ia32.ia32.efi"),
             [r"\.x32", r"#[2-9] +\[", "Errors: 0"], base.WRONG + "|Errors: [1-9]", mib=128),
    ]


def refused(name, error, medium, *then):
    """A case that must be refused in one line, and given back to who then boots the probe."""
    return Case(name, medium, [f"^lintel: {error} ", *then, *base.PROBE],
                r"Linux version|Kernel panic", probe=base.probe_facts("efi", ram(512)),
                everywhere=("debugcon",))


def refusals():
    """What must be refused."""
    no_long_mode = ("-cpu", "qemu64,-lm")
    return [
        refused("refuse/ia32/no-kernel", "E10", direct(BARE, GOOD), efi.NEXT),
        # Neither a bare Lintel nor a boot loader is a UKI.
        refused("refuse/ia32/beside-bare", "E10", beside("lintel.efi", GOOD), efi.NEXT),
        refused("refuse/ia32/beside-grub", "E10", beside("grub.efi", GOOD), efi.NEXT),
        refused("refuse/ia32/missing", "E24",
                grub(f"chainloader /{BARE} linux=/{efi.MISSING}", "boot", f"chainloader /{GOOD}")),
        # GRUB's linuxefi enters the universal image in 32 bits.
        Case("refuse/ia32/handover", grub("linuxefi /cloud.efi"), ["^lintel: E27 "],
             "Linux version", everywhere=("debugcon",)),
        Case("refuse/ia32/no-long-mode", direct("cloud.ia32.efi", BARE, no_long_mode),
             ["^lintel: E01 ", efi.NEXT, "^lintel: E01 "], "Linux version",
             everywhere=("debugcon",)),
    ]


def smbios():
    """Words for the command line from SMBIOS, which a system table of 32 bits names."""
    medium = base.with_smbios(direct("cloud.ia32.efi"), "lintel.test=1")
    return [Case("smbios/ia32/direct", medium,
                 base.debian("cloud", efi.OWN, kib=r"\d+", door="efi"), seconds=120)]


CASES = [*loaded(), *smbios(), *refusals()]
