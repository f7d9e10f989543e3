/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/choose.h"

#include "base/compiler.h"
#include "oops/family.h"

enum {
	LINES_AT_END = 60,      /* an oops after which a log has no more lines than this ended it */
	SAME_CAUSE_LINES = 400, /* an oops this many before another one, in a log without times */
};

/* An oops this long before another one is its cause. */
static const uint64_t same_cause_ns = 10000000000;

/* How bad an event is on its own. */
static int
severity(const struct event *e)
{
	static const struct {
		unsigned classes;
		int severity;
	} order[] = {
		{ CLASS_PANIC | CLASS_SYSRQ, 6 },
		{ CLASS_FAULT | CLASS_DIE | CLASS_BUG | CLASS_STACK, 5 },
		{ CLASS_HARDWARE, 4 },
		{ CLASS_HANG, 3 },
		{ CLASS_DATA, 2 },
		{ CLASS_CHECK | CLASS_WARN, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (e->class & order[i].classes)
			return order[i].severity;
	}
	return 0;
}

/* By its head line, or by the "[#1]" of an oops that it joined. */
static bool
is_oops(const struct event *e)
{
	return e->count != 0 ||
	       (e->class & (CLASS_FAULT | CLASS_DIE | CLASS_BUG | CLASS_STACK)) != 0;
}

static bool
is_sysrq(const struct event *e)
{
	return e->kind == KIND_PANIC_SYSRQ || str_is_c(e->function, "sysrq_handle_crash");
}

/* Nothing but its own tail follows it in its boot: the machine went down there. */
static bool
ends_boot(const struct oops_report *o, size_t i, struct boots boots)
{
	const struct event *e = &o->event[i];

	if (i + 1 < o->event_count && o->event[i + 1].boot == e->boot)
		return false;
	return e->line + e->line_count + LINES_AT_END >= boots.get(boots.ctx, e->boot).end;
}

static bool
has_panicked(const struct event *e)
{
	return e->panic.len != 0 || e->class == CLASS_PANIC;
}

static bool
is_near(const struct event *early, const struct event *late)
{
	if (early->has_time && late->has_time)
		return late->ns <= early->ns + same_cause_ns;
	return late->line <= early->line + SAME_CAUSE_LINES;
}

static size_t
first_cause(const struct oops_report *o, size_t i)
{
	const struct event *late = &o->event[i];

	if (is_sysrq(late))
		return i;
	for (size_t k = 0; k < i; k++) {
		const struct event *early = &o->event[k];
		bool same_task = early->has_pid && late->has_pid && early->pid == late->pid;

		if (early->boot == late->boot && is_oops(early) &&
		    (same_task || is_near(early, late)))
			return k;
	}
	return i;
}

/* Of the last boot that died: what the panic was about, or else the oops that the log of it
 * ends with. A capture kernel's death is another matter. */
static size_t
last_fatal(const struct oops_report *o, struct boots boots)
{
	size_t fatal = o->event_count;

	for (size_t i = o->event_count; i > 0; i--) {
		const struct event *e = &o->event[i - 1];

		if (fatal != o->event_count && e->boot != o->event[fatal].boot)
			break;
		if (boots.get(boots.ctx, e->boot).is_capture)
			continue;
		if (has_panicked(e))
			return i - 1;
		if (fatal == o->event_count && is_oops(e) && ends_boot(o, i - 1, boots))
			fatal = i - 1;
	}
	return fatal;
}

static size_t
most_severe(const struct oops_report *o)
{
	size_t best = o->event_count;

	for (size_t i = 0; i < o->event_count; i++) {
		if (best == o->event_count || severity(&o->event[i]) > severity(&o->event[best]))
			best = i;
	}
	return best;
}

static const char *
trigger_of(const struct event *e)
{
	if (is_sysrq(e))
		return "sysrq";
	if (e->trigger != NULL)
		return e->trigger;
	if (e->class == CLASS_HARDWARE)
		return e->kind == KIND_NMI ? "nmi" : "mce";
	if (is_oops(e))
		return "oops";
	if (e->policy != NULL)
		return "policy";
	return e->panic.len != 0 || e->class == CLASS_PANIC ? "panic" : "none";
}

/* The machine outlived whatever its log tells of. */
static void
choose_worst(struct oops_report *o)
{
	o->panic_trigger = "none";
	o->panic_policy = NULL;
	o->panic_string = (struct str){ NULL, 0 };
	o->chosen = most_severe(o);
	if (o->chosen != o->event_count)
		o->panic_string = o->event[o->chosen].head;
}

void
choose_fatal(struct oops_report *o, struct boots boots)
{
	size_t fatal = last_fatal(o, boots);

	if (fatal == o->event_count) {
		choose_worst(o);
		return;
	}
	o->chosen = first_cause(o, fatal);

	struct event *e = &o->event[o->chosen];

	e->fatal = true;
	o->panic_string = o->event[fatal].panic;
	if (o->panic_string.len == 0)
		o->panic_string = o->event[fatal].head;
	o->panic_policy = o->event[fatal].policy;
	o->panic_trigger = trigger_of(e);
}

void
choose_survivor(struct oops_report *o)
{
	for (size_t i = 0; i < o->event_count; i++) {
		if (has_panicked(&o->event[i]))
			return;
	}
	for (size_t i = 0; i < o->event_count; i++)
		o->event[i].fatal = false;
	choose_worst(o);
}
