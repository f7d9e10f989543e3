/* SPDX-License-Identifier: GPL-2.0-or-later */
/* panic!() in Rust code; the kernel dies in a BUG() on its behalf. */
#include "oops/family.h"

static const struct oops_head heads[] = {
	{ "rust_kernel: panicked at {detail}", KIND_RUST_PANIC, BLAME_PC, .is = CLASS_DATA,
	  .skip = "rust" },
	{ .pattern = NULL },
};

/* "panicked at FILE:L:C:" and, in the next line, the message. */
static void
rust_understand(struct event *e, struct report *r)
{
	size_t next = r->head[0].line + 1;

	if (str_ends(e->detail, STR(":")) && next < r->line_count)
		e->detail = str_trim(r->line[next].text);
}

const struct oops_family family_rust = { "rust", heads, rust_understand };
