#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Capture what real loaders hand over, as fixtures for the unit tests.

usage: capture.py BUILD_DIR OUTPUT_DIR

Boots Lintel in QEMU through each loader, stops at the door's entry through QEMU's gdb
stub, and writes the wire blocks that the register points to.  Run by hand when a
fixture is to be added or made anew; the fixtures are in git.
"""
import gzip
import os
import struct
import subprocess
import sys
import tempfile

from harness import gdbstub, media, payload, qemu
from harness.gdbstub import RAX, RBX, RCX, RDI, RDX, RIP, RSI, symbol
from xen import payload as xen_payload

MODULE_HEAD = 4096  # of a module only its beginning is looked at
INITRD = b"not a kernel, so an initrd " * 200
VIRT_BASE = 0xffffffff80000000


def joined():
    """A bzImage as small as can be, padding, and an initrd, for loaders that take one file."""
    kernel = bytearray(2048)
    struct.pack_into("<BHI", kernel, 0x1f1, 1, 0, 1024 // 16)   # setup_sects, syssize
    struct.pack_into("<H2s4sH", kernel, 0x1fe, 0xaa55, b"\xeb\x6a", b"HdrS", 0x20f)
    kernel[1024:] = b"\x90" * 1024
    return bytes(kernel) + bytes(512) + INITRD[:1000]


def words(data, *offsets):
    """32-bit words of a block."""
    return [struct.unpack_from("<I", data, offset)[0] for offset in offsets]


def text(stub, address):
    """A NUL-terminated string with its NUL."""
    data = stub.memory(address, 256)
    return data[:data.index(b"\0") + 1]


def multiboot1(stub, info):
    """The information block and all that it points to."""
    block = stub.memory(info, 116)
    flags, line, count, mods, size, mmap, name = words(block, 0, 16, 20, 24, 44, 48, 64)
    pieces = [(info, block), (mmap, stub.memory(mmap, size))]
    if flags & 4:
        pieces.append((line, text(stub, line)))
    if flags & 0x200:
        pieces.append((name, text(stub, name)))
    table = stub.memory(mods, count * 16)
    if count:
        pieces.append((mods, table))
    for at in range(0, len(table), 16):
        start, _, string = words(table, at, at + 4, at + 8)
        pieces += [(start, stub.memory(start, MODULE_HEAD)), (string, text(stub, string))]
    return pieces


def multiboot2(stub, info):
    """The boot information and the beginnings of the modules."""
    block = stub.memory(info, words(stub.memory(info, 8), 0)[0])
    pieces, at = [(info, block)], 8
    while True:
        kind, size = words(block, at, at + 4)
        if kind == 0:
            return pieces
        if kind == 3:
            start = words(block, at + 8)[0]
            pieces.append((start, stub.memory(start, MODULE_HEAD)))
        at += (size + 7) & ~7


def linux(stub, page):
    """The zero page, its command line and the initrd's beginning."""
    block = stub.memory(page, 4096)
    image, size, line = words(block, 0x218, 0x21c, 0x228)
    pieces = [(page, block)]
    if line:
        pieces.append((line, text(stub, line)))
    if size:
        pieces.append((image, stub.memory(image, MODULE_HEAD)))
    return pieces


class Processor:
    """Memory as the processor sees it: QEMU's stub knows nothing of nested paging."""

    def __init__(self, stub, build):
        with open(os.path.join(build, "lintel.efi"), "rb") as image:
            self.load = image.read().index(b"\x8b\x07", 0x9400) + 0x200000  # mov (%rdi), %eax
        self.stub = stub

    def memory(self, address, size):
        """Bytes of the machine's memory."""
        data = b""
        while len(data) < size:
            self.stub.set_register(RDI, address + len(data))
            self.stub.set_register(RIP, self.load)
            self.stub.ask("s")
            data += struct.pack("<I", self.stub.register(RAX))
        return data[:size]


def pvh(stub, info):
    """hvm_start_info, its tables, the command line and the modules, whole."""
    version, count = words(stub.memory(info, 16), 4, 12)
    block = stub.memory(info, 56 if version else 40)
    mods, line = struct.unpack_from("<2Q", block, 16)
    table = stub.memory(mods, count * 32)
    pieces = [(info, block), (mods, table), (line, text(stub, line))]
    if version:
        memmap, entries = struct.unpack_from("<QI", block, 40)
        pieces.append((memmap, stub.memory(memmap, entries * 24)))
    for at in range(0, len(table), 32):
        start, size = struct.unpack_from("<QQ", table, at)
        pieces.append((start, stub.memory(start, size)))
    return pieces


def seen(virtual):
    """Where in a PV guest's memory an address is, whose lower half is all that is needed."""
    return (virtual - VIRT_BASE) & 0xffffffff


def xenpv(stub, info):
    """start_info, the ramdisk and Xen's memory map, at the reader's entry."""
    block = stub.memory(VIRT_BASE + seen(info), 0x490)
    start, size = struct.unpack_from("<QQ", block, 0x70)
    table = seen(stub.register(RDX))
    return [(seen(info), block), (seen(start), stub.memory(start, size)),
            (table, stub.memory(VIRT_BASE + table, stub.register(RCX)))]


def write(path, door, what, arg, pieces, more=""):
    """A fixture as fixture_test.c reads it."""
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"# {what}\ndoor {door}\narg {arg:x}\n{more}")
        for base, data in pieces:
            out.write(f"at {base:x}\n")
            for at in range(0, len(data), 32):
                out.write(data[at:at + 32].hex() + "\n")


def capture(args, entry, reader, register, mib=256, kind="pc"):
    """Boot, stop at @entry, read what the register points to."""
    path = os.path.join(tempfile.gettempdir(), f"capture-{os.getpid()}")
    command = ["timeout", "300", *qemu.base(mib, kind), *args, *gdbstub.arguments(path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as machine:
        try:
            stub = gdbstub.Stub(path)
            stub.run_to(entry)
            arg = stub.register(register)
            return arg, reader(stub, arg)
        finally:
            machine.terminate()


def capture_pvh(build, output, version, both):
    """QEMU as a PVH loader, on both of its machines that are one."""
    for kind in "pc", "microvm":
        arg, pieces = capture(["-kernel", os.path.join(build, "lintel.elf"), "-initrd", both,
                               "-append", "a=b"], symbol(build, "start_pvh") + 0x200000, pvh,
                              RBX, kind=kind)
        write(os.path.join(output, f"qemu-pvh-{kind}.txt"), "pvh",
              f"-kernel, machine {kind}, {version}", arg, pieces)


def capture_xen(build, output, work, both):
    """Xen's first domain of either kind; stopped where the memory map is known already."""
    xen = os.path.join(work, "xen.elf")
    with gzip.open(payload.get(build, "xen.gz")) as packed, open(xen, "wb") as out:
        out.write(packed.read())

    common = ["-kernel", xen, "-initrd", f"{os.path.join(build, 'lintel.elf')} a=b,{both}"]
    what = f"Debian's Xen {xen_payload.VERSION}, first domain"

    def read_pv(stub, info):
        pieces = xenpv(stub, info)
        return pieces, f"stack {seen(stub.register(RSI)):x}\ne820 {pieces[-1][0]:x}\n"

    def read_pvh(stub, info):
        table, size = stub.register(RSI), stub.register(RDX)
        processor = Processor(stub, build)
        pieces = [*pvh(processor, info), (table, processor.memory(table, size))]
        return pieces, f"e820 {table:x}\n"
    arg, (pieces, more) = capture(["-cpu", "qemu64", *common, "-append", "bootscrub=0"],
                                  symbol(build, "xenpv_read") + VIRT_BASE + 0x200000,
                                  read_pv, RDI, 512)
    write(os.path.join(output, "xen-pv-dom0.txt"), "xenpv", what, seen(arg), pieces, more)
    arg, (pieces, more) = capture(
        ["-cpu", "qemu64,+svm,+npt", "-device", "amd-iommu", *common, "-append",
         "bootscrub=0 dom0=pvh dom0_mem=512M"],
        symbol(build, "pvh_read") + 0x200000, read_pvh, RDI, 1024, "q35")
    write(os.path.join(output, "xen-pvh-dom0.txt"), "pvh", what, arg, pieces, more)


def main():
    build, output = sys.argv[1:]
    version = subprocess.run([qemu.QEMU, "--version"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.split("(")[0].strip()
    with tempfile.TemporaryDirectory() as work:
        initrd, kernel = os.path.join(work, "initrd"), os.path.join(build, "probe.bzImage")
        with open(initrd, "wb") as out:
            out.write(INITRD)
        files = {"lintel.efi": os.path.join(build, "lintel.efi"), "kernel": kernel,
                 "initrd": initrd}
        files.update({name: payload.get(build, name) for name in media.ISOLINUX_FILES})
        iso = os.path.join(work, "a.iso")
        base, pm = 0x200000, 0x8000
        modules = "module2 /kernel kernel words\nmodule2 /initrd\nboot\n"
        cases = [
            ("grub-multiboot1", "multiboot1", "start_multiboot1", base, RBX, multiboot1,
             "multiboot /lintel.efi a=b\n" + modules.replace("module2", "module")),
            ("grub-multiboot2", "multiboot2", "start_multiboot2", base, RBX, multiboot2,
             "multiboot2 /lintel.efi a=b\n" + modules),
            ("grub-linux", "linux32", "start_linux32", 0x100000 - pm, RSI, linux,
             "linux /lintel.efi a=b\ninitrd /kernel\nboot\n"),
            ("grub-linux16", "linux16", "start_linux16", 0x100000 - pm, RSI, linux,
             "linux16 /lintel.efi a=b\ninitrd16 /kernel\nboot\n"),
        ]
        for name, door, entry, at, register, reader, config in cases:
            media.grub_iso(iso, media.GRUB_HEAD + config, files)
            arg, pieces = capture(["-cdrom", iso], symbol(build, entry) + at, reader, register)
            write(os.path.join(output, name + ".txt"), door, f"GRUB 2.06 on SeaBIOS, {version}",
                  arg, pieces)
            print(name, hex(arg), [(hex(a), len(d)) for a, d in pieces])
        media.isolinux_iso(iso, "DEFAULT a\nLABEL a\nKERNEL mboot.c32\n"
                           "APPEND lintel.efi a=b --- kernel kernel words --- initrd\n", files)
        arg, pieces = capture(["-cdrom", iso], symbol(build, "start_multiboot1") + base,
                              multiboot1, RBX)
        write(os.path.join(output, "isolinux-mboot.txt"), "multiboot1",
              f"mboot.c32 of syslinux 6.04 on SeaBIOS, {version}", arg, pieces)
        arg, pieces = capture(["-kernel", files["lintel.efi"], "-initrd", kernel, "-append",
                               "a=b"], symbol(build, "start_linux16") + 0x100000 - pm, linux, RSI)
        write(os.path.join(output, "qemu-kernel.txt"), "linux16", f"-kernel, SeaBIOS, {version}",
              arg, pieces)
        both = os.path.join(work, "both")
        with open(both, "wb") as out:
            out.write(joined())
        capture_pvh(build, output, version, both)
        capture_xen(build, output, work, both)


if __name__ == "__main__":
    main()
