/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/pstore.h"

#include "base/compiler.h"

#include <stdlib.h>
#include <string.h>

struct part {
	uint64_t event;
	uint64_t number;
	struct str text;
};

bool
pstore_is_header(struct str line, uint64_t *event, uint64_t *part)
{
	/* kmsg_dump_reason_str() */
	static const struct str reasons[] = { STR("Panic#"),    STR("Oops#"),   STR("Emergency#"),
					      STR("Restart#"),  STR("Halt#"),   STR("Poweroff#"),
					      STR("Shutdown#"), STR("Unknown#") };
	size_t i = 0;

	while (i < ARRAY_LEN(reasons) && !str_take(&line, reasons[i]))
		i++;
	return i < ARRAY_LEN(reasons) && str_take_decimal(&line, event) &&
	       str_take(&line, STR(" Part")) && str_take_decimal(&line, part) &&
	       str_trim(line).len == 0;
}

bool
pstore_is_ramoops_header(struct str line)
{
	uint64_t v = 0;

	return str_take(&line, STR("====")) && str_take_decimal(&line, &v) &&
	       str_take(&line, STR(".")) && str_take_decimal(&line, &v) &&
	       str_starts(line, STR("-"));
}

/* Earlier events first, and of an event the highest part, which is the oldest text. */
static int
by_age(const void *a, const void *b)
{
	const struct part *one = a;
	const struct part *two = b;

	if (one->event != two->event)
		return one->event < two->event ? -1 : 1;
	return (one->number < two->number) - (one->number > two->number);
}

static struct part *
find_parts(struct str text, struct arena *a, size_t *count)
{
	struct part *part = NULL;
	size_t cap = 0;
	struct str line;
	const char *end = text.p + text.len;

	*count = 0;
	while (str_take_line(&text, &line)) {
		struct part p = { .text = { line.p, 0 } };

		if (!pstore_is_header(line, &p.event, &p.number)) {
			if (*count == 0)
				return NULL; /* it does not begin with one */
			continue;
		}
		if (*count != 0)
			part[*count - 1].text.len = (size_t)(line.p - part[*count - 1].text.p);
		part = arena_grow(a, part, *count, &cap, sizeof(*part));
		part[(*count)++] = p;
	}
	if (*count != 0)
		part[*count - 1].text.len = (size_t)(end - part[*count - 1].text.p);
	return part;
}

struct str
pstore_in_order(struct str text, struct arena *a)
{
	size_t count = 0;
	struct part *part = find_parts(text, a, &count);

	if (count < 2)
		return text;
	qsort(part, count, sizeof(*part), by_age);

	char *whole = arena_alloc(a, text.len + count, 1);
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		memcpy(whole + len, part[i].text.p, part[i].text.len);
		len += part[i].text.len;
		if (len != 0 && whole[len - 1] != '\n')
			whole[len++] = '\n';
	}
	return (struct str){ whole, len };
}
