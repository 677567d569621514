#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of the headers for kernel writers: python3 test/tool/headers_test.py BUILD_DIR, in the
top directory

As `make install` puts them into an empty directory: each must compile alone, freestanding,
as C and C++, for 32 and 64 bits, with gcc and clang; what a structure's fields mean must be
said; and the example kernel must build against them and nothing else.
"""
import os
import re
import sys

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted, media
from tool.base import Case, make, run
from lint import WARNINGS

# Strict about what is not standard, too; some of the project's warnings are C's only.
STRICT = [*WARNINGS, "-Wpedantic", "-pedantic-errors", "-Wredundant-decls", "-ffreestanding"]
C_ONLY = ("-Wstrict-prototypes", "-Wmissing-prototypes")
CXX = [word for word in STRICT if word not in C_ONLY]
MODES = [*[(compiler, f"-std={standard}", bits, STRICT) for compiler in ("gcc", "clang")
           for standard in ("c11", "gnu11") for bits in ("-m32", "-m64")],
         *[(compiler, "-std=c++17", bits, CXX) for compiler in ("g++", "clang++")
           for bits in ("-m32", "-m64")]]
PUBLIC = {"elf.h", "lintel.h", "linux.h", "multiboot1.h", "multiboot2.h", "pvh.h", "wire.h",
          "xen_guest.h", "xenpv.h"}
COMPILERS = {"stddef.h", "stdint.h"}  # freestanding C has these (C11, section 4)


def read_text(path):
    """A file of text."""
    with open(path, encoding="utf-8") as text:
        return text.read()


def structs(text):
    """The structures of a header: the comment in front, the name, and the fields' names."""
    for comment, name, body in re.findall(
            r"/\*\*\n((?: \*[^/\n]?[^\n]*\n)+?) \*/\nstruct (\w+) \{\n(.*?)\n\}", text, re.S):
        fields = [re.sub(r"\[.*?\]", "", word).split()[-1]
                  for line in body.split(";") for word in line.split(",") if word.strip()]
        yield comment, name, fields


class Headers(Case):
    """What lies in include/lintel."""

    def setUp(self):
        super().setUp()
        ran = make("install", "DESTDIR=" + self.path("root"), "PREFIX=/usr")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.include = self.path("root/usr/include")
        self.headers = sorted(os.listdir(self.include + "/lintel"))

    def text(self, name):
        """An installed header."""
        return read_text(f"{self.include}/lintel/{name}")

    def compiles(self, source, *flags, include=()):
        """A source must compile without a word in every mode."""
        path = self.file("x.c", source.encode())
        for compiler, standard, bits, strict in MODES:
            language = ["-x", "c++" if "++" in standard else "c"]
            ran = run(compiler, standard, bits, *strict, *flags, "-I", self.include, *include,
                      *language, "-fsyntax-only", path, cwd=self.dir)
            self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""),
                             (compiler, standard, bits))

    def test_only_public(self):
        self.assertEqual(set(self.headers), PUBLIC)
        for name in self.headers:
            found = set(re.findall(r'#\s*include\s*["<](.*)[">]', self.text(name)))
            self.assertLessEqual(found, PUBLIC | COMPILERS, name)
            calls = re.findall(r"^[^#\s/*].*\b(\w+)\(.*\);", self.text(name), re.M)
            self.assertLessEqual(set(calls), {"LINTEL_AT", "LINTEL_SIZE"}, "a function")

    def test_each_alone(self):
        for name in self.headers:
            with self.subTest(name):
                self.compiles(f"#include <lintel/{name}>\n" * 2 + "typedef int something;\n")

    def test_all_together(self):
        lines = [f"#include <lintel/{name}>\n" for name in self.headers]
        for order in (lines, lines[::-1]):
            self.compiles("".join(order) + read_text(media.program("structures.c")))

    def test_wrong_structures_do_not_compile(self):
        for check in ("LINTEL_SIZE(struct x, 4)", "LINTEL_AT(struct x, b, 4)"):
            source = self.file("x.c", ("#include <lintel/wire.h>\nstruct x { char a; int b; } "
                                       f"LINTEL_PACKED;\n{check};\n").encode())
            for compiler, standard, bits, _ in MODES:
                ran = run(compiler, standard, bits, "-I", self.include, "-x",
                          "c++" if "++" in standard else "c", "-fsyntax-only", source)
                self.assertNotEqual(ran.returncode, 0, (compiler, check))
                self.assertIn("lintel_", ran.stderr)

    def test_every_structure_is_explained(self):
        """A name, each field, the size and the source, in the form of kernel-doc."""
        for name in self.headers:
            found = list(structs(self.text(name)))
            self.assertEqual(len(found), len(re.findall(r"^struct \w+ \{", self.text(name), re.M)),
                             name)
            for comment, struct, fields in found:
                self.assertRegex(comment, rf"^ \* struct {struct} - \w", name)
                said = re.findall(r"^ \* @(\w+):\s+\S", comment, re.M)
                self.assertEqual(said, fields, struct)
                size, source = re.search(r"(?ms)^ \* (\d+) bytes.*?\((.*)\)", comment).groups()
                self.assertRegex(source, r"\.h|\.rst|gABI|\b3\.\d", struct)
                checked = re.search(rf"LINTEL_SIZE\(struct {struct}, (.*)\)", self.text(name))
                first, *less = (int(number, 0) for number in checked.group(1).split(" - "))
                self.assertEqual(int(size), first - sum(less), struct)

    def test_every_constant_is_explained(self):
        """By a comment behind it, or by one in front of it alone."""
        for name in self.headers:
            lines = self.text(name).split("\n")
            for number, line in enumerate(lines):
                if re.match(r"#define \w+ [0-9\"]", line):
                    before = lines[number - 1].strip()
                    alone = re.fullmatch(r"(/?\*.*)?\*/", before)
                    self.assertTrue("/*" in line or alone, f"{name}: {line}")

    def test_each_from_assembly(self):
        """A face or an entry takes its constants from the header that C takes them from."""
        constants = re.compile(r"^#define (\w+) (?:0x)?[0-9]", re.M)
        for header in [*(f"lintel/{name}" for name in self.headers), "protocol/pe.h"]:
            found = constants.findall(self.text(header[7:]) if header.startswith("lintel/")
                                      else read_text(header))
            source = self.file("x.S", "".join([f"#include <{header}>\n" * 2, *(
                f".quad {name}\n" for name in found)]).encode())
            for compiler in ("gcc", "clang"):
                for bits in ("-m32", "-m64"):
                    with self.subTest(header, compiler=compiler, bits=bits):
                        ran = run(compiler, bits, "-Wall", "-Werror", "-I", self.include,
                                  "-I", os.getcwd(), "-c", source, "-o", self.path("x.o"))
                        self.assertEqual((ran.returncode, ran.stderr), (0, ""))

    def test_note_from_assembly(self):
        source = self.file("x.S", b"#include <lintel/lintel.h>\nLINTEL_NOTE\n"
                                  b".quad XEN_VIRT_BASE, SUBARCH_XEN, XEN_ELFNOTE_ENTRY\n")
        for compiler in ("gcc", "clang"):
            for bits, form in (("-m32", "elf32-i386"), ("-m64", "elf64-x86-64")):
                ran = run(compiler, bits, "-Wall", "-Werror", "-I", self.include, "-c", source,
                          "-o", self.path("x.o"))
                self.assertEqual((ran.returncode, ran.stderr), (0, ""))
                note = run("objcopy", "-I", form, "-O", "binary", "-j", ".note.Lintel",
                           self.path("x.o"), self.path("note"))
                self.assertEqual((note.returncode, note.stderr), (0, ""))
                with open(self.path("note"), "rb") as data:
                    self.assertEqual(data.read(), b"\7\0\0\0\4\0\0\0\1\0\0\0Lintel\0\0\1\0\0\0")

    def test_example_as_the_readme_says(self):
        """Its commands, in a directory with nothing but the installed example."""
        with open("README.md", encoding="utf-8") as readme:
            command = re.search(r"^    (gcc (?:.*\\\n)*.*hello\.c.*)\n    (lintel build .*)\n",
                                readme.read(), re.M)
        example = self.path("root/usr/share/doc/lintel/examples/hello")
        env = dict(os.environ, CPATH=self.include,
                   PATH=self.path("root/usr/bin") + ":" + os.environ["PATH"])
        for compiler in ("gcc", "clang"):
            for line in (command.group(1).replace("gcc", compiler), command.group(2)):
                ran = run("sh", "-c", line, cwd=example, env=env)
                self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""), line)
            self.assertRegex(run("readelf", "-nW", example + "/hello.elf").stdout,
                             r"Lintel\s+0x00000004")

    def test_example_without_warnings(self):
        for name in ("hello.c", "console.c"):
            source = os.path.join("test/hello", name)
            for compiler in ("gcc", "clang"):
                ran = run(compiler, "-std=c11", *STRICT, "-I", self.include, "-fsyntax-only",
                          source)
                self.assertEqual((ran.returncode, ran.stderr), (0, ""))


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
