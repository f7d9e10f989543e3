/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include "faketables.h"
#include "unit.h"

enum {
	ROOT = 0x40000000,
	PAGE = 3, /* also a table */
	BLOCK = 1,
	SHARED = 3 << 8, /* attributes that stand in bits 9:8 of processors without LPA2 */
};

static uint64_t
table(uint64_t pa)
{
	return pa | PAGE;
}

static struct faketables
tables(struct arena *a, unsigned page_shift, unsigned levels)
{
	return (struct faketables){
		.f = fakephys_new(a, ROOT, ORDER_LITTLE, 8),
		.root = ROOT,
		.next = ROOT + (UINT64_C(1) << page_shift),
		.page_shift = page_shift,
		.index_bits = page_shift - 3,
		.levels = levels,
		.entry_len = 8,
		.table = table,
	};
}

static const struct error *
walk(const struct faketables *t, unsigned va_bits, uint64_t va, struct arch_mapping *m)
{
	struct arch_paging p = {
		.root = ROOT,
		.page_shift = (uint8_t)t->page_shift,
		.va_bits = (uint8_t)va_bits,
	};

	return arch_arm64.walk(&t->f->mem, &p, va, m);
}

/* Every granule with every length of addresses that Linux can be built for. */
static const struct {
	unsigned page_shift, va_bits, levels;
} shapes[] = {
	{ 12, 39, 3 }, { 12, 48, 4 }, { 12, 52, 5 }, { 14, 36, 2 }, { 14, 47, 3 },
	{ 14, 48, 4 }, { 14, 52, 4 }, { 16, 42, 2 }, { 16, 48, 3 }, { 16, 52, 3 },
};

static void
follows_every_granule_and_address_length(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		unsigned bits = shapes[i].va_bits;
		struct faketables t = tables(*state, shapes[i].page_shift, shapes[i].levels);
		uint64_t low = (UINT64_C(1) << t.page_shift) - 1;
		uint64_t va = ~UINT64_C(0) << bits | UINT64_C(0x5a5a5a5a5678) >> (52 - bits);
		uint64_t high = UINT64_MAX - 0x1234;
		struct arch_mapping m = { 0 };

		faketables_map(&t, va, bits, 0, UINT64_C(0x00a0000080000000) | PAGE);
		faketables_map(&t, high, bits, 0, UINT64_C(0x00a00000c0000000) | PAGE);
		assert_null(walk(&t, bits, va, &m));
		assert_int_equal(m.pa, 0x80000000 | (va & low));
		assert_int_equal(m.va_from, va & ~low);
		assert_int_equal(m.va_to, va | low);
		assert_null(walk(&t, bits, high, &m));
		assert_int_equal(m.pa, 0xc0000000 | (high & low));
		assert_int_equal(walk(&t, bits, va ^ UINT64_C(1) << t.page_shift, &m)->code,
				 ERROR_ABSENT);
	}
}

static void
stops_at_blocks(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		unsigned bits = shapes[i].va_bits;
		struct faketables t = tables(*state, shapes[i].page_shift, shapes[i].levels);
		uint64_t low = (UINT64_C(1) << (t.page_shift + t.index_bits)) - 1;
		uint64_t va = UINT64_MAX - 0x123456;
		struct arch_mapping m = { 0 };

		faketables_map(&t, va, bits, 1, UINT64_C(0x1000000000) | BLOCK);
		assert_null(walk(&t, bits, va, &m));
		assert_int_equal(m.pa, UINT64_C(0x1000000000) | (va & low));
		assert_int_equal(m.va_to - m.va_from, low);
	}
}

static void
refuses_a_block_in_the_last_table(void **state)
{
	struct faketables t = tables(*state, 12, 4);
	struct arch_mapping m = { 0 };

	faketables_map(&t, UINT64_MAX, 48, 0, UINT64_C(0x80000000) | BLOCK);
	assert_int_equal(walk(&t, 48, UINT64_MAX, &m)->code, ERROR_CORRUPT);
}

/* Physical addresses of 52 bits have their upper bits in three different places. */
static void
finds_the_upper_bits_of_physical_addresses(void **state)
{
	struct arch_mapping m = { 0 };
	uint64_t va = ~UINT64_C(0xffff);
	struct faketables t = tables(*state, 16, 3);

	faketables_map(&t, va, 52, 0, UINT64_C(0x80000000) | 0xa << 12 | PAGE);
	assert_null(walk(&t, 52, va, &m));
	assert_int_equal(m.pa, UINT64_C(0xa000080000000));

	t = tables(*state, 12, 5);
	faketables_map(&t, va, 52, 0, UINT64_C(0x2000080000000) | 2 << 8 | PAGE);
	assert_null(walk(&t, 52, va, &m));
	assert_int_equal(m.pa, UINT64_C(0xa000080000000));

	t = tables(*state, 12, 4);
	faketables_map(&t, va, 48, 0, UINT64_C(0x80000000) | SHARED | PAGE);
	assert_null(walk(&t, 48, va, &m));
	assert_int_equal(m.pa, 0x80000000);
}

static void
takes_tags_for_no_part_of_the_address(void **state)
{
	struct faketables t = tables(*state, 12, 4);
	struct arch_mapping m = { 0 };
	uint64_t va = UINT64_C(0xffff800012345678);

	faketables_map(&t, va, 48, 0, UINT64_C(0x80000000) | PAGE);
	assert_null(walk(&t, 48, va & UINT64_C(0xf5ffffffffffffff), &m));
	assert_int_equal(m.pa, 0x80000678);
}

static void
refuses_addresses_of_the_lower_half(void **state)
{
	struct faketables t = tables(*state, 12, 4);
	struct arch_mapping m = { 0 };

	assert_int_equal(walk(&t, 48, UINT64_C(0x0000800012345678), &m)->code, ERROR_ABSENT);
	assert_int_equal(walk(&t, 48, UINT64_C(0xfff7800012345678), &m)->code, ERROR_ABSENT);
}

static void
refuses_lengths_that_do_not_exist(void **state)
{
	struct faketables t = tables(*state, 12, 4);
	struct arch_mapping m = { 0 };

	for (unsigned bits = 0; bits < 256; bits++) {
		if (bits < 36 || bits > 52)
			assert_int_equal(walk(&t, bits, UINT64_MAX, &m)->code, ERROR_UNSUPPORTED);
	}
	for (unsigned shift = 0; shift < 256; shift++) {
		t.page_shift = shift;
		if (shift < 12 || shift > 16)
			assert_int_equal(walk(&t, 48, UINT64_MAX, &m)->code, ERROR_UNSUPPORTED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(follows_every_granule_and_address_length),
		UNIT_TEST(stops_at_blocks),
		UNIT_TEST(refuses_a_block_in_the_last_table),
		UNIT_TEST(finds_the_upper_bits_of_physical_addresses),
		UNIT_TEST(takes_tags_for_no_part_of_the_address),
		UNIT_TEST(refuses_addresses_of_the_lower_half),
		UNIT_TEST(refuses_lengths_that_do_not_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
