/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/regs.h"

#include <string.h>

bool
regs_put(struct regs *r, const char *name, uint64_t value)
{
	size_t i = 0;

	while (i < r->count && strcmp(r->reg[i].name, name) != 0)
		i++;
	if (i == REGS_MAX)
		return false;
	r->reg[i] = (struct reg){ name, value };
	if (i == r->count)
		r->count++;
	return true;
}

bool
regs_get(const struct regs *r, const char *name, uint64_t *value)
{
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->reg[i].name, name) == 0) {
			*value = r->reg[i].value;
			return true;
		}
	}
	return false;
}
