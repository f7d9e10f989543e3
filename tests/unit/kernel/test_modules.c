/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/modules.h"

#include "kernel/fakekernel.h"
#include "unit.h"

#define HEAD 0xffffffff82801000ULL
#define MODULES_VA 0xffffffffc0001000ULL
#define CORE 0xffffffffc0100000ULL
#define INIT 0xffffffffc0200000ULL

enum {
	EACH = 0x400,
	OFF_STATE = 0,
	OFF_LIST = 8,
	OFF_NAME = 0x18,
	OFF_TAINTS = 0x60,
	OFF_VERSION = 0x68,
	OFF_BUILD_ID = 0x70,
	OFF_MEM = 0x90, /* or the two layouts */
	OFF_ORC_COUNT = 0x170,
	OFF_ORC_IP = 0x178,
	OFF_ORC = 0x180,
	OFF_KALLSYMS = 0x188,
};

static uint64_t
module_at(size_t i)
{
	return MODULES_VA + i * EACH;
}

static void
add_module(struct fake *f, size_t i, const char *name)
{
	uint64_t prev = i == 0 ? HEAD : module_at(i - 1) + OFF_LIST;
	uint64_t node = module_at(i) + OFF_LIST;

	fake_put(f, prev, node, 8);
	fake_put(f, node + 8, prev, 8);
	fake_put(f, node, HEAD, 8);
	fake_put(f, HEAD + 8, node, 8);
	fake_text(f, module_at(i) + OFF_NAME, name);
}

/* Two modules, lab and loop; the layouts of their regions are to come. */
static struct fake *
fake_with_modules(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_region(f, HEAD & ~0xfffULL, 0x1000);
	fake_region(f, MODULES_VA, 4 * EACH);
	fake_symbol(f, "modules", HEAD);
	fake_layout(f, LAYOUT_MODULE_STATE, OFF_STATE, 4);
	fake_layout(f, LAYOUT_MODULE_LIST, OFF_LIST, 16);
	fake_layout(f, LAYOUT_MODULE_NAME, OFF_NAME, 56);
	fake_layout(f, LAYOUT_MODULE_TAINTS, OFF_TAINTS, 8);
	fake_layout(f, LAYOUT_MODULE_VERSION, OFF_VERSION, 8);
	fake_layout(f, LAYOUT_MODULE_BUILD_ID, OFF_BUILD_ID, 20);
	add_module(f, 0, "lab");
	add_module(f, 1, "loop");
	return f;
}

static void
reads_the_regions_of_6_4(void **state)
{
	struct fake *f = fake_with_modules(*state);
	struct modules m;

	fake_layout(f, LAYOUT_MODULE_MEM, OFF_MEM, 7 * 0x20);
	fake_layout(f, LAYOUT_MODULE_REGION, 0x20, 0);
	fake_layout(f, LAYOUT_MODULE_REGION_BASE, 0, 8);
	fake_layout(f, LAYOUT_MODULE_REGION_LEN, 8, 4);
	fake_put(f, module_at(0) + OFF_MEM, CORE, 8);
	fake_put(f, module_at(0) + OFF_MEM + 8, 0x2000, 4);
	fake_put(f, module_at(0) + OFF_MEM + 0x20, CORE + 0x8000, 8);
	fake_put(f, module_at(0) + OFF_MEM + 0x28, 0x1000, 4);
	fake_put(f, module_at(0) + OFF_MEM + 4 * 0x20, INIT, 8);
	fake_put(f, module_at(0) + OFF_MEM + 4 * 0x20 + 8, 0x1000, 4);
	assert_null(modules_read(&f->k, &m));
	assert_null(m.problem);
	assert_int_equal(m.count, 2);
	assert_string_equal(m.module[0].name.p, "lab");
	assert_int_equal(m.module[0].text, CORE);
	assert_int_equal(m.module[0].bytes, 0x4000);
	assert_int_equal(m.module[0].region_count, 3);
	assert_true(symbols_is_text(f->k.symbols, CORE + 0x1fff));
	assert_false(symbols_is_text(f->k.symbols, CORE + 0x8000));
	assert_true(symbols_is_text(f->k.symbols, INIT));
	assert_ptr_equal(modules_at(&m, CORE + 0x8fff), &m.module[0]);
	assert_null(modules_at(&m, CORE + 0x9000));
	assert_int_equal(m.module[1].region_count, 0);
}

static void
reads_the_layouts_of_4_5(void **state)
{
	struct fake *f = fake_with_modules(*state);
	struct modules m;

	fake_layout(f, LAYOUT_MODULE_CORE, OFF_MEM, 0);
	fake_layout(f, LAYOUT_MODULE_INIT, OFF_MEM + 0x20, 0);
	fake_layout(f, LAYOUT_MODULE_LAYOUT_BASE, 0, 8);
	fake_layout(f, LAYOUT_MODULE_LAYOUT_LEN, 8, 4);
	fake_layout(f, LAYOUT_MODULE_LAYOUT_TEXT_LEN, 12, 4);
	fake_put(f, module_at(0) + OFF_MEM, CORE, 8);
	fake_put(f, module_at(0) + OFF_MEM + 8, 0x4000, 4);
	fake_put(f, module_at(0) + OFF_MEM + 12, 0x1000, 4);
	assert_null(modules_read(&f->k, &m));
	assert_int_equal(m.module[0].bytes, 0x4000);
	assert_true(symbols_is_text(f->k.symbols, CORE));
	assert_false(symbols_is_text(f->k.symbols, CORE + 0x1000));
	assert_non_null(symbols_module_at(f->k.symbols, CORE + 0x3fff));

	/* Text that is said to be longer than the module. */
	f = fake_with_modules(*state);
	fake_layout(f, LAYOUT_MODULE_CORE, OFF_MEM, 0);
	fake_layout(f, LAYOUT_MODULE_LAYOUT_BASE, 0, 8);
	fake_layout(f, LAYOUT_MODULE_LAYOUT_LEN, 8, 4);
	fake_layout(f, LAYOUT_MODULE_LAYOUT_TEXT_LEN, 12, 4);
	fake_put(f, module_at(0) + OFF_MEM, CORE, 8);
	fake_put(f, module_at(0) + OFF_MEM + 8, 0x4000, 4);
	fake_put(f, module_at(0) + OFF_MEM + 12, UINT32_MAX, 4);
	assert_null(modules_read(&f->k, &m));
	assert_null(modules_at(&m, CORE + 0x4000));
}

static void
reads_the_members_of_older_kernels(void **state)
{
	struct fake *f = fake_with_modules(*state);
	struct modules m;

	fake_layout(f, LAYOUT_MODULE_OLD_CORE, OFF_MEM, 8);
	fake_layout(f, LAYOUT_MODULE_OLD_CORE_LEN, OFF_MEM + 8, 4);
	fake_layout(f, LAYOUT_MODULE_OLD_CORE_TEXT_LEN, OFF_MEM + 12, 4);
	fake_put(f, module_at(0) + OFF_MEM, CORE, 8);
	fake_put(f, module_at(0) + OFF_MEM + 8, 0x4000, 4);
	fake_put(f, module_at(0) + OFF_MEM + 12, 0x1000, 4);
	assert_null(modules_read(&f->k, &m));
	assert_int_equal(m.module[0].text, CORE);
	assert_int_equal(m.module[0].bytes, 0x4000);
}

/* Two sections: .note.Linux, and one that has the build ID behind another note. */
static void
reads_the_build_id_that_sysfs_shows(void **state)
{
	enum { NOTES = 0x800, ATTRS = 0x10, EACH_ATTR = 0x40, SECTION = 0x900 };
	static const uint8_t section[] = {
		4, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 'G', 'N', 'U', 0, 7, 0, 0, 0, /* another */
		4, 0, 0, 0, 6, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 1, 2, 3, 4, 5, 0xff, 0, 0,
	};

	for (size_t len = 0; len <= sizeof(section); len++) {
		struct fake *f = fake_with_modules(*state);
		struct modules m;

		fake_layout(f, LAYOUT_MODULE_NOTES, OFF_ORC, 8);
		fake_layout(f, LAYOUT_NOTES_COUNT, 8, 4);
		fake_layout(f, LAYOUT_NOTES_ATTRS, ATTRS, 0);
		fake_layout(f, LAYOUT_BIN_ATTRIBUTE, EACH_ATTR, 0);
		fake_layout(f, LAYOUT_BIN_ATTRIBUTE_SIZE, 0x10, 8);
		fake_layout(f, LAYOUT_BIN_ATTRIBUTE_PRIVATE, 0x18, 8);
		fake_put(f, module_at(0) + OFF_ORC, MODULES_VA + NOTES, 8);
		fake_put(f, MODULES_VA + NOTES + 8, UINT32_MAX, 4); /* a lie */
		for (size_t i = 0; i < 2; i++) {
			uint64_t attr = MODULES_VA + NOTES + ATTRS + i * EACH_ATTR;

			fake_put(f, attr + 0x10, i == 0 ? 20 : len, 8);
			fake_put(f, attr + 0x18, MODULES_VA + SECTION, 8);
		}
		for (size_t i = 0; i < sizeof(section); i++)
			fake_put(f, MODULES_VA + SECTION + i, section[i], 1);
		assert_null(modules_read(&f->k, &m));
		if (len < sizeof(section) - 2)
			assert_int_equal(m.module[0].build_id.len, 0);
		else
			assert_true(str_is_c(m.module[0].build_id, "0102030405ff"));
		assert_int_equal(m.module[1].build_id.len, 0);
	}
}

static void
prints_taints_as_the_kernel_does(void **state)
{
	struct module m = { .taints = 1ULL << 0 | 1ULL << 12 | 1ULL << 13 | 1ULL << 9 };

	assert_string_equal(modules_taint_text(&m, *state), "POE");
	m.state = MODULE_STATE_COMING;
	assert_string_equal(modules_taint_text(&m, *state), "POE+");
	m.state = MODULE_STATE_GOING;
	m.taints = 0;
	assert_string_equal(modules_taint_text(&m, *state), "-");
	m.state = MODULE_STATE_LIVE;
	assert_string_equal(modules_taint_text(&m, *state), "");
}

static void
reads_what_identifies_a_module(void **state)
{
	struct fake *f = fake_with_modules(*state);
	struct modules m;

	fake_text(f, MODULES_VA + 3 * EACH, "1.2-rc3");
	fake_put(f, module_at(0) + OFF_VERSION, MODULES_VA + 3 * EACH, 8);
	fake_put(f, module_at(0) + OFF_BUILD_ID, 0x0123456789abcdef, 8);
	fake_put(f, module_at(0) + OFF_TAINTS, 0x3000, 8);
	fake_put(f, module_at(0) + OFF_STATE, 1, 4);
	assert_null(modules_read(&f->k, &m));
	assert_string_equal(m.module[0].version.p, "1.2-rc3");
	assert_string_equal(m.module[0].build_id.p, "efcdab8967452301000000000000000000000000");
	assert_int_equal(m.module[0].taints, 0x3000);
	assert_int_equal(m.module[0].state, MODULE_STATE_COMING);
	assert_int_equal(m.module[1].build_id.len, 0);
	assert_int_equal(m.module[1].version.len, 0);
}

static void
bounds_a_list_that_goes_wrong(void **state)
{
	struct fake *f = fake_with_modules(*state);
	struct modules m;

	fake_put(f, module_at(1) + OFF_LIST, module_at(0) + OFF_LIST, 8);
	assert_null(modules_read(&f->k, &m));
	assert_int_equal(m.count, 2);
	assert_non_null(m.problem);

	f = fake_with_modules(*state);
	fake_put(f, module_at(1) + OFF_NAME, 0x01, 1);
	assert_null(modules_read(&f->k, &m));
	assert_int_equal(m.count, 1);
	assert_non_null(m.problem);

	f = fake_with_modules(*state);
	fake_put(f, HEAD, 0, 8);
	fake_put(f, HEAD + 8, 0, 8);
	assert_null(modules_read(&f->k, &m));
	assert_int_equal(m.count, 0);
	assert_non_null(m.problem);
}

static void
needs_the_list_and_its_layout(void **state)
{
	struct fake *f = fake_new(*state);
	struct modules m;

	assert_int_equal(modules_read(&f->k, &m)->code, ERROR_ABSENT);
	symbols_learn(f->k.symbols, "modules", HEAD);
	assert_int_equal(modules_read(&f->k, &m)->code, ERROR_ABSENT);
}

static void
tells_the_symbols_of_generated_code(void **state)
{
	enum { START = 0, END = 8, NAME = 16, LIST = 0x80 };
	struct fake *f = fake_new(*state);
	struct symbol s = { 0 };

	fake_region(f, HEAD & ~0xfffULL, 0x1000);
	fake_region(f, MODULES_VA, EACH);
	fake_symbol(f, "bpf_kallsyms", HEAD);
	fake_layout(f, LAYOUT_BPF_SYM_START, START, 8);
	fake_layout(f, LAYOUT_BPF_SYM_END, END, 8);
	fake_layout(f, LAYOUT_BPF_SYM_NAME, NAME, 64);
	fake_layout(f, LAYOUT_BPF_SYM_LIST, LIST, 16);
	fake_put(f, HEAD, MODULES_VA + LIST, 8);
	fake_put(f, MODULES_VA + LIST, HEAD, 8);
	fake_put(f, MODULES_VA + LIST + 8, HEAD, 8);
	fake_put(f, MODULES_VA + START, CORE, 8);
	fake_put(f, MODULES_VA + END, CORE + 0x80, 8);
	fake_text(f, MODULES_VA + NAME, "bpf_prog_6deef7357e7b4530");
	assert_int_equal(modules_read_bpf(&f->k), 1);
	assert_true(symbols_at(f->k.symbols, CORE + 0x10, &s));
	assert_string_equal(s.name.p, "bpf_prog_6deef7357e7b4530");
	assert_true(symbols_is_text(f->k.symbols, CORE + 0x7f));
}

static void
publishes_what_it_knows(void **state)
{
	struct module m[] = { { .name = STR("lab"),
				.has_taints = true,
				.taints = 0x1000,
				.text = CORE,
				.bytes = 4096 },
			      { .name = STR("loop"), .has_taints = true } };
	struct modules all = { .module = m, .count = 2 };
	struct facts *f = facts_new(*state);
	static const struct origin log = { ORIGIN_LOG, "kernel log" };
	const struct fact *list = NULL;
	struct str s;

	/* The log's list goes: it is the same modules once more. */
	facts_put_text(facts_put_row(facts_root(f), FACT_MODULES, log), MODULE_NAME, STR("lab"),
		       log);
	modules_publish(&all, f);
	list = facts_get(facts_root(f), FACT_MODULES);
	assert_int_equal(list->count, 2);
	assert_true(facts_get_text(list->values[0].row, MODULE_TAINT, &s));
	assert_true(str_is(s, STR("O")));
	assert_true(facts_get_text(list->values[1].row, MODULE_NAME, &s));
	assert_true(str_is(s, STR("loop")));
	assert_false(facts_known(list->values[1].row, MODULE_TAINT));
	assert_false(facts_known(list->values[1].row, MODULE_ADDRESS));
	all.count = 0;
	modules_publish(&all, f);
	assert_true(facts_get(facts_root(f), FACT_MODULES)->empty_list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_the_regions_of_6_4),
		UNIT_TEST(reads_the_layouts_of_4_5),
		UNIT_TEST(reads_the_members_of_older_kernels),
		UNIT_TEST(reads_the_build_id_that_sysfs_shows),
		UNIT_TEST(prints_taints_as_the_kernel_does),
		UNIT_TEST(reads_what_identifies_a_module),
		UNIT_TEST(bounds_a_list_that_goes_wrong),
		UNIT_TEST(needs_the_list_and_its_layout),
		UNIT_TEST(tells_the_symbols_of_generated_code),
		UNIT_TEST(publishes_what_it_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
