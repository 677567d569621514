// SPDX-License-Identifier: BSD-2-Clause
/* Every error number has its entry in ERRORS.md, and every entry a number. */
#include "test/unit/check.h"

static char *slurp(const char *path)
{
	static char text[1 << 17];
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

static void test_errors_manual(void)
{
	bool known[100] = { false };
	char *say = slurp("protocol/say.h"), heading[16];

	for (char *p = strstr(say, "\tE_"); p; p = strstr(p + 1, "\tE_"))
		known[atoi(strchr(p, '=') + 1) % 100] = true;
	CHECK(known[E_CPU] && known[E_A20]);
	char *manual = slurp("ERRORS.md");

	for (unsigned i = 0; i < 100; i++) {
		snprintf(heading, sizeof(heading), "\n## E%02u ", i);
		if (known[i] != !!strstr(manual, heading))
			printf("  E%02u: in say.h %d, in ERRORS.md %d\n", i, known[i], !known[i]);
		CHECK(known[i] == !!strstr(manual, heading));
	}
}

const struct test errors_tests[] = {
	{ "errors: each has its entry in ERRORS.md", test_errors_manual }, { 0 }
};
