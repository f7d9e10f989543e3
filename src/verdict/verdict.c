/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/verdict.h"

#include "verdict/evidence.h"
#include "verdict/expand.h"
#include "verdict/owner.h"
#include "verdict/severity.h"
#include "verdict/words.h"

enum {
	KNOW_MORE_MAX = 5, /* more wishes than that nobody reads */
};

struct verdict {
	struct findings findings;
	const struct finding *cause; /* or NULL */
	struct arena *arena;
};

const struct verdict *
verdict_judge(const struct rules *rules, const struct facts *f, struct arena *a)
{
	struct verdict *v = ARENA_NEW(a, struct verdict);

	v->arena = a;
	v->findings = finding_all(rules, f, a);
	if (v->findings.count != 0 && v->findings.finding[0].rule->role == ROLE_CAUSE)
		v->cause = &v->findings.finding[0];
	return v;
}

const struct error *
verdict_trouble(const struct verdict *v)
{
	return v->findings.trouble;
}

struct publishing {
	const struct verdict *verdict;
	struct facts *facts;
	struct fact_row *root;
	const struct fact_row *event; /* or NULL */
	struct arena *arena;
	struct origin origin; /* of what the rule says */
	enum kind kind;
};

static struct str
event_text(const struct publishing *p, enum fact_id id)
{
	struct str s = { NULL, 0 };

	if (p->event != NULL)
		(void)facts_get_text(p->event, id, &s);
	return s;
}

/* No report was found, and that may be because some of the log could not be read. */
static bool
is_unread(const struct publishing *p)
{
	const struct fact *complete = facts_get(p->root, FACT_LOG_COMPLETE);

	return facts_get(p->root, FACT_EVENTS)->why != NULL ||
	       (complete->count != 0 && !complete->values[0].flag);
}

static enum kind
kind_of(const struct publishing *p)
{
	enum kind k = KIND_NONE;

	if (p->verdict->cause != NULL && p->verdict->cause->rule->has_kind)
		return p->verdict->cause->rule->kind;
	if (p->event == NULL)
		return is_unread(p) ? KIND_UNCLASSIFIED : KIND_NONE;
	return kind_find(event_text(p, EVENT_KIND), &k) ? k : KIND_UNCLASSIFIED;
}

static bool
event_flag(const struct publishing *p, enum fact_id id)
{
	const struct fact *f = p->event == NULL ? NULL : facts_get(p->event, id);

	return f != NULL && f->count != 0 && f->values[0].flag;
}

static struct origin
event_origin(const struct publishing *p)
{
	struct origin o = facts_get(p->root, FACT_EVENT)->origin;

	return o.text == NULL ? p->origin : o;
}

/* The crash in one line, without any rule: "Page fault (read) in f [module]". */
static const char *
plain_title(const struct publishing *p)
{
	struct str function = event_text(p, EVENT_FUNCTION);
	struct str module = event_text(p, EVENT_MODULE);
	struct str access = event_text(p, EVENT_ACCESS);
	const char *title = severity_kind_words(p->kind);

	if (access.len != 0)
		title = arena_printf(p->arena, "%s (%.*s)", title, STR_ARG(access));
	if (function.len != 0)
		title = arena_printf(p->arena, "%s in %.*s", title, STR_ARG(function));
	if (module.len != 0)
		title = arena_printf(p->arena, "%s [%.*s]", title, STR_ARG(module));
	return title;
}

static const char *
plain_summary(const struct publishing *p)
{
	struct str head = event_text(p, EVENT_HEAD);

	if (p->event == NULL)
		return "The input holds no crash report: the kernel was running, or its log is "
		       "missing.";
	if (head.len == 0)
		return "The kernel reported this crash; no rule knows more about it.";
	return arena_printf(p->arena, "The kernel said: %.*s. No rule knows more about it.",
			    STR_ARG(head));
}

static void
put_text(struct publishing *p, enum fact_id id, const char *text)
{
	facts_put_text(p->root, id, str_of(text), p->origin);
}

static void
put_texts(struct publishing *p, struct fact_row *row, enum fact_id id, const struct str *template,
	  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str text = { NULL, 0 };

		if (expand(template[i], p -> facts, p -> arena, &text) && text.len != 0)
			facts_put_text(row, id, text, p->origin);
	}
}

static struct str
title_of(const struct publishing *p, const struct rule *rule)
{
	struct str title = { NULL, 0 };

	if (expand(rule->title, p->facts, p->arena, &title) && title.len != 0)
		return title;
	return rule->role == ROLE_CAUSE ? str_of(plain_title(p)) : rule->id;
}

/* Is it about code at all, and not about a person, a part or a setting? */
static bool
is_code(const struct publishing *p)
{
	const struct finding *cause = p->verdict->cause;

	return p->event != NULL && (cause == NULL || cause->rule->origin == RULE_BUG ||
				    cause->rule->origin == RULE_UNKNOWN);
}

/* Whose code it is; rules may speak of it. */
static void
put_owner(struct publishing *p)
{
	struct owner owner = { 0 };
	struct origin o = { ORIGIN_RUN, "rules/owners.list" };
	const struct error *why = owner_find(p->facts, p->arena, &owner);

	if (why != NULL) {
		if (is_code(p) && !owner.foreign)
			facts_put_why(p->root, FACT_VERDICT_OWNER_LIST, why);
		return;
	}
	facts_put_text(p->root, FACT_VERDICT_OWNER_SUBSYSTEM, owner.subsystem, o);
	facts_put_text(p->root, FACT_VERDICT_OWNER_LIST, owner.list, o);
	facts_put_text(p->root, FACT_VERDICT_OWNER_BECAUSE, str_of(owner.because), o);
}

/* The last step for a bug, whichever rule found it. */
static void
put_report_step(struct publishing *p, const struct rule *rule)
{
	static const struct str step =
		STR("If the newest kernel does it too, report it to {{verdict.owner.list}} "
		    "({{verdict.owner.subsystem}}; {{verdict.owner.because}}) with the whole log.");

	if (rule->origin == RULE_BUG)
		put_texts(p, p->root, FACT_VERDICT_NEXT_STEPS, &step, 1);
}

static void
put_cause(struct publishing *p, const struct finding *f)
{
	struct rule_words words = words_read(f->rule, p->arena);
	struct str summary = { NULL, 0 };

	if (!expand(words.explain, p->facts, p->arena, &summary) || summary.len == 0)
		summary = str_of(plain_summary(p));
	facts_put_text(p->root, FACT_VERDICT_ORIGIN, str_of(rule_origin_name[f->rule->origin]),
		       p->origin);
	facts_put_text(p->root, FACT_VERDICT_TITLE, title_of(p, f->rule), p->origin);
	facts_put_text(p->root, FACT_VERDICT_SUMMARY, summary, p->origin);
	facts_put_text(p->root, FACT_VERDICT_RULE, f->rule->id, p->origin);
	facts_put_number(p->root, FACT_VERDICT_CONFIDENCE, f->confidence, p->origin);
	evidence_put(f, p->facts, p->arena, p->root, FACT_VERDICT_EVIDENCE);
	put_texts(p, p->root, FACT_VERDICT_NEXT_STEPS, words.next, words.next_count);
	put_report_step(p, f->rule);
	put_texts(p, p->root, FACT_VERDICT_REFERENCES, words.ref, words.ref_count);
}

/* Nothing was found: was there nothing, or could what there was not be read? */
static void
put_nothing(struct publishing *p, bool unread)
{
	put_text(p, FACT_VERDICT_ORIGIN, rule_origin_name[unread ? RULE_UNKNOWN : RULE_NONE]);
	if (unread) {
		put_text(p, FACT_VERDICT_TITLE, "Not known: the kernel log could not be read");
		put_text(p, FACT_VERDICT_SUMMARY,
			 "What the kernel said of its end is missing from the input or damaged; "
			 "'diagnostics' says what was met.");
	} else {
		put_text(p, FACT_VERDICT_TITLE, "No crash found");
		put_text(p, FACT_VERDICT_SUMMARY, plain_summary(p));
	}
	facts_put_number(p->root, FACT_VERDICT_CONFIDENCE, unread ? 0 : 50, p->origin);
}

/* Without a rule: what the event says, and no more. */
static void
put_plain(struct publishing *p)
{
	if (p->event == NULL) {
		put_nothing(p, p->kind == KIND_UNCLASSIFIED);
		return;
	}
	put_text(p, FACT_VERDICT_ORIGIN, rule_origin_name[RULE_UNKNOWN]);
	put_text(p, FACT_VERDICT_TITLE, plain_title(p));
	put_text(p, FACT_VERDICT_SUMMARY, plain_summary(p));
	facts_put_number(p->root, FACT_VERDICT_CONFIDENCE, 50, p->origin);
}

/* function, module, access: what the fatal event has. */
static void
put_event(struct publishing *p)
{
	static const struct {
		enum fact_id from;
		enum fact_id to;
	} copied[] = {
		{ EVENT_FUNCTION, FACT_VERDICT_FUNCTION },
		{ EVENT_MODULE, FACT_VERDICT_MODULE },
		{ EVENT_ACCESS, FACT_VERDICT_ACCESS },
	};
	struct origin o = event_origin(p);

	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
		struct str s = event_text(p, copied[i].from);

		if (s.len != 0)
			facts_put_text(p->root, copied[i].to, s, o);
	}
	facts_put_bool(p->root, FACT_VERDICT_CORRUPTED, event_flag(p, EVENT_CORRUPTED), o);
}

static void
put_severity(struct publishing *p)
{
	const struct finding *cause = p->verdict->cause;
	const char *severity = cause == NULL ? NULL : cause->rule->severity;

	if (severity == NULL)
		severity = severity_of(p->kind, event_flag(p, EVENT_FATAL));
	put_text(p, FACT_VERDICT_SEVERITY, severity);
}

/* The blamed task's own stack, where that is another one than the task that panicked. */
static void
put_backtrace(struct publishing *p)
{
	const struct fact_row *task = facts_get_row(p->root, FACT_PANIC_TASK);
	int64_t panicked = 0;
	int64_t blamed = 0;

	if (facts_known(p->root, FACT_VERDICT_BACKTRACE))
		return; /* out of the dump, which is better */
	if (p->event == NULL || task == NULL || !facts_get_number(task, TASK_PID, &panicked) ||
	    !facts_get_number(p->event, EVENT_PID, &blamed) || panicked == blamed)
		return;

	const struct fact *trace = facts_get(p->event, EVENT_TRACE);

	if (trace->count == 0)
		return;

	struct fact_row *row = facts_put_row(p->root, FACT_VERDICT_BACKTRACE, trace->origin);

	facts_put_text(row, BACKTRACE_SOURCE, STR("log"), trace->origin);
	facts_put_number(row, BACKTRACE_TASK, blamed, trace->origin);
	for (size_t i = 0; i < trace->count; i++)
		facts_put_alias(row, BACKTRACE_FRAMES, trace->values[i].row, trace->origin);
}

/* Why the fact at the end of a path, or the row on the way to it, is not known. */
static const struct error *
why_unknown(const struct facts *f, const struct fact_path *path)
{
	const struct fact_row *row = facts_root_const(f);

	for (size_t i = 0; i < path->count; i++) {
		const struct fact *fact = facts_get(row, path->step[i]);

		if (fact->count == 0)
			return fact->why;
		if (facts_info(path->step[i])->kind != FACT_KIND_ROW)
			return NULL;
		row = fact->values[0].row;
	}
	return NULL;
}

static bool
wishes_already(const struct publishing *p, const char *wish)
{
	const struct fact *wishes = facts_get(p->root, FACT_VERDICT_KNOW_MORE);

	for (size_t i = 0; i < wishes->count; i++) {
		if (str_is_c(wishes->values[i].text, wish))
			return true;
	}
	return wishes->count == KNOW_MORE_MAX;
}

static void
wish(struct publishing *p, const struct fact_path *path)
{
	const struct error *why = why_unknown(p->facts, path);

	if (why == NULL)
		return;

	const char *text = arena_printf(p->arena, "%s were known (%s): %s",
					facts_info(path->step[path->count - 1])->doc,
					evidence_path(path, p->arena), error_text(p->arena, why));

	if (!wishes_already(p, text))
		put_text(p, FACT_VERDICT_KNOW_MORE, text);
}

static void
wish_modifiers(struct publishing *p, const struct finding *f)
{
	for (size_t i = 0; i < f->rule->modifier_count; i++) {
		const struct modifier *m = &f->rule->modifier[i];

		if (m->by > 0 && f->match[m->first].unknown)
			wish(p, &f->rule->condition[m->first].path);
	}
}

/* Debuginfo gives every crash in code its source lines, and many their variable's name. */
static void
wish_debuginfo(struct publishing *p)
{
	struct str command = { NULL, 0 };

	if (p->event == NULL || !facts_known(p->event, EVENT_FUNCTION) ||
	    facts_known(p->root, FACT_DEBUGINFO_VMLINUX) ||
	    !facts_get_text(p->root, FACT_DEBUGINFO_INSTALL, &command))
		return;
	put_text(p, FACT_VERDICT_KNOW_MORE,
		 arena_printf(p->arena,
			      "debuginfo of this kernel were here, for source lines, variables and "
			      "types: %.*s",
			      STR_ARG(command)));
}

static void
put_wishes(struct publishing *p)
{
	const struct findings *all = &p->verdict->findings;

	wish_debuginfo(p);

	if (p->verdict->cause != NULL)
		wish_modifiers(p, p->verdict->cause);
	for (size_t i = 0; i < all->near_count; i++)
		wish(p, &all->near[i].condition->path);
}

static void
put_adjustments(struct publishing *p, const struct finding *f, struct fact_row *row)
{
	for (size_t i = 0; i < f->adjustment_count; i++)
		facts_put_text(row, FINDING_ADJUSTMENTS,
			       str_of(arena_printf(p->arena, "%+d %s", f->adjustment[i].by,
						   f->adjustment[i].because)),
			       p->origin);
}

static void
put_finding(struct publishing *p, const struct finding *f)
{
	struct rule_words words = words_read(f->rule, p->arena);

	p->origin.text = arena_printf(p->arena, "rule %s", f->rule->id.p);

	struct fact_row *row = facts_put_row(p->root, FACT_FINDINGS, p->origin);

	facts_put_text(row, FINDING_RULE, f->rule->id, p->origin);
	facts_put_text(row, FINDING_ROLE, str_of(rule_role_name[f->rule->role]), p->origin);
	facts_put_text(row, FINDING_TITLE, title_of(p, f->rule), p->origin);
	facts_put_number(row, FINDING_CONFIDENCE, f->confidence, p->origin);
	put_adjustments(p, f, row);
	if (f->superseded_by != NULL)
		facts_put_text(row, FINDING_SUPERSEDED_BY, f->superseded_by->id, p->origin);
	evidence_put(f, p->facts, p->arena, row, FINDING_EVIDENCE);
	put_texts(p, row, FINDING_NEXT_STEPS, words.next, words.next_count);
}

static void
put_findings(struct publishing *p)
{
	const struct findings *all = &p->verdict->findings;

	if (all->count == 0)
		facts_put_empty(p->root, FACT_FINDINGS, p->origin);
	for (size_t i = 0; i < all->count; i++)
		put_finding(p, &all->finding[i]);
}

void
verdict_publish(const struct verdict *v, struct facts *f)
{
	struct publishing p = {
		.verdict = v,
		.facts = f,
		.root = facts_root(f),
		.arena = v->arena,
		.origin = { ORIGIN_RUN, "the fatal event" },
	};

	p.event = facts_get_row(p.root, FACT_EVENT);
	p.kind = kind_of(&p);
	if (v->cause != NULL)
		p.origin.text = arena_printf(v->arena, "rule %s", v->cause->rule->id.p);
	put_text(&p, FACT_VERDICT_KIND, kind_name(p.kind));
	put_text(&p, FACT_VERDICT_FAMILY, kind_family(p.kind));
	put_event(&p);
	put_severity(&p);
	put_owner(&p);
	if (v->cause != NULL)
		put_cause(&p, v->cause);
	else
		put_plain(&p);
	put_wishes(&p);
	put_backtrace(&p);
	put_findings(&p);
}
