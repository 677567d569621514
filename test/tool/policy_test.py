#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of signed policies and sealed images: python3 test/tool/policy_test.py BUILD_DIR

What `lintel build` measures and signs is compared with what systemd-measure makes of the same
sections: an RSA signature of PKCS #1 v1.5 is the same whoever makes it.
"""
import base64
import hashlib
import json
import os
import subprocess
import sys

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted
from tool import systemd
from tool.base import Case, LINTEL, STUB, TIMEOUT, run, with_passphrase
from tool.files import bzimage, load, section_bytes, sections

KNOWN = (".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".uname", ".sbat",
         ".pcrpkey", ".profile")
BANKS = ("sha1", "sha256", "sha384", "sha512")
PATHS = ("enter-initrd", "enter-initrd:leave-initrd", "enter-initrd:leave-initrd:sysinit",
         "enter-initrd:leave-initrd:sysinit:ready")


def openssl(*args):
    """Run openssl, which must succeed; its output."""
    return subprocess.run(["openssl", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True, timeout=TIMEOUT).stdout


class Policy(Case):
    """Keys, a build with all that is measured, and what systemd-measure says of it."""

    @classmethod
    def setUpClass(cls):
        cls.pem = [openssl("genrsa", "2048") for _ in range(2)]

    def setUp(self):
        super().setUp()
        self.keys = [self.file(f"key{i}", pem) for i, pem in enumerate(self.pem)]
        self.public = [self.file(f"public{i}", openssl("pkey", "-in", key, "-pubout"))
                       for i, key in enumerate(self.keys)]
        self.args = ["--cmdline=quiet", "--os-release=ID=x\n", "--uname=6.1", "--sbat=mine,1",
                     "--splash", self.file("s", b"BM picture"), "--section=.other:not measured",
                     "--initrd", self.file("i1", b"1" * 10001), "--initrd",
                     self.file("i2", b"2" * 5003), "--microcode", self.file("m", b"ucode")]

    def sections(self, path=None):
        """The image's sections by name."""
        data = load(path or self.output)
        return {s.name: section_bytes(data, s.name) for s in sections(data)}

    def systemd(self, verb, *args):
        """What systemd-measure says of the image's sections."""
        parts = self.sections()
        return systemd.measure(verb, *args, *[
            f"--{name[1:]}={self.file('of' + name, parts[name])}"
            for name in KNOWN if name in parts])

    def signed(self, key, phases=(), banks=()):
        """What systemd-measure signs.

        Debian 13's makes signatures of the bank's checksum, which no TPM then accepts but for
        sha256 (systemd's issue 40245); later ones always of SHA-256, and so does openssl here.
        """
        tree = json.loads(self.systemd("sign", f"--private-key={key}", "--json=short",
                                       *[f"--phase={path}" for path in phases],
                                       *[f"--bank={bank}" for bank in banks]))
        for bank in tree.keys() - {"sha256"}:
            for entry in tree[bank]:
                policy = self.file("policy", bytes.fromhex(entry["pol"]))
                entry["sig"] = base64.b64encode(openssl("dgst", "-sha256", "-sign", key,
                                                        policy)).decode()
        return tree

    def joined(self, *trees):
        """Several signatures as ukify joins them."""
        joined = {}
        for tree in trees:
            for bank, entries in tree.items():
                known = joined.setdefault(bank, [])
                known += [entry for entry in entries if entry not in known]
        return json.dumps(joined).encode()


class Sign(Policy):
    """--pcr-private-key and what belongs to it."""

    def test_one_key(self):
        self.build(*self.args, "--pcr-private-key", self.keys[0])
        parts = self.sections()
        self.assertEqual(parts[".pcrpkey"], load(self.public[0]))
        self.assertEqual(parts[".pcrsig"], self.joined(self.signed(self.keys[0])))
        tree = json.loads(parts[".pcrsig"])
        self.assertEqual({bank: len(entries) for bank, entries in tree.items()},
                         dict.fromkeys(BANKS, 4))

    def test_several_keys(self):
        """Each with its own phases; the second key of the same name signs once."""
        self.build(*self.args, "--pcr-private-key", self.keys[0], "--pcr-public-key",
                   self.public[0], "--phases=enter-initrd", "--pcr-private-key", self.keys[1],
                   "--pcr-public-key", self.public[1],
                   "--phases=enter-initrd:leave-initrd, enter-initrd,sysinit:shutdown:final",
                   "--pcr-banks=SHA512 sha256", "--pcrpkey", self.public[1])
        parts, banks = self.sections(), ("sha256", "sha512")
        self.assertEqual(parts[".pcrpkey"], load(self.public[1]))
        self.assertEqual(parts[".pcrsig"], self.joined(
            self.signed(self.keys[0], ["enter-initrd"], banks),
            self.signed(self.keys[1], ["enter-initrd:leave-initrd", "enter-initrd",
                                       "sysinit:shutdown:final"], banks)))
        twice = [word for _ in range(2) for word in ("--pcr-private-key", self.keys[0])]
        self.build(*self.args, *twice)
        parts = self.sections()
        self.assertNotIn(".pcrpkey", parts)
        self.assertEqual(parts[".pcrsig"], self.joined(self.signed(self.keys[0])))

    def test_every_image(self):
        """The same signature in both faces and for Xen; an image alike but for it."""
        options = [*self.args, "--pcr-private-key", self.keys[0]]
        self.build(*options)
        expected = self.sections()[".pcrsig"]
        for face in ("efi", "elf"):
            self.build(*options, faces=[face])
            facts = run(LINTEL, "inspect", "--json=short",
                        {"efi": self.output, "elf": self.elf}[face])
            found = {s["name"]: s for s in json.loads(facts.stdout)["sections"]}[".pcrsig"]
            data = load({"efi": self.output, "elf": self.elf}[face])
            self.assertEqual(data[found["offset"]:found["offset"] + found["size"]], expected)
        self.build(*options, "--xen", faces=["efi"])
        self.assertEqual(self.sections()[".pcrsig"], expected)
        self.build(*options, faces=["efi"])
        first = load(self.output)
        self.build(*options, faces=["efi"])
        self.assertEqual(load(self.output), first)

    def test_public_key_alone(self):
        """It is packed; whoever has the private key may sign later."""
        self.build("--pcr-public-key", self.public[0])
        parts = self.sections()
        self.assertEqual((parts[".pcrpkey"], ".pcrsig" in parts), (load(self.public[0]), False))
        self.build("--pcrpkey", self.public[1])
        self.assertEqual(self.sections()[".pcrpkey"], load(self.public[1]))

    def test_pipes(self):
        """A key need not lie on a disk."""
        self.build(*self.args, "--pcr-private-key", self.keys[0], faces=["efi"])
        expected = load(self.output)
        command = [LINTEL, "build", "--linux", self.kernel, *self.args, "--pcr-private-key", "-",
                   "--output", self.output]
        subprocess.run(command, input=self.pem[0], check=True, timeout=TIMEOUT)
        self.assertEqual(load(self.output), expected)

    def test_passphrase(self):
        locked = self.path("locked")
        openssl("rsa", "-aes256", "-passout", "pass:secret", "-in", self.keys[0], "-out", locked)
        self.assertEqual(with_passphrase("secret", LINTEL, "build", "--linux", self.kernel,
                                         "--output", self.output, "--pcr-private-key", locked), 0)
        self.assertEqual(self.sections()[".pcrsig"], self.joined(self.signed(self.keys[0])))


class Config(Policy):
    """ukify's ini file."""

    def config(self, text, *args):
        """A build with a config file; the process."""
        path = self.file("uki.conf", text.encode())
        return self.lintel("build", "--config", path, *args, "--output", self.output)

    def built(self, text, *args):
        """The sections of a build that must succeed in silence."""
        ran = self.config(text, *args)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        return self.sections()

    def test_groups(self):
        text = (f"[UKI]\nLinux={self.kernel}\nPCRBanks=sha256 sha1\nPCRPKey={self.public[1]}\n"
                f"[PCRSignature:one]\nPCRPrivateKey={self.keys[0]}\nPhases=enter-initrd\n"
                f"  enter-initrd:leave-initrd\n[PCRSignature:two]\nPCRPrivateKey={self.keys[1]}\n"
                f"[PCRSignature:one]\nPCRPublicKey={self.public[0]}\n")
        parts, banks = self.built(text), ("sha1", "sha256")
        self.assertEqual(parts[".pcrpkey"], load(self.public[1]))
        self.assertEqual(parts[".pcrsig"], self.joined(
            self.signed(self.keys[0], PATHS[:2], banks), self.signed(self.keys[1], (), banks)))

    def test_command_line_comes_first(self):
        text = (f"[UKI]\nLinux={self.kernel}\nPCRBanks=sha1\nPCRPKey=absent\n"
                f"[PCRSignature:x]\nPCRPrivateKey={self.keys[1]}\nPCRPublicKey={self.public[1]}\n")
        parts = self.built(text, "--pcr-private-key", self.keys[0], "--phases=enter-initrd",
                           "--pcr-banks=sha256", "--pcrpkey", self.public[0])
        self.assertEqual(parts[".pcrpkey"], load(self.public[0]))
        self.assertEqual(parts[".pcrsig"], self.joined(
            self.signed(self.keys[0], PATHS[:1], ["sha256"]),
            self.signed(self.keys[1], (), ["sha256"])))

    def test_refused(self):
        uki = f"[UKI]\nLinux={self.kernel}\n"
        for text, status, says in (
                ("[PCRSignature:]\nPhases=ready\n", 1, "without a name"),
                ("[PCRSignature:x]\nFoo=1\n", 1, "sets Foo= in [PCRSignature:x]"),
                ("[PCRSignature:x]\nPCRPrivateKey=\n", 1, "PCRPrivateKey= without"),
                ("[PCRSignature:x]\nPCRPublicKey=a\nPCRPublicKey=b\n", 1, "PCRPublicKey= twice"),
                ("[Foo]\nPhases=ready\n", 1, "[Foo]"),
                ("[PCRSignature:x]\nPhases=ready\n", 2, "which are missing"),
                (f"[PCRSignature:x]\nPhases=ready\n[PCRSignature:y]\nPCRPrivateKey={self.keys[0]}",
                 2, "of its own")):
            ran = self.config(uki + text)
            self.assertEqual((ran.returncode, ran.stdout), (status, ""), (text, ran.stderr))
            self.assertIn(says, ran.stderr)
            self.assertFalse(os.path.exists(self.output))


class Digest(Policy):
    """--policy-digest and --measure, for people and keys that are elsewhere."""

    def said(self, *args):
        """What a build prints."""
        ran = self.lintel("build", "--linux", self.kernel, *self.args, "--output", self.output,
                          *args)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return ran.stdout

    def test_policy_digest(self):
        said = self.said("--policy-digest", "--pcr-public-key", self.public[0],
                         "--phases=enter-initrd,ready", "--pcr-banks=sha384")
        expected = self.signed(self.keys[0], ["enter-initrd", "ready"], ["sha384"])
        for entry in expected["sha384"]:
            del entry["sig"]
        self.assertEqual((json.loads(said), said.count("\n")), (expected, 1))
        self.assertEqual(self.sections()[".pcrpkey"], load(self.public[0]))
        pretty = self.said("--policy-digest", "--pcr-public-key", self.public[0],
                           "--phases=enter-initrd", "--phases=ready", "--pcr-banks=sha384",
                           "--json=pretty")
        self.assertEqual(json.loads(pretty), expected)
        self.assertGreater(pretty.count("\n"), 10)

    def test_measure(self):
        """What is measured does not depend on what is signed, but on the public key."""
        for args, phases, banks in ((["--pcr-private-key", self.keys[0]], PATHS, BANKS),
                                    (["--phases=:,ready:,shutdown"], (":", "ready", "shutdown"),
                                     BANKS), (["--pcr-banks=sha1"], PATHS, ["sha1"])):
            said = self.said("--measure", *args).splitlines()
            expected = self.systemd("calculate", *[f"--phase={path}" for path in phases],
                                    *[f"--bank={bank}" for bank in banks]).splitlines()
            self.assertEqual([line for line in said if line.startswith("11:")], expected)
            self.assertEqual([line for line in said if line.startswith("# PCR[11]")],
                             [f"# PCR[11] Phase <{path}>" for path in phases])
            tree = json.loads(self.said("--measure", "--json=short", *args))
            like = json.loads(self.systemd("calculate", "--json=short",
                                           *[f"--phase={path}" for path in phases],
                                           *[f"--bank={bank}" for bank in banks]))
            self.assertEqual({bank: [entry for entry in entries if entry["pcr"] == 11]
                              for bank, entries in tree.items()}, like)
            for bank in banks:
                zero = "00" * (len(like[bank][0]["hash"]) // 2)
                self.assertEqual(tree[bank][len(phases):], [{"pcr": 12, "hash": zero},
                                                            {"pcr": 13, "hash": zero}])
                self.assertIn(f"12:{bank}={zero}", said)
                self.assertIn(f"13:{bank}={zero}", said)


class FromUki(Policy):
    """--uki: an image is signed anew when its parts change."""

    def test_signed_anew(self):
        self.build(*self.args, "--pcr-private-key", self.keys[0], faces=["efi"])
        os.rename(self.output, self.path("old.efi"))
        old = self.sections(self.path("old.efi"))
        taken = ["build", "--uki", self.path("old.efi"), "--output", self.output]
        ran = self.lintel(*taken, "--cmdline=other")
        self.assertEqual(ran.returncode, 0)
        self.assertIn("--pcr-private-key", ran.stderr)
        self.assertEqual(self.sections()[".pcrsig"], old[".pcrsig"])
        ran = self.lintel(*taken, "--pcr-private-key", self.keys[0])
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        self.assertEqual(load(self.output), load(self.path("old.efi")))
        ran = self.lintel(*taken, "--cmdline=other", "--pcr-private-key", self.keys[1])
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        new = self.sections()
        self.assertEqual(new[".pcrpkey"], load(self.public[1]))
        self.assertEqual(new[".pcrsig"], self.joined(self.signed(self.keys[1])))
        self.assertNotEqual(new[".pcrsig"], old[".pcrsig"])

    def test_signed_elsewhere(self):
        """What --policy-digest printed comes back signed."""
        self.build("--pcr-public-key", self.public[0], faces=["efi"])
        os.rename(self.output, self.path("old.efi"))
        ran = self.lintel("build", "--uki", self.path("old.efi"), "--output", self.output,
                          "--section=.pcrsig:@" + self.file("sig", b"{}"))
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(self.sections()[".pcrsig"], b"{}")


class Inspect(Policy):
    """`lintel inspect` says whose signatures an image has."""

    def fingerprint(self, key):
        """As systemd reckons it: of the public half, PKCS #1 in DER."""
        return hashlib.sha256(openssl("rsa", "-in", key, "-RSAPublicKey_out", "-outform",
                                      "DER")).hexdigest()

    def shown(self):
        """The fingerprints that it prints."""
        facts = run(LINTEL, "inspect", "--json=short", self.output)
        self.assertEqual((facts.returncode, facts.stderr), (0, ""))
        return json.loads(facts.stdout).get("policy_keys")

    def test_keys(self):
        self.build("--pcr-private-key", self.keys[0], "--pcr-private-key", self.keys[1])
        prints = [self.fingerprint(key) for key in self.keys]
        self.assertEqual(self.shown(), prints)
        shown = run(LINTEL, "inspect", self.output).stdout
        self.assertRegex(shown, f"policy_keys +{prints[0]} {prints[1]}\n")

    def test_damaged(self):
        self.build()
        self.assertIsNone(self.shown())
        for text in ("no JSON", "{}", "[1]", '{"sha256": [{"pkfp": 1}, 2], "sha1": 3}',
                     '{"sha256": [{}]', "[" * 3000):
            self.build("--section=.pcrsig:" + text)
            self.assertEqual(self.shown(), [], text)


class Sealed(Policy):
    """--sealed and --measured: lines for the image itself to read, in the section .lintel."""

    def seal(self, data):
        """The lines of the section, and the SHA-256 of all else that was packed."""
        bare = len(sections(load(STUB["efi"])))
        names = [s.name for s in sections(data)[bare:]]
        digests = [f"sha256={name}:{hashlib.sha256(section_bytes(data, name)).hexdigest()}"
                   for name in names if name not in (".lintel", ".extra")]
        text = section_bytes(data, ".lintel").decode() if ".lintel" in names else ""
        self.assertTrue(not text or text.endswith("\n"))
        return text.splitlines(), digests

    def check(self, data, *words):
        """The image asks for this; a sealed one has a SHA-256 of each section."""
        lines, digests = self.seal(data)
        sealed = any(word.startswith("sealed") for word in words)
        self.assertEqual([line for line in lines if not line.startswith("sha256=")], list(words))
        self.assertEqual(sorted(line for line in lines if line.startswith("sha256=")),
                         sorted(digests) if sealed else [])
        facts = json.loads(run(LINTEL, "inspect", "--json=short", self.output).stdout)
        self.assertEqual((facts.get("sealed"), facts.get("measured")), (
            "strict" if "sealed=strict" in words else "yes" if sealed else None,
            "required" if "measured=required" in words else None))

    def test_lines(self):
        for args, words in (
                (["--sealed"], ["sealed"]), (["--sealed=yes"], ["sealed"]),
                (["--sealed=strict"], ["sealed=strict"]), (["--sealed=no"], []), ([], []),
                (["--measured=required"], ["measured=required"]), (["--measured=no"], []),
                (["--measured=required", "--sealed"], ["sealed", "measured=required"]),
                (["--sealed", "--pcr-private-key", self.keys[0], "--measured=required"],
                 ["sealed", "measured=required"])):
            built = self.build(*self.args, *args)
            self.check(built["efi"], *words)
            self.assertEqual(b"sealed" in built["elf"][len(load(STUB["elf"])):],
                             any("sealed" in word for word in words))

    def test_signature_is_of_the_same_image(self):
        """What is asked for is not measured, so the policies are the same."""
        signed = [self.build(*self.args, "--pcr-private-key", self.keys[0], *args)["efi"]
                  for args in ([], ["--sealed"])]
        self.assertEqual(*[section_bytes(data, ".pcrsig") for data in signed])

    def test_config(self):
        conf = self.file("conf", b"[UKI]\nSealed=strict\nMeasured=required\n")
        self.check(self.build("--config", conf)["efi"], "sealed=strict", "measured=required")
        self.check(self.build("--config", conf, "--sealed=no")["efi"], "measured=required")

    def test_taken_from_a_uki(self):
        """It stays sealed, with checksums of what it then has, until somebody says otherwise."""
        self.build(*self.args, "--sealed", "--pcr-private-key", self.keys[0], faces=["efi"])
        os.rename(self.output, self.path("old.efi"))
        taken = ["build", "--uki", self.path("old.efi"), "--output", self.output]
        for args, words in (([], ["sealed"]), (["--cmdline=other"], ["sealed"]),
                            (["--measured=required"], ["sealed", "measured=required"]),
                            (["--pcr-private-key", self.keys[1]], ["sealed"]),
                            (["--sealed=strict"], ["sealed=strict"]), (["--sealed=no"], [])):
            self.assertEqual(self.lintel(*taken, *args).returncode, 0)
            self.check(load(self.output), *words)

    def test_unknown_lines(self):
        """A later version's, say: nothing of it may get lost unsaid."""
        self.build("--sealed=strict", faces=["efi"])
        data = load(self.output).replace(b"sealed=strict", b"sealed=locked")
        old = self.file("old.efi", data)
        ran = self.lintel("build", "--uki", old, "--output", self.path("new.efi"))
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr.count("\n")), (1, "", 1))
        self.assertIn(f"lintel: {old}: the image's section .lintel asks for", ran.stderr)
        facts = json.loads(run(LINTEL, "inspect", "--json=short", old).stdout)
        self.assertIn("asks for what this version does not know", facts["sealed"])

    def test_refused(self):
        for args, says in ((["--sealed=maybe"], "yes, strict and no"),
                           (["--measured=yes"], "required and no"),
                           (["--measured"], "needs a value"),
                           (["--sealed", "--sealed"], "given twice")):
            ran = self.lintel("build", "--linux", self.kernel, "--output", self.output, *args)
            self.assertEqual((ran.returncode, ran.stdout), (2, ""), ran.stderr)
            self.assertIn(says, ran.stderr)
        self.refused("--section=.lintel:sealed", file=".lintel", says=("Lintel itself",))


class Refused(Policy):
    """One line that says what to do, before anything is written."""

    def test_keys(self):
        elliptic = self.file("ec", openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout"))
        empty, text = self.file("empty", b""), self.file("text", b"no key\n")
        absent = self.path("absent")
        for args, file, says in (
                (["--pcr-private-key", elliptic], elliptic, "another kind"),
                (["--pcr-private-key", self.public[0]], self.public[0], "no private key"),
                (["--pcr-private-key", empty], empty, "no private key"),
                (["--pcr-private-key", text], text, "openssl genrsa"),
                (["--pcr-private-key", absent], absent, "No such file"),
                (["--pcrpkey", self.keys[0]], self.keys[0], "no public key"),
                (["--pcr-public-key", self.keys[0]], self.keys[0], "openssl pkey"),
                (["--pcr-private-key", self.keys[0], "--pcr-public-key", self.public[1]],
                 self.public[1], "not the public half of " + self.keys[0])):
            self.refused(*args, file=file, says=(says,))
        self.refused("--pcr-private-key", self.keys[0], "--section=.pcrsig:x", file=".pcrsig",
                     says=("already",))

    def test_output_is_the_key(self):
        ran = self.lintel("build", "--linux", self.kernel, "--pcr-private-key", self.keys[0],
                          "--output", self.keys[0])
        self.assertEqual((ran.returncode, "is the input" in ran.stderr), (1, True), ran.stderr)
        self.assertEqual(load(self.keys[0]), self.pem[0])

    def test_usage(self):
        key = ["--pcr-private-key", self.keys[0]]
        public = ["--pcr-public-key", self.public[0]]
        for args, says in (
                ([*key, "--pcr-banks=sha256,md5"], "has \"md5\""),
                ([*key, "--pcr-banks=,"], "names no bank"),
                ([*key, "--phases=enter-initrd:login"], "has \"login\""),
                ([*key, *key, *public], "1 --pcr-public-key for 2 --pcr-private-key"),
                ([*key, "--phases=ready", "--phases=final"], "2 --phases for 1"),
                (["--phases=ready"], "which are missing"),
                (["--policy-digest"], "one --pcr-public-key, there are 0"),
                (["--policy-digest", *public, *public], "there are 2"),
                (["--policy-digest", *public, *key], "leave --pcr-private-key out"),
                (["--policy-digest", *public, "--measure"], "both print"),
                ([*public, *public], "no use for 2"),
                (["--json=pretty", *key], "--policy-digest prints")):
            ran = self.lintel("build", "--linux", self.kernel, "--output", self.output, *args)
            self.assertEqual((ran.returncode, ran.stdout), (2, ""), (args, ran.stderr))
            self.assertIn(says, ran.stderr)
            self.assertFalse(os.path.exists(self.output))

    def test_pcr_of_an_ordinary_image(self):
        """Nothing is signed unasked."""
        self.build()
        self.assertEqual(self.sections()[".linux"], bzimage())
        self.assertFalse({".pcrsig", ".pcrpkey"} & set(self.sections()))


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
