/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/utf8.h"

#include "base/compiler.h"

/* First byte -> how many follow it, and what they must at least encode. */
struct lead {
	uint8_t mask;
	uint8_t bits;
	uint8_t more;
	uint32_t least;
};

static const struct lead leads[] = {
	{ 0x80, 0x00, 0, 0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static const struct lead *
find_lead(uint8_t byte)
{
	for (size_t i = 0; i < ARRAY_LEN(leads); i++) {
		if ((byte & leads[i].mask) == leads[i].bits)
			return &leads[i];
	}
	return NULL;
}

bool
utf8_take(struct str *s, uint32_t *code_point)
{
	uint8_t first = (uint8_t)s->p[0];
	const struct lead *lead = find_lead(first);

	*s = str_from(*s, 1);
	if (lead == NULL)
		return false;

	uint32_t value = first & (uint8_t)~lead->mask;

	for (size_t i = 0; i < lead->more; i++) {
		if (s->len == 0 || ((uint8_t)s->p[0] & 0xc0) != 0x80)
			return false;
		value = value << 6 | ((uint8_t)s->p[0] & 0x3f);
		*s = str_from(*s, 1);
	}
	if (value < lead->least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return false;
	*code_point = value;
	return true;
}

bool
utf8_valid(struct str s)
{
	uint32_t ignored = 0;

	while (s.len != 0) {
		if (!utf8_take(&s, &ignored))
			return false;
	}
	return true;
}
