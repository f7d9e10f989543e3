/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of list_add() and list_del(); a WARN or BUG follows. The caller is to blame. */
#include "oops/family.h"

#define LIST(text)                                                                             \
	{                                                                                      \
		text, KIND_LIST_CORRUPTION, BLAME_PC, .is = CLASS_DATA, .follows = CLASS_WARN, \
						      .skip = "list"                           \
	}

static const struct oops_head heads[] = {
	LIST("list_add corruption{detail}"),    LIST("list_add double add: {detail}"),
	LIST("list_del corruption{detail}"),    LIST("list_add attempted on {detail}"),
	LIST("list_del attempted on {detail}"), { .pattern = NULL },
};

const struct oops_family family_list_corruption = { "list_corruption", heads, NULL };
