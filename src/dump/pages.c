/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/pages.h"

#include "dump/pfnset.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	NO_SLOT = 0,               /* slot[0] is the head of the list of all slots by last use */
	CHUNK_BYTES = 64 << 10,    /* the first; each further one is twice as long as the last, */
	CHUNK_BYTES_MAX = 1 << 20, /* up to here */
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
	size_t chunk_bytes;  /* of the next one */
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
	p->chunk_bytes = CHUNK_BYTES;
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

/* Has the kernel give the memory at once: a fault for each page costs as much as reading one
 * from a file does. A kernel that cannot (before v5.14) gives it as it always did. */
static void
populate(uint8_t *p, size_t len)
{
	uintptr_t unit = (uintptr_t)sysconf(_SC_PAGESIZE);
	size_t skip = (unit - (uintptr_t)p % unit) % unit;

	if (len > skip)
		(void)madvise(p + skip, (len - skip) / unit * unit, MADV_POPULATE_WRITE);
}

/* Room for some pages, or at least one; none if the budget has none. */
static void
new_chunk(struct pages *p)
{
	uint32_t len = p->from.page_len;
	size_t count = p->chunk_bytes / len == 0 ? 1 : p->chunk_bytes / len;

	p->chunk = arena_try(p->arena, count, len);
	if (p->chunk != NULL) {
		populate(p->chunk, count * len);
		p->chunk_bytes *= p->chunk_bytes < CHUNK_BYTES_MAX ? 2 : 1;
		p->chunk_left = count;
		return;
	}
	p->chunk_bytes = len;
	p->chunk = arena_try(p->arena, 1, len);
	p->chunk_left = p->chunk != NULL;
}

/* Room for one more page, or NULL if the budget has none. The first PAGES_HELD pages are
 * had even if the budget says no: without them nothing can be read. */
static uint8_t *
new_room(struct pages *p)
{
	uint32_t len = p->from.page_len;

	if (p->chunk_left == 0)
		new_chunk(p);
	if (p->chunk_left == 0)
		return p->slot_count <= PAGES_HELD ? arena_alloc(p->arena, 1, len) : NULL;

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

/* Expands a page into room, and notes that it was asked for. */
static enum page_state
expand(struct pages *p, uint64_t pfn, uint8_t *room, bool *zero)
{
	enum page_state why = p->from.fetch(p->from.self, pfn, room, zero);

	if (why != PAGE_HOLE && pfnset_add(&p->asked, pfn) && why == PAGE_PRESENT)
		p->read_count++;
	if (why == PAGE_CORRUPT)
		(void)pfnset_add(&p->corrupt, pfn);
	return why;
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

	*why = expand(p, pfn, s->room, &zero);
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

static bool
copy_part(struct pages *p, uint64_t pfn, size_t off, size_t len, uint8_t *to, enum page_state *why)
{
	const uint8_t *page = pages_get(p, pfn, why);

	if (page != NULL)
		memcpy(to, page + off, len);
	return page != NULL;
}

/* Past the cache, if the page is not there. */
static bool
copy_whole(struct pages *p, uint64_t pfn, uint8_t *to, enum page_state *why)
{
	bool zero = false;

	if (find_slot(p, pfn) != NO_SLOT || pfnset_has(&p->corrupt, pfn))
		return copy_part(p, pfn, 0, p->from.page_len, to, why);
	*why = expand(p, pfn, to, &zero);
	if (zero)
		memset(to, 0, p->from.page_len);
	return *why == PAGE_PRESENT;
}

const struct error *
pages_read(void *self, uint64_t addr, void *buf, size_t len)
{
	struct pages *p = self;
	uint8_t *to = buf;
	size_t page_len = p->from.page_len;

	if (len != 0 && addr > UINT64_MAX - (len - 1))
		return page_state_error(PAGE_HOLE);
	while (len != 0) {
		size_t off = (size_t)(addr & (page_len - 1));
		size_t step = page_len - off < len ? page_len - off : len;
		enum page_state why = PAGE_HOLE;
		bool ok = step == page_len && p->from.plain
				  ? copy_whole(p, addr >> p->shift, to, &why)
				  : copy_part(p, addr >> p->shift, off, step, to, &why);

		if (!ok)
			return page_state_error(why);
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
