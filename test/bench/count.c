// SPDX-License-Identifier: BSD-2-Clause
/*
 * A QEMU plugin that counts what a boot loader executes, between its first instruction
 * and the kernel's.  Loaded by bench.py into QEMU 7.2's TCG (plugin API version 1, whose
 * header Debian does not package, so what is used of it is declared here).
 *
 *   start=ADDRESS  linear address of the loader's first instruction
 *   out=FILE       where the figures go when the kernel's first instruction was reached
 *
 * The kernel is recognised by the bytes of its first instruction (kernel.S).  Under TCG a
 * REP string instruction counts once for each element, unlike on any processor, so those
 * are counted apart, with the bytes that they write.  What runs in SMRAM or in a
 * ROM is the firmware's, all else is the loader's.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES (1u << 20) /* of 4 KiB, below 4 GiB */

#define EXPORT __attribute__((visibility("default")))

/* qemu-plugin.h */
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { CB_NO_REGS = 0, INLINE_ADD_U64 = 0, MEM_RW = 3 };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*f)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*f)(unsigned int vcpu, void *data), int flags,
					    void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op,
						void *counter, uint64_t amount);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      void (*f)(unsigned int vcpu, uint32_t info, uint64_t at,
						void *data),
				      int flags, int rw, void *data);
unsigned int qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

/* nopl 0x4c544e4c(%rax), the kernel's first instruction */
static const uint8_t kernel_begins[] = { 0x0f, 0x1f, 0x80, 0x4c, 0x4e, 0x54, 0x4c };

static struct {
	uint64_t own, rep, rep_bytes, firmware;
	uint64_t page[PAGES];
} counted;

static uint64_t start_at;
static const char *out;

static bool is_firmware(uint64_t pc)
{
	/* SMRAM and ROMs; the flash */
	return (pc >= 0xa0000 && pc < 0x100000) || (pc >= 0xfffc0000 && pc <= 0xffffffff);
}

static bool is_prefix(uint8_t byte)
{
	return memchr("\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3", byte, 11) ||
	       (byte & 0xf0) == 0x40; /* in 64-bit mode; a REP is in front of nothing else */
}

static bool is_rep_string(const uint8_t *p, size_t n)
{
	bool rep = false;
	size_t i = 0;

	for (; i < n && is_prefix(p[i]); i++)
		rep |= p[i] >= 0xf2;
	return rep && i < n &&
	       memchr("\x6c\x6d\x6e\x6f\xa4\xa5\xa6\xa7\xaa\xab\xac\xad\xae\xaf", p[i], 14);
}

static void loader_begins(unsigned int vcpu, void *data)
{
	static bool begun;

	(void)vcpu, (void)data;
	if (!begun)
		memset(&counted, 0, sizeof(counted));
	begun = true;
}

static void loader_ends(unsigned int vcpu, void *data)
{
	FILE *to = out ? fopen(out, "w") : NULL;

	(void)vcpu, (void)data;
	if (!to)
		return;
	fprintf(to, "own %llu\nrep %llu\nrep_bytes %llu\nfirmware %llu\n",
		(unsigned long long)counted.own, (unsigned long long)counted.rep,
		(unsigned long long)counted.rep_bytes, (unsigned long long)counted.firmware);
	for (uint64_t i = 0; i < PAGES; i++)
		if (counted.page[i])
			fprintf(to, "page %llx %llu\n", (unsigned long long)i << 12,
				(unsigned long long)counted.page[i]);
	fclose(to);
	out = NULL;
}

static void memory_touched(unsigned int vcpu, uint32_t info, uint64_t at, void *data)
{
	(void)vcpu, (void)at, (void)data;
	/* Asked here, since QEMU 7.2 calls for loads even where only stores are wanted. */
	if (qemu_plugin_mem_is_store(info))
		counted.rep_bytes += 1ull << qemu_plugin_mem_size_shift(info);
}

static void count(struct qemu_plugin_insn *insn, uint64_t *counter)
{
	qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, counter, 1);
}

static void insn_translated(struct qemu_plugin_insn *insn)
{
	const uint8_t *p = qemu_plugin_insn_data(insn);
	size_t n = qemu_plugin_insn_size(insn);
	uint64_t pc = qemu_plugin_insn_vaddr(insn);

	if (pc == start_at)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, loader_begins, CB_NO_REGS, NULL);
	if (n == sizeof(kernel_begins) && !memcmp(p, kernel_begins, n))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, loader_ends, CB_NO_REGS, NULL);
	if (is_firmware(pc)) {
		count(insn, &counted.firmware);
	} else if (is_rep_string(p, n)) {
		count(insn, &counted.rep);
		qemu_plugin_register_vcpu_mem_cb(insn, memory_touched, CB_NO_REGS, MEM_RW, NULL);
	} else {
		count(insn, &counted.own);
		count(insn, &counted.page[pc >> 12 & (PAGES - 1)]);
	}
}

static void tb_translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
		insn_translated(qemu_plugin_tb_get_insn(tb, i));
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "start=", 6))
			start_at = strtoull(argv[i] + 6, NULL, 0);
		if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, tb_translated);
	return 0;
}
