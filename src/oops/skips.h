/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * skips.h - lists of function names: plumbing that never names a crash, and the like.
 *
 * The names are data, one a line in rules/skip.list, because helpers of the kernel come and go
 * with every release and a site has its own; "name*" is every name that begins so, "*name" that
 * ends so, "*name*" that has it inside, and "#" begins a comment. "[list]" begins another list.
 */
#ifndef OOPS_SKIPS_H
#define OOPS_SKIPS_H

#include "base/str.h"

struct skips;

/* No names yet. */
struct skips *skips_new(struct arena *a);

/* Adds the lists of one file. The text is borrowed. */
void skips_add(struct skips *s, struct str text);

/* Adds the files of the program itself whose names begin with rules/skip. */
void skips_add_built_in(struct skips *s);

/* name is in the list, as it is or by its beginning. */
bool skips_has(const struct skips *s, const char *list, struct str name);

#endif
