/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/decimal.h"
#include "fault/port.h"

#include <stdio.h>
#include <string.h>

enum {
	WORD = 4,

	/* Linux arch/powerpc/include/asm/reg.h. */
	DSISR_NO_TRANSLATION = 0x40000000,
	DSISR_PROTECTION = 0x08000000,
	DSISR_STORE = 0x02000000,
	MSR_PR = 1 << 14,
	TRAP_INSTRUCTION = 0x400,
	TRAP_INSTRUCTION_SEGMENT = 0x480,

	OPCODE_X_FORM = 31,
};

/* The error code is DSISR, which the register dump has too. */
static bool
code(const struct fault_input *in, struct port_code *out)
{
	uint64_t dsisr = in->error_code;
	uint64_t trap = 0;
	bool has_trap = in->regs != NULL && regs_get(in->regs, "trap", &trap);
	bool has_dsisr = in->regs != NULL && regs_get(in->regs, "dsisr", &dsisr);

	if (!has_dsisr && !in->has_error_code)
		return false;
	*out = (struct port_code){ .known = PORT_BIT_INSTRUCTION };
	if (has_trap && (trap == TRAP_INSTRUCTION || trap == TRAP_INSTRUCTION_SEGMENT)) {
		out->set |= PORT_BIT_INSTRUCTION;
		out->access = "exec";
		return true;
	}
	out->known |= PORT_BIT_WRITE;
	if ((dsisr & (DSISR_NO_TRANSLATION | DSISR_PROTECTION)) != 0)
		out->known |= PORT_BIT_PRESENT;
	if ((dsisr & DSISR_NO_TRANSLATION) == 0 && (dsisr & DSISR_PROTECTION) != 0)
		out->set |= PORT_BIT_PRESENT;
	out->access = "read";
	if ((dsisr & DSISR_STORE) != 0) {
		out->set |= PORT_BIT_WRITE;
		out->access = "write";
	}
	return true;
}

static const char *
mode(const struct regs *r)
{
	uint64_t msr = 0;

	if (!regs_get(r, "msr", &msr))
		return NULL;
	return (msr & MSR_PR) != 0 ? "user" : "kernel";
}

/* Logs print words, whose value does not depend on the byte order; dumps have bytes. */
static void
set_mode(struct decoder *d, const struct fault_input *in, const struct code *line)
{
	(void)line;
	if (in->memory != NULL && in->memory->order == ORDER_BIG)
		decoder_set_mode(d, (int)((unsigned)CS_MODE_64 | (unsigned)CS_MODE_BIG_ENDIAN),
				 WORD);
}

static bool
leads_somewhere(const cs_insn *i)
{
	const cs_ppc *x = &i->detail->ppc;

	return i->mnemonic[0] == 'b' && x->op_count != 0 &&
	       x->operands[x->op_count - 1].type == PPC_OP_IMM;
}

static void
text(struct decoder *d, const struct insn_place *place, size_t off, char text[INSN_TEXT_LEN])
{
	struct out o = out_over(text, INSN_TEXT_LEN);
	struct str operands = str_of(d->insn->op_str);
	const cs_ppc *x = &d->insn->detail->ppc;

	if (d->name != NULL) {
		out_put(&o, "%s", d->name);
		return;
	}
	out_put(&o, "%s%s", d->insn->mnemonic, operands.len == 0 ? "" : " ");
	if (!leads_somewhere(d->insn)) {
		decimal_put(&o, operands, true);
		return;
	}
	for (size_t i = operands.len; i-- > 0;) {
		if (operands.p[i] == ' ') {
			decimal_put(&o, str_first(operands, i), true);
			break;
		}
	}
	insn_put_target(&o, place, off, (uint64_t)x->operands[x->op_count - 1].imm);
}

/* Bytes by what the name begins with. */
static uint64_t
len_of(const char *name)
{
	static const struct {
		const char *start;
		uint8_t len;
	} lens[] = {
		{ "lbz", 1 },   { "lbarx", 1 },  { "stb", 1 },   { "lh", 2 },    { "sth", 2 },
		{ "lw", 4 },    { "stw", 4 },    { "lmw", 4 },   { "stmw", 4 },  { "lfs", 4 },
		{ "stfs", 4 },  { "lfiw", 4 },   { "stfiw", 4 }, { "ld", 8 },    { "std", 8 },
		{ "lfd", 8 },   { "stfd", 8 },   { "lq", 16 },   { "stq", 16 },  { "lvx", 16 },
		{ "stvx", 16 }, { "lxvw", 16 },  { "lxvd", 16 }, { "stxv", 16 }, { "lxsd", 8 },
		{ "stxsd", 8 }, { "dcbz", 128 },
	};

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		if (strncmp(name, lens[i].start, strlen(lens[i].start)) == 0)
			return lens[i].len;
	}
	return 0;
}

static const char *
gpr_name(uint32_t number)
{
	static const char *const names[] = {
		"gpr0",  "gpr1",  "gpr2",  "gpr3",  "gpr4",  "gpr5",  "gpr6",  "gpr7",
		"gpr8",  "gpr9",  "gpr10", "gpr11", "gpr12", "gpr13", "gpr14", "gpr15",
		"gpr16", "gpr17", "gpr18", "gpr19", "gpr20", "gpr21", "gpr22", "gpr23",
		"gpr24", "gpr25", "gpr26", "gpr27", "gpr28", "gpr29", "gpr30", "gpr31",
	};

	return names[number & 31];
}

static struct operand_reg
register_of(const struct operand_context *c, uint32_t number)
{
	struct operand_reg r = { .name = gpr_name(number) };

	if (c->regs != NULL)
		r.known = regs_get(c->regs, r.name, &r.value);
	return r;
}

/* The word itself: which registers make the address stands at the same place in all forms. */
static uint32_t
word_of(const struct decoder *d)
{
	return bytes_u32(d->insn->bytes,
			 (d->mode & CS_MODE_BIG_ENDIAN) != 0 ? ORDER_BIG : ORDER_LITTLE);
}

static int64_t
displacement(const cs_insn *i)
{
	const cs_ppc *x = &i->detail->ppc;

	for (size_t op = 0; op < x->op_count; op++) {
		if (x->operands[op].type == PPC_OP_MEM)
			return x->operands[op].mem.disp;
	}
	return 0;
}

/* Register 0 as a base means none. */
static void
operand_text(struct operand *o, uint32_t base, uint32_t index)
{
	const char *r = base == 0 ? "" : "r";

	if (o->index.name != NULL)
		snprintf(o->text, sizeof(o->text), "%s%u,r%u", r, base, index);
	else
		snprintf(o->text, sizeof(o->text), "%lld(%s%u)", (long long)o->displacement, r,
			 base);
}

static void
operands(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	uint32_t w = word_of(d);
	uint32_t base = w >> 16 & 31;
	uint32_t index = w >> 11 & 31;
	uint64_t len = d->name == NULL ? len_of(d->insn->mnemonic) : 0;
	struct operand *o = &out->operand[0];

	out->count = 0;
	/* Other operations on caches and translations name addresses too. */
	out->hidden_access = len == 0 && d->name == NULL && w >> 26 == OPCODE_X_FORM;
	if (len == 0)
		return;
	*o = (struct operand){
		.displacement = displacement(d->insn),
		.len = len,
		.span = len,
		.use = d->insn->mnemonic[0] == 'l' ? OPERAND_READ : OPERAND_WRITE,
	};
	if (base != 0)
		o->base = register_of(c, base);
	if (w >> 26 == OPCODE_X_FORM) {
		o->index = register_of(c, index);
		o->scale = 1;
	}
	operand_text(o, base, index);
	if (base != 0 && !o->base.known)
		o->unknown = o->base.name;
	else if (o->index.name != NULL && !o->index.known)
		o->unknown = o->index.name;
	o->has_address = o->unknown == NULL;
	o->address = o->base.value + o->index.value + (uint64_t)o->displacement;
	if (strcmp(d->insn->mnemonic, "dcbz") == 0)
		o->address &= ~(len - 1);
	out->count = 1;
}

static bool
is_padding(const struct decoder *d)
{
	return d->name != NULL || d->insn->id == PPC_INS_NOP;
}

const struct port port_ppc64 = {
	.arch = "ppc64",
	.step = WORD,
	.max_len = WORD,
	.words_as_hex = true,
	.has_either_order = true,
	.set_mode = set_mode,
	.text = text,
	.is_padding = is_padding,
	.operands = operands,
	.code = code,
	.mode = mode,
};
