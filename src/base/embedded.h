/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * embedded.h - the rule files and templates inside the program, so that one binary works
 * alone in a capture kernel.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include "base/str.h"

struct embedded_file {
	const char *name;  /* path in the source tree: "rules/hang.yaml", "templates/markdown" */
	const char *start; /* a NUL stands at end */
	const char *end;
};

/* In the order of their names; the last one has no name. Made by src/embed.sh. */
extern const struct embedded_file embedded_files[];

/* False if there is no such file. */
bool embedded_find(struct str name, struct str *content);

#endif
