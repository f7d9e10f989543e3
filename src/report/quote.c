/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/quote.h"

#include "base/utf8.h"

#include <inttypes.h>

/* What must not reach a terminal as it is: JSON can write it as \u009b. */
static bool
needs_escape(uint32_t c)
{
	return (c >= 0x7f && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       c == 0x061c || c == 0xad || (c >= 0xfff9 && c <= 0xfffb) || c == 0xfffe ||
	       c == 0xffff;
}

static void
put_character(struct text *out, uint32_t c, struct str bytes)
{
	if (c == '"' || c == '\\')
		text_printf(out, "\\%c", (char)c);
	else if (c == '\n')
		text_put(out, STR("\\n"));
	else if (c == '\t')
		text_put(out, STR("\\t"));
	else if (c < 0x20 || needs_escape(c))
		text_printf(out, "\\u%04" PRIx32, c);
	else
		text_put(out, bytes);
}

void
quote_put(struct text *out, struct str s)
{
	text_char(out, '"');
	while (s.len != 0) {
		struct str at = s;
		uint32_t c = 0;

		if (utf8_take(&s, &c))
			put_character(out, c, str_first(at, at.len - s.len));
		else
			text_put(out, STR("\xef\xbf\xbd"));
	}
	text_char(out, '"');
}
