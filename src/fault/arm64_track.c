/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arm64_track.c - what arm64 instructions do to registers, for track.h.
 */
#include "fault/track.h"

static const char *const names[] = {
	"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10",
	"x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",
	"x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",  NULL,
};

static const uint8_t arguments[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

enum {
	SP = 31,
	FP = 29,
	LR = 30,
};

/* x19 to x29, and sp */
#define KEPT (0x3ff80000U | 1U << SP)

/* The number; whole: it is the 64-bit register. */
static bool
find(unsigned int reg, uint8_t *number, bool *whole)
{
	*whole = true;
	if (reg >= ARM64_REG_X0 && reg <= ARM64_REG_X28) {
		*number = (uint8_t)(reg - ARM64_REG_X0);
	} else if (reg >= ARM64_REG_W0 && reg <= ARM64_REG_W30) {
		*number = (uint8_t)(reg - ARM64_REG_W0);
		*whole = false;
	} else if (reg == ARM64_REG_X29) {
		*number = FP;
	} else if (reg == ARM64_REG_X30) {
		*number = LR;
	} else if (reg == ARM64_REG_SP) {
		*number = SP;
	} else {
		return false;
	}
	return true;
}

static uint32_t
written(struct decoder *d)
{
	cs_regs read;
	cs_regs write;
	uint8_t reads = 0;
	uint8_t writes = 0;
	uint32_t set = 0;

	if (cs_regs_access(d->handle, d->insn, read, &reads, write, &writes) != CS_ERR_OK)
		return UINT32_MAX;
	for (uint8_t i = 0; i < writes; i++) {
		uint8_t number = 0;
		bool whole = false;

		if (find(write[i], &number, &whole))
			set |= 1U << number;
	}
	return set;
}

static void
set_op(struct track_effect *e, enum track_op op, uint8_t src, int64_t imm)
{
	e->op = op;
	e->src = src;
	e->imm = imm;
}

static void
load_effect(const cs_arm64 *x, bool whole, struct track_effect *e)
{
	const arm64_op_mem *m = &x->operands[1].mem;
	bool base_whole = false;
	uint8_t src = 0;

	if (whole && x->op_count == 2 && x->operands[1].type == ARM64_OP_MEM && !x->writeback &&
	    m->index == ARM64_REG_INVALID && find(m->base, &src, &base_whole))
		set_op(e, TRACK_LOAD, src, m->disp);
}

static void
add_effect(const cs_arm64 *x, bool whole, bool minus, struct track_effect *e)
{
	bool src_whole = false;
	uint8_t src = 0;
	uint64_t imm = (uint64_t)x->operands[2].imm << x->operands[2].shift.value;

	if (whole && x->op_count == 3 && x->operands[2].type == ARM64_OP_IMM &&
	    find(x->operands[1].reg, &src, &src_whole))
		set_op(e, TRACK_ADD, src, (int64_t)(minus ? -imm : imm));
}

static void
move_effect(const cs_arm64 *x, bool whole, struct track_effect *e)
{
	bool src_whole = false;
	uint8_t src = 0;

	if (x->op_count == 2 && x->operands[1].type == ARM64_OP_REG &&
	    find(x->operands[1].reg, &src, &src_whole) && whole == src_whole)
		set_op(e, TRACK_COPY, src, 0);
}

static void
register_effect(const struct decoder *d, struct track_effect *e)
{
	const cs_arm64 *x = &d->insn->detail->arm64;
	bool whole = false;

	if (x->op_count < 2 || x->operands[0].type != ARM64_OP_REG ||
	    !find(x->operands[0].reg, &e->dst, &whole))
		return;
	switch (d->insn->id) {
	case ARM64_INS_MOV:
		move_effect(x, whole, e);
		break;
	case ARM64_INS_LDR:
	case ARM64_INS_LDUR:
		load_effect(x, whole, e);
		break;
	case ARM64_INS_ADD:
		add_effect(x, whole, false, e);
		break;
	case ARM64_INS_SUB:
		add_effect(x, whole, true, e);
		break;
	case ARM64_INS_ADRP:
	case ARM64_INS_ADR:
		set_op(e, TRACK_CONSTANT, 0, x->operands[1].imm);
		break;
	default:
		break;
	}
}

static bool
is_end(const struct decoder *d)
{
	const cs_arm64 *x = &d->insn->detail->arm64;

	switch (d->insn->id) {
	case ARM64_INS_B:
		return x->cc == ARM64_CC_INVALID || x->cc == ARM64_CC_AL;
	case ARM64_INS_BR:
	case ARM64_INS_RET:
	case ARM64_INS_ERET:
	case ARM64_INS_BRK:
		return true;
	default:
		return false;
	}
}

/* The place that a branch leads to is its last operand: cbz and tbz test others first. */
static void
jump_effect(const struct decoder *d, struct track_effect *e)
{
	const cs_arm64 *x = &d->insn->detail->arm64;
	const cs_arm64_op *last = &x->operands[x->op_count - 1];

	if (x->op_count == 0 || last->type != ARM64_OP_IMM)
		return;
	e->has_target = true;
	e->target = (uint64_t)last->imm;
}

static void
effect(struct decoder *d, struct track_effect *out)
{
	struct track_effect e = { .op = TRACK_NOTHING, .writes = written(d) };

	e.is_call = d->insn->id == ARM64_INS_BL || d->insn->id == ARM64_INS_BLR;
	e.is_end = is_end(d);
	if (!e.is_call && cs_insn_group(d->handle, d->insn, CS_GRP_JUMP))
		jump_effect(d, &e);
	else
		register_effect(d, &e);
	*out = e;
}

const struct track_port arm64_track = { names, arguments, ARRAY_LEN(arguments), KEPT, effect };
