/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline.h - the stages from a file to a report, and the order they run in.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "options.h"
#include "verdict/rules.h"

/* Exit statuses: part of the contract with users. */
enum pipeline_status {
	STATUS_COMPLETE = 0, /* report written, complete for what the dump holds */
	STATUS_DEGRADED = 1, /* written, but the input is damaged or a limit was reached */
	STATUS_NOTHING = 2,  /* no report */
	STATUS_MATCHED = 3,  /* written, and --fail-on matched */
	STATUS_USAGE = 64,
};

/* Analyses one dump (all files of a split set) or one log, and writes its report to out, as
 * a line of its own if several follow one another. Complaints go to standard error. */
enum pipeline_status pipeline_run(const struct options *o, const struct rules *rules,
				  const char *const *paths, size_t count, bool one_of_several,
				  FILE *out);

#endif
