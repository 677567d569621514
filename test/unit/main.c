// SPDX-License-Identifier: BSD-2-Clause
/*
 * Runs the unit tests and counts them; the exit status is 1 when one failed.
 * `unit NAME` runs those whose name contains NAME.
 */
#include "test/unit/check.h"

static unsigned failures;

void check(bool ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	printf("  %s:%d: %s\n", file, line, what);
	failures++;
}

void check_text(const char *text, const char *part, const char *file, int line)
{
	if (strstr(text, part))
		return;
	printf("  %s:%d: expected \"%s\" in:\n%s\n", file, line, part, text);
	failures++;
}

void check_equal(uint64_t a, uint64_t b, const char *what, const char *file, int line)
{
	if (a == b)
		return;
	printf("  %s:%d: %s is %#lx, expected %#lx\n", file, line, what, a, b);
	failures++;
}

int main(int argc, char **argv)
{
	const struct test *groups[] = {
		map_tests,	  format_tests,	 multiboot_tests, linux_tests,	kernel_tests,
		acpi_tests,	  place_tests,	 identity_tests,  efimap_tests, fixture_tests,
		errors_tests,	  unpack_tests,	 pvh_tests,	  xenpv_tests,	notes_tests,
		kernel_end_tests, vmlinux_tests, divide_tests,	  volume_tests, sum_tests,
		text_tests,	  cmdline_tests, leave_tests,	  serial_tests, smbios_tests,
		measure_tests,	  extra_tests,	 seal_tests,	  hash_tests,	tpm2_tests,
		tpmlog_tests
	};
	unsigned passed = 0, failed = 0;

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		for (const struct test *t = groups[g]; t->name; t++) {
			if (argc > 1 && !strstr(t->name, argv[1]))
				continue;
			failures = 0;
			world_reset();
			t->run();
			if (failures)
				printf("FAIL %s\n", t->name);
			failures ? failed++ : passed++;
		}
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
