/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of 3.4 and before: text in log_buf, whose length is a power of two, from
 * log_end - log_buf_len on, or from the start, up to log_end, which counts for ever. Lines
 * start with their level, "<6>", and with CONFIG_PRINTK_TIME the seconds since boot.
 * logged_chars is of no use: dmesg -c sets it to 0.
 */
#include "kernel/log_buffer.h"

#include "base/limits.h"

#include <string.h>

static const struct error unreadable = { ERROR_ABSENT, "a page of the log buffer cannot be read",
					 NULL };

struct ring_text {
	struct log_build *b;
	uint64_t buf;
	uint32_t len; /* of the buffer */
	uint32_t end; /* characters written since boot, modulo 2^32 */
};

static const struct error *
open_text(struct ring_text *t)
{
	struct log_build *b = t->b;
	const struct error *e = log_variable_word(b, "log_buf", &t->buf);

	if (e == NULL)
		e = log_variable_u32(b, "log_buf_len", &t->len);
	if (e == NULL)
		e = log_variable_u32(b, "log_end", &t->end);
	if (e != NULL)
		return e;
	if (t->len == 0 || t->len > LIMIT_LOG_BYTES || (t->len & (t->len - 1)) != 0)
		return error_new(b->arena, ERROR_CORRUPT, "a log buffer of %u bytes cannot be",
				 t->len);
	return NULL;
}

/* "[   12.345678] " -> ns. */
static bool
take_time(struct str *s, uint64_t *ns)
{
	struct str rest = *s;
	uint64_t sec = 0;
	uint64_t usec = 0;

	if (!str_take(&rest, STR("[")))
		return false;
	while (str_take(&rest, STR(" ")))
		;
	if (!str_take_decimal(&rest, &sec) || sec > UINT64_C(10000000000) ||
	    !str_take(&rest, STR(".")))
		return false;

	size_t left = rest.len;

	if (!str_take_decimal(&rest, &usec) || left - rest.len != 6 || !str_take(&rest, STR("]")))
		return false;
	(void)str_take(&rest, STR(" "));
	*s = rest;
	*ns = (sec * 1000000 + usec) * 1000;
	return true;
}

/* "<6>" -> 6; the number is 8 times the facility plus the level. */
static bool
take_level(struct str *s, uint8_t *level)
{
	struct str rest = *s;
	uint64_t number = 0;

	if (!str_take(&rest, STR("<")) || !str_take_decimal(&rest, &number) || number > 999 ||
	    !str_take(&rest, STR(">")))
		return false;
	*s = rest;
	*level = number & 7;
	return true;
}

static void
take_line(struct log_build *b, struct str line, bool damaged)
{
	struct log_record record = {
		.level = MESSAGE_LEVEL_UNKNOWN,
		.flags = LOG_NEWLINE | LOG_PREFIX,
		.damaged = damaged,
	};

	(void)take_level(&line, &record.level);
	record.has_time = take_time(&line, &record.ns);
	record.text = line;
	log_add(b, &record);
}

/* The text without NULs, which a writer that was interrupted leaves. */
static struct str
without_nul(uint8_t *text, size_t len)
{
	size_t kept = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\0')
			text[kept++] = text[i];
	}
	return (struct str){ (const char *)text, kept };
}

/* Lines of a run of text; the first and the last of them may be cut. */
static void
take_lines(struct log_build *b, struct str text, bool first_is_cut, bool last_is_cut)
{
	struct str line = { NULL, 0 };
	bool is_cut = first_is_cut;

	while (!b->full && text.len != 0) {
		bool is_last = !str_cut(&text, '\n', &line);

		if (is_last) {
			line = text;
			text.len = 0;
		}
		take_line(b, line, is_cut || (is_last && last_is_cut));
		is_cut = false;
	}
}

/* Copies the ring's text, oldest first, page by page; the readable runs become lines. */
static void
take_text(struct ring_text *t, uint32_t start, uint32_t len)
{
	uint8_t *room = log_room(t->b, len);
	size_t run = 0;
	bool is_cut = t->b->log->wrapped;

	for (uint32_t done = 0; room != NULL && done < len;) {
		uint32_t at = (start + done) & (t->len - 1);
		uint32_t step = LOG_WINDOW_LEN - (uint32_t)((t->buf + at) % LOG_WINDOW_LEN);

		step = step > len - done ? len - done : step;
		step = step > t->len - at ? t->len - at : step;
		if (memory_read(t->b->mem, t->buf + at, room + run, step) == NULL) {
			run += step;
		} else {
			log_lost(t->b, 1, &unreadable);
			take_lines(t->b, without_nul(room, run), is_cut, true);
			room += run;
			run = 0;
			is_cut = true;
		}
		done += step;
	}
	if (room != NULL)
		take_lines(t->b, without_nul(room, run), is_cut, false);
}

static const struct error *
read_bytes(struct log_build *b)
{
	struct ring_text t = { .b = b };
	const struct error *e = open_text(&t);

	if (e != NULL)
		return e;
	/* a count that has gone round 2^32 looks like one below the length; very rarely */
	b->log->wrapped = t.end > t.len;
	if (t.end > t.len)
		take_text(&t, t.end & (t.len - 1), t.len);
	else
		take_text(&t, 0, t.end);
	return NULL;
}

const struct log_buffer log_bytes = { "log of bytes (3.4)", "log_end", read_bytes };
