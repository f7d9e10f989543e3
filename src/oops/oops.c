/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/oops.h"

#include "base/limits.h"
#include "oops/choose.h"
#include "oops/collect.h"
#include "oops/context.h"
#include "oops/events.h"
#include "oops/evidence.h"
#include "oops/family.h"
#include "oops/modules.h"
#include "oops/system.h"
#include "oops/taint.h"
#include "oops/understand.h"

#include <stdio.h>
#include <string.h>

enum {
	BOOTS = 64, /* of one file that are told apart */
};

static const uint64_t second_ns = 1000000000;

/* A boot that ended without a word. */
struct reset {
	struct str head; /* the line that the next one begins with */
	uint64_t line;
	uint64_t ns; /* uptime */
	bool seen;
};

struct oops_reader {
	struct arena *arena;
	struct skips *skips;
	struct heads *heads;
	struct collector *collector;
	struct tail tail;
	struct events events;
	struct system boot[BOOTS];
	struct reset reset[BOOTS];
	uint64_t previous_ns; /* the time of the message before this one, 0 if none had any */
	uint32_t boots;       /* beginnings of a boot that were seen */
	size_t system_literals;
	struct tail context; /* the last lines that explain */
	const char *context_class[LIMIT_LOG_TAIL];
	struct oops_report out;
	uint64_t stamped;         /* messages with a stamp of their own */
	uint64_t end[BOOTS];      /* the last line of each boot that has one */
	struct evidence evidence; /* of the processor */
};

/* Boot 0 is what comes before the first "Linux version"; the last place takes all the rest. */
static uint32_t
boot_now(const struct oops_reader *r)
{
	return r->boots < BOOTS ? r->boots : BOOTS - 1;
}

/* ---- reports that the collector completes ---- */

static void
take_report(void *ctx, const struct report *complete)
{
	struct oops_reader *r = ctx;
	struct arena *texts = arena_new_temporary(r->arena);
	struct report report = *complete;
	struct event e;

	understand(&report, r->skips, texts, &e);
	e.boot = boot_now(r);

	evidence_weigh(&r->evidence, &report);
	if (e.kind == KIND_NONE) {
		arena_free(texts);
		return;
	}
	events_add(&r->events, &e, texts);
}

static bool
take_panic(void *ctx, const struct heading *h, const struct message *m)
{
	struct oops_reader *r = ctx;
	struct event *e = h->row->follows == 0
				  ? NULL
				  : events_newest(&r->events, h->row->follows, boot_now(r));

	if (e == NULL || e->panic.len != 0)
		return false;
	understand_panic(e, h, str_copy(r->arena, m->text));
	return true;
}

static void
take_panicker(void *ctx, const struct report *complete)
{
	struct oops_reader *r = ctx;
	struct report report = *complete;
	struct event *e = events_newest(&r->events, complete->head[0].row->follows, boot_now(r));

	if (e != NULL && !e->panicker.has_pid)
		understand_panicker(&report, r->arena, &e->panicker);
}

/* ---- lines ---- */

/* A kernel begins that the one before did not announce: its clock starts anew. Only a console
 * shows that. A program that stores messages is stopped before the kernel's last words. */
static bool
is_reset(const struct oops_reader *r, const struct message *m)
{
	return m->has_time && !m->inherited && !m->forwarded && m->ns < second_ns &&
	       r->previous_ns >= second_ns && r->boots + 1 < BOOTS &&
	       !r->boot[boot_now(r)].has_ended;
}

static void
begin_boot(struct oops_reader *r, const struct message *m)
{
	collector_flush(r->collector);
	if (is_reset(r, m))
		r->reset[boot_now(r)] = (struct reset){
			.head = str_copy(r->arena, m->text),
			.line = m->line,
			.ns = r->previous_ns,
			.seen = true,
		};
	r->boots++;
	if (r->boots < BOOTS)
		r->boot[r->boots].line = m->line;
}

static void
take_context(struct oops_reader *r, size_t which, const struct message *m)
{
	r->context_class[r->context.next] = context_class(which);
	tail_put(&r->context, m, r->arena);
}

static void
take_extra(struct oops_reader *r, const struct heads_found *found, const struct message *m)
{
	bool context = false; /* a line is put there once */

	for (size_t i = 0; i < found->extra_count; i++) {
		size_t which = found->extra[i];

		if (which >= r->system_literals) {
			if (!context)
				take_context(r, which - r->system_literals, m);
			context = true;
			continue;
		}
		if (which == 0 && system_is_boot(m))
			begin_boot(r, m);
		system_line(&r->boot[boot_now(r)], which, m, r->arena);
	}
}

void
oops_feed(struct oops_reader *r, const struct message *m)
{
	struct heads_found found;
	bool seen = heads_find(r->heads, m->text, &found);

	r->previous_ns = r->out.last_ns;
	r->out.line_count++;
	r->out.text_len += m->text.len + 1;
	if (m->has_time) {
		r->out.last_ns = m->ns;
		r->out.has_last_ns = true;
	}
	if (m->has_time && !m->inherited) {
		r->stamped++;
		r->end[boot_now(r)] = m->line;
	}
	if (seen)
		take_extra(r, &found, m);
	if (m->has_time)
		r->boot[boot_now(r)].last_ns = m->ns;
	if (str_starts(m->text, STR("** replaying previous printk message **")))
		collector_replay(r->collector, m);
	else if (seen && found.head)
		collector_head(r->collector, m, &found.heading, &r->tail);
	else
		collector_line(r->collector, m);
	tail_put(&r->tail, m, r->arena);
}

static struct heads *
new_heads(struct oops_reader *r, struct arena *a)
{
	size_t context = 0;

	while (system_literal(r->system_literals).len != 0)
		r->system_literals++;
	while (context_literal(context).len != 0)
		context++;

	struct str *extra = ARENA_ARRAY(a, struct str, r->system_literals + context);

	for (size_t i = 0; i < r->system_literals; i++)
		extra[i] = system_literal(i);
	for (size_t i = 0; i < context; i++)
		extra[r->system_literals + i] = context_literal(i);
	return heads_new(a, extra, r->system_literals + context);
}

struct oops_reader *
oops_reader_new(struct arena *a)
{
	struct oops_reader *r = ARENA_NEW(a, struct oops_reader);

	r->arena = a;
	r->events.arena = a;
	r->out.arena = a;
	r->skips = skips_new(a);
	skips_add_built_in(r->skips);
	r->heads = new_heads(r, a);
	r->collector = collector_new(
		a, (struct collector_sink){ take_report, take_panic, take_panicker, r });
	return r;
}

void
oops_reader_skip(struct oops_reader *r, struct str text)
{
	skips_add(r->skips, text);
}

/* ---- the end ---- */

static bool
has_event(struct oops_reader *r, uint32_t boot)
{
	return events_newest(&r->events, ~0U, boot) != NULL;
}

/* A boot that said nothing and was followed by another one, which does not save its dump. */
static void
put_resets(struct oops_reader *r)
{
	for (uint32_t i = 0; i < BOOTS - 1; i++) {
		const struct reset *reset = &r->reset[i];

		if (!reset->seen || has_event(r, i) || r->boot[i + 1].is_capture ||
		    r->boot[i + 1].cmdline.len == 0)
			continue;

		struct arena *texts = arena_new_temporary(r->arena);
		struct event e = {
			.kind = KIND_UNEXPECTED_REBOOT,
			.class = CLASS_PANIC,
			.trigger = "none",
			.head = reset->head,
			.line = reset->line,
			.ns = reset->ns,
			.has_time = true,
			.boot = i,
			.text_count = 1,
			.line_count = 1,
		};

		e.text = ARENA_NEW(texts, struct str);
		e.text[0] = reset->head;
		events_add(&r->events, &e, texts);
	}
}

/* Where a boot ends: with its last stamped message, or where the next one begins. */
static void
put_boots(struct oops_reader *r)
{
	uint32_t last = boot_now(r);

	for (uint32_t i = 0; i <= last; i++) {
		if (r->end[i] != 0)
			continue;
		r->end[i] = i < last ? r->boot[i + 1].line : r->out.line_count;
	}
}

static struct boot_facts
boot_of(const void *ctx, uint32_t boot)
{
	const struct oops_reader *r = ctx;

	return (struct boot_facts){ r->end[boot], boot != 0 && r->boot[boot].is_capture };
}

static void
put_tail(struct oops_reader *r, struct oops_report *o)
{
	o->tail = ARENA_ARRAY(r->arena, struct str, r->tail.count);
	o->tail_count = r->tail.count;
	for (size_t i = 0; i < o->tail_count; i++) {
		const struct message *m = tail_get(&r->tail, o->tail_count - 1 - i);
		const char *stamp = "";

		if (m->has_time)
			stamp = arena_printf(r->arena, "[%5llu.%06llu] ",
					     (unsigned long long)(m->ns / 1000000000),
					     (unsigned long long)(m->ns / 1000 % 1000000));
		o->tail[i] = str_of(arena_printf(r->arena, "%s%.*s", stamp, STR_ARG(m->text)));
	}
}

static void
put_context(struct oops_reader *r, struct oops_report *o)
{
	size_t n = r->context.count;
	size_t first = n < LIMIT_LOG_TAIL ? 0 : r->context.next;

	o->context = ARENA_ARRAY(r->arena, struct oops_context, n);
	o->context_count = n;
	for (size_t i = 0; i < n; i++) {
		o->context[i].class = r->context_class[(first + i) % LIMIT_LOG_TAIL];
		o->context[i].message = *tail_get(&r->context, n - 1 - i);
	}
}

/* The system of the boot that the chosen event belongs to; of the last one that crashed not as
 * a capture kernel if there is none. */
static void
put_system(struct oops_reader *r, struct oops_report *o)
{
	uint32_t boot = boot_now(r);

	if (o->chosen < o->event_count)
		boot = o->event[o->chosen].boot;

	const struct system *s = &r->boot[boot];

	o->release = s->release;
	o->version = s->version;
	o->nodename = s->nodename;
	o->cmdline = s->cmdline;
	o->hardware = s->hardware;
	o->hypervisor = s->hypervisor;
	o->memory_bytes = s->memory_bytes;
	o->cpus = s->cpus;
	o->cpu_mhz = s->cpu_mhz;
	o->last_ns = s->last_ns;
	o->has_last_ns = s->last_ns != 0;
	o->early_lines_missing = boot == 0;
}

static void
put_taint(struct oops_report *o)
{
	for (size_t i = o->event_count; i > 0; i--) {
		const struct event *e = &o->event[i - 1];

		if (e->taint.len == 0 && !e->not_tainted)
			continue;
		o->taint = taint_bits(e->taint);
		o->taint_text = e->taint;
		o->has_taint = true;
		return;
	}
}

/* The modules of the last report that names some. */
static void
put_modules(struct oops_report *o)
{
	struct module_name name;
	struct str text = { NULL, 0 };
	size_t cap = 0;

	for (size_t i = o->event_count; i > 0 && text.len == 0; i--) {
		if (o->event[i - 1].has_modules) {
			text = o->event[i - 1].modules;
			o->has_modules = true;
		}
	}
	while (o->module_count < LIMIT_MODULES && modules_take(&text, &name)) {
		o->module =
			arena_grow(o->arena, o->module, o->module_count, &cap, sizeof(*o->module));
		o->module[o->module_count++] =
			(struct oops_module){ .name = name.name, .taint = name.taint };
	}
}

const struct oops_report *
oops_of_survivor(const struct oops_report *o)
{
	struct oops_report *of = ARENA_NEW(o->arena, struct oops_report);

	*of = *o;
	of->event = ARENA_ARRAY(o->arena, struct event, o->event_count);
	for (size_t i = 0; i < o->event_count; i++)
		of->event[i] = o->event[i];
	choose_survivor(of);
	return of;
}

const struct oops_report *
oops_finish(struct oops_reader *r)
{
	struct oops_report *o = &r->out;

	collector_flush(r->collector);
	put_resets(r);
	o->event = events_finish(&r->events);
	o->event_count = r->events.count;
	o->event_dropped = r->events.dropped;
	put_boots(r);
	choose_fatal(o, (struct boots){ boot_of, r });
	put_system(r, o);
	put_taint(o);
	put_modules(o);
	put_tail(r, o);
	put_context(r, o);
	if (o->chosen < o->event_count && o->hardware.len == 0)
		o->hardware = o->event[o->chosen].hardware;
	if (o->chosen < o->event_count && o->release.len == 0)
		o->release = o->event[o->chosen].release;
	o->arch = evidence_arch(&r->evidence, o->release);
	o->is_kernel_log = o->event_count != 0 || r->boots != 0 || r->stamped * 2 > o->line_count;
	return o;
}
