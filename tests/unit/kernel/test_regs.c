/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/regs.h"

#include "unit.h"

static const char *const names[] = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi",
				     "rbp", "r8",  "r9",  "r10", "rip" };

/* Four CPUs, of which each ran its own thread on its own stack. */
static struct dump *
four_cpus(struct arena *a)
{
	struct dump *d = ARENA_NEW(a, struct dump);

	d->arch = &arch_x86_64;
	d->cpu_count = 4;
	d->cpu = ARENA_ARRAY(a, struct dump_cpu, 4);
	for (uint32_t i = 0; i < 4; i++) {
		struct dump_cpu *c = &d->cpu[i];

		c->note = i;
		c->has_pid = true;
		c->pid = 100 + i;
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			regs_put(&c->regs, names[k], 1000 * i + k);
		regs_put(&c->regs, "rsp", UINT64_C(0xffffc90000003e00) + 0x8000 * i);
		regs_put(&c->regs, "cs", 0x10);
	}
	return d;
}

/* A CPU that did not stop left no note: the others moved up. */
static struct dump *
without_second(struct arena *a)
{
	struct dump *d = four_cpus(a);

	d->cpu[1] = d->cpu[2];
	d->cpu[2] = d->cpu[3];
	d->cpu[1].note = 1;
	d->cpu[2].note = 2;
	d->cpu_count = 3;
	return d;
}

static void
expect(const struct dump *d, const struct regs_hint *h, uint32_t pid, const char *why)
{
	struct regs_found f = { .cpu = NULL };

	assert_true(regs_find_cpu(d, h, &f));
	assert_int_equal(f.cpu->pid, pid);
	assert_string_equal(f.why, why);
}

static void
believes_the_thread_more_than_the_order(void **state)
{
	struct regs_hint h = { .has_cpu = true, .cpu = 2, .has_pid = true, .pid = 102, .cpus = 4 };

	expect(without_second(*state), &h, 102, "the same thread");
}

static void
believes_the_stack_more_than_the_order(void **state)
{
	struct regs r = { .count = 0 };
	struct regs_hint h = { .has_cpu = true, .cpu = 2, .regs = &r, .cpus = 4 };

	regs_put(&r, "rsp", UINT64_C(0xffffc90000003000) + 0x8000 * 2);
	expect(without_second(*state), &h, 102, "the same stack");
	h.has_pid = true;
	h.pid = 102;
	expect(without_second(*state), &h, 102, "the same stack and thread");
}

static void
finds_the_registers_that_an_oops_printed(void **state)
{
	struct dump *d = without_second(*state);
	struct regs r = d->cpu[1].regs;
	struct regs_hint h = { .regs = &r };

	regs_put(&r, "eflags", 0x10246);
	regs_put(&r, "cs", 0x33);
	expect(d, &h, 102, "the same registers");
	regs_put(&r, "rbx", 5);
	expect(d, &h, 102, "the same stack");
}

static void
does_not_take_a_stack_of_user_mode_for_the_same(void **state)
{
	struct dump *d = four_cpus(*state);
	struct regs r = { .count = 0 };
	struct regs_hint h = { .regs = &r };
	struct regs_found f = { .cpu = NULL };

	regs_put(&d->cpu[1].regs, "rsp", UINT64_C(0x7ffc00001000));
	regs_put(&r, "rsp", UINT64_C(0x7ffc00001000));
	assert_false(regs_find_cpu(d, &h, &f));
}

static void
uses_the_order_if_nothing_else_is_known_and_says_so(void **state)
{
	struct regs_hint h = { .has_cpu = true, .cpu = 2, .cpus = 4 };
	struct regs_found f = { .cpu = NULL };

	assert_true(regs_find_cpu(four_cpus(*state), &h, &f));
	assert_int_equal(f.cpu->pid, 102);
	assert_true(f.is_certain);
	assert_string_equal(f.why, "the order of the notes");

	assert_true(regs_find_cpu(without_second(*state), &h, &f));
	assert_int_equal(f.cpu->pid, 103);
	assert_false(f.is_certain);
}

static void
does_not_believe_the_order_against_the_thread(void **state)
{
	struct regs_hint h = { .has_cpu = true, .cpu = 1, .has_pid = true, .pid = 101, .cpus = 4 };
	struct regs_found f = { .cpu = NULL };

	assert_false(regs_find_cpu(without_second(*state), &h, &f));
	assert_null(f.cpu);
}

static void
cannot_tell_idle_cpus_apart_by_their_thread(void **state)
{
	struct dump *d = four_cpus(*state);
	struct regs_hint h = { .has_pid = true, .pid = 0 };
	struct regs_found f = { .cpu = NULL };

	for (size_t i = 0; i < 4; i++)
		d->cpu[i].pid = 0;
	assert_false(regs_find_cpu(d, &h, &f));
}

static void
believes_the_number_of_a_vcpu(void **state)
{
	struct dump *d = four_cpus(*state);
	struct regs_hint h = { .has_cpu = true, .cpu = 3, .has_pid = true, .pid = 7 };
	struct regs_found f = { .cpu = NULL };

	for (size_t i = 0; i < 4; i++) {
		d->cpu[i].from_qemu = true;
		d->cpu[i].has_pid = false;
	}
	assert_true(regs_find_cpu(d, &h, &f));
	assert_int_equal(f.cpu->note, 3);
	assert_string_equal(f.why, "the number of the vCPU");
	assert_true(f.is_certain);
}

static void
prefers_notes_of_qemu_to_the_others_it_writes(void **state)
{
	struct dump *d = four_cpus(*state);
	struct regs_hint h = { .has_cpu = true, .cpu = 0, .has_pid = true, .pid = 101 };
	struct regs_found f = { .cpu = NULL };

	d->cpu[2].from_qemu = true; /* of CPUs 0 and 1, after those of NT_PRSTATUS */
	d->cpu[2].has_pid = false;
	d->cpu[2].note = 0;
	d->cpu[3].from_qemu = true;
	d->cpu[3].has_pid = false;
	d->cpu[3].note = 1;
	assert_true(regs_find_cpu(d, &h, &f));
	assert_ptr_equal(f.cpu, &d->cpu[2]);
}

static void
passes_over_cpus_that_saved_nothing(void **state)
{
	struct dump *d = four_cpus(*state);
	struct regs_hint h = { .has_cpu = true, .cpu = 2, .cpus = 4 };
	struct regs_found f = { .cpu = NULL };

	d->cpu[2].blank = true;
	assert_false(regs_find_cpu(d, &h, &f));
}

static void
numbers_cpus_only_if_every_one_has_a_note(void **state)
{
	struct dump *d = four_cpus(*state);
	uint32_t number = 0;

	assert_true(regs_cpu_number(d, 2, 4, &number));
	assert_int_equal(number, 2);
	assert_false(regs_cpu_number(d, 2, 5, &number));
	assert_false(regs_cpu_number(d, 2, 0, &number));
	d->cpu[3].from_qemu = true;
	assert_true(regs_cpu_number(d, 3, 0, &number));
	assert_int_equal(number, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(believes_the_thread_more_than_the_order),
		UNIT_TEST(believes_the_stack_more_than_the_order),
		UNIT_TEST(finds_the_registers_that_an_oops_printed),
		UNIT_TEST(does_not_take_a_stack_of_user_mode_for_the_same),
		UNIT_TEST(uses_the_order_if_nothing_else_is_known_and_says_so),
		UNIT_TEST(does_not_believe_the_order_against_the_thread),
		UNIT_TEST(cannot_tell_idle_cpus_apart_by_their_thread),
		UNIT_TEST(believes_the_number_of_a_vcpu),
		UNIT_TEST(prefers_notes_of_qemu_to_the_others_it_writes),
		UNIT_TEST(passes_over_cpus_that_saved_nothing),
		UNIT_TEST(numbers_cpus_only_if_every_one_has_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
