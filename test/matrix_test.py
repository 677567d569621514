#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of what the matrices compare: a difference that no table explains must fail.

usage: matrix_test.py BUILD
"""
import re
import sys
import unittest

from doors import base, chain as doors_chain, efi as doors_efi, ia32 as doors_ia32, \
    run as doors_run
from doors.cases import CASES
from harness import counted, qemu
from xen import cases as xen_cases

# What the probe printed once through GRUB's multiboot2.
TEXT = """door linux64
loader type ff
cmdline console=ttyS0,115200
initrd 138000-181618
setup_data 1ffd8038-1ffd80db
ram 523775 KiB
map 000000000000-00000009fc00 1
map 00000009fc00-0000000a0000 2
map 000000100000-00001ffe0000 1
rsdp f59d0
subarch 0 0
screen 01 mode 3 text 80x25 pixels 0x0x0 at 0
efi 00000000 systab 000000000
initrd_crc32 f572865b of 300568
setup_data_type 4c544e4c
report tsc_entry=0x00000000b39f4710
report tpm=none
report version=0.1.0
report contract=1
report door=multiboot2
report loader=GRUB 2.06-13+deb12u2
report kernel=Lintel
report kind=bzImage
report exit=linux64
report moved=0
report tsc_jump=0x00000000b6a7b604""".splitlines()


def key(line):
    """The key of a line of the probe's text."""
    return doors_run.key_value(line)[0]


class Compared(unittest.TestCase):
    """check_same() and check_facts(), with each line changed, left out, doubled."""

    case = base.Case("here", None, [], same="there")

    def fails(self, text, case=None):
        try:
            doors_run.check_same(case or self.case, text, TEXT)
        except qemu.Failed as error:
            return str(error)
        return ""

    def mutants(self, number):
        """The text with one line other than it is, or not there, or there twice."""
        line = TEXT[number]
        for instead in ([line + "1"], [line[:-1] + "x"], [], [line, line]):
            yield TEXT[:number] + instead + TEXT[number + 1:]

    def test_same(self):
        self.assertEqual(self.fails(list(TEXT)), "")

    def test_every_line(self):
        for number, line in enumerate(TEXT):
            for text in self.mutants(number):
                explained = key(line) in base.EXPLAINED
                self.assertEqual(not self.fails(text), explained, text)

    def test_new_line(self):
        for line in ("subarch_data 1", "report dropped=initrd", "map 0-1 1", "nonsense"):
            self.assertIn("+" + line, self.fails([*TEXT, line]))

    def test_order(self):
        at = TEXT.index("rsdp f59d0")
        self.assertTrue(self.fails([*TEXT[:at], TEXT[at + 1], TEXT[at], *TEXT[at + 2:]]))

    def test_explained(self):
        """A case's own explanation is for its key alone."""
        case = base.Case("here", None, [], same="there", explained={"rsdp": "why"})
        for number, line in enumerate(TEXT):
            for text in self.mutants(number):
                explained = key(line) in base.EXPLAINED or key(line) == "rsdp"
                self.assertEqual(not self.fails(text, case), explained, text)

    def test_facts(self):
        facts = {"subarch": "0 0", "report tsc_jump": re.compile(base.TSC)}
        doors_run.check_facts(TEXT, facts)
        for wrong in ({"subarch": "0"}, {"subarch": re.compile("0")}, {"none": "0"},
                      {"none": re.compile(".*")}, {"report tsc_jump": re.compile("0x0")}):
            with self.assertRaises(qemu.Failed):
                doors_run.check_facts(TEXT, {**facts, **wrong})
        # Of several reports the first is the last Lintel's.
        with self.assertRaises(qemu.Failed):
            doors_run.check_facts(["report door=pvh", *TEXT], {"report door": "multiboot2"})


class Tables(unittest.TestCase):
    """What the cases promise."""

    probes = [case for case in (*CASES, *xen_cases.DOM0,
                                *(guest for batch in xen_cases.BATCHES for guest in batch.guests))
              if case.probe is not None]

    def test_reasons(self):
        """A key that may differ is one that the probe prints, and has a reason."""
        keys = {*map(key, TEXT), "report repaired"}
        for table in (base.EXPLAINED, doors_efi.FIRMWARE, doors_efi.GRUB,
                      doors_ia32.EXPLAINED, doors_chain.LOST, doors_chain.EARLIER,
                      *(case.explained for case in self.probes)):
            for name, why in table.items():
                self.assertIn(name, keys)
                self.assertTrue(why)

    def test_subarch(self):
        """It is checked in every case, in all but Xen's against a value of the test's own."""
        for case in self.probes:
            self.assertIn("subarch", case.probe, case.name)

    def test_doors(self):
        """Each kernel through each door is compared; UEFI's reference with the BIOS's."""
        cases = {case.name: case for case in CASES}
        self.assertEqual(cases[doors_efi.REFERENCE].same, base.REFERENCE)
        for name, case in cases.items():
            if name.startswith("probe."):
                self.assertIn(case.same, (base.REFERENCE, doors_efi.REFERENCE), name)


if __name__ == "__main__":
    counted.main([sys.argv[0], *sys.argv[2:]])
