/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prepare.c - the hidden facts that templates show: numbers in units, what is worth showing
 * of a long list, what is not known and why.
 */
#include "report/prepare.h"

#include "base/error.h"
#include "report/wait_graph.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
	PREPARE_FRAMES = 32,    /* of a stack: enough for a person */
	PREPARE_NEAR = 4,       /* instructions on either side of the faulting one */
	PREPARE_NOT_KNOWN = 40, /* reasons */
	PREPARE_NAMED = 4,      /* facts named with each reason */
	PREPARE_CONTEXT = 12,   /* lines before the event, the last ones */
	PREPARE_BLOCKED = 12,   /* tasks that wait, the longest first */
};

static const struct origin ours = { ORIGIN_RUN, "shown for people" };

/* "1.5 GiB" */
static const char *
bytes_text(struct arena *a, int64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	double n = (double)bytes;
	size_t unit = 0;

	while (n >= 1024 && unit + 1 < ARRAY_LEN(units)) {
		n /= 1024;
		unit++;
	}
	if (unit == 0 || n >= 100 || n - floor(n) < 0.05)
		return arena_printf(a, "%.0f %s", n, units[unit]);
	return arena_printf(a, "%.1f %s", n, units[unit]);
}

/* "3 d 4 h", "5 min 12 s", "12.3 s" */
static const char *
seconds_text(struct arena *a, double seconds)
{
	static const struct {
		const char *unit;
		const char *smaller;
		unsigned int seconds;
		unsigned int smaller_seconds;
	} units[] = {
		{ "d", "h", 86400, 3600 },
		{ "h", "min", 3600, 60 },
		{ "min", "s", 60, 1 },
	};

	if (!(seconds >= 0 && seconds < 1e12))
		return "";

	uint64_t whole = (uint64_t)seconds;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (whole >= units[i].seconds)
			return arena_printf(a, "%" PRIu64 " %s %" PRIu64 " %s",
					    whole / units[i].seconds, units[i].unit,
					    whole % units[i].seconds / units[i].smaller_seconds,
					    units[i].smaller);
	}
	return arena_printf(a, "%.1f s", seconds);
}

static void
put_complete(struct fact_row *root)
{
	const struct fact *complete = facts_get(root, FACT_INPUT_COMPLETE);

	if (complete->count != 0)
		facts_put_text(root, FACT_INPUT_COMPLETE_TEXT,
			       str_of(complete->values[0].flag ? "complete" : "not complete"),
			       ours);
}

static void
put_units(struct fact_row *root, struct arena *a)
{
	const struct fact *uptime = facts_get(root, FACT_SYSTEM_UPTIME);
	int64_t bytes = 0;

	if (uptime->count != 0)
		facts_put_text(root, FACT_SYSTEM_UPTIME_TEXT,
			       str_of(seconds_text(a, uptime->values[0].real)), ours);
	if (facts_get_number(root, FACT_SYSTEM_MEMORY, &bytes))
		facts_put_text(root, FACT_SYSTEM_MEMORY_TEXT, str_of(bytes_text(a, bytes)), ours);
	if (facts_get_number(root, FACT_INPUT_BYTES, &bytes))
		facts_put_text(root, FACT_INPUT_BYTES_TEXT, str_of(bytes_text(a, bytes)), ours);
}

static void
put_confidence(struct fact_row *root)
{
	int64_t n = 0;
	const char *word = "low";

	if (!facts_get_number(root, FACT_VERDICT_CONFIDENCE, &n))
		return;
	if (n >= 80)
		word = "high";
	else if (n >= 50)
		word = "fair";
	facts_put_text(root, FACT_VERDICT_CONFIDENCE_TEXT, str_of(word), ours);
}

/* Findings other than the one that became the verdict. */
static void
put_others(struct fact_row *root)
{
	const struct fact *findings = facts_get(root, FACT_FINDINGS);
	struct str verdict = { NULL, 0 };
	bool seen = !facts_get_text(root, FACT_VERDICT_RULE, &verdict);

	for (size_t i = 0; i < findings->count; i++) {
		struct fact_row *row = findings->values[i].row;
		struct str rule = { NULL, 0 };
		bool same =
			!seen && facts_get_text(row, FINDING_RULE, &rule) && str_is(rule, verdict);

		facts_put_bool(row, FINDING_OTHER,
			       !same && !facts_known(row, FINDING_SUPERSEDED_BY), ours);
		seen = seen || same;
	}
}

static void
put_near(struct fact_row *root)
{
	const struct fact *code = facts_get(root, FACT_DISASSEMBLY);
	size_t at = code->count;

	for (size_t i = 0; i < code->count; i++) {
		const struct fact *fault = facts_get(code->values[i].row, INSTRUCTION_FAULT);

		if (fault->count != 0 && fault->values[0].flag)
			at = i;
	}
	for (size_t i = 0; i < code->count; i++) {
		bool near = at == code->count || (i + PREPARE_NEAR >= at && i <= at + PREPARE_NEAR);

		facts_put_bool(code->values[i].row, INSTRUCTION_NEAR, near, ours);
	}
}

static void
put_context(struct fact_row *root)
{
	const struct fact *lines = facts_get(root, FACT_LOG_CONTEXT);

	for (size_t i = 0; i < lines->count; i++)
		facts_put_bool(lines->values[i].row, CONTEXT_SHOWN,
			       i + PREPARE_CONTEXT >= lines->count, ours);
}

static void
put_blocked(struct fact_row *root, struct arena *a)
{
	const struct fact *blocked = facts_get(root, FACT_TASKS_BLOCKED);
	struct str graph = { NULL, 0 };
	int64_t unseen = 0;

	(void)facts_get_number(root, FACT_TASKS_BLOCKED_MORE, &unseen);
	for (size_t i = 0; i < blocked->count; i++)
		facts_put_bool(blocked->values[i].row, BLOCKED_SHOWN, i < PREPARE_BLOCKED, ours);
	if (blocked->count > PREPARE_BLOCKED)
		unseen += (int64_t)(blocked->count - PREPARE_BLOCKED);
	if (unseen != 0)
		facts_put_number(root, FACT_TASKS_BLOCKED_UNSEEN, unseen, ours);
	if (!facts_known(root, FACT_TASKS_WAIT_GRAPH) && wait_graph_draw(root, a, &graph))
		facts_put_text(root, FACT_TASKS_WAIT_GRAPH, graph, ours);
}

/* Notes are for programs; a person reads what is wrong. */
static void
put_serious(struct fact_row *root)
{
	const struct fact *all = facts_get(root, FACT_DIAGNOSTICS);

	for (size_t i = 0; i < all->count; i++) {
		struct str severity = { NULL, 0 };
		bool note = facts_get_text(all->values[i].row, DIAGNOSTIC_SEVERITY, &severity) &&
			    str_is(severity, STR("note"));

		facts_put_bool(all->values[i].row, DIAGNOSTIC_SERIOUS, !note, ours);
	}
}

/* ---- stacks ---- */

static void
put_frames(struct fact_row *stack, enum fact_id frames, enum fact_id more)
{
	const struct fact *f = facts_get(stack, frames);
	struct str context = { NULL, 0 };

	for (size_t i = 0; i < f->count; i++) {
		struct str own = { NULL, 0 };

		facts_put_bool(f->values[i].row, FRAME_SHOWN, i < PREPARE_FRAMES, ours);
		if (facts_get_text(f->values[i].row, FRAME_CONTEXT, &own) && !str_is(own, context))
			facts_put_text(f->values[i].row, FRAME_ENTERS, own, ours);
		context = own;
	}
	if (f->count > PREPARE_FRAMES)
		facts_put_number(stack, more, (int64_t)(f->count - PREPARE_FRAMES), ours);
}

static void
put_stack(struct fact_row *root, enum fact_id id)
{
	const struct fact *stack = facts_get(root, id);

	if (stack->count != 0)
		put_frames(stack->values[0].row, BACKTRACE_FRAMES, BACKTRACE_MORE);
}

static void
put_stacks(struct fact_row *root)
{
	const struct fact *events = facts_get(root, FACT_EVENTS);
	const struct fact *cpus = facts_get(root, FACT_CPUS);
	const struct fact_row *judged = facts_get_row(root, FACT_EVENT);

	for (size_t i = 0; i < events->count; i++) {
		struct fact_row *event = events->values[i].row;

		put_frames(event, EVENT_TRACE, EVENT_TRACE_MORE);
		facts_put_bool(event, EVENT_OTHER, event != judged, ours);
	}
	put_stack(root, FACT_BACKTRACE);
	put_stack(root, FACT_VERDICT_BACKTRACE);
	for (size_t i = 0; i < cpus->count; i++)
		put_stack(cpus->values[i].row, CPU_BACKTRACE);
}

/* ---- what is not known ---- */

struct reason {
	const char *text;
	const struct error *error;
	struct fact_row *row;
	int64_t named;
	int64_t more;
};

struct reasons {
	struct fact_row *root;
	struct arena *arena;
	struct reason reason[PREPARE_NOT_KNOWN];
	size_t count;
};

static struct reason *
find_reason(struct reasons *all, const struct error *why)
{
	const char *text = NULL;

	for (size_t i = 0; i < all->count; i++) {
		if (all->reason[i].error == why)
			return &all->reason[i];
	}
	text = error_text(all->arena, why);
	for (size_t i = 0; i < all->count; i++) {
		if (strcmp(all->reason[i].text, text) == 0)
			return &all->reason[i];
	}
	if (all->count == PREPARE_NOT_KNOWN)
		return NULL;

	struct reason *r = &all->reason[all->count++];

	*r = (struct reason){ text, why, facts_put_row(all->root, FACT_NOT_KNOWN, ours), 0, 0 };
	facts_put_text(r->row, NOT_KNOWN_WHY, str_of(text), ours);
	return r;
}

static void
note_not_known(struct reasons *all, const char *prefix, enum fact_id id, const struct error *why)
{
	struct reason *r = find_reason(all, why);

	if (r == NULL)
		return;
	if (r->named == PREPARE_NAMED) {
		r->more++;
		return;
	}
	r->named++;
	facts_put_text(r->row, NOT_KNOWN_FACTS,
		       str_of(arena_printf(all->arena, "%s%s", prefix, facts_info(id)->path)),
		       ours);
}

static void
collect_row(struct reasons *all, const struct fact_row *r, const char *prefix)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(r->shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		const struct fact_info *info = facts_info(id);
		const struct fact *fact = facts_get(r, id);

		if (fact->why != NULL && !info->hidden)
			note_not_known(all, prefix, id, fact->why);
		/* Rows of rows: no deeper than schema.def nests them. */
		if (fact->count != 0 && info->kind == FACT_KIND_ROW && !info->hidden &&
		    info->form == FACT_FORM_ONE)
			collect_row(all, fact->values[0].row,
				    arena_printf(all->arena, "%s%s.", prefix, info->path));
	}
}

static void
put_not_known(struct fact_row *root, struct arena *a)
{
	struct reasons all = { .root = root, .arena = a };

	facts_clear(root, FACT_NOT_KNOWN);
	collect_row(&all, root, "");
	for (size_t i = 0; i < all.count; i++) {
		if (all.reason[i].more != 0)
			facts_put_number(all.reason[i].row, NOT_KNOWN_MORE, all.reason[i].more,
					 ours);
	}
}

void
prepare_facts(struct facts *f, bool first, struct arena *a)
{
	struct fact_row *root = facts_root(f);

	facts_put_bool(root, FACT_OUTPUT_FIRST, first, ours);
	put_complete(root);
	put_units(root, a);
	put_confidence(root);
	put_others(root);
	put_near(root);
	put_context(root);
	put_serious(root);
	put_blocked(root, a);
	put_stacks(root);
	put_not_known(root, a);
}
