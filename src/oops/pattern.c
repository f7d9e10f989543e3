/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/pattern.h"

#include "base/compiler.h"

#include <ctype.h>
#include <string.h>

static const struct str hole_names[FIELD_KINDS] = {
	[FIELD_ADDRESS] = STR("address"),   [FIELD_CODE] = STR("code"),
	[FIELD_PID] = STR("pid"),           [FIELD_CPU] = STR("cpu"),
	[FIELD_SECONDS] = STR("seconds"),   [FIELD_COUNT] = STR("count"),
	[FIELD_FUNCTION] = STR("function"), [FIELD_PLACE] = STR("place"),
	[FIELD_COMM] = STR("comm"),         [FIELD_DETAIL] = STR("detail"),
	[FIELD_ANY] = STR("any"),           [FIELD_BLANKS] = STR(""),
	[FIELD_MODULE] = STR("module"),
};

static bool
is_free(enum field f)
{
	return f == FIELD_COMM || f == FIELD_DETAIL || f == FIELD_ANY;
}

/* Cuts "{name}" off the front of a pattern; anything else is not a hole. */
static bool
take_hole(struct str *pattern, enum field *f)
{
	struct str rest = *pattern;
	struct str name;

	if (rest.len == 0 || rest.p[0] != '{')
		return false;
	rest = str_from(rest, 1);
	if (!str_cut(&rest, '}', &name))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(hole_names); i++) {
		if (name.len == hole_names[i].len && str_is(name, hole_names[i])) {
			*f = (enum field)i;
			*pattern = rest;
			return true;
		}
	}
	return false;
}

static bool
is_decimal(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return isxdigit((unsigned char)c) != 0;
}

/* What a symbol may be made of: identifiers, compiler suffixes, offsets, Rust and C++ names. */
static bool
is_symbol(char c)
{
	return isalnum((unsigned char)c) != 0 || strchr("_.$+:<>*&-~/", c) != NULL;
}

static bool
is_word(char c)
{
	return c > ' ' && c != 127;
}

static size_t
run_of(struct str s, bool (*is)(char))
{
	size_t n = 0;

	while (n < s.len && s.p[n] != '\0' && is(s.p[n]))
		n++;
	return n;
}

/* "(null)", "(____ptrval____)", "0x10", "ffff8880": how many bytes. */
static size_t
address_len(struct str s)
{
	size_t prefix = 0;

	if (s.len != 0 && s.p[0] == '(') {
		size_t close = str_find_char(str_first(s, 20), ')');

		return close == STR_NONE ? 0 : close + 1;
	}
	if (str_starts(s, STR("0x")))
		prefix = 2;

	size_t digits = run_of(str_from(s, prefix), is_hex);

	return digits == 0 || digits > 16 ? 0 : prefix + digits;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* " [name]", " [name 0123...]", or nothing */
static size_t
module_len(struct str s)
{
	size_t close = str_find_char(s, ']');

	return str_starts(s, STR(" [")) && close != STR_NONE ? close + 1 : 0;
}

/* The bytes that a hole of fixed extent takes; STR_NONE if it cannot stand here. */
static size_t
fixed_len(enum field f, struct str s)
{
	size_t n = 0;

	switch (f) {
	case FIELD_BLANKS:
		return run_of(s, is_blank);
	case FIELD_MODULE:
		return module_len(s);
	case FIELD_ADDRESS:
		n = address_len(s);
		break;
	case FIELD_CODE:
		n = run_of(s, is_hex);
		break;
	case FIELD_FUNCTION:
		n = run_of(s, is_symbol);
		while (n != 0 && strchr(":,.", s.p[n - 1]) != NULL)
			n--; /* punctuation of the sentence round it */
		break;
	case FIELD_PLACE:
		n = run_of(s, is_word);
		while (n != 0 && strchr("!:,", s.p[n - 1]) != NULL)
			n--;
		break;
	case FIELD_PID:
		/* a task_struct that was written over has any pid */
		n = str_starts(s, STR("-")) && s.len > 1 && is_decimal(s.p[1]) ? 1 : 0;
		n += run_of(str_from(s, n), is_decimal);
		break;
	default:
		n = run_of(s, is_decimal);
		break;
	}
	return n == 0 ? STR_NONE : n;
}

/* Where to go on when the rest of a pattern did not match behind a free hole. */
struct choice {
	struct str pattern; /* behind the hole */
	struct str text;    /* from where the hole begins */
	size_t taken;       /* bytes that the hole takes now */
	enum field field;
};

enum {
	CHOICES = 4,     /* free holes in one pattern; the tables have two at most */
	RETRIES = 16384, /* of them all; lines that printk makes are below 1024 bytes */
};

struct matcher {
	struct captures *captures;
	struct choice choice[CHOICES];
	size_t choices;
	size_t retries;
	struct str pattern; /* what is still to match */
	struct str text;    /* from here */
};

/* One step: a literal byte or a hole. False: it does not match so. */
static bool
step(struct matcher *m)
{
	enum field f = FIELD_ANY;

	if (!take_hole(&m->pattern, &f)) {
		if (m->text.len == 0 || m->text.p[0] != m->pattern.p[0])
			return false;
		m->pattern = str_from(m->pattern, 1);
		m->text = str_from(m->text, 1);
		return true;
	}
	if (is_free(f)) {
		if (m->choices == CHOICES)
			return false;
		m->choice[m->choices++] = (struct choice){ m->pattern, m->text, 0, f };
		m->captures->field[f] = str_first(m->text, 0);
		return true;
	}

	/* "%p" pads with blanks what is not an address: "at           (null)". */
	while (f == FIELD_ADDRESS && str_starts(m->text, STR(" ")))
		m->text = str_from(m->text, 1);

	size_t n = fixed_len(f, m->text);

	if (n == STR_NONE)
		return false;
	m->captures->field[f] = str_first(m->text, n);
	m->text = str_from(m->text, n);
	return true;
}

/* Lets the newest free hole take one byte more. False if there is none that can. */
static bool
retry(struct matcher *m)
{
	if (m->retries++ == RETRIES)
		return false;
	while (m->choices != 0) {
		struct choice *c = &m->choice[m->choices - 1];

		if (c->taken < c->text.len) {
			c->taken++;
			m->pattern = c->pattern;
			m->text = str_from(c->text, c->taken);
			m->captures->field[c->field] = str_first(c->text, c->taken);
			return true;
		}
		m->choices--;
	}
	return false;
}

/* A free hole at the very end takes all that is left. */
static void
take_rest(struct matcher *m)
{
	if (m->choices == 0 || m->pattern.len != 0)
		return;

	struct choice *last = &m->choice[m->choices - 1];

	if (last->pattern.len == 0)
		m->captures->field[last->field] = last->text;
}

bool
pattern_match(struct str text, const char *pattern, struct captures *c)
{
	struct matcher m = { .captures = c, .pattern = str_of(pattern), .text = text };

	/* Nearly all calls end here. */
	if (pattern[0] != '{' && (text.len == 0 || text.p[0] != pattern[0]))
		return false;
	*c = (struct captures){ 0 };
	for (;;) {
		bool at_end = m.pattern.len == 0;

		if (str_is(m.pattern, STR("$"))) {
			at_end = m.text.len == 0;
			if (!at_end && !retry(&m))
				return false;
		} else if (!at_end && !step(&m) && !retry(&m)) {
			return false;
		}
		if (at_end) {
			take_rest(&m);
			return true;
		}
	}
}

/* Cuts a literal piece off the front of a pattern, up to the next hole. */
static struct str
take_literal(struct str *pattern)
{
	size_t n = str_find_char(*pattern, '{');
	struct str piece = str_first(*pattern, n == STR_NONE ? pattern->len : n);

	*pattern = str_from(*pattern, piece.len);
	if (pattern->len == 0 && str_ends(piece, STR("$")))
		piece.len--;
	return piece;
}

struct str
pattern_literal(const char *pattern, bool *anchored, size_t *off)
{
	struct str rest = str_of(pattern);
	struct str best = take_literal(&rest);
	enum field f = FIELD_ANY;

	*anchored = true;
	*off = 0;
	while (take_hole(&rest, &f)) {
		struct str piece = take_literal(&rest);

		if (piece.len > best.len) {
			best = piece;
			*anchored = false;
			*off = (size_t)(piece.p - pattern);
		}
	}
	return best;
}

struct str
pattern_lead(const char *pattern)
{
	struct str rest = str_of(pattern);

	return take_literal(&rest);
}

size_t
pattern_free_holes(const char *pattern)
{
	struct str rest = str_of(pattern);
	enum field f = FIELD_ANY;
	size_t n = 0;

	(void)take_literal(&rest);
	while (take_hole(&rest, &f)) {
		n += is_free(f);
		(void)take_literal(&rest);
	}
	return n;
}
