/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind_fp.c - stacks by frame pointers: each frame holds the address of its caller's frame
 * and the return address. x86_64 kernels built with UNWINDER_FRAME_POINTER (Ubuntu, RHEL 7)
 * and all arm64 kernels have them.
 */
#include "kernel/unwind_impl.h"

#include <inttypes.h>

enum {
	WORD = 8,
};

/* A walk along frame pointers. */
struct walk {
	struct unwind *u;
	const struct unwind_start *start;
	struct stack *out;
	uint64_t fp;
	uint64_t pc;       /* of the last frame */
	struct regs saved; /* of an exception frame on the way */
};

static bool
add(struct walk *w, uint64_t pc, uint64_t sp, enum unwind_found found)
{
	struct unwind_frame f = { pc, sp, found, found == UNWIND_REGISTERS, 0 };

	w->pc = pc;
	return stack_add(w->u, w->out, f);
}

static bool
is_on_stack(const struct walk *w, uint64_t va)
{
	return va >= w->start->from && va < w->start->to;
}

static bool
leads_back(const struct walk *w, uint64_t next)
{
	return is_on_stack(w, w->fp) && is_on_stack(w, next) && next <= w->fp;
}

static const struct regs *
keep(struct walk *w, const struct regs *r)
{
	struct regs *kept = ARENA_NEW(w->u->k->arena, struct regs);

	*kept = *r;
	return kept;
}

static bool
is_user_mode(const struct regs *r)
{
	uint64_t v = 0;

	if (regs_get(r, "cs", &v))
		return (v & 3) != 0;
	return regs_get(r, "pstate", &v) && (v & 0xf) == 0;
}

/* The frame of a pt_regs at va; false at user mode, and where it cannot be read. */
static bool
add_exception(struct walk *w, uint64_t va)
{
	const struct arch *arch = w->u->k->arch;
	uint64_t pc = 0;
	uint64_t sp = 0;

	if (!unwind_read_regs(w->u, va, &w->saved) || !regs_get(&w->saved, arch->ip, &pc) ||
	    !regs_get(&w->saved, arch->sp, &sp) || !regs_get(&w->saved, arch->fp, &w->fp)) {
		stack_stop(w->u, w->out, "there is no memory at 0x%" PRIx64, va);
		return false;
	}
	if (is_user_mode(&w->saved)) {
		w->out->user = keep(w, &w->saved);
		w->out->whole = true;
		return false;
	}
	return add(w, pc, sp, UNWIND_REGISTERS);
}

/* One step; false at the end, proper or not. */
static bool
step_x86(struct walk *w)
{
	uint64_t next = 0;
	uint64_t ret = 0;

	/* Since 4.9 a set low bit means that registers are there (acb4608ad186, "x86/unwind:
	 * Create stack frames for saved syscall registers"). */
	if ((w->fp & 7) == 1)
		return add_exception(w, w->fp - 1);
	if (w->fp == 0 || !kernel_is_address(w->u->k, w->fp)) {
		w->out->whole = true;
		return false;
	}
	if (!unwind_word(w->u, w->fp, &next) || !unwind_word(w->u, w->fp + WORD, &ret)) {
		stack_stop(w->u, w->out, "there is no frame at 0x%" PRIx64, w->fp);
		return false;
	}
	if (ret == 0) {
		w->out->whole = true;
		return false;
	}
	if (!unwind_is_text(w->u, ret) && !unwind_may_be_text(w->u, ret)) {
		stack_stop(w->u, w->out, "its return address is 0x%" PRIx64, ret);
		return false;
	}
	if (!add(w, ret, w->fp + 2 * WORD, UNWIND_FOLLOWED))
		return false;
	if (leads_back(w, next & ~(uint64_t)1) && (next & 1) == 0 && next != 0) {
		stack_stop(w->u, w->out, "it leads back to itself");
		return false;
	}
	w->fp = next;
	return true;
}

/* A function without a frame of its own, or one that has not made it yet: then the word at the
 * top of the stack is where it returns to, and a call of this function is in front of that. */
static bool
add_leaf_caller(struct walk *w, uint64_t sp)
{
	uint64_t ret = 0;
	uint64_t next = 0;
	uint64_t target = 0;
	uint64_t function = unwind_function(w->u, w->pc);

	if (!unwind_word(w->u, sp, &ret) || !unwind_is_text(w->u, ret) ||
	    !unwind_call_before(w->u, ret, &target) || function == 0 || target != function)
		return true;
	if (unwind_word(w->u, w->fp + WORD, &next) && next == ret)
		return true;
	return add(w, ret, sp + WORD, UNWIND_CALL_TARGET);
}

static bool
start_x86_running(struct walk *w, const struct regs *r)
{
	uint64_t pc = 0;
	uint64_t sp = 0;

	return regs_get(r, "rip", &pc) && regs_get(r, "rsp", &sp) && regs_get(r, "rbp", &w->fp) &&
	       add(w, pc, sp, UNWIND_REGISTERS) && add_leaf_caller(w, sp);
}

/* See unwind_orc.c for the frame of a task that was switched out; before 4.9 only rbp and the
 * flags were pushed, and the place where it goes on is in schedule(). */
static bool
start_x86_switched_out(struct walk *w, uint64_t sp)
{
	static const char *const resumes[] = { "thread_return", "__schedule", "schedule", NULL };
	uint64_t ret = 0;
	uint64_t schedule = 0;

	if (unwind_word(w->u, sp + 6 * WORD, &ret) &&
	    symbols_is_kernel_text(w->u->k->symbols, ret) &&
	    unwind_word(w->u, sp + 5 * WORD, &w->fp))
		return add(w, ret, sp + 7 * WORD, UNWIND_FOLLOWED);
	if (symbols_find_any(w->u->k->symbols, resumes, &schedule) && unwind_word(w->u, sp, &w->fp))
		return add(w, schedule + 1, sp + 2 * WORD, UNWIND_FOLLOWED);
	stack_stop(w->u, w->out, "its saved stack pointer is 0x%" PRIx64, sp);
	return false;
}

static void
run_x86(struct unwind *u, const struct unwind_start *start, struct stack *out)
{
	struct walk w = { .u = u, .start = start, .out = out };
	bool on = false;

	if (start->regs != NULL)
		on = start_x86_running(&w, start->regs);
	else if (start->task != NULL)
		on = start_x86_switched_out(&w, start->task->sp);
	while (on)
		on = step_x86(&w);
}

static bool
can_x86(struct unwind *u, const struct error **why)
{
	(void)why;
	return u->k->arch == &arch_x86_64;
}

/* Return addresses may be signed (pointer authentication): the bits of the signature are those
 * that every kernel address has set. */
static uint64_t
strip(const struct walk *w, uint64_t pc)
{
	return (pc >> 55 & 1) != 0 ? pc | w->u->pac_mask : pc;
}

/*
 * The caller of what was interrupted, where that has no frame record, not yet or no longer: the
 * link register has it. A function that has made a record and called others has a return into
 * itself there, and one that has called none yet what the record has.
 */
static bool
add_link(struct walk *w, const struct regs *r, uint64_t sp)
{
	uint64_t lr = 0;
	uint64_t ret = 0;
	uint64_t target = 0;

	if (!regs_get(r, "x30", &lr))
		return true;
	lr = strip(w, lr);
	if (!unwind_is_text(w->u, lr) || !unwind_call_before(w->u, lr, &target) ||
	    unwind_function(w->u, lr - 1) == unwind_function(w->u, w->pc) ||
	    (unwind_word(w->u, w->fp + WORD, &ret) && strip(w, ret) == lr))
		return true;
	return add(w, lr, sp, UNWIND_LINK);
}

/* Until 6.12 a record in a pt_regs is like any other, but for what stands around it: registers
 * whose frame pointer and place are the record's own. */
static bool
is_in_regs_at(struct walk *w, uint64_t va, uint64_t next, uint64_t ret)
{
	struct regs r = { 0 };
	uint64_t fp = 0;
	uint64_t pc = 0;

	return unwind_read_regs(w->u, va, &r) && regs_get(&r, "x29", &fp) && fp == next &&
	       regs_get(&r, "pc", &pc) && pc == ret && !is_user_mode(&r);
}

static bool
is_in_regs(struct walk *w, uint64_t next, uint64_t ret, uint64_t *va)
{
	enum { MIN = 272, MAX = 336 }; /* behind user_pt_regs, where no types say it */
	uint64_t from = MIN;
	uint64_t to = MAX;

	if (layout_find(w->u->k->layout, LAYOUT_PT_REGS_STACKFRAME, &from))
		to = from;
	for (uint64_t off = from; off <= to; off += WORD) {
		*va = w->fp - off;
		if (is_in_regs_at(w, *va, next, ret))
			return true;
	}
	return false;
}

static bool
add_exception_arm64(struct walk *w, uint64_t va)
{
	uint64_t sp = 0;

	return add_exception(w, va) && regs_get(&w->saved, "sp", &sp) && add_link(w, &w->saved, sp);
}

enum meta {
	META_FINAL = 1, /* enum frame_record_meta: FRAME_META_TYPE_FINAL, _PT_REGS */
	META_REGS = 2,
};

/* A record of two zeros: since 6.13 a word behind it says whether it ends the stack or stands
 * in a pt_regs, which goes on where it was interrupted. Before, it always was the end. */
static bool
step_arm64_meta(struct walk *w)
{
	uint64_t off = 0;
	uint64_t type = META_FINAL;

	if (layout_find(w->u->k->layout, LAYOUT_FRAME_META, &off) &&
	    !unwind_word(w->u, w->fp + 2 * WORD, &type)) {
		stack_stop(w->u, w->out, "there is no frame at 0x%" PRIx64, w->fp);
		return false;
	}
	if (type == META_REGS && layout_find(w->u->k->layout, LAYOUT_PT_REGS_STACKFRAME, &off))
		return add_exception_arm64(w, w->fp - off);
	if (type == META_FINAL)
		w->out->whole = true;
	else
		stack_stop(w->u, w->out, "a frame of unknown kind %" PRIu64, type);
	return false;
}

static bool
step_arm64(struct walk *w)
{
	uint64_t next = 0;
	uint64_t ret = 0;
	uint64_t regs = 0;

	if (w->fp == 0) {
		w->out->whole = true;
		return false;
	}
	if (!kernel_is_address(w->u->k, w->fp) || !unwind_word(w->u, w->fp, &next) ||
	    !unwind_word(w->u, w->fp + WORD, &ret)) {
		stack_stop(w->u, w->out, "there is no frame at 0x%" PRIx64, w->fp);
		return false;
	}
	if (next == 0 && ret == 0)
		return step_arm64_meta(w);
	ret = strip(w, ret);
	if (!unwind_is_text(w->u, ret)) {
		stack_stop(w->u, w->out, "its return address is 0x%" PRIx64, ret);
		return false;
	}
	if (leads_back(w, next) && next != 0) {
		(void)add(w, ret, w->fp + 2 * WORD, UNWIND_FOLLOWED);
		stack_stop(w->u, w->out, "it leads back to itself");
		return false;
	}
	if (is_in_regs(w, next, ret, &regs))
		return add_exception_arm64(w, regs);
	if (!add(w, ret, w->fp + 2 * WORD, UNWIND_FOLLOWED))
		return false;
	w->fp = next;
	return true;
}

static bool
start_arm64(struct walk *w)
{
	enum { FP = 10 * WORD, SP = 11 * WORD, PC = 12 * WORD }; /* struct cpu_context */
	const struct regs *r = w->start->regs;
	uint64_t context = 0;
	uint64_t pc = 0;
	uint64_t sp = 0;

	if (r != NULL)
		return regs_get(r, "pc", &pc) && regs_get(r, "sp", &sp) &&
		       regs_get(r, "x29", &w->fp) && add(w, pc, sp, UNWIND_REGISTERS) &&
		       add_link(w, r, sp);
	if (w->start->task == NULL ||
	    !layout_find(w->u->k->layout, LAYOUT_TASK_CPU_CONTEXT, &context))
		return false;
	context += w->start->task->va;
	if (!unwind_word(w->u, context + FP, &w->fp) || !unwind_word(w->u, context + SP, &sp) ||
	    !unwind_word(w->u, context + PC, &pc)) {
		stack_stop(w->u, w->out, "there is no memory at 0x%" PRIx64, context);
		return false;
	}
	return add(w, strip(w, pc), sp, UNWIND_FOLLOWED);
}

static void
run_arm64(struct unwind *u, const struct unwind_start *start, struct stack *out)
{
	struct walk w = { .u = u, .start = start, .out = out };
	bool on = start_arm64(&w);

	while (on)
		on = step_arm64(&w);
}

static bool
can_arm64(struct unwind *u, const struct error **why)
{
	if (u->k->arch == &arch_arm64)
		return true;
	*why = error_new(u->k->arena, ERROR_UNSUPPORTED,
			 "stacks of %s kernels are not unwound by this build", u->k->arch->name);
	return false;
}

const struct unwinder unwinder_fp_x86 = { "frame-pointer", can_x86, run_x86 };
const struct unwinder unwinder_fp_arm64 = { "frame-pointer", can_arm64, run_arm64 };
