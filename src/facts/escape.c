/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/escape.h"

#include "base/compiler.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <strings.h>

static const char *const names[] = {
	[ESCAPE_NONE] = "none", [ESCAPE_TEXT] = "text", [ESCAPE_MARKDOWN] = "markdown",
	[ESCAPE_HTML] = "html", [ESCAPE_JIRA] = "jira",
};

bool
escape_find(struct str name, enum escape *out)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_is_c(name, names[i])) {
			*out = (enum escape)i;
			return true;
		}
	}
	return false;
}

struct escaper
escaper_new(struct text *out, enum escape how)
{
	return (struct escaper){ .out = out, .how = how };
}

/* ---- where in a Markdown text we are ---- */

static size_t
backticks(struct str s)
{
	size_t n = 0;

	while (n < s.len && s.p[n] == '`')
		n++;
	return n;
}

/* The line that is being written, as far as it goes. */
static struct str
open_line(const struct text *t)
{
	size_t start = t->len;

	if (start == 0)
		return (struct str){ NULL, 0 };
	while (start != 0 && t->p[start - 1] != '\n')
		start--;
	return (struct str){ t->p + start, t->len - start };
}

static bool
at_line_start(const struct text *t)
{
	return str_trim(open_line(t)).len == 0;
}

static bool
in_table_row(const struct text *t)
{
	struct str line = open_line(t);

	return str_starts(line, STR("|"));
}

static void
track_backticks(struct escaper *e, size_t run, bool line_start)
{
	if (line_start && run >= 3 && !e->span) {
		if (e->fence == 0)
			e->fence = run;
		else if (run >= e->fence)
			e->fence = 0;
	} else if (e->fence == 0) {
		e->span = !e->span;
	}
}

static void
literal_markdown(struct escaper *e, struct str s)
{
	while (s.len != 0) {
		size_t run = backticks(s);

		if (run != 0)
			track_backticks(e, run, at_line_start(e->out));
		else if (s.p[0] == '\n')
			e->span = false;
		text_put(e->out, str_first(s, run == 0 ? 1 : run));
		s = str_from(s, run == 0 ? 1 : run);
	}
}

static void
literal_jira(struct escaper *e, struct str s)
{
	size_t at = 0;

	text_put(e->out, s);
	while ((at = str_find(s, STR("{noformat}"))) != STR_NONE) {
		e->span = !e->span;
		s = str_from(s, at + 1);
	}
}

void
escaper_literal(struct escaper *e, struct str s)
{
	if (e->how == ESCAPE_MARKDOWN)
		literal_markdown(e, s);
	else if (e->how == ESCAPE_JIRA)
		literal_jira(e, s);
	else
		text_put(e->out, s);
}

/* ---- values ---- */

/* Characters that are not seen but change what is seen. */
static bool
is_invisible(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x061c || c == 0x00ad ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff) ||
	       (c & 0xfffe) == 0xfffe; /* no characters; XML forbids two of them */
}

static bool
is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t') || (c >= 0x7f && c <= 0x9f);
}

/* Writes the character if it is one that no format may show as it is. */
static bool
put_inert(struct text *out, uint32_t c)
{
	if (c == '\n')
		text_char(out, ' ');
	else if (is_control(c))
		text_printf(out, "\\x%02" PRIx32, c);
	else if (is_invisible(c))
		text_printf(out, "\\u%04" PRIx32, c);
	else
		return false;
	return true;
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One character of a value and its neighbours. */
struct place {
	char before; /* 0 at the start of the value */
	struct str at;
	bool line_start; /* nothing but blanks and digits before it in its line */
};

static char
next_char(const struct place *p)
{
	if (p->at.len < 2)
		return '\0';
	return p->at.p[1];
}

static const char *
html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* What trackers make links and mentions of: @name, #123, http://, www. */
static const char *
markdown_link(const struct place *p)
{
	bool begins = !is_word(p->before);

	switch (p->at.p[0]) {
	case '@':
		return begins ? "@&#8203;" : NULL;
	case '#':
		return begins && is_word(next_char(p)) ? "#&#8203;" : NULL;
	case ':':
		return str_starts(p->at, STR("://")) ? "&#58;" : NULL;
	case 'w':
		return begins && str_starts(p->at, STR("www.")) ? "w&#8203;" : NULL;
	default:
		return NULL;
	}
}

/* Headings, lists, rules and GitLab's quick actions ("/close") are such at the start of a line
 * only. */
static bool
markdown_block(const struct place *p)
{
	char c = p->at.p[0];
	bool number = p->before >= '0' && p->before <= '9';

	if (!p->line_start)
		return false;
	if (number)
		return c == '.' || c == ')';
	return c == '#' || c == '-' || c == '+' || c == '=' || c == '/';
}

static void
put_markdown(struct text *out, const struct place *p)
{
	char c = p->at.p[0];
	const char *entity = c == '"' || c == '\'' ? NULL : html_entity(c);

	if (entity == NULL)
		entity = markdown_link(p);
	if (entity != NULL) {
		text_put(out, str_of(entity));
		return;
	}

	bool inside_word = is_word(p->before) && is_word(next_char(p));

	if (str_find_char(STR("\\`*[]|~$"), c) != STR_NONE || (c == '_' && !inside_word) ||
	    markdown_block(p))
		text_char(out, '\\');
	text_char(out, c);
}

/* Nothing is markup in here but what ends it. */
static void
put_markdown_code(const struct escaper *e, char c)
{
	if (c == '`' && e->span)
		text_char(e->out, '\'');
	else if (c == '|' && in_table_row(e->out))
		text_put(e->out, STR("\\|"));
	else
		text_char(e->out, c);
}

/* "h1." is a heading, "bq." a quotation. */
static bool
jira_block(const struct place *p)
{
	if (!p->line_start)
		return false;
	return str_find_char(STR("#*-"), p->at.p[0]) != STR_NONE || str_starts(p->at, STR("bq.")) ||
	       (p->at.p[0] == 'h' && p->at.len > 2 && p->at.p[2] == '.');
}

/* Emphasis and the like begin and end beside words, and kernel_names have them inside. The
 * form of a character that is always safe is its number: a backslash before what needs none
 * is shown. */
static void
put_jira(struct text *out, const struct place *p)
{
	char c = p->at.p[0];
	bool inside_word = is_word(p->before) && is_word(next_char(p));

	if (str_find_char(STR("&{}[]|\\!~^"), c) != STR_NONE || jira_block(p) ||
	    (!inside_word && str_find_char(STR("*_?-+@"), c) != STR_NONE) ||
	    (c == ':' && str_starts(p->at, STR("://"))))
		text_printf(out, "&#%d;", c);
	else
		text_char(out, c);
}

/* Only its own end is markup in there. */
static void
put_jira_verbatim(struct text *out, const struct place *p)
{
	if (p->at.len >= 9 && strncasecmp(p->at.p, "{noformat", 9) == 0)
		text_char(out, '(');
	else
		text_char(out, p->at.p[0]);
}

static void
put_ascii(const struct escaper *e, const struct place *p)
{
	char c = p->at.p[0];
	const char *entity = NULL;

	switch (e->how) {
	case ESCAPE_MARKDOWN:
		if (e->span || e->fence != 0)
			put_markdown_code(e, c);
		else
			put_markdown(e->out, p);
		return;
	case ESCAPE_JIRA:
		if (e->span)
			put_jira_verbatim(e->out, p);
		else
			put_jira(e->out, p);
		return;
	case ESCAPE_HTML:
		entity = html_entity(c);
		break;
	case ESCAPE_NONE:
	case ESCAPE_TEXT:
		break;
	}
	if (entity != NULL)
		text_put(e->out, str_of(entity));
	else
		text_char(e->out, c);
}

/* A fence ends at a line of as many backticks; a value that begins a line may not be one. */
static void
guard_fence(const struct escaper *e, struct str *s)
{
	struct str inner = str_trim(*s);
	size_t run = backticks(inner);

	if (e->fence == 0 || run < e->fence || !at_line_start(e->out))
		return;
	for (size_t i = 0; i < run; i++)
		text_char(e->out, '\'');
	*s = str_from(inner, run);
}

static bool
may_begin_line(uint32_t c)
{
	return c == ' ' || c == '\t' || (c >= '0' && c <= '9');
}

typedef void (*put_fn)(const struct escaper *e, const struct place *p);

static void
put_characters(const struct escaper *e, struct str s, put_fn put)
{
	struct place p = { '\0', s, at_line_start(e->out) };

	while (s.len != 0) {
		uint32_t c = UTF8_REPLACEMENT;

		p.at = s;
		if (!utf8_take(&s, &c))
			text_put(e->out, STR("\xef\xbf\xbd"));
		else if (c < 0x80 && !is_control(c))
			put(e, &p);
		else if (!put_inert(e->out, c))
			text_put(e->out, str_first(p.at, p.at.len - s.len));
		p.line_start = p.line_start && may_begin_line(c);
		p.before = (char)(c < 0x80 ? c : 0);
	}
}

void
escaper_value(struct escaper *e, struct str s)
{
	if (e->how == ESCAPE_NONE) {
		text_put(e->out, s);
		return;
	}
	guard_fence(e, &s);
	put_characters(e, s, put_ascii);
}

static void
put_as_it_is(const struct escaper *e, const struct place *p)
{
	text_char(e->out, p->at.p[0]);
}

void
escaper_raw(struct escaper *e, struct str s)
{
	if (e->how == ESCAPE_NONE)
		text_put(e->out, s);
	else
		put_characters(e, s, put_as_it_is);
}
