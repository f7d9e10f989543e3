/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redact_audit.c - the finished text, searched for what should not stand there any more.
 */
#include "report/redact.h"

#include "base/compiler.h"
#include "report/redact_match.h"
#include "report/redact_names.h"

#include <ctype.h>
#include <string.h>

/* What has a form of its own and no other meaning in a report. */
static const struct {
	enum name_class class;
	size_t (*match)(struct str s);
} forms[] = {
	{ NAME_MAC, match_mac },
	{ NAME_IP, match_ipv6 },
	{ NAME_UUID, match_uuid },
};

static size_t
find_here(const struct redaction *r, struct str s, enum name_class *class)
{
	const struct name *n = NULL;
	size_t len = names_match(r, s, &n);

	if (len != 0) {
		*class = n->class;
		return len;
	}
	/* As all that they match: 0-9, a-f, and the beginnings of "::", "naa." and "wwn". */
	if (!isxdigit((unsigned char)s.p[0]) && strchr(":nw", s.p[0]) == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		len = forms[i].match(s);
		if (len != 0) {
			*class = forms[i].class;
			return len;
		}
	}
	return 0;
}

static void
count_all(const struct redaction *r, struct str s, size_t found[NAME_CLASS_COUNT])
{
	char before = ' ';

	while (s.len != 0) {
		enum name_class class = NAME_HOST;
		size_t len = match_is_word(before) ? 0 : find_here(r, s, &class);

		if (len != 0)
			found[class]++;
		else
			len = 1;
		before = s.p[len - 1];
		s = str_from(s, len);
	}
}

size_t
redact_audit(struct redaction *r, struct str report, struct facts *f)
{
	struct origin run = { ORIGIN_RUN, "search of the finished report" };
	size_t found[NAME_CLASS_COUNT] = { 0 };
	size_t lines = 0;

	if (r->profile == REDACT_NONE)
		return 0;
	count_all(r, report, found);
	for (enum name_class c = 0; c < NAME_CLASS_COUNT; c++) {
		if (found[c] == 0)
			continue;
		facts_put_text(
			facts_root(f), FACT_REDACTION_RESIDUAL,
			str_of(arena_printf(r->arena, "%s: %zu", names_class_name(c), found[c])),
			run);
		lines++;
	}
	return lines;
}
