# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of media of `lintel iso` and `lintel disk`: no loader but ours.

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""
import json
import os
import shutil

from doors import base, efi, ia32
from doors.base import PROBE, WRONG, Case, Medium
from doors.files import MAKERS, file
from harness import media

ESP_AT = 1 << 20
SECTOR_STAGE_LBA = 0x1a0  # bios/boot/layout.h
FLOPPY_SIZE = 2880 << 10  # the largest that QEMU's PC has
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
# Sectors of 4,096 bytes; SeaBIOS does not start from such drives.
LARGE = {"virtio-4096": ["-device", "virtio-blk-pci,drive=m,bootindex=1,logical_block_size=4096,"
                         "physical_block_size=4096"]}
# KiB at the end of RAM that SeaBIOS keeps to itself for its driver.
KEPT = {"ahci-cd": 4, "scsi-cd": 12, "virtio": 12, "usb": 4}
NAMES = ("probe.bzImage.efi", "probe.bzImage.efi.signed", "cloud.efi", "large.efi")
CHECKSUM = 0x358  # PE's, in an image of ours
PM_OFFSET, SUM_SIZE = 0x8000, 0x7f8  # shim/face/layout.h
INIT_SIZE = 0x260  # of the setup header
PIECE = 64 << 10  # what the boot loader reads at once


def maker(subcommand, image, *options, ia32=""):
    """What makes NAME.iso of NAME."""
    def make(build, path):
        media.run(os.path.join(build, "lintel"), subcommand, f"--output={path}", *options,
                  *([f"--ia32={file(build, ia32)}"] if ia32 else []), file(build, image))
    return make


MAKERS.update({f"{image}.{kind}": maker(kind, image) for image in NAMES
               for kind in ("iso", "disk")})
MAKERS.update({
    "4096.disk": maker("disk", NAMES[0], "--sector-size=4096"),
    "active.disk": maker("disk", NAMES[0], "--active"),
    **{f"both.{kind}": maker(kind, NAMES[0], ia32="probe.bzImage.ia32.efi")
       for kind in ("iso", "disk")},
})


def drive(path, how):
    """A drive whose medium no machine changes, so that several may use it."""
    kind = "media=cdrom,readonly=on" if how in CD else "snapshot=on"
    return ["-drive", f"file={path},format=raw,if=none,id=m,{kind}", *{**CD, **DISK, **LARGE}[how]]


def bios(name, how, args=()):
    """A BIOS machine."""
    return Medium([name], lambda files, _: [*drive(files[name], how), *args])


def slow(name):
    """A drive that takes some seconds: its second argument describes it."""
    def make(files, _):
        first, described, *rest = drive(files[name], "virtio")
        return [first, described + ",throttling.bps-total=400000", *rest]
    return Medium([name], make)


def lying(name, entries):
    """The second disk, after the BIOS was made to tell that many E820 entries."""
    def make(files, stem):
        disk = stem + ".medium.img"
        media.lying_disk(disk, entries)
        return ["-drive", f"file={disk},format=raw,if=ide,index=0", "-drive",
                f"file={files[name]},format=raw,if=ide,index=1,snapshot=on", "-boot", "c"]
    return Medium([name], make)


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
    # More than El Torito's 16 bits of sectors can tell.
    name, files = "large.efi.iso", ("large",)
    return [*cases,
            Case("iso/bios/slow", slow("probe.bzImage.efi.iso"),
                 [r"lintel: reading \d\d%lintel: reading \d\d%.*\n", *PROBE]),
            Case("iso/bios/e820-301", lying("probe.bzImage.efi.iso", 301), PROBE,
                 probe=base.probe_facts("linux16", media.lie_ram(301) // 1024 - 4)),
            # Nothing fits at 16 MiB, so it goes to 1 MiB.
            base.boots("iso/bios/small", "probe.bzImage", bios("probe.bzImage.efi.iso", "ide-cd"),
                       "linux16", mib=12),
            Case("iso/bios/large", bios(name, "ide-cd"),
                 base.debian("amd64", files=files, door="linux16"), seconds=180),
            Case("iso/efi/large", uefi(name, "ahci-cd"),
                 base.debian("amd64", files=files, kib=r"\d+", door="efi"), seconds=180)]


def copied(name, firmware):
    """The files of a CD's tree on a stick with one FAT, as Rufus and people make it."""
    def make(files, stem):
        tree, stick = stem + ".medium.tree", stem + ".medium.img"
        media.run("xorriso", "-osirrox", "on", "-indev", files[name], "-extract", "/EFI", tree)
        media.run("chmod", "-R", "u+w", tree)
        found = {os.path.relpath(os.path.join(at, one), tree): os.path.join(at, one)
                 for at, _, names in os.walk(tree) for one in names}
        media.esp_image(stick, {f"EFI/{path}": whole for path, whole in found.items()})
        shutil.rmtree(tree)
        return drive(stick, "usb")
    return firmware([name], make)


def both_widths():
    """A CD with what 32-bit UEFI starts, and copies of CDs."""
    iso = "both.iso"
    return [
        efi.boots("iso/efi/copied", "probe.bzImage", copied("probe.bzImage.efi.iso", efi.ovmf),
                  "efi", same=efi.REFERENCE),
        efi.boots("iso/efi/both", "probe.bzImage", uefi(iso, "ahci-cd"), "efi",
                  same=efi.REFERENCE),
        ia32.boots("iso/ia32/both", "probe.bzImage", ia32.ovmf32(
            [iso], lambda files, _: drive(files[iso], "ahci-cd"))),
        ia32.boots("iso/ia32/copied", "probe.bzImage", copied(iso, ia32.ovmf32)),
    ]


def disks():
    """The disk image as every kind of disk."""
    cases, name = [], "probe.bzImage.efi.disk"
    for how in DISK:
        pc = {"machine": "pc"} if how == "ide" else {}
        cases += [base.boots(f"disk/bios/{how}", "probe.bzImage", bios(name, how), "linux16",
                             same=base.REFERENCE, **kept(how)),
                  efi.boots(f"disk/efi/{how}", "probe.bzImage", uefi(name, how, **pc), "efi",
                            same=efi.REFERENCE, explained=efi.FIRMWARE if pc else {})]
    name = "cloud.efi.disk"
    cases += [base.boots("disk/bios/active", "probe.bzImage", bios("active.disk", "ide"), "linux16",
                         same=base.REFERENCE),
              *[efi.boots(f"disk/efi/{disk}", "probe.bzImage", uefi(disk + ".disk", how), "efi",
                          same=efi.REFERENCE)
                for disk, how in (("active", "virtio"), ("4096", "virtio-4096"),
                                  ("both", "usb"))]]
    names = ["both.disk"]
    cases.append(ia32.boots("disk/ia32/both", "probe.bzImage", ia32.ovmf32(
        names, lambda files, _: drive(files[names[0]], "usb"))))
    return [*cases, base.boots("disk/bios/cloud", "cloud", bios(name, "ide"), "linux16"),
            efi.boots("disk/efi/cloud", "cloud", uefi(name, "virtio"), "efi")]


def changed(name, *commands, files=()):
    """The disk after commands of mtools; /FILE is a file of the matrix."""
    def make(found, stem):
        disk = shutil.copyfile(found[name], stem + ".medium.img")
        for command in commands:
            program, *words = command.split()
            media.run(program, "-i", f"{disk}@@{ESP_AT}",
                      *[found[word[1:]] if word[1:] in files else word for word in words])
        return disk
    return make


def updated(world, what, *commands):
    """A disk on which the probe was put in the cloud kernel's place, or beside it."""
    name, files = "cloud.efi.disk", ("probe.bzImage.efi", "cloud.efi", "plain")
    make = changed(name, *commands, files=files)
    if world == "bios":
        medium = Medium([name, *files], lambda found, stem: drive(make(found, stem), "ide"))
        facts = base.probe_facts("linux16", base.ram(512))
    else:
        medium = efi.ovmf([name, *files], lambda found, stem: drive(make(found, stem), "virtio"))
        facts = base.probe_facts("efi", efi.ram(512))
    return Case(f"disk/{world}/{what}", medium, PROBE, probe=facts)


def updates():
    """An update is a file copy; the newest version wins, in a FAT of either kind."""
    over = "mcopy -o /probe.bzImage.efi ::/EFI/BOOT/BOOTX64.EFI"
    return [
        updated("bios", "replaced", over),
        updated("efi", "replaced", over),
        updated("bios", "newest", "mmd ::/EFI/Linux",
                "mcopy /cloud.efi ::/EFI/Linux/system-6.9.0-long-name.efi",
                "mcopy /probe.bzImage.efi ::/EFI/Linux/system-6.10.0-long-name.efi",
                "mcopy /cloud.efi ::/EFI/Linux/system-6.10.0~rc1-long-name.efi",
                "mcopy /cloud.efi ::/EFI/Linux/zzz.conf"),
        # mtools fills the holes of a FAT16, so the image lies in pieces.
        updated("bios", "fat16", "mformat -T 65536 -c 4 ::", "mmd ::/EFI ::/EFI/BOOT",
                *[f"mcopy /plain ::/{n}" for n in range(8)], *[f"mdel ::/{n}" for n in (1, 3, 5)],
                "mcopy /probe.bzImage.efi ::/EFI/BOOT/BOOTX64.EFI"),
    ]


def flip(data):
    """A bit in the middle is another one: seen when all of it has been copied."""
    return data[:len(data) // 2] + bytes([data[len(data) // 2] ^ 4]) + data[len(data) // 2 + 1:]


def needing(size):
    """An image that says that it needs more memory than there is, with a right checksum or not."""
    return lambda data: data[:INIT_SIZE] + size.to_bytes(4, "little") + data[INIT_SIZE + 4:]


# What the newest file in EFI/Linux is: a file of the matrix, what was done to it, what is said.
BAD_IMAGES = {
    "empty": ("plain", lambda data: b"", "no Lintel image, its size is 0x0"),
    "text": ("plain", lambda data: data, "no Lintel image, its magic is 0x"),
    "cut-head": ("probe.bzImage.efi", lambda data: data[:20000], "no Lintel image, its size"),
    "cut": ("probe.bzImage.efi", lambda data: data[:len(data) // 2], "the image is cut off"),
    "cut-one": ("probe.bzImage.efi", lambda data: data[:-1], "the image is cut off"),
    "flipped": ("probe.bzImage.efi", flip, "the image was read wrong, its checksum is 0x"),
    "header": ("probe.bzImage.efi", lambda data: data[:600] + b"Z" + data[601:],
               "the image was read wrong"),
    "zeros": ("probe.bzImage.efi", lambda data: bytes(len(data)), "no Lintel image"),
    "uki": ("stock.uki", lambda data: data, "no Lintel image"),
    "kernel": ("cloud", lambda data: data, "no "),
    "bare": ("lintel.efi", lambda data: data, "no image that was packed by lintel build"),
    "ia32": ("lintelia32.efi", lambda data: data, "no Lintel image"),
    "large": ("probe.bzImage.efi", needing(3 << 30), "the image needs 3145729 KiB of memory"),
}


def passing(what):
    """Files that the matrix makes, and what makes of them a disk whose newest image is bad."""
    source, change, said = BAD_IMAGES[what]
    names = ["probe.bzImage.efi.disk", "probe.bzImage.efi", source]

    def make(files, stem):
        bad, older = stem + ".medium.bad", files["probe.bzImage.efi"]
        with open(files[source], "rb") as whole, open(bad, "wb") as out:
            out.write(change(whole.read()))
        return changed(names[0], "mmd ::/EFI/Linux", f"mcopy {bad} ::/EFI/Linux/system-10.efi",
                       f"mcopy {older} ::/EFI/Linux/system-09.efi",
                       f"mcopy -o {bad} ::/EFI/BOOT/BOOTX64.EFI")(files, stem)
    return names, make, [f"^lintel: EFI/Linux/system-10.efi is passed over: {said}", *PROBE]


def passed_over(what):
    """The newest image does not start, the one before it does."""
    names, make, said = passing(what)
    medium = Medium(names, lambda files, stem: drive(make(files, stem), "ide"))
    return Case(f"disk/bios/passed-over/{what}", medium, said, WRONG + "|^lintel: EFI/BOOT",
                probe=base.probe_facts("linux16", base.ram(512)))


def none_left():
    """All are passed over; the refusal says what is wrong with the newest."""
    names = ["probe.bzImage.efi.disk", "probe.bzImage.efi", "plain"]

    def make(files, stem):
        bad = stem + ".medium.bad"
        with open(files["probe.bzImage.efi"], "rb") as whole, open(bad, "wb") as out:
            out.write(flip(whole.read()))
        disk = changed(names[0], "mmd ::/EFI/Linux", f"mcopy {bad} ::/EFI/Linux/system-10.efi",
                       f"mcopy {files['plain']} ::/EFI/Linux/system-09.efi",
                       f"mcopy -o {files['plain']} ::/EFI/BOOT/BOOTX64.EFI")(files, stem)
        return drive(disk, "ide")
    return Case("media/disk/none-left", Medium(names, make),
                ["^lintel: EFI/Linux/system-10.efi is passed over: the image was read wrong",
                 "^lintel: EFI/Linux/system-09.efi is passed over: no Lintel image",
                 "^lintel: EFI/BOOT/BOOTX64.EFI is passed over: no Lintel image",
                 "^lintel: E31 EFI/Linux/system-10.efi: the image was read wrong"],
                "Linux version|lintel-probe", everywhere=("debugcon", "vga"))


MORE = 40 << 20  # a third partition behind what `lintel disk` made
IMAGE = "probe.bzImage.efi"


def partitioned(kind, change):
    """A disk with one more partition of that kind, whose EFI/Linux has the image."""
    def make(files, stem):
        disk = shutil.copyfile(files[IMAGE + ".disk"], stem + ".medium.img")
        end = os.path.getsize(disk)
        os.truncate(disk, end + MORE)
        media.run(media.SGDISK, "--move-second-header", f"--new=3:{end >> 9}:-0",
                  f"--typecode=3:{kind}", disk)
        more = f"{disk}@@{end}"
        media.run("mformat", "-i", more, "-T", str((MORE >> 9) - 2048), "::")
        media.run("mmd", "-i", more, "::/EFI", "::/EFI/Linux")
        media.run("mcopy", "-i", more, files[IMAGE], "::/EFI/Linux/system-1.efi")
        change(disk)
        return drive(disk, "ide")
    return Medium([IMAGE, IMAGE + ".disk"], make)


def write(disk, at, data):
    """Other bytes."""
    with open(disk, "r+b") as out:
        out.seek(at)
        out.write(data)


def emptied(disk):
    """An ESP without an image."""
    media.run("mdel", "-i", f"{disk}@@{ESP_AT}", "::/EFI/BOOT/BOOTX64.EFI")


def corrupted(disk):
    """An image in the ESP that would be refused; the other partition's comes before it."""
    media.run("mcopy", "-o", "-i", f"{disk}@@{ESP_AT}", "/dev/null", "::/EFI/BOOT/BOOTX64.EFI")


def unformatted(disk):
    """An ESP in which nothing is left of its FAT."""
    write(disk, ESP_AT, bytes(4096))


def in_mbr(kind):
    """The disk with a partition table of the old kind."""
    def make(files, stem):
        disk = shutil.copyfile(files[IMAGE + ".disk"], stem + ".medium.img")
        sectors = os.path.getsize(disk) - 2 * ESP_AT >> 9
        entry = bytes([0, 0, 0, 0, kind, 0, 0, 0]) + (ESP_AT >> 9).to_bytes(4, "little")
        write(disk, 446, entry + sectors.to_bytes(4, "little") + bytes(48))
        write(disk, 512, bytes(512))
        return drive(disk, "ide")
    return Medium([IMAGE + ".disk"], make)


def partitions():
    """All partitions are looked at before a BIOS machine gives up."""
    facts = base.probe_facts("linux16", base.ram(512))
    over = "^lintel: the partition at sector 0x800 is passed over: no FAT file system in it"

    def case(what, medium, *said):
        return Case(f"disk/bios/partition/{what}", medium, [*said, *PROBE],
                    WRONG + ("" if said else "|passed over"), probe=facts)
    return [
        *[case(f"{name}/{change.__name__}", partitioned(kind, change),
               *([over] if change is unformatted else []))
          for name, kind in (("esp", "ef00"), ("xbootldr", "ea00"), ("data", "0700"))
          for change in (emptied, corrupted, unformatted)],
        *[case(f"mbr/{kind:02x}", in_mbr(kind)) for kind in (0xef, 0xea, 0x0c, 0x0b, 0x0e)],
        refused("partition/mbr/83", "E33", in_mbr(0x83)),
    ]


def offset(path, part):
    """Where in a file the middle of another one lies."""
    with open(path, "rb") as whole, open(part, "rb") as other:
        wanted = other.read()
        return whole.read().index(wanted) + len(wanted) // 2


def flipped(medium, part, copy):
    """A copy in which one bit of @part is not what it was."""
    at = offset(medium, part)
    shutil.copyfile(medium, copy)
    with open(copy, "r+b") as out:
        out.seek(at)
        byte = out.read(1)[0]
        out.seek(at)
        out.write(bytes([byte ^ 4]))


def cut(medium, part, copy):
    """A copy that ends within @part."""
    shutil.copyfile(medium, copy)
    os.truncate(copy, offset(medium, part) & ~2047)


def damaged(name, change, part, how):
    """The drive of a medium that was changed."""
    def make(files, stem):
        change(files[name], files[part], stem + ".medium.bad")
        return drive(stem + ".medium.bad", how)
    return Medium([name, part], make)


def unsummed(out, at):
    """No PE checksum, as some tools that sign leave it."""
    out.seek(at + CHECKSUM)
    out.write(bytes(4))


def unsized(out, at):
    """An image without a checksum."""
    out.seek(at + SUM_SIZE)
    out.write(bytes(4))


def one_bit(out, at):
    """A flipped bit in the middle of the code."""
    out.seek(at + PM_OFFSET + 0x5001)
    byte = out.read(1)[0]
    out.seek(at + PM_OFFSET + 0x5001)
    out.write(bytes([byte ^ 0x80]))


def moved(sources):
    """Blocks of 2 KiB of the image, {from: to}, which were read where others should be."""
    def change(out, at):
        data = {}
        for source in sources:
            out.seek(at + source * 2048)
            data[source] = out.read(2048)
        for source, to in sources.items():
            out.seek(at + to * 2048)
            assert out.read(2048) != data[source]
            out.seek(at + to * 2048)
            out.write(data[source])
    return change


def zeroed(out, at):
    """A block that was not read at all."""
    out.seek(at + PM_OFFSET + PIECE)
    assert any(out.read(2048))
    out.seek(at + PM_OFFSET + PIECE)
    out.write(bytes(2048))


def stale(out, at):
    """The piece before once more: a read that says that it succeeded and gave nothing."""
    out.seek(at + PM_OFFSET)
    data = out.read(PIECE)
    assert out.read(PIECE) != data
    out.seek(at + PM_OFFSET + PIECE)
    out.write(data)


def edited(name, image, how, *edits):
    """The drive of a medium on which the bytes of an image are others."""
    def make(files, stem):
        copy = shutil.copyfile(files[name], stem + ".medium.img")
        with open(copy, "rb") as medium, open(files[image], "rb") as whole:
            # Without the header: each signature is another one.
            at = medium.read().index(whole.read()[PM_OFFSET:PM_OFFSET + PIECE]) - PM_OFFSET
        with open(copy, "r+b") as out:
            for edit in edits:
                edit(out, at)
        return drive(copy, how)
    return Medium([name, image], make)


def wrong_data():
    """Reads that succeed and give wrong data; no difference is made by a signature."""
    plain, signed = "probe.bzImage.efi", "probe.bzImage.efi.signed"
    ways = {"bit": one_bit, "stale": stale, "zeroed": zeroed,
            "swapped": moved({40: 41, 41: 40}), "far": moved({40: 72, 72: 40}),
            "shifted": moved({i: i + 1 for i in range(40, 60)})}
    facts = base.probe_facts("linux16", base.ram(512))
    return [
        *[refused(f"wrong/cd/{name}", "E31", edited(plain + ".iso", plain, "ide-cd", way))
          for name, way in ways.items()],
        *[refused(f"wrong/signed/{name}", "E31", edited(signed + ".disk", signed, "ide", way))
          for name, way in ways.items()],
        *[refused(f"wrong/unsummed/{name}", "E31",
                  edited(signed + ".disk", signed, "virtio", unsummed, way))
          for name, way in ways.items()],
        Case("media/signed/disk", bios(signed + ".disk", "ide"), PROBE, WRONG, probe=facts),
        Case("media/signed/iso", bios(signed + ".iso", "ide-cd"), PROBE, WRONG, probe=facts),
        Case("media/signed/unsummed", edited(signed + ".disk", signed, "ide", unsummed), PROBE,
             WRONG, probe=facts),
    ]


def gpts():
    """The second GPT at the disk's end serves where the first is damaged."""
    name = "probe.bzImage.efi.disk"

    def disk(*sectors):
        def make(files, stem):
            copy = shutil.copyfile(files[name], stem + ".medium.img")
            with open(copy, "r+b") as out:
                for sector in sectors:
                    out.seek(sector * 512, os.SEEK_SET if sector > 0 else os.SEEK_END)
                    out.write(b"\xa5" * 100)
            return drive(copy, "ide")
        return Medium([name], make)
    facts = base.probe_facts("linux16", base.ram(512))
    said = ["^lintel: the disk's first GPT is damaged, its backup is used$", *PROBE]
    return [
        Case("media/gpt/header", disk(1), said, WRONG, probe=facts),
        Case("media/gpt/entries", disk(2), said, WRONG, probe=facts),
        refused("gpt/both", "E34", disk(1, -1)),
    ]


def bad_loader(medium, _, copy):
    """A copy on which one bit of our boot loader is wrong."""
    shutil.copyfile(medium, copy)
    with open(copy, "r+b") as out:
        out.seek(SECTOR_STAGE_LBA)
        at = int.from_bytes(out.read(4), "little") * 512 + 0x901
        out.seek(at)
        byte = out.read(1)[0]
        out.seek(at)
        out.write(bytes([byte ^ 4]))


def unreadable(name, part, device):
    """A drive that gives a read error within @part."""
    def make(files, stem):
        copy = shutil.copyfile(files[name], stem + ".medium.img")  # QEMU locks it
        blkdebug = {"driver": "blkdebug", "image": {"driver": "file", "filename": copy},
                    "inject-error": [{"event": "none", "iotype": "read", "errno": 5, "once": False,
                                      "immediately": False,
                                      "sector": (offset(files[name], files[part]) & ~2047) >> 9}]}
        node = {"driver": "raw", "node-name": "m", "file": blkdebug}
        return ["-snapshot", "-blockdev", json.dumps(node),
                "-device", f"{device},drive=m,bootindex=1,rerror=report"]
    return Medium([name, part], make)


def refused(name, errors, medium, mib=512):
    """A medium that must not start anything."""
    return Case(f"media/{name}", medium, [f"^lintel: ({errors}) "], "Linux version|lintel-probe",
                mib, everywhere=("debugcon", "vga"))


def followed(name, first):
    """A CD behind a medium; SeaBIOS boots one disk only, then drives of other kinds."""
    def make(files, stem):
        return [*first.make(files, stem), "-drive", f"file={files[name]},format=raw,if=none,id=n,"
                "media=cdrom,readonly=on", "-device", "ide-cd,drive=n,bootindex=2"]
    return Medium([*first.files, name], make)


def chained(name):
    """GRUB's chainloader enters the disk's first sector, with A20 and interrupts off."""
    loader = base.grub("chainloader (hd0)+1")

    def make(files, stem):
        return [*loader.make({}, stem), *drive(files[name], "ide")[:2],
                "-device", "ide-hd,drive=m", "-boot", "d"]
    return Medium([name], make)


def damaged_disks():
    """A FAT that contradicts itself, and files that are not what they should be."""
    name, image = "probe.bzImage.efi.disk", "probe.bzImage.efi"
    boot = "::/EFI/BOOT/BOOTX64.EFI"

    def written(at, data):
        """The disk with bytes changed; @at is counted from the ESP's begin."""
        def make(files, stem):
            copy = shutil.copyfile(files[name], stem + ".medium.img")
            with open(copy, "r+b") as out:
                out.seek(ESP_AT + (at if isinstance(at, int) else at(copy)))
                out.write(data)
            return drive(copy, "ide")
        return Medium([name], make)

    def table(copy):
        """Where the FAT has the entry of the image's first cluster, which begins at a page."""
        with open(copy, "rb") as disk:
            disk.seek(ESP_AT + 14)
            return int.from_bytes(disk.read(2), "little") * 512 + 4 * 6

    def commanded(*commands, more=()):
        make = changed(name, *commands, files=(image, *more))
        return Medium([name, image, *more], lambda files, stem: drive(make(files, stem), "ide"))
    return [
        refused("disk/flipped", "E31", damaged(name, flipped, "probe.bzImage", "ide")),
        refused("disk/unreadable", "E30", unreadable(name, "probe.bzImage", "ide-hd")),
        refused("disk/no-fat", "E34", written(0, bytes(512))),
        refused("disk/next-cluster", "E34", written(table, b"\xff\xff\xff\x0e")),
        refused("disk/chain-ends", "E34", written(table, b"\xff\xff\xff\x0f")),
        refused("disk/chain-loops", "E3[13]", written(table, b"\x06\0\0\0")),
        refused("disk/no-image", "E33", commanded("mdel " + boot)),
        *[refused(f"disk/no-lintel/{other}", "E33",
                  commanded(f"mcopy -o /{other} {boot}", more=(other,)))
          for other in ("plain", "stock.uki", "cloud")],
        refused("disk/no-checksum", "E33", edited(name, image, "ide", unsized)),
    ]


def floppy(name):
    """A drive for which the BIOS has no extensions: by cylinder, head and sector."""
    def make(files, stem):
        copy = shutil.copyfile(files[name], stem + ".medium.img")
        os.truncate(copy, FLOPPY_SIZE)
        return ["-drive", f"if=floppy,format=raw,file={copy}", "-boot", "a"]
    return Medium([name], make)


def errors():
    """What a medium can have, and what must not start then."""
    iso, kernel, initrd = "probe.bzImage.efi.iso", "probe.bzImage", "plain"
    flip = damaged(iso, flipped, initrd, "virtio")
    return [
        refused("flipped/kernel", "E31", damaged(iso, flipped, kernel, "ide-cd")),
        refused("flipped/initrd", "E31", flip),
        refused("cut/cd", "E3[01]", damaged(iso, cut, kernel, "ide-cd")),
        refused("cut/ahci-cd", "E3[01]", damaged(iso, cut, kernel, "ahci-cd")),
        refused("cut/disk", "E3[01]", damaged(iso, cut, kernel, "ide")),
        refused("unreadable/ide-cd", "E3[01]", unreadable(iso, kernel, "ide-cd")),
        refused("unreadable/ide", "E30", unreadable(iso, kernel, "ide-hd")),
        refused("unreadable/virtio", "E30", unreadable(iso, kernel, "virtio-blk-pci")),
        refused("memory", "E32", bios("cloud.efi.iso", "ide-cd"), mib=32),
        *damaged_disks(),
        *wrong_data(),
        *gpts(),
        *[refused(f"cpu/{cpu}", "E01", bios(iso, "ide-cd", ["-cpu", cpu]))
          for cpu in ("qemu32", "486")],
        *[Case(f"media/loader/{how}", damaged(iso, bad_loader, kernel, how),
               ["^lintel: E30 boot loader unreadable or damaged$"], "Linux version|lintel-probe",
               everywhere=("vga",)) for how in ("ide-cd", "ide")],
        Case("media/next", followed(iso, flip), ["^lintel: E31 ", *PROBE], "^lintel: E30"),
        Case("media/floppy", floppy(iso), PROBE, WRONG,
             probe=base.probe_facts("linux16", base.ram(512))),
        Case("media/chainloader", chained(iso), PROBE, WRONG,
             probe=base.probe_facts("linux16", base.ram(512))),
    ]


CASES = (isos() + both_widths() + disks() + updates() + [*map(passed_over, BAD_IMAGES), none_left()]
         + partitions() + errors())
