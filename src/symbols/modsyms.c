/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/modsyms.h"

#include "base/limits.h"
#include "symbols/window.h"

#include <stdlib.h>
#include <string.h>

enum {
	NAME_MAX_LEN = 512,
	SHN_UNDEF_INDEX = 0,
};

struct entry {
	uint64_t va;
	uint32_t name;  /* offset in the string table */
	uint32_t index; /* in the symbol table */
	uint32_t own_len;
};

struct modsyms {
	struct arena *arena;
	struct window strings;
	struct entry *entry; /* sorted by address, then by index */
	uint32_t count;
};

static int
compare(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	if (x->va != y->va)
		return x->va < y->va ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Cut out of the string table, which has no length of its own; empty where it has a hole. */
static struct str
name_at(struct modsyms *m, uint32_t off)
{
	size_t reach = window_reach(&m->strings, off, NAME_MAX_LEN);
	const char *p = (const char *)m->strings.bytes + off;
	size_t len = reach == 0 ? 0 : strnlen(p, reach);

	return len == reach ? (struct str){ NULL, 0 } : (struct str){ p, len };
}

/* is_mapping_symbol() of Linux's include/linux/module_symbol.h: .L*, L0*, $a, $x.1 ... */
static bool
is_mapping(struct str name)
{
	if (str_starts(name, STR(".L")) || str_starts(name, STR("L0")))
		return true;
	return name.len >= 2 && name.p[0] == '$' && strchr("atdx", name.p[1]) != NULL &&
	       (name.len == 2 || name.p[2] == '.');
}

static bool
is_named(struct modsyms *m, uint32_t index)
{
	struct str name = name_at(m, m->entry[index].name);

	return name.len != 0 && !is_mapping(name);
}

static void
add(struct modsyms *m, const uint8_t *symbol, uint32_t index, const struct memory *mem)
{
	bool wide = mem->word_len == 8;
	uint32_t name = bytes_u32(symbol, mem->order);
	uint16_t section = bytes_u16(symbol + (wide ? 6 : 14), mem->order);
	uint64_t own =
		wide ? bytes_u64(symbol + 16, mem->order) : bytes_u32(symbol + 8, mem->order);
	uint64_t va = wide ? bytes_u64(symbol + 8, mem->order) : bytes_u32(symbol + 4, mem->order);

	if (section != SHN_UNDEF_INDEX && va != 0 && name != 0)
		m->entry[m->count++] =
			(struct entry){ va, name, index, own > UINT32_MAX ? 0 : (uint32_t)own };
}

static bool
read_table(struct modsyms *m, const struct memory *mem, uint64_t symtab, uint32_t count)
{
	size_t each = mem->word_len == 8 ? 24 : 16;
	struct arena *a = arena_new_temporary(m->arena);
	struct window w = { 0 };
	bool opened = window_open(&w, mem, symtab, count * each, a);

	/* The first symbol of every ELF table is empty. */
	for (uint32_t i = 1; opened && i < count; i++) {
		const uint8_t *symbol = window_get(&w, i * each, each);

		if (symbol != NULL)
			add(m, symbol, i, mem);
	}
	arena_free(a);
	return opened;
}

/* The string table does not say how long it is, but the symbols tell how far they reach. */
static bool
open_strings(struct modsyms *m, const struct memory *mem, uint64_t strtab)
{
	enum { NAME_MEAN_LEN = 128 }; /* more than any table's: names have 20 letters */
	uint64_t len = 0;
	uint64_t most = (uint64_t)m->count * NAME_MEAN_LEN;

	for (uint32_t i = 0; i < m->count; i++)
		len = m->entry[i].name > len ? m->entry[i].name : len;
	len = (len < most ? len : most) + NAME_MAX_LEN;
	if (len > UINT64_MAX - strtab)
		len = UINT64_MAX - strtab;
	return window_open(&m->strings, mem, strtab, (size_t)len, m->arena);
}

struct modsyms *
modsyms_open(const struct memory *mem, uint64_t symtab, uint64_t strtab, uint32_t count,
	     struct arena *a)
{
	struct modsyms *m = ARENA_NEW(a, struct modsyms);

	m->arena = a;
	if (symtab == 0 || strtab == 0 || count < 2 || count > LIMIT_MODULE_SYMBOLS)
		return NULL;
	m->entry = ARENA_TRY_ARRAY(a, struct entry, count);
	if (m->entry == NULL || !read_table(m, mem, symtab, count) || !open_strings(m, mem, strtab))
		return NULL;
	qsort(m->entry, m->count, sizeof(m->entry[0]), compare);
	return m;
}

uint32_t
modsyms_count(const struct modsyms *m)
{
	return m->count;
}

/* Up to the next symbol at another place. */
static uint64_t
len_of(struct modsyms *m, uint32_t index)
{
	uint64_t va = m->entry[index].va;

	while (index < m->count && (m->entry[index].va == va || !is_named(m, index)))
		index++;
	return index == m->count ? 0 : m->entry[index].va - va;
}

bool
modsyms_get(struct modsyms *m, uint32_t index, struct modsym *out)
{
	if (index >= m->count || !is_named(m, index))
		return false;
	out->name = name_at(m, m->entry[index].name);
	out->va = m->entry[index].va;
	out->len = len_of(m, index);
	out->own_len = m->entry[index].own_len;
	return true;
}

static bool
is_padding(struct modsyms *m, uint32_t index)
{
	struct str name = name_at(m, m->entry[index].name);

	return str_starts(name, STR("__pfx_")) || str_starts(name, STR("__cfi_"));
}

/* How many symbols are at or below va. */
static uint32_t
count_to(const struct modsyms *m, uint64_t va)
{
	uint32_t low = 0;
	uint32_t high = m->count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->entry[mid].va <= va)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
modsyms_at(struct modsyms *m, uint64_t va, uint64_t from, struct modsym *out)
{
	uint32_t found = count_to(m, va);
	uint64_t at = 0;
	bool any = false;

	/* Down to the first of those at the closest address. */
	for (uint32_t i = found; i > 0 && m->entry[i - 1].va >= from; i--) {
		if (any && m->entry[i - 1].va != at)
			break;
		if (!is_named(m, i - 1) || (any && is_padding(m, i - 1)))
			continue;
		at = m->entry[i - 1].va;
		any = true;
		found = i - 1;
	}
	return any && modsyms_get(m, found, out);
}
