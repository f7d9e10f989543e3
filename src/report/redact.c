/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/redact.h"

#include "base/compiler.h"
#include "base/text.h"
#include "report/redact_address.h"
#include "report/redact_match.h"
#include "report/redact_text.h"

#include <inttypes.h>
#include <string.h>

enum {
	REDACT_VERSION = 1, /* of what is replaced and how */
	COMM_LEN = 15,      /* a task's name is cut to that */
};

/* What a new fact is called says how it is treated; the last name of its path counts. */
static const struct {
	const char *name;
	enum policy policy;
} by_name[] = {
	{ "access", POLICY_KEEP },     { "address_class", POLICY_KEEP },
	{ "alternates", POLICY_KEEP }, { "arch", POLICY_KEEP },
	{ "base", POLICY_KEEP },       { "base_class", POLICY_KEEP },
	{ "build_id", POLICY_KEEP },   { "class", POLICY_KEEP },
	{ "comm", POLICY_COMM },       { "compression", POLICY_KEEP },
	{ "context", POLICY_KEEP },    { "debug_file", POLICY_SOURCE },
	{ "expression", POLICY_KEEP }, { "facts", POLICY_KEEP },
	{ "family", POLICY_KEEP },     { "features", POLICY_KEEP },
	{ "file", POLICY_SOURCE },     { "flags", POLICY_KEEP },
	{ "format", POLICY_KEEP },     { "function", POLICY_KEEP },
	{ "functions", POLICY_KEEP },  { "id", POLICY_KEEP },
	{ "index", POLICY_KEEP },      { "kind", POLICY_KEEP },
	{ "letter", POLICY_KEEP },     { "level", POLICY_KEEP },
	{ "meaning", POLICY_KEEP },    { "member", POLICY_KEEP },
	{ "mode", POLICY_KEEP },       { "module", POLICY_KEEP },
	{ "name", POLICY_KEEP },       { "nodename", POLICY_HOST },
	{ "origin", POLICY_TEXT },     { "path", POLICY_PATH },
	{ "policy", POLICY_KEEP },     { "profile", POLICY_KEEP },
	{ "references", POLICY_KEEP }, { "register", POLICY_KEEP },
	{ "release", POLICY_KEEP },    { "residual", POLICY_KEEP },
	{ "role", POLICY_KEEP },       { "rule", POLICY_KEEP },
	{ "schema", POLICY_KEEP },     { "severity", POLICY_KEEP },
	{ "stage", POLICY_KEEP },      { "state", POLICY_KEEP },
	{ "symbol", POLICY_KEEP },     { "taint", POLICY_KEEP },
	{ "trigger", POLICY_KEEP },    { "type", POLICY_KEEP },
	{ "version", POLICY_TEXT },    { "ascii", POLICY_CLASS },
	{ "exe", POLICY_PATH },        { "cwd", POLICY_PATH },
	{ "eaten_by", POLICY_KEEP },   { "disk", POLICY_KEEP },
	{ "op", POLICY_KEEP },         { "device", POLICY_KEEP },
	{ "cgroup", POLICY_PATH },     { "namespaces", POLICY_KEEP },
	{ "built", POLICY_KEEP },      { "found", POLICY_KEEP },
	{ "cache", POLICY_KEEP },      { "page_state", POLICY_KEEP },
	{ "interrupts", POLICY_KEEP }, { "kprobes", POLICY_KEEP },
	{ "ftrace", POLICY_KEEP },     { "live_patches", POLICY_KEEP },
	{ "how", POLICY_KEEP },
};

/* Facts whose name says something else elsewhere, or too little. */
static const struct {
	enum fact_id id;
	enum policy policy;
} by_id[] = {
	{ FACT_TOOL_VERSION, POLICY_KEEP },
	{ FACT_TOOL_RULES_SOURCES, POLICY_PATH },
	{ FACT_INPUT_PATH, POLICY_INPUT },
	{ FACT_DEBUGINFO_VMLINUX, POLICY_SOURCE },
	{ FACT_DEBUGINFO_SYSTEM_MAP, POLICY_SOURCE },
	{ FACT_DEBUGINFO_SEARCHED, POLICY_SOURCE },
	{ FACT_DEBUGINFO_INSTALL, POLICY_KEEP },
	{ FACT_DEBUGINFO_CRASH, POLICY_COMMAND },
	{ FACT_DEBUGINFO_DRGN, POLICY_COMMAND },
	{ FACT_SYSTEM_CMDLINE, POLICY_CMDLINE },
	{ FACT_SYSTEM_HYPERVISOR, POLICY_KEEP },
	{ FACT_PANIC_STRING, POLICY_LOG },
	{ FACT_FAULT_ADDRESS_ASCII, POLICY_CLASS },
	{ FACT_FAULT_INSTRUCTION_BYTES, POLICY_KEEP },
	{ FACT_FAULT_INSTRUCTION_TEXT, POLICY_KEEP },
	{ FACT_FAULT_OPERAND_TEXT, POLICY_KEEP },
	{ FACT_TASKS_WAIT_GRAPH, POLICY_KEEP }, /* drawn from facts that are redacted */
	{ FACT_TAINT_TEXT, POLICY_KEEP },
	{ FACT_LOG_TAIL, POLICY_LOG },
	{ FACT_VERDICT_ORIGIN, POLICY_KEEP },
	{ FACT_SIGNATURE_TEXT, POLICY_KEEP },
	{ FACT_SIGNATURE_EXACT_TEXT, POLICY_KEEP },
	{ EVENT_HEAD, POLICY_LOG },
	{ EVENT_TEXT, POLICY_LOG },
	{ INSTRUCTION_BYTES, POLICY_KEEP },
	{ INSTRUCTION_TEXT, POLICY_KEEP },
	{ INSTRUCTION_SOURCE, POLICY_KEEP },
	{ ARGUMENT_TEXT, POLICY_QUOTED },
	{ EVIDENCE_FACT, POLICY_KEEP },
	{ OPEN_FILE_PATH, POLICY_SOURCE }, /* pipe:[8421] is none */
	{ CONTEXT_TEXT, POLICY_LOG },
};

static struct str
last_name(enum fact_id id)
{
	struct str path = str_of(facts_info(id)->path);
	struct str head = { NULL, 0 };

	while (str_cut(&path, '.', &head))
		;
	return path;
}

static enum policy
policy_of(enum fact_id id)
{
	for (size_t i = 0; i < ARRAY_LEN(by_id); i++) {
		if (by_id[i].id == id)
			return by_id[i].policy;
	}
	for (size_t i = 0; i < ARRAY_LEN(by_name); i++) {
		if (str_is_c(last_name(id), by_name[i].name))
			return by_name[i].policy;
	}
	return POLICY_TEXT;
}

/* ---- one value ---- */

static struct str
shown_host(struct redaction *r, struct str s)
{
	if (s.len == 0 || str_is(s, STR("(none)")) || str_starts(s, STR("localhost")) ||
	    names_is_ours(r, s))
		return s;
	redact_learn_host(r, s);
	names_count(r, NAME_HOST);
	return names_shown(r, NAME_HOST, s);
}

/* A name that was cut off may end in the beginning of the host's. */
static struct str
without_cut_host(struct redaction *r, struct str s)
{
	for (size_t i = 0; s.len == COMM_LEN && i < r->count; i++) {
		const struct name *n = &r->name[i];

		for (size_t len = n->original.len; n->class == NAME_HOST && len-- > 5;) {
			if (len > s.len || !str_ends(s, str_first(n->original, len)))
				continue;
			names_count(r, NAME_HOST);
			return str_of(arena_printf(r->arena, "%.*s%.*s",
						   STR_ARG(str_first(s, s.len - len)),
						   STR_ARG(n->shown)));
		}
	}
	return s;
}

static struct str
shown_comm(struct redaction *r, struct str s)
{
	if (r->profile == REDACT_PUBLIC && !redact_is_listed("rules/comm.list", s) &&
	    !names_is_ours(r, s)) {
		if (s.len >= 4)
			names_learn(r, NAME_COMM, s);
		names_count(r, NAME_COMM);
		return names_shown(r, NAME_COMM, s);
	}
	return without_cut_host(r, redact_words(r, s));
}

/* Not a replacement that counts: the report of the same dump under another name is the same. */
static struct str
input_name(struct str path)
{
	const char *slash =
		path.len != 0 && path.p[0] == '/' ? memrchr(path.p, '/', path.len) : NULL;

	return slash == NULL ? path : str_from(path, (size_t)(slash - path.p) + 1);
}

/* A pseudonym is no use in a command that somebody is to paste: the name of the file is, in its
 * folder. */
static struct str
shown_word(struct str word)
{
	struct match_path m = { 0 };

	return match_path(word, &m) && m.keep && m.len == word.len ? word : input_name(word);
}

static struct str
shown_command(struct redaction *r, struct str s)
{
	struct text t = text_new(r->arena);
	struct str word = { NULL, 0 };

	while (str_cut(&s, ' ', &word)) {
		text_put(&t, shown_word(word));
		text_char(&t, ' ');
	}
	text_put(&t, shown_word(s));
	return redact_text(r, text_str(&t));
}

static struct str
shown_text(struct redaction *r, enum policy policy, struct str s, enum line_state *state)
{
	switch (policy) {
	case POLICY_KEEP:
		return s;
	case POLICY_HOST:
		return shown_host(r, s);
	case POLICY_PATH:
		return redact_path(r, s);
	case POLICY_INPUT:
		return redact_text(r, input_name(s));
	case POLICY_SOURCE:
		return s.len != 0 && s.p[0] == '/' ? redact_path(r, s) : s;
	case POLICY_COMMAND:
		return shown_command(r, s);
	case POLICY_CMDLINE:
		return redact_cmdline(r, s);
	case POLICY_COMM:
		return shown_comm(r, s);
	case POLICY_LOG:
		return redact_log_line(r, s, state);
	case POLICY_QUOTED:
		return redact_quoted(r, s);
	case POLICY_CLASS:
		return redact_class(r, s);
	case POLICY_TEXT:
		break;
	}
	return redact_text(r, s);
}

/* ---- facts ---- */

static void
redact_origin(struct redaction *r, struct fact *fact)
{
	/* Ours to word: but for paths they name lines, registers, tables. */
	if (fact->origin.text != NULL && !r->learning && strchr(fact->origin.text, '/') != NULL)
		fact->origin.text = redact_text(r, str_of(fact->origin.text)).p;
}

static void
redact_why(struct redaction *r, struct fact *fact)
{
	const char *text = NULL;
	struct str shown = { NULL, 0 };

	if (fact->why == NULL)
		return;
	text = error_text(r->arena, fact->why);
	shown = redact_text(r, str_of(text));
	if (!r->learning && !str_is_c(shown, text))
		fact->why = error_new(r->arena, fact->why->code, "%s", shown.p);
}

static void
redact_texts(struct redaction *r, enum fact_id id, struct fact *fact)
{
	enum policy policy = r->policy[id];
	enum line_state state = LINE_PLAIN;

	for (size_t i = 0; i < fact->count && policy != POLICY_KEEP; i++) {
		struct str shown = shown_text(r, policy, fact->values[i].text, &state);

		if (!r->learning)
			fact->values[i].text = shown;
	}
}

static void
redact_addresses(struct redaction *r, struct fact *fact)
{
	for (size_t i = 0; i < fact->count && !r->learning; i++) {
		struct fact_value *v = &fact->values[i];
		struct str shown = { NULL, 0 };

		if (v->shown != NULL || !redact_address(r, v->address, &shown))
			continue;
		v->shown = shown.p;
		names_count(r, NAME_ADDRESS);
	}
}

/* Facts that nobody adds to after the first redaction. */
static bool
is_complete(enum fact_id id)
{
	return id == FACT_EVENTS || id == FACT_LOG_TAIL || id == FACT_LOG_CONTEXT ||
	       id == FACT_MODULES || id == FACT_BACKTRACE || id == FACT_DISASSEMBLY ||
	       id == FACT_CPUS || id == FACT_TASKS_ALL;
}

static void redact_row(struct redaction *r, struct fact_row *row);

static void
redact_fact(struct redaction *r, struct fact_row *row, enum fact_id id)
{
	const struct fact_info *info = facts_info(id);
	struct fact *fact = facts_edit(row, id);

	if (r->done && is_complete(id))
		return;
	redact_origin(r, fact);
	redact_why(r, fact);
	if (info->kind == FACT_KIND_TEXT)
		redact_texts(r, id, fact);
	else if (info->kind == FACT_KIND_ADDRESS && r->profile == REDACT_PUBLIC)
		redact_addresses(r, fact);
	/* An alias ("event") is a row that stands elsewhere too. */
	for (size_t i = 0; i < fact->count && info->kind == FACT_KIND_ROW && !info->hidden; i++)
		redact_row(r, fact->values[i].row);
}

/* Rows in rows: no deeper than schema.def nests them. */
static void
redact_row(struct redaction *r, struct fact_row *row)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(row->shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++)
		redact_fact(r, row, id);
}

/* ---- all ---- */

/* Writers that did not agree, as diagnostics: their words are texts like others from here. */
static void
publish_conflicts(struct redaction *r, struct facts *f)
{
	struct origin run = { ORIGIN_RUN, "this run" };
	size_t count = 0;
	const struct fact_conflict *c = facts_conflicts(f, &count);

	for (; r->conflicts < count; r->conflicts++) {
		const struct fact_conflict *x = &c[r->conflicts];
		struct fact_row *row = facts_put_row(facts_root(f), FACT_DIAGNOSTICS, run);

		facts_put_text(row, DIAGNOSTIC_SEVERITY, STR("note"), run);
		facts_put_text(row, DIAGNOSTIC_STAGE, STR("compare sources"), run);
		facts_put_text(
			row, DIAGNOSTIC_MESSAGE,
			str_of(arena_printf(r->arena, "%s is '%s' (%s), not '%s' (%s)",
					    facts_info(x->id)->path, x->kept, x->kept_origin.text,
					    x->dropped, x->dropped_origin.text)),
			run);
	}
}

static void
take_machine(struct redaction *r, struct facts *f)
{
	static const char *const narrow[] = { "i386", "arm" };
	struct fact_row *root = facts_root(f);
	struct str arch = { NULL, 0 };

	if (facts_get_address(root, FACT_SYSTEM_KASLR_OFFSET, &r->kaslr))
		r->has_kaslr = true;
	for (size_t i = 0; facts_get_text(root, FACT_SYSTEM_ARCH, &arch) && i < ARRAY_LEN(narrow);
	     i++)
		r->narrow = r->narrow || str_is_c(arch, narrow[i]);
	if (r->profile != REDACT_PUBLIC || !facts_known(root, FACT_SYSTEM_KASLR_OFFSET))
		return;
	facts_clear(root, FACT_SYSTEM_KASLR_OFFSET);
	facts_put_why(root, FACT_SYSTEM_KASLR_OFFSET,
		      error_new(r->arena, ERROR_ABSENT, "left out by the profile 'public'"));
}

static const char *const profile_names[] = {
	[REDACT_NONE] = "none",
	[REDACT_SHARE] = "share",
	[REDACT_PUBLIC] = "public",
};

static void
put_counts(struct redaction *r, struct fact_row *root)
{
	struct origin run = { ORIGIN_RUN, "redaction" };

	facts_clear(root, FACT_REDACTION_PROFILE);
	facts_clear(root, FACT_REDACTION_COUNTS);
	for (enum name_class c = 0; c < NAME_CLASS_COUNT; c++) {
		if (r->replaced[c] != 0)
			facts_put_number_named(root, FACT_REDACTION_COUNTS, names_class_name(c),
					       (int64_t)r->replaced[c], run);
	}
	if (!facts_known(root, FACT_REDACTION_COUNTS))
		facts_put_empty(root, FACT_REDACTION_COUNTS, run);
	facts_put_text(root, FACT_REDACTION_PROFILE, str_of(profile_names[r->profile]), run);
	facts_put_number(root, FACT_REDACTION_VERSION, REDACT_VERSION, run);
}

void
redact_facts(struct redaction *r, struct facts *f)
{
	publish_conflicts(r, f);
	if (r->profile != REDACT_NONE) {
		take_machine(r, f);
		/* Once to learn what is to be looked for: a name may stand in a line before
		 * the one that says it is a name. */
		r->learning = true;
		redact_row(r, facts_root(f));
		r->learning = false;
		redact_row(r, facts_root(f));
		r->done = true;
	}
	put_counts(r, facts_root(f));
}

struct str
redact_message(struct redaction *r, struct str s)
{
	return r->profile == REDACT_NONE ? s : redact_text(r, s);
}

struct str
redact_input(struct redaction *r, struct str path)
{
	return r->profile == REDACT_NONE ? path : redact_text(r, input_name(path));
}

bool
redact_find_profile(struct str name, enum redact_profile *out)
{
	for (size_t i = 0; i < ARRAY_LEN(profile_names); i++) {
		if (str_is_c(name, profile_names[i])) {
			*out = (enum redact_profile)i;
			return true;
		}
	}
	return false;
}

struct redaction *
redact_new(enum redact_profile profile, struct arena *a)
{
	struct redaction *r = ARENA_NEW(a, struct redaction);

	r->arena = a;
	r->profile = profile;
	for (enum fact_id id = 1; id < FACT_COUNT; id++)
		r->policy[id] = policy_of(id);
	return r;
}
