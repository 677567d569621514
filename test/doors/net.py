# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's cases of booting from the network: PXE and UEFI's HTTP boot.

QEMU is the network: DHCP and TFTP are its own, HTTP is a server on this computer's
loopback address, which its machines see at 10.0.2.2.  doors/cases.py takes the cases
into its table; what a case is, is said there.
"""
import functools
import http.server
import os
import shutil
import struct
import threading
import uuid

from doors import base, efi
from doors.base import CMDLINE, Case, Medium
from doors.efi import OWN
from harness import payload

HOST = "10.0.2.2"
SCRIPT = "boot.ipxe"
HTTP = "{http}"  # in a script: where the server is
BOTH = ("first", "second")
# iPXE's Multiboot has RAM only in its memory map.
TOLD = {"map": "iPXE tells RAM only; its sum is checked by ram"}
NET = {"virtio": ["-device", "virtio-net-pci,netdev=net{}"],
       "e1000": ["-device", "e1000,netdev=net{}"]}
WITHOUT_ROM = ",romfile="  # the firmware's own PXE, not iPXE's

# The variables as OVMF's file has them (edk2: VariableFormat.h), and the UEFI specification's.
VOLUME_HEADER_SIZE_AT = 48
STORE_HEADER_SIZE = 28
VARIABLE_START, VARIABLE_ADDED = 0x55aa, 0x3f
KEPT = 7  # a variable that stays, for boot and runtime
GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
ACTIVE = 1  # a boot option's attribute
URI_NODE, END_NODE = (3, 24), b"\x7f\xff\x04\x00"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that does not print what it serves."""

    def log_message(self, *_):
        pass


def served(directory):
    """Serve a directory as long as this program lives; the server's address for machines."""
    handler = functools.partial(Quiet, directory=directory)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://{HOST}:{server.server_address[1]}"


def network(files, names, stem, script=()):
    """A directory of files, and of a script for iPXE; and the address where HTTP has them."""
    root = stem + ".medium.net"
    os.makedirs(root, exist_ok=True)
    for name in names:
        shutil.copyfile(files[name], os.path.join(root, name))
    address = served(root)
    if script:
        text = "\n".join(["#!ipxe", *script, "boot", ""]).replace(HTTP, address)
        payload.write(os.path.join(root, SCRIPT), text.encode())
    return root, address


def booted(root, bootfile, card="virtio", rom=""):
    """QEMU's arguments for a machine that DHCP tells to boot a file."""
    return ["-netdev", f"user,id=net,tftp={root},bootfile={bootfile}",
            *[word.format(rom) for word in NET[card]]]


def ipxe(*lines, firmware=None, card="virtio"):
    """iPXE in the card's ROM, for a BIOS or UEFI, runs a script that DHCP names."""
    names = base.named(*lines) + [line.rsplit(HTTP + "/", 1)[1].split()[0] for line in lines
                                  if HTTP in line]

    def make(files, stem):
        root, _ = network(files, names, stem, lines)
        return booted(root, SCRIPT, card)
    return firmware(names, make) if firmware else Medium(names, make)


def pxe(name, firmware=None, card="virtio"):
    """The firmware starts a file that DHCP names."""
    def make(files, stem):
        root, _ = network(files, [name], stem)
        return booted(root, name, card, WITHOUT_ROM if firmware else "")
    return firmware([name], make) if firmware else Medium([name], make)


def variable(name, data):
    """A variable as its store has it; the time and key of authenticated ones are 0."""
    text = name.encode("utf-16-le") + b"\0\0"
    head = struct.pack("<HBxIQ16xIII", VARIABLE_START, VARIABLE_ADDED, KEPT, 0, 0, len(text),
                       len(data))
    whole = head + GLOBAL + text + data
    return whole + b"\xff" * (-len(whole) % 4)


def boot_from(path, address, words):
    """Make an address the only choice of OVMF, whose variables in that file are none yet."""
    uri, title = address.encode(), "Net".encode("utf-16-le") + b"\0\0"
    node = struct.pack("<BBH", *URI_NODE, 4 + len(uri)) + uri + END_NODE
    option = struct.pack("<IH", ACTIVE, len(node)) + title + node + words.encode("utf-16-le")
    data = variable("Boot0000", option) + variable("BootOrder", bytes(2))
    with open(path, "r+b") as store:
        store.seek(VOLUME_HEADER_SIZE_AT)
        at = int.from_bytes(store.read(2), "little") + STORE_HEADER_SIZE
        store.seek(at)
        assert set(store.read(len(data))) == {0xff}
        store.seek(at)
        store.write(data)


def http_boot(name, words=""):
    """UEFI fetches a file by HTTP, as a boot option of it says."""
    def make(files, stem):
        _, address = network(files, [name], stem)
        boot_from(stem + ".medium.vars", f"{address}/{name}", words)
        return ["-netdev", "user,id=net", *[word.format(WITHOUT_ROM) for word in NET["virtio"]]]
    return efi.ovmf([name], make)


def bios():
    """iPXE of QEMU's cards, by Multiboot."""
    probe, same = "probe.bzImage.efi", {"same": base.REFERENCE, "explained": TOLD}
    return [
        base.boots("net/bios/pxe", "probe.bzImage", pxe(probe), "multiboot1", **same),
        base.boots("net/bios/script", "probe.bzImage", ipxe(f"kernel /{probe}"), "multiboot1",
                   **same),
        base.boots("net/bios/http", "probe.bzImage", ipxe(f"kernel {HTTP}/{probe}"),
                   "multiboot1", **same),
        base.boots("net/bios/e1000", "probe.bzImage", pxe(probe, card="e1000"), "multiboot1",
                   **same),
        base.boots("net/bios/cloud", "cloud", pxe("cloud.efi"), "multiboot1"),
        base.boots("net/bios/extra", "cloud",
                   ipxe(f"kernel {HTTP}/cloud.efi {OWN}", f"initrd {HTTP}/second"),
                   "multiboot1", OWN, BOTH),
        base.boots("net/bios/modules", "cloud",
                   ipxe(f"kernel {HTTP}/lintel.efi {CMDLINE}", f"initrd {HTTP}/first",
                        f"initrd {HTTP}/cloud", f"initrd {HTTP}/second"),
                   "multiboot1", CMDLINE, BOTH),
    ]


def ram_disk(name):
    """UEFI makes a disk of an ISO that it fetches, in RAM that no kernel gets then."""
    facts = base.probe_facts("efi", 0)
    del facts["ram"]
    why = "the firmware keeps the disk"
    return Case("net/efi/http-iso", http_boot(name), base.PROBE, probe=facts,
                same=efi.REFERENCE, explained={"map": why, "ram": why})


def refused(name, error, medium):
    """There is no volume to load files from; the firmware gets an error, and goes on."""
    return Case(f"net/efi/{name}", medium,
                [f"^lintel: {error} ", r'BdsDxe: failed to start Boot\d+ "'],
                "Linux version|lintel-probe", everywhere=("debugcon",))


def uefi():
    """OVMF's own PXE and HTTP boot, and iPXE in the place of both."""
    probe, same, rom = "probe.bzImage.efi", {"same": efi.REFERENCE}, {"firmware": efi.ovmf}
    return [
        efi.boots("net/efi/pxe", "probe.bzImage", pxe(probe, **rom), "efi", **same),
        efi.boots("net/efi/http", "probe.bzImage", http_boot(probe), "efi", **same),
        ram_disk(probe + ".iso"),
        efi.boots("net/efi/rom", "probe.bzImage", ipxe(f"kernel {HTTP}/{probe}", **rom), "efi",
                  **same),
        efi.boots("net/efi/pxe-cloud", "cloud", pxe("cloud.efi", **rom), "efi"),
        efi.boots("net/efi/http-cloud", "cloud", http_boot("cloud.efi"), "efi"),
        efi.boots("net/efi/http-words", "cloud", http_boot("cloud.efi", OWN), "efi", OWN),
        efi.boots("net/efi/extra", "cloud",
                  ipxe(f"kernel {HTTP}/cloud.efi {OWN} initrd=second", f"initrd {HTTP}/second",
                       **rom), "efi", OWN, BOTH),
        efi.boots("net/efi/named", "cloud",
                  ipxe(f"kernel {HTTP}/lintel.efi linux=cloud initrd=first {CMDLINE}",
                       f"initrd {HTTP}/first", f"initrd {HTTP}/cloud", **rom), "efi"),
        efi.secured("net/efi/secure", pxe("cloud.efi" + efi.SIGNED, firmware=efi.secure)),
        refused("no-kernel", "E10", pxe("lintel.efi", **rom)),
        refused("no-volume", "E24", http_boot("lintel.efi", efi.NAMED)),
    ]


CASES = bios() + uefi()
