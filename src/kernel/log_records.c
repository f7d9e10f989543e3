/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of 3.5 to 5.9 (Linux commit 7ff9554bb578): one after the other in log_buf, each
 * with a header and of a length that is a multiple of 4. They go from log_first_idx to
 * log_next_idx; a header of zeros says that the next record stands at the start of the
 * buffer, and is no record itself.
 *
 * After damage the next header is looked for, word by word: one whose lengths fit each other
 * and that is followed by another such header, or by the end.
 */
#include "kernel/log_buffer.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

enum {
	HEADER_MAX = 64, /* bytes; 16, and 20 with CONFIG_PRINTK_CALLER */
	ALIGN = 4,       /* of records; 8 on 64-bit machines, which is a multiple of it */
	PAD_MAX = 8,     /* bytes less than these fill a record up */
};

static const uint64_t clock_max = UINT64_C(1000000000000000000); /* ns: 31 years after boot */
static const uint64_t clock_slack = 1000000000; /* ns by which clocks of CPUs may differ */

struct records {
	struct log_build *b;
	uint64_t header_len;
	uint64_t ts, len, text_len, dict_len; /* offsets in the header */
	bool has_caller;
	bool level_is_u16;  /* 3.5: level and facility are one number, and there are no flags */
	bool prefix_is_set; /* 4.10: a record that is no LOG_CONT starts a line */
	uint64_t buf;       /* address of the buffer */
	uint32_t buf_len;
	uint32_t first, next;
	struct log_window window;
};

struct header {
	uint64_t ns;
	uint16_t len, text_len, dict_len;
	uint8_t byte[2]; /* facility; flags and level */
	uint32_t caller;
};

static const struct error bad_layout = {
	ERROR_CORRUPT, "VMCOREINFO gives the header of a log record impossible lengths", NULL
};
static const struct error bad_header = { ERROR_CORRUPT, "a record's header is damaged", NULL };

/* The struct was called log until 3.11 (Linux commit 62e32ac3505a). */
static bool
find_layout(struct records *r, const char *name)
{
	const struct {
		const char *member;
		uint64_t *off;
	} members[] = {
		{ "ts_nsec", &r->ts },
		{ "len", &r->len },
		{ "text_len", &r->text_len },
		{ "dict_len", &r->dict_len },
	};

	if (!vmcoreinfo_len(r->b->info, name, &r->header_len))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		char key[64] = { 0 };

		snprintf(key, sizeof(key), "%s.%s", name, members[i].member);
		if (!vmcoreinfo_offset(r->b->info, key, members[i].off))
			return false;
	}
	return true;
}

static bool
layout_fits(const struct records *r)
{
	if (r->header_len < 16 || r->header_len > HEADER_MAX)
		return false;
	return r->ts <= r->header_len - 8 && r->len <= r->header_len - 2 &&
	       r->text_len <= r->header_len - 2 && r->dict_len <= r->header_len - 4;
}

/* True if the kernel is of that release or later. */
static bool
release_from(const struct vmcoreinfo *info, uint64_t major, uint64_t minor)
{
	struct str s = { NULL, 0 };
	uint64_t got_major = 0;
	uint64_t got_minor = 0;

	if (!vmcoreinfo_find(info, "OSRELEASE", &s) || !str_take_decimal(&s, &got_major) ||
	    !str_take(&s, STR(".")) || !str_take_decimal(&s, &got_minor))
		return true;
	return got_major != major ? got_major > major : got_minor >= minor;
}

static const struct error *
open_records(struct records *r)
{
	struct log_build *b = r->b;
	const struct error *e = NULL;

	if (!find_layout(r, "printk_log") && !find_layout(r, "log"))
		return error_new(b->arena, ERROR_ABSENT,
				 "VMCOREINFO lacks the layout of struct printk_log");
	if (!layout_fits(r))
		return &bad_layout;
	r->has_caller = r->header_len >= 20;
	r->level_is_u16 = !release_from(b->info, 3, 6);
	r->prefix_is_set = release_from(b->info, 4, 10);
	e = log_variable_word(b, "log_buf", &r->buf);
	if (e == NULL)
		e = log_variable_u32(b, "log_buf_len", &r->buf_len);
	if (e == NULL)
		e = log_variable_u32(b, "log_first_idx", &r->first);
	if (e == NULL)
		e = log_variable_u32(b, "log_next_idx", &r->next);
	if (e != NULL)
		return e;
	if (r->buf_len < r->header_len || r->buf_len > LIMIT_LOG_BYTES)
		return error_new(b->arena, ERROR_CORRUPT, "a log buffer of %u bytes cannot be",
				 r->buf_len);
	return NULL;
}

/* The header at idx; an error if it cannot be read or its buffer ends before it does. */
static const struct error *
read_header(struct records *r, uint32_t idx, struct header *h)
{
	uint8_t buf[HEADER_MAX] = { 0 };
	enum byte_order order = r->b->mem->order;
	const struct error *e = NULL;

	if (idx > r->buf_len - r->header_len)
		return &bad_header;
	e = log_window_read(&r->window, r->buf + idx, buf, (size_t)r->header_len);
	if (e != NULL)
		return e;
	h->ns = bytes_u64(buf + r->ts, order);
	h->len = bytes_u16(buf + r->len, order);
	h->text_len = bytes_u16(buf + r->text_len, order);
	h->dict_len = bytes_u16(buf + r->dict_len, order);
	/* behind dict_len stand facility, then flags and level; VMCOREINFO has no offsets */
	memcpy(h->byte, buf + r->dict_len + 2, sizeof(h->byte));
	h->caller = r->has_caller ? bytes_u32(buf + 16, order) : 0;
	return NULL;
}

static bool
is_wrap_mark(const struct header *h)
{
	return h->len == 0;
}

static bool
is_plausible(const struct records *r, uint32_t idx, const struct header *h)
{
	uint64_t least = r->header_len + h->text_len + h->dict_len;

	return h->len >= least && h->len % ALIGN == 0 && h->len <= r->buf_len - idx &&
	       h->len - least < PAD_MAX && h->ns < clock_max;
}

static void
take_record(struct records *r, uint32_t idx, const struct header *h)
{
	struct log_record record = { .ns = h->ns, .has_time = true };
	uint8_t *room = log_room(r->b, h->text_len);

	if (room == NULL)
		return;

	size_t got = log_read_front(r->b->mem, r->buf + idx + r->header_len, room, h->text_len);

	record.text = (struct str){ (const char *)room, got };
	record.damaged = got < h->text_len;
	if (r->level_is_u16) {
		record.level = bytes_u16(h->byte, r->b->mem->order) & 7;
		record.flags = LOG_NEWLINE | LOG_PREFIX;
	} else {
		log_level_flags(&record, h->byte[1], r->b->mem->order);
	}
	if (r->prefix_is_set && (record.flags & LOG_CONT) == 0)
		record.flags |= LOG_PREFIX;
	if (r->has_caller)
		log_caller(&record, h->caller);
	log_add(r->b, &record);
}

/* Another record, or the end, follows this one. */
static bool
is_followed(struct records *r, uint32_t idx, const struct header *h)
{
	uint32_t then = idx + h->len;
	struct header after = { 0 };

	if (then == r->next)
		return true;
	if (read_header(r, then, &after) != NULL)
		return false;
	return is_wrap_mark(&after) ||
	       (is_plausible(r, then, &after) && after.ns + clock_slack >= h->ns);
}

/* The start of the next page that is read at once, or end. */
static uint32_t
next_page(const struct records *r, uint32_t idx, uint32_t end)
{
	uint64_t step = LOG_WINDOW_LEN - (r->buf + idx) % LOG_WINDOW_LEN;

	return step < end - idx ? idx + (uint32_t)step : end;
}

/* The first index from idx on, below end, at which there seems to be a record; or end. */
static uint32_t
find_record(struct records *r, uint32_t idx, uint32_t end)
{
	idx += (ALIGN - idx % ALIGN) % ALIGN;
	for (uint32_t steps = 1; idx < end; steps++) {
		struct header h = { 0 };
		const struct error *e = read_header(r, idx, &h);

		if (e == &bad_header || (steps % 4096 == 0 && log_expired(r->b)))
			return end;
		if (e == NULL && is_plausible(r, idx, &h) && is_followed(r, idx, &h))
			return idx;
		idx = e != NULL ? next_page(r, idx, end) : idx + ALIGN;
	}
	return end;
}

/* Takes what stands between two indices; a mark ends the way to the end of the buffer. */
static void
take_range(struct records *r, uint32_t idx, uint32_t end)
{
	while (idx < end && !r->b->full) {
		struct header h = { 0 };
		const struct error *e = read_header(r, idx, &h);

		if (e == NULL && is_wrap_mark(&h) && end == r->buf_len)
			return;
		if (e == NULL && !is_plausible(r, idx, &h))
			e = &bad_header;
		if (e == NULL) {
			take_record(r, idx, &h);
			idx += h.len;
			continue;
		}
		if (end - idx < r->header_len)
			return; /* no room for a mark, or for anything */
		log_lost(r->b, 1, e);
		idx = find_record(r, idx + ALIGN, end);
	}
}

static const struct error *
read_records(struct log_build *b)
{
	struct records r = { .b = b, .window = { .mem = b->mem } };
	const struct error *e = open_records(&r);

	if (e != NULL)
		return e;
	if (r.first > r.buf_len - r.header_len || r.next > r.buf_len) {
		log_lost(b, 0, &bad_header);
		r.first = 0;
		r.next = r.buf_len;
	}
	b->log->wrapped = r.first != 0;
	if (r.first <= r.next) {
		take_range(&r, r.first, r.next);
	} else {
		take_range(&r, r.first, r.buf_len);
		take_range(&r, 0, r.next);
	}
	return NULL;
}

const struct log_buffer log_records = { "log of records (3.5)", "log_first_idx", read_records };
