/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/cpucontext.h"

#include "base/text.h"
#include "model/names.h"

#include <inttypes.h>
#include <string.h>

/* Where a CPU waits for its end that another one has told to stop. */
static bool
is_stopping(struct str function)
{
	static const char *const names[] = {
		"stop_this_cpu",
		"smp_stop_nmi_callback",
		"crash_nmi_callback",
		"kdump_nmi_callback",
		"kdump_nmi_shootdown_cpus",
		"cpu_park_loop",
		"local_cpu_stop",
		"ipi_cpu_crash_stop",
		"ipi_cpu_stop",
		"machine_crash_nonpanic_core",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_is_c(function, names[i]))
			return true;
	}
	return false;
}

static struct str
name_at(struct unwind *u, const struct stack *s, size_t level)
{
	return names_plain(unwind_name(u, s, level, NULL).function);
}

/* The frame that was interrupted to stop the CPU; 0 if none was. */
static size_t
find_interrupted(struct unwind *u, const struct stack *s)
{
	enum { NEAR = 4 };
	size_t stop = 0;

	while (stop < NEAR && stop < s->count && !is_stopping(name_at(u, s, stop)))
		stop++;
	if (stop == NEAR || stop == s->count)
		return 0;
	for (size_t i = stop + 1; i < s->count; i++) {
		if (s->frame[i].exact && s->frame[i].regs != 0)
			return i;
	}
	return s->count;
}

/* What a function on the way says of the context that it is in. */
static const char *
context_by(struct str function)
{
	static const struct {
		const char *prefix, *context;
	} ways[] = {
		{ "__do_softirq", "softirq" },
		{ "handle_softirqs", "softirq" },
		{ "asm_sysvec_", "hardirq" },
		{ "sysvec_", "hardirq" },
		{ "asm_common_interrupt", "hardirq" },
		{ "common_interrupt", "hardirq" },
		{ "__handle_irq_event", "hardirq" },
		{ "handle_irq_event", "hardirq" },
		{ "el1_interrupt", "hardirq" },
		{ "el1h_64_irq", "hardirq" },
		{ "el0_interrupt", "hardirq" },
		{ "el1_irq", "hardirq" },
		{ "exc_nmi", "nmi" },
		{ "do_nmi", "nmi" },
		{ "exc_machine_check", "nmi" },
		{ "do_machine_check", "nmi" },
	};

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (str_starts(function, str_of(ways[i].prefix)))
			return ways[i].context;
	}
	return NULL;
}

static const char *
find_context(struct unwind *u, const struct stack *s, size_t from)
{
	if (from >= s->count)
		return NULL;
	for (size_t i = from; i < s->count; i++) {
		const char *context = context_by(name_at(u, s, i));

		if (context != NULL)
			return context;
	}
	return s->whole ? "task" : NULL;
}

static const char *
interrupts_in(const struct regs *r)
{
	enum { X86_IF = 1 << 9, ARM64_I = 1 << 7 };
	uint64_t v = 0;

	if (regs_get(r, "rflags", &v))
		return (v & X86_IF) != 0 ? "on" : "off";
	if (regs_get(r, "pstate", &v))
		return (v & ARM64_I) == 0 ? "on" : "off";
	return NULL;
}

struct cpucontext
cpucontext_of(struct unwind *u, const struct cpu *c, const struct stack *s, bool panicked)
{
	struct cpucontext out = { .context = NULL };
	struct regs r;

	if (c->regs == NULL)
		return out;
	if (c->in_user) {
		out.context = "task";
		out.interrupts = panicked ? NULL : interrupts_in(c->regs);
		return out;
	}
	out.level = find_interrupted(u, s);
	out.context = find_context(u, s, out.level);
	if (panicked || out.level >= s->count)
		return out;
	if (out.level == 0)
		out.interrupts = interrupts_in(c->regs);
	else if (unwind_saved_regs(u, s->frame[out.level].regs, &r))
		out.interrupts = interrupts_in(&r);
	return out;
}

const char *
cpucontext_words(const struct cpucontext *ctx, struct unwind *u, const struct stack *s,
		 const struct task *t, const char *policy)
{
	struct text out = text_new(unwind_arena(u));

	text_printf(&out, "%s (%" PRId32 ")", t->comm, t->pid);
	if (policy != NULL && strcmp(policy, "NORMAL") != 0)
		text_printf(&out, ", %s", policy);
	if (ctx->level < s->count) {
		struct frame f = unwind_name(u, s, ctx->level, NULL);

		if (f.function.len != 0)
			text_printf(&out, ", in %.*s", STR_ARG(f.function));
		if (f.module.len != 0)
			text_printf(&out, " [%.*s]", STR_ARG(f.module));
	}
	if (ctx->context != NULL && strcmp(ctx->context, "task") != 0)
		text_printf(&out, ", in a %s", ctx->context);
	if (ctx->interrupts != NULL && strcmp(ctx->interrupts, "off") == 0)
		text_put(&out, STR(", with interrupts off"));
	return text_str(&out).p;
}

void
cpucontext_publish(const struct cpucontext *ctx, struct fact_row *row)
{
	static const struct origin from_stack = { ORIGIN_MEMORY, "the stack of the CPU" };
	static const struct origin from_regs = { ORIGIN_MEMORY,
						 "the flags that were saved when it was stopped" };

	if (ctx->context != NULL)
		facts_put_text(row, CPU_CONTEXT, str_of(ctx->context), from_stack);
	if (ctx->interrupts != NULL)
		facts_put_text(row, CPU_INTERRUPTS, str_of(ctx->interrupts), from_regs);
}
