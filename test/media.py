# SPDX-License-Identifier: BSD-2-Clause
"""Making what a machine boots from: a GRUB ISO, an isolinux ISO, the lying BIOS disk.

Every file of a medium is given as name -> path and lies in the medium's root.
"""
import os
import subprocess
import tempfile

GRUB_PLATFORM = "/usr/lib/grub/i386-pc"
GRUB_HEAD = """\
serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
"""
ISOLINUX_FILES = ("isolinux.bin", "ldlinux.c32", "libcom32.c32", "mboot.c32")
LIE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lie.S")


class Refused(Exception):
    """A program that makes a medium failed; the text is what it said."""


def run(*command):
    """Run a command that must work."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=300, check=False)
    if done.returncode:
        raise Refused(f"{command[0]}: {done.stdout.strip()[-1000:]}")


def grafts(files):
    """xorriso's words for files in the root of an ISO."""
    return [f"/{name}={os.path.abspath(path)}" for name, path in files.items()]


def grub_iso(output, config, files):
    """A CD and disk image on which GRUB for the BIOS runs @config."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(output)) as root:
        os.makedirs(os.path.join(root, "boot/grub"))
        with open(os.path.join(root, "boot/grub/grub.cfg"), "w", encoding="utf-8") as out:
            out.write(config)
        run("grub-mkrescue", "-d", GRUB_PLATFORM, "--fonts=", "--locales=", "--themes=",
            "-o", output + ".tmp", root, *grafts(files))
    os.replace(output + ".tmp", output)


def isolinux_iso(output, config, files):
    """A CD on which isolinux runs @config; @files must hold ISOLINUX_FILES."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(output)) as root:
        with open(os.path.join(root, "isolinux.cfg"), "w", encoding="utf-8") as out:
            out.write(config)
        # isolinux writes its boot info table into its file's copy on the CD.
        run("xorriso", "-as", "mkisofs", "-quiet", "-graft-points", "-b", "isolinux.bin",
            "-c", "boot.cat", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
            "-o", output + ".tmp", root, *grafts(files))
    os.replace(output + ".tmp", output)


def lying_disk(output, entries):
    """A disk that makes the BIOS tell @entries E820 entries, then boots the second disk."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(output)) as work:
        obj, binary = os.path.join(work, "lie.o"), os.path.join(work, "lie.bin")
        run("gcc", "-m32", "-c", f"-DENTRIES={entries}", "-o", obj, LIE)
        run("ld", "-m", "elf_i386", "-Ttext=0", "--oformat=binary", "-o", binary, obj)
        with open(binary, "rb") as code:
            data = code.read()
    with open(output, "wb") as disk:
        disk.write(data.ljust(1 << 20, b"\0"))


def lie_ram(entries):
    """The bytes of RAM in the map that lie.S tells."""
    pairs = (entries - 5) // 2
    rest = 0x1ffe0000 - (0x10000000 + (pairs << 19) + 0x1000)
    return 0x9f800 + 0xff00000 + pairs * 0x7f000 + rest
