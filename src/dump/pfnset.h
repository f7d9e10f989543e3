/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pfnset.h - a set of page frame numbers: dense runs cost a bit each, lone ones 80 bytes.
 */
#ifndef DUMP_PFNSET_H
#define DUMP_PFNSET_H

#include "base/arena.h"

#include <stdint.h>

struct pfnset {
	struct arena *arena;
	struct pfnset_block *block; /* open addressing by pfn / 512 */
	size_t cap;                 /* a power of two, or 0 */
	size_t used;
	uint64_t count; /* page frames in the set */
	bool full;      /* the budget did not allow it to grow; some are missing */
};

/* False if it was there already, or does not fit. */
bool pfnset_add(struct pfnset *s, uint64_t pfn);
bool pfnset_has(const struct pfnset *s, uint64_t pfn);

/* All of them, ascending, in the arena; NULL with *count 0 if there is no memory for it. */
const uint64_t *pfnset_list(const struct pfnset *s, struct arena *a, size_t *count);

#endif
