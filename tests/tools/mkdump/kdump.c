/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mkdump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lzo/lzo1x.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

static uint64_t
status(void)
{
	static const struct {
		const char *name;
		const char *flag;
	} codecs[] = { { "zlib", "1" }, { "lzo", "2" }, { "snappy", "4" }, { "zstd", "0x20" } };

	for (size_t i = 0; i < 4; i++) {
		if (is("codec", codecs[i].name, "raw"))
			return get_number("status", codecs[i].flag);
	}
	return get_number("status", "0");
}

/* Room for a packed page of len bytes, whatever packs it. */
#define OUT_LEN(len) (2 * (len) + 1024)

/* Where the parts of a kdump file are. */
struct layout {
	uint64_t block, word;
	uint64_t version;
	uint64_t max_pfn;
	uint64_t sub_len, sub_blocks, bitmap_blocks;
	uint64_t notes, bitmap1, bitmap2, descs;
	uint64_t first, end; /* page frames of this file */
	bool split;
};

static size_t
sub_header_len(uint64_t version, uint64_t word, bool padded)
{
	static const size_t lp64[] = { 8, 12, 32, 48, 64, 80, 104 };
	static const size_t packed[] = { 4, 8, 20, 32, 44, 56, 80 };
	static const size_t aligned[] = { 4, 8, 20, 36, 52, 68, 96 };
	size_t v = version > 6 ? 6 : (size_t)version;

	return word == 8 ? lp64[v] : padded ? aligned[v] : packed[v];
}

static uint64_t
highest_pfn(void)
{
	uint64_t max = 0;

	for (size_t i = 0; i < g.pages; i++)
		max = g.page[i].pfn + 1 > max ? g.page[i].pfn + 1 : max;
	return max;
}

static struct layout
lay_out(void)
{
	struct layout l = { .block = get_number("block", "4096"), .word = get_number("word", "8") };
	uint64_t bitmaps = get_number("bitmaps", "2");
	const char *split = get("split", NULL);
	uint64_t bitmap = 0;

	l.version = get_number("version", "6");
	l.max_pfn = get("max_pfn", NULL) != NULL ? get_number("max_pfn", "0") : highest_pfn();
	l.sub_len = sub_header_len(l.version, l.word, !is("padded", "no", "yes"));
	l.sub_blocks = up(l.sub_len + g.notes_len, l.block) / l.block;
	l.notes = l.block + l.sub_len;
	bitmap = up(up(l.max_pfn, 8) / 8, l.block);
	l.bitmap_blocks = bitmaps * bitmap / l.block;
	l.bitmap1 = (1 + l.sub_blocks) * l.block;
	l.bitmap2 = bitmaps == 2 ? l.bitmap1 + bitmap : l.bitmap1;
	l.descs = l.bitmap1 + l.bitmap_blocks * l.block;
	l.split = split != NULL;
	l.end = UINT64_MAX;
	if (l.split) {
		l.first = number(split);
		if (strchr(split, ',') == NULL)
			die("split = FIRST,END");
		l.end = number(strchr(split, ',') + 1);
	}
	return l;
}

static void
write_header(const struct layout *l)
{
	struct fields f = { .word = l->word };

	memcpy(f.b, get("signature", "KDUMP   "), 8);
	f.off = 8;
	field(&f, l->version, 4);
	field_text(&f, "sysname", "Linux");
	field_text(&f, "nodename", "");
	field_text(&f, "release", "");
	field_text(&f, "osversion", "");
	field_text(&f, "machine", "x86_64");
	field_text(&f, "domainname", "(none)");
	f.off = up(f.off, l->word);
	field(&f, get_number("time", "0"), l->word);
	field(&f, 0, l->word);
	field(&f, status(), 4);
	field(&f, l->block, 4);
	field(&f, l->sub_blocks, 4);
	field(&f, l->bitmap_blocks, 4);
	field(&f, l->max_pfn > UINT32_MAX ? UINT32_MAX : l->max_pfn, 4);
	f.off += 16;
	field(&f, get_number("cpus", "1"), 4);
	write_at(g.fd, 0, f.b, f.off);
}

static void
write_sub_header(const struct layout *l)
{
	struct fields f = { .word = l->word, .padded = l->word == 8 || !is("padded", "no", "yes") };
	uint64_t end = l->split ? l->end : 0;
	bool info = g.info_len != 0;

	field(&f, get_number("phys_base", "0"), l->word);
	field(&f, get_number("dump_level", "0"), 4);
	field(&f, l->split, 4);
	field(&f, l->first, l->word);
	field(&f, end, l->word);
	field64(&f, info ? l->notes + g.info_off : 0);
	field(&f, g.info_len, l->word);
	field64(&f, g.notes_len != 0 ? l->notes : 0);
	field(&f, g.notes_len, l->word);
	field64(&f, 0);
	field(&f, 0, l->word);
	field64(&f, l->first);
	field64(&f, end);
	field64(&f, l->max_pfn);
	write_at(g.fd, l->block, f.b, l->sub_len);
	if (l->version >= 3)
		write_at(g.fd, l->notes, g.notes, g.notes_len);
}

static int
compare_pages(const void *a, const void *b)
{
	const struct page *x = a, *y = b;

	return (x->pfn > y->pfn) - (x->pfn < y->pfn);
}

static void
set_bit(uint64_t bitmap, uint64_t pfn)
{
	uint8_t b = 0;

	if (pread(g.fd, &b, 1, (off_t)(bitmap + pfn / 8)) < 0)
		die("cannot read: %s", strerror(errno));
	b |= (uint8_t)(1u << pfn % 8);
	write_at(g.fd, bitmap + pfn / 8, &b, 1);
}

static size_t
pack_lzo(const uint8_t *in, size_t len, uint8_t *out)
{
	lzo_uint got = 0;
	void *work = take(LZO1X_1_MEM_COMPRESS);

	if (lzo1x_1_compress(in, len, out, &got, work) != LZO_E_OK)
		die("lzo failed");
	free(work);
	return got;
}

/* Packs a page; gives its length and sets the descriptor's flags. */
static size_t
pack(const char *codec, const uint8_t *in, size_t len, uint8_t *out, size_t cap, uint64_t *flags)
{
	uLongf got = cap;

	if (strcmp(codec, "zlib") == 0) {
		*flags = 1;
		if (compress2(out, &got, in, len, 6) != Z_OK)
			die("zlib failed");
		return got;
	}
	if (strcmp(codec, "lzo") == 0) {
		*flags = 2;
		return pack_lzo(in, len, out);
	}
	if (strcmp(codec, "snappy") == 0) {
		*flags = 4;
		got = cap;
		if (snappy_compress((const char *)in, len, (char *)out, &got) != SNAPPY_OK)
			die("snappy failed");
		return got;
	}
	if (strcmp(codec, "zstd") == 0) {
		*flags = 0x20;
		return ZSTD_compress(out, cap, in, len, 3);
	}
	if (strcmp(codec, "raw") != 0)
		die("no codec '%s'", codec);
	*flags = 0;
	memcpy(out, in, len);
	return len;
}

/* The bytes that stand in the file for a page: as many as are returned. */
static size_t
page_data(const struct layout *l, const struct page *p, uint8_t *out, uint64_t *flags)
{
	size_t len = p->what == BOMB ? p->bomb_len : l->block;
	const char *codec = p->codec == NULL ? get("codec", "raw") : p->codec;
	uint8_t *page = take(len);
	size_t got = 0;

	*flags = p->flags;
	if (p->what == PACKED) {
		got = make_bytes(p->bytes, out, l->block, p->pfn);
	} else {
		if (p->what == DUMPED)
			make_bytes(p->bytes, page, len, p->pfn);
		got = pack(p->what == ZERO ? "raw" : codec, page, len, out, OUT_LEN(len), flags);
		if (got >= l->block && p->codec == NULL)
			got = pack("raw", page, len, out, OUT_LEN(len), flags);
	}
	free(page);
	return got;
}

/* Writes the data of a page at *at and fills in what its descriptor says. */
static void
write_page(const struct layout *l, struct page *p, uint64_t *at, uint64_t *zeros)
{
	uint8_t *out = take(OUT_LEN(p->what == BOMB ? p->bomb_len : l->block));
	uint64_t flags = 0, off = *at;
	size_t len = l->block;

	if (p->what == ZERO && *zeros != 0) {
		off = *zeros;
	} else {
		len = page_data(l, p, out, &flags);
		if (p->what == ZERO)
			*zeros = *at;
		write_at(g.fd, *at, out, len);
		*at += len;
	}
	p->off = p->has_off ? p->off : off;
	p->len = p->has_len ? p->len : len;
	p->flags = p->has_flags ? p->flags : flags;
	free(out);
}

static void
write_desc(uint64_t at, const struct page *p)
{
	struct fields f = { 0 };

	if (p->what != LOST) {
		field(&f, p->off, 8);
		field(&f, p->len, 4);
		field(&f, p->flags, 4);
	}
	write_at(g.fd, at, f.b, 24);
}

static bool
is_here(const struct layout *l, const struct page *p)
{
	return p->what != EXCLUDED && p->pfn >= l->first && p->pfn < l->end;
}

static void
write_pages(const struct layout *l)
{
	uint64_t count = 0, at = 0, zeros = 0, desc = l->descs;
	bool down = is("data", "down", "up");

	for (size_t i = 0; i < g.pages; i++) {
		if (l->bitmap1 != l->bitmap2)
			set_bit(l->bitmap1, g.page[i].pfn);
		if (g.page[i].what != EXCLUDED)
			set_bit(l->bitmap2, g.page[i].pfn);
		count += is_here(l, &g.page[i]);
	}
	at = l->descs + 24 * count + get_number("room", "0");
	for (size_t i = 0; i < g.pages; i++) {
		struct page *p = &g.page[down ? g.pages - 1 - i : i];

		if (is_here(l, p) && p->what != LOST)
			write_page(l, p, &at, &zeros);
	}
	for (size_t i = 0; i < g.pages; i++) {
		if (!is_here(l, &g.page[i]))
			continue;
		write_desc(desc, &g.page[i]);
		desc += 24;
	}
	if (g.end < l->descs && ftruncate(g.fd, (off_t)l->descs) == 0)
		g.end = l->descs;
}

void
write_kdump(void)
{
	struct layout l = lay_out();

	if (g.pages != 0)
		qsort(g.page, g.pages, sizeof(*g.page), compare_pages);
	write_header(&l);
	if (l.sub_blocks != 0)
		write_sub_header(&l);
	write_pages(&l);
}
