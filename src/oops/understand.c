/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/understand.h"

#include "oops/blame.h"
#include "oops/identity.h"

#include "base/limits.h"
#include "model/names.h"
#include "oops/modules.h"

#include <string.h>

/* ---- a copy of the lines that lasts ---- */

static size_t
text_len(const struct report *r)
{
	const struct message *last = &r->line[r->line_count - 1];

	return (size_t)(last->text.p + last->text.len - r->text);
}

static void
move(struct str *s, const char *from, const char *to)
{
	if (s->p != NULL)
		s->p = to + (s->p - from);
}

static void
keep_text(struct report *r, struct arena *a)
{
	size_t len = text_len(r);
	char *text = arena_alloc(a, len + 1, 1);
	struct message *line = ARENA_ARRAY(a, struct message, r->line_count);

	memcpy(text, r->text, len);
	memcpy(line, r->line, r->line_count * sizeof(*line));
	for (size_t i = 0; i < r->line_count; i++)
		move(&line[i].text, r->text, text);
	for (size_t i = 0; i < r->head_count; i++) {
		for (size_t k = 0; k < FIELD_KINDS; k++)
			move(&r->head[i].captures.field[k], r->text, text);
	}
	r->line = line;
	r->text = text;
}

/* text[]: each line with its stamp, which stands before it. */
static void
put_text(struct event *e, const struct report *r, struct arena *a)
{
	const char *at = r->text;

	e->text_count = r->line_count < LIMIT_EVENT_LINES ? r->line_count : LIMIT_EVENT_LINES;
	e->line_count = r->line_count;
	e->text = ARENA_ARRAY(a, struct str, e->text_count);
	for (size_t i = 0; i < e->text_count; i++) {
		const char *end = r->line[i].text.p + r->line[i].text.len;

		e->text[i] = (struct str){ at, (size_t)(end - at) };
		at = end;
	}
}

/* ---- what the head lines say ---- */

static void
put_u32(struct str s, uint32_t *value, bool *has)
{
	uint64_t v = 0;

	if (!*has && str_take_decimal(&s, &v) && v <= UINT32_MAX) {
		*value = (uint32_t)v;
		*has = true;
	}
}

static void
put_address(struct event *e, struct str s)
{
	if (e->has_address || s.len == 0)
		return;
	if (str_is(s, STR("(null)")) || str_is(s, STR("(nil)")))
		e->has_address = true;
	else
		e->has_address = str_take_hex(&s, &e->address);
}

static void
put_numbers(struct event *e, const struct captures *c)
{
	struct str pid = c->field[FIELD_PID];
	struct str code = c->field[FIELD_CODE];
	struct str seconds = c->field[FIELD_SECONDS];
	struct str count = c->field[FIELD_COUNT];
	uint64_t v = 0;

	put_u32(c->field[FIELD_CPU], &e->cpu, &e->has_cpu);
	put_address(e, c->field[FIELD_ADDRESS]);
	if (!e->has_pid && str_take_decimal(&pid, &v) && v <= INT32_MAX) {
		e->pid = (int64_t)v;
		e->has_pid = true;
	}
	if (!e->has_error_code && code.len != 0)
		e->has_error_code = str_take_hex(&code, &e->error_code);
	if (!e->has_seconds && seconds.len != 0)
		e->has_seconds = str_take_decimal(&seconds, &e->seconds);
	if (e->count == 0 && str_take_decimal(&count, &v) && v <= UINT32_MAX)
		e->count = (uint32_t)v;
}

void
understand_panic(struct event *e, const struct heading *h, struct str text)
{
	static const struct str mark = STR("not syncing: ");
	size_t at = str_find(text, mark);

	if (at != STR_NONE)
		e->panic = str_trim(str_from(text, at + mark.len));
	e->policy = h->row->policy;
	e->trigger = h->row->trigger;
}

/* "corruption, ffff...": what follows the punctuation. */
static struct str
detail_of(struct str s)
{
	s = str_trim(s);
	while (s.len != 0 && s.p[0] != '\0' && strchr(",.:; ", s.p[0]) != NULL)
		s = str_from(s, 1);
	return s;
}

static void
put_heads(struct event *e, const struct report *r)
{
	for (size_t i = 0; i < r->head_count; i++) {
		const struct heading *h = &r->head[i];
		const struct captures *c = &h->captures;

		if (h->row->is == CLASS_PANIC) {
			understand_panic(e, h, r->line[h->line].text);
			if (i != 0)
				continue;
		}
		put_numbers(e, c);
		if (e->comm.len == 0)
			e->comm = c->field[FIELD_COMM];
		if (e->detail.len == 0)
			e->detail = detail_of(c->field[FIELD_DETAIL]);
	}
}

static void
put_head(struct event *e, const struct report *r)
{
	const struct heading *h = &r->head[0];
	const struct message *m = &r->line[h->line];

	e->kind = h->row->kind;
	e->class = h->row->is;
	e->access = h->row->access;
	e->head = str_trim(m->text);
	e->line = m->line;
	e->ns = m->ns;
	e->has_time = m->has_time;
	put_heads(e, r);
	/* A caller id is as good as a "CPU:" line. */
	if (!e->has_pid && m->caller_kind == MESSAGE_CALLER_TASK) {
		e->pid = m->caller;
		e->has_pid = true;
	}
	if (!e->has_cpu && m->caller_kind == MESSAGE_CALLER_CPU) {
		e->cpu = m->caller;
		e->has_cpu = true;
	}
}

/* The first trace behind a mark: what is between its beginning and the next stack. */
static size_t
read_trace(const struct report *r, size_t i, struct arena *a, struct frame **out)
{
	size_t count = 0;
	size_t cap = 0;

	while (i < r->mark_count && r->mark[i].kind != MARK_FRAME)
		i++;
	for (; i < r->mark_count && count < LIMIT_FRAMES; i++) {
		const struct mark *m = &r->mark[i];

		if (m->kind == MARK_STACK || m->kind == MARK_TRACE || m->kind == MARK_USER_PC)
			break;
		if (m->kind != MARK_FRAME)
			continue;
		*out = arena_grow(a, *out, count, &cap, sizeof(**out));
		(*out)[count++] = m->frame;
	}
	return count;
}

/* Who panicked, and on which stack: what follows the line of the panic. */
static void
put_panicker(struct event_panicker *p, const struct report *r, size_t line, struct arena *a)
{
	struct event who = { .kind = KIND_NONE };
	struct identity id = { .event = &who };
	size_t mark = 0;

	for (size_t i = line + 1; i < r->line_count; i++)
		(void)identity_line(&id, r->line[i].text);
	if (!who.has_pid)
		return;
	while (mark < r->mark_count && r->mark[mark].line <= line)
		mark++;
	*p = (struct event_panicker){
		.pid = who.pid,
		.comm = who.comm,
		.cpu = who.cpu,
		.has_pid = true,
		.has_cpu = who.has_cpu,
	};
	p->frame_count = read_trace(r, mark, a, &p->frame);
}

void
understand_panicker(struct report *r, struct arena *a, struct event_panicker *out)
{
	struct event none = { .kind = KIND_NONE };

	keep_text(r, a);
	report_read(r, &none, a);
	put_panicker(out, r, r->head[0].line, a);
}

/* A panic that is a line of this report, behind its own trace. */
static void
put_own_panicker(struct event *e, const struct report *r, struct arena *a)
{
	for (size_t i = 1; i < r->head_count; i++) {
		if (r->head[i].row->is == CLASS_PANIC)
			put_panicker(&e->panicker, r, r->head[i].line, a);
	}
}

/* Mangled names are for linkers. */
static void
put_rust_name(struct event *e, struct arena *a)
{
	char buf[NAMES_RUST_BYTES];
	struct str name = names_rust(e->function, buf);

	if (name.p == buf)
		e->function = str_copy(a, name);
}

void
understand(struct report *r, const struct skips *skips, struct arena *a, struct event *e)
{
	*e = (struct event){ .kind = KIND_NONE };
	keep_text(r, a);
	put_head(e, r);
	r->recipe = r->head[0].row->recipe;
	report_read(r, e, a);
	put_text(e, r, a);
	e->frame_count = read_trace(r, blame_first_stack(r), a, &e->frame);
	put_own_panicker(e, r, a);
	r->skip = r->head[0].row->skip;
	if (r->head[0].family->understand != NULL)
		r->head[0].family->understand(e, r);
	if ((r->head[0].row->flags & HEAD_DOUBTFUL) && r->head_count == 1)
		e->kind = KIND_NONE;
	blame_find(skips, r, e);
	put_rust_name(e, a);
	e->corrupted = r->recipe != BLAME_NONE && (e->function.len == 0 || e->frame_count == 0);
	e->has_modules = modules_find(r, a, &e->modules);
}
