/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86_track.c - what x86_64 instructions do to registers, for track.h.
 */
#include "fault/track.h"
#include "fault/x86.h"

#include <string.h>

/* By DWARF number. */
static const char *const names[] = { "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8",
				     "r9",  "r10", "r11", "r12", "r13", "r14", "r15", NULL };

/* Of every number: 64, 32, 16, 8 bits, and bits 8 to 15. */
static const x86_reg parts[][5] = {
	{ X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH },
	{ X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH },
	{ X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH },
	{ X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH },
	{ X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL, X86_REG_INVALID },
	{ X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL, X86_REG_INVALID },
	{ X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL, X86_REG_INVALID },
	{ X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL, X86_REG_INVALID },
	{ X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B, X86_REG_INVALID },
	{ X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B, X86_REG_INVALID },
	{ X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B, X86_REG_INVALID },
	{ X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B, X86_REG_INVALID },
	{ X86_REG_R12, X86_REG_R12D, X86_REG_R12W, X86_REG_R12B, X86_REG_INVALID },
	{ X86_REG_R13, X86_REG_R13D, X86_REG_R13W, X86_REG_R13B, X86_REG_INVALID },
	{ X86_REG_R14, X86_REG_R14D, X86_REG_R14W, X86_REG_R14B, X86_REG_INVALID },
	{ X86_REG_R15, X86_REG_R15D, X86_REG_R15W, X86_REG_R15B, X86_REG_INVALID },
};

/* rdi, rsi, rdx, rcx, r8, r9 */
static const uint8_t arguments[] = { 5, 4, 1, 2, 8, 9 };

enum {
	KEPT = 1 << 3 | 1 << 6 | 1 << 7 | 0xf << 12, /* rbx, rbp, rsp, r12 to r15 */
};

/* The number, and which part: 0 whole, 1 its lower half ... False for other registers. */
static bool
find(unsigned int reg, uint8_t *number, size_t *part)
{
	for (uint8_t n = 0; reg != X86_REG_INVALID && n < ARRAY_LEN(parts); n++) {
		for (size_t p = 0; p < ARRAY_LEN(parts[n]); p++) {
			if (parts[n][p] != (x86_reg)reg)
				continue;
			*number = n;
			*part = p;
			return true;
		}
	}
	return false;
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
		size_t part = 0;

		if (find(write[i], &number, &part))
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

/* Memory by one register, or by none. */
static void
memory_effect(const struct decoder *d, const x86_op_mem *m, bool load, struct track_effect *e)
{
	uint64_t next = d->insn->address + d->insn->size;
	size_t part = 0;
	uint8_t src = 0;

	if (m->segment != X86_REG_INVALID || m->index != X86_REG_INVALID)
		return;
	if (m->base == X86_REG_RIP)
		set_op(e, load ? TRACK_LOAD_AT : TRACK_CONSTANT, 0,
		       (int64_t)(next + (uint64_t)m->disp));
	else if (m->base == X86_REG_INVALID)
		set_op(e, load ? TRACK_LOAD_AT : TRACK_CONSTANT, 0, m->disp);
	else if (find(m->base, &src, &part) && part == 0)
		set_op(e, load ? TRACK_LOAD : TRACK_ADD, src, m->disp);
}

static void
move_effect(const struct decoder *d, const cs_x86_op *from, size_t part, struct track_effect *e)
{
	size_t from_part = 0;
	uint8_t src = 0;

	if (from->type == X86_OP_MEM && part == 0)
		memory_effect(d, &from->mem, true, e);
	else if (from->type == X86_OP_IMM && part == 0)
		set_op(e, TRACK_CONSTANT, 0, from->imm);
	/* The lower half is all that there is of an int. */
	else if (from->type == X86_OP_REG && find(from->reg, &src, &from_part) && from_part == part)
		set_op(e, TRACK_COPY, src, 0);
}

/* What is known of the register that comes out. Operands are in AT&T's order. */
static void
register_effect(const struct decoder *d, struct track_effect *e)
{
	const cs_x86 *x = &d->insn->detail->x86;
	const cs_x86_op *from = &x->operands[0];
	size_t part = 0;

	if (x->op_count != 2 || x->operands[1].type != X86_OP_REG ||
	    !find(x->operands[1].reg, &e->dst, &part) || part > 1)
		return;
	switch (d->insn->id) {
	case X86_INS_MOV:
	case X86_INS_MOVABS:
		move_effect(d, from, part, e);
		break;
	case X86_INS_LEA:
		if (part == 0)
			memory_effect(d, &from->mem, false, e);
		break;
	case X86_INS_ADD:
		if (part == 0 && from->type == X86_OP_IMM)
			set_op(e, TRACK_ADD, e->dst, from->imm);
		break;
	case X86_INS_SUB:
		if (part == 0 && from->type == X86_OP_IMM)
			set_op(e, TRACK_ADD, e->dst, (int64_t) - (uint64_t)from->imm);
		break;
	default:
		break;
	}
}

static bool
is_end(unsigned int id)
{
	switch (id) {
	case X86_INS_JMP:
	case X86_INS_LJMP:
	case X86_INS_RET:
	case X86_INS_RETF:
	case X86_INS_IRET:
	case X86_INS_IRETQ:
	case X86_INS_UD2:
	case X86_INS_INT3:
	case X86_INS_HLT:
		return true;
	default:
		return false;
	}
}

static void
effect(struct decoder *d, struct track_effect *out)
{
	const cs_x86 *x = &d->insn->detail->x86;
	struct track_effect e = { .op = TRACK_NOTHING, .writes = written(d) };

	e.is_call = cs_insn_group(d->handle, d->insn, CS_GRP_CALL);
	e.is_end = is_end(d->insn->id);
	if (!e.is_call && cs_insn_group(d->handle, d->insn, CS_GRP_JUMP) && x->op_count == 1 &&
	    x->operands[0].type == X86_OP_IMM) {
		e.has_target = true;
		e.target = (uint64_t)x->operands[0].imm;
	}
	register_effect(d, &e);
	*out = e;
}

const struct track_port x86_64_track = { names, arguments, ARRAY_LEN(arguments), KEPT, effect };
