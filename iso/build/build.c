// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel build`: the order of the steps.  Called by main().  Nothing is written before
 * everything has been checked.
 */
#include <string.h>
#include <unistd.h>

#include "iso/allocate.h"
#include "iso/build/accept.h"
#include "iso/build/bare.h"
#include "iso/build/measure.h"
#include "iso/build/pack.h"
#include "iso/build/payload.h"
#include "iso/build/request.h"
#include "iso/build/sections.h"
#include "iso/build/sign.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/output.h"
#include "iso/reject.h"
#include "iso/subcommands.h"
#include "iso/uki.h"

/* lintel.efi beside the running program, else the installed one. */
static const char *default_stub(void)
{
	static const char beside[] = "lintel.efi", installed[] = "../lib/lintel/lintel.efi";
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe));
	char *path = allocate(sizeof(exe) + sizeof(installed));
	size_t dir;

	if (n <= 0 || n == (ssize_t)sizeof(exe))
		reject("/proc/self/exe", "does not tell where lintel is: give --stub=lintel.efi");
	for (dir = (size_t)n; exe[dir - 1] != '/'; dir--)
		;
	memcpy(path, exe, dir);
	memcpy(path + dir, beside, sizeof(beside));
	if (!access(path, F_OK))
		return path;
	memcpy(path + dir, installed, sizeof(installed));
	if (access(path, F_OK))
		reject(path, "is not there, nor is lintel.efi beside lintel: give --stub=FILE");
	return path;
}

static void measure(const struct output *o, const struct request *r)
{
	const struct file *f = file_open(o->temporary);
	struct uki u;

	uki_read(&u, f, examine_file(f));
	measure_print(&u, json_mode_of("build", r->json));
	/* The image is not committed where its values are lost. */
	printed();
}

int build_main(int argc, char **argv)
{
	struct request r = { .kernel = NULL };
	struct pack im = { .path = NULL }, inner = { .path = NULL };
	struct uki u = { .file = NULL };
	const struct file *kernel;
	const char *stub;
	struct kernel k;

	request_read(&r, argc, argv);
	if (r.uki)
		uki_open(&u, r.uki);
	kernel = r.kernel ? file_open_any(r.kernel) : uki_part(&u, ".linux");
	accept_kernel(&k, kernel);
	stub = r.stub ? r.stub : default_stub();
	bare_open(&im, stub, r.elf != NULL);
	if (r.xen) {
		bare_open(&inner, stub, true);
		sections_add(&inner, &r, &u, kernel, &k);
		payload_add(&im, &inner, r.output);
	}
	sections_add(&im, &r, &u, kernel, &k);
	if (r.key)
		sign_check(r.key, r.certificate);
	pack_write(&im, r.output, r.elf);
	if (r.key)
		im.out[0] = sign_output(im.out[0], r.key, r.certificate);
	if (r.measure)
		measure(im.out[0], &r);
	pack_commit(&im);
	return STATUS_DONE;
}
