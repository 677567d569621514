// SPDX-License-Identifier: BSD-2-Clause
/*
 * Prints a tree of facts, for programs and for people: the same facts for both.
 * Called by `lintel inspect` and `lintel build --measure`.
 */
#include "iso/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iso/allocate.h"
#include "iso/reject.h"
#include "iso/terminal.h"

#define INDENT 2
#define LABEL 24

enum json_mode json_mode_of(const char *subcommand, const char *word)
{
	if (!word || !strcmp(word, "off"))
		return JSON_OFF;
	if (!strcmp(word, "pretty"))
		return JSON_PRETTY;
	if (strcmp(word, "short"))
		usage_error(subcommand, "--json=%s: there are pretty, short and off", word);
	return JSON_SHORT;
}

json_t *json_text(struct span s)
{
	json_t *text = json_stringn((const char *)s.p, s.len);
	char *ascii;

	if (text)
		return text;
	ascii = allocate(s.len + 1);
	for (size_t i = 0; i < s.len; i++)
		ascii[i] = s.p[i] < 0x80 ? (char)s.p[i] : '?';
	return json_stringn(ascii, s.len);
}

void json_set_number(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

void json_set_virtual(json_t *o, const char *key, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)n);
	json_object_set_new(o, key, json_string(text));
}

/* JSON lets U+007F to U+009F stand for themselves; a terminal would obey them. */
static void print_escaped(const char *text)
{
	for (; *text; text++) {
		uint8_t first = (uint8_t)text[0], second = (uint8_t)text[1];

		if (first == 0x7f)
			fputs("\\u007f", stdout);
		else if (first == 0xc2 && second >= 0x80 && second < 0xa0)
			printf("\\u00%02x", (uint8_t) * ++text);
		else
			putchar(*text);
	}
}

void json_print(const json_t *tree, enum json_mode mode)
{
	char *text = json_dumps(tree, mode == JSON_PRETTY ? JSON_INDENT(4) : JSON_COMPACT);

	if (!text)
		reject("--json", "no memory for the text");
	print_escaped(text);
	putchar('\n');
	free(text);
}

static void print_text(const char *text)
{
	char *clean = joined(text, "");

	terminal_clean(clean, strlen(clean) + 1, clean, false);
	fputs(clean, stdout);
	free(clean);
}

static void print_value(const char *key, const json_t *value)
{
	size_t n = strlen(key);

	if (json_is_string(value))
		print_text(json_string_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", stdout);
	else if (n >= 4 && !strcmp(key + n - 4, "size"))
		printf("%lld", (long long)json_integer_value(value));
	else
		printf("0x%llx", (unsigned long long)json_integer_value(value));
}

static void print_row(const json_t *row)
{
	const char *key, *between = "";
	json_t *value;

	json_object_foreach((json_t *)row, key, value)
	{
		fputs(between, stdout);
		if (!json_is_string(value))
			printf("%s ", key);
		print_value(key, value);
		between = "  ";
	}
}

static void print_array(const json_t *array, int depth)
{
	size_t i;
	json_t *value;

	if (!json_array_size(array))
		fputs("none", stdout);
	json_array_foreach(array, i, value)
	{
		if (json_is_object(value)) {
			printf("\n%*s", depth, "");
			print_row(value);
		} else {
			printf("%s", i ? " " : "");
			print_value("", value);
		}
	}
	putchar('\n');
}

static void print_object(const json_t *tree, int depth)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)tree, key, value)
	{
		if (json_is_object(value)) {
			printf("%*s%s\n", depth, "", key);
			print_object(value, depth + INDENT);
			continue;
		}
		printf("%*s%-*s", depth, "", LABEL - depth, key);
		if (json_is_array(value)) {
			print_array(value, depth + INDENT);
		} else {
			print_value(key, value);
			putchar('\n');
		}
	}
}

void json_table(const json_t *tree)
{
	print_object(tree, 0);
}
