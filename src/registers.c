/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "registers.h"

#include "kernel/regs.h"

#include <string.h>

static bool
is_kind_of_fault(enum kind k)
{
	static const char *const others[] = { "hang", "panic",    "lockdep", "locking", "atomic",
					      "leak", "hardware", "reboot",  "foreign" };

	switch (k) {
	case KIND_PANIC_SYSRQ: /* up to 4.x an exception all the same */
	case KIND_BUG_ON:
	case KIND_WARNING:
	case KIND_SERROR:
		return true;
	default:
		break;
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (strcmp(kind_family(k), others[i]) == 0)
			return false;
	}
	return true;
}

/* Since 5.0 sysrq panics without a fault (8341f2f222d7, "sysrq: Use panic() to force a crash");
 * what the CPU was at when its registers were saved is panic's own waiting. */
bool
registers_are_of_fault(const struct event *e)
{
	return is_kind_of_fault(e->kind) &&
	       (e->kind != KIND_PANIC_SYSRQ || e->has_ip || e->code.len != 0);
}

/* A watchdog prints what it interrupted, which is what its report is about. */
static bool
is_of_context(const struct event *e)
{
	return e != NULL && e->regs.count != 0 &&
	       (is_kind_of_fault(e->kind) || strcmp(kind_family(e->kind), "hang") == 0);
}

/* The CPU's, as they were taken down for the dump. Without symbols the notes have to do. */
static const struct regs *
of_panic_cpu(const struct registers_input *in, uint32_t number, struct origin *o)
{
	const struct cpu *c = cpus_find(in->cpus, number);
	struct regs_hint hint = { .has_cpu = true, .cpu = number };
	struct regs_found found = { .cpu = NULL };

	if (c != NULL && c->regs != NULL) {
		*o = (struct origin){ ORIGIN_NOTES, c->regs_source };
		return c->regs;
	}
	if (in->event != NULL && in->event->has_pid) {
		hint.has_pid = true;
		hint.pid = (uint32_t)in->event->pid;
	}
	if (in->cpus->count != 0 || !regs_find_cpu(in->dump, &hint, &found))
		return NULL;
	*o = (struct origin){ ORIGIN_NOTES, found.why };
	return &found.cpu->regs;
}

const struct regs *
registers_put(const struct registers_input *in, struct facts *f, struct arena *a)
{
	struct fact_row *root = facts_root(f);
	const struct regs *logged =
		in->event != NULL && in->event->regs.count != 0 ? &in->event->regs : NULL;
	const struct regs *r = NULL;
	struct origin o = { ORIGIN_NOTES, NULL };
	int64_t number = 0;

	if (is_of_context(in->event) || in->dump == NULL)
		return logged;
	if (!facts_get_number(root, FACT_PANIC_CPU, &number)) {
		facts_put_why(root, FACT_REGISTERS,
			      error_new(a, ERROR_ABSENT,
					"the log prints none, and the CPU that panicked is not "
					"known"));
		return logged;
	}
	r = of_panic_cpu(in, (uint32_t)number, &o);
	if (r == NULL) {
		facts_put_why(root, FACT_REGISTERS,
			      error_new(a, ERROR_ABSENT,
					"the log prints none, and the dump has none of the CPU "
					"that panicked"));
		return logged;
	}
	facts_clear(root, FACT_REGISTERS);
	facts_put_regs(root, FACT_REGISTERS, r, o);
	return r;
}
