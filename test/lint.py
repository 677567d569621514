#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rules of HACKING.md that a program can check, each counted as a test.

usage: lint.py [--quick], in the top directory, after make.  Needs clang, clang-format, clang-tidy,
cppcheck and universal-ctags; --quick leaves out what takes more than a few seconds.
"""
import fnmatch
import os
import re
import subprocess
import sys

from doors.cases import CASES
from harness import rules
from xen import cases as xen_cases

# The wire headers of input protocols, and the C files that may know them.  The host tool's
# prints the headers of files, not what a loader hands over.
WIRE = {"lintel/multiboot1.h": {"protocol/multiboot1.c", "protocol/formats.c",
                                "iso/inspect/face_multiboot.c"},
        "lintel/multiboot2.h": {"protocol/multiboot2.c", "protocol/formats.c",
                                "iso/inspect/face_multiboot.c"},
        "lintel/pvh.h": {"protocol/pvh.c"}, "lintel/xenpv.h": {"protocol/xenpv.c"}}
# Each magic of a format or protocol as it is spelled, and the one file that spells it; all others
# use its name.  Tests check these numbers, so they may spell them again.
MAGICS = {
    r"0x1badb002": "protocol/lintel/multiboot1.h", r"0x2badb002": "protocol/lintel/multiboot1.h",
    r"0xe85250d6": "protocol/lintel/multiboot2.h", r"0x36d76289": "protocol/lintel/multiboot2.h",
    r"0x336ec578": "protocol/lintel/pvh.h", r'"xen-3\.0-x86': "protocol/xenpv.c",
    r"0x53726448": "protocol/lintel/linux.h", r"0xa33f": "protocol/lintel/linux.h",
    r'0x464c457f|177ELF': "protocol/lintel/elf.h", r"0x5a4d": "protocol/pe.h",
    r'0x4550\b|0x00004550|"PE\\0': "protocol/pe.h", r'"RSD PTR ': "protocol/acpi.h",
    r"0x5453595320494249": "protocol/efitable.c",
    r'0x5452415020494645|"EFI PART"': "bios/boot/gpt_format.h",
    r"0x8b1f|x1f.x8b": "shim/unpack/unpack.c", r"7zXZ": "shim/unpack/unpack.c",
    r"0x184c2102|x02.x21.x4c": "shim/unpack/unpack.c", r"0xfd2fb528|x28.xb5.x2f": "zstd.h",
    r'"07070': "protocol/cpio.h", r'"BZh': "iso/compressed.c",
    r"0x644d5241|ARM.x64": "protocol/kernel.c", r"0xaa64": "protocol/pe.h",
    r"0x566e6558|XenVMM": "shim/xen/xen.c",
    r'0x32334c45|0x34364c45|"EL32|"EL64': "protocol/lintel/linux.h",
}
# Rooms where the machine's own instructions are at home.
MACHINE = ("shim/pc/", "shim/tpm/", "shim/xen/", "efi/")
# What each folder may include from.
ARROWS = {"protocol": {"protocol"}, "shim": {"protocol", "shim"},
          "efi": {"protocol", "shim", "efi"}, "bios": {"protocol", "shim", "bios"},
          "iso": {"protocol", "shim", "bios", "iso"}}
# Files of bios/ that touch no machine; the unit tests have them too.
PURE = {"bios/boot/choose.c", "bios/boot/fat.c", "bios/boot/partition.c"}
# Where the objects of each folder are, and the one circle that is allowed: Xen's entry and exit.
OBJECTS = {"protocol": "obj", "shim": "obj", "efi": "obj", "bios": "obj", "efi/ia32": "obj32",
           "iso": "host"}
XEN_CIRCLE = {"shim/xen/doors.c", "shim/xen/leave.c", "shim/xen/start.S", "shim/xen/xen.c"}
# What the compiler makes every object use: shim/pc/canary.c.
COMPILERS = {"__stack_chk_guard", "__stack_chk_fail", "__stack_chk_fail_local"}
# A file of ours, as comments and documents name it.
OUR_FILE = re.compile(r"(?<![\w./$-])((?:protocol|shim|efi|bios|iso|test|docs)/[\w./-]*\w\."
                      r"(?:c|h|S|inc|ld|mk|py|md))\b")
# A script, as comments often name it: without the folders above.
OUR_SCRIPT = re.compile(r"(?<![\w./%}$-])((?:\w+/)*\w+\.(?:mk|py))\b")
LONGEST = 50
COLUMNS = 100
WARNINGS = ("-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes "
            "-Wpointer-arith -Wundef -Wvla -Wwrite-strings -Wcast-align -Werror").split()
INCLUDES = ["-std=gnu11", "-I.", "-Iprotocol", '-DLINTEL_VERSION="0"']
EFI = ["-isystem", "/usr/include/efi", "-isystem", "/usr/include/efi/x86_64",
       "-DGNU_EFI_USE_MS_ABI", "-fshort-wchar"]
# The image for 32-bit UEFI; what is only declared is hidden, as the Makefile says why.
IA32 = ["-m32", "-march=i686", "-malign-double", "-include", "shim/hidden.h", "-ffreestanding",
        "-isystem", "/usr/include/efi", "-isystem", "/usr/include/efi/ia32", "-fshort-wchar"]
# Programs of the tests that run without an operating system in 32-bit mode.
BARE32 = ["-m32", "-ffreestanding"]
BARE32_ROOMS = ("test/launcher/", "test/program/setup16/")
TIDY = ("-*,clang-analyzer-*,bugprone-*,-bugprone-easily-swappable-parameters,"
        "-bugprone-reserved-identifier,-bugprone-narrowing-conversions,"
        # Annex K's functions do not exist here; the checker wants them for memcpy.
        "-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,"
        # AT() and field names cannot stand in parentheses.
        "-bugprone-macro-parentheses,"
        # Wrong on x86-64's va_list, and on an array of pointers.
        "-clang-analyzer-valist.Uninitialized,-bugprone-sizeof-expression,"
        # Right, but for other machines or other habits than ours.
        "-bugprone-misplaced-widening-cast,-bugprone-suspicious-string-compare,"
        # Addresses are numbers on purpose: span.h.
        "-clang-analyzer-core.FixedAddressDereference,-performance-no-int-to-ptr")


def files(*endings):
    """The tracked and new files with these endings."""
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], check=True, text=True,
                         stdout=subprocess.PIPE, timeout=60).stdout.split()
    return [name for name in out if name.endswith(endings) and os.path.exists(name)]


def lines(name):
    """The lines of a file with their numbers."""
    with open(name, encoding="utf-8") as text:
        return list(enumerate(text.read().split("\n"), 1))


def run(command):
    """What a program complains of."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=1200, check=False)
    return [] if done.returncode == 0 else done.stdout.strip().split("\n")


def check_text():
    """No tabs or blanks at a line's end, no line too long."""
    for name in files(".c", ".h", ".S", ".inc", ".py", ".ld"):
        for number, line in lines(name):
            if line != line.rstrip():
                yield f"{name}:{number}: blank at the end"
            if len(line.expandtabs(8)) > COLUMNS:
                yield f"{name}:{number}: longer than {COLUMNS} columns"


def check_head():
    """Every source file begins with its licence and says what it is for."""
    for name in files(".c", ".h", ".S", ".inc", ".py", ".ld"):
        head = "\n".join(line for _, line in lines(name)[:8])
        if "SPDX-License-Identifier: BSD-2-Clause" not in head:
            yield f"{name}:1: no licence"
        if not re.search(r'/\*\s*(\n \*)? ?[\w`]|"""\w', head.split("BSD-2-Clause", 1)[-1]):
            yield f"{name}:1: does not say what it is for"


def include_faults(name, header):
    """What is wrong with one include line of a product's file."""
    folder = name.split("/")[0]
    if header in WIRE and not name.endswith((".S", ".inc")) and name not in WIRE[header]:
        yield f"{header} is known to {', '.join(sorted(WIRE[header]))} only (law 1)"
    if header == "shim/pc/instructions.h" and not name.startswith(MACHINE):
        yield "no instruction of the machine's own here (law 4)"
    if "." in header and header.split("/")[0] not in ARROWS[folder] | {"lintel"}:
        yield f"{folder}/ may not include {header}"
    if not os.path.exists(header) and not os.path.exists(f"protocol/{header}"):
        yield f"{header} is not named by its path from the top"


def check_includes():
    """Laws 1 and 4, full paths, and the arrows between the folders."""
    for name in files(".c", ".h", ".S", ".inc"):
        if name.split("/")[0] not in ARROWS or name.startswith("protocol/lintel/"):
            continue
        for number, line in lines(name):
            match = re.match(r'#include (?:"([\w./]+)"|<(lintel/[\w./]+)>)', line)
            for fault in include_faults(name, match.group(1) or match.group(2)) if match else []:
                yield f"{name}:{number}: {fault}"


def check_assembly():
    """Law 4: instructions of the machine in the machine's rooms only."""
    for name in files(".c", ".h"):
        if name.startswith(("protocol/", "shim/", "efi/")) and not name.startswith(MACHINE):
            for number, line in lines(name):
                if "__asm__" in line:
                    yield f"{name}:{number}: an instruction outside the machine's rooms (law 4)"


def symbols(objects):
    """For each object file: what it defines for others, and what it uses of them."""
    out = subprocess.run(["nm", "-A", "-g", *objects], check=True, text=True,
                         stdout=subprocess.PIPE, timeout=60).stdout
    found = {name: (set(), set()) for name in objects}
    for line in out.splitlines():
        name, symbol = line.split(":", 1)
        *_, kind, symbol = symbol.split()
        found[name][kind in "Uw"].add(symbol)
    return found


def reachable(arrows, start):
    """All that can be reached from @start, itself only where there is a way back."""
    found, todo = set(), [start]
    while todo:
        for name in arrows[todo.pop()] - found:
            found.add(name)
            todo.append(name)
    return found


def circles(folder, tree):
    """The sources of a folder whose objects can reach themselves."""
    sources_here = [name for name in files(".c", ".S") if name.startswith(f"{folder}/")]
    objects = {f"build/{tree}/{name}.o": name for name in sources_here
               if os.path.exists(f"build/{tree}/{name}.o")}
    found = symbols(list(objects)) if objects else {}
    arrows = {objects[a]: {objects[b] for b in found
                           if a != b and (found[a][1] & found[b][0]) - COMPILERS}
              for a in found}
    return arrows, {name for name in arrows if name in reachable(arrows, name)}


def check_circles():
    """No circle between the objects of a folder, but for Xen's entry and exit."""
    for folder, tree in OBJECTS.items():
        arrows, circle = circles(folder, tree)
        if len(arrows) < 2:
            yield f"build/{tree}/{folder}: no objects: run make first"
        for name in sorted(circle - XEN_CIRCLE):
            yield f"{name}: in a circle with {', '.join(sorted(arrows[name] & circle))}"


def check_magics():
    """Each magic is spelled in one file, and has a name everywhere else."""
    comment = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
    for name in files(".c", ".h", ".S", ".inc", ".ld"):
        with open(name, encoding="utf-8") as text:
            code = comment.sub("", text.read())
        if name.startswith("test/") and not name.startswith("test/launcher/"):
            continue
        for magic, home in MAGICS.items():
            if home != name and re.search(magic, code, re.I):
                yield f"{name}: spells {magic}, which has a name in {home}"


def check_paths():
    """Files of ours that are named in comments and documents exist."""
    scripts = ["/" + name for name in files(".py", ".mk")]
    for name in [*files(".c", ".h", ".S", ".inc", ".ld", ".mk", ".py", ".md"), "Makefile"]:
        for number, line in lines(name):
            for path in OUR_FILE.findall(line):
                if not re.search(r"\b(NAME|X)\b|NAME_", path) and not os.path.exists(path):
                    yield f"{name}:{number}: there is no {path}"
            for path in OUR_SCRIPT.findall(line):
                if not any(script.endswith("/" + path) for script in scripts):
                    yield f"{name}:{number}: there is no script {path}"


def check_modules():
    """No test takes anything from another test: what they share is in a module of its own."""
    for name in files(".py"):
        for number, line in lines(name):
            if re.match(r"\s*(from|import)\s.*\w_test\b", line):
                yield f"{name}:{number}: a test is no module"


def check_lengths():
    """No function longer than the limit."""
    tags = subprocess.run(["ctags", "-x", "--c-kinds=f", "--_xformat=%F %n %e %N",
                           *files(".c")], check=True, text=True, stdout=subprocess.PIPE,
                          timeout=60).stdout
    for tag in tags.splitlines():
        name, first, last, function = tag.split()
        if int(last) - int(first) + 1 > LONGEST:
            yield f"{name}:{first}: {function} is longer than {LONGEST} lines"


def check_format():
    """clang-format has nothing to change."""
    return run(["clang-format", "--dry-run", "-Werror", *files(".c", ".h")])


def sources(*, efi):
    """C files for the 64-bit compiler, UEFI's or all others; bios/ but for PURE is for -m16.

    The example kernel is for headers_test.py: it includes what is installed.
    """
    others = ("bios/", "efi/ia32/", "test/hello/", *BARE32_ROOMS)
    return [name for name in files(".c")
            if (name in PURE or not name.startswith(others))
            and any(re.search(r'<efi\.h>|"efi/', line) for _, line in lines(name)) == efi]


def sources32():
    """C files of the image for 32-bit UEFI, as the Makefile lists them."""
    return subprocess.run(["make", "-s", "ia32-sources"], check=True, text=True,
                          stdout=subprocess.PIPE, timeout=60).stdout.split()


def bare32():
    """C files of BARE32_ROOMS."""
    return [name for name in files(".c") if name.startswith(BARE32_ROOMS)]


def check_rules():
    """Each rule of protocol/ENTRY.md names tests that exist, and the kernel judges its own."""
    guests = [guest for batch in xen_cases.BATCHES for guest in batch.guests]
    return rules.drift({"doors": [case.name for case in CASES],
                        "xen": [case.name for case in [*xen_cases.DOM0, *guests]]})


def check_readme():
    """test/README.md has a row for each step of make check, and names tests that exist."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for _, line in lines("test/README.md") if line.startswith("|")]
    steps = subprocess.run(["make", "-s", "print-STEPS"], check=True, text=True, timeout=60,
                           stdout=subprocess.PIPE).stdout.split()
    told = [row[0] for row in rows if len(row) == 4][2:]
    if told != steps:
        yield f"test/README.md has the steps {told}, make check runs {steps}"
    matrices = {"doors": [case.name for case in CASES],
                "xen": [case.name for case in xen_cases.DOM0]}
    for row in (row for row in rows if len(row) == 3 and row[0] not in ("fault", "---")):
        for kind, _, name in (test.partition(": ") for test in row[2].split("; ")):
            if not fnmatch.filter(rules.names_of(kind, matrices), name):
                yield f"test/README.md names a test that is not there: {kind}: {name}"


def check_clang():
    """clang's warnings, with the options of the build."""
    command = ["clang", "-fsyntax-only", *WARNINGS, *INCLUDES]
    return (run([*command, *sources(efi=False)]) + run([*command, *EFI, *sources(efi=True)]) +
            run([*command, *IA32, *sources32()]) + run([*command, *BARE32, *bare32()]))


def check_clang_unit():
    """The unit tests pass under clang's sanitizers too, which also find NULL + 0."""
    clean = ["env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL"]
    unit = "build/clang/unit"
    return (run([*clean, "make", "-s", "-j2", "BUILD=build/clang", "HOSTCC=clang", unit]) or
            run([unit])[-40:])


def check_tidy():
    """clang-tidy."""
    command = ["clang-tidy", "--quiet", f"--checks={TIDY}", "--warnings-as-errors=*"]
    names = [name for name in sources(efi=False) if not name.startswith("test/")]
    said = run([*command, *names, "--", *INCLUDES])
    names = [name for name in sources(efi=True) if not name.startswith("test/")]
    said += run([*command, *names, "--", *INCLUDES, *EFI])
    names = [name for name in sources32() if name.startswith("efi/ia32/")]
    said += run([*command, *names, "--", *INCLUDES, *IA32])
    said += run([*command, *bare32(), "--", *INCLUDES, *BARE32])
    return [line for line in said if not line.endswith(" generated.")]


def check_cppcheck():
    """cppcheck."""
    return run(["cppcheck", "--quiet", "--error-exitcode=1", "--enable=warning,portability",
                # The linker's symbols begin and end one thing.
                "--suppress=comparePointers", "-I.", "-Iprotocol",
                "protocol", "shim", "iso", *sorted(PURE), *bare32()])


SLOW = {"check_clang", "check_clang_unit", "check_tidy", "check_cppcheck"}


def main():
    passed = failed = 0
    for name, check in list(globals().items()):
        if not name.startswith("check_") or ("--quick" in sys.argv and name in SLOW):
            continue
        complaints = list(check())
        print(f"{'FAIL' if complaints else 'PASS'} {check.__doc__}")
        for complaint in complaints[:40]:
            print(f"  {complaint}")
        passed, failed = passed + (not complaints), failed + bool(complaints)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
