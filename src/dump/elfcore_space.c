/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/elfcore_space.h"

#include <string.h>

static uint64_t
address_of(const struct elfcore_space *s, const struct elfcore_segment *load)
{
	return s->virtual ? load->va : load->pa;
}

/* What a page is made of, as far as it is in [addr, end). */
struct share {
	uint64_t data;     /* bytes that are in the file */
	uint64_t reserved; /* bytes that the file only says there were */
	bool beyond;       /* some of them are beyond the end of the file */
	enum source_result result;
};

/* Copies what an extent has of the page at addr; buf may be NULL to only look. */
static void
take_extent(const struct elfcore_space *s, const struct extent *x, uint64_t addr, uint8_t *buf,
	    struct share *share)
{
	const struct elfcore *c = s->core;
	uint64_t from = x->from > addr ? x->from : addr;
	uint64_t last = addr + (c->page_len - 1);
	/* An extent that ends at the very top of the space has no end to be written down. */
	uint64_t upto = x->to == UINT64_MAX || x->to - 1 > last ? last : x->to - 1;
	uint64_t len = upto - from + 1;

	if (x->piece >= c->count) {
		share->reserved += len;
		return;
	}

	const struct elfcore_segment *load = &c->load[x->piece];
	uint64_t off = load->off + (from - address_of(s, load));

	share->data += len;
	if (off > c->source->len || len > c->source->len - off)
		share->beyond = true;
	else if (buf != NULL && share->result == SOURCE_READ)
		share->result = source_read(c->source, off, buf + (from - addr), (size_t)len);
}

static struct share
take_page(const struct elfcore_space *s, uint64_t pfn, uint8_t *buf)
{
	struct share share = { .result = SOURCE_READ };
	uint64_t len = s->core->page_len;
	uint64_t addr = pfn * len;
	const struct extent *end = s->extents.extent + s->extents.count;
	const struct extent *x = extents_find(&s->extents, addr);

	if (pfn > UINT64_MAX / len)
		return share;
	for (; x != NULL && x < end && x->from <= addr + (len - 1); x++)
		take_extent(s, x, addr, buf, &share);
	return share;
}

static enum page_state
state_of(const struct share *s)
{
	if (s->data == 0)
		return s->reserved == 0 ? PAGE_HOLE : PAGE_EXCLUDED;
	if (s->beyond || s->result == SOURCE_END)
		return PAGE_TRUNCATED;
	if (s->result == SOURCE_GAP)
		return PAGE_LOST;
	return s->result == SOURCE_READ ? PAGE_PRESENT : PAGE_UNREADABLE;
}

enum page_state
elfcore_space_state(void *self, uint64_t pfn)
{
	struct share share = take_page(self, pfn, NULL);

	return state_of(&share);
}

/* Where no segment has data, a page that has some is filled up with zeros. */
enum page_state
elfcore_space_fetch(void *self, uint64_t pfn, uint8_t *page, bool *zero)
{
	struct elfcore_space *s = self;
	struct share share = take_page(s, pfn, NULL);

	(void)zero;
	if (state_of(&share) != PAGE_PRESENT)
		return state_of(&share);
	if (share.data != s->core->page_len) {
		memset(page, 0, s->core->page_len);
		s->core->dump->filled_pages++;
	}
	share = take_page(s, pfn, page);
	return state_of(&share);
}

/* Does the file have the byte at addr of an extent, which holds it? */
static bool
is_in_file(const struct elfcore_space *s, const struct extent *x, uint64_t addr)
{
	const struct elfcore *c = s->core;

	if (x->piece >= c->count)
		return false;
	return c->load[x->piece].off + (addr - address_of(s, &c->load[x->piece])) < c->source->len;
}

bool
elfcore_space_next(void *self, uint64_t *pfn)
{
	struct elfcore_space *s = self;
	uint64_t len = s->core->page_len;
	const struct extent *end = s->extents.extent + s->extents.count;

	if (*pfn > UINT64_MAX / len)
		return false;
	for (const struct extent *x = extents_find(&s->extents, *pfn * len); x != NULL && x < end;
	     x++) {
		uint64_t from = x->from > *pfn * len ? x->from : *pfn * len;

		if (is_in_file(s, x, from)) {
			*pfn = from / len;
			return true;
		}
	}
	return false;
}

static struct piece
piece_of(uint64_t from, uint64_t len)
{
	return (struct piece){ from, len > UINT64_MAX - from ? UINT64_MAX : from + len };
}

/* Is the address of a segment one that can be used? What the kernel maps and is not memory
 * has no physical address in /proc/kcore; before Linux commit 464920104bf7 (v4.11) nothing
 * had one there. */
static bool
has_address(const struct elfcore_space *s, const struct elfcore_segment *load)
{
	uint64_t none = s->core->h.class_len == 4 ? UINT32_MAX : UINT64_MAX;

	return address_of(s, load) != none && (s->virtual || !s->core->no_physical);
}

const struct error *
elfcore_space_build(struct elfcore_space *s, struct elfcore *c, bool virtual, struct arena *a)
{
	struct arena *mine = arena_new_temporary(a);
	struct piece *piece = ARENA_TRY_ARRAY(mine, struct piece, 2 * c->count + 1);
	bool ok = piece != NULL;

	s->core = c;
	s->virtual = virtual;
	for (size_t i = 0; ok && i < c->count; i++) {
		const struct elfcore_segment *l = &c->load[i];
		uint64_t from = address_of(s, l);
		uint64_t in_file = l->file_len;

		if (!has_address(s, l))
			continue;
		if (in_file > UINT64_MAX - l->off)
			in_file = UINT64_MAX - l->off;
		piece[i] = piece_of(from, in_file);
		if (l->memory_len > in_file && in_file <= UINT64_MAX - from)
			piece[c->count + i] = piece_of(from + in_file, l->memory_len - in_file);
	}
	ok = ok && extents_build(piece, 2 * c->count, a, &s->extents);
	arena_free(mine);
	return ok ? NULL : error_new(a, ERROR_LIMIT, "no memory for %zu segments", c->count);
}

/* By extents: two that share a page count it twice, which changes figures of millions by
 * one or two. */
void
elfcore_space_count(void *self, struct dump_pages *out)
{
	const struct elfcore_space *s = self;
	const struct elfcore *c = s->core;

	for (size_t i = 0; i < s->extents.count; i++) {
		const struct extent *x = &s->extents.extent[i];
		uint64_t pages = (x->to - 1) / c->page_len - x->from / c->page_len + 1;
		uint64_t there = 0;

		if (x->piece >= c->count) {
			out->excluded += pages;
			continue;
		}

		const struct elfcore_segment *l = &c->load[x->piece];
		uint64_t off = l->off + (x->from - address_of(s, l));

		if (off < c->source->len)
			there = (c->source->len - off) / c->page_len;
		out->present += there < pages ? there : pages;
		out->truncated += there < pages ? pages - there : 0;
	}
}
