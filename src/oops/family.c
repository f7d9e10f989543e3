/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

#include <stddef.h>

const struct oops_family *const families[] = {
	&family_page_fault,
	&family_general_protection,
	&family_trap,
	&family_double_fault,
	&family_bug_on,
	&family_warning,
	&family_list_corruption,
	&family_soft_lockup,
	&family_hung_task,
	&family_rcu_stall,
	&family_panic,
	NULL,
};
