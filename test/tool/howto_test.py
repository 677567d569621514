#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The blocks of README.md and docs/howto.md, run word by word: howto_test.py BUILD_DIR

A block is run in a directory where build/ is the build, and where boot/, usr/ and srv/ stand for
the machine's.  QEMU is called as the block says, but always with -accel tcg.  ELSEWHERE lists
every block that is not run here, with who runs it or why nobody does; so a new one cannot be
forgotten.
"""
import os
import re
import shutil
import signal
import subprocess
import sys

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from doors import efi, files as doors_files
from harness import counted, media, payload, qemu
from tool.base import BUILD, LINTEL, Tool, run
from tool.files import load, section_bytes

TOP = os.path.dirname(sys.path[0])
DOCUMENTS = ("README.md", "docs/howto.md")
VERSION = "6.1.0-x"
BOOTED = r"^lintel-init: initrd ok"
SECONDS = 120
# Words that only one block has.
ELSEWHERE = {
    "find the kernel,  ----": "a drawing",
    "make run ": "install: test_make_run",
    "sudo make install": "install: test_nothing_is_left, test_package",
    "put_ranges(bp->e820_table": "a part of test/hello/hello.c: headers, doors: hello/*",
    "LINTEL_NOTE ": "a part of test/hello/entry.S: the same",
    "kexec -s -l": "starts another kernel on this machine; doors: kexec/*, added/kexec",
    'type = "pvh"': "xl in a Xen machine; make check-xen",
    "multiboot2 /xen.gz": "make check-xen",
    "systemd-cryptenroll": "enrols a TPM of this machine",
    "dracut --uefi": "needs the kernel's modules; doors: stub/dracut/*",
    "kernel http://192.168.1.1/OS.efi": "a server's address; doors: net/*",
    "kernel lintel.efi linux=": "the same",
    "dhcp-range=": "configures a server of the network; doors: net/*",
    "ONERROR auto": "doors: syslinux/2026/again",
    "0x4c544e4c": "install: test_report",
}


def blocks():
    """All blocks of both documents."""
    return [block for name in DOCUMENTS
            for block in re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+",
                                    load(os.path.join(TOP, name)).decode(), re.M)]


class Howto(Tool):
    """A directory with a kernel and an initrd in boot/, and programs that blocks call."""

    seen = set()

    def setUp(self):
        super().setUp()
        for name in ("bin", "boot", "srv/tftp", "usr/lib/ISOLINUX"):
            os.makedirs(self.path(name))
        os.symlink(BUILD, self.path("build"))
        os.symlink(LINTEL, self.path("bin/lintel"))
        self.script("uname", f"echo {VERSION}")
        # harness/qemu.py says why a microvm's time is counted in instructions.
        self.script(qemu.QEMU,
                    'case "$*" in *microvm*) set -- "$@" -icount shift=1,sleep=off;; esac\n'
                    f"exec timeout --foreground {SECONDS} {shutil.which(qemu.QEMU)} "
                    '-accel tcg -no-reboot "$@"')
        shutil.copy(payload.get(BUILD, "cloud"), self.path("boot/vmlinuz-" + VERSION))
        shutil.copy(self.initrd(), self.path("boot/initrd.img-" + VERSION))

    def script(self, name, line):
        """A program in front of the machine's own."""
        self.file("bin/" + name, f"#!/bin/sh\n{line}\n".encode())
        os.chmod(self.path("bin/" + name), 0o755)

    def initrd(self):
        """An initrd that speaks to the serial line and ends, whatever the command line says."""
        init = payload.INIT.replace("dmesg -n 1", "exec >/dev/ttyS0\ndmesg -n 1")
        init = init.replace('*" lintel.init=poweroff "*', "*")
        return payload.initrd(BUILD, "howto", init=init)

    def block(self, word):
        """The block that has this word, from the left margin on."""
        found = [block for block in blocks() if word in block]
        self.assertEqual(len(found), 1, word)
        self.seen.add(found[0])
        return re.sub("^    ", "", found[0], flags=re.M)

    def lines(self, word):
        """The commands of a block; the machine's folders are those of the directory."""
        text = re.sub(r"(?<=[ =\"])/(?=(boot|usr|srv)/)", "", self.block(word))
        return text.replace("\\\n", " ").splitlines()

    def env(self):
        """The environment of a block: programs of bin/ come first."""
        return dict(os.environ, PATH=self.path("bin") + ":" + os.environ["PATH"])

    def shell(self, *lines):
        """Run commands that must succeed; what they print."""
        ran = run("sh", "-e", "-c", "\n".join(lines), cwd=self.dir, env=self.env())
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def boots(self, line, cmdline="", proof=BOOTED):
        """Run a command that is QEMU with a serial line, which must show the kernel's proof."""
        with subprocess.Popen(["sh", "-c", line], cwd=self.dir, env=self.env(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True) as machine:
            said, more = "", b"x"
            while more and not re.search(proof, said, re.M):
                more = os.read(machine.stdout.fileno(), 4096)
                said += qemu.clean(more)
            os.killpg(machine.pid, signal.SIGKILL)
        self.assertRegex(said, re.compile(proof, re.M), line)
        self.assertRegex(said, re.compile(cmdline and f"^lintel-init: cmdline {cmdline}", re.M))

    def starts(self, args, machine="pc"):
        """A machine of our own, which must show that proof."""
        with qemu.Machine(args, self.path("howto.log"), 512, SECONDS, machine=machine) as started:
            try:
                started.expect([BOOTED])
            except qemu.Failed as error:
                self.fail("\n".join([str(error), *started.tail()]))

    def pack(self):
        """OS.efi, as README.md packs it."""
        self.shell(*self.lines('--cmdline="root=/dev/vda1 ro quiet"'))

    def grub(self, config, names):
        """GRUB for a BIOS, with a block as its configuration."""
        iso = self.path("grub.iso")
        media.grub_iso(iso, media.GRUB_HEAD + "set timeout=0\n" + config,
                       {name: self.path(path) for name, path in names.items()})
        self.starts(["-cdrom", iso])

    def uefi(self, tree):
        """64-bit UEFI, with these files on its partition."""
        disk, variables = self.path("esp.img"), self.path("vars.fd")
        media.esp_image(disk, {name: self.path(path) for name, path in tree.items()})
        shutil.copy(payload.get(BUILD, "OVMF_VARS_4M.fd"), variables)
        code = payload.get(BUILD, "OVMF_CODE_4M.fd")
        self.starts(["-drive", f"if=pflash,format=raw,readonly=on,file={code}",
                     "-drive", f"if=pflash,format=raw,file={variables}", *efi.disk(disk, 1)],
                    efi.MACHINE)

    def installed(self):
        """What commands have put into boot/efi."""
        root = self.path("boot/efi")
        return {os.path.relpath(os.path.join(folder, name), root): os.path.join(folder, name)
                for folder, _, names in os.walk(root) for name in names}


class Packed(Howto):
    """What is made of one packed image."""

    def setUp(self):
        super().setUp()
        self.pack()

    def test_qemu(self):
        first, second = self.lines('-append "console=ttyS0" -initrd extra.img')
        self.boots(first, "root=/dev/vda1 ro quiet")
        shutil.copy(payload.initrd(BUILD, "second", 100001, init=""), self.path("extra.img"))
        self.boots(second, "console=ttyS0", "^lintel-init: file second ok")

    def test_media(self):
        self.shell(*self.lines("build/lintel iso"))
        for line in self.lines("-cdrom OS.iso"):
            self.boots(line)
        self.shell("build/lintel build --uki=OS.efi --cmdline=ro --output=os.efi",
                   "build/lintel iso --output=os.iso os.efi")
        self.boots(*self.lines("-smbios type=11"), "ro quiet$")
        # What stands on a stick gives way to a newer image.
        self.shell("build/lintel build --linux=build/probe.bzImage --output=OS.old.efi",
                   "build/lintel disk --output=OS.img OS.old.efi")
        self.shell(*self.lines("mcopy -o -i"))
        self.boots(self.lines("-cdrom OS.iso")[1])

    def test_updated_disk(self):
        self.shell(*self.lines("mmd -i OS.img"))
        self.boots(self.lines("-cdrom OS.iso")[1])

    def test_network(self):
        shutil.copy(self.path("OS.efi"), self.path("srv/tftp"))
        self.boots(*self.lines("tftp=/srv/tftp,bootfile"))

    def test_cd_with_grub(self):
        self.shell(*self.lines("grub-mkrescue"))
        self.boots(self.lines("-cdrom OS.iso")[0])

    def test_cd_with_isolinux(self):
        for name, path in (("isolinux.bin", "usr/lib/ISOLINUX"),
                           ("ldlinux.c32", "usr/lib/syslinux/modules/bios")):
            os.makedirs(self.path(path), exist_ok=True)
            shutil.copy(payload.get(BUILD, name), self.path(path))
        self.shell(*self.lines("isolinux.bin -c boot.cat"))
        self.boots(self.lines("-cdrom OS.iso")[0])

    def test_sealed(self):
        self.shell(*self.lines("--sealed"))
        self.boots("qemu-system-x86_64 -m 512 -nographic -kernel sealed.efi -append more",
                   "root=/dev/vda1 ro quiet$")

    def test_grub(self):
        self.grub(self.block("multiboot2 /OS.efi\n    }"), {"OS.efi": "OS.efi"})

    def test_grub_on_uefi(self):
        payload.fetch(BUILD, ["grub-x86_64-efi"])
        for name, config in (("entry", self.block("    chainloader /OS.efi")),
                             ("line", self.block("chainloader /lintel.efi linux=") + "boot\n")):
            with self.subTest(name):
                self.file("grub.cfg", b"set timeout=0\n" + config.encode())
                self.uefi({efi.BOOT: doors_files.file(BUILD, "grub.efi"),
                           "grub/grub.cfg": "grub.cfg", "OS.efi": "OS.efi",
                           "lintel.efi": "build/lintel.efi", "vmlinuz": f"boot/vmlinuz-{VERSION}",
                           "initrd.img": f"boot/initrd.img-{VERSION}"})

    def test_uefi(self):
        self.shell(*self.lines("mkdir -p /boot/efi/EFI/BOOT"))
        self.uefi(self.installed())

    def test_bare_on_uefi(self):
        os.makedirs(self.path("boot/efi/EFI/BOOT"))
        self.shell(*self.lines("EFI/Linux/os-$(uname -r).efi"))
        self.uefi(self.installed())

    def test_systemd_boot(self):
        self.shell(*self.lines("cp OS.efi /boot/efi/EFI/Linux/\n"))
        self.uefi({efi.BOOT: payload.get(BUILD, "systemd-bootx64.efi"), **self.installed()})

    def test_both_widths(self):
        os.makedirs(self.path("boot/efi/EFI/BOOT"))
        self.shell(*self.lines("BOOTIA32.EFI"))
        self.assertEqual(len(self.installed()), 2)


class Other(Howto):
    """What is made of other files."""

    def test_bare_with_grub(self):
        self.grub(self.block("module2 /initrd.img"), {
            "lintel.efi": "build/lintel.efi", "vmlinuz": "boot/vmlinuz-" + VERSION,
            "initrd.img": "boot/initrd.img-" + VERSION})

    def test_microvm(self):
        build, boot = self.lines("-M microvm")
        self.shell(build)
        self.boots(boot, "console=ttyS0")

    def test_uki(self):
        doors_files.stock_uki(BUILD, self.path("linux.efi"))
        self.shell(*self.lines("--uki=linux.efi --append"))
        said = section_bytes(load(self.path("OS.efi")), ".cmdline")
        self.assertEqual(said, doors_files.CMDLINE.encode() + b" console=ttyS0")

    def test_hello(self):
        for name in ("hello.ld", "entry.S", "hello.c", "console.c", "console.h"):
            shutil.copy(os.path.join(TOP, "test/hello", name), self.path(name))
        os.environ["CPATH"] = os.path.join(TOP, "protocol")
        compiles, packs, boots = self.lines("-T hello.ld")
        self.shell(compiles, packs)
        self.boots(boots, proof="^hello: cmdline any words$")

    def test_ramdisk(self):
        self.shell(*self.lines("> OS.ramdisk"))
        self.assertEqual(load(self.path("OS.ramdisk"))[:2], b"MZ")

    def test_signed(self):
        self.shell(*self.lines("openssl req"))
        self.assertIn("Signature verification OK",
                      self.shell(*self.lines("sbverify --cert db.crt OS.efi")))

    def test_policies(self):
        self.shell(*self.lines("openssl genrsa"))
        self.assertIn(b"sha256", section_bytes(load(self.path("OS.efi")), ".pcrsig"))


class Zlast(Howto):
    """After all others: what they have run, and what somebody else does."""

    def test_every_block(self):
        for word in ELSEWHERE:
            self.block(word)
        self.assertEqual([block for block in blocks() if block not in self.seen], [])


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
