# SPDX-License-Identifier: BSD-2-Clause
"""Debian 13's systemd-measure, on Debian 12 too: run by its own dynamic linker.

Debian 12's knows fewer sections, and signs only where there is a TPM.
"""
import os
import re

from harness import payload
from tool.base import BUILD, run

# What is not of Debian 13 alone is of this computer: systemd depends on it.
LIBRARIES = ("libc6", "libssl3t64", "libsystemd-shared", "libtss2-esys-3.0.2-0t64",
             "libtss2-mu-4.0.1-0t64", "libtss2-rc0t64", "libtss2-sys1t64")
FOLDER = "measure-lib"
payload.FILES.update({
    "systemd-measure": ("systemd/trixie", "usr/lib/systemd/systemd-measure"),
    **{f"{FOLDER}/{package}": (f"{package}/trixie",
                               r"usr/lib/x86_64-linux-gnu/(?:systemd/)?([^/]+\.so[^/]*)")
       for package in LIBRARIES}})


def command():
    """Fetch all of it; the command that runs it.  Programs know libraries by their short names."""
    names = [f"{FOLDER}/{package}" for package in LIBRARIES]
    payload.fetch(BUILD, ["systemd-measure", *names])
    for name in names:
        folder = os.path.join(BUILD, "payload", name)
        for library in os.listdir(folder):
            short = os.path.join(folder, re.sub(r"(\.so\.\d+)\..*", r"\1", library))
            if not os.path.exists(short):
                os.symlink(library, short)
    folders = [payload.get(BUILD, name) for name in names]
    loader = os.path.join(folders[0], "ld-linux-x86-64.so.2")
    os.chmod(loader, 0o755)
    return [loader, "--library-path", ":".join([*folders, "/usr/lib/x86_64-linux-gnu"]),
            payload.get(BUILD, "systemd-measure")]


def measure(*args):
    """What systemd-measure prints."""
    ran = run(*command(), *args)
    if ran.returncode:
        raise OSError(f"systemd-measure: {ran.stderr}")
    return ran.stdout
