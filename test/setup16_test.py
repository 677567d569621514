# SPDX-License-Identifier: BSD-2-Clause
"""The 16-bit setup code (bios/) on a real BIOS, in QEMU.

    python3 test/setup16_test.py BUILD_DIR

BUILD_DIR/setup16.bin is put into a small bzImage whose 32-bit part, the checker,
prints the registers, the zero page and the setup_data list that it is given.  It is
entered by QEMU's own loader (-kernel), and by a boot sector that can stand between
the setup code and the BIOS and give other answers than it.  Both programs are in
test/program/setup16/: checker.c and loader.S.
"""
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from collections import namedtuple

from harness import counted, media
from tool.files import L, MIB, TOP, put

QEMU = ['qemu-system-x86_64', '-accel', 'tcg', '-display', 'none', '-no-reboot',
        '-device', 'isa-debug-exit,iobase=0xf4,iosize=4']
SECONDS = 60
QBOOT = '/usr/share/qemu/qboot.rom'
INCLUDES = ['-I' + TOP, '-I' + os.path.join(TOP, 'protocol')]

SETUP16_OFFSET, PM_OFFSET = L['SETUP16_OFFSET'], L['PM_OFFSET']
SECTOR = 512
PM_ROOM = 64 * SECTOR
SIZE_OF_IMAGE = L['PE_OFFSET'] + 80

GIB = 1 << 30
RAM, RESERVED = 1, 2
SETUP_E820_EXT = 1
VIDEO_TYPE_VLFB = 0x23
CAPS_LOCK = 0x40
CMDLINE = b'root=/dev/ram0 quiet lintel'

# What loader.S and int15.S do, where a test says nothing else.
DEFAULTS = {
    'E820': -1,          # entries to invent; 0: no such service, -1: the BIOS's own
    'E820_SIZE': 0x10000,
    'E820_EMPTY': -1,    # this one has the size 0
    'E820_ACPI3': 0,     # 1: 24 bytes, odd ones disabled, 2: all disabled
    'E820_CARRY': 0,     # the list ends by carry instead of ebx = 0
    'E820_FORGETS': -1,  # the answer that is not signed "SMAP"
    'E801_LOW': -1, 'E801_HIGH': 0, 'E801_IN_CX': 1,
    'MEM_88': -1,
    'MUTE': 0,           # missing services return without a word
    'A20_OFF': 0,        # 1: by port 0x92, 2: by the keyboard controller
    'A20_BIOS': 1,       # int 15h AX=2401 works
    'A20_STUCK': 0,      # nothing works
    'SWITCH': 0,         # a realmode_swtch routine
    'NO_10_16': 0,       # no handlers for int 10h (video) and int 16h (keyboard)
    'CAPS_LOCK': CAPS_LOCK, 'IO_BREAKPOINTS': 0x22000a, 'PM_ROOM': PM_ROOM,
}

Entry = namedtuple('Entry', 'esi ebx edi ebp cs ds es fs gs ss cr0 esp eflags')


def command(*args):
    """Run a tool; its words are in the exception if it fails."""
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=SECONDS, check=False)
    if done.returncode:
        raise RuntimeError('%s\n%s' % (' '.join(args), done.stdout.decode(errors='replace')))


def write(path, data):
    with open(path, 'wb') as file:
        file.write(data)


def flat(scratch, name, sources, base, defines=()):
    """Compile sources of program/setup16/, link at base; returns bytes and symbols' addresses."""
    objects = []
    for source in sources:
        objects.append(os.path.join(scratch, source + '.o'))
        command('gcc', '-m32', '-O1', '-Wall', '-Wextra', '-Werror', '-ffreestanding', '-fno-pic',
                '-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables',
                *INCLUDES, *defines, '-c', media.program('setup16/' + source), '-o', objects[-1])
    out = os.path.join(scratch, name)
    command('ld', '-m', 'elf_i386', '-N', '--defsym=base=%#x' % base,
            '-T', media.program('setup16/flat.ld'), '-o', out + '.elf', *objects)
    command('objcopy', '-O', 'binary', out + '.elf', out + '.bin')
    names = subprocess.run(['nm', out + '.elf'], stdout=subprocess.PIPE, timeout=SECONDS,
                           check=True).stdout.decode()
    symbols = {line.split()[2]: int(line.split()[0], 16) for line in names.splitlines()}
    with open(out + '.bin', 'rb') as file:
        return file.read(), symbols


def face(blob):
    """File bytes 0..0x7fff: the setup header, the jump, the setup code, and junk."""
    image = bytearray(b'\xaa' * PM_OFFSET)
    image[:0x300] = bytes(0x300)
    image[SETUP16_OFFSET:SETUP16_OFFSET + len(blob)] = blob
    put(image, 0x1f1, 'B', PM_OFFSET // SECTOR - 1)
    put(image, 0x1f4, 'L', PM_ROOM // 16)
    put(image, SIZE_OF_IMAGE, 'L', PM_OFFSET + PM_ROOM)
    struct.pack_into('<HBB', image, 0x1fe, 0xaa55, 0xeb, 0x6a)
    struct.pack_into('<4sH', image, 0x202, b'HdrS', 0x020f)
    put(image, 0x211, 'B', 1)                                 # LOADED_HIGH
    put(image, 0x214, 'L', MIB)                               # code32_start
    put(image, 0x1fa, 'H', 0xffff)                            # vid_mode: normal
    struct.pack_into('<LLBBHL', image, 0x22c, 0x7fffffff, 0x200000, 1, 21, 0, 2047)
    struct.pack_into('<QL', image, 0x258, MIB, MIB)           # pref_address, init_size
    struct.pack_into('<BH', image, 0x26c, 0xe9, SETUP16_OFFSET - 0x26f)
    return image


def kill(process):
    process.kill()
    process.wait(timeout=SECONDS)
    process.stdout.close()


def qemu_run(args, until, look=None):
    """QEMU's console up to the line with `until`; look() is called before QEMU is killed."""
    serial = [] if '-serial' in args else ['-serial', 'stdio']
    process = subprocess.Popen(QEMU + serial + args, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text, deadline = b'', time.monotonic() + SECONDS
    try:
        while until not in text or b'\n' not in text[text.index(until):]:
            left = deadline - time.monotonic()
            ready = select.select([process.stdout], [], [], max(left, 0))[0]
            more = os.read(process.stdout.fileno(), 65536) if ready else b''
            text += more
            if not more:
                what = 'QEMU ended' if ready else 'time limit'
                raise AssertionError('%s before %r; last lines:\n%s' % (
                    what, until, text.decode(errors='replace')[-800:]))
        if look:
            look()
    finally:
        kill(process)
    return text.decode(errors='replace')


def monitor(path, line):
    """One command to QEMU's monitor."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(SECONDS)
        link.connect(path)
        for words in (line + '\n', None):
            text = b''
            while not text.endswith(b'(qemu) '):
                text += link.recv(4096)
            if words:
                link.sendall(words.encode())


class Block:
    """What the checker printed."""

    def __init__(self, text):
        self.text = text
        self.nodes = []
        for line in text[text.index('begin'):].splitlines():
            name, _, value = line.strip().partition(' ')
            if name == 'setup_data':
                self.nodes.append(bytes.fromhex(value))
            elif value:
                setattr(self, name, bytes.fromhex(value))
        self.entry = Entry(*struct.unpack('<13L', self.entry))
        self.cmdline = self.cmdline.split(b'\0')[0]

    def field(self, form, offset):
        """Little-endian field of the zero page."""
        return struct.unpack_from('<' + form, self.zero_page, offset)[0]

    def extra(self):
        """Entries of the SETUP_E820_EXT node, if it is the first."""
        if not self.nodes or struct.unpack_from('<L', self.nodes[0], 8)[0] != SETUP_E820_EXT:
            return []
        return list(struct.iter_unpack('<QQL', self.nodes[0][16:]))

    def map(self):
        """All E820 entries as (base, size, type)."""
        table = self.zero_page[0x2d0:0x2d0 + 20 * self.zero_page[0x1e8]]
        return list(struct.iter_unpack('<QQL', table)) + self.extra()


class Setup16(unittest.TestCase):
    """Shared: the blob, the checker, and the two ways in."""

    build = 'build'

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix='setup16-')
        cls.addClassCleanup(cls.directory.cleanup)
        cls.scratch = cls.directory.name
        with open(os.path.join(cls.build, 'setup16.bin'), 'rb') as file:
            cls.blob = file.read()
        cls.checker, _ = flat(cls.scratch, 'checker', ['checker_entry.S', 'checker.c'], MIB)

    def path(self, name):
        return os.path.join(self.scratch, name)

    def by_qemu(self, *args, append=CMDLINE.decode()):
        """Enter through -kernel; returns the Block."""
        write(self.path('bzImage'), face(self.blob) + self.checker.ljust(PM_ROOM, b'\0'))
        text = qemu_run(['-kernel', self.path('bzImage'), '-append', append, *args], b'\nend')
        return self.check(Block(text))

    def disk(self, header, parameters):
        """An image that loader.S boots; `header` is called with the face and its symbols."""
        values = dict(DEFAULTS, **parameters)
        sector, symbols = flat(self.scratch, 'loader', ['loader.S', 'int15.S'], 0x7c00,
                               ['-D%s=%s' % item for item in values.items()])
        self.assertLessEqual(len(sector), 510)
        image = face(self.blob)
        put(image, 0x210, 'B', 0xff)                          # type_of_loader
        put(image, 0x228, 'L', 0x98000)                       # cmd_line_ptr
        if header:
            header(image, symbols)
        write(self.path('disk'), sector.ljust(510, b'\0') + b'\x55\xaa' + image +
              CMDLINE.ljust(SECTOR, b'\0') + self.checker.ljust(PM_ROOM, b'\0'))
        return ['-drive', 'format=raw,file=' + self.path('disk')]

    def by_loader(self, *args, header=None, **parameters):
        """Enter through loader.S; returns the Block."""
        text = qemu_run(self.disk(header, parameters) + list(args), b'\nend')
        block = self.check(Block(text))
        self.assertEqual(block.cmdline, CMDLINE)
        self.assertEqual(block.scratch, b'\x78\x56\x34\x12', 'the A20 test cleans up')
        self.assertEqual(block.text[:block.text.index('begin')].count('L'), 1, 'int 15h AX=EC00')
        self.assertEqual(block.zero_page[0x1eb], 0 if parameters.get('NO_10_16') else CAPS_LOCK)
        return block

    def refused(self, line, *args, header=None, look=None, **parameters):
        """Enter through loader.S; the setup code must say `line` and stay."""
        text = qemu_run(self.disk(header, parameters) + list(args), b'lintel: ', look)
        self.assertIn(line, text)
        self.assertNotIn('begin', text)

    def check(self, block):
        """What holds at every entry into the 32-bit part."""
        e = block.entry
        self.assertEqual((e.ebx, e.edi, e.ebp), (0, 0, 0))
        self.assertEqual((e.cs, e.ds, e.es, e.fs, e.gs, e.ss), (0x10, *[0x18] * 5))
        self.assertEqual(e.cr0, 0x11, 'protected mode and nothing else')
        self.assertEqual(e.eflags & 0x600, 0, 'IF and DF')
        self.assertEqual(e.esi % 0x10000, 0x2000)
        self.assertEqual(block.a20, b'\1\0\0\0')
        self.assertEqual(block.zero_page[0x1ef], 0, 'sentinel')
        self.assertEqual(block.zero_page[0x1f1], 63, 'setup_sects')
        self.assertEqual(block.zero_page[0x202:0x208], b'HdrS\x0f\x02')
        self.assertEqual(block.field('L', 0x214), MIB)
        self.assertEqual(block.zero_page[0x26c:0x290], bytes(0x290 - 0x26c))
        self.assertEqual(block.zero_page[0xd00:], bytes(0x300))
        return block


def invented(count):
    """The map that int15.S tells with E820=count."""
    return [((i << 32) + MIB, 0x10000, 1 + i % 2) for i in range(count)]


class Memory(Setup16):
    """The memory map, from E820 and without."""

    def check_pc_map(self, block, below, above):
        """RAM up to `below` and `above` bytes from 4 GiB on, as a QEMU pc has it."""
        got = block.map()
        self.assertEqual(got[0], (0, 0x9fc00, RAM))
        self.assertIn((0xf0000, 0x10000, RESERVED), got)
        base, size, _ = next(e for e in got if e[0] == MIB and e[2] == RAM)
        tables = next(e for e in got if e[0] == base + size)
        self.assertEqual(tables[2], RESERVED)
        self.assertEqual(tables[0] + tables[1], below)
        self.assertLess(tables[1], MIB)
        high = [e for e in got if e[0] >= 4 * GIB and e[2] == RAM]
        self.assertEqual(high, [(4 * GIB, above, RAM)] if above else [])
        self.assertGreater(block.field('H', 0x02), 0, 'ext_mem_k')
        # SeaBIOS rounds what it tells through E801 down to 64 KiB.
        self.assertEqual(block.field('L', 0x1e0), (base + size - MIB) // 1024 & ~63, 'alt_mem_k')

    def test_64_mib(self):
        self.check_pc_map(self.by_qemu('-m', '64'), 64 * MIB, 0)

    def test_512_mib(self):
        self.check_pc_map(self.by_qemu('-m', '512'), 512 * MIB, 0)

    def test_5_gib(self):
        self.check_pc_map(self.by_qemu('-m', '5G'), 3 * GIB, 2 * GIB)

    def test_own_loader_512_mib(self):
        self.check_pc_map(self.by_loader('-m', '512'), 512 * MIB, 0)

    def test_301_entries(self):
        block = self.by_loader(E820=301)
        self.assertEqual(block.zero_page[0x1e8], 128)
        self.assertEqual(len(block.nodes), 1)
        self.assertEqual(block.field('Q', 0x250), 0x90000 + 0x3000)
        self.assertEqual(block.map(), invented(301))

    def test_128_entries_need_no_node(self):
        block = self.by_loader(E820=128)
        self.assertEqual(block.nodes, [])
        self.assertEqual(block.map(), invented(128))

    def test_928_entries_fit(self):
        self.assertEqual(self.by_loader(E820=928).map(), invented(928))

    def test_929_entries_are_refused(self):
        self.refused('lintel: E22 more BIOS memory ranges (E820) than fit: 0x3a1', E820=929)

    def test_endless_list_is_refused(self):
        self.refused('lintel: E22 more BIOS memory ranges (E820) than fit: 0x3a1', E820=0x7fffffff)

    def test_endless_list_of_nothing_is_refused(self):
        self.refused('lintel: E22 BIOS memory map (E820) has no end, calls made: 0x1000',
                     E820=0x7fffffff, E820_SIZE=0)

    def test_loader_chain_stays_behind_ours(self):
        node = struct.pack('<QLL4s', 0, 9, 4, b'seed')
        address = 0x90000 + 0x310

        def header(image, _):
            image[0x310:0x310 + len(node)] = node
            put(image, 0x250, 'Q', address)

        block = self.by_loader(E820=129, header=header)
        self.assertEqual(struct.unpack_from('<QLL', block.nodes[0]), (address, SETUP_E820_EXT, 20))
        self.assertEqual(block.nodes[1], node)
        self.assertEqual(block.map(), invented(129))

    def test_list_ended_by_carry(self):
        self.assertEqual(self.by_loader(E820=5, E820_CARRY=1).map(), invented(5))

    def test_empty_entry_is_skipped(self):
        want = invented(9)
        del want[6]
        self.assertEqual(self.by_loader(E820=9, E820_EMPTY=6).map(), want)

    def test_acpi3_disabled_entries_are_ignored(self):
        self.assertEqual(self.by_loader(E820=10, E820_ACPI3=1).map(), invented(10)[::2])

    def test_acpi3_flags_all_zero_are_not_believed(self):
        self.assertEqual(self.by_loader(E820=10, E820_ACPI3=2).map(), invented(10))

    def test_missing_signature_means_older_services(self):
        block = self.by_loader(E820=9, E820_FORGETS=5, E801_LOW=0, MEM_88=0x4000)
        self.assertEqual(block.map(), [(0, 0x9fc00, RAM), (MIB, 16 * MIB, RAM)])

    def test_e801(self):
        block = self.by_loader(E820=0, E801_LOW=15 * 1024, E801_HIGH=0x400, MEM_88=0x3c00)
        self.assertEqual(block.map(), [(0, 0x9fc00, RAM), (MIB, 15 * MIB, RAM),
                                       (16 * MIB, 64 * MIB, RAM)])
        self.assertEqual(block.field('L', 0x1e0), 79 * 1024, 'alt_mem_k')
        self.assertEqual(block.field('H', 0x02), 0x3c00, 'ext_mem_k')

    def test_map_without_ram_is_none(self):
        block = self.by_loader(E820=2, E820_EMPTY=0, E801_LOW=0, MEM_88=0x4000)
        self.assertEqual(block.map(), [(0, 0x9fc00, RAM), (MIB, 16 * MIB, RAM)])

    def test_e801_in_ax_and_bx(self):
        block = self.by_loader(E820=0, E801_LOW=15 * 1024, E801_HIGH=0x100, E801_IN_CX=0)
        self.assertEqual(block.map(), [(0, 0x9fc00, RAM), (MIB, 15 * MIB, RAM),
                                       (16 * MIB, 16 * MIB, RAM)])

    def test_e801_nonsense(self):
        block = self.by_loader(E820=0, E801_LOW=15 * 1024 + 1, MEM_88=0x400)
        self.assertEqual(block.map(), [(0, 0x9fc00, RAM), (MIB, MIB, RAM)])
        self.assertEqual(block.field('L', 0x1e0), 0)

    def test_e801_of_the_bios(self):
        block = self.by_loader('-m', '64', E820=0)
        self.assertEqual(block.map()[:2], [(0, 0x9fc00, RAM), (MIB, 15 * MIB, RAM)])
        self.assertEqual(block.map()[2][0], 16 * MIB)
        self.assertGreater(block.map()[2][1], 47 * MIB)

    def test_e801_with_a_hole(self):
        block = self.by_loader(E820=0, E801_LOW=14 * 1024, E801_HIGH=0x100)
        self.assertEqual(block.map(), [(0, 0x9fc00, RAM), (MIB, 14 * MIB, RAM),
                                       (16 * MIB, 16 * MIB, RAM)])
        self.assertEqual(block.field('L', 0x1e0), 14 * 1024)

    def test_mem_88(self):
        block = self.by_loader(E820=0, E801_LOW=0, MEM_88=0x7c00)
        self.assertEqual(block.map(), [(0, 0x9fc00, RAM), (MIB, 31 * MIB, RAM)])
        self.assertEqual(block.field('L', 0x1e0), 0)

    def test_microvm_without_services(self):
        """qboot has E820 (and an empty entry in it) but neither video nor keyboard services."""
        block = self.by_qemu('-M', 'microvm', '-bios', QBOOT, '-m', '256')
        ram = sum(size for _, size, kind in block.map() if kind == RAM)
        self.assertGreater(ram, 254 * MIB)
        self.assertEqual(block.field('L', 0x1e0), 0, 'alt_mem_k')
        self.assertEqual(block.field('H', 0x02), 0, 'ext_mem_k')
        self.assertNotIn(0, [size for _, size, _ in block.map()])


class Refusals(Setup16):
    """The line, and where it can be read."""

    NO_MAP = dict(E820=0, E801_LOW=0, MEM_88=0)
    LINE = 'lintel: E22 no memory map from the BIOS (int 15h E820, E801, 88)'

    def test_no_map(self):
        self.refused(self.LINE, **self.NO_MAP)

    def test_no_map_from_a_mute_bios(self):
        self.refused(self.LINE, MUTE=1, **self.NO_MAP)

    def test_line_is_on_every_console(self):
        link, screen, debug = (self.path(name) for name in ('monitor', 'screen', 'debug'))
        self.refused(self.LINE, '-monitor', 'unix:%s,server,nowait' % link,
                     '-debugcon', 'file:' + debug, **self.NO_MAP,
                     look=lambda: monitor(link, 'pmemsave 0xb8000 4000 "%s"' % screen))
        with open(screen, 'rb') as file:
            self.assertIn(self.LINE.encode(), file.read()[::2])
        with open(debug, 'rb') as file:
            self.assertIn(self.LINE.encode(), file.read())

    def test_without_serial_port_and_screen(self):
        self.refused(self.LINE, '-serial', 'none', '-vga', 'none', '-debugcon', 'stdio',
                     **self.NO_MAP)

    def test_serial_port_that_is_never_ready(self):
        self.refused(self.LINE, '-serial', 'none', '-debugcon', 'stdio', '-chardev', 'null,id=null',
                     '-device', 'isa-debugcon,iobase=0x3fd,readback=0,chardev=null', **self.NO_MAP)

    def damaged(self, offset, data, line):
        def header(image, _):
            image[offset:offset + len(data)] = data
        self.refused(line, header=header)

    def test_boot_flag(self):
        self.damaged(0x1fe, b'\0\0', "lintel: E03 setup header's boot_flag is 0x0")

    def test_magic(self):
        self.damaged(0x202, b'Hdr?', "lintel: E03 setup header's magic is 0x3f726448")

    def test_low_code32_start(self):
        self.damaged(0x214, b'\0\x10\0\0', "lintel: E03 setup header's code32_start is 0x1000")

    def test_packed_by_another_tool(self):
        """It changes the PE header, and leaves the setup header alone."""
        self.damaged(SIZE_OF_IMAGE, b'\0\0\0\1', 'lintel: E36 another tool packed this image')


class A20(Setup16):
    """The line is off at entry; each way to switch it on is the only one that works."""

    # A debug console in the place of a port: what is written there has no effect.
    NO_PORT_92 = ['-device', 'isa-debugcon,iobase=0x92,chardev=null', '-chardev', 'null,id=null']
    NO_KBC = ['-device', 'isa-debugcon,iobase=0x64,chardev=null', '-chardev', 'null,id=null']

    def test_by_the_bios(self):
        text = self.by_loader(A20_OFF=1).text
        self.assertIn('B', text[:text.index('begin')])

    def test_by_the_keyboard_controller(self):
        self.by_loader(*self.NO_PORT_92, A20_OFF=2, A20_BIOS=0)

    def test_by_port_92(self):
        self.by_loader(*self.NO_KBC, A20_OFF=1, A20_BIOS=0)

    def test_stays_off(self):
        self.refused('lintel: E23 address line 20 stays off, port 0x92 is 0x',
                     A20_OFF=1, A20_BIOS=0, A20_STUCK=1)


class Video(Setup16):
    """screen_info."""

    def check_text(self, block):
        self.assertEqual(block.field('B', 0x06), 3, 'orig_video_mode')
        self.assertEqual(block.field('B', 0x07), 80, 'orig_video_cols')
        self.assertEqual(block.field('H', 0x04), 0, 'orig_video_page')
        self.assertEqual(block.field('B', 0x0e), 25, 'orig_video_lines')
        self.assertEqual(block.field('H', 0x10), 16, 'orig_video_points')
        self.assertEqual(block.field('H', 0x0a), 3, 'orig_video_ega_bx: colour, 256 KiB')
        self.assertGreater(block.field('B', 0x01), 0, 'orig_y: the BIOS has printed lines')

    def test_text(self):
        block = self.by_qemu()
        self.check_text(block)
        self.assertEqual(block.field('B', 0x0f), 1, 'orig_video_isVGA')
        self.assertEqual(block.zero_page[0x12:0x40], bytes(0x40 - 0x12))

    def test_vga_791(self):
        block = self.by_qemu('-vga', 'std', append='vga=791 quiet')
        self.check_text(block)
        self.assertEqual(block.field('B', 0x0f), VIDEO_TYPE_VLFB)
        self.assertEqual(struct.unpack_from('<HHH', block.zero_page, 0x12), (1024, 768, 16))
        self.assertEqual(struct.unpack('<HHH', block.card[:6]), (1024, 768, 16))
        self.assertEqual(block.card[6] & 0x41, 0x41, 'graphics on, linear framebuffer on')
        self.assertEqual(block.field('H', 0x24), 2048, 'lfb_linelength')
        self.assertGreaterEqual(block.field('L', 0x18), 0xe0000000, 'lfb_base is a PCI address')
        self.assertEqual(block.field('L', 0x1c), 16 * MIB // 65536, 'lfb_size')
        self.assertEqual(block.zero_page[0x26:0x2e], bytes([5, 11, 6, 5, 5, 0, 0, 0]))
        self.assertEqual(block.field('H', 0x34) & 0x99, 0x99, 'vesa_attributes')

    def test_vga_773_has_a_palette(self):
        block = self.by_qemu('-vga', 'std', append='vga=773')
        self.assertEqual(block.field('B', 0x0f), VIDEO_TYPE_VLFB)
        self.assertEqual(struct.unpack_from('<HHH', block.zero_page, 0x12), (1024, 768, 8))
        self.assertEqual(block.zero_page[0x26:0x2e], bytes([6, 0, 6, 0, 6, 0, 6, 0]))

    def test_useless_mode_stays_in_text(self):
        for mode in ('0x7ef', '0x302'):                          # unknown, planar
            block = self.by_qemu(append='vga=' + mode)
            self.check_text(block)
            self.assertEqual(block.field('B', 0x0f), 1)
            self.assertEqual(block.zero_page[0x12:0x40], bytes(0x40 - 0x12))

    def test_no_card(self):
        for append in ('quiet', 'vga=791'):
            block = self.by_qemu('-vga', 'none', append=append)
            self.assertEqual(block.zero_page[0x04:0x40], bytes(0x40 - 0x04))


class Entries(Setup16):
    """Command line and the way in."""

    def test_command_line(self):
        block = self.by_qemu()
        self.assertEqual(block.cmdline, CMDLINE)
        self.assertEqual(block.entry.esi, 0x12000)

    def test_old_command_line(self):
        for loader, pointer in ((0, 0), (0xff, 0), (0, 0x98001)):
            def header(image, _, loader=loader, pointer=pointer):
                struct.pack_into('<HH', image, 0x20, 0xa33f, 0x8000)
                put(image, 0x210, 'B', loader)
                put(image, 0x228, 'L', pointer)

            block = self.by_loader(header=header)
            self.assertEqual(block.field('L', 0x228), 0x98000)
            self.assertEqual(block.entry.esi, 0x92000)

    def test_new_command_line_wins(self):
        def header(image, _):
            struct.pack_into('<HH', image, 0x20, 0xa33f, 0x8100)

        self.assertEqual(self.by_loader(header=header).field('L', 0x228), 0x98000)

    def test_real_mode_switch_routine(self):
        def header(image, symbols):
            put(image, 0x208, 'L', symbols['switch'])

        text = self.by_loader(SWITCH=1, header=header).text
        self.assertIn('S', text[:text.index('begin')])

    def test_interrupts_without_handlers(self):
        self.assertEqual(self.by_loader(NO_10_16=1).zero_page[:2], b'\0\0')

    def test_blob_ends_in_time(self):
        self.assertLessEqual(SETUP16_OFFSET + len(self.blob), L['MB2_OFFSET'])


if __name__ == '__main__':
    if len(sys.argv) > 1 and not sys.argv[1].startswith('-'):
        Setup16.build = sys.argv.pop(1)
    counted.main(sys.argv)
