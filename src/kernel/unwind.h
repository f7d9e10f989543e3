/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind.h - stacks: who called whom, from the innermost frame outwards.
 *
 * An unwinder follows one kind of data that says where the caller's frame is; the best one
 * that the kernel has is taken. The way across interrupt, exception and NMI stacks needs no
 * knowledge of them: the frames lead there. Where the data leave a hole (code that cannot be
 * unwound, a smashed return address, a call through a wild pointer) the stack is searched for
 * the place where it goes on, and the frame says so.
 *
 * To add one: unwind_NAME.c that ends in its const struct unwinder, an extern in
 * unwind_impl.h and a row in unwind.c.
 */
#ifndef KERNEL_UNWIND_H
#define KERNEL_UNWIND_H

#include "kernel/modules.h"
#include "kernel/tasks.h"
#include "model/frame.h"

/* How a frame was found, the most reliable first. */
enum unwind_found {
	UNWIND_REGISTERS,   /* it is what the registers say: of a CPU, of an exception frame */
	UNWIND_FOLLOWED,    /* the unwind data lead to it */
	UNWIND_CALL_TARGET, /* searched for, and its call goes to the function in question */
	UNWIND_RESUMED,     /* searched for, and the rest of the stack unwinds from it */
	UNWIND_GUESSED,     /* searched for: the nearest word that could be it */
	UNWIND_LINK,        /* the link register of what was interrupted had it */
};

struct unwind_frame {
	uint64_t pc;
	uint64_t sp; /* behind its return address: what the stack pointer was before the call */
	enum unwind_found found;
	bool exact;    /* pc is the instruction itself, not where a call returns to */
	uint64_t regs; /* where the registers of the frame are saved; 0: they are not */
};

struct stack {
	struct unwind_frame *frame; /* innermost first; the frame in user mode is not among them */
	size_t count;
	const char *source;          /* "orc", "frame-pointer" */
	bool whole;                  /* it ends where stacks end */
	bool running;                /* it begins with registers of a CPU */
	const struct regs *user;     /* at the entry from user mode, or NULL */
	const struct error *problem; /* why it is not whole, or NULL */
};

struct unwind;

/* modules may be NULL. Never fails: without unwind data there are no frames to be had, and
 * each stack says so. */
struct unwind *unwind_new(struct kernel *k, const struct modules *modules);

/* The stack of a task: from the registers of the CPU it ran on, else from where it was switched
 * out. out->frame lives in the arena of the kernel. */
void unwind_task(struct unwind *u, const struct task *t, struct stack *out);

/* The stack that registers lead to. */
void unwind_registers(struct unwind *u, const struct regs *r, struct stack *out);

/* What the reports call "orc", "frame-pointer"; NULL if no unwinder fits. */
const char *unwind_source(const struct unwind *u);

/* The frame with its names. */
struct frame unwind_name(struct unwind *u, const struct stack *s, size_t level,
			 const struct task *t);

/* Both lead through the same places. */
bool unwind_same(const struct stack *a, const struct stack *b);

/* Some frame is in the function that begins at that address. */
bool unwind_goes_through(struct unwind *u, const struct stack *s, uint64_t function);

/* Registers as the kernel saved them at va (unwind_frame.regs). */
bool unwind_saved_regs(struct unwind *u, uint64_t va, struct regs *r);

/* Bytes of the stack of a task. */
uint64_t unwind_stack_len(const struct unwind *u);

/* The arena that its stacks live in. */
struct arena *unwind_arena(const struct unwind *u);

/* Puts a backtrace's facts: source, task, frames[]. */
void unwind_publish(struct unwind *u, const struct stack *s, const struct task *t,
		    struct fact_row *backtrace);

#endif
