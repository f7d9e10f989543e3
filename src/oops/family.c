/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/family.h"

#include <stddef.h>

const struct oops_family *const families[] = {
	&family_page_fault,     &family_general_protection,
	&family_trap,           &family_double_fault,
	&family_stack,          &family_bug_on,
	&family_warning,        &family_unable_to_handle,
	&family_internal_error, &family_unhandled_fault,
	&family_program_check,  &family_list_corruption,
	&family_data_structure, &family_slab,
	&family_page_state,     &family_lockdep,
	&family_locking,        &family_atomic,
	&family_soft_lockup,    &family_hard_lockup,
	&family_hung_task,      &family_rcu_stall,
	&family_workqueue,      &family_kasan,
	&family_sanitizer,      &family_kfence,
	&family_ubsan,          &family_kmemleak,
	&family_rust,           &family_machine_check,
	&family_hardware_error, &family_nmi,
	&family_panic,          NULL,
};
