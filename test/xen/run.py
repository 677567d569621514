#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Xen matrix: first domains and guests of Debian's Xen, in QEMU, two machines at a time.

usage: xen/run.py [-l] [-v] [-j N] [-k GLOB] [BUILD]

As doors/run.py, which has what both do.  A guest is a case too: one machine starts
several, and BUILD/xen/BATCH.log holds what each of them said.
"""
import fnmatch
import os
import re
import sys
import time

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from doors import run as doors_run
from doors.cases import CASES
from harness import qemu
from xen import cases as xen_cases
from xen.cases import Batch, xl_name

TAIL = 25  # lines of a guest's console in a failure's report
START, EACH = 180, 60  # seconds for a first domain, and for each guest on the average
SILENCE = 240  # seconds after which a machine without a word is taken for hung


def until_silent(machine):
    """For Machine.until(): whether the guests are through; a machine that hangs fails early."""
    last = {"size": 0, "at": time.monotonic()}

    def done():
        size, now = os.path.getsize(machine.log), time.monotonic()
        if size != last["size"]:
            last.update(size=size, at=now)
        if now - last["at"] > qemu.scaled(SILENCE):
            raise qemu.Failed(f"not a word for {qemu.scaled(SILENCE):.0f} s")
        return machine.find("^lintel-dom0: end$")
    return done


def unfinished(guests, console):
    """The guests that the first domain has not seen end."""
    return [guest for guest in guests if not re.search(
        rf"^lintel-dom0: {re.escape(xl_name(guest))} ended ", console, re.M)]


def said(console, what, name):
    """What stands behind "WHAT NAME: " on the first domain's console."""
    return "\n".join(re.findall(rf"^{what} {re.escape(name)}: (.*)$", console, re.M))


def look(text, patterns, never):
    """Each regex must be found in the text, in this order, and @never must not."""
    bad = never and re.search(never, text, re.M)
    if bad:
        raise qemu.Failed(f"the guest says: {bad.group().strip()}")
    at = 0
    for pattern in patterns:
        match = re.compile(pattern, re.M).search(text, at)
        if not match:
            raise qemu.Failed(f"the guest does not say '{pattern}'")
        at = match.end()


def judge(guest, console, error, check_probe):
    """Hold a guest to what it promises; @error is the first domain's. The seconds it took."""
    name = xl_name(guest)
    end = re.search(rf"^lintel-dom0: {re.escape(name)} ended (.*) after (\d+) s$", console, re.M)
    if not end:
        raise qemu.Failed(f"the first domain did not come to its end: {error}")
    text = said(console, "guest", name)
    try:
        look(text, guest.expect, guest.never)
        if end.group(1) != guest.ends:
            raise qemu.Failed(f"it ended by {end.group(1)}, expected {guest.ends}")
        look(said(console, "typed", name), [guest.shows], "")
        if guest.quiet:
            look(said(console, "xl", name), [], "error|unknown")
        if guest.probe is not None:
            check_probe(guest, text)
    except qemu.Failed as reason:
        lines = [*text.splitlines()[-TAIL:], *said(console, "xl", name).splitlines(),
                 *said(console, "typed", name).splitlines()[-TAIL:]]
        raise qemu.Failed("\n".join([str(reason), *("  | " + line for line in lines)])) from None
    return int(end.group(2))


class Hosts(doors_run.Matrix):
    """A run of some first domains and batches of guests."""

    directory = "xen"

    def start(self, batch, log):
        """Run the machine of a batch: its console, and what went wrong with it."""
        names = {name for part in (batch, *batch.guests) for name in part.files}
        args = batch.make(self.build, self.find(names), log[:-len(".log")])
        seconds = START + EACH * len(batch.guests)
        with qemu.Machine(args, log, batch.mib, seconds) as machine:
            try:
                machine.expect(["^lintel-dom0: ready$"], xen_cases.PANIC)
                machine.until(until_silent(machine), "end of the guests", xen_cases.PANIC)
                machine.expect_end("shutdown")
            except qemu.Failed as error:
                return machine.console(), "\n".join(
                    [str(error), *("  | " + line for line in machine.tail())])
            return machine.console(), ""

    def run_batch(self, batch, again=True):
        """Run a batch and print the line of each guest; which of them passed.

        QEMU's nested virtualisation was seen to hang between two guests: those that had not
        come to their end are then given to a second machine, once, and that is told.
        """
        log = os.path.join(self.work, batch.name + ".log")
        lost = {guest: f"there is no {name}: {self.broken[name]}"
                for guest in batch.guests for name in guest.files if name in self.broken}
        rest = [guest for guest in batch.guests if guest not in lost]
        try:
            console, error = self.start(Batch(batch.name, rest, batch.mib), log)
        except doors_run.ERRORS as reason:
            console, error = "", str(reason)
        passed, hung = [], unfinished(rest, console) if again and error else []
        hung = hung if len(hung) < len(rest) else []
        for guest in batch.guests:
            if guest in hung:
                continue
            seconds, reason = 0, lost.get(guest, "")
            try:
                seconds = 0 if reason else judge(guest, console, error, self.check_probe)
            except qemu.Failed as failed:
                reason = str(failed)
            self.tell(guest.name, reason, seconds, log)
            passed.append(not reason)
        if all(passed) and not error:
            self.clean(batch.name)
        if hung:
            print(f"again, in a second machine, {len(hung)} guests: {error}", flush=True)
            passed += self.run_batch(Batch(batch.name + "-again", hung, batch.mib), False)
        return passed

    def run_any(self, job):
        """Run a machine of either kind; which of its cases passed."""
        return self.run_batch(job) if isinstance(job, Batch) else [self.run(job)]

    def run_all(self, jobs, count):
        """Run the machines, @count at a time; the numbers of passed and failed cases."""
        parts = [part for job in jobs
                 for part in ((job, *job.guests) if isinstance(job, Batch) else (job.medium,))]
        # What the probe says on a PC; what it says here is compared with that.
        first = [case for case in CASES
                 if case.name in {getattr(part, "same", "") for part in (*jobs, *parts)}]
        parts += [case.medium for case in first]
        self.files, self.broken = doors_run.prepare(self.build, parts)
        passed = [self.run(case) for case in first]
        passed += [one for many in doors_run.side_by_side(self.run_any, jobs, count)
                   for one in many]
        return passed.count(True), passed.count(False)


def chosen(pattern):
    """The machines for the cases whose name matches, those that take longest first."""
    batches = [Batch(batch.name, [guest for guest in batch.guests
                                  if fnmatch.fnmatch(guest.name, pattern)], batch.mib)
               for batch in xen_cases.BATCHES]
    return [*(batch for batch in batches if batch.guests),
            *(case for case in xen_cases.DOM0 if fnmatch.fnmatch(case.name, pattern))]


def main():
    options = doors_run.arguments("boot the Xen matrix in QEMU")
    jobs = chosen(options.k)
    if not jobs:
        sys.exit(f"xen: no case is named {options.k}")
    if options.l:
        for job in jobs:
            print("\n".join(case.name for case in getattr(job, "guests", [job])))
        return
    doors_run.finish(Hosts(options.build, options.v).run_all(jobs, options.j))


if __name__ == "__main__":
    main()
