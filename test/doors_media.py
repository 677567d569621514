# SPDX-License-Identifier: BSD-2-Clause
"""The cases of the doors matrix that boot media of `lintel iso`: no boot loader but ours.

doors_cases.py takes them into its table; what a case is, is said there.
"""
import os

import doors_cases as base
import doors_efi as efi
import media
from doors_cases import Case, Medium
from doors_files import MAKERS, file

TOOL_SECONDS = 120
# How a medium is connected: QEMU's arguments, {} being the drive's definition.
CD = {
    "ide-cd": ["-device", "ide-cd,drive=m,bootindex=1"],
    "ahci-cd": ["-device", "ahci,id=sata", "-device", "ide-cd,bus=sata.0,drive=m,bootindex=1"],
    "scsi-cd": ["-device", "virtio-scsi-pci", "-device", "scsi-cd,drive=m,bootindex=1"],
}
DISK = {
    "ide": ["-device", "ide-hd,drive=m,bootindex=1"],
    "virtio": ["-device", "virtio-blk-pci,drive=m,bootindex=1"],
    "usb": ["-device", "qemu-xhci", "-device", "usb-storage,drive=m,bootindex=1"],
}
# KiB at the end of RAM that SeaBIOS keeps to itself for its driver.
KEPT = {"ahci-cd": 4, "scsi-cd": 12, "virtio": 12, "usb": 4}
NAMES = ("probe.bzImage.efi", "cloud.efi")


def maker(subcommand, image):
    """What makes NAME.iso of NAME."""
    def make(build, path):
        media.run(os.path.join(build, "lintel"), subcommand, f"--output={path}",
                  file(build, image))
    return make


MAKERS.update({f"{image}.iso": maker("iso", image) for image in NAMES})


def drive(path, how):
    """A drive whose medium no machine changes, so that several may use it."""
    kind = "media=cdrom,readonly=on" if how in CD else "snapshot=on"
    return ["-drive", f"file={path},format=raw,if=none,id=m,{kind}", *{**CD, **DISK}[how]]


def bios(name, how, args=()):
    """A BIOS machine."""
    return Medium([name], lambda files, _: [*drive(files[name], how), *args])


def uefi(name, how, **more):
    """OVMF; the PC for an IDE drive, since its other machine has none."""
    return efi.ovmf([name], lambda files, _: drive(files[name], how), **more)


def kept(how):
    """What is otherwise than in the reference with a driver that takes memory."""
    taken = KEPT.get(how, 0)
    why = {"map": "the BIOS's driver takes some; its sum is checked by ram", "ram": "the same"}
    return {"kib": base.ram(512) - taken, "explained": why if taken else {}}


def isos():
    """The ISO as every kind of CD, and as every kind of disk."""
    cases = []
    for how in (*CD, *DISK):
        pc = {"machine": "pc"} if how.startswith("ide") else {}
        iso = "probe.bzImage.efi.iso"
        cases += [base.boots(f"iso/bios/{how}", "probe.bzImage", bios(iso, how), "linux16",
                             same=base.REFERENCE, **kept(how)),
                  efi.boots(f"iso/efi/{how}", "probe.bzImage", uefi(iso, how, **pc), "efi",
                            same=efi.REFERENCE, explained=efi.FIRMWARE if pc else {})]
    for how in ("ide-cd", "usb"):
        cases.append(base.boots(f"iso/bios/{how}/cloud", "cloud", bios("cloud.efi.iso", how),
                                "linux16", **kept(how)))
    for how in ("ahci-cd", "usb"):
        cases.append(efi.boots(f"iso/efi/{how}/cloud", "cloud", uefi("cloud.efi.iso", how), "efi"))
    return cases


CASES = isos()
