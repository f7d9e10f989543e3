/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind_impl.h - what unwinders share; of no use to anybody else.
 */
#ifndef KERNEL_UNWIND_IMPL_H
#define KERNEL_UNWIND_IMPL_H

#include "kernel/orc.h"
#include "kernel/unwind.h"

struct unwind {
	struct kernel *k;
	const struct unwinder *unwinder; /* NULL: none fits */
	struct orc *orc;                 /* NULL: none */
	uint64_t stack_len;              /* bytes of a task's stack */
	uint64_t pac_mask;               /* arm64: bits of a return address that sign it */
	uint64_t ret_from_fork[2];       /* where new tasks begin; 0: not known */
	const struct error *none;        /* why no unwinder fits */
	bool has_bpf;                    /* generated code was read */
};

/* Where a stack begins. */
struct unwind_start {
	const struct regs *regs; /* NULL: the task was switched out */
	const struct task *task; /* NULL: whose stack it is, is not known */
	uint64_t from, to;       /* of the task's stack; 0, 0: not known */
};

struct unwinder {
	const char *source;
	bool (*can)(struct unwind *u, const struct error **why);
	void (*run)(struct unwind *u, const struct unwind_start *s, struct stack *out);
};

extern const struct unwinder unwinder_orc;
extern const struct unwinder unwinder_fp_x86;
extern const struct unwinder unwinder_fp_arm64;

/* Adds a frame; false if there are too many, and out->problem says so. */
bool stack_add(struct unwind *u, struct stack *s, struct unwind_frame f);

/* Ends a stack for a reason, which must be a sentence without an end. */
void stack_stop(struct unwind *u, struct stack *s, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* A word of the stack. */
bool unwind_word(struct unwind *u, uint64_t va, uint64_t *v);

/* Text that is known, generated code included (which is read when it is first asked for). */
bool unwind_is_text(struct unwind *u, uint64_t va);

/* Not known to be text, but where generated code may be: trampolines of ftrace and kprobes. */
bool unwind_may_be_text(struct unwind *u, uint64_t va);

/* Where the function begins that va is in; 0 if that is not known. */
uint64_t unwind_function(struct unwind *u, uint64_t va);

/* Whether the instruction in front of va is a call, and where to (0: indirect). */
bool unwind_call_before(struct unwind *u, uint64_t va, uint64_t *target);

/* Registers as the kernel saves them at va: all of pt_regs that the port knows. */
bool unwind_read_regs(struct unwind *u, uint64_t va, struct regs *r);

/* The general registers and no more: what stands on the stack; its length in bytes. */
uint64_t unwind_regs_len(const struct unwind *u);

#endif
