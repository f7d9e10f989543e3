/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/fetch.h"

#include "unit.h"

#include <string.h>

/* nopl 0x0(%rax,%rax,1); push %rbp; mov %rsp,%rbp; movl $1,...; sfence; movb $1,0; pop; ret */
static const uint8_t function[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00, 0x55, 0x48, 0x89,
				    0xe5, 0xc7, 0x05, 0x21, 0x57, 0x7e, 0x00, 0x01,
				    0x00, 0x00, 0x00, 0x0f, 0xae, 0xf8, 0xc6, 0x04,
				    0x25, 0x00, 0x00, 0x00, 0x00, 0x01, 0x5d, 0xc3 };

static struct decoder *
decoder(struct arena *a)
{
	struct decoder *d = NULL;

	assert_null(decoder_open(&arch_x86_64, a, &d));
	return d;
}

static void
reads_the_function_from_its_first_byte(void **state)
{
	uint8_t page[0x1000] = { 0 };
	struct memory_fake fake = { 0x1000, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct fault_input in = {
		.memory = &m, .ip = 0x1216, .function_off = 0x16, .has_function_off = true
	};
	struct code c;

	memcpy(page + 0x200, function, sizeof(function));
	assert_true(fetch_code(decoder(*state), &in, &c));
	assert_true(c.is_aligned);
	assert_int_equal(c.marker, 0x16);
	assert_memory_equal(c.byte, function, sizeof(function));
	assert_true(c.len <= CODE_MAX);
}

static void
begins_with_an_instruction_in_a_long_function(void **state)
{
	static uint8_t page[0x2000];
	struct memory_fake fake = { 0x1000, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct fault_input in = {
		.memory = &m, .ip = 0x1000 + 1400, .function_off = 1400, .has_function_off = true
	};
	struct code c;

	/* movl $0x1,0x7e5721(%rip), again and again: ten bytes each. */
	for (size_t i = 0; i + 10 < sizeof(page); i += 10)
		memcpy(page + i, function + 9, 10);
	assert_true(fetch_code(decoder(*state), &in, &c));
	assert_true(c.is_aligned);
	assert_int_equal(c.marker, 120);
	assert_memory_equal(c.byte, function + 9, 10);
	/* Decoding does not arrive in the middle of one. */
	in.ip++;
	in.function_off++;
	assert_true(fetch_code(decoder(*state), &in, &c));
	assert_false(c.is_aligned);
	assert_int_equal(c.marker, 128);
	/* Too far to walk. */
	in.ip += 6000 - 1401;
	in.function_off = 6000;
	assert_true(fetch_code(decoder(*state), &in, &c));
	assert_false(c.is_aligned);
	assert_int_equal(c.marker, 128);
}

static void
takes_what_is_left_where_pages_are_missing(void **state)
{
	uint8_t page[0x1000] = { 0 };
	struct memory_fake fake = { 0x1000, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct fault_input in = {
		.memory = &m, .ip = 0x1010, .function_off = 0x40, .has_function_off = true
	};
	struct code c;

	memcpy(page + 0x10, function, sizeof(function));
	assert_true(fetch_code(decoder(*state), &in, &c));
	assert_false(c.is_aligned);
	assert_int_equal(c.marker, 0x10);
	assert_memory_equal(c.byte + 0x10, function, sizeof(function));
	in.ip = 0x1ff8;
	in.function_off = 8;
	assert_true(fetch_code(decoder(*state), &in, &c));
	assert_int_equal(c.len - c.marker, 8);
	in.ip = 0x1000;
	in.function_off = 0;
	assert_true(fetch_code(decoder(*state), &in, &c));
	assert_int_equal(c.marker, 0);
	assert_true(c.is_aligned);
	in.ip = 0x2000;
	assert_false(fetch_code(decoder(*state), &in, &c));
	in.ip = UINT64_MAX;
	assert_false(fetch_code(decoder(*state), &in, &c));
	in.ip = 0;
	assert_false(fetch_code(decoder(*state), &in, &c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_the_function_from_its_first_byte),
		UNIT_TEST(begins_with_an_instruction_in_a_long_function),
		UNIT_TEST(takes_what_is_left_where_pages_are_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
