/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extents.h - which of many, perhaps overlapping, pieces of an address space holds a byte.
 *
 * Built once in n log n; then every address belongs to at most one extent.
 */
#ifndef DUMP_EXTENTS_H
#define DUMP_EXTENTS_H

#include "base/arena.h"

#include <stdint.h>

/* What is put in: [from, to). */
struct piece {
	uint64_t from, to;
};

/* What comes out: a part of a piece that no better piece covers. */
struct extent {
	uint64_t from, to;
	uint32_t piece;
};

struct extents {
	struct extent *extent; /* ascending, without overlap */
	size_t count;
};

/* The pieces come best first: where two overlap, the one with the lower index wins. False
 * if the budget does not allow it. */
bool extents_build(const struct piece *piece, size_t count, struct arena *a,
		   struct extents *out) MUST_CHECK;

/* The first extent that ends behind addr: it may start behind addr too. NULL if none. */
const struct extent *extents_find(const struct extents *e, uint64_t addr);

#endif
