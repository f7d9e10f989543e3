/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mkdump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void *
more(void *p, size_t count, size_t len)
{
	/* One more than there are, at every power of two. */
	if ((count & (count - 1)) != 0)
		return p;
	p = realloc(p, (count == 0 ? 1 : 2 * count) * len);
	if (p == NULL)
		die("out of memory");
	return p;
}

void *
take(size_t len)
{
	void *p = calloc(1, len);

	if (p == NULL)
		die("out of memory");
	return p;
}

char *
copy(const char *s)
{
	return memcpy(take(strlen(s) + 1), s, strlen(s));
}

const char *
get(const char *key, const char *otherwise)
{
	for (size_t i = 0; i < g.settings; i++) {
		if (strcmp(g.setting[i].key, key) == 0)
			return g.setting[i].value;
	}
	return otherwise;
}

bool
is(const char *key, const char *value, const char *otherwise)
{
	return strcmp(get(key, otherwise), value) == 0;
}

uint64_t
number(const char *s)
{
	char *end = NULL;
	uint64_t v = 0;

	errno = 0;
	v = strtoull(s, &end, 0);
	if (errno != 0 || end == s || (*end != '\0' && *end != ' ' && *end != '*' && *end != ','))
		die("'%s' is not a number", s);
	return v;
}

uint64_t
get_number(const char *key, const char *otherwise)
{
	return number(get(key, otherwise));
}

void
set(const char *key, const char *value, bool fixed)
{
	size_t i = 0;

	while (i < g.settings && strcmp(g.setting[i].key, key) != 0)
		i++;
	if (i < g.settings && g.setting[i].fixed)
		return;
	if (i == SETTINGS_MAX)
		die("too many settings");
	g.setting[i] = (struct setting){ copy(key), copy(value), fixed };
	if (i == g.settings)
		g.settings++;
}

bool
big(void)
{
	return is("order", "big", "little");
}

void
put(uint8_t *p, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		p[big() ? len - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

bool
starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

size_t
up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}
