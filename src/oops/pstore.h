/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pstore.h - logs that firmware or a piece of memory kept over a crash: parts of the end of
 * the log, the last one first, each below a line "Panic#2 Part1".
 */
#ifndef OOPS_PSTORE_H
#define OOPS_PSTORE_H

#include "base/str.h"

/* "Oops#1 Part3": of which event, and which part of it. */
bool pstore_is_header(struct str line, uint64_t *event, uint64_t *part);

/* "====1234567890.123456-D" above a ramoops record: nobody's message. */
bool pstore_is_ramoops_header(struct str line);

/* The parts of a text in the order in which they were written: a copy in the arena, or the
 * text itself if nothing has to be moved. */
struct str pstore_in_order(struct str text, struct arena *a);

#endif
