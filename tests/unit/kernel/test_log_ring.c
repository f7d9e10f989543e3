/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/log.h"

#include "fakering.h"
#include "unit.h"

static struct log
read_log(struct arena *a, const struct fakering *r)
{
	struct log log = { .count = 0 };

	assert_null(log_read(&r->f->mem, fakering_info(a, r, NULL), a, &log));
	return log;
}

static void
expect_text(const struct log *log, size_t i, const char *text)
{
	assert_in_range(i + 1, 1, log->count);
	assert_int_equal(log->message[i].text.len, strlen(text));
	assert_memory_equal(log->message[i].text.p, text, strlen(text));
	assert_int_equal(log->message[i].line, i + 1);
}

static void
reads_an_empty_ring(void **state)
{
	struct log log = read_log(*state, fakering_new(*state, ORDER_LITTLE, 8, 4, 9));

	assert_int_equal(log.count, 0);
	assert_int_equal(log.dropped, 0);
	assert_null(log.problem);
	assert_false(log.wrapped);
}

static void
reads_text_level_time_and_caller(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	fakering_print(r, (struct fake_print){ .text = "Linux version 6.1",
					       .level = 5,
					       .flags = 2,
					       .caller = 0,
					       .state = 2 });
	fakering_print(r, (struct fake_print){ .text = "BUG: x",
					       .ns = UINT64_C(100000001000),
					       .level = 1,
					       .flags = 2,
					       .caller = 1234,
					       .state = 1 });
	fakering_print(r, (struct fake_print){ .text = "from an interrupt",
					       .level = 7,
					       .flags = 2,
					       .caller = 0x80000003,
					       .state = 2 });

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 3);
	expect_text(&log, 0, "Linux version 6.1");
	expect_text(&log, 1, "BUG: x");
	expect_text(&log, 2, "from an interrupt");
	assert_int_equal(log.message[0].level, 5);
	assert_int_equal(log.message[1].level, 1);
	assert_int_equal(log.message[1].ns, UINT64_C(100000001000));
	assert_true(log.message[0].has_time);
	assert_int_equal(log.message[1].caller_kind, MESSAGE_CALLER_TASK);
	assert_int_equal(log.message[1].caller, 1234);
	assert_int_equal(log.message[2].caller_kind, MESSAGE_CALLER_CPU);
	assert_int_equal(log.message[2].caller, 3);
	assert_int_equal(log.text_len, 17 + 6 + 17);
	assert_false(log.wrapped);
}

/* The records that the writer has not pushed out, oldest first. */
static void
expect_what_is_left(const struct fakering *r, const struct log *log)
{
	size_t i = 0;

	for (uint64_t id = r->tail_id;; id = (id + 1) & (r->word_mask >> 2)) {
		const struct fake_record *d = &r->record[fakering_index(r, id)];

		if (d->state != 3) {
			expect_text(log, i, d->text);
			i++;
		}
		if (id == r->head_id)
			break;
	}
	assert_int_equal(i, log->count);
}

/* Texts of many lengths, until the ring has gone round many times; read at every step. */
static void
goes_round(struct arena *a, enum byte_order order, uint8_t word_len, bool fits_exactly)
{
	struct fakering *r = fakering_new(a, order, word_len, 5, 8);
	uint32_t random = 1;

	r->fits_exactly = fits_exactly;
	for (int i = 0; i < 300; i++) {
		char text[256] = { 0 };
		size_t len = 0;

		random = random * 1664525 + 1013904223;
		len = 1 + (random >> 16) % 60;
		memset(text, 'a' + i % 26, len);
		fakering_printk(r, text);

		struct arena *step = arena_new(NULL);
		struct log log = read_log(step, r);

		assert_null(log.problem);
		assert_int_equal(log.dropped, 0);
		expect_what_is_left(r, &log);
		assert_true(log.wrapped == (log.overwritten != 0));
		arena_free(step);
	}
	assert_in_range(r->exact_fits, 5, 300);
}

static void
reads_blocks_that_end_at_the_rings_end_as_v6_18_writes_them(void **state)
{
	goes_round(*state, ORDER_LITTLE, 8, true);
}

static void
reads_blocks_that_are_moved_to_the_rings_start_before_v6_18(void **state)
{
	goes_round(*state, ORDER_LITTLE, 8, false);
}

static void
reads_rings_of_32_bit_and_of_big_endian_kernels(void **state)
{
	goes_round(*state, ORDER_LITTLE, 4, true);
	goes_round(*state, ORDER_LITTLE, 4, false);
	goes_round(*state, ORDER_BIG, 8, true);
	goes_round(*state, ORDER_BIG, 8, false);
	goes_round(*state, ORDER_BIG, 4, true);
}

/* Eight descriptors are used up long before the text is. */
static void
reads_a_ring_whose_descriptors_ran_out_first(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 3, 12);

	for (int i = 0; i < 100; i++)
		fakering_printk(r, arena_printf(*state, "message %d", i));

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 8);
	expect_text(&log, 0, "message 92");
	expect_text(&log, 7, "message 99");
	assert_true(log.wrapped);
	assert_int_equal(log.overwritten, 92);
}

/* Head and tail that are possible, but leave records out. */
static void
finds_the_records_beyond_a_wrong_first_or_last_number(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 6, 14);
		size_t off = i == 0 ? r->o->head_id : r->o->tail_id;

		for (int k = 0; k < 50; k++)
			fakering_printk(r, arena_printf(*state, "message %d", k));
		fakephys_put(r->f, RING_STRUCT + off, i == 0 ? r->head_id - 5 : r->tail_id + 6, 8);

		struct log log = read_log(*state, r);

		assert_int_equal(log.count, 50);
		expect_text(&log, 49, "message 49");
		assert_non_null(log.problem);
	}
}

static void
reads_levels_and_flags_of_big_endian_kernels(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_BIG, 8, 4, 9);

	fakering_print(
		r, (struct fake_print){
			   .text = "x", .level = 3, .flags = 2, .caller = 0x80000001, .state = 2 });
	fakering_print(r, (struct fake_print){ .text = "a", .caller = 1, .state = 2 });
	fakering_print(r, (struct fake_print){ .text = "b", .flags = 8, .caller = 1, .state = 2 });

	struct log log = read_log(*state, r);

	assert_int_equal(log.message[0].level, 3);
	assert_int_equal(log.message[0].caller_kind, MESSAGE_CALLER_CPU);
	expect_text(&log, 1, "ab");
}

static void
makes_a_message_of_every_line(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	fakering_printk(r, "one\ntwo\n\nfour\r\nfive\n");

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 6);
	expect_text(&log, 0, "one");
	expect_text(&log, 1, "two");
	expect_text(&log, 2, "");
	expect_text(&log, 3, "four");
	expect_text(&log, 4, "five");
	expect_text(&log, 5, "");
	assert_int_equal(log.message[4].ns, log.message[0].ns);
}

static void
keeps_records_without_text_and_counts_those_whose_text_is_lost(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	fakering_printk(r, "before");
	fakering_print(r, (struct fake_print){
				  .text = "", .flags = 2, .no_block = RING_EMPTY, .state = 2 });
	fakering_print(
		r, (struct fake_print){
			   .text = "no room", .flags = 2, .no_block = RING_FAILED, .state = 2 });
	fakering_printk(r, "after");

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 3);
	expect_text(&log, 1, "");
	expect_text(&log, 2, "after");
	assert_int_equal(log.dropped, 1);
	assert_null(log.problem); /* the kernel lost it, not the dump */
}

static void
joins_pieces_of_a_line_by_caller(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	fakering_print(r, (struct fake_print){ .text = "half a line", .caller = 6, .state = 2 });
	fakering_print(r, (struct fake_print){ .text = "Code: 48 8b", .caller = 7, .state = 2 });
	fakering_print(r, (struct fake_print){
				  .text = "another CPU", .flags = 2, .caller = 8, .state = 2 });
	fakering_print(
		r, (struct fake_print){ .text = " 05 11", .flags = 8, .caller = 7, .state = 2 });
	fakering_print(r, (struct fake_print){
				  .text = " 22\nRSP: 1", .flags = 8 | 2, .caller = 7, .state = 2 });
	fakering_print(r, (struct fake_print){
				  .text = " alone", .flags = 8 | 2, .caller = 7, .state = 2 });

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 5);
	expect_text(&log, 0, "half a line");
	expect_text(&log, 1, "Code: 48 8b 05 11 22");
	expect_text(&log, 2, "another CPU");
	expect_text(&log, 3, "RSP: 1");
	expect_text(&log, 4, " alone");
}

static void
does_not_join_a_new_line_to_an_unfinished_one(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	fakering_print(r, (struct fake_print){ .text = "a", .flags = 0, .caller = 7, .state = 2 });
	fakering_print(r, (struct fake_print){ .text = "b", .flags = 8, .caller = 7, .state = 2 });
	fakering_print(r, (struct fake_print){ .text = "c", .flags = 2, .caller = 7, .state = 2 });

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 2);
	expect_text(&log, 0, "ab");
	expect_text(&log, 1, "c");
}

static void
shows_what_a_writer_that_died_had_written(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	fakering_printk(r, "before");
	fakering_print(r, (struct fake_print){ .text = "watchdog: BUG: so\0garbage", .len = 25 });
	fakering_print(r, (struct fake_print){ .text = "\0 not yet written      ", .len = 24 });
	fakering_printk(r, "after");

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 3);
	expect_text(&log, 0, "before");
	expect_text(&log, 1, "watchdog: BUG: so");
	expect_text(&log, 2, "after");
	assert_true(log.message[1].uncommitted);
	assert_false(log.message[1].has_time);
	assert_int_equal(log.message[1].level, MESSAGE_LEVEL_UNKNOWN);
	assert_false(log.message[0].uncommitted);
	assert_null(log.problem);
}

/* 400 records of blocks of 32 bytes, on more than one page of each array. */
static struct fakering *
long_ring(struct arena *a)
{
	struct fakering *r = fakering_new(a, ORDER_LITTLE, 8, 9, 14);

	for (int i = 0; i < 400; i++)
		fakering_printk(r, arena_printf(a, "message number %08d", i));
	return r;
}

static void
loses_only_the_records_of_a_missing_text_page(void **state)
{
	struct fakering *r = long_ring(*state);

	fakephys_lose(r->f, RING_TEXT + 4096);

	struct log log = read_log(*state, r);

	/* blocks of 32 bytes: 128 on a page, and 400 in all on four pages */
	assert_int_equal(log.count, 400 - 128);
	assert_int_equal(log.dropped, 128);
	expect_text(&log, 127, "message number 00000127");
	expect_text(&log, 128, "message number 00000256");
	assert_non_null(log.problem);
}

static void
keeps_what_a_missing_page_leaves_of_a_text(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 6, 14);
	char filler[201] = { 0 };

	memset(filler, 'f', 200);
	for (int i = 0; i < 19; i++) /* 208 bytes each: 3952, so the next block spans two pages */
		fakering_printk(r, filler);

	struct fake_record *d = fakering_printk(r, filler);

	assert_int_equal(d->begin & 4095, 3952);
	fakephys_lose(r->f, RING_TEXT + 4096);

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 20);
	assert_true(log.message[19].damaged);
	assert_int_equal(log.message[19].text.len, 4096 - 3952 - 8);
	assert_false(log.message[18].damaged);
}

static void
loses_only_the_records_of_missing_descriptors_and_infos(void **state)
{
	struct fakering *r = long_ring(*state);

	fakephys_lose(r->f, RING_DESCS + 4096);

	struct log log = read_log(*state, r);

	assert_in_range(log.count, 400 - 4096 / 24 - 2, 400 - 4096 / 24 + 2);
	assert_int_equal(log.count + log.dropped, 400);

	r = long_ring(*state);
	fakephys_lose(r->f, RING_INFOS + 4096);
	log = read_log(*state, r);
	assert_in_range(log.count, 400 - 4096 / 88 - 2, 400 - 4096 / 88 + 2);
	assert_int_equal(log.count + log.dropped, 400);
	assert_non_null(log.problem);
}

static void
drops_a_record_whose_text_belongs_to_another_by_now(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	fakering_printk(r, "one");

	struct fake_record *d = fakering_printk(r, "two");

	fakering_printk(r, "three");
	fakephys_put(r->f, RING_TEXT + (d->begin & 511), d->id + 16, 8);

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 2);
	expect_text(&log, 1, "three");
	assert_int_equal(log.dropped, 1);
	assert_non_null(log.problem);
}

static void
finds_the_records_without_first_and_last_number(void **state)
{
	static const uint64_t wrong[] = { 0, 5, UINT64_C(0x3fffffffffffffff),
					  UINT64_C(0x1234567812345678) };

	for (size_t i = 0; i < 2 * ARRAY_LEN(wrong); i++) {
		struct fakering *r = long_ring(*state);
		size_t off = i % 2 == 0 ? r->o->head_id : r->o->tail_id;

		fakephys_put(r->f, RING_STRUCT + off, wrong[i / 2], 8);

		struct log log = read_log(*state, r);

		assert_int_equal(log.count, 400);
		expect_text(&log, 0, "message number 00000000");
		expect_text(&log, 399, "message number 00000399");
		assert_non_null(log.problem);
	}
}

static void
falls_back_on_the_ring_of_early_boot(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	fakering_printk(r, "early");
	memcpy(r->f->bytes + (RING_STATIC - RING_MEMORY), r->f->bytes + (RING_STRUCT - RING_MEMORY),
	       r->o->ring_len);
	fakephys_put(r->f, RING_PRB, UINT64_C(0xdead000000000000), 8);

	struct log log = read_log(*state, r);

	assert_int_equal(log.count, 1);
	assert_non_null(log.problem);
}

static void
names_the_key_that_vmcoreinfo_lacks(void **state)
{
	static const char *const keys[] = { "SIZE(printk_info)", "OFFSET(prb_desc.state_var)",
					    "OFFSET(prb_data_ring.data)",
					    "OFFSET(printk_info.caller_id)" };
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct log log = { .count = 0 };
		const struct error *e =
			log_read(&r->f->mem, fakering_info(*state, r, keys[i]), *state, &log);

		assert_int_equal(e->code, ERROR_ABSENT);
		assert_non_null(strstr(error_text(*state, e), keys[i]));
	}
}

static void
says_what_is_missing_without_vmcoreinfo(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);
	struct log log = { .count = 0 };

	assert_int_equal(log_read(&r->f->mem, NULL, *state, &log)->code, ERROR_ABSENT);
	assert_int_equal(
		log_read(&r->f->mem, fakering_info(*state, r, "SYMBOL(prb)"), *state, &log)->code,
		ERROR_ABSENT);
}

static void
refuses_absurd_lengths(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);
	struct log log = { .count = 0 };

	fakephys_put(r->f, RING_STRUCT, 40, 4);
	assert_int_equal(log_read(&r->f->mem, fakering_info(*state, r, NULL), *state, &log)->code,
			 ERROR_CORRUPT);
	fakephys_put(r->f, RING_STRUCT, 22, 4);
	fakephys_put(r->f, RING_STRUCT + r->o->text_ring, 26, 4);
	assert_int_equal(log_read(&r->f->mem, fakering_info(*state, r, NULL), *state, &log)->code,
			 ERROR_CORRUPT);
	fakephys_put(r->f, RING_STRUCT, 4, 4);
	fakephys_put(r->f, RING_STRUCT + r->o->text_ring, 63, 4);
	assert_int_equal(log_read(&r->f->mem, fakering_info(*state, r, NULL), *state, &log)->code,
			 ERROR_CORRUPT);
}

static void
stops_at_the_memory_budget(void **state)
{
	struct budget b = { .memory_bytes = 3000 };
	struct arena *a = arena_new(&b);
	struct log log = { .count = 0 };
	struct fakering *r = long_ring(*state);

	/* nothing at all fits: the first array of messages is longer */
	assert_int_equal(log_read(&r->f->mem, fakering_info(*state, r, NULL), a, &log)->code,
			 ERROR_LIMIT);
	arena_free(a);

	b = (struct budget){ .memory_bytes = 512 * sizeof(struct message) + 3000 };
	a = arena_new(&b);
	assert_null(log_read(&r->f->mem, fakering_info(*state, r, NULL), a, &log));
	assert_in_range(log.count, 50, 399);
	assert_int_equal(log.problem->code, ERROR_LIMIT);
	arena_free(a);
}

static void
survives_every_byte_flipped(void **state)
{
	struct fakering *r = fakering_new(*state, ORDER_LITTLE, 8, 4, 9);
	struct vmcoreinfo *info = fakering_info(*state, r, NULL);
	static const struct {
		uint32_t from, len;
	} parts[] = { { RING_PRB, 8 },
		      { RING_STRUCT, 88 },
		      { RING_DESCS, 16 * 24 },
		      { RING_INFOS, 16 * 88 },
		      { RING_TEXT, 512 } };

	for (int i = 0; i < 40; i++)
		fakering_printk(r, "some text of a record");
	for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
		for (size_t i = 0; i < 8 * parts[p].len; i++) {
			struct arena *a = arena_new(NULL);
			struct log log = { .count = 0 };
			uint8_t *byte = &r->f->bytes[parts[p].from - RING_MEMORY + i / 8];

			*byte ^= (uint8_t)(1u << i % 8);
			(void)!log_read(&r->f->mem, info, a, &log);
			assert_in_range(log.count, 0, 64);
			*byte ^= (uint8_t)(1u << i % 8);
			arena_free(a);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_an_empty_ring),
		UNIT_TEST(reads_text_level_time_and_caller),
		UNIT_TEST(reads_blocks_that_end_at_the_rings_end_as_v6_18_writes_them),
		UNIT_TEST(reads_blocks_that_are_moved_to_the_rings_start_before_v6_18),
		UNIT_TEST(reads_rings_of_32_bit_and_of_big_endian_kernels),
		UNIT_TEST(reads_a_ring_whose_descriptors_ran_out_first),
		UNIT_TEST(reads_levels_and_flags_of_big_endian_kernels),
		UNIT_TEST(makes_a_message_of_every_line),
		UNIT_TEST(keeps_records_without_text_and_counts_those_whose_text_is_lost),
		UNIT_TEST(joins_pieces_of_a_line_by_caller),
		UNIT_TEST(does_not_join_a_new_line_to_an_unfinished_one),
		UNIT_TEST(shows_what_a_writer_that_died_had_written),
		UNIT_TEST(loses_only_the_records_of_a_missing_text_page),
		UNIT_TEST(keeps_what_a_missing_page_leaves_of_a_text),
		UNIT_TEST(loses_only_the_records_of_missing_descriptors_and_infos),
		UNIT_TEST(drops_a_record_whose_text_belongs_to_another_by_now),
		UNIT_TEST(finds_the_records_without_first_and_last_number),
		UNIT_TEST(finds_the_records_beyond_a_wrong_first_or_last_number),
		UNIT_TEST(falls_back_on_the_ring_of_early_boot),
		UNIT_TEST(names_the_key_that_vmcoreinfo_lacks),
		UNIT_TEST(says_what_is_missing_without_vmcoreinfo),
		UNIT_TEST(refuses_absurd_lengths),
		UNIT_TEST(stops_at_the_memory_budget),
		UNIT_TEST(survives_every_byte_flipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
