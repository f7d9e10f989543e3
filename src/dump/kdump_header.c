/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/kdump_header.h"

#include "arch/arch.h"

#include <string.h>

enum {
	SIGNATURE_LEN = 8,
	UTS_LEN = 65,
	BLOCK_LEN_MIN = 4 << 10,
	BLOCK_LEN_MAX = 256 << 10,
	VERSION_MAX = 63, /* readers of today are to read what is added behind */
	STATUS_KNOWN = 0x3f,
};

bool
kdump_is_header(struct bytes head)
{
	return head.len >= SIGNATURE_LEN && memcmp(head.p, "KDUMP   ", SIGNATURE_LEN) == 0;
}

static struct str
take_uts(struct reader *r)
{
	struct bytes b = reader_bytes(r, UTS_LEN);
	const char *p = (const char *)b.p;

	return (struct str){ p, b.len == 0 ? 0 : strnlen(p, b.len) };
}

static void
align(struct reader *r, size_t len)
{
	reader_skip(r, (len - r->off % len) % len);
}

static void
check(struct reader *r, const struct kdump_header *h)
{
	uint32_t len = h->block_len;

	if (h->version > VERSION_MAX)
		reader_reject(r, "version %u", h->version);
	if (len < BLOCK_LEN_MIN || len > BLOCK_LEN_MAX || (len & (len - 1)) != 0)
		reader_reject(r, "page size %u is not a power of two from 4096 to 262144", len);
	if (h->sub_blocks > INT32_MAX || h->bitmap_blocks > INT32_MAX)
		reader_reject(r, "%u blocks of sub-header and %u of bitmap", h->sub_blocks,
			      h->bitmap_blocks);
}

/* The header read as that of a machine with such words. */
static struct kdump_header
parse_as(struct reader *r, uint8_t word_len)
{
	struct kdump_header h = { .word_len = word_len, .order = r->order };

	reader_skip(r, SIGNATURE_LEN);
	h.version = reader_u32(r);
	h.sysname = take_uts(r);
	h.nodename = take_uts(r);
	h.release = take_uts(r);
	h.os_version = take_uts(r);
	h.machine = take_uts(r);
	h.domainname = take_uts(r);
	align(r, word_len);
	h.crash_time = (int64_t)reader_word(r, word_len);
	reader_skip(r, word_len);
	h.status = reader_u32(r);
	h.block_len = reader_u32(r);
	h.sub_blocks = reader_u32(r);
	h.bitmap_blocks = reader_u32(r);
	h.max_pfn = reader_u32(r);
	check(r, &h);
	return h;
}

/* How much speaks for a layout that could be true. */
static unsigned
rank(const struct kdump_header *h)
{
	const struct arch *arch = arch_find(h->machine);
	bool one_bit = (h->status & STATUS_KNOWN) == h->status;
	bool bits = (uint64_t)h->bitmap_blocks * h->block_len * 8 >= h->max_pfn;
	unsigned n = 0;

	if (arch != NULL && arch->word_len == h->word_len)
		n += 8;
	if (arch != NULL && (h->order == ORDER_LITTLE ? arch->little_endian : arch->big_endian))
		n += 8;
	if (arch == NULL && str_has(h->machine, STR("64")) == (h->word_len == 8))
		n += 4;
	n += h->version <= 6 ? 2 : 0;
	n += one_bit ? 1 : 0;
	n += bits && h->bitmap_blocks != 0 ? 2 : 0;
	return n;
}

const struct error *
kdump_header_parse(struct bytes head, struct arena *a, struct kdump_header *out)
{
	/* Of layouts that fit equally well the first is taken, and what is said of a file that
	 * fits none is said of the first. */
	static const struct {
		uint8_t word_len;
		enum byte_order order;
	} layout[] = {
		{ 8, ORDER_LITTLE },
		{ 8, ORDER_BIG },
		{ 4, ORDER_LITTLE },
		{ 4, ORDER_BIG },
	};
	const struct error *first = NULL;
	struct kdump_header best = { 0 };
	unsigned best_rank = 0;

	for (size_t i = 0; i < ARRAY_LEN(layout); i++) {
		struct reader r = reader_over(head, layout[i].order, "kdump header", a);
		struct kdump_header h = parse_as(&r, layout[i].word_len);

		if (i == 0)
			first = reader_error(&r);
		if (reader_error(&r) == NULL && rank(&h) + 1 > best_rank) {
			best = h;
			best_rank = rank(&h) + 1;
		}
	}
	if (best_rank == 0)
		return first;
	*out = best;
	return NULL;
}

/* 64-bit values stand at multiples of 4 on i386, and of 8 on every other 32-bit machine. */
static struct kdump_sub
parse_sub_as(struct reader *r, const struct kdump_header *h, bool padded)
{
	struct kdump_sub s = { 0 };
	uint64_t start = 0, end = 0;

	s.phys_base = reader_word(r, h->word_len);
	if (h->version >= 1)
		s.dump_level = reader_u32(r);
	if (h->version >= 2) {
		s.split = reader_u32(r) != 0;
		start = reader_word(r, h->word_len);
		end = reader_word(r, h->word_len);
	}
	if (h->version >= 3) {
		if (padded)
			align(r, 8);
		s.vmcoreinfo_off = reader_u64(r);
		s.vmcoreinfo_len = reader_word(r, h->word_len);
	}
	if (h->version >= 4) {
		if (padded)
			align(r, 8);
		s.note_off = reader_u64(r);
		s.note_len = reader_word(r, h->word_len);
	}
	if (h->version >= 5) {
		if (padded)
			align(r, 8);
		s.erase_off = reader_u64(r);
		s.erase_len = reader_word(r, h->word_len);
	}
	if (h->version >= 6) {
		if (padded)
			align(r, 8);
		start = reader_u64(r);
		end = reader_u64(r);
		s.max_pfn = reader_u64(r);
	}
	if (s.split) {
		s.start_pfn = start;
		s.end_pfn = end;
	}
	return s;
}

static bool
is_inside(uint64_t off, uint64_t len, const struct kdump_header *h)
{
	uint64_t from = h->block_len, to = (1 + (uint64_t)h->sub_blocks) * h->block_len;

	if (off == 0 && len == 0)
		return true;
	return off >= from && off <= to && len <= to - off;
}

/* Do the fields that the two layouts have at different places make sense? */
static bool
fits(const struct kdump_sub *s, const struct kdump_header *h)
{
	return is_inside(s->vmcoreinfo_off, s->vmcoreinfo_len, h) &&
	       is_inside(s->note_off, s->note_len, h) &&
	       (h->version < 6 || s->max_pfn == h->max_pfn || h->max_pfn == UINT32_MAX);
}

const struct error *
kdump_sub_parse(struct bytes b, const struct kdump_header *h, struct arena *a,
		struct kdump_sub *out)
{
	bool likely = arch_find(h->machine) != &arch_i386;
	struct reader first = reader_over(b, h->order, "kdump sub-header", a);
	struct reader second = first;
	struct kdump_sub s = parse_sub_as(&first, h, likely);
	struct kdump_sub t = { 0 };

	if (h->word_len == 4 && (reader_error(&first) != NULL || !fits(&s, h))) {
		t = parse_sub_as(&second, h, !likely);
		if (reader_error(&second) == NULL && fits(&t, h)) {
			*out = t;
			return NULL;
		}
	}
	if (reader_error(&first) == NULL)
		*out = s;
	return reader_error(&first);
}
