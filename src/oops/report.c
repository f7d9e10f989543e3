/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/report.h"

#include "base/compiler.h"
#include "oops/identity.h"
#include "oops/registers.h"
#include "oops/trace.h"

#include <ctype.h>
#include <string.h>

/* What one pass over the lines carries along. */
struct reading {
	struct report *report;
	struct event *event;
	struct arena *arena;
	size_t cap; /* of report->mark */
	struct identity identity;
	struct str context; /* the stack of x86 that the frames are on */
	int gpr;
	enum {
		FRAME_OF_TRACE,
		FRAME_OF_PLACE, /* the next frame is where a lock is, not part of a trace */
		FRAME_OF_NOTHING,
	} next_frame;
	enum {
		BEFORE, /* no program counter of the kernel yet */
		AT_PC,  /* behind the first one: registers here are its */
		BEHIND, /* a trace or another program counter came */
	} where;
};

static struct mark *
add_mark(struct reading *g, enum mark_kind kind, size_t line)
{
	struct report *r = g->report;

	r->mark = arena_grow(g->arena, r->mark, r->mark_count, &g->cap, sizeof(*r->mark));

	struct mark *m = &r->mark[r->mark_count++];

	*m = (struct mark){ .kind = kind, .line = line };
	return m;
}

/* Lines that begin another stack than the one that the report is about. */
static bool
begins_other_stack(struct str s)
{
	static const struct str starts[] = {
		STR("Allocated by task"),
		STR("Freed by task"),
		STR("Allocated in "),
		STR("Freed in "),
		STR("INFO: Allocated in "),
		STR("INFO: Freed in "),
		STR("Allocated:"),
		STR("Freed:"),
		STR("Last potentially related work"),
		STR("Second to last potentially related work"),
		STR("Last call_rcu():"),
		STR("NMI backtrace for cpu "),
		STR("Uninit was stored to memory at:"),
		STR("Uninit was created at:"),
		STR("Local variable "),
		STR("page last allocated via order "),
		STR("page last free"),
		STR("Task dump for CPU "),
		STR("Showing all locks held"),
		STR("Stack dump where RCU GP kthread last ran:"),
		STR("RCU grace-period kthread stack dump:"),
	};

	(void)str_take(&s, STR("rcu: "));
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_starts(s, starts[i]))
			return true;
	}
	return false;
}

/* The address of the first program counter, and the frame that it gives. */
static void
put_pc(struct reading *g, const struct frame *f)
{
	struct event *e = g->event;

	if (!e->has_ip && f->has_address) {
		e->ip = f->address;
		e->has_ip = true;
	}
	if (e->ip_frame.function.len == 0) {
		e->ip_frame = *f;
		e->ip_frame.reliable = true;
	}
}

static bool
pc_line(struct reading *g, struct str text, size_t line)
{
	static const enum mark_kind kinds[] = {
		[TRACE_PC_KERNEL] = MARK_PC,
		[TRACE_PC_USER] = MARK_USER_PC,
		[TRACE_PC_CALLER] = MARK_CALLER,
	};
	struct frame f;
	enum trace_pc pc = trace_pc(text, &f);

	if (pc == TRACE_PC_NONE)
		return false;
	if (pc == TRACE_PC_KERNEL && g->where == BEFORE) {
		g->where = AT_PC;
		g->identity.code_wanted = true;
	} else if (pc == TRACE_PC_USER) {
		if (g->where == BEFORE) {
			g->event->user_mode = true;
			g->event->has_mode = true;
		}
		g->where = BEHIND;
		g->identity.code_wanted = false;
	}
	if (pc == TRACE_PC_KERNEL && g->where == AT_PC)
		put_pc(g, &f);
	add_mark(g, kinds[pc], line)->frame = f;
	return true;
}

static bool
frame_line(struct reading *g, struct str text, size_t line)
{
	struct frame f;
	struct frame caller;

	if (!trace_frame(text, &g->context, &f) && !trace_frame_from(text, &f, &caller))
		return false;
	if (g->next_frame != FRAME_OF_NOTHING)
		add_mark(g, g->next_frame == FRAME_OF_PLACE ? MARK_AT : MARK_FRAME, line)->frame =
			f;
	g->next_frame = FRAME_OF_TRACE;
	return true;
}

static bool
stack_line(struct reading *g, struct str text, size_t line)
{
	if (trace_begins(text)) {
		add_mark(g, MARK_TRACE, line);
		g->context = (struct str){ NULL, 0 };
		if (g->where == AT_PC)
			g->where = BEHIND;
		/* Old kernels begin the trace in the same line: "Call Trace: [<...>] f+0x1" */
		struct str rest = text;
		struct str head;

		if (str_cut(&rest, ':', &head))
			(void)frame_line(g, rest, line);
		return true;
	}
	if (!begins_other_stack(str_trim(text)))
		return false;
	add_mark(g, MARK_STACK, line);
	return true;
}

/* "(rtnl_mutex){+.+.}, at: [<00000000e655fd2b>] rtnl_lock+0x17/0x20"; and lines whose place
 * stands alone in the next line. */
static bool
place_line(struct reading *g, struct str text, size_t line)
{
	size_t at = str_find(text, STR(" at: "));
	struct frame f = { .reliable = true };
	struct str s = at == STR_NONE ? (struct str){ NULL, 0 } : str_trim(str_from(text, at + 5));

	if (at == STR_NONE) {
		if (str_ends(text, STR("Preemption disabled at:")))
			g->next_frame = FRAME_OF_NOTHING;
		else if (str_ends(text, STR(" at:")) && str_has(text, STR("lock")))
			g->next_frame = FRAME_OF_PLACE;
		return false;
	}
	f.has_address = trace_take_address(&s, &f.address);
	s = str_trim(s);
	if (!trace_take_symbol(&s, &f))
		return false;
	add_mark(g, MARK_AT, line)->frame = f;
	return true;
}

static void
read_line(struct reading *g, size_t line)
{
	struct str text = g->report->line[line].text;

	if (pc_line(g, text, line)) {
		if (g->where == AT_PC)
			(void)registers_line(text, &g->event->regs, &g->gpr);
		return;
	}
	if (frame_line(g, text, line) || stack_line(g, text, line) || place_line(g, text, line))
		return;
	if (g->where != BEHIND && registers_line(text, &g->event->regs, &g->gpr))
		return;
	(void)identity_line(&g->identity, text);
}

static bool
is_head(const struct report *r, size_t line)
{
	for (size_t i = 0; i < r->head_count; i++) {
		if (r->head[i].line == line)
			return true;
	}
	return false;
}

void
report_read(struct report *r, struct event *e, struct arena *a)
{
	struct reading g = { .report = r, .event = e, .arena = a, .gpr = -1 };

	g.identity.event = e;
	for (size_t i = 0; i < r->line_count; i++) {
		if (is_head(r, i))
			add_mark(&g, MARK_HEAD, i);
		read_line(&g, i);
	}
}

size_t
report_find(const struct report *r, size_t from, const char *pattern, struct captures *c)
{
	for (size_t i = from; i < r->line_count; i++) {
		if (pattern_match(str_trim(r->line[i].text), pattern, c))
			return i;
	}
	return STR_NONE;
}

static bool
is_hex_word(struct str w)
{
	size_t n = 0;

	while (n < w.len && isxdigit((unsigned char)w.p[n]) != 0)
		n++;
	return n >= 2 && (n == w.len || (n + 1 == w.len && w.p[n] == ':'));
}

/* "1e40: 0000001c 855d9700 ec3d1f24", " ffff8801d5eef6d8 ffffffff81d90889": stacks, memory */
static bool
is_hex_dump(struct str s)
{
	struct str word;
	size_t n = 0;

	while (str_take_word(&s, &word)) {
		if (!is_hex_word(word))
			return false;
		n++;
	}
	return n >= 3;
}

bool
report_is_body(struct str text)
{
	static const struct str words[] = {
		STR("Modules linked in:"),
		STR("CPU: "),
		STR("Hardware name:"),
		STR("Code:"),
		STR("---[ end "),
		STR("Workqueue:"),
		STR("Call "),
		STR("Sending NMI"),
		STR("NMI backtrace"),
		STR("task:"),
		STR("#"),
		STR("Tainted:"),
		STR("==="),
	};
	struct str context = { NULL, 0 };
	struct frame f;
	struct regs scratch;
	struct str s = str_trim(text);
	int gpr = -1;

	scratch.count = 0;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_starts(s, words[i]))
			return true;
	}
	return is_hex_dump(s) || trace_frame(text, &context, &f) ||
	       trace_pc(text, &f) != TRACE_PC_NONE || registers_line(text, &scratch, &gpr);
}
