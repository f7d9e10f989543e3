/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/heads.h"

#include <assert.h>
#include <ctype.h>

enum {
	HITS = 64, /* of one line that are looked at: several rows share a beginning */
};

struct row {
	const struct oops_family *family; /* NULL: an extra literal */
	const struct oops_head *head;
	size_t off;      /* of the literal in the pattern */
	bool anchored;   /* the match begins off bytes before the literal ... */
	struct str lead; /* ... or else with this one, which may be empty */
};

struct heads {
	struct literals *literals;
	struct str *literal;
	struct row *row;
	size_t count;
	size_t heads; /* rows before this one are heads */
};

static size_t
count_rows(void)
{
	size_t n = 0;

	for (size_t f = 0; families[f] != NULL; f++) {
		for (const struct oops_head *h = families[f]->heads; h->pattern != NULL; h++)
			n++;
	}
	return n;
}

static void
add_rows(struct heads *h, const struct oops_family *family)
{
	for (const struct oops_head *head = family->heads; head->pattern != NULL; head++) {
		struct row *row = &h->row[h->count];

		row->family = family;
		row->head = head;
		row->lead = pattern_lead(head->pattern);
		h->literal[h->count++] = pattern_literal(head->pattern, &row->anchored, &row->off);
	}
}

struct heads *
heads_new(struct arena *a, const struct str *extra, size_t extra_count)
{
	struct heads *h = ARENA_NEW(a, struct heads);
	size_t rows = count_rows();

	h->row = ARENA_ARRAY(a, struct row, rows + extra_count);
	h->literal = ARENA_ARRAY(a, struct str, rows + extra_count);
	for (size_t f = 0; families[f] != NULL; f++)
		add_rows(h, families[f]);
	h->heads = h->count;
	for (size_t i = 0; i < extra_count; i++)
		h->literal[h->count++] = extra[i];
	h->literals = literals_new(a, h->literal, h->count);
	return h;
}

/* What may stand before a head line that must stand at the start. */
static bool
is_start(struct str before)
{
	before = str_trim(before);
	return before.len == 0 || str_ends(before, STR("login:"));
}

/* Where the match of a row would begin; STR_NONE if not here. */
static size_t
start_of(const struct row *row, struct str text, size_t off)
{
	size_t start = 0;

	if (row->anchored) {
		if (off < row->off)
			return STR_NONE;
		start = off - row->off;
	} else {
		start = str_find(str_first(text, off), row->lead);
		if (start == STR_NONE)
			return STR_NONE;
	}
	if ((row->head->flags & HEAD_AT_START) && !is_start(str_first(text, start)))
		return STR_NONE;
	return start;
}

struct best {
	struct heading heading;
	size_t start;
	size_t literal_len;
	bool found;
};

static void
try_row(const struct heads *h, size_t index, struct str text, size_t off, struct best *best)
{
	const struct row *row = &h->row[index];
	size_t start = start_of(row, text, off);
	size_t len = h->literal[index].len;
	struct captures c;

	if (start == STR_NONE || (best->found && start > best->start))
		return;
	if (best->found && start == best->start && len < best->literal_len)
		return;
	if (best->found && start == best->start && len == best->literal_len &&
	    row->head > best->heading.row && row->family == best->heading.family)
		return;
	if (!pattern_match(str_from(text, start), row->head->pattern, &c))
		return;
	best->heading = (struct heading){ .family = row->family, .row = row->head, .captures = c };
	best->start = start;
	best->literal_len = len;
	best->found = true;
}

/* Programs may write anything into the log, and audit quotes them: "audit: type=...",
 * "systemd[1]: ...". */
static bool
is_from_program(struct str text)
{
	size_t n = 0;

	if (str_starts(text, STR("audit: type=")))
		return true;
	while (n < text.len && (isalnum((unsigned char)text.p[n]) != 0 || text.p[n] == '-' ||
				text.p[n] == '_' || text.p[n] == '@'))
		n++;
	if (n == 0 || n == text.len || text.p[n] != '[')
		return false;
	text = str_from(text, n + 1);

	uint64_t pid = 0;

	return str_take_decimal(&text, &pid) && str_starts(text, STR("]: "));
}

/* A row whose match begins with its lead has one beginning, however often its literal comes. */
static bool
was_tried(const struct heads *h, const struct literals_hit *hit, size_t i)
{
	for (size_t k = 0; k < i && !h->row[hit[i].index].anchored; k++) {
		if (hit[k].index == hit[i].index)
			return true;
	}
	return false;
}

bool
heads_find(const struct heads *h, struct str text, struct heads_found *found)
{
	struct literals_hit hit[HITS];
	size_t n = literals_find(h->literals, text, hit, HITS);
	struct best best = { .found = false };

	if (n == 0)
		return false;
	found->extra_count = 0;
	for (size_t i = 0; i < n; i++) {
		if (hit[i].index < h->heads && !was_tried(h, hit, i))
			try_row(h, hit[i].index, text, hit[i].off, &best);
		else if (hit[i].index >= h->heads && found->extra_count < HEADS_EXTRA_HITS)
			found->extra[found->extra_count++] = hit[i].index - h->heads;
	}
	found->head =
		best.found && !(best.heading.row->flags & HEAD_NOTHING) && !is_from_program(text);
	found->heading = best.heading;
	return found->head || found->extra_count != 0;
}
