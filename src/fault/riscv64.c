/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/port.h"

enum {
	/* scause: the RISC-V privileged architecture, table of exception codes. */
	CAUSE_FETCH_ACCESS = 1,
	CAUSE_LOAD_MISALIGNED = 4,
	CAUSE_LOAD_ACCESS = 5,
	CAUSE_STORE_MISALIGNED = 6,
	CAUSE_STORE_ACCESS = 7,
	CAUSE_FETCH_PAGE = 12,
	CAUSE_LOAD_PAGE = 13,
	CAUSE_STORE_PAGE = 15,

	STATUS_SPP = 1 << 8, /* it was in supervisor mode */
};

/* Linux prints scause among the registers; there is no error code. */
static bool
code(const struct fault_input *in, struct port_code *out)
{
	uint64_t cause = in->error_code;
	bool has_cause = in->regs != NULL && regs_get(in->regs, "cause", &cause);

	if (!has_cause && !in->has_error_code)
		return false;
	*out = (struct port_code){ .known = PORT_BIT_WRITE | PORT_BIT_INSTRUCTION };
	switch (cause) {
	case CAUSE_FETCH_ACCESS:
	case CAUSE_FETCH_PAGE:
		out->set = PORT_BIT_INSTRUCTION;
		out->access = "exec";
		return true;
	case CAUSE_LOAD_MISALIGNED:
	case CAUSE_LOAD_ACCESS:
	case CAUSE_LOAD_PAGE:
		out->access = "read";
		return true;
	case CAUSE_STORE_MISALIGNED:
	case CAUSE_STORE_ACCESS:
	case CAUSE_STORE_PAGE:
		out->set = PORT_BIT_WRITE;
		out->access = "write";
		return true;
	default:
		return false;
	}
}

static const char *
mode(const struct regs *r)
{
	uint64_t status = 0;

	if (!regs_get(r, "status", &status))
		return NULL;
	return (status & STATUS_SPP) != 0 ? "kernel" : "user";
}

/* capstone has RISC-V since version 5. */
const struct port port_riscv64 = {
	.arch = "riscv64",
	.step = 2,
	.max_len = 4,
	.words_as_hex = true,
	.code = code,
	.mode = mode,
};
