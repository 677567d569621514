#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of what users' machines do to build/lintel: python3 test/tool/host_test.py BUILD_DIR

A full disk behind stdout, signals, inputs that change, odd paths.
"""
import json
import os
import pty
import resource
import shutil
import signal
import subprocess
import sys
import time

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted
from tool.base import Case, LINTEL, TIMEOUT
from tool.files import MIB, load, section_bytes


def run(*args, **kwargs):
    """Run the tool, with further arguments for subprocess."""
    return subprocess.run([LINTEL, *args], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, timeout=TIMEOUT, check=False, **kwargs)


def lines(path):
    """Facts of an image by name, as inspect prints them."""
    ran = run("inspect", path, stdout=subprocess.PIPE)
    return dict(line.split(None, 1) for line in ran.stdout.splitlines() if " " in line.strip())


class Stdout(Case):
    """Text that is lost is an error."""

    def commands(self):
        """One of each kind that prints."""
        return [["--help"], ["--version"], ["build", "--help"], ["iso", "--help"],
                ["disk", "--help"], ["inspect", "--help"], ["explain", "--help"],
                ["inspect", self.kernel], ["explain", self.kernel],
                ["inspect", "--json=short", self.kernel],
                ["explain", "--json=pretty", self.kernel],
                ["build", "--linux", self.kernel, "--output", self.output, "--measure"],
                ["build", "--linux", self.kernel, "--output", self.output, "--measure",
                 "--json=short"]]

    def check_lost(self, **kwargs):
        """Status 1, one line, no image."""
        for args in self.commands():
            ran = run(*args, **kwargs)
            self.assertEqual(ran.returncode, 1, args)
            self.assertRegex(ran.stderr, r"^lintel: stdout: cannot be written.*\n$", args)
            self.assertFalse(os.path.exists(self.output), args)
            self.assert_no_temporary()

    def test_full(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            self.check_lost(stdout=full)

    def test_closed(self):
        self.check_lost(preexec_fn=lambda: os.close(1))

    def test_read_only(self):
        with open("/dev/null", encoding="ascii") as null:
            self.check_lost(stdout=null)

    def test_not_needed(self):
        """A build that prints nothing does not mind."""
        ran = run("build", "--linux", self.kernel, "--output", self.output,
                  preexec_fn=lambda: os.close(1))
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))

    def test_no_descriptor_at_all(self):
        """What the tool opens does not become its stdin, stdout or stderr."""
        ran = run("build", "--linux", self.kernel, "--output", self.output, "--os-release=",
                  preexec_fn=lambda: os.closerange(0, 3))
        self.assertEqual(ran.returncode, 0)
        self.assertEqual(load(self.output), self.build(faces=("efi",))["efi"])


class Outputs(Case):
    """How outputs get their names."""

    def test_on_the_disk_first(self):
        """fsync() of the file, rename, fsync() of the directory, for each output."""
        trace = self.path("trace")
        subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=fsync,rename", LINTEL, "build",
                        "--linux", self.kernel, "--output", self.output, "--elf", self.elf],
                       timeout=TIMEOUT, check=True)
        calls = [line.split()[1].split("(")[0] for line in load(trace).decode().splitlines()
                 if "fsync(" in line or "rename(" in line]
        self.assertEqual(calls, ["fsync", "fsync", "rename", "rename", "fsync", "fsync"])

    def test_symbolic_link_stays(self):
        os.mkdir(self.path("d"))
        self.file("d/real.efi", b"old")
        os.symlink("d/real.efi", self.output)
        self.build(faces=("efi",))
        self.assertTrue(os.path.islink(self.output))
        self.assertEqual(load(self.path("d/real.efi"))[:2], b"MZ")
        self.assertEqual(os.listdir(self.path("d")), ["real.efi"])

    def test_symbolic_link_to_nothing(self):
        os.symlink("absent", self.output)
        ran = self.lintel("build", "--linux", self.kernel, "--output", self.output)
        self.assertEqual(ran.returncode, 1)
        self.assertIn("symbolic link", ran.stderr)

    def test_two_links_to_one_file(self):
        self.file("real", b"old")
        for path in (self.output, self.elf):
            os.symlink("real", path)
        ran = self.lintel("build", "--linux", self.kernel, "--output", self.output, "--elf",
                          self.elf)
        self.assertEqual(ran.returncode, 2)
        self.assertEqual(load(self.path("real")), b"old")

    def test_both_faces_of_one_run(self):
        for _ in range(4):
            running = [subprocess.Popen([LINTEL, "build", "--linux", self.kernel,
                                         f"--cmdline=run{i}", "--output", self.output, "--elf",
                                         self.elf]) for i in range(12)]
            self.assertEqual({p.wait(TIMEOUT) for p in running}, {0})
            self.assertEqual(lines(self.output)["cmdline"], lines(self.elf)["cmdline"])
        self.assert_no_temporary()


# Every signal that ends a process by default and can be caught.
HARMLESS = (signal.SIGCHLD, signal.SIGCONT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU,
            signal.SIGURG, signal.SIGWINCH, signal.SIGKILL, signal.SIGSTOP, signal.SIGXFSZ)


class Ended(Case):
    """Where the tool is ended, it leaves nothing, and its children end too."""

    def started(self, *args, program=None, **kwargs):
        """The tool, at work on something long."""
        env = dict(os.environ)
        if program:
            os.makedirs(self.path("bin"), exist_ok=True)
            self.file("bin/" + program, b"#!/bin/sh\necho $$ > \"" + self.path("pid").encode() +
                      b"\"\nsleep 0.6\nfor i in 1 2 3; do : > .lintel.child$i; done\nsleep 30\n")
            os.chmod(self.path("bin/" + program), 0o755)
            env["PATH"] = self.path("bin") + ":" + env["PATH"]
        return subprocess.Popen([LINTEL, *args], stderr=subprocess.PIPE, env=env, cwd=self.dir,
                                **kwargs)

    def wait_for(self, condition):
        """Until something has happened."""
        end = time.monotonic() + TIMEOUT
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)

    def temporary(self):
        """Unfinished outputs."""
        return [name for name in os.listdir(self.dir) if name.startswith(".lintel")]

    def test_every_signal(self):
        initrd = self.sparse("initrd", 900 * MIB)
        signals = [s for s in signal.valid_signals() if s not in HARMLESS]
        self.assertGreater(len(signals), 50)
        for number in signals:
            running = self.started("build", "--linux", self.kernel, "--initrd", initrd,
                                   "--output", self.output, "--elf", self.elf,
                                   preexec_fn=lambda: signal.signal(signal.SIGPIPE,
                                                                    signal.SIG_DFL))
            self.wait_for(lambda: len(self.temporary()) == 2)
            running.send_signal(number)
            running.communicate(timeout=TIMEOUT)
            self.assertEqual(self.temporary(), [], number)
            self.assertIn(running.returncode, (-number, 1), number)
            self.assertFalse(os.path.exists(self.output), number)

    def check_child(self, number, program, *args):
        """The child that was running ends with the tool and makes no file any more."""
        running = self.started(*args, program=program)
        self.wait_for(lambda: os.path.exists(self.path("pid")) and load(self.path("pid")))
        child = int(load(self.path("pid")))
        running.send_signal(number)
        running.communicate(timeout=TIMEOUT)
        self.wait_for(lambda: not os.path.exists(f"/proc/{child}"))
        if number != signal.SIGKILL:
            self.assertEqual(self.temporary(), [], number)
        self.assertFalse(os.path.exists(self.path(".lintel.child1")), number)
        for name in [*self.temporary(), "pid"]:
            os.unlink(self.path(name))

    def test_children(self):
        self.build(faces=("efi",))
        key, crt = self.file("key", b"k"), self.file("crt", b"c")
        for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGALRM, signal.SIGKILL):
            self.check_child(number, "xorriso", "iso", "--output=os.iso", "os.efi")
            self.check_child(number, "sbsign", "build", "--linux", self.kernel,
                             "--output=new.efi", "--secureboot-private-key", key,
                             "--secureboot-certificate", crt)

    def test_input_cut_off_while_it_is_read(self):
        self.build("--initrd", self.sparse("initrd", 200 * MIB), faces=("efi",))
        for delay in (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.3):
            shutil.copy(self.output, self.path("cut.efi"))
            running = self.started("iso", "--output=cut.iso", "cut.efi")
            time.sleep(delay)
            os.truncate(self.path("cut.efi"), 3 * 4096)
            running.communicate(timeout=TIMEOUT)
            self.assertEqual(self.temporary(), [], delay)
            self.assertIn(running.returncode, (0, 1))


ODD = ("a b", "$HOME", "-x", "--help", "a@@512", "::", "c:", "q'q", 'd"d', "n\nn", "!", "%s%n",
       "@x", "a=b", "back\\slash", "*", "[a]", "~", "\u00fc\u4e2d", "semi;colon", "&", "#",
       "x" * 240)


class Names(Case):
    """Whatever is a name of a file or directory works, for inputs and outputs."""

    def ran_in(self, directory, *args):
        """Run the tool in a directory; it must succeed in silence."""
        ran = subprocess.run([LINTEL, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=TIMEOUT, check=False, cwd=directory)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, b"", b""),
                         (directory, args))

    def test_media(self):
        self.build(faces=("efi",))
        self.ran_in(self.dir, "iso", "--output=plain.iso", "os.efi")
        for name in ODD:
            directory = self.path(name)
            os.mkdir(directory)
            shutil.copy(self.output, os.path.join(directory, name))
            self.ran_in(directory, "iso", "--output=" + name + ".iso", "--", name)
            self.assertEqual(len(load(os.path.join(directory, name + ".iso"))),
                             len(load(self.path("plain.iso"))))
            self.ran_in(self.dir, "iso", "--output=" + name + "/2.iso", "--", name + "/" + name)
            if name in ("$HOME", "-x", "a@@512", "::", "n\nn"):
                self.ran_in(directory, "disk", "--output=" + name + ".img", "--", name)
                os.unlink(os.path.join(directory, name + ".img"))
            self.assertEqual(sorted(os.listdir(directory)), sorted(["2.iso", name, name + ".iso"]))
            shutil.rmtree(directory)

    def test_build_and_sign(self):
        subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes",
                        "-subj", "/CN=test", "-keyout", self.path("key"), "-out",
                        self.path("crt")], stderr=subprocess.DEVNULL, timeout=TIMEOUT, check=True)
        for name in ODD:
            directory = self.path(name)
            os.mkdir(directory)
            for source in ("key", "crt", "vmlinuz"):
                shutil.copy(self.path(source), os.path.join(directory, name + source))
            self.ran_in(directory, "build", "--linux=" + name + "vmlinuz",
                        "--secureboot-private-key=" + name + "key",
                        "--secureboot-certificate=" + name + "crt", "--output=" + name + ".efi")
            self.ran_in(self.dir, "build", "--linux=" + name + "/" + name + "vmlinuz",
                        "--secureboot-private-key=" + name + "/" + name + "key",
                        "--secureboot-certificate=" + name + "/" + name + "crt",
                        "--output=" + name + "/2.efi", "--elf=" + name + "/2.elf")
            signed = lines(self.path(name) + "/2.efi")
            self.assertIn("CN=test", signed["PKCS#7"], name)
            shutil.rmtree(directory)


class Texts(Case):
    """Text files as other systems and programs write them."""

    def text_of(self, data, option="cmdline", section=".cmdline"):
        """What becomes of a text file."""
        path = self.file("text", data)
        return section_bytes(self.build(f"--{option}=@{path}", faces=("efi",))["efi"], section)

    def test_mark_and_line_ends(self):
        for data in (b"\xef\xbb\xbfa b\r\n", b"a\r\nb\r\n", b"\xef\xbb\xbfa\nb\n", b"a b\r\n"):
            self.assertEqual(self.text_of(data), b"a b", data)
        self.assertEqual(self.text_of(b"a\rb"), b"a\rb")
        self.assertEqual(self.text_of(b"\xef\xbb\xbfID=x\r\nNAME=y\r\n", "os-release", ".osrel"),
                         b"ID=x\nNAME=y\n")
        self.assertIn(b"/\nmine,1\n", self.text_of(b"sbat,1,x\r\nmine,1\r\n", "sbat", ".sbat"))

    def test_no_text(self):
        for data in ("a b".encode("utf-16"), b"a\0b", b"\0\0", b"a b\0\n", b"a b\0\0"):
            path = self.file("text", data)
            self.refused("--cmdline=@" + path, file=path, says=("NUL byte at offset",))
        for data in (b"\xef\xbb\xbf", b"\0", b"\n\0"):
            path = self.file("text", data)
            self.refused("--cmdline=@" + path, file=path, says=("has no text",))

    def test_last_nul(self):
        """mkosi ends a command line with one."""
        for data in (b"a b\0", b"a b\n\0", b"a b\r\n\0", b"\xef\xbb\xbfa\nb\0"):
            self.assertEqual(self.text_of(data), b"a b", data)
        self.assertEqual(self.text_of(b"ID=x\n\0", "os-release", ".osrel"), b"ID=x\n")

    def config(self, data):
        """The command line that a config file gives."""
        path = self.file("conf", data)
        return section_bytes(self.build("--config=" + path, faces=("efi",))["efi"], ".cmdline")

    def test_config(self):
        for data in (b"\xef\xbb\xbf[UKI]\r\nCmdline=a b\r\n", b"[UKI]\nCmdline=a\n # no\n b\n",
                     b"[UKI]\r\nCmdline=a\r\n\t# Initrd=no\r\n  b\r\n",
                     b"# x\n[UKI]\n  # y\nCmdline=a b\n# z"):
            self.assertEqual(self.config(data), b"a b", data)
        path = self.file("conf", b"[UKI]\nCmdline=root=/dev/x\0 quiet\nInitrd=i\n")
        self.refused("--config=" + path, file=path, says=("NUL byte at offset 25",))

    def test_streams(self):
        """A file of /proc, a pipe and stdin."""
        words = load("/proc/cmdline").rstrip(b"\n")
        data = self.build("--cmdline=@/proc/cmdline", faces=("efi",))["efi"]
        self.assertEqual(section_bytes(data, ".cmdline"), words)
        build = f"'{LINTEL}' build --linux='{self.kernel}' --output='{self.output}' "
        for command in (build + "--cmdline=@<(echo a b)", "echo a b | " + build + "--cmdline=@-",
                        build + "--cmdline=@- <<< 'a b'",
                        build + "--config=<(printf '[UKI]\\nCmdline=a b\\n')",
                        "printf '[UKI]\\nCmdline=a b\\n' | " + build + "--config=-"):
            ran = subprocess.run(["bash", "-c", command], stderr=subprocess.PIPE, text=True,
                                 timeout=TIMEOUT, check=False)
            self.assertEqual((ran.returncode, ran.stderr), (0, ""), command)
            self.assertEqual(section_bytes(load(self.output), ".cmdline"), b"a b", command)

    def test_many_inputs(self):
        """Each stays open; a shell's limit is 1,024 of them."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        config = "[UKI]\n" + "Initrd=" + self.file("i", b"initrd..") + "\n"
        path = self.file("many", config.encode() * 2000)
        ran = self.lintel("build", "--linux=" + self.kernel, "--config=" + path,
                          "--output=" + self.output, preexec_fn=lambda: resource.setrlimit(
                              resource.RLIMIT_NOFILE, (100, hard)))
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(section_bytes(load(self.output), ".initrd"), b"initrd.." * 2000)

    def test_endless(self):
        self.refused("--cmdline=@/dev/zero", file="/dev/zero", says=("at most",))
        self.refused("--cmdline=@" + self.dir, file=self.dir, says=("is a directory",))


class Streams(Case):
    """stdin and pipes in place of files."""

    def bash(self, command, status=0):
        """Run a line with $L, $K, $O for the tool, the kernel and the output; what it says."""
        ran = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, timeout=TIMEOUT,
                             stderr=subprocess.PIPE, text=True, check=False, cwd=self.dir,
                             env=dict(os.environ, L=LINTEL, K=self.kernel, O=self.output))
        self.assertEqual(ran.returncode, status, (command, ran.stderr))
        self.assertEqual(bool(ran.stderr), bool(status), (command, ran.stderr))
        return ran.stderr or ran.stdout

    def test_files(self):
        initrd = self.file("i", os.urandom(3 * MIB + 1))
        expected = self.build("--initrd", initrd, "--cmdline=a b", faces=("efi",))["efi"]
        build = "$L build --os-release= --output=$O --cmdline='a b' "
        for command in ("< $K " + build + "--linux=- --initrd=i",
                        "cat $K | " + build + "--linux=- --initrd=i",
                        build + "--linux=<(cat $K) --initrd=<(cat i)",
                        "cat i | " + build + "--linux=$K --initrd=-",
                        "mkfifo p; cat i > p & " + build + "--linux=$K --initrd=p; wait",
                        f"cat $O > uki; {build} --uki=- < uki",
                        f"{build} --uki=<(cat uki)"):
            self.bash(command)
            self.assertEqual(load(self.output), expected, command)
            self.assertEqual([n for n in os.listdir(self.dir) if ".lintel" in n], [])

    def test_file_of_that_name(self):
        self.file("-", b"file")
        self.bash("echo pipe | $L build --linux=$K --initrd=./- --output=$O")
        self.assertEqual(section_bytes(load(self.output), ".initrd"), b"file")

    def test_both_faces_of_xen(self):
        """With --xen everything is packed twice."""
        self.bash("echo 1234567 | $L build --linux=$K --initrd=- --xen --output=$O")
        self.assertEqual(section_bytes(load(self.output), ".initrd"), b"1234567\n")
        self.bash("echo words | $L build --linux=$K --cmdline=@- --xen --output=$O")
        self.assertEqual(section_bytes(load(self.output), ".cmdline"), b"words")

    def test_once(self):
        for options in ("--linux=- --initrd=-", "--linux=$K --initrd=- --initrd=-",
                        "--linux=$K --cmdline=@- --initrd=-", "--linux=- --config=-"):
            said = self.bash("echo '[UKI]' | cat - $K | $L build --output=$O " + options, 1)
            self.assertRegex(said, r"^lintel: stdin: .*\n$")
        self.assertIn("only once", self.bash(
            "$L build --output=$O --linux=- --initrd=- < $K", 1))

    def test_looks(self):
        self.build(faces=("efi",))
        for command in ("inspect", "explain"):
            from_file = self.bash(f"$L {command} $O").replace(self.output, "stdin")
            self.assertEqual(self.bash(f"cat $O | $L {command} -"), from_file)
            self.assertEqual(self.bash(f"$L {command} - < $O"), from_file)
        self.bash("cat $O | $L disk --output=d -; $L disk --output=e $O; cmp d e")

    def test_nothing(self):
        for options, says in (("--linux=-", "0 bytes"), ("--linux=$K --initrd=-", "empty"),
                              ("--uki=-", "no .linux")):
            said = self.bash("$L build --output=$O < /dev/null " + options, 1)
            self.assertRegex(said, rf"^lintel: stdin: .*{says}.*\n$")


class Terminal(Case):
    """Text of a file never controls the terminal."""

    def test_control_characters(self):
        bad = "a\x1b[31m\u009b31m\u0080\u009f\x07\u00e9\u00a0z"
        self.build("--cmdline=" + bad, faces=("efi",))
        said = self.lintel("inspect", self.output).stdout
        self.assertIn("a [31m 31m   \u00e9\u00a0z", said)
        self.assertEqual([c for c in said if c != "\n" and ord(c) % 128 < 32 or c == "\x7f"], [])

    def check_said(self, args, status, shown=(), **kwargs):
        """What the tool prints controls nothing, and is text."""
        ran = subprocess.run([LINTEL, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=TIMEOUT, check=False, cwd=self.dir,
                             **kwargs)
        self.assertEqual(ran.returncode, status, (args, ran.stderr))
        said = (ran.stdout + ran.stderr).decode()
        self.assertEqual([c for c in said if c not in "\n\t" and
                          (ord(c) < 32 or 0x7f <= ord(c) < 0xa0)], [], (args, said))
        for text in shown:
            self.assertIn(text, said)
        return said

    def test_words(self):
        """Options, subcommands and names of files, in whatever bytes."""
        for bad in (b"\x1b[31m", b"\xc2\x9b31m", b"\x9b31m", b"\x7f", b"a\nb", b"\r",
                    b"\xe0\x82\x9b", b"\xc1\x9b", b"\xf0\x80\x82\x9b", b"\xff\xfe", b"\xc3",
                    b"\xed\xa0\x80\x07",
                    b"\x1b]0;title\x07", b"\x08\x08"):
            good = [b"build", b"--linux=vmlinuz", b"--output=o.efi"]
            for args, status in (
                    ([bad], 2), ([b"build", b"--" + bad], 2), ([b"build", b"-" + bad], 2),
                    ([b"build", b"--xen=" + bad], 2), ([b"disk", bad], 2), ([b"iso", bad], 2),
                    ([*good, bad], 2), ([*good, b"--json=" + bad], 2),
                    ([*good, b"--section=" + bad], 2), ([b"disk", b"--sector-size=" + bad], 2),
                    ([b"inspect", bad], 1), ([b"explain", bad], 1),
                    ([*good, b"--section=" + bad + b":x"], 1), ([*good, b"--initrd=" + bad], 1),
                    ([b"build", b"--linux=" + bad, b"--output=o"], 1),
                    ([*good, b"--cmdline=@" + bad], 1), ([*good, b"--config=" + bad], 1),
                    ([*good, b"--stub=" + bad], 1), ([b"build", b"--uki=" + bad, b"--elf=x"], 1),
                    ([b"build", b"--linux=vmlinuz", b"--output=" + bad + b"/o"], 1)):
                said = self.check_said(args, status)
                self.assertEqual(said.count("\n"), 1, (args, said))
        self.check_said(["build", "--linux=\u00e9\u4e2d\U0001f427", "--output=o"], 1,
                        shown=["lintel: \u00e9\u4e2d\U0001f427: cannot be opened"])

    def test_contents(self):
        """Files whose names are bad, and whose contents too."""
        bad = "x\x1b[31m\u009b1m"
        self.check_said(["build", "--linux=" + self.file(bad, b"MZ" * 400), "--output=o"], 1)
        self.check_said(["inspect", bad], 0)
        for cut in (200, 3000):
            self.file(bad, load(self.kernel)[:cut] + bytes(400 if cut < 400 else 0))
            self.check_said(["build", "--linux=" + bad, "--output=o"], 1)
        self.file(bad, f"[UKI]\n{bad}=x\n".encode())
        self.check_said(["build", "--config=" + bad, "--output=o"], 1)
        self.build("--cmdline=" + bad + "\x7f", "--section=.mine:x", faces=("efi",))
        image = load(self.output).replace(b".mine\0\0\0", b"\x1b[31mZ\0\0")
        self.file(bad, image)
        self.check_said(["build", "--uki=" + bad, "--output=o"], 0)
        for mode in ("off", "short", "pretty"):
            said = self.check_said(["inspect", "--json=" + mode, bad], 0)
            if mode != "off":
                facts = json.loads(said)
                self.assertEqual(facts["cmdline"], bad + "\x7f")
            self.check_said(["explain", "--json=" + mode, bad], 0)
        self.file(bad, image[:-9000])
        self.check_said(["build", "--uki=" + bad, "--output=o"], 1)

    def test_other_programs(self):
        """What sbsign and xorriso say."""
        self.build(faces=("efi",))
        os.mkdir(self.path("bin"))
        for program in ("sbsign", "xorriso"):
            self.file("bin/" + program, b"#!/bin/sh\nprintf '\\033[31m\\302\\233red\\n' >&2\n"
                      b"printf '\\tand\\377\\007\\n' >&2\nexit 3\n")
            os.chmod(self.path("bin/" + program), 0o755)
        env = dict(os.environ, PATH=self.path("bin") + ":" + os.environ["PATH"])
        for name in ("key", "crt"):
            self.file(name, b"x")
        said = self.check_said(["build", "--linux=vmlinuz", "--output=o.efi",
                                "--secureboot-private-key=key", "--secureboot-certificate=crt"],
                               1, shown=["[31m red", "and? "], env=env)
        self.assertEqual(said.count("\n"), 1)
        self.check_said(["iso", "--output=o.iso", "os.efi"], 1,
                        shown=["[31m red\n\tand? \n", "its own words are above"], env=env)

    def test_progress(self):
        """Its own control characters only."""
        name = self.path("x\x1b[31m\u009b1m.efi")
        master, slave = pty.openpty()
        subprocess.run([LINTEL, "build", "--linux", self.kernel, "--output", name, "--initrd",
                        self.sparse("initrd", 70 * MIB)], stderr=slave, timeout=TIMEOUT,
                       check=True)
        os.close(slave)
        shown = os.read(master, 1 << 16).decode().replace("\r\x1b[K", "").replace("\r", "")
        os.close(master)
        self.assertIn("% of 70", shown)
        self.assertEqual([c for c in shown if ord(c) < 32 or 0x7f <= ord(c) < 0xa0], [])


if __name__ == "__main__":
    # A shell without job control ignores these for what it runs in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    counted.main([sys.argv[0]] + sys.argv[2:])
