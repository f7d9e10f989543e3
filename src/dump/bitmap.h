/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bitmap.h - a bitmap in a file: is a bit set, and how many are set before it.
 *
 * The bitmap of a large machine has many MiB, so it is never held as a whole: it is counted
 * block by block as far as was asked, holes of a sparse file are not read at all, and the
 * blocks used last are kept.
 */
#ifndef DUMP_BITMAP_H
#define DUMP_BITMAP_H

#include "dump/source.h"

struct bitmap;

/* bits bits at off, the lowest of a byte first. Counting starts at bit first. NULL if the
 * budget does not hold its table (8 bytes for each 32,768 bits). */
struct bitmap *bitmap_new(const struct source *s, uint64_t off, uint64_t bits, uint64_t first,
			  struct arena *a);

/* Is that bit set? Bits beyond the end are not. */
enum source_result bitmap_test(struct bitmap *b, uint64_t bit, bool *set);

/* How many bits are set from first up to, and without, that one. */
enum source_result bitmap_rank(struct bitmap *b, uint64_t bit, uint64_t *count);

/* How many bits of [from, to), multiples of 64, are set in b and not in other, which is as long;
 * any: other has some there. */
enum source_result bitmap_beyond(struct bitmap *b, struct bitmap *other, uint64_t from, uint64_t to,
				 uint64_t *count, bool *any);

/* Moves *bit to the first bit at or after it that is set; false if there is none. */
bool bitmap_next(struct bitmap *b, uint64_t *bit);

#endif
