/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/log.h"

#include "fakephys.h"
#include "unit.h"

enum {
	MEMORY = 0x20000,
	VARIABLES = MEMORY, /* log_buf, log_buf_len, log_end */
	BUF = MEMORY + 0x1000,
};

struct writer {
	struct fakephys *f;
	uint32_t len, end;
};

static struct writer *
writer_new(struct arena *a, uint32_t len)
{
	struct writer *w = ARENA_NEW(a, struct writer);

	w->f = fakephys_new(a, MEMORY, ORDER_LITTLE, 8);
	w->len = len;
	fakephys_put(w->f, VARIABLES, BUF, 8);
	fakephys_put(w->f, VARIABLES + 8, len, 4);
	return w;
}

/* emit_log_char() for each */
static void
print(struct writer *w, const char *text)
{
	for (; *text != '\0'; text++)
		fakephys_put_text(w->f, BUF + (w->end++ & (w->len - 1)), text, 1);
	fakephys_put(w->f, VARIABLES + 12, w->end, 4);
}

static const struct error *
try_log(struct arena *a, const struct writer *w, struct log *log)
{
	const char *text = arena_printf(a,
					"OSRELEASE=2.6.32-754.el6.x86_64\nSYMBOL(log_buf)=%x\n"
					"SYMBOL(log_buf_len)=%x\nSYMBOL(log_end)=%x\n"
					"SYMBOL(logged_chars)=%x\n",
					VARIABLES, VARIABLES + 8, VARIABLES + 12, VARIABLES + 20);

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
takes_levels_and_times_off_lines(void **state)
{
	struct writer *w = writer_new(*state, 4096);

	print(w, "<5>Linux version 2.6.32\n<6>[    1.500000] ACPI: [x]\n"
		 "<4>[12345.000001]  indented\nno level\n<1>[  1.5] odd\n");

	struct log log = read_log(*state, w);

	assert_int_equal(log.count, 5);
	expect_text(&log, 0, "Linux version 2.6.32");
	assert_int_equal(log.message[0].level, 5);
	assert_false(log.message[0].has_time);
	expect_text(&log, 1, "ACPI: [x]");
	assert_int_equal(log.message[1].ns, 1500000000);
	assert_true(log.message[1].has_time);
	expect_text(&log, 2, " indented");
	assert_int_equal(log.message[2].ns, 12345000001000);
	expect_text(&log, 3, "no level");
	assert_int_equal(log.message[3].level, MESSAGE_LEVEL_UNKNOWN);
	expect_text(&log, 4, "[  1.5] odd");
	assert_false(log.wrapped);
	assert_null(log.problem);
}

static void
reads_an_unfinished_last_line(void **state)
{
	struct writer *w = writer_new(*state, 4096);

	print(w, "<0>Kernel panic - not syncing: Fa");

	struct log log = read_log(*state, w);

	assert_int_equal(log.count, 1);
	expect_text(&log, 0, "Kernel panic - not syncing: Fa");
}

static void
starts_after_the_newest_character_once_the_buffer_went_round(void **state)
{
	struct writer *w = writer_new(*state, 256);

	for (int i = 0; i < 100; i++)
		print(w, arena_printf(*state, "<6>line number %d\n", i));

	struct log log = read_log(*state, w);

	assert_true(log.wrapped);
	assert_true(log.message[0].damaged);
	assert_false(log.message[1].damaged);
	/* 18 bytes a line: 14 whole ones in 256 bytes */
	assert_int_equal(log.count, 15);
	expect_text(&log, 14, "line number 99");
	expect_text(&log, 1, "line number 86");
}

static void
passes_over_nul_bytes(void **state)
{
	struct writer *w = writer_new(*state, 4096);

	print(w, "<6>a?b\n");
	w->f->bytes[BUF - MEMORY + 4] = '\0';

	struct log log = read_log(*state, w);

	expect_text(&log, 0, "ab");
}

static void
loses_only_the_lines_of_a_missing_page(void **state)
{
	struct writer *w = writer_new(*state, 16384);

	for (int i = 0; i < 700; i++)
		print(w, arena_printf(*state, "<6>line number %04d\n", i)); /* 20 bytes */
	fakephys_lose(w->f, BUF + 4096);

	struct log log = read_log(*state, w);

	assert_in_range(log.count, 700 - 4096 / 20 - 2, 700 - 4096 / 20 + 2);
	expect_text(&log, 0, "line number 0000");
	expect_text(&log, log.count - 1, "line number 0699");
	assert_true(log.message[204].damaged); /* cut off at 4096 = 204 * 20 + 16 */
	assert_true(log.message[205].damaged);
	assert_int_equal(log.dropped, 1);
	assert_non_null(log.problem);
}

static void
refuses_lengths_that_are_not_a_power_of_two(void **state)
{
	static const uint32_t lens[] = { 0, 100, 0x80000000 };
	struct writer *w = writer_new(*state, 4096);
	struct log log = { .count = 0 };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		fakephys_put(w->f, VARIABLES + 8, lens[i], 4);
		assert_int_equal(try_log(*state, w, &log)->code, ERROR_CORRUPT);
	}
}

static void
survives_every_byte_changed(void **state)
{
	struct writer *w = writer_new(*state, 256);

	for (int i = 0; i < 40; i++)
		print(w, "<6>[    1.500000] some text\n");
	for (size_t i = 0; i < 256 * (16 + 256); i++) {
		size_t at = i / 256 < 16 ? i / 256 : BUF - MEMORY + i / 256 - 16;
		uint8_t was = w->f->bytes[at];
		struct arena *a = arena_new(NULL);
		struct log log = { .count = 0 };

		w->f->bytes[at] = (uint8_t)i;
		(void)!try_log(a, w, &log);
		w->f->bytes[at] = was;
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(takes_levels_and_times_off_lines),
		UNIT_TEST(reads_an_unfinished_last_line),
		UNIT_TEST(starts_after_the_newest_character_once_the_buffer_went_round),
		UNIT_TEST(passes_over_nul_bytes),
		UNIT_TEST(loses_only_the_lines_of_a_missing_page),
		UNIT_TEST(refuses_lengths_that_are_not_a_power_of_two),
		UNIT_TEST(survives_every_byte_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
