/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults and exceptions of arm64 and arm that have no name of their own. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "Unhandled fault: {detail} ({address}) at {place}", KIND_UNHANDLED_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "Unhandled fault at {address}", KIND_UNHANDLED_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ "Unhandled prefetch abort: {detail} ({address}) at {place}", KIND_UNHANDLED_FAULT,
	  BLAME_PC, .is = CLASS_FAULT, .access = EVENT_ACCESS_EXEC },
	{ "Alignment trap: not handling instruction {code} at [<{code}>]", KIND_ALIGNMENT, BLAME_PC,
	  .is = CLASS_FAULT },
	/* of user mode, too, which lives on */
	{ "Bad mode in {detail} handler detected on CPU{cpu}, code {address}", KIND_PANIC_BAD_MODE,
	  BLAME_PC, .is = CLASS_FAULT, .flags = HEAD_DOUBTFUL },
	{ "Bad mode in {detail} handler detected", KIND_PANIC_BAD_MODE, BLAME_PC, .is = CLASS_FAULT,
	  .flags = HEAD_DOUBTFUL },
	{ "Unhandled {detail} exception on CPU{cpu}, ESR {address}", KIND_PANIC_BAD_MODE, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "SError Interrupt on CPU{cpu}, code {address} -- ", KIND_SERROR, BLAME_PC,
	  .is = CLASS_HARDWARE },
	{ .pattern = NULL },
};

enum {
	FSR_WRITE = 1 << 11,
};

/* The number in brackets is the fault status, and the address stands behind it. */
static void
unhandled_fault_understand(struct event *e, struct report *r)
{
	struct str place = r->head[0].captures.field[FIELD_PLACE];

	if (e->has_address && r->head[0].captures.field[FIELD_ADDRESS].len != 0 &&
	    (place.len != 0 || e->kind != KIND_UNHANDLED_FAULT)) {
		e->error_code = e->address;
		e->has_error_code = true;
		e->has_address = str_take_hex(&place, &e->address);
	}
	if (e->kind == KIND_UNHANDLED_FAULT && e->access == EVENT_ACCESS_UNKNOWN &&
	    e->has_error_code)
		e->access = e->error_code & FSR_WRITE ? EVENT_ACCESS_WRITE : EVENT_ACCESS_READ;
}

const struct oops_family family_unhandled_fault = { "unhandled_fault", heads,
						    unhandled_fault_understand };
