#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does `lintel explain` say what real loaders do?  Two machines at a time, a line for each pair.

usage: explain_test.py [-v] [-j N] [-k GLOB] [BUILD]

Every one of FILES is handed to every loader of explain's table that runs here, and it is
looked whether the file's own code comes to run, and through which door: at a breakpoint on
the file's entry, or by the first words of the program.  A refusal is known by the loader's
own words, by QEMU's end or by a reset; HANGS names where a loader says nothing.  explain's
verdict must be that, and its door where one is seen.  A kernel that is started and stops
later, for want of an initrd, was taken.

Not run here, so that explain's rows for them rest on the loaders' documents: Firecracker and
Cloud Hypervisor, which need KVM.  Of rows with one rule not all are run: the amd64 kernel
differs from the cloud kernel in its payload, so it is Xen's alone; of the two memtest86+
only UEFI's loaders look at what differs; iPXE on UEFI has the firmware load its files; GRUB
loads a bare Lintel for the headers of a packed one, which is started.
"""
import argparse
import fnmatch
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from doors import base, efi as doors_efi, files as doors_files, ia32 as doors_ia32, \
    media as doors_media, run as doors_run, stub  # stub: makes STUBBED
from harness import gdbstub, media, payload, qemu
from xen import cases as xen_cases, run as xen_run

PACKED, ELF, BARE, UKI = "cloud.efi", "cloud.efi.elf", "lintel.efi", "stock.uki"
STUBBED = "ukify.efi"  # packed by another tool, with Lintel as its stub
MEMTEST, MEMTEST32, IPXE, IA32 = "memtest-x64", "memtest-ia32", "ipxe.lkrn", "lintelia32.efi"
FILES = (PACKED, ELF, BARE, UKI, STUBBED, "cloud", MEMTEST, MEMTEST32, IPXE)
XEN_FILES = (PACKED, ELF, BARE, UKI, STUBBED, "cloud", "amd64", MEMTEST, IPXE)
STOCK = ("cloud", MEMTEST, MEMTEST32, IPXE)
BIOS_FILES = tuple(name for name in FILES if name != MEMTEST32)
SIGNED, NO_SBAT = ".signed", "no-sbat.efi"
WORDS = "console=ttyS0,115200 earlyprintk=serial,ttyS0,115200"
MIB = 1 << 20
FIRST_SLOT = 0x10  # of the PCI bus, for disks
# A program's first words, and the door if they tell it.
LINTEL = r"^lintel [\d.]+: (\S+) \(|^lintel: E(?:10|36) "
NOT_SEEN = "^lintel: E36 .*"  # it was entered, and cannot see what is packed
LINUX = r"early console in extract_kernel|Linux version \d|printk: console \[hvc0\] enabled|" \
        "^mapping kernel into physical memory"
SAYS = {**dict.fromkeys((PACKED, ELF, BARE, NO_SBAT, IA32), LINTEL),
        STUBBED: r"^lintel [\d.]+: (\S+) \(",
        **dict.fromkeys((UKI, "cloud", "amd64"), LINUX),
        **dict.fromkeys((MEMTEST, MEMTEST32), "Memtest86"), IPXE: "iPXE initialising devices"}
CHAIN = "GRUB chainloader on a BIOS"
# QEMU takes whatever is no kernel for one of before 1995; GRUB starts a 32-bit entry where there
# is none, and one sector of a file as if it were all.
HANGS = {("QEMU -kernel", UKI), ("GRUB linux", IPXE), *((CHAIN, name) for name in FILES)}
HANG = 5  # seconds


class Seen(tuple):
    """What a loader did: verdict ("yes", "no"), door ("" where none is seen), what said so."""

    def __new__(cls, verdict, door, words):
        return super().__new__(cls, (verdict, door, words.strip()))


@dataclass(frozen=True)
class Pair:
    """A loader, by explain's name of it, perhaps one of several places of it, and a file."""
    loader: str
    file: str
    place: str = ""

    def __str__(self):
        return f"{self.loader}{' on ' + self.place if self.place else ''}, {self.file}"


@dataclass(eq=False)
class Run:
    """A machine in which a loader is given files one after another.

    @pairs: with what the console says before each of them, "" for the only one
    @refused: the loader's words of refusal; @loaded: of having loaded a file, not started
    @entries: where the code of the only file may begin, address: (door, offset in the file)
    @started: words that tell that a file was started, where it has none of its own
    """
    pairs: dict
    medium: base.Medium
    refused: str
    loaded: str = ""
    entries: dict = field(default_factory=dict)
    started: str = ""
    mib: int = 1024
    seconds: int = 90


def only(loader, name, medium, refused, **more):
    """A run with one file."""
    place = more.pop("place", "")
    return Run({Pair(loader, name, place): ""}, medium, refused, **more)


def bzimage(build, name, **places):
    """Entries that a stock bzImage has; @places: door: address of the part that begins there."""
    if name not in STOCK:
        return {}
    with open(doors_files.file(build, name), "rb") as file:
        head = file.read(0x1000)
    main = ((head[0x1f1] or 4) + 1) * 512
    handover = struct.unpack_from("<I", head, 0x264)[0] + 0x200
    inside = {"linux16": (0x200, 0x200)}
    if head[0x214:0x218] != bytes(4):  # code32_start
        inside["linux32"] = 0, main
    if head[0x236] & 8:  # xloadflags: the handover entry in 64 bits
        inside["efi-handover"] = handover, main + handover
    return {at + inside[door][0]: (door, inside[door][1]) for door, at in places.items()
            if door in inside}


class Entry:
    """A machine's gdb stub, and the entries that it stops at."""

    def __init__(self, path, image, entries):
        self.stub, self.entries = gdbstub.Stub(path), entries
        with open(image, "rb") as file:
            data = file.read()
        self.code = {at: data[offset:offset + 16] for at, (_, offset) in entries.items()}
        self.stub.ask("?")
        for at in entries:
            self.stub.ask(f"Z1,{at:x},1")
        self.send("c")

    def send(self, packet):
        """Send a packet whose answer comes when the machine stops."""
        data = packet.encode()
        self.stub.link.sendall(b"$" + data + b"#%02x" % (sum(data) & 255))
        self.stub.link.setblocking(False)

    def stopped(self):
        """Whether the machine has stopped."""
        try:
            while True:
                part = self.stub.link.recv(4096)
                if b"$T" in part:
                    self.stub.link.settimeout(60)
                    self.stub.link.sendall(b"+")
                    return True
                if not part:
                    return False
        except BlockingIOError:
            return False

    def door(self):
        """The door of the entry that the machine is at; None where it is at none."""
        if not self.stopped():
            return None
        state = bytes.fromhex(self.stub.ask("g"))
        rip, segment = struct.unpack_from("<QII", state, 16 * 8)[::2]
        for at in {rip, rip + segment * 16} & set(self.entries):
            if self.stub.memory(at, 16) == self.code[at]:
                return self.entries[at][0]
            # Somebody else's code at this address.
            self.stub.ask(f"z1,{at:x},1")
            self.stub.ask("s")
            self.stub.ask(f"Z1,{at:x},1")
        self.send("c")
        return None


def judge(text, run, pair):
    """What was said of a file; None where nothing was."""
    said = re.search(SAYS[plain(pair.file)], text, re.M)
    if said:
        return Seen("yes", (said.groups() or ("",))[0] or "", said.group())
    for verdict, pattern in (("no", run.refused), ("no", NOT_SEEN), ("loaded", run.loaded),
                             ("yes", run.started)):
        said = pattern and re.search(pattern, text, re.M)
        if said:
            return Seen(verdict, "", said.group())
    return None


def plain(name):
    """The name of a file without a signature."""
    return name[:-len(SIGNED)] if name.endswith(SIGNED) else name


def segments(text, starts):
    """The parts of a console's text that begin with each of some words; all of it for the same."""
    if len(set(starts)) == 1:
        return [text] * len(starts)
    places = [re.search(start, text, re.M) for start in starts]
    at = [place.start() if place else len(text) for place in places] + [len(text)]
    return [text[begin:end] for begin, end in zip(at, at[1:])]


def hangs(run, pair):
    """Whether a loader starts a file without a look at it, and says nothing."""
    return len(run.pairs) == 1 and (pair.loader, pair.file) in HANGS


def look(machine, run, entry):
    """What has become of all files of a run; None as long as one's fate is not known."""
    end = machine.ended()
    text = machine.console()
    if len(run.pairs) == 1 and os.path.exists(machine.e9):
        text += "\n" + machine.debugcon()
    found = {pair: judge(part, run, pair)
             for pair, part in zip(run.pairs, segments(text, list(run.pairs.values())))}
    last = list(run.pairs)[-1]
    door = entry and entry.door()
    if door:
        found[last] = Seen("yes", door, "breakpoint")
    if not found[last] and end:
        found[last] = Seen("no", "", end)
    if not found[last] and hangs(run, last) and \
            time.monotonic() - machine.start > qemu.scaled(HANG):
        found[last] = Seen("no", "", "nothing comes of it")
    return found if found[last] else None


def observe(files, run, log):
    """Run a machine; what each of its files came to, missing where nothing was to be seen."""
    args = run.medium.make(files, log[:-len(".log")])
    e9 = log[:-len("log")] + "e9"
    if os.path.exists(e9):
        os.unlink(e9)  # what an earlier machine said there is none of this one's words
    if run.entries:
        args += gdbstub.arguments(log + ".gdb")
    with qemu.Machine(args, log, run.mib, run.seconds, machine=run.medium.machine) as machine:
        entry = run.entries and Entry(log + ".gdb", files[list(run.pairs)[0].file], run.entries)
        return machine.until(lambda: look(machine, run, entry), "words, breakpoint or refusal")


# ---- the loaders

def qemus(build):
    """QEMU's own loader: a PC, the machine without a BIOS, OVMF."""
    runs = [only(loader, name, base.qemu(name, "", WORDS, machine), "",
                 entries=bzimage(build, name, linux16=0x10000))
            for loader, machine in (("QEMU -kernel", "pc"), ("QEMU -kernel, microvm", "microvm"))
            for name in BIOS_FILES]
    return runs + [only("QEMU -kernel with OVMF", name, doors_efi.qemu(name, "", WORDS),
                        "^BdsDxe: failed to load Boot0001 .*",
                        entries=bzimage(build, name, **{"efi-handover": MIB})
                        if "memtest" in name else {})
                   for name in FILES]


def isolinuxes(build):
    """isolinux, for Linux and by mboot.c32."""
    refused = "^(Booting kernel failed|Invalid Multiboot image).*"
    return [only(loader, name, base.isolinux(*(line.format(f"/{name}", WORDS) for line in lines)),
                 refused, entries=bzimage(build, name, linux16=0x10000))
            for loader, lines in (("isolinux linux", ("linux {}", "append {1}")),
                                  ("isolinux mboot.c32", ("kernel mboot.c32", "append {} {}")))
            for name in BIOS_FILES]


def firmwares():
    """OVMF: a disk for each file, and it goes on to the next where one fails or returns."""
    fails, denied = "BdsDxe: failed to (load|start) Boot.*", "BdsDxe: .*: Access Denied"
    return [
        disks("UEFI firmware, 64-bit", fails, (ELF, MEMTEST, MEMTEST32, IPXE, BARE, PACKED)),
        disks("UEFI firmware, 64-bit", fails, (UKI,)),
        disks("UEFI firmware, 64-bit", fails, (STUBBED,)),
        # Without a command line it has nothing to say.
        disks("UEFI firmware, 64-bit", fails, ("cloud",), started="BdsDxe: starting .*"),
        disks("UEFI firmware, 32-bit", fails, (PACKED, ELF, MEMTEST32, IA32),
              firmware=doors_ia32.ovmf32),
        disks("UEFI firmware, Secure Boot", denied, (PACKED, UKI, BARE, PACKED + SIGNED),
              firmware=doors_efi.secure)]


def disks(loader, refused, names, firmware=doors_efi.ovmf, **more):
    """The firmware's boot manager, with a disk for each file."""
    def make(files, stem):
        args = []
        for number, name in enumerate(names):
            image = f"{stem}.medium.{number}.img"
            media.esp_image(image, {doors_efi.BOOT: files[name], doors_efi.BOOT32: files[name]})
            drive = doors_efi.disk(image, number + 1)
            args += [*drive[:-1], f"{drive[-1]},addr={FIRST_SLOT + number:#x}"]
        return args
    starts = {Pair(loader, name): rf"^BdsDxe: .*Pci\(0x{FIRST_SLOT + number:X},"
              for number, name in enumerate(names)}
    return Run(starts, firmware(list(names), make), refused, **more)


def without_sbat(build, output):
    """A packed image that does not tell shim its generation."""
    with open(doors_files.file(build, PACKED), "rb") as image:
        payload.write(output, image.read().replace(b".sbat\0\0\0", b".tabs\0\0\0"))


doors_files.MAKERS[NO_SBAT] = without_sbat


def shims():
    """shim, which starts what is called grubx64.efi, as Secure Boot has it."""
    return [only("shim", name, doors_efi.esp({doors_efi.BOOT: "shimx64.efi" + SIGNED,
                                              "EFI/BOOT/grubx64.efi": name},
                                             firmware=doors_efi.secure),
                 "Verification failed|Security Violation|Could not|BdsDxe: failed")
            for name in (PACKED + SIGNED, NO_SBAT + SIGNED, PACKED)]


def systemd_boots():
    """systemd-boot; its menu has what it takes."""
    others = [name for name in FILES if name not in (PACKED, UKI, STUBBED)]
    menu = {doors_efi.BOOT: "systemd-bootx64.efi",
            **{f"EFI/Linux/{name}.efi": name for name in others}}
    none = "^No loader found"
    return [*[only("systemd-boot, EFI/Linux", name, doors_efi.systemd_boot(name), none)
              for name in (PACKED, UKI, STUBBED)],
            Run({Pair("systemd-boot, EFI/Linux", name): none for name in others},
                doors_efi.esp(menu, {"loader/loader.conf": "auto-firmware no\n"}), none)]


def ipxe_efi(names):
    """iPXE on UEFI."""
    lines = [f"echo ipxe: try {name} && kernel /{name} {WORDS} && boot || echo ipxe: refused"
             for name in names]
    return Run({Pair("iPXE on UEFI", name): f"^ipxe: try {re.escape(name)}$" for name in names},
               doors_efi.ipxe(*lines), "^ipxe: refused", seconds=150)


def ipxe_bios(build, *names):
    """iPXE on a BIOS, which speaks on the serial console where there is no screen."""
    script = ["#!ipxe", "dhcp", *[f"echo ipxe: try {name} && kernel tftp://10.0.2.2/{name} {WORDS}"
                                  " && boot || echo ipxe: refused" for name in names], ""]

    def make(files, stem):
        directory = stem + ".medium.tftp"
        os.makedirs(directory, exist_ok=True)
        for name in names:
            shutil.copyfile(files[name], os.path.join(directory, name))
        payload.write(stem + ".medium.ipxe", "\n".join(script).encode())
        return ["-kernel", files[IPXE], "-initrd", stem + ".medium.ipxe",
                "-netdev", f"user,id=net,tftp={directory}",
                "-device", "virtio-net-pci,netdev=net,romfile="]
    entries = bzimage(build, names[0], linux16=0x10000) if len(names) == 1 else {}
    return Run({Pair("iPXE on BIOS", name): f"^ipxe: try {re.escape(name)}$" for name in names},
               base.Medium([IPXE, *names], make, "pc,graphics=off"), "^ipxe: refused",
               entries=entries)


def dom0s():
    """Xen's own loader of its first domain."""
    return [only(f"Xen, {kind.upper()} initial domain", name,
                 xen_cases.qemu(kind, name, "console=hvc0 earlyprintk=xen", ""),
                 r"^\(XEN\) (Cannot load|ELF: not|Could not construct).*", mib=2048)
            for kind in ("pv", "pvh") for name in XEN_FILES]


def kexecs(build, *names):
    """A running Debian kernel."""
    image = f"explain-kexec-{len(names)}-{names[0]}"
    doors_files.MAKERS[image] = lambda _, output: kexec_initrd(build, output, names)
    return Run({Pair("kexec", name): f"^lintel-kexec: try {re.escape(name)}$" for name in names},
               base.qemu("cloud", image, "console=ttyS0,115200 panic=-1"),
               "^kexec_file_load: .*")


def kexec_initrd(build, output, names):
    """An initrd that starts files by kexec, one after another until one is taken."""
    init = ["#!/bin/busybox sh", "/bin/busybox mkdir -p /proc",
            "/bin/busybox mount -t proc proc /proc", "/bin/busybox dmesg -n 1"]
    init += [f"echo lintel-kexec: try {name}; /kexec /files/{name} '{WORDS}' 2>&1"
             for name in names]
    files = {"bin/busybox": payload.get(build, "busybox"), "kexec": output + ".program",
             **{f"files/{name}": doors_files.file(build, name) for name in names}}
    media.run("gcc", "-O2", "-static", "-o", files["kexec"],
              media.program("kexec.c"))
    entries = [(path, 0o40755, b"", (0, 0)) for path in ("dev", "bin", "files")]
    entries += [("dev/console", 0o20600, b"", (5, 1)),
                ("init", 0o100755, "\n".join([*init, ""]).encode(), (0, 0))]
    for path, source in files.items():
        with open(source, "rb") as data:
            entries.append((path, 0o100755, data.read(), (0, 0)))
    payload.write(output, payload.cpio(entries))


# ---- GRUB: what it has loaded is started in a machine of its own

GRUBS = {"a BIOS": base.grub, "UEFI": doors_efi.grub}
COMMANDS = {
    "a BIOS": {"linux": "GRUB linux", "linux16": "GRUB linux16", "multiboot": "GRUB multiboot",
               "multiboot2": "GRUB multiboot2", "chainloader": "GRUB chainloader on a BIOS"},
    "UEFI": {"linux": "GRUB linux", "linuxefi": "GRUB linuxefi", "multiboot": "GRUB multiboot",
             "multiboot2": "GRUB multiboot2 on UEFI", "chainloader": "GRUB chainloader on UEFI"},
}


def grub_pair(place, command, name):
    """A command and a file as a pair of explain's."""
    loader = COMMANDS[place][command]
    return Pair(loader, name, "" if place in loader else place)


def grub_files(place):
    """The files for GRUB."""
    return FILES if place == "UEFI" else BIOS_FILES


def grub_loads(place):
    """GRUB loads each file by each command, and starts none."""
    starts, lines = {}, []
    for command in COMMANDS[place]:
        for name in grub_files(place):
            starts[grub_pair(place, command, name)] = f"^try {command} {re.escape(name)}$"
            lines += [f'echo "try {command} {name}"',
                      f"if {command} /{name} {WORDS}; then echo loaded; else echo refused; fi"]
    # A medium gets the files that its lines name as "/NAME".
    medium = GRUBS[place](*lines, "halt", *(f"# /{name}" for name in FILES))
    return Run(starts, medium, "^error: .*|^refused$", "^loaded$",
               seconds=150)


def grub_boot(build, place, command, name):
    """GRUB starts a file."""
    main = 16 * MIB if name == "cloud" else MIB
    places = {"a BIOS": {"linux32": main, "linux16": 0x90000},
              "UEFI": {"linux32": MIB, "efi-handover": MIB} if "memtest" in name else {}}
    pair = grub_pair(place, command, name)
    return only(pair.loader, name, GRUBS[place](f"{command} /{name} {WORDS}"),
                "^error: .*|X64 Exception Type.*", place=pair.place,
                entries=bzimage(build, name, **places[place]))


# ---- what is no machine of its own for each file

def guests(build, work):
    """Xen's guests: one machine, whose first domain starts them one after another."""
    found = [xen_cases.Guest(f"{kind}/{name}", kind, name, "", [], "console=hvc0 earlyprintk=xen",
                             seconds=60, until="^lintel|Linux version|hvc0] enabled")
             for kind in ("pv", "pvh") for name in XEN_FILES]
    batch = xen_cases.Batch("guests", found)
    names = {name for part in (batch, *found) for name in part.files}
    log = os.path.join(work, "guests.log")
    args = batch.make(build, {name: doors_files.file(build, name) for name in names},
                      log[:-len(".log")])
    with qemu.Machine(args, log, batch.mib, 900) as machine:
        machine.expect(["^lintel-dom0: ready$", "^lintel-dom0: end$"], xen_cases.PANIC)
        console = machine.console()
    return {Pair(f"Xen, {guest.kind.upper()} guest", guest.kernel): guest_seen(guest, console)
            for guest in found}


def guest_seen(guest, console):
    """What became of a guest."""
    name = xen_cases.xl_name(guest)
    said = re.search(SAYS[guest.kernel], xen_run.said(console, "guest", name), re.M)
    if said:
        return Seen("yes", (said.groups() or ("",))[0] or "", said.group())
    refused = re.search(NOT_SEEN, xen_run.said(console, "guest", name), re.M) or \
        re.search("^.*(?:error|failed|Invalid).*", xen_run.said(console, "xl", name), re.M)
    return refused and Seen("no", "", refused.group())


def made(build, work):
    """lintel iso and lintel disk: what they refuse they do not put on a medium."""
    found = {}
    for name in FILES:
        for kind in MEDIA:
            said = media_error(build, work, kind, name)
            if said:
                found.update({Pair(row, name): Seen("no", "", said)
                              for row in MEDIA[kind].values()})
    return found


def media_error(build, work, kind, name):
    """Why a file is not put on a medium; "" where it is."""
    output = os.path.join(work, f"{name}.{kind}")
    done = subprocess.run([os.path.join(build, "lintel"), kind, f"--output={output}",
                           doors_files.file(build, name)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    if os.path.exists(output):
        os.unlink(output)
    return done.stderr if done.returncode else ""


MEDIA = {"iso": {"BIOS": "CD, on a BIOS", "UEFI": "CD, on UEFI"},
         "disk": {"BIOS": "disk, on a BIOS", "UEFI": "disk, on UEFI"}}
# A bare image is put on a disk for UEFI, where it chooses others.
TAKEN = (("iso", PACKED), ("disk", PACKED), ("disk", BARE))
doors_files.MAKERS[f"{BARE}.disk"] = doors_media.maker("disk", BARE)


def media_boots():
    """What they take is started by a BIOS and by UEFI."""
    runs = []
    for kind, name in TAKEN:
        drive = ["-drive", "file={},format=raw,snapshot=on,if=virtio"]
        refused = r"^lintel: E(33|(?!10)\d\d)|failed|No bootable"
        for firmware, row in MEDIA[kind].items():
            def make(files, _, medium=f"{name}.{kind}", drive=drive):
                return [word.format(files[medium]) for word in drive]
            medium = base.Medium([f"{name}.{kind}"], make) if firmware == "BIOS" \
                else doors_efi.ovmf([f"{name}.{kind}"], make)
            runs.append(only(row, name, medium, refused))
    return runs


# ---- all of it

def verdicts(build, name):
    """What explain says of a file: loader: (verdict, door)."""
    done = subprocess.run([os.path.join(build, "lintel"), "explain", "--json=short",
                           doors_files.file(build, name)], stdout=subprocess.PIPE, text=True,
                          timeout=60, check=True)
    return {row["loader"]: (row["accepts"], row.get("door", ""))
            for row in json.loads(done.stdout)}


class Check:
    """A run of some pairs; logs lie in BUILD/explain."""

    def __init__(self, build, options):
        self.build, self.options = build, options
        self.work = os.path.join(build, "explain")
        self.said, self.counts = {}, [0, 0]
        self.loaded, self.files = [], {}
        os.makedirs(self.work, exist_ok=True)

    def chosen(self, pair):
        """Whether the user wants to see this one."""
        return fnmatch.fnmatch(str(pair), self.options.k)

    def observe(self, run):
        """One machine: print its lines."""
        pairs = [pair for pair in run.pairs if self.chosen(pair)]
        if not pairs:
            return
        name = re.sub(r"[^\w.]+", "-", str(list(run.pairs)[-1])) + f"-{len(run.pairs)}"
        log, start, found, error = os.path.join(self.work, name + ".log"), time.monotonic(), {}, ""
        try:
            found = observe({name: self.files[name] for name in run.medium.files}, run, log)
        except (*doors_run.ERRORS, OSError) as reason:
            error = str(reason)
        for pair in pairs:
            self.tell(pair, found.get(pair), error, time.monotonic() - start, log)
        if not error:
            doors_run.Matrix.clean(self, name)

    def tell(self, pair, seen, error, seconds, log):
        """Compare what was seen with what explain says, and print the line of a pair."""
        if seen and seen[0] == "loaded":
            if pair.file != BARE or pair.loader == CHAIN:
                self.loaded.append(pair)
                return
            seen = Seen("yes", "", seen[2])
        if pair.file not in self.said:
            self.said[pair.file] = verdicts(self.build, pair.file)
        said = self.said[pair.file].get(pair.loader, ("nothing", ""))
        if not seen:
            error = error or "nothing was to be seen"
        elif seen[0] != said[0]:
            error = f"explain says {said[0]}, but: {seen[0]}: {seen[2]}"
        elif seen[1] and seen[1] != said[1]:
            error = f"explain says {said[1]}, but it comes in by {seen[1]}"
        self.counts[bool(error)] += 1
        if error:
            print(f"FAIL {pair}: {error}\n  ({seconds:.1f} s) log: {log}", flush=True)
        else:
            more = f" {seen[2]}" if self.options.v else ""
            print(f"PASS {pair}: {' '.join(filter(None, seen[:2]))} ({seconds:.1f} s){more}",
                  flush=True)

    def together(self, what, pairs):
        """A part that finds out about many pairs at once."""
        if not any(map(self.chosen, pairs)):
            return
        start, found, error = time.monotonic(), {}, ""
        try:
            found = what(self.build, self.work)
        except (*doors_run.ERRORS, OSError) as reason:
            error = str(reason)
        for pair in filter(self.chosen, pairs):
            self.tell(pair, found.get(pair), error, time.monotonic() - start, self.work)

    def boots(self):
        """The machines for what GRUB has loaded."""
        commands = {grub_pair(place, command, name): (place, command, name)
                    for place in COMMANDS for command in COMMANDS[place] for name in FILES}
        return [grub_boot(self.build, *commands[pair]) for pair in self.loaded]

    def prepare(self, runs):
        """Make the files of the chosen runs, before two machines want the same one."""
        chosen = [run for run in runs if any(map(self.chosen, run.pairs))]
        made, broken = doors_run.prepare(self.build, [run.medium for run in chosen])
        self.files.update(made)
        for name, error in broken.items():
            print(f"there is no {name}: {error}")
        return chosen

    def run_all(self, jobs):
        """Everything; the numbers of passed and failed pairs."""
        guest_pairs = [Pair(f"Xen, {kind} guest", name) for kind in ("PV", "PVH")
                       for name in XEN_FILES]
        refused_media = [Pair(row, name) for kind in MEDIA for row in MEDIA[kind].values()
                         for name in FILES if (kind, name) not in TAKEN]
        grubs = self.prepare(list(map(grub_loads, GRUBS)))
        runs = self.prepare(machines(self.build))
        doors_run.side_by_side(self.observe, grubs, jobs)
        parts = [lambda: self.together(guests, guest_pairs),
                 lambda: self.together(made, refused_media),
                 *[lambda run=run: self.observe(run)
                   for run in (*runs, *self.boots())]]
        doors_run.side_by_side(lambda part: part(), parts, jobs)
        return self.counts


def machines(build):
    """All machines that need nothing to be known before."""
    return [*kexecs_all(build), *shims(), *firmwares(), *systemd_boots(), *media_boots(),
            ipxe_efi((ELF, MEMTEST, MEMTEST32, IPXE, BARE, UKI)),
            ipxe_bios(build, UKI, PACKED),
            *[ipxe_bios(build, name) for name in (ELF, BARE, STUBBED, "cloud", MEMTEST, IPXE)],
            *dom0s(), *qemus(build), *isolinuxes(build)]


def kexecs_all(build):
    """kexec's machines; what it refuses comes first."""
    return [kexecs(build, ELF, UKI, MEMTEST, MEMTEST32, IPXE, PACKED), kexecs(build, BARE),
            kexecs(build, STUBBED),
            kexecs(build, "cloud")]


def main():
    parser = argparse.ArgumentParser(description="compare lintel explain with real loaders")
    parser.add_argument("-v", action="store_true", help="say what was seen")
    parser.add_argument("-j", type=int, default=2, metavar="N", help="machines at a time")
    parser.add_argument("-k", default="*", metavar="GLOB", help="only pairs with such a name")
    parser.add_argument("build", nargs="?", default="build")
    options = parser.parse_args()
    passed, failed = Check(options.build, options).run_all(options.j)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or not passed)


if __name__ == "__main__":
    main()
