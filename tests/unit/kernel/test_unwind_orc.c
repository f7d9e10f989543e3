/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/unwind.h"

#include "kernel/fakestack.h"
#include "unit.h"

/* What a stack is compared with. */
static void
check_stack(struct unwind *u, const struct stack *s, const char *const *names)
{
	size_t n = 0;

	for (; names[n] != NULL; n++) {
		assert_true(n < s->count);

		struct frame f = unwind_name(u, s, n, NULL);

		assert_string_equal(f.function.p, names[n]);
	}
	assert_int_equal(s->count, n);
}

static struct task
task_of(const struct fake *f)
{
	(void)f;
	return (struct task){ .va = 0xffff888000001000, .pid = 7, .stack = STACK, .comm = "test" };
}

static void
walk(struct fake *f, const struct regs *r, struct unwind **u, struct stack *out)
{
	struct task t = task_of(f);
	struct cpu c = { .regs = r };

	t.on = &c;
	*u = unwind_new(&f->k, NULL);
	unwind_task(*u, &t, out);
}

static void
follows_calls_to_the_end_of_the_stack(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	/* read() keeps two words of its own, driver() a frame pointer. */
	orc(f, READ, 24, 0, V1_SP);
	orc(f, DRIVER, 16, -16, V1_BP | V1_PREV_SP << 4);
	push(f, &sp, call(f, START, READ));
	push(f, &sp, 1);
	push(f, &sp, 2);
	push(f, &sp, call(f, READ, DRIVER));

	uint64_t bp = push(f, &sp, 0xbbbb);

	push(f, &sp, 3);
	push(f, &sp, call(f, DRIVER, LEAF));
	regs_at(&r, function_at(LEAF) + 5, sp, bp);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "leaf", "driver", "read", "start", NULL });
	assert_true(s.whole);
	assert_null(s.problem);
	assert_null(s.user);
	assert_string_equal(s.source, "orc");
	assert_int_equal(s.frame[0].found, UNWIND_REGISTERS);
	assert_true(s.frame[0].exact);
	assert_int_equal(s.frame[1].found, UNWIND_FOLLOWED);
	assert_false(s.frame[1].exact);
}

static void
names_calls_that_do_not_return_after_their_function(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	push(f, &sp, call(f, START, DRIVER));
	push(f, &sp, function_at(HELPER)); /* the call is the last thing in driver() */
	regs_at(&r, function_at(LEAF), sp, 0);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "leaf", "driver", "start", NULL });
	assert_int_equal(unwind_name(u, &s, 1, NULL).offset, FUNCTION_LEN);
	assert_int_equal(unwind_name(u, &s, 0, NULL).offset, 0);
}

static void
crosses_exceptions_and_ends_in_user_mode(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK_END;
	struct unwind *u = NULL;
	uint64_t v = 0;
	struct stack s;
	struct regs r;

	orc(f, ENTRY, 0, 0, V1_SP | V1_REGS);
	orc(f, IRQ, 0, 0, V1_SP | V1_REGS);
	push_regs(f, &sp, 0x401000, 0x33, 0x7ffc0000, 0x55);
	push(f, &sp, call(f, ENTRY, SYSCALL));
	push(f, &sp, call(f, SYSCALL, READ));

	/* Interrupted in read(), before it did anything. */
	uint64_t old_sp = sp;

	push_regs(f, &sp, function_at(READ), 0x10, old_sp, 0x77);
	push(f, &sp, call(f, IRQ, HANDLE));
	regs_at(&r, function_at(HANDLE) + 1, sp, 0);
	walk(f, &r, &u, &s);
	check_stack(u, &s,
		    (const char *const[]){ "handle", "irq_asm", "read", "syscall", "entry", NULL });
	assert_true(s.whole);
	assert_true(s.frame[2].exact);
	assert_int_equal(unwind_name(u, &s, 2, NULL).offset, 0);
	assert_non_null(s.user);
	assert_true(regs_get(s.user, "rip", &v));
	assert_int_equal(v, 0x401000);
	assert_true(regs_get(s.user, "orig_rax", &v));
	assert_int_equal(v, 0x1000 + 15);
}

static void
takes_callers_registers_from_before_the_exception(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	/* odd() has its caller's stack in r10; an exception pushed only five words in it. */
	orc(f, ODD, 0, 0, 6);
	orc(f, IRQ, 0, 0, V1_SP | V1_PARTIAL);
	push(f, &sp, call(f, START, ODD));

	uint64_t caller = sp + 8;

	push(f, &sp, 0x18);
	push(f, &sp, 0xdead);
	push(f, &sp, 0x246);
	push(f, &sp, 0x10);
	push(f, &sp, function_at(ODD) + 3);
	regs_at(&r, function_at(IRQ) + 1, sp, 0);
	regs_put(&r, "r10", caller);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "irq_asm", "odd", "start", NULL });
	assert_true(s.whole);
}

static void
begins_where_a_task_was_switched_out(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = unwind_new(&f->k, NULL);
	struct task t = task_of(f);
	struct stack s;

	push(f, &sp, call(f, START, READ));
	push(f, &sp, call(f, READ, DRIVER));
	push(f, &sp, 0x77); /* rbp, and five more */
	for (size_t i = 0; i < 5; i++)
		push(f, &sp, i);
	t.sp = sp;
	unwind_task(u, &t, &s);
	check_stack(u, &s, (const char *const[]){ "read", "start", NULL });
	assert_true(s.whole);

	/* From 5.3 to 5.8 the flags came first. */
	push(f, &t.sp, 0x246);
	unwind_task(u, &t, &s);
	check_stack(u, &s, (const char *const[]){ "read", "start", NULL });
	t.sp = STACK + 8;
	unwind_task(u, &t, &s);
	assert_int_equal(s.count, 0);
	assert_non_null(s.problem);
}

static void
finds_the_caller_of_code_that_cannot_be_unwound(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	/* odd() has no entry; what is above it on the stack looks like a return address of
	 * somebody else's call. */
	orc(f, ODD, 0, 0, 0);
	push(f, &sp, call(f, START, READ));
	push(f, &sp, call(f, READ, ODD));
	push(f, &sp, 5);
	push(f, &sp, call(f, HELPER, LEAF));
	push(f, &sp, 6);
	regs_at(&r, function_at(ODD) + 9, sp, 0);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "odd", "read", "start", NULL });
	assert_true(s.whole);
	assert_int_equal(s.frame[1].found, UNWIND_CALL_TARGET);

	/* Without that, the nearest will do, and is marked. */
	fake_put(f, STACK_END - 64 - 16, 0, 8);
	walk(f, &r, &u, &s);
	assert_int_equal(s.frame[1].found, UNWIND_GUESSED);
	assert_string_equal(unwind_name(u, &s, 1, NULL).function.p, "helper");
	assert_false(unwind_name(u, &s, 1, NULL).reliable);
}

static void
knows_who_jumped_into_nowhere(void **state)
{
	static const uint64_t nowhere[] = { 0, 0x4242, 0xffff888000000010 };

	for (size_t i = 0; i < ARRAY_LEN(nowhere); i++) {
		struct fake *f = stack_fake_new(*state);
		uint64_t sp = STACK_END - 64;
		struct unwind *u = NULL;
		struct stack s;
		struct regs r;

		push(f, &sp, call(f, START, READ));
		push(f, &sp, call(f, READ, DRIVER));
		regs_at(&r, nowhere[i], sp, 0);
		walk(f, &r, &u, &s);
		assert_int_equal(s.count, 3);
		assert_int_equal(s.frame[0].pc, nowhere[i]);
		assert_string_equal(unwind_name(u, &s, 1, NULL).function.p, "read");
		assert_true(s.whole);
	}
}

static void
resumes_behind_a_smashed_return_address(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	push(f, &sp, call(f, START, ENTRY));
	push(f, &sp, call(f, ENTRY, SYSCALL));
	push(f, &sp, call(f, SYSCALL, READ));
	push(f, &sp, 0x4141414141414141);
	push(f, &sp, 0x4141414141414141);
	regs_at(&r, function_at(LEAF), sp, 0);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "leaf", "syscall", "entry", "start", NULL });
	assert_int_equal(s.frame[1].found, UNWIND_RESUMED);
	assert_int_equal(s.frame[2].found, UNWIND_FOLLOWED);
	assert_true(s.whole);
	assert_non_null(s.problem); /* which is worth saying all the same */
}

static void
ends_where_a_stack_leads_back_to_itself(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK + 0x100;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	/* Its frame begins where it ends. */
	orc(f, RECURSE, 0, 0, V1_SP);
	fake_put(f, sp - 8, function_at(RECURSE) + 0x20, 8);
	regs_at(&r, function_at(RECURSE) + 0x20, sp, 0);
	walk(f, &r, &u, &s);
	assert_false(s.whole);
	assert_int_equal(s.count, 1);

	/* Registers that say: here, for ever. */
	orc(f, RECURSE, 0, 0, V1_SP | V1_REGS);
	sp = STACK_END;
	push_regs(f, &sp, function_at(RECURSE), 0x10, sp - 21 * 8, 0);
	regs_at(&r, function_at(RECURSE), sp, 0);
	walk(f, &r, &u, &s);
	assert_false(s.whole);
	assert_true(s.count <= 512);
	assert_non_null(s.problem);
}

static void
has_no_frames_of_a_cpu_in_user_mode(void **state)
{
	struct fake *f = stack_fake_new(*state);
	struct task t = task_of(f);
	struct regs r;
	struct cpu c = { .regs = &r, .in_user = true };
	struct stack s;

	regs_at(&r, 0x401000, 0x7ffc0000, 0);
	t.on = &c;
	unwind_task(unwind_new(&f->k, NULL), &t, &s);
	assert_int_equal(s.count, 0);
	assert_true(s.whole);
	assert_ptr_equal(s.user, &r);
}

static void
says_when_a_cpu_saved_no_registers(void **state)
{
	struct fake *f = stack_fake_new(*state);
	uint64_t sp = STACK_END - 64;
	struct task t = task_of(f);
	struct cpu c = { .number = 3 };
	struct stack s;

	push(f, &sp, call(f, START, READ));
	for (size_t i = 0; i < 6; i++)
		push(f, &sp, i);
	t.sp = sp;
	t.on = &c;
	unwind_task(unwind_new(&f->k, NULL), &t, &s);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.problem->code, ERROR_ABSENT);
}

static void
tells_stacks_apart_by_where_they_lead(void **state)
{
	struct unwind_frame a[] = { { .pc = 1 }, { .pc = 2 } };
	struct unwind_frame b[] = { { .pc = 1, .sp = 9 }, { .pc = 2, .sp = 9 } };
	struct stack x = { .frame = a, .count = 2 };
	struct stack y = { .frame = b, .count = 2 };
	struct stack none = { .count = 0 };

	(void)state;
	assert_true(unwind_same(&x, &y));
	b[1].pc = 3;
	assert_false(unwind_same(&x, &y));
	y.count = 1;
	assert_false(unwind_same(&x, &y));
	assert_false(unwind_same(&none, &none));
}

static void
survives_every_flipped_byte_of_tables_and_stack(void **state)
{
	for (size_t i = 0; i < 6 * FUNCTIONS + 0x100; i++) {
		struct arena *a = arena_new_temporary(*state);
		struct fake *f = stack_fake_new(a);
		uint64_t sp = STACK_END;
		struct unwind *u = NULL;
		struct stack s;
		struct regs r;

		orc(f, ENTRY, 0, 0, V1_SP | V1_REGS);
		push_regs(f, &sp, 0x401000, 0x33, 0x7ffc0000, 0x55);
		push(f, &sp, call(f, ENTRY, SYSCALL));
		push(f, &sp, call(f, SYSCALL, READ));
		push(f, &sp, call(f, READ, LEAF));
		if (i < 6 * FUNCTIONS)
			f->region[2].bytes[i] ^= 0xff;
		else
			f->region[3].bytes[0x4000 - 0x100 + (i - 6 * FUNCTIONS)] ^= 0xff;
		regs_at(&r, function_at(LEAF), sp, 0);
		walk(f, &r, &u, &s);
		assert_true(s.count >= 1 && s.count <= 512);
		assert_true(s.whole || s.problem != NULL);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(follows_calls_to_the_end_of_the_stack),
		UNIT_TEST(names_calls_that_do_not_return_after_their_function),
		UNIT_TEST(crosses_exceptions_and_ends_in_user_mode),
		UNIT_TEST(takes_callers_registers_from_before_the_exception),
		UNIT_TEST(begins_where_a_task_was_switched_out),
		UNIT_TEST(finds_the_caller_of_code_that_cannot_be_unwound),
		UNIT_TEST(knows_who_jumped_into_nowhere),
		UNIT_TEST(resumes_behind_a_smashed_return_address),
		UNIT_TEST(ends_where_a_stack_leads_back_to_itself),
		UNIT_TEST(has_no_frames_of_a_cpu_in_user_mode),
		UNIT_TEST(says_when_a_cpu_saved_no_registers),
		UNIT_TEST(tells_stacks_apart_by_where_they_lead),
		UNIT_TEST(survives_every_flipped_byte_of_tables_and_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
