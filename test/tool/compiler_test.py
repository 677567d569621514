#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Other compilers than the machine's gcc: compiler_test.py BUILD, in the top directory

Builds everything with clang into BUILD/clang, and boots this on a BIOS and on both kinds of UEFI;
builds the images with a cross compiler's prefix into BUILD/cross: they must be the same bytes.
"""
import os
import re
import sys
import unittest

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted
from tool.base import BUILD, make, run
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


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
