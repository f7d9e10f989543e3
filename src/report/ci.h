/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ci.h - the formats that CI systems read: JUnit XML, TAP, and GitHub's annotations.
 *
 * To a CI system a dump is a test that passed if no crash was found in it. Several dumps are
 * tests of one run: the first one's report has the beginning of the document, the last one's
 * the end. A dump without a report is a test that could not be run.
 */
#ifndef REPORT_CI_H
#define REPORT_CI_H

#include "base/text.h"
#include "report/output.h"

/* What such a system shows of a report. */
struct ci_result {
	struct str name;    /* of the input */
	struct str kind;    /* or empty */
	struct str title;   /* one line, never empty */
	struct str summary; /* or empty */
	bool failed;        /* a crash was found */
};

struct ci_result ci_result_of(const struct facts *f);

/* The report as the format "text" has it, for 80 columns. */
const struct error *ci_text_report(const struct facts *f, struct arena *a,
				   struct str *out) MUST_CHECK;

void junit_begin(const struct output_options *o, struct text *out);
const struct error *junit_render(const struct output_options *o, const struct facts *f,
				 struct arena *a, struct str *out) MUST_CHECK;
void junit_missing(const struct output_options *o, const struct output_missing *m,
		   struct text *out);
void junit_end(const struct output_options *o, struct text *out);

void tap_begin(const struct output_options *o, struct text *out);
const struct error *tap_render(const struct output_options *o, const struct facts *f,
			       struct arena *a, struct str *out) MUST_CHECK;
void tap_missing(const struct output_options *o, const struct output_missing *m, struct text *out);

const struct error *github_render(const struct output_options *o, const struct facts *f,
				  struct arena *a, struct str *out) MUST_CHECK;
void github_missing(const struct output_options *o, const struct output_missing *m,
		    struct text *out);

#endif
