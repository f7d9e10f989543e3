/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/kallsyms.h"

#include "base/limits.h"
#include "symbols/window.h"

#include <inttypes.h>
#include <string.h>

enum {
	GROUP = 256,         /* names from one marker to the next */
	TOKENS = 256,        /* one for each byte value */
	NAME_MAX_LEN = 1024, /* the kernel's own limit is 512 since 6.1 (KSYM_NAME_LEN) */
	GROUP_MIN_LEN = GROUP * 2,
	GROUP_MAX_LEN = GROUP * (2 + NAME_MAX_LEN),
	ALIASES = 64, /* looked at; real tables have about ten names for one address */
	MEMO = 4096,  /* names kept for reuse; a power of two */
};

enum encoding {
	ABSOLUTE,
	ABSOLUTE_PERCPU,
	RELATIVE,
	PLACE_RELATIVE,
};

struct memo {
	uint32_t index_plus_1;
	char type;
	struct str name;
};

struct kallsyms {
	struct arena *arena;
	uint32_t count;
	uint32_t groups;
	uint32_t *marker; /* of each group: where in names it starts; and the end of all */
	struct window names;
	struct window table; /* addresses or offsets */
	enum encoding encoding;
	uint64_t base;
	const uint8_t *token[TOKENS];
	uint8_t token_len[TOKENS];
	uint16_t *key; /* of each name, see key_of(); NULL until all were looked at */
	struct memo *memo;
};

/* The names of one group, still in tokens. */
struct group {
	const uint8_t *bytes;
	size_t len;
	size_t count;
	uint32_t off[GROUP]; /* of the first token */
	uint16_t tokens[GROUP];
};

static const struct {
	const char *name;
	size_t off;
} vmcoreinfo_names[] = {
	{ "kallsyms_names", offsetof(struct kallsyms_location, names) },
	{ "kallsyms_token_table", offsetof(struct kallsyms_location, token_table) },
	{ "kallsyms_token_index", offsetof(struct kallsyms_location, token_index) },
	{ "kallsyms_addresses", offsetof(struct kallsyms_location, addresses) },
	{ "kallsyms_offsets", offsetof(struct kallsyms_location, offsets) },
	{ "kallsyms_relative_base", offsetof(struct kallsyms_location, relative_base) },
};

const struct error *
kallsyms_locate(const struct memory *mem, const struct vmcoreinfo *info, struct arena *a,
		struct kallsyms_location *out)
{
	struct kallsyms_location at = { 0 };
	uint64_t num_syms = 0;

	for (size_t i = 0; i < ARRAY_LEN(vmcoreinfo_names); i++) {
		uint64_t va = 0;

		if (vmcoreinfo_symbol(info, vmcoreinfo_names[i].name, &va))
			memcpy((char *)&at + vmcoreinfo_names[i].off, &va, sizeof(va));
	}
	if (!vmcoreinfo_symbol(info, "kallsyms_num_syms", &num_syms) || at.names == 0 ||
	    at.token_table == 0 || at.token_index == 0 || (at.addresses == 0 && at.offsets == 0))
		return error_new(a, ERROR_ABSENT, "VMCOREINFO does not say where kallsyms is");

	/* An unsigned int; until 4.20 a long, of which this is the low half. */
	const struct error *e = memory_u32(mem, num_syms, &at.count);

	if (e != NULL)
		return error_wrap(a, e, "reading the number of kernel symbols");
	*out = at;
	return NULL;
}

static const struct error *
corrupt(struct arena *a, const char *what)
{
	return error_new(a, ERROR_CORRUPT, "kallsyms: %s", what);
}

/* The index holds 256 offsets into the table, which ends where the index begins. */
static const struct error *
open_tokens(struct kallsyms *k, const struct memory *mem, const struct kallsyms_location *at)
{
	enum { TABLE_MAX = 1 << 16 };
	uint8_t index[TOKENS * 2] = { 0 };
	const struct error *e = memory_read(mem, at->token_index, index, sizeof(index));

	if (e != NULL)
		return error_wrap(k->arena, e, "reading the token index of kallsyms");
	if (at->token_index <= at->token_table || at->token_index - at->token_table > TABLE_MAX)
		return corrupt(k->arena, "the token index does not follow the token table");

	size_t len = (size_t)(at->token_index - at->token_table);
	uint8_t *table = arena_alloc(k->arena, len + 1, 1);

	e = memory_read(mem, at->token_table, table, len);
	if (e != NULL)
		return error_wrap(k->arena, e, "reading the tokens of kallsyms");
	for (size_t i = 0; i < TOKENS; i++) {
		size_t off = bytes_u16(index + 2 * i, mem->order);
		size_t token = off < len ? strnlen((const char *)table + off, len - off) : SIZE_MAX;

		if (token > UINT8_MAX)
			return corrupt(k->arena, "a token is not in the token table");
		k->token[i] = table + off;
		k->token_len[i] = (uint8_t)token;
	}
	return NULL;
}

static uint64_t
marker_from(const uint8_t *p, size_t len, enum byte_order order)
{
	return len == 4 ? bytes_u32(p, order) : bytes_u64(p, order);
}

/* Each group of names follows the one before, and takes what 256 names can take. */
static bool
is_marker(uint64_t v, uint64_t before)
{
	return v < LIMIT_SYMBOL_BYTES && v > before && v - before >= GROUP_MIN_LEN &&
	       v - before <= GROUP_MAX_LEN;
}

static bool
read_markers(struct kallsyms *k, const struct memory *mem, uint64_t va, size_t len)
{
	uint8_t first[8] = { 0 };

	/* Most places are ruled out by the first one. */
	if (memory_read(mem, va, first, len) != NULL || marker_from(first, len, mem->order) != 0)
		return false;

	uint8_t *raw = arena_try(k->arena, k->groups, len);

	if (raw == NULL || memory_read(mem, va, raw, k->groups * len) != NULL)
		return false;
	for (size_t i = 1; i < k->groups; i++) {
		uint64_t v = marker_from(raw + i * len, len, mem->order);

		if (!is_marker(v, k->marker[i - 1]))
			return false;
		k->marker[i] = (uint32_t)v;
	}
	return true;
}

/* Markers stand in front of the token table; in 6.2, 6.3 and stable kernels of 6.1 a table of
 * three bytes a symbol is between them (Linux commit 60443c88f3a8, moved by 404bad70fcf7). */
static uint64_t
find_markers(struct kallsyms *k, const struct memory *mem, const struct kallsyms_location *at)
{
	static const struct {
		uint8_t marker_len, between;
	} tries[] = { { 4, 0 }, { 4, 3 }, { 8, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		size_t len = tries[i].marker_len;
		uint64_t behind = (uint64_t)k->count * tries[i].between + (uint64_t)k->groups * len;

		if (behind > at->token_table)
			continue;
		/* Each of the two tables may be padded by 7 bytes. */
		for (uint64_t pad = 0; pad <= 16; pad += 4) {
			uint64_t va = ((at->token_table - behind) & ~3ULL) - pad;

			if (va > at->names && read_markers(k, mem, va, len))
				return va;
		}
	}
	return 0;
}

static const struct error *
open_names(struct kallsyms *k, const struct memory *mem, const struct kallsyms_location *at)
{
	uint64_t markers = at->markers;

	if (at->token_table <= at->names || at->token_table - at->names > LIMIT_SYMBOL_BYTES ||
	    k->count > (at->token_table - at->names) / 2)
		return corrupt(k->arena, "names are not where they should be");
	k->marker = ARENA_TRY_ARRAY(k->arena, uint32_t, (size_t)k->groups + 1);
	if (k->marker == NULL)
		return error_new(k->arena, ERROR_LIMIT, "no memory for kernel symbols");
	if (markers == 0)
		markers = find_markers(k, mem, at);
	else if (!read_markers(k, mem, markers, at->marker_len))
		markers = 0;
	if (markers <= at->names || k->marker[k->groups - 1] >= markers - at->names)
		return corrupt(k->arena, "there are no markers for its names");
	if (!window_open(&k->names, mem, at->names, (size_t)(markers - at->names), k->arena))
		return error_new(k->arena, ERROR_LIMIT, "no memory for names of kernel symbols");
	k->marker[k->groups] = (uint32_t)k->names.len;
	return NULL;
}

static bool
address_of(struct kallsyms *k, uint32_t index, uint64_t *va)
{
	uint32_t v = 0;

	if (k->encoding == ABSOLUTE)
		return window_u64(&k->table, (size_t)index * 8, va);
	if (!window_u32(&k->table, (size_t)index * 4, &v))
		return false;
	if (k->encoding == PLACE_RELATIVE)
		*va = k->table.va + 4 * (uint64_t)index + (uint64_t)(int64_t)(int32_t)v;
	else if (k->encoding == RELATIVE)
		*va = k->base + v;
	else
		*va = (int32_t)v >= 0 ? v : k->base - 1 - (uint64_t)(int64_t)(int32_t)v;
	return true;
}

/* A symbol between low and high, both excluded, near the middle, whose address can be read. */
static bool
probe(struct kallsyms *k, uint32_t low, uint32_t high, uint32_t *index, uint64_t *va)
{
	enum { STEP = 512 }; /* at most half a page of addresses */
	uint32_t mid = low + (high - low) / 2;

	for (uint32_t away = 0; away < high - low; away += STEP) {
		bool below = mid - low > away && address_of(k, mid - away, va);

		if (!below && (high - mid <= away || !address_of(k, mid + away, va)))
			continue;
		*index = below ? mid - away : mid + away;
		return true;
	}
	return false;
}

/* The last symbol at or below va; false too if it may be one that cannot be read. */
static bool
index_at(struct kallsyms *k, uint64_t va, uint32_t *index)
{
	uint32_t low = 0;
	uint32_t high = k->count;
	uint64_t at = 0;

	if (!address_of(k, 0, &at) || at > va)
		return false;
	while (high - low > 1) {
		uint32_t mid = 0;

		if (!probe(k, low, high, &mid, &at))
			return false;
		if (at <= va)
			low = mid;
		else
			high = mid;
	}
	*index = low;
	return true;
}

/* In all encodings the table is sorted, so the right one has a symbol exactly at _stext. */
static bool
choose_encoding(struct kallsyms *k, uint64_t stext, bool has_base)
{
	static const enum encoding with_base[] = { ABSOLUTE_PERCPU, RELATIVE, PLACE_RELATIVE };
	static const enum encoding without_base[] = { PLACE_RELATIVE };
	const enum encoding *tries = has_base ? with_base : without_base;
	size_t count = has_base ? ARRAY_LEN(with_base) : ARRAY_LEN(without_base);

	for (size_t i = 0; i < count && stext != 0; i++) {
		uint32_t index = 0;
		uint64_t va = 0;

		k->encoding = tries[i];
		if (index_at(k, stext, &index) && address_of(k, index, &va) && va == stext)
			return true;
	}

	/* Without _stext, or with holes in the table: kernel text is at the end of it, and
	 * negative if small positive numbers mean per-CPU data. */
	size_t last = k->count - 1;
	uint32_t v = 0;

	if (stext != 0 && window_reach(&k->table, 0, k->table.len) == k->table.len)
		return false;
	while (last > 0 && !window_u32(&k->table, last * 4, &v))
		last--;
	if (has_base)
		k->encoding = (int32_t)v < 0 ? ABSOLUTE_PERCPU : RELATIVE;
	return last > 0;
}

static const struct error *
open_addresses(struct kallsyms *k, const struct memory *mem, const struct kallsyms_location *at,
	       uint64_t stext)
{
	uint64_t va = at->addresses != 0 ? at->addresses : at->offsets;
	size_t each = at->addresses != 0 ? 8 : 4;

	if (!window_open(&k->table, mem, va, k->count * each, k->arena))
		return error_new(k->arena, ERROR_LIMIT, "no memory for addresses of symbols");
	if (at->addresses != 0) {
		k->encoding = ABSOLUTE;
		return NULL;
	}
	if (at->relative_base != 0) {
		const struct error *e = memory_u64(mem, at->relative_base, &k->base);

		if (e != NULL)
			return error_wrap(k->arena, e, "reading the base of kernel symbols");
	}
	if (!choose_encoding(k, stext, at->relative_base != 0))
		return corrupt(k->arena, "no encoding of addresses has a symbol at _stext");
	return NULL;
}

const struct error *
kallsyms_open(const struct memory *mem, const struct kallsyms_location *at, uint64_t stext,
	      struct arena *a, struct kallsyms **out)
{
	struct kallsyms *k = ARENA_NEW(a, struct kallsyms);

	k->arena = a;
	k->count = at->count;
	if (k->count == 0 || k->count > LIMIT_SYMBOLS)
		return error_new(a, ERROR_CORRUPT, "kallsyms: %" PRIu32 " symbols", at->count);
	k->groups = (k->count + GROUP - 1) / GROUP;
	k->memo = ARENA_ARRAY(a, struct memo, MEMO);

	const struct error *e = open_tokens(k, mem, at);

	if (e == NULL)
		e = open_names(k, mem, at);
	if (e == NULL)
		e = open_addresses(k, mem, at, stext);
	if (e == NULL)
		*out = k;
	return e;
}

const char *
kallsyms_encoding(const struct kallsyms *k)
{
	static const char *const names[] = {
		[ABSOLUTE] = "absolute",
		[ABSOLUTE_PERCPU] = "absolute percpu",
		[RELATIVE] = "relative",
		[PLACE_RELATIVE] = "place relative",
	};

	return names[k->encoding];
}

uint32_t
kallsyms_count(const struct kallsyms *k)
{
	return k->count;
}

/* Cuts a group into names; the end of the last one, or 0 if they do not fit. Lengths of two
 * bytes came with 6.1 (Linux commit 73bbb94466fd); before, 128 to 255 were lengths. */
static size_t
cut_group(struct group *g, bool long_lengths)
{
	size_t off = 0;

	for (size_t i = 0; i < g->count; i++) {
		if (off >= g->len)
			return 0;

		size_t len = g->bytes[off++];

		if (long_lengths && len >= 0x80 && off < g->len)
			len = (len & 0x7f) | (size_t)g->bytes[off++] << 7;
		if (len > g->len - off)
			return 0;
		g->off[i] = (uint32_t)off;
		g->tokens[i] = (uint16_t)len;
		off += len;
	}
	return off;
}

static bool
read_group(struct kallsyms *k, uint32_t number, struct group *g)
{
	bool last = number + 1 == k->groups;

	g->len = k->marker[number + 1] - k->marker[number];
	g->bytes = window_get(&k->names, k->marker[number], g->len);
	g->count = last ? k->count - number * GROUP : GROUP;
	if (g->bytes == NULL)
		return false;

	/* Both readings agree unless a length has its high bit set; the right one ends where
	 * the next group begins. The last group is followed by padding. */
	size_t end = cut_group(g, true);

	if (end == g->len || (last && end != 0 && g->len - end < 8))
		return true;
	end = cut_group(g, false);
	return end == g->len || (last && end != 0);
}

/* Writes at most max letters, the first of which is the type. */
static size_t
spell(const struct kallsyms *k, const struct group *g, size_t i, char *out, size_t max)
{
	const uint8_t *token = g->bytes + g->off[i];
	size_t len = 0;

	for (size_t t = 0; t < g->tokens[i]; t++) {
		size_t more = k->token_len[token[t]];

		if (more > max - len)
			more = max - len;
		memcpy(out + len, k->token[token[t]], more);
		len += more;
	}
	return len;
}

/* What can be told of a name from its first and its last tokens, without spelling it: its first
 * letter and its last two. That rules out nearly all names that are not asked for. 0 stands for
 * no name. */
static uint16_t
key_from(uint8_t first, uint8_t last_but_one, uint8_t last)
{
	return (uint16_t)((first & 0x3fU) << 10 | (last_but_one & 0x1fU) << 5 | (last & 0x1fU));
}

static uint16_t
key_of_query(const char *name)
{
	size_t len = strlen(name);

	if (len == 0)
		return 0;
	return key_from((uint8_t)name[0], len == 1 ? 0 : (uint8_t)name[len - 2],
			(uint8_t)name[len - 1]);
}

/* Letters of each token; 0 if it is too short to have one. */
struct letters {
	uint8_t first[TOKENS], second[TOKENS], last_but_one[TOKENS], last[TOKENS];
};

static void
find_letters(const struct kallsyms *k, struct letters *l)
{
	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < TOKENS; i++) {
		size_t len = k->token_len[i];

		if (len == 0)
			continue;
		l->first[i] = k->token[i][0];
		l->last[i] = k->token[i][len - 1];
		if (len == 1)
			continue;
		l->second[i] = k->token[i][1];
		l->last_but_one[i] = k->token[i][len - 2];
	}
}

/* Of a name, in tokens; 0 if it has but one letter. The first letter of all is the type, and no
 * part of the name. */
static uint8_t
last_but_one_of(const struct kallsyms *k, const struct letters *l, const uint8_t *token,
		size_t count)
{
	uint8_t end = token[count - 1];

	if (k->token_len[end] > 1)
		return count == 1 && k->token_len[end] == 2 ? 0 : l->last_but_one[end];
	if (count == 1 || (count == 2 && k->token_len[token[0]] < 2))
		return 0;
	return l->last[token[count - 2]];
}

static uint16_t
key_of_name(const struct kallsyms *k, const struct letters *l, const uint8_t *token, size_t count)
{
	if (count == 0)
		return 0;

	uint8_t first = l->second[token[0]];

	if (first == 0 && count > 1)
		first = l->first[token[1]];
	if (first == 0)
		return 0;
	return key_from(first, last_but_one_of(k, l, token, count), l->last[token[count - 1]]);
}

static void
make_keys(struct kallsyms *k)
{
	struct letters l;
	struct group g;

	k->key = ARENA_TRY_ARRAY(k->arena, uint16_t, k->count);
	if (k->key == NULL)
		return;
	find_letters(k, &l);
	for (uint32_t n = 0; n < k->groups; n++) {
		if (!read_group(k, n, &g))
			continue;
		for (size_t i = 0; i < g.count; i++)
			k->key[n * GROUP + i] = key_of_name(k, &l, g.bytes + g.off[i], g.tokens[i]);
	}
}

enum {
	SEARCH_BUCKETS = 256,
};

/* What is asked for, and which keys that has. */
struct search {
	struct kallsyms_query *query;
	uint16_t *key; /* of each */
	size_t open;   /* not answered */
	uint8_t bits[(1 << 16) / 8];
	uint32_t bucket[SEARCH_BUCKETS]; /* by key: 1 + number of a query; 0: none */
	uint32_t *next;                  /* of each, the next one in its bucket */
};

static uint32_t *
bucket_of(struct search *s, uint16_t key)
{
	return &s->bucket[(key ^ key >> 8) % SEARCH_BUCKETS];
}

static bool
is_asked(const struct search *s, uint16_t key)
{
	return s->bits[key / 8] >> key % 8 & 1;
}

static void
answer(struct kallsyms *k, uint32_t index, struct str name, struct search *s)
{
	for (uint32_t i = *bucket_of(s, k->key[index]); i != 0; i = s->next[i - 1]) {
		struct kallsyms_query *q = &s->query[i - 1];

		if (s->key[i - 1] != k->key[index] || q->found || !str_is_c(name, q->name))
			continue;
		q->va = index;
		q->found = q->by_number || address_of(k, index, &q->va);
		s->open -= q->found;
	}
}

static void
find_in_group(struct kallsyms *k, uint32_t number, struct search *s)
{
	const uint16_t *key = k->key + (size_t)number * GROUP;
	struct group g = { .count = 0 };
	char name[NAME_MAX_LEN];

	for (size_t i = 0; i < GROUP && number * GROUP + i < k->count; i++) {
		if (!is_asked(s, key[i]))
			continue;
		if (g.count == 0 && !read_group(k, number, &g))
			return;

		size_t len = spell(k, &g, i, name, sizeof(name));

		if (len > 1)
			answer(k, number * GROUP + (uint32_t)i, (struct str){ name + 1, len - 1 },
			       s);
	}
}

void
kallsyms_find(struct kallsyms *k, struct kallsyms_query *query, size_t count)
{
	struct arena *a = arena_new_temporary(k->arena);
	struct search s = { .query = query,
			    .key = ARENA_ARRAY(a, uint16_t, count),
			    .next = ARENA_ARRAY(a, uint32_t, count) };

	if (k->key == NULL)
		make_keys(k);
	for (size_t i = 0; i < count; i++) {
		uint16_t key = key_of_query(query[i].name);
		uint32_t *bucket = bucket_of(&s, key);

		s.key[i] = key;
		s.bits[key / 8] |= (uint8_t)(1U << key % 8);
		s.next[i] = *bucket;
		*bucket = (uint32_t)i + 1;
		s.open += !query[i].found;
	}
	s.bits[0] &= (uint8_t)~1U;
	for (uint32_t g = 0; k->key != NULL && g < k->groups && s.open != 0; g++)
		find_in_group(k, g, &s);
	arena_free(a);
}

/* The name with that number, spelled once and kept. */
static bool
name_of(struct kallsyms *k, uint32_t index, struct str *name, char *type)
{
	struct memo *m = &k->memo[index % MEMO];
	struct group g = { 0 };
	char letters[NAME_MAX_LEN];

	if (m->index_plus_1 != index + 1) {
		if (!read_group(k, index / GROUP, &g) || index % GROUP >= g.count)
			return false;

		size_t len = spell(k, &g, index % GROUP, letters, sizeof(letters));

		if (len < 2)
			return false;
		char *kept = arena_try(k->arena, len, 1);

		if (kept == NULL)
			return false;
		memcpy(kept, letters + 1, len - 1);
		m->name = (struct str){ kept, len - 1 };
		m->type = letters[0];
		m->index_plus_1 = index + 1;
	}
	*name = m->name;
	*type = m->type;
	return true;
}

/* Addresses behind va are looked for up to the cap, so that a table of equal addresses costs
 * no more than that; 0 if there is none. */
static uint64_t
distance_to_next(struct kallsyms *k, uint32_t index, uint64_t va)
{
	for (uint32_t i = index + 1; i < k->count && i - index < ALIASES; i++) {
		uint64_t next = 0;

		if (!address_of(k, i, &next) || next < va)
			return 0;
		if (next != va)
			return next - va;
	}
	return 0;
}

static uint32_t
first_alias(struct kallsyms *k, uint32_t index, uint64_t va)
{
	uint32_t first = index;
	uint64_t at = 0;

	while (first != 0 && index - first < ALIASES && address_of(k, first - 1, &at) && at == va)
		first--;
	return first;
}

bool
kallsyms_get(struct kallsyms *k, uint32_t index, struct kallsyms_symbol *out)
{
	struct kallsyms_symbol s = { 0 };

	if (index >= k->count || !address_of(k, index, &s.va) ||
	    !name_of(k, index, &s.name, &s.type))
		return false;
	s.len = distance_to_next(k, index, s.va);
	*out = s;
	return true;
}

static bool
is_padding(struct str name)
{
	return str_starts(name, STR("__pfx_")) || str_starts(name, STR("__cfi_"));
}

bool
kallsyms_at(struct kallsyms *k, uint64_t va, struct kallsyms_symbol *out)
{
	uint32_t last = 0;
	uint64_t at = 0;

	if (!index_at(k, va, &last) || !address_of(k, last, &at))
		return false;

	uint32_t first = first_alias(k, last, at);

	for (uint32_t i = first; i <= last; i++) {
		struct kallsyms_symbol s = { 0 };

		if (kallsyms_get(k, i, &s) && !is_padding(s.name)) {
			*out = s;
			return true;
		}
	}
	return kallsyms_get(k, first, out);
}
