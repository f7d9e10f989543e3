/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep.h - --scan: every dump below a folder that has no report yet gets one, beside it.
 *
 * The report of DUMP is DUMP.kdtriage.txt, .md, .json ... by its format. It replaces the one
 * that a hook in the capture kernel left there, since now there is memory, time and debuginfo.
 * Where no dump of a folder can be read, or there is none (pstore), the log in it is taken.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include "triage.h"

/* The highest status of all; STATUS_COMPLETE if nothing was new. */
enum pipeline_status sweep(struct triage *t);

#endif
