/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect.h - gathers the lines of crash reports while a log goes by.
 *
 * Where printk's caller ids are there, reports of several CPUs and tasks are gathered side
 * by side; a line belongs to the open report of its caller. Without them there is one open
 * report at a time. A head line either belongs to the open report (the trap behind a BUG,
 * the panic behind an oops) or closes it and opens the next.
 */
#ifndef OOPS_COLLECT_H
#define OOPS_COLLECT_H

#include "oops/heads.h"
#include "oops/tail.h"

struct collector;

/* What becomes of the reports. A report and its lines are borrowed for the call. */
struct collector_sink {
	/* A report is complete. */
	void (*report)(void *ctx, const struct report *r);

	/* A panic that a report ended in which is complete already; false if there is none,
	 * and then the panic is a report of its own. */
	bool (*panic)(void *ctx, const struct heading *h, const struct message *m);

	/* What followed the line of such a panic. */
	void (*panicker)(void *ctx, const struct report *r);

	void *ctx;
};

struct collector *collector_new(struct arena *a, struct collector_sink sink);

/* m has no head line. */
void collector_line(struct collector *c, const struct message *m);

/* m holds the head line h; before are the messages before it. */
void collector_head(struct collector *c, const struct message *m, const struct heading *h,
		    const struct tail *before);

/* The message before m was printed anew: what was taken of it goes. */
void collector_replay(struct collector *c, const struct message *m);

/* Completes all that is open, oldest first. */
void collector_flush(struct collector *c);

#endif
