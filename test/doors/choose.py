# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of EFI/Linux: a bare Lintel starts the newest image, on a BIOS and
on UEFI the same one.

doors/cases.py takes them into its table; doors/base.py says what a case is.  Images differ by the
last word of the command line that is packed into them.
"""
import re

from doors import base, efi, ia32, media as disks
from doors.base import CMDLINE, PROBE, Case, Medium
from doors.efi import BOOT, BOOT32, OWN, SIGNED
from doors.files import MAKERS, PACKED, file, half
from harness import media, payload

BARE = "lintel.efi"
DISK = BARE + ".disk"
NAMES = ("one", "two", "three")


def words(name):
    """The command line inside an image."""
    return f"{CMDLINE} test.image={name}"


def image(name):
    """The image with that word."""
    return f"choose-{name}.efi"


def damaged(name, change):
    """The maker of an image whose bytes were changed."""
    def make(build, path):
        with open(file(build, image(name)), "rb") as whole:
            payload.write(path, change(whole.read()))
    return make


def without_kernel(data):
    """Whole to the firmware, but what is packed is no kernel any more: Lintel must refuse it."""
    at = max(found.start() for found in re.finditer(b"HdrS", data) if found.start() % 512 == 2)
    return data[:at] + b"XdrS" + data[at + 4:]


PACKED.update({image(name): ("probe.bzImage", ["plain"], words(name)) for name in NAMES})
PACKED["choose-three.ia32.efi"] = ("probe.bzImage", ["plain"], words("three"))
MAKERS.update({
    DISK: disks.maker("disk", BARE),
    image("three") + ".cut": lambda build, path: payload.write(
        path, half(file(build, image("three")))),
    image("three") + ".refuses": damaged("three", without_kernel),
})


def linux(tree):
    """Files of EFI/Linux."""
    return {f"EFI/Linux/{name}": path for name, path in tree.items()}


def disk(tree, how):
    """The disk of `lintel disk` with a bare image, after files were copied to EFI/Linux."""
    def make(files, stem):
        copy = stem + ".medium.img"
        volume = f"{copy}@@{disks.ESP_AT}"
        media.run("cp", "--sparse=always", files[DISK], copy)
        media.run("mmd", "-i", volume, "::/EFI/Linux")
        for name, path in tree.items():
            media.run("mcopy", "-i", volume, files[path], f"::/EFI/Linux/{name}")
        return disks.drive(copy, how)
    return [DISK, *tree.values()], make


def over(name, why):
    """What Lintel says of a file that it does not start."""
    return rf"^lintel: EFI/Linux/{re.escape(name)} is passed over: {why}"


def probed(name, medium, chosen, which, seen=(), world="efi", cmdline=""):
    """A case in which the probe is started that is packed as image(@which) into file @chosen."""
    kib = {"efi": efi.ram, "bios": base.ram, "ia32": ia32.ram}[world](512)
    said = [] if world == "bios" else [rf"^lintel: starting EFI/Linux/{re.escape(chosen)}$"]
    return Case(name, medium, [*seen, *said, *PROBE], r"Linux version|Kernel panic",
                probe=base.probe_facts("linux16" if world == "bios" else "efi", kib,
                                       cmdline or words(which)))


def alike(what, tree, chosen, which):
    """The same disk on a BIOS and on UEFI."""
    names, bios = disk(tree, "ide")
    names, uefi = disk(tree, "virtio")
    return [probed(f"choose/bios/{what}", Medium(names, bios), chosen, which, world="bios"),
            probed(f"choose/efi/{what}", efi.ovmf(names, uefi), chosen, which)]


def orders():
    """What is the newest is the same everywhere."""
    one, two, three = map(image, NAMES)
    some = {"os-6.9.efi": one, "os-6.10.efi": two, "os-6.10~rc1.efi": one,
            "os-6.11+0-3.efi": three, "zzz.conf": three, "zzz.efi.old": three}
    return [
        *alike("newest", some, "os-6.10.efi", "two"),
        # A kernel update is a file copy.
        *alike("newer", {**some, "os-6.10-1.efi": three}, "os-6.10-1.efi", "three"),
        *alike("counted", {"os-6.9.efi": one, "os-6.10+2-1.efi": two, "os-6.9.9+3.efi": three},
               "os-6.10+2-1.efi", "two"),
        *alike("bad", {"os-6.9+0.efi": one, "os-6.10+0-3.efi": two}, "os-6.10+0-3.efi", "two"),
        # Names that FAT can have without a long one come in capitals or not.
        *alike("short", {"B.EFI": one, "a.efi": two}, "B.EFI", "one"),
    ]


def passed_over():
    """What the firmware or Lintel does not start, and the next newest, which is started."""
    one, two, three = map(image, NAMES)
    older = linux({"os-6.9.efi": one, "os-6.10.efi": two})
    newest = "os-6.11.efi"

    def next_newest(what, path, why, **more):
        medium = efi.esp({BOOT: BARE, **older, f"EFI/Linux/{newest}": path})
        return probed(f"choose/efi/{what}", medium, "os-6.10.efi", "two",
                      [over(newest, why)], **more)
    return [
        next_newest("damaged", three + ".cut", "it is damaged"),
        next_newest("machine", "choose-three.ia32.efi", "it is damaged, or for another machine"),
        next_newest("text", "plain", "it is damaged"),
        # Lintel itself: it would choose for ever.
        next_newest("bare", BARE, "it is no Unified Kernel Image"),
        next_newest("loader", "grub.efi", "it is no Unified Kernel Image"),
        next_newest("came-back", three + ".refuses", "it came back, status 8000000000000001"),
        probed("choose/bios/damaged", Medium(*disk({newest: three + ".cut", "os-6.9.efi": one,
                                                    "os-6.10.efi": two}, "ide")),
               "os-6.10.efi", "two", [over(newest, "the image is cut off")], world="bios"),
    ]


def given():
    """Words and an initrd from who starts Lintel are for the image; a kernel comes first."""
    two, newest = image("two"), "os-6.10.efi"
    tree = linux({"os-6.9.efi": image("one"), newest: two})
    shell = {"startup.nsh": f"fs0:\n{BARE} {OWN}\n"}

    def grub(*lines, more):
        return efi.esp({BOOT: "grub.efi", BARE: BARE, **more},
                       {"grub/grub.cfg": "\n".join([*lines, "boot", ""])})
    return [
        probed("choose/efi/words", grub(f"chainloader /{BARE} {OWN}", more=tree), newest, "two",
               cmdline=OWN),
        # It is read from the volume that the image itself came from.
        probed("choose/efi/initrd", grub(f"chainloader /{BARE} {CMDLINE} initrd=/plain", more={
            **linux({newest: "probe-alone.efi"}), "plain": "plain"}), newest, "",
            cmdline=CMDLINE),
        probed("choose/efi/shell", efi.esp({BARE: BARE, **tree}, shell), newest, "two",
               cmdline=OWN),
        Case("choose/efi/named", grub(f"chainloader /{BARE} linux=/probe.bzImage initrd=/plain "
                                      f"{CMDLINE}", more={
                                          **tree, "probe.bzImage": "probe.bzImage",
                                          "plain": "plain"}),
             PROBE, base.WRONG + "|lintel: starting",
             probe=base.probe_facts("efi", efi.ram(512))),
    ]


def debian():
    """Whole systems: the cloud kernel, and an image of systemd's stub."""
    seen = [r"^lintel: starting EFI/Linux/os-6\.10\.efi$", *efi.UEFI]
    return [
        Case("choose/efi/cloud", efi.esp({BOOT: BARE, **linux({
            "os-6.9.efi": image("one"), "os-6.10.efi": "cloud.efi"})}),
             [*seen, *base.debian("cloud", kib=efi.ram(512), door="efi")], seconds=120),
        Case("choose/efi/uki", efi.esp({BOOT: BARE, **linux({
            "os-6.9.efi": image("one"), "os-6.10.efi": "stock.uki"})}),
             [*seen, rf"^lintel-init: cmdline {CMDLINE}$", "^lintel-init: file first ok$"],
             seconds=120),
    ]


def secured():
    """With Secure Boot, what is not signed, or was changed since, is not chosen."""
    old = image("two") + SIGNED
    seen = [over("os-6.11.efi", "Secure Boot does not trust it"),
            r"^lintel: starting EFI/Linux/os-6\.10\.efi$", *PROBE]
    facts = base.probe_facts("efi", efi.ram(512) - efi.SMM, words("two"))
    return [Case(f"choose/secure/{what}", efi.esp({BOOT: BARE + SIGNED, **linux({
        "os-6.10.efi": old, "os-6.11.efi": newest})}, firmware=efi.secure), seen,
                 r"Linux version|Kernel panic", seconds=150, probe=facts)
            for what, newest in (("unsigned", image("three")), ("changed", old + ".changed"))]


def none():
    """Nothing to choose from: the line, and the firmware goes on."""
    good = "probe.bzImage.efi"
    nothing = Medium(*disk({}, "ide"))
    return [
        efi.refused("choose/efi/empty", "E10", efi.esp({BOOT: BARE, "EFI/Linux/x.conf": "plain"},
                                                       then=good), efi.NEXT),
        Case("choose/efi/only-damaged", efi.esp({BOOT: BARE, **linux({"a.efi": "plain"})},
                                                then=good),
             [over("a.efi", "it is damaged"), "^lintel: E10 ", efi.NEXT, *PROBE],
             probe=base.probe_facts("efi", efi.ram(512)), never="Linux version"),
        # A bare image has nothing that its checksum could be of.
        Case("choose/bios/empty", nothing, ["^lintel: E33 .* packed"], "Linux version"),
    ]


def ia32_firmware():
    """32-bit UEFI starts none of these images, so Lintel opens them."""
    one, two, three = map(image, NAMES)
    bare = {BOOT32: ia32.BARE, BOOT: BARE}
    some = linux({"os-6.9.efi": one, "os-6.10.efi": two, "os-6.11+0-3.efi": three})
    return [
        probed("choose/ia32/newest", ia32.esp({**bare, **some}), "os-6.10.efi", "two",
               world="ia32"),
        # What lies beside is the last choice, as on a BIOS.
        probed("choose/ia32/beside", ia32.esp({BOOT32: ia32.BARE, BOOT: three, **some}),
               "os-6.10.efi", "two", world="ia32"),
        probed("choose/ia32/damaged", ia32.esp({**bare, **some, **linux({
            "os-6.12.efi": three + ".cut", "os-6.13.efi": "plain"})}), "os-6.10.efi", "two",
               [over("os-6.13.efi", "it is no"), over("os-6.12.efi", "it is no")], "ia32"),
        ia32.refused("choose/ia32/bare", "E10", ia32.esp(
            {**bare, **linux({"a.efi": BARE})}, then=ia32.GOOD), efi.NEXT),
    ]


CASES = [*orders(), *passed_over(), *given(), *debian(), *secured(), *none(), *ia32_firmware()]
