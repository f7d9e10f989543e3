/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/kdump_file.h"

#include "dump/codec.h"

#include <inttypes.h>

enum {
	DESC_LEN = 24,
	DESC_BLOCK = 170,      /* descriptors read at a time */
	DESC_KEPT = 16,        /* blocks of them */
	COUNT_MAX = 1 << 20,   /* descriptors that are looked at one by one: 24 MiB */
	CHECKED = 8,           /* of which one is enough to confirm a layout */
	CHECKED_ALL = 1 << 16, /* looked at if those do not: the first data may be of any page */
	GAP_MAX = 256 << 10,   /* of zeros between descriptors and pages */
	SECTOR_BITS = 512 * 8,
	CHECK_BITS_MAX = 1 << 29, /* longer bitmaps (2 TiB of memory) are not counted to check */
};

struct kdump_desc_block {
	uint64_t number; /* plus one; 0: none */
	size_t count;    /* of its descriptors that are in the file */
	uint8_t raw[DESC_BLOCK * DESC_LEN];
};

static const struct error *
read_headers(struct kdump_file *f, struct arena *a)
{
	uint8_t *head = ARENA_ARRAY(a, uint8_t, KDUMP_HEADER_LEN);
	uint8_t *sub = ARENA_ARRAY(a, uint8_t, KDUMP_SUB_LEN);
	struct bytes b = { head, source_read_some(f->source, 0, head, KDUMP_HEADER_LEN) };
	const struct error *e = kdump_header_parse(b, a, &f->h);

	/* One that takes no room may be there all the same if nothing else is. */
	f->has_sub = f->h.sub_blocks != 0 || f->h.bitmap_blocks == 0;
	if (e != NULL || !f->has_sub)
		return e;
	b = (struct bytes){ sub, source_read_some(f->source, f->h.block_len, sub, KDUMP_SUB_LEN) };
	e = kdump_sub_parse(b, &f->h, a, &f->sub);
	if (f->h.sub_blocks == 0) {
		f->has_sub = e == NULL;
		return NULL;
	}

	/* Version 0 has one word there. If more of it is set, the version is a lie. */
	f->old_zeros = e == NULL && f->h.version == 0 &&
		       bytes_are_zero((struct bytes){ sub + f->h.word_len, b.len - f->h.word_len });
	return e;
}

enum page_state
kdump_file_state(enum source_result r)
{
	switch (r) {
	case SOURCE_READ:
		return PAGE_PRESENT;
	case SOURCE_GAP:
		return PAGE_LOST;
	case SOURCE_END:
		return PAGE_TRUNCATED;
	default:
		return PAGE_UNREADABLE;
	}
}

/* Reads a whole block of descriptors, or none. */
static void
read_desc_block(const struct kdump_file *f, uint64_t number, struct kdump_desc_block *k)
{
	uint64_t off = f->descs + number * sizeof(k->raw);

	k->number = number + 1;
	k->count = 0;
	if (source_read(f->source, off, k->raw, sizeof(k->raw)) == SOURCE_READ)
		k->count = DESC_BLOCK;
}

static enum source_result
read_desc(const struct kdump_file *f, uint64_t index, struct kdump_desc *out)
{
	uint64_t number = index / DESC_BLOCK;
	size_t place = (size_t)(index % DESC_BLOCK);
	struct kdump_desc_block *k = &f->kept[number % DESC_KEPT];
	const uint8_t *p = k->raw + place * DESC_LEN;
	uint8_t one[DESC_LEN];

	if (k->number != number + 1)
		read_desc_block(f, number, k);
	if (place >= k->count) {
		enum source_result got =
			source_read(f->source, f->descs + index * DESC_LEN, one, sizeof(one));

		if (got != SOURCE_READ)
			return got;
		p = one;
	}
	out->off = bytes_u64(p, f->h.order);
	out->len = bytes_u32(p + 8, f->h.order);
	out->flags = bytes_u32(p + 12, f->h.order);
	return SOURCE_READ;
}

static enum page_state
check_desc(const struct kdump_file *f, uint64_t index, const struct kdump_desc *d)
{
	bool raw = d->flags == 0;

	if (d->off == 0)
		return PAGE_LOST;
	if (f->untrusted)
		return PAGE_CORRUPT;
	if (raw ? d->len != f->h.block_len
		: d->len == 0 || d->len > KDUMP_PACKED_MAX(f->h.block_len))
		return PAGE_CORRUPT;
	if (!raw && codec_find(d->flags) == NULL)
		return PAGE_CORRUPT;
	if (d->off < f->descs + (index + 1) * DESC_LEN)
		return PAGE_CORRUPT;
	if (d->off > f->source->len || d->len > f->source->len - d->off)
		return PAGE_TRUNCATED;
	return PAGE_PRESENT;
}

/* ---- which layout? */

struct layout {
	uint64_t bitmap_blocks;
	uint64_t max_pfn;
};

static const struct error *
no_memory(struct arena *a, uint64_t bits)
{
	return error_new(a, ERROR_LIMIT, "no memory for a bitmap of %" PRIu64 " bits", bits);
}

/* Sees the file as one with such bitmaps. */
static const struct error *
lay_out(struct kdump_file *f, const struct layout *l, struct arena *a)
{
	uint64_t len = f->h.block_len;
	uint64_t at = (1 + (uint64_t)f->h.sub_blocks) * len;
	uint64_t half = l->bitmap_blocks / 2 * len;
	uint64_t all = l->bitmap_blocks * len;

	f->descs = at + all;
	f->max_pfn = l->max_pfn < all * 8 ? l->max_pfn : all * 8;
	f->exists = NULL;
	f->bitmap2 = at;
	if (f->max_pfn <= half * 8) {
		f->exists = bitmap_new(f->source, at, f->max_pfn, 0, a);
		if (f->exists == NULL)
			return no_memory(a, f->max_pfn);
		f->bitmap2 = at + half;
	}
	f->dumped = bitmap_new(f->source, f->bitmap2, f->max_pfn, f->first, a);
	for (size_t i = 0; i < DESC_KEPT; i++)
		f->kept[i].number = 0; /* of another layout */
	return f->dumped == NULL ? no_memory(a, f->max_pfn) : NULL;
}

/* How many descriptors this file is to have. */
static enum source_result
count_descs(const struct kdump_file *f, uint64_t *count)
{
	uint64_t upto = f->end < f->max_pfn ? f->end : f->max_pfn;

	*count = 0;
	return upto <= f->first ? SOURCE_READ : bitmap_rank(f->dumped, upto, count);
}

enum verdict {
	UNKNOWN, /* no descriptor leads to a page: nothing to tell by */
	CONFIRMED,
	CONTRADICTED,
};

/* Do the first pages stand right behind the last descriptor, with nothing between them but,
 * perhaps, the page of zeros that others share? */
static enum verdict
check_first(const struct kdump_file *f, uint64_t count, uint64_t data)
{
	uint64_t before = 0;
	enum verdict v = UNKNOWN;

	for (uint64_t i = 0; i < count && i < CHECKED; i++) {
		struct kdump_desc d;

		if (read_desc(f, i, &d) != SOURCE_READ || check_desc(f, i, &d) != PAGE_PRESENT)
			continue;
		if (d.off - before == data || d.off - before == data + f->h.block_len)
			return CONFIRMED;
		before += d.len;
		v = CONTRADICTED;
	}
	return v;
}

/* Is there nothing but zeros from one place of the file to another? */
static bool
is_empty(const struct kdump_file *f, uint64_t from, uint64_t to)
{
	uint8_t buf[4096];

	if (to < from || to - from > GAP_MAX)
		return false;
	while (from < to) {
		size_t len = to - from < sizeof(buf) ? (size_t)(to - from) : sizeof(buf);

		if (source_read_some(f->source, from, buf, len) != len ||
		    !bytes_are_zero((struct bytes){ buf, len }))
			return false;
		from += len;
	}
	return true;
}

/* The same for a writer that leaves room behind the descriptors, or does not write pages in
 * order. What is in the room are zeros, or else it holds more descriptors than there should
 * be. */
static enum verdict
check_lowest(const struct kdump_file *f, uint64_t count, uint64_t data)
{
	uint64_t lowest = UINT64_MAX;

	if (count > CHECKED_ALL)
		return CONTRADICTED;
	for (uint64_t i = 0; i < count; i++) {
		struct kdump_desc d;

		if (read_desc(f, i, &d) == SOURCE_READ && check_desc(f, i, &d) == PAGE_PRESENT &&
		    d.off < lowest)
			lowest = d.off;
	}
	return is_empty(f, data, lowest) ? CONFIRMED : CONTRADICTED;
}

static enum verdict
check_layout(const struct kdump_file *f)
{
	uint64_t count = 0, data = 0;
	enum verdict v = UNKNOWN;

	if (f->max_pfn > CHECK_BITS_MAX || count_descs(f, &count) != SOURCE_READ)
		return UNKNOWN;
	data = f->descs + count * DESC_LEN;
	v = check_first(f, count, data);
	return v == CONTRADICTED ? check_lowest(f, count, data) : v;
}

static const struct error *
try_layout(struct kdump_file *f, const struct layout *l, struct arena *a, enum verdict *v)
{
	const struct error *e = lay_out(f, l, a);

	if (e == NULL)
		*v = check_layout(f);
	return e;
}

/* The layout that the headers give; if the pages do not confirm it, the first of the others
 * that they do confirm; if there is none, the first again, and if they contradict it no page
 * is trusted. */
static const struct error *
choose_layout(struct kdump_file *f, struct arena *a)
{
	const struct kdump_header *h = &f->h;
	uint64_t bits = (uint64_t)h->block_len * 8;
	uint64_t max = h->version >= 6 && f->sub.max_pfn != 0 ? f->sub.max_pfn : h->max_pfn;
	const struct layout others[] = {
		{ h->bitmap_blocks, h->max_pfn },
		{ h->bitmap_blocks, h->bitmap_blocks / 2 * bits },
		{ 2 * (max / bits + (max % bits != 0)), max },
	};
	const struct layout given = { h->bitmap_blocks, max };
	enum verdict v = UNKNOWN;
	const struct error *e = try_layout(f, &given, a, &v);

	if (e != NULL || v == CONFIRMED || f->max_pfn > CHECK_BITS_MAX)
		return e;

	enum verdict other = UNKNOWN;

	for (size_t i = 0; i < ARRAY_LEN(others) && other != CONFIRMED && e == NULL; i++)
		e = try_layout(f, &others[i], a, &other);
	if (e == NULL && other != CONFIRMED)
		e = try_layout(f, &given, a, &v);
	f->untrusted = other != CONFIRMED && v == CONTRADICTED;
	if (other == CONFIRMED || f->untrusted || f->max_pfn != max)
		f->problem = error_new(a, ERROR_CORRUPT,
				       "'%s': headers, bitmaps and pages contradict each other%s",
				       f->source->path,
				       f->untrusted ? ", so no page can be trusted" : "");
	return e;
}

/* A page that is dumped and does not exist has got its bit by damage. The number of bits may be
 * right all the same, and so confirm the layout: then others have lost theirs. If no page at all
 * exists, that bitmap was not written. */
static void
compare_bitmaps(struct kdump_file *f, struct arena *a)
{
	uint64_t end = (f->max_pfn + 63) & ~UINT64_C(63), count = 0;
	bool any = false;

	if (f->exists == NULL || f->untrusted || f->max_pfn > CHECK_BITS_MAX ||
	    bitmap_beyond(f->dumped, f->exists, 0, end, &count, &any) != SOURCE_READ)
		return;
	f->contradicted = any && count != 0;
	if (f->contradicted && f->problem == NULL)
		f->problem = error_new(a, ERROR_CORRUPT,
				       "'%s': the bitmap of dumped pages has %" PRIu64
				       " that do not exist: it is damaged",
				       f->source->path, count);
}

const struct error *
kdump_file_open(const struct source *s, struct arena *a, struct kdump_file *out)
{
	struct kdump_file *f = out;

	f->source = s;

	const struct error *e = read_headers(f, a);

	if (e != NULL)
		return e;
	f->kept = ARENA_ARRAY(a, struct kdump_desc_block, DESC_KEPT);
	f->first = f->sub.split ? f->sub.start_pfn : 0;
	f->end = f->sub.split ? f->sub.end_pfn : UINT64_MAX;
	e = choose_layout(f, a);
	if (e == NULL)
		compare_bitmaps(f, a);
	if (e == NULL && f->descs > s->len)
		f->problem = error_new(a, ERROR_CORRUPT,
				       "'%s' ends within its bitmaps, after %" PRIu64 " of %" PRIu64
				       " bytes of headers",
				       s->path, s->len, f->descs);
	return e;
}

/* ---- pages */

enum page_state
kdump_file_absent(struct kdump_file *f, uint64_t pfn)
{
	bool exists = false;

	if (f->exists == NULL)
		return PAGE_HOLE;

	enum source_result got = bitmap_test(f->exists, pfn, &exists);

	if (got != SOURCE_READ)
		return kdump_file_state(got);
	return exists ? PAGE_EXCLUDED : PAGE_HOLE;
}

static enum page_state
desc_state(const struct kdump_file *f, uint64_t index, struct kdump_desc *d)
{
	enum source_result got = read_desc(f, index, d);

	return got == SOURCE_READ ? check_desc(f, index, d) : kdump_file_state(got);
}

/* Damage comes in sectors of the disk: what is beside a wrong bit may have the descriptor of
 * another page, even if what is far away has its own. */
static bool
is_in_damage(struct kdump_file *f, uint64_t pfn)
{
	uint64_t sector = pfn - pfn % SECTOR_BITS, count = 0;
	bool any = false;

	return bitmap_beyond(f->dumped, f->exists, sector, sector + SECTOR_BITS, &count, &any) !=
		       SOURCE_READ ||
	       count != 0;
}

enum page_state
kdump_file_find(struct kdump_file *f, uint64_t pfn, struct kdump_desc *d)
{
	bool dumped = false;
	uint64_t index = 0;
	enum source_result got = bitmap_test(f->dumped, pfn, &dumped);

	if (got != SOURCE_READ)
		return kdump_file_state(got);
	if (!dumped)
		return kdump_file_absent(f, pfn);
	if (f->contradicted && is_in_damage(f, pfn))
		return PAGE_CORRUPT;
	got = bitmap_rank(f->dumped, pfn, &index);
	return got == SOURCE_READ ? desc_state(f, index, d) : kdump_file_state(got);
}

static void
count_state(enum page_state s, uint64_t n, struct dump_pages *out)
{
	if (s == PAGE_PRESENT || s == PAGE_CORRUPT)
		out->present += n;
	else if (s == PAGE_LOST)
		out->lost += n;
	else
		out->truncated += n;
}

/* The first descriptor that does not lead to a page, if all behind it do not either: pages
 * are written in order, so a writer that was stopped leaves such a tail. */
static uint64_t
find_tail(const struct kdump_file *f, uint64_t total)
{
	uint64_t low = 0, high = total;

	while (low < high) {
		struct kdump_desc d;
		uint64_t mid = low + (high - low) / 2;
		enum page_state s = desc_state(f, mid, &d);

		if (s == PAGE_PRESENT || s == PAGE_CORRUPT)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint64_t
kdump_file_count(struct kdump_file *f, struct dump_pages *out)
{
	uint64_t total = 0, tail = 0;
	struct kdump_desc d;

	if (count_descs(f, &total) != SOURCE_READ)
		return 0; /* without its bitmap nothing can be said */
	for (; tail < total && total <= COUNT_MAX; tail++)
		count_state(desc_state(f, tail, &d), 1, out);
	if (tail != total) {
		tail = find_tail(f, total);
		out->present += tail;
		if (tail != total)
			count_state(desc_state(f, tail, &d), total - tail, out);
	}
	return total;
}
