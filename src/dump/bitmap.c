/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/bitmap.h"

#include <string.h>

enum {
	BLOCK_LEN = 4096,
	BLOCK_BITS = BLOCK_LEN * 8,
	WORDS = BLOCK_LEN / 8,
	KEPT = 8,            /* blocks */
	STEP_LEN = 64 << 10, /* counted at a time */
	STEP_BLOCKS = STEP_LEN / BLOCK_LEN,
};

struct block {
	uint64_t number; /* plus one; 0: none */
	uint64_t word[WORDS];
	uint16_t before[WORDS]; /* bits set in the words before that one */
};

struct bitmap {
	const struct source *source;
	uint64_t off;
	uint64_t bits;
	uint64_t first;
	uint64_t blocks;
	uint64_t *before; /* bits set before a block, from first on; [0 .. counted] */
	uint64_t counted; /* blocks */
	struct block *kept;
	uint64_t *step; /* STEP_LEN bytes */
};

struct bitmap *
bitmap_new(const struct source *s, uint64_t off, uint64_t bits, uint64_t first, struct arena *a)
{
	struct bitmap *b = ARENA_NEW(a, struct bitmap);

	b->source = s;
	b->off = off;
	b->bits = bits;
	b->first = first;
	b->blocks = bits / BLOCK_BITS + (bits % BLOCK_BITS != 0);
	if (b->blocks >= SIZE_MAX / 8)
		return NULL;
	b->before = ARENA_TRY_ARRAY(a, uint64_t, (size_t)b->blocks + 1);
	b->kept = ARENA_TRY_ARRAY(a, struct block, KEPT);
	b->step = ARENA_TRY_ARRAY(a, uint64_t,
				  b->blocks > STEP_BLOCKS ? STEP_LEN / 8 : b->blocks * WORDS);
	if (b->before == NULL || b->kept == NULL || b->step == NULL)
		return NULL;
	return b;
}

/* Without the bits of word number w of the bitmap that stand before b->first, or beyond
 * its end. */
static uint64_t
trim(const struct bitmap *b, uint64_t w, uint64_t v)
{
	uint64_t from = w * 64;

	if (b->first > from)
		v = b->first - from >= 64 ? 0 : v & ~(uint64_t)0 << (b->first - from);
	if (b->bits < from + 64)
		v = b->bits <= from ? 0 : v & ~(uint64_t)0 >> (from + 64 - b->bits);
	return v;
}

/* Reads blocks blocks, the last one perhaps in part, into word. */
static enum source_result
read_blocks(const struct bitmap *b, uint64_t block, size_t blocks, uint64_t *word)
{
	uint64_t off = block * BLOCK_LEN;
	uint64_t left = b->bits / 8 + (b->bits % 8 != 0) - off;
	size_t len = blocks * (size_t)BLOCK_LEN;

	if (len > left) {
		memset(word, 0, len);
		len = (size_t)left;
	}
	if (b->off > UINT64_MAX - off)
		return SOURCE_END;

	enum source_result got = source_read(b->source, b->off + off, word, len);

	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) {
		for (size_t i = 0; i < blocks * WORDS; i++)
			word[i] = __builtin_bswap64(word[i]);
	}
	return got;
}

static uint64_t
count_block(const struct bitmap *b, uint64_t block, const uint64_t *word)
{
	uint64_t n = 0;
	bool whole = block * BLOCK_BITS >= b->first && (block + 1) * BLOCK_BITS <= b->bits;

	for (size_t i = 0; i < WORDS; i++) {
		if (word[i] != 0)
			n += (uint64_t)__builtin_popcountll(
				whole ? word[i] : trim(b, block * WORDS + i, word[i]));
	}
	return n;
}

/* Blocks from b->counted on that lie in a hole of the file: nothing is set in them. */
static uint64_t
blocks_in_hole(const struct bitmap *b, uint64_t upto)
{
	uint64_t at = b->off + b->counted * BLOCK_LEN;
	uint64_t data = source_next_data(b->source, at);
	uint64_t n = data <= at ? 0 : (data - at) / BLOCK_LEN;

	return n < upto - b->counted ? n : upto - b->counted;
}

/* Counts so that before[block] is known. */
static enum source_result
count_upto(struct bitmap *b, uint64_t block)
{
	while (b->counted < block) {
		uint64_t left = block - b->counted;
		uint64_t hole = left > STEP_BLOCKS ? blocks_in_hole(b, block) : 0;

		for (; hole != 0; hole--, b->counted++)
			b->before[b->counted + 1] = b->before[b->counted];
		left = block - b->counted;
		if (left > STEP_BLOCKS)
			left = STEP_BLOCKS;

		enum source_result got = read_blocks(b, b->counted, (size_t)left, b->step);

		if (got != SOURCE_READ)
			return got;
		for (size_t i = 0; i < left; i++, b->counted++)
			b->before[b->counted + 1] = b->before[b->counted] +
						    count_block(b, b->counted, b->step + i * WORDS);
	}
	return SOURCE_READ;
}

/* Bits of the steps of both, which start at block, within [from, to). */
static uint64_t
count_beyond(const struct bitmap *b, const struct bitmap *other, uint64_t block, uint64_t from,
	     uint64_t to, bool *any)
{
	uint64_t first = block * WORDS, n = 0;

	for (uint64_t w = from / 64 > first ? from / 64 : first;
	     w < to / 64 && w < first + STEP_LEN / 8; w++) {
		uint64_t v = b->step[w - first] & ~other->step[w - first];

		*any |= other->step[w - first] != 0;
		if (v != 0)
			n += (uint64_t)__builtin_popcountll(trim(b, w, v));
	}
	return n;
}

enum source_result
bitmap_beyond(struct bitmap *b, struct bitmap *other, uint64_t from, uint64_t to, uint64_t *count,
	      bool *any)
{
	uint64_t block = from / BLOCK_BITS;
	uint64_t end = to / BLOCK_BITS + (to % BLOCK_BITS != 0);

	*count = 0;
	*any = false;
	if (end > b->blocks)
		end = b->blocks;
	while (block < end) {
		uint64_t at = b->off + block * BLOCK_LEN;
		uint64_t hole = source_next_data(b->source, at);
		uint64_t left = end - block < STEP_BLOCKS ? end - block : STEP_BLOCKS;

		if (hole > at && (hole - at) / BLOCK_LEN != 0) {
			block += (hole - at) / BLOCK_LEN; /* nothing is set there */
			continue;
		}

		enum source_result got = read_blocks(b, block, (size_t)left, b->step);

		if (got == SOURCE_READ)
			got = read_blocks(other, block, (size_t)left, other->step);
		if (got != SOURCE_READ)
			return got;
		*count += count_beyond(
			b, other, block, from,
			to < (block + left) * BLOCK_BITS ? to : (block + left) * BLOCK_BITS, any);
		block += left;
	}
	return SOURCE_READ;
}

static enum source_result
get_block(struct bitmap *b, uint64_t number, struct block **out)
{
	struct block *k = &b->kept[number % KEPT];
	uint16_t before = 0;

	*out = k;
	if (k->number == number + 1)
		return SOURCE_READ;
	k->number = 0;

	enum source_result got = read_blocks(b, number, 1, k->word);

	if (got != SOURCE_READ)
		return got;
	for (size_t i = 0; i < WORDS; i++) {
		k->before[i] = before;
		if (k->word[i] != 0)
			before = (uint16_t)(before + __builtin_popcountll(trim(
							     b, number * WORDS + i, k->word[i])));
	}
	k->number = number + 1;
	return SOURCE_READ;
}

enum source_result
bitmap_test(struct bitmap *b, uint64_t bit, bool *set)
{
	struct block *k = NULL;

	*set = false;
	if (bit >= b->bits)
		return SOURCE_READ;

	enum source_result got = get_block(b, bit / BLOCK_BITS, &k);

	if (got == SOURCE_READ)
		*set = (k->word[bit % BLOCK_BITS / 64] >> (bit % 64) & 1) != 0;
	return got;
}

enum source_result
bitmap_rank(struct bitmap *b, uint64_t bit, uint64_t *count)
{
	struct block *k = NULL;
	uint64_t number = bit / BLOCK_BITS;

	if (bit > b->bits)
		return SOURCE_END;

	enum source_result got = count_upto(b, number);

	if (got != SOURCE_READ)
		return got;
	*count = b->before[number];
	if (bit == number * BLOCK_BITS)
		return SOURCE_READ;
	got = get_block(b, number, &k);
	if (got != SOURCE_READ)
		return got;

	size_t w = (size_t)(bit % BLOCK_BITS / 64);
	uint64_t below = ((uint64_t)1 << (bit % 64)) - 1;

	*count += k->before[w];
	*count += (uint64_t)__builtin_popcountll(trim(b, bit / 64, k->word[w]) & below);
	return SOURCE_READ;
}

/* The first bit set in block number, from bit at on; false if there is none. */
static bool
next_in_block(const struct block *k, uint64_t number, uint64_t at, uint64_t *bit)
{
	size_t w = (size_t)(at % BLOCK_BITS / 64);
	uint64_t here = k->word[w] & ~(uint64_t)0 << (at % 64);

	while (here == 0 && ++w < WORDS)
		here = k->word[w];
	if (here == 0)
		return false;
	*bit = number * BLOCK_BITS + w * 64 + (uint64_t)__builtin_ctzll(here);
	return true;
}

/* Where data start again if bit at lies in a hole of the file; at itself if not. */
static uint64_t
past_hole(const struct bitmap *b, uint64_t at)
{
	uint64_t from = b->off + at / 8;
	uint64_t data = source_next_data(b->source, from);

	return data <= from ? at : (data - b->off) * 8;
}

bool
bitmap_next(struct bitmap *b, uint64_t *bit)
{
	uint64_t at = *bit;

	while (at < b->bits) {
		uint64_t number = at / BLOCK_BITS;
		struct block *k = &b->kept[number % KEPT];

		if (k->number != number + 1 && past_hole(b, at) / BLOCK_BITS != number)
			at = past_hole(b, at);
		else if (get_block(b, number, &k) != SOURCE_READ)
			return false;
		else if (next_in_block(k, number, at, bit))
			return *bit < b->bits;
		else
			at = (number + 1) * BLOCK_BITS;
	}
	return false;
}
