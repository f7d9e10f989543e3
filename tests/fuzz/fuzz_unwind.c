/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_unwind.c - ORC tables, text and a stack of a hostile kernel.
 *
 * The first byte chooses the processor and where to begin; the rest are records of five bytes
 * {where, offset of 2 bytes, value of 2 bytes} that change a stack which unwinds well.
 */
#include "kernel/unwind.h"

#include "kernel/fakestack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
change(struct fake *f, const uint8_t *record)
{
	size_t off = (size_t)record[1] | (size_t)record[2] << 8;
	uint64_t v = (uint64_t)record[3] | (uint64_t)record[4] << 8;

	switch (record[0] % 8) {
	case 0: /* a word of the stack leads into the stack */
		fake_put(f, STACK_END - 8 * (1 + off % 64), STACK_END - v % 0x800, 8);
		break;
	case 1: /* or into text */
		fake_put(f, STACK_END - 8 * (1 + off % 64), TEXT + v % 0x1000, 8);
		break;
	case 2:
		fake_put(f, STACK_END - 8 * (1 + off % 64), v, 8);
		break;
	case 3:
	case 4:
		fake_put(f, ORC_ENTRY + off % (6 * FUNCTIONS), v, 2);
		break;
	case 5:
		fake_put(f, ORC_IP + off % (4 * FUNCTIONS), v, 2);
		break;
	default:
		fake_put(f, TEXT + off % (FUNCTIONS * FUNCTION_LEN), v, 2);
		break;
	}
}

static void
build(struct fake *f, struct regs *r, uint64_t *sp)
{
	orc(f, ENTRY, 0, 0, V1_SP | V1_REGS);
	orc(f, IRQ, 0, 0, V1_SP | V1_PARTIAL);
	orc(f, DRIVER, 16, -16, V1_BP | V1_PREV_SP << 4);
	*sp = STACK_END;
	push_regs(f, sp, 0x401000, 0x33, 0x7ffc0000, 0x55);
	push(f, sp, call(f, ENTRY, SYSCALL));
	push(f, sp, call(f, SYSCALL, DRIVER));

	uint64_t bp = push(f, sp, STACK_END - 32);

	push(f, sp, call(f, DRIVER, LEAF));
	regs_at(r, function_at(LEAF), *sp, bp);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 4 << 20);
	struct arena *a = arena_new(&budget);
	struct task t = { .va = 0xffff888000001000, .stack = STACK };
	struct cpu c = { .number = 0 };
	struct stack s;
	struct regs r;
	uint64_t sp = 0;

	if (len != 0) {
		struct fake *f = stack_fake_new(a);

		build(f, &r, &sp);
		for (size_t i = 1; i + 5 <= len; i += 5)
			change(f, data + i);
		if (data[0] % 4 == 1)
			f->k.arch = &arch_arm64;
		if (data[0] % 4 == 2) /* no ORC tables: frame pointers */
			f->symbols -= 3;
		if (data[0] % 4 == 3)
			t.sp = sp;
		else
			c.regs = &r;
		t.on = &c;

		struct unwind *u = unwind_new(&f->k, NULL);

		unwind_task(u, &t, &s);
		for (size_t i = 0; i < s.count; i++)
			(void)unwind_name(u, &s, i, &t);
	}
	arena_free(a);
	return 0;
}
