# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of kernels with 32-bit entries, which are entered as they ask, and
of one that asks for more than Lintel has.

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""
import struct

from doors import base, efi, files as doors_files
from doors.base import CMDLINE
from harness import payload

WHY = {"door": "the kernel's entry has 32 bits", "report exit": "the same"}


def cases_of(kernel):
    """A kernel through one door of each kind."""
    image = f"{kernel}.efi"
    loaded = {
        "multiboot2/modules": ("multiboot2", base.grub(
            f"multiboot2 /lintel.efi {CMDLINE}", f"module2 /{kernel}", "module2 /plain")),
        "multiboot/packed": ("multiboot1", base.grub(f"multiboot /{image}")),
        "linux/packed": ("linux32", base.grub(f"linux /{image}")),
        "qemu/packed": ("linux16", base.qemu(image)),
        "qemu-elf/packed": ("pvh", base.qemu(image + ".elf")),
    }
    bios = [base.boots(f"{kernel}/{name}", kernel, medium, door, same=base.REFERENCE, explained=WHY)
            for name, (door, medium) in loaded.items()]
    return [*bios, efi.boots(f"{kernel}/efi/direct", kernel, efi.direct(image), "efi",
                             same=efi.REFERENCE, explained=WHY)]


def newer(build, output):
    """The probe with a note that asks for version 2 of the contract."""
    head = struct.pack("<3I", 7, 4, 1) + b"Lintel\0\0"
    with open(doors_files.file(build, "probe.elf"), "rb") as probe:
        data = probe.read()
    assert data.count(head + b"\1\0\0\0") == 1
    payload.write(output, data.replace(head + b"\1", head + b"\2"))


doors_files.MAKERS["newer.elf"] = newer
CASES = [*[case for kernel in ("probe32.bzImage", "probe32.elf") for case in cases_of(kernel)],
         base.refused("refuse/contract", "E35 .* version 2", f"multiboot2 /lintel.efi {CMDLINE}",
                      "module2 /newer.elf", "module2 /plain")]
