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

/* How deep a run goes. The shallower ones are for inputs that a deeper one did not survive. */
enum pipeline_depth {
	PIPELINE_WHOLE,
	PIPELINE_OUTLINE,  /* what header, VMCOREINFO and log say */
	PIPELINE_SKELETON, /* the input is not opened at all */
};

/* A stage that is left out, since an earlier run died in it; or, if it is pardoned, done again. */
struct pipeline_loss {
	uint32_t stage;
	bool is_pardoned;
	const char *why; /* how it died, as words behind "the process that did it" */
};

/* One dump (all files of a split set) or one log. Everything is borrowed. */
struct pipeline_job {
	const struct options *o;
	const struct rules *rules;
	uint64_t rules_ns; /* that it took to load them */
	const char *const *paths;
	size_t path_count;
	FILE *out;
	size_t index;   /* of the input among those of this run, from 0 */
	size_t count;   /* of these inputs */
	size_t written; /* reports before this one, to the same place */
	FILE *summary;  /* where GitHub's summary of a step goes, or NULL */
	FILE *mini;     /* where --mini-vmcore goes, or NULL */

	enum pipeline_depth depth;
	bool is_first;         /* an outline that a whole report will replace */
	uint64_t time_ns;      /* 0: no limit */
	uint64_t memory_bytes; /* 0: no limit */
	const struct pipeline_loss *loss;
	size_t loss_count;
	uint32_t *step; /* where to keep the number of the stage that is running, or NULL */
};

/* Analyses it, and writes its report. Complaints go to standard error. */
enum pipeline_status pipeline_run(const struct pipeline_job *job);

/* How deep the next run should go if one of this depth was lost in a stage: as deep, if it can
 * do without it. */
enum pipeline_depth pipeline_next_depth(enum pipeline_depth depth, uint32_t stage);

/* Whether an outline comes through this stage, too. */
bool pipeline_is_in_outline(uint32_t stage);

#endif
