/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * render.h - a report as text, for the tests of this folder.
 */
#ifndef TESTS_REPORT_RENDER_H
#define TESTS_REPORT_RENDER_H

#include "facts_file.h"
#include "report/output.h"

#include <stdlib.h>

/* What output_write() writes, or its error's text. */
static inline const char *
render(struct arena *a, struct facts *f, const struct output_options *o)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	const struct error *e = output_write(o, f, a, out);

	fclose(out);

	const char *copy = e == NULL ? arena_printf(a, "%s", text) : error_text(a, e);

	free(text);
	return copy;
}

static inline const char *
render_facts(struct arena *a, const char *facts, const char *format)
{
	return render(a, facts_file_parse(a, str_of(facts)),
		      &(struct output_options){ .format = format });
}

#endif
