/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/modules.h"

#include <ctype.h>
#include <string.h>

static bool
is_module_word(struct str w)
{
	size_t n = 0;

	while (n < w.len && (isalnum((unsigned char)w.p[n]) != 0 || w.p[n] == '_' || w.p[n] == '-'))
		n++;
	if (n == 0 || isdigit((unsigned char)w.p[0]) != 0)
		return n != 0 && n == w.len && isdigit((unsigned char)w.p[0]) != 0 && n > 3;
	return n == w.len || (w.p[n] == '(' && w.p[w.len - 1] == ')');
}

/* A console wraps long lists without any mark: all words of such a line look like modules. */
static bool
is_continuation(struct str line)
{
	struct str word;
	bool any = false;

	while (str_take_word(&line, &word)) {
		if (str_is(word, STR("[last")))
			return any;
		if (!is_module_word(word))
			return false;
		any = true;
	}
	return any;
}

static struct str
join(struct arena *a, struct str one, struct str two)
{
	char *p = arena_alloc(a, one.len + two.len + 2, 1);

	if (one.len != 0)
		memcpy(p, one.p, one.len);
	p[one.len] = ' ';
	if (two.len != 0)
		memcpy(p + one.len + 1, two.p, two.len);
	return (struct str){ p, one.len + 1 + two.len };
}

bool
modules_find(const struct report *r, struct arena *a, struct str *text)
{
	size_t i = 0;

	while (i < r->line_count &&
	       !str_starts(str_trim(r->line[i].text), STR("Modules linked in:")))
		i++;
	if (i == r->line_count)
		return false;

	struct str list = str_trim(r->line[i].text);

	(void)str_take(&list, STR("Modules linked in:"));
	while (++i < r->line_count && is_continuation(r->line[i].text))
		list = join(a, list, r->line[i].text);
	*text = list;
	return true;
}

bool
modules_take(struct str *text, struct module_name *m)
{
	struct str word;

	do {
		if (!str_take_word(text, &word) || str_starts(word, STR("[")))
			return false;
	} while (!is_module_word(word));

	size_t open = str_find_char(word, '(');

	m->name = open == STR_NONE ? word : str_first(word, open);
	m->taint = (struct str){ NULL, 0 };
	if (open != STR_NONE)
		m->taint = str_first(str_from(word, open + 1), word.len - open - 2);
	return true;
}
