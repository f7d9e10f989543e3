/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - which output formats exist, and writing a report in one.
 *
 * A text format is a template: a file in templates/, embedded in the program; its name is
 * the format's. Names with a dot (report.schema.json) or a leading underscore (partials of
 * other templates) are no formats. A structured format is a C function and a row in
 * output.c.
 */
#ifndef REPORT_OUTPUT_H
#define REPORT_OUTPUT_H

#include "base/error.h"
#include "facts/facts.h"
#include "report/redact.h"

#include <stdio.h>

struct output_options {
	const char *format;   /* "json", "markdown", a template's name; NULL: text */
	const char *template; /* --template=FILE, or NULL */
	bool color;           /* the terminal shows colours */
	unsigned int width;   /* columns of the terminal; 0: not one */

	/* Several reports that go to the same place: JSON is one object a line, other formats
	 * are one document. */
	size_t index;   /* of the input, from 0 */
	size_t count;   /* of inputs; 0 or 1: the report stands alone */
	size_t written; /* reports before this one */

	/* What redact_facts() was called with: facts that came later are redacted too, and the
	 * finished text is searched. NULL: nothing is. */
	struct redaction *redaction;
};

/* An input of several of which there is no report. */
struct output_missing {
	struct str name; /* of the input */
	struct str why;
};

/* Is there such a format (or can that template be read and understood)? Called before the
 * dump is opened, so that a typing error costs no time. */
const struct error *output_check(const struct output_options *o, struct arena *a) MUST_CHECK;

/* Writes the whole report. The facts are complete; only what the report says of itself is
 * added here (hidden facts for templates, redaction.residual[]). A full disk or a closed pipe
 * is an error of this call: it flushes. */
const struct error *output_write(const struct output_options *o, struct facts *f, struct arena *a,
				 FILE *out) MUST_CHECK;

/* The same for an input without a report, in formats that have a place for it. */
const struct error *output_write_missing(const struct output_options *o,
					 const struct output_missing *m, struct arena *a,
					 FILE *out) MUST_CHECK;

/* Names of all formats, NULL-terminated. */
const char *const *output_formats(struct arena *a);

#endif
