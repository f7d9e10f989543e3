/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BUG() and BUG_ON(). The trap that it dies in belongs to it. */
#include "base/compiler.h"
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "kernel BUG at {place}!", KIND_BUG_ON, BLAME_PC, .is = CLASS_BUG, .follows = CLASS_DATA },
	{ "kernel BUG at {detail}", KIND_BUG_ON, BLAME_PC, .is = CLASS_BUG, .follows = CLASS_DATA },
	{ "Kernel BUG at {function}", KIND_BUG_ON, BLAME_PC, .is = CLASS_BUG,
	  .follows = CLASS_DATA },
	{ "Kernel BUG [#{count}]", KIND_BUG_ON, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING }, /* riscv */
	{ .pattern = NULL },
};

/* Checks that have a kind of their own and print nothing before their BUG(). */
static const struct {
	struct str file;
	enum kind kind;
	const char *skip;
} files[] = {
	{ STR("lib/list_debug.c:"), KIND_LIST_CORRUPTION, "list" },
	{ STR("mm/usercopy.c:"), KIND_USERCOPY, "usercopy" },
	{ STR("mm/kasan/"), KIND_BUG_ON, NULL },
};

static void
bug_on_understand(struct event *e, struct report *r)
{
	struct str file = r->head[0].captures.field[FIELD_PLACE];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (str_has(file, files[i].file)) {
			e->kind = files[i].kind;
			r->skip = files[i].skip;
		}
	}
	if (e->detail.len == 0)
		e->detail = file;
}

const struct oops_family family_bug_on = { "bug_on", heads, bug_on_understand };
