/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/literals.h"

#include <assert.h>
#include <string.h>

enum {
	BLOCK = 3,         /* bytes that are looked at together */
	BUCKETS = 1 << 14, /* of blocks: small enough to stay in the first cache */
	NOTHING = UINT16_MAX,
};

struct literals {
	const struct str *literal;
	uint8_t skip[BUCKETS];   /* by the block at the end of the window: bytes to move on */
	uint16_t first[BUCKETS]; /* where skip is 0: the first literal whose window ends so */
	uint16_t *next;          /* by literal: another one with the same block */
	uint32_t *begin;         /* by literal: its first four bytes */
};

static size_t
block(const char *p)
{
	uint32_t v = (uint32_t)(uint8_t)p[0] | (uint32_t)(uint8_t)p[1] << 8 |
		     (uint32_t)(uint8_t)p[2] << 16;

	return v * 0x9e3779b1u >> 18;
}

static uint32_t
four(const char *p)
{
	uint32_t v = 0;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void
add(struct literals *l, size_t index)
{
	const char *p = l->literal[index].p;

	assert(l->literal[index].len >= LITERAL_MIN);
	for (size_t end = BLOCK; end <= LITERAL_MIN; end++) {
		uint8_t left = (uint8_t)(LITERAL_MIN - end);
		size_t at = block(p + end - BLOCK);

		if (left < l->skip[at])
			l->skip[at] = left;
	}

	size_t last = block(p + LITERAL_MIN - BLOCK);

	l->begin[index] = four(p);
	l->next[index] = l->first[last];
	l->first[last] = (uint16_t)index;
}

struct literals *
literals_new(struct arena *a, const struct str *literal, size_t count)
{
	struct literals *l = ARENA_NEW(a, struct literals);

	assert(count < NOTHING);
	l->literal = literal;
	l->next = ARENA_ARRAY(a, uint16_t, count);
	l->begin = ARENA_ARRAY(a, uint32_t, count);
	memset(l->skip, LITERAL_MIN - BLOCK + 1, sizeof(l->skip));
	memset(l->first, 0xff, sizeof(l->first));
	for (size_t i = 0; i < count; i++)
		add(l, i);
	return l;
}

static size_t
hits_at(const struct literals *l, struct str rest, size_t off, struct literals_hit *hit, size_t max)
{
	size_t n = 0;

	uint32_t begin = four(rest.p);

	for (uint16_t i = l->first[block(rest.p + LITERAL_MIN - BLOCK)]; i != NOTHING && n < max;
	     i = l->next[i]) {
		if (l->begin[i] == begin && str_starts(rest, l->literal[i]))
			hit[n++] = (struct literals_hit){ i, off };
	}
	return n;
}

size_t
literals_find(const struct literals *l, struct str text, struct literals_hit *hit, size_t max)
{
	size_t n = 0;

	for (size_t end = LITERAL_MIN; end <= text.len && n < max;) {
		size_t skip = l->skip[block(text.p + end - BLOCK)];

		if (skip == 0) {
			size_t off = end - LITERAL_MIN;

			n += hits_at(l, str_from(text, off), off, hit + n, max - n);
			skip = 1;
		}
		end += skip;
	}
	return n;
}
