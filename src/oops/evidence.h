/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - which processor wrote a log, from the words that only one uses.
 */
#ifndef OOPS_EVIDENCE_H
#define OOPS_EVIDENCE_H

#include "oops/report.h"

/* The arch as reports name it, or NULL if a report does not tell. */
const char *evidence_arch(const struct report *r);

#endif
