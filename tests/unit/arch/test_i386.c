/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include "faketables.h"
#include "unit.h"

enum {
	ROOT = 0x1000000,
	PRESENT = 1,
	LARGE = 0x80,
};

static const uint64_t va = 0xc1234567;

static uint64_t
table(uint64_t pa)
{
	return pa | PRESENT;
}

static struct faketables
tables(struct arena *a, unsigned levels)
{
	return (struct faketables){
		.f = fakephys_new(a, ROOT, ORDER_LITTLE, 4),
		.root = ROOT,
		.next = ROOT + 4096,
		.page_shift = 12,
		.index_bits = levels == 3 ? 9 : 10,
		.levels = levels,
		.entry_len = levels == 3 ? 8 : 4,
		.table = table,
	};
}

static const struct error *
walk(const struct faketables *t, uint64_t addr, struct arch_mapping *m)
{
	struct arch_paging p = { .root = ROOT, .page_shift = 12, .levels = (uint8_t)t->levels };

	return arch_i386.walk(&t->f->mem, &p, addr, m);
}

static void
follows_two_levels(void **state)
{
	struct faketables t = tables(*state, 2);
	struct arch_mapping m = { 0 };

	faketables_map(&t, va, 32, 0, 0x7654000 | 0x63);
	assert_null(walk(&t, va, &m));
	assert_int_equal(m.pa, 0x7654567);
	assert_int_equal(walk(&t, va + 4096, &m)->code, ERROR_ABSENT);
	assert_int_equal(walk(&t, va | UINT64_C(1) << 32, &m)->code, ERROR_ABSENT);
}

static void
follows_three_levels_with_pae(void **state)
{
	struct faketables t = tables(*state, 3);
	struct arch_mapping m = { 0 };

	faketables_map(&t, va, 32, 0, UINT64_C(0x8000000307654000) | 0x63);
	assert_null(walk(&t, va, &m));
	assert_int_equal(m.pa, UINT64_C(0x307654567));
}

static void
stops_at_pages_of_4_and_2_mib(void **state)
{
	struct faketables t = tables(*state, 2);
	struct arch_mapping m = { 0 };

	/* bits 13 to 20 are bits 32 to 39 of the address */
	faketables_map(&t, va, 32, 1, 0x40000000 | 3 << 13 | LARGE | PRESENT);
	assert_null(walk(&t, va, &m));
	assert_int_equal(m.pa, UINT64_C(0x340000000) | (va & 0x3fffff));
	assert_int_equal(m.va_to - m.va_from, 0x3fffff);

	t = tables(*state, 3);
	faketables_map(&t, va, 32, 1, 0x40000000 | LARGE | PRESENT);
	assert_null(walk(&t, va, &m));
	assert_int_equal(m.pa, 0x40000000 | (va & 0x1fffff));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(follows_two_levels),
		UNIT_TEST(follows_three_levels_with_pae),
		UNIT_TEST(stops_at_pages_of_4_and_2_mib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
