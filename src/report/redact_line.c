/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redact_line.c - lines of the kernel log that are more than text: the command line, machine
 * code, dumps of memory.
 */
#include "report/redact_text.h"

#include "base/compiler.h"
#include "base/text.h"
#include "report/redact_match.h"

#include <ctype.h>
#include <string.h>

/* ---- the command line ---- */

enum {
	SECRET_LONG = 12, /* a word as long as that is not one by chance */
	SECRET_MIN = 5,
};

/* Would this value, found elsewhere, be the same secret and not a common word? */
static bool
is_worth_seeking(struct str name, struct str value)
{
	static const char *const telling[] = { "pass", "key",  "token", "secret", "user",
					       "host", "cred", "pwd",   "name" };
	bool digit = false;
	bool letter = false;

	if (value.len < SECRET_MIN || value.p[0] == '/' || match_uuid(value) == value.len ||
	    match_ipv4(value) == value.len)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(telling); i++) {
		if (str_has(name, str_of(telling[i])))
			return true;
	}
	for (size_t i = 0; i < value.len; i++) {
		digit = digit || isdigit((unsigned char)value.p[i]);
		letter = letter || isalpha((unsigned char)value.p[i]);
	}
	return (digit && letter) || value.len >= SECRET_LONG;
}

/* The value and its parts: ds=nocloud;s=http://x/;token=abc */
static void
learn_value(struct redaction *r, struct str name, struct str value)
{
	struct str part = value;

	if (is_worth_seeking(name, value))
		names_learn(r, NAME_VALUE, value);
	for (size_t i = 0; i < value.len; i++) {
		if (strchr(";,=&:", value.p[i]) == NULL)
			continue;
		part.len = (size_t)(value.p + i - part.p);
		if (is_worth_seeking(name, part))
			names_learn(r, NAME_VALUE, part);
		part = str_from(value, i + 1);
	}
	if (part.len != value.len && is_worth_seeking(name, part))
		names_learn(r, NAME_VALUE, part);
}

/* ip=CLIENT:SERVER:GATEWAY:MASK:HOST:DEVICE:AUTOCONF, and what says it in words. */
static void
learn_parameter(struct redaction *r, struct str name, struct str value)
{
	struct str field = { NULL, 0 };

	if (str_has(name, STR("hostname"))) {
		redact_learn_host(r, value);
	} else if (str_is(name, STR("ip"))) {
		for (int i = 0; i < 5 && str_cut(&value, ':', &field); i++)
			;
		if (field.len != 0 && match_ipv4(field) == 0 && isalpha((unsigned char)field.p[0]))
			redact_learn_host(r, field);
	}
}

/* The kernel takes - and _ in names for the same. */
static bool
is_allowed(struct redaction *r, struct str name)
{
	char *copy = arena_printf(r->arena, "%.*s", STR_ARG(name));

	if (redact_is_listed("rules/cmdline.list", name))
		return true;
	for (char *p = copy; *p != '\0'; p++) {
		if (*p == '-')
			*p = '_';
	}
	return redact_is_listed("rules/cmdline.list", str_of(copy));
}

static void
put_redacted(struct redaction *r, struct text *out)
{
	names_count(r, NAME_VALUE);
	text_put(out, STR("<redacted>"));
}

static bool
is_redacted(struct redaction *r, struct str value)
{
	return str_is(value, STR("<redacted>")) || names_is_ours(r, value);
}

static struct str
unquoted(struct str s)
{
	if (s.len != 0 && s.p[0] == '"')
		s = str_from(s, 1);
	if (s.len != 0 && s.p[s.len - 1] == '"')
		s.len--;
	return s;
}

static void
put_parameter(struct redaction *r, struct str word, struct text *out)
{
	struct str value = unquoted(word);
	struct str name = value;
	bool has_value = str_cut(&value, '=', &name);

	if (str_is(word, STR("--")) || (has_value && is_redacted(r, value)) ||
	    is_redacted(r, word)) {
		text_put(out, word);
		return;
	}
	if (has_value) {
		text_put(out, name);
		text_char(out, '=');
		value = unquoted(value);
	}
	if (is_allowed(r, name)) {
		text_put(out, redact_text(r, has_value ? value : name));
		return;
	}
	if (has_value) {
		learn_parameter(r, name, value);
		learn_value(r, name, value);
	}
	put_redacted(r, out);
}

static size_t
parameter_len(struct str s)
{
	bool quoted = false;
	size_t n = 0;

	for (; n < s.len; n++) {
		if (s.p[n] == '"')
			quoted = !quoted;
		else if (s.p[n] == ' ' && !quoted)
			break;
	}
	return n;
}

struct str
redact_cmdline(struct redaction *r, struct str s)
{
	struct text out = text_new(r->arena);

	while (s.len != 0) {
		size_t n = parameter_len(s);

		if (n == 0) {
			text_char(&out, s.p[0]);
			n = 1;
		} else {
			put_parameter(r, str_first(s, n), &out);
		}
		s = str_from(s, n);
	}
	return text_str(&out);
}

/* ---- bytes of memory ---- */

struct byte_run {
	size_t start; /* in the line */
	size_t len;
	size_t count;
	size_t printable;
	bool poison; /* nothing but what allocators and sanitizers write */
};

static bool
is_pair(struct str s, size_t i)
{
	return i + 2 <= s.len && isxdigit((unsigned char)s.p[i]) &&
	       isxdigit((unsigned char)s.p[i + 1]) &&
	       (i + 2 == s.len || s.p[i + 2] == ' ' || s.p[i + 2] == ']') &&
	       (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '[');
}

static void
add_byte(struct byte_run *run, struct str pair)
{
	static const uint8_t poisons[] = { 0x6b, 0x6a, 0xa5, 0x5a, 0xbb, 0xcc, 0xaa };
	uint64_t byte = 0;
	bool known = false;

	(void)str_take_hex(&pair, &byte);
	/* KASAN's shadow: 00 to 07, f0 and more. */
	known = byte < 0x08 || byte >= 0xf0;
	for (size_t i = 0; i < ARRAY_LEN(poisons); i++)
		known = known || byte == poisons[i];
	run->poison = run->poison && known;
	run->printable += isprint((int)byte) != 0;
	run->count++;
}

/* Eight bytes or more in a row: a dump of memory. */
static bool
find_bytes(struct str line, struct byte_run *out)
{
	for (size_t i = 0; i < line.len; i++) {
		struct byte_run run = { .start = i, .poison = true };
		size_t end = i;

		while (is_pair(line, end)) {
			add_byte(&run, str_first(str_from(line, end), 2));
			end += 2;
			run.len = end - i;
			while (end < line.len && end - i - run.len < 3 &&
			       strchr(" []", line.p[end]) != NULL)
				end++;
		}
		if (run.count >= 8) {
			*out = run;
			return true;
		}
		i += run.len;
	}
	return false;
}

static struct str
without_bytes(struct redaction *r, struct str line, const struct byte_run *run)
{
	const char *what = run->printable * 2 > run->count ? "text, " : "";

	names_count(r, NAME_TEXT);
	return str_of(arena_printf(r->arena, "%.*s<%s%zu bytes>",
				   STR_ARG(redact_text(r, str_first(line, run->start))), what,
				   run->count));
}

/* "Code: 48 8b <c7> 00": blanks, hex and marks up to the end. */
static size_t
code_start(struct str line)
{
	size_t at = str_find(line, STR("Code: "));

	if (at == STR_NONE)
		return STR_NONE;
	for (size_t i = at + 6; i < line.len; i++) {
		if (!isxdigit((unsigned char)line.p[i]) && strchr(" <>()[]", line.p[i]) == NULL)
			return STR_NONE;
	}
	return at;
}

/* A word of a stack that is text and no address. */
static bool
is_text_word(struct str word)
{
	uint64_t v = 0;
	int printable = 0;

	if (word.len != 16 || !str_take_hex(&word, &v) || word.len != 0)
		return false;
	for (int i = 0; i < 8; i++)
		printable += isprint((int)(v >> (8 * i) & 0xff)) != 0;
	return printable >= 6;
}

static bool
is_hex_word(struct str word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (!isxdigit((unsigned char)word.p[i]))
			return false;
	}
	return word.len == 8 || word.len == 16;
}

static struct str
stack_words(struct redaction *r, struct str line)
{
	struct text out = text_new(r->arena);

	while (line.len != 0) {
		size_t n = 0;

		while (n < line.len && line.p[n] != ' ')
			n++;
		if (is_text_word(str_first(line, n))) {
			names_count(r, NAME_TEXT);
			text_put(&out, STR("<text, 8 bytes>"));
		} else {
			text_put(&out, redact_text(r, str_first(line, n)));
		}
		if (n < line.len)
			text_char(&out, line.p[n++]);
		line = str_from(line, n);
	}
	return text_str(&out);
}

static bool
is_stack_line(struct str line)
{
	struct str word = { NULL, 0 };
	size_t words = 0;
	size_t stamp = str_find(line, STR("] "));

	if (stamp != STR_NONE)
		line = str_from(line, stamp + 2);
	while (str_take_word(&line, &word)) {
		if (!is_hex_word(word))
			return false;
		words++;
	}
	return words != 0;
}

/* ---- a line ---- */

static void
next_state(struct str line, bool bytes, enum line_state *state)
{
	if (str_has(line, STR("Memory state around the buggy")))
		*state = LINE_SHADOW;
	else if (str_has(line, STR("Stack:")))
		*state = LINE_STACK;
	else if ((*state == LINE_SHADOW && !bytes && str_find_char(line, '^') == STR_NONE) ||
		 (*state == LINE_STACK && !is_stack_line(line)))
		*state = LINE_PLAIN;
}

static struct str
joined(struct redaction *r, struct str a, struct str b)
{
	return str_of(arena_printf(r->arena, "%.*s%.*s", STR_ARG(a), STR_ARG(b)));
}

/* "Command line: ..." and 'Unknown kernel command line parameters "...", will be passed'. */
static bool
find_cmdline(struct str line, struct str *before, struct str *cmdline, struct str *after)
{
	static const char *const heads[] = { "ommand line: ", "ommand line parameters \"" };

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		size_t at = str_find(line, str_of(heads[i]));

		if (at == STR_NONE)
			continue;
		at += strlen(heads[i]);
		*before = str_first(line, at);
		*cmdline = str_from(line, at);
		*after = (struct str){ NULL, 0 };

		size_t end = str_find(*cmdline, STR("\", will be passed"));

		if (i == 1 && end != STR_NONE) {
			*after = str_from(*cmdline, end);
			cmdline->len = end;
		}
		return true;
	}
	return false;
}

/* systemd's "Hostname set to <db1>." */
static void
learn_from_line(struct redaction *r, struct str line)
{
	size_t at = str_find(line, STR("ostname "));
	struct str rest = at == STR_NONE ? line : str_from(line, at);
	struct str host = { NULL, 0 };

	if (at != STR_NONE && str_cut(&rest, '<', &host) && str_cut(&rest, '>', &host))
		redact_learn_host(r, host);
}

/* "Jan 31 12:00:00 db1 kernel: " and "2024-01-31T12:00:00+00:00 db1 kernel: ". */
static void
learn_syslog_host(struct redaction *r, struct str line)
{
	struct str word[5] = { { NULL, 0 } };
	size_t host = 0;

	for (size_t i = 0; i < ARRAY_LEN(word); i++) {
		if (!str_take_word(&line, &word[i]))
			return;
	}
	if (word[0].len == 3 && str_find_char(word[2], ':') == 2 && word[2].len >= 8)
		host = 3;
	else if (word[0].len >= 19 && word[0].p[4] == '-' && word[0].p[10] == 'T')
		host = 1;
	if (host != 0 && str_ends(word[host + 1], STR(":")) && !str_ends(word[host], STR(":")))
		redact_learn_host(r, word[host]);
}

/* "Kernel Offset: 0x1400000 from 0xffffffff81000000 (...)": where the kernel lay in memory, to
 * which the other numbers of the line lead as well. */
static size_t
kaslr_start(const struct redaction *r, struct str s)
{
	static const char mark[] = "Kernel Offset: 0x";
	size_t at = r->profile == REDACT_PUBLIC ? str_find(s, str_of(mark)) : STR_NONE;

	return at == STR_NONE ? STR_NONE : at + strlen("Kernel Offset: ");
}

struct str
redact_log_line(struct redaction *r, struct str s, enum line_state *state)
{
	struct str before = { NULL, 0 };
	struct str cmdline = { NULL, 0 };
	struct str after = { NULL, 0 };
	struct byte_run run = { 0 };
	size_t code = code_start(s);
	size_t kaslr = kaslr_start(r, s);

	if (r->learning) {
		learn_from_line(r, s);
		learn_syslog_host(r, s);
	}
	if (find_cmdline(s, &before, &cmdline, &after))
		return joined(r, joined(r, redact_text(r, before), redact_cmdline(r, cmdline)),
			      after);
	if (code != STR_NONE)
		return joined(r, redact_text(r, str_first(s, code)), str_from(s, code));
	if (kaslr != STR_NONE) {
		names_count(r, NAME_ADDRESS);
		return joined(r, redact_text(r, str_first(s, kaslr)), STR("<redacted>"));
	}

	bool bytes = find_bytes(s, &run);

	next_state(s, bytes, state);
	if (*state == LINE_STACK)
		return stack_words(r, s);
	if (bytes && *state != LINE_SHADOW && !run.poison)
		return without_bytes(r, s, &run);
	return redact_text(r, s);
}
