/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - the facts as one JSON object.
 *
 * It has no knowledge of single facts: the schema says where each goes. Known facts stand at
 * their paths, in the order of schema.def; addresses are strings. provenance{} has the
 * origin, unknown{} the reason, of every fact that is not inside a list, and of lists as a
 * whole. The same facts give the same bytes.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "report/output.h"

/* The text, with a line feed at its end. */
const struct error *report_render_json(const struct output_options *o, const struct facts *f,
				       struct arena *a, struct str *out) MUST_CHECK;

#endif
