/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/fields.h"

#include <string.h>

enum {
	UTS_LEN = 65,
};

void
fields_number(struct fields *f, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		f->p[f->off + (f->order == ORDER_LITTLE ? i : len - 1 - i)] = (uint8_t)(v >> 8 * i);
	f->off += len;
}

void
fields_word(struct fields *f, uint64_t v)
{
	fields_number(f, v, f->word_len);
}

void
fields_64(struct fields *f, uint64_t v)
{
	if (f->padded)
		f->off = (f->off + 7) & ~(size_t)7;
	fields_number(f, v, 8);
}

void
fields_uts(struct fields *f, struct str s)
{
	if (s.len != 0)
		memcpy(f->p + f->off, s.p, s.len < UTS_LEN ? s.len : UTS_LEN - 1);
	f->off += UTS_LEN;
}
