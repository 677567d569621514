# SPDX-License-Identifier: BSD-2-Clause
"""What a Xen host boots: Debian's hypervisor, and initrds for its first domain (dom0).

The initrd has busybox, the real toolstack (xl, xenstored, xenconsoled) with the
libraries that it needs, the kernel's modules for it, and the script DOM0_INIT, which
starts guests one after another and prints what became of each.  All comes out of
packages that are not installed: a hypervisor among them would be a boot entry.
"""
import gzip
import os

from harness import payload
from harness.libraries import LOADER, directories, listed, needed

VERSION = "4.17"
PROGRAMS = f"usr/lib/xen-{VERSION}/bin"
MODULES = ("xen-privcmd", "xen-evtchn", "xen-gntdev", "xen-gntalloc", "xenfs")
LIBRARIES = "lib/x86_64-linux-gnu/"
OPENED = ("libgcc_s.so.1",)  # at run time: glibc's pthread_cancel, which xl uses
# Packages of libraries; that none is missing is checked whenever an initrd is made.
LIBRARY_PACKAGES = (
    "libc6", "libgcc-s1", "liblzma5", "libuuid1", "libyajl2",
    "libzstd1", "zlib1g", f"libxenmisc{VERSION}", "libxencall1",
    "libxendevicemodel1", "libxenevtchn1", "libxenforeignmemory1", "libxengnttab1",
    "libxenhypfs1", "libxenstore4", "libxentoolcore1", "libxentoollog1")
FILES = {
    "xen.gz": (f"xen-hypervisor-{VERSION}-amd64", r"boot/xen-.*-amd64\.gz"),
    "xen-programs": (f"xen-utils-{VERSION}",
                     PROGRAMS + "/(xl|xenstored|xenconsoled|xenconsole|xen-init-dom0)"),
    "script": ("bsdutils", "usr/bin/script"),
    "xl.conf": ("xen-utils-common", r"etc/xen/xl\.conf"),
    "amd64-xen": ("linux-image-amd64", rf"lib/modules/.*/((?:{'|'.join(MODULES)})\.ko)"),
    # A kernel compressed with zstd; Debian 12's own are with xz and lz4.
    "cloud-zstd": ("linux-image-6.12-cloud-amd64", r"boot/vmlinuz-.*"),
    **{f"xen-lib/{package}": (package, r"(?:usr/)?" + LIBRARIES + r"([^/]+\.so[^/]*)")
       for package in LIBRARY_PACKAGES},
}
payload.FILES.update(FILES)

# Runs in dom0.  Of guest NAME there is NAME.cfg, what is to be typed in NAME.type, and in
# NAME.until a regex of words after which it need not go on.
DOM0_INIT = r"""#!/bin/busybox sh
/bin/busybox mkdir -p /sbin /usr/bin /usr/sbin /proc /sys /dev /run /var/lock /var/log/xen /tmp
/bin/busybox --install -s
export PATH=/@PROGRAMS@:/bin:/sbin:/usr/bin:/usr/sbin HOME=/
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /var/lib/xen
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /run
ln -s /run /var/run
# Messages of the kernel would end up in the middle of these lines.
dmesg -n 1
say() { echo "lintel-dom0: $*"; }
say "uname $(uname -r)"
say "cmdline $(cat /proc/cmdline)"
say "console $(cat /sys/class/tty/console/active)"
for module in @MODULES@; do insmod /modules/$module.ko; done
mount -t xenfs xenfs /proc/xen
say "hypervisor $(cat /sys/hypervisor/type) $(cat /sys/hypervisor/guest_type)"
say "capabilities $(cat /proc/xen/capabilities)"
for sum in /proof/*.sha256; do
	name=${sum##*/}
	(cd /proof && sha256sum -s -c "$name") && say "file ${name%.sha256} ok"
done
say "initrd ok"
logs=/var/log/xen/console
mkdir -p /run/xen $logs
xenstored --pid-file /run/xenstored.pid
xen-init-dom0
xenconsoled --log=guest --log-dir=$logs
say ready
xl list | sed 's/^/lintel-dom0: list /'

prefix() { tr -d '\r' | sed "s|^|$1: |"; echo; }

# Types into a guest's console when its script has come to the end; what the console said.
type_into() {
	while ! grep -q -s 'A shell on' $logs/guest-$1.log; do sleep 1; done
	# xl console takes no input but from a terminal, which script makes.
	(sleep 1; cat /guests/$1.type; sleep 9) |
		script -q -c "xl console $1" /dev/null > /tmp/$1.typed
}

# Ends a guest when it has said what it is there for.
end_after_words() {
	while ! grep -q -s -E -f /guests/$1.until $logs/guest-$1.log; do sleep 1; done
	xl destroy $1
}

# xl create -F stays until the guest has ended, and tells why.
guest() {
	start=$(cut -d. -f1 /proc/uptime)
	[ -f /guests/$1.type ] && type_into $1 &
	[ -f /guests/$1.until ] && end_after_words $1 &
	watcher=$!
	timeout $2 xl create -F /guests/$1.cfg > /tmp/$1.xl 2>&1
	status=$?
	kill $watcher 2>/dev/null
	case "$status $(sed -n 's/.*has shut down, reason code \([0-9]*\).*/\1/p' /tmp/$1.xl)" in
	*" 0") end=poweroff ;;
	*" 1") end=reboot ;;
	*" 3") end=crash ;;
	143*) end=timeout; xl destroy $1 ;;
	*) end="status $status" ;;
	esac
	prefix "xl $1" < /tmp/$1.xl
	[ -f $logs/guest-$1.log ] && prefix "guest $1" < $logs/guest-$1.log
	[ -f /tmp/$1.typed ] && prefix "typed $1" < /tmp/$1.typed
	say "$1 ended $end after $(($(cut -d. -f1 /proc/uptime) - start)) s"
}

[ -f /guests/list ] && while read -r name seconds; do
	guest $name $seconds < /dev/null
done < /guests/list
say end
poweroff -f
"""


def libraries(build, programs):
    """The libraries that the programs need, and those that these need: name: path."""
    return needed(programs, [path for package in LIBRARY_PACKAGES
                             for path in listed(payload.get(build, f"xen-lib/{package}"))], OPENED)


def host_files(build):
    """The files of dom0's system: path: where they are on this computer."""
    payload.fetch(build, [*FILES, "busybox"])
    programs = [*listed(payload.get(build, "xen-programs")), payload.get(build, "script")]
    found = libraries(build, programs)
    return {"bin/busybox": payload.get(build, "busybox"),
            "etc/xen/xl.conf": payload.get(build, "xl.conf"),
            "lib64/" + LOADER: found[LOADER],
            **{LIBRARIES + name: path for name, path in found.items()},
            **{f"{PROGRAMS}/{os.path.basename(path)}": path for path in programs},
            **{f"modules/{os.path.basename(path)}": path
               for path in listed(payload.get(build, "amd64-xen"))}}


def initrd(build, output, files=None, texts=None):
    """Write dom0's initrd, with more @files (path: file) and @texts (path: text)."""
    init = DOM0_INIT.replace("@PROGRAMS@", PROGRAMS).replace("@MODULES@", " ".join(MODULES))
    found = {**host_files(build), **(files or {})}
    entries = [("dev/console", 0o20600, b"", (5, 1)), ("init", 0o100755, init.encode(), (0, 0)),
               *payload.proof("dom0", 4096)]
    entries += [(path, 0o100644, text.encode(), (0, 0)) for path, text in (texts or {}).items()]
    for path, source in found.items():
        with open(source, "rb") as data:
            entries.append((path, 0o100755, data.read(), (0, 0)))
    payload.write(output, payload.cpio(directories([path for path, *_ in entries]) + entries))


def hypervisor(build, output):
    """Xen, decompressed, since QEMU starts nothing else."""
    with gzip.open(payload.get(build, "xen.gz")) as packed:
        payload.write(output, packed.read())
