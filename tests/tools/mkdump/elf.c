/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mkdump.h"

#include <string.h>
#include <unistd.h>

static void
write_segment(uint64_t at, const struct segment *s, size_t word)
{
	struct fields f = { 0 };

	field(&f, s->type, 4);
	if (word == 8)
		field(&f, 7, 4);
	field(&f, s->off, word);
	field(&f, s->va, word);
	field(&f, s->pa, word);
	field(&f, s->file, word);
	field(&f, s->mem, word);
	if (word == 4)
		field(&f, 7, 4);
	field(&f, 0, word);
	write_at(g.fd, at, f.b, f.off);
}

static void
write_elf_header(size_t word, size_t count, uint64_t sections)
{
	struct fields f = { 0 };
	bool xnum = is("xnum", "yes", "no");

	memcpy(f.b, "\177ELF", 4);
	f.b[4] = word == 8 ? 2 : 1;
	f.b[5] = big() ? 2 : 1;
	f.b[6] = 1;
	f.off = 16;
	field(&f, get_number("type", "4"), 2);
	field(&f, get_number("machine", "62"), 2);
	field(&f, 1, 4);
	field(&f, 0, word);
	field(&f, word == 8 ? 64 : 52, word);
	field(&f, xnum ? sections : 0, word);
	field(&f, get_number("flags", "0"), 4);
	field(&f, word == 8 ? 64 : 52, 2);
	field(&f, get_number("phentsize", word == 8 ? "56" : "32"), 2);
	field(&f, xnum ? 0xffff : count, 2);
	field(&f, word == 8 ? 64 : 40, 2);
	field(&f, xnum ? 1 : 0, 2);
	field(&f, 0, 2);
	write_at(g.fd, 0, f.b, f.off);
}

/* The first section header, whose sh_info is the number of segments. */
static void
write_xnum(uint64_t at, size_t word, size_t count)
{
	struct fields f = { 0 };

	field(&f, 0, 8);
	field(&f, 0, word);
	field(&f, 0, word);
	field(&f, 0, word);
	field(&f, 0, word);
	field(&f, 0, 4);
	field(&f, count, 4);
	field(&f, 0, word);
	field(&f, 0, word);
	write_at(g.fd, at, f.b, f.off);
}

static void
write_note_segments(uint64_t table, size_t entry, uint64_t notes_at, size_t count, size_t word)
{
	for (size_t i = 0; i < count; i++) {
		size_t from = i == 0 ? 0 : g.note_start[i - 1];
		size_t to = i + 1 < count ? g.note_start[i] : g.notes_len;
		struct segment s = { .type = 4, .off = notes_at + from, .file = to - from };

		write_segment(table + i * entry, &s, word);
	}
}

/* The data of a segment; the file reaches as far as the segment says. */
static void
write_load(const struct segment *s)
{
	if (s->data == NULL)
		return;
	write_at(g.fd, s->off, s->data, s->data_len);
	if (s->file > s->data_len && s->off + s->file > g.end &&
	    ftruncate(g.fd, (off_t)(s->off + s->file)) == 0)
		g.end = s->off + s->file;
}

void
write_elf(void)
{
	size_t word = get_number("word", "8"), header = word == 8 ? 64 : 52;
	size_t entry = get_number("phentsize", word == 8 ? "56" : "32");
	size_t notes = g.notes_len == 0 ? 0 : 1 + g.note_starts;
	size_t count = notes + g.segments;
	bool xnum = is("xnum", "yes", "no");
	uint64_t block = get_number("block", "4096");
	uint64_t sections = header + count * entry;
	uint64_t at = sections + (xnum ? 64 : 0);
	uint64_t data = up(at + g.notes_len, block);

	write_elf_header(word, count, sections);
	if (xnum)
		write_xnum(sections, word, count);
	write_at(g.fd, at, g.notes, g.notes_len);
	write_note_segments(header, entry, at, notes, word);
	for (size_t i = 0; i < g.segments; i++) {
		struct segment *s = &g.segment[i];

		s->off = s->has_off ? s->off : data;
		write_segment(header + (notes + i) * entry, s, word);
		write_load(s);
		if (s->data != NULL && s->off + s->file > data)
			data = up(s->off + s->file, block);
	}
}
