/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include "faketables.h"
#include "unit.h"

enum {
	ROOT = 0x80000000,
	VALID = 1,
	RWX = 7 << 1,
};

static uint64_t
table(uint64_t pa)
{
	return pa >> 12 << 10 | VALID;
}

static uint64_t
page(uint64_t pa)
{
	return pa >> 12 << 10 | VALID | RWX | 0xe0;
}

static struct faketables
tables(struct arena *a, unsigned levels)
{
	return (struct faketables){
		.f = fakephys_new(a, ROOT, ORDER_LITTLE, 8),
		.root = ROOT,
		.next = ROOT + 4096,
		.page_shift = 12,
		.index_bits = 9,
		.levels = levels,
		.entry_len = 8,
		.table = table,
	};
}

static const struct error *
walk(const struct faketables *t, uint64_t va, struct arch_mapping *m)
{
	struct arch_paging p = { .root = ROOT,
				 .page_shift = 12,
				 .va_bits = (uint8_t)(12 + 9 * t->levels) };

	return arch_riscv64.walk(&t->f->mem, &p, va, m);
}

static void
follows_sv39_sv48_and_sv57(void **state)
{
	for (unsigned levels = 3; levels <= 5; levels++) {
		struct faketables t = tables(*state, levels);
		unsigned bits = 12 + 9 * levels;
		uint64_t va = ~UINT64_C(0) << (bits - 1) | 0x12345678;
		struct arch_mapping m = { 0 };

		faketables_map(&t, va, bits, 0, page(0x87654000));
		assert_null(walk(&t, va, &m));
		assert_int_equal(m.pa, 0x87654678);
		assert_int_equal(m.va_to - m.va_from, 0xfff);
		assert_int_equal(walk(&t, va + 4096, &m)->code, ERROR_ABSENT);
		assert_int_equal(walk(&t, UINT64_C(1) << (bits - 1), &m)->code, ERROR_ABSENT);
	}
}

static void
stops_at_larger_pages(void **state)
{
	for (unsigned level = 1; level < 3; level++) {
		struct faketables t = tables(*state, 3);
		uint64_t va = UINT64_C(0xffffffff80123456);
		uint64_t low = (UINT64_C(1) << (12 + 9 * level)) - 1;
		struct arch_mapping m = { 0 };

		faketables_map(&t, va, 39, level, page(UINT64_C(0x1c0000000)));
		assert_null(walk(&t, va, &m));
		assert_int_equal(m.pa, UINT64_C(0x1c0000000) | (va & low));
		assert_int_equal(m.va_to, va | low);
	}
}

static void
follows_entries_that_map_64_kib_together(void **state)
{
	struct faketables t = tables(*state, 3);
	uint64_t va = UINT64_C(0xffffffff80123456);
	struct arch_mapping m = { 0 };

	faketables_map(&t, va, 39, 0, page(0x90008000) | UINT64_C(1) << 63);
	assert_null(walk(&t, va, &m));
	assert_int_equal(m.pa, 0x90003456);
	assert_int_equal(m.va_to - m.va_from, 0xffff);
}

static void
refuses_a_table_below_the_last_one(void **state)
{
	struct faketables t = tables(*state, 3);
	struct arch_mapping m = { 0 };

	faketables_map(&t, UINT64_MAX, 39, 0, table(ROOT));
	assert_int_equal(walk(&t, UINT64_MAX, &m)->code, ERROR_CORRUPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(follows_sv39_sv48_and_sv57),
		UNIT_TEST(stops_at_larger_pages),
		UNIT_TEST(follows_entries_that_map_64_kib_together),
		UNIT_TEST(refuses_a_table_below_the_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
