/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/orc.h"

#include "kernel/fakestack.h"
#include "unit.h"

static struct orc_entry
decode(int16_t sp, int16_t bp, uint16_t flags, unsigned int version)
{
	uint8_t raw[6] = { (uint8_t)sp,    (uint8_t)((uint16_t)sp >> 8),
			   (uint8_t)bp,    (uint8_t)((uint16_t)bp >> 8),
			   (uint8_t)flags, (uint8_t)(flags >> 8) };

	return orc_decode(raw, version, ORDER_LITTLE);
}

static void
reads_offsets_as_signed_numbers(void **state)
{
	struct orc_entry e = decode(-16, -8, 0x15, 1);

	(void)state;
	assert_int_equal(e.sp_off, -16);
	assert_int_equal(e.bp_off, -8);
	assert_int_equal(e.sp_reg, ORC_REG_SP);
	assert_int_equal(e.bp_reg, ORC_REG_PREV_SP);
}

static void
reads_all_four_versions_as_one(void **state)
{
	static const struct {
		unsigned int version;
		uint16_t flags;
		enum orc_type type;
		enum orc_reg reg;
		bool signal;
	} cases[] = {
		{ 1, 0x005, ORC_TYPE_CALL, ORC_REG_SP, false },
		{ 1, 0x105, ORC_TYPE_REGS, ORC_REG_SP, true },
		{ 1, 0x204, ORC_TYPE_REGS_PARTIAL, ORC_REG_BP, true },
		{ 1, 0x000, ORC_TYPE_UNDEFINED, ORC_REG_UNDEFINED, false },
		{ 1, 0x400, ORC_TYPE_END, ORC_REG_UNDEFINED, false },
		{ 2, 0x505, ORC_TYPE_REGS, ORC_REG_SP, true },
		{ 2, 0x105, ORC_TYPE_REGS, ORC_REG_SP, false },
		{ 2, 0x800, ORC_TYPE_END, ORC_REG_UNDEFINED, false },
		{ 2, 0x400, ORC_TYPE_UNDEFINED, ORC_REG_UNDEFINED, true },
		{ 3, 0x205, ORC_TYPE_CALL, ORC_REG_SP, false },
		{ 3, 0xb09, ORC_TYPE_REGS, ORC_REG_SP_INDIRECT, true },
		{ 3, 0xc05, ORC_TYPE_REGS_PARTIAL, ORC_REG_SP, true },
		{ 3, 0x000, ORC_TYPE_UNDEFINED, ORC_REG_UNDEFINED, false },
		{ 3, 0x100, ORC_TYPE_END, ORC_REG_UNDEFINED, false },
		{ 3, 0x705, ORC_TYPE_BAD, ORC_REG_SP, false },
		{ 3, 0x20f, ORC_TYPE_CALL, ORC_REG_BAD, false },
		{ 4, 0x203, ORC_TYPE_CALL, ORC_REG_SP, false },
		{ 4, 0x204, ORC_TYPE_CALL, ORC_REG_BP, false },
		{ 4, 0x208, ORC_TYPE_CALL, ORC_REG_PREV_SP, false },
		{ 4, 0x20a, ORC_TYPE_CALL, ORC_REG_BP_INDIRECT, false },
		{ 4, 0x201, ORC_TYPE_CALL, ORC_REG_BAD, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct orc_entry e = decode(8, 0, cases[i].flags, cases[i].version);

		assert_int_equal(e.type, cases[i].type);
		assert_int_equal(e.sp_reg, cases[i].reg);
		assert_int_equal(e.signal, cases[i].signal);
	}
}

static struct orc *
open_orc(struct fake *f)
{
	struct orc *o = NULL;

	assert_null(orc_open(&f->k, NULL, &o));
	return o;
}

static void
finds_the_entry_that_an_instruction_is_in(void **state)
{
	struct fake *f = stack_fake_new(*state);
	struct orc_entry e = { 0 };

	orc(f, READ, 24, 0, V1_SP);
	orc(f, DRIVER, 32, 0, V1_SP);

	struct orc *o = open_orc(f);

	assert_true(orc_find(o, function_at(READ), &e));
	assert_int_equal(e.sp_off, 24);
	assert_true(orc_find(o, function_at(DRIVER) - 1, &e));
	assert_int_equal(e.sp_off, 24);
	assert_true(orc_find(o, function_at(DRIVER), &e));
	assert_int_equal(e.sp_off, 32);
	assert_true(orc_find(o, TEXT + FUNCTIONS * FUNCTION_LEN - 1, &e));
	assert_false(orc_find(o, TEXT + FUNCTIONS * FUNCTION_LEN, &e));
	assert_false(orc_find(o, TEXT - 1, &e));
	assert_true(orc_find(o, 0, &e)); /* a call through NULL */
	assert_int_equal(e.sp_off, 8);
}

static void
uses_the_lookup_table_and_survives_its_lies(void **state)
{
	static const uint32_t lies[] = { 0, 3, 5, FUNCTIONS, UINT32_MAX };

	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct fake *f = stack_fake_new(*state);
		uint64_t lookup = 0xffffffff82002000ULL;
		struct orc_entry e = { 0 };

		fake_region(f, lookup, 4 * (FUNCTIONS + 1));
		fake_symbol(f, "orc_lookup", lookup);
		fake_symbol(f, "orc_lookup_end", lookup + 4 * (FUNCTIONS + 1));
		for (uint32_t b = 0; b <= FUNCTIONS; b++)
			fake_put(f, lookup + 4 * (uint64_t)b, b, 4);
		fake_put(f, lookup + 4 * READ, lies[i], 4);
		orc(f, READ, 24, 0, V1_SP);
		if (!orc_find(open_orc(f), function_at(READ) + 4, &e))
			continue;
		assert_int_equal(e.sp_off, 24);
	}
}

static void
tells_the_version_by_header_or_by_entries(void **state)
{
	static const uint8_t hash[20] = { 0x13, 0x7c, 0x36, 0xad, 0x76, 0x27, 0xc4,
					  0xdd, 0x55, 0x93, 0x21, 0x76, 0xbb, 0x0e,
					  0xcd, 0xbd, 0x50, 0x41, 0xfc, 0x82 };
	struct fake *f = stack_fake_new(*state);

	assert_int_equal(orc_version(open_orc(f)), 1);

	f = stack_fake_new(*state);
	fake_symbol(f, "__entry_text_start", function_at(ENTRY));
	orc(f, IRQ, 0, 0, V1_SP | V1_REGS | 0x400);
	assert_int_equal(orc_version(open_orc(f)), 2);

	f = stack_fake_new(*state);
	for (size_t i = 0; i < FUNCTIONS; i++)
		orc(f, (enum function)i, 8, 0, V1_SP | ORC_TYPE_CALL << 8);
	assert_int_equal(orc_version(open_orc(f)), 3);

	f = stack_fake_new(*state);
	memcpy(fake_region(f, 0xffffffff82003000ULL, sizeof(hash)), hash, sizeof(hash));
	fake_symbol(f, "__start_orc_header", 0xffffffff82003000ULL);
	assert_int_equal(orc_version(open_orc(f)), 4);
}

static void
says_when_there_are_no_tables(void **state)
{
	struct fake *f = fake_new(*state);
	struct orc *o = NULL;

	assert_int_equal(orc_open(&f->k, NULL, &o)->code, ERROR_ABSENT);
	symbols_learn(f->k.symbols, "__start_orc_unwind_ip", ORC_IP);
	symbols_learn(f->k.symbols, "__stop_orc_unwind_ip", ORC_IP + (1ULL << 30));
	symbols_learn(f->k.symbols, "__start_orc_unwind", ORC_ENTRY);
	assert_int_equal(orc_open(&f->k, NULL, &o)->code, ERROR_CORRUPT);
	assert_null(o);
}

static void
finds_entries_of_modules(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t text = 0xffffffffc0100000ULL;
	uint64_t tables = 0xffffffffc0200000ULL;
	struct module m = { .va = 1,
			    .name = STR("lab"),
			    .orc_ip = tables,
			    .orc = tables + 0x100,
			    .orc_count = 2,
			    .region_count = 1,
			    .region = { { text, text + 0x1000, true } } };
	struct modules all = { .module = &m, .count = 1 };
	struct orc_entry e = { 0 };
	struct orc *o = NULL;

	fake_region(f, tables, 0x200);
	fake_put(f, tables, text - tables, 4);
	fake_put(f, tables + 4, text + 0x80 - (tables + 4), 4);
	fake_put(f, tables + 0x100 + 6, 48, 2);
	fake_put(f, tables + 0x100 + 10, V1_SP, 2);
	assert_null(orc_open(&f->k, &all, &o));
	assert_true(orc_find(o, text + 0x90, &e));
	assert_int_equal(e.sp_off, 48);
	m.orc_count = UINT32_MAX;
	m.va = 2;
	assert_false(orc_find(o, text - 1, &e));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_offsets_as_signed_numbers),
		UNIT_TEST(reads_all_four_versions_as_one),
		UNIT_TEST(finds_the_entry_that_an_instruction_is_in),
		UNIT_TEST(uses_the_lookup_table_and_survives_its_lies),
		UNIT_TEST(tells_the_version_by_header_or_by_entries),
		UNIT_TEST(says_when_there_are_no_tables),
		UNIT_TEST(finds_entries_of_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
