/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events.h - the events of a log: repeated ones joined, their number capped, one chosen.
 */
#ifndef OOPS_EVENTS_H
#define OOPS_EVENTS_H

#include "base/limits.h"
#include "oops/event.h"

struct events {
	struct arena *arena; /* of the run */
	struct {
		struct event *event;
		struct arena *arena; /* of it and its texts */
	} kept[LIMIT_EVENTS];
	size_t count;
	uint64_t dropped;
};

/* Takes over an event and the arena that its texts live in. When there is no more room the
 * one in the middle goes: the first ones show how it began, the last ones how it ended. */
void events_add(struct events *v, const struct event *e, struct arena *texts);

/* The newest event of a boot that is of one of the classes; NULL if there is none. */
struct event *events_newest(struct events *v, unsigned classes, uint32_t boot);

/* In the order of the log; the arenas of what is left go over to the arena of the run. */
struct event *events_finish(struct events *v);

#endif
