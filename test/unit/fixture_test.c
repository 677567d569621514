// SPDX-License-Identifier: BSD-2-Clause
/*
 * Handoffs of real loaders, captured at the door by test/capture.py: each must give
 * the canonical text that stands beside it, and cut or changed at every byte it
 * must give a handoff or a refusal, never a read outside (ASan) or an endless loop.
 *
 * A fixture: "# comment", "door NAME", "arg HEX", and "at HEX" before lines of bytes;
 * for Xen PV "stack HEX", and "e820 HEX" where one of the pieces is Xen's memory map.
 */
#include <glob.h>
#include <unistd.h>
#include <lintel/xenpv.h>

#include "protocol/handoff.h"
#include "protocol/readers.h"
#include "test/unit/check.h"

#define PIECES 32
#define PIECE_MAX 65536

struct piece {
	uint64_t base;
	size_t size;
	uint8_t bytes[PIECE_MAX];
};

static struct piece piece[PIECES];
static size_t pieces;
static char door[32];
static uint64_t arg, stack, e820;
static struct handoff h;

static void add_bytes(struct piece *p, const char *hex)
{
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1 && p->size < PIECE_MAX; hex += 2)
		p->bytes[p->size++] = (uint8_t)byte;
}

static void load(const char *path)
{
	static char line[4096];
	FILE *f = fopen(path, "r");

	pieces = 0;
	stack = e820 = UINT64_MAX;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "door %31s", door) == 1 || line[0] == '#')
			continue;
		if (sscanf(line, "arg %lx", &arg) == 1 || sscanf(line, "stack %lx", &stack) == 1 ||
		    sscanf(line, "e820 %lx", &e820) == 1)
			continue;
		if (!strncmp(line, "at ", 3) && pieces < PIECES) {
			piece[pieces].base = strtoull(line + 3, NULL, 16);
			piece[pieces++].size = 0;
		} else if (pieces) {
			add_bytes(&piece[pieces - 1], line);
		}
	}
	if (f)
		fclose(f);
	CHECK(pieces > 0);
}

/* The world of the fixture; piece `which` only `size` bytes long. */
static void lay_out(size_t which, size_t size)
{
	world_reset();
	for (size_t i = 0; i < pieces; i++)
		world_put(piece[i].base, piece[i].bytes, i == which ? size : piece[i].size);
}

static int read_handoff(void)
{
	handoff_init(&h, door);
	if (!strcmp(door, "multiboot1"))
		return DIES_WITH(mb1_read(arg, &h));
	if (!strcmp(door, "multiboot2"))
		return DIES_WITH(mb2_read(arg, &h));
	if (!strcmp(door, "pvh"))
		return DIES_WITH(pvh_read(arg, span_at(e820, PIECE_MAX), &h));
	if (!strcmp(door, "xenpv"))
		return DIES_WITH(xenpv_read(XEN_VIRT_BASE + arg, XEN_VIRT_BASE + stack,
					    span_at(e820, PIECE_MAX), &h));
	return DIES_WITH(linux_read(arg, &h));
}

/* What came with the fixture in git, to be compared; UPDATE=1 writes it anew. */
static void check_golden(const char *path)
{
	static char golden[65536];
	char name[512];
	FILE *f;

	lay_out(pieces, 0);
	if (read_handoff())
		printf("  %s: %s", path, world_said());
	handoff_print(&h);
	snprintf(name, sizeof(name), "%.*s.golden", (int)strlen(path) - 4, path);
	f = fopen(name, getenv("UPDATE") ? "w+" : "r");
	if (f && getenv("UPDATE")) {
		fputs(world_said(), f);
		rewind(f);
	}
	golden[f ? fread(golden, 1, sizeof(golden) - 1, f) : 0] = '\0';
	if (f)
		fclose(f);
	if (strcmp(golden, world_said()))
		printf("  %s: expected\n%sgot\n%s", name, golden, world_said());
	CHECK(!strcmp(golden, world_said()));
}

static void cut(void)
{
	for (size_t i = 0; i < pieces; i++)
		for (size_t n = 0; n < piece[i].size; n++) {
			lay_out(i, n);
			CHECK(read_handoff() >= 0);
		}
}

static void change(void)
{
	static const uint8_t value[] = { 0x00, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i < pieces; i++)
		for (size_t n = 0; n < piece[i].size; n++)
			for (size_t v = 0; v < sizeof(value); v++) {
				uint8_t was = piece[i].bytes[n];

				piece[i].bytes[n] = value[v];
				lay_out(pieces, 0);
				CHECK(read_handoff() >= 0);
				piece[i].bytes[n] = was;
			}
}

static void each_fixture(void (*test)(void), bool golden)
{
	glob_t found;

	CHECK(glob("test/fixture/*.txt", 0, NULL, &found) == 0 && found.gl_pathc >= 10);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		load(found.gl_pathv[i]);
		alarm(600); /* an endless loop is a failure, not a wait */
		if (golden)
			check_golden(found.gl_pathv[i]);
		else
			test();
	}
	globfree(&found);
	alarm(0);
}

static void test_fixture_golden(void)
{
	each_fixture(NULL, true);
}

static void test_fixture_cut(void)
{
	each_fixture(cut, false);
}

static void test_fixture_changed(void)
{
	each_fixture(change, false);
}

const struct test fixture_tests[] = { { "fixtures: canonical text", test_fixture_golden },
				      { "fixtures: cut at every byte", test_fixture_cut },
				      { "fixtures: changed at every byte", test_fixture_changed },
				      { 0 } };
