#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of `lintel build`: python3 test/tool/build_test.py BUILD_DIR [unittest options]

BUILD_DIR holds lintel, lintel.efi, lintel.elf and lintelia32.efi.  What the tool wrote is parsed
here once more from the specifications and shim/face/layout.h; inputs are made in a
temporary directory.
"""
import gzip
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted, payload
from tool.base import BUILD, Case, LINTEL, STUB, TIMEOUT
from tool.files import CHECKSUM, L, MIB, MICROCODE, OPTIONAL, SECURITY, bzimage, cpio, elf, get, \
    last_load, load, page_up, pe, pe_checksum, put, section_bytes, section_table, sections

IA32 = os.path.join(BUILD, "lintelia32.efi")

DATA = 0x40000040      # initialised, read
WRITE = 0x80000000
EXECUTE = 0x20000000
SECTION_ALIGNMENT, CHARACTERISTICS = 32, 70  # in the optional header
NX_COMPAT = 0x100
MAGIC = b"LINTELUK"
UNPACK_HEAP = 0x2200000


class Protected(Case):
    """What Microsoft's UEFI CA asks of memory, of what is linked and of what is packed."""

    def check(self, data):
        """No section is written and executed, each has pages of its own, and NX_COMPAT is set."""
        self.assertEqual(get(data, OPTIONAL + SECTION_ALIGNMENT, "I"), 4096)
        self.assertTrue(get(data, OPTIONAL + CHARACTERISTICS, "H") & NX_COMPAT)
        self.assertTrue(sections(data))
        for section in sections(data):
            self.assertFalse(section.flags & WRITE and section.flags & EXECUTE, section.name)
            self.assertEqual(section.at % 4096, 0, section.name)

    def test_images(self):
        for data in (load(STUB["efi"]), load(IA32), self.build()["efi"]):
            self.check(data)

    def test_no_stack_is_executable(self):
        objects = [os.path.join(folder, name) for tree in ("obj", "obj32")
                   for folder, _, names in os.walk(os.path.join(BUILD, tree))
                   for name in names if name.endswith(".o")]
        said = subprocess.run(["readelf", "-SW", *objects], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        notes = re.findall(r"\.note\.GNU-stack.*", said)
        self.assertGreater(len(objects), 100)
        self.assertEqual(len(notes), len(objects))
        self.assertEqual([note for note in notes if re.search(r" A?X ", note)], [])


class Packed(Case):
    """A build with everything, read back."""

    def setUp(self):
        super().setUp()
        self.initrd = bytes(range(256)) * 33 + b"odd"
        self.osrel = "ID=test\nNAME=\"Test \u00fc\"\n".encode()
        self.faces = self.build(
            "--initrd", self.file("initrd", self.initrd),
            "--os-release=@" + self.file("os-release", self.osrel),
            "--cmdline=console=ttyS0 quiet", "--uname=6.1.0-test\n")
        self.bare = load(STUB["efi"])
        self.room = page_up(0x200000 + 0x654321)

    def test_faces_are_equal_behind_the_face(self):
        size = L["FACE_SIZE"]
        self.assertEqual(self.faces["efi"][size:], self.faces["elf"][size:])
        self.assertEqual(self.faces["efi"][:2], b"MZ")
        self.assertEqual(self.faces["elf"][:4], b"\x7fELF")

    def test_sections_hold_the_inputs(self):
        for data in self.faces.values():
            self.assertEqual(section_bytes(data, ".osrel"), self.osrel)
            self.assertEqual(section_bytes(data, ".cmdline"), b"console=ttyS0 quiet")
            self.assertEqual(section_bytes(data, ".uname"), b"6.1.0-test")
            self.assertEqual(section_bytes(data, ".initrd"), self.initrd)
            self.assertEqual(section_bytes(data, ".linux"), bzimage())

    def test_order(self):
        names = [s.name for s in sections(self.faces["efi"])]
        bare = [s.name for s in sections(self.bare)]
        self.assertEqual(names, [*bare, ".osrel", ".cmdline", ".uname", ".initrd", ".extra",
                                 ".linux"])

    def test_no_gaps_and_one_address_rule(self):
        data = self.faces["efi"]
        end = len(self.bare)
        for s in sections(data)[len(sections(self.bare)):]:
            self.assertEqual((s.at, s.file_at, s.file_size), (end, end, page_up(s.size)), s.name)
            flags = DATA | WRITE if s.name == ".extra" else DATA
            self.assertEqual((s.flags, s.zeros), (flags, [0, 0, 0, 0]), s.name)
            padding = data[s.file_at + s.size:s.file_at + s.file_size]
            self.assertEqual(padding, bytes(len(padding)), s.name)
            end += s.file_size
        self.assertEqual(end, len(data))

    def test_optional_header(self):
        data = self.faces["efi"]
        added = len(data) - len(self.bare)
        for offset, expected in ((8, get(self.bare, OPTIONAL + 8, "I") + added),
                                 (12, get(self.bare, OPTIONAL + 12, "I")),
                                 (56, len(data))):
            self.assertEqual(get(data, OPTIONAL + offset, "I"), expected, offset)

    def test_checksum(self):
        expected = pe_checksum(self.faces["efi"])
        for face, data in self.faces.items():
            self.assertEqual(get(data, CHECKSUM, "I"), expected, face)

    def test_setup_header(self):
        data = self.faces["efi"]
        loaded = len(data) - L["PM_OFFSET"]
        self.assertEqual(get(data, 0x1f4, "I"), -(-loaded // 16))
        # A bare one asks for more: other tools do not change it when they pack.
        self.assertEqual(get(data, 0x260, "I"), loaded + self.room)
        self.assertEqual(get(self.bare, 0x260, "I"),
                         len(self.bare) - L["PM_OFFSET"] + L["ADDED_ROOM"])
        self.assertEqual(get(data, 0x24c, "I"), len(data) - L["ELF_VIEW_OFFSET"])

    def elf_headers(self, faces):
        """Face and offset of every ELF header that there is."""
        return [(faces[face], offset) for face, offset in (
            ("efi", L["ELF_VIEW_OFFSET"]), ("elf", L["ELF_VIEW_OFFSET"]), ("elf", 0))]

    def check_elf_headers(self, faces, base, top):
        """All of the file is loaded, at file offset + base, and memory is asked for up to top."""
        entry = get(load(STUB["elf"]), 24, "Q") - L["IMAGE_BASE"]
        for data, offset in self.elf_headers(faces):
            at = last_load(data, offset)
            begin = offset + get(data, at + 8, "Q")
            self.assertEqual(get(data, at + 16, "Q"), base + begin)
            self.assertEqual(get(data, at + 24, "Q"), base + begin)
            self.assertEqual(get(data, at + 32, "Q"), len(data) - begin)
            self.assertEqual(get(data, at + 40, "Q"), top - base - begin)
            self.assertEqual(get(data, offset + 24, "Q"), base + entry)
        for data in faces.values():
            moved = [get(data, L[name], "Q") - get(load(STUB["efi"]), L[name], "Q")
                     for name in ("ELF_NOTE_ENTRY", "ELF_NOTE_PHYS32_ENTRY")]
            self.assertEqual(moved, [base - L["IMAGE_BASE"]] * 2)

    def test_elf_headers_leave_the_kernel_its_place(self):
        self.check_elf_headers(self.faces, L["IMAGE_BASE"], 0x1000000 + 0x654321 + UNPACK_HEAP)

    def test_elf_headers_of_a_large_image(self):
        faces = self.build("--initrd", self.file("large", bytes(14 << 20)))
        base = 0x1800000  # the kernel's end, rounded up to 2 MiB
        self.check_elf_headers(faces, base, base + len(faces["elf"]) + UNPACK_HEAP)

    def test_payload_for_xen(self):
        faces = self.build("--initrd", self.file("initrd", self.initrd), "--xen")
        plain = self.build("--initrd", self.file("initrd", self.initrd))
        data = faces["efi"]
        begin = L["PM_OFFSET"] + get(data, 0x248, "I")
        payload = data[begin:begin + get(data, 0x24c, "I")]
        self.assertEqual(gzip.decompress(payload), plain["elf"])
        self.assertEqual(get(payload, len(payload) - 4, "I"), len(plain["elf"]))
        self.assertEqual(sections(data)[-1].name, ".linux")
        self.assertEqual(section_bytes(data, ".initrd"), self.initrd)

    def test_bundle_table(self):
        for data in self.faces.values():
            n = get(data, L["PE_OFFSET"] + 6, "H")
            at = L["BUNDLE_OFFSET"]
            table = at + L["BUNDLE_TABLE"]
            self.assertEqual(data[at:at + 8], MAGIC)
            self.assertEqual(get(data, at + L["BUNDLE_SECTIONS"], "I"), n)
            self.assertEqual(get(data, at + L["BUNDLE_FILE_SIZE"], "I"), len(data))
            self.assertEqual(data[table:table + 40 * n],
                             data[L["PE_SECTIONS_OFFSET"]:L["PE_SECTIONS_OFFSET"] + 40 * n])

    def changed_ranges(self, face):
        """The only bytes of the bare image that building may change."""
        n = get(self.faces["efi"], L["PE_OFFSET"] + 6, "H")
        old = get(self.bare, L["PE_OFFSET"] + 6, "H")
        table = L["PE_SECTIONS_OFFSET"]
        ranges = [(L["PE_OFFSET"] + 6, 2), (OPTIONAL + 8, 8), (OPTIONAL + 56, 4), (CHECKSUM, 4),
                  (table + 40 * old, 40 * (n - old)), (L["BUNDLE_OFFSET"] + 8, 8 + 40 * n),
                  (last_load(self.faces["efi"], L["ELF_VIEW_OFFSET"]) + 32, 16),
                  (L["IMAGE_SUM_OFFSET"], 8), (L["IMAGE_SUM_SIZE_OFFSET"], 4)]
        if face == "efi":
            return ranges + [(0x1f4, 4), (0x24c, 4), (0x260, 4)]
        return ranges + [(last_load(self.faces["elf"], 0) + 32, 16)]

    def test_nothing_else_of_the_bare_image_changed(self):
        for face, data in self.faces.items():
            old, new = bytearray(load(STUB[face])), bytearray(data[:len(self.bare)])
            for at, size in self.changed_ranges(face):
                old[at:at + size] = new[at:at + size] = bytes(size)
            self.assertEqual([i for i in range(len(old)) if old[i] != new[i]], [], face)

    def test_objdump_and_file_accept_it(self):
        ran = subprocess.run(["objdump", "-h", "-p", self.output], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True)
        self.assertEqual(ran.stderr, "")
        self.assertIn("pei-x86-64", ran.stdout)
        for s in sections(self.faces["efi"]):
            self.assertRegex(ran.stdout, r"%s +%08x +%016x" % (re.escape(s.name), s.size, s.at))
        ran = subprocess.run(["objdump", "-p", self.elf], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True)
        self.assertEqual(ran.stderr, "")
        self.assertIn("elf64-x86-64", ran.stdout)
        ran = subprocess.run(["file", "-b", self.output, self.elf], stdout=subprocess.PIPE,
                             text=True, timeout=TIMEOUT, check=True)
        self.assertRegex(ran.stdout, r"^Linux kernel x86 boot executable.*\nELF 64-bit LSB")


class Extra(Case):
    """Room behind the initrd, where Lintel puts an archive with some of the sections."""

    FILES = {".osrel": "os-release", ".pcrsig": "tpm2-pcr-signature.json",
             ".pcrpkey": "tpm2-pcr-public-key.pem", ".profile": "profile"}

    def built(self, parts, *args):
        """A build with an initrd and these of the sections; the image's sections by name."""
        options = ["--os-release=@" + self.file("osrel", parts.get(".osrel", b""))
                   if parts.get(".osrel") else "--os-release="]
        options += [f"--section={name}:@" + self.file("of" + name, data)
                    for name, data in parts.items() if name != ".osrel"]
        data = self.build("--initrd", self.file("i", b"initrd.."), *options, *args,
                          faces=["efi"])["efi"]
        return {s.name: s for s in sections(data)}, data

    def test_there_is_room(self):
        for sizes in ({".osrel": 1}, {".osrel": 200, ".pcrsig": 9000, ".pcrpkey": 451},
                      {".pcrsig": 4095}, {name: 3001 for name in self.FILES}):
            parts = {name: b"x" * size for name, size in sizes.items()}
            found, data = self.built(parts)
            room = found[".extra"]
            archive = payload.cpio([(".extra", 0o40555, b"", (0, 0)), *[
                (".extra/" + self.FILES[name], 0o100444, part, (0, 0))
                for name, part in parts.items()]])
            self.assertGreaterEqual(room.size, len(archive))
            self.assertLess(room.size, len(archive) + 2 * L["PAGE"])
            self.assertEqual((room.size % L["PAGE"], room.flags), (0, DATA | WRITE))
            self.assertEqual(room.at, found[".initrd"].at + found[".initrd"].file_size)
            self.assertEqual(found[".linux"].at, room.at + room.size)
            self.assertEqual(section_bytes(data, ".extra"), bytes(room.size))

    def test_nothing_to_put_there(self):
        self.assertNotIn(".extra", self.built({})[0])
        self.assertNotIn(".extra", self.built({".other": b"x"})[0])
        data = self.build("--os-release=ID=x", faces=["efi"])["efi"]
        self.assertNotIn(".extra", [s.name for s in sections(data)])

    def test_taken_from_a_uki(self):
        """It is made anew, as large as it must be; .pcrsig is kept with a line."""
        found = self.built({".osrel": b"ID=x", ".pcrsig": b"x" * 9000})[0]
        shutil.move(self.output, self.path("in.efi"))
        for args, size in ((("--os-release=",), found[".extra"].size),
                           (("--section=.pcrsig:y",), L["PAGE"])):
            ran = self.lintel("build", "--uki", self.path("in.efi"), "--output", self.output, *args)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            rooms = [s.size for s in sections(load(self.output)) if s.name == ".extra"]
            self.assertEqual(rooms, [size])

    def test_other_tools(self):
        """A section that can be written and not executed: whoever reads or signs it, agrees."""
        self.built({".osrel": b"ID=x", ".pcrpkey": b"key"})
        said = subprocess.run(["/usr/bin/python3", "-c", "import pefile, sys; print("
                               "pefile.PE(sys.argv[1]).get_warnings())", self.output],
                              stdout=subprocess.PIPE, check=True, text=True, timeout=TIMEOUT)
        self.assertEqual(said.stdout, "[]\n")
        key, crt = self.path("k"), self.path("c")
        for command in (["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes",
                         "-subj", "/CN=t", "-keyout", key, "-out", crt],
                        ["sbsign", "--key", key, "--cert", crt, self.output],
                        ["sbverify", "--cert", crt, self.output + ".signed"]):
            self.assertEqual(subprocess.run(command, stderr=subprocess.DEVNULL, check=False,
                                            stdout=subprocess.DEVNULL, timeout=TIMEOUT).returncode,
                             0, command)
        shown = subprocess.run(["objdump", "-h", self.output], stdout=subprocess.PIPE, check=True,
                               text=True, timeout=TIMEOUT).stdout
        self.assertRegex(shown, r"\.extra .*\n +CONTENTS, ALLOC, LOAD, DATA\n")
        shown = subprocess.run(["/usr/bin/python3", payload.get(BUILD, "ukify"), "inspect",
                                self.output, "--section=.extra:binary"], stdout=subprocess.PIPE,
                               check=True, text=True, timeout=TIMEOUT).stdout
        self.assertIn(f"size: {L['PAGE']} bytes", shown)


class Ia32(Case):
    """The same behind the bare image for 32-bit UEFI."""

    def setUp(self):
        super().setUp()
        self.initrd = bytes(range(256)) * 33 + b"odd"
        self.bare = load(IA32)
        self.image = self.build(
            "--stub", IA32, "--initrd", self.file("initrd", self.initrd),
            "--cmdline=console=ttyS0 quiet", faces=("efi",))["efi"]

    def test_bare_image(self):
        self.assertEqual(get(self.bare, L["PE_OFFSET"] + 4, "H"), 0x14c)
        self.assertEqual(get(self.bare, OPTIONAL, "H"), 0x10b)
        # Firmware wants as many directories as the optional header's size has room for.
        self.assertEqual(get(self.bare, L["PE_OFFSET"] + 20, "H"),
                         96 + 8 * get(self.bare, OPTIONAL + 92, "I"))
        end = get(self.bare, OPTIONAL + 60, "I")
        for s in sections(self.bare):
            self.assertEqual((s.at, s.file_at, s.file_size), (end, end, page_up(s.size)), s.name)
            end += s.file_size
        self.assertEqual((end, get(self.bare, OPTIONAL + 56, "I")), (len(self.bare),) * 2)

    def test_sections_hold_the_inputs(self):
        self.assertEqual(section_bytes(self.image, ".cmdline"), b"console=ttyS0 quiet")
        self.assertEqual(section_bytes(self.image, ".initrd"), self.initrd)
        self.assertEqual(section_bytes(self.image, ".linux"), bzimage())
        self.assertEqual([s.name for s in sections(self.image)],
                         [".text", ".data", ".sbat", ".cmdline", ".initrd", ".linux"])

    def test_no_gaps_and_one_address_rule(self):
        end = get(self.image, OPTIONAL + 60, "I")
        for s in sections(self.image):
            self.assertEqual((s.at, s.file_at, s.file_size), (end, end, page_up(s.size)), s.name)
            end += s.file_size
        self.assertEqual((end, get(self.image, OPTIONAL + 56, "I")), (len(self.image),) * 2)

    def test_checksum(self):
        self.assertEqual(get(self.image, CHECKSUM, "I"), pe_checksum(self.image))

    def test_bundle_table(self):
        n, at = len(sections(self.image)), L["BUNDLE_OFFSET"]
        table = section_table(self.image)
        self.assertEqual(self.image[at:at + 8], MAGIC)
        self.assertEqual(get(self.image, at + L["BUNDLE_SECTIONS"], "I"), n)
        self.assertEqual(get(self.image, at + L["BUNDLE_FILE_SIZE"], "I"), len(self.image))
        self.assertEqual(self.image[at + L["BUNDLE_TABLE"]:at + L["BUNDLE_TABLE"] + 40 * n],
                         self.image[table:table + 40 * n])

    def test_nothing_else_of_the_bare_image_changed(self):
        old, new = bytearray(self.bare), bytearray(self.image[:len(self.bare)])
        for at, size in ((L["PE_OFFSET"] + 6, 2), (OPTIONAL + 8, 4), (OPTIONAL + 56, 4),
                         (CHECKSUM, 4), (section_table(old) + 80, 160),
                         (L["BUNDLE_OFFSET"] + 8, 8 + 40 * 6)):
            old[at:at + size] = new[at:at + size] = bytes(size)
        self.assertEqual([i for i in range(len(old)) if old[i] != new[i]], [])

    def test_objdump_and_file_accept_it(self):
        ran = subprocess.run(["objdump", "-h", "-p", self.output], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True)
        self.assertEqual(ran.stderr, "")
        self.assertIn("pei-i386", ran.stdout)
        ran = subprocess.run(["file", self.output], stdout=subprocess.PIPE, text=True,
                             timeout=TIMEOUT, check=True)
        self.assertIn("PE32 executable (EFI application) Intel 80386", ran.stdout)

    def test_no_elf_face(self):
        self.refused("--stub", IA32, file=IA32, says=("32-bit UEFI", "leave --elf out"))

    def changed(self, offset, form, value):
        """A stub with another number in it; what the tool says to it."""
        data = bytearray(self.bare)
        put(data, offset, form, value)
        path = self.file("changed.efi", data)
        ran = self.lintel("build", "--linux", self.kernel, "--stub", path, "--output", self.output)
        self.assertEqual((ran.returncode, ran.stderr.count("\n")), (1, 1), ran.stderr)
        self.assertTrue(ran.stderr.startswith(f"lintel: {path}: "), ran.stderr)
        return ran.stderr

    def test_refused_stubs(self):
        for offset, form, value, word in (
                (L["PE_OFFSET"] + 4, "H", 0x8664, "Machine"),
                (L["PE_OFFSET"] + 20, "H", 240, "SizeOfOptionalHeader"),
                (OPTIONAL, "H", 0x20b, "SizeOfOptionalHeader"),
                (OPTIONAL + 92, "I", 15, "NumberOfRvaAndSizes"),
                (OPTIONAL + 96 + 4 * 8, "Q", 1500 << 32 | 0x1000, "is signed"),
                (L["BUNDLE_OFFSET"], "I", 0, "LINTELUK")):
            self.assertIn(word, self.changed(offset, form, value))

    def test_packed_stub(self):
        shutil.move(self.output, self.path("packed.efi"))
        ran = self.lintel("build", "--linux", self.kernel, "--stub", self.path("packed.efi"),
                          "--output", self.output)
        self.assertEqual(ran.returncode, 1)
        self.assertIn("already packed", ran.stderr)


class Variants(Case):
    """Builds that lack something, and the choice of the room."""

    def assert_without_room(self, kernel):
        """Only .linux is appended; memory ends with the file."""
        data = self.build(kernel=self.file("kernel", kernel))["efi"]
        bare = load(STUB["efi"])
        self.assertEqual([s.name for s in sections(data)],
                         [s.name for s in sections(bare)] + [".linux"])
        self.assertEqual(section_bytes(data, ".linux"), kernel)
        self.assertEqual(get(data, OPTIONAL + 56, "I"), len(data))
        self.assertEqual(get(data, OPTIONAL + 12, "I"), get(bare, OPTIONAL + 12, "I"))
        self.assertEqual(get(data, 0x260, "I"), len(data) - L["PM_OFFSET"])

    def test_kernel_that_is_not_relocatable(self):
        self.assert_without_room(bzimage(relocatable=0))

    def test_kernel_before_relocation(self):
        self.assert_without_room(bzimage(version=0x204))

    def test_kernel_before_32_bit_syssize(self):
        kernel = bzimage(version=0x203)
        put(kernel, 0x1f6, "H", 0xffff)
        self.assert_without_room(kernel)

    def assert_room(self, room, **header):
        """A relocatable kernel with this header has this much room behind it."""
        data = self.build(kernel=self.file("kernel", bzimage(**header)))["efi"]
        self.assertEqual(get(data, 0x260, "I") - (len(data) - L["PM_OFFSET"]), room)
        self.assertEqual(get(data, OPTIONAL + 56, "I"), len(data))

    def test_room_of_relocatable_kernels(self):
        loaded = 70001 - 5 * 512
        self.assert_room(0x14000, version=0x20a, alignment=0x1000, init_size=0x12001)
        self.assert_room(page_up(0x1000 + loaded), alignment=0x1000, init_size=loaded - 1)
        for version in (0x205, 0x209):
            self.assert_room(page_up(0x1000 + 3 * loaded), version=version, alignment=0x1000)

    def test_elf_kernels(self):
        self.assert_without_room(elf(64, 62))
        self.assert_without_room(elf(32, 3))
        self.assert_without_room(elf(64, 62, ((4, 9 << 40, 8), (1, 0x40, 1), (1, 9 << 40, 0))))
        self.assert_without_room(elf(64, 62, ((1, 0x2000, 0x345),)))
        self.assert_without_room(elf(segments=[(1, 0x1000, 1)] * 16))

    def test_partial_last_unit_and_default_setup_sects(self):
        kernel = bzimage(size=5 * 512 + 33, setup_sects=0, relocatable=0)
        self.assertEqual(get(kernel, 0x1f4, "I"), 3)
        self.assert_without_room(kernel)

    def test_kernel_of_whole_pages(self):
        self.assert_without_room(bzimage(size=4096 * 9, relocatable=0))

    def test_one_face_alone_is_the_same_bytes(self):
        both = self.build("--cmdline=a")
        os.unlink(self.output)
        os.unlink(self.elf)
        self.assertEqual(self.build("--cmdline=a", faces=["elf"])["elf"], both["elf"])
        self.assertFalse(os.path.exists(self.output))
        os.unlink(self.elf)
        self.assertEqual(self.build("--cmdline=a", faces=["efi"])["efi"], both["efi"])
        self.assertFalse(os.path.exists(self.elf))

    def test_same_inputs_same_bytes(self):
        args = ("--initrd", self.file("i", b"initrd"), "--cmdline=a", "--uname=b",
                "--os-release=ID=c")
        first = self.build(*args)
        os.utime(self.kernel, (1, 1))
        self.assertEqual(self.build(*args), first)
        self.assertEqual(get(first["efi"], L["PE_OFFSET"] + 8, "I"), 0)

    def test_output_is_replaced_and_has_its_mode(self):
        self.file("os.efi", b"old")
        for mask, mode in ((0o022, 0o644), (0o077, 0o600)):
            ran = self.lintel("build", "--linux", self.kernel, "--output", self.output,
                              preexec_fn=lambda m=mask: os.umask(m))
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertEqual(os.stat(self.output).st_mode & 0o7777, mode)
        self.assertEqual(load(self.output)[:2], b"MZ")

    def test_output_in_the_working_directory(self):
        ran = self.lintel("build", "--linux", "vmlinuz", "--output", "here.efi", cwd=self.dir)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(section_bytes(load(self.path("here.efi")), ".linux"), bzimage())
        self.assert_no_temporary()


class Stub(Case):
    """Where the bare image comes from."""

    def install(self, *where):
        """A copy of the tool in bin/, of the bare faces in the given directory."""
        os.mkdir(self.path("bin"))
        os.makedirs(self.path(os.path.join(*where)), exist_ok=True)
        shutil.copy(LINTEL, self.path("bin/lintel"))
        for face in STUB.values():
            shutil.copy(face, self.path(os.path.join(*where)))

    def installed_build(self):
        """Run the copy."""
        return subprocess.run([self.path("bin/lintel"), "build", "--linux", self.kernel,
                               "--os-release=", "--output", self.output, "--elf", self.elf],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=TIMEOUT, check=False)

    def assert_found(self):
        """The copy writes what the original writes."""
        expected = self.build()
        os.unlink(self.output)
        ran = self.installed_build()
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(load(self.output), expected["efi"])

    def test_beside_the_tool(self):
        self.install("bin")
        self.assert_found()

    def test_in_lib(self):
        self.install("lib", "lintel")
        self.assert_found()

    def test_nowhere(self):
        self.install("elsewhere")
        ran = self.installed_build()
        self.assertEqual(ran.returncode, 1)
        self.assertIn("lib/lintel/lintel.efi: is not there", ran.stderr)

    def test_given(self):
        expected = self.build()
        self.assertEqual(self.build("--stub", self.stub()), expected)


class Initrds(Case):
    """Several archives become one."""

    def build_initrds(self, *contents):
        """The .initrd section of a build with these archives."""
        paths = [self.file("initrd%d" % i, data) for i, data in enumerate(contents)]
        data = self.build(*[arg for path in paths for arg in ("--initrd", path)])["efi"]
        return section_bytes(data, ".initrd")

    def test_one_is_verbatim(self):
        self.assertEqual(self.build_initrds(b"12345"), b"12345")

    def test_several_are_padded(self):
        self.assertEqual(self.build_initrds(b"12345", b"abcd", b"x"),
                         b"12345\0\0\0abcdx\0\0\0")

    def test_microcode_goes_first(self):
        main = cpio(".", "usr", "usr/x.txt")
        for names in ((MICROCODE,), ("kernel", "kernel/x86", "kernel/x86/microcode", MICROCODE),
                      (".", "early_cpio", "kernel", "kernel/x86", MICROCODE),
                      (".",) * 40 + (MICROCODE,)):
            for magic in (b"070701", b"070702"):
                early = cpio(*names, magic=magic)
                self.assertEqual(self.build_initrds(b"\x1f\x8bgzip...", main, early),
                                 early + b"\x1f\x8bgzip...\0\0\0" + main, names)

    def test_order_is_kept_otherwise(self):
        early, late = cpio(MICROCODE), cpio("kernel", "kernel/x86", MICROCODE)
        self.assertEqual(self.build_initrds(b"main", early, b"more", late),
                         early + late + b"mainmore")

    def test_what_is_no_microcode_stays(self):
        for other in (cpio("kernel", "kernel/other.txt"), cpio("usr/" + MICROCODE),
                      cpio("kernel/x86/microcode"), cpio("etc", MICROCODE),
                      cpio("./" + MICROCODE), cpio("kernel/x86/microcode/", MICROCODE),
                      cpio(*["usr/%d" % i for i in range(9)], MICROCODE),
                      cpio(MICROCODE).replace(b"000081A4", b"000081G4"),
                      cpio(MICROCODE)[:100], cpio(MICROCODE)[:120], b"070701",
                      cpio(MICROCODE, magic=b"070707"), b"070701" + b"F" * 104 + b"kernel\0\0"):
            other += bytes(-len(other) % 4)
            self.assertEqual(self.build_initrds(b"main", other), b"main" + other)

    def test_random_bytes_behind_the_magic(self):
        for seed in range(50):
            data = bytearray(cpio("kernel", "kernel/x86", MICROCODE))
            data[6 + seed * 2] ^= 0x55 + seed
            data += bytes(-len(data) % 4)
            self.assertIn(self.build_initrds(b"main", data), (b"main" + data, data + b"main"))


class Text(Case):
    """Command line, os-release and uname."""

    def cmdline(self, text, kernel=None):
        """The .cmdline section of a build with this file as command line."""
        path = self.file("cmdline", text)
        return section_bytes(self.build("--cmdline=@" + path, kernel=kernel)["efi"], ".cmdline")

    def test_newlines(self):
        self.assertEqual(self.cmdline(b"a b\n"), b"a b")
        self.assertEqual(self.cmdline(b"a\nb\n\nc\n\n\n"), b"a b  c")

    def test_text_on_the_command_line(self):
        data = self.build("--cmdline", "x=1\ny\n", "--os-release", "ID=a\n")["efi"]
        self.assertEqual(section_bytes(data, ".cmdline"), b"x=1 y")
        self.assertEqual(section_bytes(data, ".osrel"), b"ID=a\n")

    def appended(self, *args, kernel=None):
        return section_bytes(self.build(*args, kernel=kernel)["efi"], ".cmdline")

    def test_append(self):
        words = self.file("words", b"\xef\xbb\xbfc\r\nd=@e\r\n")
        self.assertEqual(self.appended("--cmdline=a\n", "--append=b"), b"a b")
        self.assertEqual(self.appended("--append=b", "--cmdline=a", "--append", "@" + words),
                         b"a b c d=@e")
        self.assertEqual(self.appended("--append=b\n\n", "--append=b"), b"b b")
        self.assertEqual(self.appended("--append=" + "x" * 2047), b"x" * 2047)
        self.assertEqual(self.appended("--cmdline=a", "--append=" + "x" * 2045),
                         b"a " + b"x" * 2045)

    def test_append_refused(self):
        self.refused("--cmdline=a", "--append=" + "x" * 2046,
                     file="the command line with --append", says=("2048", "2047"))
        empty, nul = self.file("empty", b""), self.file("nul", b"a\0b")
        self.refused("--append=@" + empty, file=empty, says=("no text",))
        self.refused("--append=@" + nul, file=nul, says=("NUL",))

    def test_longest(self):
        self.assertEqual(self.cmdline(b"x" * 2047 + b"\n"), b"x" * 2047)
        for wide in (elf(), bzimage(cmdline_size=9000)):
            self.assertEqual(self.cmdline(b"x" * 4095, self.file("k", wide)), b"x" * 4095)
        old = self.file("old", bzimage(version=0x205, cmdline_size=9))
        self.assertEqual(self.cmdline(b"x" * 255, old), b"x" * 255)
        first = self.file("first", bzimage(version=0x206, cmdline_size=300))
        self.assertEqual(self.cmdline(b"x" * 300, first), b"x" * 300)

    def test_too_long(self):
        path = self.file("cmdline", b"x" * 2048 + b"\n")
        self.refused("--cmdline=@" + path, file=path, says=("2048", "2047"))
        self.refused("--cmdline=" + "x" * 3000, file="--cmdline", says=("3000", "2047"))
        old = self.file("old", bzimage(version=0x205, cmdline_size=9000))
        self.refused("--cmdline=" + "x" * 256, kernel=old, file="--cmdline", says=("256", "255"))
        for wide in (elf(), bzimage(cmdline_size=9000)):
            self.refused("--cmdline=" + "x" * 4096, kernel=self.file("k", wide),
                         file="--cmdline", says=("4096", "4095"))

    def test_nul(self):
        path = self.file("text", b"abc\0def")
        for option in ("--cmdline=@", "--os-release=@"):
            self.refused(option + path, file=path, says=("NUL", "offset 3"))

    def test_empty(self):
        path = self.file("text", b"")
        for option in ("--cmdline=@", "--os-release=@"):
            self.refused(option + path, file=path, says=("no text",))
        self.refused("--cmdline=\n", file="--cmdline", says=("no text",))
        self.refused("--uname=\n", file="--uname", says=("no text",))

    def test_at_sign_forgotten(self):
        path = self.file("text", b"ID=x")
        for option in ("--os-release", "--cmdline", "--sbat"):
            self.refused(f"{option}={path}", file=option,
                         says=("name of a file", f"{option}=@{path}"))
        for text in ("/", self.dir, self.path("absent"), "text", "root=" + path):
            data = self.build("--cmdline=" + text, faces=("efi",))["efi"]
            self.assertEqual(section_bytes(data, ".cmdline"), text.encode())

    def test_file_by_mistake(self):
        path = self.sparse("text", MIB + 1)
        self.refused("--os-release=@" + path, file=path, says=("1048577", "1048576"))


class KernelRefusals(Case):
    """Files that are no kernel for this machine, or not all of it."""

    def kernel_refused(self, data, *says):
        """This file as kernel is refused with these words."""
        self.refused(kernel=self.file("kernel", data), says=says)

    def test_other_files(self):
        self.kernel_refused(b"\x89PNG" + bytes(5000), "not a kernel", "HdrS", "0x202", "ELF",
                            "89 50 4e 47")
        self.kernel_refused(b"", "not a kernel", "0 bytes")
        self.kernel_refused(b"\x7fE", "not a kernel", "2 bytes")
        self.kernel_refused(bytes(0x205), "not a kernel", "517 bytes")
        self.kernel_refused(b"\x7fELF", "another machine", "class 0")

    def test_compressed(self):
        """Each says which program unpacks it."""
        for program, name in (("gzip", "gzip"), ("xz", "xz"), ("zstd", "zstd"),
                              ("bzip2", "bzip2"), ("lz4", "lz4"), ("lz4 -l", "lz4"),
                              ("xz --format=lzma", "lzma")):
            data = subprocess.run([*program.split(), "-c", self.kernel], timeout=TIMEOUT,
                                  stdout=subprocess.PIPE, check=True).stdout
            self.kernel_refused(data, f"is compressed with {name}, not a kernel: unpack it first",
                                f"`{program.split()[0]} -", "c FILE > vmlinux`")
        self.kernel_refused(b"\x89LZO\0\r\n\x1a\n" + bytes(600), "with lzo,", "`lzop -dc FILE")

    def test_what_belongs_elsewhere(self):
        self.kernel_refused(cpio(MICROCODE), "is an initrd", "--initrd")
        self.kernel_refused(b"\x27\x05\x19\x56" + bytes(600), "U-Boot", "dumpimage")
        self.kernel_refused(b"!<arch>\ndebian-binary" + bytes(600), "a package", "dpkg-deb -x")

    def test_image_in_image(self):
        """Both faces of a packed image are a UKI, even if they are kernels too."""
        built = self.build()
        for face in built:
            self.kernel_refused(built[face], "is a Unified Kernel Image", "--uki")

    def initrd_refused(self, data, *says, **kwargs):
        """This file is no initrd of the kernel."""
        path = self.file("no-initrd", data)
        for option in ("--initrd=", "--microcode="):
            self.refused(option + path, file=path, says=says, **kwargs)

    def test_no_initrd(self):
        built = self.build()
        for face in built:
            self.initrd_refused(built[face], "is a Unified Kernel Image, no initrd", "--uki")
            self.initrd_refused(load(STUB[face]), "is a kernel or a program", "--linux")
        self.initrd_refused(pe(0x8664, b".linux"), "is a Unified Kernel Image, no initrd")
        for data in (bzimage(), elf(), elf(32, 3), pe(0x8664, b".text"), pe(0xaa64, b".text")):
            self.initrd_refused(data, "is a kernel or a program, no initrd", "--linux")
        self.initrd_refused(b"", "empty")
        kernel = self.file("elf", elf())
        self.initrd_refused(bzimage(), "is a kernel or a program", kernel=kernel)
        self.build("--initrd", self.file("module", elf(32, 3)), kernel=kernel)

    def test_elf_that_no_pc_can_load(self):
        """A segment's last byte decides; a kernel that may lie anywhere must only be small."""
        top = 1 << 32
        for kind, at, size, good in ((2, top, 0x500, False), (2, top - 0x4ff, 0x500, False),
                                     (2, top - 0x500, 0x500, True), (2, MIB, top, False),
                                     (2, 1 << 63, 0x500, False), (3, top, 0x500, True),
                                     (2, 0xffffffff80000000, 0x500, False),
                                     (3, MIB, top, True), (3, MIB, top + 1, False)):
            data = elf()
            put(data, 16, "H", kind)
            put(data, 24, "Q", at)
            for field, value in ((16, at), (24, at), (40, size)):
                put(data, 64 + field, "Q", value)
            if good:
                self.build(kernel=self.file("good", data))
            else:
                self.kernel_refused(data, "no PC can load", "below 4 GiB", "p_paddr")

    def test_arm64(self):
        data = bytearray(b"MZ" + bytes(5000))
        data[0x38:0x3c] = b"ARM\x64"
        self.kernel_refused(data, "another machine", "ARM64")

    def test_pe(self):
        self.kernel_refused(pe(0xaa64, b".text"), "another machine", "aa64")
        self.kernel_refused(pe(0x8664, b".text"), "EFI application", "8664")
        self.kernel_refused(pe(0x8664, b".linux"), "Unified Kernel Image", "--uki")

    def test_bzimage(self):
        for offset, value, words in ((0x1fe, 0, ("not a kernel", "boot_flag", "0x0000")),
                                     (0x202, 0x4141, ("not a kernel", "0xaa55", "41 41 72 53")),
                                     (0x211, 0x80, ("zImage", "20f")),
                                     (0x206, 0x1ff, ("boot protocol 1ff",)),
                                     (0x216, 0, ("16-bit entry",)),
                                     (0x200, 0x21eb, ("cut off", "no whole setup header"))):
            data = bzimage()
            put(data, offset, "H", value)
            self.kernel_refused(data, *words)

    def test_truncated_bzimage(self):
        whole = bzimage(size=5 * 512 + 160)
        self.kernel_refused(whole[:-16], "cut off", "2704 bytes of 2720")
        self.kernel_refused(bzimage()[:0x210], "cut off", "528 bytes", "setup header")
        self.kernel_refused(bzimage()[:3000], "cut off", "3000 bytes of 70016")
        self.kernel_refused(bzimage(version=0x203)[:5 * 512], "cut off", "2560 bytes of 70016")

    def test_elf_of_another_kind(self):
        for bits, machine in ((64, 183), (32, 183), (32, 62), (64, 3)):
            self.kernel_refused(elf(bits, machine), "another machine", "class %d" % (bits // 32),
                                "e_machine %d\n" % machine)
        for offset, value, words in ((4, 3, ("another machine", "class 3")),
                                     (5, 2, ("another machine", "data 2")),
                                     (54, 32, ("headers of 32 bytes, 56 needed",))):
            data = elf()
            data[offset] = value
            self.kernel_refused(data, *words)
        data = elf(32, 3)
        data[4] = 3
        self.kernel_refused(data, "another machine", "class 3")

    def test_elf_program(self):
        self.kernel_refused(elf(segments=((1, 0x1000, 8), (3, 0x1000, 8))), "not a kernel",
                            "program for an operating system", "PT_INTERP")

    def test_elf_without_load(self):
        self.kernel_refused(elf(segments=()), "no loadable segment", "0 program headers")
        self.kernel_refused(elf(segments=((4, 0, 8), (1, 8, 0))), "no loadable segment",
                            "2 program headers")
        object_file = elf(segments=())
        put(object_file, 54, "H", 0)
        self.kernel_refused(object_file, "no loadable segment")

    def test_elf_segments(self):
        self.kernel_refused(elf(segments=[(1, 0x1000, 1)] * 17), "more than 16 segments")
        for at in (MIB - 1, MIB + 0x500):
            self.kernel_refused(elf(entry_at=at), "entry %x lies in no segment" % at)
        for field, value in ((40, 0x4ff), (24, (1 << 64) - 0x4ff)):
            data = elf()
            put(data, 64 + field, "Q", value)
            self.kernel_refused(data, "has a segment at")

    def test_truncated_elf(self):
        for bits, machine in ((32, 3), (64, 62)):
            self.kernel_refused(elf(bits, machine)[:0x14ff], "cut off",
                                "segment at 1000, size 500, file has 14ff")
            self.kernel_refused(elf(bits, machine, phoff=0x2340), "cut off",
                                "2340, file has 2345")
        for offset, size in ((1 << 63, 1 << 63), ((1 << 64) - 1, 2), (0, (1 << 64) - 1)):
            self.kernel_refused(elf(segments=((1, 0, 1), (1, offset, size))), "cut off")
        self.kernel_refused(elf(phoff=(1 << 64) - 56), "cut off", "program headers")


class StubRefusals(Case):
    """Bare images that are none."""

    def stub_refused(self, change, *says, change_elf=None):
        """This change to both faces, behind the face, is refused with these words."""
        both = None if change_elf is False else change_elf or change
        path = self.stub(change, both)
        self.refused("--stub", path, file=path, says=says)

    def test_packed(self):
        self.build()
        for face, path in (("efi", self.output), ("elf", self.elf)):
            shutil.move(path, self.path("packed." + face))
        path = self.path("packed.efi")
        self.refused("--stub", path, file=path, says=("already packed", ".linux"))

    def test_signed(self):
        size = len(load(STUB["efi"]))
        self.stub_refused(lambda data: (put(data, SECURITY, "Q", 1500 << 32 | size),
                                        data.extend(bytes(1504))), "is signed", "sign what")

    def test_headers(self):
        for offset, word in ((0, "MZ"), (0x3c, "e_lfanew"), (L["PE_OFFSET"], "PE signature"),
                             (L["PE_OFFSET"] + 20, "SizeOfOptionalHeader"), (OPTIONAL, "Magic"),
                             (OPTIONAL + 32, "SectionAlignment"),
                             (OPTIONAL + 36, "FileAlignment"),
                             (OPTIONAL + 108, "NumberOfRvaAndSizes"), (0x202, "HdrS"),
                             (0x1f1, "setup_sects"), (0x248, "payload_offset"),
                             (L["BUNDLE_OFFSET"] + 7, "LINTELUK")):
            def change(data, at=offset):
                data[at] ^= 0x10
            self.stub_refused(change, "no bare lintel.efi", word, change_elf=False)

    def test_elf_headers(self):
        view = L["ELF_VIEW_OFFSET"]

        def shorten(data, field):
            at = last_load(data, view) + field
            put(data, at, "Q", get(data, at, "Q") - 1)
        self.stub_refused(lambda data: put(data, view, "I", 0), "0x8e00", "PT_LOAD")
        self.stub_refused(lambda data: put(data, view + 56, "H", 0), "0x8e00", "PT_LOAD")
        self.stub_refused(lambda data: put(data, view + 32, "Q", 0x1000), "0x8e00", "PT_LOAD")
        # Program headers that would reach out of the header's place, or overlap.
        self.stub_refused(lambda data: put(data, view + 56, "H", 0xffff), "0x8e00", "PT_LOAD")
        self.stub_refused(lambda data: put(data, view + 54, "H", 8), "0x8e00", "PT_LOAD")
        for field in (8, 32):
            self.stub_refused(lambda data, f=field: shorten(data, f), "0x8e00", "PT_LOAD")

    def test_elf_face(self):
        path = self.stub(None, lambda data: put(data, 0, "I", 0))
        self.refused("--stub", path, file=path[:-3] + "elf", says=("PT_LOAD", "0x0 "))
        path = self.stub(None, lambda data: put(data, 0x9500, "Q", 0x0123456789abcdef))
        self.refused("--stub", path, file=path[:-3] + "elf", says=("same build",))
        path = self.stub(None, lambda data: data.extend(bytes(4096)))
        self.refused("--stub", path, file=path[:-3] + "elf", says=("same build",))
        os.unlink(path[:-3] + "elf")
        self.refused("--stub", path, file=path[:-3] + "elf", says=("No such file",))
        renamed = self.path("stub.bin")
        os.rename(path, renamed)
        self.refused("--stub", renamed, file=renamed, says=("does not end in .efi",))

    def test_sizes(self):
        self.stub_refused(lambda data: data.extend(b"x"), "multiple of 4096")
        path = self.file("short.efi", load(STUB["efi"])[:0x400])
        self.refused("--stub", path, file=path, says=("no bare lintel.efi",))
        path = self.sparse("huge.efi", 17 * MIB)
        self.refused("--stub", path, file=path, says=("17825792 bytes",))
        self.refused("--stub", self.kernel, file=self.kernel, says=("no bare lintel.efi",))

    def test_sections(self):
        last = L["PE_SECTIONS_OFFSET"] + (len(sections(load(STUB["efi"]))) - 1) * 40
        size = len(load(STUB["efi"]))
        for offset, value in ((8, size), (12, 0), (16, size), (20, 0)):
            self.stub_refused(lambda data, o=offset, v=value: put(data, last + o, "I", v),
                              "no bare lintel.efi", "section")

    def sbat(self):
        """The number of the section .sbat in the bare image."""
        return [s.name for s in sections(load(STUB["efi"]))].index(".sbat")

    def test_full_section_table(self):
        n = L["PE_SECTIONS_MAX"]
        table = L["PE_SECTIONS_OFFSET"]

        def fill(data, count):
            put(data, L["PE_OFFSET"] + 6, "H", count)
            setup, sbat = (data[table + 40 * i:table + 40 * i + 40] for i in (0, self.sbat()))
            data[table:table + 40 * n] = sbat + setup * (n - 1)
        self.stub_refused(lambda data: fill(data, n + 1), "26 sections")
        self.stub_refused(lambda data: fill(data, n), "25 sections", ".linux")
        self.build("--stub", self.stub(lambda data: fill(data, n - 1),
                                       lambda data: fill(data, n - 1)))

    def test_without_sbat(self):
        at = L["PE_SECTIONS_OFFSET"] + self.sbat() * 40
        self.stub_refused(lambda data: put(data, at, "I", 0x6261742e), "no .sbat section")


class Signed(Case):
    """Debian's sbsigntool takes what was built for the PE program that it is."""

    def said(self, *command):
        """All that a command says; with its exit status."""
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT, check=False)
        return ran.returncode, ran.stdout

    def setUp(self):
        super().setUp()
        self.key, self.crt = self.path("db.key"), self.path("db.crt")
        status, text = self.said("openssl", "req", "-new", "-x509", "-newkey", "rsa:2048",
                                 "-nodes", "-subj", "/CN=test", "-keyout", self.key,
                                 "-out", self.crt)
        self.assertEqual(status, 0, text)

    def test_sign_and_verify(self):
        for args in ((), ("--cmdline=quiet", "--os-release=ID=x", "--uname=1",
                          "--initrd=" + self.file("initrd", b"x" * 5001))):
            built = self.build(*args, faces=("efi",))["efi"]
            signed = self.path("signed.efi")
            # One word more would be a warning: of gaps, of a wrong checksum.
            self.assertEqual(self.said("sbverify", "--list", self.output),
                             (0, "No signature table present\n"))
            self.assertEqual(self.said("sbsign", "--key", self.key, "--cert", self.crt,
                                       "--output", signed, self.output),
                             (0, "Signing Unsigned original image\n"))
            self.assertEqual(self.said("sbverify", "--cert", self.crt, signed),
                             (0, "Signature verification OK\n"))
            self.assertIn("subject: /CN=test", self.said("sbverify", "--list", signed)[1])
            data = bytearray(load(signed))
            self.assertEqual(get(data, SECURITY, "I"), len(built))
            for at, size in ((CHECKSUM, 4), (SECURITY, 8)):
                data[at:at + size] = built[at:at + size]
            self.assertEqual(data[:len(built)], built)
            for at in (0x1f1, L["CODE_OFFSET"], len(built) - 1):
                changed = bytearray(load(signed))
                changed[at] ^= 1
                status, text = self.said("sbverify", "--cert", self.crt,
                                         self.file("changed.efi", changed))
                self.assertEqual((status, text.split("\n")[0]), (1, "Hash doesn't match image"))


class Files(Case):
    """Inputs and outputs that the file system does not give."""

    def test_missing_inputs(self):
        path = self.path("absent")
        for option in ("--initrd=", "--cmdline=@", "--os-release=@", "--stub="):
            self.refused(option + path, file=path, says=("No such file",))
        self.refused(kernel=path, says=("No such file",))

    def test_inputs_that_are_no_files(self):
        for path, says in ((self.dir, "is a directory"), ("/dev/zero", "regular file")):
            self.refused("--initrd=" + path, file=path, says=(says,))

    def test_empty_initrd(self):
        path = self.file("empty", b"")
        self.refused("--initrd", self.file("i", b"x"), "--initrd", path, file=path,
                     says=("empty",))

    def output_refused(self, output, *says, inputs=()):
        """A build to this output is refused in one line about it."""
        ran = self.lintel("build", "--linux", self.kernel, "--output", output, *inputs)
        self.assertEqual((ran.returncode, ran.stdout), (1, ""), ran.stderr)
        self.assertRegex(ran.stderr, r"\Alintel: %s: .*\n\Z" % re.escape(output))
        for text in says:
            self.assertIn(text, ran.stderr)
        self.assert_no_temporary()

    def test_output_is_an_input(self):
        initrd = self.file("initrd", b"initrd")
        stub = self.stub()
        os.link(self.kernel, self.path("hardlink"))
        os.symlink("initrd", self.path("symlink"))
        inputs = ("--initrd", initrd, "--os-release=@" + self.file("text", b"ID=x"), "--stub",
                  stub)
        for name in ("vmlinuz", "hardlink", "initrd", "symlink", "text", "changed.efi"):
            before = load(self.path(name))
            self.output_refused(self.path(name), "is the input", inputs=inputs)
            self.assertEqual(load(self.path(name)), before)

    def test_elf_output_is_the_template(self):
        stub = self.stub()
        elf_face = stub[:-3] + "elf"
        before = load(elf_face)
        self.output_refused(elf_face, "is the input",
                            inputs=("--stub", stub, "--elf", self.elf))
        self.assertEqual(load(elf_face), before)
        self.assertFalse(os.path.exists(self.elf))

    def test_impossible_outputs(self):
        os.mkdir(self.path("directory"))
        os.mkfifo(self.path("fifo"))
        self.output_refused(self.path("directory"), "not a regular file")
        self.output_refused(self.path("fifo"), "not a regular file")
        self.output_refused(self.path("absent/os.efi"), "No such file")
        self.output_refused(self.path("vmlinuz/os.efi"), "Not a directory")

    def test_second_output_impossible(self):
        self.file("os.efi", b"precious")
        ran = self.lintel("build", "--linux", self.kernel, "--output", self.output, "--elf",
                          self.path("absent/os.elf"))
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertEqual(load(self.output), b"precious")
        self.assert_no_temporary()

    def test_write_error(self):
        limit = len(load(STUB["efi"])) + 4096
        initrd = self.sparse("initrd", 3 * MIB)

        def limit_file_size():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        self.refused("--initrd", initrd, file=self.output, says=("File too large",),
                     preexec_fn=limit_file_size)


class Large(Case):
    """Sizes near the limits, and the time that large images take."""

    def bare(self):
        """What an image has beside kernel and initrd."""
        return len(load(STUB["efi"]))

    def test_4_gib(self):
        most = (1 << 32) - 4096 - self.bare() - page_up(len(bzimage()))
        initrd = self.sparse("initrd", most + 1)
        self.refused("--initrd", initrd, says=("4294963200",))
        initrd = self.sparse("initrd", 5 << 30)
        self.refused("--initrd", initrd, file=initrd,
                     says=(str((5 << 30) + self.bare()), "4294963200"))
        self.refused("--initrd", self.sparse("huge", 1 << 40), file=self.path("huge"),
                     says=("4294963200",))

    def test_room_above_4_gib(self):
        kernel = self.file("kernel", bzimage(init_size=0xffffffff, alignment=0x80000000))
        self.refused(kernel=kernel, says=("room", "0x180000000"))
        kernel = self.file("kernel", bzimage(init_size=0xfffff000, alignment=0x1000))
        self.refused(kernel=kernel, says=("room", "0x100000000"))

    def terminal_build(self, size):
        """Build with an initrd of that size and a terminal for stderr; what it showed."""
        initrd = self.sparse("initrd", size)
        master, slave = pty.openpty()

        def limit_memory():
            resource.setrlimit(resource.RLIMIT_DATA, (8 * MIB, 8 * MIB))
        with subprocess.Popen([LINTEL, "build", "--linux", self.kernel, "--initrd", initrd,
                               "--os-release=", "--output", self.output], stderr=slave,
                              preexec_fn=limit_memory) as child:
            os.close(slave)
            shown = b""
            try:
                while True:
                    shown += os.read(master, 4096)
            except OSError:
                pass    # the other end is closed
            os.close(master)
            self.assertEqual(child.wait(TIMEOUT), 0, shown)
        self.assertEqual(os.stat(self.output).st_size,
                         self.bare() + page_up(size) + page_up(len(bzimage())))
        return shown

    def test_progress_and_bounded_memory(self):
        shown = self.terminal_build(100 * MIB)
        self.assertIn(b"\rlintel: %s: " % self.output.encode(), shown)
        self.assertIn(b"100 % of 10", shown)
        self.assertTrue(shown.endswith(b"\r\033[K"), shown[-50:])
        self.assertNotIn(b"\n", shown)

    def test_no_progress_when_small(self):
        self.assertEqual(self.terminal_build(10 * MIB), b"")

    def test_no_progress_in_a_log(self):
        self.build("--initrd", self.sparse("initrd", 70 * MIB), faces=["efi"])

    def test_large_image_is_right(self):
        data = self.build("--initrd", self.sparse("initrd", 3 * MIB + 5))["efi"]
        self.assertEqual(section_bytes(data, ".initrd"), bytes(3 * MIB + 5))
        self.assertEqual(section_bytes(data, ".linux"), bzimage())
        self.assertEqual(get(data, CHECKSUM, "I"), pe_checksum(data))

    def signalled_build(self, sig, disposition, size):
        """Send a signal while the outputs are being written; the exit status."""
        initrd = self.sparse("initrd", size)
        with subprocess.Popen([LINTEL, "build", "--linux", self.kernel, "--initrd", initrd,
                               "--output", self.output, "--elf", self.elf],
                              preexec_fn=lambda: signal.signal(sig, disposition)) as child:
            end = time.monotonic() + TIMEOUT
            while not any(".lintel" in name for name in os.listdir(self.dir)):
                self.assertLess(time.monotonic(), end)
            child.send_signal(sig)
            status = child.wait(TIMEOUT)
        self.assert_no_temporary()
        return status

    def test_interrupted(self):
        self.file("os.efi", b"precious")
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.assertEqual(self.signalled_build(sig, signal.SIG_DFL, 1024 * MIB), -sig)
            self.assertEqual(load(self.output), b"precious")
            self.assertFalse(os.path.exists(self.elf))

    def test_ignored_signal_stays_ignored(self):
        self.assertEqual(self.signalled_build(signal.SIGHUP, signal.SIG_IGN, 200 * MIB), 0)
        self.assertEqual(load(self.output)[:2], b"MZ")


class Usage(Case):
    """The command line."""

    def usage_refused(self, *args, says=""):
        """Exit status 2, something on stderr, nothing on stdout."""
        ran = self.lintel(*args)
        self.assertEqual((ran.returncode, ran.stdout), (2, ""), ran.stderr)
        self.assertIn("lintel", ran.stderr)
        self.assertIn(says, ran.stderr)
        self.assertFalse(os.path.exists(self.output))

    def test_help_and_version(self):
        for args, word in ((["--help"], "build"), (["build", "--help"], "--os-release"),
                           (["--version"], "lintel ")):
            ran = self.lintel(*args)
            self.assertEqual((ran.returncode, ran.stderr), (0, ""))
            self.assertIn(word, ran.stdout)

    def test_usage_errors(self):
        linux, output = "--linux=" + self.kernel, "--output=" + self.output
        self.usage_refused()
        self.usage_refused("frobnicate", says="frobnicate")
        self.usage_refused("build", says="--linux")
        self.usage_refused("build", linux, says="--output")
        self.usage_refused("build", output, says="--linux")
        self.usage_refused("build", linux, output, "--frobnicate", says="--frobnicate")
        self.usage_refused("build", linux, output, "-x", says="x")
        self.usage_refused("build", linux, output, "stray", says="stray")
        self.usage_refused("build", output, "--linux", says="--linux")
        self.usage_refused("build", linux, linux, output, says="twice")
        self.usage_refused("build", linux, output, "--cmdline=", says="--cmdline is empty")
        self.usage_refused("build", linux, output, "--initrd=", says="--initrd is empty")

    def test_both_faces_in_one_place(self):
        for other in (self.output, os.path.join(self.dir, ".", "os.efi"),
                      os.path.join(self.dir, "..", os.path.basename(self.dir), "os.efi")):
            self.usage_refused("build", "--linux", self.kernel, "--output", self.output, "--elf",
                               other, says="both")


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
