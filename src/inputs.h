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
	const char *vmlinux;    /* or NULL */
	const char *system_map; /* or NULL */
};

/* What a file is on its own. */
enum input_class {
	INPUT_ALONE,   /* a log, or nothing that we know */
	INPUT_DUMP,    /* whole */
	INPUT_CORE,    /* ELF, of a kernel or of a program */
	INPUT_MEMBER,  /* of a split set */
	INPUT_PROGRAM, /* ELF, of user space: a vmlinux if there is a dump that it can be refused
			  for */
	INPUT_KERNEL,  /* a vmlinux */
	INPUT_SYMBOLS, /* a System.map: that of a kernel only beside a dump */
};

/* Looks at the first bytes of a file. */
enum input_class inputs_classify(const char *path);

/* Groups files of these classes. */
const struct error *inputs_sort(const char *const *paths, const enum input_class *classes,
				size_t count, struct arena *a, struct inputs *out) MUST_CHECK;

/* --list-facts: path, kind and meaning of every fact. */
void inputs_list_facts(FILE *out);

#endif
