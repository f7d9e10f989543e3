/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - which processor wrote a log, from the words that only one uses.
 */
#ifndef OOPS_EVIDENCE_H
#define OOPS_EVIDENCE_H

#include "oops/report.h"

enum {
	EVIDENCE_ARCHS = 7,
};

struct evidence {
	int weight[EVIDENCE_ARCHS];
	size_t lines; /* that were looked at */
};

/* Weighs the lines of a report, unless enough is known already. */
void evidence_weigh(struct evidence *e, const struct report *r);

/* The arch as reports name it, or NULL if neither lines nor the kernel's release told. */
const char *evidence_arch(const struct evidence *e, struct str release);

#endif
