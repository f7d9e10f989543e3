/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the command line.
 *
 * One table in options.c has each option's name, argument and help; the parser and the help
 * text both read it.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>
#include <stdio.h>

enum options_mode {
	MODE_REPORT,
	MODE_IDENTIFY,
	MODE_CHECK_RULES,
	MODE_LIST_RULES,
	MODE_LIST_FACTS,
	MODE_HELP,
	MODE_VERSION,
};

enum options_color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct options {
	enum options_mode mode;
	const char **input; /* the files named, in order */
	size_t input_count;
	bool log; /* --log: they are text logs, whatever they look like */

	const char *format;   /* never NULL */
	const char *output;   /* "-" is standard output */
	const char *template; /* or NULL */
	const char *redact;   /* none share public */
	enum options_color color;
	unsigned int width;       /* columns of the terminal, 0: none; main() finds out */
	const char *step_summary; /* file that $GITHUB_STEP_SUMMARY names, or NULL */

	const char **rules; /* --rules, in order */
	size_t rules_count;
	bool no_builtin_rules;
	const char *explain; /* id of a rule, or NULL */
	const char *fail_on; /* as it was given, or NULL */

	const char *vmlinux;    /* or NULL */
	const char *system_map; /* or NULL: named among the inputs, or as -x; main() finds out */
	const char **debug_dir; /* --debug-dir, in order */
	size_t debug_dir_count;
	const char **source_dir; /* --source-dir, in order */
	size_t source_dir_count;
	bool no_debuginfo;
	bool debuginfod;         /* ask its servers */
	const char *mini_vmcore; /* file to write, or NULL */
	const char *scan;        /* folder, or NULL */
	bool mini_for_peers;     /* with what crash and drgn read */
	bool all_stacks;
	bool deep; /* slow looks as well: at every page */

	uint64_t timeout_ns;       /* 0: none */
	uint64_t max_memory_bytes; /* 0: none */
	bool kdump_profile;
	bool no_sandbox;
	bool quiet;
	bool progress;
	bool verbose;
};

/* argv[1] and so on. The result lives in the arena. An error is of the user's making. */
const struct error *options_parse(int argc, char **argv, struct arena *a,
				  struct options *out) MUST_CHECK;

void options_help(FILE *out);

/* Is the word in the comma-separated list of --fail-on? */
bool options_fail_on(const struct options *o, struct str word);

#endif
