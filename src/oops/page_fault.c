/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page faults of x86. */
#include "base/compiler.h"
#include "oops/family.h"

enum {
	X86_PF_WRITE = 1 << 1,
	X86_PF_USER = 1 << 2,
	X86_PF_INSTRUCTION = 1 << 4,
	PAGE_LEN = 4096,
};

static const struct oops_head heads[] = {
	/* since 5.1 (Linux commit f28b11a2abd9) */
	{ "BUG: kernel NULL pointer dereference, address: {address}", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: unable to handle page fault for address: {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: unable to handle kernel NULL pointer dereference at {address}", KIND_NULL_DEREF,
	  BLAME_PC, .is = CLASS_FAULT },
	{ "BUG: unable to handle kernel NULL pointer dereference at virtual address {address}",
	  KIND_NULL_DEREF, BLAME_PC, .is = CLASS_FAULT },
	{ "BUG: unable to handle kernel NULL pointer dereference", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: unable to handle kernel paging request at {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: unable to handle kernel paging request at virtual address {address}",
	  KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	/* The head of old kernels came from two printk calls: the rest may be elsewhere. */
	{ "BUG: unable to handle kernel", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ "BUG: unable to handle", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ "Corrupted page table at address {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	/* the die line, alone where the head line was lost */
	{ "Oops: {code} [#{count}]", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING, .flags = HEAD_AT_START },
	{ "Oops: Oops: {code} [#{count}]", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING, .flags = HEAD_AT_START },
	{ "Oops: {code} [{count}]", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING, .flags = HEAD_AT_START }, /* up to 2.6.24 */
	{ "Bad pagetable: {code} [#{count}]", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING },
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

/* Bits that the die line leaves out: "#PF: error_code(0x80000003) - RMP violation". */
static void
whole_error_code(struct event *e, const struct report *r)
{
	struct captures c;

	if (report_find(r, r->head[0].line, "#PF: error_code({address})", &c) != STR_NONE)
		e->has_error_code = str_take_hex(&c.field[FIELD_ADDRESS], &e->error_code);
}

/* The address, where the head line has lost it: "paging request at ffff8800b3d5ed58". */
static void
address_elsewhere(struct event *e, const struct report *r)
{
	struct captures c;
	uint64_t cr2 = 0;
	size_t from = r->head[0].line + 1;

	if (report_find(r, from, "paging request at {address}", &c) != STR_NONE)
		e->has_address = str_take_hex(&c.field[FIELD_ADDRESS], &e->address);
	else if (regs_get(&e->regs, "cr2", &cr2) && r->head[0].row->is == CLASS_DIE) {
		e->address = cr2;
		e->has_address = true;
	}
}

static void
page_fault_understand(struct event *e, struct report *r)
{
	whole_error_code(e, r);
	if (e->has_error_code)
		access_by_code(e);
	else
		access_by_words(e, r);
	if (!e->has_address)
		address_elsewhere(e, r);
	/* A head without its second half: the address says which one it was. */
	if (e->kind == KIND_PAGE_FAULT && e->has_address && e->address < PAGE_LEN && !e->user_mode)
		e->kind = KIND_NULL_DEREF;
}

const struct oops_family family_page_fault = { "page_fault", heads, page_fault_understand };
