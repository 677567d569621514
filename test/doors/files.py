# SPDX-License-Identifier: BSD-2-Clause
"""The files that the cases of the doors matrix boot, each made when a case names it.

file() gives the path of one; what is not Debian's as it is lies in BUILD/doors/files.
"""
import os

from harness import media, payload
from xen import payload as xen_payload

CMDLINE = "console=ttyS0,115200 panic=-1 lintel.init=poweroff"
# What systemd-boot's menu needs in an image.
OS_RELEASE = "ID=lintel-test\nNAME=Test\nPRETTY_NAME=Test\nVERSION_ID=1\n"
# Packed images: kernel, initrds, command line.
PACKED = {
    "cloud.efi": ("cloud", ["first"], CMDLINE),
    "amd64.efi": ("amd64", ["first"], CMDLINE),
    "large.efi": ("amd64", ["large"], CMDLINE),
    "probe.bzImage.efi": ("probe.bzImage", ["plain"], CMDLINE),
    "probe.elf.efi": ("probe.elf", ["plain"], CMDLINE),
    "probe.bzImage.named.efi": ("probe.bzImage", ["plain"], CMDLINE),
    "probe.elf.named.efi": ("probe.elf", ["plain"], CMDLINE),
    "probe32.bzImage.efi": ("probe32.bzImage", ["plain"], CMDLINE),
    "probe32.elf.efi": ("probe32.elf", ["plain"], CMDLINE),
    "cloud.ia32.efi": ("cloud", ["first"], CMDLINE),
    "amd64.ia32.efi": ("amd64", ["first"], CMDLINE),
    "probe.bzImage.ia32.efi": ("probe.bzImage", ["plain"], CMDLINE),
    "memtest-ia32.ia32.efi": ("memtest-ia32", [], "console=ttyS0,115200"),
    "memtest-x64.efi": ("memtest-x64", [], "console=ttyS0,115200"),
    "memtest-ia32.efi": ("memtest-ia32", [], "console=ttyS0,115200"),
    "probe-alone.efi": ("probe.bzImage", [], CMDLINE),
    # A real-time kernel uses EFI's runtime services only when told to.
    "rt.efi": ("rt", ["first"], CMDLINE + " efi=runtime"),
    # A stock UKI packed anew: kernel, initrd and command line are its own.
    "uki.efi": ("stock.uki", [], ""),
    "cloud-no-words.efi": ("cloud", ["first"], ""),
    "cloud-no-initrd.efi": ("cloud", [], CMDLINE),
}
# The probe in its other width; as an ELF32 file it is built as such.
XLOADFLAGS, XLF_KERNEL_64 = 0x236, 1
HANDOVER_OFFSET = 0x264
# The probe's initrd: not compressed, since GRUB decompresses modules on the way.
PLAIN = payload.cpio(payload.proof("plain", 300000))
HUGE = 600  # MiB
MAKERS = {}  # more files: name: what makes it, given BUILD and the path
MB2_OFFSET = 0x1f60  # shim/face/layout.h
BUILT = ("lintel", "lintel.efi", "lintel.elf", "lintelia32.efi", "probe.bzImage", "probe.elf",
         "probe32.elf", "hello.elf", "launcher")


def arm64_image():
    """The first page of an arm64 Linux Image (Documentation/arch/arm64/booting.rst)."""
    head = bytearray(4096)
    head[:4] = b"MZ\x40\xfa"
    head[16:24] = (0x1000000).to_bytes(8, "little")
    head[56:60] = b"ARM\x64"
    return bytes(head)


def half(path):
    """The first half of a file."""
    with open(path, "rb") as whole:
        return whole.read(os.path.getsize(path) // 2)


def is_compared(kernel, name):
    """Whether the kernel's initrd is compared; only systemd-boot must find a name in the image."""
    return kernel.startswith("probe") and ".named." not in name


def pack(build, name, output):
    """A kernel packed into one image by the host tool; NAME.elf is the ELF face of NAME."""
    face = "elf" if name.endswith(".efi.elf") else "output"
    kernel, initrds, cmdline = PACKED[name[:-4] if face == "elf" else name]
    stub = "lintelia32.efi" if name.endswith(".ia32.efi") else "lintel.efi"
    source = "uki" if kernel.endswith(".uki") else "linux"
    media.run(os.path.join(build, "lintel"), "build", f"--{source}={file(build, kernel)}",
              f"--stub={os.path.join(build, stub)}",
              *[f"--initrd={file(build, initrd)}" for initrd in initrds],
              *([f"--cmdline={cmdline}"] if cmdline else []),
              # The probe's initrd is compared to the byte, so nothing may be added for /.extra.
              f"--os-release={'' if is_compared(kernel, name) else OS_RELEASE}",
              f"--{face}={output}")


def sign(build, name, output):
    """A file signed as OVMF's variables for tests demand."""
    media.sign(file(build, name), payload.get(build, "PkKek-1-snakeoil.key"),
               payload.get(build, "PkKek-1-snakeoil.pem"), output)


def change(build, name, output):
    """A packed image with one byte of its command line changed."""
    with open(file(build, name), "rb") as image:
        data = image.read()
    assert data.count(CMDLINE.encode()) == 1
    payload.write(output, data.replace(CMDLINE.encode(), CMDLINE.encode()[:-1] + b"x"))


def archive(build, output):
    """A cpio archive with a kernel for its first file, and an initrd behind."""
    with open(file(build, "cloud"), "rb") as kernel, open(file(build, "first"), "rb") as initrd:
        entries = [("boot", 0o40755, b"", (0, 0)),
                   ("boot/vmlinuz", 0o100644, kernel.read(), (0, 0))]
        payload.write(output, payload.cpio(entries) + initrd.read())


def concatenation(output, *parts):
    """Files one behind the other, for loaders that take one."""
    data = b""
    for part in parts:
        with open(part, "rb") as piece:
            data += piece.read()
    payload.write(output, data)


def stock_uki(build, output, kernel="cloud", initrd="first"):
    """A unified kernel image as others make it: systemd's stub, and sections added by objcopy."""
    sections = [(".cmdline", CMDLINE.encode(), 0x30000)]
    if not kernel.startswith("probe"):
        sections.append((".osrel", OS_RELEASE.encode(), 0x20000))
    for name, kind, at in ((".linux", kernel, 0x2000000), (".initrd", initrd, 0x3000000)):
        with open(file(build, kind), "rb") as data:
            sections.append((name, data.read(), at))
    words = []
    for name, data, at in sections:
        payload.write(output + name, data)
        words += [f"--add-section={name}={output}{name}", f"--change-section-vma={name}={at:#x}"]
    media.run("objcopy", *words, payload.get(build, "linuxx64.efi.stub"), output)


def without_64_bits(build, output):
    """The probe as a bzImage that says to have no 64-bit entry."""
    with open(file(build, "probe.bzImage"), "rb") as image:
        data = bytearray(image.read())
    data[XLOADFLAGS] &= ~XLF_KERNEL_64
    payload.write(output, bytes(data))


def without_handover(build, output):
    """Debian's kernel without the handover protocol: older, or built so."""
    with open(file(build, "cloud"), "rb") as image:
        data = bytearray(image.read())
    data[HANDOVER_OFFSET:HANDOVER_OFFSET + 4] = bytes(4)
    payload.write(output, bytes(data))


def without_boot_services(build, output):
    """A packed image whose Multiboot 2 header does not ask to keep them: without tags 7 and 9."""
    with open(file(build, "cloud.efi"), "rb") as image:
        data = bytearray(image.read())
    at = MB2_OFFSET + 16
    while data[at] != 0:
        if data[at] in (7, 9):
            data[at:at + 4] = b"\x07\x70\x01\x00"  # a type that nobody knows, optional
        at += (int.from_bytes(data[at + 4:at + 8], "little") + 7) & ~7
    payload.write(output, bytes(data))


KEXEC_INIT = b"""#!/bin/busybox sh
/bin/busybox mkdir -p /proc
/bin/busybox mount -t proc proc /proc
echo lintel-kexec: la57 $(/bin/busybox grep -c -w la57 /proc/cpuinfo)
/kexec /image
/bin/busybox poweroff -f
"""


def kexec_initrd(build, output, image="cloud.efi"):
    """An initrd that starts an image by kexec."""
    program = output + ".program"
    media.run("gcc", "-O2", "-static", "-o", program, media.program("kexec.c"))
    entries = [("dev", 0o40755, b"", (0, 0)), ("dev/console", 0o20600, b"", (5, 1)),
               ("bin", 0o40755, b"", (0, 0)), ("init", 0o100755, KEXEC_INIT, (0, 0))]
    for name, path in (("bin/busybox", payload.get(build, "busybox")), ("kexec", program),
                       ("image", file(build, image))):
        with open(path, "rb") as data:
            entries.append((name, 0o100755, data.read(), (0, 0)))
    payload.write(output, payload.cpio(entries))


KEXEC_TOOLS_INIT = b"""#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/kexec -l /OS.elf && /kexec -e
/bin/busybox poweroff -f
"""


def kexec_tools_initrd(build, output):
    """An initrd in which kexec-tools start the ELF face of an image, without a command line."""
    program = os.path.join(payload.get(build, "kexec-tools"), "kexec")
    libraries = xen_payload.libraries(build, [program])
    entries = [(name, 0o40755, b"", (0, 0)) for name in (
        "dev", "bin", "lib", "lib64", "lib/x86_64-linux-gnu")]
    entries += [("dev/console", 0o20600, b"", (5, 1)),
                ("init", 0o100755, KEXEC_TOOLS_INIT, (0, 0))]
    for name, path in [("bin/busybox", payload.get(build, "busybox")), ("kexec", program),
                       ("OS.elf", file(build, "cloud.efi.elf")),
                       ("lib64/ld-linux-x86-64.so.2", libraries["ld-linux-x86-64.so.2"]),
                       *[(f"lib/x86_64-linux-gnu/{name}", path)
                         for name, path in libraries.items()]]:
        with open(path, "rb") as data:
            entries.append((name, 0o100755, data.read(), (0, 0)))
    payload.write(output, payload.cpio(entries))


MAKERS["kexec-tools.initrd"] = kexec_tools_initrd


def file(build, name):
    """Make or find a file that a case names; its path."""
    path = os.path.join(build, "doors", "files", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if name in BUILT:
        path = os.path.join(build, name)
    elif name in payload.FILES:
        path = payload.get(build, name)
    elif name in MAKERS:
        MAKERS[name](build, path)
    elif name == "first":
        path = payload.initrd(build, name, kernels=("cloud", "amd64", "rt"))
    elif name == "second":
        path = payload.initrd(build, name, 100001, init=False)
    elif name == "large":
        path = payload.initrd(build, name, 48 << 20)
    elif name.endswith(".signed"):
        sign(build, name[:-len(".signed")], path)
    elif name.endswith(".changed"):
        change(build, name[:-len(".changed")], path)
    elif name == "firmware.efi":
        media.efi_program(path, media.FIRMWARE)
    elif name == "cloud-exited.efi":
        without_boot_services(build, path)
    elif name == "cloud-no-handover":
        without_handover(build, path)
    elif name == "probe32.bzImage":
        without_64_bits(build, path)
    elif name == "kexec":
        kexec_initrd(build, path)
    elif name == "stock.uki":
        stock_uki(build, path)
    elif name == "probe.uki":
        stock_uki(build, path, "probe.bzImage", "plain")
    elif name == "huge":
        payload.huge(path, HUGE)
    elif name == "grub.efi":
        media.grub_efi(path, payload.get(build, "grub-x86_64-efi"), "x86_64-efi")
    elif name == "grubia32.efi":
        media.grub_efi(path, payload.get(build, "grub-i386-efi"), "i386-efi")
    elif name == "archive":
        archive(build, path)
    elif name == "cat":
        concatenation(path, file(build, "amd64"), file(build, "first"))
    elif name == "plain":
        payload.write(path, PLAIN)
    elif name == "arm64":
        payload.write(path, arm64_image())
    elif name == "truncated":
        payload.write(path, half(file(build, "cloud")))
    else:
        pack(build, name, path)
    return path
