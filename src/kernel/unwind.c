/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/unwind.h"

#include "base/limits.h"
#include "kernel/unwind_impl.h"

#include <inttypes.h>
#include <string.h>

/* The best one first. */
static const struct unwinder *const unwinders[] = {
	&unwinder_orc,
	&unwinder_fp_x86,
	&unwinder_fp_arm64,
};

/* THREAD_SIZE: that of the first task's stack, which the linker lays out. */
static uint64_t
find_stack_len(struct kernel *k)
{
	static const char *const froms[] = { "__start_init_stack", "__start_init_task", NULL };
	static const char *const tos[] = { "__end_init_stack", "__end_init_task", NULL };
	enum { MIN = 4 << 10, MAX = 256 << 10, USUAL = 16 << 10 };
	uint64_t from = 0;
	uint64_t to = 0;
	uint64_t len = 0;

	if (symbols_find_any(k->symbols, froms, &from) && symbols_find_any(k->symbols, tos, &to) &&
	    to > from)
		len = to - from;
	if (len < MIN || len > MAX || (len & (len - 1)) != 0)
		len = 0;
	if (len == 0 && !layout_find(k->layout, LAYOUT_THREAD_UNION, &len))
		len = USUAL;
	return len >= MIN && len <= MAX ? len : USUAL;
}

struct unwind *
unwind_new(struct kernel *k, const struct modules *modules)
{
	struct unwind *u = ARENA_NEW(k->arena, struct unwind);

	u->k = k;
	u->stack_len = find_stack_len(k);
	u->none = orc_open(k, modules, &u->orc);
	if (k->info == NULL || !vmcoreinfo_number(k->info, "KERNELPACMASK", &u->pac_mask))
		u->pac_mask = 0;
	if (!symbols_find(k->symbols, "ret_from_fork", &u->ret_from_fork[0]))
		u->ret_from_fork[0] = 0;
	if (!symbols_find(k->symbols, "ret_from_fork_asm", &u->ret_from_fork[1]))
		u->ret_from_fork[1] = 0;
	for (size_t i = 0; i < ARRAY_LEN(unwinders) && u->unwinder == NULL; i++) {
		if (unwinders[i]->can(u, &u->none))
			u->unwinder = unwinders[i];
	}
	return u;
}

const char *
unwind_source(const struct unwind *u)
{
	return u->unwinder == NULL ? NULL : u->unwinder->source;
}

bool
stack_add(struct unwind *u, struct stack *s, struct unwind_frame f)
{
	enum { STEP = 16 };

	if (s->count >= LIMIT_FRAMES) {
		stack_stop(u, s, "it has more than %d frames", LIMIT_FRAMES);
		return false;
	}
	if (s->count % STEP == 0) {
		struct unwind_frame *grown =
			ARENA_TRY_ARRAY(u->k->arena, struct unwind_frame, s->count + STEP);

		if (grown == NULL) {
			stack_stop(u, s, "there is no memory for more");
			return false;
		}
		if (s->count != 0)
			memcpy(grown, s->frame, s->count * sizeof(f));
		s->frame = grown;
	}
	s->frame[s->count++] = f;
	return true;
}

void
stack_stop(struct unwind *u, struct stack *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (s->problem == NULL)
		s->problem = error_new(u->k->arena, ERROR_CORRUPT,
				       "the stack cannot be followed beyond frame %zu: %s",
				       s->count, arena_vprintf(u->k->arena, fmt, ap));
	va_end(ap);
	s->whole = false;
}

bool
unwind_word(struct unwind *u, uint64_t va, uint64_t *v)
{
	return va % u->k->mem->word_len == 0 && memory_word(u->k->mem, va, v) == NULL;
}

bool
unwind_may_be_text(struct unwind *u, uint64_t va)
{
	/* x86_64: the module area; generated code is allocated there as well. */
	if (u->k->arch == &arch_x86_64)
		return va >= 0xffffffffa0000000ULL && va < 0xffffffffff000000ULL;
	return false;
}

bool
unwind_is_text(struct unwind *u, uint64_t va)
{
	if (symbols_is_text(u->k->symbols, va))
		return true;
	if (u->has_bpf || !unwind_may_be_text(u, va))
		return false;
	u->has_bpf = true;
	return modules_read_bpf(u->k) != 0 && symbols_is_text(u->k->symbols, va);
}

uint64_t
unwind_function(struct unwind *u, uint64_t va)
{
	struct symbol s = { 0 };

	return symbols_at(u->k->symbols, va, &s) ? s.va : 0;
}

/* bl has a distance of 26 bits in words; blr a register. Instructions are little-endian. */
static bool
call_before_arm64(struct unwind *u, uint64_t va, uint64_t *target)
{
	enum { LEN = 4, DISTANCE_BITS = 26 };
	uint8_t b[LEN] = { 0 };
	uint32_t insn = 0;

	*target = 0;
	if (va % LEN != 0 || va < LEN || memory_read(u->k->mem, va - LEN, b, LEN) != NULL)
		return false;
	insn = bytes_u32(b, ORDER_LITTLE);
	if (insn >> DISTANCE_BITS == 0x25) {
		int64_t words = (int32_t)(insn << (32 - DISTANCE_BITS)) >> (32 - DISTANCE_BITS);

		*target = va - LEN + (uint64_t)(words * LEN);
		return true;
	}
	return (insn & 0xfffffc1f) == 0xd63f0000;
}

static bool
call_before_x86(struct unwind *u, uint64_t va, uint64_t *target)
{
	enum { LEN = 7 }; /* the longest indirect call */
	/* Where the opcode of an indirect call, ff /2, may be. */
	static const size_t places[] = { 5, 4, 1, 0 };
	uint8_t b[LEN] = { 0 };

	*target = 0;
	if (va < LEN || memory_read(u->k->mem, va - LEN, b, LEN) != NULL)
		return false;
	if (b[2] == 0xe8) {
		*target = va + (uint64_t)(int64_t)(int32_t)bytes_u32(b + 3, u->k->mem->order);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (b[places[i]] == 0xff && (b[places[i] + 1] & 0x38) == 0x10)
			return true;
	}
	return false;
}

bool
unwind_call_before(struct unwind *u, uint64_t va, uint64_t *target)
{
	return u->k->arch == &arch_arm64 ? call_before_arm64(u, va, target)
					 : call_before_x86(u, va, target);
}

uint64_t
unwind_regs_len(const struct unwind *u)
{
	/* x86_64: r15 to ss; arm64: x0 to pstate. Behind them the note has more than the stack. */
	return u->k->arch == &arch_x86_64 ? 21 * 8 : 34 * 8;
}

bool
unwind_read_regs(struct unwind *u, uint64_t va, struct regs *r)
{
	enum { MAX = 34 * 8 };
	uint8_t b[MAX] = { 0 };
	uint64_t len = unwind_regs_len(u);

	r->count = 0;
	if (memory_read(u->k->mem, va, b, len) != NULL)
		return false;
	for (const struct arch_reg *a = u->k->arch->prstatus; a->name != NULL; a++) {
		if (a->off + (uint64_t)a->len <= len && a->len == 8)
			regs_put(r, a->name, bytes_u64(b + a->off, u->k->mem->order));
	}
	return true;
}

bool
unwind_saved_regs(struct unwind *u, uint64_t va, struct regs *r)
{
	return va % u->k->mem->word_len == 0 && unwind_read_regs(u, va, r);
}

uint64_t
unwind_stack_len(const struct unwind *u)
{
	return u->stack_len;
}

struct arena *
unwind_arena(const struct unwind *u)
{
	return u->k->arena;
}

static struct unwind_start
start_of(struct unwind *u, const struct task *t)
{
	struct unwind_start s = { .task = t };

	if (t != NULL && kernel_is_address(u->k, t->stack) &&
	    t->stack < UINT64_MAX - u->stack_len) {
		s.from = t->stack;
		s.to = t->stack + u->stack_len;
	}
	return s;
}

static void
run(struct unwind *u, const struct unwind_start *s, struct stack *out)
{
	*out = (struct stack){ .source = unwind_source(u), .running = s->regs != NULL };
	if (u->unwinder == NULL) {
		out->problem = u->none;
		return;
	}
	u->unwinder->run(u, s, out);
}

void
unwind_task(struct unwind *u, const struct task *t, struct stack *out)
{
	struct unwind_start s = start_of(u, t);

	if (t->on != NULL)
		s.regs = t->on->regs;
	if (t->on != NULL && t->on->in_user) {
		*out = (struct stack){
			.source = unwind_source(u), .whole = true, .running = true, .user = s.regs
		};
		return;
	}
	run(u, &s, out);
	if (t->on != NULL && s.regs == NULL && out->problem == NULL)
		out->problem = error_new(u->k->arena, ERROR_ABSENT,
					 "CPU %" PRIu32 " saved no registers: this is the stack as "
					 "it was when the task was last switched out",
					 t->on->number);
}

void
unwind_registers(struct unwind *u, const struct regs *r, struct stack *out)
{
	struct unwind_start s = { .regs = r };

	run(u, &s, out);
}

bool
unwind_same(const struct stack *a, const struct stack *b)
{
	if (a->count != b->count || a->count == 0)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->frame[i].pc != b->frame[i].pc)
			return false;
	}
	return true;
}

bool
unwind_goes_through(struct unwind *u, const struct stack *s, uint64_t function)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct unwind_frame *f = &s->frame[i];

		if (unwind_function(u, f->exact ? f->pc : f->pc - 1) == function)
			return true;
	}
	return false;
}

static bool
is_on_task_stack(const struct unwind *u, const struct task *t, uint64_t sp)
{
	return t != NULL && sp > t->stack && sp - t->stack <= u->stack_len;
}

/* Frames on one stack follow one another; what the outermost of them is, tells which stack it
 * is. x86_64 keeps its exception stacks in the area where each CPU's entry code is. */
static const char *
context_of(struct unwind *u, const struct stack *s, size_t level, const struct task *t)
{
	static const struct {
		const char *part, *name;
	} exceptions[] = {
		{ "nmi", "NMI" },   { "double_fault", "#DF" },      { "machine_check", "#MC" },
		{ "debug", "#DB" }, { "vmm_communication", "#VC" },
	};
	struct symbol sym = { 0 };
	size_t last = level;

	if (is_on_task_stack(u, t, s->frame[level].sp))
		return "TASK";
	if (t == NULL)
		return NULL;
	if (s->frame[level].sp >> 39 != 0xfffffe0000000000ULL >> 39)
		return "IRQ";
	while (last + 1 < s->count && s->frame[last + 1].sp >> 39 == s->frame[level].sp >> 39)
		last++;
	if (!symbols_at(u->k->symbols, s->frame[last].pc - !s->frame[last].exact, &sym))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++) {
		if (str_has(sym.name, str_of(exceptions[i].part)))
			return exceptions[i].name;
	}
	return NULL;
}

struct frame
unwind_name(struct unwind *u, const struct stack *s, size_t level, const struct task *t)
{
	const struct unwind_frame *f = &s->frame[level];
	struct frame out = { .address = f->pc,
			     .has_address = true,
			     .reliable = f->found != UNWIND_GUESSED,
			     .context = str_of(context_of(u, s, level, t)) };
	struct symbol sym = { 0 };

	/* A call that never returns may be the last instruction of its function. */
	if (!symbols_at(u->k->symbols, f->exact || f->pc == 0 ? f->pc : f->pc - 1, &sym))
		return out;
	out.function = sym.name;
	out.module = sym.module;
	out.offset = f->pc - sym.va;
	out.has_offset = true;
	out.len = sym.len;
	return out;
}

static struct origin
origin_of(const struct stack *s, const struct unwind_frame *f)
{
	switch (f->found) {
	case UNWIND_REGISTERS:
		return (struct origin){ ORIGIN_MEMORY, "registers" };
	case UNWIND_FOLLOWED:
		return (struct origin){ ORIGIN_MEMORY, s->source };
	case UNWIND_CALL_TARGET:
		return (struct origin){ ORIGIN_MEMORY, "stack search: the call goes to this "
						       "function" };
	case UNWIND_LINK:
		return (struct origin){ ORIGIN_MEMORY, "link register" };
	case UNWIND_RESUMED:
		return (struct origin){ ORIGIN_MEMORY, "stack search: the rest unwinds from here" };
	default:
		return (struct origin){ ORIGIN_GUESS, "stack search" };
	}
}

static void
publish_frame(struct unwind *u, const struct stack *s, size_t level, const struct task *t,
	      struct fact_row *row)
{
	struct frame f = unwind_name(u, s, level, t);
	struct origin o = origin_of(s, &s->frame[level]);

	facts_put_number(row, FRAME_LEVEL, (int64_t)level, o);
	facts_put_address(row, FRAME_ADDRESS, f.address, o);
	if (f.function.len != 0) {
		facts_put_text(row, FRAME_FUNCTION, f.function, o);
		facts_put_address(row, FRAME_OFFSET, f.offset, o);
	}
	if (f.len != 0)
		facts_put_address(row, FRAME_SIZE, f.len, o);
	if (f.module.len != 0)
		facts_put_text(row, FRAME_MODULE, f.module, o);
	facts_put_bool(row, FRAME_RELIABLE, f.reliable, o);
	facts_put_bool(row, FRAME_EXACT, s->frame[level].exact, o);
	if (f.context.len != 0)
		facts_put_text(row, FRAME_CONTEXT, f.context, o);
}

void
unwind_publish(struct unwind *u, const struct stack *s, const struct task *t,
	       struct fact_row *backtrace)
{
	struct origin o = { ORIGIN_MEMORY,
			    s->running ? "registers and stack of the CPU" : "stack of the task" };

	if (s->source != NULL)
		facts_put_text(backtrace, BACKTRACE_SOURCE, str_of(s->source), o);
	if (t != NULL)
		facts_put_number(backtrace, BACKTRACE_TASK, t->pid, o);
	for (size_t i = 0; i < s->count; i++)
		publish_frame(u, s, i, t, facts_put_row(backtrace, BACKTRACE_FRAMES, o));
	if (s->count == 0 && s->problem == NULL)
		facts_put_empty(backtrace, BACKTRACE_FRAMES, o);
	else if (s->count == 0)
		facts_put_why(backtrace, BACKTRACE_FRAMES, s->problem);
}
