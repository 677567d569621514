# SPDX-License-Identifier: BSD-2-Clause
"""Running Bochs, a PC with a BIOS of its own, under a time limit; as qemu.py otherwise.

Only media boot here, so a machine is told by its drives.  Bochs has no monitor, and its
screen cannot be read.
"""
import os
import subprocess
import time

from harness import qemu

SHARE = "/usr/share/bochs/"
MODEL = "corei7_sandy_bridge_2600k"
OFF = "ACPI control: soft power off"  # what a switched-off machine panics with
CONFIGURATION = """\
display_library: term
memory: guest={mib}, host={mib}
cpu: model={model}, ips=50000000, reset_on_triple_fault=0
romimage: file={share}BIOS-bochs-latest
vgaromimage: file={share}VGABIOS-lgpl-latest
pci: enabled=1, chipset=i440fx
com1: enabled=1, mode=file, dev={serial}
port_e9_hack: enabled=1
speaker: enabled=0
clock: sync=none
log: {said}
panic: action=fatal
error: action=report
info: action=report
debug: action=ignore
"""


class Machine(qemu.Machine):
    """One Bochs; use it in a with statement, which always ends it.

    @lines are added to CONFIGURATION.  Files: @log (serial console), and with other endings
    .bochsrc (the configuration), .bochs (Bochs's own words), .e9 (its output, with port 0xe9).
    """

    def __init__(self, lines, log, mib, seconds, model=MODEL):
        super().__init__([], log, mib, seconds)
        stem = log[:-len("log")]
        self.said, self.config = stem + "bochs", stem + "bochsrc"
        self.text = CONFIGURATION.format(mib=mib, model=model, share=SHARE, serial=log,
                                         said=self.said) + "\n".join([*lines, ""])

    def __enter__(self):
        for path in (self.log, self.said):
            with open(path, "wb"):
                pass  # of an earlier run
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(self.text)
        command = ["timeout", "-s", "KILL", f"{self.limit + 30:.0f}", "bochs", "-q", "-f",
                   self.config]
        with open(self.e9, "wb") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out,
                                            stderr=subprocess.STDOUT, start_new_session=True,
                                            env={**os.environ, "TERM": "dumb"})
        qemu.LIVE.add(self.process.pid)
        self.start = time.monotonic()
        self.go()
        return self

    def go(self):
        """Debian's Bochs is one with a debugger, which waits for this."""
        try:
            self.process.stdin.write(b"c\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # Bochs has ended; why, the next wait says

    def ended(self):
        """How the machine stopped: "shutdown", "error ..."; "" while it runs."""
        if self.process.poll() is None:
            return ""
        with open(self.said, encoding="utf-8", errors="replace") as said:
            panics = [line.strip() for line in said if ">>PANIC<<" in line]
        if not panics:
            return f"error {self.process.returncode}, {self.e9} says why"
        return "shutdown" if OFF in panics[-1] else f"error {panics[-1]}"
