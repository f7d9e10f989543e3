/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/pages.h"

#include "unit.h"

#include <string.h>

/* Page n holds n in every byte; from 1000 on each tenth is corrupt, from 2000 on excluded,
 * from 3000 on zeros, from 1 << 40 on holes. */
struct fake {
	uint64_t fetched;
};

static enum page_state
fetch(void *self, uint64_t pfn, uint8_t *page, bool *zero)
{
	struct fake *f = self;

	f->fetched++;
	memset(page, (int)(pfn & 0xff), 4096);
	*zero = pfn >= 3000;
	if (pfn >= (uint64_t)1 << 40)
		return PAGE_HOLE;
	if (pfn >= 2000 && pfn < 3000)
		return PAGE_EXCLUDED;
	return pfn >= 1000 && pfn < 2000 && pfn % 10 == 0 ? PAGE_CORRUPT : PAGE_PRESENT;
}

static struct pages *
new_pages(struct fake *f, struct arena *a)
{
	return pages_new((struct page_source){ fetch, f, 4096, false }, a);
}

static void
reads_each_page_once(void **state)
{
	struct fake f = { 0 };
	struct pages *p = new_pages(&f, *state);
	enum page_state why = PAGE_HOLE;

	for (int round = 0; round < 3; round++) {
		for (uint64_t pfn = 0; pfn < 900; pfn++) {
			const uint8_t *page = pages_get(p, pfn, &why);

			assert_int_equal(why, PAGE_PRESENT);
			assert_int_equal(page[4095], pfn & 0xff);
		}
	}
	assert_int_equal(f.fetched, 900);
	assert_int_equal(pages_read_count(p), 900);
}

static void
keeps_no_whole_page_that_costs_nothing_to_read_again(void **state)
{
	struct fake f = { 0 };
	struct pages *p = pages_new((struct page_source){ fetch, &f, 4096, true }, *state);
	uint8_t buf[2 * 4096];

	for (unsigned i = 1; i <= 3; i++) {
		assert_null(pages_read(p, 5 * 4096, buf, sizeof(buf)));
		assert_int_equal(buf[4095], 5);
		assert_int_equal(buf[4096], 6);
		assert_int_equal(f.fetched, 2 * i);
	}
	assert_null(pages_read(p, 5 * 4096 + 1, buf, 8));
	assert_null(pages_read(p, 5 * 4096, buf, 4096)); /* kept now: a part was asked for */
	assert_int_equal(f.fetched, 7);
	assert_int_equal(pages_read_count(p), 2);
	assert_null(pages_read(p, 3001 * 4096, buf, 4096));
	assert_int_equal(buf[0] | buf[4095], 0);
	assert_ptr_equal(pages_read(p, 2000 * 4096, buf, 4096), page_state_error(PAGE_EXCLUDED));
	assert_ptr_equal(pages_read(p, 1010 * 4096, buf, 4096), page_state_error(PAGE_CORRUPT));
	assert_ptr_equal(pages_read(p, 1010 * 4096, buf, 4096), page_state_error(PAGE_CORRUPT));
	assert_int_equal(pages_corrupt_count(p), 1);
}

static void
reads_across_pages(void **state)
{
	struct fake f = { 0 };
	struct pages *p = new_pages(&f, *state);
	uint8_t buf[3 * 4096];

	assert_null(pages_read(p, 4096 - 10, buf, sizeof(buf)));
	assert_int_equal(buf[9], 0);
	assert_int_equal(buf[10], 1);
	assert_int_equal(buf[10 + 4096], 2);
	assert_int_equal(buf[sizeof(buf) - 1], 3);
	assert_null(pages_read(p, 4096, buf, 0));
}

static void
says_why_a_page_is_not_there(void **state)
{
	struct fake f = { 0 };
	struct pages *p = new_pages(&f, *state);
	uint8_t buf[16];

	assert_ptr_equal(pages_read(p, 1000 << 12, buf, 16), page_state_error(PAGE_CORRUPT));
	assert_ptr_equal(pages_read(p, 2000 << 12, buf, 16), page_state_error(PAGE_EXCLUDED));
	assert_ptr_equal(pages_read(p, (2000 << 12) - 8, buf, 16), page_state_error(PAGE_EXCLUDED));
	assert_ptr_equal(pages_read(p, UINT64_MAX - 7, buf, 8), page_state_error(PAGE_HOLE));
	assert_ptr_equal(pages_read(p, UINT64_MAX - 7, buf, 9), page_state_error(PAGE_HOLE));
}

static void
expands_a_corrupt_page_once(void **state)
{
	struct fake f = { 0 };
	struct pages *p = new_pages(&f, *state);
	enum page_state why = PAGE_HOLE;

	for (int i = 0; i < 5; i++) {
		assert_null(pages_get(p, 1010, &why));
		assert_int_equal(why, PAGE_CORRUPT);
	}
	assert_int_equal(f.fetched, 1);
	assert_int_equal(pages_corrupt_count(p), 1);
	assert_int_equal(pages_read_count(p), 0);
}

static void
gives_zeros_for_pages_of_zeros(void **state)
{
	struct fake f = { 0 };
	struct pages *p = new_pages(&f, *state);
	uint8_t buf[4096], zeros[4096] = { 0 };

	assert_null(pages_read(p, 3000 << 12, buf, sizeof(buf)));
	assert_memory_equal(buf, zeros, sizeof(buf));
}

/* Twice as many pages as the cache holds, and some of them always in use. */
static void
forgets_the_page_used_longest_ago(void **state)
{
	struct fake f = { 0 };
	struct pages *p = new_pages(&f, *state);
	uint64_t most = PAGES_CACHE_BYTES / 4096;
	enum page_state why = PAGE_HOLE;

	for (uint64_t pfn = 3000; pfn < 3000 + 2 * most; pfn++) {
		assert_non_null(pages_get(p, pfn, &why));
		assert_non_null(pages_get(p, pfn % 10, &why));
	}
	assert_int_equal(f.fetched, 2 * most + 10);
	assert_non_null(pages_get(p, 3000 + 2 * most - 1, &why));
	assert_int_equal(f.fetched, 2 * most + 10);
	assert_non_null(pages_get(p, 3000, &why));
	assert_int_equal(f.fetched, 2 * most + 11);
}

static void
keeps_a_page_while_others_are_read(void **state)
{
	struct budget b = budget_of(0, 4096); /* none of the cache fits into it */
	struct arena *a = arena_new(&b);
	struct fake f = { 0 };
	struct pages *p = new_pages(&f, a);
	enum page_state why = PAGE_HOLE;

	(void)state;
	for (uint64_t pfn = 0; pfn < 500; pfn++)
		assert_non_null(pages_get(p, pfn, &why));

	const uint8_t *page = pages_get(p, 7, &why);

	for (uint64_t pfn = 100; pfn < 100 + DUMP_PAGES_HELD - 1; pfn++)
		assert_non_null(pages_get(p, pfn, &why));
	assert_int_equal(page[0], 7);
	assert_int_equal(page[4095], 7);
	arena_free(a);
}

static void
remembers_what_was_asked_for(void **state)
{
	struct fake f = { 0 };
	struct pages *p = new_pages(&f, *state);
	const uint64_t ask[] = { 5, 1000, 3, (uint64_t)1 << 40, 2500, 5 };
	const uint64_t want[] = { 3, 5, 1000, 2500 };
	enum page_state why = PAGE_HOLE;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(ask); i++)
		(void)pages_get(p, ask[i], &why);

	const uint64_t *asked = pages_asked(p, *state, &count);

	assert_int_equal(count, ARRAY_LEN(want));
	assert_memory_equal(asked, want, sizeof(want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_each_page_once),
		UNIT_TEST(keeps_no_whole_page_that_costs_nothing_to_read_again),
		UNIT_TEST(reads_across_pages),
		UNIT_TEST(says_why_a_page_is_not_there),
		UNIT_TEST(expands_a_corrupt_page_once),
		UNIT_TEST(gives_zeros_for_pages_of_zeros),
		UNIT_TEST(forgets_the_page_used_longest_ago),
		UNIT_TEST(keeps_a_page_while_others_are_read),
		UNIT_TEST(remembers_what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
