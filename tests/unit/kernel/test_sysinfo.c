/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/sysinfo.h"

#include "kernel/fakekernel.h"
#include "unit.h"

#define DATA 0xffffffff82800000ULL

enum {
	AT_CLOCK = 0x100,
	AT_LOAD = 0x800,
	AT_TEXT = 0x900,
	AT_POINTER = 0xa00,
	AT_NODES = 0xb00,
	AT_NODE = 0xc00,
	AT_KHZ = 0xd00,
	AT_SETTING = 0xe00,
};

static struct fake *
machine(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_region(f, DATA, 0x1000);
	return f;
}

/* A timekeeper: realtime, monotonic, and far behind them what leads from one to the other. */
static void
put_clock(struct fake *f, uint64_t realtime, uint64_t monotonic, uint64_t off)
{
	fake_symbol(f, "tk_core", DATA + AT_CLOCK);
	fake_put(f, DATA + AT_CLOCK + 120, realtime, 8);
	fake_put(f, DATA + AT_CLOCK + 128, monotonic, 8);
	fake_put(f, DATA + AT_CLOCK + 136, monotonic - realtime - off, 8);
}

static void
finds_both_clocks_by_what_they_are_to_each_other(void **state)
{
	for (uint64_t carry = 0; carry < 2; carry++) {
		struct fake *f = machine(*state);
		struct sysinfo_clock c = { 0 };

		put_clock(f, 1700000000, 90000, carry);
		assert_true(sysinfo_clock(&f->k, &c));
		assert_int_equal(c.realtime, 1700000000);
		assert_int_equal(c.monotonic, 90000);
	}
}

static void
takes_no_other_words_for_clocks(void **state)
{
	struct fake *f = machine(*state);
	struct sysinfo_clock c = { 0 };

	assert_false(sysinfo_clock(&f->k, &c));
	put_clock(f, 1700000000, 90000, 7);
	assert_false(sysinfo_clock(&f->k, &c));
	f = machine(*state);
	put_clock(f, 5, 3, 0); /* a machine that never knew the time */
	assert_false(sysinfo_clock(&f->k, &c));
	assert_int_equal(c.realtime, 0);
}

static double
real_of(struct facts *f, enum fact_id id, size_t i)
{
	const struct fact *v = facts_get(facts_root(f), id);

	assert_true(i < v->count);
	return v->values[i].real;
}

static void
prefers_the_time_that_the_dying_kernel_noted(void **state)
{
	static const struct origin notes = { ORIGIN_NOTES, "VMCOREINFO" };
	static const struct origin header = { ORIGIN_HEADER, "header of the dump" };
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);
	struct fact_row *root = facts_root(facts);

	put_clock(f, 1700000000, 90000, 0);
	facts_put_time(root, FACT_SYSTEM_CRASH_TIME, 1700000001, notes);
	sysinfo_publish(&f->k, facts);
	assert_int_equal(facts_get(root, FACT_SYSTEM_CRASH_TIME)->values[0].time, 1700000001);
	facts_clear(root, FACT_SYSTEM_CRASH_TIME);
	facts_put_time(root, FACT_SYSTEM_CRASH_TIME, 1700000077, header);
	sysinfo_publish(&f->k, facts);
	assert_int_equal(facts_get(root, FACT_SYSTEM_CRASH_TIME)->values[0].time, 1700000000);
}

static void
keeps_the_logs_uptime_unless_the_machine_lived_on(void **state)
{
	static const struct origin log = { ORIGIN_LOG, "kernel log" };
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);

	put_clock(f, 1700000000, 90000, 0);
	facts_put_real(facts_root(facts), FACT_SYSTEM_UPTIME, 90000.5, log);
	sysinfo_publish(&f->k, facts);
	assert_float_equal(real_of(facts, FACT_SYSTEM_UPTIME, 0), 90000.5, 0.001);
	facts_clear(facts_root(facts), FACT_SYSTEM_UPTIME);
	facts_put_real(facts_root(facts), FACT_SYSTEM_UPTIME, 12.0, log);
	sysinfo_publish(&f->k, facts);
	assert_float_equal(real_of(facts, FACT_SYSTEM_UPTIME, 0), 90000.0, 0.001);
}

static void
rounds_load_averages_as_the_kernel_does(void **state)
{
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);

	fake_symbol(f, "avenrun", DATA + AT_LOAD);
	fake_put(f, DATA + AT_LOAD, 2048 + 20, 8);
	fake_put(f, DATA + AT_LOAD + 8, 72, 8);
	sysinfo_publish(&f->k, facts);
	assert_float_equal(real_of(facts, FACT_SYSTEM_LOAD_AVERAGE, 0), 1.01, 0.0001);
	assert_float_equal(real_of(facts, FACT_SYSTEM_LOAD_AVERAGE, 1), 0.04, 0.0001);
	assert_float_equal(real_of(facts, FACT_SYSTEM_LOAD_AVERAGE, 2), 0, 0.0001);

	facts = facts_new(*state);
	fake_put(f, DATA + AT_LOAD, UINT64_MAX, 8);
	sysinfo_publish(&f->k, facts);
	assert_false(facts_known(facts_root(facts), FACT_SYSTEM_LOAD_AVERAGE));
}

static void
adds_up_the_memory_of_all_nodes(void **state)
{
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);
	int64_t v = 0;

	fake_symbol(f, "node_data", DATA + AT_NODES);
	fake_symbol(f, "nr_node_ids", DATA + AT_NODES + 0x80);
	fake_layout(f, LAYOUT_NODE_PRESENT_PAGES, 8, 8);
	fake_put(f, DATA + AT_NODES + 0x80, 3, 4);
	fake_put(f, DATA + AT_NODES, DATA + AT_NODE, 8);
	fake_put(f, DATA + AT_NODES + 16, DATA + AT_NODE + 0x20, 8); /* there is no node 1 */
	fake_put(f, DATA + AT_NODE + 8, 1000, 8);
	fake_put(f, DATA + AT_NODE + 0x28, 24, 8);
	sysinfo_publish(&f->k, facts);
	assert_true(facts_get_number(facts_root(facts), FACT_SYSTEM_MEMORY, &v));
	assert_int_equal(v, 1024 * 4096);
}

static void
names_machine_and_hypervisor(void **state)
{
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);
	struct str s = { NULL, 0 };

	fake_symbol(f, "dump_stack_arch_desc_str", DATA + AT_TEXT);
	fake_text(f, DATA + AT_TEXT, "Maker Model, BIOS 1 ");
	fake_symbol(f, "saved_command_line", DATA + AT_POINTER);
	fake_put(f, DATA + AT_POINTER, DATA + AT_TEXT + 0x40, 8);
	fake_text(f, DATA + AT_TEXT + 0x40, "quiet ro");
	fake_symbol(f, "x86_hyper_type", DATA + AT_KHZ + 8);
	fake_put(f, DATA + AT_KHZ + 8, 5, 4);
	fake_symbol(f, "cpu_khz", DATA + AT_KHZ);
	fake_put(f, DATA + AT_KHZ, 2599998, 4);
	sysinfo_publish(&f->k, facts);
	assert_true(facts_get_text(facts_root(facts), FACT_SYSTEM_HARDWARE, &s));
	assert_string_equal(s.p, "Maker Model, BIOS 1");
	assert_true(facts_get_text(facts_root(facts), FACT_SYSTEM_CMDLINE, &s));
	assert_string_equal(s.p, "quiet ro");
	assert_true(facts_get_text(facts_root(facts), FACT_SYSTEM_HYPERVISOR, &s));
	assert_string_equal(s.p, "KVM");
	assert_float_equal(real_of(facts, FACT_SYSTEM_CPU_MHZ, 0), 2599.998, 0.0001);

	facts = facts_new(*state);
	fake_put(f, DATA + AT_KHZ + 8, 77, 4);
	fake_put(f, DATA + AT_TEXT + 3, 0x1b, 1);
	sysinfo_publish(&f->k, facts);
	assert_false(facts_known(facts_root(facts), FACT_SYSTEM_HYPERVISOR));
	assert_false(facts_known(facts_root(facts), FACT_SYSTEM_HARDWARE));
}

static void
reads_settings_with_their_sign(void **state)
{
	struct fake *f = machine(*state);
	struct facts *facts = facts_new(*state);
	const struct fact_value *v = NULL;

	fake_symbol(f, "panic_timeout", DATA + AT_SETTING);
	fake_put(f, DATA + AT_SETTING, 0xffffffff, 4);
	fake_symbol(f, "sysctl_hung_task_timeout_secs", DATA + AT_SETTING + 8);
	fake_put(f, DATA + AT_SETTING + 8, 120, 8);
	sysinfo_publish(&f->k, facts);
	v = facts_get_named(facts_root(facts), FACT_SYSTEM_SYSCTL, STR("kernel.panic"));
	assert_non_null(v);
	assert_int_equal(v->number, -1);
	v = facts_get_named(facts_root(facts), FACT_SYSTEM_SYSCTL,
			    STR("kernel.hung_task_timeout_secs"));
	assert_int_equal(v->number, 120);
	assert_null(facts_get_named(facts_root(facts), FACT_SYSTEM_SYSCTL, STR("vm.panic_on_oom")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_both_clocks_by_what_they_are_to_each_other),
		UNIT_TEST(takes_no_other_words_for_clocks),
		UNIT_TEST(prefers_the_time_that_the_dying_kernel_noted),
		UNIT_TEST(keeps_the_logs_uptime_unless_the_machine_lived_on),
		UNIT_TEST(rounds_load_averages_as_the_kernel_does),
		UNIT_TEST(adds_up_the_memory_of_all_nodes),
		UNIT_TEST(names_machine_and_hypervisor),
		UNIT_TEST(reads_settings_with_their_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
