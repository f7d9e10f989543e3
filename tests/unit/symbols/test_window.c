/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/window.h"

#include "unit.h"

#include <string.h>

#define VA 0xffffffff81000f00ULL

enum {
	LEN = 0x3000,
};

/* Memory that counts what is read, and lacks a page. */
struct counted {
	uint8_t bytes[LEN];
	size_t reads;
	uint64_t hole;
};

static const struct error *
read_counted(void *self, uint64_t addr, void *buf, size_t len)
{
	static const struct error missing = { ERROR_ABSENT, "missing", NULL };
	struct counted *c = self;

	c->reads++;
	if (addr < VA || addr - VA > LEN || len > LEN - (addr - VA) ||
	    (addr < c->hole + 4096 && addr + len > c->hole))
		return &missing;
	memcpy(buf, c->bytes + (addr - VA), len);
	return NULL;
}

static struct memory
memory_of(struct counted *c)
{
	for (size_t i = 0; i < LEN; i++)
		c->bytes[i] = (uint8_t)(i * 7);
	return (struct memory){ read_counted, c, ORDER_LITTLE, 8 };
}

static void
reads_each_page_once_and_no_other(void **state)
{
	struct counted c = { .reads = 0 };
	struct memory m = memory_of(&c);
	struct window w = { 0 };
	uint32_t v = 0;

	assert_true(window_open(&w, &m, VA, LEN, *state));
	assert_int_equal(c.reads, 0);
	assert_true(window_u32(&w, 0x10, &v));
	assert_int_equal(v, bytes_u32(c.bytes + 0x10, ORDER_LITTLE));
	assert_true(window_u32(&w, 0x14, &v));
	assert_int_equal(c.reads, 1);
	assert_memory_equal(window_get(&w, 0xfe, 8), c.bytes + 0xfe, 8); /* across two */
	assert_int_equal(c.reads, 2);
	assert_int_equal(window_reach(&w, 0, LEN), LEN);
	assert_memory_equal(w.bytes, c.bytes, LEN);
	assert_int_equal(c.reads, 4);
}

static void
keeps_inside_of_its_range(void **state)
{
	struct counted c = { .reads = 0 };
	struct memory m = memory_of(&c);
	struct window w = { 0 };
	uint64_t v = 0;

	assert_true(window_open(&w, &m, VA, 0x1003, *state));
	assert_null(window_get(&w, 0x1003, 1));
	assert_null(window_get(&w, 0x1000, 4));
	assert_null(window_get(&w, SIZE_MAX, 2));
	assert_null(window_get(&w, 0, 0));
	assert_non_null(window_get(&w, 0x1000, 3));
	assert_false(window_u64(&w, 0xffc, &v));
	assert_int_equal(window_reach(&w, 0x1000, 100), 3);
	assert_int_equal(window_reach(&w, 0x1003, 100), 0);
}

static void
has_holes_where_memory_has(void **state)
{
	struct counted c = { .hole = 0xffffffff81002000 };
	struct memory m = memory_of(&c);
	struct window w = { 0 };

	assert_true(window_open(&w, &m, VA, LEN, *state));
	assert_int_equal(window_reach(&w, 0, LEN), 0x1100);
	assert_null(window_get(&w, 0x10ff, 2));
	assert_null(window_get(&w, 0x1100, 1));
	assert_int_equal(window_reach(&w, 0x1200, 8), 0);
	assert_non_null(window_get(&w, 0x2100, 8));

	size_t reads = c.reads;

	assert_null(window_get(&w, 0x1100, 1));
	assert_int_equal(c.reads, reads);
}

static void
is_refused_beyond_the_budget_and_the_address_space(void **state)
{
	struct budget b = budget_of(0, 4096);
	struct arena *a = arena_new(&b);
	struct counted c = { .reads = 0 };
	struct memory m = memory_of(&c);
	struct window w = { 0 };

	(void)state;
	assert_false(window_open(&w, &m, VA, LEN, a));
	assert_false(window_open(&w, &m, UINT64_MAX - 10, 100, a));
	assert_false(window_open(&w, &m, VA, 0, a));
	assert_null(w.bytes);
	arena_free(a);
}

/* Pages begin 0x100 and 0x1100 and 0x2100 into the window. */
static void
tells_what_was_read_already(void **state)
{
	struct counted c = { .reads = 0, .hole = VA + 0x100 };
	struct memory m = memory_of(&c);
	struct window w = { 0 };
	size_t off = 0;

	assert_true(window_open(&w, &m, VA, LEN, *state));
	assert_int_equal(window_met(&w, &off), 0);
	assert_int_equal(off, LEN);
	assert_non_null(window_get(&w, 0x1200, 4));
	assert_null(window_get(&w, 0x200, 4)); /* a hole */
	assert_non_null(window_get(&w, 0x2f00, 4));
	assert_int_equal(c.reads, 3);
	off = 0;
	assert_int_equal(window_met(&w, &off), LEN - 0x1100);
	assert_int_equal(off, 0x1100);
	off = 0x1180;
	assert_int_equal(window_met(&w, &off), LEN - 0x1180);
	assert_int_equal(off, 0x1180);
	assert_non_null(window_get(&w, 0x10, 4));
	off = 0x10;
	assert_int_equal(window_met(&w, &off), 0xf0);
	off = LEN + 5;
	assert_int_equal(window_met(&w, &off), 0);
	assert_int_equal(c.reads, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_each_page_once_and_no_other),
		UNIT_TEST(keeps_inside_of_its_range),
		UNIT_TEST(has_holes_where_memory_has),
		UNIT_TEST(is_refused_beyond_the_budget_and_the_address_space),
		UNIT_TEST(tells_what_was_read_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
