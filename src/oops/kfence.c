/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KFENCE, which production kernels run with. */
#include "oops/family.h"

#define KFENCE(text, kind, how)                                                             \
	{                                                                                   \
		"BUG: KFENCE: " text " in {function}", kind, BLAME_HEAD, .is = CLASS_CHECK, \
									 .access = (how)    \
	}

static const struct oops_head heads[] = {
	KFENCE("out-of-bounds read", KIND_KFENCE_OOB, EVENT_ACCESS_READ),
	KFENCE("out-of-bounds write", KIND_KFENCE_OOB, EVENT_ACCESS_WRITE),
	KFENCE("out-of-bounds", KIND_KFENCE_OOB, EVENT_ACCESS_UNKNOWN),
	KFENCE("use-after-free read", KIND_KFENCE_UAF, EVENT_ACCESS_READ),
	KFENCE("use-after-free write", KIND_KFENCE_UAF, EVENT_ACCESS_WRITE),
	KFENCE("use-after-free", KIND_KFENCE_UAF, EVENT_ACCESS_UNKNOWN),
	KFENCE("invalid read", KIND_KFENCE_INVALID, EVENT_ACCESS_READ),
	KFENCE("invalid write", KIND_KFENCE_INVALID, EVENT_ACCESS_WRITE),
	KFENCE("invalid access", KIND_KFENCE_INVALID, EVENT_ACCESS_UNKNOWN),
	KFENCE("memory corruption", KIND_KFENCE_CORRUPTION, EVENT_ACCESS_WRITE),
	KFENCE("invalid free", KIND_KFENCE_INVALID_FREE, EVENT_ACCESS_FREE),
	{ .pattern = NULL },
};

/* "Use-after-free read at 0x00000000b8a6f8e4 (in kfence-#24):" */
static void
kfence_understand(struct event *e, struct report *r)
{
	struct captures c;

	if (report_find(r, r->head[0].line + 1, "{any} at {address} (", &c) != STR_NONE)
		e->has_address = str_take_hex(&c.field[FIELD_ADDRESS], &e->address);
}

const struct oops_family family_kfence = { "kfence", heads, kfence_understand };
