# SPDX-License-Identifier: BSD-2-Clause
"""Files for the tests: kernels, programs and archives made from the specifications, and images
that the tool wrote, read once more from the same and from the headers that say where things lie.
"""
import os
import re
import struct

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MIB = 1 << 20
MICROCODE = "kernel/x86/microcode/GenuineIntel.bin"


def layout(*headers):
    """Every numeric #define of these headers, named by their paths from the top directory."""
    found = {}
    for header in headers:
        with open(os.path.join(TOP, header), encoding="ascii") as text:
            found.update((name, int(value, 0)) for name, value in
                         re.findall(r"^#define (\w+) (0x[0-9a-f]+|\d+)\b", text.read(), re.M))
    return found


L = layout("shim/face/layout.h", "protocol/number.h")
OPTIONAL = L["PE_OFFSET"] + 24
CHECKSUM = OPTIONAL + 64
SECURITY = OPTIONAL + 112 + 4 * 8


def get(data, offset, form):
    """One little-endian number."""
    return struct.unpack_from("<" + form, data, offset)[0]


def put(data, offset, form, value):
    """Change one little-endian number of a bytearray."""
    struct.pack_into("<" + form, data, offset, value)


def page_up(n):
    """n rounded up to a page."""
    return -(-n // L["PAGE"]) * L["PAGE"]


def load(path):
    """A file's bytes."""
    with open(path, "rb") as f:
        return f.read()


class Section:
    """One PE section header."""

    def __init__(self, raw):
        (name, self.size, self.at, self.file_size, self.file_at,
         *self.zeros, self.flags) = struct.unpack("<8sIIIIIIHHI", raw)
        self.name = name.rstrip(b"\0").decode()


def section_table(data):
    """Where the section headers are: behind the optional header."""
    return OPTIONAL + get(data, L["PE_OFFSET"] + 20, "H")


def sections(data):
    """All PE section headers."""
    table = section_table(data)
    return [Section(data[table + i * 40:table + i * 40 + 40])
            for i in range(get(data, L["PE_OFFSET"] + 6, "H"))]


def section_bytes(data, name):
    """What the section of this name means."""
    found = [s for s in sections(data) if s.name == name]
    assert len(found) == 1, (name, found)
    return data[found[0].file_at:found[0].file_at + found[0].size]


def last_load(data, offset):
    """Offset in the file of the last PT_LOAD of the ELF64 header at offset."""
    assert data[offset:offset + 5] == b"\x7fELF\x02", data[offset:offset + 5]
    at = offset + get(data, offset + 32, "Q")
    headers = [at + i * 56 for i in range(get(data, offset + 56, "H"))]
    return [h for h in headers if get(data, h, "I") == 1][-1]


def pe_checksum(data):
    """The checksum of a PE file, by the book: 16 bits at a time, its own field 0."""
    words = struct.unpack("<%dH" % (len(data) // 2), data)
    total = 0
    for i, word in enumerate(words):
        if i not in (CHECKSUM // 2, CHECKSUM // 2 + 1):
            total += word
            total = (total & 0xffff) + (total >> 16)
    return total + len(data)


def bzimage(size=70001, version=0x20f, relocatable=1, alignment=0x200000, init_size=0x654321,
            cmdline_size=2047, setup_sects=4, pref_address=0x1000000):
    """A file with a setup header that ends at 0x268, and bytes that differ everywhere."""
    data = bytearray(struct.pack("<%dI" % (size // 4 + 1), *range(size // 4 + 1))[:size])
    real = (setup_sects or 4) + 1
    data[0x1f1] = setup_sects
    put(data, 0x1f4, "I", -(-(size - real * 512) // 16))
    put(data, 0x1fe, "H", 0xaa55)
    data[0x200:0x206] = b"\xeb\x66HdrS"
    put(data, 0x206, "H", version)
    put(data, 0x20e, "H", 0)
    data[0x211] = 1
    put(data, 0x214, "I", 0x100000)
    put(data, 0x230, "I", alignment)
    data[0x234] = relocatable
    put(data, 0x258, "Q", pref_address)
    put(data, 0x238, "I", cmdline_size)
    put(data, 0x260, "I", init_size)
    return data


def elf(bits=64, machine=62, segments=((1, 0x1000, 0x500),), size=0x2345, phoff=None,
        entry_at=None):
    """An ELF kernel of (type, offset, size) segments, a MiB apart, entered in the first load."""
    head, entry = (64, 56) if bits == 64 else (52, 32)
    phoff = head if phoff is None else phoff
    data = bytearray(b"\xcc" * size)
    ident = b"\x7fELF" + bytes([bits // 32, 1, 1]) + bytes(9)
    if entry_at is None:
        entry_at = min([MIB * i for i, s in enumerate(segments, 1) if s[0] == 1], default=0)
    form = "<16sHHIQQQIHHHHHH" if bits == 64 else "<16sHHIIIIIHHHHHH"
    struct.pack_into(form, data, 0, ident, 2, machine, 1, entry_at, phoff, 0, 0, head, entry,
                     len(segments), 0, 0, 0)
    for i, (kind, offset, length) in enumerate(segments):
        at = MIB * (i + 1)
        if bits == 64:
            header = struct.pack("<IIQQQQQQ", kind, 5, offset, at, at, length, length, 4096)
        else:
            header = struct.pack("<IIIIIIII", kind, offset, at, at, length, length, 5, 4096)
        if phoff + (i + 1) * entry <= size:
            data[phoff + i * entry:phoff + (i + 1) * entry] = header
    return data


def pe(machine, section):
    """A PE program for this machine with one section."""
    data = bytearray(4096)
    data[0:2], data[0x80:0x84] = b"MZ", b"PE\0\0"
    put(data, 0x3c, "I", 0x80)
    struct.pack_into("<HH12xHH", data, 0x84, machine, 1, 240, 0x22)
    struct.pack_into("<8sIIII", data, 0x98 + 240, section, 8, 0x1000, 512, 1024)
    return data


def note(kind, name, desc):
    """One ELF note."""
    out = struct.pack("<III", len(name) + 1, len(desc), kind) + name + b"\0"
    out += bytes(-len(out) % 4) + desc
    return out + bytes(-len(out) % 4)


def multiboot1(flags=3):
    """A file that has a Multiboot 1 header without addresses and nothing else."""
    magic = 0x1badb002
    return bytes(512) + struct.pack("<III", magic, flags, -(magic + flags) & 0xffffffff) + bytes(64)


def multiboot2(*tags):
    """A file that has a Multiboot 2 header and nothing else; @tags: types without contents."""
    magic, size = 0xe85250d6, 16 + 8 * (len(tags) + 1)
    header = struct.pack("<IIII", magic, 0, size, -(magic + size) & 0xffffffff)
    return bytes(512) + header + b"".join(
        struct.pack("<HHI", tag, 0, 8) for tag in (*tags, 0)) + bytes(64)


def cpio(*names, magic=b"070701"):
    """A newc archive; dracut's mark and a name with a dot in its last part are files."""
    out = b""
    for i, name in enumerate(names + ("TRAILER!!!",)):
        is_file = name == "early_cpio" or "." in name.split("/")[-1][1:]
        body = b"microcode!" if is_file else b""
        fields = [i, 0o100644 if body else 0o40755, 0, 0, 1, 0, len(body), 0, 0, 0, 0,
                  len(name) + 1, 0]
        out += magic + b"".join(b"%08X" % f for f in fields) + name.encode() + b"\0"
        out += bytes(-len(out) % 4) + body
        out += bytes(-len(out) % 4)
    return out
