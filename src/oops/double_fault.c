/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "PANIC: double fault, error_code: {code}", KIND_DOUBLE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "PANIC: double fault", KIND_DOUBLE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ "double fault: {code} [#{count}]", KIND_DOUBLE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
	{ .pattern = NULL },
};

const struct oops_family family_double_fault = { "double_fault", heads, NULL };
