# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of sealed images, and of images that must be measured.

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""
import os

from doors.base import CMDLINE, WRONG, Case, debian, grub, qemu
from doors.files import MAKERS, OS_RELEASE, file
from harness import media, payload

SEALED = "^lintel: sealed image: the loader's %s is left out"
DIGESTS = [rf"^lintel-init: report digest={name}:[0-9a-f]{{64}}$"
           for name in (r"\.osrel", r"\.cmdline", r"\.uname", r"\.initrd", r"\.linux")]


def packed(*options, face="output"):
    """What makes an image that asks for something."""
    def make(build, output):
        media.run(os.path.join(build, "lintel"), "build", f"--linux={file(build, 'cloud')}",
                  f"--initrd={file(build, 'first')}", f"--cmdline={CMDLINE}",
                  f"--os-release={OS_RELEASE}", *options, f"--{face}={output}")
    return make


def damaged(build, output):
    """A sealed image with one bit of its kernel flipped."""
    with open(file(build, "sealed.efi"), "rb") as image:
        data = bytearray(image.read())
    data[-len(data) // 8] ^= 1
    payload.write(output, bytes(data))


MAKERS.update({
    "sealed.efi": packed("--sealed"),
    "sealed.elf": packed("--sealed", face="elf"),
    "strict.efi": packed("--sealed=strict"),
    "measured.efi": packed("--measured=required"),
    "damaged-sealed.efi": damaged,
})


def started(name, medium, *dropped):
    """A sealed image that starts with nothing but what is packed into it."""
    return Case(f"sealed/{name}", medium,
                [*[SEALED % what for what in dropped], *debian("cloud")],
                WRONG + "|lintel-init: file second ok")


def refused(name, error, medium):
    """An image that does not start: the line on every console."""
    return Case(f"sealed/refuse/{name}", medium, [f"^lintel: {error} "], "Linux version",
                everywhere=("debugcon",))


def reported():
    """The report has a SHA-256 of each section."""
    return Case("sealed/report", qemu("sealed.efi"), [*DIGESTS, "^lintel-init: initrd ok$"])


CASES = [
    reported(),
    started("linux16", qemu("sealed.efi", "second", "evil=1"), "initrd", "command line"),
    started("pvh", qemu("sealed.elf", "second", "evil=1"), "initrd", "command line"),
    started("multiboot2", grub("multiboot2 /sealed.efi evil=1", "module2 /second"), "initrd",
            "command line"),
    started("multiboot1", grub("multiboot /sealed.efi evil=1", "module /second"), "initrd",
            "command line"),
    started("linux32", grub("linux /sealed.efi evil=1", "initrd /second"), "initrd",
            "command line"),
    refused("initrd", "E37", grub("multiboot2 /strict.efi", "module2 /second")),
    refused("words", "E37", qemu("strict.efi", cmdline="evil=1")),
    refused("kernel", "E31", qemu("damaged-sealed.efi")),
    refused("command-line", "E31", grub("multiboot2 /sealed.efi.changed")),
    refused("unmeasured", "E38", qemu("measured.efi")),
]
