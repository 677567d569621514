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
#include "iso/build/pack.h"
#include "iso/build/payload.h"
#include "iso/build/policy.h"
#include "iso/build/request.h"
#include "iso/build/seal.h"
#include "iso/build/sections.h"
#include "iso/build/sign.h"
#include "iso/build/view.h"
#include "iso/file.h"
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

/**
 * struct job - what the steps share
 * @u: no file where there is no --uki
 */
struct job {
	struct request r;
	struct policy policy;
	struct seal seal;
	struct made made;
	struct uki u;
	const char *stub;
	const struct file *file;
	struct kernel kernel;
};

static bool is_measured(const struct job *j)
{
	return j->r.measure || j->r.policy_digest || j->policy.signers;
}

/* Sections that are measured do not depend on those that are made of them. */
static void make_sections(struct job *j)
{
	struct pack draft = { .path = NULL };
	struct span view;
	uint32_t bare;

	if (!is_measured(j) && !j->seal.sealed && !j->seal.must_measure)
		return;
	bare_open(&draft, j->stub, false);
	bare = pack_sections(&draft);
	sections_add(&draft, &j->r, &j->u, j->file, &j->kernel, &j->made);
	view = view_open(&draft);
	if (is_measured(j))
		measure_image(&j->policy.measured, view);
	if (j->policy.signers)
		policy_sign(&j->policy, &j->made);
	seal_text(&j->made.seal, &j->seal, view, bare, &j->made.pcrsig);
	view_close(view);
}

static void read_inputs(struct job *j, int argc, char **argv)
{
	request_read(&j->r, argc, argv);
	policy_read(&j->policy, &j->r, &j->made);
	if (j->r.uki)
		uki_open(&j->u, j->r.uki, j->policy.signers != 0);
	seal_wanted(&j->seal, &j->r, &j->u);
	j->file = j->r.kernel ? file_open_any(j->r.kernel) : uki_part(&j->u, ".linux");
	accept_kernel(&j->kernel, j->file);
	j->stub = j->r.stub ? j->r.stub : default_stub();
	if (j->r.key)
		sign_check(j->r.key, j->r.certificate);
}

static void pack(struct pack *im, const struct job *j)
{
	struct pack inner = { .path = NULL };

	bare_open(im, j->stub, j->r.elf != NULL);
	if (j->r.xen) {
		bare_open(&inner, j->stub, true);
		sections_add(&inner, &j->r, &j->u, j->file, &j->kernel, &j->made);
		payload_add(im, &inner, j->r.output);
	}
	sections_add(im, &j->r, &j->u, j->file, &j->kernel, &j->made);
}

static void print(const struct job *j)
{
	enum json_mode mode = json_mode_of("build", j->r.json);

	if (j->r.measure)
		measure_print(&j->policy.measured, &j->policy.paths, mode);
	if (j->r.policy_digest)
		policy_print(&j->policy, mode);
	/* The image is not committed where its values are lost. */
	if (j->r.measure || j->r.policy_digest)
		printed();
}

int build_main(int argc, char **argv)
{
	struct job j = { .stub = NULL };
	struct pack im = { .path = NULL };

	read_inputs(&j, argc, argv);
	make_sections(&j);
	pack(&im, &j);
	pack_write(&im, j.r.output, j.r.elf);
	if (j.r.key)
		im.out[0] = sign_output(im.out[0], j.r.key, j.r.certificate);
	print(&j);
	pack_commit(&im);
	return STATUS_DONE;
}
