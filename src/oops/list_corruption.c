/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "list_add corruption. {detail}", KIND_LIST_CORRUPTION, BLAME_PC, .is = CLASS_DATA },
	{ "list_add corruption{detail}", KIND_LIST_CORRUPTION, BLAME_PC, .is = CLASS_DATA },
	{ "list_add double add: {detail}", KIND_LIST_CORRUPTION, BLAME_PC, .is = CLASS_DATA },
	{ "list_del corruption. {detail}", KIND_LIST_CORRUPTION, BLAME_PC, .is = CLASS_DATA },
	{ "list_del corruption, {detail}", KIND_LIST_CORRUPTION, BLAME_PC, .is = CLASS_DATA },
	{ .pattern = NULL },
};

const struct oops_family family_list_corruption = { "list_corruption", heads, NULL };
