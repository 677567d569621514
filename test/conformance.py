#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rules of protocol/ENTRY.md under Lintel's doors and under other loaders.

usage: conformance.py [-j N] [--write] [BUILD]

Boots the conformance kernel (test/probe) through one case of each door, and by
loaders that start Linux themselves, and prints loaders x rules; --write puts the
table into test/CONFORMANCE.md.  A rule that Lintel breaks, a rule that the kernel
says nothing about and a row that test/CONFORMANCE.md has otherwise are failures;
what others do is only told.
"""
import argparse
import os
import re
import subprocess
import sys

from doors import base, efi, files as doors_files, run as doors_run
from doors.base import CMDLINE, Case
from doors.cases import CASES
from harness import qemu, rules
from xen import cases as xen_cases

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "CONFORMANCE.md")
KERNEL = "probe.bzImage"
# A row of the table: a case of the matrices.
OURS = {
    "multiboot1": "probe.bzImage/multiboot/modules",
    "multiboot2": "probe.bzImage/multiboot2/modules",
    "linux16": "probe.bzImage/qemu/packed",
    "linux16, BIOS CD": "iso/bios/ide-cd",
    "linux32": "probe.bzImage/linux/packed",
    "linux64, by Lintel": "chain/probe.bzImage/multiboot2",
    "pvh": "probe.bzImage/qemu-elf/packed",
    "pvh, microvm": "microvm/probe",
    "pvh, Xen's initial domain": "dom0-pvh/probe",
    "xenpv, Xen's initial domain": "dom0-pv/probe",
    "efi": "probe.bzImage/efi/direct",
    "efi-handover": "probe.bzImage/efi/linuxefi",
    "multiboot2-efi64": "probe.bzImage/efi/multiboot2",
    "ELF64 kernel": "probe.elf/multiboot2/modules",
    "32-bit bzImage": "probe32.bzImage/multiboot2/modules",
    "ELF32 kernel": "probe32.elf/multiboot2/modules",
}
PACKAGES = ("qemu-system-x86", "seabios", "ovmf", "grub-pc-bin", "grub-efi-amd64-bin", "isolinux",
            "systemd-boot-efi", "linux-image-amd64", "xen-hypervisor-4.17-amd64")
UEFI = r"^lintel-probe: entered as a UEFI application$"


def theirs():
    """Other loaders start the kernel itself; what each row is called."""
    linux = (f"linux /{KERNEL} {CMDLINE}", "initrd /plain")
    loaders = {
        "QEMU -kernel": base.qemu(KERNEL, "plain", CMDLINE),
        "GRUB linux": base.grub(*linux),
        "GRUB linux16": base.grub(f"linux16 /{KERNEL} {CMDLINE}", "initrd16 /plain"),
        "isolinux": base.isolinux(f"linux /{KERNEL}", f"append {CMDLINE} initrd=/plain"),
        "kexec_file_load": base.qemu("amd64", "kexec-probe", "console=ttyS0,115200 panic=-1"),
        "GRUB linux on UEFI": efi.grub(*linux),
        "QEMU -kernel with OVMF": efi.qemu(KERNEL, "plain", CMDLINE),
        "systemd-boot's stub": efi.direct("probe.uki"),
        "UEFI firmware": efi.direct(KERNEL),
    }
    return {name: Case("other/" + re.sub(r"\W+", "-", name), medium,
                       [f"^lintel-probe: end$|{UEFI}"], "", 512)
            for name, medium in loaders.items()}


def ours():
    """The cases of OURS, and what each row is called."""
    cases = {case.name: case for case in CASES + xen_cases.DOM0}
    return {row: cases[name] for row, name in OURS.items()}


class Table(doors_run.Matrix):
    """A run that keeps what the kernel says of the rules."""

    directory = "conformance"

    def __init__(self, build):
        super().__init__(build, False)
        self.said = {}

    def boot(self, case, log):
        args = case.medium.make(self.find(case.medium.files), log[:-len(".log")])
        with qemu.Machine(args, log, case.mib, case.seconds,
                          machine=case.medium.machine) as machine:
            machine.expect(case.expect, case.never)
            console = machine.console()
        self.said[case.name] = rules.verdicts(console)
        broken = rules.broken(console)
        if broken and not case.name.startswith("other/"):
            raise qemu.Failed("\n".join(broken))


def row(said, numbers):
    """The cells of a loader: all of one kind where it never gives a block."""
    marks = {"ok": "ok", "-": "·", "FAIL": "**no**"}
    return [marks[said[number][0]] if number in said else " " for number in numbers]


def table(rows, said, numbers):
    """Loaders x rules, in Markdown."""
    yield "| | " + " | ".join(f"R{number}" for number in numbers) + " |"
    yield "|---" * (len(numbers) + 1) + "|"
    for name, case in rows.items():
        yield f"| {name} | " + " | ".join(row(said.get(case.name, {}), numbers)) + " |"


def reasons(rows, said):
    """What was seen of the rules that do not hold."""
    for name, case in rows.items():
        broken = [f"R{number} {value}" for number, (verdict, value) in
                  sorted(said.get(case.name, {}).items()) if verdict == "FAIL"]
        if case.name in said and not said[case.name]:
            broken = ["starts kernels as UEFI applications: no block, each kernel needs a stub"]
        if broken:
            yield f"* {name}: " + "; ".join(broken)


def version(package):
    """The version of a package in Debian's lists."""
    said = subprocess.run(["apt-cache", "show", "--no-all-versions", package], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60,
                          check=False).stdout
    found = re.search(r"^Version: (\S+)$", said, re.M)
    return f"{package} {found.group(1) if found else 'not in the lists'}"


def document(own, others, said):
    """The whole of test/CONFORMANCE.md."""
    numbers = sorted(rules.seen_by_kernel())
    text = [
        "# Loaders and the rules of protocol/ENTRY.md", "",
        "Made by `make conformance`, which boots the conformance kernel (test/probe) by each",
        "of them. `ok`: the rule holds; **no**: it does not; `·`: it does not apply, since",
        "the kernel was entered in 16 bits, or the rule is for another width or kind of",
        "kernel. No cells: the kernel was started as a UEFI application and never got a",
        "block.",
        "",
        "## Lintel", "", *table(own, said, numbers), "",
        "## Others, starting the same kernel by themselves", "",
        "Nobody promised them these rules: the Linux boot protocol leaves many of them open. The",
        "table shows what a kernel that relies on the contract would meet there.", "",
        *table(others, said, numbers), "", *reasons(others, said), "",
        "## The rules", "",
        *[f"* R{number}: {rules.rules()[number][0]}" for number in numbers], "",
        "## Versions", "", *[f"* {version(package)}" for package in PACKAGES], ""]
    return "\n".join(text)


def stale(own, said):
    """The rows of our own that test/CONFORMANCE.md has otherwise."""
    with open(TABLE, encoding="utf-8") as text:
        lines = text.read().splitlines()
    return [line for line in table(own, said, sorted(rules.seen_by_kernel())) if line not in lines]


def main():
    parser = argparse.ArgumentParser(description="loaders x rules of protocol/ENTRY.md")
    parser.add_argument("-j", type=int, default=2, metavar="N", help="machines at a time")
    parser.add_argument("--write", action="store_true", help="write test/CONFORMANCE.md")
    parser.add_argument("build", nargs="?", default="build")
    options = parser.parse_args()
    doors_files.MAKERS["kexec-probe"] = lambda build, path: doors_files.kexec_initrd(
        build, path, KERNEL)
    doors_files.MAKERS["probe.uki"] = lambda build, path: doors_files.stock_uki(
        build, path, KERNEL, "plain")
    own, others, matrix = ours(), theirs(), Table(options.build)
    passed, failed = matrix.run_all([*own.values(), *others.values()], options.j)
    print("\n".join(table({**own, **others}, matrix.said, sorted(rules.seen_by_kernel()))))
    if options.write:
        with open(TABLE, "w", encoding="utf-8") as out:
            out.write(document(own, others, matrix.said))
    for line in stale(own, matrix.said):
        print(f"FAIL test/CONFORMANCE.md says otherwise, see make conformance: {line}")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
