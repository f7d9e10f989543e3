/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/vmstat.h"

#include <string.h>

enum {
	COUNTERS = 96, /* 7.0 has 80 of zones and nodes; events follow */
	NAME_LEN = 40, /* the longest has 28 */
};

struct vmstat {
	const struct kernel *k;
	char name[COUNTERS][NAME_LEN];
	size_t count;
	uint64_t zone, node; /* where the arrays are; node 0: there is but one */
	size_t first_node;   /* number of the first counter of nodes */
};

/* A name of vmstat_text[]: lower case letters, digits and underscores. */
static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
			return false;
	}
	return s.len != 0 && s.len < NAME_LEN;
}

static void
read_names(struct vmstat *v, uint64_t table)
{
	while (v->count < COUNTERS) {
		uint64_t at = table + v->count * v->k->mem->word_len;
		uint64_t va = 0;

		if (memory_word(v->k->mem, at, &va) != NULL)
			return;

		struct str s = kernel_string(v->k, va, NAME_LEN);

		if (!is_name(s))
			return;
		memcpy(v->name[v->count++], s.p, s.len);
	}
}

static size_t
number_of(const struct vmstat *v, const char *name)
{
	size_t i = 0;

	while (i < v->count && strcmp(v->name[i], name) != 0)
		i++;
	return i;
}

const struct error *
vmstat_open(const struct kernel *k, struct arena *a, struct vmstat **out)
{
	struct vmstat *v = ARENA_NEW(a, struct vmstat);
	uint64_t table = 0;

	v->k = k;
	/* 75ef71840539 ("mm, vmstat: add infrastructure for per-node vmstats"), v4.8 */
	if (!symbols_find(k->symbols, "vm_zone_stat", &v->zone) ||
	    !symbols_find(k->symbols, "vm_node_stat", &v->node)) {
		v->node = 0;
		if (!symbols_find(k->symbols, "vm_stat", &v->zone))
			return error_new(a, ERROR_ABSENT, "the counters of memory were not found");
	}
	if (!symbols_find(k->symbols, "vmstat_text", &table))
		return error_new(a, ERROR_ABSENT, "the names of the counters were not found");
	read_names(v, table);
	/* Counters of nodes begin with those of the lists of pages. */
	v->first_node = v->node == 0 ? v->count : number_of(v, "nr_inactive_anon");
	if (v->count == 0 || (v->node != 0 && v->first_node == v->count))
		return error_new(a, ERROR_ABSENT, "the names of the counters could not be read");
	*out = v;
	return NULL;
}

bool
vmstat_find(const struct vmstat *v, const char *name, uint64_t *count)
{
	size_t i = number_of(v, name);
	uint64_t array = i < v->first_node ? v->zone : v->node;
	size_t off = i < v->first_node ? i : i - v->first_node;
	uint64_t n = 0;

	if (i == v->count || memory_word(v->k->mem, array + off * v->k->mem->word_len, &n) != NULL)
		return false;
	/* What CPUs hold back may make the rest negative. */
	if (v->k->mem->word_len == 8 ? (int64_t)n < 0 : (int32_t)n < 0)
		n = 0;
	*count = n;
	return true;
}
