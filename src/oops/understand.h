/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * understand.h - a complete report -> an event.
 */
#ifndef OOPS_UNDERSTAND_H
#define OOPS_UNDERSTAND_H

#include "oops/family.h"

/* Everything in the event lives in a. r is used up: its texts are moved there. */
void understand(struct report *r, const struct skips *skips, struct arena *a, struct event *e);

/* Puts the panic of a line into the event that ended in it. The text is borrowed. */
void understand_panic(struct event *e, const struct heading *h, struct str text);

/* The report of a panic whose event is complete: who panicked. In a; r is used up. */
void understand_panicker(struct report *r, struct arena *a, struct event_panicker *out);

#endif
