/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/unwind.h"

#include "kernel/fakestack.h"
#include "unit.h"

#define PAC UINT64_C(0x007f000000000000)

/* A kernel without ORC tables. */
static struct fake *
fp_fake_new(struct arena *a, const struct arch *arch)
{
	struct fake *f = fake_new(a);

	f->k.arch = arch;
	fake_region(f, TEXT, FUNCTIONS * FUNCTION_LEN);
	fake_region(f, STACK, STACK_END - STACK);
	for (size_t i = 0; i < FUNCTIONS; i++)
		fake_symbol(f, function_names[i], function_at((enum function)i));
	fake_symbol(f, "_etext", TEXT + FUNCTIONS * FUNCTION_LEN);
	fake_symbol(f, "_end", TEXT + 0x100000);
	return f;
}

static void
check_stack(struct unwind *u, const struct stack *s, const char *const *names)
{
	size_t n = 0;

	for (; names[n] != NULL; n++) {
		assert_true(n < s->count);
		assert_string_equal(unwind_name(u, s, n, NULL).function.p, names[n]);
	}
	assert_int_equal(s->count, n);
}

static void
walk(struct fake *f, const struct regs *r, struct unwind **u, struct stack *out)
{
	struct task t = { .va = 0xffff888000001000, .stack = STACK };
	struct cpu c = { .regs = r };

	t.on = &c;
	*u = unwind_new(&f->k, NULL);
	unwind_task(*u, &t, out);
}

/* Pushes what a function that was called begins with. */
static uint64_t
enter(struct fake *f, uint64_t *sp, uint64_t ret, uint64_t fp)
{
	push(f, sp, ret);
	return push(f, sp, fp);
}

static void
follows_frame_pointers_on_x86(void **state)
{
	struct fake *f = fp_fake_new(*state, &arch_x86_64);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	uint64_t fp = enter(f, &sp, call(f, START, READ), 0);

	push(f, &sp, 1);
	fp = enter(f, &sp, call(f, READ, DRIVER), fp);
	regs_at(&r, function_at(DRIVER) + 8, sp, fp);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "driver", "read", "start", NULL });
	assert_true(s.whole);
	assert_string_equal(s.source, "frame-pointer");
}

static void
inserts_the_caller_of_a_function_without_a_frame(void **state)
{
	struct fake *f = fp_fake_new(*state, &arch_x86_64);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	uint64_t fp = enter(f, &sp, call(f, START, DRIVER), 0);

	push(f, &sp, call(f, DRIVER, LEAF));
	regs_at(&r, function_at(LEAF), sp, fp);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "leaf", "driver", "start", NULL });
	assert_int_equal(s.frame[1].found, UNWIND_CALL_TARGET);
}

static void
crosses_exceptions_by_tagged_frame_pointers(void **state)
{
	struct fake *f = fp_fake_new(*state, &arch_x86_64);
	uint64_t sp = STACK_END;
	struct unwind *u = NULL;
	uint64_t v = 0;
	struct stack s;
	struct regs r;

	uint64_t regs = push_regs(f, &sp, 0x401000, 0x33, 0x7ffc0000, 0);
	uint64_t fp = enter(f, &sp, call(f, ENTRY, SYSCALL), regs | 1);
	uint64_t inner = push_regs(f, &sp, function_at(SYSCALL) + 4, 0x10, sp, fp);

	fp = enter(f, &sp, call(f, IRQ, HANDLE), inner | 1);
	regs_at(&r, function_at(HANDLE) + 8, sp, fp);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "handle", "irq_asm", "syscall", "entry", NULL });
	assert_true(s.frame[2].exact);
	assert_true(s.whole);
	assert_true(regs_get(s.user, "rip", &v));
	assert_int_equal(v, 0x401000);
}

static void
begins_where_an_x86_task_was_switched_out(void **state)
{
	struct fake *f = fp_fake_new(*state, &arch_x86_64);
	uint64_t sp = STACK_END - 64;
	struct task t = { .stack = STACK };
	struct unwind *u = NULL;
	struct stack s;

	uint64_t fp = enter(f, &sp, call(f, START, READ), 0);

	push(f, &sp, call(f, READ, DRIVER));
	push(f, &sp, fp);
	for (size_t i = 0; i < 5; i++)
		push(f, &sp, i);
	t.sp = sp;
	u = unwind_new(&f->k, NULL);
	unwind_task(u, &t, &s);
	check_stack(u, &s, (const char *const[]){ "read", "start", NULL });

	/* Before 4.9: rbp and the flags, and schedule() goes on behind the switch. */
	fake_symbol(f, "__schedule", function_at(THREAD));
	symbols_learn(f->k.symbols, "__schedule", function_at(THREAD));
	sp = STACK + 0x2000;
	push(f, &sp, 0x246);
	push(f, &sp, fp);
	t.sp = sp;
	unwind_task(u, &t, &s);
	assert_int_equal(s.count, 2);
	assert_string_equal(unwind_name(u, &s, 1, NULL).function.p, "start");
}

static void
ends_where_frames_lead_back(void **state)
{
	struct fake *f = fp_fake_new(*state, &arch_x86_64);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	uint64_t fp = enter(f, &sp, call(f, START, READ), 0);

	fake_put(f, fp, fp, 8);
	regs_at(&r, function_at(READ), sp, fp);
	walk(f, &r, &u, &s);
	assert_false(s.whole);
	assert_non_null(s.problem);
	fake_put(f, fp, fp | 1, 8); /* registers that point at themselves */
	walk(f, &r, &u, &s);
	assert_true(s.count <= 512);
	fake_put(f, fp, 0, 8);
	fake_put(f, fp + 8, 0x4141414141414141, 8);
	walk(f, &r, &u, &s);
	assert_false(s.whole);
	assert_int_equal(s.count, 1);
}

static void
arm_regs(struct regs *r, uint64_t pc, uint64_t sp, uint64_t fp)
{
	r->count = 0;
	regs_put(r, "pc", pc);
	regs_put(r, "sp", sp);
	regs_put(r, "x29", fp);
	regs_put(r, "pstate", 0x60000005);
}

static void
follows_signed_frame_records_on_arm64(void **state)
{
	struct fake *f = fp_fake_new(*state, &arch_arm64);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	f->k.info = vmcoreinfo_parse(*state, STR("NUMBER(KERNELPACMASK)=0x7f000000000000\n"));
	push(f, &sp, 0);

	uint64_t fp = push(f, &sp, 0); /* the last record */

	fp = enter(f, &sp, (function_at(START) + 0x40) & ~PAC, fp);
	fp = enter(f, &sp, (function_at(READ) + 0x40) & ~(PAC & UINT64_C(0x2a000000000000)), fp);
	arm_regs(&r, function_at(DRIVER) + 8, sp, fp);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "driver", "read", "start", NULL });
	assert_true(s.whole);
	assert_int_equal(s.frame[1].pc, function_at(READ) + 0x40);
}

static void
crosses_exceptions_by_their_records_on_arm64(void **state)
{
	enum { STACKFRAME = 0x118, REGS_LEN = 0x150 };
	struct fake *f = fp_fake_new(*state, &arch_arm64);
	uint64_t user = STACK_END - REGS_LEN;
	uint64_t inner = user - 0x800;
	uint64_t sp = user;
	struct unwind *u = NULL;
	uint64_t v = 0;
	struct stack s;
	struct regs r;

	fake_layout(f, LAYOUT_FRAME_META, 24, 0);
	fake_layout(f, LAYOUT_PT_REGS_STACKFRAME, STACKFRAME, 16);
	fake_put(f, user + 256, 0x401000, 8);      /* pc */
	fake_put(f, user + 264, 0x0, 8);           /* pstate: EL0 */
	fake_put(f, user + STACKFRAME + 16, 2, 8); /* registers */
	fake_put(f, inner + STACKFRAME + 16, 2, 8);
	fake_put(f, inner + 256, function_at(READ) + 8, 8);
	fake_put(f, inner + 264, 0x60000005, 8);

	uint64_t fp = enter(f, &sp, function_at(ENTRY) + 0x40, user + STACKFRAME);

	fake_put(f, inner + 29 * 8, fp, 8);
	sp = inner;
	fp = enter(f, &sp, function_at(IRQ) + 0x40, inner + STACKFRAME);
	arm_regs(&r, function_at(HANDLE) + 8, sp, fp);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "handle", "irq_asm", "read", "entry", NULL });
	assert_true(s.frame[2].exact);
	assert_true(s.whole);
	assert_true(regs_get(s.user, "pc", &v));
	assert_int_equal(v, 0x401000);

	fake_put(f, user + STACKFRAME + 16, 77, 8);
	walk(f, &r, &u, &s);
	assert_false(s.whole);
}

/* bl from somewhere in one function to the start of another; where it returns to. */
static uint64_t
link(struct fake *f, enum function from, enum function to)
{
	uint64_t ret = function_at(from) + 0x40;
	uint64_t words = (function_at(to) - (ret - 4)) / 4;

	fake_put(f, ret - 4, 0x94000000 | (words & 0x3ffffff), 4);
	return ret;
}

static void
inserts_the_link_of_a_function_without_a_record_on_arm64(void **state)
{
	struct fake *f = fp_fake_new(*state, &arch_arm64);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	f->k.info = vmcoreinfo_parse(*state, STR("NUMBER(KERNELPACMASK)=0x7f000000000000\n"));
	push(f, &sp, 0);

	uint64_t fp = enter(f, &sp, link(f, START, DRIVER), push(f, &sp, 0));

	arm_regs(&r, function_at(LEAF) + 8, sp, fp);
	regs_put(&r, "x30", link(f, DRIVER, LEAF) & ~PAC);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "leaf", "driver", "start", NULL });
	assert_int_equal(s.frame[1].found, UNWIND_LINK);
	assert_true(s.whole);

	/* The record is made already. */
	arm_regs(&r, function_at(DRIVER) + 8, sp, fp);
	regs_put(&r, "x30", link(f, START, DRIVER));
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "driver", "start", NULL });

	/* And others were called. */
	arm_regs(&r, function_at(DRIVER) + 0x48, sp, fp);
	regs_put(&r, "x30", link(f, DRIVER, LEAF));
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "driver", "start", NULL });

	/* No call is in front of it. */
	arm_regs(&r, function_at(LEAF) + 8, sp, fp);
	regs_put(&r, "x30", function_at(READ) + 0x80);
	walk(f, &r, &u, &s);
	check_stack(u, &s, (const char *const[]){ "leaf", "start", NULL });
}

/* Until 6.12 the record in a pt_regs says only what the registers say, too. */
static void
knows_registers_around_a_record_on_arm64(void **state)
{
	enum { STACKFRAME = 0x118, REGS_LEN = 0x150 };
	struct fake *f = fp_fake_new(*state, &arch_arm64);
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;
	struct regs r;

	fake_layout(f, LAYOUT_PT_REGS_STACKFRAME, STACKFRAME, 16);
	push(f, &sp, 0);

	uint64_t fp = enter(f, &sp, link(f, START, DRIVER), push(f, &sp, 0));
	uint64_t fp_of_driver = fp;
	uint64_t inner = sp - REGS_LEN;

	fake_put(f, inner + 29 * 8, fp, 8);
	fake_put(f, inner + 30 * 8, link(f, DRIVER, LEAF), 8);
	fake_put(f, inner + 256, function_at(LEAF), 8);
	fake_put(f, inner + 264, 0x60000005, 8);
	fake_put(f, inner + STACKFRAME, fp, 8);
	fake_put(f, inner + STACKFRAME + 8, function_at(LEAF), 8);
	sp = inner;
	fp = enter(f, &sp, function_at(IRQ) + 0x40, inner + STACKFRAME);
	arm_regs(&r, function_at(HANDLE) + 8, sp, fp);
	walk(f, &r, &u, &s);
	check_stack(u, &s,
		    (const char *const[]){ "handle", "irq_asm", "leaf", "driver", "start", NULL });
	assert_int_equal(s.frame[2].found, UNWIND_REGISTERS);
	assert_int_equal(s.frame[3].found, UNWIND_LINK);
	assert_true(s.frame[2].exact); /* the first byte of leaf, not the last of what is before */

	/* Without types, too. */
	fake_put(f, inner + STACKFRAME, 0, 8);
	fake_put(f, inner + STACKFRAME + 8, 0, 8);
	fake_put(f, inner + STACKFRAME + 24, fp_of_driver, 8);
	fake_put(f, inner + STACKFRAME + 32, function_at(LEAF), 8);
	f->k.layout = layout_new(NULL, NULL, *state);
	sp = inner;
	fp = enter(f, &sp, function_at(IRQ) + 0x40, inner + STACKFRAME + 24);
	arm_regs(&r, function_at(HANDLE) + 8, sp, fp);
	walk(f, &r, &u, &s);
	assert_int_equal(s.frame[2].found, UNWIND_REGISTERS);
	assert_int_equal(s.count, 5);

	fake_put(f, inner + 256, function_at(READ), 8); /* other registers than the record's */
	walk(f, &r, &u, &s);
	assert_int_equal(s.frame[2].found, UNWIND_FOLLOWED);
	assert_int_equal(s.count, 4);
}

static void
begins_where_an_arm64_task_was_switched_out(void **state)
{
	enum { CONTEXT = 0x80 };
	struct fake *f = fp_fake_new(*state, &arch_arm64);
	struct task t = { .va = 0xffff888000001000, .stack = STACK };
	uint64_t sp = STACK_END - 64;
	struct unwind *u = NULL;
	struct stack s;

	fake_region(f, t.va, 0x200);
	fake_layout(f, LAYOUT_TASK_CPU_CONTEXT, CONTEXT, 104);

	uint64_t fp = enter(f, &sp, function_at(START) + 0x40, 0);

	fake_put(f, t.va + CONTEXT + 80, fp, 8);
	fake_put(f, t.va + CONTEXT + 88, sp, 8);
	fake_put(f, t.va + CONTEXT + 96, function_at(THREAD) + 0x40, 8);
	u = unwind_new(&f->k, NULL);
	unwind_task(u, &t, &s);
	check_stack(u, &s, (const char *const[]){ "thread", "start", NULL });
}

static void
says_what_it_cannot_unwind(void **state)
{
	struct fake *f = fp_fake_new(*state, &arch_s390x);
	struct unwind *u = NULL;
	struct stack s;
	struct regs r = { .count = 0 };

	walk(f, &r, &u, &s);
	assert_null(unwind_source(u));
	assert_int_equal(s.count, 0);
	assert_int_equal(s.problem->code, ERROR_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(follows_frame_pointers_on_x86),
		UNIT_TEST(inserts_the_caller_of_a_function_without_a_frame),
		UNIT_TEST(crosses_exceptions_by_tagged_frame_pointers),
		UNIT_TEST(begins_where_an_x86_task_was_switched_out),
		UNIT_TEST(ends_where_frames_lead_back),
		UNIT_TEST(follows_signed_frame_records_on_arm64),
		UNIT_TEST(crosses_exceptions_by_their_records_on_arm64),
		UNIT_TEST(inserts_the_link_of_a_function_without_a_record_on_arm64),
		UNIT_TEST(knows_registers_around_a_record_on_arm64),
		UNIT_TEST(begins_where_an_arm64_task_was_switched_out),
		UNIT_TEST(says_what_it_cannot_unwind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
