/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heads.h - finding the head line of a report: the rows of all families, behind one search
 * for their literals.
 */
#ifndef OOPS_HEADS_H
#define OOPS_HEADS_H

#include "oops/family.h"
#include "oops/literals.h"

struct heads;

/* extra are literals of the caller's own, which the same search looks for. */
struct heads *heads_new(struct arena *a, const struct str *extra, size_t extra_count);

enum {
	HEADS_EXTRA_HITS = 4, /* of one line that are told */
};

struct heads_found {
	struct heading heading; /* with head */
	bool head;
	size_t extra[HEADS_EXTRA_HITS]; /* indexes of the extra literals that the line holds */
	size_t extra_count;
};

/* False, almost always, if the line holds no literal. */
bool heads_find(const struct heads *h, struct str text, struct heads_found *found);

#endif
