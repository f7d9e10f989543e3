/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - the lines of one crash report, and what each of them is.
 *
 * collect.c gathers the lines and the head lines among them; report_read() finds in them
 * what all families have in common: traces, program counters, registers, who and where.
 * The family then adds what is its own.
 */
#ifndef OOPS_REPORT_H
#define OOPS_REPORT_H

#include "oops/event.h"
#include "oops/pattern.h"

enum {
	REPORT_HEADS = 8, /* head lines that are kept of one report */
};

struct oops_family;
struct oops_head;

enum blame_recipe {
	BLAME_NONE,        /* no frame names it */
	BLAME_PC,          /* the program counter, then the trace behind it */
	BLAME_NAMED,       /* the function in the head line, whatever it is */
	BLAME_HEAD,        /* the function in the head line, then the first trace */
	BLAME_TRACE,       /* the first trace */
	BLAME_ANY_TRACE,   /* the first frame of any trace */
	BLAME_HUNG,        /* what a task waits in */
	BLAME_STALL,       /* what a CPU was doing: the operation, not the moment */
	BLAME_INTERRUPTED, /* the same of a CPU that an interrupt found at it */
	BLAME_LOCK,        /* where a lock was asked for, then the trace of the asker */
	BLAME_LOCKS,       /* where the locks of a cycle were, then the traces of how they meet */
};

struct heading {
	const struct oops_family *family;
	const struct oops_head *row;
	struct captures captures;
	size_t line; /* index in the report */
};

enum mark_kind {
	MARK_FRAME,   /* a stack frame */
	MARK_PC,      /* where the kernel was */
	MARK_USER_PC, /* where user mode was: the bottom of a stack */
	MARK_CALLER,  /* a return address register */
	MARK_TRACE,   /* a trace begins */
	MARK_AT,      /* a place: "(rtnl_mutex){+.+.}, at: rtnl_lock+0x17/0x20" */
	MARK_STACK,   /* another stack begins: "Allocated by task 12:", "NMI backtrace for cpu 1" */
	MARK_HEAD,    /* a head line */
};

/* A line that means something to the search for the guilty function. */
struct mark {
	enum mark_kind kind;
	size_t line; /* index in the report */
	struct frame frame;
};

struct report {
	const char *text; /* all lines, each behind its stamp, one after the other */
	const struct message *line;
	size_t line_count;
	struct heading head[REPORT_HEADS]; /* the first one names the report */
	size_t head_count;
	bool cut_short; /* it had more lines than were kept */

	/* How to find the guilty function: as the row of the head line says, unless the family
	 * knows better. */
	enum blame_recipe recipe;
	const char *skip; /* list of names to pass over besides the plumbing, or NULL */
	struct str named; /* the function that a line names, if not the head line's; or empty */

	struct mark *mark; /* after report_read() */
	size_t mark_count;
};

/* Fills mark[] and what e can know without its family. Texts are slices of the lines. */
void report_read(struct report *r, struct event *e, struct arena *a);

/* The first line at or behind from that the pattern matches; STR_NONE if there is none. */
size_t report_find(const struct report *r, size_t from, const char *pattern, struct captures *c);

/* A line like those that reports are made of: a frame, registers, "Code:" ... */
bool report_is_body(struct str text);

#endif
