# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of measured boot start: an initrd that unlocks a disk by its TPM, and the disk.

The initrd has busybox, the programs of systemd that real initrds use for this, with their
libraries, and the script INIT.  All of them are Debian 13's on every computer: what they
measure and demand differs from version to version.
"""
import gzip
import os

from harness import payload, qemu, swtpm
from harness.libraries import LOADER, directories, listed, needed

LIBRARIES = "usr/lib/x86_64-linux-gnu/"
# Packages of libraries; that none is missing is checked whenever an initrd is made.
LIBRARY_PACKAGES = (
    "libacl1", "libaudit1", "libblkid1", "libc6", "libcap-ng0", "libcap2", "libcrypt1",
    "libcryptsetup12", "libdevmapper1.02.1", "libjson-c5", "libmount1", "libpam0g",
    "libpcre2-8-0", "libpopt0", "libseccomp2", "libselinux1", "libssl3t64",
    "libsystemd-shared", "libtss2-esys-3.0.2-0t64", "libtss2-mu-4.0.1-0t64", "libtss2-rc0t64",
    "libtss2-sys1t64", "libtss2-tcti-device0t64", "libudev1", "libuuid1", "libzstd1", "zlib1g")
# What systemd's programs open at run time.
OPENED = ("libtss2-esys.so.0", "libtss2-mu.so.0", "libtss2-rc.so.0", "libtss2-tcti-device.so.0",
          "libcryptsetup.so.12")
UNLOCKING = {"trust-cryptsetup": "usr/bin/systemd-cryptsetup",
             "trust-pcrextend": "usr/lib/systemd/systemd-pcrextend",
             "trust-bootctl": "usr/bin/bootctl",
             "trust-token": LIBRARIES + "cryptsetup/libcryptsetup-token-systemd-tpm2.so"}
ENROLLING = {"trust-cryptenroll": "usr/bin/systemd-cryptenroll",
             "trust-luks": "usr/sbin/cryptsetup"}
# The cloud kernel's own, in the order of their needs; TPM drivers are in the kernel.
MODULES = ("virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev",
           "virtio_pci", "virtio_mmio", "virtio_blk", "ecb", "xts", "dm-mod", "dm-crypt",
           "efivarfs")
payload.FILES.update({
    "trust-cryptsetup": ("systemd-cryptsetup/trixie", UNLOCKING["trust-cryptsetup"]),
    "trust-token": ("systemd-cryptsetup/trixie", UNLOCKING["trust-token"]),
    "trust-cryptenroll": ("systemd-cryptsetup/trixie", ENROLLING["trust-cryptenroll"]),
    "trust-pcrextend": ("systemd/trixie", UNLOCKING["trust-pcrextend"]),
    "trust-measure": ("systemd/trixie", "usr/lib/systemd/systemd-measure"),
    "trust-bootctl": ("systemd-boot-tools/trixie", UNLOCKING["trust-bootctl"]),
    "trust-luks": ("cryptsetup-bin/trixie", ENROLLING["trust-luks"]),
    "trust-modules": ("linux-image-cloud-amd64",
                      rf"lib/modules/.*/((?:{'|'.join(MODULES)})\.ko)"),
    **{f"trust-lib/{package}": (f"{package}/trixie",
                                r"(?:usr/)?lib/x86_64-linux-gnu/(?:systemd/)?([^/]+\.so[^/]*)")
       for package in LIBRARY_PACKAGES},
})
# The disk: its serial number, its size, its passphrase, and what is behind the lock.
DISK, DISK_SIZE = "lintel-luks", 24 << 20
PASSPHRASE, SECRET = b"a passphrase of the tests", b"what only the right image may read"

# Tells what was measured, then unlocks the disk as a system's initrd does, and ends.
INIT = r"""#!/bin/busybox sh
/bin/busybox mkdir -p /sbin /usr/sbin /proc /sys /dev /run /tmp
/bin/busybox --install -s
export PATH=/bin:/sbin:/usr/bin:/usr/sbin:/usr/lib/systemd
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t securityfs securityfs /sys/kernel/security
# Messages of the kernel would end up in the middle of these lines.
dmesg -n 1
say() { echo "lintel-trust: $*"; }
for module in @MODULES@; do insmod /modules/$module.ko; done
vars=/sys/firmware/efi/efivars
[ -d $vars ] && mount -t efivarfs efivarfs $vars
# Nobody makes device nodes but the kernel and libdevmapper.
export DM_DISABLE_UDEV=1
for disk in /sys/block/vd*; do
	[ "$(cat $disk/serial)" = @DISK@ ] && luks=/dev/${disk##*/}
done

pcrs() {
	for bank in sha1 sha256 sha384 sha512; do
		for number in $2; do
			say "$1 $bank $number $(cat /sys/class/tpm/tpm0/pcr-$bank/$number)"
		done
	done
}

tell() {
	say "cmdline $(cat /proc/cmdline)"
	pcrs before "0 1 2 3 4 5 6 7 8 9 11 12 13 14 15"
	log=/sys/kernel/security/tpm0/binary_bios_measurements
	[ -f $log ] && base64 $log | sed 's/^/lintel-trust: log /'
	for file in /.extra/*; do
		[ -f "$file" ] && say "extra $(sha256sum < "$file" | cut -c1-64) $file"
	done
	for file in $vars/Stub* $vars/Loader*; do
		name=$(basename "$file" -4a67b082-0a4c-41cf-b6c7-440b29bb8c4f)
		[ -f "$file" ] && say "variable $name" \
			"$(tail -c +5 "$file" | hexdump -v -e '1/1 "%02x"')"
	done
	[ -d $vars ] && bootctl status --no-pager 2>&1 | sed 's/^/lintel-trust: bootctl /'
}

# As systemd-pcrphase-initrd.service does.  Without UEFI nothing says that the stub has
# measured, so a BIOS machine's owner sets this in the command line.
phase() {
	[ -d $vars ] || export SYSTEMD_FORCE_MEASURE=1
	systemd-pcrextend enter-initrd 2>&1 | sed 's/^/lintel-trust: pcrextend /'
	pcrs after 11
}

unlock() {
	signature=/.extra/tpm2-pcr-signature.json
	systemd-cryptsetup attach volume $luks - \
		tpm2-device=auto,tpm2-signature=$signature,headless=1,read-only 2>&1 |
		sed 's/^/lintel-trust: cryptsetup /'
	if [ -e /dev/mapper/volume ]; then
		say "UNLOCKED $(head -c @SIZE@ /dev/mapper/volume)"
	else
		say "LOCKED"
	fi
}

if [ -f /enrol ]; then sh -e /enrol $luks 2>&1; else tell; phase; unlock; fi
say "end after $(cut -d' ' -f1 /proc/uptime) s"
poweroff -f
"""

# Makes the disk; the passphrase's key derivation is cheap, since it guards nothing.
ENROL = r"""
cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
	--key-file /passphrase $1
cryptsetup open --key-file /passphrase $1 volume
printf %s '@SECRET@' | dd of=/dev/mapper/volume conv=fsync
cryptsetup close volume
systemd-cryptenroll --unlock-key-file=/passphrase --tpm2-device=auto --tpm2-pcrs= \
	--tpm2-public-key=/public.pem --tpm2-public-key-pcrs=11 $1
sync
echo "lintel-trust: ENROLLED"
"""


def system(build, programs):
    """The files of an initrd: path: where they are on this computer."""
    names = [*programs, "trust-modules", "busybox",
             *[f"trust-lib/{package}" for package in LIBRARY_PACKAGES]]
    payload.fetch(build, names)
    found = needed([payload.get(build, name) for name in programs],
                   [path for package in LIBRARY_PACKAGES
                    for path in listed(payload.get(build, f"trust-lib/{package}"))], OPENED)
    return {"bin/busybox": payload.get(build, "busybox"), "lib64/" + LOADER: found[LOADER],
            **{LIBRARIES + name: path for name, path in found.items() if name != LOADER},
            **{path: payload.get(build, name) for name, path in programs.items()},
            **{f"modules/{os.path.basename(path)}": path
               for path in listed(payload.get(build, "trust-modules"))}}


def initrd(build, output, enrol=""):
    """Write the initrd that unlocks; with the public key @enrol the one that makes the disk."""
    init = INIT
    for key, value in (("@MODULES@", " ".join(MODULES)), ("@DISK@", DISK),
                       ("@SIZE@", str(len(SECRET)))):
        init = init.replace(key, value)
    entries = [("dev/console", 0o20600, b"", (5, 1)), ("init", 0o100755, init.encode(), (0, 0)),
               ("etc/initrd-release", 0o100644, b"ID=lintel-test\n", (0, 0))]
    if enrol:
        script = ENROL.replace("@SECRET@", SECRET.decode()).encode()
        with open(enrol, "rb") as key:
            entries += [("enrol", 0o100644, script, (0, 0)),
                        ("passphrase", 0o100600, PASSPHRASE, (0, 0)),
                        ("public.pem", 0o100644, key.read(), (0, 0))]
    for path, source in system(build, {**UNLOCKING, **(ENROLLING if enrol else {})}).items():
        with open(source, "rb") as data:
            entries.append((path, 0o100755, data.read(), (0, 0)))
    data = payload.cpio(directories([path for path, *_ in entries]) + entries)
    payload.write(output, gzip.compress(data, 6, mtime=0))


def disk(path):
    """QEMU's arguments for the disk, which no machine changes but the one that makes it."""
    return ["-drive", f"file={path},format=raw,if=none,id=luks,readonly=on",
            "-device", f"virtio-blk-pci,drive=luks,serial={DISK}"]


def enrol(build, directory, key):
    """Make the disk and its TPM: DIRECTORY/disk and DIRECTORY/tpm; @key is the public one."""
    path, log = os.path.join(directory, "disk"), os.path.join(directory, "enrol.log")
    initrd(build, os.path.join(directory, "enrol.initrd"), key)
    with open(path + ".new", "wb") as out:
        out.truncate(DISK_SIZE)
    words = [word.replace(",readonly=on", "") for word in disk(path + ".new")]
    with swtpm.Tpm(os.path.join(directory, "enrol.swtpm"), 120) as tpm:
        args = ["-kernel", payload.get(build, "cloud"), "-initrd",
                os.path.join(directory, "enrol.initrd"), "-append", "console=ttyS0,115200 panic=-1"]
        with qemu.Machine([*args, *words, *tpm.arguments()], log, seconds=120) as machine:
            machine.expect([r"^lintel-trust: ENROLLED$"], r"Kernel panic.*")
            machine.expect_end("shutdown")
        tpm.keep(os.path.join(directory, "tpm"))
    os.replace(path + ".new", path)
