/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/code.h"

#include "unit.h"

#include <string.h>

static void
reads_bytes_and_finds_the_marked_one(void **state)
{
	struct code c;

	assert_null(code_parse(STR(" 48 8b <c6> 04 25"), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.len, 5);
	assert_int_equal(c.unit, 1);
	assert_true(c.has_marker);
	assert_int_equal(c.marker, 2);
	assert_memory_equal(c.byte, "\x48\x8b\xc6\x04\x25", 5);
	assert_null(code_parse(STR("Code: 48 8b\n<c6> 04"), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.len, 4);
}

static void
reads_words_in_either_byte_order(void **state)
{
	struct code c;

	assert_null(code_parse(STR("a90efbfd d2800441 (38706930)"), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.unit, 4);
	assert_int_equal(c.marker, 8);
	assert_memory_equal(c.byte, "\xfd\xfb\x0e\xa9\x41\x04\x80\xd2\x30\x69\x70\x38", 12);
	assert_null(code_parse(STR("7c0802a6 <e87f0b20> 4bffff81"), ORDER_BIG, *state, &c));
	assert_int_equal(c.marker, 4);
	assert_memory_equal(c.byte, "\x7c\x08\x02\xa6\xe8\x7f\x0b\x20\x4b\xff\xff\x81", 12);
	assert_null(code_parse(STR("4605 (6818)"), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.unit, 2);
	assert_memory_equal(c.byte, "\x05\x46\x18\x68", 4);
}

static void
keeps_the_readable_run_that_holds_the_marker(void **state)
{
	struct code c;

	assert_null(code_parse(STR("11111111 ???????? 22222222 (33333333) 44444444 ????????"),
			       ORDER_LITTLE, *state, &c));
	assert_int_equal(c.len, 12);
	assert_int_equal(c.marker, 4);
	assert_int_equal(c.byte[0], 0x22);
	assert_null(
		code_parse(STR("XXXXXXXX <33333333> XXXXXXXX 11111111"), ORDER_BIG, *state, &c));
	assert_int_equal(c.len, 4);
	assert_int_equal(c.marker, 0);
}

static void
says_so_when_the_kernel_printed_words_instead(void **state)
{
	struct code c;
	const struct error *e = code_parse(STR("Bad RIP value."), ORDER_LITTLE, *state, &c);

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_ABSENT);
	assert_string_equal(e->message, "the kernel printed no code bytes: 'Bad RIP value.'");
	assert_non_null(code_parse(STR("Unable to access opcode bytes at 0xffffffffffffffd6."),
				   ORDER_LITTLE, *state, &c));
	assert_non_null(code_parse(STR(""), ORDER_LITTLE, *state, &c));
	assert_non_null(code_parse(STR("<XXXXXXXX>"), ORDER_LITTLE, *state, &c));
}

static void
stops_at_what_is_no_code(void **state)
{
	struct code c;

	assert_null(code_parse(STR("48 8b <c6> 04 [ 1.5] audit: 33"), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.len, 4);
	assert_null(code_parse(STR("48 8b <c6> 04 0x12 33"), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.len, 4);
	/* A second marker is another line's. */
	assert_null(code_parse(STR("48 <8b> c6 <04> 12"), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.len, 3);
	assert_int_equal(c.marker, 1);
	/* Groups do not change their length. */
	assert_null(code_parse(STR("48 <8b> c604 12"), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.len, 2);
}

static void
reads_what_is_left_of_a_line_that_is_cut_short(void **state)
{
	static const char line[] = "48 8b 05 <c6> 04 25 00";

	for (size_t len = 0; len < sizeof(line) - 1; len++) {
		struct code c = { 0 };
		const struct error *e =
			code_parse((struct str){ line, len }, ORDER_LITTLE, *state, &c);

		if (len < 2) {
			assert_non_null(e);
			continue;
		}
		assert_null(e);
		assert_true(c.len <= (len + 1) / 3);
		assert_true(c.has_marker == (len >= 12));
	}
}

static void
never_keeps_more_than_its_cap(void **state)
{
	char line[3 * (CODE_MAX + 20) + 1];
	struct code c;

	for (size_t i = 0; i < CODE_MAX + 20; i++)
		memcpy(line + 3 * i, "90 ", 4);
	assert_null(code_parse(str_of(line), ORDER_LITTLE, *state, &c));
	assert_int_equal(c.len, CODE_MAX);
	assert_false(c.has_marker);
}

static void
survives_every_byte_flipped(void **state)
{
	static const char line[] = "48 8b 05 <c6> 04 25 00 (11) ????";

	for (size_t i = 0; i < sizeof(line) - 1; i++) {
		for (int v = 0; v < 256; v++) {
			char copy[sizeof(line)];
			struct code c = { 0 };
			const struct error *e;

			memcpy(copy, line, sizeof(line));
			copy[i] = (char)v;
			e = code_parse((struct str){ copy, sizeof(line) - 1 }, ORDER_LITTLE, *state,
				       &c);
			assert_true(e != NULL || (c.len != 0 && c.len <= CODE_MAX));
			assert_true(!c.has_marker || c.marker < c.len);
		}
	}
}

static void
reads_the_lines_of_s390x(void **state)
{
	static const struct str lines[] = {
		{ "Krnl GPRS: 000000000c7fff88 000000006ad08600", 44 },
		{ "Krnl Code: 0000000000431f82: eb6ff0a00004\tlmg\t%r6,%r15,160(%r15)", 64 },
		{ "          #0000000000431f88: 07fe\t\tbcr\t15,%r14", 46 },
		{ "[    1.0]           >0000000000431f8a: a7f40001\t\tbrc\t15,431f8c", 62 },
		{ "           0000000000431f8e: b904002c\t\tlgr\t%r2,%r12", 51 },
		{ "Call Trace:", 11 },
		{ "00000000: 11111111", 18 },
	};
	struct str text = code_of_report(lines, ARRAY_LEN(lines), *state);
	struct code c;

	assert_null(code_parse(text, ORDER_BIG, *state, &c));
	assert_int_equal(c.len, 16);
	assert_true(c.has_marker);
	assert_int_equal(c.marker, 8);
	assert_true(c.is_aligned);
	assert_int_equal(c.address, 0x431f82);
	assert_memory_equal(c.byte,
			    "\xeb\x6f\xf0\xa0\x00\x04\x07\xfe\xa7\xf4\x00\x01\xb9\x04\x00\x2c", 16);
	/* Lines that do not follow each other. */
	assert_null(code_parse(STR("0000000000000100: 07fe bcr 0000000000000200: 0707 x\n"
				   ">0000000000000202: 07fe y 0000000000000300: 0707"),
			       ORDER_BIG, *state, &c));
	assert_int_equal(c.len, 4);
	assert_int_equal(c.address, 0x200);
	assert_int_equal(c.marker, 2);
}

static void
finds_the_instruction_dump_of_powerpc(void **state)
{
	static const struct str lines[] = {
		{ "[  104.1] Call Trace:", 21 },
		{ "[  104.2] Instruction dump:", 27 },
		{ "[  104.3] eb41ffd0 eb61ffd8 ", 28 },
		{ "[  104.4][  T12] 60420000 <e87f0b20> XXXXXXXX", 45 },
		{ "[  104.5] ---[ end trace 326ab80eeb2c3416 ]---", 46 },
		{ "deadbeef", 8 },
	};
	struct code c;

	assert_null(
		code_parse(code_of_report(lines, ARRAY_LEN(lines), *state), ORDER_BIG, *state, &c));
	assert_int_equal(c.len, 16);
	assert_int_equal(c.marker, 12);
	assert_int_equal(code_of_report(lines, 1, *state).len, 0);
	assert_int_equal(code_of_report(NULL, 0, *state).len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_bytes_and_finds_the_marked_one),
		UNIT_TEST(reads_words_in_either_byte_order),
		UNIT_TEST(keeps_the_readable_run_that_holds_the_marker),
		UNIT_TEST(says_so_when_the_kernel_printed_words_instead),
		UNIT_TEST(stops_at_what_is_no_code),
		UNIT_TEST(reads_what_is_left_of_a_line_that_is_cut_short),
		UNIT_TEST(never_keeps_more_than_its_cap),
		UNIT_TEST(survives_every_byte_flipped),
		UNIT_TEST(reads_the_lines_of_s390x),
		UNIT_TEST(finds_the_instruction_dump_of_powerpc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
