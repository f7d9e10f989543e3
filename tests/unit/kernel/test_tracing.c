/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/tracing.h"

#include "kernel/fakekernel.h"
#include "unit.h"

#define TABLE 0xffffffff82000000ULL
#define LISTS 0xffffffff82001000ULL
#define PROBES 0xffff888000100000ULL
#define TEXT 0xffffffff81000000ULL

enum {
	OFF_HLIST = 0x10,
	OFF_ADDR = 0x20,
	OFF_FLAGS = 0x28,
	PROBE_LEN = 0x40,
	AT_OPS = 0,       /* in LISTS: ftrace_ops_list */
	AT_END = 0x40,    /* ftrace_list_end */
	AT_KLP = 0x80,    /* klp_patches */
	OFF_KLP_LIST = 8, /* of a patch */
	OFF_KLP_MOD = 0,
	OFF_MODULE_NAME = 0x18,
};

static uint64_t
probe_at(size_t i)
{
	return PROBES + i * PROBE_LEN;
}

static void
add_probe(struct fake *f, size_t slot, size_t i, uint64_t addr, uint32_t flags)
{
	fake_put(f, probe_at(i) + OFF_HLIST, 0, 8);
	fake_put(f, probe_at(i) + OFF_ADDR, addr, 8);
	fake_put(f, probe_at(i) + OFF_FLAGS, flags, 4);
	fake_put(f, TABLE + 8 * slot, probe_at(i) + OFF_HLIST, 8);
}

static struct fake *
machine(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_region(f, TABLE, 64 * 8);
	fake_region(f, LISTS, 0x1000);
	fake_region(f, PROBES, 0x1000);
	fake_symbol(f, "kprobe_table", TABLE);
	fake_symbol(f, "ftrace_ops_list", LISTS + AT_OPS);
	fake_symbol(f, "ftrace_list_end", LISTS + AT_END);
	fake_symbol(f, "klp_patches", LISTS + AT_KLP);
	fake_symbol(f, "vfs_fsync", TEXT);
	fake_symbol(f, "do_exit", TEXT + 0x100);
	fake_symbol(f, "_stext", TEXT - 0x100);
	fake_symbol(f, "_etext", TEXT + 0x200);
	fake_symbol(f, "_end", TEXT + 0x2000000);
	fake_layout(f, LAYOUT_KPROBE_HLIST, OFF_HLIST, 16);
	fake_layout(f, LAYOUT_KPROBE_ADDR, OFF_ADDR, 8);
	fake_layout(f, LAYOUT_KPROBE_FLAGS, OFF_FLAGS, 4);
	fake_layout(f, LAYOUT_FTRACE_FUNC, 0, 8);
	fake_layout(f, LAYOUT_FTRACE_NEXT, 8, 8);
	fake_layout(f, LAYOUT_KLP_LIST, OFF_KLP_LIST, 16);
	fake_layout(f, LAYOUT_KLP_MOD, OFF_KLP_MOD, 8);
	fake_layout(f, LAYOUT_MODULE_NAME, OFF_MODULE_NAME, 56);
	fake_put(f, LISTS + AT_OPS, LISTS + AT_END, 8);
	fake_put(f, LISTS + AT_KLP, LISTS + AT_KLP, 8);
	fake_put(f, LISTS + AT_KLP + 8, LISTS + AT_KLP, 8);
	return f;
}

static const struct fact_row *
publish(struct fake *f, const struct error **e)
{
	struct facts *facts = facts_new(f->a);

	*e = tracing_publish(&f->k, facts);
	return facts_root(facts);
}

static void
check_text(const struct fact *f, size_t i, const char *want)
{
	assert_true(i < f->count);
	assert_true(str_is_c(f->values[i].text, want));
}

static void
says_when_nothing_was_changed(void **state)
{
	const struct error *e = NULL;
	const struct fact_row *root = publish(machine(*state), &e);

	assert_null(e);
	assert_true(facts_get(root, FACT_KPROBES)->empty_list);
	assert_true(facts_get(root, FACT_FTRACE)->empty_list);
	assert_true(facts_get(root, FACT_LIVE_PATCHES)->empty_list);
}

static void
names_the_places_of_probes_that_are_active(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *probes = NULL;

	add_probe(f, 3, 0, TEXT, 8);
	add_probe(f, 40, 1, TEXT + 0x104, 0);
	add_probe(f, 41, 2, TEXT + 0x10, 2); /* disabled */
	add_probe(f, 63, 3, TEXT, 0);        /* where there is one already */
	probes = facts_get(publish(f, &e), FACT_KPROBES);
	assert_null(e);
	assert_int_equal(probes->count, 2);
	check_text(probes, 0, "vfs_fsync");
	check_text(probes, 1, "do_exit+0x4");
}

static void
ends_a_chain_of_probes_that_goes_round(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;

	add_probe(f, 3, 0, TEXT, 0);
	fake_put(f, probe_at(0) + OFF_HLIST, probe_at(0) + OFF_HLIST, 8);
	(void)publish(f, &e);
	assert_non_null(e);
	fake_put(f, TABLE + 8 * 3, 0x1234, 8); /* no address */
	(void)publish(f, &e);
	assert_non_null(e);
}

static void
names_what_ftrace_calls(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *ftrace = NULL;

	fake_put(f, LISTS + AT_OPS, PROBES, 8);
	fake_put(f, PROBES, TEXT + 0x100, 8);
	fake_put(f, PROBES + 8, LISTS + AT_END, 8);
	ftrace = facts_get(publish(f, &e), FACT_FTRACE);
	assert_int_equal(ftrace->count, 1);
	check_text(ftrace, 0, "do_exit");
	fake_put(f, PROBES + 8, PROBES, 8); /* round and round: it ends all the same */
	assert_true(facts_get(publish(f, &e), FACT_FTRACE)->count <= 32);
}

static void
names_live_patches_by_their_modules(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *patches = NULL;
	uint64_t patch = PROBES + 0x400;
	uint64_t mod = PROBES + 0x500;

	fake_put(f, LISTS + AT_KLP, patch + OFF_KLP_LIST, 8);
	fake_put(f, LISTS + AT_KLP + 8, patch + OFF_KLP_LIST, 8);
	fake_put(f, patch + OFF_KLP_LIST, LISTS + AT_KLP, 8);
	fake_put(f, patch + OFF_KLP_LIST + 8, LISTS + AT_KLP, 8);
	fake_put(f, patch + OFF_KLP_MOD, mod, 8);
	fake_text(f, mod + OFF_MODULE_NAME, "kpatch_1_2");
	patches = facts_get(publish(f, &e), FACT_LIVE_PATCHES);
	assert_null(e);
	assert_int_equal(patches->count, 1);
	check_text(patches, 0, "kpatch_1_2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(says_when_nothing_was_changed),
		UNIT_TEST(names_the_places_of_probes_that_are_active),
		UNIT_TEST(ends_a_chain_of_probes_that_goes_round),
		UNIT_TEST(names_what_ftrace_calls),
		UNIT_TEST(names_live_patches_by_their_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
