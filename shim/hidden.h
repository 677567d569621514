/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read before every file of the images (gcc -include).  It tells the compiler that
 * everything declared lies in the image itself, so code uses relative addresses.  Without
 * this, code for i386, and all of clang's, would read addresses from a table that needs
 * relocation (law 5).
 */
#ifndef SHIM_HIDDEN_H
#define SHIM_HIDDEN_H

#pragma GCC visibility push(hidden)

#endif
