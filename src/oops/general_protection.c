/* SPDX-License-Identifier: GPL-2.0-or-later */
/* General protection and its kin: the processor refused, and does not say which address. */
#include "oops/family.h"

#define GPF "general protection fault"

static const struct oops_head heads[] = {
	{ GPF ": {code} [#{count}]", KIND_GPF, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
	{ GPF ", probably for non-canonical address {address}: {code} [#{count}]", KIND_GPF,
	  BLAME_PC, .is = CLASS_DIE, .follows = CLASSES_DYING },
	{ GPF ", probably for non-canonical address {address}", KIND_GPF, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
	{ GPF ", maybe for address {address}: {code} [#{count}]", KIND_GPF, BLAME_PC,
	  .is = CLASS_DIE, .follows = CLASSES_DYING },
	{ GPF " for non-canonical address {address}: {code} [#{count}]", KIND_GPF, BLAME_PC,
	  .is = CLASS_DIE, .follows = CLASSES_DYING },
	/* what else newer kernels guess: "kernel NULL pointer dereference 0x8" */
	{ GPF ", {detail} 0x{address}: {code} [#{count}]", KIND_GPF, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
	{ "segment-related " GPF ": {code} [#{count}]", KIND_GPF, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
	{ "stack segment: {code} [#{count}]", KIND_STACK_SEGMENT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
	/* user space's, which is no crash: "traps: a[1] general protection fault ip:..." */
	{ .pattern = NULL },
};

/* What KASAN knows of the address: "KASAN: null-ptr-deref in range [0x18-0x1f]". */
static void
general_protection_understand(struct event *e, struct report *r)
{
	struct captures c;
	size_t near = r->head[0].line;

	near = near < 3 ? 0 : near - 3;
	if (e->detail.len == 0 &&
	    report_find(r, near, "KASAN: {detail} in range [", &c) != STR_NONE)
		e->detail = c.field[FIELD_DETAIL];
}

const struct oops_family family_general_protection = { "general_protection", heads,
						       general_protection_understand };
