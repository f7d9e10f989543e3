/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakestack.h - a kernel with text, ORC tables and one stack, for tests of unwinding.
 *
 * Functions are 0x100 bytes long and stand in the order of their names. Each has one ORC entry,
 * that of a function that has pushed nothing, unless the test says otherwise.
 */
#ifndef TESTS_FAKESTACK_H
#define TESTS_FAKESTACK_H

#include "kernel/fakekernel.h"
#include "kernel/unwind.h"

#define TEXT 0xffffffff81000000ULL
#define ORC_IP 0xffffffff82000000ULL
#define ORC_ENTRY 0xffffffff82001000ULL
#define STACK 0xffffc90000010000ULL
#define STACK_END (STACK + 0x4000)

enum {
	FUNCTION_LEN = 0x100,
	FUNCTIONS = 16,
	WORD = 8,
	/* Flags of entries of version 1: registers, and types in the upper byte. */
	V1_SP = 5,
	V1_BP = 4,
	V1_PREV_SP = 1,
	V1_SP_INDIRECT = 9,
	V1_CALL = 0 << 8,
	V1_REGS = 1 << 8,
	V1_PARTIAL = 2 << 8,
	V1_END = 1 << 10,
};

static const char *const function_names[FUNCTIONS] = {
	"_stext", "start",  "entry",   "syscall", "read",    "driver",    "helper",    "leaf",
	"odd",    "handle", "irq_asm", "thread",  "recurse", "fourteen_", "fifteen__", "last",
};

enum function {
	FIRST,
	START,
	ENTRY,
	SYSCALL,
	READ,
	DRIVER,
	HELPER,
	LEAF,
	ODD,
	HANDLE,
	IRQ,
	THREAD,
	RECURSE,
};

static inline uint64_t
function_at(enum function f)
{
	return TEXT + (uint64_t)f * FUNCTION_LEN;
}

/* Where a call in `from` returns to; the call goes to the start of `to`. */
static inline uint64_t
call(struct fake *f, enum function from, enum function to)
{
	uint64_t ret = function_at(from) + 0x40 + 0x10 * (uint64_t)to % 0x80;

	fake_put(f, ret - 5, 0xe8, 1);
	fake_put(f, ret - 4, function_at(to) - ret, 4);
	return ret;
}

static inline void
orc(struct fake *f, enum function at, int16_t sp_off, int16_t bp_off, uint16_t flags)
{
	uint64_t entry = ORC_ENTRY + 6 * (uint64_t)at;

	fake_put(f, entry, (uint16_t)sp_off, 2);
	fake_put(f, entry + 2, (uint16_t)bp_off, 2);
	fake_put(f, entry + 4, flags, 2);
}

static inline struct fake *
stack_fake_new(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_region(f, TEXT, FUNCTIONS * FUNCTION_LEN);
	fake_region(f, ORC_IP, 4 * FUNCTIONS);
	fake_region(f, ORC_ENTRY, 6 * FUNCTIONS);
	fake_region(f, STACK, STACK_END - STACK);
	for (size_t i = 0; i < FUNCTIONS; i++) {
		fake_symbol(f, function_names[i], function_at((enum function)i));
		fake_put(f, ORC_IP + 4 * i, function_at((enum function)i) - (ORC_IP + 4 * i), 4);
		orc(f, (enum function)i, 8, 0, V1_SP | V1_CALL);
	}
	orc(f, START, 0, 0, V1_END);
	fake_symbol(f, "_etext", TEXT + FUNCTIONS * FUNCTION_LEN);
	fake_symbol(f, "_end", ORC_ENTRY + 0x1000);
	fake_symbol(f, "__start_orc_unwind_ip", ORC_IP);
	fake_symbol(f, "__stop_orc_unwind_ip", ORC_IP + 4 * FUNCTIONS);
	fake_symbol(f, "__start_orc_unwind", ORC_ENTRY);
	return f;
}

/* Pushes a word; the stack pointer after that. */
static inline uint64_t
push(struct fake *f, uint64_t *sp, uint64_t v)
{
	*sp -= WORD;
	fake_put(f, *sp, v, WORD);
	return *sp;
}

/* Pushes a pt_regs. */
static inline uint64_t
push_regs(struct fake *f, uint64_t *sp, uint64_t ip, uint64_t cs, uint64_t old_sp, uint64_t bp)
{
	push(f, sp, 0x18);
	push(f, sp, old_sp);
	push(f, sp, 0x246);
	push(f, sp, cs);
	push(f, sp, ip);
	for (size_t word = 16; word-- > 0;)
		push(f, sp, word == 4 ? bp : 0x1000 + word);
	return *sp;
}

static inline void
regs_at(struct regs *r, uint64_t ip, uint64_t sp, uint64_t bp)
{
	r->count = 0;
	regs_put(r, "rip", ip);
	regs_put(r, "rsp", sp);
	regs_put(r, "rbp", bp);
	regs_put(r, "cs", 0x10);
}

#endif
