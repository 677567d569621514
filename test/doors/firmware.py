# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of firmware that behaves as OVMF does not: program/firmware.c changes
OVMF's functions and page tables, and hands over any bytes as load options.

doors/cases.py takes them into its table; doors/base.py says what a case is.
"""

from doors import base, efi, files as doors_files
from doors.base import CMDLINE, WRONG, Case
from doors.efi import BOOT
from harness import payload

CRASH = WRONG + "|X64 Exception"
# EDK II marks boot options that it has made by itself with this.
GUID = bytes.fromhex("4eac0881119f594d850ee21a522c59b2")
OWN = CMDLINE + " lintel.test="
LINE = 4095  # bytes of the longest command line


def firmware(words, image="cloud.efi", options=None, tree=None, secure=False):
    """A medium that starts @image on firmware with these peculiarities; both are signed where
    the firmware enforces Secure Boot."""
    suffix = efi.SIGNED if secure else ""
    files = {BOOT: "firmware.efi" + suffix, "NEXT.EFI": image + suffix, **(tree or {})}
    if options is not None:
        words += " options"
        name = f"options-{options.hex()[:400]}-{len(options)}"[-200:]
        doors_files.MAKERS[name] = lambda _, path: payload.write(path, options)
        files["OPTIONS.BIN"] = name
    return efi.esp(files, {"FIRMWARE.TXT": words}, firmware=efi.secure if secure else efi.ovmf)


def started(name, medium, cmdline=CMDLINE, before=(), dropped=()):
    """A case that boots Debian's kernel with that command line, after some lines."""
    return Case(name, medium, [*before, *base.debian("cloud", cmdline, kib=r"\d+", door="efi",
                                                     dropped=dropped)], CRASH)


def peculiar():
    """What firmware of the field does."""
    named = f"linux=/cloud initrd=/first {CMDLINE}".encode("utf-16-le")
    own = f"{OWN}1".encode("utf-16-le")
    cloud = {"cloud": "cloud", "first": "first"}
    return [
        started("firmware/page0", firmware("page0"), before=["^firmware: page0: Success"]),
        started("firmware/strict", firmware("strict page0"),
                before=["^firmware: strict page0: Success"]),
        started("firmware/strict-file", firmware("strict page0", "lintel.efi", named, cloud),
                before=["^firmware: strict page0 options: Success"]),
        started("firmware/grow", firmware("grow", "lintel.efi", named, cloud)),
        started("firmware/watchdog", firmware("watchdog"), before=["^firmware: watchdog 0 s"]),
        started("firmware/unknown", firmware("unknown", options="evil=1".encode("utf-16-le")),
                f"{CMDLINE} lockdown=integrity",
                ["^lintel: Secure Boot: the loader's command line is left out"], ["command line"]),
        started("firmware/mok", firmware("mok", options=own, secure=True), f"{OWN}1"),
        started("firmware/fake-mok", firmware("fake-mok", options=own, secure=True), CMDLINE,
                ["^lintel: Secure Boot: the loader's command line is left out"], ["command line"]),
        Case("firmware/unknown-kernel", firmware("unknown", "lintel.efi", named, cloud),
             ["^lintel: E26 "], "Linux version"),
    ]


def serial_ports():
    """Lines on COM2 while boot services live, where the firmware says to have no serial console:
    twice, since OVMF has one there all the same."""
    plain, cases = CMDLINE.replace("ttyS0", "ttyS1"), []
    for name, line, spcr in (("word", plain + " lintel.serial=com2", False),
                             ("spcr", plain, True)):
        medium = firmware("silent", "cloud-no-words.efi", line.encode("utf-16-le"))
        cases.append(started(f"firmware/silent/{name}", base.on_com2(medium, spcr), line,
                             2 * [r"^lintel \d\S*: efi "]))
    return cases


def options():
    """Load options: text of any kind, and bytes that are none."""
    def utf16(text):
        return (text + "\0").encode("utf-16-le")

    texts = {
        "8bit": (f"{OWN}1\0".encode(), f"{OWN}1"),
        "8bit-open": (f"{OWN}1".encode(), f"{OWN}1"),
        "open": (utf16(OWN + "1")[:-2], f"{OWN}1"),
        "tab": (utf16(f"{CMDLINE}\tlintel.test=1\r\n"), f"{OWN}1"),
        "mark": (utf16(f"\ufeff{OWN}1"), f"{OWN}1"),
        "languages": (utf16(f"{OWN}K\u00fcrbis-\u4e2d-\U0001f600"),
                      f"{OWN}K\u00fcrbis-\u4e2d-\U0001f600"),
        "plus": (utf16("+ lintel.test=1"), f"{OWN}1"),
        "guid": (GUID, CMDLINE),
        "numbers": (bytes(range(1, 20)) + b"\0", CMDLINE),
        "blanks": (utf16("  "), CMDLINE),
    }
    quoted = utf16(f'linux="/my dir/K\u00fcrbis" "initrd=\\my dir\\first" {CMDLINE}')
    tree = {"my dir/K\u00fcrbis": "cloud", "my dir/first": "first"}
    return [
        *[started(f"options/{name}", firmware("", options=given), cmdline)
          for name, (given, cmdline) in texts.items()],
        started("options/quoted", firmware("", "lintel.efi", quoted, tree)),
        Case("options/too-long", firmware("", options=utf16("x" * (LINE + 1))), ["^lintel: E09 "],
             "Linux version"),
        Case("options/long-name", firmware("", "lintel.efi", utf16("linux=/" + "x" * 600)),
             ["^lintel: E09 "], "Linux version"),
    ]


CASES = [*peculiar(), *serial_ports(), *options()]
