/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/cpus.h"

#include "kernel/fakemachine.h"
#include "unit.h"

static struct dump_cpu
note_of(uint32_t number, bool qemu, uint32_t pid, uint64_t rip, uint64_t cs)
{
	struct dump_cpu c = { .note = number, .from_qemu = qemu, .pid = pid, .has_pid = true };

	regs_put(&c.regs, "rip", rip);
	regs_put(&c.regs, "cs", cs);
	return c;
}

static void
counts_possible_cpus_and_knows_what_ran_on_them(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;

	cpus_read(&f->k, NULL, &c);
	assert_int_equal(c.count, 2);
	assert_int_equal(c.online, 1); /* panic() has taken CPU 0 off */
	assert_true(c.has_online);
	assert_false(c.cpu[0].online);
	assert_int_equal(c.cpu[0].current, task_at(0));
	assert_int_equal(c.cpu[1].current, task_at(3));
	assert_int_equal(c.cpu[1].idle, task_at(4));
	assert_int_equal(c.cpu[1].percpu, percpu_at(1));
	assert_ptr_equal(c.panic, &c.cpu[1]);
	assert_string_equal(c.panic_source, "panic_cpu");
	assert_ptr_equal(cpus_running(&c, task_at(3)), &c.cpu[1]);
	assert_null(cpus_running(&c, task_at(2)));
	assert_null(cpus_find(&c, 2));
	assert_null(c.cpu[0].regs);
}

static void
tells_a_living_kernel_from_one_that_panicked(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;

	assert_false(cpus_nobody_panicked(&f->k));
	fake_put(f, DATA + AT_PANIC_CPU, UINT32_MAX, 4);
	assert_true(cpus_nobody_panicked(&f->k));
	cpus_read(&f->k, NULL, &c);
	assert_null(c.panic);
}

static void
leaves_out_cpus_that_are_not_possible(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;

	fake_put(f, DATA + AT_POSSIBLE, 2, 8);
	cpus_read(&f->k, NULL, &c);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.cpu[0].number, 1);
	assert_ptr_equal(c.panic, &c.cpu[0]);
}

static void
does_not_take_the_image_for_the_task_of_a_cpu_that_never_came_up(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;

	fake_put(f, percpu_at(1) + PERCPU_CURRENT, task_at(0), 8);
	cpus_read(&f->k, NULL, &c);
	assert_int_equal(c.cpu[0].current, task_at(0));
	assert_int_equal(c.cpu[1].current, 0);
}

static void
finds_the_current_task_in_every_generation(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;

	/* Once in a structure of hot variables, and always in the run queue. */
	f->symbols = 0;
	machine_cpus(f);
	for (size_t i = 0; i < f->symbols; i++) {
		if (strcmp(f->symbol[i].name, "current_task") == 0)
			f->symbol[i].name = "pcpu_hot";
		if (strcmp(f->symbol[i].name, "idle_threads") == 0)
			f->symbol[i].name = "runqueues";
	}
	fake_layout(f, LAYOUT_HOT_CURRENT, 0, 8);
	fake_layout(f, LAYOUT_RQ_IDLE, 0, 8);
	fake_layout(f, LAYOUT_RQ_CURR, 0, 8);
	cpus_read(&f->k, NULL, &c);
	assert_int_equal(c.cpu[1].current, task_at(3));
	assert_int_equal(c.cpu[1].idle, task_at(4));
}

static void
takes_registers_from_the_kernels_own_notes_first(void **state)
{
	struct fake *f = machine_new(*state);
	struct dump_cpu notes[] = { note_of(0, false, 0, 0x111, 0x10),
				    note_of(1, false, 21, 0x222, 0x10) };
	struct dump d = { .cpu = notes, .cpu_count = 2 };
	uint64_t v = 0;
	struct cpus c;

	machine_note(f, 1, 21, function_at(LEAF), 0x10);
	cpus_read(&f->k, &d, &c);
	assert_true(regs_get(c.cpu[1].regs, "rip", &v));
	assert_int_equal(v, function_at(LEAF));
	assert_string_equal(c.cpu[1].regs_source, "crash_notes of CPU 1");
	assert_true(regs_get(c.cpu[0].regs, "rip", &v));
	assert_int_equal(v, 0x111);
	assert_string_equal(c.cpu[0].regs_source, "note 0 of the dump");
}

static void
matches_the_only_note_to_the_only_cpu_online(void **state)
{
	struct fake *f = machine_new(*state);
	struct dump_cpu notes[] = { note_of(0, false, 21, 0x222, 0x10) };
	struct dump d = { .cpu = notes, .cpu_count = 1 };
	struct cpus c;

	cpus_read(&f->k, &d, &c);
	assert_null(c.cpu[0].regs);
	assert_ptr_equal(c.cpu[1].regs, &notes[0].regs);

	/* With both online, by the thread. */
	fake_put(f, DATA + AT_ONLINE, 3, 8);
	notes[0].pid = 21;
	cpus_read(&f->k, &d, &c);
	assert_null(c.cpu[0].regs);
	assert_ptr_equal(c.cpu[1].regs, &notes[0].regs);
}

static void
numbers_qemus_notes_by_cpu(void **state)
{
	struct fake *f = machine_new(*state);
	struct dump_cpu notes[] = { note_of(0, false, 1, 0x1, 0x10),
				    note_of(1, false, 2, 0x2, 0x10),
				    note_of(0, true, 0, 0x111, 0x33),
				    note_of(1, true, 0, 0x222, 0x10) };
	struct dump d = { .cpu = notes, .cpu_count = 4 };
	struct cpus c;

	machine_note(f, 1, 21, 0x999, 0x10); /* from before: of no interest to a hypervisor */
	cpus_read(&f->k, &d, &c);
	assert_ptr_equal(c.cpu[0].regs, &notes[2].regs);
	assert_true(c.cpu[0].in_user);
	assert_ptr_equal(c.cpu[1].regs, &notes[3].regs);
	assert_false(c.cpu[1].in_user);
	notes[3].blank = true;
	cpus_read(&f->k, &d, &c);
	assert_null(c.cpu[1].regs);
}

static void
takes_a_hint_only_where_the_dump_is_silent(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;

	cpus_read(&f->k, NULL, &c);
	cpus_hint_panic(&c, 0, "the log");
	assert_int_equal(c.panic->number, 1);
	fake_put(f, DATA + AT_PANIC_CPU, UINT32_MAX, 4);
	cpus_read(&f->k, NULL, &c);
	assert_null(c.panic);
	cpus_hint_panic(&c, 0, "the log");
	assert_int_equal(c.panic->number, 0);
	assert_string_equal(c.panic_source, "the log");
}

static void
believes_no_absurd_count_or_note(void **state)
{
	struct fake *f = machine_new(*state);
	struct cpus c;

	fake_put(f, percpu_at(1) + PERCPU_NOTES, 5, 4);
	fake_put(f, percpu_at(1) + PERCPU_NOTES + 4, UINT32_MAX, 4);
	fake_put(f, percpu_at(1) + PERCPU_NOTES + 8, 1, 4);
	cpus_read(&f->k, NULL, &c);
	assert_null(c.cpu[1].regs);
	fake_put(f, DATA + AT_CPU_IDS, UINT32_MAX, 4);
	cpus_read(&f->k, NULL, &c);
	assert_int_equal(c.count, 1);
	fake_put(f, DATA + AT_CPU_IDS, 8192, 4);
	fake_put(f, DATA + AT_POSSIBLE, UINT64_MAX, 8);
	cpus_read(&f->k, NULL, &c);
	assert_true(c.count <= 8192);
}

static void
knows_one_cpu_of_a_kernel_without_smp(void **state)
{
	struct fake *f = fake_new(*state);
	struct cpus c;

	fake_region(f, DATA, 0x1000);
	fake_symbol(f, "current_task", DATA);
	fake_put(f, DATA, task_at(0), 8);
	cpus_read(&f->k, NULL, &c);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.cpu[0].current, task_at(0));
	assert_false(c.has_online);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(counts_possible_cpus_and_knows_what_ran_on_them),
		UNIT_TEST(tells_a_living_kernel_from_one_that_panicked),
		UNIT_TEST(leaves_out_cpus_that_are_not_possible),
		UNIT_TEST(does_not_take_the_image_for_the_task_of_a_cpu_that_never_came_up),
		UNIT_TEST(finds_the_current_task_in_every_generation),
		UNIT_TEST(takes_registers_from_the_kernels_own_notes_first),
		UNIT_TEST(matches_the_only_note_to_the_only_cpu_online),
		UNIT_TEST(numbers_qemus_notes_by_cpu),
		UNIT_TEST(takes_a_hint_only_where_the_dump_is_silent),
		UNIT_TEST(believes_no_absurd_count_or_note),
		UNIT_TEST(knows_one_cpu_of_a_kernel_without_smp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
