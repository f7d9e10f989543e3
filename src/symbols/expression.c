/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/expression.h"

#include <inttypes.h>

/* What is off bytes behind a pointer: its expression and type. */
static bool
step(struct type pointer, int64_t off, struct expression *e, struct arena *a, struct type *type)
{
	struct type target = { 0 };
	uint64_t len = 0;

	if (off < 0 || !types_target(pointer, &target))
		return false;
	e->base = e->text;
	e->type = types_text(pointer, a);
	e->member = types_path_at(target, (uint64_t)off, a, type);
	if (e->member != NULL) {
		e->text = arena_printf(a, "%s->%s", e->base, e->member);
		return true;
	}
	if (!types_len(target, &len) || len == 0 || (uint64_t)off % len != 0)
		return false;
	*type = target;
	if (off == 0)
		e->text = arena_printf(a, "*%s", e->base);
	else
		e->text = arena_printf(a, "%s[%" PRIu64 "]", e->base, (uint64_t)off / len);
	return true;
}

bool
expression_of(struct type root, const char *name, const int64_t *disp, size_t count,
	      struct arena *a, struct expression *out)
{
	struct expression e = { .text = name };
	struct type at = root;

	for (size_t i = 0; i < count; i++) {
		if (!step(at, disp[i], &e, a, &at))
			return false;
	}
	if (count == 0 || e.type == NULL)
		return false;
	*out = e;
	return true;
}
