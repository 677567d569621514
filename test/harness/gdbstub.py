# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's gdb stub, as far as tests need it: stop at an address, look, change, go on.

The Remote Serial Protocol of gdb; QEMU shows the registers of an x86-64 machine in
their 64-bit layout in every mode.
"""
import os
import re
import socket
import subprocess
import time

# Numbers in gdb's order of the amd64 registers.
RAX, RBX, RCX, RDX, RSI, RDI, RIP = 0, 1, 2, 3, 4, 5, 16


def arguments(path):
    """What makes QEMU stop before the first instruction and offer a stub at @path."""
    if os.path.exists(path):
        os.unlink(path)
    return ["-S", "-gdb", f"unix:{path},server=on,wait=off"]


class Stub:
    """A connection to QEMU's gdb stub."""

    def __init__(self, path):
        self.link = socket.socket(socket.AF_UNIX)
        self.link.settimeout(60)
        for _ in range(100):
            try:
                self.link.connect(path)
                return
            except OSError:
                time.sleep(0.1)
        raise OSError("QEMU's gdb stub does not answer")

    def ask(self, packet):
        """Send a packet and return the answer's text."""
        data = packet.encode()
        self.link.sendall(b"$" + data + b"#%02x" % (sum(data) & 255))
        answer = b""
        while not re.search(rb"\$[^#]*#..$", answer):
            part = self.link.recv(65536)
            if not part:
                raise OSError("QEMU ended")
            answer += part
        self.link.sendall(b"+")
        return re.search(rb"\$([^#]*)#..$", answer).group(1).decode()

    def memory(self, address, size):
        """Bytes of the machine's memory."""
        data = b""
        while len(data) < size:
            part = min(1024, size - len(data))
            data += bytes.fromhex(self.ask(f"m{address + len(data):x},{part:x}"))
        return data

    def write(self, address, data):
        """Change the machine's memory."""
        self.ask(f"M{address:x},{len(data):x}:{data.hex()}")

    def run_to(self, address):
        """Run until the processor is about to execute @address."""
        self.ask("?")
        self.ask(f"Z1,{address:x},1")
        self.ask("c")
        self.ask(f"z1,{address:x},1")

    def go(self):
        """Run on, and leave."""
        data = b"D"
        self.link.sendall(b"$" + data + b"#%02x" % (sum(data) & 255))
        self.link.close()

    def set_register(self, number, value):
        """Set a general register."""
        state = self.ask("g")  # QEMU takes single ones only from a client that speaks XML
        at = number * 16
        self.ask("G" + state[:at] + value.to_bytes(8, "little").hex() + state[at + 16:])

    def register(self, number):
        """The lower half of a general register."""
        return int.from_bytes(bytes.fromhex(self.ask("g")[number * 16:number * 16 + 8]), "little")


def symbol(build, name):
    """A symbol's file offset."""
    lines = subprocess.run(["nm", os.path.join(build, "lintel.linked")], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    return next(int(line.split()[0], 16) for line in lines if line.split()[2] == name)
