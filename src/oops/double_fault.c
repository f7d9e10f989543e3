/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "PANIC: double fault, error_code: {address}", KIND_DOUBLE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "PANIC: double fault", KIND_DOUBLE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ "double fault: {code} [#{count}]", KIND_DOUBLE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
	{ .pattern = NULL },
};

/* The number in the head line is an error code, not an address. */
static void
double_fault_understand(struct event *e, struct report *r)
{
	(void)r;
	if (!e->has_address || e->has_error_code)
		return;
	e->error_code = e->address;
	e->has_error_code = true;
	e->has_address = false;
}

const struct oops_family family_double_fault = { "double_fault", heads, double_fault_understand };
