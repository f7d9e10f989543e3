/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/code.h"

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

const struct error *
code_parse(struct str text, enum byte_order order, struct arena *a, struct code *out)
{
	struct code c = { .len = 0 };

	text = str_trim(text);
	(void)str_take(&text, STR("Code:"));
	text = str_trim(text);
	if (text.len == 0)
		return error_new(a, ERROR_ABSENT, "the log holds no 'Code:' line for it");
	parse_groups(text, order, &c);
	if (c.len == 0)
		return error_new(a, ERROR_ABSENT, "the kernel printed no code bytes: '%.*s'",
				 STR_ARG(str_first(text, 80)));
	*out = c;
	return NULL;
}
