/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/blame.h"

#include "base/compiler.h"
#include "model/names.h"
#include "oops/trace.h"

struct search {
	const struct skips *skips;
	const struct report *report;
};

static bool
is_plumbing(const struct search *s, struct str function)
{
	char buf[NAMES_RUST_BYTES];
	struct str name = names_rust(names_plain(function), buf);

	return name.len == 0 || skips_has(s->skips, "plumbing", name) ||
	       (s->report->skip != NULL && skips_has(s->skips, s->report->skip, name));
}

static bool
is_candidate(const struct mark *m)
{
	/* Whether a trace was symbolized must not change the answer, so what was inlined is left
	 * out. */
	return (m->kind == MARK_FRAME && m->frame.reliable && !m->frame.inlined) ||
	       m->kind == MARK_PC;
}

/* The first frame from a mark on that is not plumbing; up to the next stack, or of any. */
static const struct frame *
first_guilty(const struct search *s, size_t from, bool any_stack)
{
	for (size_t i = from; i < s->report->mark_count; i++) {
		const struct mark *m = &s->report->mark[i];

		if (m->kind == MARK_STACK && !any_stack && i != from)
			return NULL;
		if (is_candidate(m) && !is_plumbing(s, m->frame.function))
			return &m->frame;
	}
	return NULL;
}

static size_t
find_mark(const struct report *r, enum mark_kind kind, size_t from)
{
	while (from < r->mark_count && r->mark[from].kind != kind)
		from++;
	return from;
}

/* Where the report says its own trace begins; its first frame, if it does not. */
static size_t
first_trace(const struct report *r)
{
	size_t trace = find_mark(r, MARK_TRACE, 0);
	size_t stack = find_mark(r, MARK_STACK, 0);
	size_t frame = find_mark(r, MARK_FRAME, 0);

	if (frame < trace && frame < stack)
		return frame;
	return trace;
}

/* ---- recipes ---- */

/* Where the line ends that p points into. */
static const char *
line_end(const struct report *r, const char *p)
{
	for (size_t i = 0; i < r->line_count; i++) {
		const struct str *line = &r->line[i].text;

		if (p >= line->p && p <= line->p + line->len)
			return line->p + line->len;
	}
	return p;
}

/* "ffffffff8149c4a0", "0x0": where the kernel could not tell the name. */
static bool
is_address(struct str s)
{
	uint64_t address = 0;
	bool marked = str_take(&s, STR("0x"));
	size_t len = s.len;

	return (marked || len >= 8) && str_take_hex(&s, &address) && s.len == 0;
}

static bool
head_frame(const struct report *r, struct frame *f)
{
	struct str s = r->named.len != 0 ? r->named : r->head[0].captures.field[FIELD_FUNCTION];

	*f = (struct frame){ .reliable = true };
	if (s.len == 0 || is_address(s))
		return false;

	/* The capture ends where a blank is; the module stands behind it. */
	struct str rest = { s.p, (size_t)(line_end(r, s.p) - s.p) };

	if (!trace_take_symbol(&rest, f)) {
		f->function = s;
		rest = str_from(rest, s.len);
		trace_take_module(&rest, f);
	}
	return true;
}

/* The program counter, and if that leads nowhere (a jump to nonsense), the return address. */
static const struct frame *
by_pc(const struct search *s)
{
	const struct report *r = s->report;
	size_t pc = find_mark(r, MARK_PC, 0);
	size_t link = find_mark(r, MARK_CALLER, pc);
	bool lost = pc < r->mark_count && r->mark[pc].frame.function.len == 0 &&
		    pc + 1 < r->mark_count && r->mark[pc + 1].kind == MARK_CALLER;

	if (lost && !is_plumbing(s, r->mark[link].frame.function))
		return &r->mark[link].frame;

	const struct frame *guilty = first_guilty(s, pc < r->mark_count ? pc : 0, false);

	/* Nothing but plumbing: better its name than none. */
	if (guilty == NULL && pc < r->mark_count && r->mark[pc].frame.function.len != 0)
		guilty = &r->mark[pc].frame;
	return guilty;
}

/* Where a function stands in a trace; what is before it reported it, or is another CPU's. */
static size_t
find_function(const struct report *r, struct str function)
{
	for (size_t i = 0; i < r->mark_count; i++) {
		if (r->mark[i].frame.reliable &&
		    str_is(names_plain(r->mark[i].frame.function), names_plain(function)))
			return i;
	}
	return 0;
}

static const struct frame *
by_head(const struct search *s, struct frame *head)
{
	const struct frame *guilty = NULL;

	if (!head_frame(s->report, head))
		return first_guilty(s, 0, false);
	if (!is_plumbing(s, head->function) && head->has_offset)
		return head;
	guilty = first_guilty(s, find_function(s->report, head->function), false);
	return guilty == NULL ? head : guilty;
}

static bool
is_in(const struct search *s, const char *list, const struct mark *m)
{
	return m->kind == MARK_FRAME && m->frame.reliable &&
	       skips_has(s->skips, list, names_plain(m->frame.function));
}

/* A task waits for one of the few things that everybody waits for, or in some function. */
static void
by_wait(const struct search *s, struct event *e)
{
	static const struct str shared[] = { STR("rtnl_lock"), STR("synchronize_rcu"),
					     STR("synchronize_srcu"), STR("synchronize_net"),
					     STR("synchronize_sched") };
	const struct report *r = s->report;
	size_t from = first_trace(r);

	for (size_t k = 0; k < ARRAY_LEN(shared); k++) {
		for (size_t i = from; i < r->mark_count && r->mark[i].kind != MARK_STACK; i++) {
			if (!is_candidate(&r->mark[i]) ||
			    !str_has(r->mark[i].frame.function, shared[k]))
				continue;
			e->function = k == 0 ? shared[0] : shared[1];
			return;
		}
	}
}

/* Nothing but waiting on the stack, as threads have whose work that is: its outermost part. */
static const struct frame *
first_waiting(const struct report *r)
{
	const struct frame *outermost = NULL;

	for (size_t i = first_trace(r); i < r->mark_count; i++) {
		const struct mark *m = &r->mark[i];

		if (m->kind == MARK_STACK || str_is(m->frame.function, STR("kthread")))
			break;
		if (is_candidate(m) && m->frame.function.len != 0)
			outermost = &m->frame;
	}
	return outermost;
}

static void
put(struct event *e, const struct frame *f)
{
	if (f == NULL)
		return;
	e->function = names_canonical(f->function);
	e->module = f->module;
}

/* A CPU that finds itself stalled first shows the stack of RCU's own thread, if that starves,
 * and of the CPU that this last ran on (Linux rcu_check_gp_kthread_starvation()): victims. */
static bool
is_of_gp_kthread(const struct report *r, const struct mark *m)
{
	struct str text = r->line[m->line].text;

	return m->kind == MARK_STACK && str_has(text, STR("RCU ")) &&
	       (str_has(text, STR("kthread stack dump:")) ||
		str_has(text, STR("kthread last ran:")));
}

/* The next stack behind the one whose trace follows a mark: with a head line of its own, or
 * without, as the stack of the CPU that prints has. */
static size_t
next_stack(const struct report *r, size_t from)
{
	size_t trace = find_mark(r, MARK_TRACE, from);
	size_t stack = find_mark(r, MARK_STACK, trace);
	size_t next = find_mark(r, MARK_TRACE, trace + 1);

	return stack < next ? stack : next;
}

/* The trace of the one who found it stands last: "stack backtrace:". */
static size_t
own_trace(const struct report *r)
{
	size_t own = r->mark_count;

	for (size_t i = 0; i < r->mark_count; i++) {
		if (r->mark[i].kind == MARK_TRACE)
			own = i;
		else if (r->mark[i].kind == MARK_HEAD && own != r->mark_count)
			break; /* a panic, with a trace of its own */
	}
	return own;
}

size_t
blame_first_stack(const struct report *r)
{
	size_t own = own_trace(r);
	size_t i = find_mark(r, MARK_STACK, 0);

	if ((r->recipe == BLAME_LOCK || r->recipe == BLAME_LOCKS) && own < r->mark_count)
		return own;
	if (find_mark(r, MARK_FRAME, 0) < i)
		return 0;
	while (i < r->mark_count && is_of_gp_kthread(r, &r->mark[i]))
		i = next_stack(r, i);
	return find_mark(r, MARK_FRAME, i) == r->mark_count ? 0 : i;
}

/* Behind the first interrupt that came upon what the CPU was doing. One behind the bottom of
 * its stack, or behind the line of the panic, came upon another CPU. */
static size_t
behind_interrupt(const struct search *s)
{
	const struct report *r = s->report;

	size_t from = blame_first_stack(r);

	for (size_t i = from; i < r->mark_count; i++) {
		if (r->mark[i].kind == MARK_USER_PC ||
		    (r->mark[i].kind == MARK_HEAD && r->mark[i].line != r->head[0].line))
			break;
		if (is_in(s, "interrupts", &r->mark[i]))
			return i + 1;
	}
	return from;
}

/*
 * A detector comes upon a busy CPU at some random moment, so the innermost function differs
 * from time to time. What stays is the operation: the function that generic code called
 * (a system call, a file operation, a packet handler). Code of a module is named as it is.
 */
static const struct frame *
operation(const struct search *s, size_t from)
{
	const struct report *r = s->report;
	const struct frame *found = NULL;

	for (size_t i = from; i < r->mark_count && r->mark[i].kind != MARK_USER_PC; i++) {
		const struct mark *m = &r->mark[i];
		struct str name = m->frame.function;

		if (is_in(s, "dispatchers", m))
			return found != NULL ? found : &m->frame; /* or it is busy itself */
		if (!is_candidate(m) || name.len == 0)
			continue;
		found = &m->frame;
		if (str_starts(name, STR("smp_call_function")) ||
		    (m->frame.module.len != 0 && !is_plumbing(s, name)))
			return found;
	}
	return found;
}

static void
by_operation(const struct search *s, size_t from, struct event *e)
{
	static const struct str cross_call = STR("smp_call_function");

	put(e, operation(s, from));
	/* Whichever of the family it is: it waits for another CPU. */
	if (str_starts(e->function, cross_call))
		e->function = cross_call;
}

static void
by_lock(const struct search *s, size_t places, size_t trace, bool any_stack, struct event *e)
{
	const struct report *r = s->report;
	size_t i = 0;

	for (size_t k = 0; k < places; k++) {
		i = find_mark(r, MARK_AT, k == 0 ? 0 : i + 1);
		if (i < r->mark_count && !is_plumbing(s, r->mark[i].frame.function)) {
			put(e, &r->mark[i].frame);
			return;
		}
	}
	put(e, first_guilty(s, trace, any_stack));
}

void
blame_find(const struct skips *skips, const struct report *r, struct event *e)
{
	struct search s = { .skips = skips, .report = r };
	struct frame head;

	switch (r->recipe) {
	case BLAME_NONE:
		break;
	case BLAME_PC:
		put(e, by_pc(&s));
		break;
	case BLAME_NAMED:
		put(e, head_frame(r, &head) ? &head : NULL);
		break;
	case BLAME_HEAD:
		put(e, by_head(&s, &head));
		break;
	case BLAME_TRACE:
		put(e, first_guilty(&s, first_trace(r), false));
		break;
	case BLAME_ANY_TRACE:
		put(e, first_guilty(&s, 0, true));
		break;
	case BLAME_HUNG:
		by_wait(&s, e);
		if (e->function.len == 0)
			put(e, first_guilty(&s, first_trace(r), false));
		if (e->function.len == 0)
			put(e, first_waiting(r));
		break;
	case BLAME_STALL:
		by_operation(&s, 0, e);
		break;
	case BLAME_INTERRUPTED:
		by_operation(&s, behind_interrupt(&s), e);
		break;
	case BLAME_LOCK:
		by_lock(&s, 1, own_trace(r), false, e);
		break;
	case BLAME_LOCKS:
		by_lock(&s, 2, 0, true, e);
		break;
	}
}
