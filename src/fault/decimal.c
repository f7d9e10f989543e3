/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/decimal.h"

#include <ctype.h>
#include <inttypes.h>

bool
decimal_take_number(struct str *s, int64_t *v)
{
	struct str rest = *s;
	bool negative = str_take(&rest, STR("-"));
	uint64_t number = 0;
	bool ok = str_starts(rest, STR("0x")) ? str_take_hex(&rest, &number)
					      : str_take_decimal(&rest, &number);

	if (!ok || (rest.len != 0 && rest.p[0] == '.'))
		return false;
	*v = (int64_t)(negative ? -number : number);
	*s = rest;
	return true;
}

void
decimal_put(struct out *o, struct str operands, bool tight)
{
	char before = ' ';

	while (operands.len != 0) {
		int64_t v = 0;
		char c = operands.p[0];

		/* Not the digits of a register's name. */
		if (isalnum((unsigned char)before) == 0 && str_starts(operands, STR("0x")) &&
		    decimal_take_number(&operands, &v)) {
			out_put(o, "%" PRId64, v);
			before = '0';
			continue;
		}
		operands = str_from(operands, 1);
		if (!(tight && c == ' ' && before == ','))
			out_put(o, "%c", c);
		before = c;
	}
}
