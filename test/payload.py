# SPDX-License-Identifier: BSD-2-Clause
"""What gets booted: Debian's kernels, busybox and other loaders' binaries, and initrds.

A file comes out of a Debian package that is downloaded but not installed, and is
kept in BUILD/payload.  The initrds are built here: busybox, the script INIT, and
proof files whose checksums the script verifies.
"""
import gzip
import hashlib
import os
import random
import subprocess
import tarfile
import tempfile

import packages

# name: package, and the file in it
FILES = {
    "cloud": ("linux-image-cloud-amd64", "boot/vmlinuz-"),
    "amd64": ("linux-image-amd64", "boot/vmlinuz-"),
    "busybox": ("busybox-static", "bin/busybox"),
    "memtest-ia32": ("memtest86+", "boot/memtest86+ia32.bin"),
    "memtest-x64": ("memtest86+", "boot/memtest86+x64.bin"),
    "ipxe.lkrn": ("ipxe", "boot/ipxe.lkrn"),
    "memdisk": ("syslinux-common", "usr/lib/syslinux/memdisk"),
    "mboot.c32": ("syslinux-common", "usr/lib/syslinux/modules/bios/mboot.c32"),
    "libcom32.c32": ("syslinux-common", "usr/lib/syslinux/modules/bios/libcom32.c32"),
    "ldlinux.c32": ("syslinux-common", "usr/lib/syslinux/modules/bios/ldlinux.c32"),
    "isolinux.bin": ("isolinux", "usr/lib/ISOLINUX/isolinux.bin"),
}

# The kernel's own words about what arrived, then a shell or the end.
INIT = r"""#!/bin/busybox sh
/bin/busybox mkdir -p /bin /sbin /usr/bin /usr/sbin /proc /sys /dev
/bin/busybox --install -s
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/ PS1='lintel:\w# '
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
# Messages of the kernel would end up in the middle of these lines.
dmesg -n 1
say() { echo "lintel-init: $*"; }
say "uname $(uname -r)"
say "cmdline $(cat /proc/cmdline)"
ram=0
while read -r range _ kind; do
	[ "$kind" = "System RAM" ] || continue
	ram=$((ram + 0x${range#*-} + 1 - 0x${range%-*}))
done < /proc/iomem
say "ram $((ram / 1024)) KiB"
for data in /sys/kernel/boot_params/setup_data/*/data; do
	[ "$(cat "${data%data}type" 2>/dev/null)" = 0x4c544e4c ] || continue
	tr '\0' '\n' < "$data" | while read -r line; do say "report $line"; done
done
for sum in /proof/*.sha256; do
	name=${sum##*/}
	(cd /proof && sha256sum -s -c "$name") && say "file ${name%.sha256} ok"
done
say "initrd ok"
case " $(cat /proc/cmdline) " in
*" lintel.init=poweroff "*) poweroff -f ;;
esac
echo
echo "A shell on the kernel that Lintel started. To leave: poweroff -f (in QEMU also Ctrl-A, X)"
exec setsid cttyhack sh
"""


class Missing(Exception):
    """A file could not be had; the text says why."""


def run(command, seconds, **more):
    """Run a command; its output as text, "" when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          timeout=seconds, check=False, **more)
    return done.stdout if done.returncode == 0 else ""


def write(path, data):
    """Write a file so that it is there whole or not at all; leave one that is right alone."""
    if os.path.exists(path):
        with open(path, "rb") as before:
            if before.read() == data:
                return
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as out:
        out.write(data)
    os.chmod(out.name, 0o644)
    os.replace(out.name, path)


def real_package(name):
    """The package behind a meta package such as linux-image-amd64, by its exact name."""
    for line in run(["apt-cache", "depends", name], 60).splitlines():
        words = line.split()
        if words[:1] == ["Depends:"] and words[1].startswith("linux-image-"):
            return words[1]
    return name


def download(package, directory):
    """Download a package; the path of the .deb, or "" when that fails."""
    run(["apt-get", "download", "-q", "-o", "Acquire::http::Timeout=30",
         "-o", "Acquire::Retries=1", real_package(package)], 900, cwd=directory)
    debs = [name for name in os.listdir(directory) if name.endswith(".deb")]
    return os.path.join(directory, debs[0]) if debs else ""


def member(deb, start):
    """The first file in a .deb whose path begins with @start."""
    with subprocess.Popen(["timeout", "300", "dpkg", "--fsys-tarfile", deb],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as dpkg:
        with tarfile.open(mode="r|", fileobj=dpkg.stdout) as tar:
            for entry in tar:
                if entry.isfile() and entry.name.startswith("./" + start):
                    data = tar.extractfile(entry).read()
                    dpkg.kill()
                    return data
    raise Missing(f"{os.path.basename(deb)} holds no {start}")


def get(build, name):
    """The path of one of FILES, fetched unless BUILD/payload has it."""
    path = os.path.join(build, "payload", name)
    if os.path.exists(path):
        return path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    package, start = FILES[name]
    print(f"fetching {name} from the Debian package {package}", flush=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as work:
        deb = download(package, work)
        if not deb:
            packages.update()  # no lists yet, or older ones than the archive
            deb = download(package, work)
        if not deb:
            raise Missing(f"cannot download the Debian package {package} (apt-get download)")
        write(path, member(deb, start))
    return path


def uname(path):
    """The version that a bzImage's header tells (boot protocol: kernel_version), else ""."""
    with open(path, "rb") as kernel:
        head = kernel.read(0x8000)
    if head[0x202:0x206] != b"HdrS":
        return ""
    at = 0x200 + int.from_bytes(head[0x20e:0x210], "little")
    return head[at:at + 200].split(b"\0")[0].split(b" ")[0].decode()


def cpio(entries):
    """A cpio archive (newc) of (path, mode, data, device) entries."""
    out = bytearray()
    for number, (path, mode, data, device) in enumerate([*entries, ("TRAILER!!!", 0, b"", (0, 0))]):
        name = path.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0)
        out += b"070701" + b"".join(b"%08x" % field for field in fields) + name
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return bytes(out)


def proof(name, size):
    """Entries of a file that does not compress, and of its checksum."""
    data = random.Random(name).randbytes(size)
    line = f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode()
    return [("proof", 0o40755, b"", (0, 0)), (f"proof/{name}", 0o100644, data, (0, 0)),
            (f"proof/{name}.sha256", 0o100644, line, (0, 0))]


def initrd(build, name, size=4096, init=True):
    """Build an initrd with the proof file @name; with busybox and INIT unless told not to."""
    entries = proof(name, size)
    if init:
        with open(get(build, "busybox"), "rb") as busybox:
            binary = busybox.read()
        entries += [("bin", 0o40755, b"", (0, 0)), ("bin/busybox", 0o100755, binary, (0, 0)),
                    ("dev", 0o40755, b"", (0, 0)), ("dev/console", 0o20600, b"", (5, 1)),
                    ("init", 0o100755, INIT.encode(), (0, 0))]
    path = os.path.join(build, "payload", f"initrd-{name}.gz")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # A large proof file would cost seconds, and does not become smaller.
    write(path, gzip.compress(cpio(entries), 1 if size < 1 << 20 else 0, mtime=0))
    return path
