/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signature.c - the same crash gives the same id.
 *
 * What is hashed is text that a person can read, and the report shows it: the kind, the
 * function that names the crash, its module, and the three functions that called it, those
 * that every crash shares left out. Nothing in it changes from boot to boot, and nothing
 * depends on debuginfo: frames are the log's. A report that is cut short keeps an alternate
 * with the whole one, since kind plus function is one.
 */
#include "verdict/signature.h"

#include "base/embedded.h"
#include "base/text.h"
#include "model/kind.h"
#include "model/names.h"

#include <inttypes.h>
#include <string.h>

enum {
	SIGNATURE_VERSION = 1,
	CALLERS = 3, /* of the function that names the crash */
	HEAD_BYTES = 160,
};

/* FNV-1a, 64 bits. */
static uint64_t
hash(struct str text)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < text.len; i++)
		h = (h ^ (uint8_t)text.p[i]) * 1099511628211u;
	return h;
}

static struct str
id_of(struct str text, struct arena *a)
{
	return str_of(arena_printf(a, "%016" PRIx64, hash(text)));
}

/* Is it one of the names in rules/signature.list? */
static bool
is_left_out(struct str function)
{
	struct str list = { NULL, 0 };
	struct str line = { NULL, 0 };

	(void)embedded_find(STR("rules/signature.list"), &list);
	while (str_take_line(&list, &line)) {
		bool prefix = str_ends(line, STR("*"));

		if (line.len == 0 || line.p[0] == '#' || line.p[0] == '[')
			continue;
		if (prefix ? str_starts(function, str_first(line, line.len - 1))
			   : str_is(function, line))
			return true;
	}
	return false;
}

struct frame_view {
	struct str function; /* canonical; empty unknown */
	struct str module;
	struct str context;
	uint64_t off;
	bool has_off;
};

/* JIT-compiled programs carry a hash of their code in their name. */
static struct str
canonical(struct str function, struct arena *a)
{
	char buf[NAMES_RUST_BYTES];
	struct str f = names_rust(names_canonical(function), buf);

	if (f.p == buf)
		return str_copy(a, f);

	if (str_starts(f, STR("bpf_prog_")))
		return STR("bpf_prog");
	return f;
}

static bool
read_frame(const struct fact_row *row, struct arena *a, struct frame_view *out)
{
	const struct fact *reliable = facts_get(row, FRAME_RELIABLE);
	const struct fact *inlined = facts_get(row, FRAME_INLINE);
	struct frame_view f = { 0 };
	struct str function = { NULL, 0 };

	if (reliable->count != 0 && !reliable->values[0].flag)
		return false;
	if (inlined->count != 0 && inlined->values[0].flag)
		return false;
	if (!facts_get_text(row, FRAME_FUNCTION, &function))
		return false;
	f.function = canonical(function, a);
	(void)facts_get_text(row, FRAME_MODULE, &f.module);
	(void)facts_get_text(row, FRAME_CONTEXT, &f.context);
	f.has_off = facts_get_address(row, FRAME_OFFSET, &f.off);
	*out = f;
	return f.function.len != 0;
}

struct signing {
	struct fact_row *root;
	const struct fact_row *event;
	struct arena *arena;
	struct str kind;
	struct str function; /* canonical */
	struct str module;
	struct frame_view caller[CALLERS];
	size_t caller_count;
	struct frame_view self; /* the frame of function; function empty: not in the trace */
};

/* The last frame of the innermost run of the function: what follows it called it. */
static size_t
find_self(struct signing *s, const struct fact *trace)
{
	size_t at = 0;
	bool found = false;

	for (size_t i = 0; i < trace->count; i++) {
		struct frame_view f = { 0 };

		if (!read_frame(trace->values[i].row, s->arena, &f))
			continue;
		if (str_is(f.function, s->function)) {
			s->self = found ? s->self : f;
			found = true;
			at = i + 1;
		} else if (found) {
			break;
		}
	}
	return at;
}

static void
find_callers(struct signing *s)
{
	const struct fact *trace = facts_get(s->event, EVENT_TRACE);
	bool has_context = s->self.function.len != 0;
	struct str context = { NULL, 0 };
	size_t i = find_self(s, trace);

	has_context = s->self.function.len != 0;
	context = s->self.context;
	for (; i < trace->count && s->caller_count < CALLERS; i++) {
		struct frame_view f = { 0 };

		if (!read_frame(trace->values[i].row, s->arena, &f) || is_left_out(f.function))
			continue;
		/* What an interrupt interrupted is chance. */
		if (has_context && !str_is(f.context, context))
			break;
		context = f.context;
		has_context = true;
		s->caller[s->caller_count++] = f;
	}
}

static void
put_callers(const struct signing *s, struct text *t, bool exact)
{
	for (size_t i = 0; i < s->caller_count; i++) {
		const struct frame_view *f = &s->caller[i];

		text_printf(t, "caller %.*s", STR_ARG(f->function));
		if (exact && f->has_off)
			text_printf(t, "+0x%" PRIx64, f->off);
		if (f->module.len != 0)
			text_printf(t, " [%.*s]", STR_ARG(f->module));
		text_char(t, '\n');
	}
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_';
}

/* Eight digits and more, or any number behind 0x that is no small constant: exit codes and
 * error codes are those, and tell one crash from another. */
static bool
is_address(struct str word)
{
	uint64_t value = 0;
	struct str rest = word;
	bool marked = str_starts(word, STR("0x"));

	if (!marked && word.len < 8)
		return false;
	return str_take_hex(&rest, &value) && rest.len == 0 && (!marked || value > 0xffff);
}

/* Addresses become ADDR; decimal numbers N, also at the end of a name: sda1, kworker/3:1. */
static void
put_word(struct text *t, struct str word)
{
	if (is_address(word)) {
		text_put(t, STR("ADDR"));
		return;
	}
	if (str_starts(word, STR("0x"))) {
		text_put(t, word);
		return;
	}
	for (size_t i = 0; i < word.len; i++) {
		bool digit = word.p[i] >= '0' && word.p[i] <= '9';
		bool again = i != 0 && word.p[i - 1] >= '0' && word.p[i - 1] <= '9';

		if (!digit)
			text_char(t, word.p[i]);
		else if (!again)
			text_char(t, 'N');
	}
}

/* The head line without what changes: it stands for the function where none is known. */
static void
put_head(struct text *t, struct str head)
{
	head = str_first(head, HEAD_BYTES);
	text_put(t, STR("head "));
	while (head.len != 0) {
		size_t len = 0;

		while (len < head.len && is_word(head.p[len]))
			len++;
		if (len == 0)
			text_put(t, head.p[0] == '\n' ? STR(" ") : str_first(head, 1));
		else
			put_word(t, str_first(head, len));
		head = str_from(head, len == 0 ? 1 : len);
	}
	text_char(t, '\n');
}

static struct str
place(const struct signing *s, struct text *t, struct str first, struct str value)
{
	struct str head = { NULL, 0 };

	text_printf(t, "%.*s %.*s\n", STR_ARG(first), STR_ARG(value));
	if (s->function.len != 0)
		text_printf(t, "function %.*s\n", STR_ARG(s->function));
	else if (facts_get_text(s->event, EVENT_HEAD, &head))
		put_head(t, head);
	return text_str(t);
}

static struct str
full_text(const struct signing *s)
{
	struct text t = text_new(s->arena);

	(void)place(s, &t, STR("kind"), s->kind);
	if (s->module.len != 0)
		text_printf(&t, "module %.*s\n", STR_ARG(s->module));
	put_callers(s, &t, false);
	return text_str(&t);
}

static struct str
exact_text(const struct signing *s)
{
	struct text t = text_new(s->arena);
	struct str release = { NULL, 0 };
	uint64_t off = s->self.off;
	bool has_off = s->self.has_off;

	(void)place(s, &t, STR("kind"), s->kind);
	if (s->module.len != 0)
		text_printf(&t, "module %.*s\n", STR_ARG(s->module));
	if (!has_off)
		has_off = facts_get_address(s->root, FACT_FAULT_INSTRUCTION_OFFSET, &off);
	if (has_off)
		text_printf(&t, "offset 0x%" PRIx64 "\n", off);
	put_callers(s, &t, true);
	if (facts_get_text(s->root, FACT_SYSTEM_RELEASE, &release))
		text_printf(&t, "release %.*s\n", STR_ARG(release));
	return text_str(&t);
}

/* Kinds that are one bug seen by different checks: a bad access is a fault, or KASAN's or
 * KFENCE's to report, as the kernel is built and as chance will have it. */
static const char *
class_of(struct str family)
{
	static const char *const bad_access[] = { "mem_fault", "kasan", "kfence" };

	for (size_t i = 0; i < sizeof(bad_access) / sizeof(bad_access[0]); i++) {
		if (str_is_c(family, bad_access[i]))
			return "bad_access";
	}
	return str_is_c(family, "hang") ? "hang" : NULL;
}

static void
put_alternate(struct signing *s, struct str text, struct str id, struct origin o)
{
	struct str other = id_of(text, s->arena);

	if (!str_is(other, id))
		facts_put_text(s->root, FACT_SIGNATURE_ALTERNATES, other, o);
}

static void
put_alternates(struct signing *s, struct str id, struct origin o)
{
	struct text t = text_new(s->arena);
	struct text class_text = text_new(s->arena);
	struct str family = { NULL, 0 };
	const char *class = NULL;

	put_alternate(s, place(s, &t, STR("kind"), s->kind), id, o);
	if (facts_get_text(s->event, EVENT_FAMILY, &family))
		class = class_of(family);
	if (class != NULL && s->function.len != 0)
		put_alternate(s, place(s, &class_text, STR("class"), str_of(class)), id, o);
	if (!facts_known(s->root, FACT_SIGNATURE_ALTERNATES))
		facts_put_empty(s->root, FACT_SIGNATURE_ALTERNATES, o);
}

void
signature_publish(struct facts *f, struct arena *a)
{
	static const struct origin origin = { ORIGIN_RUN, "the fatal event" };
	struct signing s = { .root = facts_root(f), .arena = a };

	s.event = facts_get_row(s.root, FACT_EVENT);
	if (s.event == NULL || !facts_get_text(s.event, EVENT_KIND, &s.kind)) {
		facts_put_why(s.root, FACT_SIGNATURE_ID,
			      error_new(a, ERROR_ABSENT, "there is no crash report"));
		return;
	}
	if (facts_get_text(s.event, EVENT_FUNCTION, &s.function))
		s.function = canonical(s.function, a);
	(void)facts_get_text(s.event, EVENT_MODULE, &s.module);
	find_callers(&s);

	struct str text = full_text(&s);
	struct str exact = exact_text(&s);
	struct str id = id_of(text, a);

	facts_put_number(s.root, FACT_SIGNATURE_VERSION, SIGNATURE_VERSION, origin);
	facts_put_text(s.root, FACT_SIGNATURE_ID, id, origin);
	facts_put_text(s.root, FACT_SIGNATURE_TEXT, text, origin);
	facts_put_text(s.root, FACT_SIGNATURE_EXACT_ID, id_of(exact, a), origin);
	facts_put_text(s.root, FACT_SIGNATURE_EXACT_TEXT, exact, origin);
	put_alternates(&s, id, origin);
}
