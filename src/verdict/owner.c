/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/owner.h"

#include "base/embedded.h"
#include "model/names.h"
#include "verdict/test.h"

enum {
	CALLERS_MAX = 4, /* further out, functions say what was asked for and not who did it */
	CLUES_MAX = CALLERS_MAX + 5,
};

/* The columns of rules/owners.list that names stand in. */
enum column {
	MODULES,
	FUNCTIONS,
	FILES,
	COLUMNS,
};

/* A name to look up, and the line of the list that fits it best so far. */
struct clue {
	enum column column;
	struct str name;
	bool caller;      /* it called what is blamed */
	const char *what; /* "function", as the report calls it */
	size_t fit;       /* letters of the word that fits; 0: none does */
	struct str subsystem;
	struct str list;
};

struct clues {
	struct clue clue[CLUES_MAX];
	size_t count;
};

static void
add(struct clues *c, enum column column, const char *what, struct str name, bool caller)
{
	if (name.len != 0 && c->count < CLUES_MAX)
		c->clue[c->count++] = (struct clue){
			.column = column, .name = name, .what = what, .caller = caller
		};
}

/* "snd-hda-intel" and "snd_hda_intel" are one module. */
static struct str
module_name(struct str s, struct arena *a)
{
	char *p = ARENA_ARRAY(a, char, s.len + 1);

	for (size_t i = 0; i < s.len; i++) {
		p[i] = s.p[i];
		if (p[i] == '-')
			p[i] = '_';
	}
	return (struct str){ p, s.len };
}

static struct str
function_name(struct str s)
{
	s = names_canonical(s);
	while (s.len > 1 && s.p[0] == '_')
		s = str_from(s, 1);
	return s;
}

/* The path in "kernel BUG at fs/ext4/inode.c:2721!" and "WARNING: ... at fs/open.c:5 f+0x1/0x2". */
static struct str
file_of_head(struct str head)
{
	size_t at = str_find(head, STR(" at "));
	struct str word = { NULL, 0 };
	struct str file = { NULL, 0 };

	if (at == STR_NONE)
		return file;
	head = str_from(head, at + 4);
	if (!str_take_word(&head, &word) || !str_cut(&word, ':', &file))
		return (struct str){ NULL, 0 };
	(void)str_take(&file, STR("./"));
	return file;
}

static struct str
text(const struct fact_row *row, enum fact_id id)
{
	struct str s = { NULL, 0 };

	(void)facts_get_text(row, id, &s);
	return s;
}

/* The source file of the blamed function, if debuginfo told it. */
static struct str
file_of_frame(const struct fact_row *event, struct str function)
{
	const struct fact *trace = facts_get(event, EVENT_TRACE);

	for (size_t i = 0; i < trace->count; i++) {
		const struct fact_row *frame = trace->values[i].row;

		if (str_is(names_plain(text(frame, FRAME_FUNCTION)), function))
			return text(frame, FRAME_FILE);
	}
	return (struct str){ NULL, 0 };
}

static void
add_callers(struct clues *c, const struct fact_row *event, struct str blamed)
{
	const struct fact *functions = facts_get(event, EVENT_FUNCTIONS);
	bool behind = blamed.len == 0;
	size_t added = 0;

	for (size_t i = 0; i < functions->count && added < CALLERS_MAX; i++) {
		if (behind) {
			add(c, FUNCTIONS, "its caller", function_name(functions->values[i].text),
			    true);
			added++;
		}
		behind = behind || str_is(functions->values[i].text, blamed);
	}
}

/* The file of an assertion is the innermost function's, which may not be the blamed one. */
static struct str
file_of_assertion(const struct fact_row *event, struct str blamed)
{
	const struct fact *functions = facts_get(event, EVENT_FUNCTIONS);

	if (blamed.len != 0 && functions->count != 0 && !str_is(functions->values[0].text, blamed))
		return (struct str){ NULL, 0 };
	return file_of_head(text(event, EVENT_HEAD));
}

/* In the order in which they are believed. */
static void
collect(struct clues *c, const struct fact_row *event, struct arena *a)
{
	struct str function = text(event, EVENT_FUNCTION);

	add(c, MODULES, "module", module_name(text(event, EVENT_MODULE), a), false);
	add(c, FILES, "file", file_of_frame(event, function), false);
	add(c, FILES, "file", file_of_assertion(event, function), false);
	add(c, FUNCTIONS, "function", function_name(function), false);
	add_callers(c, event, function);
}

/* Letters of the word that fit the name; 0 if it does not. */
static size_t
fit_of(const struct clue *c, struct str word)
{
	if (c->column == FILES)
		return str_starts(c->name, word) ? word.len : 0;
	if (word.p[0] != c->name.p[0])
		return 0;
	return test_word_fits(c->name, word) ? word.len : 0;
}

struct line {
	struct str subsystem;
	struct str list;
	struct str names[COLUMNS];
	bool through; /* what everybody calls through */
};

static bool
take_line(struct str s, struct line *l)
{
	bool whole = str_cut(&s, '|', &l->subsystem) && str_cut(&s, '|', &l->list) &&
		     str_cut(&s, '|', &l->names[MODULES]) && str_cut(&s, '|', &l->names[FUNCTIONS]);

	l->names[FILES] = s;
	l->subsystem = str_trim(l->subsystem);
	l->list = str_trim(l->list);
	l->through = str_take(&l->subsystem, STR("~ "));
	return whole && !str_starts(l->subsystem, STR("#"));
}

static void
compare(struct clue *c, const struct line *l)
{
	struct str names = l->names[c->column];
	struct str word = { NULL, 0 };

	if (c->caller && l->through)
		return;
	while (str_take_word(&names, &word)) {
		size_t fit = fit_of(c, word);

		if (fit > c->fit) {
			c->fit = fit;
			c->subsystem = l->subsystem;
			c->list = l->list;
		}
	}
}

static void
look_up(struct clues *c)
{
	struct str rest = { NULL, 0 };
	struct str text = { NULL, 0 };

	(void)embedded_find(STR("rules/owners.list"), &rest);
	while (str_take_line(&rest, &text)) {
		struct line l = { 0 };

		for (size_t i = 0; take_line(text, &l) && i < c->count; i++)
			compare(&c->clue[i], &l);
	}
}

static bool
is_foreign(const struct fact_row *root, struct str module)
{
	const struct fact *modules = facts_get(root, FACT_MODULES);

	for (size_t i = 0; i < modules->count; i++) {
		const struct fact_row *row = modules->values[i].row;
		const struct fact *out = facts_get(row, MODULE_OUT_OF_TREE);

		if (str_is(text(row, MODULE_NAME), module))
			return out->count != 0 && out->values[0].flag;
	}
	return false;
}

const struct error *
owner_find(const struct facts *f, struct arena *a, struct owner *out)
{
	const struct fact_row *root = facts_root_const(f);
	const struct fact_row *event = facts_get_row(root, FACT_EVENT);
	struct clues c = { .count = 0 };

	if (event == NULL)
		return error_new(a, ERROR_ABSENT, "there is no crash report");

	struct str module = text(event, EVENT_MODULE);

	out->foreign = module.len != 0 && is_foreign(root, module);
	if (out->foreign)
		return error_new(a, ERROR_ABSENT, "module '%.*s' is not part of the kernel",
				 STR_ARG(module));
	collect(&c, event, a);
	look_up(&c);
	for (size_t i = 0; i < c.count; i++) {
		const struct clue *one = &c.clue[i];

		if (one->fit == 0)
			continue;
		out->subsystem = one->subsystem;
		out->list = one->list;
		out->because = arena_printf(a, "%s %.*s", one->what, STR_ARG(one->name));
		return NULL;
	}
	return error_new(a, ERROR_ABSENT, "no subsystem is known that has this code");
}
