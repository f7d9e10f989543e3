/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/identity.h"

#include "base/compiler.h"
#include "oops/pattern.h"
#include "oops/trace.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static void
skip_blanks(struct str *s)
{
	while (s->len != 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_from(*s, 1);
}

/* ---- who ---- */

/* Letters, dashes and blanks: the first other word is the kernel's release. */
bool
identity_take_taint(struct str *s, struct str *letters)
{
	struct str rest = *s;
	size_t end = 0;
	size_t i = 0;

	for (; i < rest.len; i++) {
		char c = rest.p[i];

		if (isupper((unsigned char)c) != 0)
			end = i + 1;
		else if (c != ' ' && c != '-')
			break;
	}
	/* A release may begin with a capital: its word is not one of the letters. */
	while (end != 0 && i < rest.len && rest.p[i] != ' ' && end == i) {
		end--;
		i--;
	}
	if (end == 0)
		return false;
	*letters = str_trim(str_first(rest, end));
	*s = str_from(rest, i);
	return letters->len != 0;
}

/* "3.10.0-957.el7.x86_64 #1": a release begins with its version. */
static void
put_release(struct event *e, struct str behind)
{
	struct str word = { NULL, 0 };

	if (e->release.len == 0 && str_take_word(&behind, &word) && word.p[0] >= '1' &&
	    word.p[0] <= '9' && str_find_char(word, '.') != STR_NONE)
		e->release = word;
}

static void
put_taint(struct event *e, struct str behind)
{
	struct str letters;

	if (identity_take_taint(&behind, &letters))
		e->taint = letters;
	put_release(e, behind);
}

/* "x Kdump: loaded Tainted: G W 5.10", "x Not tainted 5.10" */
static void
put_comm_and_taint(struct event *e, struct str s)
{
	size_t clean = str_find(s, STR(" Not tainted"));
	size_t tainted = str_find(s, STR(" Tainted: "));
	size_t end = clean < tainted ? clean : tainted;
	size_t kdump = str_find(s, STR(" Kdump: loaded"));

	if (tainted < clean)
		put_taint(e, str_from(s, tainted + STR(" Tainted: ").len));
	else if (clean != STR_NONE) {
		e->not_tainted = true;
		put_release(e, str_from(s, clean + STR(" Not tainted").len));
	}
	if (kdump < end)
		end = kdump;
	e->comm = end == STR_NONE ? (struct str){ NULL, 0 } : str_trim(str_first(s, end));
}

static void
put_number(struct str s, uint32_t *value, bool *has)
{
	uint64_t v = 0;

	if (str_take_decimal(&s, &v) && v <= UINT32_MAX) {
		*value = (uint32_t)v;
		*has = true;
	}
}

static void
put_pid(struct event *e, struct str s)
{
	uint64_t v = 0;

	if (str_take_decimal(&s, &v) && v <= INT32_MAX) {
		e->pid = (int64_t)v;
		e->has_pid = true;
	}
}

static bool
who_line(struct identity *id, struct str s)
{
	static const char *const forms[] = {
		"CPU: {cpu} UID: {count} PID: {pid} Comm: {detail}",
		"CPU: {cpu} PID: {pid} Comm: {detail}",
		"CPU: {cpu}{}Not tainted {detail}", /* 2.6 arm: nobody's name */
		"CPU: {cpu}{}Tainted: {detail}",
		"Pid: {pid}, comm: {detail}",
		"Process {comm} (pid: {pid}, ",
		"CPU: {cpu} UID: {count} PID: {pid} Comm: ",
		"CPU {cpu}$", /* 2.6 x86 */
	};
	struct captures c;
	size_t i = 0;

	while (i < ARRAY_LEN(forms) && !pattern_match(s, forms[i], &c))
		i++;
	if (i == ARRAY_LEN(forms))
		return false;
	if (id->has_who)
		return true;

	struct event *e = id->event;

	if (c.field[FIELD_CPU].len != 0 && !e->has_cpu)
		put_number(c.field[FIELD_CPU], &e->cpu, &e->has_cpu);
	if (c.field[FIELD_PID].len != 0 && !e->has_pid)
		put_pid(e, c.field[FIELD_PID]);
	if (i < 2 || i == 4) {
		struct str comm = e->comm;

		put_comm_and_taint(e, c.field[FIELD_DETAIL]);
		if (comm.len != 0)
			e->comm = comm;
		id->has_who = true;
	} else if (e->comm.len == 0) {
		e->comm = c.field[FIELD_COMM];
	}
	return true;
}

/* "Tainted: G  OE 6.1.0-56-amd64 #1": reports of a task that hangs have it alone in a line
 * (kernel/hung_task.c). "Tainted: [O]=OOT_MODULE" explains what came before. */
static bool
taint_line(struct identity *id, struct str s)
{
	struct event *e = id->event;
	bool clean = str_take(&s, STR("Not tainted "));

	if (!clean && (!str_take(&s, STR("Tainted: ")) || str_starts(s, STR("["))))
		return false;
	if (e->taint.len != 0 || e->not_tainted)
		return true;
	e->not_tainted = clean;
	if (clean)
		put_release(e, s);
	else
		put_taint(e, s);
	return true;
}

static bool
hardware_line(struct identity *id, struct str s)
{
	if (!str_take(&s, STR("Hardware name: ")) && !str_take(&s, STR("Hardware: ")))
		return false;
	if (id->event->hardware.len == 0)
		id->event->hardware = str_trim(s);
	return true;
}

/* ---- page tables ---- */

static const char *
take_level_name(struct str *s)
{
	static const char *const levels[] = { "PGD", "P4D",  "PUD", "PMD",
					      "PTE", "PPTE", "PDE", "PDPT" };

	(void)str_take(s, STR("*"));
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		size_t len = strlen(levels[i]);

		if (s->len > len && strncasecmp(s->p, levels[i], len) == 0 &&
		    strchr(" =", s->p[len]) != NULL) {
			*s = str_from(*s, len);
			return levels[i];
		}
	}
	return NULL;
}

/* "PGD 42d21067 P4D 42d21067 PUD 0 ", "[00000009] *pgd=00000000, *pte=...", "pgd = c0004000" */
static bool
page_table_line(struct identity *id, struct str s)
{
	struct event *e = id->event;
	uint64_t address = 0;
	const char *level = NULL;
	size_t before = e->page_table_count;

	(void)trace_take_address(&s, &address);
	skip_blanks(&s);
	while ((level = take_level_name(&s)) != NULL) {
		uint64_t value = 0;

		while (s.len != 0 && strchr(" =", s.p[0]) != NULL)
			s = str_from(s, 1);
		if (!str_take_hex(&s, &value))
			break;
		if (e->page_table_count < ARRAY_LEN(e->page_table) && !id->page_table_done) {
			e->page_table[e->page_table_count].level = level;
			e->page_table[e->page_table_count++].value = value;
		}
		while (s.len != 0 && strchr(" ,", s.p[0]) != NULL)
			s = str_from(s, 1);
	}
	return e->page_table_count != before;
}

static bool
code_line(struct identity *id, struct str s)
{
	if (!str_take(&s, STR("Code: ")) && !str_take(&s, STR("Code:\t")))
		return false;
	if (id->event->code.len == 0 && id->code_wanted)
		id->event->code = str_trim(s);
	return true;
}

bool
identity_line(struct identity *id, struct str text)
{
	struct str s = str_trim(text);

	if (s.len < 4)
		return false;
	return who_line(id, s) || taint_line(id, s) || hardware_line(id, s) ||
	       page_table_line(id, s) || code_line(id, s);
}
