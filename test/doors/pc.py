# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of the PC with a BIOS, of QEMU's own loader and of kexec.

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""
from doors.base import CMDLINE, CMDLINE_SIZE, KERNELS, MICROVM_RAM, PROBE, REFERENCE, UNAME, \
    WRONG, Case, Medium, beside, boots, debian, grub, isolinux, lying, on_com2, probe_facts, \
    qemu, ram, refused, with_smbios
from harness import media


def through_all_doors(kernel):
    """A kernel as module and packed, through every door and loader."""
    image, c = f"/{kernel}.efi", CMDLINE
    initrd = "/first" if kernel in UNAME else "/plain"
    loaded = [
        ("multiboot2/modules", grub(f"multiboot2 /lintel.efi {c}", f"module2 /{kernel}",
                                    f"module2 {initrd}"), "multiboot2"),
        ("multiboot2/modules-elf", grub(f"multiboot2 /lintel.elf {c}", f"module2 /{kernel}",
                                        f"module2 {initrd}"), "multiboot2"),
        ("multiboot/modules", grub(f"multiboot /lintel.efi {c}", f"module /{kernel}",
                                   f"module {initrd}"), "multiboot1"),
        ("multiboot/modules-elf", grub(f"multiboot /lintel.elf {c}", f"module /{kernel}",
                                       f"module {initrd}"), "multiboot1"),
        ("multiboot2/packed", grub(f"multiboot2 {image}"), "multiboot2"),
        ("multiboot/packed", grub(f"multiboot {image}"), "multiboot1"),
        ("linux/packed", grub(f"linux {image}"), "linux32"),
        ("linux16/packed", grub(f"linux16 {image}"), "linux16"),
        ("qemu/packed", qemu(image[1:]), "linux16"),
        ("qemu-elf/packed", qemu(image[1:] + ".elf"), "pvh"),
        ("isolinux-linux/packed", isolinux(f"linux {image}"), "linux16"),
        ("isolinux-mboot/packed", isolinux("kernel mboot.c32", f"append {image}"), "multiboot1"),
    ]
    same = REFERENCE if kernel.startswith("probe.") else ""
    return [boots(f"{kernel}/{name}", kernel, medium, door, same=same)
            for name, medium, door in loaded]


def microvms():
    """QEMU's machine without BIOS and VGA."""
    memory = {"kib": MICROVM_RAM, "explained": {
        "ram": "no BIOS takes any", "map": "no BIOS takes any", "screen": "there is none",
        "rsdp": "QEMU's own place for it"}}
    return [
        boots("microvm/cloud", "cloud", qemu("cloud.efi.elf", machine="microvm"), "pvh", **memory),
        boots("microvm/amd64-bare", "amd64", qemu("lintel.elf", "cat", CMDLINE, "microvm"), "pvh",
              **memory),
        boots("microvm/probe", "probe.bzImage", qemu("probe.bzImage.efi.elf", machine="microvm"),
              "pvh", same=REFERENCE, **memory),
    ]


def initrds_and_command_lines():
    """Initrds beside and before others; a command line from the loader, which wins."""
    c, both = CMDLINE, ("first", "second")
    own = c + " lintel.test=1"
    longest = c + " " + "x" * (CMDLINE_SIZE - len(c) - 1)
    return [
        boots("order/multiboot2", "cloud", grub(f"multiboot2 /lintel.efi {c}", "module2 /first",
                                                "module2 /cloud"), "multiboot2"),
        boots("order/multiboot", "cloud", grub(f"multiboot /lintel.efi {c}", "module /first",
                                               "module /cloud"), "multiboot1"),
        boots("two/multiboot2", "cloud",
              grub(f"multiboot2 /lintel.efi {c}", "module2 /cloud", "module2 /second",
                   "module2 /first"), "multiboot2", files=both),
        boots("two/multiboot", "cloud",
              grub(f"multiboot /lintel.efi {c}", "module /second", "module /cloud",
                   "module /first"), "multiboot1", files=both),
        boots("large/multiboot2", "amd64",
              grub(f"multiboot2 /lintel.efi {c}", "module2 /amd64", "module2 /large"),
              "multiboot2", files=("large",), seconds=180),
        boots("large/multiboot", "amd64",
              grub(f"multiboot /lintel.efi {c}", "module /amd64", "module /large"),
              "multiboot1", files=("large",), seconds=180),
        boots("extra/multiboot2", "cloud", grub("multiboot2 /cloud.efi", "module2 /second"),
              "multiboot2", files=both),
        boots("extra/multiboot", "cloud", grub("multiboot /cloud.efi", "module /second"),
              "multiboot1", files=both),
        boots("extra/linux", "cloud", grub(f"linux /cloud.efi {own}", "initrd /second"),
              "linux32", f"BOOT_IMAGE=/cloud.efi {own}", both),
        boots("extra/linux16", "amd64", grub(f"linux16 /amd64.efi {own}", "initrd16 /second"),
              "linux16", f"BOOT_IMAGE=/amd64.efi {own}", both),
        boots("extra/qemu", "cloud", qemu("cloud.efi", "second", own), "linux16", own, both),
        boots("extra/qemu-elf", "cloud", qemu("cloud.efi.elf", "second", own), "pvh", own, both),
        boots("bare/qemu-elf", "cloud", qemu("lintel.elf", "cloud.efi"), "pvh"),
        boots("bare/qemu-elf-archive", "cloud", qemu("lintel.elf", "archive", c), "pvh"),
        boots("bare/qemu-joined", "amd64", qemu("lintel.efi", "cat", c), "linux16"),
        boots("extra/isolinux-linux", "cloud",
              isolinux("linux /cloud.efi", f"append {own} initrd=/second"), "linux16",
              f"BOOT_IMAGE=/cloud.efi {own} initrd=/second", both),
        boots("extra/isolinux-mboot", "cloud",
              isolinux("kernel mboot.c32", f"append /cloud.efi {own} --- /second"), "multiboot1",
              own, both),
        # Its kernel lies at a multiple of 512 bytes, and would stop without a word there.
        boots("unaligned/uki", "probe.bzImage", grub("multiboot2 /lintel.efi",
                                                     "module2 /probe.uki"),
              "multiboot2", same=REFERENCE),
        Case("high-initrd/multiboot2", grub("multiboot2 /cloud.efi", "module2 /second"),
             # Two that do not touch are moved, and then there is room above 4 GiB.
             [r"RAMDISK: \[mem 0x[1-9a-f][0-9a-f]{8}-",
              *debian("cloud", files=both, kib=ram(5120), door="multiboot2")], mib=5120),
        boots("cmdline/longest", "cloud",
              grub(f"multiboot2 /lintel.efi {longest}", "module2 /cloud", "module2 /first"),
              "multiboot2", longest),
    ]


def serial_ports():
    """Lintel's lines on another port than COM1, by lintel.serial= and by ACPI's SPCR."""
    c = CMDLINE.replace("ttyS0", "ttyS1")
    absent = CMDLINE + " lintel.serial=com3"
    modules = ("module2 /cloud", "module2 /first")
    cases = []
    for name, word, spcr in (("com2", " lintel.serial=com2", False), ("spcr", "", True)):
        line = c + word
        for door, medium in {
                "multiboot2": grub(f"multiboot2 /lintel.efi {line}", *modules),
                "linux16": qemu("cloud-no-words.efi", cmdline=line),
                "pvh": qemu("cloud-no-words.efi.elf", cmdline=line)}.items():
            expect = [rf"^lintel \d\S*: {door} ", *debian("cloud", line, door=door)]
            cases.append(Case(f"serial/{name}/{door}", on_com2(medium, spcr), expect))
    return [
        *cases,
        Case("serial/spcr/refuse", on_com2(grub("multiboot2 /lintel.efi"), True),
             ["^lintel: E10 "], "Linux version"),
        Case("serial/absent", grub(f"multiboot2 /lintel.efi {absent}", *modules),
             ["^lintel: lintel.serial=: there is no serial port at 3e8",
              *debian("cloud", absent, door="multiboot2")]),
    ]


def smbios():
    """Words for the command line from SMBIOS, behind a packed and a given one."""
    extra, given = "lintel.test=1 panic=-1", CMDLINE + " quiet"
    loaded = [
        ("multiboot2", grub("multiboot2 /cloud.efi"), "multiboot2", CMDLINE),
        ("multiboot2-given", grub(f"multiboot2 /cloud.efi {given}"), "multiboot2", given),
        ("multiboot", grub("multiboot /cloud.efi"), "multiboot1", CMDLINE),
        ("linux16", qemu("cloud.efi"), "linux16", CMDLINE),
        ("pvh", qemu("cloud.efi.elf"), "pvh", CMDLINE),
    ]
    twice = grub(f"multiboot2 /lintel.efi {CMDLINE}", "module2 /lintel.efi", "module2 /cloud",
                 "module2 /first")
    return [Case("smbios/chain", with_smbios(twice, extra), debian("cloud", f"{CMDLINE} {extra}")),
            *[boots(f"smbios/{name}", "cloud", with_smbios(medium, extra), door,
                    f"{line} {extra}") for name, medium, door, line in loaded]]


def kexecs():
    """A running Debian kernel starts the packed image, also with five levels of paging."""
    cases = []
    for cpu, la57 in (("qemu64", 0), ("max", 1)):
        loaded = qemu("amd64", "kexec", "console=ttyS0,115200 panic=-1")

        def make(files, stem, cpu=cpu, loaded=loaded):
            return [*loaded.make(files, stem), "-cpu", cpu]
        cases.append(Case(f"kexec/{cpu}", Medium(loaded.files, make),
                          [f"^lintel-kexec: la57 {la57}",
                           *debian("cloud", kib=r"\d+", door="linux64")], mib=1024))
    return cases


def added_words():
    """Words that loaders and monitors add by themselves leave the packed line in place."""
    device = r"virtio_mmio\.device=512@0x[0-9a-f]+:\d+"
    microvm = qemu("cloud.efi.elf", machine="microvm")
    without_acpi = beside(Medium(microvm.files, microvm.make, "microvm"), "-machine", "acpi=off",
                          "-device", "virtio-rng-device")
    return [
        Case("added/isolinux", isolinux("linux /cloud.efi", "append initrd=/second",
                                        "sysappend 0x3ffff"),
             debian("cloud", CMDLINE + r" CPU=\S+ SYSVENDOR=QEMU .*", ("first", "second"),
                    door="linux16")),
        Case("added/microvm", without_acpi,
             debian("cloud", f"{CMDLINE} {device}", kib=r"\d+", door="pvh")),
        Case("added/kexec", qemu("amd64", "kexec-tools.initrd", "console=ttyS0,115200 panic=-1"),
             debian("cloud", kib=r"\d+", door="multiboot2"), mib=1024),
    ]


def memtests():
    """Kernels that are fixed at 1 MiB, where Lintel and its modules may lie."""
    c, cases = "console=ttyS0,115200", []
    for bits in ("ia32", "x64"):
        expect = [r"\.x" + bits[-2:], r"#[2-9] +\[", "Errors: 0"]
        for name, lines in {"modules": (f"multiboot2 /lintel.efi {c}", f"module2 /memtest-{bits}"),
                            "packed": (f"multiboot2 /memtest-{bits}.efi",),
                            "linux16": (f"linux16 /memtest-{bits}.efi",)}.items():
            cases.append(Case(f"memtest-{bits}/{name}", grub(*lines), expect,
                              WRONG + "|Errors: [1-9]", mib=64))
    return cases


def signed():
    """A signature behind the last section is in nobody's way; where the protocol cannot say
    whether Secure Boot is on, the kernel is locked down."""
    image = "cloud.efi.signed"
    loaded = {"multiboot2": grub(f"multiboot2 /{image}"), "linux16": qemu(image),
              "multiboot1": grub(f"multiboot /{image}"), "linux32": grub(f"linux /{image}")}
    return [boots(f"signed/{door}", "cloud", medium, door,
                  CMDLINE + (" lockdown=integrity" if door == "multiboot1" else ""))
            for door, medium in loaded.items()]


def packed():
    """Debian's third kernel, and a stock UKI packed anew, by a BIOS and by PVH; also by UEFI
    (doors/efi.py) and by Xen (xen/cases.py)."""
    return [boots(f"packed/{image}/{name}", kernel, medium, door, CMDLINE + words)
            for image, kernel, words in (("rt", "rt", " efi=runtime"), ("uki", "cloud", ""))
            for name, medium, door in (
                ("grub", grub(f"multiboot2 /{image}.efi"), "multiboot2"),
                ("qemu", qemu(f"{image}.efi"), "linux16"),
                ("pvh", qemu(f"{image}.efi.elf"), "pvh"))]


def memory_sizes():
    """All of the RAM is told, whatever there is of it."""
    cases, c = [], CMDLINE
    for mib in (64, 512, 5120, 102400):
        loaded = {
            "multiboot2": grub(f"multiboot2 /lintel.efi {c}", "module2 /probe.bzImage",
                               "module2 /plain"),
            "multiboot1": grub(f"multiboot /lintel.efi {c}", "module /probe.bzImage",
                               "module /plain"),
            "linux32": grub("linux /probe.bzImage.efi"),
            "linux16": qemu("probe.bzImage.efi"),
        }
        cases += [boots(f"memory-{mib}/{door}", "probe", medium, door, mib=mib)
                  for door, medium in loaded.items()]
    return cases + [
        boots(f"memory-{mib}/cloud", "cloud",
              grub(f"multiboot2 /lintel.efi {c}", "module2 /cloud", "module2 /first"),
              "multiboot2", mib=mib) for mib in (5120, 102400)]


def many_ranges():
    """E820 entries beyond what the zero page holds, none lost."""
    cases, c = [], CMDLINE
    for entries in (153, 301):
        kib = media.lie_ram(entries) // 1024 - 4
        loaded = {
            "multiboot2": (f"multiboot2 /lintel.efi {c}", "module2 /@", "module2 /+"),
            "multiboot1": (f"multiboot /lintel.efi {c}", "module /@", "module /+"),
            "linux16": ("linux16 /@.efi",),
        }
        for door, lines in loaded.items():
            for kernel, initrd in (("amd64", "first"), ("probe.bzImage", "plain")):
                medium = lying(entries, *[line.replace("@", kernel).replace("+", initrd)
                                          for line in lines])
                name = f"e820-{entries}/{kernel}/{door}"
                cases.append(Case(name, medium, debian(kernel, kib=kib, door=door))
                             if kernel == "amd64" else
                             Case(name, medium, PROBE, probe=probe_facts(door, kib)))
    return cases


def refusals():
    """What Lintel must refuse, and with which words."""
    shim = "multiboot2 /lintel.efi " + CMDLINE
    too_long = CMDLINE + " " + "x" * (CMDLINE_SIZE - len(CMDLINE))
    return [
        refused("refuse/no-kernel", "E10", shim),
        refused("refuse/no-kernel-multiboot", "E10", "multiboot /lintel.efi"),
        refused("refuse/no-kernel-linux", "E36", "linux /lintel.efi"),
        refused("refuse/no-kernel-linux16", "E10", "linux16 /lintel.efi"),
        refused("refuse/only-initrd", "E10", shim, "module2 /first"),
        refused("refuse/arm64", "E11", shim, "module2 /arm64"),
        refused("refuse/truncated", "E12", shim, "module2 /truncated", "module2 /first"),
        refused("refuse/ipxe", "E13", shim, "module2 /ipxe.lkrn"),
        refused("refuse/memdisk", "E13", shim, "module2 /memdisk", "module2 /first"),
        refused("refuse/memory", "E16", shim, "module2 /amd64", "module2 /first", mib=64),
        refused("refuse/cmdline", "E09", "multiboot2 /lintel.efi " + too_long, "module2 /cloud",
                "module2 /first"),
        refused("refuse/signed", "E26", "multiboot2 /lintel.efi.signed " + CMDLINE,
                "module2 /cloud"),
        refused("refuse/reboot", "E10", shim + " lintel.reboot=1", ends="reset"),
    ]


CASES = [*[case for kernel in KERNELS for case in through_all_doors(kernel)],
         *microvms(), *initrds_and_command_lines(), *serial_ports(), *smbios(), *kexecs(),
         *added_words(), *memtests(), *signed(), *packed(),
         *memory_sizes(),
         *many_ranges(), *refusals()]
