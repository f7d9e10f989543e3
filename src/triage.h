/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * triage.h - a report about a dump, whatever the dump does to the program that reads it.
 *
 * The process that the user started never looks into a dump. A worker runs the pipeline; if it
 * dies, the next one leaves out the stage that it died in (unless an outline has shown that the
 * stage is harmless: then it gets a second chance); if that does not help, or the time is
 * over, one outlines what header, VMCOREINFO and log say; and at last the report only says
 * what happened. Each report has the reasons in its diagnostics. Workers are confined
 * (host/sandbox.h) and write to files that were opened before.
 */
#ifndef TRIAGE_H
#define TRIAGE_H

#include "inputs.h"
#include "options.h"
#include "pipeline.h"

/* One run of the program. */
struct triage {
	const struct options *o;
	const struct rules *rules;
	uint64_t rules_ns; /* that it took to load them */
	struct arena *a;
	bool has_outline; /* at the output file, and no worker was lost over it */
	bool gave_up;     /* every worker was lost */
	int stopped_by;   /* the signal that told the program to end; then nothing more is done */
};

/* Which of the files named belong together: inputs_sort(), but hostile bytes are looked at
 * by a worker. */
const struct error *triage_sort(struct triage *t, struct inputs *out) MUST_CHECK;

/* What each file is, said by a worker; one that it died of, and all behind, are INPUT_ALONE. */
const struct error *triage_classify(struct triage *t, const char *const *paths, size_t count,
				    enum input_class *out) MUST_CHECK;

/* Where reports go, and where the next one stands among them. */
struct triage_output {
	FILE *stream;
	size_t index;   /* of the input, from 0 */
	size_t count;   /* of inputs */
	size_t written; /* reports so far */
};

/* Appends the report about one input to out. */
enum pipeline_status triage_input(struct triage *t, const struct input *in,
				  const struct triage_output *out);

/* Writes the report of header, VMCOREINFO and log to the output file, which a later report
 * will replace: what is left if the machine dies of that one. */
enum pipeline_status triage_outline(struct triage *t, const struct input *in);

#endif
