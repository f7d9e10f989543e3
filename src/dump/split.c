/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * split.c - is a file one of a split set?
 *
 * makedumpfile --split marks each of its files in the sub-header, flattened or not.
 */
#include "dump/dump.h"
#include "dump/flat.h"
#include "dump/kdump_header.h"

enum {
	INDEX_MAX = 16 << 20,
};

static bool
is_member(struct source *s, struct arena *a)
{
	uint8_t head[KDUMP_HEADER_LEN] = { 0 };
	uint8_t sub_head[KDUMP_SUB_LEN] = { 0 };
	struct kdump_header h = { 0 };
	struct kdump_sub sub = { 0 };
	struct bytes b = { head, source_read_some(s, 0, head, sizeof(head)) };

	if (flat_is_header(b)) {
		if (flat_open(s, a) != NULL)
			return false;
		b.len = source_read_some(s, 0, head, sizeof(head));
	}
	if (!kdump_is_header(b) || kdump_header_parse(b, a, &h) != NULL || h.sub_blocks == 0)
		return false;
	b = (struct bytes){ sub_head,
			    source_read_some(s, h.block_len, sub_head, sizeof(sub_head)) };
	return kdump_sub_parse(b, &h, a, &sub) == NULL && sub.split;
}

bool
dump_is_split_member(const char *path)
{
	/* The index of a flattened stream has runs of records, of which a real one has few. */
	struct budget b = budget_of(0, INDEX_MAX);
	struct arena *a = arena_new(&b);
	struct source *s = NULL;
	bool member = source_open(path, a, &s) == NULL && is_member(s, a);

	arena_free(a);
	return member;
}
