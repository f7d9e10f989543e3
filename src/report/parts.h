/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.h - a report that must not be longer than a tracker takes.
 *
 * A template cuts itself into parts with lines of their own: {{>part 3 Registers}} begins a
 * part of rank 3 that is called "Registers", {{>part}} one that is never left out. If the
 * report is too long, all parts of the highest rank are left out, then those of the next, and
 * where {{>left-out}} stands a sentence says which. Marks are control characters, which no
 * value can hold.
 */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "base/text.h"

#define PARTS_MARK "\x1c"

enum {
	PARTS_RANKS = 9, /* 1 is left out last */
};

/* The line that "part 3 Registers", "part" or "left-out" stands for; false if the name is
 * none of these. */
bool parts_mark(struct str name, struct arena *a, struct str *line);

/* Some part has that rank. */
bool parts_have(struct str in, int rank);

/* The text without marks and without parts of that rank and above. */
void parts_write(struct str in, int rank, size_t limit, struct text *out);

/* The lines that fit, and one that says that it was cut. */
void parts_cut(struct str in, size_t limit, struct text *out);

#endif
