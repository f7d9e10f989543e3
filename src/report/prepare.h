/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prepare.h - the hidden facts that only templates use: units, words, what is worth showing.
 */
#ifndef REPORT_PREPARE_H
#define REPORT_PREPARE_H

#include "facts/facts.h"

/* Called when all else is known; may be called again. First: no report was written before to
 * the same place. */
void prepare_facts(struct facts *f, bool first, struct arena *a);

#endif
