#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The verdict of `make check`: adds up what test/harness/step noted.

usage: summary.py RESULTS STEP...

A step that is missing in RESULTS, or that passed nothing, has failed.  The last
line is "N passed, N failed"; exit status 1 when anything failed.
"""
import sys


def read(path):
    """Passed and failed tests by step, and how many seconds it took."""
    try:
        with open(path, encoding="utf-8") as results:
            lines = [line.split() for line in results]
    except FileNotFoundError:
        return {}
    return {name: [int(number) for number in numbers] for name, *numbers in lines}


def main():
    results, *steps = sys.argv[1:]
    counts = read(results)
    total = [0, 0]
    for step in steps:
        passed, failed, seconds = counts.get(step, (0, 0, 0))
        if not passed and not failed:
            failed = 1
        note = "" if step in counts else " (did not run)"
        print(f"{step:12} {passed:4} passed, {failed} failed, {seconds:4} s{note}")
        total = [total[0] + passed, total[1] + failed]
    print(f"{total[0]} passed, {total[1]} failed")
    sys.exit(total[1] > 0 or not steps)


if __name__ == "__main__":
    main()
