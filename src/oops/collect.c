/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/collect.h"

#include "oops/trace.h"

#include <stdio.h>
#include <string.h>

enum {
	SLOTS = 8,             /* reports that are gathered side by side */
	SLOT_LINES = 2048,     /* of a report: a stack that overflowed has no fewer frames */
	SLOT_TEXT = 256 << 10, /* bytes of them */
	STAMP_LEN = 32,        /* "[123456789.123456] " */
	QUIET_LINES = 48,      /* not of a report, after which it is complete */
	BEFORE_LINES = 5,      /* kept from before the head line */
	BEFORE_LOOKED_AT = 24, /* to find them among those of other callers */
};

static const uint64_t quiet_ns = 30000000000; /* the same as a time */
static const uint64_t before_ns = 1000000000; /* what came earlier than that is not context */

/* An open report. */
struct slot {
	struct report report; /* mark[] unused */
	struct message *line; /* SLOT_LINES of them, kept for the next report, as is text */
	char *text;
	size_t text_len;
	enum message_caller caller_kind;
	uint32_t caller;
	uint64_t last_line; /* number of the last line that was taken */
	uint64_t last_ns;
	uint32_t quiet; /* lines since the last one that looked like a report's */
	bool open;
	bool has_trace;  /* what comes now is not part of how it began */
	bool swallowed;  /* the trace of a panic whose report is complete: no report */
	bool wants_cpus; /* it asked other CPUs for their stacks */
};

struct collector {
	struct arena *arena;
	struct collector_sink sink;
	struct slot slot[SLOTS];
	size_t open;         /* slots that are */
	uint64_t report_end; /* number of the last line that a report took */
};

struct collector *
collector_new(struct arena *a, struct collector_sink sink)
{
	struct collector *c = ARENA_NEW(a, struct collector);

	c->arena = a;
	c->sink = sink;
	return c;
}

/* ---- slots ---- */

static bool
same_caller(const struct slot *s, const struct message *m)
{
	return s->caller_kind == m->caller_kind && s->caller == m->caller;
}

static struct slot *
find_slot(struct collector *c, const struct message *m)
{
	for (size_t i = 0; i < SLOTS; i++) {
		if (c->slot[i].open && same_caller(&c->slot[i], m))
			return &c->slot[i];
	}
	return NULL;
}

static void
close_slot(struct collector *c, struct slot *s)
{
	s->report.line = s->line;
	s->report.text = s->text;
	s->open = false;
	c->open--;
	if (s->swallowed)
		c->sink.panicker(c->sink.ctx, &s->report);
	else
		c->sink.report(c->sink.ctx, &s->report);
}

static struct slot *
oldest_slot(struct collector *c)
{
	struct slot *oldest = NULL;

	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &c->slot[i];

		if (s->open && (oldest == NULL || s->line[0].line < oldest->line[0].line))
			oldest = s;
	}
	return oldest;
}

static struct slot *
free_slot(struct collector *c)
{
	for (size_t i = 0; i < SLOTS; i++) {
		if (!c->slot[i].open)
			return &c->slot[i];
	}

	struct slot *s = oldest_slot(c);

	close_slot(c, s);
	return s;
}

void
collector_flush(struct collector *c)
{
	struct slot *s = NULL;

	while ((s = oldest_slot(c)) != NULL)
		close_slot(c, s);
}

/* ---- lines ---- */

static size_t
write_stamp(char *to, const struct message *m)
{
	if (!m->has_time)
		return 0;

	int n = snprintf(to, STAMP_LEN, "[%5llu.%06llu] ", (unsigned long long)(m->ns / 1000000000),
			 (unsigned long long)(m->ns / 1000 % 1000000));

	return n < 0 ? 0 : (size_t)n;
}

/* Copies a line into the report; its place there, or STR_NONE if there is no more room. */
static size_t
append(struct collector *c, struct slot *s, const struct message *m)
{
	struct report *r = &s->report;

	s->last_line = m->line;
	c->report_end = m->line;
	if (m->has_time)
		s->last_ns = m->ns;
	if (r->line_count == SLOT_LINES || SLOT_TEXT - s->text_len < m->text.len + STAMP_LEN) {
		r->cut_short = true;
		return STR_NONE;
	}
	s->text_len += write_stamp(s->text + s->text_len, m);

	char *text = s->text + s->text_len;

	if (m->text.len != 0)
		memcpy(text, m->text.p, m->text.len);
	s->text_len += m->text.len;
	s->line[r->line_count] = *m;
	s->line[r->line_count].text = (struct str){ text, m->text.len };
	return r->line_count++;
}

static void
move(struct str *s, struct str from, const char *to)
{
	if (s->p >= from.p && s->p <= from.p + from.len)
		s->p = to + (s->p - from.p);
}

/* The captures of a heading point into the text of m: makes them point into the copy. */
static void
append_head(struct slot *s, const struct message *m, const struct heading *h, size_t line)
{
	struct report *r = &s->report;

	if (line == STR_NONE || r->head_count == REPORT_HEADS)
		return;

	struct heading *copy = &r->head[r->head_count++];

	*copy = *h;
	copy->line = line;
	for (size_t i = 0; i < FIELD_KINDS; i++)
		move(&copy->captures.field[i], m->text, s->line[line].text.p);
}

/* What the same caller said right before. */
static void
append_before(struct collector *c, struct slot *s, const struct message *head,
	      const struct tail *before)
{
	const struct message *line[BEFORE_LINES];
	uint64_t end = c->report_end;
	size_t n = 0;

	for (size_t i = 0; i < BEFORE_LOOKED_AT && n < BEFORE_LINES; i++) {
		const struct message *m = tail_get(before, i);

		if (m == NULL || m->line <= end)
			break;
		if (m->has_time && head->has_time && m->ns + before_ns < head->ns)
			break;
		if (same_caller(s, m))
			line[n++] = m;
	}
	while (n != 0)
		(void)append(c, s, line[--n]);
}

static struct slot *
open_slot(struct collector *c, const struct message *m)
{
	struct slot *s = free_slot(c);
	char *text = s->text != NULL ? s->text : arena_alloc(c->arena, SLOT_TEXT, 1);
	struct message *line =
		s->line != NULL ? s->line : ARENA_ARRAY(c->arena, struct message, SLOT_LINES);

	memset(s, 0, sizeof(*s));
	s->text = text;
	s->line = line;
	s->caller_kind = m->caller_kind;
	s->caller = m->caller;
	s->open = true;
	c->open++;
	return s;
}

/* ---- what goes where ---- */

static bool
asks_other_cpus(struct str text)
{
	return str_starts(str_trim(text), STR("Sending NMI ")) ||
	       str_has(text, STR("NMI backtrace for cpu"));
}

static void
put_line(struct collector *c, struct slot *s, const struct message *m)
{
	bool body = report_is_body(m->text);
	bool late = m->has_time && m->ns > s->last_ns + quiet_ns;

	s->quiet = body ? 0 : s->quiet + 1;
	if (s->quiet > QUIET_LINES || (late && !body)) {
		close_slot(c, s);
		return;
	}
	if (asks_other_cpus(m->text))
		s->wants_cpus = true;
	if (trace_begins(m->text))
		s->has_trace = true;
	(void)append(c, s, m);
}

void
collector_line(struct collector *c, const struct message *m)
{
	if (c->open == 0)
		return;

	struct slot *s = find_slot(c, m);

	if (s != NULL) {
		put_line(c, s, m);
		return;
	}
	if (m->caller_kind != MESSAGE_CALLER_CPU)
		return;
	for (size_t i = 0; i < SLOTS; i++) {
		if (c->slot[i].open && c->slot[i].wants_cpus) {
			put_line(c, &c->slot[i], m);
			return;
		}
	}
}

void
collector_replay(struct collector *c, const struct message *m)
{
	struct slot *s = find_slot(c, m);
	struct report *r = s == NULL ? NULL : &s->report;

	if (r == NULL || s->last_line + 1 != m->line || r->line_count == 0)
		return;
	r->line_count--;
	if (r->head_count != 0 && r->head[r->head_count - 1].line == r->line_count)
		r->head_count--;
	if (r->head_count == 0) {
		s->open = false;
		c->open--;
	}
}

static bool
follows(const struct slot *s, const struct heading *h)
{
	if (!s->open || s->swallowed || !(h->row->follows & s->report.head[0].row->is))
		return false;
	return !s->has_trace || h->row->is == CLASS_PANIC || (h->row->flags & HEAD_DETAIL);
}

/* An open report that the head line belongs to: of the same caller, or, for a panic, of any. */
static struct slot *
slot_followed(struct collector *c, const struct message *m, const struct heading *h)
{
	struct slot *own = find_slot(c, m);

	if (own != NULL && follows(own, h))
		return own;
	if (h->row->is != CLASS_PANIC)
		return NULL;
	for (size_t i = 0; i < SLOTS; i++) {
		if (follows(&c->slot[i], h))
			return &c->slot[i];
	}
	return NULL;
}

/* A symbolizer writes a head line once for every function that was inlined there, innermost
 * first: "BUG: KASAN: use-after-free in f file.c:1 [inline]". The last one is the kernel's. */
static bool
is_outer_head(const struct slot *s, const struct message *m, const struct heading *h)
{
	const struct report *r = &s->report;
	const struct message *last = &s->line[r->line_count - 1];

	return r->head[0].row == h->row && last->line + 1 == m->line &&
	       str_has(last->text, STR("[inline]"));
}

static void
take_outer_head(struct collector *c, struct slot *s, const struct message *m,
		const struct heading *h)
{
	size_t line = append(c, s, m);

	if (line == STR_NONE)
		return;
	s->report.head_count = 0;
	append_head(s, m, h, line);
}

void
collector_head(struct collector *c, const struct message *m, const struct heading *h,
	       const struct tail *before)
{
	struct slot *s = find_slot(c, m);

	if (s != NULL && is_outer_head(s, m, h)) {
		take_outer_head(c, s, m, h);
		return;
	}
	s = slot_followed(c, m, h);

	if (s != NULL) {
		s->quiet = 0;
		append_head(s, m, h, append(c, s, m));
		return;
	}
	s = find_slot(c, m);
	if (s != NULL)
		close_slot(c, s);

	bool swallowed = h->row->is == CLASS_PANIC && c->sink.panic(c->sink.ctx, h, m);

	s = open_slot(c, m);
	s->swallowed = swallowed;
	append_before(c, s, m, before);
	append_head(s, m, h, append(c, s, m));
}
