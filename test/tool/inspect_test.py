#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of `lintel inspect` and `lintel explain`: python3 test/tool/inspect_test.py BUILD_DIR

What it tells is compared with what tool/files.py, objdump and sbsign know of the same file.
"""
import bz2
import gzip
import hashlib
import json
import lzma
import os
import struct
import subprocess
import sys

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted, payload
from tool.base import BUILD, Case, STUB, TIMEOUT
from tool.files import CHECKSUM, L, MIB, OPTIONAL, bzimage, elf, get, last_load, load, multiboot1, \
    multiboot2, note, pe, put, sections


class Inspect(Case):
    """Facts about files, as JSON."""

    def facts(self, path):
        """What is said of a file, which is the same in all formats."""
        short = self.lintel("inspect", "--json=short", path)
        pretty = self.lintel("inspect", "--json=pretty", path)
        table = self.lintel("inspect", path)
        for ran in (short, pretty, table):
            self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        facts = json.loads(short.stdout)
        self.assertEqual(json.loads(pretty.stdout), facts)
        self.assertGreater(pretty.stdout.count("\n"), short.stdout.count("\n"))
        self.assertEqual([text for text in self.shown("", facts) if text not in table.stdout], [])
        return facts

    def shown(self, key, value):
        """How the table for people shows a fact: a list of texts."""
        if isinstance(value, dict):
            return [text for k, v in value.items() for text in self.shown(k, v)]
        if isinstance(value, list):
            return [text for v in value for text in self.shown(key, v)]
        if isinstance(value, bool):
            return [key, "yes" if value else "no"]
        if isinstance(value, int):
            return [key, str(value) if key.endswith("size") else f"{value:#x}"]
        return ["".join(c if c >= " " else " " for c in value)]

    def packed(self, *args):
        """A packed image with most things in it."""
        return self.build("--cmdline=console=ttyS0 quiet", "--uname=6.1.0-x", "--os-release",
                          'ID=x\nPRETTY_NAME="The \u00fc System"\n', "--initrd",
                          self.file("initrd", b"x" * 5001), *args)

    def check_common(self, facts, data):
        """What both faces of packed() say."""
        self.assertEqual((facts["size"], facts["os"], facts["uname"], facts["cmdline"]),
                         (len(data), "The \u00fc System", "6.1.0-x", "console=ttyS0 quiet"))
        self.assertEqual(
            [(s["name"], s["offset"], s["size"], s["sha256"]) for s in facts["sections"]],
            [(s.name, s.file_at, s.size, hashlib.sha256(data[s.file_at:s.file_at + s.size])
              .hexdigest()) for s in sections(data)])
        at = L["MB1_OFFSET"]
        self.assertEqual(facts["multiboot1"], {
            "offset": at, "flags": 0x10003, "header_addr": L["IMAGE_BASE"] + at,
            "load_addr": L["IMAGE_BASE"], "load_end_addr": 0, "bss_end_addr": 0,
            "entry_addr": get(data, at + 28, "I")})
        self.assertEqual((facts["multiboot2"]["offset"], facts["multiboot2"]["load_addr"],
                          facts["multiboot2"]["boot_services"]),
                         (L["MB2_OFFSET"], L["IMAGE_BASE"], True))
        self.assertEqual(facts["elf_view"]["entry"],
                         get(data, L["ELF_VIEW_OFFSET"] + 24, "Q"))
        self.assertEqual(facts["elf_view"]["notes"]["pvh_entry"],
                         get(data, L["ELF_NOTE_PHYS32_ENTRY"], "Q"))
        self.assertEqual(facts["kernel"]["linux"]["init_size"], 0x654321)

    def test_universal_face(self):
        data = self.packed()["efi"]
        facts = self.facts(self.output)
        self.assertEqual(facts["kind"], "Lintel image, universal face")
        self.check_common(facts, data)
        self.assertEqual(facts["pe"], {
            "format": "PE32+", "machine": "x86-64", "subsystem": "EFI application",
            "entry": get(data, OPTIONAL + 16, "I"), "image_size": len(data),
            "checksum": "ok", "signatures": []})
        self.assertEqual((facts["linux"]["protocol"], facts["linux"]["pref_address"],
                          facts["linux"]["xloadflags"], facts["linux"]["relocatable"]),
                         ("2.15", 0x100000,
                          ["kernel-64", "above-4g", "efi-handover-64", "5-level"], True))
        self.assertTrue(facts["linux"]["version"].startswith("Lintel "))
        self.assertNotIn("elf", facts)

    def test_elf_face(self):
        data = self.packed()
        facts = self.facts(self.elf)
        self.assertEqual(facts["kind"], "Lintel image, ELF face")
        self.check_common(facts, data["efi"])
        loads = facts["elf"]["loads"]
        self.assertEqual((facts["elf"]["machine"], facts["elf"]["class"], len(loads)),
                         ("x86-64", "64 bits", 2))
        last = last_load(data["elf"], 0)
        offset, vaddr, paddr, file_size, memory_size = struct.unpack_from("<QQQQQ", data["elf"],
                                                                          last + 8)
        self.assertEqual(loads[1], {"offset": offset, "vaddr": hex(vaddr), "paddr": paddr,
                                    "file_size": file_size, "memory_size": memory_size})
        self.assertEqual([key for key in ("pe", "linux") if key in facts], [])

    def test_bare(self):
        self.assertEqual(self.facts(STUB["efi"])["kind"], "bare Lintel, universal face")
        self.assertEqual(self.facts(STUB["elf"])["kind"], "bare Lintel, ELF face")

    def test_signed(self):
        key, crt = self.path("k"), self.path("c")
        subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                        "/O=Some One/CN=t \u00fc", "-utf8", "-keyout", key, "-out", crt],
                       check=True, timeout=TIMEOUT, stderr=subprocess.DEVNULL)
        plain = self.packed()["efi"]
        data = self.packed("--secureboot-private-key", key, "--secureboot-certificate",
                           crt)["efi"]
        found = self.facts(self.output)["pe"]
        self.assertEqual(found["checksum"], "ok")
        self.assertEqual(found["signatures"], [
            {"kind": "PKCS#7", "offset": len(plain), "size": get(data, len(plain), "I"),
             "signer": "CN=t \u00fc,O=Some One"}])
        for at in range(len(plain) + 8, len(data), 37):
            flipped = bytearray(data)
            flipped[at] ^= 0xff
            path = self.file("flipped", flipped)
            self.assertEqual(self.lintel("inspect", path).returncode, 0, at)

    def test_checksum(self):
        data = bytearray(self.packed()["efi"])
        data[-5000] ^= 1
        found = self.facts(self.file("flipped.efi", data))["pe"]["checksum"]
        self.assertRegex(found, r"^wrong: 0x[0-9a-f]+, must be 0x[0-9a-f]+$")
        put(data, CHECKSUM, "I", 0)
        self.assertEqual(self.facts(self.file("none.efi", data))["pe"]["checksum"], "none")

    def test_debian_kernel(self):
        path = payload.get(BUILD, "cloud")
        facts = self.facts(path)
        self.assertEqual(facts["kind"], "Linux bzImage")
        self.assertEqual(facts["linux"]["version"].split()[0], payload.uname(path))
        self.assertEqual((facts["linux"]["init_size"], facts["linux"]["cmdline_size"]),
                         (get(load(path), 0x260, "I"), get(load(path), 0x238, "I")))
        self.assertEqual(facts["pe"]["machine"], "x86-64")
        self.assertIn("Debian", facts["pe"]["signatures"][0]["signer"])

    def test_stock_uki(self):
        path = self.path("stock.efi")
        subprocess.run(["objcopy", "--add-section", ".linux=" + self.kernel,
                        "--change-section-vma", ".linux=0x2000000", "--set-section-flags",
                        ".linux=data,readonly", payload.get(BUILD, "linuxx64.efi.stub"), path],
                       check=True, timeout=TIMEOUT)
        facts = self.facts(path)
        self.assertEqual(facts["kind"], "Unified Kernel Image")
        row = [s for s in facts["sections"] if s["name"] == ".linux"][0]
        self.assertEqual(row["sha256"], hashlib.sha256(bzimage()).hexdigest())
        self.assertEqual(self.facts(payload.get(BUILD, "linuxx64.efi.stub"))["kind"],
                         "PE program, no Linux kernel")

    def test_elf_kernels(self):
        kernel = elf(64, 62, ((1, 0x1000, 0x500), (4, 0x1800, 0x60)))
        kernel[0x1800:0x1800 + 20] = note(18, b"Xen", struct.pack("<I", 0x123456))
        facts = self.facts(self.file("k", kernel))
        self.assertEqual((facts["kind"], facts["elf"]["notes"]),
                         ("ELF file", {"pvh_entry": 0x123456}))
        self.assertEqual(facts["elf"]["loads"], [
            {"offset": 0x1000, "paddr": 1 << 20, "vaddr": "0x100000", "file_size": 0x500,
             "memory_size": 0x500}])
        narrow = self.facts(self.file("n", elf(32, 3)))["elf"]
        self.assertEqual((narrow["machine"], narrow["class"], narrow["entry"]),
                         ("i386", "32 bits", 1 << 20))
        self.assertEqual(narrow["loads"][0]["file_size"], 0x500)

    def test_others(self):
        self.assertEqual(self.facts(self.file("empty", b"")), {
            "file": self.path("empty"), "size": 0, "kind": "other"})
        self.assertEqual(self.facts(self.file("arm", pe(0xaa64, b".text")))["pe"]["machine"],
                         "ARM64")
        facts = self.facts(self.file("mb", multiboot1()))
        self.assertEqual((facts["kind"], facts["multiboot1"]), ("other",
                                                                {"offset": 512, "flags": 3}))

    def test_damaged(self):
        """Whatever is cut or flipped, there is an answer and no crash."""
        data = self.packed()["efi"]
        cut = self.facts(self.file("cut", data[:-8192]))
        self.assertEqual(cut["kind"], "Lintel image, universal face")
        self.assertIn("cut off", cut["sections"][-1]["sha256"])
        for size in (0x40, 0x310, 0x410, 0x7f0, 0x2000, 0x9010, 0x9400):
            for face in (self.output, self.elf):
                path = self.file("part", load(face)[:size])
                self.assertEqual(self.lintel("inspect", path).returncode, 0, size)
        for at in list(range(0x3c, 0x40)) + list(range(0x1f1, 0x26c, 3)) \
                + list(range(0x300, 0x420, 3)) + list(range(0x1f60, 0x1fc0)):
            flipped = bytearray(data)
            flipped[at] ^= 0xff
            ran = self.lintel("inspect", "--json=short", self.file("flipped", flipped))
            self.assertEqual(ran.returncode, 0, (at, ran.stderr))
            json.loads(ran.stdout)

    def test_work_is_bounded(self):
        """Many headers over the same bytes: each was read, for minutes."""
        notes = elf(segments=((1, 0x400000, 0x500), *[(4, 0x400000, 4 * MIB)] * 65534),
                    size=8 * MIB)
        notes[4 * MIB:] = bytes(4 * MIB)
        ran = self.lintel("inspect", "--json=short", self.file("notes", notes))
        self.assertIn("not read", json.loads(ran.stdout)["elf"]["notes"])
        image = pe(0x8664, b".same") + bytes(8 * MIB)
        put(image, 0x86, "H", 65535)
        header = struct.pack("<8sIIII16x", b".same", 4 * MIB, 0, 4 * MIB, 4 * MIB)
        image[0x98 + 240:0x98 + 240 + 65535 * 40] = header * 65535
        ran = self.lintel("inspect", "--json=short", self.file("sections", image))
        found = json.loads(ran.stdout)["sections"]
        right = hashlib.sha256(image[4 * MIB:8 * MIB]).hexdigest()
        self.assertEqual([s["sha256"] for s in found[:2]], [right, right])
        self.assertEqual({s["sha256"] for s in found[2:]},
                         {"not computed: the sections together are longer than the file"})

    def test_bytes_that_are_no_text(self):
        path = self.file("cmdline", b"a\xff\x1b[2Jb")
        self.build("--cmdline=@" + path)
        self.assertEqual(self.facts(self.output)["cmdline"], "a?\x1b[2Jb")
        self.assertNotIn("\x1b", self.lintel("inspect", self.output).stdout)

    def test_usage(self):
        for args, status in (([], 2), (["a", "b"], 2), (["--json=wide", "a"], 2), (["-x"], 2),
                             (["--help"], 0), ([self.path("absent")], 1), ([self.dir], 1)):
            ran = self.lintel("inspect", *args)
            self.assertEqual(ran.returncode, status, ran.stderr)
            self.assertEqual(bool(ran.stderr), status != 0)


class Explain(Case):
    """Which loaders take a file, and why not."""

    EFI = {"UEFI firmware, 64-bit", "GRUB chainloader on UEFI", "iPXE on UEFI",
           "QEMU -kernel with OVMF"}
    LINUX = {"GRUB linux", "GRUB linux16", "isolinux linux", "iPXE on BIOS", "QEMU -kernel",
             "QEMU -kernel, microvm"}
    MULTIBOOT1 = {"GRUB multiboot", "isolinux mboot.c32", "iPXE on BIOS"}
    MULTIBOOT2 = {"GRUB multiboot2", "GRUB multiboot2 on UEFI"}
    XEN_PV = {"Xen, PV guest", "Xen, PV initial domain"}
    XEN = XEN_PV | {"Xen, PVH guest", "Xen, PVH initial domain"}
    MEDIA = {"CD, on a BIOS", "CD, on UEFI", "disk, on a BIOS", "disk, on UEFI"}
    BZIMAGE = EFI | LINUX | {"GRUB linuxefi", "kexec", "Cloud Hypervisor"}

    def verdicts(self, path):
        """The loaders that say yes, and the reasons of the others; table and JSON agree."""
        ran = self.lintel("explain", "--json=short", path)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        rows = json.loads(ran.stdout)
        lines = self.lintel("explain", path).stdout.splitlines()
        self.assertEqual(lines, [line for row in rows for line in self.told(row)])
        self.assertLessEqual(max(map(len, lines)), 100)
        self.doors = {row["loader"]: row["door"] for row in rows if row["accepts"] == "yes"}
        self.advice = {row["loader"]: row["advice"] for row in rows if row["accepts"] != "yes"}
        return ({row["loader"] for row in rows if row["accepts"] == "yes"},
                {row["loader"]: row["accepts"] + ": " + row["reason"] for row in rows
                 if row["accepts"] != "yes"})

    def told(self, row):
        """The lines for a row: one, and what to do in another."""
        lines = [f"{row['accepts']:8}{row['loader']:28}" + row.get("reason", row.get("door"))]
        return lines + ([] if row["accepts"] == "yes" else [" " * 36 + "-> " + row["advice"]])

    def test_universal_face(self):
        self.build("--os-release=ID=x")
        yes, no = self.verdicts(self.output)
        self.assertEqual(yes, self.BZIMAGE | self.MULTIBOOT1 | self.MULTIBOOT2 | self.XEN
                         | self.MEDIA | {"systemd-boot, EFI/Linux"})
        self.assertEqual(no["shim"], "no: not signed")
        self.assertIn("sbsign", self.advice["shim"])
        self.assertIn("--elf", self.advice["Firecracker"])
        self.assertIn("--stub=lintelia32.efi", self.advice["UEFI firmware, 32-bit"])
        self.assertEqual((self.doors["iPXE on BIOS"], self.doors["QEMU -kernel"],
                          self.doors["GRUB multiboot2 on UEFI"], self.doors["Cloud Hypervisor"]),
                         ("multiboot1", "linux16", "multiboot2-efi64", "linux64"))

    def test_elf_face(self):
        self.build()
        yes, no = self.verdicts(self.elf)
        self.assertEqual(yes, self.MULTIBOOT1 | self.MULTIBOOT2 | self.XEN | {
            "QEMU -kernel", "QEMU -kernel, microvm", "Firecracker", "Cloud Hypervisor"})
        self.assertEqual({self.doors[name] for name in yes if "QEMU" in name or "PVH" in name
                          or name in ("Firecracker", "Cloud Hypervisor")}, {"pvh"})
        self.assertIn("no PE header", no["UEFI firmware, 64-bit"])
        self.assertIn("--output=OS.efi", self.advice["UEFI firmware, 64-bit"])

    def test_packed_by_another_tool(self):
        """Only UEFI and Multiboot loaders find what objcopy has added."""
        subprocess.run(["objcopy", f"--add-section=.linux={self.kernel}",
                        "--change-section-vma=.linux=0x1000000", STUB["efi"], self.output],
                       check=True, timeout=TIMEOUT)
        said = json.loads(self.lintel("inspect", "--json=short", self.output).stdout)
        self.assertEqual(said["kind"], "Lintel image, packed by another tool")
        yes, no = self.verdicts(self.output)
        self.assertEqual(yes, self.EFI | self.MULTIBOOT1 | self.MULTIBOOT2)
        self.assertEqual({self.advice[name] for name in self.XEN | self.MEDIA},
                         {"lintel build --uki=FILE --output=OS.efi"})
        for kind in ("iso", "disk"):
            ran = self.lintel(kind, f"--output={self.path('medium')}", self.output)
            self.assertEqual(ran.returncode, 1)
            self.assertIn("was packed by another tool", ran.stderr)
        self.assertEqual(self.lintel("build", "--uki", self.output, "--output",
                                     self.path("healed.efi")).returncode, 0)
        self.assertEqual(self.verdicts(self.path("healed.efi"))[0],
                         self.BZIMAGE | self.MULTIBOOT1 | self.MULTIBOOT2 | self.XEN | self.MEDIA)

    def test_sections_on_others(self):
        """dracut 059 puts sections where systemd's stub has none, but Lintel has its code."""
        subprocess.run(["objcopy", f"--add-section=.cmdline={self.kernel}",
                        "--change-section-vma=.cmdline=0x30000",
                        f"--add-section=.linux={self.kernel}",
                        "--change-section-vma=.linux=0x2000000", STUB["efi"], self.output],
                       check=True, timeout=TIMEOUT)
        said = json.loads(self.lintel("inspect", "--json=short", self.output).stdout)
        self.assertEqual(said["pe"]["overlap"], ".text and .cmdline in memory")
        yes, no = self.verdicts(self.output)
        self.assertEqual(yes, set())
        for name in ("UEFI firmware, 64-bit", "GRUB multiboot2", "iPXE on UEFI"):
            self.assertIn("sections lie on others", no[name])
            self.assertEqual(self.advice[name], "lintel build --uki=FILE --output=OS.efi")
        self.build()
        said = json.loads(self.lintel("inspect", "--json=short", self.output).stdout)
        self.assertNotIn("overlap", said["pe"])

    def test_no_file(self):
        """What has no bytes, or is no file, is answered in one line."""
        os.mkfifo(self.path("fifo"))
        with subprocess.Popen(["sh", "-c", ': > "$1"', "sh", self.path("fifo")]):
            said = {self.file("empty", b""): "is empty: no loader takes it",
                    self.path("fifo"): "is empty: no loader takes it",
                    self.dir: "is a directory: name a file in it",
                    "/dev/null": "is not a regular file"}
            for path, line in said.items():
                ran = self.lintel("explain", path)
                self.assertEqual((ran.returncode, ran.stdout, ran.stderr.count("\n")), (1, "", 1))
                self.assertIn(f"{path}: {line}", ran.stderr)
        # Its size is 0, but it is not empty.
        self.assertEqual(self.lintel("explain", "/proc/self/cmdline").returncode, 0)

    def test_without_os_release(self):
        self.build()
        self.assertIn(".osrel", self.verdicts(self.output)[1]["systemd-boot, EFI/Linux"])

    def test_debian_kernel(self):
        """Signed by Debian, of course not for shim's SBAT; unpacked for Xen."""
        for kernel in ("cloud", "amd64"):
            yes, no = self.verdicts(payload.get(BUILD, kernel))
            self.assertEqual(yes, self.BZIMAGE | self.XEN | {"UEFI firmware, Secure Boot"})
            self.assertIn("Multiboot 2", no["GRUB multiboot2"])
            self.assertIn("lintel build --linux=", self.advice["GRUB multiboot2"])

    def test_damaged_kernel(self):
        """What is inside a bzImage is really unpacked."""
        data = bytearray(load(payload.get(BUILD, "cloud")))
        # LZ4 has no checksum, and a few bytes may all be bytes that are only copied.
        data[len(data) // 2:len(data) // 2 + 4096] = bytes(4096)
        yes, no = self.verdicts(self.file("damaged", data))
        self.assertEqual(yes & self.XEN, set())
        self.assertIn("damaged", no["Xen, PVH guest"])

    def payloads(self):
        """An ELF kernel with Xen's notes as payload of a bzImage, in the formats of Xen."""
        kernel = elf(64, 62, ((1, 0x1000, 0x500), (4, 0x1800, 0x200)))
        notes = note(18, b"Xen", struct.pack("<I", 0x123456)) + note(5, b"Xen", b"xen-3.0\0") \
            + note(8, b"Xen", b"generic\0")
        kernel[0x1800:0x1800 + len(notes)] = notes
        size, kernel = struct.pack("<I", len(kernel)), bytes(kernel)
        return {"gzip": gzip.compress(kernel), "bzip2": bz2.compress(kernel) + size,
                "lzma": lzma.compress(kernel, lzma.FORMAT_ALONE) + size,
                "xz": lzma.compress(kernel, check=lzma.CHECK_CRC32) + size, "none": kernel,
                "lzo": b"\x89LZO" + bytes(100)}

    def test_formats(self):
        for name, data in self.payloads().items():
            image = bytearray(bzimage(size=60000))
            setup = (image[0x1f1] + 1) * 512
            put(image, 0x248, "I", 0x100)
            put(image, 0x24c, "I", len(data))
            image[setup + 0x100:setup + 0x100 + len(data)] = data
            yes, no = self.verdicts(self.file(name, image))
            said = json.loads(self.lintel("inspect", "--json=short", self.path(name)).stdout)
            self.assertEqual(said["payload"]["format"], name)
            if name == "lzo":
                self.assertTrue(no["Xen, PV guest"].startswith("unknown: "), no)
                continue
            # Debian's library for guests lacks bzip2.
            dom0 = {loader for loader in self.XEN if "initial" in loader}
            self.assertEqual(yes & self.XEN, dom0 if name == "bzip2" else self.XEN, name)

    def test_old_bzimage(self):
        yes, no = self.verdicts(self.file("old", bzimage(version=0x20a)))
        self.assertEqual(yes, self.LINUX)
        self.assertIn("handover", no["GRUB linuxefi"])
        self.assertIn("xloadflags", no["kexec"])

    def test_32_bit_program(self):
        program = pe(0x14c, b".text")
        put(program, 0x98 + 68, "H", 10)
        self.assertEqual(self.verdicts(self.file("p", program))[0], {"UEFI firmware, 32-bit"})
        put(program, 0x84, "H", 0x8664)
        self.assertEqual(self.verdicts(self.file("p", program))[0], self.EFI)

    def test_multiboot_headers_without_addresses(self):
        yes, no = self.verdicts(self.file("mb1", multiboot1()))
        self.assertEqual(yes, set())
        self.assertIn("has no addresses", no["GRUB multiboot"])
        yes, no = self.verdicts(self.file("mb2", multiboot2()))
        self.assertEqual(yes, set())
        self.assertIn("has no addresses", no["GRUB multiboot2"])
        self.assertIn("has no addresses", no["GRUB multiboot2 on UEFI"])
        yes, no = self.verdicts(self.file("mb2", multiboot2(7)))
        self.assertIn("tag 7 without tag 9", no["GRUB multiboot2 on UEFI"])

    def test_nothing(self):
        self.assertEqual(self.lintel("explain", self.path("absent")).returncode, 1)
        self.assertEqual(self.lintel("explain").returncode, 2)


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
