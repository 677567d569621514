# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of the example kernel (test/hello/): it is handed the same through
every door, and inside Xen (xen/cases.py).

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""
from doors import base, efi, files as doors_files, media as doors_media
from doors.base import CMDLINE, Case
from harness import media

KERNEL = "hello.elf"
IMAGE = KERNEL + ".efi"
ENTRIES = 301  # ranges, of which 128 find a place in boot_params

doors_files.PACKED[IMAGE] = (KERNEL, [], CMDLINE)
doors_files.MAKERS[IMAGE + ".iso"] = doors_media.maker("iso", IMAGE)


def says(door, kib, subarch=0):
    """What the kernel must say; @kib is a number or a regex."""
    return [f"^hello: subarch {subarch}$", f"^hello: cmdline {CMDLINE}$",
            r"^hello: memory 0x0 - 0x\w+ usable$", f"^hello: report door={door}$",
            f"^hello: ram {kib} KiB$"]


def on_bios():
    """By a BIOS' boot loaders, by QEMU, and without any."""
    c, image = CMDLINE, f"/{IMAGE}"
    loaded = [
        ("multiboot2/modules", base.grub(f"multiboot2 /lintel.efi {c}", f"module2 /{KERNEL}")),
        ("multiboot2/packed", base.grub(f"multiboot2 {image}")),
        ("multiboot1/modules", base.grub(f"multiboot /lintel.efi {c}", f"module /{KERNEL}")),
        ("multiboot1/packed", base.grub(f"multiboot {image}")),
        ("linux32/packed", base.grub(f"linux {image}")),
        ("linux16/packed", base.grub(f"linux16 {image}")),
        ("linux16/iso", doors_media.bios(IMAGE + ".iso", "ide-cd")),
        ("linux64/chain", base.grub(f"multiboot2 /lintel.efi {c}", "module2 /lintel.efi",
                                    f"module2 {image}")),
        ("pvh/packed", base.qemu(IMAGE + ".elf")),
        ("pvh/bare", base.qemu("lintel.elf", KERNEL, c)),
    ]
    # Page 0, too, is RAM to it.
    return [Case(f"hello/{name}", medium, says(name.split("/")[0], base.ram(512) + 4))
            for name, medium in loaded]


def on_uefi():
    """By UEFI, and by GRUB there."""
    c, image = CMDLINE, f"/{IMAGE}"
    loaded = [
        ("efi/packed", efi.direct(IMAGE)),
        ("efi/files", efi.grub(f"chainloader /lintel.efi linux=/{KERNEL} {c}")),
        ("efi-handover/packed", efi.grub(f"linuxefi {image}")),
        ("multiboot2-efi64/packed", efi.grub(f"multiboot2 {image}")),
        ("multiboot2-efi64/modules", efi.grub(f"multiboot2 /lintel.efi {c}",
                                              f"module2 /{KERNEL}")),
    ]
    return [Case(f"hello/{name}", medium, says(name.split("/")[0], efi.ram(512) + 4))
            for name, medium in loaded]


def elsewhere():
    """A machine without a BIOS, and one with more ranges than boot_params holds."""
    return [
        Case("hello/pvh/microvm", base.qemu(IMAGE + ".elf", machine="microvm"),
             says("pvh", base.MICROVM_RAM + 4)),
        Case("hello/ranges", base.lying(ENTRIES, f"multiboot2 /lintel.efi {CMDLINE}",
                                        f"module2 /{KERNEL}"),
             ["^hello: subarch 0$", rf"(?:^hello: memory .*\n){{{ENTRIES}}}",
              f"^hello: ram {media.lie_ram(ENTRIES) // 1024} KiB$"]),
    ]


CASES = on_bios() + on_uefi() + elsewhere()
