# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of media in Bochs, whose BIOS is not QEMU's.

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""
from doors import base, media as made
from doors.base import PROBE, Case, Medium

ISO, DISK = "probe.bzImage.efi.iso", "probe.bzImage.efi.disk"
MIB = 64
OLD = "p3_katmai"  # a model without long mode
EXPLAINED = {
    "map": "another BIOS, another size; its sum is checked by ram",
    "ram": "the same",
    "rsdp": "the BIOS's own place for it",
}


def attached(path, number, kind):
    """Bochs's words for a drive; no machine changes its medium."""
    if kind == "cdrom":
        return f'ata0-{number}: type=cdrom, path="{path}", status=inserted'
    return f'ata0-{number}: type=disk, mode=volatile, path="{path}", journal="{path}.journal"'


def medium(name, kind, **more):
    """A machine with one drive."""
    def make(files, _):
        return [f"boot: {kind}", attached(files[name], "master", kind)]
    return Medium([name], make, "bochs", more)


def damaged(change, part, then=""):
    """A CD that was changed; and a disk behind it."""
    def make(files, stem):
        bad = stem + ".medium.bad"
        change(files[ISO], files[part], bad)
        return [f"boot: cdrom{', disk' if then else ''}", attached(bad, "master", "cdrom"),
                *([attached(files[then], "slave", "disk")] if then else [])]
    return Medium([ISO, part, *([then] if then else [])], make, "bochs")


def ram(mib):
    """KiB of RAM that Linux counts: all but page 0, what lies from the EBDA to 1 MiB, and ACPI."""
    return mib * 1024 - 4 - 388 - 64


def probe(name, machine, **more):
    """A case of the probe kernel."""
    return base.boots(f"bochs/{name}", "probe.bzImage", machine, "linux16", mib=MIB,
                      kib=ram(MIB), **more)


def refused(name, error, machine, *then):
    """A medium that must not start anything, in one line on every console that can be read."""
    return Case(f"bochs/{name}", machine, [f"^lintel: {error} ", *then],
                "Linux version" + ("" if then else "|lintel-probe"), MIB,
                everywhere=("debugcon",) if error != "E30" else ())


def passed_over(what):
    """A disk whose newest image does not start; what is said of it."""
    names, make, said = made.passing(what)
    machine = Medium(names, lambda files, stem: [
        "boot: disk", attached(make(files, stem), "master", "disk")], "bochs", {})
    return Case(f"bochs/passed-over/{what}", machine, said, mib=MIB,
                probe=base.probe_facts("linux16", ram(MIB)))


CASES = [
    probe("iso/cdrom", medium(ISO, "cdrom"), same=base.REFERENCE, explained=EXPLAINED),
    probe("iso/disk", medium(ISO, "disk"), same=base.REFERENCE, explained=EXPLAINED),
    probe("disk", medium(DISK, "disk"), same=base.REFERENCE, explained=EXPLAINED),
    # Half a minute where nobody else computes.
    base.boots("bochs/iso/cloud", "cloud", medium("cloud.efi.iso", "cdrom"), "linux16", mib=256,
               kib=ram(256), seconds=300, ends="shutdown"),
    passed_over("flipped"),
    refused("no-long-mode", "E01", medium(ISO, "cdrom", model=OLD)),
    refused("flipped", "E31", damaged(made.flipped, "probe.bzImage", DISK), *PROBE),
    refused("loader", "E30", damaged(made.bad_loader, "probe.bzImage")),
]
