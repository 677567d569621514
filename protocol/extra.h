/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of /.extra in the initrd, and the sections of a UKI that they are (systemd-stub(7)).
 * The image writes them at boot, and `lintel build` leaves room for them.  Pure; any world.
 */
#ifndef PROTOCOL_EXTRA_H
#define PROTOCOL_EXTRA_H

#include "protocol/bundle.h"

/* Where they are written, if an image has this section. */
#define EXTRA_ROOM ".extra"
#define EXTRA_FILES 4
/* Bytes that all headers of their archive have together, names too, at most. */
#define EXTRA_HEADERS 800

/** struct extra_file - a section, and its path in the initrd */
struct extra_file {
	char section[BUNDLE_NAME], path[31];
};

/** extra_file() - number @i, from 0 */
const struct extra_file *extra_file(uint32_t i);

#endif
