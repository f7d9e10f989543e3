/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/decimal.h"
#include "fault/port.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	/* Linux arch/arm/mm/fault.h. */
	FSR_FS = 0xf,
	FSR_FS4 = 1 << 10,
	FSR_LPAE = 1 << 9,
	FSR_WRITE = 1 << 11,
	FSR_LPAE_STATUS = 0x3f,

	PSR_MODE = 0x1f,
	PSR_MODE_USER = 0x10,
	PSR_THUMB = 0x20,

	WORD = 4,
};

/* FSR: of the long descriptors, whose status is that of arm64, or of the short ones. */
static bool
tells_present(uint64_t fsr, bool *present)
{
	uint64_t status = fsr & FSR_LPAE_STATUS;

	if ((fsr & FSR_LPAE) != 0) {
		*present = (status >> 2) == 2 || (status >> 2) == 3;
		return (status >> 2) >= 1 && (status >> 2) <= 3;
	}
	status = (fsr & FSR_FS) | ((fsr & FSR_FS4) != 0 ? 0x10u : 0);
	*present = status == 0x9 || status == 0xb || status == 0xd || status == 0xf;
	return *present || status == 0x5 || status == 0x7;
}

static bool
code(const struct fault_input *in, struct port_code *out)
{
	uint64_t fsr = in->error_code;
	bool is_fetch = (fsr >> 31 & 1) != 0; /* FSR_LNX_PF: a prefetch abort */
	bool present = false;

	*out = (struct port_code){ .known = PORT_BIT_WRITE | PORT_BIT_INSTRUCTION };
	if (!in->has_error_code)
		return false;
	if (tells_present(fsr, &present))
		out->known |= PORT_BIT_PRESENT;
	if (present)
		out->set |= PORT_BIT_PRESENT;
	out->access = "read";
	if (is_fetch) {
		out->set |= PORT_BIT_INSTRUCTION;
		out->access = "exec";
	} else if ((fsr & FSR_WRITE) != 0) {
		out->set |= PORT_BIT_WRITE;
		out->access = "write";
	}
	return true;
}

static bool
status_register(const struct regs *r, uint64_t *v)
{
	return regs_get(r, "cpsr", v) || regs_get(r, "psr", v);
}

static const char *
mode(const struct regs *r)
{
	uint64_t psr = 0;

	if (!status_register(r, &psr))
		return NULL;
	return (psr & PSR_MODE) == PSR_MODE_USER ? "user" : "kernel";
}

/* The kernel prints halfwords where it runs Thumb code. */
static void
set_mode(struct decoder *d, const struct fault_input *in, const struct code *line)
{
	uint64_t psr = 0;
	bool is_thumb = line->unit == 2;

	if (in->regs != NULL && status_register(in->regs, &psr))
		is_thumb = (psr & PSR_THUMB) != 0;
	if (is_thumb)
		decoder_set_mode(d, CS_MODE_THUMB, 2);
}

static bool
starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool
has_group(const cs_insn *i, uint8_t group)
{
	for (size_t g = 0; g < i->detail->groups_count; g++) {
		if (i->detail->groups[g] == group)
			return true;
	}
	return false;
}

static bool
leads_somewhere(const cs_insn *i)
{
	const cs_arm *x = &i->detail->arm;

	return (has_group(i, ARM_GRP_JUMP) || i->id == ARM_INS_BL || i->id == ARM_INS_BLX) &&
	       x->op_count != 0 && x->operands[x->op_count - 1].type == ARM_OP_IMM;
}

static void
text(struct decoder *d, const struct insn_place *place, size_t off, char text[INSN_TEXT_LEN])
{
	struct out o = out_over(text, INSN_TEXT_LEN);
	struct str operands = str_of(d->insn->op_str);
	const cs_arm *x = &d->insn->detail->arm;

	if (d->name != NULL) {
		out_put(&o, "%s", d->name);
		return;
	}
	out_put(&o, "%s%s", d->insn->mnemonic, operands.len == 0 ? "" : " ");
	if (!leads_somewhere(d->insn)) {
		decimal_put(&o, operands, false);
		return;
	}
	decimal_put(&o, str_first(operands, str_find_char(operands, '#')), false);
	insn_put_target(&o, place, off, (uint32_t)x->operands[x->op_count - 1].imm);
}

/* Names that capstone gives some registers, and those of the kernel. */
static const char *
kernel_name(const char *name)
{
	static const char *const names[][2] = { { "sb", "r9" }, { "sl", "r10" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i][0]) == 0)
			return names[i][1];
	}
	return name;
}

/* The program counter reads as the address of the instruction after the next. */
static uint64_t
read_pc(struct decoder *d, uint64_t ip)
{
	bool is_thumb = d->insn->size == 2 || (d->mode & CS_MODE_THUMB) != 0;

	return ((ip & ~UINT64_C(1)) + (is_thumb ? 4 : 8)) & ~UINT64_C(3);
}

static struct operand_reg
register_of(struct decoder *d, const struct operand_context *c, unsigned reg)
{
	const char *name = cs_reg_name(d->handle, reg);
	struct operand_reg r = { .name = NULL };

	if (name == NULL)
		return r;
	r.name = kernel_name(name);
	if (reg == ARM_REG_PC && c->has_ip) {
		r.value = read_pc(d, c->ip);
		r.known = true;
	} else if (c->regs != NULL) {
		r.known = regs_get(c->regs, r.name, &r.value);
	}
	return r;
}

static uint8_t
use_of(struct decoder *d)
{
	const cs_insn *i = d->insn;
	const char *name = cs_insn_name(d->handle, d->insn->id);

	if (i->id == ARM_INS_SWP || i->id == ARM_INS_SWPB)
		return OPERAND_READ | OPERAND_WRITE;
	if (name == NULL)
		name = i->mnemonic;
	if (starts(name, "st") || starts(name, "vst") || i->id == ARM_INS_PUSH ||
	    i->id == ARM_INS_VPUSH)
		return OPERAND_WRITE;
	return OPERAND_READ;
}

/* Of one register of the instruction. */
static uint64_t
len_of(struct decoder *d)
{
	const char *name = d->insn->mnemonic;
	const cs_arm *x = &d->insn->detail->arm;
	const char *reg = x->op_count != 0 && x->operands[0].type == ARM_OP_REG
				  ? cs_reg_name(d->handle, x->operands[0].reg)
				  : "";

	if (starts(name, "v"))
		return reg[0] == 's' ? 4 : 8;
	if (starts(name, "ldrd") || starts(name, "strd") || starts(name, "ldrexd") ||
	    starts(name, "strexd"))
		return 8;
	if (starts(name, "ldrb") || starts(name, "strb") || starts(name, "ldrsb") ||
	    starts(name, "ldrexb") || starts(name, "strexb") || starts(name, "swpb"))
		return 1;
	if (starts(name, "ldrh") || starts(name, "strh") || starts(name, "ldrsh") ||
	    starts(name, "ldrexh") || starts(name, "strexh"))
		return 2;
	return WORD;
}

/* Adds up base, index and displacement; 32 bits. */
static void
compute(struct operand *o, const cs_arm_op *op)
{
	uint64_t index = o->index.value;

	if (!o->base.known)
		o->unknown = o->base.name;
	else if (o->index.name != NULL && !o->index.known)
		o->unknown = o->index.name;
	if (o->unknown != NULL)
		return;
	if (op->shift.type == ARM_SFT_LSL)
		index <<= op->shift.value & 31;
	else if (op->shift.type == ARM_SFT_LSR)
		index = (uint32_t)index >> (op->shift.value & 31);
	if (op->subtracted)
		index = -index;
	if (o->index.name == NULL)
		index = 0;
	o->address = (uint32_t)(o->base.value + index + (uint64_t)o->displacement);
	o->has_address = true;
}

static void
add_memory(struct decoder *d, const struct operand_context *c, const cs_arm_op *op,
	   struct operand_list *out)
{
	struct operand *o = &out->operand[out->count++];
	struct str s = str_of(d->insn->op_str);
	size_t from = str_find_char(s, '[');
	struct out text;

	*o = (struct operand){
		.base = register_of(d, c, op->mem.base),
		.displacement = op->mem.disp,
		.use = use_of(d),
		.len = len_of(d),
	};
	if (op->mem.index != ARM_REG_INVALID) {
		o->index = register_of(d, c, op->mem.index);
		o->scale =
			(uint8_t)(1u << (op->shift.type == ARM_SFT_LSL ? op->shift.value & 7 : 0));
	}
	o->span = o->len;
	text = out_over(o->text, sizeof(o->text));
	if (from != STR_NONE) {
		s = str_from(s, from);
		decimal_put(&text, str_first(s, str_find_char(s, ']') + 1), false);
	}
	compute(o, op);
}

/* ldm, stm, push, pop: as many words as registers, from or up to the base. */
static void
add_multiple(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	static const struct {
		unsigned id;
		bool is_stack; /* the base is sp, and no operand */
		bool down;     /* below the base */
		bool before;   /* the base itself is left out going up, taken going down */
	} kinds[] = {
		{ ARM_INS_LDM, false, false, false },    { ARM_INS_LDMDA, false, true, true },
		{ ARM_INS_LDMDB, false, true, false },   { ARM_INS_LDMIB, false, false, true },
		{ ARM_INS_STM, false, false, false },    { ARM_INS_STMDA, false, true, true },
		{ ARM_INS_STMDB, false, true, false },   { ARM_INS_STMIB, false, false, true },
		{ ARM_INS_PUSH, true, true, false },     { ARM_INS_POP, true, false, false },
		{ ARM_INS_VLDMIA, false, false, false }, { ARM_INS_VSTMIA, false, false, false },
		{ ARM_INS_VLDMDB, false, true, false },  { ARM_INS_VSTMDB, false, true, false },
		{ ARM_INS_VPUSH, true, true, false },    { ARM_INS_VPOP, true, false, false },
	};
	const cs_arm *x = &d->insn->detail->arm;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t base = kinds[i].is_stack ? 0 : 1;
		struct operand *o = &out->operand[out->count];

		if (kinds[i].id != d->insn->id || x->op_count <= base)
			continue;

		uint64_t one = d->insn->mnemonic[0] == 'v' ? 8 : WORD;
		int64_t len = (int64_t)((x->op_count - base) * one);

		*o = (struct operand){
			.base = register_of(d, c,
					    kinds[i].is_stack ? ARM_REG_SP : x->operands[0].reg),
			.displacement = (kinds[i].down ? -len : 0) + (kinds[i].before ? WORD : 0),
			.len = (uint64_t)len,
			.span = (uint64_t)len,
			.use = use_of(d),
			.implicit = true,
		};
		snprintf(o->text, sizeof(o->text), "[%s, #%" PRId64 "]", o->base.name,
			 o->displacement);
		compute(o, &x->operands[0]);
		out->count++;
		return;
	}
}

static void
add_target(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	const cs_arm *x = &d->insn->detail->arm;
	struct operand *o = &out->operand[out->count];

	if ((d->insn->id != ARM_INS_BX && d->insn->id != ARM_INS_BLX) || x->op_count != 1 ||
	    x->operands[0].type != ARM_OP_REG)
		return;
	*o = (struct operand){ .base = register_of(d, c, x->operands[0].reg),
			       .len = 1,
			       .span = 1,
			       .use = OPERAND_EXEC };
	snprintf(o->text, sizeof(o->text), "%s", o->base.name);
	o->has_address = o->base.known;
	o->address = (uint32_t)o->base.value & ~UINT32_C(1);
	o->unknown = o->base.known ? NULL : o->base.name;
	out->count++;
}

static void
operands(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	const cs_arm *x = &d->insn->detail->arm;

	out->count = 0;
	out->hidden_access = false;
	if (d->name != NULL || starts(d->insn->mnemonic, "pld") || starts(d->insn->mnemonic, "pli"))
		return;
	for (size_t i = 0; i < x->op_count && out->count < OPERANDS_MAX - 2; i++) {
		if (x->operands[i].type == ARM_OP_MEM)
			add_memory(d, c, &x->operands[i], out);
	}
	add_multiple(d, c, out);
	add_target(d, c, out);
}

const struct port port_arm = {
	.arch = "arm",
	.step = WORD,
	.max_len = WORD,
	.words_as_hex = true,
	.set_mode = set_mode,
	.text = text,
	.operands = operands,
	.code = code,
	.mode = mode,
};
