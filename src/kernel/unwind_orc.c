/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwind_orc.c - x86_64 stacks by the kernel's ORC tables.
 *
 * The walk is that of arch/x86/kernel/unwind_orc.c. Added to it is what a dead kernel needs:
 * the places where the walk has no data are searched for where it goes on.
 */
#include "kernel/unwind_impl.h"

#include <inttypes.h>
#include <string.h>

/* The words of a pt_regs. */
enum {
	R15,
	R14,
	R13,
	R12,
	BP,
	BX,
	R11,
	R10,
	R9,
	R8,
	AX,
	CX,
	DX,
	SI,
	DI,
	ORIG_AX,
	IP,
	CS,
	FLAGS,
	SP,
	SS,
	WORDS,
};

enum {
	WORD = 8,
	SEARCHES_MAX = 8,     /* of one stack */
	SEARCH_LEN = 4096,    /* bytes looked at for a caller */
	CANDIDATES_MAX = 128, /* places tried as the one where a smashed stack goes on */
	RESUMED_MIN = 3,      /* frames that a stack must have to be believed */
};

struct saved {
	uint64_t word[WORDS];
};

struct state {
	struct unwind *u;
	const struct unwind_start *start;
	struct stack *out;
	uint64_t ip, sp, bp;
	bool signal;             /* ip is an instruction that was interrupted */
	enum unwind_found found; /* how ip was */
	uint64_t regs_va;        /* where regs were found, if they are whole */
	struct saved regs;       /* of this frame, with has_regs */
	struct saved prev;       /* the whole ones that a partial set follows, with has_prev */
	bool has_regs;
	bool full; /* regs are whole, not only what an exception pushes */
	bool has_prev;
	size_t searches;
	bool smashed; /* it stopped at a return address that is none */
};

enum step {
	STEP_ON,
	STEP_END,  /* there is no caller */
	STEP_STOP, /* out->problem says why */
};

static enum step
stop_unreadable(struct state *s, uint64_t va)
{
	stack_stop(s->u, s->out, "there is no memory at 0x%" PRIx64, va);
	return STEP_STOP;
}

/* Registers that the caller's frame is relative to are those of the interrupted code. */
static bool
get_reg(const struct state *s, size_t index, uint64_t *v)
{
	if (s->has_regs && s->full)
		*v = s->regs.word[index];
	else if (s->has_regs && s->has_prev)
		*v = s->prev.word[index];
	else
		return false;
	return true;
}

static enum step
find_sp_by_register(struct state *s, const struct orc_entry *e, uint64_t *sp)
{
	static const uint8_t index[ORC_REG_BAD + 1] = {
		[ORC_REG_DX] = DX, [ORC_REG_DI] = DI, [ORC_REG_R10] = R10, [ORC_REG_R13] = R13
	};

	if (index[e->sp_reg] != 0 && get_reg(s, index[e->sp_reg], sp))
		return STEP_ON;
	stack_stop(s->u, s->out, "the register is not known that the caller's frame is at");
	return STEP_STOP;
}

/* The stack pointer before the call, or where registers were saved. */
static enum step
find_sp(struct state *s, const struct orc_entry *e, uint64_t *sp)
{
	uint64_t at = 0;

	switch (e->sp_reg) {
	case ORC_REG_SP:
		*sp = s->sp + (uint64_t)(int64_t)e->sp_off;
		return STEP_ON;
	case ORC_REG_BP:
		*sp = s->bp + (uint64_t)(int64_t)e->sp_off;
		return STEP_ON;
	case ORC_REG_SP_INDIRECT:
		at = s->sp;
		break;
	case ORC_REG_BP_INDIRECT:
		at = s->bp + (uint64_t)(int64_t)e->sp_off;
		break;
	default:
		return find_sp_by_register(s, e, sp);
	}
	if (!unwind_word(s->u, at, sp))
		return stop_unreadable(s, at);
	if (e->sp_reg == ORC_REG_SP_INDIRECT)
		*sp += (uint64_t)(int64_t)e->sp_off;
	return STEP_ON;
}

static enum step
step_call(struct state *s, uint64_t sp)
{
	if (!unwind_word(s->u, sp - WORD, &s->ip))
		return stop_unreadable(s, sp - WORD);
	s->sp = sp;
	s->has_regs = s->has_prev = false;
	s->found = UNWIND_FOLLOWED;
	return STEP_ON;
}

/* Reads count words of pt_regs, the first of which is number first. */
static bool
read_saved(struct state *s, uint64_t va, size_t first, size_t count, struct saved *out)
{
	uint8_t b[WORDS * WORD] = { 0 };

	if (va % WORD != 0 || memory_read(s->u->k->mem, va, b, count * WORD) != NULL)
		return false;
	*out = (struct saved){ { 0 } };
	for (size_t i = 0; i < count; i++)
		out->word[first + i] = bytes_u64(b + i * WORD, s->u->k->mem->order);
	return true;
}

static enum step
step_regs(struct state *s, uint64_t sp, bool whole)
{
	struct saved got;

	if (!read_saved(s, sp, whole ? 0 : IP, whole ? WORDS : WORDS - IP, &got))
		return stop_unreadable(s, sp);
	if (whole) {
		s->has_prev = false;
	} else if (s->full) {
		s->prev = s->regs;
		s->has_prev = s->has_regs;
	}
	s->regs = got;
	s->has_regs = true;
	s->full = whole;
	s->regs_va = whole ? sp : 0;
	s->ip = got.word[IP];
	s->sp = got.word[SP];
	s->found = UNWIND_REGISTERS;
	return STEP_ON;
}

static enum step
find_bp(struct state *s, const struct orc_entry *e, uint64_t sp)
{
	uint64_t at = 0;

	switch (e->bp_reg) {
	case ORC_REG_UNDEFINED:
		(void)get_reg(s, BP, &s->bp);
		return STEP_ON;
	case ORC_REG_PREV_SP:
		at = sp + (uint64_t)(int64_t)e->bp_off;
		break;
	case ORC_REG_BP:
		at = s->bp + (uint64_t)(int64_t)e->bp_off;
		break;
	default:
		stack_stop(s->u, s->out, "its ORC entry is damaged");
		return STEP_STOP;
	}
	return unwind_word(s->u, at, &s->bp) ? STEP_ON : stop_unreadable(s, at);
}

/* Words of the stack in which a caller is searched for: up to its end, where that is known. */
static uint64_t
search_end(const struct state *s, uint64_t sp, uint64_t len)
{
	uint64_t end = sp < UINT64_MAX - len ? sp + len : UINT64_MAX - WORD;

	if (sp >= s->start->from && sp < s->start->to && s->start->to < end)
		end = s->start->to;
	return end;
}

/* The first word on the stack from which a call of that function returns, with *exact; else
 * the first from which any call does. 0 if there is none. */
static uint64_t
find_return(struct state *s, uint64_t function, bool *exact)
{
	uint64_t from = s->sp & ~(uint64_t)(WORD - 1);
	uint64_t end = search_end(s, from, SEARCH_LEN);
	uint64_t nearest = 0;
	uint64_t target = 0;
	uint64_t v = 0;

	*exact = false;
	for (uint64_t at = from; at < end && unwind_word(s->u, at, &v); at += WORD) {
		if (!unwind_is_text(s->u, v) || !unwind_call_before(s->u, v, &target))
			continue;
		if (function != 0 && target == function) {
			*exact = true;
			return at;
		}
		if (nearest == 0)
			nearest = at;
	}
	return nearest;
}

/*
 * The function around ip cannot be unwound: STACK_FRAME_NON_STANDARD, which is what
 * __crash_kexec() is, and where the registers of every kdump point. Its caller's return
 * address is a word on the stack with a call of this very function in front of it; else the
 * nearest one with any call in front of it may be.
 */
static enum step
search_caller(struct state *s)
{
	uint64_t function = unwind_function(s->u, s->signal ? s->ip : s->ip - 1);
	bool exact = false;
	uint64_t at = s->searches++ < SEARCHES_MAX ? find_return(s, function, &exact) : 0;

	if (at == 0 || !unwind_word(s->u, at, &s->ip)) {
		stack_stop(s->u, s->out, "there is no ORC entry for 0x%" PRIx64, s->ip);
		return STEP_STOP;
	}
	s->sp = at + WORD;
	s->signal = s->has_regs = s->has_prev = false;
	s->found = exact ? UNWIND_CALL_TARGET : UNWIND_GUESSED;
	return STEP_ON;
}

/* What to do where no ORC entry is. */
static struct orc_entry
entry_without_data(struct state *s)
{
	/* As the kernel does for generated code, which keeps frame pointers. */
	static const struct orc_entry frame_pointer = { .sp_off = 16,
							.bp_off = -16,
							.sp_reg = ORC_REG_BP,
							.bp_reg = ORC_REG_PREV_SP,
							.type = ORC_TYPE_CALL };
	static const struct orc_entry called = { .sp_off = 8,
						 .sp_reg = ORC_REG_SP,
						 .type = ORC_TYPE_CALL };
	static const struct orc_entry unknown = { .type = ORC_TYPE_UNDEFINED };
	const struct symbols_module *m = symbols_module_at(s->u->k->symbols, s->ip);
	uint64_t v = 0;
	uint64_t target = 0;

	/* A module's tables are not known, and it keeps no frame pointers. */
	if (m != NULL && m->name.len != 0)
		return unknown;

	/* A jump into nowhere: if it was a call, its return address is the last thing pushed. */
	if (s->signal && !unwind_is_text(s->u, s->ip) && unwind_word(s->u, s->sp, &v) &&
	    unwind_is_text(s->u, v) && unwind_call_before(s->u, v, &target))
		return called;
	return frame_pointer;
}

static bool
is_on_stack(const struct state *s, uint64_t sp)
{
	return sp >= s->start->from && sp < s->start->to;
}

static enum step
check(struct state *s, uint64_t old_sp)
{
	if (s->has_regs)
		return STEP_ON;
	if (is_on_stack(s, old_sp) && is_on_stack(s, s->sp) && s->sp <= old_sp) {
		stack_stop(s->u, s->out, "it leads back to itself");
		return STEP_STOP;
	}
	if (!unwind_is_text(s->u, s->ip) && !unwind_may_be_text(s->u, s->ip)) {
		s->smashed = true;
		stack_stop(s->u, s->out, "its return address is 0x%" PRIx64, s->ip);
		return STEP_STOP;
	}
	return STEP_ON;
}

static enum step
step(struct state *s)
{
	struct orc_entry e;
	uint64_t old_sp = s->sp;
	uint64_t sp = 0;
	bool guess = false;

	if (!orc_find(s->u->orc, s->signal || s->ip == 0 ? s->ip : s->ip - 1, &e)) {
		e = entry_without_data(s);
		guess = e.sp_reg == ORC_REG_BP;
	}
	if (e.type == ORC_TYPE_END)
		return STEP_END;
	if (e.type == ORC_TYPE_UNDEFINED || e.type == ORC_TYPE_BAD)
		return search_caller(s);

	enum step next = find_sp(s, &e, &sp);

	s->signal = e.signal;
	if (next == STEP_ON && e.type == ORC_TYPE_CALL)
		next = step_call(s, sp);
	else if (next == STEP_ON)
		next = step_regs(s, sp, e.type == ORC_TYPE_REGS);
	if (guess)
		s->found = UNWIND_GUESSED;
	if (next == STEP_ON)
		next = find_bp(s, &e, sp);
	return next == STEP_ON ? check(s, old_sp) : next;
}

static const struct regs *
regs_of(struct state *s)
{
	static const struct {
		uint8_t word;
		const char *name;
	} names[] = {
		{ R15, "r15" }, { R14, "r14" }, { R13, "r13" },      { R12, "r12" },
		{ BP, "rbp" },  { BX, "rbx" },  { R11, "r11" },      { R10, "r10" },
		{ R9, "r9" },   { R8, "r8" },   { AX, "rax" },       { CX, "rcx" },
		{ DX, "rdx" },  { SI, "rsi" },  { DI, "rdi" },       { ORIG_AX, "orig_rax" },
		{ IP, "rip" },  { CS, "cs" },   { FLAGS, "rflags" }, { SP, "rsp" },
		{ SS, "ss" },
	};
	struct regs *r = ARENA_NEW(s->u->k->arena, struct regs);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (s->full || names[i].word >= IP)
			regs_put(r, names[i].name, s->regs.word[names[i].word]);
	}
	return r;
}

static void
follow(struct state *s)
{
	enum step next = STEP_ON;

	while (next == STEP_ON) {
		if (s->has_regs && (s->regs.word[CS] & 3) != 0) {
			s->out->user = regs_of(s);
			next = STEP_END;
			break;
		}

		bool saved = s->found == UNWIND_REGISTERS;
		struct unwind_frame f = { s->ip, s->sp, s->found, s->signal,
					  saved ? s->regs_va : 0 };

		if (!stack_add(s->u, s->out, f))
			return;
		next = step(s);
	}
	s->out->whole = next == STEP_END;
}

/* Where the rest of a smashed stack goes on: the first word from which it unwinds to its
 * proper end. */
static void
resume(struct state *smashed)
{
	uint64_t from = smashed->sp & ~(uint64_t)(WORD - 1);
	uint64_t end = search_end(smashed, from, smashed->u->stack_len);
	size_t candidates = 0;
	uint64_t v = 0;
	uint64_t target = 0;

	for (uint64_t at = from; at < end && unwind_word(smashed->u, at, &v); at += WORD) {
		if (!unwind_is_text(smashed->u, v) || !unwind_call_before(smashed->u, v, &target))
			continue;
		if (candidates++ == CANDIDATES_MAX)
			return;

		struct stack rest = { .source = smashed->out->source };
		struct state s = { .u = smashed->u,
				   .start = smashed->start,
				   .out = &rest,
				   .ip = v,
				   .sp = at + WORD,
				   .bp = smashed->bp,
				   .found = UNWIND_RESUMED };

		follow(&s);
		if (!rest.whole || rest.count < RESUMED_MIN)
			continue;
		for (size_t i = 0; i < rest.count; i++) {
			if (!stack_add(smashed->u, smashed->out, rest.frame[i]))
				return;
		}
		smashed->out->whole = true;
		smashed->out->user = rest.user;
		return;
	}
}

/* What __switch_to_asm() leaves on the stack: callee-saved registers, rbp and the return
 * address; from 5.3 to 5.8 with the flags in front (6690e86be83a, 64604d54d311). */
static bool
start_switched_out(struct state *s, uint64_t sp)
{
	static const uint64_t lens[] = { 7 * WORD, 8 * WORD };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		if (!unwind_word(s->u, sp + lens[i] - WORD, &s->ip) ||
		    !symbols_is_kernel_text(s->u->k->symbols, s->ip) ||
		    !unwind_word(s->u, sp + lens[i] - 2 * WORD, &s->bp))
			continue;
		s->sp = sp + lens[i];
		s->signal = s->ip == s->u->ret_from_fork[0] || s->ip == s->u->ret_from_fork[1];
		s->found = UNWIND_FOLLOWED;
		return true;
	}
	stack_stop(s->u, s->out, "its saved stack pointer is 0x%" PRIx64, sp);
	return false;
}

static bool
start_running(struct state *s, const struct regs *r)
{
	static const struct {
		uint8_t word;
		const char *name;
	} wanted[] = {
		{ IP, "rip" },  { SP, "rsp" },  { BP, "rbp" }, { CS, "cs" },
		{ R10, "r10" }, { R13, "r13" }, { DI, "rdi" }, { DX, "rdx" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		(void)regs_get(r, wanted[i].name, &s->regs.word[wanted[i].word]);
	s->has_regs = s->full = s->signal = true;
	s->ip = s->regs.word[IP];
	s->sp = s->regs.word[SP];
	s->bp = s->regs.word[BP];
	s->found = UNWIND_REGISTERS;
	return true;
}

static void
run(struct unwind *u, const struct unwind_start *start, struct stack *out)
{
	struct state s = { .u = u, .start = start, .out = out };
	bool started = false;

	if (start->regs != NULL)
		started = start_running(&s, start->regs);
	else if (start->task != NULL)
		started = start_switched_out(&s, start->task->sp);
	if (!started)
		return;
	follow(&s);
	if (s.smashed)
		resume(&s);
}

static bool
can(struct unwind *u, const struct error **why)
{
	(void)why; /* known from opening the tables */
	return u->k->arch == &arch_x86_64 && u->orc != NULL;
}

const struct unwinder unwinder_orc = { "orc", can, run };
