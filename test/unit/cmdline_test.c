// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the kernel's command line is: words that somebody asked for, and words that loaders and
 * machine monitors add by themselves.
 */
#include "protocol/handoff.h"
#include "test/unit/check.h"

#define OWN_LINE "root=/abc console=ttyS0"

static struct handoff h;

static const char *settled(const char *packed, const char *given)
{
	world_reset();
	handoff_init(&h, "test");
	strcpy(h.cmdline, given);
	h.bundled_cmdline = (struct span){ (const uint8_t *)packed, strlen(packed) };
	handoff_settle_cmdline(&h);
	handoff_settle_cmdline(&h);
	return h.cmdline;
}

static void check_given(const char *given, const char *wanted)
{
	if (strcmp(settled(OWN_LINE, given), wanted))
		printf("  \"%s\" gives \"%s\"\n", given, h.cmdline);
	CHECK(!strcmp(h.cmdline, wanted));
}

/* The packed line stays, with something added. */
static void check_packed(const char *given, const char *added)
{
	char wanted[256] = OWN_LINE;

	check_given(given, strcat(wanted, added));
}

static void test_asked(void)
{
	check_given("quiet", "quiet");
	check_given("  quiet   splash ", "quiet splash");
	check_given("BOOT_IMAGE=/OS.efi quiet initrd=x", "BOOT_IMAGE=/OS.efi quiet initrd=x");
	check_given("virtio_mmio.device=512@0xfeb00e00:12 quiet",
		    "virtio_mmio.device=512@0xfeb00e00:12 quiet");
	check_given("a=\"b  c\" d", "a=\"b  c\" d");
	check_given("root=/dev/vda ro", "root=/dev/vda ro");
	check_given("root=/dev/vda ro virtio_mmio.device=512@0xfeb00e00:12",
		    "root=/dev/vda ro virtio_mmio.device=512@0xfeb00e00:12");
	check_given("root=/dev/vda1 ro virtio_mmio.device=4K@0xd0000000:5",
		    "root=/dev/vda1 ro virtio_mmio.device=4K@0xd0000000:5");
	check_given("ip=dhcp", "ip=dhcp");
	check_given("ip=10.0.2.15::10.0.2.2:255.255.255.0:host:eth0:off",
		    "ip=10.0.2.15::10.0.2.2:255.255.255.0:host:eth0:off");
	check_given("XBOOT_IMAGE=/a", "XBOOT_IMAGE=/a");
	check_given("autofs", "autofs");
	check_given("placeholders", "placeholders");
}

/* firecracker 2709, 2793; theforeman community-templates 36; QEMU's microvm. */
static void test_added(void)
{
	static const char *const added[] = {
		" virtio_mmio.device=512@0xfeb00e00:12",
		" virtio_mmio.device=512@0xfeb00e00:12 virtio_mmio.device=512@0xfeb00c00:11",
		" BOOTIF=01-52-54-00-12-34-56",
		" ip=10.0.2.15:10.0.2.2:10.0.2.2:255.255.255.0 BOOTIF=01-52-54-00-12-34-56",
		" SYSUUID=12345678-1234-1234-1234-123456789abc CPU=6PVXL",
		" SYSVENDOR=QEMU SYSPRODUCT=Standard_PC SYSVERSION=pc SYSSERIAL=1 SYSSKU=2",
		" SYSFAMILY=f MBVENDOR=v MBPRODUCT=p MBVERSION=1 MBSERIAL=2 MBASSET=3",
		" BIOSVENDOR=SeaBIOS BIOSVERSION=1.16 SYSFF=1 FSUUID=1234-5678",
		" root=/dev/vda ro virtio_mmio.device=4K@0xd0000000:5",
		" root=PARTUUID=0eaa91a0-01 rw virtio_mmio.device=4K@0xd0000000:5",
		" pci=off root=/dev/vda rw virtio_mmio.device=4K@0xd0000000:5",
		" reboot=k panic=1 nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux"
		" i8042.dumbkbd swiotlb=noforce root=/dev/vda ro"
		" virtio_mmio.device=4K@0xd0000000:5 virtio_mmio.device=4K@0xd0001000:6",
	};

	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
		check_packed(added[i], added[i]);
		CHECK(!strcmp(settled("", added[i]), added[i] + 1));
	}
	check_packed("BOOT_IMAGE=/OS.efi BOOTIF=01-52 initrd=x", " BOOTIF=01-52");
}

static void test_noise(void)
{
	check_packed("", "");
	check_packed("  \t ", "");
	check_packed("BOOT_IMAGE=/OS.efi", "");
	check_packed("initrd=a.img BOOT_IMAGE=/OS.efi", "");
	check_packed("BOOT_IMAGE=\"/my dir/OS.efi\"", "");
	check_packed("placeholder", "");
	check_packed("auto BOOT_IMAGE=linux", "");
	check_given("placeholder quiet", "quiet");
	CHECK(!strcmp(settled("", "BOOT_IMAGE=/OS.efi"), "BOOT_IMAGE=/OS.efi"));
	CHECK(!strcmp(settled("", "placeholder a"), "a"));
}

static void test_plus(void)
{
	check_packed("+ quiet", " quiet");
	check_packed("+quiet splash", " quiet splash");
	check_packed("BOOT_IMAGE=/OS.efi + quiet BOOTIF=01", " quiet BOOTIF=01");
	check_packed("+", "");
	check_packed("+ +x", " +x");
	check_given("quiet +x", "quiet +x");
	CHECK(!strcmp(settled("", "+ quiet"), "quiet"));
	CHECK(!strcmp(settled("", "+quiet"), "quiet"));
}

static void test_too_long(void)
{
	static char given[CMDLINE_MAX + 1];

	memset(given, 'x', CMDLINE_MAX);
	CHECK_EQUAL(strlen(settled(OWN_LINE, given)), CMDLINE_MAX);
	given[0] = '+';
	CHECK_EQUAL(DIES_WITH(settled(OWN_LINE, given)), E_CMDLINE);
}

/* What of the line a TPM must be told, since the image's own sections do not have it. */
static void check_words(struct words w, const char *wanted)
{
	CHECK_EQUAL(w.len, strlen(wanted));
	CHECK(!memcmp(h.cmdline + w.at, wanted, w.len));
}

static void test_given(void)
{
	settled(OWN_LINE, "");
	check_words(h.given.loader, "");
	settled(OWN_LINE, "BOOT_IMAGE=/OS.efi");
	check_words(h.given.loader, "");
	settled(OWN_LINE, "BOOTIF=01-02");
	check_words(h.given.loader, "BOOTIF=01-02");
	settled(OWN_LINE, "+ quiet  splash");
	check_words(h.given.loader, "quiet splash");
	settled(OWN_LINE, "quiet  splash");
	check_words(h.given.loader, "quiet splash");
	settled("", " + quiet");
	check_words(h.given.loader, "quiet");
	check_words(h.given.smbios, "");
	handoff_extra_words(&h, (struct span){ (const uint8_t *)"a b", 3 }, false);
	check_words(h.given.loader, "quiet");
	check_words(h.given.smbios, "a b");
	settled("", "");
	handoff_extra_words(&h, (struct span){ (const uint8_t *)"a", 1 }, false);
	check_words(h.given.smbios, "a");
}

static void test_given_sealed(void)
{
	world_reset();
	handoff_init(&h, "test");
	h.bp.secure_boot = SECURE_BOOT_ENABLED;
	strcpy(h.cmdline, "evil");
	h.bundled_cmdline = (struct span){ (const uint8_t *)"own", 3 };
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "own"));
	check_words(h.given.loader, "");
}

const struct test cmdline_tests[] = {
	{ "cmdline: words that somebody asked for", test_asked },
	{ "cmdline: words that loaders and monitors add", test_added },
	{ "cmdline: words that mean nothing with the packed line", test_noise },
	{ "cmdline: + adds to the packed line", test_plus },
	{ "cmdline: too long", test_too_long },
	{ "cmdline: which words are not the image's", test_given },
	{ "cmdline: no words from outside under Secure Boot", test_given_sealed },
	{ 0 }
};
