# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of kernels with 32-bit entries, which are entered as they ask.

doors_cases.py takes them into its table; what a case is, is said there.
"""
import doors_cases as base
import doors_efi as efi
from doors_cases import CMDLINE

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


CASES = [case for kernel in ("probe32.bzImage", "probe32.elf") for case in cases_of(kernel)]
