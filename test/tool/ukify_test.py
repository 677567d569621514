#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of what `lintel build` shares with ukify: python3 test/tool/ukify_test.py BUILD_DIR

Images as input, config files, signing, measuring.  What the tool says is compared with
Debian's systemd-measure and sbverify, and with UKIs that objcopy and systemd's stub make.
"""
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted, payload
from tool.base import BUILD, Case, LINTEL, STUB, TIMEOUT, with_passphrase
from tool.files import CHECKSUM, MICROCODE, bzimage, cpio, elf, get, load, put, section_bytes, \
    sections

STOCK = payload.get(BUILD, "linuxx64.efi.stub")
MEASURE = "/lib/systemd/systemd-measure"
# What systemd's stub extends PCR 11 with, in this order, and what systemd-pcrphase does.
MEASURED = (".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".dtb", ".uname",
            ".sbat", ".pcrpkey", ".profile", ".dtbauto", ".hwids", ".efifw")
PHASES = [b"enter-initrd", b"leave-initrd", b"sysinit", b"ready"]
BANKS = ("sha1", "sha256", "sha384", "sha512")
BMP = b"BM" + bytes(range(100))
SBAT = b"sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"


def run(*command, env=None):
    """Run a command that must succeed; its output."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True,
                          stderr=subprocess.DEVNULL, text=True, timeout=TIMEOUT, env=env).stdout


def added(data):
    """Names and bytes of the sections that building added, but for Lintel's own room."""
    bare = len(sections(load(STUB["efi"])))
    return [(s.name, data[s.file_at:s.file_at + s.size]) for s in sections(data)[bare:]
            if s.name != ".extra"]


def sbat(*lines):
    """The SBAT data of an image: Lintel's own, and these lines."""
    return own_sbat() + b"".join(line + b"\n" for line in lines)


def own_sbat():
    """The SBAT data of an image that is given none, and of a bare one."""
    version = run(LINTEL, "--version").split()[1]
    address = "https://uapi-group.org/specifications/specs/unified_kernel_image/"
    return SBAT + f"lintel,1,The Lintel authors,lintel,{version},{address}\n".encode()


class Options(Case):
    """Sections beyond kernel, initrd and command line."""

    def test_all_in_order(self):
        data = self.build("--splash", self.file("s", BMP), "--sbat=mine,1,a,b,1,u\n",
                          "--section=.one:text:with colons", "--section",
                          ".two:@" + self.file("two", b"\0\1\2"), "--uname=1", "--cmdline=c",
                          "--os-release=ID=x", "--initrd", self.file("i", b"initrd"),
                          "--microcode", self.file("m", b"ucode"))["efi"]
        self.assertEqual(added(data), [
            (".osrel", b"ID=x"), (".cmdline", b"c"), (".uname", b"1"), (".splash", BMP),
            (".one", b"text:with colons"), (".two", b"\0\1\2"), (".ucode", b"ucode"),
            (".initrd", b"initrd"), (".linux", bzimage())])
        self.assertEqual(section_bytes(data, ".sbat"), sbat(b"mine,1,a,b,1,u"))

    def test_own_sbat(self):
        """shim starts nothing that does not say its generation."""
        for args in ([], ["--sbat="]):
            self.assertEqual(section_bytes(self.build(*args)["efi"], ".sbat"), own_sbat())
        for name in ("lintel.efi", "lintelia32.efi"):
            self.assertEqual(section_bytes(load(os.path.join(BUILD, name)), ".sbat"), own_sbat())

    def test_sbat_is_too_long(self):
        self.refused("--sbat=" + "x" * 4000, file="--sbat", says=("4096 bytes of SBAT data",))

    def test_sbat_with_its_first_line(self):
        text = b"sbat,1,x\nmine,1\n"
        data = self.build("--sbat=@" + self.file("sbat", text))["efi"]
        self.assertEqual(section_bytes(data, ".sbat"), sbat(b"mine,1"))

    def test_microcode_alone(self):
        data = self.build("--microcode", self.file("m", b"ucode"))["efi"]
        self.assertEqual(added(data), [(".ucode", b"ucode"), (".linux", bzimage())])

    def test_refused(self):
        splash = self.file("splash", b"\x89PNG")
        self.refused("--splash", splash, file=splash, says=("BMP", "89 50"))
        self.refused("--splash", self.file("none", b""), file=self.path("none"), says=("BMP",))
        self.refused("--section=.extra:x", file=".extra", says=("Lintel itself",))
        self.refused("--section=.linux:x", file=".linux", says=("option of its own",))
        self.refused("--section=.text:x", file=".text", says=("already",))
        self.refused("--section=.a:x", "--section=.a:y", file=".a", says=("already",))
        self.refused("--section=ninechars:x", file="ninechars", says=("1 to 8",))
        self.refused("--section=a b:x", file="a b", says=("printable",))
        self.refused("--section=.a:@" + self.path("absent"), file=self.path("absent"))
        dtb = self.file("dtb", b"\xd0\x0d\xfe\xed")
        self.refused("--devicetree", dtb, file=dtb, says=("x86", "ACPI"))

    def test_usage(self):
        base = ["build", "--linux", self.kernel, "--output", self.output]
        for args, says in ((["--section=x"], "NAME:TEXT"), (["--section=x:"], "NAME:TEXT"),
                           (["--secureboot-private-key=k"], "belong together"),
                           (["--secureboot-certificate=c"], "belong together"),
                           (["--json=pretty"], "--measure"),
                           (["--measure", "--json=wide"], "pretty, short and off")):
            ran = self.lintel(*base, *args)
            self.assertEqual((ran.returncode, ran.stdout), (2, ""), ran.stderr)
            self.assertIn(says, ran.stderr)
        ran = self.lintel("build", "--linux", self.kernel, "--elf", self.elf,
                          "--secureboot-private-key=k", "--secureboot-certificate=c")
        self.assertEqual((ran.returncode, "--output" in ran.stderr), (2, True), ran.stderr)

    def test_reproducible(self):
        """Other directory, other time, other user's umask and order of creation: same bytes."""
        def build(name):
            os.mkdir(self.path(name))
            inputs = {"linux": bzimage(), "initrd": b"initrd" * 999, "splash": BMP}
            args = ["--cmdline=a b", "--os-release=ID=x", "--uname=1", "--section=.x:y"]
            for option, data in inputs.items():
                args += ["--" + option, self.file(os.path.join(name, option), data)]
            out = [self.path(os.path.join(name, "os." + face)) for face in ("efi", "elf")]
            env = dict(os.environ, TZ="UTC-" + str(len(name)), HOME=self.path(name))
            run(LINTEL, "build", *args, "--output=" + out[0], "--elf=" + out[1], env=env)
            return [load(path) for path in out]
        first = build("one")
        time.sleep(1.1)
        self.assertEqual(build("another"), first)


def versioned(text):
    """A bzImage that has this version."""
    data = bzimage()
    put(data, 0x20e, "H", 0x1000)
    data[0x1200:0x1200 + len(text) + 1] = text + b"\0"
    return data


class Defaults(Case):
    """os-release and the version of the kernel, where no option says them."""

    def parts(self, *args):
        """A build that passes what it is given only; its sections by name."""
        ran = self.lintel("build", *args, "--output", self.output)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        return dict(added(load(self.output)))

    def uname(self, data, *args):
        """The version that a kernel is packed with."""
        return self.parts("--linux", self.file("kernel", data), *args).get(".uname")

    def test_host(self):
        host = next(path for path in ("/etc/os-release", "/usr/lib/os-release")
                    if os.path.exists(path))
        linux = f"--linux={self.kernel}"
        self.assertEqual(self.parts(linux)[".osrel"], load(host))
        self.assertEqual(self.parts(linux, "--os-release=ID=x")[".osrel"], b"ID=x")
        self.assertNotIn(".osrel", self.parts(linux, "--os-release="))
        said = self.lintel("inspect", self.output).stdout
        self.assertNotIn("\nos  ", said)

    def test_uname(self):
        for text, found in ((b"6.1.0-18-amd64 (a@b) #1 SMP", b"6.1.0-18-amd64"),
                            (b"6.9.0-rc1+ (root@x) #1", b"6.9.0-rc1+"), (b"5.4-A_b~c (r@x)",
                             b"5.4-A_b~c"), (b"iPXE 1.21 (x) #1", None), (b"6.1.0", None),
                            (b"", None), (b"6.1 #1 (x)", None), (b"6.\x1b[1m (x) #1", None),
                            (b"6.\x9b1m (x) #1", None), (b" (x)", None), (b"9" * 300, None)):
            self.assertEqual(self.uname(versioned(text)), found, text)
        self.assertEqual(self.uname(versioned(b"6.1 (a@b) #1"), "--uname=7"), b"7")
        self.assertIsNone(self.uname(versioned(b"6.1 (a@b) #1"), "--uname="))

    def test_uname_of_elf(self):
        for text, found in ((b"Linux version %s (%s)\0Linux version 6.6.1-x (a@b)\n", b"6.6.1-x"),
                            (b"Linux version 6.6", None), (b"Linux version ", None),
                            (b"Linux version Linux version 1.0 (", b"1.0")):
            self.assertEqual(self.uname(elf() + text), found, text)

    def test_debian_kernel(self):
        kernel = payload.get(BUILD, "cloud")
        self.assertEqual(self.parts("--linux", kernel)[".uname"].decode(), payload.uname(kernel))

    def test_config(self):
        text = f"[UKI]\nLinux={self.file('kernel', versioned(b'6.1 (a@b) #1'))}\n"
        path = self.file("conf", text.encode())
        self.assertEqual(self.parts("--config", path)[".uname"], b"6.1")
        self.assertIn(".osrel", self.parts("--config", path))
        path = self.file("conf", (text + "Uname=\nOSRelease=\nSBAT=\n").encode())
        self.assertEqual(list(self.parts("--config", path)), [".linux"])
        self.assertIn(".osrel", self.parts("--config", path, "--os-release=ID=x"))

    def test_uki(self):
        """A UKI has its own, or none; but the version is that of the kernel."""
        self.parts("--linux", self.kernel, "--os-release=ID=x", "--uname=1")
        os.rename(self.output, self.path("in.efi"))
        uki = "--uki=" + self.path("in.efi")
        self.assertEqual([self.parts(uki)[name] for name in (".osrel", ".uname")],
                         [b"ID=x", b"1"])
        self.assertEqual(list(self.parts(uki, "--uname=", "--os-release=")), [".linux"])
        self.assertNotIn(".uname", self.parts(uki, "--linux", self.kernel))
        new = self.file("new", versioned(b"2 (a@b) #1"))
        self.assertEqual(self.parts(uki, "--linux", new)[".uname"], b"2")
        self.parts("--linux", self.kernel, "--os-release=")
        os.rename(self.output, self.path("in.efi"))
        self.assertEqual(list(self.parts(uki)), [".linux"])

    def test_twice(self):
        for option in ("--uname", "--os-release", "--sbat"):
            ran = self.lintel("build", "--linux", self.kernel, f"{option}=", f"{option}=",
                              "--output", self.output)
            self.assertEqual(ran.returncode, 2)
            self.assertIn("twice", ran.stderr)


class FromUki(Case):
    """--uki: systemd's stub's images and our own as input."""

    def stock(self, name="stock.efi", **contents):
        """A UKI made with objcopy and systemd's stub; keyword osrel is section .osrel."""
        args, at = [], 0x2000000
        for key, data in contents.items():
            path = self.file("section-" + key, data)
            args += ["--add-section", f".{key}={path}", "--change-section-vma", f".{key}={at:#x}",
                     "--set-section-flags", f".{key}=data,readonly"]
            at += len(data) + 0xfffff & ~0xfffff
        run("objcopy", *args, STOCK, self.path(name))
        return self.path(name)

    def from_uki(self, path, *args):
        """A build from a UKI; exit status, what it says, and the sections that it has."""
        ran = self.lintel("build", "--uki", path, *args, "--output", self.output)
        self.assertEqual((ran.returncode, ran.stdout), (0, ""), ran.stderr)
        return ran.stderr, added(load(self.output))

    def test_stock(self):
        early, main = cpio(MICROCODE), b"\x1f\x8bmain"
        said, parts = self.from_uki(self.stock(
            osrel=b"ID=x\n", cmdline=b"a b\n\0", uname=b"6.1\n", initrd=main, ucode=early,
            splash=BMP, profile=b"ID=p\n", pcrpkey=b"key", linux=bzimage()))
        self.assertEqual(said, "")
        self.assertEqual(parts, [
            (".osrel", b"ID=x\n"), (".cmdline", b"a b"), (".uname", b"6.1"), (".splash", BMP),
            (".profile", b"ID=p\n"), (".pcrpkey", b"key"), (".ucode", early),
            (".initrd", main), (".linux", bzimage())])

    def test_stock_is_what_options_make(self):
        self.from_uki(self.stock(cmdline=b"quiet", initrd=b"initrd", linux=bzimage()))
        taken = load(self.output)
        lines = self.file("sbat", section_bytes(taken, ".sbat"))
        self.assertEqual(self.build("--cmdline=quiet", "--sbat=@" + lines, "--initrd",
                                    self.file("i", b"initrd"), faces=["efi"])["efi"], taken)

    def test_options_win(self):
        path = self.stock(osrel=b"ID=x\n", cmdline=b"old", initrd=b"old!", ucode=b"ucod",
                          profile=b"old", linux=bzimage())
        new = bzimage(size=60000)
        parts = dict(self.from_uki(
            path, "--cmdline=new", "--os-release=ID=y", "--initrd", self.file("i", b"new!"),
            "--linux", self.file("new", new), "--section=.profile:new", "--sbat=new,1")[1])
        self.assertEqual(parts, {".osrel": b"ID=y", ".cmdline": b"new", ".ucode": b"ucod",
                                 ".initrd": b"new!", ".linux": new, ".profile": b"new"})
        self.assertEqual(section_bytes(load(self.output), ".sbat"), sbat(b"new,1"))
        parts = dict(self.from_uki(path, "--microcode", self.file("m", b"mine"))[1])
        self.assertEqual((parts[".ucode"], parts[".initrd"]), (b"mine", b"old!"))

    def test_own_images(self):
        args = ["--cmdline=c", "--os-release=ID=x", "--uname=1", "--splash",
                self.file("s", BMP), "--initrd", self.file("i", b"x" * 5001)]
        built = self.build(*args)
        os.rename(self.output, self.path("in.efi"))
        os.rename(self.elf, self.path("in.elf"))
        for name in ("in.efi", "in.elf"):
            ran = self.lintel("build", "--uki", self.path(name), "--output", self.output, "--elf",
                              self.elf)
            self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
            self.assertEqual((load(self.output), load(self.elf)), (built["efi"], built["elf"]))

    def test_sbat_is_merged(self):
        """A revocation must meet an image if it meets anything that is in it."""
        mine = b"mine,1,a,b,1,u"
        stock = self.stock(linux=self.kernel_with_sbat(SBAT + b"kernel,1,k,l,1,u\n" + mine + b"\n"))
        systemd = self.stock_sbat()
        self.assertEqual(self.lintel("build", "--uki", stock, "--output", self.output).returncode,
                         0)
        self.assertEqual(section_bytes(load(self.output), ".sbat"),
                         sbat(*systemd, b"kernel,1,k,l,1,u", mine))
        self.lintel("build", "--uki", stock, "--sbat=" + mine.decode(), "--output", self.output)
        self.assertEqual(section_bytes(load(self.output), ".sbat"),
                         sbat(mine, b"kernel,1,k,l,1,u"))

    @staticmethod
    def stock_sbat():
        """The lines of systemd's stub, which objcopy shows."""
        with tempfile.NamedTemporaryFile() as out:
            run("objcopy", "-O", "binary", "--only-section=.sbat", STOCK, out.name)
            return out.read().rstrip(b"\0").strip().split(b"\n")[1:]

    def kernel_with_sbat(self, text):
        """A bzImage that is a PE file too, and has SBAT data, as Fedora's kernels have."""
        data = bytearray(bzimage())
        table = 0x300 + 24
        data[:2] = b"MZ"
        put(data, 0x3c, "I", 0x300)
        data[0x300:table] = struct.pack("<4sHHIIIHH", b"PE\0\0", 0x8664, 1, 0, 0, 0, 0, 0x206)
        data[table:table + 40] = struct.pack("<8sIIIIIIHHI", b".sbat", len(text), 0x2000, 512,
                                             0x2000, 0, 0, 0, 0, 0x40000040)
        data[0x2000:0x2000 + len(text)] = text
        return data

    def test_everything_is_kept(self):
        said, parts = self.from_uki(self.stock(mine=b"x", pcrsig=b"{}", hwids=b"h",
                                               linux=bzimage()))
        self.assertRegex(said, r"\Alintel: .*stock.efi: .pcrsig is kept, but .*\n\Z")
        self.assertEqual(parts, [(".mine", b"x"), (".pcrsig", b"{}"), (".hwids", b"h"),
                                 (".linux", bzimage())])

    def test_first_profile(self):
        """The first of several profiles, wholly and only."""
        data = load(self.stock(osrel=b"ID=x\n", linux=bzimage(), cmdline=b"all", profilf=b"ID=one",
                               cmdlinf=b"one", profilg=b"ID=two", cmdling=b"two", ucodf=b"two"))
        for other, name in ((b".profilf", b".profile"), (b".profilg", b".profile"),
                            (b".cmdlinf", b".cmdline"), (b".cmdling", b".cmdline"),
                            (b".ucodf\0\0", b".ucode\0\0")):
            data = data.replace(other, name, 1)
        said, parts = self.from_uki(self.file("several.efi", data))
        self.assertRegex(said, r"\Alintel: .*several.efi: has several profiles: the first .*\n\Z")
        self.assertEqual(parts, [(".osrel", b"ID=x\n"), (".cmdline", b"one"),
                                 (".profile", b"ID=one"), (".linux", bzimage())])

    def test_append(self):
        for line, words in ((b"quiet", b"quiet a b"), (b"quiet\n\0", b"quiet a b"),
                            (b"\0", b"a b")):
            parts = dict(self.from_uki(self.stock(cmdline=line, linux=bzimage()), "--append=a",
                                       "--append=b")[1])
            self.assertEqual(parts[".cmdline"], words)
        parts = dict(self.from_uki(self.stock(linux=bzimage()), "--append=a")[1])
        self.assertEqual(parts[".cmdline"], b"a")

    def uki_refused(self, data, *says):
        """This file as --uki is refused with these words."""
        path = self.file("bad.efi", data)
        ran = self.lintel("build", "--uki", path, "--output", self.output)
        self.assertEqual((ran.returncode, ran.stdout), (1, ""), ran.stderr)
        self.assertTrue(ran.stderr.startswith("lintel: " + path), ran.stderr)
        self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)
        for word in says:
            self.assertIn(word, ran.stderr)
        self.assertFalse(os.path.exists(self.output))
        self.assert_no_temporary()

    def test_refused(self):
        self.uki_refused(load(STOCK), "no .linux section")
        self.uki_refused(bzimage(), "no .linux section")
        self.uki_refused(b"", "no .linux section")
        self.uki_refused(load(self.stock(linux=b"no kernel")), "section .linux: not a kernel")
        whole = bytearray(load(self.stock(linux=bzimage(), cmdline=b"x" * 9000)))
        self.uki_refused(whole[:-20000], "is cut off: section .")
        self.uki_refused(load(self.stock(linux=bzimage(), splash=b"PNG")), "splash: is no BMP")
        self.uki_refused(load(self.stock(linux=bzimage(), cmdline=b"x" * 2048)), "2047")


class Config(Case):
    """--config: ukify's ini file."""

    def config(self, text, *args):
        """A build with this config file; the process."""
        path = self.file("uki.conf", text.encode())
        return self.lintel("build", "--config", path, *args, "--output", self.output)

    def test_all_keys(self):
        first, second = self.file("i1", b"1111"), self.file("i2", b"2222")
        third, fourth = self.file("i3", b"3333"), self.file("i4", b"4444")
        long = "x" * 1500
        ran = self.config(f"""# a comment
[UKI]
Linux={self.kernel}
Initrd={first} {second}
    {third}
Microcode = {self.file("m", b"code")}
Cmdline=a=b ; c  # inline comment
  {long}
OSRelease=@{self.file("osrel", b"ID=x")}
Uname=6.1
Splash={self.file("s", BMP)}
SBAT=mine,1
Stub={STUB["efi"]}
""", "--initrd", fourth)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        self.assertEqual(added(load(self.output)), [
            (".osrel", b"ID=x"), (".cmdline", b"a=b ; c " + long.encode()), (".uname", b"6.1"),
            (".splash", BMP), (".ucode", b"code"), (".initrd", b"1111222233334444"),
            (".linux", bzimage())])
        self.assertEqual(section_bytes(load(self.output), ".sbat"), sbat(b"mine,1"))

    def test_append(self):
        ran = self.config(f"[UKI]\nLinux={self.kernel}\nCmdline=a\nAppend=b c\nAppend=d\n  e\n",
                          "--append=f")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(dict(added(load(self.output)))[".cmdline"], b"a b c d e f")
        ran = self.config(f"[UKI]\nLinux={self.kernel}\nAppend=\n")
        self.assertEqual((ran.returncode, "Append= without" in ran.stderr), (1, True), ran.stderr)

    def test_command_line_wins(self):
        ran = self.config(f"[UKI]\nLinux={self.path('absent')}\nCmdline=old\nUname=old\n",
                          "--linux", self.kernel, "--cmdline=new", "--os-release=")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(added(load(self.output)), [(".cmdline", b"new"), (".uname", b"old"),
                                                    (".linux", bzimage())])

    def test_refused(self):
        linux = "[UKI]\nLinux=%s\n" % self.kernel
        for text, says in ((linux + "Frobnicate=1\n", "sets Frobnicate="),
                           (linux + "[Profile]\nID=a\n", "[Profile]"),
                           (linux + "no equals sign\n", "line 3"),
                           (linux + "Uname=1\nUname=2\n", "sets Uname= twice"),
                           (linux + "Uname=1\n  2\n", "sets Uname= twice"),
                           (linux + "Cmdline=1\nUname=1\nCmdline=2\n", "sets Cmdline= twice"),
                           (linux + "Splash=\n", "Splash= without a value")):
            ran = self.config(text)
            self.assertEqual((ran.returncode, ran.stdout), (1, ""), ran.stderr)
            self.assertTrue(ran.stderr.startswith("lintel: " + self.path("uki.conf")), ran.stderr)
            self.assertEqual(ran.stderr.count("\n"), 1)
            self.assertIn(says, ran.stderr)
            self.assertFalse(os.path.exists(self.output))
        self.assertEqual(self.config("[UKI]\nCmdline=x\n").returncode, 2)
        dtb = self.file("dtb", b"x")
        ran = self.config(linux + f"DeviceTree={dtb}\n")
        self.assertEqual((ran.returncode, "ACPI" in ran.stderr), (1, True), ran.stderr)


class Sign(Case):
    """--secureboot-private-key: sbsign signs what is then renamed."""

    def setUp(self):
        super().setUp()
        self.key, self.crt = self.path("db.key"), self.path("db.crt")
        run("openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
            "/CN=test", "-keyout", self.key, "-out", self.crt)
        self.options = ("--secureboot-private-key", self.key, "--secureboot-certificate",
                        self.crt)

    def test_signed(self):
        plain = self.build("--cmdline=quiet")
        signed = self.build("--cmdline=quiet", *self.options)
        self.assertEqual(signed["elf"], plain["elf"])
        self.assertEqual(run("sbverify", "--cert", self.crt, self.output),
                         "Signature verification OK\n")
        run("sbattach", "--remove", self.output)
        stripped = bytearray(load(self.output))
        put(stripped, CHECKSUM, "I", get(plain["efi"], CHECKSUM, "I"))
        self.assertEqual(stripped, plain["efi"])
        self.assertEqual(os.stat(self.output).st_mode & 0o7777,
                         os.stat(self.elf).st_mode & 0o7777)

    def test_config(self):
        conf = self.file("conf", (f"[UKI]\nSecureBootPrivateKey={self.key}\n"
                                  f"SecureBootCertificate={self.crt}\n").encode())
        self.build("--config", conf, faces=["efi"])
        self.assertIn("OK", run("sbverify", "--cert", self.crt, self.output))

    def test_failures_change_nothing(self):
        self.refused("--secureboot-private-key", self.crt, "--secureboot-certificate", self.crt,
                     file="sbsign", says=("does not sign", "exit status 1", "load key"))
        absent = self.path("absent")
        self.refused("--secureboot-private-key", absent, "--secureboot-certificate", self.crt,
                     file=absent, says=("No such file",))
        os.mkdir(self.path("empty"))
        self.refused(*self.options, file="sbsign", says=("not installed", "sbsigntool"),
                     env=dict(os.environ, PATH=self.path("empty")))
        fake = self.file("empty/sbsign", b"#!/bin/sh\necho partly > \"$6\"; kill -9 $$\n")
        os.chmod(fake, 0o755)
        self.refused(*self.options, file="sbsign", says=("signal 9",),
                     env=dict(os.environ, PATH=self.path("empty") + ":/bin:/usr/bin"))

    def test_passphrase(self):
        """openssl asks for it on the terminal, as without Lintel."""
        locked = self.path("locked.key")
        run("openssl", "rsa", "-aes256", "-passout", "pass:secret", "-in", self.key, "-out",
            locked)
        self.assertEqual(with_passphrase("secret", LINTEL, "build", "--linux", self.kernel,
                                         "--output", self.output, "--secureboot-private-key",
                                         locked, "--secureboot-certificate", self.crt), 0)
        self.assertIn("OK", run("sbverify", "--cert", self.crt, self.output))

    def test_output_is_the_key(self):
        before = load(self.key)
        ran = self.lintel("build", "--linux", self.kernel, *self.options, "--output", self.key)
        self.assertEqual(ran.returncode, 1)
        self.assertIn("is the input", ran.stderr)
        self.assertEqual(load(self.key), before)


class Measure(Case):
    """--measure: systemd-measure reckons the same."""

    def setUp(self):
        super().setUp()
        self.args = ["--cmdline=quiet", "--os-release=ID=x\n",
                     "--splash", self.file("s", BMP),
                     "--section=.pcrpkey:@" + self.file("pkey", b"public"),
                     "--initrd", self.file("i1", b"11111"), "--initrd", self.file("i2", b"2222")]

    def measured(self, *args):
        """What a build with --measure says on stdout."""
        ran = self.lintel("build", "--linux", self.kernel, "--output", self.output, "--measure",
                          *args)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return ran.stdout

    def hashes(self, said):
        """The lines about PCR 11; policy_test.py is about the others."""
        return [line for line in said.splitlines() if line.startswith("11:")]

    def parts(self):
        """What the image has for the kernel, by name."""
        data = load(self.output)
        return {**dict(added(data)), ".sbat": section_bytes(data, ".sbat")}

    def predicted(self, parts):
        """PCR 11 as systemd's stub would make it: lines as systemd-measure prints them."""
        lines = []
        for phase in range(1, len(PHASES) + 1):
            for bank in BANKS:
                pcr = bytes(hashlib.new(bank).digest_size)
                extends = [part for name in MEASURED if name in parts
                           for part in (name.encode() + b"\0", parts[name])]
                for data in extends + PHASES[:phase]:
                    pcr = hashlib.new(bank, pcr + hashlib.new(bank, data).digest()).digest()
                lines.append(f"11:{bank}={pcr.hex()}")
        return lines

    def systemd(self, parts, *args):
        """What systemd-measure says of sections."""
        return run(MEASURE, "calculate", *args, *[
            f"--{name[1:]}={self.file('of' + name, data)}" for name, data in parts.items()])

    def test_prediction(self):
        """Debian 12's systemd-measure does not know SBAT data, so it judges the prediction."""
        self.measured(*self.args)
        parts = self.parts()
        del parts[".sbat"]
        self.assertEqual(self.predicted(parts), self.systemd(parts).splitlines())

    def test_lines(self):
        said = self.measured(*self.args)
        self.assertEqual(len(said.splitlines()), 4 + 16 + 2 * (1 + 4))
        self.assertEqual(self.hashes(said), self.predicted(self.parts()))
        self.assertEqual([line for line in said.splitlines() if line.startswith("#")][3],
                         "# PCR[11] Phase <enter-initrd:leave-initrd:sysinit:ready>")

    def test_json(self):
        said = self.measured("--json=pretty", *self.args)
        parts = self.parts()
        found, lines = json.loads(said), self.predicted(parts)
        for bank in BANKS:
            self.assertEqual([entry["pcr"] for entry in found[bank][4:]], [12, 13])
            del found[bank][4:]
        for number, bank in enumerate(BANKS):
            self.assertEqual([f"11:{bank}={entry.pop('hash')}" for entry in found[bank]],
                             lines[number::len(BANKS)])
        del parts[".sbat"]
        like = json.loads(self.systemd(parts, "--json=pretty"))
        for entry in sum(like.values(), []):
            del entry["hash"]
        self.assertEqual(found, like)
        short = self.measured("--json=short", *self.args)
        self.assertEqual((json.loads(short), short.count("\n")), (json.loads(said), 1))

    def test_defaults(self):
        """os-release and the version, if they were not given."""
        self.kernel = self.file("versioned", versioned(b"6.1 (a@b) #1"))
        said = self.measured()
        self.assertEqual(set(self.parts()), {".osrel", ".uname", ".sbat", ".linux"})
        self.assertEqual(self.hashes(said), self.predicted(self.parts()))

    def test_signed_and_from_uki(self):
        key, crt = self.path("k"), self.path("c")
        run("openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=t",
            "-keyout", key, "-out", crt)
        plain = self.measured(*self.args)
        self.assertEqual(self.measured(*self.args, "--secureboot-private-key", key,
                                       "--secureboot-certificate", crt), plain)
        shutil.move(self.output, self.path("in.efi"))
        ran = self.lintel("build", "--uki", self.path("in.efi"), "--output", self.output,
                          "--measure")
        self.assertEqual(ran.stdout, plain)

    def test_what_systemd_252_does_not_know(self):
        said = self.measured("--os-release=", "--uname=6.1", "--sbat=mine,1",
                             "--section=.efifw:f", "--section=.hwids:h", "--section=.profile:p",
                             "--section=.other:not measured", "--section=.pcrsig:{}")
        lines = self.predicted({".linux": bzimage(), ".uname": b"6.1", ".profile": b"p",
                                ".hwids": b"h", ".efifw": b"f", ".sbat": sbat(b"mine,1")})
        self.assertEqual(self.hashes(said), lines)


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
