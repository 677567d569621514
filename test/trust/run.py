#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Measured boot, in QEMU with a TPM: one disk, which one image unlocks through every door.

usage: trust/run.py [-a] [-l] [-v] [-j N] [-k GLOB] [BUILD]

As doors/run.py, which has what both do.  The disk is enrolled once, by a boot of its own.
-a boots each changed image through each door; else one of them through each.
"""
import base64
import json
import os
import re
import sys

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from doors import run as doors_run
from doors.base import WRONG, Medium
from harness import payload, qemu, swtpm
from trust import cases as trust_cases, payload as trust_payload, policy

END = r"^lintel-trust: end after .*\n"
PCR = re.compile(r"^lintel-trust: (before|after) (\w+) (\d+) ([0-9A-Fa-f]+)$", re.M)
IMA = 10
PREDICTED = (11, 12, 13)


def values(console):
    """What Linux said of the PCRs: ("before" or "after", bank, number): value."""
    return {(when, bank, int(number)): value.lower()
            for when, bank, number, value in PCR.findall(console)}


def variables(console):
    """What UEFI's variables of the stub and the loader are, as text."""
    found = re.findall(r"^lintel-trust: variable (\w+) ([0-9a-f]*)$", console, re.M)
    return {name: bytes.fromhex(value).decode("utf-16-le", "replace").rstrip("\0")
            for name, value in found}


def predicted(image):
    """What the tool has said that PCRs will be: ("before" or "after", bank, number): value."""
    with open(image + ".json", encoding="ascii") as text:
        banks = json.load(text)
    return {("after" if "phase" in pcr else "before", bank, pcr["pcr"]): pcr["hash"]
            for bank, pcrs in banks.items() for pcr in pcrs}


def wrong_pcrs(image, seen):
    """PCR 11 must be the image's in each bank, before the phase and after."""
    for bank in policy.BANKS:
        for when, phases in (("before", ()), ("after", (policy.PHASE,))):
            wanted = policy.pcr11(image, bank, phases).hex()
            found = seen.get((when, bank, 11), "missing")
            if found != wanted:
                yield f"PCR 11 of {bank} {when} {policy.PHASE} is {found}, not {wanted}"


def wrong_prediction(image, seen):
    """All that the tool has said must have come true."""
    wanted = predicted(image)
    if {(bank, number) for _, bank, number in wanted} != {
            (bank, number) for bank in policy.BANKS for number in PREDICTED}:
        yield f"lintel build --measure tells other PCRs: {sorted(wanted)}"
    for key, value in wanted.items():
        if seen.get(key) != value:
            yield f"PCR {key[2]} of {key[1]} is {seen.get(key)}, not {value} as predicted"


def wrong_log(console, seen, path):
    """The event log must end in the PCRs' values."""
    text = "".join(re.findall(r"^lintel-trust: log (\S+)$", console, re.M))
    if not text:
        return ["Linux has no event log"]
    payload.write(path, base64.b64decode(text))
    replayed = policy.replayed(path)
    if ("sha256", 11) not in replayed:
        return ["the event log has nothing of PCR 11"]
    return [f"the log ends in {value} for PCR {number} of {bank}, which is "
            f"{seen.get(('before', bank, number))}"
            for (bank, number), value in replayed.items()
            if number != IMA and seen.get(("before", bank, number)) != value]


def wrong_words(console):
    """On UEFI systemd must see that the stub has measured."""
    if variables(console).get("StubPcrKernelImage") != "11":
        yield "the variable StubPcrKernelImage does not say 11"
    if not re.search("^lintel-trust: bootctl +Measured UKI: yes$", console, re.M):
        yield "bootctl does not see a measured UKI"


def wrong_end(case, console):
    """The disk must be readable, or not; and Lintel must have come through the door."""
    if case.door and not re.search(rf"^lintel \d\S*: {case.door} ", console, re.M):
        yield f"it did not come through {case.door}"
    secret = f"lintel-trust: UNLOCKED {trust_payload.SECRET.decode()}\n"
    if case.unlocks and secret not in console:
        yield "the disk is not unlocked"
    if not case.unlocks and ("UNLOCKED" in console or "lintel-trust: LOCKED\n" not in console):
        yield "the disk is not locked"


class Trust(doors_run.Matrix):
    """A run of some cases with one disk and its TPM."""

    directory = "trust"

    def boot(self, case, log):
        """Boot a case and hold it to everything that it promises."""
        stem = log[:-len(".log")]
        args = case.medium.make(self.find(case.medium.files), stem)
        disk = trust_payload.disk(os.path.join(self.work, "disk"))
        with swtpm.Tpm(stem + ".swtpm", case.seconds, os.path.join(self.work, "tpm")) as tpm, \
                qemu.Machine([*args, *disk, *tpm.arguments()], log, case.mib, case.seconds,
                             machine=case.medium.machine) as machine:
            try:
                machine.expect([END], WRONG)
            except qemu.Failed as error:
                raise qemu.Failed("\n".join([str(error), *("  | " + line for line in
                                                           machine.tail())])) from None
            self.judge(case, machine.console(), stem)

    def judge(self, case, console, stem):
        """What the machine has said must be what it should."""
        seen = values(console)
        wrong = [*wrong_end(case, console),
                 *wrong_pcrs(self.files[case.image], seen),
                 *wrong_prediction(self.files[case.image], seen),
                 *wrong_log(console, seen, stem + ".eventlog"),
                 *(wrong_words(console) if case.uefi else [])]
        if wrong:
            raise qemu.Failed("\n  ".join(["", *wrong]))

    def run_all(self, cases, jobs):
        """Make the disk, then run the cases; the numbers of passed and failed ones."""
        trust_cases.new_keys(self.build)
        trust_payload.enrol(self.build, self.work, trust_cases.keys(self.build)[1])
        self.files, self.broken = doors_run.prepare(
            self.build, [part for case in cases
                         for part in (case.medium, Medium([case.image], None))])
        passed = doors_run.side_by_side(self.run, cases, jobs)
        return passed.count(True), passed.count(False)


def main():
    parser = doors_run.parser_of("boot measured images in QEMU")
    parser.add_argument("-a", action="store_true", help="all changed images through all doors")
    options = parser.parse_args()
    cases = trust_cases.CASES if options.a else trust_cases.few(trust_cases.CASES)
    doors_run.boot("trust", Trust, cases, options)


if __name__ == "__main__":
    main()
