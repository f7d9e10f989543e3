/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity.h - the lines of a report that say who, where and with what: "CPU: 0 PID: 1
 * Comm: x", "Tainted:", "Hardware name:", "Code:", page-table entries.
 */
#ifndef OOPS_IDENTITY_H
#define OOPS_IDENTITY_H

#include "oops/event.h"

struct identity {
	struct event *event;
	bool has_who;         /* the first "CPU: PID: Comm:" counts, not that of a later panic */
	bool code_wanted;     /* a "Code:" line here is that of the kernel's own fault */
	bool page_table_done; /* page-table entries here are not those of the fault */
};

/* True if the line is one of these; it is put into the event. */
bool identity_line(struct identity *id, struct str text);

/* "G        W  O    5.10.0 #1": cuts the letters off the front; false if there are none. */
bool identity_take_taint(struct str *s, struct str *letters);

#endif
