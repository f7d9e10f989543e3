/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/pages.h"

#include "dump/pfnset.h"

#include <string.h>

enum {
	NO_SLOT = 0, /* slot[0] is the head of the list of all slots by last use */
	CHUNK_BYTES = 64 << 10,
	BUCKETS_FIRST = 256,
};

struct slot {
	uint64_t pfn;
	uint8_t *room;       /* page_len bytes */
	const uint8_t *page; /* room, or the page of zeros */
	uint32_t chain;      /* next in its bucket */
	uint32_t older, newer;
};

struct pages {
	struct page_source from;
	struct arena *arena;
	uint8_t shift;
	const uint8_t *zeros;
	struct slot *slot;
	size_t slot_count, slot_cap; /* slot_count - 1 pages are in use */
	uint32_t *bucket;
	size_t bucket_count;
	uint8_t *chunk; /* room for pages that is not in use yet */
	size_t chunk_left;
	uint32_t free;       /* a slot without a page, or NO_SLOT */
	uint32_t last;       /* the slot asked for last */
	struct pfnset asked; /* read or not; without holes */
	struct pfnset corrupt;
	uint64_t read_count;
};

struct pages *
pages_new(struct page_source from, struct arena *a)
{
	struct pages *p = ARENA_NEW(a, struct pages);

	p->from = from;
	p->arena = a;
	p->shift = (uint8_t)__builtin_ctz(from.page_len);
	p->zeros = arena_alloc(a, from.page_len, 1);
	p->slot_cap = BUCKETS_FIRST;
	p->slot = ARENA_ARRAY(a, struct slot, p->slot_cap);
	p->slot_count = 1;
	p->bucket_count = BUCKETS_FIRST;
	p->bucket = ARENA_ARRAY(a, uint32_t, p->bucket_count);
	p->asked.arena = a;
	p->corrupt.arena = a;
	return p;
}

static uint32_t *
bucket_of(const struct pages *p, uint64_t pfn)
{
	return &p->bucket[(size_t)(pfn * 0x9e3779b97f4a7c15u >> 32) & (p->bucket_count - 1)];
}

static uint32_t
find_slot(const struct pages *p, uint64_t pfn)
{
	uint32_t i = *bucket_of(p, pfn);

	while (i != NO_SLOT && p->slot[i].pfn != pfn)
		i = p->slot[i].chain;
	return i;
}

static void
take_off_list(struct pages *p, uint32_t i)
{
	struct slot *s = &p->slot[i];

	p->slot[s->older].newer = s->newer;
	p->slot[s->newer].older = s->older;
}

static void
put_newest(struct pages *p, uint32_t i)
{
	struct slot *head = &p->slot[0], *s = &p->slot[i];

	s->older = head->older;
	s->newer = 0;
	p->slot[head->older].newer = i;
	head->older = i;
}

static void
put_into_bucket(struct pages *p, uint32_t i)
{
	uint32_t *b = bucket_of(p, p->slot[i].pfn);

	p->slot[i].chain = *b;
	*b = i;
}

static void
take_out_of_bucket(struct pages *p, uint32_t i)
{
	uint32_t *at = bucket_of(p, p->slot[i].pfn);

	while (*at != i)
		at = &p->slot[*at].chain;
	*at = p->slot[i].chain;
}

/* More buckets, so that chains stay short. */
static bool
grow_buckets(struct pages *p)
{
	uint32_t *more = ARENA_TRY_ARRAY(p->arena, uint32_t, p->bucket_count * 2);

	if (more == NULL)
		return false;
	p->bucket = more;
	p->bucket_count *= 2;
	for (uint32_t i = 1; i < p->slot_count; i++)
		put_into_bucket(p, i);
	return true;
}

static bool
grow_slots(struct pages *p)
{
	struct slot *more = ARENA_TRY_ARRAY(p->arena, struct slot, p->slot_cap * 2);

	if (more == NULL)
		return false;
	memcpy(more, p->slot, p->slot_count * sizeof(*more));
	p->slot = more;
	p->slot_cap *= 2;
	return true;
}

/* Room for one more page, or NULL if the budget has none. The first PAGES_HELD pages are
 * had even if the budget says no: without them nothing can be read. */
static uint8_t *
new_room(struct pages *p)
{
	uint32_t len = p->from.page_len;

	if (p->chunk_left == 0) {
		size_t count = CHUNK_BYTES / len == 0 ? 1 : CHUNK_BYTES / len;

		p->chunk = arena_try(p->arena, count, len);
		if (p->chunk == NULL) {
			count = 1;
			p->chunk =
				p->slot_count <= PAGES_HELD ? arena_alloc(p->arena, 1, len) : NULL;
		}
		p->chunk_left = p->chunk == NULL ? 0 : count;
	}
	if (p->chunk_left == 0)
		return NULL;

	uint8_t *room = p->chunk;

	p->chunk += len;
	p->chunk_left--;
	return room;
}

/* A new slot, on no list; NO_SLOT if the cache may not grow. */
static uint32_t
new_slot(struct pages *p)
{
	size_t most = PAGES_CACHE_BYTES / p->from.page_len;

	if (p->free != NO_SLOT) {
		uint32_t i = p->free;

		p->free = NO_SLOT;
		return i;
	}
	if (p->slot_count > (most < PAGES_HELD ? PAGES_HELD : most))
		return NO_SLOT;
	if (p->slot_count == p->slot_cap && !grow_slots(p))
		return NO_SLOT;
	if (p->slot_count > p->bucket_count && !grow_buckets(p))
		return NO_SLOT;

	uint8_t *room = new_room(p);

	if (room == NULL)
		return NO_SLOT;
	p->slot[p->slot_count].room = room;
	return (uint32_t)p->slot_count++;
}

/* The slot that was used longest ago, taken from its lists. */
static uint32_t
oldest_slot(struct pages *p)
{
	uint32_t i = p->slot[0].newer;

	take_off_list(p, i);
	take_out_of_bucket(p, i);
	return i;
}

/* The page that was not in the cache. */
static const uint8_t *
fetch(struct pages *p, uint64_t pfn, enum page_state *why)
{
	uint32_t i = new_slot(p);
	bool zero = false;

	if (i == NO_SLOT)
		i = oldest_slot(p);

	struct slot *s = &p->slot[i];

	*why = p->from.fetch(p->from.self, pfn, s->room, &zero);
	if (*why != PAGE_HOLE && pfnset_add(&p->asked, pfn) && *why == PAGE_PRESENT)
		p->read_count++;
	if (*why == PAGE_CORRUPT)
		(void)pfnset_add(&p->corrupt, pfn);
	if (*why != PAGE_PRESENT) {
		p->free = i;
		return NULL;
	}
	s->pfn = pfn;
	s->page = zero ? p->zeros : s->room;
	put_into_bucket(p, i);
	put_newest(p, i);
	p->last = i;
	return s->page;
}

const uint8_t *
pages_get(struct pages *p, uint64_t pfn, enum page_state *why)
{
	uint32_t i = p->last;

	*why = PAGE_PRESENT;
	if (i != NO_SLOT && p->slot[i].pfn == pfn)
		return p->slot[i].page;
	i = find_slot(p, pfn);
	if (i == NO_SLOT && pfnset_has(&p->corrupt, pfn)) {
		*why = PAGE_CORRUPT;
		return NULL;
	}
	if (i == NO_SLOT)
		return fetch(p, pfn, why);
	take_off_list(p, i);
	put_newest(p, i);
	p->last = i;
	return p->slot[i].page;
}

const struct error *
pages_read(void *self, uint64_t addr, void *buf, size_t len)
{
	struct pages *p = self;
	uint8_t *to = buf;

	if (len != 0 && addr > UINT64_MAX - (len - 1))
		return page_state_error(PAGE_HOLE);
	while (len != 0) {
		size_t off = (size_t)(addr & (p->from.page_len - 1));
		size_t step = p->from.page_len - off;
		enum page_state why = PAGE_HOLE;
		const uint8_t *page = pages_get(p, addr >> p->shift, &why);

		if (page == NULL)
			return page_state_error(why);
		if (step > len)
			step = len;
		memcpy(to, page + off, step);
		to += step;
		addr += step;
		len -= step;
	}
	return NULL;
}

const uint64_t *
pages_asked(const struct pages *p, struct arena *a, size_t *count)
{
	return pfnset_list(&p->asked, a, count);
}

uint64_t
pages_read_count(const struct pages *p)
{
	return p->read_count;
}

uint64_t
pages_corrupt_count(const struct pages *p)
{
	return p->corrupt.count;
}
