#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What Lintel costs between its first instruction and the kernel's, in QEMU.

usage: bench.py [-v] [-k GLOB] [BUILD]

A kernel of 8 MiB and an initrd of 64 MiB, packed into one image, through some doors.
count.c says how it counts: "own" are Lintel's instructions but for REP string
instructions, "REP" the bytes that these wrote, "moved" that as a multiple of the image.
The Makefile makes the plugin, BUILD/bench/count.so, and BUILD/bench/hash, which says what hashing
costs on this computer.
QEMU's time is counted in instructions, so the figures are the same every time.  -v adds
the pages of memory whose code is executed most.  Each line is a test: a figure above its
limit has failed, and so has a kernel that did not get its initrd.
"""
import argparse
import fnmatch
import os
import random
import struct
import subprocess
import sys
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(HERE)
from harness import media, qemu

KERNEL_SIZE, INITRD_SIZE = 8 << 20, 64 << 20
MEMORY = 512  # MiB
PAGES = 12
FIRST_SECTOR = 0x7c00  # where a BIOS enters a medium
# QEMU's option ROM copies the first 32 KiB of a kernel file to 0x10000.
SETUP_ENTRY = 0x10200
CD = ["-device", "ahci,id=sata", "-device", "ide-cd,bus=sata.0,drive=m,bootindex=1"]
DISK = ["-device", "virtio-blk-pci,drive=m,bootindex=1"]

# start: address of the first instruction; own: limit, in instructions; moved: limit
Door = namedtuple("Door", "name start args own moved")


def drive(path, options=""):
    """A drive for -device ...,drive=m."""
    return ["-drive", f"file={path},format=raw,if=none,id=m,readonly=on{options}"]


def doors(file):
    """The table; file(KIND) is the path of the image in one of its forms."""
    return [
        Door("bios/iso", FIRST_SECTOR, lambda: [*drive(file("iso"), ",media=cdrom"), *CD],
             15e6, 1.05),
        # The FAT must be read too.
        Door("bios/disk", FIRST_SECTOR, lambda: [*drive(file("disk")), *DISK], 16e6, 1.05),
        Door("linux16", SETUP_ENTRY, lambda: ["-kernel", file("efi")], 1e6, 0.05),
    ]


class Files:
    """What is made for a run, in BUILD/bench."""

    def __init__(self, build):
        self.lintel, self.work = os.path.join(build, "lintel"), os.path.join(build, "bench")
        os.makedirs(self.work, exist_ok=True)
        self.plugin, self.made, self.initrd_sum = self.path("count.so"), {}, ""

    def path(self, name):
        """A file of ours."""
        return os.path.join(self.work, name)

    def build(self):
        """The image."""
        self.make_kernel()
        self.make_initrd()
        media.run(self.lintel, "build", f"--stub={os.path.dirname(self.lintel)}/lintel.efi",
                  f"--linux={self.path('kernel')}", f"--initrd={self.path('initrd')}",
                  "--cmdline=bench", "--os-release=", f"--output={self.path('os.efi')}")

    def make_kernel(self):
        """kernel.S, filled up with bytes that do not repeat."""
        obj, flat = self.path("kernel.o"), self.path("kernel")
        media.run("gcc", f"-DKERNEL_SIZE={KERNEL_SIZE}", "-c", "-o", obj,
                  os.path.join(HERE, "kernel.S"))
        media.run("ld", "-Ttext=0", "--oformat=binary", "-e", "0", "-o", flat, obj)
        with open(flat, "ab") as out:
            out.write(random.Random(1).randbytes(KERNEL_SIZE - out.tell()))

    def make_initrd(self):
        """Bytes that do not repeat, and the sum of their words."""
        data = random.Random(2).randbytes(INITRD_SIZE)
        with open(self.path("initrd"), "wb") as out:
            out.write(data)
        total = sum(word for word, in struct.iter_unpack("<I", data))
        self.initrd_sum = f"{total & 0xffffffff:08x}"

    def get(self, kind):
        """The image, or a medium with it."""
        if kind not in self.made:
            path = self.made[kind] = self.path("os." + kind)
            if kind != "efi":
                media.run(self.lintel, kind, f"--output={path}", self.path("os.efi"))
        return self.made[kind]


    def clean(self):
        """Take away what is large; figures and logs stay."""
        for path in (self.path("kernel"), self.path("initrd"), *self.made.values()):
            if os.path.exists(path):
                os.unlink(path)


def measure(door, files):
    """Boot through a door; {name: number} and the pages by instructions."""
    stem = files.path(door.name.replace("/", "_"))
    out = stem + ".counts"
    if os.path.exists(out):
        os.unlink(out)
    args = [*door.args(), "-icount", "shift=3,sleep=off",
            "-plugin", f"{files.plugin},start={door.start},out={out}"]
    with qemu.Machine(args, stem + ".log", MEMORY, 300) as machine:
        machine.expect([f"^lintel-bench: initrd {files.initrd_sum}$"], "^lintel: E")
    counts, pages = {}, []
    with open(out, encoding="ascii") as lines:
        for name, *values in map(str.split, lines):
            if name == "page":
                pages.append((int(values[1]), int(values[0], 16)))
            else:
                counts[name] = int(values[0])
    return counts, sorted(pages, reverse=True)


def verdict(door, counts, moved):
    """What is above its limit."""
    if not counts["own"]:
        return "the loader's first instruction was not seen"
    if counts["own"] >= door.own:
        return f"{counts['own']} own instructions, {door.own:.0f} are too many"
    return f"more than {door.moved} times the image was moved" if moved > door.moved else ""


def run(door, files, verbose):
    """Measure a door and print its line; whether it is within its limits."""
    try:
        counts, pages = measure(door, files)
    except (qemu.Failed, media.Refused, OSError) as error:
        print(f"FAIL {door.name}: {error}", flush=True)
        return False
    moved = counts["rep_bytes"] / os.path.getsize(files.get("efi"))
    wrong = verdict(door, counts, moved)
    print(f"{'FAIL' if wrong else 'PASS'} {door.name:10} own {counts['own'] / 1e6:8.3f} M   "
          f"REP {counts['rep_bytes'] / 1e6:7.2f} MB   moved {moved:.3f}   "
          f"firmware {counts['firmware'] / 1e6:7.2f} M{'  ' + wrong if wrong else ''}", flush=True)
    for count, page in pages[:PAGES if verbose else 0]:
        print(f"     {page:#010x} {count:12}")
    return not wrong


def hashing(build):
    """Show what hashing costs; whether each hash is within its limit."""
    done = subprocess.run([os.path.join(build, "bench", "hash")], stdout=subprocess.PIPE, text=True,
                          timeout=300, check=False)
    print(done.stdout, end="", flush=True)
    return [line.startswith("PASS") for line in done.stdout.splitlines()] or [False]


def main():
    parser = argparse.ArgumentParser(description="count what Lintel executes, in QEMU")
    parser.add_argument("-v", action="store_true", help="show the busiest pages of code")
    parser.add_argument("-k", default="*", metavar="GLOB", help="only doors with such a name")
    parser.add_argument("build", nargs="?", default="build")
    options = parser.parse_args()
    files = Files(os.path.abspath(options.build))
    chosen = [door for door in doors(files.get) if fnmatch.fnmatch(door.name, options.k)]
    hashed = hashing(options.build) if fnmatch.fnmatch("hash", options.k) else []
    if not chosen and not hashed:
        sys.exit(f"bench: no door is named {options.k}")
    try:
        if chosen:
            files.build()
        passed = [*hashed, *(run(door, files, options.v) for door in chosen)]
    finally:
        files.clean()
    print(f"{passed.count(True)} passed, {passed.count(False)} failed")
    sys.exit(False in passed)


if __name__ == "__main__":
    main()
