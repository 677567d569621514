#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Install the Debian packages named on the command line that are missing.

`make run` and `make check` call this first, so it costs a moment when there is
nothing to do.  apt-get is run as root or through sudo, once, and never with a
package that is there already.
"""
import os
import shutil
import subprocess
import sys

ENV = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]
APT = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=2",
       "-o", "Acquire::http::Timeout=30"]
INSTALL = ["install", "--no-install-recommends"]


def missing(names):
    """Those of the packages that are not installed."""
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n", *names]
    found = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                           timeout=60, check=False).stdout
    installed = {line.split()[0] for line in found.splitlines() if line.split()[1:] == ["ii"]}
    return [name for name in names if name not in installed]


def apt_get(words, seconds):
    """Run apt-get as root; its output and exit status."""
    root = [] if os.geteuid() == 0 else ["sudo"]
    if root and shutil.which("sudo") is None:
        return "this is not root, and there is no sudo\n", 1
    # The time limit belongs to root too: nobody else may stop what sudo started.
    command = [*root, *ENV, "timeout", str(seconds), *APT, *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=seconds + 60, check=False)
    return done.stdout, done.returncode


def update():
    """Fetch the package lists.  A list that fails is no error yet: what needs it tells."""
    apt_get(["update"], 300)


def install(names):
    """Install what is missing of @names; an error text, "" when all is there."""
    todo = missing(names)
    if not todo:
        return ""
    by_hand = " ".join(["apt-get", *INSTALL, *todo])
    if shutil.which("apt-get") is None:
        return f"missing: {' '.join(todo)}: no apt-get here, so please install them yourself"
    print(f"installing {' '.join(todo)}", flush=True)
    update()
    text, status = apt_get([*INSTALL, *todo], 1800)
    if status == 0 and not missing(todo):
        return ""
    tail = "\n".join(text.splitlines()[-8:])
    return f"{tail}\ncannot install; as root, run: apt-get update && {by_hand}"


def main():
    error = install(sys.argv[1:])
    if error:
        sys.exit(error)


if __name__ == "__main__":
    main()
