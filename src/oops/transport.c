/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/transport.h"

#include "base/compiler.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void
transport_begin(struct transport *t, transport_sink sink, void *ctx)
{
	memset(t, 0, sizeof(*t));
	t->sink = sink;
	t->ctx = ctx;
	t->last.level = MESSAGE_LEVEL_UNKNOWN;
}

/* ---- small cutters; each leaves the text as it was if it does not fit ---- */

static void
skip_blanks(struct str *s)
{
	while (s->len != 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_from(*s, 1);
}

static bool
take_digits(struct str *s, size_t least, size_t most, uint64_t *value)
{
	size_t n = 0;
	uint64_t v = 0;

	while (n < s->len && n < most && s->p[n] >= '0' && s->p[n] <= '9')
		v = v * 10 + (uint64_t)(s->p[n++] - '0');
	if (n < least)
		return false;
	*value = v;
	*s = str_from(*s, n);
	return true;
}

static bool
take_number(struct str *s, uint64_t *value)
{
	return take_digits(s, 1, 18, value);
}

/* "[   12.345678]" */
static bool
take_stamp(struct str *s, uint64_t *ns)
{
	struct str rest = *s;
	uint64_t seconds = 0;
	uint64_t micro = 0;

	if (!str_take(&rest, STR("[")))
		return false;
	while (rest.len != 0 && rest.p[0] == ' ')
		rest = str_from(rest, 1);
	if (!take_digits(&rest, 1, 9, &seconds) || !str_take(&rest, STR(".")) ||
	    !take_digits(&rest, 6, 6, &micro) || !str_take(&rest, STR("]")))
		return false;
	*ns = seconds * 1000000000 + micro * 1000;
	*s = rest;
	return true;
}

/* "T1234", "C0": printk's caller; "T1234/comm" too */
static bool
take_caller_id(struct str *s, struct message *m)
{
	struct str rest = *s;
	uint64_t id = 0;
	bool is_cpu = str_starts(rest, STR("C"));

	if (!is_cpu && !str_starts(rest, STR("T")))
		return false;
	rest = str_from(rest, 1);
	if (!take_digits(&rest, 1, 10, &id))
		return false;
	m->caller_kind = is_cpu ? MESSAGE_CALLER_CPU : MESSAGE_CALLER_TASK;
	m->caller = (uint32_t)id;
	*s = rest;
	return true;
}

/* "[ T1234]" right behind a stamp */
static void
take_caller(struct str *s, struct message *m)
{
	struct str rest = *s;
	struct str inside;

	if (str_starts(rest, STR(" [")))
		rest = str_from(rest, 1);
	if (!str_take(&rest, STR("[")) || !str_cut(&rest, ']', &inside) || inside.len > 24)
		return;
	skip_blanks(&inside);
	if (take_caller_id(&inside, m))
		*s = rest;
}

/* "<4>", "<12>", and the letters of 2.6 ("<c>" continued, "<d>" default) */
static bool
take_level(struct str *s, struct message *m)
{
	struct str rest = *s;
	uint64_t level = MESSAGE_LEVEL_UNKNOWN;

	if (!str_take(&rest, STR("<")))
		return false;
	if (take_digits(&rest, 1, 3, &level))
		level &= 7;
	else if (!str_take(&rest, STR("c")) && !str_take(&rest, STR("d")))
		return false;
	if (!str_take(&rest, STR(">")))
		return false;
	m->level = (uint8_t)level;
	*s = rest;
	return true;
}

static bool
take_level_word(struct str *s, struct message *m)
{
	static const struct str levels[] = {
		STR("emerg"), STR("alert"),  STR("crit"), STR("err"),
		STR("warn"),  STR("notice"), STR("info"), STR("debug")
	};

	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (str_take(s, levels[i])) {
			m->level = (uint8_t)i;
			return true;
		}
	}
	return false;
}

/* "kern  :warn  : ", as dmesg -x writes it */
static bool
take_decoded_level(struct str *s, struct message *m)
{
	static const struct str facilities[] = { STR("kern"), STR("user"), STR("daemon"),
						 STR("auth"), STR("syslog") };
	struct str rest = *s;
	size_t i = 0;

	if (rest.len < 8 || rest.p[6] != ':') /* both words are padded to six */
		return false;
	while (i < ARRAY_LEN(facilities) && !str_take(&rest, facilities[i]))
		i++;
	skip_blanks(&rest);
	if (i == ARRAY_LEN(facilities) || !str_take(&rest, STR(":")) || !take_level_word(&rest, m))
		return false;
	skip_blanks(&rest);
	if (!str_take(&rest, STR(":")))
		return false;
	(void)str_take(&rest, STR(" "));
	*s = rest;
	return true;
}

/* ---- dates ---- */

static bool
take_month(struct str *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; s->len >= 3 && i < 36; i += 3) {
		if (memcmp(s->p, months + i, 3) == 0) {
			*s = str_from(*s, 3);
			return true;
		}
	}
	return false;
}

static bool
take_weekday(struct str *s)
{
	static const char days[] = "MonTueWedThuFriSatSun";

	for (size_t i = 0; s->len >= 3 && i < 21; i += 3) {
		if (memcmp(s->p, days + i, 3) == 0) {
			*s = str_from(*s, 3);
			return true;
		}
	}
	return false;
}

static bool
take_clock(struct str *s)
{
	struct str rest = *s;
	uint64_t v = 0;

	if (!take_digits(&rest, 2, 2, &v) || !str_take(&rest, STR(":")) ||
	    !take_digits(&rest, 2, 2, &v) || !str_take(&rest, STR(":")) ||
	    !take_digits(&rest, 2, 2, &v))
		return false;
	if (str_take(&rest, STR(".")) || str_take(&rest, STR(",")))
		(void)take_digits(&rest, 0, 9, &v);
	*s = rest;
	return true;
}

/* "Nov 23 06:05:01" */
static bool
take_short_date(struct str *s)
{
	struct str rest = *s;
	uint64_t v = 0;

	if (rest.len < 12 || rest.p[3] != ' ' || !take_month(&rest))
		return false;
	skip_blanks(&rest);
	if (!take_digits(&rest, 1, 2, &v))
		return false;
	skip_blanks(&rest);
	if (!take_clock(&rest))
		return false;
	*s = rest;
	return true;
}

static void
take_zone(struct str *s)
{
	struct str rest = *s;
	uint64_t v = 0;

	if (str_take(s, STR("Z")))
		return;
	if (!str_take(&rest, STR("+")) && !str_take(&rest, STR("-")))
		return;
	if (!take_digits(&rest, 2, 2, &v))
		return;
	(void)str_take(&rest, STR(":"));
	if (take_digits(&rest, 2, 2, &v))
		*s = rest;
}

/* "2025-11-23T06:05:01.123456+00:00", also with a blank for the T */
static bool
take_iso_date(struct str *s)
{
	struct str rest = *s;
	uint64_t v = 0;

	if (!take_digits(&rest, 4, 4, &v) || !str_take(&rest, STR("-")) ||
	    !take_digits(&rest, 2, 2, &v) || !str_take(&rest, STR("-")) ||
	    !take_digits(&rest, 2, 2, &v))
		return false;
	if (!str_take(&rest, STR("T")) && !str_take(&rest, STR(" ")))
		return false;
	if (!take_clock(&rest))
		return false;
	take_zone(&rest);
	*s = rest;
	return true;
}

/* "[Sun Nov 23 06:05:01 2025] " of dmesg -T and of terminal servers, "[  +0.000012] " of
 * dmesg -H */
static bool
take_bracketed_date(struct str *s)
{
	struct str rest = *s;
	uint64_t v = 0;

	if (!str_take(&rest, STR("[")))
		return false;
	skip_blanks(&rest);
	if (str_take(&rest, STR("+"))) {
		if (!take_number(&rest, &v) || !str_take(&rest, STR(".")) ||
		    !take_number(&rest, &v))
			return false;
	} else if (take_weekday(&rest)) {
		skip_blanks(&rest);
		if (!take_short_date(&rest))
			return false;
		skip_blanks(&rest);
		(void)take_digits(&rest, 4, 4, &v);
	} else if (!take_iso_date(&rest)) {
		return false;
	}
	if (!str_take(&rest, STR("]")))
		return false;
	(void)str_take(&rest, STR(" "));
	*s = rest;
	return true;
}

static bool
is_kernel_tag(struct str tag)
{
	return tag.len >= 6 && strncasecmp(tag.p, "kernel", 6) == 0 &&
	       (tag.len == 6 || tag.p[6] == '[' || tag.p[6] == '.');
}

/* Whose line it is, by what stands behind a date. */
enum sender {
	SENDER_KERNEL,
	SENDER_UNSURE, /* "host tag: ", or two words of the kernel's own: "Call Trace:" */
	SENDER_OTHER,  /* "host program[123]: " */
};

static enum sender
sender_of(struct str tag)
{
	if (is_kernel_tag(tag))
		return SENDER_KERNEL;
	return str_ends(tag, STR("]")) ? SENDER_OTHER : SENDER_UNSURE;
}

/* "host kernel: ", "host kern.err kernel: ". With a date before it, a host and another tag is
 * a line of another program. */
static bool
take_host_and_tag(struct str *s, enum sender *sender)
{
	struct str rest = *s;
	struct str host;
	struct str tag;

	if (!str_cut(&rest, ' ', &host) || host.len == 0 || host.p[0] == '[' ||
	    str_ends(host, STR(":")))
		return false;
	skip_blanks(&rest);

	struct str facility = rest;

	if (str_take_word(&facility, &tag) && str_find_char(tag, '.') != STR_NONE &&
	    str_find_char(tag, ':') == STR_NONE && tag.len > 5 &&
	    strncasecmp(tag.p, "kern.", 5) == 0) {
		skip_blanks(&facility);
		rest = facility;
	}
	if (!str_cut(&rest, ':', &tag) || tag.len == 0 || str_find_char(tag, ' ') != STR_NONE)
		return false;
	*sender = sender_of(tag);
	if (*sender != SENDER_KERNEL)
		return true;
	(void)str_take(&rest, STR(" "));
	*s = rest;
	return true;
}

/* A piece of a message that was too long for a packet. */
struct fragment {
	uint64_t off;
	uint64_t len; /* of the whole message */
	bool found;
};

/* What prefixes say besides what a message holds. */
struct prefix {
	bool tagged; /* there is a sender */
	enum sender sender;
	struct fragment fragment;
};

/* A date in front, and the host and tag behind it. */
static bool
take_syslog(struct str *s, struct prefix *p)
{
	struct str rest = *s;
	bool dated = take_short_date(&rest) || take_iso_date(&rest);

	if (!dated)
		return false;
	skip_blanks(&rest);
	p->tagged = take_host_and_tag(&rest, &p->sender);
	*s = rest;
	return true;
}

/* ---- /dev/kmsg and netconsole: "6.1.0,4,1234,567890,-,caller=T12;" ---- */

/* "ncfrag=0/1500": from which byte of how many */
static void
take_fragment(struct str value, struct fragment *f)
{
	if (str_take_decimal(&value, &f->off) && str_take(&value, STR("/")) &&
	    str_take_decimal(&value, &f->len))
		f->found = true;
}

static void
take_kmsg_keys(struct str keys, struct message *m, struct fragment *f)
{
	struct str key;

	while (keys.len != 0) {
		if (!str_cut(&keys, ',', &key)) {
			key = keys;
			keys = (struct str){ NULL, 0 };
		}
		if (str_take(&key, STR("caller=")))
			(void)take_caller_id(&key, m);
		else if (str_take(&key, STR("ncfrag=")))
			take_fragment(key, f);
	}
}

static bool
take_kmsg(struct str *s, struct message *m, struct fragment *f)
{
	struct str rest = *s;
	struct str head;
	uint64_t level = 0;
	uint64_t seq = 0;
	uint64_t us = 0;

	if (rest.len == 0 || rest.p[0] < '0' || rest.p[0] > '9')
		return false;
	if (!str_cut(&rest, ';', &head) || head.len > 160)
		return false;

	struct str release;
	struct str behind = head;

	if (str_cut(&behind, ',', &release) && str_find_char(release, '.') != STR_NONE)
		head = behind;
	if (!take_number(&head, &level) || !str_take(&head, STR(",")) ||
	    !take_number(&head, &seq) || !str_take(&head, STR(",")) || !take_number(&head, &us) ||
	    !str_take(&head, STR(",")))
		return false;
	m->level = level & 7;
	m->ns = us * 1000;
	m->has_time = true;
	take_kmsg_keys(head, m, f);
	*s = rest;
	return true;
}

/* ---- one line ---- */

/* "** 123 printk messages dropped ** " in front of a line */
static bool
take_dropped_mark(struct str *s, struct message *m)
{
	static const struct str mark = STR(" printk messages dropped ** ");
	struct str rest = *s;
	uint64_t n = 0;

	if (!str_take(&rest, STR("** ")) || !take_number(&rest, &n) || !str_take(&rest, mark))
		return false;
	m->damaged = true;
	*s = rest;
	return true;
}

/* A stamp with caller, and "host kernel: " where the journal puts it. */
static bool
take_stamp_and_caller(struct str *s, struct message *m)
{
	struct str tagged;
	struct str host;

	if (!take_stamp(s, &m->ns))
		return false;
	m->has_time = true;
	take_caller(s, m);
	if (s->len != 0 && s->p[0] == ' ')
		*s = str_from(*s, 1);
	tagged = *s;
	if (str_cut(&tagged, ' ', &host) && host.len != 0 && tagged.len > 8 && tagged.p[6] == ':' &&
	    str_take(&tagged, STR("kernel: "))) {
		m->forwarded = true;
		*s = tagged;
	}
	return true;
}

/* One prefix off the front; false if there is none. Behind a stamp only what programs add to
 * lines of printk's own form may still come. */
static bool
take_prefix(struct str *s, struct message *m, struct prefix *p)
{
	if (m->has_time && s->p[0] != '[' && s->p[0] != '<')
		return false;
	switch (s->p[0]) {
	case '[':
		return take_stamp_and_caller(s, m) || take_bracketed_date(s);
	case '<':
		return take_level(s, m);
	case '*':
		return take_dropped_mark(s, m);
	default:
		break;
	}
	if (isdigit((unsigned char)s->p[0]) != 0)
		return take_kmsg(s, m, &p->fragment) || take_syslog(s, p);
	return take_decoded_level(s, m) || take_syslog(s, p);
}

/* Where in a text another stamp stands; STR_NONE if nowhere. */
static size_t
find_embedded_stamp(struct str s)
{
	size_t from = 1;

	while (from < s.len) {
		size_t at = str_find_char(str_from(s, from), '[');
		uint64_t ns = 0;

		if (at == STR_NONE)
			return STR_NONE;

		struct str here = str_from(s, from + at);

		if (here.len > 9 && (here.p[1] == ' ' || isdigit((unsigned char)here.p[1]) != 0) &&
		    take_stamp(&here, &ns))
			return from + at;
		from += at + 1;
	}
	return STR_NONE;
}

/* What a message without a stamp takes over from the one before it. */
static void
inherit(struct message *m, const struct message *last)
{
	m->inherited = true;
	m->ns = last->ns;
	m->has_time = last->has_time;
	m->level = last->level;
	m->caller = last->caller;
	m->caller_kind = last->caller_kind;
}

static bool
is_kmsg_dictionary(struct str s)
{
	/* " SUBSYSTEM=pci", " DEVICE=+pci:0000:00:1f.2" under a /dev/kmsg record */
	if (s.len < 8 || s.p[0] != ' ' || (s.p[1] != 'S' && s.p[1] != 'D'))
		return false;
	return str_starts(s, STR(" SUBSYSTEM=")) || str_starts(s, STR(" DEVICE="));
}

enum {
	PREFIXES = 8, /* a conserver before a syslog before a level before a stamp */
	PARTS = 16,   /* messages run together in one line */
};

/* Puts the pieces of a message together. False until it is whole. */
static bool
take_piece(struct transport *t, const struct fragment *f, struct str *text)
{
	if (f->off == 0)
		t->pieces_len = 0;
	if (f->off != t->pieces_len || text->len > sizeof(t->pieces) - t->pieces_len)
		return true; /* one was lost: the pieces stand for themselves */
	if (text->len != 0)
		memcpy(t->pieces + t->pieces_len, text->p, text->len);
	t->pieces_len += text->len;
	*text = (struct str){ t->pieces, t->pieces_len };
	return t->pieces_len >= f->len;
}

static void
hand_on(struct transport *t, struct message *m, int prefixes)
{
	if (prefixes != 0)
		t->stamped++;
	if (m->has_time)
		t->last = *m;
	else if (prefixes == 0 || t->last.has_time)
		inherit(m, &t->last);
	t->sink(t->ctx, m);
}

/* Another program's line. Where no line is said to be the kernel's there are no tags at all, as
 * in what "dmesg --time-format=iso" writes. */
static bool
is_foreign(const struct transport *t, const struct prefix *p)
{
	if (!p->tagged || p->sender == SENDER_KERNEL)
		return false;
	return p->sender == SENDER_OTHER || t->tagged;
}

/* Takes prefixes and hands the message on, up to the next stamp inside it. What is left is
 * returned. */
static struct str
one_message(struct transport *t, struct str s)
{
	struct message m = { .level = MESSAGE_LEVEL_UNKNOWN, .line = t->line };
	struct prefix p = { .tagged = false };
	int prefixes = 0;

	while (s.len != 0 && !is_foreign(t, &p) && prefixes < PREFIXES && take_prefix(&s, &m, &p))
		prefixes++;
	if (is_foreign(t, &p)) {
		t->foreign++;
		return (struct str){ NULL, 0 };
	}
	t->tagged |= p.tagged && p.sender == SENDER_KERNEL;
	m.forwarded |= p.tagged;
	if (p.fragment.found && !take_piece(t, &p.fragment, &s))
		return (struct str){ NULL, 0 };

	size_t cut = find_embedded_stamp(s);

	m.text = cut == STR_NONE ? s : str_first(s, cut);
	hand_on(t, &m, prefixes);
	return cut == STR_NONE ? (struct str){ NULL, 0 } : str_from(s, cut);
}

static void
messages_of(struct transport *t, struct str s)
{
	if (is_kmsg_dictionary(s))
		return;
	for (int i = 0; i < PARTS; i++) {
		s = one_message(t, s);
		if (s.len == 0)
			return;
	}
}

/* ---- control bytes ---- */

/* Bytes of an ANSI sequence whose ESC stands before s: "[0;31m". */
static size_t
ansi_len(struct str s)
{
	size_t n = 1;

	if (s.len == 0 || s.p[0] != '[')
		return 0;
	while (n < s.len && n < 32 &&
	       (isdigit((unsigned char)s.p[n]) != 0 || s.p[n] == ';' || s.p[n] == '?'))
		n++;
	return n < s.len && isalpha((unsigned char)s.p[n]) != 0 ? n + 1 : 0;
}

/* "\x0a": one byte that a reader of the buffer found unprintable. */
static bool
take_escape(struct str *s, char *c)
{
	struct str rest = *s;
	struct str digits;
	uint64_t v = 0;

	if (!str_take(&rest, STR("\\x")) || rest.len < 2)
		return false;
	digits = str_first(rest, 2);
	if (!str_take_hex(&digits, &v) || digits.len != 0)
		return false;
	if (v != '\n' && v != '\t' && v != 0x1b)
		return false;
	*c = (char)v;
	*s = str_from(rest, 2);
	return true;
}

static char
take_char(struct str *s)
{
	char c = 0;

	if (s->p[0] != '\\' || !take_escape(s, &c)) {
		c = s->p[0];
		*s = str_from(*s, 1);
	}
	return c;
}

/* Bytes of a word that are c have their top bit set in the result, or the one before has. */
static uint64_t
bytes_that_are(uint64_t word, uint8_t c)
{
	const uint64_t ones = UINT64_MAX / 255;
	uint64_t x = word ^ (ones * c);

	return (x - ones) & ~x & (ones << 7);
}

static bool
is_dirty_byte(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == '\\' || c == 127;
}

/* Eight bytes at a time: no line goes without this question. */
static bool
is_dirty(struct str s)
{
	const uint64_t ones = UINT64_MAX / 255;
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		uint64_t word = 0;

		memcpy(&word, s.p + i, 8);

		uint64_t control = (word - ones * ' ') & ~word & (ones << 7);

		if (control | bytes_that_are(word, '\\') | bytes_that_are(word, 127))
			break; /* or it is a tab, or top bits carried: look closely */
	}
	for (; i < s.len; i++) {
		if (is_dirty_byte(s.p[i]))
			return true;
	}
	return false;
}

static void
clean_messages(struct transport *t, struct str raw)
{
	size_t n = 0;

	while (raw.len != 0 && n < sizeof(t->clean)) {
		char c = take_char(&raw);

		if (c == 0x1b)
			raw = str_from(raw, ansi_len(raw));
		else if (c == '\n') {
			messages_of(t, (struct str){ t->clean, n });
			n = 0;
		} else if ((unsigned char)c >= ' ' || c == '\t')
			t->clean[n++] = c;
	}
	messages_of(t, (struct str){ t->clean, n });
}

void
transport_line(struct transport *t, struct str raw)
{
	t->line++;
	raw = str_first(raw, LIMIT_LINE_BYTES);
	while (raw.len != 0 && raw.p[raw.len - 1] == '\r')
		raw.len--;
	if (is_dirty(raw))
		clean_messages(t, raw);
	else
		messages_of(t, raw);
}
