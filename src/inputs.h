/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inputs.h - which of the files named on the command line belong together.
 *
 * Files are told apart by their bytes, never by their names or order: the members of a
 * split set are one dump, an ELF executable is the vmlinux, everything else stands alone.
 */
#ifndef INPUTS_H
#define INPUTS_H

#include "base/error.h"

#include <stdio.h>

struct input {
	const char *const *paths;
	size_t path_count; /* more than one: a split set */
};

struct inputs {
	struct input *dump;
	size_t count;
	const char *vmlinux; /* or NULL */
};

const struct error *inputs_sort(const char *const *paths, size_t count, struct arena *a,
				struct inputs *out) MUST_CHECK;

/* --list-facts: path, kind and meaning of every fact. */
void inputs_list_facts(FILE *out);

#endif
