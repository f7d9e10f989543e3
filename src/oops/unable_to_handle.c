/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of arm64, arm, riscv, ppc64 and s390x: "Unable to handle kernel ...". */
#include "base/compiler.h"
#include "oops/family.h"

#define UNABLE "Unable to handle kernel "

static const struct oops_head heads[] = {
	/* arm64, arm, riscv */
	{ UNABLE "NULL pointer dereference at virtual address {address}", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT },
	{ UNABLE "paging request at virtual address {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ UNABLE "{detail} at virtual address {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ UNABLE "access to user memory without uaccess routines at virtual address {address}",
	  KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ UNABLE "execution of memory at virtual address {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT, .access = EVENT_ACCESS_EXEC },
	{ UNABLE "execution of user memory at virtual address {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT, .access = EVENT_ACCESS_EXEC },
	{ UNABLE "execute from non-executable memory at virtual address {address}", KIND_PAGE_FAULT,
	  BLAME_PC, .is = CLASS_FAULT, .access = EVENT_ACCESS_EXEC },
	{ UNABLE "write to read-only memory at virtual address {address}", KIND_PAGE_FAULT,
	  BLAME_PC, .is = CLASS_FAULT, .access = EVENT_ACCESS_WRITE },
	{ UNABLE "read from unreadable memory at virtual address {address}", KIND_PAGE_FAULT,
	  BLAME_PC, .is = CLASS_FAULT, .access = EVENT_ACCESS_READ },
	/* ppc64 since 5.x */
	{ "BUG: Kernel NULL pointer dereference on read at {address}", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT, .access = EVENT_ACCESS_READ },
	{ "BUG: Kernel NULL pointer dereference on write at {address}", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT, .access = EVENT_ACCESS_WRITE },
	{ "BUG: Kernel NULL pointer dereference at {address}", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: Unable to handle kernel data access on read at {address}", KIND_PAGE_FAULT,
	  BLAME_PC, .is = CLASS_FAULT, .access = EVENT_ACCESS_READ },
	{ "BUG: Unable to handle kernel data access on write at {address}", KIND_PAGE_FAULT,
	  BLAME_PC, .is = CLASS_FAULT, .access = EVENT_ACCESS_WRITE },
	{ "BUG: Unable to handle kernel data access at {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: Unable to handle kernel instruction fetch (NULL pointer?)", KIND_NULL_DEREF,
	  BLAME_PC, .is = CLASS_FAULT, .access = EVENT_ACCESS_EXEC },
	{ "BUG: Unable to handle kernel instruction fetch", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT, .access = EVENT_ACCESS_EXEC },
	{ "BUG: Unable to handle kernel unaligned access at {address}", KIND_ALIGNMENT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ "BUG: Unable to handle unknown paging fault at {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	/* ppc64 before */
	{ UNABLE "paging request for data at address {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ UNABLE "paging request for instruction fetch", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT, .access = EVENT_ACCESS_EXEC },
	{ UNABLE "paging request for unaligned access at address {address}", KIND_ALIGNMENT,
	  BLAME_PC, .is = CLASS_FAULT },
	{ UNABLE "paging request for unknown fault", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	/* s390x */
	{ UNABLE "pointer dereference in virtual kernel address space", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ UNABLE "pointer dereference at virtual kernel address {address}", KIND_PAGE_FAULT,
	  BLAME_PC, .is = CLASS_FAULT },
	{ UNABLE "paging request in virtual user address space", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	{ UNABLE "paging request at virtual user address {address}", KIND_PAGE_FAULT, BLAME_PC,
	  .is = CLASS_FAULT },
	/* x86_64 up to 2.6.24 */
	{ UNABLE "NULL pointer dereference at {address} RIP", KIND_NULL_DEREF, BLAME_PC,
	  .is = CLASS_FAULT },
	{ UNABLE "paging request at {address} RIP", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ UNABLE, KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_FAULT },
	{ .pattern = NULL },
};

enum {
	PAGE_LEN = 4096,
	ESR_EC_SHIFT = 26,
	ESR_EC_INSTRUCTION_ABORT = 0x20, /* and 0x21, of the current level */
	ESR_EC_DATA_ABORT = 0x24,        /* and 0x25 */
	ESR_WNR = 1 << 6,
	X86_PF_WRITE = 1 << 1,
	X86_PF_INSTRUCTION = 1 << 4,
	FSR_WRITE = 1 << 11,
	RISCV_EXEC = 12,
	RISCV_LOAD = 13,
	RISCV_STORE = 15,
	TEID_STORE = 1 << 10,
	TEID_FETCH = 1 << 11,
	DSISR_STORE = 0x02000000,
};

static const uint64_t fsr_prefetch = 1ULL << 31;

/* "ESR = 0x96000005", or the number of the die line, which is the same */
static enum event_access
access_arm64(uint64_t esr)
{
	switch (esr >> ESR_EC_SHIFT & 0x3e) {
	case ESR_EC_INSTRUCTION_ABORT:
		return EVENT_ACCESS_EXEC;
	case ESR_EC_DATA_ABORT:
		return esr & ESR_WNR ? EVENT_ACCESS_WRITE : EVENT_ACCESS_READ;
	default:
		return EVENT_ACCESS_UNKNOWN;
	}
}

static enum event_access
access_arm(uint64_t fsr)
{
	if (fsr & fsr_prefetch)
		return EVENT_ACCESS_EXEC;
	return fsr & FSR_WRITE ? EVENT_ACCESS_WRITE : EVENT_ACCESS_READ;
}

static enum event_access
access_x86(uint64_t code)
{
	if (code & X86_PF_INSTRUCTION)
		return EVENT_ACCESS_EXEC;
	return code & X86_PF_WRITE ? EVENT_ACCESS_WRITE : EVENT_ACCESS_READ;
}

static enum event_access
access_riscv(uint64_t cause)
{
	switch (cause) {
	case RISCV_EXEC:
		return EVENT_ACCESS_EXEC;
	case RISCV_LOAD:
		return EVENT_ACCESS_READ;
	case RISCV_STORE:
		return EVENT_ACCESS_WRITE;
	default:
		return EVENT_ACCESS_UNKNOWN;
	}
}

/* "Failing address: 0000000000000000 TEID: 0000000000000483" */
static bool
teid_line(struct event *e, const struct report *r)
{
	struct captures c;
	uint64_t teid = 0;

	if (report_find(r, 0, "Failing address: {address} TEID: {code}", &c) == STR_NONE)
		return false;
	if (!e->has_address)
		e->has_address = str_take_hex(&c.field[FIELD_ADDRESS], &e->address);
	if (!str_take_hex(&c.field[FIELD_CODE], &teid))
		return true;
	if (teid & TEID_STORE)
		e->access = EVENT_ACCESS_WRITE;
	else if (teid & TEID_FETCH)
		e->access = EVENT_ACCESS_READ;
	return true;
}

/* By registers that only one processor prints. */
static enum event_access
access_by_registers(const struct event *e)
{
	uint64_t v = 0;

	if (regs_get(&e->regs, "cause", &v))
		return access_riscv(v);
	if (regs_get(&e->regs, "trap", &v) && (v == 0x400 || v == 0x480))
		return EVENT_ACCESS_EXEC;
	if (regs_get(&e->regs, "dsisr", &v))
		return v & DSISR_STORE ? EVENT_ACCESS_WRITE : EVENT_ACCESS_READ;
	if (e->has_error_code && regs_get(&e->regs, "pstate", &v))
		return access_arm64(e->error_code);
	if (e->has_error_code && regs_get(&e->regs, "rax", &v))
		return access_x86(e->error_code);
	if (e->has_error_code && regs_get(&e->regs, "psr", &v))
		return access_arm(e->error_code);
	return EVENT_ACCESS_UNKNOWN;
}

static void
find_access(struct event *e, const struct report *r)
{
	struct captures c;
	uint64_t esr = 0;

	if (teid_line(e, r) || e->access != EVENT_ACCESS_UNKNOWN)
		return;
	e->access = access_by_registers(e);
	if (e->access != EVENT_ACCESS_UNKNOWN)
		return;
	if (report_find(r, 0, "ESR = {address}", &c) != STR_NONE &&
	    str_take_hex(&c.field[FIELD_ADDRESS], &esr)) {
		e->access = access_arm64(esr);
		if (!e->has_error_code) {
			e->error_code = esr;
			e->has_error_code = true;
		}
	} else if (e->has_error_code && e->error_code <= UINT32_MAX) {
		e->access = e->error_code >> ESR_EC_SHIFT == 0 || e->error_code & fsr_prefetch >> 1
				    ? access_arm(e->error_code)
				    : access_arm64(e->error_code);
	}
}

/* "... at virtual address 00000008 when read", on arm since 6.2 */
static void
access_by_head(struct event *e)
{
	if (str_ends(e->head, STR(" when read")))
		e->access = EVENT_ACCESS_READ;
	else if (str_ends(e->head, STR(" when write")))
		e->access = EVENT_ACCESS_WRITE;
	else if (str_ends(e->head, STR(" when execute")))
		e->access = EVENT_ACCESS_EXEC;
}

static void
unable_to_handle_understand(struct event *e, struct report *r)
{
	access_by_head(e);
	find_access(e, r);
	if (e->kind == KIND_PAGE_FAULT && e->has_address && e->address < PAGE_LEN)
		e->kind = KIND_NULL_DEREF;
}

const struct oops_family family_unable_to_handle = { "unable_to_handle", heads,
						     unable_to_handle_understand };
