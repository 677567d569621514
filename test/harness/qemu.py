# SPDX-License-Identifier: BSD-2-Clause
"""Running QEMU: the one place that does it.

A Machine is one QEMU under a time limit, with its serial console, its port 0xe9
and its monitor in files beside the log.  LINTEL_TIMEOUT_SCALE in the environment
stretches every limit, for slow or busy computers.
"""
import functools
import json
import os
import re
import signal
import subprocess
import time

QEMU = "qemu-system-x86_64"
POLL = 0.05
TAIL = 25
VGA_TEXT = 0xb8000
VGA_SIZE = 80 * 25 * 2
# Cursor movements and colours, as GRUB and kernels send them to a terminal.
ESCAPES = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1bc|\r")


LIVE = set()  # the process groups that run


class Failed(Exception):
    """The machine did not do what it should; the text says what."""


def scaled(seconds):
    """A time limit as this computer needs it."""
    return seconds * float(os.environ.get("LINTEL_TIMEOUT_SCALE", "1"))


def stop_all():
    """End every machine, for a user who does not want to wait."""
    for group in list(LIVE):
        os.killpg(group, signal.SIGKILL)


def base(mib, machine="pc"):
    """The arguments that every machine has: a PC without network, @mib of memory."""
    common = [QEMU, "-accel", "tcg", "-no-reboot", "-nodefaults", "-display", "none",
              "-m", f"{mib}M"]
    if machine == "microvm":
        # No VGA.  Without a timer that Linux could do without, on a busy computer it calibrates
        # nothing and waits forever, so time is counted in instructions.
        return [*common, "-machine", machine, "-icount", "shift=1,sleep=off"]
    return [*common, "-vga", "std", "-machine", f"{machine},memory-backend=ram",
            # reserve=off: memory that nobody touches costs nothing, so 100 GiB work anywhere.
            "-object", f"memory-backend-ram,id=ram,size={mib}M,reserve=off"]


def clean(data):
    """Console bytes as plain text."""
    return ESCAPES.sub("", data.decode("utf-8", "replace")).replace("\0", "")


class Machine:
    """One QEMU; use it in a with statement, which always ends it.

    @args are added to base(@mib, @machine).  Files: @log (command line, then the serial
    console), and with other endings .e9 (port 0xe9), .qmp (monitor, QEMU's errors).
    """

    def __init__(self, args, log, mib=512, seconds=60, echo=False, machine="pc"):
        self.log, self.echo = log, echo
        self.e9, self.qmp = log[:-len("log")] + "e9", log[:-len("log")] + "qmp"
        self.args = [*base(mib, machine), *args, "-qmp", "stdio", "-debugcon", f"file:{self.e9}",
                     "-chardev", f"file,id=serial,path={log},append=on",
                     "-serial", "chardev:serial"]
        self.limit = scaled(seconds)
        self.process, self.start, self.skip, self.shown = None, 0.0, 0, 0

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.skip = log.write(" ".join(self.args).encode() + b"\n")
        # timeout(1) ends QEMU even if this program is killed.
        command = ["timeout", "-s", "KILL", f"{self.limit + 30:.0f}", *self.args]
        with open(self.qmp, "wb") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out,
                                            stderr=subprocess.STDOUT, start_new_session=True)
        LIVE.add(self.process.pid)
        self.start = time.monotonic()
        self.ask("qmp_capabilities")
        return self

    def __exit__(self, *_):
        LIVE.discard(self.process.pid)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()

    def ask(self, command, **arguments):
        """Send a command to QEMU's monitor."""
        line = json.dumps({"execute": command, "arguments": arguments}) + "\n"
        try:
            self.process.stdin.write(line.encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # QEMU has ended; why, the next wait says

    def console(self):
        """What the serial console has said so far."""
        with open(self.log, "rb") as log:
            log.seek(self.skip)
            return clean(log.read())

    def debugcon(self):
        """What port 0xe9 has said so far."""
        with open(self.e9, "rb") as e9:
            return clean(e9.read())

    def vga(self):
        """The VGA text memory, lines of 80 characters without line ends."""
        path = os.path.abspath(self.log[:-len("log")] + "vga")
        if os.path.exists(path):
            os.unlink(path)
        self.ask("pmemsave", val=VGA_TEXT, size=VGA_SIZE, filename=path)
        self.until(lambda: os.path.exists(path) and os.path.getsize(path) == VGA_SIZE,
                   "copy of the VGA text memory")
        with open(path, "rb") as vga:
            return vga.read()[::2].decode("cp437")

    def ended(self):
        """How the machine stopped: "shutdown", "reset", "error ..."; "" while it runs."""
        status = self.process.poll()
        if status is None:
            return ""
        with open(self.qmp, encoding="utf-8", errors="replace") as qmp:
            text = qmp.read()
        if status != 0:
            words = [line for line in text.splitlines() if not line.startswith("{")]
            return f"error {status} {' '.join(words[-2:])}"
        return "reset" if '"reason": "guest-reset"' in text else "shutdown"

    def show(self):
        """Copy what is new on the console to standard output."""
        text = self.console()
        print(text[self.shown:], end="", flush=True)
        self.shown = len(text)

    def find(self, pattern, at=0):
        """A regex on the serial console, from character @at on; "" for no regex."""
        return pattern and re.compile(pattern, re.M).search(self.console(), at)

    def until(self, done, what, never=""):
        """Wait until @done() is true; the machine's end, @never on the console or time fail."""
        while True:
            end = self.ended()  # before the look, so that last words count
            if self.echo:
                self.show()
            bad = self.find(never)
            if bad:
                raise Failed(f"the console says: {bad.group().strip()}")
            result = done()
            if result:
                return result
            if end:
                raise Failed(f"no {what} before the machine stopped ({end})")
            if time.monotonic() - self.start > self.limit:
                raise Failed(f"no {what} within {self.limit:.0f} s")
            time.sleep(POLL)

    def expect(self, patterns, never=""):
        """Wait until each regex was seen on the console, in this order, and @never was not."""
        at = 0
        for pattern in patterns:
            match = self.until(functools.partial(self.find, pattern, at), f"'{pattern}'", never)
            at = match.end()

    def expect_end(self, how):
        """Wait until the machine has stopped, and in the way of @how."""
        end = self.until(self.ended, f"end ({how})")
        if end != how:
            raise Failed(f"the machine stopped by {end}, expected {how}")

    def tail(self):
        """The last lines of the console, for a failure's report."""
        return [line for line in self.console().splitlines() if line.strip()][-TAIL:]
