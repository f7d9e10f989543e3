/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/sysmap.h"

#include "base/limits.h"
#include "dump/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEAD_LINES = 3,      /* that must be symbols */
	WITNESSES = 2,       /* symbols of VMCOREINFO that have to agree, at least */
	BANNER_LEN = 512,    /* "Linux version 6.1.0-56-cloud-amd64 (debian..." */
	NAME_MAX_LEN = 1024, /* KSYM_NAME_LEN is 512 since 6.1 */
};

struct entry {
	uint64_t va;
	const char *name; /* up to the end of its line */
	uint16_t len;
	char type;
};

struct sysmap {
	struct entry *entry; /* in the order of addresses */
	size_t count;
	uint64_t moved; /* what KASLR added to addresses of the image */
	struct arena *arena;
};

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '?';
}

/* "ffffffff81000000 T _text": 8 or 16 digits, a letter, a name. */
static bool
parse_line(struct str line, struct entry *out)
{
	size_t digits = str_find_char(line, ' ');
	struct str rest = line;
	uint64_t va = 0;

	if ((digits != 8 && digits != 16) || line.len < digits + 4 || !str_take_hex(&rest, &va) ||
	    rest.len != line.len - digits || rest.p[2] != ' ' || !is_letter(rest.p[1]))
		return false;
	rest = str_from(rest, 3);
	if (rest.len > NAME_MAX_LEN || str_find_char(rest, ' ') != STR_NONE)
		return false;
	*out = (struct entry){ va, rest.p, (uint16_t)rest.len, line.p[digits + 1] };
	return true;
}

bool
sysmap_is(struct bytes head)
{
	struct str text = { (const char *)head.p, head.len };
	struct str line = { NULL, 0 };
	struct entry e = { 0 };

	for (size_t i = 0; i < HEAD_LINES; i++) {
		if (str_find_char(text, '\n') == STR_NONE || !str_take_line(&text, &line) ||
		    !parse_line(line, &e))
			return false;
	}
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	if (x->va != y->va)
		return x->va < y->va ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name); /* as they stand in the file */
}

static bool
is_sorted(const struct sysmap *m)
{
	for (size_t i = 1; i < m->count; i++) {
		if (m->entry[i].va < m->entry[i - 1].va)
			return false;
	}
	return true;
}

static size_t
count_lines(struct str text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += text.p[i] == '\n';
	return count;
}

const struct error *
sysmap_parse(struct str text, struct arena *a, struct sysmap **out)
{
	struct sysmap *m = ARENA_NEW(a, struct sysmap);
	size_t lines = count_lines(text);
	struct str line = { NULL, 0 };
	size_t number = 0;
	bool cut = text.len != 0 && text.p[text.len - 1] != '\n';

	if (lines > LIMIT_SYMBOLS)
		return error_new(a, ERROR_LIMIT, "System.map with %zu lines", lines);
	m->arena = a;
	m->entry = arena_try(a, lines, sizeof(m->entry[0]));
	if (m->entry == NULL)
		return error_new(a, ERROR_LIMIT, "no memory for a System.map of %zu lines", lines);
	while (str_take_line(&text, &line)) {
		struct entry *e = &m->entry[m->count];

		number++;
		if (!parse_line(line, e))
			return error_new(a, ERROR_CORRUPT, "line %zu of System.map is no symbol",
					 number);
		/* gcc's local labels on arm64 have control characters in them. */
		m->count += str_is_word((struct str){ e->name, e->len });
	}
	if (m->count == 0 || cut)
		return error_new(a, ERROR_CORRUPT, "System.map ends in the middle of line %zu",
				 number);
	if (!is_sorted(m))
		qsort(m->entry, m->count, sizeof(m->entry[0]), compare);
	*out = m;
	return NULL;
}

const struct error *
sysmap_read(const char *path, struct arena *a, struct sysmap **out)
{
	struct source *s = NULL;
	const struct error *e = source_open(path, a, &s);

	if (e != NULL)
		return e;
	if (s->len > LIMIT_SYMBOL_BYTES)
		return error_new(a, ERROR_LIMIT, "'%s' is too long for a System.map", path);

	char *text = arena_try(a, (size_t)s->len + 1, 1);

	if (text == NULL)
		return error_new(a, ERROR_LIMIT, "no memory for '%s'", path);

	size_t len = source_read_some(s, 0, text, (size_t)s->len);

	e = sysmap_parse((struct str){ text, len }, a, out);
	return e == NULL ? NULL : error_wrap(a, e, "reading '%s'", path);
}

/* The first one of that name: places of per-CPU variables may have the names of others. */
static const struct entry *
find(const struct sysmap *m, const char *name, size_t len)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->entry[i].len == len && memcmp(m->entry[i].name, name, len) == 0)
			return &m->entry[i];
	}
	return NULL;
}

static const struct entry *
find_text(const struct sysmap *m, const char *name)
{
	return find(m, name, strlen(name));
}

/* Numbers, and places in the per-CPU area until 6.14, are not moved. */
static bool
is_moved(const struct sysmap *m, uint64_t va)
{
	return va >= m->entry[m->count - 1].va >> 1;
}

static uint64_t
place_of(const struct sysmap *m, const struct entry *e)
{
	return is_moved(m, e->va) ? e->va + m->moved : e->va;
}

/* A SYMBOL(name)=address of VMCOREINFO against the map. Some are not where the symbol is but what
 * it points to (mem_section), some names are macros (node_online_map): only those count that are
 * in the image and in the map. */
static const struct error *
compare_symbol(const struct sysmap *m, struct str name, uint64_t va, size_t *agree, struct arena *a)
{
	const struct entry *first = find_text(m, "_stext");
	const struct entry *last = find_text(m, "_end");
	const struct entry *e = find(m, name.p, name.len);

	if (e == NULL || first == NULL || last == NULL || va < first->va + m->moved ||
	    va > last->va + m->moved)
		return NULL;
	if (place_of(m, e) != va)
		return error_new(a, ERROR_CORRUPT,
				 "System.map is of another kernel: %.*s would be at 0x%" PRIx64
				 " and is at 0x%" PRIx64,
				 STR_ARG(name), place_of(m, e), va);
	++*agree;
	return NULL;
}

static const struct error *
compare_symbols(const struct sysmap *m, const struct vmcoreinfo *info, struct arena *a)
{
	size_t agree = 0;
	struct str text = vmcoreinfo_text(info);
	struct str line = { NULL, 0 };

	while (str_take_line(&text, &line)) {
		const struct error *e = NULL;
		struct str name = { NULL, 0 };
		uint64_t va = 0;

		if (!str_take(&line, STR("SYMBOL(")) || !str_cut(&line, ')', &name) ||
		    !str_take(&line, STR("=")) || !str_take_hex(&line, &va))
			continue;
		e = compare_symbol(m, name, va, &agree, a);
		if (e != NULL)
			return e;
	}
	if (agree >= WITNESSES)
		return NULL;
	return error_new(a, ERROR_ABSENT,
			 "VMCOREINFO has too few symbols to tell whose kernel's System.map it is");
}

/* What the kernel calls itself stands where the map has linux_banner. */
static const struct error *
compare_banner(const struct sysmap *m, const struct vmcoreinfo *info, const struct memory *mem,
	       struct arena *a)
{
	const struct entry *e = find_text(m, "linux_banner");
	struct str release = { NULL, 0 };
	struct str banner = { NULL, 0 };

	if (e == NULL || mem == NULL || !vmcoreinfo_find(info, "OSRELEASE", &release) ||
	    memory_string(mem, place_of(m, e), BANNER_LEN, a, &banner) != NULL)
		return NULL; /* not to be had, as in a small dump */
	if (str_take(&banner, STR("Linux version ")) && str_take(&banner, release) &&
	    str_starts(banner, STR(" ")))
		return NULL;
	return error_new(
		a, ERROR_CORRUPT,
		"System.map is of another kernel: there is no banner of %.*s at 0x%" PRIx64,
		STR_ARG(release), place_of(m, e));
}

const struct error *
sysmap_place(struct sysmap *m, const struct vmcoreinfo *info, const struct memory *mem,
	     struct arena *a)
{
	const struct entry *stext = find_text(m, "_stext");
	const struct error *e = NULL;
	uint64_t va = 0;

	if (stext == NULL)
		return error_new(a, ERROR_CORRUPT, "System.map has no _stext");
	if (info == NULL || !vmcoreinfo_symbol(info, "_stext", &va))
		return error_new(a, ERROR_ABSENT,
				 "VMCOREINFO does not say where the kernel of System.map was");
	m->moved = va - stext->va;
	e = compare_symbols(m, info, a);
	return e != NULL ? e : compare_banner(m, info, mem, a);
}

static void
find_all(void *self, struct kallsyms_query *query, size_t count)
{
	const struct sysmap *m = self;

	for (size_t i = 0; i < count; i++) {
		const struct entry *e = query[i].found ? NULL : find_text(m, query[i].name);

		if (e == NULL)
			continue;
		query[i].va = place_of(m, e);
		query[i].found = true;
	}
}

/* As the kernel names it: the first of several, but not the padding in front of a function. */
static bool
is_padding(const struct entry *e)
{
	struct str name = { e->name, e->len };

	return str_starts(name, STR("__pfx_")) || str_starts(name, STR("__cfi_"));
}

static bool
at(void *self, uint64_t va, struct kallsyms_symbol *out)
{
	const struct sysmap *m = self;
	size_t low = 0;
	size_t high = m->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (place_of(m, &m->entry[mid]) <= va)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return false;

	size_t first = low - 1;

	while (first > 0 && m->entry[first - 1].va == m->entry[low - 1].va)
		first--;
	while (first < low - 1 && is_padding(&m->entry[first]))
		first++;

	const struct entry *e = &m->entry[first];

	*out = (struct kallsyms_symbol){
		.name = str_copy(m->arena, (struct str){ e->name, e->len }),
		.va = place_of(m, e),
		.len = low < m->count ? m->entry[low].va - e->va : 0,
		.type = e->type,
	};
	return true;
}

struct symbol_source
sysmap_source(struct sysmap *m)
{
	return (struct symbol_source){ "System.map", m, find_all, at };
}
