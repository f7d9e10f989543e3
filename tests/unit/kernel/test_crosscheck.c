/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/crosscheck.h"

#include "kernel/fakestack.h"
#include "unit.h"

/* A system call, interrupted in read(); what handled the interrupt never came back. */
struct world {
	struct unwind *u;
	struct task task;
	struct stack stack;
	struct regs printed; /* what the kernel printed of read() */
};

static struct frame
frame_at(enum function f, uint64_t off)
{
	return (struct frame){ .function = str_of(function_names[f]),
			       .offset = off,
			       .len = FUNCTION_LEN,
			       .has_offset = true,
			       .reliable = true };
}

static struct frame
caller(enum function from, enum function to)
{
	return frame_at(from, 0x40 + 0x10 * (uint64_t)to % 0x80);
}

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);
	struct fake *f = stack_fake_new(a);
	struct cpu c = { .number = 0 };
	uint64_t sp = STACK_END;
	struct regs r;

	orc(f, ENTRY, 0, 0, V1_SP | V1_REGS);
	orc(f, IRQ, 0, 0, V1_SP | V1_REGS);
	push_regs(f, &sp, 0x401000, 0x33, 0x7ffc0000, 0x55);
	push(f, &sp, call(f, ENTRY, SYSCALL));
	push(f, &sp, call(f, SYSCALL, READ));

	uint64_t interrupted = sp;
	uint64_t saved = push_regs(f, &sp, function_at(READ) + 0x20, 0x10, interrupted, 0x66);

	push(f, &sp, call(f, IRQ, HANDLE));
	regs_at(&r, function_at(HANDLE) + 8, sp, 0);
	c.regs = &r;
	w->task = (struct task){ .va = 0xffff888000001000, .stack = STACK, .on = &c };
	w->u = unwind_new(&f->k, NULL);
	unwind_task(w->u, &w->task, &w->stack);
	assert_int_equal(w->stack.count, 5);
	assert_true(w->stack.whole);
	assert_true(unwind_saved_regs(w->u, saved, &w->printed));
	return w;
}

static struct crosscheck
compare(struct world *w, const struct frame *at, const struct frame *frame, size_t count)
{
	struct crosscheck_log log = { frame, count, at, &w->printed };
	struct crosscheck c;

	assert_true(crosscheck_stack(w->u, &w->task, &w->stack, &log, &c));
	return c;
}

static void
two_that_agree(void **state)
{
	struct world *w = world_new(*state);
	struct frame at = frame_at(READ, 0x20);
	struct frame trace[] = { caller(SYSCALL, READ), frame_at(DRIVER, 9),
				 caller(ENTRY, SYSCALL) };

	trace[1].reliable = false; /* "? driver+0x9" */

	struct crosscheck c = compare(w, &at, trace, ARRAY_LEN(trace));

	assert_null(c.differs);
	assert_int_equal(c.frames, 3);
	assert_int_equal(c.registers, w->printed.count);
	assert_true(c.registers > 15);
	assert_int_equal(c.saved.count, w->printed.count);
}

/* Printed from within the handler, which has gone on; read() is a RIP line then. */
static void
goes_on_after_it_has_printed(void **state)
{
	struct world *w = world_new(*state);
	struct frame none = { .reliable = true };
	struct frame trace[] = { frame_at(HELPER, 0x10), frame_at(HANDLE, 4), caller(IRQ, HANDLE),
				 caller(SYSCALL, READ), caller(ENTRY, SYSCALL) };
	struct crosscheck c = compare(w, &none, trace, ARRAY_LEN(trace));

	assert_null(c.differs);
	assert_int_equal(c.frames, 3);
	assert_int_equal(c.registers, 0);
	assert_int_equal(c.saved.count, 0);
}

static void
tells_which_frame_differs(void **state)
{
	struct world *w = world_new(*state);
	struct frame at = frame_at(READ, 0x20);
	struct frame trace[] = { caller(DRIVER, READ), caller(ENTRY, SYSCALL) };

	trace[0].len = 0x80; /* else it could be another name of the same place */

	struct crosscheck c = compare(w, &at, trace, ARRAY_LEN(trace));

	assert_non_null(c.differs);
	assert_non_null(strstr(error_text(*state, c.differs), "driver+0x"));
	assert_non_null(strstr(error_text(*state, c.differs), "syscall+0x"));
	assert_int_equal(c.frames, 1);

	trace[1] = caller(THREAD, SYSCALL);
	trace[1].len = 0x80;
	c = compare(w, &at, trace, ARRAY_LEN(trace));
	assert_non_null(c.differs);
	assert_non_null(strstr(error_text(*state, c.differs), "thread+0x"));
}

static void
tells_which_register_differs(void **state)
{
	struct world *w = world_new(*state);
	struct frame at = frame_at(READ, 0x20);

	regs_put(&w->printed, "r12", 0xbad);

	struct crosscheck c = compare(w, &at, NULL, 0);

	assert_non_null(c.differs);
	assert_non_null(strstr(error_text(*state, c.differs), "r12 is 0xbad"));
	assert_int_equal(c.frames, 1);
	assert_int_equal(c.registers, w->printed.count - 1);
}

/* A call that does not return, last in its function, is printed as the next function. */
static void
takes_the_end_of_a_function_for_the_next_one(void **state)
{
	struct fake *f = stack_fake_new(*state);
	struct task t = { .va = 0xffff888000001000, .stack = STACK };
	struct frame trace[] = { frame_at(HELPER, 0), caller(START, DRIVER) };
	struct frame none = { .reliable = true };
	struct crosscheck_log log = { trace, ARRAY_LEN(trace), &none, NULL };
	uint64_t sp = STACK_END - 64;
	struct crosscheck c;
	struct cpu cpu = { .number = 0 };
	struct stack s;
	struct regs r;

	push(f, &sp, call(f, START, DRIVER));
	push(f, &sp, function_at(HELPER));
	regs_at(&r, function_at(LEAF), sp, 0);
	cpu.regs = &r;
	t.on = &cpu;

	struct unwind *u = unwind_new(&f->k, NULL);

	unwind_task(u, &t, &s);
	assert_true(crosscheck_stack(u, &t, &s, &log, &c));
	assert_null(c.differs);
	assert_int_equal(c.frames, 2);
}

static void
does_not_compare_what_is_not_there(void **state)
{
	struct world *w = world_new(*state);
	struct frame none = { .reliable = true };
	struct frame trace[] = { caller(SYSCALL, READ) };
	struct crosscheck_log log = { trace, 1, &none, &w->printed };
	struct crosscheck c;

	w->stack.whole = false;
	assert_false(crosscheck_stack(w->u, &w->task, &w->stack, &log, &c));
	w->stack.whole = true;
	trace[0].reliable = false;
	assert_false(crosscheck_stack(w->u, &w->task, &w->stack, &log, &c));
	log.count = 0;
	assert_false(crosscheck_stack(w->u, &w->task, &w->stack, &log, &c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(two_that_agree),
		UNIT_TEST(goes_on_after_it_has_printed),
		UNIT_TEST(tells_which_frame_differs),
		UNIT_TEST(tells_which_register_differs),
		UNIT_TEST(takes_the_end_of_a_function_for_the_next_one),
		UNIT_TEST(does_not_compare_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
