/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * debuginfo.h - debug files of the crashed kernel: found, checked, and said how to get.
 */
#ifndef DEBUGINFO_H
#define DEBUGINFO_H

#include "dump/dump.h"
#include "facts/facts.h"
#include "options.h"
#include "symbols/find.h"

struct debuginfo {
	struct find_input where;
	struct find_result vmlinux;
	const struct find_module *module; /* those of modules[] */
	size_t module_count;
};

/* Looks for debug files and puts debuginfo.* and modules[].debug_file. dump is NULL for a text
 * log. The error is about a file that was named and cannot be used. */
const struct error *debuginfo_find(const struct options *o, const struct dump *dump,
				   const char *const *paths, struct facts *f, struct arena *a,
				   struct debuginfo *out) MUST_CHECK;

/* debuginfo.install_command, crash_command and drgn_command. The dump is called DUMP in them: a
 * report is the same wherever the dump lies, and is often read elsewhere. */
void debuginfo_put_commands(const struct debuginfo *d, const struct dump *dump, struct facts *f,
			    struct arena *a);

#endif
