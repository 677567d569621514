# SPDX-License-Identifier: BSD-2-Clause
"""What a case of the doors matrix is: a medium, and what must be seen; and the media and
expectations that many cases share.

Every text that Lintel or the probe kernel prints is named at the top.  The commands
of a medium name files as "/NAME"; doors/files.py makes each.
"""
import re
import zlib
from dataclasses import dataclass, field

from doors.files import CMDLINE, PLAIN, file
from harness import media, payload

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
    "multiboot1": r"(GRUB|ISOLINUX|iPXE) .*", "multiboot2": r"(GRUB|kexec) .*",
    "multiboot2-efi64": r"GRUB .*", "linux16": r"type (b0|72|3\d|ff)", "linux32": r"type (72|ff)",
    "linux64": r"type (d0|ff)", "efi": r"EDK II", "efi-handover": r"type (b0|21|72)",
    "pvh": r"", "xenpv": r"",
}
# ACPI's Serial Port Console Redirection table, version 2, after its header: a 16550 at I/O port
# 0x2f8 with 8 bits, IRQ 3, 115200 baud, no PCI device.
SPCR = (bytes([0, 0, 0, 0, 1, 8, 0, 1]) + (0x2f8).to_bytes(8, "little")
        + bytes([1, 3, 3, 0, 0, 0, 7, 0, 1, 0, 3, 0]) + b"\xff" * 4 + bytes(12))
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


def beside(medium, *args, texts=None):
    """The same medium in a machine with more arguments; @texts are files that these name."""
    def make(files, stem):
        more = list(args)
        for name, data in (texts or {}).items():
            path = f"{stem}.medium.{name}"
            payload.write(path, data)
            more = [word.replace("/" + name, path) for word in more]
        return [*more, *medium.make(files, stem)]
    return Medium(medium.files, make, medium.machine, medium.more)


def on_com2(medium, spcr=False):
    """The same where COM1 leads nowhere and the console is COM2, which ACPI says with @spcr."""
    table = ["-acpitable", "sig=SPCR,rev=2,oem_id=TEST,oem_table_id=TEST,data=/spcr"]
    return beside(medium, "-serial", "null", *(table if spcr else []), texts={"spcr": SPCR})


def with_smbios(medium, words):
    """The same in a machine whose SMBIOS has words for the command line, after another string."""
    key = "io.systemd.stub.kernel-cmdline-extra="
    return beside(medium, "-smbios", "type=11,value=test,value=" + key + words)


def ram(mib):
    """KiB of RAM that Linux counts on QEMU's PC under SeaBIOS.

    All but page 0, the EBDA, what lies from VGA to 1 MiB and the ACPI tables, which
    take a page more in a large machine.
    """
    return mib * 1024 - 4 - 1 - 384 - (132 if mib > 65536 else 128)


def report(kernel, door, dropped=()):
    """The boot report that a Debian kernel must show, whole."""
    lines = [f"tsc_entry={TSC}", *[f"dropped={what}" for what in dropped], "tpm=none",
             r"version=\d\S*",
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
