/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * choose.h - which event the machine died of, and what set the panic off.
 */
#ifndef OOPS_CHOOSE_H
#define OOPS_CHOOSE_H

#include "oops/oops.h"

struct boot_facts {
	uint64_t end;    /* number of its last line */
	bool is_capture; /* it is the kernel that saved the dump of the one before */
};

struct boots {
	struct boot_facts (*get)(const void *ctx, uint32_t boot);
	const void *ctx;
};

/* Sets chosen, the fatal mark of the chosen event, and panic_*; the events are complete and
 * in order. */
void choose_fatal(struct oops_report *o, struct boots boots);

/* Chooses anew, knowing that no CPU has panicked: the log's end was taken for the machine's. A
 * panic in the log is believed rather than that. */
void choose_survivor(struct oops_report *o);

#endif
