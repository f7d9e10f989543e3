/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/codediff.h"

#include "symbols/lines.h"
#include "unit.h"

#include <string.h>

/* nop of ftrace; push %rbp; mov %rsp,%rbp; mov $0x82345678,%rdi; call; mov 8(%rax),%ecx; pop; ret
 */
static const uint8_t built[] = {
	0xe8, 0x11, 0x22, 0x33, 0x44, 0x55, 0x48, 0x89, 0xe5, 0x48, 0xc7, 0xc7, 0x78,
	0x56, 0x34, 0x82, 0xe8, 0x01, 0x02, 0x03, 0x04, 0x8b, 0x48, 0x08, 0x5d, 0xc3,
};
static const uint8_t nop[5] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };

enum {
	LEN = sizeof(built),
	AT_ADDRESS = 12,
	AT_CALL = 16,
	AT_LOAD = 21,
};

struct code {
	uint8_t memory[LEN], mask[LEN];
	struct codediff_input in;
	struct codediff d[CODEDIFF_MAX];
};

/* As it runs where nothing happened to it. */
static struct code *
code_new(struct arena *a, uint64_t moved)
{
	struct code *c = ARENA_NEW(a, struct code);
	uint32_t address = 0x82345678 + (uint32_t)moved;

	memcpy(c->memory, built, LEN);
	memcpy(c->memory, nop, sizeof(nop));
	memcpy(c->memory + AT_ADDRESS, &address, sizeof(address));
	memset(c->mask, LINES_OF_FTRACE, sizeof(nop));
	memset(c->mask + AT_CALL, LINES_MAY_CHANGE, 5);
	c->in = (struct codediff_input){ c->memory, built, c->mask, LEN, moved, true };
	return c;
}

static void
nothing_happened_to_most_code(void **state)
{
	static const uint64_t moves[] = { 0, 0x200000, 0x1a400000, 0x3fe00000 };

	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		struct code *c = code_new(*state, moves[i]);

		assert_int_equal(codediff_compare(&c->in, c->d), 0);
		memset(c->memory + AT_CALL, 0x90, 5);
		assert_int_equal(codediff_compare(&c->in, c->d), 0);
	}
}

static void
finds_every_flipped_bit(void **state)
{
	for (size_t bit = 8 * sizeof(nop); bit < 8 * LEN; bit++) {
		struct code *c = code_new(*state, 0x1a400000);
		size_t at = bit / 8;

		if (c->mask[at] != LINES_COMPARE || (c->memory[at] ^ 1 << bit % 8) == 0xcc)
			continue;
		c->memory[at] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(codediff_compare(&c->in, c->d) != 0, true);
		/* In a word with an address, what is left of it cannot be told apart. */
		if (at >= AT_ADDRESS && at < AT_CALL)
			continue;
		assert_int_equal(codediff_compare(&c->in, c->d), 1);
		assert_int_equal(c->d[0].kind, CODEDIFF_BIT_FLIP);
		assert_int_equal(c->d[0].off, at);
		assert_int_equal(c->d[0].bit, bit % 8);
	}
}

static void
a_breakpoint_is_no_flipped_bit(void **state)
{
	struct code *c = code_new(*state, 0);

	c->memory[AT_LOAD] = 0xcc;
	assert_int_equal(codediff_compare(&c->in, c->d), 1);
	assert_int_equal(c->d[0].kind, CODEDIFF_BREAKPOINT);
	c->in.is_x86 = false;
	assert_int_equal(codediff_compare(&c->in, c->d), 1);
	assert_int_equal(c->d[0].kind, CODEDIFF_CHANGED);
}

static void
a_hook_is_one_change(void **state)
{
	static const uint8_t jump[5] = { 0xe9, 0x12, 0x34, 0x08, 0x56 };
	struct code *c = code_new(*state, 0);

	memcpy(c->memory + AT_LOAD, jump, sizeof(jump));
	assert_int_equal(codediff_compare(&c->in, c->d), 1);
	assert_int_equal(c->d[0].kind, CODEDIFF_CHANGED);
	assert_int_equal(c->d[0].off, AT_LOAD);
	assert_int_equal(c->d[0].len, 5);
}

static void
code_with_many_bits_flipped_was_overwritten(void **state)
{
	struct code *c = code_new(*state, 0);

	c->memory[5] ^= 1;
	c->memory[9] ^= 2;
	assert_int_equal(codediff_compare(&c->in, c->d), 2);
	assert_int_equal(c->d[1].kind, CODEDIFF_BIT_FLIP);
	c->memory[AT_LOAD] ^= 4;
	assert_int_equal(codediff_compare(&c->in, c->d), 3);
	assert_int_equal(c->d[1].kind, CODEDIFF_CHANGED);
}

static void
tells_when_ftrace_is_called(void **state)
{
	static const uint8_t bl[4] = { 0x78, 0x56, 0x34, 0x96 };
	struct code *c = code_new(*state, 0);

	c->memory[0] = 0xe8;
	assert_int_equal(codediff_compare(&c->in, c->d), 1);
	assert_int_equal(c->d[0].kind, CODEDIFF_FTRACE);
	c->in.is_x86 = false;
	assert_int_equal(codediff_compare(&c->in, c->d), 0);
	memcpy(c->memory, bl, sizeof(bl));
	assert_int_equal(codediff_compare(&c->in, c->d), 1);
	assert_int_equal(c->d[0].kind, CODEDIFF_FTRACE);
}

static void
stays_within_its_code_and_its_answer(void **state)
{
	struct code *c = code_new(*state, 0x200000);

	for (size_t i = 0; i < LEN; i++)
		c->memory[i] = (uint8_t)(i % 4 == 0 ? ~built[i] : built[i]);
	memset(c->mask, LINES_COMPARE, LEN);
	for (size_t len = 0; len <= LEN; len++) {
		c->in.len = len;
		assert_in_range(codediff_compare(&c->in, c->d), 0, CODEDIFF_MAX);
	}
}

static void
nobody_hooks_half_of_a_stack(void **state)
{
	(void)state;
	assert_true(codediff_is_plausible(0, 1));
	assert_true(codediff_is_plausible(3, 3));
	assert_true(codediff_is_plausible(5, 24));
	assert_false(codediff_is_plausible(5, 8));
	assert_false(codediff_is_plausible(24, 24));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(nothing_happened_to_most_code),
		UNIT_TEST(finds_every_flipped_bit),
		UNIT_TEST(a_breakpoint_is_no_flipped_bit),
		UNIT_TEST(a_hook_is_one_change),
		UNIT_TEST(code_with_many_bits_flipped_was_overwritten),
		UNIT_TEST(tells_when_ftrace_is_called),
		UNIT_TEST(nobody_hooks_half_of_a_stack),
		UNIT_TEST(stays_within_its_code_and_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
