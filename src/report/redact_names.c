/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/redact_names.h"

#include "base/compiler.h"
#include "report/redact_match.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
	NAMES_MAX = 4096,   /* originals that are told apart; the rest share a name */
	NAMES_WORD_MIN = 3, /* shorter words stand everywhere by chance */
};

static const char *const class_names[NAME_CLASS_COUNT] = {
	[NAME_HOST] = "host", [NAME_DOMAIN] = "domain",   [NAME_IP] = "ip",
	[NAME_MAC] = "mac",   [NAME_UUID] = "uuid",       [NAME_SERIAL] = "serial",
	[NAME_USER] = "user", [NAME_PATH] = "path",       [NAME_EMAIL] = "email",
	[NAME_SSID] = "ssid", [NAME_COMM] = "comm",       [NAME_VALUE] = "value",
	[NAME_TEXT] = "text", [NAME_ADDRESS] = "address",
};

/* Names that tell nothing, and words that kernels print for other reasons. */
static const char *const common_words[] = {
	"localhost", "localdomain", "localhost.localdomain",
	"(none)",    "none",        "linux",
	"kernel",    "debian",      "fedora",
	"ubuntu",    "centos",      "rhel",
	"suse",      "opensuse",    "archlinux",
	"host",      "root",        "system",
	"default",   "enabled",     "disabled",
	"normal",    "true",        "false",
	"yes",       "auto",        "force",
	"verbose",   "console",     "serial",
	"memory",    "panic",       "crash",
	"module",    "modules",     "driver",
	"unknown",   "daemon",      "nobody",
	"graphical", "multi-user",  "kdump",
	"vmcore",    "test",        "user",
	"admin",     "server",
};

const char *names_class_name(enum name_class class)
{
	return class_names[class];
}

void
names_count(struct redaction *r, enum name_class class)
{
	if (!r->learning)
		r->replaced[class]++;
}

static bool
same_name(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.p, b.p, a.len) == 0);
}

static struct name *
find_name(struct redaction *r, enum name_class class, struct str original)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->name[i].class == class && same_name(r->name[i].original, original))
			return &r->name[i];
	}
	return NULL;
}

bool
names_is_ours(const struct redaction *r, struct str s)
{
	for (size_t i = 0; i < r->count; i++) {
		if (str_is(r->name[i].shown, s))
			return true;
	}
	return false;
}

static struct name *
add_name(struct redaction *r, enum name_class class, struct str original, struct str shown)
{
	r->name = arena_grow(r->arena, r->name, r->count, &r->cap, sizeof(*r->name));
	r->name[r->count] = (struct name){ class, str_copy(r->arena, original), shown, false };
	return &r->name[r->count++];
}

static struct str
new_shown(struct redaction *r, enum name_class class, struct str original)
{
	struct str shown = STR("<redacted>");

	if (class == NAME_VALUE)
		return shown;
	if (r->count >= NAMES_MAX)
		return str_of(arena_printf(r->arena, "%s*", class_names[class]));
	/* A host may really be called host1. */
	do {
		r->number[class]++;
		shown = str_of(
			arena_printf(r->arena, "%s%u", class_names[class], r->number[class]));
	} while (same_name(shown, original));
	return shown;
}

static struct name *
name_of(struct redaction *r, enum name_class class, struct str original)
{
	struct name *n = find_name(r, class, original);

	if (n != NULL || r->count > NAMES_MAX)
		return n;
	return add_name(r, class, original, new_shown(r, class, original));
}

struct str
names_shown(struct redaction *r, enum name_class class, struct str original)
{
	const struct name *n = name_of(r, class, original);

	return n == NULL ? new_shown(r, class, original) : n->shown;
}

static bool
is_common(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(common_words); i++) {
		if (same_name(word, str_of(common_words[i])))
			return true;
	}
	return false;
}

static bool
is_number(struct str s)
{
	uint64_t ignored = 0;

	return str_to_number(s, &ignored);
}

/* A short word, a common one or a number is in every text, and says nothing about anybody. */
static bool
tells_somebody(struct str word)
{
	return word.len >= NAMES_WORD_MIN && !is_common(word) && !is_number(word);
}

static void
seek_everywhere(struct redaction *r, struct name *n)
{
	unsigned char first;

	if (n == NULL || !tells_somebody(n->original))
		return;
	first = (unsigned char)n->original.p[0];
	n->everywhere = true;
	/* Calls, not glibc's macros at -O2: clang-tidy counts those as branches here. */
	r->first[(tolower)(first)] = true;
	r->first[(toupper)(first)] = true;
}

void
names_learn(struct redaction *r, enum name_class class, struct str original)
{
	if (original.len != 0 && !names_is_ours(r, original))
		seek_everywhere(r, name_of(r, class, original));
}

void
names_learn_alias(struct redaction *r, enum name_class class, struct str original, struct str shown)
{
	struct name *n = find_name(r, class, original);

	if (original.len == 0)
		return;
	seek_everywhere(r, n != NULL ? n : add_name(r, class, original, shown));
}

size_t
names_match(const struct redaction *r, struct str s, const struct name **out)
{
	size_t best = 0;

	if (s.len == 0 || !r->first[(unsigned char)s.p[0]])
		return 0;
	for (size_t i = 0; i < r->count; i++) {
		const struct name *n = &r->name[i];
		size_t len = n->original.len;

		if (!n->everywhere || len <= best || len > s.len ||
		    strncasecmp(s.p, n->original.p, len) != 0)
			continue;
		if (len < s.len && match_is_word(s.p[len]) && match_is_word(s.p[len - 1]))
			continue;
		best = len;
		*out = n;
	}
	return best;
}
