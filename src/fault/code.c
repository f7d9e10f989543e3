/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/code.h"

#include <string.h>

/* One printed group. */
struct group {
	uint64_t value;
	uint8_t len; /* bytes */
	bool marked;
	bool unreadable;
	bool cut; /* the marker has no end: the line stops here */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
take_token(struct str *s, struct str *token)
{
	while (s->len != 0 && is_blank(s->p[0]))
		*s = str_from(*s, 1);

	size_t len = 0;

	while (len < s->len && !is_blank(s->p[len]))
		len++;
	*token = str_first(*s, len);
	*s = str_from(*s, len);
	return len != 0;
}

static bool
is_all(struct str s, char c)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != c)
			return false;
	}
	return s.len != 0;
}

static bool
is_group_len(size_t digits)
{
	return digits == 2 || digits == 4 || digits == 8;
}

/* Takes the marker's brackets off. */
static void
take_marker(struct str *token, struct group *g)
{
	char end = '>';

	if (token->len == 0 || (token->p[0] != '<' && token->p[0] != '('))
		return;
	if (token->p[0] == '(')
		end = ')';
	g->marked = true;
	*token = str_from(*token, 1);
	if (token->len != 0 && token->p[token->len - 1] == end)
		token->len--;
	else
		g->cut = true;
}

/* "0f", "<0f>", "(f9400400)", "????????"; false if it is something else. */
static bool
group_of(struct str token, struct group *g)
{
	*g = (struct group){ 0 };
	take_marker(&token, g);
	if (!is_group_len(token.len))
		return false;
	g->len = (uint8_t)(token.len / 2);
	if (is_all(token, '?') || is_all(token, 'X')) {
		g->unreadable = true;
		return true;
	}
	/* str_take_hex() would take "0x12" too. */
	return str_find_char(token, 'x') == STR_NONE && str_find_char(token, 'X') == STR_NONE &&
	       str_take_hex(&token, &g->value) && token.len == 0;
}

static void
append(struct code *c, const struct group *g, enum byte_order order)
{
	for (size_t i = 0; i < g->len; i++) {
		size_t shift = 8 * i;

		if (order == ORDER_BIG)
			shift = 8 * (g->len - 1 - i);
		c->byte[c->len++] = (uint8_t)(g->value >> shift);
	}
}

/* False once nothing that follows can be used. */
static bool
take_group(struct code *c, const struct group *g, enum byte_order order)
{
	if (c->unit == 0)
		c->unit = g->len;
	if (g->len != c->unit || c->len + g->len > CODE_MAX || (g->marked && c->has_marker))
		return false;
	if (g->unreadable) {
		if (c->has_marker || g->marked)
			return false;
		c->len = 0;
		return true;
	}
	if (g->marked) {
		c->has_marker = true;
		c->marker = c->len;
	}
	append(c, g, order);
	return !g->cut;
}

static void
parse_groups(struct str text, enum byte_order order, struct code *c)
{
	struct str token = { NULL, 0 };
	struct group g;

	while (take_token(&text, &token)) {
		if (!group_of(token, &g) || !take_group(c, &g, order))
			return;
	}
}

/* ">000000000011bb40:", with '#' before the instruction that ran last. */
static bool
address_of(struct str token, uint64_t *address, bool *marked)
{
	*marked = false;
	while (token.len != 0 && (token.p[0] == '#' || token.p[0] == '>' || token.p[0] == '*')) {
		*marked = *marked || token.p[0] == '>';
		token = str_from(token, 1);
	}
	if (token.len < 9 || token.p[token.len - 1] != ':')
		return false;
	token.len--;
	return str_take_hex(&token, address) && token.len == 0;
}

/* The bytes of one instruction: "e310f0a00004". */
static size_t
bytes_of(struct str token, uint8_t out[6])
{
	if (token.len != 4 && token.len != 8 && token.len != 12)
		return 0;
	for (size_t i = 0; i < token.len; i += 2) {
		struct str pair = { token.p + i, 2 };
		uint64_t v = 0;

		if (!str_take_hex(&pair, &v) || pair.len != 0)
			return 0;
		out[i / 2] = (uint8_t)v;
	}
	return token.len / 2;
}

/* One disassembled line; lines that do not follow each other begin anew. */
static void
take_line(struct code *c, uint64_t address, bool marked, const uint8_t *bytes, size_t len)
{
	if (c->len != 0 && c->address + c->len != address) {
		if (c->has_marker)
			return;
		c->len = 0;
	}
	if (c->len + len > CODE_MAX || (marked && c->has_marker))
		return;
	if (c->len == 0)
		c->address = address;
	if (marked) {
		c->has_marker = true;
		c->marker = c->len;
	}
	memcpy(c->byte + c->len, bytes, len);
	c->len += len;
}

/* s390x: "ADDRESS: BYTES TEXT", with the kernel's own disassembly. */
static void
parse_lines(struct str text, struct code *c)
{
	struct str token = { NULL, 0 };
	uint64_t address = 0;
	bool marked = false;
	uint8_t bytes[6];

	c->unit = 1;
	c->has_address = true;
	c->is_aligned = true;
	while (take_token(&text, &token)) {
		if (!address_of(token, &address, &marked) || !take_token(&text, &token))
			continue;

		size_t len = bytes_of(token, bytes);

		if (len != 0)
			take_line(c, address, marked, bytes, len);
	}
}

static bool
has_lines(struct str text)
{
	struct str token = { NULL, 0 };
	uint64_t address = 0;
	bool marked = false;

	return take_token(&text, &token) && address_of(token, &address, &marked);
}

/* "[  104.670300] ", which reports keep in front of their lines. */
static struct str
without_stamp(struct str line)
{
	struct str rest = str_trim(line);
	struct str stamp = { NULL, 0 };

	while (str_starts(rest, STR("[")) && str_cut(&rest, ']', &stamp))
		rest = str_trim(rest);
	return rest;
}

/* Nothing but groups, or an address and bytes in front. */
static bool
is_code_line(struct str line)
{
	struct str token = { NULL, 0 };
	struct group g;

	return has_lines(line) || (take_token(&line, &token) && group_of(token, &g) && g.len == 4);
}

static struct str
append_line(struct arena *a, struct str sofar, struct str line)
{
	return str_of(arena_printf(a, "%.*s\n%.*s", STR_ARG(sofar), STR_ARG(line)));
}

enum {
	REPORT_LINES_MAX = 12, /* s390x prints eight */
};

/* What stands behind a head, and the lines that belong to it. */
static struct str
collect(const struct str *line, size_t count, struct str first, struct arena *a)
{
	for (size_t n = 1; n < REPORT_LINES_MAX && n < count; n++) {
		struct str next = without_stamp(line[n]);

		if (!is_code_line(next))
			break;
		first = append_line(a, first, next);
	}
	return first;
}

struct str
code_of_report(const struct str *line, size_t count, struct arena *a)
{
	static const struct str heads[] = { { "Instruction dump:", 17 }, { "Krnl Code:", 10 } };

	for (size_t i = 0; i < count; i++) {
		for (size_t h = 0; h < ARRAY_LEN(heads); h++) {
			size_t at = str_find(line[i], heads[h]);

			if (at != STR_NONE)
				return collect(line + i, count - i,
					       str_from(line[i], at + heads[h].len), a);
		}
	}
	return (struct str){ NULL, 0 };
}

const struct error *
code_parse(struct str text, enum byte_order order, struct arena *a, struct code *out)
{
	struct code c = { .len = 0 };

	text = str_trim(text);
	(void)str_take(&text, STR("Code:"));
	text = str_trim(text);
	if (text.len == 0)
		return error_new(a, ERROR_ABSENT, "the log holds no 'Code:' line for it");
	if (has_lines(text))
		parse_lines(text, &c);
	else
		parse_groups(text, order, &c);
	if (c.len == 0)
		return error_new(a, ERROR_ABSENT, "the kernel printed no code bytes: '%.*s'",
				 STR_ARG(str_first(text, 80)));
	*out = c;
	return NULL;
}
