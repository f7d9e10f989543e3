/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * find.h - where the debug files of this very kernel are, and whether they are what they seem.
 *
 * Places are those of distributions and of people who build kernels themselves, one table in
 * find.c. A file counts only if its build ID is that of the dump; kernels that record none
 * (before 5.9, text logs) are told by their banner. Only regular files are opened, and names
 * out of the dump never leave the folder that they are put into.
 */
#ifndef SYMBOLS_FIND_H
#define SYMBOLS_FIND_H

#include "symbols/elfid.h"

/* What is looked for, and where. Borrowed. */
struct find_input {
	struct str release;      /* uname -r, or empty */
	struct str version;      /* uname -v, or empty */
	struct str build_id;     /* of the kernel, in hex, or empty */
	uint16_t machine;        /* EM_X86_64 ...; 0 not known */
	const char *given;       /* the vmlinux that the user named, or NULL */
	const char *const *dirs; /* --debug-dir and the like, the first first */
	size_t dir_count;
	const char *dump_dir; /* the folder of the dump, or NULL */
	const char *root;     /* put before system paths, "" for none; for tests */
};

struct find_result {
	const char *path; /* NULL: none was found */
	struct str build_id;
	bool has_lines;        /* false: only symbols */
	bool is_packed;        /* compressed: its build ID is not checked yet */
	const char **searched; /* paths, and "NAME, beside the dump", in the order of trying */
	size_t searched_count;
	const struct error *refused; /* why the given file is not used, or NULL */
	bool is_other;               /* because it is of another kernel */
	const struct error *damaged; /* a file found by itself is cut short, or NULL */
};

/* The vmlinux with debuginfo. */
void find_vmlinux(const struct find_input *in, struct arena *a, struct find_result *out);

/* A module of which the debug file is wanted, and what was found. */
struct find_module {
	struct str name;             /* as the kernel has it: with '_' */
	struct str build_id;         /* in hex, or empty */
	const char *path;            /* out; NULL: none */
	const struct error *refused; /* out: a file of its name is of another build, or NULL */
};

/* Debug files of all modules at once: folders are walked once. vmlinux_dir may be NULL. A
 * module without a build ID is taken by its name. */
void find_modules(const struct find_input *in, const char *vmlinux_dir, struct arena *a,
		  struct find_module *module, size_t count);

#endif
