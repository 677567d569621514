// SPDX-License-Identifier: BSD-2-Clause
/*
 * The world of the unit tests: what a door gives on a machine (memory, consoles,
 * the end after a refusal), made of the host's memory.
 */
#include <sys/mman.h>

#include "protocol/span.h"
#include "shim/pc/uart.h"
#include "test/unit/check.h"

#define CHUNKS 64

struct chunk {
	uint64_t base;
	size_t size;
	uint8_t *bytes;
	bool mapped;
};

static struct chunk chunks[CHUNKS];
static size_t chunk_count;
static char said[65536];
static uint64_t forbidden_base, forbidden_end;
static bool trespassed;
static uint32_t vectors_without;

jmp_buf world_refusal;

void world_reset(void)
{
	for (size_t i = 0; i < chunk_count; i++)
		if (chunks[i].mapped)
			munmap(chunks[i].bytes, chunks[i].size);
		else
			free(chunks[i].bytes);
	chunk_count = 0;
	said[0] = '\0';
	forbidden_base = forbidden_end = 0;
	trespassed = false;
	vectors_without = 0;
}

void world_forbid(uint64_t base, uint64_t end)
{
	forbidden_base = base;
	forbidden_end = end;
}

bool world_trespassed(void)
{
	return trespassed;
}

void world_sum(uint8_t *p, size_t n, size_t at)
{
	uint8_t s = 0;

	p[at] = 0;
	for (size_t i = 0; i < n; i++)
		s = (uint8_t)(s + p[i]);
	p[at] = (uint8_t)-s;
}

uint8_t *world_put(uint64_t base, const void *bytes, size_t size)
{
	struct chunk *c = &chunks[chunk_count++];

	if (chunk_count == CHUNKS)
		abort();
	*c = (struct chunk){ base, size, malloc(size ? size : 1), false };
	if (bytes && size)
		memcpy(c->bytes, bytes, size);
	else
		memset(c->bytes, 0, size);
	return c->bytes;
}

uint8_t *world_low(size_t size)
{
	uint8_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (p == MAP_FAILED || chunk_count == CHUNKS)
		abort();
	chunks[chunk_count++] = (struct chunk){ (uintptr_t)p, size, p, true };
	return p;
}

/*
 * Memory ends where the test's bytes end, so that cutting them is seen by the parser.
 * Where pieces overlap, as captured ones may, the one that reaches further counts.
 */
struct span span_at(uint64_t base, uint64_t size)
{
	struct span best = { 0 };

	if (base < forbidden_end && size > 0 && base + size > forbidden_base)
		trespassed = true;
	for (size_t i = 0; i < chunk_count; i++) {
		struct chunk *c = &chunks[i];
		uint64_t off = base - c->base;

		if (base >= c->base && off < c->size && c->size - off > best.len)
			best = (struct span){ c->bytes + off, c->size - (size_t)off };
	}
	if (best.len > size)
		best.len = (size_t)size;
	return best;
}

void *memory_at(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

const char *world_said(void)
{
	return said;
}

static const char refusal[] = "lintel: E";

static char *last_refusal(void)
{
	char *line = strstr(said, refusal), *next = line;

	while (next && (next = strstr(next + 1, refusal)))
		line = next;
	return line;
}

int world_error(void)
{
	const char *line = last_refusal();

	return line ? atoi(line + strlen(refusal)) : -1;
}

int world_take_refusal(char *text, size_t size)
{
	int error = world_error();
	char *line = last_refusal(), *words = line ? line + strlen(refusal) + 3 : said;

	snprintf(text, size, "%.*s", (int)strcspn(words, "\n"), words);
	if (line)
		line[-1] = '\0'; /* with the empty line in front */
	return error;
}

void console_write(const char *text, size_t len)
{
	size_t have = strlen(said);

	if (len > sizeof(said) - 1 - have)
		len = sizeof(said) - 1 - have;
	memcpy(said + have, text, len);
	said[have + len] = '\0';
}

void refuse(void)
{
	longjmp(world_refusal, 1);
}

/* The simplest processor: its page tables are the largest. */
bool machine_has_gib_pages(void)
{
	return false;
}

bool machine_has_la57(void)
{
	return false;
}

void world_vectors(uint32_t without)
{
	vectors_without = without;
}

/* As Linux tells it, since the host may be no PC. */
static bool has_flag(const char *flag)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[8192];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = !strncmp(line, "flags", 5) && strstr(line, flag);
	if (f)
		fclose(f);
	return found;
}

uint32_t machine_vectors(void)
{
	static uint32_t features;
	static bool known;

	if (!known)
		features = (has_flag(" ssse3 ") ? MACHINE_SSSE3 : 0) |
			   (has_flag(" sha_ni ") ? MACHINE_SHA : 0);
	known = true;
	return features & ~vectors_without;
}

uint16_t uart_port(void)
{
	return 0x2f8;
}
