#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tests of what is installed: python3 test/tool/install_test.py BUILD_DIR, in the top directory

`make install` and `make deb` into temporary directories, and then what lies there at work:
the tool, its manual, its completion, and its plugin under kernel-install (the headers:
headers_test.py).
"""
import gzip
import os
import re
import shutil
import stat
import sys

# The other modules are packages beside this folder.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from harness import counted, payload
from tool.base import BUILD, Case, LINTEL, STUB, make, run
from tool.files import TOP, bzimage, load, sections

FILES = {"bin/lintel": 0o755, "lib/lintel/lintel.efi": 0o644, "lib/lintel/lintel.elf": 0o644,
         "include/lintel/lintel.h": 0o644, "share/doc/lintel/ENTRY.md": 0o644,
         "share/doc/lintel/examples/hello/hello.c": 0o644,
         "lib/kernel/install.d/90-lintel.install": 0o755, "share/man/man1/lintel.1": 0o644,
         "share/bash-completion/completions/lintel": 0o644}
STUB_SIZE = len(load(STUB["efi"]))


def added(path):
    """The sections that an image has beyond the bare one, but for Lintel's own room, by name."""
    data = load(path)
    return {s.name: data[s.file_at:s.file_at + s.size] for s in sections(data)
            if s.file_at >= STUB_SIZE and s.name != ".extra"}


class Install(Case):
    """make install DESTDIR= PREFIX="""

    def install(self, prefix="/usr/local"):
        """Install below the temporary directory; the prefix there."""
        ran = make("install", "DESTDIR=" + self.dir, "PREFIX=" + prefix)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return self.dir + prefix

    def test_files(self):
        root = self.install()
        for name, mode in FILES.items():
            found = stat.S_IMODE(os.stat(os.path.join(root, name)).st_mode)
            self.assertEqual(found, mode, name)
        ia32 = os.path.exists(os.path.join(BUILD, "lintelia32.efi"))
        self.assertEqual(os.path.exists(os.path.join(root, "lib/lintel/lintelia32.efi")), ia32)

    def test_builds_an_image(self):
        root = self.install("/opt/x")
        ran = run(root + "/bin/lintel", "build", "--linux", self.kernel, "--output", self.output,
                  "--elf", self.elf, "--os-release=", cwd="/")
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        installed = load(self.output)
        self.assertEqual(self.build()["efi"], installed)

    def test_manual(self):
        ran = run("man", "--warnings", "-l", self.install() + "/share/man/man1/lintel.1",
                  env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8"))
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        for word in self.lintel("build", "--help").stdout.split():
            if word.startswith("--"):
                self.assertIn(word.split("=")[0], ran.stdout)

    def completed(self, script, *words):
        """What the completion offers for the last of the words."""
        lines = (f"source {script}; COMP_WORDS=({' '.join(words)} ); "
                 f"COMP_CWORD={len(words) - 1}; _lintel; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        ran = run("bash", "-c", lines, cwd=self.dir)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return ran.stdout.split()

    def test_completion(self):
        root = self.install()
        script, tool = root + "/share/bash-completion/completions/lintel", root + "/bin/lintel"
        self.assertEqual(self.completed(script, tool, "b"), ["build"])
        self.assertEqual(self.completed(script, tool, "ins"), ["inspect"])
        self.assertEqual(self.completed(script, tool, "build", "--sec"), [
            "--section=", "--secureboot-certificate=", "--secureboot-private-key="])
        self.assertEqual(self.completed(script, tool, "inspect", "--j"), ["--json="])
        self.assertEqual(self.completed(script, tool, "inspect", "--json", "=", "s"), ["short"])
        self.assertEqual(self.completed(script, tool, "build", "--linux", "=", "vml"),
                         ["vmlinuz"])
        self.assertEqual(self.completed(script, tool, "inspect", "vml"), ["vmlinuz"])

    def test_help_fits_a_screen(self):
        for args in (["--help"], ["build", "--help"], ["inspect", "--help"]):
            lines = self.lintel(*args).stdout.splitlines()
            self.assertLessEqual(len(lines), 24, args)
            self.assertLessEqual(max(len(line) for line in lines), 80, args)


class Uninstall(Case):
    """make uninstall: after it all is as it was before make install."""

    def everything(self):
        """All paths below the temporary directory."""
        return sorted(os.path.join(folder, name) for folder, folders, files in os.walk(self.dir)
                      for name in folders + files)

    def there_and_back(self, *where):
        """Install, see something there, uninstall, and see that nothing is left or lost."""
        before = self.everything()
        for target in ("install", "uninstall"):
            ran = make(target, *where)
            self.assertEqual((ran.returncode, ran.stderr), (0, ""), (target, where))
            self.assertEqual(self.everything() == before, target == "uninstall",
                             set(self.everything()) - set(before))

    def test_nothing_is_left(self):
        os.mkdir(self.path("root"))
        os.mkdir(self.path("a b"))
        for root, prefix in (("root", "/usr/local"), ("root", "/usr"), ("a b", "/opt/x"),
                             ("root", "")):
            self.there_and_back("DESTDIR=" + self.path(root), "PREFIX=" + prefix)
        self.there_and_back("PREFIX=" + self.path("root"))

    def test_other_files_stay(self):
        for name in ("usr/bin/lintel2", "usr/share/doc/lintel/own", "usr/lib/lintel/old.efi",
                     "usr/share/man/man1/sh.1", "usr/lib/kernel/install.d/50-depmod.install"):
            os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
            self.file(name, b"")
        self.there_and_back("DESTDIR=" + self.dir, "PREFIX=/usr")

    def test_folders_of_a_system_stay(self):
        for prefix in ("/usr", "/usr/local"):
            ran = make("-n", "uninstall", "DESTDIR=", "PREFIX=" + prefix)
            # Debian's base-files makes no share/doc in /usr/local.
            self.assertIn(f"'{prefix}'/share/doc ", ran.stdout)
            self.assertNotRegex(ran.stdout, f"rmdir.*'{prefix}'/"
                                "(bin|lib|include|share|share/man)( |$)")

    def test_twice(self):
        before = self.everything()
        ran = make("uninstall", "DESTDIR=" + self.path("absent"))
        self.assertEqual((ran.returncode, ran.stderr, self.everything()), (0, "", before))


class Run(Case):
    """What the README says first."""

    def test_make_run(self):
        """Debian's kernel boots from a CD with GRUB, and says that it got what it should."""
        ran = make("run")
        self.assertEqual(ran.returncode, 0, ran.stdout[-500:] + ran.stderr)
        self.assertIn("run: passed: ", ran.stdout)


class Readme(Case):
    """Blocks of the documents that run on any machine, word by word."""

    def block(self, document, word):
        """The block of commands that has this word."""
        text = load(os.path.join(TOP, document)).decode()
        found = [part for part in re.findall(r"(?:^    .*\n)+", text, re.M) if word in part]
        self.assertEqual(len(found), 1, word)
        return found[0]

    def shell(self, lines, **env):
        """Run them in the temporary directory; what they print."""
        ran = run("sh", "-e", "-c", lines, cwd=self.dir, env=dict(os.environ, **env))
        self.assertEqual((ran.returncode, "cat:" in ran.stderr), (0, False), ran.stderr)
        return ran.stdout

    def test_report(self):
        """On a machine that Lintel did not start there is none, and no error."""
        self.assertEqual(self.shell(self.block("docs/howto.md", "0x4c544e4c")), "")

    def test_key(self):
        self.shell(self.block("docs/howto.md", "openssl req"))
        self.build("--secureboot-private-key=" + self.path("db.key"),
                   "--secureboot-certificate=" + self.path("db.crt"), faces=("efi",))
        self.assertIn("OK", run("sbverify", "--cert", self.path("db.crt"), self.output).stdout)

    def test_hello(self):
        """From a checkout, with what the text above the block says."""
        text = load(os.path.join(TOP, "README.md")).decode()
        shutil.copytree(os.path.join(TOP, "test/hello"), self.path("test/hello"))
        os.symlink(os.path.join(TOP, "protocol"), self.path("protocol"))
        export = re.search(r"`(export CPATH=[^`]*)`", text).group(1)
        compile_it = "\n".join(self.block("README.md", "-T hello.ld").splitlines()[:2])
        self.shell(f"cd test/hello; {export}; {compile_it}")
        self.assertTrue(os.path.exists(self.path("test/hello/hello.elf")))

    def test_kernels_have_versions(self):
        """Debian has no /boot/vmlinuz."""
        for document in ("README.md", "docs/howto.md", "iso/install/lintel.1"):
            text = load(os.path.join(TOP, document)).decode()
            self.assertEqual(re.findall(r"/boot/(?:vmlinuz|initrd\.img)(?!\\?-)", text), [])


class Deb(Case):
    """make deb, and what dpkg makes of it."""

    def deb(self):
        """Build the package; its path."""
        ran = make("deb", SOURCE_DATE_EPOCH="1700000000")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return os.path.join(BUILD, f"lintel_{self.version()}_amd64.deb")

    def version(self):
        """What the tool says of itself."""
        return self.lintel("--version").stdout.split()[1]

    def test_package(self):
        path = self.deb()
        info = run("dpkg-deb", "-I", path).stdout
        self.assertIn("Package: lintel\n", info)
        self.assertIn(f"Version: {self.version()}\n", info)
        names = {line.split()[5]: line.split()[:2] for line in
                 run("dpkg-deb", "-c", path).stdout.splitlines()}
        for name in FILES:
            name = "./usr/" + name + (".gz" if name.endswith(".1") else "")
            self.assertEqual(names[name][1], "root/root", name)
        self.assertEqual([n for n in names if "/local/" in n or not n.startswith("./")], [])

    def test_depends_on_what_it_needs(self):
        """Each library that the tool names belongs to a package that Depends: names."""
        depends = run("dpkg-deb", "-f", self.deb(), "Depends").stdout
        needed = [line.split()[1] for line in run("objdump", "-p", LINTEL)
                  .stdout.splitlines() if line.split()[:1] == ["NEEDED"]]
        self.assertGreater(len(needed), 2)
        for library in needed:
            owners = run("dpkg-query", "-S", "*/" + library).stdout
            packages = {line.split(":")[0] for line in owners.splitlines()}
            self.assertTrue(any(name in depends for name in packages), (library, packages))

    def test_unpacked_tool_builds_an_image(self):
        self.assertEqual(run("dpkg-deb", "-x", self.deb(), self.path("root")).returncode, 0)
        ran = run(self.path("root/usr/bin/lintel"), "build", "--linux", self.kernel, "--output",
                  self.output, "--elf", self.elf, "--os-release=")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        installed = load(self.output)
        self.assertEqual(self.build()["efi"], installed)
        with gzip.open(self.path("root/usr/share/man/man1/lintel.1.gz")) as manual:
            self.assertIn(b".SH SYNOPSIS", manual.read())

    def test_same_bytes_again(self):
        first = load(self.deb())
        os.utime(LINTEL)
        self.assertEqual(load(self.deb()), first)


class KernelInstall(Case):
    """The plugin, called by Debian's kernel-install and by hand."""

    def setUp(self):
        super().setUp()
        ran = make("install", "DESTDIR=" + self.dir, "PREFIX=/usr")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.plugin = self.path("usr/lib/kernel/install.d/90-lintel.install")
        for name in ("boot/EFI", "conf", "staging"):
            os.makedirs(self.path(name))
        self.file("conf/install.conf", b"layout=lintel\n")
        self.file("conf/cmdline", b"root=/dev/vda1\n ro\n")
        self.image = self.path("boot/EFI/Linux/token-6.1.0-x.efi")
        self.env = dict(os.environ, PATH=self.path("usr/bin") + ":" + os.environ["PATH"],
                        KERNEL_INSTALL_CONF_ROOT=self.path("conf"))

    def kernel_install(self, *args):
        """Run Debian's kernel-install with this plugin only."""
        self.file("conf/entry-token", b"token\n")
        ran = run("kernel-install", *args, env=dict(
            self.env, KERNEL_INSTALL_PLUGINS=self.plugin, BOOT_ROOT=self.path("boot"),
            MACHINE_ID="0" * 31 + "1"))
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return ran.stdout

    def plugin_run(self, *args, layout="lintel", **env):
        """Call the plugin as kernel-install(8) says that it is called."""
        return run(self.plugin, *args, env=dict(
            self.env, KERNEL_INSTALL_LAYOUT=layout, KERNEL_INSTALL_VERBOSE="0",
            KERNEL_INSTALL_BOOT_ROOT=self.path("boot"),
            KERNEL_INSTALL_MACHINE_ID="0" * 31 + "1",
            **{"KERNEL_INSTALL_ENTRY_TOKEN": "token",
               "KERNEL_INSTALL_STAGING_AREA": self.path("staging"), **env}))

    def test_add_and_remove(self):
        initrd = self.file("initrd.img", b"initrd..")
        self.assertEqual(self.kernel_install("add", "6.1.0-x", self.kernel, initrd), "")
        parts = added(self.image)
        self.assertIn(b"ID=", parts.pop(".osrel"))
        self.assertEqual(parts, {".cmdline": b"root=/dev/vda1 ro", ".uname": b"6.1.0-x",
                                 ".initrd": b"initrd..", ".linux": bzimage()})
        said = self.kernel_install("--verbose", "remove", "6.1.0-x")
        self.assertIn("90-lintel: removing " + self.image, said)
        self.assertFalse(os.path.exists(self.image))

    def test_staged_initrds_and_config(self):
        self.file("staging/initrd", b"staged..")
        extra = self.file("a b", b"extra...")
        splash = self.file("splash", b"BMpicture")
        self.file("conf/lintel.conf", f"[UKI]\nSplash={splash}\n".encode())
        ran = self.plugin_run("add", "6.1.0-x", self.path("entry"), self.kernel, extra, extra)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        parts = added(self.image)
        self.assertEqual((parts[".initrd"], parts[".splash"]),
                         (b"extra...extra...staged..", b"BMpicture"))

    def test_without_initrd_and_cmdline(self):
        os.unlink(self.path("conf/cmdline"))
        ran = self.plugin_run("add", "6.1.0-x", self.path("entry"), self.kernel)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        parts = added(self.image)
        self.assertNotIn(".initrd", parts)
        words = [word for word in load("/proc/cmdline").split()
                 if not word.startswith((b"BOOT_IMAGE=", b"initrd="))]
        self.assertEqual(parts.get(".cmdline", b"").split(), words)

    def cmdline_of(self, **env):
        """The command line of an image that the plugin makes."""
        ran = self.plugin_run("add", "6.1.0-x", self.path("entry"), self.kernel, **env)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        return added(self.image).get(".cmdline")

    def test_cmdline(self):
        """Comments are none, an @ is a letter, Cmdline= wins against the running system's."""
        secret = self.file("secret", b"secret")
        for text in (b"# c\nroot=x ro\n  # d\n", b"root=x\n#\n\tro", b"#a\n root=x\nro #b\n"):
            self.file("conf/cmdline", text)
            self.assertEqual(self.cmdline_of().split()[:2], [b"root=x", b"ro"], text)
            self.assertNotIn(b"# ", self.cmdline_of())
        for text in (f"@{secret}", "@/etc/shadow", "--help", "%s", "$(id) `id` 'q' \"d\" \\n"):
            self.file("conf/cmdline", text.encode())
            self.assertEqual(self.cmdline_of(), text.encode())
        os.unlink(self.path("conf/cmdline"))
        self.file("conf/lintel.conf", b"[UKI]\nCmdline=of the file\n")
        self.assertEqual(self.cmdline_of(), b"of the file")

    def test_os_release(self):
        """OSRelease= of the configuration wins against the running system's."""
        self.assertIsNotNone(self.cmdline_of())
        self.assertIn(b"ID=", added(self.image)[".osrel"])
        self.file("conf/lintel.conf", b"[UKI]\nOSRelease=ID=mine\n")
        self.assertIsNotNone(self.cmdline_of())
        self.assertEqual(added(self.image)[".osrel"], b"ID=mine")

    def test_machine_id(self):
        """An entry that is named after the machine tells it who it is, once."""
        word = b"systemd.machine_id=" + b"0" * 31 + b"1"
        self.image = self.path("boot/EFI/Linux/" + "0" * 31 + "1-6.1.0-x.efi")
        token = {"KERNEL_INSTALL_ENTRY_TOKEN": "0" * 31 + "1"}
        self.assertEqual(self.cmdline_of(**token), b"root=/dev/vda1 ro " + word)
        self.file("conf/cmdline", b"systemd.machine_id=x ro")
        self.assertEqual(self.cmdline_of(**token), b"systemd.machine_id=x ro")
        os.unlink(self.path("conf/cmdline"))
        self.file("conf/lintel.conf", b"[UKI]\nCmdline=of the file\n")
        self.assertEqual(self.cmdline_of(**token), b"of the file " + word)

    def test_existing_uki(self):
        """A UKI in place of a kernel keeps what it has, in both layouts."""
        self.build("--cmdline=its own", "--os-release=ID=its", "--uname=7", faces=("efi",))
        os.rename(self.output, self.path("uki.efi"))
        self.kernel = self.path("uki.efi")
        expected = {".cmdline": b"its own", ".osrel": b"ID=its", ".uname": b"7",
                    ".linux": bzimage()}
        kind = {"KERNEL_INSTALL_IMAGE_TYPE": "uki"}
        self.assertEqual(self.cmdline_of(**kind), b"its own")
        self.assertEqual(added(self.image), expected)
        ran = self.plugin_run("add", "7", self.path("entry"), self.kernel, layout="uki",
                              KERNEL_INSTALL_UKI_GENERATOR="lintel", **kind)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(added(self.path("staging/uki.efi")), expected)
        ran = self.plugin_run("add", "7", self.path("entry"), self.kernel)
        self.assertEqual((ran.returncode, "--uki" in ran.stderr), (1, True))

    def test_no_staging_area(self):
        """Without one, no file of / is taken for an initrd."""
        self.assertNotIn(b'"$KERNEL_INSTALL_STAGING_AREA"/', load(self.plugin))
        self.assertIsNotNone(self.cmdline_of(KERNEL_INSTALL_STAGING_AREA=""))
        self.assertNotIn(".initrd", added(self.image))

    def test_microcode(self):
        self.file("staging/initrd", b"initrd..")
        self.file("staging/microcode", b"microcode...")
        self.assertIsNotNone(self.cmdline_of())
        self.assertEqual(added(self.image)[".initrd"], b"microcode...initrd..")

    def images(self):
        """The images that are there."""
        return sorted(os.listdir(self.path("boot/EFI/Linux")))

    def test_tries(self):
        """Counted images: made with a count, found for removal with whatever count is left."""
        initrd = self.file("initrd.img", b"initrd..")
        self.kernel_install("add", "6.1.0-x", self.kernel, initrd)
        self.file("conf/tries", b"3\n")
        self.kernel_install("add", "6.1.0-x", self.kernel, initrd)
        self.assertEqual(self.images(), ["token-6.1.0-x+3.efi"])
        os.rename(self.path("boot/EFI/Linux/token-6.1.0-x+3.efi"),
                  self.path("boot/EFI/Linux/token-6.1.0-x+1-2.efi"))
        others = ["token-6.1.0-x+b1.efi", "token-6.1.0-xy.efi", "token-6.1.0.efi"]
        for name in others:
            self.file("boot/EFI/Linux/" + name, b"another kernel's")
        self.kernel_install("remove", "6.1.0-x")
        self.assertEqual(self.images(), others)
        self.file("conf/tries", b"many\n")
        ran = self.plugin_run("add", "6.1.0-x", self.path("entry"), self.kernel)
        self.assertEqual((ran.returncode, self.images()), (1, others))

    def test_generator(self):
        """uki_generator=lintel of newer versions: the image is staged for another plugin."""
        ran = self.plugin_run("add", "6.1.0-x", self.path("entry"), self.kernel, layout="uki",
                              KERNEL_INSTALL_UKI_GENERATOR="lintel")
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        self.assertEqual(added(self.path("staging/uki.efi"))[".cmdline"], b"root=/dev/vda1 ro")
        self.assertFalse(os.path.exists(self.path("boot/EFI/Linux")))
        for generator in ("ukify", ""):
            self.plugin_run("add", "7", self.path("entry"), self.kernel, layout="uki",
                            KERNEL_INSTALL_UKI_GENERATOR=generator)
            self.assertFalse(os.path.exists(self.path("boot/EFI/Linux")))

    def test_other_layouts_and_commands(self):
        for layout, command in (("bls", "add"), ("other", "remove"), ("lintel", "inspect")):
            ran = self.plugin_run(command, "6.1.0-x", self.path("entry"), self.kernel,
                                  layout=layout)
            self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
            self.assertFalse(os.path.exists(self.image))

    def test_failure_is_told_and_leaves_the_old_image(self):
        os.makedirs(os.path.dirname(self.image))
        self.file("boot/EFI/Linux/token-6.1.0-x.efi", b"old")
        for args in ((self.file("bad", b"no kernel"),), (self.kernel, self.path("absent"))):
            ran = self.plugin_run("add", "6.1.0-x", self.path("entry"), *args)
            self.assertEqual(ran.returncode, 1)
            self.assertTrue(ran.stderr.startswith("lintel: "), ran.stderr)
            self.assertEqual(load(self.image), b"old")

    def test_debian_kernel(self):
        kernel = payload.get(BUILD, "cloud")
        version = payload.uname(kernel)
        self.kernel_install("add", version, kernel)
        shutil.copy(self.path(f"boot/EFI/Linux/token-{version}.efi"), self.output)
        self.assertEqual(added(self.output)[".linux"], load(kernel))


if __name__ == "__main__":
    counted.main([sys.argv[0]] + sys.argv[2:])
