/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/crosscheck.h"

#include <inttypes.h>

/* Both lists, innermost first. */
struct lists {
	const struct frame **log;
	size_t log_count;
	struct frame *ours;
	const struct unwind_frame *found; /* how ours were */
	size_t our_count;
};

/* Where two symbols are at one address, each side may have chosen another one. arm64 prints a
 * return address behind the last call of a function that does not return as the function that
 * follows. */
static bool
is_same_place(const struct frame *log, const struct frame *ours)
{
	if (!ours->has_offset)
		return false;
	if (log->offset == 0 && ours->len != 0 && ours->offset == ours->len)
		return true;
	return log->offset == ours->offset &&
	       (str_is(log->function, ours->function) || (log->len != 0 && log->len == ours->len));
}

/* Frames that the kernel itself was sure of. */
static bool
is_evidence(const struct frame *f)
{
	return f->reliable && !f->inlined && f->has_offset && f->function.len != 0;
}

static void
take_log(struct lists *l, const struct crosscheck_log *log, struct arena *a)
{
	const struct frame *at = log->at;

	l->log = ARENA_ARRAY(a, const struct frame *, log->count + 1);
	if (at->has_offset && at->function.len != 0)
		l->log[l->log_count++] = at;
	for (size_t i = 0; i < log->count; i++) {
		const struct frame *f = &log->frame[i];
		bool again = l->log_count == 1 && l->log[0] == at && is_same_place(at, f);

		if (is_evidence(f) && !again) /* arm64's trace begins with the pc */
			l->log[l->log_count++] = f;
	}
}

/* One more than the level at which the log's outermost frame is; 0 if it is nowhere. */
static size_t
find_outermost(const struct lists *l)
{
	size_t i = l->our_count;

	while (i > 0 && !is_same_place(l->log[l->log_count - 1], &l->ours[i - 1]))
		i--;
	return i;
}

static const struct error *
differ(const struct frame *log, const struct frame *ours, struct arena *a)
{
	return error_new(a, ERROR_ABSENT,
			 "the log's trace has %.*s+0x%" PRIx64
			 " where the stack in memory has %.*s+0x%" PRIx64,
			 STR_ARG(log->function), log->offset, STR_ARG(ours->function),
			 ours->offset);
}

static void
compare_frames(const struct lists *l, struct arena *a, struct crosscheck *out)
{
	size_t theirs = l->log_count;
	size_t ours = find_outermost(l);

	if (ours == 0) {
		out->differs = error_new(
			a, ERROR_ABSENT,
			"%.*s+0x%" PRIx64 " of the log's trace is not on the stack in memory",
			STR_ARG(l->log[theirs - 1]->function), l->log[theirs - 1]->offset);
		return;
	}
	while (theirs > 0 && ours > 0) {
		if (is_same_place(l->log[theirs - 1], &l->ours[ours - 1])) {
			theirs--;
			out->frames++;
		} else if (l->found[ours - 1].found != UNWIND_REGISTERS &&
			   l->found[ours - 1].found != UNWIND_LINK) {
			break;
		}
		/* Code that was interrupted is a RIP line and not in the trace; at link
		 * registers the kernel does not look. */
		ours--;
	}
	if (theirs == 0 || ours == 0)
		return;
	if (!str_is(l->log[theirs - 1]->function, l->ours[ours - 1].function))
		out->differs = differ(l->log[theirs - 1], &l->ours[ours - 1], a);
}

/* The registers that the log printed are those that an exception left on the stack. */
static void
compare_registers(struct unwind *u, uint64_t va, const struct regs *log, struct crosscheck *out)
{
	if (va == 0 || !unwind_saved_regs(u, va, &out->saved)) {
		out->saved.count = 0;
		return;
	}
	for (size_t i = 0; i < log->count; i++) {
		uint64_t v = 0;

		if (!regs_get(&out->saved, log->reg[i].name, &v))
			continue;
		if (v == log->reg[i].value) {
			out->registers++;
			continue;
		}
		if (out->differs == NULL)
			out->differs = error_new(unwind_arena(u), ERROR_ABSENT,
						 "%s is 0x%" PRIx64 " in the log and 0x%" PRIx64
						 " on the stack in memory",
						 log->reg[i].name, log->reg[i].value, v);
	}
}

bool
crosscheck_stack(struct unwind *u, const struct task *t, const struct stack *s,
		 const struct crosscheck_log *log, struct crosscheck *out)
{
	struct arena *a = unwind_arena(u);
	struct lists l = { .found = s->frame, .our_count = s->count };

	*out = (struct crosscheck){ 0 };
	take_log(&l, log, a);
	if (!s->whole || l.log_count == 0 || s->count == 0)
		return false;
	l.ours = ARENA_ARRAY(a, struct frame, s->count);
	for (size_t i = 0; i < s->count; i++)
		l.ours[i] = unwind_name(u, s, i, t);
	compare_frames(&l, a, out);
	for (size_t i = 0; i < s->count && log->at->function.len != 0; i++) {
		if (s->frame[i].found == UNWIND_REGISTERS && is_same_place(log->at, &l.ours[i]))
			compare_registers(u, s->frame[i].regs, log->regs, out);
	}
	return true;
}
