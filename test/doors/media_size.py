# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of media and memory: small and large machines, a large initrd.

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""
import os
import random
import zlib

from doors import base, efi, media as made
from doors.base import PROBE, Case, Medium
from doors.files import CMDLINE, HUGE
from harness import media

MIB = 1 << 20
SLOW = ",throttling.bps-total=400000"  # HUGE would take half an hour
# What a machine of 512 MiB has above the first, in KiB, where the BIOS's tables end it.
FREE = (512 - 1) * 1024 - 128


def noise(path, mib):
    """Write a file that does not compress; what the probe says of it as its initrd."""
    source, crc = random.Random(mib), 0
    with open(path, "wb") as out:
        for _ in range(mib):
            piece = source.randbytes(MIB)
            crc = zlib.crc32(piece, crc)
            out.write(piece)
    return f"{crc:08x} of {mib * MIB}"


def large(kind, how, told):
    """A medium with the probe and a large initrd, whose checksum goes into @told; its drive.

    It is made for each case anew, since it is removed with the case's other media.
    """
    def make(files, stem):
        initrd, image, output = (f"{stem}.medium.{end}" for end in ("initrd", "efi", kind))
        told["initrd_crc32"] = noise(initrd, HUGE)
        media.run(files["lintel"], "build", f"--linux={files['probe.bzImage']}",
                  f"--initrd={initrd}", f"--cmdline={CMDLINE}", "--os-release=",
                  f"--output={image}")
        os.unlink(initrd)
        media.run(files["lintel"], kind, f"--output={output}", image)
        os.unlink(image)
        return made.drive(output, how)
    return ["lintel", "probe.bzImage"], make


def large_initrds():
    """HUGE boots from CD and disk, on a BIOS and on UEFI; from drives that emulate fast."""
    cases = []
    for kind, bios, uefi in (("iso", "scsi-cd", "ahci-cd"), ("disk", "virtio", "virtio")):
        for world, how, door, kib in (
                ("bios", bios, "linux16", base.ram(2048) - made.KEPT[bios]),
                ("efi", uefi, "efi", efi.ram(2048))):
            facts = base.probe_facts(door, kib)
            names, make = large(kind, how, facts)
            medium = efi.ovmf(names, make) if world == "efi" else Medium(names, make)
            cases.append(Case(f"{kind}/{world}/huge", medium, PROBE, probe=facts, mib=2048,
                              seconds=600))
    return cases


def refused(kind, how):
    """What does not fit is refused before it is read, with what is needed and what there is."""
    names, make = large(kind, how, {})

    def throttled(files, stem):
        first, described, *rest = make(files, stem)
        return [first, described + SLOW, *rest]
    tens = HUGE * 1024 // 10000
    where = "EFI/BOOT/BOOTX64.EFI: " if kind == "disk" else ""
    needed = rf"the image needs {tens}\d{{4}} KiB of memory in one piece above 1 MiB"
    return Case(f"media/memory/{kind}-huge", Medium(names, throttled),
                [rf"^lintel: E32 {where}{needed}, there are {FREE}$"],
                "lintel-probe|lintel: reading",
                seconds=40, everywhere=("debugcon", "vga"))


def memory_sizes():
    """All of the RAM is told, and Debian's kernel starts where it starts by itself."""
    cases = []
    for kind, how in (("iso", "ide-cd"), ("disk", "ide")):
        for mib in (64, 128, 3072, 4096, 5120):
            cases.append(base.boots(f"{kind}/bios/memory-{mib}", "probe.bzImage",
                                    made.bios(f"probe.bzImage.efi.{kind}", how), "linux16",
                                    mib=mib))
    # Alone, it panics at 64 MiB.
    return cases + [base.boots(f"iso/bios/memory-{mib}/cloud", "cloud",
                               made.bios("cloud.efi.iso", "ide-cd"), "linux16", mib=mib)
                    for mib in (80, 128, 3072, 5120)]


CASES = memory_sizes() + large_initrds() + [refused("iso", "ide-cd"), refused("disk", "ide")]
