/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-compressed files of makedumpfile and QEMU, alone or as a split set.
 *
 * A file has two headers, notes, a bitmap of the memory that exists, one of the pages that
 * were dumped, a descriptor of 24 bytes for each of those, and the pages. Each file of a
 * split set has both whole bitmaps and the descriptors of its own range only.
 */
#include "dump/format.h"

#include "base/limits.h"
#include "dump/bitmap.h"
#include "dump/codec.h"
#include "dump/kdump_header.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	DESC_LEN = 24,
	DESC_BLOCK = 170, /* descriptors read at a time */
	DESC_KEPT = 64,   /* blocks of them */

	STATUS_CODECS = 0x27,
};

/* Writers leave a page raw that compression does not make shorter. One that does not is
 * tolerated as far as a codec can make a page longer. */
#define PACKED_MAX(block_len) (2 * (block_len))

struct desc {
	uint64_t off;
	uint32_t len;
	uint32_t flags;
};

struct desc_block {
	uint64_t number; /* plus one; 0: none */
	size_t count;    /* of its descriptors that are in the file */
	uint8_t raw[DESC_BLOCK * DESC_LEN];
};

/* One file of the set. */
struct member {
	const struct source *source;
	struct kdump_header h;
	struct kdump_sub sub;
	uint64_t first, end;   /* the page frames it is to hold */
	uint64_t max_pfn;      /* clamped to the bits there are */
	struct bitmap *exists; /* NULL: there is only one bitmap */
	struct bitmap *dumped;
	bool clamped;     /* the header claims more */
	uint64_t bitmap2; /* where dumped starts */
	uint64_t descs;   /* where the descriptors start */
	struct desc_block *kept;
};

struct kdump {
	struct member *member; /* by first */
	size_t count;
	struct bitmap *whole; /* bitmap 2, counted from its first bit */
	uint32_t page_len;
	uint64_t base; /* page frame of the first bit: not 0 on arm */
	struct codec_set codecs;
	uint8_t *packed;     /* PACKED_MAX bytes: a compressed page */
	uint64_t zero_off;   /* where a raw page of zeros stands, that many pages share */
	struct member *zero; /* in which file; NULL: not met yet */
};

static const struct error *
read_headers(struct member *m, struct arena *a)
{
	uint8_t *head = ARENA_ARRAY(a, uint8_t, KDUMP_HEADER_LEN);
	uint8_t *sub = ARENA_ARRAY(a, uint8_t, KDUMP_SUB_LEN);
	struct bytes b = { head, source_read_some(m->source, 0, head, KDUMP_HEADER_LEN) };
	const struct error *e = kdump_header_parse(b, a, &m->h);

	if (e != NULL || m->h.sub_blocks == 0)
		return e;
	b = (struct bytes){ sub, source_read_some(m->source, m->h.block_len, sub, KDUMP_SUB_LEN) };
	return kdump_sub_parse(b, &m->h, a, &m->sub);
}

/* Lays out the bitmaps and descriptors. */
static const struct error *
find_bitmaps(struct member *m, struct arena *a)
{
	const struct kdump_header *h = &m->h;
	uint64_t len = h->block_len;
	uint64_t at = (1 + (uint64_t)h->sub_blocks) * len;
	uint64_t half = h->bitmap_blocks / 2 * len;
	uint64_t all = h->bitmap_blocks * len;

	m->max_pfn = h->version >= 6 && m->sub.max_pfn != 0 ? m->sub.max_pfn : h->max_pfn;
	m->descs = at + all;
	m->first = m->sub.split ? m->sub.start_pfn : 0;
	m->end = m->sub.split ? m->sub.end_pfn : UINT64_MAX;
	m->clamped = m->max_pfn > all * 8;
	if (m->clamped)
		m->max_pfn = all * 8;
	if (m->max_pfn <= half * 8) {
		m->exists = bitmap_new(m->source, at, m->max_pfn, 0, a);
		at += half;
		if (m->exists == NULL)
			return error_new(a, ERROR_LIMIT,
					 "no memory for a bitmap of %" PRIu64 " bits", m->max_pfn);
	}
	m->bitmap2 = at;
	m->dumped = bitmap_new(m->source, at, m->max_pfn, m->first, a);
	m->kept = ARENA_TRY_ARRAY(a, struct desc_block, DESC_KEPT);
	if (m->dumped == NULL || m->kept == NULL)
		return error_new(a, ERROR_LIMIT, "no memory for a bitmap of %" PRIu64 " bits",
				 m->max_pfn);
	return NULL;
}

static enum page_state
state_of_result(enum source_result r)
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

/* Reads as many descriptors of a block as the file has. */
static void
read_desc_block(const struct member *m, uint64_t number, struct desc_block *k)
{
	uint64_t off = m->descs + number * sizeof(k->raw);

	k->number = number + 1;
	k->count = 0;
	if (source_read(m->source, off, k->raw, sizeof(k->raw)) == SOURCE_READ)
		k->count = DESC_BLOCK;
}

static enum source_result
read_desc(const struct member *m, uint64_t index, struct desc *out)
{
	uint64_t number = index / DESC_BLOCK;
	size_t place = (size_t)(index % DESC_BLOCK);
	struct desc_block *k = &m->kept[number % DESC_KEPT];
	uint8_t one[DESC_LEN];
	const uint8_t *p = k->raw + place * DESC_LEN;

	if (k->number != number + 1)
		read_desc_block(m, number, k);
	if (place >= k->count) {
		enum source_result got =
			source_read(m->source, m->descs + index * DESC_LEN, one, sizeof(one));

		if (got != SOURCE_READ)
			return got;
		p = one;
	}
	out->off = bytes_u64(p, m->h.order);
	out->len = bytes_u32(p + 8, m->h.order);
	out->flags = bytes_u32(p + 12, m->h.order);
	return SOURCE_READ;
}

static enum page_state
check_desc(const struct member *m, uint64_t index, const struct desc *d)
{
	bool raw = d->flags == 0;

	if (d->off == 0)
		return PAGE_LOST;
	if (raw ? d->len != m->h.block_len : d->len == 0 || d->len > PACKED_MAX(m->h.block_len))
		return PAGE_CORRUPT;
	if (!raw && codec_find(d->flags) == NULL)
		return PAGE_CORRUPT;
	if (d->off < m->descs + (index + 1) * DESC_LEN)
		return PAGE_CORRUPT;
	if (d->off > m->source->len || d->len > m->source->len - d->off)
		return PAGE_TRUNCATED;
	return PAGE_PRESENT;
}

/* The file that is to hold the page frame; NULL if it was not given. */
static struct member *
find_member(const struct kdump *k, uint64_t pfn)
{
	size_t low = 0, high = k->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (k->member[mid].first <= pfn)
			low = mid + 1;
		else
			high = mid;
	}
	return low != 0 && pfn < k->member[low - 1].end ? &k->member[low - 1] : NULL;
}

/* A page that is not dumped: left out, or is there no memory? */
static enum page_state
absent_state(const struct member *m, uint64_t pfn)
{
	bool exists = false;

	if (m->exists == NULL)
		return PAGE_HOLE;

	enum source_result got = bitmap_test(m->exists, pfn, &exists);

	if (got != SOURCE_READ)
		return state_of_result(got);
	return exists ? PAGE_EXCLUDED : PAGE_HOLE;
}

/* Where the page is; what is written to m and d counts only for PAGE_PRESENT. */
static enum page_state
find_page(struct kdump *k, uint64_t pfn, struct member **m, struct desc *d)
{
	bool dumped = false;
	uint64_t index = 0;

	if (pfn < k->base)
		return PAGE_HOLE;
	pfn -= k->base;
	*m = find_member(k, pfn);

	struct member *any = *m == NULL ? &k->member[0] : *m;
	enum source_result got = bitmap_test(any->dumped, pfn, &dumped);

	if (got != SOURCE_READ)
		return state_of_result(got);
	if (!dumped)
		return absent_state(any, pfn);
	if (*m == NULL)
		return PAGE_LOST;
	got = bitmap_rank((*m)->dumped, pfn, &index);
	if (got == SOURCE_READ)
		got = read_desc(*m, index, d);
	return got == SOURCE_READ ? check_desc(*m, index, d) : state_of_result(got);
}

/* Version 0 left out pages of zeros, and only those. */
static bool
is_known_zero(const struct member *m, enum page_state s)
{
	return s == PAGE_EXCLUDED && m != NULL && m->h.version == 0;
}

static enum page_state
kdump_state(void *self, uint64_t pfn)
{
	struct member *m = NULL;
	struct desc d;
	enum page_state s = find_page(self, pfn, &m, &d);

	return is_known_zero(m, s) ? PAGE_PRESENT : s;
}

static bool
is_zero(const uint8_t *p, size_t len)
{
	return p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

static enum page_state
fetch_raw(struct kdump *k, struct member *m, const struct desc *d, uint8_t *page, bool *zero)
{
	*zero = k->zero == m && k->zero_off == d->off;
	if (*zero)
		return PAGE_PRESENT;

	enum source_result got = source_read(m->source, d->off, page, k->page_len);

	if (got == SOURCE_READ && is_zero(page, k->page_len)) {
		k->zero = m;
		k->zero_off = d->off;
	}
	return state_of_result(got);
}

static enum page_state
kdump_fetch(void *self, uint64_t pfn, uint8_t *page, bool *zero)
{
	struct kdump *k = self;
	struct member *m = NULL;
	struct desc d;
	enum page_state s = find_page(k, pfn, &m, &d);

	*zero = is_known_zero(m, s);
	if (*zero)
		return PAGE_PRESENT;
	if (s != PAGE_PRESENT)
		return s;
	if (d.flags == 0)
		return fetch_raw(k, m, &d, page, zero);

	enum source_result got = source_read(m->source, d.off, k->packed, d.len);

	if (got != SOURCE_READ)
		return state_of_result(got);
	if (!codec_expand(&k->codecs, codec_find(d.flags), (struct bytes){ k->packed, d.len }, page,
			  k->page_len))
		return PAGE_CORRUPT;
	return PAGE_PRESENT;
}

static bool
kdump_next(void *self, uint64_t *pfn)
{
	struct kdump *k = self;
	uint64_t at = *pfn < k->base ? 0 : *pfn - k->base;

	if (!bitmap_next(k->whole, &at))
		return false;
	*pfn = at + k->base;
	return true;
}

enum {
	COUNT_MAX = 1 << 20, /* descriptors that are looked at one by one: 24 MiB */
};

static enum page_state
desc_state(const struct member *m, uint64_t index)
{
	struct desc d;
	enum source_result got = read_desc(m, index, &d);

	return got == SOURCE_READ ? check_desc(m, index, &d) : state_of_result(got);
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

/* The first descriptor in [low, high) that does not lead to a page, if all behind it do not
 * either: pages are written in order, so a writer that was stopped leaves such a tail. */
static uint64_t
find_tail(const struct member *m, uint64_t low, uint64_t high)
{
	while (low < high) {
		uint64_t mid = low + (high - low) / 2;
		enum page_state s = desc_state(m, mid);

		if (s == PAGE_PRESENT || s == PAGE_CORRUPT)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
count_descs(const struct member *m, uint64_t total, struct dump_pages *out)
{
	uint64_t tail = 0;

	if (total <= COUNT_MAX) {
		for (uint64_t i = 0; i < total; i++)
			count_state(desc_state(m, i), 1, out);
		return;
	}
	tail = find_tail(m, 0, total);
	out->present += tail;
	if (tail != total)
		count_state(desc_state(m, tail), total - tail, out);
}

/* The pages of one file's range. Without its bitmap nothing can be said of them. */
static uint64_t
count_member(const struct member *m, struct dump_pages *out)
{
	uint64_t upto = m->end < m->max_pfn ? m->end : m->max_pfn;
	uint64_t total = 0;

	if (upto > m->first && bitmap_rank(m->dumped, upto, &total) == SOURCE_READ)
		count_descs(m, total, out);
	return total;
}

static void
kdump_count(void *self, struct dump_pages *out)
{
	struct kdump *k = self;
	struct member *m = &k->member[0];
	uint64_t exist = 0, dumped = 0, covered = 0;

	for (size_t i = 0; i < k->count; i++)
		covered += count_member(&k->member[i], out);
	if (bitmap_rank(k->whole, m->max_pfn, &dumped) == SOURCE_READ && dumped > covered)
		out->lost += dumped - covered; /* files of the set that were not given */
	if (m->exists != NULL && bitmap_rank(m->exists, m->max_pfn, &exist) == SOURCE_READ &&
	    exist > dumped)
		out->excluded = exist - dumped;
}

static int
compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Version 3 has the text alone; later ones have notes, of which it is one. */
static void
read_notes(const struct member *m, struct arena *a, struct dump *d)
{
	const struct kdump_sub *sub = &m->sub;
	struct str release;

	if (sub->note_len != 0)
		format_problem(d, notes_read(m->source, sub->note_off, sub->note_len, m->h.order, a,
					     &d->impl->notes));
	if (sub->vmcoreinfo_len == 0 || sub->vmcoreinfo_len > LIMIT_VMCOREINFO_BYTES)
		return;

	char *text = arena_try(a, (size_t)sub->vmcoreinfo_len, 1);

	if (text == NULL || source_read(m->source, sub->vmcoreinfo_off, text,
					(size_t)sub->vmcoreinfo_len) != SOURCE_READ)
		return;

	struct vmcoreinfo *v =
		vmcoreinfo_parse(a, (struct str){ text, (size_t)sub->vmcoreinfo_len });

	if (vmcoreinfo_find(v, "OSRELEASE", &release))
		d->vmcoreinfo = v;
}

/* The port for the machine that the header names, if its words and bytes are of that order:
 * a header that contradicts itself has none. */
static const struct arch *
find_arch(const struct kdump_header *h)
{
	const struct arch *arch = arch_find(h->machine);
	bool fits = arch != NULL && arch->word_len == h->word_len &&
		    (h->order == ORDER_LITTLE ? arch->little_endian : arch->big_endian);

	return fits ? arch : NULL;
}

static void
describe(const struct member *m, struct dump *d)
{
	const struct kdump_header *h = &m->h;
	const struct codec *c = codec_find(h->status & STATUS_CODECS);

	d->compression = c != NULL ? c->name : (h->status & STATUS_CODECS) == 0 ? "none" : NULL;
	d->arch = find_arch(h);
	d->machine = str_c(d->impl->arena, h->machine);
	d->order = h->order;
	d->word_len = h->word_len;
	d->page_len = h->block_len;
	d->header_version = h->version;
	d->release = h->release;
	d->version = h->os_version;
	d->nodename = h->nodename;
	d->domainname = h->domainname;
	d->crash_time = h->crash_time;
	d->has_phys_base = h->sub_blocks != 0;
	d->phys_base = m->sub.phys_base;
	d->has_dump_level = h->version >= 1;
	d->dump_level = m->sub.dump_level;
}

static const struct error *
open_member(const struct source *s, struct arena *a, struct member *m)
{
	m->source = s;

	const struct error *e = read_headers(m, a);

	if (e == NULL)
		e = find_bitmaps(m, a);
	return e == NULL ? NULL : error_wrap(a, e, "'%s'", s->path);
}

/* Headers of one set are the same but for the range and, if the disk ran full, the status. */
static const struct error *
check_set(const struct kdump *k, struct arena *a)
{
	const struct member *x = &k->member[0];

	for (size_t i = 1; i < k->count; i++) {
		const struct member *m = &k->member[i];

		if (m->h.block_len != x->h.block_len || m->h.word_len != x->h.word_len ||
		    m->h.order != x->h.order || m->max_pfn != x->max_pfn ||
		    !str_is(m->h.release, x->h.release) || !m->sub.split || !x->sub.split)
			return error_new(a, ERROR_USAGE,
					 "'%s' and '%s' are not files of one split set",
					 x->source->path, m->source->path);
	}
	return NULL;
}

static void
say_damaged(struct dump *d, const struct error *e)
{
	d->complete = false;
	format_problem(d, e);
}

static void
look_at_member(const struct member *m, struct arena *a, struct dump *d)
{
	if ((m->h.status & KDUMP_STATUS_INCOMPLETE) != 0)
		format_incomplete(d);
	if (m->descs > m->source->len)
		say_damaged(d, error_new(a, ERROR_CORRUPT,
					 "'%s' ends within its bitmaps, after %" PRIu64
					 " of %" PRIu64 " bytes of headers",
					 m->source->path, m->source->len, m->descs));
	if (m->clamped)
		say_damaged(d, error_new(a, ERROR_CORRUPT,
					 "its bitmaps cover only %" PRIu64 " page frames",
					 m->max_pfn));
}

/* What no file of the set is to hold: some were not given. */
static void
look_for_gaps(const struct kdump *k, struct arena *a, struct dump *d)
{
	uint64_t at = 0, end = k->member[0].max_pfn;

	for (size_t i = 0; i <= k->count; i++) {
		uint64_t first = i == k->count ? end : k->member[i].first;

		if (first > at)
			say_damaged(d,
				    error_new(a, ERROR_CORRUPT,
					      "page frames 0x%" PRIx64 " to 0x%" PRIx64
					      " are in a file of the split set that was not given",
					      at + k->base, first - 1 + k->base));
		if (i < k->count && k->member[i].end > at)
			at = k->member[i].end;
	}
}

static const struct error *
open_members(struct kdump *k, struct source **source, struct arena *a)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct error *e = open_member(source[i], a, &k->member[i]);

		if (e != NULL)
			return e;
	}
	qsort(k->member, k->count, sizeof(k->member[0]), compare_members);

	struct member *m = &k->member[0];

	k->page_len = m->h.block_len;
	k->whole = m->first == 0 ? m->dumped : bitmap_new(m->source, m->bitmap2, m->max_pfn, 0, a);
	if (k->whole == NULL)
		return error_new(a, ERROR_LIMIT, "no memory for a bitmap of %" PRIu64 " bits",
				 m->max_pfn);
	return check_set(k, a);
}

static const struct error *
kdump_open(struct source **source, size_t count, struct arena *a, struct dump *d)
{
	struct kdump *k = ARENA_NEW(a, struct kdump);

	k->member = ARENA_ARRAY(a, struct member, count);
	k->count = count;

	const struct error *e = open_members(k, source, a);

	if (e != NULL)
		return e;
	k->codecs.arena = a;
	k->packed = ARENA_ARRAY(a, uint8_t, PACKED_MAX(k->page_len));
	describe(&k->member[0], d);
	/* Memory of arm does not start at 0, and its bitmaps start where memory does. */
	if (d->arch == &arch_arm)
		k->base = d->phys_base / k->page_len;
	d->impl->base = k->base;
	for (size_t i = 0; i < count; i++)
		look_at_member(&k->member[i], a, d);
	look_for_gaps(k, a, d);
	read_notes(&k->member[0], a, d);
	notes_publish(&d->impl->notes, a, d);
	d->impl->from = (struct page_source){ kdump_fetch, k, k->page_len };
	d->impl->state = kdump_state;
	d->impl->count = kdump_count;
	d->impl->next = kdump_next;
	return NULL;
}

const struct dump_format format_kdump = { "kdump-compressed", kdump_is_header, kdump_open };
