// SPDX-License-Identifier: BSD-2-Clause
/*
 * Understanding a kernel file: bzImage by its setup header, ELF by its segments.
 * Called when a module arrives and when the kernel is to be started.  Pure C for
 * any world; reads the file's bytes.
 */
#include "protocol/kernel.h"

#include "protocol/bundle.h"
#include "protocol/formats.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"

#define ARM64_MAGIC 0x644d5241 /* "ARM\x64" */
#define ARM64_MAGIC_OFFSET 0x38
/* Before 2.10 the header does not say how much unpacking needs; three times the size is enough. */
#define OLD_INIT_FACTOR 3
#define OLD_CMDLINE_SIZE 255
#define OLD_INITRD_MAX 0x38000000

/* What starts it, even if it is a UKI too. */
static enum kernel_kind kind_of_kernel(struct span f)
{
	struct bzimage b;
	struct pe pe;

	if (bzimage_open(&b, f))
		return KERNEL_BZIMAGE;
	if (rd32(f, 0) == ELF_MAGIC)
		return KERNEL_ELF;
	/* A PE program is no initrd, and neither is a kernel for another machine. */
	if (pe_open(&pe, f) || rd32(f, ARM64_MAGIC_OFFSET) == ARM64_MAGIC)
		return KERNEL_FOREIGN;
	return KERNEL_NONE;
}

enum kernel_kind kernel_kind(struct span f)
{
	struct bundle bundle = bundle_of(f);

	return bundle_is_uki(&bundle) ? KERNEL_UKI : kind_of_kernel(f);
}

static uint16_t hdr16(const struct kernel *k, size_t field, uint16_t since, uint16_t otherwise)
{
	return k->version >= since ? rd16(k->header, field) : otherwise;
}

static uint32_t hdr32(const struct kernel *k, size_t field, uint16_t since, uint32_t otherwise)
{
	return k->version >= since ? rd32(k->header, field) : otherwise;
}

#define HDR16(k, field, since, otherwise) \
	hdr16(k, offsetof(struct setup_header, field), since, otherwise)
#define HDR32(k, field, since, otherwise) \
	hdr32(k, offsetof(struct setup_header, field), since, otherwise)

/* Its first word: Linux puts who built it behind. */
static void name_bzimage(struct kernel *k, struct span name)
{
	size_t n = 0;

	while (n < sizeof(k->name) - 1 && rd8(name, n) > ' ') {
		k->name[n] = (char)rd8(name, n);
		n++;
	}
	k->name[n] = '\0';
}

static void check_bzimage(const struct kernel *k, uint64_t setup, uint64_t syssize)
{
	if (k->version < 0x200 ||
	    !(RD8(k->header, 0, struct setup_header, loadflags) & LOADED_HIGH))
		die(E_OLD, "kernel has boot protocol %x or is a zImage, 200 and a bzImage needed",
		    k->version);
	/* syssize is rounded up to 16 bytes, the file is not. */
	if (k->file.size + 15 < setup + syssize || k->file.size <= setup)
		die(E_TRUNCATED, "kernel is cut off: has %" U64 " bytes of %" U64, k->file.size,
		    setup + syssize);
	if (!RD32(k->header, 0, struct setup_header, code32_start) || !syssize)
		die(E_16BIT, "kernel %s has only a 16-bit entry: start it with linux16 or isolinux",
		    k->name);
}

/* A relocatable kernel starts anywhere; any other only at its own address. */
static void place_bzimage(struct kernel *k, uint64_t pm_size)
{
	uint32_t align = HDR32(k, kernel_alignment, 0x205, 1);
	uint16_t xlf = HDR16(k, xloadflags, 0x20c, 0);
	uint64_t code32 = RD32(k->header, 0, struct setup_header, code32_start);

	k->relocatable = k->version >= 0x205 &&
			 RD8(k->header, 0, struct setup_header, relocatable_kernel);
	k->realigns = k->relocatable;
	k->bits = xlf & XLF_KERNEL_64 ? 64 : 32;
	k->la57 = xlf & XLF_5LEVEL;
	k->entry = k->bits == 64 ? 0x200 : 0;
	k->align = align && !(align & (align - 1)) ? align : 1;
	k->run = HDR32(k, pref_address, 0x20a, (uint32_t)code32);
	if (k->version >= 0x20a)
		k->run = RD64(k->header, 0, struct setup_header, pref_address);
	k->base = k->relocatable ? k->run : code32;
	k->init_size = HDR32(k, init_size, 0x20a, 0);
	if (!k->init_size)
		k->init_size = pm_size * OLD_INIT_FACTOR;
	if (k->init_size < pm_size)
		k->init_size = pm_size;
	k->load_max = xlf & XLF_CAN_BE_LOADED_ABOVE_4G ? UINT64_MAX : FOUR_GIB;
	k->initrd_max = xlf & XLF_CAN_BE_LOADED_ABOVE_4G ?
				UINT64_MAX :
				(uint64_t)HDR32(k, initrd_addr_max, 0x203, OLD_INITRD_MAX - 1) + 1;
	k->cmdline_size = HDR32(k, cmdline_size, 0x206, OLD_CMDLINE_SIZE);
}

static void open_bzimage(struct kernel *k, struct span f)
{
	struct bzimage b;

	bzimage_open(&b, f);
	k->header = b.header;
	if (k->header.len < offsetof(struct setup_header, heap_end_ptr))
		die(E_TRUNCATED, "kernel is cut off: has %" U64 " bytes, no whole setup header",
		    k->file.size);
	k->version = b.version;
	k->payload = (struct blob){ b.payload, b.payload_size };
	name_bzimage(k, b.name);
	check_bzimage(k, b.setup, b.syssize);
	k->size = k->file.size - b.setup;
	k->segment[0] = (struct segment){ b.setup, k->size, 0, k->size };
	k->segments = 1;
	place_bzimage(k, k->size);
}

static void check_elf(const struct elf *e)
{
	uint16_t machine = e->wide ? EM_X86_64 : EM_386;
	size_t size = e->wide ? sizeof(struct elf64_phdr) : sizeof(struct elf32_phdr);

	if ((!e->wide && e->class != ELFCLASS32) || e->data != ELFDATA2LSB || e->machine != machine)
		die(E_MACHINE, "kernel is for another machine: ELF class %u, data %u, e_machine %u",
		    e->class, e->data, e->machine);
	if (e->segments.n && e->segments.entry < size)
		die(E_ELF, "ELF kernel has program headers of %u bytes, %u needed",
		    (unsigned)e->segments.entry, (unsigned)size);
	if (!span_has(e->file, e->segments.at, e->segments.n * e->segments.entry))
		die(E_TRUNCATED,
		    "ELF kernel is cut off: program headers at %" X64 ", file has %" X64,
		    e->segments.at, (uint64_t)e->file.len);
}

static void add_segment(struct kernel *k, struct span f, const struct elf64_phdr *p)
{
	if (k->segments == KERNEL_SEGMENTS_MAX)
		die(E_ELF, "ELF kernel has more than %u segments", KERNEL_SEGMENTS_MAX);
	if (!span_has(f, p->p_offset, p->p_filesz))
		die(E_TRUNCATED,
		    "ELF kernel is cut off: segment at %" X64 ", size %" X64 ", file has %" X64,
		    p->p_offset, p->p_filesz, (uint64_t)f.len);
	if (p->p_filesz > p->p_memsz || p->p_memsz > UINT64_MAX - p->p_paddr)
		die(E_ELF, "ELF kernel has a segment at %" X64 " of size %" X64, p->p_paddr,
		    p->p_memsz);
	k->segment[k->segments++] = (struct segment){ p->p_offset, p->p_filesz, p->p_paddr,
						      p->p_memsz };
	if (p->p_paddr < k->base)
		k->base = p->p_paddr;
	if (p->p_align > k->align && !(p->p_align & (p->p_align - 1)))
		k->align = p->p_align;
}

static void add_segments(struct kernel *k, const struct elf *e)
{
	bool interp = false;

	k->base = UINT64_MAX;
	k->align = PAGE;
	for (uint64_t i = 0; i < e->segments.n; i++) {
		struct elf64_phdr p = elf_segment(e, i);

		interp |= p.p_type == PT_INTERP;
		if (p.p_type == PT_LOAD && p.p_memsz)
			add_segment(k, e->file, &p);
	}
	/* FreeBSD's kernel has PT_INTERP too, but also a PVH entry. */
	if (interp && !k->notes.phys32_entry)
		die(E_ELF, "ELF file is a program for an operating system, not a kernel: it has a "
			   "PT_INTERP header and no PVH entry");
	if (!k->segments)
		die(E_ELF, "ELF kernel has no loadable segment: %u program headers",
		    (unsigned)e->segments.n);
	for (uint32_t i = 0; i < k->segments; i++) {
		struct segment *s = &k->segment[i];

		s->address -= k->base;
		if (s->address + s->memsz > k->size)
			k->size = s->address + s->memsz;
	}
}

static bool holds(uint64_t base, uint64_t size, uint64_t at)
{
	return at >= base && at - base < size;
}

/* e_entry is physical in Linux and virtual in other kernels: find the segment that contains it. */
static uint64_t elf_entry(const struct kernel *k, const struct elf *e)
{
	for (uint32_t i = 0; i < k->segments; i++)
		if (holds(k->base + k->segment[i].address, k->segment[i].memsz, e->entry))
			return e->entry;
	for (uint64_t i = 0; i < e->segments.n; i++) {
		struct elf64_phdr p = elf_segment(e, i);

		if (p.p_type == PT_LOAD && holds(p.p_vaddr, p.p_memsz, e->entry))
			return e->entry - p.p_vaddr + p.p_paddr;
	}
	die(E_ELF, "ELF kernel's entry %" X64 " lies in no segment", e->entry);
}

/* For example Xen itself. */
static void refuse_multiboot(const struct kernel *k, struct span f)
{
	const struct kernel_notes *n = &k->notes;

	if (!n->is_linux && !n->lintel && !n->phys32_entry &&
	    (mb1_header(f).len || mb2_header(f).len))
		die(E_ELF,
		    "ELF%u file is a Multiboot kernel (Xen?) and has no PVH entry: start it by "
		    "multiboot2, with Lintel as its module",
		    k->bits);
}

static void open_elf(struct kernel *k, struct span f)
{
	struct elf e;

	elf_open(&e, f);
	check_elf(&e);
	if (!notes_read_all(&k->notes, &e))
		die(E_ELF, "ELF kernel has more than %u KiB of notes: is the file damaged?",
		    NOTES_MAX / 1024);
	add_segments(k, &e);
	k->header_entry = e.entry;
	/* In kernels with other entries, e_entry may be anything. */
	if (k->notes.is_linux || k->notes.lintel || !k->notes.phys32_entry)
		k->entry = elf_entry(k, &e) - k->base;
	k->bits = e.wide ? 64 : 32;
	refuse_multiboot(k, f);
	k->relocatable = e.type == ET_DYN;
	k->load_max = FOUR_GIB;
	k->initrd_max = e.wide ? UINT64_MAX : FOUR_GIB;
	k->cmdline_size = CMDLINE_MAX;
	k->version = 0x20f;
	format(k->name, sizeof(k->name), "ELF%u", k->bits);
}

static void refuse_foreign(struct span f)
{
	struct pe pe;

	if (rd32(f, ARM64_MAGIC_OFFSET) == ARM64_MAGIC)
		die(E_MACHINE, "kernel is for another machine: an ARM64 Image");
	pe_open(&pe, f);
	if (pe.machine != PE_MACHINE_AMD64 && pe.machine != PE_MACHINE_I386)
		die(E_MACHINE, "kernel is for another machine: PE machine %x", pe.machine);
	die(E_EFI_APP, "the module is an EFI application, not a kernel: PE machine %x", pe.machine);
}

void kernel_open(struct kernel *k, struct blob file)
{
	struct span f = span_at(file.base, file.size);

	memset(k, 0, sizeof(*k));
	k->file = file;
	k->kind = kind_of_kernel(f);
	switch (k->kind) {
	case KERNEL_BZIMAGE:
		open_bzimage(k, f);
		break;
	case KERNEL_ELF:
		open_elf(k, f);
		break;
	case KERNEL_FOREIGN:
		refuse_foreign(f);
		break;
	default:
		die(E_NO_KERNEL, "what should be the kernel is none: it begins with %08x",
		    rd32(f, 0));
	}
}

uint64_t kernel_room(const struct kernel *k)
{
	return k->realigns ? k->align + k->init_size : 0;
}
