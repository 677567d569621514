# SPDX-License-Identifier: BSD-2-Clause
"""A TPM 2.0 beside a machine of QEMU: the program swtpm, with a state of its own.

A TPM's state folder is what it keeps without power, its seeds among it; a copy of one is
the same TPM.  Its PCRs begin anew each time that QEMU switches the machine on.
"""
import os
import shutil
import subprocess
import tempfile
import time

from harness import qemu

MODELS = ("tpm-crb", "tpm-tis")
SECONDS = 30  # until swtpm listens


class Tpm:
    """One swtpm; use it in a with statement, which always ends it.

    @log: where its words go; @seconds: the longest that the machine runs; @before: a state
    folder to begin with, else the TPM is a new one
    """

    def __init__(self, log, seconds, before="", model=MODELS[0]):
        self.log, self.before, self.model = log, before, model
        self.limit = qemu.scaled(seconds)
        # A socket's path must be short, so it does not lie in BUILD.
        self.state = tempfile.mkdtemp(prefix="lintel-tpm-")
        self.socket = os.path.join(self.state, "socket")
        self.process = None

    def __enter__(self):
        if self.before:
            shutil.copytree(self.before, self.state, dirs_exist_ok=True)
        with open(self.log, "wb") as out:
            # timeout(1) ends it even if this program is killed.
            self.process = subprocess.Popen(
                ["timeout", "-s", "KILL", f"{self.limit + 60:.0f}", "swtpm", "socket", "--tpm2",
                 "--tpmstate", f"dir={self.state}", "--ctrl", f"type=unixio,path={self.socket}"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        try:
            self.wait()
        except qemu.Failed:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def wait(self):
        """Until QEMU can connect."""
        start = time.monotonic()
        while not os.path.exists(self.socket):
            if self.process.poll() is not None or time.monotonic() - start > qemu.scaled(SECONDS):
                raise qemu.Failed(f"swtpm does not listen; {self.log} says why")
            time.sleep(qemu.POLL)

    def stop(self):
        """End it, and forget its state."""
        self.process.terminate()  # timeout(1) passes it on
        self.process.wait()
        shutil.rmtree(self.state, ignore_errors=True)

    def keep(self, directory):
        """Copy what the TPM keeps without power; the machine must have ended."""
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(self.state, directory, ignore=shutil.ignore_patterns("socket", ".lock"))

    def arguments(self):
        """What connects it to QEMU's machine."""
        return ["-chardev", f"socket,id=tpm,path={self.socket}",
                "-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", f"{self.model},tpmdev=tpm0"]
