# SPDX-License-Identifier: BSD-2-Clause
"""What gets booted: Debian's kernels, busybox and other loaders' binaries, and initrds.

A file comes out of a Debian package that is downloaded but not installed, and is
kept in BUILD/payload with the package's other files.  The initrds are built here:
busybox, the script INIT, and proof files whose checksums the script verifies.
"""
import gzip
import hashlib
import os
import random
import re
import subprocess
import tarfile
import tempfile

from harness import packages

# Where a kernel is in its package: up to Debian 13, and since then.
KERNEL = r"(?:boot/vmlinuz-.*|usr/lib/modules/[^/]+/vmlinuz)"

# name: package, and a regex for the path in it; with one group: a directory, of what it matches
FILES = {
    "cloud": ("linux-image-cloud-amd64", KERNEL),
    "cloud-efivarfs.ko": ("linux-image-cloud-amd64", r"lib/modules/.*/efivarfs\.ko"),
    "amd64": ("linux-image-amd64", KERNEL),
    "amd64-efivarfs.ko": ("linux-image-amd64", r"lib/modules/.*/efivarfs\.ko"),
    "rt": ("linux-image-rt-amd64", KERNEL),
    "rt-efivarfs.ko": ("linux-image-rt-amd64", r"lib/modules/.*/efivarfs\.ko"),
    "busybox": ("busybox-static", "(?:usr/)?bin/busybox"),
    "memtest-ia32": ("memtest86+", r"boot/memtest86\+ia32\.bin"),
    "memtest-x64": ("memtest86+", r"boot/memtest86\+x64\.bin"),
    "ipxe.lkrn": ("ipxe", "boot/ipxe.lkrn"),
    "memdisk": ("syslinux-common", "usr/lib/syslinux/memdisk"),
    "mboot.c32": ("syslinux-common", "usr/lib/syslinux/modules/bios/mboot.c32"),
    "libcom32.c32": ("syslinux-common", "usr/lib/syslinux/modules/bios/libcom32.c32"),
    "ldlinux.c32": ("syslinux-common", "usr/lib/syslinux/modules/bios/ldlinux.c32"),
    "isolinux.bin": ("isolinux", "usr/lib/ISOLINUX/isolinux.bin"),
    "OVMF_CODE_4M.fd": ("ovmf", "usr/share/OVMF/OVMF_CODE_4M.fd"),
    "OVMF_VARS_4M.fd": ("ovmf", "usr/share/OVMF/OVMF_VARS_4M.fd"),
    "OVMF_CODE_4M.secboot.fd": ("ovmf", "usr/share/OVMF/OVMF_CODE_4M.secboot.fd"),
    "OVMF_VARS_4M.snakeoil.fd": ("ovmf", "usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd"),
    "PkKek-1-snakeoil.key": ("ovmf", "usr/share/ovmf/PkKek-1-snakeoil.key"),
    "PkKek-1-snakeoil.pem": ("ovmf", "usr/share/ovmf/PkKek-1-snakeoil.pem"),
    "shimx64.efi": ("shim-unsigned", "usr/lib/shim/shimx64.efi"),
    "OVMF32_CODE_4M.secboot.fd": ("ovmf-ia32", r"usr/share/OVMF/OVMF32_CODE_4M\.secboot\.fd"),
    "OVMF32_VARS_4M.fd": ("ovmf-ia32", "usr/share/OVMF/OVMF32_VARS_4M.fd"),
    "grub-i386-efi": ("grub-efi-ia32-bin", r"usr/lib/grub/i386-efi/([^/]+)"),
    "grub-i386-xen_pvh": ("grub-xen-bin", r"usr/lib/grub/i386-xen_pvh/([^/]+)"),
    "grub-x86_64-efi": ("grub-efi-amd64-bin", r"usr/lib/grub/x86_64-efi/([^/]+)"),
    "linuxx64.efi.stub": ("systemd-boot-efi", "usr/lib/systemd/boot/efi/linuxx64.efi.stub"),
    "systemd-bootx64.efi": ("systemd-boot-efi", "usr/lib/systemd/boot/efi/systemd-bootx64.efi"),
    "kexec-tools": ("kexec-tools", r"sbin/(kexec)"),
    "ipxe.efi": ("ipxe", "boot/ipxe.efi"),
    "syslinux.efi": ("syslinux-efi", "usr/lib/SYSLINUX.EFI/efi64/syslinux.efi"),
    "ldlinux.e64": ("syslinux-common", "usr/lib/syslinux/modules/efi64/ldlinux.e64"),
    # EDK II of 2026; the package ovmf has no files any more.
    "OVMF_CODE_4M.sid.fd": ("ovmf-generic/sid", "usr/share/OVMF/OVMF_CODE_4M.fd"),
    "OVMF_VARS_4M.sid.fd": ("ovmf-generic/sid", "usr/share/OVMF/OVMF_VARS_4M.fd"),
    # Debian 12 has none; this one is a program in Python, which runs there too.
    "ukify": ("systemd-ukify/trixie", "usr/bin/ukify"),
    "linuxx64-257.efi.stub": ("systemd-boot-efi/trixie",
                              "usr/lib/systemd/boot/efi/linuxx64.efi.stub"),
    "addonx64.efi.stub": ("systemd-boot-efi/trixie", "usr/lib/systemd/boot/efi/addonx64.efi.stub"),
}
# Packages that are unpacked whole.  Installed, dracut would change what kernel-install does.
TREES = {"dracut-059": "dracut-core", "dracut-106": "dracut-core/trixie"}
MIRROR = "http://deb.debian.org/debian"
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"

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
number() { hexdump -s $1 -n 4 -e '1/4 "%u"' /sys/kernel/boot_params/data; }
if [ -d /sys/firmware/efi ]; then
	vars=/sys/firmware/efi/efivars
	insmod "/efivarfs-$(uname -r).ko" 2>/dev/null
	mount -t efivarfs efivarfs $vars
	say "efi $(cat /sys/firmware/efi/fw_platform_size) bits, $(ls $vars | wc -l) variables"
	own=$vars/LintelTest-7c8a9d0e-52cb-4b7e-9e0c-1f2d3b4a5968
	# Four bytes of attributes, all that UEFI lets a running system create: kept, boot, runtime.
	printf '\007\0\0\0lintel' > $own
	[ "$(tail -c +5 $own)" = lintel ] && say "efi variable written"
	for name in StubInfo LoaderImageIdentifier LoaderDevicePartUUID LoaderTimeInitUSec \
		LoaderTimeExecUSec; do
		file=$vars/$name-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f
		[ -f "$file" ] && say "efi $name $(tail -c +5 "$file" | tr -d '\0')"
	done
	features=$vars/StubFeatures-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f
	[ -f $features ] &&
		say "efi StubFeatures $(tail -c +5 $features | hexdump -v -e '1/1 "%02x"')"
	say "memory in $(ls /sys/firmware/memmap | wc -l) ranges," \
		"$(($(number 0x1d4) / $(number 0x1c8))) EFI descriptors"
fi
say "uname $(uname -r)"
say "cpus $(nproc)"
say "subarch $(number 0x23c)"
[ -f /sys/hypervisor/guest_type ] && say "xen $(cat /sys/hypervisor/guest_type)"
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
	time() { sed -n "s/^tsc_$1=//p" "$data"; }
	[ $(($(time entry))) -gt 0 ] && [ $(($(time jump))) -gt $(($(time entry))) ] &&
		say "report times in order"
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


def real_package(name, options=()):
    """The package that has the kernel of a meta package such as linux-image-amd64: that on which
    it depends, and since 2026 the linux-binary- package on which that depends again."""
    if not name.startswith("linux-image-"):
        return name
    for line in run(["apt-cache", *options, "depends", name], 60).splitlines():
        words = line.split()
        if words[:1] == ["Depends:"] and re.match("linux-(image|binary)-", words[1]):
            return real_package(words[1], options)
    return name


def other_suite(suite, directory):
    """Options of apt-get for another Debian than this one, whose lists it has fetched."""
    directory = os.path.abspath(directory)
    source = os.path.join(directory, "sources.list")
    with open(source, "w", encoding="ascii") as out:
        out.write(f"deb [signed-by={KEYS}] {MIRROR} {suite} main\n")
    options = []
    for key, value in (("Etc::SourceList", source), ("Etc::SourceParts", "/dev/null"),
                       ("State::Lists", f"{directory}/lists"), ("Cache", f"{directory}/cache")):
        options += ["-o", f"Dir::{key}={value}"]
    os.makedirs(f"{directory}/lists/partial")
    os.makedirs(f"{directory}/cache/archives/partial")
    run(["apt-get", "-q", *options, "-o", "Acquire::Languages=none", "update"], 300)
    return options


def download(names, directory):
    """Download packages: the paths of the .debs that came, by the names asked for.

    A name is PACKAGE, or PACKAGE/SUITE of another Debian than this one.
    """
    found = {}
    for suite in {name.partition("/")[2] for name in names}:
        place = tempfile.mkdtemp(dir=directory)
        options = other_suite(suite, place) if suite else []
        real = {real_package(name.partition("/")[0], options): name for name in names
                if name.partition("/")[2] == suite}
        run(["apt-get", "download", "-q", "-o", "Acquire::http::Timeout=30",
             "-o", "Acquire::Retries=1", *options, *real], 900, cwd=place)
        found.update({real[deb.split("_")[0]]: os.path.join(place, deb)
                      for deb in os.listdir(place) if deb.endswith(".deb")})
    return found


def unpack(deb, paths, directory):
    """The files in a .deb whose path a regex of @paths (name: regex) matches, written as name."""
    with subprocess.Popen(["timeout", "300", "dpkg", "--fsys-tarfile", deb],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as dpkg:
        with tarfile.open(mode="r|", fileobj=dpkg.stdout) as tar:
            for entry in filter(tarfile.TarInfo.isfile, tar):
                found = [os.path.join(directory, name, *match.groups())
                         for name, regex in paths.items()
                         if (match := re.fullmatch(r"\./" + regex, entry.name))]
                data = tar.extractfile(entry).read() if found else b""  # a stream: only once
                for path in found:
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    write(path, data)


def fetch(build, names):
    """Fetch those of FILES that BUILD/payload does not have, all at once."""
    directory = os.path.join(build, "payload")
    todo = [name for name in names if not os.path.exists(os.path.join(directory, name))]
    owners = list(dict.fromkeys(FILES[name][0] for name in todo))
    if not todo:
        return
    os.makedirs(directory, exist_ok=True)
    print(f"fetching from Debian packages: {' '.join(owners)}", flush=True)
    with tempfile.TemporaryDirectory(dir=directory) as work:
        debs = download(owners, work)
        if len(debs) < len(owners):
            packages.update()  # no lists yet, or older ones than the archive
            debs = download(owners, work)
        lost = [owner for owner in owners if owner not in debs]
        if lost:
            raise Missing(f"cannot download from Debian (apt-get download): {' '.join(lost)}")
        for package, deb in debs.items():
            # All that it has at once, so that a kernel and its module are of one version.
            unpack(deb, {name: regex for name, (owner, regex) in FILES.items()
                         if owner == package}, directory)
    for name in todo:
        if not os.path.exists(os.path.join(directory, name)):
            raise Missing(f"the Debian package {FILES[name][0]} has no {FILES[name][1]}")


def tree(build, name):
    """The directory of one of TREES, fetched unless BUILD/payload has it."""
    directory = os.path.join(os.path.abspath(build), "payload")
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        os.makedirs(directory, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory) as work:
            debs = list(download([TREES[name]], work).values())
            if not debs:
                raise Missing(f"cannot download from Debian (apt-get download): {TREES[name]}")
            run(["dpkg", "-x", *debs, path + ".tmp"], 300)
        os.replace(path + ".tmp", path)
    return path


def get(build, name):
    """The path of one of FILES, fetched unless BUILD/payload has it."""
    fetch(build, [name])
    return os.path.join(build, "payload", name)


def uname(path):
    """The version that a bzImage's header tells (boot protocol: kernel_version), else ""."""
    with open(path, "rb") as kernel:
        head = kernel.read(0x8000)
    if head[0x202:0x206] != b"HdrS":
        return ""
    at = 0x200 + int.from_bytes(head[0x20e:0x210], "little")
    return head[at:at + 200].split(b"\0")[0].split(b" ")[0].decode()


def header(number, path, mode, size, device=(0, 0)):
    """What stands before a file's bytes in a cpio archive (newc)."""
    name = path.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, size, 0, 0, *device, len(name), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return head + bytes(-len(head) % 4)


def cpio(entries):
    """A cpio archive of (path, mode, data, device) entries."""
    out = bytearray()
    for number, (path, mode, data, device) in enumerate([*entries, ("TRAILER!!!", 0, b"", (0, 0))]):
        out += header(number, path, mode, len(data), device) + data
        out += bytes(-len(out) % 4)
    return bytes(out)


def proof(name, size):
    """Entries of a file that does not compress, and of its checksum."""
    data = random.Random(name).randbytes(size)
    line = f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode()
    return [("proof", 0o40755, b"", (0, 0)), (f"proof/{name}", 0o100644, data, (0, 0)),
            (f"proof/{name}.sha256", 0o100644, line, (0, 0))]


def modules(build, kernels):
    """Entries of the efivarfs modules of some kernels: Debian's have it as a module only."""
    entries = []
    for kernel in kernels:
        with open(get(build, kernel + "-efivarfs.ko"), "rb") as module:
            path = f"efivarfs-{uname(get(build, kernel))}.ko"
            entries.append((path, 0o100644, module.read(), (0, 0)))
    return entries


def initrd(build, name, size=4096, init=INIT, kernels=()):
    """Build an initrd with the proof file @name; with busybox and @init, if any."""
    entries = proof(name, size) + modules(build, kernels)
    if init:
        with open(get(build, "busybox"), "rb") as busybox:
            binary = busybox.read()
        entries += [("bin", 0o40755, b"", (0, 0)), ("bin/busybox", 0o100755, binary, (0, 0)),
                    ("dev", 0o40755, b"", (0, 0)), ("dev/console", 0o20600, b"", (5, 1)),
                    ("init", 0o100755, init.encode(), (0, 0))]
    path = os.path.join(build, "payload", f"initrd-{name}.gz")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # A large proof file would cost seconds, and does not become smaller.
    write(path, gzip.compress(cpio(entries), 1 if size < 1 << 20 else 0, mtime=0))
    return path


def huge(path, mib):
    """Write an initrd, not compressed, of a proof file of @mib; each MiB begins with its number."""
    digest, blank = hashlib.sha256(), bytes((1 << 20) - 8)
    with open(path + ".tmp", "wb") as out:
        out.write(header(1, "proof", 0o40755, 0) + header(2, "proof/huge", 0o100644, mib << 20))
        for number in range(mib):
            mark = number.to_bytes(8, "little")
            digest.update(mark + blank)
            out.write(mark)
            out.seek(len(blank), os.SEEK_CUR)  # a hole in the file takes no room on the disk
        line = f"{digest.hexdigest()}  huge\n".encode()
        out.write(cpio([("proof/huge.sha256", 0o100644, line, (0, 0))]))
    os.replace(path + ".tmp", path)
