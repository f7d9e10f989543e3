/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kallsyms_scan.c - finds the tables of kallsyms by their looks.
 *
 * The digits '0' to '9' are always tokens of their own, so a token table holds the bytes
 * "0\0" to "9\0" in a row, and the table of its 256 offsets follows it: together they are
 * unmistakable. Everything else is found from there: markers below, names below them, the
 * number of symbols in front of the names, addresses in front of that or behind the tokens.
 */
#include "base/limits.h"
#include "symbols/kallsyms.h"
#include "symbols/window.h"

#include <string.h>

enum {
	PAGE = 4096,
	TOKENS = 256,
	GROUP = 256,
	MARKER_STEP_MIN = 2 * GROUP,
	MARKER_STEP_MAX = 258 * GROUP,
	MARKERS_MIN = 16,   /* in a row; fewer may be chance */
	SEQS_MAX = 2 << 20, /* what may stand between markers and tokens */
	IMAGE_MAX = 512 << 20,
	HOLE_MAX = 32 << 20, /* without a page: the image is at its end */
	SAMPLE = 256 << 10,  /* a table of 64k symbols has 256 KiB of offsets */
	NEAR = 24 << 20,     /* from the table of addresses to the tokens */
	BASE_MAX = 2 << 20,  /* relative_base is _text, a little below _stext */
	HITS_MAX = 1024,     /* rows of digits looked at; a kernel image has 4 to 16 */
	INDEXES_MAX = 16,    /* of those with an index, which are costlier */
};

static const uint8_t digits[] = { '0', 0, '1', 0, '2', 0, '3', 0, '4', 0,
				  '5', 0, '6', 0, '7', 0, '8', 0, '9', 0 };

struct scan {
	const struct memory *mem;
	uint64_t stext;
	struct arena *arena; /* of this attempt */
	size_t hits, indexes;
	struct kallsyms_location at;
};

/* The index that belongs to a token table in which "0" stands at digit: 256 offsets, the
 * distances of which are the lengths of the tokens from there on. */
static bool
index_fits(const uint8_t *index, const uint8_t *digit, size_t left, enum byte_order order)
{
	size_t zero = bytes_u16(index + 2 * '0', order);

	if (bytes_u16(index, order) != 0)
		return false;
	for (size_t i = '0'; i < TOKENS; i++) {
		size_t off = bytes_u16(index + 2 * i, order);
		size_t next = i + 1 < TOKENS ? bytes_u16(index + 2 * (i + 1), order) : 0;

		if (off < zero || off - zero >= left)
			return false;

		size_t len = strnlen((const char *)digit + (off - zero), left - (off - zero));

		if (i + 1 < TOKENS && next != off + len + 1)
			return false;
	}
	return true;
}

static bool
find_index(struct scan *s, uint64_t digit_va)
{
	enum { ROOM = 8192, PAD = 16 };
	uint8_t b[ROOM] = { 0 };
	size_t len = ROOM;

	/* The image may end behind it. */
	while (len > PAGE / 4 && memory_read(s->mem, digit_va, b, len) != NULL)
		len /= 2;

	size_t end = 0;

	for (size_t i = '0'; i < TOKENS; i++)
		end += strnlen((const char *)b + end, len - end) + (end < len);
	for (size_t pad = 0; pad < PAD && end + pad + 2 * TOKENS <= len; pad++) {
		const uint8_t *index = b + end + pad;

		if (!index_fits(index, b, end, s->mem->order))
			continue;
		s->at.token_index = digit_va + end + pad;
		s->at.token_table = digit_va - bytes_u16(index + 2 * '0', s->mem->order);
		return true;
	}
	return false;
}

static uint64_t
marker_at(struct window *w, size_t off, size_t len)
{
	const uint8_t *p = window_get(w, off, len);

	if (p == NULL)
		return UINT64_MAX;
	return len == 4 ? bytes_u32(p, w->mem->order) : bytes_u64(p, w->mem->order);
}

/* Going down from off: how many values in a row grow by what 256 names take; *whole if the
 * lowest is zero. */
static size_t
run_of_markers(struct window *w, size_t off, size_t len, bool *whole)
{
	uint64_t v = marker_at(w, off, len);
	size_t count = 1;

	while (v != 0 && v != UINT64_MAX && off >= len) {
		off -= len;

		uint64_t below = marker_at(w, off, len);

		if (below > v || v - below < MARKER_STEP_MIN || v - below > MARKER_STEP_MAX)
			break;
		v = below;
		count++;
	}
	*whole = v == 0;
	return count;
}

struct markers {
	uint64_t va;
	size_t count;
	uint64_t second, last;
};

static bool
find_markers_of(struct scan *s, struct window *w, size_t len, struct markers *m)
{
	size_t off = (w->len & ~(len - 1)) - len;
	size_t count = 0;

	for (; off >= len * MARKERS_MIN; off -= count * len) {
		bool whole = false;

		count = run_of_markers(w, off, len, &whole);
		if (count < MARKERS_MIN || !whole)
			continue;
		m->count = count;
		m->va = w->va + off - (count - 1) * len;
		m->second = marker_at(w, off - (count - 2) * len, len);
		m->last = marker_at(w, off, len);
		s->at.markers = m->va;
		s->at.marker_len = (uint8_t)len;
		return true;
	}
	return false;
}

static bool
find_markers(struct scan *s, struct markers *m)
{
	struct window w = { 0 };
	uint64_t len = SEQS_MAX;

	if (len > s->at.token_table)
		return false;
	/* Aligned for both lengths. */
	uint64_t from = (s->at.token_table - len) & ~7ULL;

	if (!window_open(&w, s->mem, from, (size_t)(s->at.token_table - from), s->arena))
		return false;
	return find_markers_of(s, &w, 4, m) || find_markers_of(s, &w, 8, m);
}

/* The first 256 names of a table at p end at the second marker. */
static bool
first_group_fits(const uint8_t *p, size_t len, uint64_t second, bool long_lengths)
{
	size_t off = 0;

	for (size_t i = 0; i < GROUP; i++) {
		if (off + 2 > len)
			return false;

		size_t name = p[off++];

		if (long_lengths && name >= 0x80)
			name = (name & 0x7f) | (size_t)p[off++] << 7;
		off += name;
	}
	return off == second;
}

/* A number of symbols that goes with so many markers stands in front of the names. */
static uint32_t
count_before(const uint8_t *names, size_t gap, size_t markers, enum byte_order order)
{
	uint32_t v = bytes_u32(names - gap, order);

	return v > (markers - 1) * GROUP && v <= markers * GROUP ? v : 0;
}

static bool
find_names(struct scan *s, const struct markers *m)
{
	enum { BEFORE = 8 };
	uint64_t high = m->va - m->last - 2;
	uint64_t low = high - MARKER_STEP_MAX - 64;
	size_t len = (size_t)(high - low + m->second + 8);
	struct window w = { 0 };

	if (m->last + MARKER_STEP_MAX > LIMIT_SYMBOL_BYTES || m->va < LIMIT_SYMBOL_BYTES ||
	    !window_open(&w, s->mem, low & ~3ULL, len, s->arena))
		return false;
	for (size_t off = (size_t)(high - w.va) & ~(size_t)3; off >= BEFORE; off -= 4) {
		const uint8_t *p = window_get(&w, off - BEFORE, BEFORE);

		if (p == NULL)
			continue;

		/* Aligned to 8 until 6.19, to 4 since 7.0. */
		uint32_t wide = count_before(p + BEFORE, 8, m->count, s->mem->order);
		uint32_t close = count_before(p + BEFORE, 4, m->count, s->mem->order);
		size_t reach = window_reach(&w, off, (size_t)m->second + 2);

		if ((wide == 0 && close == 0) || reach < m->second ||
		    (!first_group_fits(p + BEFORE, reach, m->second, true) &&
		     !first_group_fits(p + BEFORE, reach, m->second, false)))
			continue;
		s->at.names = w.va + off;
		s->at.count = wide != 0 ? wide : close;
		return true;
	}
	return false;
}

static bool
is_base(struct scan *s, uint64_t va)
{
	uint64_t base = 0;

	return memory_u64(s->mem, va, &base) == NULL && base <= s->stext &&
	       s->stext - base <= BASE_MAX;
}

static uint64_t
round_up(uint64_t v, uint64_t to)
{
	return (v + to - 1) & ~(to - 1);
}

static void
find_addresses(struct scan *s)
{
	uint64_t count = s->at.count;
	uint64_t behind_tokens = round_up(s->at.token_index + 2 * TOKENS, 8);
	uint64_t base_behind = round_up(behind_tokens + 4 * count, 8);
	uint64_t base_before = s->at.names - 16;
	uint32_t wide = 0;

	if (is_base(s, base_behind)) { /* 6.4 to 6.19 */
		s->at.offsets = behind_tokens;
		s->at.relative_base = base_behind;
	} else if (is_base(s, base_before)) { /* 4.6 to 6.3 */
		s->at.relative_base = base_before;
		s->at.offsets = (base_before - 4 * count) & ~7ULL;
	} else if (memory_u32(s->mem, s->at.names - 8, &wide) == NULL && wide == s->at.count) {
		s->at.addresses = s->at.names - 8 - 8 * count;
	} else { /* 7.0 */
		s->at.offsets = round_up(s->at.token_index + 2 * TOKENS, 4);
	}
}

static bool
try_digits(struct scan *s, uint64_t digit_va)
{
	struct markers m = { 0 };

	s->at = (struct kallsyms_location){ 0 };
	if (s->hits++ >= HITS_MAX || !find_index(s, digit_va) || s->indexes++ >= INDEXES_MAX ||
	    !find_markers(s, &m) || !find_names(s, &m))
		return false;
	find_addresses(s);
	return true;
}

/* A page and the end of the one before it, in which digits may begin. */
struct piece {
	uint8_t bytes[PAGE + sizeof(digits) - 1];
	size_t kept; /* of the page before; 0 if that was a hole */
};

static bool
try_piece(struct scan *s, const struct piece *p, uint64_t page_va)
{
	const uint8_t *from = p->bytes + sizeof(digits) - 1 - p->kept;
	const uint8_t *end = p->bytes + sizeof(p->bytes);
	const uint8_t *hit = from;

	while ((hit = memmem(hit, (size_t)(end - hit), digits, sizeof(digits))) != NULL) {
		if (try_digits(s, page_va - p->kept + (uint64_t)(hit - from)))
			return true;
		hit++;
	}
	return false;
}

static bool
search(struct scan *s, uint64_t from, uint64_t to)
{
	enum { KEEP = sizeof(digits) - 1 };
	struct piece p = { .kept = 0 };
	uint64_t hole = 0;

	for (uint64_t va = from & ~(uint64_t)(PAGE - 1); va < to && hole < HOLE_MAX; va += PAGE) {
		if (budget_expired(arena_budget(s->arena)))
			return false;
		if (memory_read(s->mem, va, p.bytes + KEEP, PAGE) != NULL) {
			p.kept = 0;
			hole += PAGE;
			continue;
		}
		hole = 0;
		if (try_piece(s, &p, va))
			return true;
		memcpy(p.bytes, p.bytes + PAGE, KEEP);
		p.kept = KEEP;
	}
	return false;
}

/* A page of nothing but sorted kernel addresses, in one of the encodings. The tables that
 * unwinders use are sorted as well, but hold differences to their own places. */
static bool
is_address_table(const struct scan *s, const uint8_t *page)
{
	enum { WORDS = PAGE / 4, SPREAD = 4 * WORDS };
	bool down = true;
	bool up = true;
	bool wide = true;

	for (size_t i = 1; i < WORDS && (down || up || wide); i++) {
		uint32_t a = bytes_u32(page + 4 * (i - 1), s->mem->order);
		uint32_t b = bytes_u32(page + 4 * i, s->mem->order);

		down = down && a >= b && b > UINT32_MAX / 2;
		up = up && a <= b && b < IMAGE_MAX;
		if (i % 2 == 0) {
			uint64_t v = bytes_u64(page + 4 * (i - 2), s->mem->order);
			uint64_t w = bytes_u64(page + 4 * i, s->mem->order);

			wide = wide && v <= w && v >= s->stext - BASE_MAX &&
			       w - s->stext < IMAGE_MAX;
		}
	}

	uint32_t first = bytes_u32(page, s->mem->order);
	uint32_t last = bytes_u32(page + PAGE - 4, s->mem->order);

	return (down && first - last > SPREAD) || (up && last - first > SPREAD) || wide;
}

/* Most kernels that need the scan have their addresses before the tokens: finding that long
 * table by samples saves reading all text before it. */
static bool
search_near_addresses(struct scan *s)
{
	uint8_t page[PAGE];
	uint64_t from = s->stext & ~(uint64_t)(PAGE - 1);
	uint64_t hole = 0;

	for (uint64_t off = 0; off < IMAGE_MAX && hole < HOLE_MAX; off += SAMPLE) {
		if (memory_read(s->mem, from + off, page, PAGE) != NULL) {
			hole += SAMPLE;
			continue;
		}
		hole = 0;
		if (is_address_table(s, page))
			return search(s, from + off, from + off + NEAR);
	}
	return false;
}

/* Without VMCOREINFO: the first mapped page of the place where x86_64 kernels are. They are
 * aligned to 2 MiB, and so is what KASLR adds. */
static uint64_t
image_start(const struct memory *mem)
{
	uint64_t area = 0xffffffff80000000ULL;
	uint8_t byte = 0;

	for (uint64_t off = 0; off < 1 << 30; off += 2 << 20) {
		if (memory_u8(mem, area + off, &byte) == NULL)
			return area + off;
	}
	return 0;
}

const struct error *
kallsyms_scan(const struct memory *mem, uint64_t stext, struct arena *a,
	      struct kallsyms_location *out)
{
	struct scan s = { .mem = mem, .arena = arena_new_temporary(a) };

	if (stext == 0 && mem->word_len == 8)
		stext = image_start(mem);
	s.stext = stext;

	bool found = stext < UINT64_MAX - IMAGE_MAX && stext > IMAGE_MAX &&
		     (search_near_addresses(&s) || search(&s, stext, stext + IMAGE_MAX));

	arena_free(s.arena);
	if (!found)
		return error_new(a, ERROR_ABSENT, "no symbol table in the kernel image");
	*out = s.at;
	return NULL;
}
