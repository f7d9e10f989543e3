/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/pfnset.h"

#include <stdlib.h>

enum {
	WORDS = 8,
	SHIFT = 9, /* 512 page frames a block */
	CAP_FIRST = 64,
};

struct pfnset_block {
	uint64_t key; /* pfn >> SHIFT, plus one: 0 is a free place */
	uint64_t word[WORDS];
};

static struct pfnset_block *
place_of(struct pfnset_block *block, size_t cap, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (cap - 1);

	while (block[i].key != 0 && block[i].key != key)
		i = (i + 1) & (cap - 1);
	return &block[i];
}

static bool
grow(struct pfnset *s)
{
	size_t cap = s->cap == 0 ? CAP_FIRST : s->cap * 2;
	struct pfnset_block *more = ARENA_TRY_ARRAY(s->arena, struct pfnset_block, cap);

	if (more == NULL) {
		s->full = true;
		return false;
	}
	for (size_t i = 0; i < s->cap; i++) {
		if (s->block[i].key != 0)
			*place_of(more, cap, s->block[i].key) = s->block[i];
	}
	s->block = more;
	s->cap = cap;
	return true;
}

bool
pfnset_add(struct pfnset *s, uint64_t pfn)
{
	uint64_t bit = (uint64_t)1 << (pfn & 63);

	if (s->used * 2 >= s->cap && !grow(s))
		return false;

	struct pfnset_block *b = place_of(s->block, s->cap, (pfn >> SHIFT) + 1);
	uint64_t *word = &b->word[pfn >> 6 & (WORDS - 1)];

	if (b->key == 0) {
		b->key = (pfn >> SHIFT) + 1;
		s->used++;
	}
	if ((*word & bit) != 0)
		return false;
	*word |= bit;
	s->count++;
	return true;
}

bool
pfnset_has(const struct pfnset *s, uint64_t pfn)
{
	if (s->cap == 0)
		return false;

	const struct pfnset_block *b = place_of(s->block, s->cap, (pfn >> SHIFT) + 1);

	return (b->word[pfn >> 6 & (WORDS - 1)] >> (pfn & 63) & 1) != 0;
}

static int
compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Appends the page frames of b to list. */
static size_t
list_block(const struct pfnset_block *b, uint64_t *list, size_t n)
{
	for (size_t w = 0; w < WORDS; w++) {
		for (uint64_t left = b->word[w]; left != 0; left &= left - 1)
			list[n++] =
				((b->key - 1) << SHIFT) + w * 64 + (uint64_t)__builtin_ctzll(left);
	}
	return n;
}

const uint64_t *
pfnset_list(const struct pfnset *s, struct arena *a, size_t *count)
{
	uint64_t *list = ARENA_TRY_ARRAY(a, uint64_t, (size_t)s->count + 1);
	size_t n = 0;

	*count = 0;
	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < s->cap; i++)
		n = list_block(&s->block[i], list, n);
	qsort(list, n, sizeof(list[0]), compare_numbers);
	*count = n;
	return list;
}
