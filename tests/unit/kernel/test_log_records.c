/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buffer is filled as log_store() of Linux 3.5 to 5.9 does it: records are aligned, the
 * oldest are pushed out, and a record that does not fit before the buffer's end is put to its
 * start behind a header of zeros.
 */
#include "kernel/log.h"

#include "fakephys.h"
#include "unit.h"

#include <stdio.h>

enum {
	MEMORY = 0x20000,
	VARIABLES = MEMORY, /* log_buf, log_buf_len, log_first_idx, log_next_idx */
	BUF = MEMORY + 0x1000,
	STORED_MAX = 4096,
};

struct stored {
	uint32_t idx, len;
	char text[128];
};

struct writer {
	struct fakephys *f;
	const char *release, *name;
	uint32_t header_len, buf_len;
	uint32_t first, next;
	bool is_empty;
	struct stored stored[STORED_MAX]; /* all records ever; oldest is the first kept */
	size_t count, oldest;
};

static void
put_indexes(struct writer *w)
{
	fakephys_put(w->f, VARIABLES, BUF, w->f->mem.word_len);
	fakephys_put(w->f, VARIABLES + 16, w->buf_len, 4);
	fakephys_put(w->f, VARIABLES + 20, w->first, 4);
	fakephys_put(w->f, VARIABLES + 24, w->next, 4);
}

static struct writer *
writer_new(struct arena *a, enum byte_order order, uint8_t word_len, uint32_t buf_len)
{
	struct writer *w = ARENA_NEW(a, struct writer);

	w->f = fakephys_new(a, MEMORY, order, word_len);
	w->release = "4.19.0-27-amd64";
	w->name = "printk_log";
	w->header_len = 16;
	w->buf_len = buf_len;
	w->is_empty = true;
	put_indexes(w);
	return w;
}

static bool
has_space(const struct writer *w, uint32_t len)
{
	uint32_t free = 0;

	if (w->next > w->first || w->is_empty)
		free = w->buf_len - w->next > w->first ? w->buf_len - w->next : w->first;
	else
		free = w->first - w->next;
	return free >= len + w->header_len;
}

static void
push_oldest(struct writer *w)
{
	w->oldest++;
	if (w->oldest == w->count) {
		w->is_empty = true;
		w->first = w->next;
	} else {
		w->first = w->stored[w->oldest].idx;
	}
}

struct print {
	const char *text;
	uint64_t ns;
	uint8_t level, flags;
	uint32_t caller;
	uint16_t dict_len;
};

static void
print(struct writer *w, struct print p)
{
	uint32_t text_len = (uint32_t)strlen(p.text);
	uint32_t align = w->f->mem.word_len;
	uint32_t len = (w->header_len + text_len + p.dict_len + align - 1) & ~(align - 1);
	bool little = w->f->mem.order == ORDER_LITTLE;

	while (w->oldest < w->count && !has_space(w, len))
		push_oldest(w);
	if (w->next + len + w->header_len > w->buf_len) {
		memset(w->f->bytes + (BUF - MEMORY) + w->next, 0, w->header_len);
		w->next = 0;
	}

	uint64_t at = BUF + w->next;

	memset(w->f->bytes + (at - MEMORY), 0, len);
	fakephys_put(w->f, at, p.ns, 8);
	fakephys_put(w->f, at + 8, len, 2);
	fakephys_put(w->f, at + 10, text_len, 2);
	fakephys_put(w->f, at + 12, p.dict_len, 2);
	fakephys_put(w->f, at + 15,
		     (uint64_t)(little ? p.flags | p.level << 5 : p.flags << 3 | p.level), 1);
	if (w->header_len >= 20)
		fakephys_put(w->f, at + 16, p.caller, 4);
	fakephys_put_text(w->f, at + w->header_len, p.text, text_len);
	for (uint16_t i = 0; i < p.dict_len; i++)
		fakephys_put_text(w->f, at + w->header_len + text_len + i, "D", 1);

	struct stored *s = &w->stored[w->count++];

	s->idx = w->next;
	s->len = len;
	snprintf(s->text, sizeof(s->text), "%s", p.text);
	w->next += len;
	w->is_empty = false;
	if (w->oldest + 1 == w->count)
		w->first = s->idx;
	put_indexes(w);
}

static void
line(struct writer *w, const char *text)
{
	print(w,
	      (struct print){
		      .text = text, .ns = (w->count + 1) * 1000000, .level = 6, .flags = 2 | 4 });
}

static const struct error *
try_log(struct arena *a, const struct writer *w, struct log *log)
{
	const char *text =
		arena_printf(a,
			     "OSRELEASE=%s\nSYMBOL(log_buf)=%x\nSYMBOL(log_buf_len)=%x\n"
			     "SYMBOL(log_first_idx)=%x\nSYMBOL(log_next_idx)=%x\nSIZE(%s)=%u\n"
			     "OFFSET(%s.ts_nsec)=0\nOFFSET(%s.len)=8\nOFFSET(%s.text_len)=10\n"
			     "OFFSET(%s.dict_len)=12\n",
			     w->release, VARIABLES, VARIABLES + 16, VARIABLES + 20, VARIABLES + 24,
			     w->name, w->header_len, w->name, w->name, w->name, w->name);

	return log_read(&w->f->mem, vmcoreinfo_parse(a, str_of(text)), a, log);
}

static struct log
read_log(struct arena *a, const struct writer *w)
{
	struct log log = { .count = 0 };

	assert_null(try_log(a, w, &log));
	return log;
}

static void
expect_text(const struct log *log, size_t i, const char *text)
{
	assert_in_range(i + 1, 1, log->count);
	assert_int_equal(log->message[i].text.len, strlen(text));
	assert_memory_equal(log->message[i].text.p, text, strlen(text));
}

static void
expect_what_is_left(const struct writer *w, const struct log *log)
{
	assert_int_equal(log->count, w->count - w->oldest);
	for (size_t i = 0; i < log->count; i++)
		expect_text(log, i, w->stored[w->oldest + i].text);
}

static void
reads_text_level_and_time_and_passes_over_dictionaries(void **state)
{
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 4096);

	print(w, (struct print){ .text = "Linux version 4.19", .level = 5, .flags = 6 });
	print(w, (struct print){ .text = "usb 1-1: new device",
				 .ns = 2500001000,
				 .level = 6,
				 .flags = 6,
				 .dict_len = 30 });
	line(w, "one\ntwo");

	struct log log = read_log(*state, w);

	assert_int_equal(log.count, 4);
	expect_text(&log, 0, "Linux version 4.19");
	expect_text(&log, 1, "usb 1-1: new device");
	expect_text(&log, 3, "two");
	assert_int_equal(log.message[0].level, 5);
	assert_int_equal(log.message[1].level, 6);
	assert_int_equal(log.message[1].ns, 2500001000);
	assert_int_equal(log.message[1].caller_kind, MESSAGE_CALLER_UNKNOWN);
	assert_null(log.problem);
	assert_false(log.wrapped);
}

static void
reads_an_empty_buffer(void **state)
{
	struct log log = read_log(*state, writer_new(*state, ORDER_LITTLE, 8, 4096));

	assert_int_equal(log.count, 0);
	assert_null(log.problem);
}

static void
goes_round(struct arena *a, enum byte_order order, uint8_t word_len, uint32_t header_len)
{
	struct writer *w = writer_new(a, order, word_len, 1024);
	uint32_t random = 7;

	w->header_len = header_len;
	for (int i = 0; i < 500; i++) {
		char text[128] = { 0 };

		random = random * 1664525 + 1013904223;
		memset(text, 'a' + i % 26, 1 + (random >> 16) % 100);
		line(w, text);

		struct arena *step = arena_new(NULL);
		struct log log = read_log(step, w);

		assert_null(log.problem);
		assert_int_equal(log.dropped, 0);
		assert_true(log.wrapped == (w->first != 0));
		expect_what_is_left(w, &log);
		arena_free(step);
	}
	assert_true(w->oldest > 400);
}

static void
reads_a_buffer_that_went_round_many_times(void **state)
{
	goes_round(*state, ORDER_LITTLE, 8, 16);
	goes_round(*state, ORDER_LITTLE, 8, 24); /* CONFIG_PRINTK_CALLER, aligned to 8 */
	goes_round(*state, ORDER_LITTLE, 4, 16);
	goes_round(*state, ORDER_LITTLE, 4, 20);
	goes_round(*state, ORDER_BIG, 8, 16);
}

static void
reads_callers_since_5_1(void **state)
{
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 4096);

	w->header_len = 24;
	w->release = "5.4.0";
	print(w, (struct print){ .text = "a", .flags = 6, .caller = 77 });
	print(w, (struct print){ .text = "b", .flags = 6, .caller = 0x80000002 });

	struct log log = read_log(*state, w);

	assert_int_equal(log.message[0].caller_kind, MESSAGE_CALLER_TASK);
	assert_int_equal(log.message[0].caller, 77);
	assert_int_equal(log.message[1].caller_kind, MESSAGE_CALLER_CPU);
	assert_int_equal(log.message[1].caller, 2);
}

static void
reads_the_struct_under_its_old_name_and_the_level_of_3_5(void **state)
{
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 4096);

	w->name = "log";
	w->release = "3.5.0-17-generic";
	line(w, "x");
	fakephys_put(w->f, BUF + 14, 8 * 3 + 4, 2); /* facility 3, level 4 */

	struct log log = read_log(*state, w);

	expect_text(&log, 0, "x");
	assert_int_equal(log.message[0].level, 4);
}

static void
joins_pieces_that_were_stored_apart_before_4_10(void **state)
{
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 4096);

	w->release = "3.10.0-1160.el7.x86_64";
	print(w, (struct print){ .text = "Modules linked in:", .level = 1, .flags = 4 | 8 });
	print(w, (struct print){ .text = " ext4", .level = 1, .flags = 8 });
	print(w, (struct print){ .text = " jbd2", .level = 1, .flags = 2 });
	print(w, (struct print){ .text = "new", .level = 1, .flags = 2 | 4 });
	print(w, (struct print){ .text = "more", .level = 1, .flags = 2 | 4 });

	struct log log = read_log(*state, w);

	assert_int_equal(log.count, 3);
	expect_text(&log, 0, "Modules linked in: ext4 jbd2");
	expect_text(&log, 1, "new");
}

static void
joins_only_what_says_it_is_a_piece_since_4_10(void **state)
{
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 4096);

	print(w, (struct print){ .text = "a", .flags = 4 });
	print(w, (struct print){ .text = "b", .flags = 8 });
	print(w, (struct print){ .text = "c", .flags = 2 });

	struct log log = read_log(*state, w);

	assert_int_equal(log.count, 2);
	expect_text(&log, 0, "ab");
	expect_text(&log, 1, "c");
}

static void
finds_the_next_record_after_a_damaged_one(void **state)
{
	for (size_t i = 1; i < 9; i++) {
		struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 4096);

		for (int k = 0; k < 10; k++)
			line(w, arena_printf(*state, "record number %d", k));
		/* len, and what would make the header plausible again */
		fakephys_put(w->f, BUF + w->stored[i].idx + 8, 0xfff1, 2);

		struct log log = read_log(*state, w);

		assert_int_equal(log.count, 9);
		assert_int_equal(log.dropped, 1);
		assert_non_null(log.problem);
		expect_text(&log, i, w->stored[i + 1].text);
	}
}

static void
loses_only_the_records_of_a_missing_page(void **state)
{
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 65536);

	for (int i = 0; i < 1000; i++)
		line(w, arena_printf(*state, "record number %04d", i)); /* 40 bytes */
	fakephys_lose(w->f, BUF + 8192);

	struct log log = read_log(*state, w);

	assert_in_range(log.count, 1000 - 4096 / 40 - 2, 1000 - 4096 / 40 + 2);
	expect_text(&log, 0, "record number 0000");
	expect_text(&log, log.count - 1, "record number 0999");
	assert_non_null(log.problem);
}

static void
reads_everything_if_the_indexes_are_wild(void **state)
{
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 4096);

	for (int i = 0; i < 10; i++)
		line(w, "some text");
	fakephys_put(w->f, VARIABLES + 20, 0x7fffffff, 4);

	struct log log = read_log(*state, w);

	assert_int_equal(log.count, 10);
	assert_non_null(log.problem);
}

static void
refuses_absurd_lengths(void **state)
{
	static const uint32_t lens[] = { 0, 15, 0x80000000, UINT32_MAX };
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 4096);
	struct log log = { .count = 0 };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		fakephys_put(w->f, VARIABLES + 16, lens[i], 4);
		assert_int_equal(try_log(*state, w, &log)->code, ERROR_CORRUPT);
	}
	w->header_len = 8;
	assert_int_equal(try_log(*state, w, &log)->code, ERROR_CORRUPT);
}

static void
survives_every_bit_flipped(void **state)
{
	struct writer *w = writer_new(*state, ORDER_LITTLE, 8, 1024);

	for (int i = 0; i < 60; i++)
		line(w, "some text of a record");
	for (size_t i = 0; i < 8 * (28 + 1024); i++) {
		size_t at = i / 8 < 28 ? i / 8 : BUF - MEMORY + i / 8 - 28;
		struct arena *a = arena_new(NULL);
		struct log log = { .count = 0 };

		w->f->bytes[at] ^= (uint8_t)(1u << i % 8);
		(void)!try_log(a, w, &log);
		assert_in_range(log.count, 0, 64);
		w->f->bytes[at] ^= (uint8_t)(1u << i % 8);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_text_level_and_time_and_passes_over_dictionaries),
		UNIT_TEST(reads_an_empty_buffer),
		UNIT_TEST(reads_a_buffer_that_went_round_many_times),
		UNIT_TEST(reads_callers_since_5_1),
		UNIT_TEST(reads_the_struct_under_its_old_name_and_the_level_of_3_5),
		UNIT_TEST(joins_pieces_that_were_stored_apart_before_4_10),
		UNIT_TEST(joins_only_what_says_it_is_a_piece_since_4_10),
		UNIT_TEST(finds_the_next_record_after_a_damaged_one),
		UNIT_TEST(loses_only_the_records_of_a_missing_page),
		UNIT_TEST(reads_everything_if_the_indexes_are_wild),
		UNIT_TEST(refuses_absurd_lengths),
		UNIT_TEST(survives_every_bit_flipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
