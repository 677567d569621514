#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix: boots every case of doors/cases.py in QEMU, two at a time.

usage: doors/run.py [-l] [-v] [-j N] [-k GLOB] [BUILD]

One line per case; a failed one is followed by its reason and its last console
lines.  BUILD/doors/NAME.log holds the whole console and the QEMU command; the
media of a failed case stay there too.  Exit status 1 when any case failed.
"""
import argparse
import difflib
import fnmatch
import glob
import os
import re
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from doors import base
from doors.cases import CASES
from harness import bochs, media, payload, qemu, rules

ERRORS = (qemu.Failed, media.Refused, payload.Missing)


def probe_text(console):
    """The probe kernel's canonical text: its lines between begin and end."""
    return re.search(base.PROBE_TEXT, console, re.M | re.S).group(1).splitlines()


def key_value(line):
    """A line of the probe's text in two."""
    match = re.fullmatch(base.PROBE_LINE, line)
    return match.groups() if match else (line, "")


def check_facts(text, facts):
    """The probe's values that the test knows from elsewhere: of a key's lines the first, which
    is the last Lintel's report."""
    values = dict(reversed([*map(key_value, text)]))
    for key, wanted in facts.items():
        value = values.get(key)
        if isinstance(wanted, re.Pattern):
            right = value is not None and wanted.fullmatch(value)
        else:
            right = value == wanted
        if not right:
            raise qemu.Failed(f"the probe says '{key} {value}', it should be '{wanted}'")


def check_same(case, text, reference):
    """Every line must be the same as through another door, but for the explained."""
    explained = {**base.EXPLAINED, **case.explained}
    texts = [[line for line in lines if key_value(line)[0] not in explained]
             for lines in (reference, text)]
    diff = list(difflib.unified_diff(*texts, case.same, "here", n=0, lineterm=""))
    if diff:
        raise qemu.Failed("the probe got something else:\n" + "\n".join(diff))


def check_everywhere(machine, pattern, consoles):
    """A refusal must also be on port 0xe9 ("debugcon") or in VGA text memory ("vga")."""
    line = machine.until(lambda: machine.find(pattern + ".*\n"), "whole line").group().strip()
    for console in consoles:
        machine.until(lambda: line in getattr(machine, console)(), f"'{line}' on {console}")


def side_by_side(run, items, jobs):
    """What run() gives for each item, @jobs at a time; a user may stop it."""
    with ThreadPoolExecutor(jobs) as pool:
        try:
            return list(pool.map(run, items))
        except KeyboardInterrupt:
            qemu.stop_all()
            pool.shutdown(cancel_futures=True)
            sys.exit(130)


def start(case, args, log):
    """The machine of a case."""
    machine = case.medium.machine
    if machine == "bochs":
        return bochs.Machine(args, log, case.mib, case.seconds, **case.medium.more)
    return qemu.Machine(args, log, case.mib, case.seconds, machine=machine)


class Matrix:
    """A run of some cases; logs and media lie in BUILD/@directory."""

    directory = "doors"

    def __init__(self, build, verbose):
        self.build, self.verbose = build, verbose
        self.files, self.broken, self.texts = {}, {}, {}
        self.work = os.path.join(build, self.directory)
        os.makedirs(self.work, exist_ok=True)

    def find(self, names):
        """The paths of the files that the cases share."""
        for name in names:
            if name in self.broken:
                raise media.Refused(f"there is no {name}: {self.broken[name]}")
        return {name: self.files[name] for name in names}

    def boot(self, case, log):
        """Boot a case and hold it to everything that it promises."""
        args = case.medium.make(self.find(case.medium.files), log[:-len(".log")])
        with start(case, args, log) as machine:
            try:
                machine.expect(case.expect, case.never)
                if case.everywhere:
                    check_everywhere(machine, case.expect[0], case.everywhere)
                if case.ends:
                    machine.expect_end(case.ends)
                if case.probe is not None:
                    self.check_probe(case, machine.console())
            except qemu.Failed as error:
                raise qemu.Failed("\n".join([str(error), *("  | " + line for line in
                                                           machine.tail())])) from None

    def check_probe(self, case, console):
        """What the probe kernel says that it got, and of the contract's rules."""
        text, broken = probe_text(console), rules.broken(console)
        if broken:
            raise qemu.Failed("protocol/ENTRY.md is not kept:\n" + "\n".join(broken))
        check_facts(text, case.probe)
        self.texts[case.name] = text
        if case.same and case.same not in self.texts:
            raise qemu.Failed(f"nothing to compare with: {case.same} failed")
        if case.same:
            check_same(case, text, self.texts[case.same])

    def run(self, case):
        """Run a case and print its line; whether it passed."""
        name = case.name.replace("/", "_")
        log, start, error = os.path.join(self.work, name + ".log"), time.monotonic(), ""
        try:
            self.boot(case, log)
        except ERRORS as reason:
            error = str(reason)
        self.tell(case.name, error, time.monotonic() - start, log)
        if not error:
            self.clean(name)
        return not error

    def tell(self, name, error, seconds, log):
        """Print the line of a case."""
        if error:
            print(f"FAIL {name}: {error}\n  ({seconds:.1f} s) log: {log}", flush=True)
        else:
            print(f"PASS {name} ({seconds:.1f} s)" + (f" {log}" if self.verbose else ""),
                  flush=True)

    def clean(self, name):
        """Remove the media of a case."""
        for path in glob.glob(os.path.join(self.work, glob.escape(name) + ".medium*")):
            (shutil.rmtree if os.path.isdir(path) else os.unlink)(path)

    def run_all(self, cases, jobs):
        """Run the cases; the numbers of passed and failed ones."""
        # References come first and one by one; the others are compared with them.
        first = references(cases)
        rest = [case for case in cases if case not in first]
        self.files, self.broken = prepare(self.build, [case.medium for case in first + rest])
        passed = [self.run(case) for case in first] + side_by_side(self.run, rest, jobs)
        return passed.count(True), passed.count(False)


def references(cases):
    """The cases that cases are compared with, also those of references themselves, first."""
    found = [case for case in CASES if case.name in {other.same for other in cases}]
    more = [case for case in found if case not in cases]
    return references(cases + more) if more else sorted(found, key=lambda case: bool(case.same))


def prepare(build, parts):
    """Make the files that media and the like name; those made, and the errors of others."""
    made, broken = {}, {}
    for name in dict.fromkeys(name for part in parts for name in part.files):
        try:
            made[name] = base.file(build, name)
        except ERRORS as error:
            broken[name] = str(error)
    return made, broken


def parser_of(description):
    """The options that each matrix's script has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("-l", action="store_true", help="list the cases")
    parser.add_argument("-v", action="store_true", help="name the log of passed cases too")
    parser.add_argument("-j", type=int, default=2, metavar="N", help="machines at a time")
    parser.add_argument("-k", default="*", metavar="GLOB", help="only cases with such a name")
    parser.add_argument("build", nargs="?", default="build")
    return parser


def arguments(description):
    """What a script was told that has no others."""
    return parser_of(description).parse_args()


def finish(counts):
    """End with the line that counts the cases, and with their verdict."""
    passed, failed = counts
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def boot(what, matrix, cases, options):
    """Boot those of @cases that the user asks for, or list them; ends the program."""
    cases = [case for case in cases if fnmatch.fnmatch(case.name, options.k)]
    if not cases:
        sys.exit(f"{what}: no case is named {options.k}")
    if options.l:
        print("\n".join(case.name for case in cases))
        return
    finish(matrix(options.build, options.v).run_all(cases, options.j))


def main():
    boot("doors", Matrix, CASES, arguments("boot the doors matrix in QEMU"))


if __name__ == "__main__":
    main()
