/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/meminfo.h"

#include "kernel/fakemachine.h"
#include "kernel/vmstat.h"
#include "unit.h"

#define MEM 0xffffffff82900000ULL

enum {
	AT_TEXT = 0x000, /* pointers to names */
	AT_NAMES = 0x200,
	AT_ZONE = 0x600,
	AT_NODE = 0x700,
	AT_TOTAL = 0x800,
	AT_RESERVE = 0x808,
	AT_SWAP = 0x810,
	AT_NODE_DATA = 0x900,
	AT_CACHES = 0xa00,
	AT_CACHE = 0xb00,
	AT_CACHE_NODE = 0xc00,
	CACHE_OFF_LIST = 0x10,
	CACHE_OFF_NODE = 0x28,
	NAME_LEN = 0x28,
};

static const char *const names[] = {
	"nr_free_pages",                                                 /* of zones */
	"nr_zone_inactive_anon", "numa_hit",         "nr_inactive_anon", /* of nodes */
	"nr_active_file",        "nr_inactive_file", "nr_slab_reclaimable", "nr_slab_unreclaimable",
	"nr_file_pages",         "nr_shmem",         "nr_anon_pages",       "nr_page_table_pages",
	"nr_kernel_stack",
};

static void
set(struct fake *f, const char *name, uint64_t v)
{
	enum { OF_ZONES = 3 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0)
			fake_put(f,
				 i < OF_ZONES ? MEM + AT_ZONE + 8 * i
					      : MEM + AT_NODE + 8 * (i - OF_ZONES),
				 v, 8);
	}
}

/* 1000 pages, half of them free. */
static struct fake *
machine(struct arena *a)
{
	struct fake *f = machine_new(a);

	fake_region(f, MEM, 0x1000);
	fake_symbol(f, "vmstat_text", MEM + AT_TEXT);
	fake_symbol(f, "vm_zone_stat", MEM + AT_ZONE);
	fake_symbol(f, "vm_node_stat", MEM + AT_NODE);
	fake_symbol(f, "_totalram_pages", MEM + AT_TOTAL);
	fake_symbol(f, "totalreserve_pages", MEM + AT_RESERVE);
	fake_symbol(f, "contig_page_data", MEM + AT_NODE_DATA);
	fake_layout(f, LAYOUT_ZONES, 0, 0x80);
	fake_layout(f, LAYOUT_ZONE, 0x40, 0);
	fake_layout(f, LAYOUT_ZONE_WATERMARK, 8, 24);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		fake_put(f, MEM + AT_TEXT + 8 * i, MEM + AT_NAMES + NAME_LEN * i, 8);
		fake_text(f, MEM + AT_NAMES + NAME_LEN * i, names[i]);
	}
	fake_put(f, MEM + AT_TOTAL, 1000, 8);
	fake_put(f, MEM + AT_RESERVE, 20, 8);
	fake_put(f, MEM + AT_NODE_DATA + 16, 5, 8);
	fake_put(f, MEM + AT_NODE_DATA + 0x40 + 16, 3, 8);
	set(f, "nr_free_pages", 500);
	return f;
}

static struct facts *
publish(struct fake *f, const struct error **e)
{
	struct facts *facts = facts_new(f->a);
	struct cpus cpus;
	struct tasks t;

	cpus_read(&f->k, NULL, &cpus);
	assert_null(tasks_read(&f->k, &cpus, &t));
	*e = meminfo_publish(&f->k, &cpus, &t, facts);
	return facts;
}

static int64_t
bytes_of(struct facts *f, enum fact_id id)
{
	int64_t v = -1;

	(void)facts_get_number(facts_root(f), id, &v);
	return v;
}

static void
check_text(struct facts *f, enum fact_id id, const char *want)
{
	struct str s = { NULL, 0 };

	assert_true(facts_get_text(facts_root(f), id, &s));
	assert_string_equal(s.p, want);
}

static void
tells_counters_by_their_names(void **state)
{
	struct fake *f = machine(*state);
	struct vmstat *v = NULL;
	uint64_t n = 0;

	set(f, "nr_shmem", 7);
	set(f, "nr_anon_pages", UINT64_MAX); /* what CPUs hold back made it negative */
	assert_null(vmstat_open(&f->k, *state, &v));
	assert_true(vmstat_find(v, "nr_free_pages", &n));
	assert_int_equal(n, 500);
	assert_true(vmstat_find(v, "nr_shmem", &n));
	assert_int_equal(n, 7);
	assert_true(vmstat_find(v, "nr_anon_pages", &n));
	assert_int_equal(n, 0);
	assert_false(vmstat_find(v, "nr_unheard_of", &n));
}

static void
reads_the_one_array_of_old_kernels(void **state)
{
	struct fake *f = fake_new(*state);
	struct vmstat *v = NULL;
	uint64_t n = 0;

	fake_region(f, MEM, 0x1000);
	assert_int_equal(vmstat_open(&f->k, *state, &v)->code, ERROR_ABSENT);
	symbols_learn(f->k.symbols, "vm_stat", MEM + AT_ZONE);
	symbols_learn(f->k.symbols, "vmstat_text", MEM + AT_TEXT);
	assert_int_equal(vmstat_open(&f->k, *state, &v)->code, ERROR_ABSENT);
	fake_put(f, MEM + AT_TEXT, MEM + AT_NAMES, 8);
	fake_put(f, MEM + AT_TEXT + 8, MEM + AT_NAMES + 0x20, 8);
	fake_text(f, MEM + AT_NAMES, "nr_free_pages");
	fake_text(f, MEM + AT_NAMES + 0x20, "nr_inactive_anon");
	fake_put(f, MEM + AT_ZONE + 8, 9, 8);
	assert_null(vmstat_open(&f->k, *state, &v));
	assert_true(vmstat_find(v, "nr_inactive_anon", &n));
	assert_int_equal(n, 9);
}

static void
estimates_what_is_available_as_the_kernel_does(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	struct facts *facts = NULL;

	set(f, "nr_active_file", 100);
	set(f, "nr_inactive_file", 4);
	set(f, "nr_slab_reclaimable", 6);
	facts = publish(f, &e);
	assert_null(e);
	/* 500 + 104 - 8 (both low watermarks) + 6 - 3 (its half) - 20 */
	assert_int_equal(bytes_of(facts, FACT_MEMORY_AVAILABLE), 579 * 4096);
	assert_int_equal(bytes_of(facts, FACT_MEMORY_FREE), 500 * 4096);
	check_text(facts, FACT_MEMORY_TEXT, "Memory was not short: 2 MiB of 4 MiB were available");
}

static void
names_what_ate_the_memory(void **state)
{
	static const struct {
		const char *counter;
		const char *eaten_by;
	} cases[] = {
		{ "nr_anon_pages", "processes" },
		{ "nr_slab_unreclaimable", "slab" },
		{ "nr_page_table_pages", "page_tables" },
		{ "nr_file_pages", "page_cache" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fake *f = machine(*state);
		const struct error *e = NULL;
		struct facts *facts = NULL;

		set(f, "nr_free_pages", 30);
		set(f, cases[i].counter, 900);
		facts = publish(f, &e);
		check_text(facts, FACT_MEMORY_EATEN_BY, cases[i].eaten_by);
		assert_true(facts_get(facts_root(facts), FACT_MEMORY_SHORT)->values[0].flag);
		assert_int_equal(bytes_of(facts, FACT_MEMORY_UNACCOUNTED), 70 * 4096);
	}
}

static void
tells_tmpfs_from_files(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	struct facts *facts = NULL;

	set(f, "nr_free_pages", 30);
	set(f, "nr_file_pages", 900);
	set(f, "nr_shmem", 800);
	facts = publish(f, &e);
	check_text(facts, FACT_MEMORY_EATEN_BY, "shmem");
	check_text(facts, FACT_MEMORY_TEXT,
		   "Memory was short: 0 MiB of 4 MiB were available; tmpfs and shared memory took "
		   "3 MiB (80%)");
}

static void
blames_pages_that_no_counter_has(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;

	set(f, "nr_free_pages", 30);
	check_text(publish(f, &e), FACT_MEMORY_EATEN_BY, "unaccounted");
}

/* Caches of one slab, of two to the power i pages each. */
static void
put_caches(struct fake *f, size_t count)
{
	uint64_t head = MEM + AT_CACHES;
	uint64_t last = head;

	fake_symbol(f, "slab_caches", head);
	fake_layout(f, LAYOUT_CACHE_LIST, CACHE_OFF_LIST, 16);
	fake_layout(f, LAYOUT_CACHE_NAME, 0, 8);
	fake_layout(f, LAYOUT_CACHE_OO, 8, 4);
	fake_layout(f, LAYOUT_CACHE_NODE, CACHE_OFF_NODE, 8);
	fake_layout(f, LAYOUT_CACHE_NODE_SLABS, 0, 8);
	fake_layout(f, LAYOUT_CACHE_NODE_OBJECTS, 8, 8);
	fake_put(f, MEM + AT_CACHE_NODE, 1, 8);
	fake_put(f, MEM + AT_CACHE_NODE + 8, 32, 8);
	for (size_t i = 0; i < count; i++) {
		uint64_t cache = MEM + AT_CACHE + 0x30 * i;

		fake_put(f, cache, MEM + AT_NAMES + NAME_LEN * i, 8);
		fake_put(f, cache + 8, (uint64_t)i << 16 | 32, 4);
		fake_put(f, cache + CACHE_OFF_NODE, MEM + AT_CACHE_NODE, 8);
		link_nodes(f, last, cache + CACHE_OFF_LIST);
		last = cache + CACHE_OFF_LIST;
	}
	link_nodes(f, last, head);
}

static void
lists_slab_caches_largest_first(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *caches = NULL;
	struct str s = { NULL, 0 };
	int64_t v = 0;

	put_caches(f, 3);
	caches = facts_get(facts_root(publish(f, &e)), FACT_MEMORY_SLAB_CACHES);
	assert_null(e);
	assert_int_equal(caches->count, 3);
	assert_true(facts_get_text(caches->values[0].row, SLAB_CACHE_NAME, &s));
	assert_string_equal(s.p, names[2]);
	assert_true(facts_get_number(caches->values[0].row, SLAB_CACHE_BYTES, &v));
	assert_int_equal(v, 4 * 4096);
	assert_true(facts_get_number(caches->values[0].row, SLAB_CACHE_OBJECTS, &v));
	assert_int_equal(v, 32);
}

static void
says_that_the_list_of_caches_is_broken(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	struct facts *facts = NULL;

	put_caches(f, 3);
	fake_put(f, MEM + AT_CACHE + 0x30 + CACHE_OFF_LIST, 0xdead000000000100, 8);
	facts = publish(f, &e);
	assert_non_null(e);
	assert_int_equal(facts_get(facts_root(facts), FACT_MEMORY_SLAB_CACHES)->count, 3);
	assert_true(facts_known(facts_root(facts), FACT_MEMORY_TEXT));
}

static void
survives_every_flipped_byte(void **state)
{
	for (size_t i = 0; i < 0x1000; i += 3) {
		struct arena *a = arena_new_temporary(*state);
		struct fake *f = machine(a);
		const struct error *e = NULL;
		uint8_t byte = 0;

		put_caches(f, 3);
		assert_null(memory_u8(&f->mem, MEM + i, &byte));
		fake_put(f, MEM + i, byte ^ 0xff, 1);
		(void)publish(f, &e);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(tells_counters_by_their_names),
		UNIT_TEST(reads_the_one_array_of_old_kernels),
		UNIT_TEST(estimates_what_is_available_as_the_kernel_does),
		UNIT_TEST(names_what_ate_the_memory),
		UNIT_TEST(tells_tmpfs_from_files),
		UNIT_TEST(blames_pages_that_no_counter_has),
		UNIT_TEST(lists_slab_caches_largest_first),
		UNIT_TEST(says_that_the_list_of_caches_is_broken),
		UNIT_TEST(survives_every_flipped_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
