#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A new user's first steps on a bare Debian: debian.py SUITE BUILD, in the top directory

Makes a small Debian in BUILD/debian-SUITE with debootstrap (as root or through sudo; 2 GB), copies
the sources there, and does what README.md says first: each step must do what its line below says.
The Debian is removed afterwards, but for one where something failed.
"""
import os
import re
import shutil
import subprocess
import sys

ROOT = [] if os.geteuid() == 0 else ["sudo"]
# The release file of sid may be older than it allows itself to be.
APT = "Acquire::Check-Valid-Until false; APT::Install-Recommends false;"
ENV = ["env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb",
       "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
       *[f"{name}={value}" for name, value in os.environ.items() if name.endswith("_proxy")]]
# Name, command in /lintel, what it must print, its exit status.
STEPS = [
    ("make", "apt-get update && apt-get install -y make", "", 0),
    ("without-python", "make deps", "lintel: first install python3, then make deps again\n", 2),
    ("no-compiler", "make", "^lintel: the build lacks gcc .*; make deps installs it$", 2),
    ("compiler", "apt-get install -y gcc python3", "", 0),
    ("no-headers", "make", r"^lintel: the build lacks .*liblz4-dev \(lz4\.h\).*; make deps", 2),
    ("deps", "make deps", "", 0),
    ("build", "make -j2 all build/unit", "", 0),
    ("unit", "make check-unit", r"^[1-9]\d* passed, 0 failed$", 0),
    ("install", "find /usr/local >before && make install && lintel --version &&"
     " make uninstall && find /usr/local | diff before -", r"^lintel \d", 0),
    ("clang", "apt-get install -y clang && make -j2 CC=clang BUILD=build/clang", "", 0),
    ("boot", "make run", r"^lintel-init: uname \S+-amd64\s(?s:.*)^run: passed: ", 0),
]


def command(words, log, seconds):
    """Run a command: all that it says, which is also put into the log, and its exit status."""
    done = subprocess.run([*ROOT, "timeout", str(seconds), *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=seconds + 60, check=False)
    print("$", *words, "\n" + done.stdout, "status", done.returncode, file=log, flush=True)
    return done.stdout, done.returncode


def bootstrap(suite, root, log):
    """A minimal Debian with our sources in /lintel; an error text."""
    text, status = command(["debootstrap", "--variant=minbase", suite, root], log, 1800)
    if status:
        return "\n".join(text.splitlines()[-5:])
    names = subprocess.run(["git", "ls-files"], stdout=subprocess.PIPE, text=True, timeout=60,
                           check=True).stdout.split()
    done = [command(words, log, 300) for words in (
        ["mkdir", root + "/lintel"],
        ["cp", "--parents", *filter(os.path.exists, names), root + "/lintel"],
        ["sh", "-c", f"echo '{APT}' >{root}/etc/apt/apt.conf.d/99lintel"])]
    return "".join(text for text, status in done if status)


def inside(root, line, log):
    """Run a line of the shell in /lintel there; its mounts and processes end with it."""
    return command(["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--root={root}",
                    "--mount-proc", *ENV, "sh", "-c", "cd /lintel && " + line], log, 1800)


def try_steps(root, log):
    """Do the steps: the numbers of passed and failed ones.  A failed one is the last."""
    for at, (name, line, pattern, wanted) in enumerate(STEPS):
        text, status = inside(root, line, log)
        if status != wanted or not re.search(pattern, text, re.M):
            tail = "\n".join("  | " + said for said in text.splitlines()[-12:])
            print(f"FAIL {name}: `{line}` ended with {status}:\n{tail}")
            return at, 1
        print(f"PASS {name}", flush=True)
    return len(STEPS), 0


def main():
    suite, build = sys.argv[1:]
    root = os.path.join(os.path.abspath(build), "debian-" + suite)
    if shutil.which("debootstrap", path=os.environ["PATH"] + ":/usr/sbin") is None:
        sys.exit("debian: there is no debootstrap; install it")
    with open(root + ".log", "w", encoding="utf-8") as log:
        command(["rm", "-rf", "--one-file-system", root], log, 300)
        error = bootstrap(suite, root, log)
        if error:
            sys.exit(f"debian: no {suite} could be made, see {root}.log:\n{error}")
        passed, failed = try_steps(root, log)
        if not failed:
            command(["rm", "-rf", "--one-file-system", root], log, 300)
    print(f"{passed} passed, {failed} failed" + (f"; it is in {root}" if failed else ""))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
