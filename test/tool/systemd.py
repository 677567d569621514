# SPDX-License-Identifier: BSD-2-Clause
"""Debian 13's systemd-measure, on every computer: run by its own dynamic linker.

Debian 12's knows fewer sections, and signs only where there is a TPM.
"""
import functools
import os

from harness import payload
from harness.libraries import LOADER, listed, needed
from tool.base import BUILD, run
from trust.payload import LIBRARY_PACKAGES

PROGRAM = "trust-measure"
# What it opens at run time, though no TPM is asked.
OPENED = ("libtss2-esys.so.0", "libtss2-mu.so.0", "libtss2-rc.so.0")


@functools.lru_cache(maxsize=None)
def command():
    """Fetch it with its libraries; the command that runs it."""
    packages = [f"trust-lib/{package}" for package in LIBRARY_PACKAGES]
    payload.fetch(BUILD, [PROGRAM, *packages])
    program = payload.get(BUILD, PROGRAM)
    paths = [path for package in packages for path in listed(payload.get(BUILD, package))]
    folder = os.path.join(BUILD, "measure")
    os.makedirs(folder, exist_ok=True)
    for name, path in needed([program], paths, OPENED).items():
        if not os.path.exists(os.path.join(folder, name)):
            os.symlink(path, os.path.join(folder, name))
    os.chmod(os.path.join(folder, LOADER), 0o755)
    return [os.path.join(folder, LOADER), "--library-path", folder, program]


def measure(*args):
    """What systemd-measure prints."""
    ran = run(*command(), *args)
    if ran.returncode:
        raise OSError(f"systemd-measure: {ran.stderr}")
    return ran.stdout
