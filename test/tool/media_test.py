#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of `lintel iso` and `lintel disk`: python3 test/tool/media_test.py BUILD_DIR

What the tool wrote is read here once more from the specifications (El Torito, MBR,
GPT) and bios/boot/layout.h; the image's checksum is reckoned here by other code than the
tool's.  That it boots, the doors matrix tests.
"""
import os
import re
import shutil
import struct
import subprocess
import sys
import time
import zlib

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted
from tool.base import BUILD, LINTEL, TIMEOUT, Tool
from tool.files import CHECKSUM, MIB, SECURITY, get, layout, load

L = layout("bios/boot/layout.h", "shim/face/layout.h")
WORD = (1 << 64) - 1
CD_SECTOR, SECTOR = 2048, 512


def rotated(pair):
    """Two 64-bit lanes as one number of 128 bits, moved down by 32."""
    whole = pair[0] | pair[1] << 64
    whole = whole >> 32 | (whole & 0xffffffff) << 96
    return [whole & WORD, whole >> 64]


def image_sum(data):
    """The checksum of an image, word by word."""
    size = get(data, L["IMAGE_SUM_SIZE_OFFSET"], "I")
    data = bytearray(data[:size])
    for at, n in ((CHECKSUM, 4), (SECURITY, 8), (L["IMAGE_SUM_OFFSET"], 8)):
        data[at:at + n] = bytes(n)
    first, totals = [0, 0], [[0, 0] for _ in range(4)]
    for n, words in enumerate(struct.iter_unpack("<QQ", data)):
        first = [(a + b) & WORD for a, b in zip(first, words)]
        totals[n % 4] = [(a + b) & WORD for a, b in zip(totals[n % 4], first)]
        if n % 4 == 3:
            first = rotated(first)
        if n % 32 == 31:
            carried = totals[3]
            totals[0] = [(word << 23 & WORD) | word >> 41 for word in totals[0]]
            for i in range(4):
                carried = totals[i] = [(a + b) & WORD for a, b in zip(carried, totals[i])]
    value = 0
    for word in [*first, *sum(totals, [])]:
        value = (value ^ word) * 0x9e3779b97f4a7c15 & WORD
        value ^= value >> 32
    return value


class Case(Tool):
    """A temporary directory with a packed image."""

    def setUp(self):
        super().setUp()
        self.image, self.output = self.path("os.efi"), self.path("os.out")
        ran = self.lintel("build", f"--linux={BUILD}/probe.bzImage", f"--output={self.image}")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))

    def make(self, kind, *options, **more):
        """A medium, made in silence and with nothing left beside it; its bytes."""
        ran = self.lintel(kind, f"--output={self.output}", *options, self.image, **more)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        self.assertEqual(sorted(os.listdir(self.dir)), ["os.efi", "os.out"])
        return load(self.output)

    def refused(self, kind, image, *says, status=1, **more):
        """One line at the end of what is said, and the output as it was."""
        with open(self.output, "wb") as old:
            old.write(b"precious")
        before = sorted(os.listdir(self.dir))
        ran = self.lintel(kind, f"--output={self.output}", image, **more)
        self.assertEqual((ran.returncode, ran.stdout), (status, ""), ran.stderr)
        self.assertEqual(load(self.output), b"precious")
        self.assertEqual(sorted(os.listdir(self.dir)), before)
        last = ran.stderr.splitlines()[-1]
        self.assertTrue(last.startswith("lintel: "), ran.stderr)
        for text in says:
            self.assertIn(text, last)

    def check_stage(self, data, at):
        """A stage whose sum is right; the image's place and size in it."""
        size = os.path.getsize(f"{BUILD}/bios.bin") - L["STAGE_OFFSET"]
        words = struct.unpack_from(f"<{size // 4}I", data, at)
        self.assertEqual(sum(words) & 0xffffffff, L["STAGE_SUM_VALUE"])
        return [get(data, at + L["STAGE_IMAGE_" + name], "I") for name in ("LBA", "SIZE")]

    def check_sector(self, data, at, stage, shift):
        """A first sector, told where the stage is."""
        self.assertEqual(data[at + 510:at + 512], b"\x55\xaa")
        self.assertEqual(get(data, at + L["SECTOR_STAGE_LBA"], "I") * SECTOR, stage)
        self.assertEqual(data[at + L["SECTOR_TOLD_SHIFT"]], shift)
        size = get(data, at + L["SECTOR_STAGE_COUNT"], "H") * SECTOR
        self.assertEqual(size + L["STAGE_OFFSET"], os.path.getsize(f"{BUILD}/bios.bin"))


class Iso(Case):
    """lintel iso."""

    def test_stored_once_and_told(self):
        data, image = self.make("iso"), load(self.image)
        self.assertEqual(data.count(image[:CD_SECTOR]), 1)
        self.assertLess(len(data), len(image) * 33 // 32 + 2 * MIB)
        catalog = get(data, 17 * CD_SECTOR + 0x47, "I") * CD_SECTOR
        bios = get(data, catalog + 0x28, "I") * CD_SECTOR
        lba, size = self.check_stage(data, bios + L["STAGE_OFFSET"])
        self.assertEqual(data[lba * SECTOR:lba * SECTOR + size], image)
        self.check_sector(data, bios, bios + L["STAGE_OFFSET"], 2)
        self.check_sector(data, 0, bios + L["STAGE_OFFSET"], 0)

    def extracted(self, begin):
        """The files of the tree that begins at that sector, as xorriso copies them."""
        where = self.path("tree")
        subprocess.run(["xorriso", "-load", "sbsector", str(begin), "-osirrox", "on", "-indev",
                        self.output, "-extract", "/", where], check=True, timeout=TIMEOUT,
                       stderr=subprocess.DEVNULL)
        found = {os.path.relpath(os.path.join(at, name), where): load(os.path.join(at, name))
                 for at, _, names in os.walk(where) for name in names}
        subprocess.run(["chmod", "-R", "u+w", where], check=True, timeout=TIMEOUT)
        shutil.rmtree(where)
        return found

    def test_tree(self):
        """Who copies the CD's files has the image, which is stored once all the same."""
        stub = f"{BUILD}/lintelia32.efi"
        for more, ia32 in (([], {}), ([f"--ia32={stub}"], {"EFI/BOOT/BOOTIA32.EFI": load(stub)})):
            data, image = self.make("iso", *more), load(self.image)
            wanted = {"EFI/BOOT/BOOTX64.EFI": image, **ia32}
            for whole in wanted.values():
                self.assertEqual(data.count(whole[:CD_SECTOR]), 1)
            files = self.extracted(0)
            self.assertEqual({name: files.get(name) for name in wanted}, wanted)
            self.assertEqual(sorted(name for name in files if "EFI" in name), sorted(wanted))
            at = get(data, 446 + 16 + 8, "I") * SECTOR
            for name, whole in wanted.items():
                copy = self.path("copy")
                subprocess.run(["mcopy", "-i", f"{self.output}@@{at}", "::/" + name, copy],
                               check=True, timeout=TIMEOUT)
                self.assertEqual(load(copy), whole)
                os.unlink(copy)
            # All is within the file system, as the CD says how large it is.
            self.assertEqual(get(data, 16 * CD_SECTOR + 80, "I") * CD_SECTOR, len(data))

    def test_second_tree(self):
        """The first partition ends before the image, so its tree does not name it."""
        self.make("iso")
        with open(self.output, "r+b") as medium:
            part = medium.read()[16 * CD_SECTOR:]
            medium.seek(0)
            medium.truncate()
            medium.write(part)
        self.assertEqual([name for name in self.extracted(0) if "EFI" in name], [])

    def test_el_torito(self):
        data = self.make("iso")
        self.assertEqual(data[17 * CD_SECTOR + 7:17 * CD_SECTOR + 30], b"EL TORITO SPECIFICATION")
        catalog = data[get(data, 17 * CD_SECTOR + 0x47, "I") * CD_SECTOR:][:0x80]
        self.assertEqual(sum(struct.unpack("<16H", catalog[:32])) & 0xffff, 0)
        self.assertEqual(catalog[0x20:0x22], b"\x88\0", "bootable, no emulation")
        self.assertEqual(get(catalog, 0x26, "H"), 4, "2 KiB, as old BIOSes can")
        self.assertEqual((catalog[0x41], catalog[0x60]), (0xef, 0x88), "UEFI, bootable")
        self.assertEqual(get(catalog, 0x66, "H"), 0, "to the end: more than 16 bits tell")

    def test_partitions(self):
        data = self.make("iso")
        catalog = get(data, 17 * CD_SECTOR + 0x47, "I") * CD_SECTOR
        entries = [data[446 + 16 * i:][:16] for i in range(4)]
        self.assertEqual([entry[0] for entry in entries], [0x80, 0, 0, 0], "one is active")
        self.assertEqual(entries[1][4], 0xef)
        begin, count = struct.unpack("<II", entries[1][8:])
        self.assertEqual(begin * SECTOR, get(data, catalog + 0x68, "I") * CD_SECTOR)
        self.assertLessEqual((begin + count) * SECTOR, len(data))


class Disk(Case):
    """lintel disk."""

    def test_partitions(self):
        data = self.make("disk")
        self.assertEqual(data[446 + 4], 0xee)
        self.assertEqual(data[512:520], b"EFI PART")
        first, second = data[1024:1152], data[1152:1280]
        self.assertEqual(first[:16], b"Hah!IdontNeedEFI")
        self.assertEqual(struct.unpack("<QQ", first[32:48]), (34, 2047))
        self.assertEqual(get(second, 32, "Q") * SECTOR, MIB)
        self.check_sector(data, 0, 34 * SECTOR, 0)
        self.assertEqual(self.check_stage(data, 34 * SECTOR), [0, 0])
        self.assertEqual(data[MIB + 82:MIB + 90], b"FAT32   ")

    def test_active(self):
        plain, active = self.make("disk"), self.make("disk", "--active")
        self.assertEqual((plain[446], active[446]), (0, 0x80))
        self.assertEqual(plain[:446] + plain[447:], active[:446] + active[447:])

    def test_large_sectors(self):
        data = self.make("disk", "--sector-size=4096")
        self.assertEqual(data[4096:4104], b"EFI PART")
        self.assertEqual(data[-4096:-4088], b"EFI PART")
        first, second = data[8192:8320], data[8320:8448]
        self.assertEqual(struct.unpack("<QQ", first[32:48]), (6, 255))
        self.assertEqual(get(second, 32, "Q") * 4096, MIB)
        for at, table in ((1, 2), (len(data) // 4096 - 1, len(data) // 4096 - 5)):
            head = bytearray(data[at * 4096:at * 4096 + 92])
            self.assertEqual((get(head, 24, "Q"), get(head, 72, "Q")), (at, table))
            self.assertEqual(zlib.crc32(data[table * 4096:table * 4096 + 16384]),
                             get(head, 88, "I"))
            crc, head[16:20] = get(head, 16, "I"), bytes(4)
            self.assertEqual(zlib.crc32(head), crc)
        self.assertEqual(get(data, MIB + 11, "H"), 4096)
        self.assertEqual(self.check_stage(data, 6 * 4096), [0, 0])
        # The first sector counts in 512 bytes, of which the drive reads eight at a time.
        self.assertEqual(get(data, L["SECTOR_STAGE_LBA"], "I"), 48)
        self.assertEqual(get(data, L["SECTOR_STAGE_COUNT"], "H") % 8, 0)
        self.check_file(self.image, "BOOTX64.EFI")

    def check_file(self, path, name):
        """What mtools reads in the ESP."""
        copy = self.path("copy")
        subprocess.run(["mcopy", "-o", "-i", f"{self.output}@@{MIB}", f"::/EFI/BOOT/{name}", copy],
                       check=True, timeout=TIMEOUT)
        self.assertEqual(load(copy), load(path))
        os.unlink(copy)

    def test_sgdisk(self):
        """Others find no fault in the GPT."""
        self.make("disk")
        ran = subprocess.run(["/sbin/sgdisk", "-v", self.output], stdout=subprocess.PIPE, text=True,
                             timeout=TIMEOUT, check=True)
        self.assertIn("No problems found", ran.stdout)

    def test_ia32(self):
        stub = f"{BUILD}/lintelia32.efi"
        for size in ("512", "4096"):
            self.make("disk", f"--sector-size={size}", f"--ia32={stub}")
            self.check_file(self.image, "BOOTX64.EFI")
            self.check_file(stub, "BOOTIA32.EFI")
        for wrong in (self.image, LINTEL, f"{BUILD}/bios.bin"):
            for kind in ("disk", "iso"):
                ran = self.lintel(kind, f"--output={self.output}", f"--ia32={wrong}", self.image)
                self.assertEqual(ran.returncode, 1)
                self.assertIn("is no program for 32-bit UEFI", ran.stderr)

    def test_sizes(self):
        """Where FAT16 and FAT32 meet, and the sizes of clusters."""
        for mib in (0, 30, 66):
            initrd = self.path("initrd")
            with open(initrd, "wb") as out:
                out.truncate(mib * MIB + 1)
            ran = self.lintel("build", f"--linux={BUILD}/probe.bzImage", f"--initrd={initrd}",
                              f"--output={self.image}")
            self.assertEqual(ran.stderr, "")
            os.unlink(initrd)
            for size in ("512", "4096"):
                self.make("disk", f"--sector-size={size}")
                self.check_file(self.image, "BOOTX64.EFI")

    def test_file(self):
        self.make("disk")
        copy = self.path("copy")
        subprocess.run(["mcopy", "-i", f"{self.output}@@{MIB}", "::/EFI/BOOT/BOOTX64.EFI", copy],
                       check=True, timeout=TIMEOUT)
        self.assertEqual(load(copy), load(self.image))

    def test_bare(self):
        ran = self.lintel("disk", f"--output={self.output}", f"{BUILD}/lintel.efi")
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        self.assertGreater(os.path.getsize(self.output), 512 * MIB, "room for what comes")
        self.assertLess(os.stat(self.output).st_blocks * SECTOR, 8 * MIB)

    def test_takes_no_room_for_nothing(self):
        self.make("disk")
        self.assertLess(os.stat(self.output).st_blocks * SECTOR, os.path.getsize(self.image) * 2)


class Same(Case):
    """The same bytes each time."""

    def test_same(self):
        for kind, options in (("disk", []), ("disk", ["--sector-size=4096"]), ("iso", [])):
            one = self.make(kind, *options)
            time.sleep(2.1)  # FAT counts in steps of two seconds
            os.utime(self.image)
            self.assertTrue(one == self.make(kind, *options), kind)
            dated = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "TZ": "Asia/Tokyo"}
            two = self.make(kind, *options, env=dated)
            self.assertTrue(one != two and len(one) == len(two), kind)
            old = os.umask(0o077)
            three = self.make(kind, *options, env={**dated, "TZ": "UTC", "LC_ALL": "C"})
            os.umask(old)
            self.assertTrue(two == three, kind)

    def test_other(self):
        """Another image has other numbers."""
        one = self.make("disk")
        ran = self.lintel("build", f"--linux={BUILD}/probe.bzImage", "--cmdline=other",
                          f"--output={self.image}")
        self.assertEqual(ran.stderr, "")
        two = self.make("disk")
        for at, size in ((512 + 56, 16), (1024 + 16, 16), (1152 + 16, 16), (MIB + 67, 4)):
            self.assertNotEqual(one[at:at + size], two[at:at + size])
        self.assertEqual(len({one[at:at + 16] for at in (568, 1040, 1168)}), 3)

    def test_no_number(self):
        for text in ("yesterday", "-1", "12x"):
            ran = self.lintel("disk", f"--output={self.output}", self.image,
                              env={**os.environ, "SOURCE_DATE_EPOCH": text})
            self.assertEqual(ran.returncode, 1)
            self.assertIn("SOURCE_DATE_EPOCH", ran.stderr)


class Checksum(Case):
    """By which the boot loader knows wrong data."""

    def inspect(self, data):
        """What the tool says of it."""
        path = self.path("inspected.efi")
        with open(path, "wb") as out:
            out.write(data)
        ran = self.lintel("inspect", path)
        return re.search(r"^image_checksum +(\w+)$", ran.stdout, re.M).group(1)

    def check(self, data, size):
        """Its value, and how many bytes it is of."""
        self.assertEqual(get(data, L["IMAGE_SUM_SIZE_OFFSET"], "I"), size)
        self.assertEqual(get(data, L["IMAGE_SUM_OFFSET"], "Q"), image_sum(data))
        self.assertEqual(self.inspect(data), "ok")

    def test_value(self):
        self.check(load(self.image), os.path.getsize(self.image))

    def test_large(self):
        """More than one of the tool's buffers, and an end within one."""
        with open(self.path("initrd"), "wb") as out:
            out.write(os.urandom(2500001))
        ran = self.lintel("build", f"--linux={BUILD}/probe.bzImage", f"--output={self.image}",
                          f"--initrd={self.path('initrd')}")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.check(load(self.image), os.path.getsize(self.image))

    def test_signed(self):
        key, crt = self.path("key"), self.path("crt")
        subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes",
                        "-subj", "/CN=t", "-keyout", key, "-out", crt], check=True,
                       timeout=TIMEOUT, stderr=subprocess.DEVNULL)
        size = os.path.getsize(self.image)
        for _ in range(2):  # and signed once more
            subprocess.run(["sbsign", "--key", key, "--cert", crt, "--output", self.image,
                            self.image], check=True, timeout=TIMEOUT, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            self.assertGreater(os.path.getsize(self.image), size)
            self.check(load(self.image), size)
        data = bytearray(load(self.image))
        data[CHECKSUM:CHECKSUM + 4] = bytes(4)
        self.check(data, size)

    def test_damaged(self):
        good = load(self.image)
        for place in (0, 0x1f1, L["IMAGE_SUM_OFFSET"] + 7, L["IMAGE_SUM_SIZE_OFFSET"] + 1,
                      L["PM_OFFSET"], len(good) // 2, len(good) - 1):
            data = bytearray(good)
            data[place] ^= 0x10
            if place:
                self.assertEqual(self.inspect(data), "wrong", place)
            with open(self.image, "wb") as out:
                out.write(data)
            for kind in ("iso", "disk"):
                self.refused(kind, self.image, self.image)
        self.assertEqual(self.inspect(good[:-4096]), "wrong")
        self.assertEqual(self.inspect(load(f"{BUILD}/lintel.efi")), "none")


class Refusals(Case):
    """What is no image, and what the tool needs."""

    def test_no_image(self):
        self.refused("iso", f"{BUILD}/lintel.efi", "no kernel inside")
        for kind in ("iso", "disk"):
            self.refused(kind, LINTEL, "not an image of Lintel")
            self.refused(kind, self.path("none"), "No such file")

    def test_output_is_input(self):
        ran = self.lintel("iso", f"--output={self.image}", self.image)
        self.assertEqual(ran.returncode, 1)
        self.assertIn("is the input", ran.stderr)

    def test_missing_programs(self):
        self.refused("iso", self.image, "xorriso", "apt-get install xorriso", env={"PATH": "/none"})

    def test_failing_program(self):
        tools = self.path("tools")
        os.mkdir(tools)
        with open(os.path.join(tools, "xorriso"), "w", encoding="ascii") as script:
            script.write("#!/bin/sh\necho no luck >&2\nexit 3\n")
        os.chmod(os.path.join(tools, "xorriso"), 0o755)
        self.refused("iso", self.image, "xorriso", "0x300",
                     env={"PATH": f"{tools}:{os.environ['PATH']}"})

    def test_disk_needs_no_program(self):
        ran = self.lintel("disk", f"--output={self.output}", self.image, env={"PATH": "/none"})
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))

    def test_usage(self):
        for kind in ("iso", "disk"):
            for args, says in (([], "--output"), ([f"--output={self.output}"], "0 are given"),
                               ([f"--output={self.output}", "a", "b"], "2 are given"),
                               (["--output=", self.image], "--output"),
                               (["--output=a", "--output=b", self.image], "twice"),
                               (["--ia32=a", "--ia32=b", self.image], "twice"),
                               (["--frobnicate", self.image], "frobnicate"),
                               (["--sector-size=2048", self.image], "sector-size")):
                ran = self.lintel(kind, *args)
                self.assertEqual((ran.returncode, ran.stdout), (2, ""), ran.stderr)
                self.assertIn(says, ran.stderr)
            ran = self.lintel(kind, "--help")
            self.assertEqual((ran.returncode, ran.stderr), (0, ""))
            self.assertIn(f"lintel {kind} --output", ran.stdout)


if __name__ == "__main__":
    counted.main([sys.argv[0], *sys.argv[2:]])
