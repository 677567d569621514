#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of what users' machines do to build/lintel: python3 test/tool/host_test.py BUILD_DIR

A full disk behind stdout.
"""
import os
import subprocess
import sys

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted
from tool.build_test import Case, LINTEL, TIMEOUT, load


def run(*args, **kwargs):
    """Run the tool, with further arguments for subprocess."""
    return subprocess.run([LINTEL, *args], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, timeout=TIMEOUT, check=False, **kwargs)


class Stdout(Case):
    """Text that is lost is an error."""

    def commands(self):
        """One of each kind that prints."""
        return [["--help"], ["--version"], ["build", "--help"], ["iso", "--help"],
                ["disk", "--help"], ["inspect", "--help"], ["explain", "--help"],
                ["inspect", self.kernel], ["explain", self.kernel],
                ["inspect", "--json=short", self.kernel],
                ["explain", "--json=pretty", self.kernel],
                ["build", "--linux", self.kernel, "--output", self.output, "--measure"],
                ["build", "--linux", self.kernel, "--output", self.output, "--measure",
                 "--json=short"]]

    def check_lost(self, **kwargs):
        """Status 1, one line, no image."""
        for args in self.commands():
            ran = run(*args, **kwargs)
            self.assertEqual(ran.returncode, 1, args)
            self.assertRegex(ran.stderr, r"^lintel: stdout: cannot be written.*\n$", args)
            self.assertFalse(os.path.exists(self.output), args)
            self.assert_no_temporary()

    def test_full(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            self.check_lost(stdout=full)

    def test_closed(self):
        self.check_lost(preexec_fn=lambda: os.close(1))

    def test_read_only(self):
        with open("/dev/null", encoding="ascii") as null:
            self.check_lost(stdout=null)

    def test_not_needed(self):
        """A build that prints nothing does not mind."""
        ran = run("build", "--linux", self.kernel, "--output", self.output,
                  preexec_fn=lambda: os.close(1))
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))

    def test_no_descriptor_at_all(self):
        """What the tool opens does not become its stdin, stdout or stderr."""
        ran = run("build", "--linux", self.kernel, "--output", self.output,
                  preexec_fn=lambda: os.closerange(0, 3))
        self.assertEqual(ran.returncode, 0)
        self.assertEqual(load(self.output), self.build(faces=("efi",))["efi"])


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
