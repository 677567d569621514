# SPDX-License-Identifier: BSD-2-Clause
"""What a measured image's PCR 11 must be, and a signature that lets a disk open at that value.

Written from systemd's documents (systemd-stub(7), systemd-measure(1)) and the TPM 2.0
Library, not from our own code, which it judges.
"""
import base64
import hashlib
import json
import os
import re

from harness import media

BANKS = ("sha1", "sha256", "sha384", "sha512")
# The sections that systemd's stub measures, in its order.
MEASURED = (".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".dtb", ".uname",
            ".sbat", ".pcrpkey", ".profile", ".dtbauto", ".hwids")
PHASE = "enter-initrd"
PE_AT, SECTIONS_AT, SECTION_SIZE = 0x3c, 24, 40
POLICY_PCR = bytes.fromhex("0000017f")  # TPM_CC_PolicyPCR
# TPML_PCR_SELECTION: one TPMS_PCR_SELECTION, TPM_ALG_SHA256, three bytes with bit 11 set.
SELECTION = bytes.fromhex("00000001 000b 03 000800")


def sections(path):
    """The sections of a PE file, as they lie in memory: name: bytes; of several the first."""
    with open(path, "rb") as image:
        data = image.read()
    pe = int.from_bytes(data[PE_AT:PE_AT + 4], "little")
    count = int.from_bytes(data[pe + 6:pe + 8], "little")
    table = pe + SECTIONS_AT + int.from_bytes(data[pe + 20:pe + 22], "little")
    found = {}
    for at in range(table, table + count * SECTION_SIZE, SECTION_SIZE):
        size, _, raw, at_raw = (int.from_bytes(data[field:field + 4], "little")
                                for field in range(at + 8, at + 24, 4))
        name = data[at:at + 8].rstrip(b"\0").decode()
        found.setdefault(name, data[at_raw:at_raw + min(size, raw)].ljust(size, b"\0"))
    return found


def extend(bank, value, data):
    """A PCR of a bank after some bytes were measured into it."""
    return hashlib.new(bank, value + hashlib.new(bank, data).digest()).digest()


def zero(bank):
    """A PCR that nothing was measured into."""
    return bytes(hashlib.new(bank).digest_size)


def pcr11(path, bank, phases=()):
    """PCR 11 when an image has been measured, and after the phases."""
    value, found = zero(bank), sections(path)
    for name in MEASURED:
        if name in found:
            value = extend(bank, value, name.encode() + b"\0")
            value = extend(bank, value, found[name])
    for phase in phases:
        value = extend(bank, value, phase.encode())
    return value


def signature(path, key, public):
    """The text of .pcrsig: the key's owner lets PCR 11 be what it is in an image's initrd."""
    pcrs = hashlib.sha256(pcr11(path, "sha256", [PHASE])).digest()
    policy = hashlib.sha256(bytes(32) + POLICY_PCR + SELECTION + pcrs).digest()
    with open(path + ".policy", "wb") as out:
        out.write(policy)
    media.run("openssl", "dgst", "-sha256", "-sign", key, "-out", path + ".sig", path + ".policy")
    # The fingerprint is of PKCS #1's form of the key.
    media.run("openssl", "rsa", "-pubin", "-in", public, "-RSAPublicKey_out", "-outform", "DER",
              "-out", path + ".der")
    with open(path + ".sig", "rb") as sig, open(path + ".der", "rb") as der:
        entry = {"pcrs": [11], "pkfp": hashlib.sha256(der.read()).hexdigest(),
                 "pol": policy.hex(), "sig": base64.b64encode(sig.read()).decode()}
    for ending in (".policy", ".sig", ".der"):
        os.unlink(path + ending)
    return json.dumps({"sha256": [entry]})


def replayed(log):
    """What tpm2_eventlog says that the PCRs are after a log's events: (bank, number): value."""
    text = media.run("tpm2_eventlog", log)
    found, bank = {}, ""
    for line in text[text.rindex("\npcrs:"):].splitlines():
        if re.fullmatch(r"  sha\w+:", line):
            bank = line.strip(" :")
        match = re.fullmatch(r"    (\d+) *: 0x([0-9a-f]+)", line)
        if match:
            found[bank, int(match.group(1))] = match.group(2).lower()
    return found
