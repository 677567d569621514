#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""make run: a GRUB ISO on which Lintel starts a kernel, in QEMU on this terminal.

usage: run.py BUILD, with KERNEL, INITRD (several: a space between) and CMDLINE in
the environment; where empty: Debian's cloud kernel, busybox, a serial console.
Without a terminal the default entry boots, shows the console, proves that the
kernel got what it should, and powers off.
"""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "test"))
from harness import media, payload, qemu  # noqa: E402  pylint: disable=wrong-import-position

CMDLINE = "console=tty0 console=ttyS0,115200"
POWEROFF = "lintel.init=poweroff"
MEMORY = 512
SECONDS = 180
WRONG = r"^error: .*|^lintel: E\d\d.*|Kernel panic.*"
SPECIAL = re.compile(r"([$;&|<>{}\\#])")  # to GRUB's script language
QUOTES = re.compile(r"[\"'\\]")           # that GRUB moves, not only copies


def progress(text):
    """What is being done now."""
    print(f"run: {text}", flush=True)


def existing(variable, path):
    """@path, which the user named in @variable."""
    if not os.path.isfile(path):
        sys.exit(f"run: {variable}={path}: there is no such file")
    return path


def default_files(build, need_kernel, need_initrd):
    """Debian's kernel and busybox; the probe kernel where they cannot be had."""
    try:
        kernel = payload.get(build, "cloud") if need_kernel else ""
        return kernel, [payload.initrd(build, "run")] if need_initrd else []
    except payload.Missing as error:
        if not need_kernel:
            sys.exit(f"run: {error}; name an initrd with INITRD=FILE")
        progress(f"{error}: booting the test kernel build/probe.bzImage instead")
        return os.path.join(build, "probe.bzImage"), \
            [payload.initrd(build, "run", init=False)] if need_initrd else []


def choose(build):
    """Kernel and initrds, as the user wants them."""
    kernel, initrds = os.environ.get("KERNEL", ""), os.environ.get("INITRD", "").split()
    kernel = kernel and existing("KERNEL", kernel)
    initrds = [existing("INITRD", path) for path in initrds]
    defaults = default_files(build, not kernel, not initrds)
    return kernel or defaults[0], initrds or defaults[1]


def menu(cmdline, initrds, timeout):
    """GRUB's configuration: the template with everything filled in."""
    lines = []
    with open(os.path.join(HERE, "grub.cfg"), encoding="utf-8") as template:
        for line in template:
            line = line.replace("@TIMEOUT@", str(timeout))
            line = line.replace("@CMDLINE@", SPECIAL.sub(r"\\\1", cmdline))
            names = [f"initrd{at}" for at in range(initrds)] if "@INITRD@" in line else [""]
            lines += [line.replace("@INITRD@", name) for name in names]
    return "".join(lines)


def packed(build, kernel, initrds, cmdline):
    """The kernel packed into one image with Lintel."""
    output = os.path.join(build, "run", "OS.efi")
    media.run(os.path.join(build, "lintel"), "build", f"--linux={kernel}",
              *[f"--initrd={path}" for path in initrds], f"--cmdline={cmdline}",
              f"--output={output}")
    return output


def build_iso(build, kernel, initrds, cmdline, timeout):
    """The ISO; made anew only when something in it has changed."""
    work = os.path.join(build, "run")
    os.makedirs(work, exist_ok=True)
    output, key = os.path.join(work, "run.iso"), os.path.join(work, "key")
    config = menu(cmdline, len(initrds), timeout)
    files = {"lintel.efi": os.path.join(build, "lintel.efi"), "kernel": kernel,
             **{f"initrd{at}": path for at, path in enumerate(initrds)}}
    now = json.dumps([config, cmdline, [[name, os.path.abspath(path), os.stat(path).st_mtime_ns]
                                        for name, path in files.items()]])
    if os.path.exists(output) and os.path.exists(key):
        with open(key, encoding="utf-8") as before:
            if before.read() == now:
                return output
    progress(f"making {output}")
    files["OS.efi"] = packed(build, kernel, initrds, cmdline)
    media.grub_iso(output, config, files)
    payload.write(key, now.encode())
    return output


def interactive(iso):
    """QEMU on this terminal, until the user leaves."""
    progress("starting QEMU; to leave it: Ctrl-A, then X")
    return subprocess.run([*qemu.base(MEMORY), "-cdrom", iso, "-serial", "mon:stdio"],
                          check=False).returncode


def proof(kernel, own_initrd):
    """What the console must show, by what is booted."""
    if os.path.basename(kernel).startswith("probe."):
        return [r"^lintel-probe: begin", r"^lintel-probe: end"]
    if own_initrd:
        return [r"Linux version ", r"Command line: "]
    return [r"^lintel-init: uname " + re.escape(payload.uname(kernel)),
            r"^lintel-init: cmdline ", r"^lintel-init: initrd ok"]


def automatic(iso, build, kernel, cmdline, own_initrd):
    """Boot, show the console and check the kernel's own proof."""
    log = os.path.join(build, "run", "run.log")
    progress(f"no terminal: booting the first entry of {iso} in QEMU, {SECONDS} s at most")
    with qemu.Machine(["-cdrom", iso], log, MEMORY, SECONDS, echo=True) as machine:
        try:
            machine.expect(proof(kernel, own_initrd), never=WRONG)
            got = re.search(r"^lintel-init: cmdline (.*)$", machine.console(), re.M)
            if got and QUOTES.sub("", got.group(1)) != QUOTES.sub("", cmdline):
                raise qemu.Failed(f"the kernel's command line is '{got.group(1)}'")
            if not own_initrd:
                machine.expect_end("shutdown")
        except qemu.Failed as error:
            tail = "\n".join(machine.tail())
            sys.exit(f"\n{tail}\nrun: FAILED: {error} (console: {log})")
    print()
    progress("passed: the kernel has booted and said so itself in the lines above")


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    kernel, initrds = choose(build)
    cmdline = " ".join((os.environ.get("CMDLINE") or CMDLINE).split())
    if not terminal:
        cmdline += " " + POWEROFF
    try:
        iso = build_iso(build, kernel, initrds, cmdline, 5 if terminal else 0)
    except media.Refused as error:
        sys.exit(f"run: {error}")
    if terminal:
        sys.exit(interactive(iso))
    automatic(iso, build, kernel, cmdline, bool(os.environ.get("INITRD")))


if __name__ == "__main__":
    main()
