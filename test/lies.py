#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Boot loaders that lie: the image as it is, handed over what no loader should.

usage: lies.py [BUILD]

GRUB, or QEMU itself by PVH, starts the image in QEMU; at the door's entry the block that
it hands over is changed through QEMU's gdb stub.  Each lie must end in its line on the
serial port, in VGA text and on port 0xe9, never in a silent reset or a kernel.  So must each
access to memory that Lintel forbids itself.
"""
import os
import re
import struct
import sys
import time

from doors import base, run as doors_run
from harness import gdbstub, media, qemu
from harness.gdbstub import RAX, RBX, RDI, RIP, RSI

BASE, PM = 0x200000, 0x8000
SECONDS = 60
MB2 = ("multiboot2 /lintel.efi a=b", "module2 /plain words")
MB1 = ("multiboot /lintel.efi a=b", "module /plain words")
LINUX = ("linux /lintel.efi a=b", "initrd /plain")
PVH = None  # no GRUB: QEMU is the loader
LOW = 0x100000  # where a loader puts a kernel of the Linux protocol
NOWHERE = 0xf0000000  # reads as zeros
NOT_CANONICAL = 1 << 63


def tag(stub, info, kind):
    """The address of the first Multiboot 2 tag of a type."""
    block, at = stub.memory(info, 4096), 8
    while struct.unpack_from("<I", block, at)[0] != kind:
        at += (struct.unpack_from("<I", block, at + 4)[0] + 7) & ~7
    return info + at


def poke(offset, value, size=4):
    """A lie: another value at an offset of the block that the register points to."""
    return lambda stub, block: stub.write(block + offset, value.to_bytes(size, "little"))


def poke_tag(kind, offset, value):
    """A lie in a Multiboot 2 tag."""
    return lambda stub, info: stub.write(tag(stub, info, kind) + offset,
                                         value.to_bytes(4, "little"))


def poke_mod(offset, value):
    """A lie in the first entry of Multiboot 1's module table."""
    def lie(stub, info):
        table = struct.unpack("<I", stub.memory(info + 24, 4))[0]
        stub.write(table + offset, value.to_bytes(4, "little"))
    return lie


def poke_pvh_module(offset, value):
    """A lie in the first entry of PVH's module list."""
    def lie(stub, info):
        table = struct.unpack("<Q", stub.memory(info + 16, 8))[0]
        stub.write(table + offset, value.to_bytes(8, "little"))
    return lie


def setup_data_loop(stub, page):
    """A setup_data node that is its own next one."""
    node = 0x1000000
    stub.write(node, struct.pack("<QII", node, 99, 0))
    stub.write(page + 0x250, struct.pack("<Q", node))


def no_protocol(stub, build):
    """The ELF entry with a register that no loader leaves."""
    stub.set_register(RAX, 0x1234)
    stub.set_register(RIP, gdbstub.symbol(build, "start_elf") + BASE)


def broken_code(stub, build):
    """An instruction that no processor has, in the middle of the story."""
    stub.write(gdbstub.symbol(build, "doors_leave") + BASE, b"\x0f\x0b")


def linux64(stub, build):
    """As a loader that is in long mode enters, on page tables of its own."""
    start = LOW - PM
    stub.run_to(gdbstub.symbol(build, "arrive64") + start)
    stub.set_register(RSI, stub.register(RDI))
    stub.set_register(RIP, gdbstub.symbol(build, "start_linux64") + start)


def red_zone(stub, build):
    """Code with data below its stack pointer touches memory that is not mapped yet."""
    stub.write(gdbstub.symbol(build, "doors_leave") + BASE, bytes.fromhex(
        "c7 44 24 e0 78 56 34 12"       # movl $0x12345678, -32(%rsp)
        "a0 00 00 00 00 40 00 00 00"    # movabs 0x4000000000, %al
        "81 7c 24 e0 78 56 34 12"       # cmpl $0x12345678, -32(%rsp)
        "75 02 0f 0b cc"))              # jne 1f; ud2; 1: int3


# Name, GRUB's commands, where to stop, the register of the block, the lie, the line.
LIES = [
    ("multiboot2/size-huge", MB2, "start_multiboot2", RBX, poke(0, 0xfffffff0), "E03"),
    ("multiboot2/size-tiny", MB2, "start_multiboot2", RBX, poke(0, 8), "E03"),
    ("multiboot2/size-short", MB2, "start_multiboot2", RBX, poke(0, 40), "E0[34]"),
    ("multiboot2/tag-size-zero", MB2, "start_multiboot2", RBX, poke_tag(1, 4, 0), "E04"),
    ("multiboot2/tag-size-huge", MB2, "start_multiboot2", RBX, poke_tag(2, 4, 0x7fffffff), "E04"),
    ("multiboot2/no-end", MB2, "start_multiboot2", RBX, poke_tag(0, 0, 99), "E03"),
    ("multiboot2/map-entry-zero", MB2, "start_multiboot2", RBX, poke_tag(6, 8, 0), "E04"),
    ("multiboot2/map-wraps", MB2, "start_multiboot2", RBX,
     lambda stub, info: [poke_tag(6, at, 0xffffffff)(stub, info) for at in (20, 28)], "E04"),
    ("multiboot2/no-map", MB2, "start_multiboot2", RBX,
     lambda stub, info: [poke_tag(kind, 0, 99)(stub, info) for kind in (4, 6)], "E05"),
    ("multiboot2/module-wraps", MB2, "start_multiboot2", RBX, poke_tag(3, 12, 0x1000), "E07"),
    ("multiboot2/module-outside", MB2, "start_multiboot2", RBX, poke_tag(3, 12, 0xf0000000), "E07"),
    ("multiboot1/map-huge", MB1, "start_multiboot1", RBX, poke(44, 0xfffffff0), "E03"),
    ("multiboot1/map-cut", MB1, "start_multiboot1", RBX, poke(44, 30), "E04"),
    ("multiboot1/modules-huge", MB1, "start_multiboot1", RBX, poke(20, 0x10000000), "E03"),
    ("multiboot1/no-map", MB1, "start_multiboot1", RBX, poke(0, 0), "E05"),
    ("multiboot1/module-wraps", MB1, "start_multiboot1", RBX, poke_mod(4, 0x1000), "E07"),
    ("multiboot1/module-outside", MB1, "start_multiboot1", RBX, poke_mod(4, 0xf0000000), "E07"),
    ("linux32/no-header", LINUX, "start_linux32", RSI, poke(0x202, 0), "E03"),
    ("linux32/e820-count", LINUX, "start_linux32", RSI, poke(0x1e8, 200, 1), "E03"),
    ("linux32/initrd-outside", LINUX, "start_linux32", RSI, poke(0x218, 0xf0000000), "E07"),
    ("linux32/initrd-high", LINUX, "start_linux32", RSI, poke(0x0c0, 0x12345), "E07"),
    ("linux32/setup-data-loop", LINUX, "start_linux32", RSI, setup_data_loop, "E03"),
    ("pvh/magic", PVH, "start_pvh", RBX, poke(0, 0x12345678), "E03 .* magic 12345678"),
    ("pvh/no-map", PVH, "start_pvh", RBX, poke(48, 0), "E05"),
    ("pvh/map-huge", PVH, "start_pvh", RBX, poke(48, 0xffffffff), "E03 .* 4294967295 entries"),
    ("pvh/map-nowhere", PVH, "start_pvh", RBX, poke(40, NOWHERE, 8), "E05"),
    ("pvh/map-wraps", PVH, "start_pvh", RBX, poke(40, (1 << 64) - 8, 8), "E03"),
    ("pvh/map-not-canonical", PVH, "start_pvh", RBX, poke(40, NOT_CANONICAL, 8), "E20"),
    ("pvh/modules-huge", PVH, "start_pvh", RBX, poke(12, 0xffffffff), "E03 .* module list"),
    ("pvh/modules-nowhere", PVH, "start_pvh", RBX, poke(16, NOWHERE, 8), "E03 .* outside memory"),
    ("pvh/module-outside", PVH, "start_pvh", RBX, poke_pvh_module(0, NOWHERE), "E07"),
    ("pvh/module-wraps", PVH, "start_pvh", RBX, poke_pvh_module(8, (1 << 64) - 1), "E07"),
    ("pvh/module-not-canonical", PVH, "start_pvh", RBX, poke_pvh_module(0, NOT_CANONICAL), "E07"),
    ("pvh/line-nowhere", PVH, "start_pvh", RBX, poke(24, NOWHERE, 8), "E03 .* outside memory"),
    ("pvh/line-not-canonical", PVH, "start_pvh", RBX, poke(24, NOT_CANONICAL, 8), "E03"),
]
# The same, of the processor instead of the block: these lies get the build directory.
FAULTS = [
    ("entry/no-protocol", MB2, "start_multiboot2", no_protocol, "E02"),
    ("trap/invalid-opcode", MB2, "start_multiboot2", broken_code, "E20 processor exception 6 "),
    ("trap/red-zone", MB2, "start_multiboot2", red_zone, "E20 processor exception 6 "),
]
# Of each door that has page tables of its own: how it is come through, and where it begins.
KERNEL = "probe.bzImage"
TRAP_DOORS = {
    "multiboot1": (("multiboot /lintel.efi a=b", "module /" + KERNEL), "start_multiboot1"),
    "multiboot2": (("multiboot2 /lintel.efi a=b", "module2 /" + KERNEL), "start_multiboot2"),
    "linux16": (["-kernel", "lintel.efi", "-initrd", KERNEL], "start_linux16"),
    "linux32": (("linux /lintel.efi a=b", "initrd /" + KERNEL), "start_linux32"),
    "linux64": (("linux /lintel.efi a=b", "initrd /" + KERNEL), "start_linux32"),
    "pvh": (["-kernel", "lintel.elf", "-initrd", KERNEL], "start_pvh"),
}
# What must be caught: a name, where the code is put instead of Lintel's own, the code, the line.
# In the code, {NAME} is the distance from its seventh byte to a symbol.
TRAPS = [
    ("write-code", "doors_leave", "c6 05 00 00 00 00 00",  # movb $0, 0(%rip)
     "E20 write to [0-9a-f]+: this is read-only; at image"),
    ("write-constants", "doors_leave", "c6 05 {text_constants} 00",
     "E20 write to [0-9a-f]+: this is read-only; at image"),
    ("run-stack", "doors_leave", "54 c3",  # push %rsp; ret
     "E20 execution of [0-9a-f]+: this is not code; at image"),
    ("run-constants", "doors_leave", "90 90 e9 {text_constants}",
     "E20 execution of [0-9a-f]+: this is not code; at image"),
    ("run-outside", "doors_leave", "b8 00 00 40 00 ff e0",  # mov $0x400000, %eax; jmp *%rax
     "E20 execution of 400000: this is not code; at image"),
    ("stack", "doors_leave", "e8 fb ff ff ff",  # call itself
     "E20 write to [0-9a-f]+: a stack has overflowed; at image"),
    ("null-read", "doors_leave", "8a 04 25 08 00 00 00",
     "E20 read of 8: page 0 is not there; at image"),
    ("null-write", "doors_leave", "c6 04 25 00 05 00 00 00",
     "E20 write to 500: page 0 is not there; at image"),
    ("null-call", "doors_leave", "31 c0 ff d0",
     "E20 execution of 0: page 0 is not there; at image"),
    # What writes 64 bytes behind its stack frame: lea 8(%rsp), %rdi; mov $64, %ecx; rep stosb; ret
    ("smash", "serial_of_acpi", "48 8d 7c 24 08 b9 40 00 00 00 f3 aa c3",
     "E20 a function has overwritten its stack; found at image"),
    # The BIOS data area can be read, and before and after it a null pointer is found.
    ("null-again", "doors_leave", "8a 04 25 0e 04 00 00" "8a 04 25 00 00 00 00",
     "E20 read of 0: page 0 is not there; at image"),
    # The copy of this code in the block runs when nothing else of Lintel may be there any more.
    ("leave", "moved", "0f 0b", "E20 a processor exception on the way into the kernel"),
]


class Liar:
    """A machine in which a loader is made to lie."""

    def __init__(self, build):
        self.build, self.work, self.made = build, os.path.join(build, "lies"), set()
        self.socket = os.path.join(self.work, "gdb")
        os.makedirs(self.work, exist_ok=True)
        self.files = {name: base.file(build, name)
                      for name in ("lintel.efi", "lintel.elf", "plain", KERNEL)}

    def loader(self, commands):
        """QEMU's arguments for a GRUB CD that runs these commands, for PVH, or as they are."""
        if commands is PVH:
            commands = ["-kernel", "lintel.elf", "-initrd", "plain", "-append", "a=b"]
        if isinstance(commands, list):
            return [self.files.get(word, word) for word in commands]
        words = "-".join(line.split()[0] for line in commands)
        path = os.path.join(self.work, f"{words}-{commands[1].split('/')[1].split()[0]}.iso")
        if path not in self.made:
            config = media.GRUB_HEAD + "\n".join(commands) + "\nboot\n"
            media.grub_iso(path, config, self.files)
            self.made.add(path)
        return ["-cdrom", path]

    def run(self, name, args, lie, error):
        """Boot with a lie and see the line everywhere."""
        log = os.path.join(self.work, name.replace("/", "_") + ".log")
        if os.path.exists(self.socket):
            os.unlink(self.socket)  # the last machine's
        with qemu.Machine(args, log, 256, SECONDS) as machine:
            lie()
            pattern = f"^lintel: {error}"
            machine.expect([pattern], r"Linux version|lintel-probe")
            doors_run.check_everywhere(machine, pattern, ("debugcon", "vga"))
            time.sleep(0.2)
            if machine.ended():
                raise qemu.Failed("the machine did not stay: " + machine.ended())

    def stopped(self, entry, lie):
        """What stops at @entry, lies and goes on."""
        def act():
            stub = gdbstub.Stub(self.socket)
            start = LOW - PM if "linux" in entry else BASE
            stub.run_to(gdbstub.symbol(self.build, entry) + start)
            lie(stub)
            stub.go()
        return act

    def trap(self, door, where, code):
        """A lie: other code instead of Lintel's own at a symbol."""
        at = gdbstub.symbol(self.build, where)
        names = re.findall("{(.*)}", code)
        distances = {name: struct.pack("<i", gdbstub.symbol(self.build, name) - at - 7).hex()
                     for name in names}

        def lie(stub):
            start = LOW - PM if "linux" in door else BASE
            if door == "linux64":
                linux64(stub, self.build)
            stub.write(at + start, bytes.fromhex(code.format(**distances)))
        return lie

    def cases(self):
        """Every case as its name, QEMU's arguments, the lie and the error."""
        gdb = gdbstub.arguments(self.socket)
        for name, commands, entry, register, lie, error in LIES:
            yield (name, [*self.loader(commands), *gdb],
                   self.stopped(entry, lambda stub, lie=lie, register=register:
                                lie(stub, stub.register(register))), error)
        for name, commands, entry, lie, error in FAULTS:
            yield (name, [*self.loader(commands), *gdb],
                   self.stopped(entry, lambda stub, lie=lie: lie(stub, self.build)), error)
        for door, (commands, entry) in TRAP_DOORS.items():
            for name, where, code, error in TRAPS:
                yield (f"trap/{door}/{name}", [*self.loader(commands), *gdb],
                       self.stopped(entry, self.trap(door, where, code)), error)
        yield ("cpu/no-long-mode", [*self.loader(MB2), "-cpu", "qemu32"], lambda: None, "E01")


def main():
    liar = Liar(sys.argv[1] if len(sys.argv) > 1 else "build")
    passed = failed = 0
    for name, args, lie, error in liar.cases():
        try:
            liar.run(name, args, lie, error)
            print(f"PASS {name}", flush=True)
            passed += 1
        except (qemu.Failed, media.Refused, OSError) as reason:
            print(f"FAIL {name}: {reason}", flush=True)
            failed += 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
