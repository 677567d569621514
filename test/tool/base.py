# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of build/lintel share: where it was built, and cases that run it."""
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import unittest

from tool.files import bzimage, load

# Each test's first argument; its own text says how it is called.
BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else \
    sys.exit(sys.modules["__main__"].__doc__)
LINTEL = os.path.join(BUILD, "lintel")
STUB = {face: os.path.join(BUILD, "lintel." + face) for face in ("efi", "elf")}
TIMEOUT = 120


def run(*command, **kwargs):
    """Run a command; the process, with its output as text."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False,
                          **{"timeout": TIMEOUT, **kwargs})


def with_passphrase(passphrase, *command):
    """Run a command that asks for a passphrase on its terminal; its exit status."""
    pid, terminal = pty.fork()
    if not pid:
        os.execv(command[0], command)
    shown = b""
    while b"pass phrase" not in shown:
        if not select.select([terminal], [], [], TIMEOUT)[0]:
            raise AssertionError(f"nothing is asked: {shown}")
        shown += os.read(terminal, 1000)
    os.write(terminal, passphrase.encode() + b"\n")
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    return os.waitstatus_to_exitcode(status)


def make(*words, **env):
    """Run make with a clean environment of its own; it may have to build."""
    clean = {key: value for key, value in os.environ.items()
             if key not in ("MAKEFLAGS", "MAKELEVEL", "CHECKING", "SOURCE_DATE_EPOCH")}
    return run("make", "--no-print-directory", "BUILD=" + os.path.relpath(BUILD), *words,
               env={**clean, **env}, timeout=600)


class Tool(unittest.TestCase):
    """A temporary directory, and the tool."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="lintel-test.")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        """A name in the temporary directory."""
        return os.path.join(self.dir, name)

    def file(self, name, data):
        """Make a file; return its path."""
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def sparse(self, name, size):
        """Make a file of zeros that costs nothing."""
        with open(self.path(name), "wb") as f:
            f.truncate(size)
        return self.path(name)

    def lintel(self, *args, **kwargs):
        """Run the tool."""
        return run(LINTEL, *args, **kwargs)


def plain(args):
    """Options of a build of which the result does not depend on this machine's os-release."""
    given = any(arg.startswith("--os-release") for arg in args)
    return args if given else ("--os-release=", *args)


class Case(Tool):
    """A kernel in the directory, and builds with it."""

    def setUp(self):
        super().setUp()
        self.kernel = self.file("vmlinuz", bzimage())
        self.output = self.path("os.efi")
        self.elf = self.path("os.elf")

    def build(self, *args, faces=("efi", "elf"), kernel=None):
        """A build that must succeed in silence; the bytes of the faces by name."""
        outputs = {"efi": "--output=" + self.output, "elf": "--elf=" + self.elf}
        ran = self.lintel("build", "--linux=" + (kernel or self.kernel), *plain(args),
                          *[outputs[face] for face in faces])
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        self.assert_no_temporary()
        paths = {"efi": self.output, "elf": self.elf}
        return {face: load(paths[face]) for face in faces}

    def assert_no_temporary(self):
        """Nothing half-written stays, in the output's directory or here."""
        left = [n for d in (self.dir, os.getcwd()) for n in os.listdir(d) if ".lintel" in n]
        self.assertEqual(left, [])

    def refused(self, *args, file=None, says=(), kernel=None, **kwargs):
        """A build that must end with one line about the file and change nothing."""
        self.file("os.efi", b"precious")
        self.file("os.elf", b"valuable")
        kernel = kernel or self.kernel
        ran = self.lintel("build", "--linux", kernel, *plain(args), "--output", self.output,
                          "--elf", self.elf, **kwargs)
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertEqual(ran.stdout, "")
        self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)
        self.assertTrue(ran.stderr.startswith("lintel: %s: " % (file or kernel)), ran.stderr)
        for text in says:
            self.assertIn(text, ran.stderr)
        self.assertEqual((load(self.output), load(self.elf)), (b"precious", b"valuable"))
        self.assert_no_temporary()

    def stub(self, change_efi=None, change_elf=None, name="changed"):
        """A changed copy of both bare faces; return the path of the .efi."""
        for face, change in (("efi", change_efi), ("elf", change_elf)):
            data = bytearray(load(STUB[face]))
            if change:
                change(data)
            self.file(name + "." + face, data)
        return self.path(name + ".efi")
