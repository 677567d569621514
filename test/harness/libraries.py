# SPDX-License-Identifier: BSD-2-Clause
"""Programs of Debian in an initrd of ours: which libraries they need, and where those are.

Used by the payload of the tests of Xen, of kexec and of measured boot.
"""
import os
import re
import subprocess

from harness import payload

LOADER = "ld-linux-x86-64.so.2"  # the path of which the programs name (x86-64 psABI)


def readelf(paths):
    """The names (DT_SONAME) of ELF files and those of the libraries that each needs."""
    done = subprocess.run(["readelf", "-d", "-W", *paths], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, timeout=60, check=False)
    # With one file readelf does not name it.
    texts = re.split(r"^File: .*$", done.stdout, flags=re.M)[-len(paths):]
    return [("".join(re.findall(r"\(SONAME\).*\[(.*)\]", text)),
             re.findall(r"\(NEEDED\).*\[(.*)\]", text)) for text in texts]


def listed(directory):
    """The paths of the files in a directory."""
    return [os.path.join(directory, name) for name in sorted(os.listdir(directory))]


def needed(programs, paths, opened=()):
    """Of the libraries in @paths those that the programs need, and that these need: name: path.

    @opened: the names of those that programs open at run time
    """
    known = {name: (path, more) for path, (name, more) in zip(paths, readelf(paths))}
    found, todo = {}, [*opened, *(name for _, more in readelf(programs) for name in more)]
    while todo:
        name = todo.pop()
        if name not in known:
            raise payload.Missing(f"no package of libraries that is fetched has {name}")
        if name not in found:
            found[name], more = known[name]
            todo += more
    return found


def directories(paths):
    """Entries of the directories that the paths lie in, the higher ones first."""
    found = {"/".join(path.split("/")[:depth])
             for path in paths for depth in range(1, path.count("/") + 1)}
    return [(path, 0o40755, b"", (0, 0)) for path in sorted(found)]
