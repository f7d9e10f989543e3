/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/compiler.h"
#include "oops/family.h"

enum {
	X86_PF_WRITE = 1 << 1,
	X86_PF_USER = 1 << 2,
	X86_PF_INSTRUCTION = 1 << 4,
	PAGE_LEN = 4096,
};

static const struct oops_head heads[] = {
	/* x86 since 5.1 (Linux commit f28b11a2abd9) */
	{ "BUG: kernel NULL pointer dereference, address: {address}", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: unable to handle page fault for address: {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: unable to handle kernel NULL pointer dereference at {address}", KIND_NULL_DEREF,
	  BLAME_PC, .is = CLASS_FAULT },
	{ "BUG: unable to handle kernel NULL pointer dereference", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: unable to handle kernel paging request at {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	/* The head of old kernels came from two printk calls: the rest may be elsewhere. */
	{ "BUG: unable to handle kernel", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ "BUG: unable to handle", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	/* the die line alone, where the head line was lost */
	{ "Oops: {code} [#{count}]", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASS_FAULT | CLASS_BUG | CLASS_STACK, .flags = HEAD_AT_START },
	{ "Oops: Oops: {code} [#{count}]", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASS_FAULT | CLASS_BUG | CLASS_STACK, .flags = HEAD_AT_START },
	{ .pattern = NULL },
};

static void
access_by_code(struct event *e)
{
	if (e->error_code & X86_PF_INSTRUCTION)
		e->access = EVENT_ACCESS_EXEC;
	else if (e->error_code & X86_PF_WRITE)
		e->access = EVENT_ACCESS_WRITE;
	else
		e->access = EVENT_ACCESS_READ;
	if (!e->has_mode) {
		e->user_mode = (e->error_code & X86_PF_USER) != 0;
		e->has_mode = true;
	}
}

/* "#PF: supervisor write access in kernel mode" */
static void
access_by_words(struct event *e, const struct report *r)
{
	static const struct {
		const char *pattern;
		enum event_access access;
	} words[] = {
		{ "#PF: {place} write access", EVENT_ACCESS_WRITE },
		{ "#PF: {place} read access", EVENT_ACCESS_READ },
		{ "#PF: {place} instruction fetch", EVENT_ACCESS_EXEC },
	};
	struct captures c;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (report_find(r, r->head[0].line, words[i].pattern, &c) != STR_NONE)
			e->access = words[i].access;
	}
}

static void
page_fault_understand(struct event *e, const struct report *r)
{
	if (e->has_error_code)
		access_by_code(e);
	else
		access_by_words(e, r);
	/* A head without its second half: the address says which one it was. */
	if (e->kind == KIND_PAGE_FAULT && e->has_address && e->address < PAGE_LEN && !e->user_mode)
		e->kind = KIND_NULL_DEREF;
}

const struct oops_family family_page_fault = { "page_fault", heads, page_fault_understand };
