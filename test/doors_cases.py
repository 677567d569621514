# SPDX-License-Identifier: BSD-2-Clause
"""The cases of the doors matrix (doors.py runs them): a medium, and what must be seen.

Every text that Lintel or the probe kernel prints is named at the top.  The commands
of a medium name files as "/NAME"; doors_files.py makes each.
"""
import importlib
import re
import zlib
from dataclasses import dataclass, field

import media
from doors_files import CMDLINE, PLAIN, file

# The probe kernel's text, and the case that the others are compared with.
PROBE_TEXT = r"^lintel-probe: begin\n(.*)^lintel-probe: end$"
PROBE = [r"^lintel-probe: begin$", r"^lintel-probe: end$"]
REFERENCE = "probe.bzImage/multiboot2/modules"
PROBE_LINE = r"(report \w+|\w+)[ =](.*)"  # key and value
# Keys of the probe's text that may differ from case to case, and why.
EXPLAINED = {
    "initrd": "its address: loaders put it where they like; its bytes are checked by initrd_crc32",
    "setup_data": "addresses; setup_data_type tells what lies there",
    "report tsc_entry": "a time",
    "report tsc_jump": "another",
    "report door": "the door is what the case is about; every case checks it",
    "report loader": "the loader's own name; every case checks it, too",
    "report kernel": "the probe's name, or that it is an ELF file: checked",
    "report kind": "the same",
    "report moved": "what had to be moved depends on where the loader put it",
}
# How each door's loaders name themselves; a type is Linux's number for them.
LOADERS = {
    "multiboot1": r"(GRUB|ISOLINUX|iPXE) .*", "multiboot2": r"GRUB .*",
    "multiboot2-efi64": r"GRUB .*", "linux16": r"type (b0|72|3\d|ff)", "linux32": r"type (72|ff)",
    "linux64": r"type (d0|ff)", "efi": r"EDK II", "efi-handover": r"type (b0|21|72)",
    "pvh": r"", "xenpv": r"",
}
TSC = r"0x[0-9a-f]{16}"

WRONG = r"^error: .*|Kernel panic.*|^lintel: E\d\d.*"
UNAME = {"cloud": r"\S+-cloud-amd64", "amd64": r"[\d.]+-\d+-amd64",
         "rt": r"[\d.]+-\d+-rt-amd64"}
CMDLINE_SIZE = 2047  # the longest command line of Debian's kernels
MICROVM_RAM = 512 * 1024 - 4 - 385
KERNELS = ("cloud", "amd64", "probe.bzImage", "probe.elf")


@dataclass(eq=False)
class Medium:
    """Something to boot from: @make(files, stem) makes it; gives arguments for QEMU's @machine.

    Where @machine is "bochs": lines for its configuration, and @more for bochs.Machine.
    """
    files: list
    make: object
    machine: str = "pc"
    more: dict = field(default_factory=dict)


@dataclass(eq=False)
class Case:
    """A machine and what it must do.

    @expect: regexes that the serial console must show, in this order; @never must not
    @ends: "shutdown" or "reset", where the machine must do so
    @everywhere: the consoles where a refusal, the first expected line, must be too
    @probe: values that the probe must print; None where another kernel is booted
    @same: the case whose probe's text it must be, but for the keys of @explained
    """
    name: str
    medium: Medium
    expect: list
    never: str = WRONG
    mib: int = 512
    seconds: int = 90
    ends: str = ""
    everywhere: tuple = ()
    probe: dict = None
    same: str = ""
    explained: dict = field(default_factory=dict)


def named(*lines):
    """The files that commands name."""
    file = r"(?:\s|,|linux=|initrd=)[/\\]+([^\s,]+)"
    return list(dict.fromkeys(re.findall(file, "\n".join(lines))))


def grub(*lines):
    """GRUB for the BIOS runs some commands, from a CD."""
    def make(files, stem):
        iso = stem + ".medium.iso"
        media.grub_iso(iso, media.GRUB_HEAD + "\n".join(lines) + "\nboot\n", files)
        return ["-cdrom", iso]
    return Medium(named(*lines), make)


def lying(entries, *lines):
    """The same from a disk, after the BIOS was made to tell that many E820 entries."""
    def make(files, stem):
        disk, iso = stem + ".medium.img", stem + ".medium.iso"
        media.lying_disk(disk, entries)
        media.grub_iso(iso, media.GRUB_HEAD + "\n".join(lines) + "\nboot\n", files)
        return ["-drive", f"file={disk},format=raw,if=ide,index=0",
                "-drive", f"file={iso},format=raw,if=ide,index=1", "-boot", "c"]
    return Medium(named(*lines), make)


def isolinux(*lines):
    """isolinux runs some directives, from a CD."""
    def make(files, stem):
        iso = stem + ".medium.iso"
        media.isolinux_iso(iso, "serial 0 115200\ndefault x\nlabel x\n" + "\n".join(lines) + "\n",
                           files)
        return ["-cdrom", iso]
    return Medium([*media.ISOLINUX_FILES, *named(*lines)], make)


def qemu(kernel, initrd="", cmdline="", machine="pc"):
    """QEMU's own loader, under SeaBIOS or for a machine without a BIOS."""
    def make(files, _):
        args = ["-kernel", files[kernel]]
        args += ["-initrd", files[initrd]] if initrd else []
        return args + (["-append", cmdline] if cmdline else [])
    return Medium([kernel] + ([initrd] if initrd else []), make, machine)


def ram(mib):
    """KiB of RAM that Linux counts on QEMU's PC under SeaBIOS.

    All but page 0, the EBDA, what lies from VGA to 1 MiB and the ACPI tables, which
    take a page more in a large machine.
    """
    return mib * 1024 - 4 - 1 - 384 - (132 if mib > 65536 else 128)


def report(kernel, door, dropped=()):
    """The boot report that a Debian kernel must show, whole."""
    lines = [f"tsc_entry={TSC}", *[f"dropped={what}" for what in dropped], r"version=\d\S*",
             "contract=1", f"door={door}", f"loader={LOADERS[door]}", f"kernel={UNAME[kernel]}",
             "kind=bzImage", "exit=linux64", r"moved=\d+", f"tsc_jump={TSC}", "times in order"]
    return ["".join(rf"^lintel-init: report {line}\n" for line in lines)]


def debian(kernel, cmdline=CMDLINE, files=("first",), kib=ram(512), door="", dropped=()):
    """What a Debian kernel with our initrd must say."""
    return [f"^lintel-init: uname {UNAME[kernel]}$", "^lintel-init: subarch 0$",
            f"^lintel-init: cmdline {cmdline}$", f"^lintel-init: ram {kib} KiB$",
            *(report(kernel, door, dropped) if door else []),
            *[f"^lintel-init: file {name} ok$" for name in files], "^lintel-init: initrd ok$"]


def probe_facts(door, kib, cmdline=CMDLINE, kernel=""):
    """What the probe kernel must say, as text or regex; page 0 is RAM to it."""
    elf = {"probe.elf": "ELF64", "probe32.elf": "ELF32"}.get(kernel)
    return {"report door": door, "cmdline": cmdline, "ram": f"{kib + 4} KiB", "subarch": "0 0",
            "report loader": re.compile(LOADERS[door]), "report moved": re.compile(r"\d"),
            "report kernel": elf or "Lintel",
            "report kind": "ELF" if elf else "bzImage",
            "report tsc_entry": re.compile(TSC), "report tsc_jump": re.compile(TSC),
            "initrd_crc32": f"{zlib.crc32(PLAIN):08x} of {len(PLAIN)}"}


def boots(name, kernel, medium, door, cmdline=CMDLINE, files=("first",), mib=512, kib=0, **more):
    """A case of any of KERNELS through a door of Lintel; @kib of RAM where it is not a PC's."""
    kib = kib or ram(mib)
    if kernel in UNAME:
        return Case(name, medium, debian(kernel, cmdline, files, kib, door), mib=mib, **more)
    facts = probe_facts(door, kib, cmdline, kernel)
    return Case(name, medium, PROBE, probe=facts, mib=mib, **more)


def refused(name, error, *lines, mib=512, ends=""):
    """A case that Lintel must refuse, in one line on every console, through GRUB."""
    return Case(name, grub(*lines), [f"^lintel: {error} "], r"^error: .*|Linux version", mib,
                ends=ends, everywhere=("debugcon", "vga"))


def through_all_doors(kernel):
    """A kernel as module and packed, through every door and loader."""
    image, c = f"/{kernel}.efi", CMDLINE
    initrd = "/first" if kernel in UNAME else "/plain"
    loaded = [
        ("multiboot2/modules", grub(f"multiboot2 /lintel.efi {c}", f"module2 /{kernel}",
                                    f"module2 {initrd}"), "multiboot2"),
        ("multiboot2/modules-elf", grub(f"multiboot2 /lintel.elf {c}", f"module2 /{kernel}",
                                        f"module2 {initrd}"), "multiboot2"),
        ("multiboot/modules", grub(f"multiboot /lintel.efi {c}", f"module /{kernel}",
                                   f"module {initrd}"), "multiboot1"),
        ("multiboot/modules-elf", grub(f"multiboot /lintel.elf {c}", f"module /{kernel}",
                                       f"module {initrd}"), "multiboot1"),
        ("multiboot2/packed", grub(f"multiboot2 {image}"), "multiboot2"),
        ("multiboot/packed", grub(f"multiboot {image}"), "multiboot1"),
        ("linux/packed", grub(f"linux {image}"), "linux32"),
        ("linux16/packed", grub(f"linux16 {image}"), "linux16"),
        ("qemu/packed", qemu(image[1:]), "linux16"),
        ("qemu-elf/packed", qemu(image[1:] + ".elf"), "pvh"),
        ("isolinux-linux/packed", isolinux(f"linux {image}"), "linux16"),
        ("isolinux-mboot/packed", isolinux("kernel mboot.c32", f"append {image}"), "multiboot1"),
    ]
    same = REFERENCE if kernel.startswith("probe.") else ""
    return [boots(f"{kernel}/{name}", kernel, medium, door, same=same)
            for name, medium, door in loaded]


def microvms():
    """QEMU's machine without BIOS and VGA."""
    memory = {"kib": MICROVM_RAM, "explained": {
        "ram": "no BIOS takes any", "map": "no BIOS takes any", "screen": "there is none",
        "rsdp": "QEMU's own place for it"}}
    return [
        boots("microvm/cloud", "cloud", qemu("cloud.efi.elf", machine="microvm"), "pvh", **memory),
        boots("microvm/amd64-bare", "amd64", qemu("lintel.elf", "cat", CMDLINE, "microvm"), "pvh",
              **memory),
        boots("microvm/probe", "probe.bzImage", qemu("probe.bzImage.efi.elf", machine="microvm"),
              "pvh", same=REFERENCE, **memory),
    ]


def initrds_and_command_lines():
    """Initrds beside and before others; a command line from the loader, which wins."""
    c, both = CMDLINE, ("first", "second")
    own = c + " lintel.test=1"
    longest = c + " " + "x" * (CMDLINE_SIZE - len(c) - 1)
    return [
        boots("order/multiboot2", "cloud", grub(f"multiboot2 /lintel.efi {c}", "module2 /first",
                                                "module2 /cloud"), "multiboot2"),
        boots("order/multiboot", "cloud", grub(f"multiboot /lintel.efi {c}", "module /first",
                                               "module /cloud"), "multiboot1"),
        boots("two/multiboot2", "cloud",
              grub(f"multiboot2 /lintel.efi {c}", "module2 /cloud", "module2 /second",
                   "module2 /first"), "multiboot2", files=both),
        boots("two/multiboot", "cloud",
              grub(f"multiboot /lintel.efi {c}", "module /second", "module /cloud",
                   "module /first"), "multiboot1", files=both),
        boots("large/multiboot2", "amd64",
              grub(f"multiboot2 /lintel.efi {c}", "module2 /amd64", "module2 /large"),
              "multiboot2", files=("large",), seconds=180),
        boots("large/multiboot", "amd64",
              grub(f"multiboot /lintel.efi {c}", "module /amd64", "module /large"),
              "multiboot1", files=("large",), seconds=180),
        boots("extra/multiboot2", "cloud", grub("multiboot2 /cloud.efi", "module2 /second"),
              "multiboot2", files=both),
        boots("extra/multiboot", "cloud", grub("multiboot /cloud.efi", "module /second"),
              "multiboot1", files=both),
        boots("extra/linux", "cloud", grub(f"linux /cloud.efi {own}", "initrd /second"),
              "linux32", f"BOOT_IMAGE=/cloud.efi {own}", both),
        boots("extra/linux16", "amd64", grub(f"linux16 /amd64.efi {own}", "initrd16 /second"),
              "linux16", f"BOOT_IMAGE=/amd64.efi {own}", both),
        boots("extra/qemu", "cloud", qemu("cloud.efi", "second", own), "linux16", own, both),
        boots("extra/qemu-elf", "cloud", qemu("cloud.efi.elf", "second", own), "pvh", own, both),
        boots("bare/qemu-elf", "cloud", qemu("lintel.elf", "cloud.efi"), "pvh"),
        boots("bare/qemu-elf-archive", "cloud", qemu("lintel.elf", "archive", c), "pvh"),
        boots("bare/qemu-joined", "amd64", qemu("lintel.efi", "cat", c), "linux16"),
        boots("extra/isolinux-linux", "cloud",
              isolinux("linux /cloud.efi", f"append {own} initrd=/second"), "linux16",
              f"BOOT_IMAGE=/cloud.efi {own} initrd=/second", both),
        boots("extra/isolinux-mboot", "cloud",
              isolinux("kernel mboot.c32", f"append /cloud.efi {own} --- /second"), "multiboot1",
              own, both),
        Case("high-initrd/multiboot2", grub("multiboot2 /cloud.efi", "module2 /second"),
             # Two that do not touch are moved, and then there is room above 4 GiB.
             [r"RAMDISK: \[mem 0x[1-9a-f][0-9a-f]{8}-",
              *debian("cloud", files=both, kib=ram(5120), door="multiboot2")], mib=5120),
        boots("cmdline/longest", "cloud",
              grub(f"multiboot2 /lintel.efi {longest}", "module2 /cloud", "module2 /first"),
              "multiboot2", longest),
    ]


def kexecs():
    """A running Debian kernel starts the packed image, also with five levels of paging."""
    cases = []
    for cpu, la57 in (("qemu64", 0), ("max", 1)):
        loaded = qemu("amd64", "kexec", "console=ttyS0,115200 panic=-1")

        def make(files, stem, cpu=cpu, loaded=loaded):
            return [*loaded.make(files, stem), "-cpu", cpu]
        cases.append(Case(f"kexec/{cpu}", Medium(loaded.files, make),
                          [f"^lintel-kexec: la57 {la57}",
                           *debian("cloud", kib=r"\d+", door="linux64")], mib=1024))
    return cases


def memtests():
    """Kernels that are fixed at 1 MiB, where Lintel and its modules may lie."""
    c, cases = "console=ttyS0,115200", []
    for bits in ("ia32", "x64"):
        expect = [r"\.x" + bits[-2:], r"#[2-9] +\[", "Errors: 0"]
        for name, lines in {"modules": (f"multiboot2 /lintel.efi {c}", f"module2 /memtest-{bits}"),
                            "packed": (f"multiboot2 /memtest-{bits}.efi",),
                            "linux16": (f"linux16 /memtest-{bits}.efi",)}.items():
            cases.append(Case(f"memtest-{bits}/{name}", grub(*lines), expect,
                              WRONG + "|Errors: [1-9]", mib=64))
    return cases


def signed():
    """A signature behind the last section is in nobody's way."""
    image = "cloud.efi.signed"
    loaded = {"multiboot2": grub(f"multiboot2 /{image}"), "linux16": qemu(image),
              "multiboot1": grub(f"multiboot /{image}"), "linux32": grub(f"linux /{image}")}
    return [boots(f"signed/{door}", "cloud", medium, door) for door, medium in loaded.items()]


def packed():
    """Debian's third kernel, and a stock UKI packed anew, by a BIOS and by PVH; also by UEFI
    (doors_efi.py) and by Xen (xen_cases.py)."""
    return [boots(f"packed/{image}/{name}", kernel, medium, door, CMDLINE + words)
            for image, kernel, words in (("rt", "rt", " efi=runtime"), ("uki", "cloud", ""))
            for name, medium, door in (
                ("grub", grub(f"multiboot2 /{image}.efi"), "multiboot2"),
                ("qemu", qemu(f"{image}.efi"), "linux16"),
                ("pvh", qemu(f"{image}.efi.elf"), "pvh"))]


def memory_sizes():
    """All of the RAM is told, whatever there is of it."""
    cases, c = [], CMDLINE
    for mib in (64, 512, 5120, 102400):
        loaded = {
            "multiboot2": grub(f"multiboot2 /lintel.efi {c}", "module2 /probe.bzImage",
                               "module2 /plain"),
            "multiboot1": grub(f"multiboot /lintel.efi {c}", "module /probe.bzImage",
                               "module /plain"),
            "linux32": grub("linux /probe.bzImage.efi"),
            "linux16": qemu("probe.bzImage.efi"),
        }
        cases += [boots(f"memory-{mib}/{door}", "probe", medium, door, mib=mib)
                  for door, medium in loaded.items()]
    return cases + [
        boots(f"memory-{mib}/cloud", "cloud",
              grub(f"multiboot2 /lintel.efi {c}", "module2 /cloud", "module2 /first"),
              "multiboot2", mib=mib) for mib in (5120, 102400)]


def many_ranges():
    """E820 entries beyond what the zero page holds, none lost."""
    cases, c = [], CMDLINE
    for entries in (153, 301):
        kib = media.lie_ram(entries) // 1024 - 4
        loaded = {
            "multiboot2": (f"multiboot2 /lintel.efi {c}", "module2 /@", "module2 /+"),
            "multiboot1": (f"multiboot /lintel.efi {c}", "module /@", "module /+"),
            "linux16": ("linux16 /@.efi",),
        }
        for door, lines in loaded.items():
            for kernel, initrd in (("amd64", "first"), ("probe.bzImage", "plain")):
                medium = lying(entries, *[line.replace("@", kernel).replace("+", initrd)
                                          for line in lines])
                name = f"e820-{entries}/{kernel}/{door}"
                cases.append(Case(name, medium, debian(kernel, kib=kib, door=door))
                             if kernel == "amd64" else
                             Case(name, medium, PROBE, probe=probe_facts(door, kib)))
    return cases


def refusals():
    """What Lintel must refuse, and with which words."""
    shim = "multiboot2 /lintel.efi " + CMDLINE
    too_long = CMDLINE + " " + "x" * (CMDLINE_SIZE - len(CMDLINE))
    return [
        refused("refuse/no-kernel", "E10", shim),
        refused("refuse/no-kernel-multiboot", "E10", "multiboot /lintel.efi"),
        refused("refuse/no-kernel-linux", "E10", "linux /lintel.efi"),
        refused("refuse/no-kernel-linux16", "E10", "linux16 /lintel.efi"),
        refused("refuse/only-initrd", "E10", shim, "module2 /first"),
        refused("refuse/arm64", "E11", shim, "module2 /arm64"),
        refused("refuse/truncated", "E12", shim, "module2 /truncated", "module2 /first"),
        refused("refuse/ipxe", "E13", shim, "module2 /ipxe.lkrn"),
        refused("refuse/memdisk", "E13", shim, "module2 /memdisk", "module2 /first"),
        refused("refuse/memory", "E16", shim, "module2 /amd64", "module2 /first", mib=64),
        refused("refuse/cmdline", "E09", "multiboot2 /lintel.efi " + too_long, "module2 /cloud",
                "module2 /first"),
        refused("refuse/signed", "E26", "multiboot2 /lintel.efi.signed " + CMDLINE,
                "module2 /cloud"),
        refused("refuse/reboot", "E10", shim + " lintel.reboot=1", ends="reset"),
    ]


CASES = [*[case for kernel in KERNELS for case in through_all_doors(kernel)],
         *microvms(), *initrds_and_command_lines(), *kexecs(), *memtests(), *signed(),
         *packed(),
         *memory_sizes(),
         *many_ranges(), *refusals()]

# The other files of cases, down here since they need all of the above, and each what is before it.
OTHERS = ("efi", "ia32", "media", "media_size", "widths", "choose", "bochs", "net", "hello",
          "chain", "firmware")
for _name in OTHERS:
    CASES += importlib.import_module("doors_" + _name).CASES
