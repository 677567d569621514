// SPDX-License-Identifier: BSD-2-Clause
/*
 * The list of /.extra's files.  Called by shim/extra.c and by the host tool.  Pure C for any
 * world.
 */
#include "protocol/extra.h"

static const struct extra_file files[EXTRA_FILES] = {
	{ ".pcrsig", ".extra/tpm2-pcr-signature.json" },
	{ ".pcrpkey", ".extra/tpm2-pcr-public-key.pem" },
	{ ".profile", ".extra/profile" },
	{ ".osrel", ".extra/os-release" },
};

const struct extra_file *extra_file(uint32_t i)
{
	return &files[i];
}
