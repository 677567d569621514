/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a subcommand has found out: a tree of libjansson, and functions that print it.
 */
#ifndef ISO_JSON_H
#define ISO_JSON_H

#include <jansson.h>

#include "protocol/span.h"

/** enum json_mode - ukify's --json= */
enum json_mode { JSON_OFF, JSON_PRETTY, JSON_SHORT };

/** json_mode_of() - of "off", "pretty" and "short"; usage error for others */
enum json_mode json_mode_of(const char *subcommand, const char *word);

/** json_text() - bytes as a string; where they are not UTF-8, each that is not ASCII becomes "?" */
json_t *json_text(struct span s);

/** json_set_number() - a fact that is a number, for people in hexadecimal */
void json_set_number(json_t *o, const char *key, uint64_t n);

/** json_set_virtual() - an address as text, since half of them are larger than JSON's integers */
void json_set_virtual(json_t *o, const char *key, uint64_t n);

/** json_print() - to stdout; pretty or short */
void json_print(const json_t *tree, enum json_mode mode);

/** json_table() - to stdout, for people; numbers are hexadecimal but for sizes */
void json_table(const json_t *tree);

#endif
