# SPDX-License-Identifier: BSD-2-Clause
"""The numbered rules of protocol/ENTRY.md, and what the conformance kernel says of them.

doors/run.py and xen/run.py hold every boot of the kernel to the rules, lint.py holds the text to
the tests that it names, conformance.py makes a table of them.
"""
import fnmatch
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ENTRY = os.path.join(ROOT, "protocol", "ENTRY.md")
RULE = re.compile(r"^\*\*R(\d+)\*\* (.*?)\[((?:kernel|unit|doors|xen)[^]]*)\]$", re.M | re.S)
LINE = re.compile(r"^R(\d+) (ok|FAIL|-) ?(.*)$", re.M)


def rules():
    """Each rule's number: what it says, and who sees that it holds ("kernel", "unit: NAME")."""
    with open(ENTRY, encoding="utf-8") as text:
        return {int(number): (" ".join(words.split()), " ".join(tests.split()).split("; "))
                for number, words, tests in RULE.findall(text.read())}


def seen_by_kernel():
    """The rules that the conformance kernel prints."""
    return {number for number, (_, tests) in rules().items() if "kernel" in tests}


def verdicts(console):
    """What the conformance kernel said: each number's verdict and value."""
    return {int(number): (verdict, value) for number, verdict, value in LINE.findall(console)}


def broken(console):
    """The lines of rules that do not hold, and of those that nothing was said about."""
    said = verdicts(console)
    return [f"R{number} FAIL {value}" for number, (verdict, value) in said.items()
            if verdict == "FAIL"] + [f"R{number} is not judged"
                                     for number in sorted(seen_by_kernel() - set(said))]


def names_of(kind, cases):
    """The names of a kind of tests: of test/unit, test/tool/, lint.py or the matrix @cases."""
    if kind in cases:
        return cases[kind]
    if kind == "lint":
        return found(r"^def (check_\w+)", "lint.py")
    if kind != "unit":
        return found(rf"^    def (test_\w+)", os.path.join("tool", f"{kind}_test.py"))
    return [name for source in os.listdir(os.path.join(ROOT, "test", "unit"))
            for name in found(r'\{ "([^"]+)",\s+test_', os.path.join("unit", source))]


def found(pattern, name):
    """All that a pattern matches in a file of test/; nothing where there is no such file."""
    try:
        with open(os.path.join(ROOT, "test", name), encoding="utf-8") as source:
            return re.findall(pattern, source.read(), re.M)
    except FileNotFoundError:
        return []


def drift(cases):
    """Where ENTRY.md and the tests contradict each other; @cases: doors' and xen's names."""
    with open(ENTRY, encoding="utf-8") as text:
        numbers = [int(number) for number in re.findall(r"^\*\*R(\d+)\*\*", text.read(), re.M)]
    if numbers != sorted(set(numbers)):
        yield "protocol/ENTRY.md: rule numbers are not in order, or one is there twice"
    for number in sorted(set(numbers) - set(rules())):
        yield f"protocol/ENTRY.md: R{number} names no test"
    for number, (_, tests) in rules().items():
        for kind, _, name in (test.partition(": ") for test in tests if test != "kernel"):
            if not fnmatch.filter(names_of(kind, cases), name):
                yield f"protocol/ENTRY.md: R{number} names a test that is not there: {kind}: {name}"
    with open(os.path.join(ROOT, "test", "probe", "rules.c"),
              encoding="utf-8") as source:
        judged = {int(number) for number in re.findall(r"^\trule\((\d+), ", source.read(), re.M)}
    for number in sorted(judged ^ seen_by_kernel()):
        yield f"test/probe/rules.c: R{number} is judged there or seen by the kernel, but not both"
