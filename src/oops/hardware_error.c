/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that firmware reports (APEI), and chipsets. */
#include "oops/family.h"

#define PANIC(text)                                                                    \
	{                                                                              \
		"Kernel panic - not syncing: " text, KIND_HARDWARE_ERROR, BLAME_NONE,  \
			.is = CLASS_PANIC, .follows = CLASS_HARDWARE, .trigger = "mce" \
	}

static const struct oops_head heads[] = {
	{ "[Hardware Error]: Hardware error from APEI Generic Hardware Error Source: {count}",
	  KIND_HARDWARE_ERROR, BLAME_NONE, .is = CLASS_HARDWARE, .follows = CLASS_HARDWARE },
	PANIC("GHES: Fatal hardware error{detail}"),
	PANIC("Fatal hardware error!{detail}"),
	PANIC("EDAC {detail}"),
	PANIC("Unrecoverable System MMU Fault!{detail}"),
	PANIC("PCI-SERR{detail}"),
	{ .pattern = NULL },
};

/* "{1}[Hardware Error]: event severity: fatal", "section_type: memory error". What was
 * corrected is no crash. */
static void
hardware_error_understand(struct event *e, struct report *r)
{
	struct captures c;

	if (e->class == CLASS_PANIC)
		return;
	if (report_find(r, 0, "{any}section_type: {detail}", &c) != STR_NONE)
		e->detail = c.field[FIELD_DETAIL];
	if (e->panic.len == 0 &&
	    (report_find(r, 0, "{any}event severity: corrected", &c) != STR_NONE ||
	     report_find(r, 0, "{any}event severity: info", &c) != STR_NONE))
		e->kind = KIND_NONE;
	e->count = 0; /* the number of the source */
}

const struct oops_family family_hardware_error = { "hardware_error", heads,
						   hardware_error_understand };
