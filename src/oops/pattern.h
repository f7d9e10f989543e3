/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - matching one message against a line of a table.
 *
 * A pattern is text with holes: "INFO: task {comm}:{pid} blocked for more than {seconds}".
 * The name of a hole says what may stand there and where it goes. {comm}, {detail} and {any}
 * take any text and give way until the rest matches, because task names hold every separator
 * there is ("kworker/u8:2:77"). A pattern matches a beginning of the text; with "$" at its
 * end, all of it. Two holes that give way are quadratic in the length of a message; one that is
 * longer than any of the kernel's is given up.
 */
#ifndef OOPS_PATTERN_H
#define OOPS_PATTERN_H

#include "base/str.h"

enum field {
	FIELD_ADDRESS,  /* {address}: hex with or without 0x, or a word in brackets: "(null)" */
	FIELD_CODE,     /* {code}: hex digits */
	FIELD_PID,      /* {pid}: decimal */
	FIELD_CPU,      /* {cpu}: decimal */
	FIELD_SECONDS,  /* {seconds}: decimal */
	FIELD_COUNT,    /* {count}: decimal */
	FIELD_FUNCTION, /* {function}: an identifier and what compilers append, "+0x1/0x2" too */
	FIELD_PLACE,    /* {place}: a word without blanks: file.c:123 */
	FIELD_COMM,     /* {comm}: any text */
	FIELD_DETAIL,   /* {detail}: any text */
	FIELD_ANY,      /* {any}: any text; not kept */
	FIELD_BLANKS,   /* {}: any number of blanks; not kept */
	FIELD_MODULE,   /* {module}: " [name]" behind a function, or nothing; not kept */
	FIELD_KINDS,
};

/* What the holes held, borrowed from the text; p is NULL where the pattern has no such hole. */
struct captures {
	struct str field[FIELD_KINDS];
};

/* On false the captures hold nothing of use. */
bool pattern_match(struct str text, const char *pattern, struct captures *c);

/* The longest literal piece of a pattern, which a text must hold to match it; *anchored says
 * that it stands at a fixed distance (*off) from the beginning of the match. */
struct str pattern_literal(const char *pattern, bool *anchored, size_t *off);

/* The literal that a pattern begins with; empty if it begins with a hole. */
struct str pattern_lead(const char *pattern);

/* How many free holes a pattern has. */
size_t pattern_free_holes(const char *pattern);

#endif
