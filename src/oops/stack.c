/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks that were too short, and stacks that were written over. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	/* x86: the guard page was hit */
	{ "BUG: stack guard page was hit at {address}", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_FAULT },
	{ "BUG: {any} stack guard page was hit at {address}", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_FAULT },
	{ "kernel stack overflow ({any}): {code} [#{count}]", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_DIE, .follows = CLASSES_DYING },
	{ "stack guard page: {code} [#{count}]", KIND_STACK_OVERFLOW, BLAME_STALL, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
	{ "Thread overran stack, or stack corrupted", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_FAULT, .follows = CLASS_FAULT },
	/* arm64, riscv, ppc64 */
	{ "Insufficient stack space to handle exception!", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_FAULT, .flags = HEAD_DOUBTFUL },
	{ "Kernel stack overflow in process {address}", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_FAULT },
	{ "Internal error: kernel stack overflow: {code} [#{count}]", KIND_STACK_OVERFLOW,
	  BLAME_STALL, .is = CLASS_DIE, .follows = CLASSES_DYING },
	{ "Kernel panic - not syncing: kernel stack overflow", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_PANIC, .follows = CLASSES_DYING },
	{ "Kernel panic - not syncing: Kernel stack overflow", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_PANIC, .follows = CLASSES_DYING },
	{ "Kernel panic - not syncing: corrupted stack end detected inside scheduler",
	  KIND_STACK_OVERFLOW, BLAME_STALL, .is = CLASS_PANIC },
	{ "BUG: stack overrun in {comm}/{pid}", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_CHECK },
	{ "do_IRQ: near stack overflow (cur:", KIND_STACK_OVERFLOW, BLAME_STALL,
	  .is = CLASS_CHECK },
	{ "do_IRQ: stack overflow: ", KIND_STACK_OVERFLOW, BLAME_STALL, .is = CLASS_CHECK },
	{ "Kernel panic - not syncing: low stack detected by irq handler", KIND_STACK_OVERFLOW,
	  BLAME_STALL, .is = CLASS_PANIC },
	/* stack protector */
	{ "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: {function}",
	  KIND_STACK_CORRUPTION, BLAME_HEAD, .is = CLASS_PANIC },
	{ "stack-protector: Kernel stack is corrupted in: {function}", KIND_STACK_CORRUPTION,
	  BLAME_HEAD, .is = CLASS_PANIC },
	{ "Kernel panic - not syncing: corrupted shadow stack detected", KIND_STACK_CORRUPTION,
	  BLAME_TRACE, .is = CLASS_PANIC },
	{ "Kernel panic - not syncing: Corrupt kernel stack, can't continue.",
	  KIND_STACK_CORRUPTION, BLAME_TRACE, .is = CLASS_PANIC },
	/* the unwinder's own doubts */
	{ "WARNING: kernel stack regs at {address} in {comm}:{pid} has bad {detail}",
	  KIND_UNWINDER_WARNING, BLAME_NONE, .is = CLASS_CHECK },
	{ "WARNING: kernel stack frame pointer at {address} in {comm}:{pid} has bad value {detail}",
	  KIND_UNWINDER_WARNING, BLAME_NONE, .is = CLASS_CHECK },
	{ "WARNING: stack recursion on stack type {count}", KIND_UNWINDER_WARNING, BLAME_NONE,
	  .is = CLASS_CHECK },
	{ "WARNING: stack going in the wrong direction? at {function}", KIND_UNWINDER_WARNING,
	  BLAME_NONE, .is = CLASS_CHECK },
	{ "WARNING: can't access registers at {function}", KIND_UNWINDER_WARNING, BLAME_NONE,
	  .is = CLASS_CHECK },
	{ "WARNING: can't access iret registers at {function}", KIND_UNWINDER_WARNING, BLAME_NONE,
	  .is = CLASS_CHECK },
	{ "WARNING: can't dereference iret registers at {address} for ip {function}",
	  KIND_UNWINDER_WARNING, BLAME_NONE, .is = CLASS_CHECK },
	{ "WARNING: can't dereference registers at {address} for ip {function}",
	  KIND_UNWINDER_WARNING, BLAME_NONE, .is = CLASS_CHECK },
	{ "WARNING: unwind stack type:{count} next_sp:", KIND_UNWINDER_WARNING, BLAME_NONE,
	  .is = CLASS_CHECK },
	{ .pattern = NULL },
};

/*
 * Printed with %p, the address is a hash of 32 bits, or hidden, since v4.15 (Linux commit
 * ad67b74d2469, "printk: hash addresses printed with %p"). What the processor left in CR2 is what
 * it was made of.
 */
static void
stack_understand(struct event *e, struct report *r)
{
	uint64_t cr2 = 0;

	(void)r;
	if (e->kind != KIND_STACK_OVERFLOW)
		return;
	if (regs_get(&e->regs, "cr2", &cr2)) {
		e->address = cr2;
		e->has_address = true;
	} else if (e->address <= UINT32_MAX) {
		e->has_address = false;
	}
}

const struct oops_family family_stack = { "stack", heads, stack_understand };
