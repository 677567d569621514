# SPDX-License-Identifier: BSD-2-Clause
"""The cases of the Xen matrix (xen/run.py runs them): first domains, and guests in batches.

DOM0 has one machine for each case.  A BATCH is one machine whose first domain, Debian's
own kernel, starts its guests with xl one after another; each of them is a case too.
The controls, named stock/..., boot without Lintel: when they fail, it is not Lintel.
"""
import os
import re
import shutil
from dataclasses import dataclass, field

from doors import base, efi as doors_efi, files as doors_files, hello as doors_hello
from doors.base import Case, Medium
from harness import media, payload
from harness.qemu import scaled
from xen import payload as xen_payload

LARGE = 300  # MiB
# A full buffer would lose characters; filling all free memory with zeros costs seconds.
XEN = "console=com1 com1=115200 serial_tx_buffer=4M bootscrub=0"
CMDLINE = "console=hvc0 panic=-1"
POWEROFF = CMDLINE + " lintel.init=poweroff"
PANIC = r"^\(XEN\) Panic on CPU.*"
WRONG = f"{PANIC}|{base.WRONG}"
UNAME = {**base.UNAME, "cloud-zstd": r"\S+-cloud-amd64"}
# What Lintel says through each door.
LINE = {"pv": r"^lintel [\d.]+: xenpv .* xenpv at ", "pvh": r"^lintel [\d.]+: pvh "}
# What sets the kinds of first domain apart: words for Xen, a machine and its arguments.
KINDS = {
    "pv": ("", "pc", ["-cpu", "qemu64"], 1024),
    "pvh": (" dom0=pvh dom0_mem=512M", "q35",
            ["-device", "amd-iommu", "-cpu", "qemu64,+svm,+npt"], 2048),
}


@dataclass(eq=False)
class Guest:
    """A guest, and what it must do.

    @kind: "pv" or "pvh", xl's type
    @expect: regexes that its console must show, in this order; @never must not
    @ends: how, in the words of DOM0_INIT
    @probe, @same, @explained: as in a Case
    @until: a regex of words after which it is ended
    @quiet: whether xl must have nothing to complain of
    @typed: what is typed into its shell by xl console, which must show @shows
    """
    name: str
    kind: str
    kernel: str
    ramdisk: str
    expect: list
    cmdline: str = POWEROFF
    never: str = base.WRONG
    mib: int = 256
    cpus: int = 1
    ends: str = "poweroff"
    typed: str = ""
    shows: str = ""
    quiet: bool = False
    probe: dict = None
    same: str = ""
    explained: dict = field(default_factory=dict)
    seconds: int = 180
    until: str = ""

    @property
    def files(self):
        """The files that it needs."""
        return [self.kernel, *([self.ramdisk] if self.ramdisk else [])]

    def config(self, name):
        """xl's configuration (xl.cfg(5))."""
        words = {"name": name, "type": self.kind, "kernel": f"/guests/files/{self.kernel}",
                 **({"cmdline": self.cmdline} if self.cmdline else {}),
                 **({"ramdisk": f"/guests/files/{self.ramdisk}"} if self.ramdisk else {}),
                 **{f"on_{end}": "destroy" for end in ("poweroff", "reboot", "crash")}}
        return "".join([*[f'{key} = "{value}"\n' for key, value in words.items()],
                        f"memory = {self.mib}\nvcpus = {self.cpus}\n"])


def xl_name(guest):
    """A guest's name for xl, and of its files."""
    return guest.name.replace("/", "-")


@dataclass(eq=False)
class Batch:
    """A machine whose first domain starts guests; more than about 25 would exhaust it."""
    name: str
    guests: list
    mib: int = 3072

    @property
    def files(self):
        """The files that it needs itself."""
        return ["xen", "amd64", "dom0"]

    def make(self, build, files, stem):
        """The machine's arguments."""
        ramdisk, texts, own = stem + ".medium.cpio", {}, {}
        for guest in self.guests:
            texts[f"guests/{xl_name(guest)}.cfg"] = guest.config(xl_name(guest))
            if guest.typed:
                texts[f"guests/{xl_name(guest)}.type"] = guest.typed
            if guest.until:
                texts[f"guests/{xl_name(guest)}.until"] = guest.until + "\n"
            own.update({f"guests/files/{name}": files[name] for name in guest.files})
        texts["guests/list"] = "".join(f"{xl_name(guest)} {scaled(guest.seconds):.0f}\n"
                                       for guest in self.guests)
        xen_payload.initrd(build, ramdisk, own, texts)
        return ["-cpu", "qemu64,+svm,+npt", "-kernel", files["xen"],
                "-append", XEN + " dom0_mem=1024M",
                "-initrd", f"{files['amd64']} {CMDLINE},{ramdisk}"]


# ---- first domains

def qemu(kind, kernel, words, ramdisk):
    """QEMU starts Xen, with a kernel, the words of its command line and a ramdisk, if any."""
    more, machine, args, _ = KINDS[kind]
    ramdisks = [ramdisk] if ramdisk else []

    def make(files, _):
        modules = [f"{files[kernel]} {words}", *[files[name] for name in ramdisks]]
        return [*args, "-kernel", files["xen"], "-append", XEN + more,
                "-initrd", ",".join(modules)]
    return Medium(["xen", kernel, *ramdisks], make, machine)


def by_grub(loader, kind, kernel, words, ramdisk):
    """GRUB starts Xen, by the commands of @loader."""
    more, machine, args, _ = KINDS[kind]
    modules = [f"module2 /{ramdisk}"] if ramdisk else []
    medium = loader(f"multiboot2 /xen {XEN}{more}", f"module2 /{kernel} {words}", *modules)

    def make(files, stem):
        return [*args, *medium.make(files, stem)]
    return Medium(medium.files, make, "q35" if "q35" in (machine, medium.machine) else "pc")


def grub(*words):
    """GRUB for the BIOS."""
    return by_grub(base.grub, *words)


def grub_efi(*words):
    """GRUB for UEFI, on OVMF."""
    return by_grub(doors_efi.grub, *words)


def dom0(name, loader, kind, kernel, ramdisk="", files=("dom0",)):
    """A first domain, with kernel and ramdisk, that must come to its end and have its files."""
    expect = [fr"^lintel-dom0: uname {UNAME['amd64']}$", fr"^lintel-dom0: cmdline {CMDLINE}$",
              r"^lintel-dom0: console (.* )?hvc0$", f"^lintel-dom0: hypervisor xen {kind.upper()}$",
              "^lintel-dom0: capabilities control_d$",
              *[f"^lintel-dom0: file {file} ok$" for file in files],
              "^lintel-dom0: initrd ok$", "^lintel-dom0: ready$",
              r"^lintel-dom0: list Domain-0 +0 .* r-----", "^lintel-dom0: end$"]
    if kernel != "amd64":
        expect.insert(0, LINE[kind])
    return Case(name, loader(kind, kernel, CMDLINE, ramdisk), expect, WRONG, KINDS[kind][3],
                seconds=240, ends="shutdown")


# ---- guests

def boots(name, kind, kernel, image="", ramdisk="first", files=("first",), own="", **more):
    """A guest that boots Debian's @kernel, from @image if that is another file.

    @own: the command line that must come out if it is not the one that xl gives.
    """
    guest = Guest(name, kind, image or kernel, ramdisk, [], **more)
    # All but page 0 and what lies from VGA's memory to 1 MiB.
    guest.expect = [fr"^lintel-init: uname {UNAME[kernel]}$", f"^lintel-init: cpus {guest.cpus}$",
                    f"^lintel-init: subarch {2 if kind == 'pv' else 0}$",
                    f"^lintel-init: xen {kind.upper()}$",
                    f"^lintel-init: cmdline {own or guest.cmdline}$",
                    f"^lintel-init: ram {guest.mib * 1024 - 4 - 384} KiB$",
                    *[f"^lintel-init: file {file} ok$" for file in files],
                    "^lintel-init: initrd ok$"]
    if image:
        guest.expect.insert(0, LINE[kind])
    return guest


def types(name, kind, kernel, image="", ramdisk="first"):
    """A guest whose shell is told, through xl console, to calculate and to power off."""
    return boots(name, kind, kernel, image, ramdisk, cmdline=CMDLINE,
                 typed="echo lintel-$((6*7))\npoweroff -f\n", shows="^lintel-42$")


def crashes(name, kind, kernel, image="", ramdisk="first"):
    """A guest whose kernel finds nothing to run, and panics."""
    cmdline = "console=hvc0 panic=1 rdinit=/none init=/none root=none"
    return Guest(name, kind, image or kernel, ramdisk, ["Kernel panic - not syncing: "], cmdline,
                 never="^lintel-init", ends="crash")


DOM0 = [dom0(f"stock/dom0-{kind}/{name}", loader, kind, "amd64", "dom0")
        for kind, name, loader in (("pv", "qemu", qemu), ("pv", "grub-efi", grub_efi),
                                   ("pvh", "qemu", qemu), ("pvh", "grub", grub))]
BATCHES = [
    Batch("guests-pv", [boots("stock/pv/cloud", "pv", "cloud"),
                        boots("stock/pv/amd64", "pv", "amd64", cpus=2),
                        types("stock/pv/console", "pv", "cloud")]),
    Batch("guests-pvh", [boots("stock/pvh/cloud", "pvh", "cloud"),
                         boots("stock/pvh/cloud-zstd", "pvh", "cloud-zstd", mib=128),
                         crashes("stock/pvh/crash", "pvh", "cloud")]),
]


# ---- Lintel

# What the probe may say otherwise than on a PC.
EXPLAINED = {"pvh": {"map": "Xen's own", "ram": "as much as Xen gives", "rsdp": "Xen's own",
                     "screen": "there is none"}}
EXPLAINED["pv"] = {**EXPLAINED["pvh"], "subarch": "2, with start_info: checked"}


def packed(kernel, initrd, cmdline, *more):
    """What packs an image; its name tells which face it shall have."""
    def make(build, output):
        path = os.path.splitext(output)[0]
        media.run(os.path.join(build, "lintel"), "build",
                  f"--linux={doors_files.file(build, kernel)}",
                  f"--initrd={doors_files.file(build, initrd)}", f"--cmdline={cmdline}",
                  # The probe's initrd is compared to the byte: nothing is added for /.extra.
                  *(["--os-release="] if kernel.startswith("probe") else []),
                  f"--output={path}.efi", f"--elf={path}.elf", *more)
    return make


def large(build, output):
    """An initrd that is larger than what lies below a PV kernel, with init."""
    payload.huge(output + ".part", LARGE)
    joined("first")(build, output)
    with open(output, "ab") as end, open(output + ".part", "rb") as part:
        end.write(bytes(-end.tell() % 4))
        shutil.copyfileobj(part, end)
    os.unlink(output + ".part")


def joined(*names):
    """What writes files one behind the other: the only way to give Xen two as one ramdisk."""
    def make(build, output):
        data = b""
        for name in names:
            with open(doors_files.file(build, name), "rb") as part:
                data += part.read()
        payload.write(output, data)
    return make


def lintel_dom0(kind):
    """Lintel as first domain, bare and packed, in both faces."""
    name = f"dom0-{kind}"
    more = {"ramdisk": "second", "files": ("dom0", "second")}
    return [
        dom0(f"{name}/elf/qemu", qemu, kind, "dom0-amd64.elf", **more),
        dom0(f"{name}/efi/qemu", qemu, kind, "dom0-amd64.efi"),
        dom0(f"{name}/efi-unpacked/qemu", qemu, kind, "dom0-amd64.xen.efi"),
        dom0(f"{name}/signed/qemu", qemu, kind, "dom0-amd64.efi.signed"),
        dom0(f"{name}/bare-packed/qemu", qemu, kind, "lintel.elf", "dom0-amd64.efi"),
        dom0(f"{name}/bare-joined/qemu", qemu, kind, "lintel.elf", "amd64+dom0"),
        dom0(f"{name}/efi/grub", grub, kind, "dom0-amd64.efi", **more),
        dom0(f"{name}/bare-joined/grub", grub, kind, "lintel.efi", "amd64+dom0"),
        dom0(f"{name}/elf/grub-efi", grub_efi, kind, "dom0-amd64.elf", **more),
        # Xen restarts the computer when its first domain crashes.
        Case(f"{name}/refuse", qemu(kind, "lintel.elf", CMDLINE, "second"), ["^lintel: E10 "],
             f"{PANIC}|^lintel-dom0", KINDS[kind][3], seconds=240, ends="reset"),
    ]


def lintel_pv():
    """What only PV kernels can show, as first domain, whose console is Xen's."""
    def case(name, image, expect, never=WRONG, mib=1024):
        return Case(f"dom0-pv/{name}", qemu("pv", image, "", ""), expect, never, mib, seconds=240)
    refused = f"{PANIC}|^lintel-hypercall"
    return [
        case("hypercall-page", "xen-hypercall.elf", ["^lintel-hypercall: ok$"]),
        case("large", "xen-large.elf", ["^lintel-init: file huge ok$", "^lintel-init: initrd ok$"],
             mib=3072),
        case("refuse/no-dom0", "xen-guest-only.elf", ["^lintel: E29 .* initial domain"], refused),
        case("refuse/virt-base", "xen-elsewhere.elf", ["^lintel: E29 .* ffffffff00000000, "],
             refused),
        case("refuse/no-pv", "xen-memtest.elf", ["^lintel: E28 "], refused),
    ]


def hypercall_kernel(base=0xffffffff80000000, features=1 << 11):
    """What builds the kernel of hypercall.S; it says that memory is seen at @base."""
    def make(_, output):
        source = media.program("hypercall")
        media.run("gcc", f"-DVIRT_BASE={base:#x}", f"-DFEATURES={features}", "-c", "-o",
                  output + ".o", source + ".S")
        media.run("ld", "--no-warn-rwx-segments", "-T", source + ".ld", "-o", output, output + ".o")
    return make


def grub_kernel(build, output):
    """GRUB's own image for PVH guests: no Linux, and no other entry."""
    media.grub_pvh(output, payload.get(build, "grub-i386-xen_pvh"), "echo lintel-grub: ok\nhalt\n")


def probes(kind, mib=256):
    """The probe as first domain and as guest: with Lintel's note it gets boot_params in PV too."""
    # In PV it is start_info, a page, that leads the probe to its console.
    subarch = re.compile("2 [1-9a-f][0-9a-f]*000") if kind == "pv" else "0 0"
    facts = {"report door": "xenpv" if kind == "pv" else "pvh", "subarch": subarch,
             "report kernel": "ELF64", "report kind": "ELF",
             "report tsc_entry": re.compile(base.TSC), "report tsc_jump": re.compile(base.TSC)}
    same = {"probe": facts, "same": base.REFERENCE, "explained": EXPLAINED[kind]}
    guest = Guest(f"{kind}/probe", kind, "xen-probe.elf", "", base.PROBE, "", mib=mib,
                  **{**same, "probe": {**facts, "ram": f"{mib * 1024} KiB"}})
    return guest, Case(f"dom0-{kind}/probe", qemu(kind, "xen-probe.elf", "", ""), base.PROBE,
                       WRONG, KINDS[kind][3], seconds=240, **same)


def hellos(kind, mib=256):
    """The example kernel as first domain and as guest; it takes boot_params in PV too."""
    door, subarch = ("xenpv", 2) if kind == "pv" else ("pvh", 0)
    guest = doors_hello.says(door, mib * 1024, subarch=subarch)
    first = [*doors_hello.says(door, r"\d{6}", subarch=subarch), "Hardware Dom0 halted"]
    return (Guest(f"{kind}/hello", kind, "xen-hello.elf", "", guest, "", mib=mib),
            Case(f"dom0-{kind}/hello", qemu(kind, "xen-hello.elf", "", ""), first, WRONG,
                 KINDS[kind][3], seconds=240))


def lintel_guests(kind):
    """Lintel as guest, bare and packed, in both faces."""
    test = POWEROFF + " lintel.test=1"
    inside = {"ramdisk": "", "cmdline": "", "own": POWEROFF}
    return [
        boots(f"{kind}/elf/amd64", kind, "amd64", "xen-amd64.elf", **inside),
        boots(f"{kind}/elf/amd64-128", kind, "amd64", "xen-amd64.elf", mib=128, cpus=2, **inside),
        boots(f"{kind}/elf/cloud", kind, "cloud", "xen-cloud.elf", mib=128, **inside),
        boots(f"{kind}/elf/cloud-zstd-128", kind, "cloud-zstd", "xen-cloud-zstd.elf", mib=128,
              **inside),
        boots(f"{kind}/elf/cloud-zstd", kind, "cloud-zstd", "xen-cloud-zstd.elf", mib=1024,
              cpus=2, **inside),
        boots(f"{kind}/efi/cloud", kind, "cloud", "xen-cloud.efi", "", cmdline=test, cpus=2),
        # With a payload that libxc unpacks, it has nothing to complain of.
        boots(f"{kind}/efi/unpacked", kind, "cloud", "xen-cloud.xen.efi", quiet=True, **inside),
        boots(f"{kind}/efi/amd64", kind, "amd64", "xen-amd64.efi", mib=1024, **inside),
        boots(f"{kind}/elf/two", kind, "cloud", "xen-cloud.elf", "second", ("first", "second")),
        boots(f"{kind}/packed/uki", kind, "cloud", "uki.efi.elf", ""),
        boots(f"{kind}/bare/packed", kind, "cloud", "lintel.elf", "xen-cloud.efi", cmdline="",
              own=POWEROFF),
        # Room for unpacking any kernel is asked for, so 128 MiB would be too little.
        boots(f"{kind}/bare/joined", kind, "cloud", "lintel.elf", "cloud+first"),
        boots(f"{kind}/bare-efi/joined", kind, "amd64", "lintel.efi", "amd64+first"),
        types(f"{kind}/console", kind, "cloud", "xen-cloud.elf", ""),
        crashes(f"{kind}/crash", kind, "cloud", "xen-cloud.elf", ""),
        Guest(f"{kind}/refuse/no-kernel", kind, "lintel.elf", "", ["^lintel: E10 "],
              never="^lintel-init", ends="crash"),
        Guest(f"{kind}/refuse/initrd", kind, "lintel.elf", "second", ["^lintel: E10 "],
              never="^lintel-init", ends="crash"),
    ]


doors_files.MAKERS.update({
    "xen": xen_payload.hypervisor, "dom0": xen_payload.initrd,
    "amd64+dom0": joined("amd64", "dom0"), "amd64+first": joined("amd64", "first"),
    "cloud+first": joined("cloud", "first"),
    **{f"dom0-amd64.{face}": packed("amd64", "dom0", CMDLINE) for face in ("elf", "efi")},
    **{f"xen-{kernel}.{face}": packed(kernel, "first", POWEROFF)
       for kernel in ("amd64", "cloud", "cloud-zstd") for face in ("elf", "efi")},
    "xen-cloud.xen.efi": packed("cloud", "first", POWEROFF, "--xen"),
    "dom0-amd64.xen.efi": packed("amd64", "dom0", CMDLINE, "--xen"),
    "xen-probe.elf": packed("probe.elf", "plain", base.CMDLINE),
    "xen-hello.elf": packed("hello.elf", "plain", doors_hello.CMDLINE),
    "xen-large.elf": packed("amd64", "first+large", POWEROFF),
    "first+large": large,
    "hypercall": hypercall_kernel(),
    "grub.pvh": grub_kernel,
    "xen-grub.elf": packed("grub.pvh", "plain", CMDLINE),
    "guest-only": hypercall_kernel(features=1),
    "xen-guest-only.elf": packed("guest-only", "plain", CMDLINE),
    "elsewhere": hypercall_kernel(base=0xffffffff00000000),
    "xen-hypercall.elf": packed("hypercall", "plain", CMDLINE),
    "xen-elsewhere.elf": packed("elsewhere", "plain", CMDLINE),
    "xen-memtest.elf": packed("memtest-x64", "plain", CMDLINE),
})

DOM0.extend(lintel_pv())
# Xen itself is no kernel that Lintel could start.
DOM0.append(base.refused("refuse/xen", "E15 .* Multiboot", "multiboot2 /lintel.efi",
                         "module2 /xen"))
BATCHES[1].guests += [
    # In PV Debian's real-time kernel hangs in userspace, without Lintel too.
    boots("pvh/packed/rt", "pvh", "rt", "rt.efi.elf", ""),
    Guest("stock/pvh/grub", "pvh", "grub.pvh", "", ["lintel-grub: ok"]),
    Guest("pvh/grub", "pvh", "xen-grub.elf", "", ["lintel .* pvh at ", "lintel-grub: ok"]),
]
for _kind, _batch in zip(KINDS, BATCHES):
    DOM0.extend([*lintel_dom0(_kind), probes(_kind)[1], hellos(_kind)[1]])
    _batch.guests.extend([*lintel_guests(_kind), probes(_kind)[0], hellos(_kind)[0]])
