# SPDX-License-Identifier: BSD-2-Clause
"""Making what a machine boots from: ISOs, the lying BIOS disk, an EFI system partition.

Every file of a medium is given as name -> path; the name is its path on the medium.
"""
import os
import subprocess
import tempfile

GRUB_PLATFORM = "/usr/lib/grub/i386-pc"
# Built into GRUB for UEFI, so that its disk needs no directory of modules.
GRUB_EFI_MODULES = ("all_video", "boot", "chain", "echo", "fat", "linux", "linuxefi",
                    "multiboot", "multiboot2", "normal", "part_gpt", "part_msdos")
SGDISK = "/sbin/sgdisk"  # not everybody's PATH has /sbin
GPT_SPARE = 1 << 20  # in front of the partition and behind it
# shim starts only who says which generation of fixes it is of (shim's SBAT.md).
SBAT = "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n" \
       "grub,5,Free Software Foundation,grub,2.06,https://www.gnu.org/software/grub/\n" \
       "grub.debian,5,Debian,grub2,2.06-13,https://tracker.debian.org/pkg/grub2\n"
ESP_SPARE = 40 << 20  # FAT32 needs a size, and the firmware writes to it too
GRUB_HEAD = """\
serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
"""
ISOLINUX_FILES = ("isolinux.bin", "ldlinux.c32", "libcom32.c32", "mboot.c32")
TEST = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def program(name):
    """The source of a program that a test runs, in test/program/."""
    return os.path.join(TEST, "program", name)


LIE = program("lie.S")
FIRMWARE = program("firmware.c")
GNU_EFI = ("/usr/include/efi", "/usr/include/efi/x86_64", "/usr/lib")


class Refused(Exception):
    """A program that makes a medium failed; the text is what it said."""


def run(*command):
    """Run a command that must work; what it said."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=300, check=False)
    if done.returncode:
        raise Refused(f"{command[0]}: {done.stdout.strip()[-1000:]}")
    return done.stdout


def grafts(files):
    """xorriso's words for files in the root of an ISO."""
    return [f"/{name}={os.path.abspath(path)}" for name, path in files.items()]


def grub_iso(output, config, files):
    """A CD and disk image on which GRUB for the BIOS runs @config."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(output)) as root:
        os.makedirs(os.path.join(root, "boot/grub"))
        with open(os.path.join(root, "boot/grub/grub.cfg"), "w", encoding="utf-8") as out:
            out.write(config)
        run("grub-mkrescue", "-d", GRUB_PLATFORM, "--fonts=", "--locales=", "--themes=",
            "-o", output + ".tmp", root, *grafts(files))
    os.replace(output + ".tmp", output)


def isolinux_iso(output, config, files):
    """A CD on which isolinux runs @config; @files must hold ISOLINUX_FILES."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(output)) as root:
        with open(os.path.join(root, "isolinux.cfg"), "w", encoding="utf-8") as out:
            out.write(config)
        # isolinux writes its boot info table into its file's copy on the CD.
        run("xorriso", "-as", "mkisofs", "-quiet", "-graft-points", "-b", "isolinux.bin",
            "-c", "boot.cat", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
            "-o", output + ".tmp", root, *grafts(files))
    os.replace(output + ".tmp", output)


def grub_efi(output, modules, platform):
    """GRUB for UEFI, of the @modules in a directory; runs /grub/grub.cfg from its own disk."""
    with open(output + ".sbat", "w", encoding="ascii") as sbat:
        sbat.write(SBAT)
    run("grub-mkimage", "-O", platform, "-d", modules, "-p", "/grub", "-o", output + ".tmp",
        "--sbat", output + ".sbat", *GRUB_EFI_MODULES)
    os.replace(output + ".tmp", output)


def grub_pvh(output, modules, config):
    """GRUB as a PVH kernel, which runs some commands by itself."""
    with open(output + ".cfg", "w", encoding="ascii") as commands:
        commands.write(config)
    run("grub-mkimage", "-O", "i386-xen_pvh", "-d", modules, "-p", "/grub", "-o", output + ".tmp",
        "-c", output + ".cfg", "echo", "halt", "ls", "linux")
    os.replace(output + ".tmp", output)


def efi_program(output, source):
    """A UEFI application of ours; gnu-efi's manual says how one is built."""
    *includes, lib = GNU_EFI
    run("gcc", "-O2", "-Werror=implicit-function-declaration", "-ffreestanding", "-fpic",
        "-fshort-wchar", "-mno-red-zone",
        "-maccumulate-outgoing-args", "-fno-stack-protector", "-DGNU_EFI_USE_MS_ABI",
        *[f"-I{path}" for path in includes], "-c", "-o", output + ".o", source)
    run("ld", "-nostdlib", "-znocombreloc", "-shared", "-Bsymbolic", "--no-warn-rwx-segments",
        "-T", f"{lib}/elf_x86_64_efi.lds", "-o", output + ".so", f"{lib}/crt0-efi-x86_64.o",
        output + ".o", f"{lib}/libefi.a", f"{lib}/libgnuefi.a")
    sections = ("text", "sdata", "data", "dynamic", "dynsym", "rel", "rela", "rel.*", "rela.*",
                "reloc")
    run("objcopy", *[word for name in sections for word in ("-j", "." + name)],
        "--output-target=efi-app-x86_64", output + ".so", output)


def esp_image(output, files, partition=""):
    """A disk that is one FAT file system, or has one as the GPT partition of that UUID."""
    size = sum(os.path.getsize(path) for path in files.values()) + ESP_SPARE >> 20 << 20
    at = GPT_SPARE if partition else 0
    with open(output, "wb") as disk:
        disk.truncate(size + 2 * at)
    if partition:
        run(SGDISK, f"--new=1:{at >> 9}:+{size >> 20}M", "--typecode=1:ef00",
            f"--partition-guid=1:{partition}", output)
    volume = f"{output}@@{at}"
    run("mformat", "-i", volume, "-T", str(size >> 9), "-F", "::")
    for directory in dict.fromkeys(parent for name in files for parent in parents(name)):
        run("mmd", "-i", volume, "::" + directory)
    for name, path in files.items():
        run("mcopy", "-i", volume, path, "::/" + name)


def sign(image, key, certificate, output):
    """What Secure Boot starts: @image signed with Debian's key for tests and its passphrase."""
    run("openssl", "pkey", "-in", key, "-passin", "pass:snakeoil", "-out", output + ".key")
    run("sbsign", "--key", output + ".key", "--cert", certificate, "--output", output + ".tmp",
        image)
    os.replace(output + ".tmp", output)


def parents(name):
    """The directories above a file, the highest first."""
    words = name.split("/")[:-1]
    return ["/" + "/".join(words[:count + 1]) for count in range(len(words))]


def lying_disk(output, entries):
    """A disk that makes the BIOS tell @entries E820 entries, then boots the second disk."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(output)) as work:
        obj, binary = os.path.join(work, "lie.o"), os.path.join(work, "lie.bin")
        run("gcc", "-m32", "-c", f"-DENTRIES={entries}", "-o", obj, LIE)
        run("ld", "-m", "elf_i386", "-Ttext=0", "--oformat=binary", "-o", binary, obj)
        with open(binary, "rb") as code:
            data = code.read()
    with open(output, "wb") as disk:
        disk.write(data.ljust(1 << 20, b"\0"))


def lie_ram(entries):
    """The bytes of RAM in the map that lie.S tells."""
    pairs = (entries - 5) // 2
    rest = 0x1ffe0000 - (0x10000000 + (pairs << 19) + 0x1000)
    return 0x9f800 + 0xff00000 + pairs * 0x7f000 + rest
