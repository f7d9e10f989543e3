/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/log_buffer.h"

#include "base/limits.h"

#include <string.h>

static const struct error no_room = { ERROR_LIMIT, "no memory left for more of the kernel log",
				      NULL };
static const struct error too_long = { ERROR_LIMIT, "the kernel log is longer than 64 MiB", NULL };

static void
fill(struct log_build *b, const struct error *why)
{
	b->full = true;
	b->log->problem = why;
}

uint8_t *
log_room(struct log_build *b, size_t len)
{
	if (b->full)
		return NULL;
	if (len > LIMIT_LOG_BYTES || b->log->text_len > LIMIT_LOG_BYTES - len) {
		fill(b, &too_long);
		return NULL;
	}

	uint8_t *room = arena_try(b->arena, len + 1, 1);

	if (room == NULL)
		fill(b, &no_room);
	return room;
}

static bool
make_room(struct log_build *b)
{
	struct log *log = b->log;

	if (b->full || log->count < b->cap)
		return !b->full;

	size_t cap = b->cap == 0 ? 512 : b->cap * 2;
	struct message *more = ARENA_TRY_ARRAY(b->arena, struct message, cap);

	if (more == NULL) {
		fill(b, &no_room);
		return false;
	}
	if (log->count != 0)
		memcpy(more, log->message, log->count * sizeof(*more));
	log->message = more;
	b->cap = cap;
	return true;
}

/* Its index, which is only of use if the log is not full now. */
static size_t
add_line(struct log_build *b, const struct log_record *r, struct str line)
{
	struct log *log = b->log;

	if (!make_room(b))
		return STR_NONE;
	log->message[log->count] = (struct message){
		.text = line,
		.line = log->count + 1,
		.ns = r->ns,
		.has_time = r->has_time,
		.level = r->level,
		.caller_kind = r->caller_kind,
		.caller = r->caller,
		.damaged = r->damaged,
		.uncommitted = r->uncommitted,
	};
	log->text_len += line.len;
	return log->count++;
}

/* All unknown callers are one here: only the record right before can be continued. */
static bool
is_same_caller(const struct log_open_line *o, const struct log_record *r)
{
	return o->caller_kind == r->caller_kind && o->caller == r->caller;
}

/*
 * A piece says of itself that it is one; before v4.10 (Linux commit 5aa068ea4082) a last
 * piece did not, but then it lacks the level that every new line starts with.
 */
static bool
continues(const struct log_open_line *o, const struct log_record *r)
{
	if ((r->flags & LOG_CONT) != 0)
		return true;
	return (o->flags & LOG_CONT) != 0 && (r->flags & LOG_PREFIX) == 0;
}

static struct log_open_line *
find_open(struct log_build *b, const struct log_record *r)
{
	for (size_t i = 0; i < b->open_count; i++) {
		if (is_same_caller(&b->open[i], r))
			return &b->open[i];
	}
	return NULL;
}

/* Forgets what was open of this caller. */
static void
close_line(struct log_build *b, const struct log_record *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->open_count; i++) {
		bool same =
			b->open[i].caller_kind == r->caller_kind && b->open[i].caller == r->caller;

		if (!same)
			b->open[kept++] = b->open[i];
	}
	b->open_count = kept;
}

static void
open_line(struct log_build *b, const struct log_record *r, size_t message)
{
	if ((r->flags & LOG_NEWLINE) != 0 || r->uncommitted)
		return;
	if (b->open_count == LOG_OPEN_LINES) {
		memmove(b->open, b->open + 1, sizeof(b->open) - sizeof(b->open[0]));
		b->open_count--;
	}
	b->open[b->open_count++] = (struct log_open_line){
		.message = message,
		.flags = r->flags,
		.caller_kind = r->caller_kind,
		.caller = r->caller,
	};
}

/* Puts more behind a message; false if the line would become longer than a line may be. */
static bool
join(struct log_build *b, struct message *m, const struct log_record *r, struct str more)
{
	if (m->text.len + more.len > LIMIT_LINE_BYTES)
		return false;

	char *text = (char *)log_room(b, m->text.len + more.len);

	if (text == NULL)
		return false;
	if (m->text.len != 0)
		memcpy(text, m->text.p, m->text.len);
	if (more.len != 0)
		memcpy(text + m->text.len, more.p, more.len);
	m->text = (struct str){ text, m->text.len + more.len };
	m->damaged |= r->damaged;
	m->uncommitted |= r->uncommitted;
	b->log->text_len += more.len;
	return true;
}

/* The message that the first line of r went to, or STR_NONE if it did not continue one. */
static size_t
continue_line(struct log_build *b, const struct log_record *r, struct str line)
{
	struct log_open_line *o = find_open(b, r);

	if (o == NULL || !continues(o, r) || !join(b, &b->log->message[o->message], r, line))
		return STR_NONE;
	return o->message;
}

/* Cuts off the text up to the next newline; false if it was the last line. A text that ends
 * in a newline has an empty last line, which the kernel prints too. */
static bool
take_line(struct str *rest, struct str *line)
{
	bool is_last = !str_cut(rest, '\n', line);

	if (is_last)
		*line = *rest;
	if (str_ends(*line, STR("\r")))
		line->len--;
	return !is_last;
}

void
log_add(struct log_build *b, const struct log_record *r)
{
	struct str rest = r->text;
	struct str line = { NULL, 0 };
	bool has_more = take_line(&rest, &line);
	size_t message = continue_line(b, r, line);

	if (message == STR_NONE)
		message = add_line(b, r, line);
	while (has_more && !b->full) {
		has_more = take_line(&rest, &line);
		message = add_line(b, r, line);
	}
	close_line(b, r);
	if (!b->full)
		open_line(b, r, message);
}

void
log_lost(struct log_build *b, uint64_t count, const struct error *why)
{
	b->log->dropped += count;
	if (b->log->problem == NULL)
		b->log->problem = why;
}

void
log_caller(struct log_record *r, uint32_t caller_id)
{
	uint32_t is_cpu = UINT32_C(1) << 31;

	r->caller_kind = (caller_id & is_cpu) != 0 ? MESSAGE_CALLER_CPU : MESSAGE_CALLER_TASK;
	r->caller = caller_id & ~is_cpu;
}

/* A bit field of 5 bits of flags and 3 of level, which compilers lay out from the low end
 * on little-endian machines and from the high end on others. */
void
log_level_flags(struct log_record *r, uint8_t byte, enum byte_order order)
{
	r->flags = order == ORDER_LITTLE ? byte & 0x1f : byte >> 3;
	r->level = order == ORDER_LITTLE ? byte >> 5 : byte & 7;
}

const struct error *
log_symbol(const struct log_build *b, const char *name, uint64_t *va)
{
	if (vmcoreinfo_symbol(b->info, name, va))
		return NULL;
	return error_new(b->arena, ERROR_ABSENT, "VMCOREINFO lacks SYMBOL(%s)", name);
}

const struct error *
log_variable_u32(const struct log_build *b, const char *name, uint32_t *value)
{
	uint64_t va = 0;
	const struct error *e = log_symbol(b, name, &va);

	if (e == NULL)
		e = memory_u32(b->mem, va, value);
	return e == NULL ? NULL : error_wrap(b->arena, e, "cannot read the variable '%s'", name);
}

const struct error *
log_variable_word(const struct log_build *b, const char *name, uint64_t *value)
{
	uint64_t va = 0;
	const struct error *e = log_symbol(b, name, &va);

	if (e == NULL)
		e = memory_word(b->mem, va, value);
	return e == NULL ? NULL : error_wrap(b->arena, e, "cannot read the variable '%s'", name);
}

size_t
log_read_front(const struct memory *m, uint64_t va, uint8_t *buf, size_t len)
{
	size_t got = 0;

	if (memory_read(m, va, buf, len) == NULL)
		return len;
	while (got < len) {
		size_t step = LOG_WINDOW_LEN - (size_t)((va + got) % LOG_WINDOW_LEN);

		if (step > len - got)
			step = len - got;
		if (memory_read(m, va + got, buf + got, step) != NULL)
			break;
		got += step;
	}
	return got;
}

bool
log_expired(struct log_build *b)
{
	static const struct error expired = { ERROR_LIMIT,
					      "time ran out while reading the kernel log", NULL };

	if (!budget_expired(arena_budget(b->arena)))
		return false;
	fill(b, &expired);
	return true;
}

const struct error *
log_window_read(struct log_window *w, uint64_t va, uint8_t *buf, size_t len)
{
	uint64_t page = va - va % LOG_WINDOW_LEN;

	if (len > LOG_WINDOW_LEN - va % LOG_WINDOW_LEN)
		return memory_read(w->mem, va, buf, len);
	if (!w->is_loaded || w->va != page) {
		w->is_loaded = memory_read(w->mem, page, w->buf, LOG_WINDOW_LEN) == NULL;
		w->va = page;
	}
	if (!w->is_loaded) /* the rest of the page may be what is missing */
		return memory_read(w->mem, va, buf, len);
	memcpy(buf, w->buf + va % LOG_WINDOW_LEN, len);
	return NULL;
}
