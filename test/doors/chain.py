# SPDX-License-Identifier: BSD-2-Clause
"""Chains of the doors matrix: Lintel starts Lintel, also through a third one.

doors/cases.py takes them into its table; doors/base.py says what a case is.
Each Lintel takes the first kernel of what it is given and hands on the rest, one file
behind the other, as its initrd, of which the next one takes the first again.  As a
bzImage (lintel.efi) the next one is entered at its 64-bit entry; as an ELF file
(lintel.elf) it has a PVH entry and is no Linux, so that is where it is entered.
"""
import re

from doors import base, efi, files as doors_files
from doors.base import CMDLINE, UNAME, Medium, boots, grub, isolinux, qemu
from doors.files import file

LINUX64, PVH = "lintel.efi", "lintel.elf"  # what is entered by which door
# What hvm_start_info has no field for, and a Lintel that is entered by it cannot hand on.
LOST = {"screen": "PVH tells no framebuffer: text mode, as a PC starts",
        "efi": "PVH tells no system table"}
LEFT = {"screen": "01 mode 3 text 80x25 pixels 0x0x0 at 0", "efi": "00000000 systab 000000000"}

# What the report of each Lintel before adds to the text; the case looks for each of them.
EARLIER = {key: "one more for each Lintel before" for key in
           ("setup_data_type", "report tpm", "report version", "report contract", "report exit")}


def joined(*names):
    """One file of several, for loaders that take one."""
    def make(build, output):
        doors_files.concatenation(output, *[file(build, name) for name in names])
    return make


def entered(*doors):
    """What each Lintel says, in this order: it goes on to the next one, the last to a kernel."""
    words = [rf"^lintel \d\S*: {door} \(" for door in doors]
    nexts = [*["Lintel" if door == "linux64" else "ELF64" for door in doors[1:]], ""]
    return [rf"{line}.* MiB RAM: {name}" for line, name in zip(words, nexts)]


def reports(doors):
    """The doors whose reports the kernel has, the last first: PVH has no field for the others."""
    first = max((n for n, door in enumerate(doors) if door == "pvh"), default=0)
    return [*reversed(doors[first:])]


def chain(name, kernel, medium, doors, boots=boots, **more):
    """A case that must go through @doors to a kernel."""
    case = boots(name, kernel, medium, doors[-1], **more)
    line = "^lintel-init: report door={}$" if kernel in UNAME else "^report door={}$"
    first, *before = [line.format(door) for door in reports(doors)]
    if case.probe is not None:
        begin, end = case.expect
        case.expect = [begin, first, *before, end]
        case.explained = {**(EARLIER if before else {}), **case.explained}
    else:
        at = next(n for n, pattern in enumerate(case.expect) if "report door=" in pattern) + 1
        case.expect[at:at] = before
    case.expect = [*entered(*doors), *case.expect]
    return case


def launched(kernel, words, ramdisk=""):
    """The launcher of launcher/ starts Lintel as a boot loader of the Linux protocol would."""
    files = ["lintel.efi", ramdisk or last(kernel)]

    def make(found, _):
        return ["-kernel", found["launcher"], "-initrd", ",".join(found[name] for name in files),
                "-append", f"{words} -- {CMDLINE}"]
    return Medium(["launcher", *files], make)


def launcher():
    """What only this boot loader does: it is neither Linux nor Lintel, and enters a bzImage at
    its 64-bit entry; and it leaves the file's first bytes in the zero page."""
    cases = []
    for bits in (32, 64):
        cases += [
            boots(f"launcher/{kernel}/linux{bits}", kernel, launched(kernel, f"bits={bits}"),
                  f"linux{bits}", same="" if kernel in UNAME else base.REFERENCE)
            for kernel in ("amd64", "probe.bzImage", "probe.elf")]
        case = boots(f"launcher/junk/linux{bits}", "probe.bzImage",
                     launched("probe.bzImage", f"bits={bits} junk=1"), f"linux{bits}",
                     same=base.REFERENCE, explained={"report repaired": "that is checked"})
        case.probe["report repaired"] = "boot_params"
        cases.append(case)
    return cases


def looks_like_vmware():
    """A machine that becomes VMware's only when the kernel asks for it is a PC until then: its
    BIOS tables and its port say so, the processor does not."""
    def medium(loaded):
        def make(files, stem):
            return [*loaded.make(files, stem), "-cpu", "qemu64,-hypervisor", "-smbios",
                    "type=1,serial=VMware-56 4d 00 00"]
        return Medium(loaded.files, make)
    case = boots("subarch/vmware/amd64", "amd64", medium(qemu("amd64.efi")), "linux16")
    case.expect.insert(0, "Hypervisor detected: VMware")
    other = boots("subarch/vmware/probe", "probe.bzImage", medium(qemu("probe.bzImage.efi")),
                  "linux16", same=base.REFERENCE,
                  explained={"rsdp": "it lies behind the SMBIOS tables, with the serial number"})
    other.probe["rsdp"] = re.compile(r"f[0-9a-f]{4}")
    return [case, other]


def last(kernel):
    """What the chain ends in: a packed image."""
    return f"{kernel}.efi"


def two(kernel):
    """Lintel starts Lintel, which gets the packed image as its initrd."""
    shim, same = f"multiboot2 /lintel.efi {CMDLINE}", "" if kernel in UNAME else base.REFERENCE
    return [
        chain(f"chain/{kernel}/multiboot2", kernel,
              grub(shim, f"module2 /{LINUX64}", f"module2 /{last(kernel)}"),
              ("multiboot2", "linux64"), same=same),
        # What is packed is opened, not started: one Lintel is enough.
        chain(f"chain/{kernel}/linux16", kernel,
              grub("linux16 /lintel.efi", f"initrd16 /{last(kernel)}"), ("linux16",), same=same),
        chain(f"chain/{kernel}/pvh", kernel,
              grub(shim, f"module2 /{PVH}", f"module2 /{last(kernel)}"),
              ("multiboot2", "pvh"), same=same),
    ]


def three(kernel):
    """The same with one more between them, by a BIOS and by PVH."""
    end, same = last(kernel), "" if kernel in UNAME else base.REFERENCE
    loaded = {
        ("multiboot2", "linux64", "pvh"):
            grub(f"multiboot2 /lintel.efi {CMDLINE}", f"module2 /{LINUX64}", f"module2 /{PVH}",
                 f"module2 /{end}"),
        ("multiboot1", "pvh", "linux64"):
            grub(f"multiboot /lintel.efi {CMDLINE}", f"module /{PVH}", f"module /{LINUX64}",
                 f"module /{end}"),
        ("linux16", "linux64", "pvh"): qemu("lintel.efi", f"chain-64-pvh-{kernel}"),
        ("linux32", "pvh", "pvh"): grub("linux /lintel.efi", f"initrd /{PVH} /{PVH} /{end}"),
        ("pvh", "linux64", "linux64"): qemu("lintel.elf", f"chain-64-64-{kernel}"),
    }
    return [chain(f"chain3/{kernel}/{'-'.join(doors)}", kernel, medium, doors, same=same)
            for doors, medium in loaded.items()]


def three_files(kernel):
    """Kernel and initrd are not packed: the last Lintel gets both as one file."""
    doors = ("linux16", "linux64", "linux64")
    initrd, same = ("first", "") if kernel in UNAME else ("plain", base.REFERENCE)
    words = f"append initrd=/{LINUX64},/{LINUX64},/{kernel},/{initrd} {CMDLINE}"
    return [chain(f"chain3/{kernel}/isolinux", kernel, isolinux("linux /lintel.efi", words), doors,
                  cmdline=f"BOOT_IMAGE=/lintel.efi {words[len('append '):]}", same=same,
                  explained={"cmdline": "isolinux's own words; the case checks them"})]


def three_efi(kernel):
    """The same by UEFI."""
    def case(name, doors, lines, explained):
        same = {} if kernel in UNAME else {"same": efi.REFERENCE, "explained": explained}
        made = chain(f"chain3/{kernel}/efi/{name}", kernel, efi.grub(*lines), doors, efi.boots,
                     **same)
        if explained:
            made.probe.update(LEFT)
        return made
    end = f"initrd=/{last(kernel)}"
    return [
        case("linux64-linux64", ("efi", "linux64", "linux64"),
             [f"chainloader /lintel.efi linux=/{LINUX64} initrd=/{LINUX64} {end}"], {}),
        # Debian's kernel would miss what is lost.
        *([] if kernel in UNAME else [
            case("linux64-pvh", ("efi", "linux64", "pvh"),
                 [f"chainloader /lintel.efi linux=/{LINUX64} initrd=/{PVH} {end}"], LOST)]),
    ]


def subarchs():
    """Who the loader says that the machine is goes out unchanged, with its pointer: also an id
    that nobody knows, and Xen's where this is no Xen, since only a loader can know."""
    cases = []
    for subarch in (0, 1, 2, 3, 4, 0xbeef):
        data = 0 if subarch == 0 else 0xfedcba9876543210
        for bits in (32, 64):
            case = boots(f"subarch/{subarch:x}/linux{bits}", "probe.bzImage",
                         launched("probe.bzImage", f"bits={bits} subarch={subarch} data={data:#x}"),
                         f"linux{bits}", same=base.REFERENCE,
                         explained={"subarch": "what the case is about; it checks it"})
            case.probe["subarch"] = f"{subarch} {data:x}"
            cases.append(case)
    # Through one Lintel more.
    case = chain("subarch/chain", "probe.bzImage",
                 launched("probe.bzImage", "bits=32 subarch=3 data=0x123456789a",
                          "chain-64-probe.bzImage"),
                 ("linux32", "linux64"), same=base.REFERENCE,
                 explained={"subarch": "what the case is about; it checks it"})
    case.probe["subarch"] = "3 123456789a"
    return [*cases, case]


KERNELS = ("cloud", "probe.bzImage")
doors_files.MAKERS.update({
    f"chain-{name}-{kernel}": joined(*files, last(kernel)) for kernel in KERNELS
    for name, files in (("64", (LINUX64,)), ("64-pvh", (LINUX64, PVH)),
                        ("64-64", (LINUX64, LINUX64)))})

CASES = [case for kernel in KERNELS
         for part in (two, three, three_files, three_efi) for case in part(kernel)]
CASES += [*subarchs(), *launcher(), *looks_like_vmware()]
