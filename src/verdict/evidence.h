/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - the facts that made a rule hold, as facts.
 */
#ifndef VERDICT_EVIDENCE_H
#define VERDICT_EVIDENCE_H

#include "verdict/finding.h"

/* Appends rows to the list (verdict.evidence[] or findings[].evidence[]). Values are read
 * anew, so what was redacted since the rule was judged stays redacted. */
void evidence_put(const struct finding *finding, const struct facts *f, struct arena *a,
		  struct fact_row *to, enum fact_id list);

/* "event.trace[].function". */
const char *evidence_path(const struct fact_path *p, struct arena *a);

#endif
