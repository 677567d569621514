# SPDX-License-Identifier: BSD-2-Clause
"""Images that other tools make with Lintel as their stub, and UKIs of several profiles.

doors/cases.py takes them into its table; doors/base.py says what a case is.  Such tools add
sections to PE's table.  UEFI and Multiboot loaders bring that table into memory, others do
not: there Lintel refuses, and says what to do.
"""
import os
import tempfile

from doors import efi, files as doors_files, ia32
from doors.base import CMDLINE, Case, boots, grub, isolinux, qemu
from doors.files import MAKERS, OS_RELEASE, file
from harness import media, payload

PAGE = 4096
REPACK = "^lintel: E36 .*lintel build --uki=IMAGE"


def ukify(build, output, *options):
    """ukify as Debian 13 has it, by Debian's own Python, which has its library."""
    media.run("/usr/bin/python3", payload.get(build, "ukify"), "build", *options,
              f"--output={output}")


def parts(build, kernel="cloud", initrd="first", cmdline=CMDLINE):
    """ukify's options for what is packed."""
    return [f"--linux={file(build, kernel)}", f"--initrd={file(build, initrd)}",
            f"--cmdline={cmdline}", "--uname=test",
            # The probe's initrd is compared to the byte, so nothing may be added for /.extra.
            f"--os-release={'' if kernel.startswith('probe') else OS_RELEASE}"]


def by_ukify(stub, kernel="cloud", initrd="first"):
    """What makes an image by ukify."""
    def make(build, output):
        ukify(build, output, *parts(build, kernel, initrd),
              f"--stub={os.path.join(build, stub)}")
    return make


def by_objcopy(build, output):
    """An image as dracut and mkinitcpio make it: sections behind the last one of the stub."""
    stub, words, end = os.path.join(build, "lintel.efi"), [], 0
    rows = [line.split() for line in media.run("objdump", "-h", stub).splitlines()]
    for row in rows:
        if len(row) == 7 and row[0].isdigit():
            end = int(row[2], 16) + int(row[3], 16)
    payload.write(output + ".osrel", OS_RELEASE.encode())
    payload.write(output + ".cmdline", CMDLINE.encode())
    for name, path in ((".osrel", output + ".osrel"), (".cmdline", output + ".cmdline"),
                       (".initrd", file(build, "first")), (".linux", file(build, "cloud"))):
        end = -(-end // PAGE) * PAGE
        words += [f"--add-section={name}={path}", f"--change-section-vma={name}={end:#x}"]
        end += os.path.getsize(path)
    media.run("objcopy", *words, stub, output)


def by_dracut(version):
    """What makes an image by dracut, with what the initrd "first" has for its only contents.

    Its program that copies files is Debian 12's: that of Debian 13 needs a newer C library.
    """
    def make(build, output):
        root, helpers = payload.tree(build, version), payload.tree(build, "dracut-059")
        with tempfile.TemporaryDirectory(dir=os.path.dirname(output)) as work:
            for name in ("include", "conf.d"):
                os.mkdir(os.path.join(work, name))
            media.run("sh", "-c", 'cd "$1" && zcat "$2" | cpio -id --quiet -f "dev/*"', "sh",
                      work + "/include", os.path.abspath(file(build, "first")))
            media.run("env", f"dracutbasedir={root}/usr/lib/dracut",
                      f"DRACUT_INSTALL={helpers}/usr/lib/dracut/dracut-install",
                      f"PATH={root}/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                      "bash", root + "/usr/bin/dracut", "--force", "--conf", "/dev/null",
                      "--confdir", work + "/conf.d", "--tmpdir", work, "--no-kernel",
                      "--no-hostonly", "--modules", "fs-lib", "--include", work + "/include", "/",
                      "--kver", "test", "--kernel-image", os.path.abspath(file(build, "cloud")),
                      "--kernel-cmdline", CMDLINE, "--uefi", "--uefi-stub",
                      os.path.abspath(os.path.join(build, "lintel.efi")), output)
    return make


def profiles(stub):
    """What makes a UKI of three profiles: the first has no words, the others have some; and
    microcode for all."""
    def make(build, output):
        joined = []
        for name in ("second", "third"):
            path = f"{output}.{name}"
            ukify(build, path, f"--profile=ID={name}", f"--cmdline=profile={name}",
                  f"--stub={payload.get(build, 'addonx64.efi.stub')}")
            joined.append(f"--join-profile={path}")
        microcode = output + ".microcode"
        payload.write(microcode, payload.cpio(payload.proof("microcode", 5000)))
        ukify(build, output, *[part for part in parts(build) if not part.startswith("--cmdline=")],
              f"--microcode={microcode}", *joined, "--profile=ID=first",
              f"--stub={file(build, stub)}")
    return make


def healed(name):
    """What makes an image for every door of one that another tool has packed."""
    def make(build, output):
        media.run(os.path.join(build, "lintel"), "build", f"--uki={file(build, name)}",
                  f"--output={output}")
    return make


MAKERS.update({
    "ukify.efi": by_ukify("lintel.efi"),
    "ukify.ia32.efi": by_ukify("lintelia32.efi"),
    "ukify-probe.efi": by_ukify("lintel.efi", "probe.bzImage", "plain"),
    "objcopy.efi": by_objcopy,
    "dracut.efi": by_dracut("dracut-106"),
    "dracut-059.efi": by_dracut("dracut-059"),
    "profiles.uki": profiles("linuxx64-257.efi.stub"),
    "profiles.efi": profiles("lintel.efi"),
    "healed-ukify.efi": healed("ukify.efi"),
    "healed-objcopy.efi": healed("objcopy.efi"),
    "healed-dracut.efi": healed("dracut.efi"),
    "healed-dracut-059.efi": healed("dracut-059.efi"),
    "healed-profiles.efi": healed("profiles.uki"),
    "kexec-ukify": lambda build, output: doors_files.kexec_initrd(build, output, "ukify.efi"),
})


def loaded():
    """UEFI, and Multiboot on a BIOS and on UEFI."""
    cases = []
    for tool in ("ukify", "objcopy", "dracut"):
        image, words = f"{tool}.efi", f" {CMDLINE} " if tool == "dracut" else CMDLINE
        cases += [
            efi.boots(f"stub/{tool}/efi", "cloud", efi.direct(image), "efi", words),
            boots(f"stub/{tool}/multiboot1", "cloud", grub(f"multiboot /{image}"), "multiboot1",
                  words),
            boots(f"stub/{tool}/multiboot2", "cloud", grub(f"multiboot2 /{image}"), "multiboot2",
                  words),
            efi.boots(f"stub/{tool}/multiboot2-efi64", "cloud", efi.grub(f"multiboot2 /{image}"),
                      "multiboot2-efi64", words),
            boots(f"stub/{tool}/healed", "cloud", qemu(f"healed-{image}"), "linux16", words),
        ]
    return [
        *cases,
        ia32.boots("stub/ukify/ia32", "cloud", ia32.direct("ukify.ia32.efi")),
        boots("stub/ukify/probe", "probe.bzImage", grub("multiboot2 /ukify-probe.efi"),
              "multiboot2"),
        boots("stub/ukify/words", "cloud", grub("multiboot2 /ukify.efi +lintel.test=1"),
              "multiboot2", CMDLINE + " lintel.test=1"),
        # It puts sections where Lintel's code is; that can be healed, not started.
        boots("stub/dracut-059/healed", "cloud", qemu("healed-dracut-059.efi"), "linux16",
              f" {CMDLINE} "),
        # A bare Lintel and systemd-boot start it from EFI/Linux.
        efi.boots("stub/ukify/chosen", "cloud",
                  efi.esp({efi.BOOT: "lintel.efi", "EFI/Linux/os.efi": "ukify.efi"}), "efi"),
        efi.boots("stub/ukify/systemd-boot", "cloud", efi.systemd_boot("ukify.efi"), "efi"),
    ]


def refusals():
    """Doors that do not see the sections."""
    def case(name, medium, **more):
        return Case(f"stub/refuse/{name}", medium, [REPACK], r"Linux version|^lintel: E10",
                    everywhere=("debugcon",), **more)
    running = qemu("amd64", "kexec-ukify", "console=ttyS0,115200 panic=-1")
    return [
        case("linux16", qemu("ukify.efi")),
        case("grub-linux16", grub("linux16 /ukify.efi")),
        case("isolinux", isolinux("kernel /ukify.efi")),
        case("linux32", grub("linux /ukify.efi")),
        Case("stub/refuse/linux64", running, [r"^lintel-kexec: ", REPACK], "^lintel: E10",
             mib=1024),
    ]


def several():
    """Of several profiles the first one counts, wholly and only, whoever opens the UKI."""
    files, added = ("first", "microcode"), "+" + CMDLINE
    return [
        boots("profiles/module", "cloud",
              grub(f"multiboot2 /lintel.efi {added}", "module2 /profiles.uki"), "multiboot2",
              files=files),
        boots("profiles/healed", "cloud", qemu("healed-profiles.efi", "", added), "linux16",
              files=files),
        boots("profiles/multiboot2", "cloud", grub(f"multiboot2 /profiles.efi {added}"),
              "multiboot2", files=files),
        efi.boots("profiles/efi", "cloud", efi.qemu("profiles.efi", "", added), "efi",
                  files=files),
        efi.boots("profiles/named", "cloud",
                  efi.grub(f"chainloader /lintel.efi linux=/profiles.uki {added}"), "efi",
                  files=files),
    ]


CASES = [*loaded(), *refusals(), *several()]
