/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/identify.h"

#include "fault/ranges.h"
#include "kernel/fakepages.h"
#include "kernel/slabinfo.h"
#include "unit.h"

static const char *
use_of(struct machine *m, size_t pfn)
{
	struct page_info i;

	if (!pageinfo_at(&m->in.pages, DIRECT + pfn * PAGE_LEN + 0x123, &i))
		return "(unknown)";
	assert_int_equal(i.pfn, pfn);
	return pageinfo_use_name(i.use);
}

static void
tells_what_pages_are_used_for(void **state)
{
	static const struct {
		const char *types;
		uint32_t buddy, table, offline, slab; /* page types */
	} kernels[] = {
		{ old_types, 0xffffff7f, 0xfffffdff, 0xfffffeff, 0xffffffff },
		{ flag_types, 0xbfffffff, 0xefffffff, 0xdfffffff, 0xfdffffff },
		{ new_types, 0xf0ffffff, 0xf2ffffff, 0xf1ffffff, 0xf5ffffff },
	};

	for (size_t i = 0; i < ARRAY_LEN(kernels); i++) {
		struct machine m;

		open_machine(&m, kernels[i].types, *state);
		assert_string_equal(use_of(&m, 1), "kernel");
		fake_put(m.f, page_at(2) + OFF_TYPE, kernels[i].table, 4);
		assert_string_equal(use_of(&m, 2), "page_table");
		fake_put(m.f, page_at(3) + OFF_TYPE, kernels[i].offline, 4);
		assert_string_equal(use_of(&m, 3), "offline");
		fake_put(m.f, page_at(4) + OFF_MAPPING, DIRECT + 1, 8);
		fake_put(m.f, page_at(4) + OFF_TYPE, 0, 4); /* mapped once */
		assert_string_equal(use_of(&m, 4), "anon");
		fake_put(m.f, page_at(5) + OFF_MAPPING, DIRECT, 8);
		assert_string_equal(use_of(&m, 5), "file");
		fake_put(m.f, page_at(6) + OFF_COUNT, 0, 4);
		assert_string_equal(use_of(&m, 6), "unused");
		fake_put(m.f, page_at(7) + OFF_TYPE, kernels[i].slab, 4);
		if (i == 0)
			fake_put(m.f, page_at(7) + OFF_PAGE_FLAGS, 1 << PG_SLAB, 8);
		assert_string_equal(use_of(&m, 7), "slab");
		/* A free block of eight pages, of which the first one says so. */
		for (size_t p = 8; p < 17; p++)
			fake_put(m.f, page_at(p) + OFF_COUNT, 0, 4);
		fake_put(m.f, page_at(8) + OFF_TYPE, kernels[i].buddy, 4);
		fake_put(m.f, page_at(8) + OFF_PRIVATE, 3, 8);
		assert_string_equal(use_of(&m, 8), "free");
		assert_string_equal(use_of(&m, 15), "free");
		assert_string_equal(use_of(&m, 16), "unused");
	}
}

static void
tells_pages_that_had_memory_errors_first(void **state)
{
	struct machine m;

	open_machine(&m, old_types, *state);
	fake_put(m.f, page_at(2) + OFF_PAGE_FLAGS, 1 << PG_HWPOISON | 1 << PG_SLAB, 8);
	assert_string_equal(use_of(&m, 2), "hwpoison");
}

static void
knows_nothing_of_memory_that_is_not_there(void **state)
{
	struct machine m;
	struct page_info i;

	open_machine(&m, old_types, *state);
	assert_false(pageinfo_at(&m.in.pages, DIRECT + PAGE_COUNT * PAGE_LEN, &i));
	fake_put(m.f, SECTIONS + SECTION_ROOT, PAGES | 1, 8); /* no map */
	assert_false(pageinfo_at(&m.in.pages, DIRECT, &i));
	m.f->k.info = NULL;
	assert_false(pageinfo_at(&m.in.pages, DIRECT, &i));
}

static bool
object_of(struct machine *m, uint64_t va, struct slab_object *o)
{
	struct page_info page;

	assert_true(pageinfo_at(&m->in.pages, va, &page));
	assert_int_equal(page.use, PAGE_USE_SLAB);
	return slabinfo_at(&m->f->k, &m->cpus, &page, va, o);
}

static void
finds_slab_objects_on_old_and_new_kernels(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		struct machine m;
		struct slab_object o;

		open_machine(&m, old_types, *state);
		put_slab(&m, i == 1);
		/* 50 is on the second page; 3 -> 50 -> end is free. */
		fake_put(m.f, page_at(SLAB_PAGE) + OFF_FREELIST, object_at(3), 8);
		fake_put(m.f, object_at(3) + 0x20, object_at(50), 8);
		assert_true(object_of(&m, object_at(50) + 0x18, &o));
		assert_int_equal(o.va, object_at(50));
		assert_int_equal(o.off, 0x18);
		assert_int_equal(o.len, 64);
		assert_string_equal(o.name.p, "kmalloc-64");
		assert_true(o.has_state && o.is_free);
		assert_true(object_of(&m, object_at(4), &o));
		assert_true(o.has_state && !o.is_free);
	}
}

static void
finds_objects_that_a_cpu_has_taken_for_itself(void **state)
{
	struct machine m;
	struct slab_object o;

	open_machine(&m, old_types, *state);
	put_slab(&m, true);
	fake_put(m.f, CACHE + OFF_CPU_SLAB, PERCPU_SLAB, 8);
	fake_put(m.f, percpu_at(1) + PERCPU_SLAB, object_at(7), 8);
	fake_put(m.f, percpu_at(1) + PERCPU_SLAB + 16, page_at(SLAB_PAGE), 8);
	assert_true(object_of(&m, object_at(7), &o));
	assert_true(o.has_state && o.is_free);
	fake_put(m.f, percpu_at(1) + PERCPU_SLAB + 16, page_at(1), 8); /* of another slab */
	assert_true(object_of(&m, object_at(7), &o));
	assert_true(o.has_state && !o.is_free);
}

static void
follows_free_lists_that_are_mixed(void **state)
{
	const uint64_t random = 0x1122334455667788;

	for (int swaps = 0; swaps < 2; swaps++) {
		struct machine m;
		struct slab_object o;
		uint64_t at = object_at(3) + 0x20;
		uint64_t end = object_at(50) + 0x20;

		open_machine(&m, old_types, *state);
		put_slab(&m, true);
		fake_layout(m.f, LAYOUT_CACHE_RANDOM, OFF_RANDOM, 8);
		fake_put(m.f, CACHE + OFF_RANDOM, random, 8);
		fake_put(m.f, page_at(SLAB_PAGE) + OFF_FREELIST, object_at(3), 8);
		fake_put(m.f, at, object_at(50) ^ random ^ (swaps ? __builtin_bswap64(at) : at), 8);
		fake_put(m.f, end, random ^ (swaps ? __builtin_bswap64(end) : end), 8);
		assert_true(object_of(&m, object_at(50), &o));
		assert_true(o.has_state && o.is_free);
		assert_true(object_of(&m, object_at(51), &o));
		assert_true(o.has_state && !o.is_free);
		/* Damaged: nothing is known of objects that the list did not come to. */
		fake_put(m.f, at, 0x1234, 8);
		assert_true(object_of(&m, object_at(51), &o));
		assert_false(o.has_state);
	}
}

static void
does_not_run_round_a_free_list_for_ever(void **state)
{
	struct machine m;
	struct slab_object o;

	open_machine(&m, old_types, *state);
	put_slab(&m, true);
	fake_put(m.f, page_at(SLAB_PAGE) + OFF_FREELIST, object_at(3), 8);
	fake_put(m.f, object_at(3) + 0x20, object_at(3), 8);
	assert_true(object_of(&m, object_at(4), &o));
	assert_false(o.has_state);
}

static void
refuses_slabs_that_make_no_sense(void **state)
{
	struct machine m;
	struct slab_object o;

	open_machine(&m, old_types, *state);
	put_slab(&m, true);
	fake_put(m.f, CACHE + OFF_SIZE, 0, 4);
	assert_false(object_of(&m, object_at(4), &o));
	fake_put(m.f, CACHE + OFF_SIZE, UINT32_MAX, 4);
	assert_false(object_of(&m, object_at(4), &o));
	fake_put(m.f, CACHE + OFF_SIZE, OBJECT_LEN, 4);
	fake_put(m.f, page_at(SLAB_PAGE) + OFF_SLAB_CACHE, 0x10, 8);
	assert_false(object_of(&m, object_at(4), &o));
}

static const char *
text_at(struct machine *m, uint64_t va, enum fact_id id)
{
	struct facts *f = facts_new(m->f->a);
	const struct fact_row *row = NULL;
	struct str s = { NULL, 0 };

	identify_put(&m->in, va, facts_root(f), FACT_FAULT_OBJECT);
	row = facts_get_row(facts_root(f), FACT_FAULT_OBJECT);
	if (row == NULL || !facts_get_text(row, id, &s))
		return "(nothing)";
	return s.p;
}

static void
says_what_is_at_an_address(void **state)
{
	struct machine m;

	open_machine(&m, old_types, *state);
	put_slab(&m, true);
	fake_put(m.f, page_at(SLAB_PAGE) + OFF_FREELIST, object_at(3), 8);
	assert_string_equal(text_at(&m, object_at(3) + 4, OBJECT_TEXT),
			    "0x4 into a free object of the slab cache kmalloc-64 (64 bytes)");
	assert_string_equal(text_at(&m, object_at(4), OBJECT_TEXT),
			    "an allocated object of the slab cache kmalloc-64 (64 bytes)");
	assert_string_equal(text_at(&m, object_at(4) + 0x50, OBJECT_TEXT),
			    "behind an allocated object of the slab cache kmalloc-64 (64 bytes)");
	assert_string_equal(text_at(&m, object_at(4), OBJECT_STATE), "allocated");
	assert_string_equal(text_at(&m, STACK + 8, OBJECT_KIND), "stack");
	assert_string_equal(text_at(&m, percpu_at(1) + PERCPU_CURRENT, OBJECT_TEXT),
			    "current_task of CPU 1");
	assert_string_equal(text_at(&m, DIRECT + PAGE_LEN, OBJECT_TEXT), "a page of the kernel's");
	assert_string_equal(text_at(&m, 0x1234, OBJECT_TEXT), "(nothing)");
	assert_string_equal(text_at(&m, 0xffffc90000001000, OBJECT_TEXT), "(nothing)");
}

static void
says_where_arguments_point(void **state)
{
	static const struct origin o = { ORIGIN_MEMORY, "test" };
	const uint64_t values[] = { object_at(4), object_at(4), 7 };
	struct facts *f = facts_new(*state);
	struct fact_row *row[ARRAY_LEN(values)];
	const struct fact_row *object = NULL;
	struct str s = { NULL, 0 };
	struct machine m;

	open_machine(&m, old_types, *state);
	put_slab(&m, true);
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		row[i] = facts_put_row(facts_root(f), FACT_FAULT_ARGUMENTS, o);
		facts_put_address(row[i], ARGUMENT_VALUE, values[i], o);
	}
	facts_put_text(row[1], ARGUMENT_SYMBOL, STR("lab_lock"), o); /* a name says more */
	identify_publish_arguments(&m.in, f);
	object = facts_get_row(row[0], ARGUMENT_OBJECT);
	assert_non_null(object);
	assert_true(facts_get_text(object, OBJECT_CACHE, &s));
	assert_string_equal(s.p, "kmalloc-64");
	assert_null(facts_get_row(row[1], ARGUMENT_OBJECT));
	assert_null(facts_get_row(row[2], ARGUMENT_OBJECT));
}

static void
classifies_by_what_the_kernel_says_of_its_address_space(void **state)
{
	static const struct {
		uint64_t va;
		const char *class;
	} cases[] = {
		{ STACK + 0x10, "stack" },
		{ PERCPU + PERCPU_STRIDE + 0x40, "per_cpu" },
		{ 0xffff9ab000001000, "direct_map" },
		{ 0xffff9ab000000000 + (8000ULL << 12), "unknown" },
		{ 0xffffb00000001000, "vmalloc" },
	};
	struct machine m;
	size_t count = 0;

	open_machine(&m, old_types, *state);
	symbols_learn(m.f->k.symbols, "max_pfn", DATA + 0x400);
	symbols_learn(m.f->k.symbols, "page_offset_base", DATA + 0x408);
	symbols_learn(m.f->k.symbols, "vmalloc_base", DATA + 0x410);
	fake_put(m.f, DATA + 0x400, 8000, 8);
	fake_put(m.f, DATA + 0x408, 0xffff9ab000000000, 8);
	fake_put(m.f, DATA + 0x410, 0xffffb00000000000, 8);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pointer_range *r = ranges_of_kernel(&m.in, &cases[i].va, 1, *state, &count);
		struct pointer_context c = { .arch = &arch_x86_64,
					     .range = r,
					     .range_count = count };
		struct pointer p = pointer_classify(&c, cases[i].va, *state);

		assert_string_equal(pointer_class_name(p.class), cases[i].class);
	}
}

static void
halves_the_addresses_of_arm64_by_where_the_image_is(void **state)
{
	static const struct {
		uint64_t text, linear;
	} kernels[] = {
		{ 0xffff800080000000, 0xffff000012345000 }, /* since v5.4 */
		{ 0xffff000010080000, 0xffff800012345000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(kernels); i++) {
		struct machine m;
		size_t count = 0;

		open_machine(&m, "NUMBER(VA_BITS)=48\n", *state);
		m.f->k.arch = &arch_arm64;
		symbols_learn(m.f->k.symbols, "_text", kernels[i].text);
		symbols_learn(m.f->k.symbols, "_end", kernels[i].text + 0x1000000);

		struct pointer_range *r =
			ranges_of_kernel(&m.in, &kernels[i].linear, 1, *state, &count);
		struct pointer_context c = { .arch = &arch_arm64,
					     .range = r,
					     .range_count = count };

		assert_int_equal(pointer_classify(&c, kernels[i].linear, *state).class,
				 POINTER_DIRECT_MAP);
		assert_int_equal(pointer_classify(&c, kernels[i].text + 64, *state).class,
				 POINTER_TEXT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(tells_what_pages_are_used_for),
		UNIT_TEST(tells_pages_that_had_memory_errors_first),
		UNIT_TEST(knows_nothing_of_memory_that_is_not_there),
		UNIT_TEST(finds_slab_objects_on_old_and_new_kernels),
		UNIT_TEST(finds_objects_that_a_cpu_has_taken_for_itself),
		UNIT_TEST(follows_free_lists_that_are_mixed),
		UNIT_TEST(does_not_run_round_a_free_list_for_ever),
		UNIT_TEST(refuses_slabs_that_make_no_sense),
		UNIT_TEST(says_what_is_at_an_address),
		UNIT_TEST(says_where_arguments_point),
		UNIT_TEST(classifies_by_what_the_kernel_says_of_its_address_space),
		UNIT_TEST(halves_the_addresses_of_arm64_by_where_the_image_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
