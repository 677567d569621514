#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Other machines and compilers than this one's: compiler_test.py BUILD, in the top directory

Builds everything with clang into BUILD/clang, and boots this on a BIOS and on both kinds of UEFI;
builds the images with a cross compiler's prefix into BUILD/cross: they must be the same bytes.
What a bare machine lacks is told in one line.
"""
import os
import re
import sys
import unittest

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted
from tool.base import BUILD, Tool, make, run
from tool.files import load

# A tool that is called by its own name.
PLAIN = re.compile(r"(?<![\w./-])(?:gcc|cc|clang|ld|as|objcopy|readelf|nm)(?= -)")
IMAGES = ("lintel.efi", "lintel.elf", "lintelia32.efi", "bios.bin")
PREFIX = "CROSS_COMPILE=x86_64-linux-gnu-"


class Compiler(unittest.TestCase):
    """make CC=, CROSS_COMPILE="""

    def build(self, name, *words):
        """Build into a directory of its own; its path."""
        there = os.path.relpath(os.path.join(BUILD, name))
        targets = [word.replace("DIR", there) for word in words]
        ran = make("-j2", "BUILD=" + there, *targets)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return there

    def test_clang(self):
        there = self.build("clang", "CC=clang", "all", "DIR/unit")
        ran = run(os.path.join(there, "unit"))
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        if not os.path.lexists(there + "/payload"):
            os.symlink("../payload", there + "/payload")
        ran = run(sys.executable, "test/doors/run.py", "-k", "probe.bzImage/*/direct", there,
                  timeout=600)
        self.assertIn("3 passed, 0 failed\n", ran.stdout, ran.stderr)

    def test_cross(self):
        there = self.build("cross", PREFIX, *["DIR/" + name for name in IMAGES])
        for name in IMAGES:
            self.assertEqual(load(os.path.join(there, name)), load(os.path.join(BUILD, name)), name)

    def test_every_tool_has_the_prefix(self):
        ran = make("-nB", PREFIX, "HOSTCC=host-compiler", "all", os.path.relpath(BUILD) + "/unit")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(PLAIN.findall(ran.stdout), [])
        for tool in ("gcc", "ld", "objcopy", "readelf", "nm"):
            self.assertIn("x86_64-linux-gnu-" + tool + " ", ran.stdout)


class Needs(Tool):
    """What the build needs, where it is not there."""

    def lacks(self, *words):
        """What a build says that it lacks, in its only line but for make's own."""
        ran = make("BUILD=" + self.dir, *words)
        line, *rest = ran.stderr.splitlines()
        self.assertEqual((ran.returncode, len(rest), ran.stdout), (2, 1, ""), ran.stderr)
        return re.fullmatch("lintel: the build lacks (.*); make deps installs it", line).group(1)

    def test_header(self):
        pairs = dict(need.split(":") for need in make("print-HEADERS").stdout.split())
        self.assertIn("lz4.h", pairs)
        for absent, package in pairs.items():
            folder = self.path("without-" + package)
            for header in {*pairs} - {absent}:
                os.makedirs(os.path.dirname(os.path.join(folder, header)), exist_ok=True)
                open(os.path.join(folder, header), "w", encoding="ascii").close()
            self.assertEqual(self.lacks(f"HOSTCC=gcc -nostdinc -isystem {folder}"),
                             f"{package} ({absent})")

    def test_tool(self):
        for tool in ("CC", "CC16", "HOSTCC", "LD", "NM", "OBJCOPY", "READELF"):
            self.assertEqual(self.lacks(tool + "=absent-tool --word").split()[0], "absent-tool")

    def test_deps(self):
        """Only what the build needs, and on a machine that has it nothing is done."""
        ran = make("-n", "deps")
        self.assertIn(" liblz4-dev ", ran.stdout)
        self.assertNotIn("qemu", ran.stdout)
        ran = make("deps")
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
