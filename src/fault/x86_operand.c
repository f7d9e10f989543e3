/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86_operand.c - the memory that an x86 instruction uses.
 *
 * capstone lists the operands that stand in the text. Those that do not (the stack of push,
 * call and ret) come from a table, and how an operand is used is decided here: capstone's
 * own access flags are wrong for cmpxchg, shifts by %cl and vector stores.
 */
#include "fault/x86.h"

#include <stdio.h>
#include <string.h>

/* Registers by what they are part of. */
static const char *const families[][5] = {
	{ "rax", "eax", "ax", "al", "ah" },      { "rbx", "ebx", "bx", "bl", "bh" },
	{ "rcx", "ecx", "cx", "cl", "ch" },      { "rdx", "edx", "dx", "dl", "dh" },
	{ "rsi", "esi", "si", "sil", NULL },     { "rdi", "edi", "di", "dil", NULL },
	{ "rbp", "ebp", "bp", "bpl", NULL },     { "rsp", "esp", "sp", "spl", NULL },
	{ "r8", "r8d", "r8w", "r8b", NULL },     { "r9", "r9d", "r9w", "r9b", NULL },
	{ "r10", "r10d", "r10w", "r10b", NULL }, { "r11", "r11d", "r11w", "r11b", NULL },
	{ "r12", "r12d", "r12w", "r12b", NULL }, { "r13", "r13d", "r13w", "r13b", NULL },
	{ "r14", "r14d", "r14w", "r14b", NULL }, { "r15", "r15d", "r15w", "r15b", NULL },
	{ "rip", "eip", NULL, NULL, NULL },
};

static const uint64_t masks[] = { UINT64_MAX, UINT32_MAX, UINT16_MAX, UINT8_MAX, UINT16_MAX };

static bool
whole_register(const struct regs *r, size_t family, uint64_t *v)
{
	return regs_get(r, families[family][0], v) || regs_get(r, families[family][1], v);
}

/* The value of a register or of a part of one. */
static bool
register_value(const struct regs *r, const char *name, uint64_t *v)
{
	for (size_t f = 0; r != NULL && f < ARRAY_LEN(families); f++) {
		for (size_t part = 0; part < ARRAY_LEN(families[f]); part++) {
			if (families[f][part] == NULL || strcmp(families[f][part], name) != 0)
				continue;
			if (!whole_register(r, f, v))
				return false;
			*v &= masks[part];
			if (part == 4)
				*v >>= 8;
			return true;
		}
	}
	return false;
}

/* The same under the name that reports use: eax as part of an address is rax. */
static const char *
whole_name(const struct decoder *d, const char *name)
{
	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		for (size_t part = 0; part < 4; part++) {
			if (families[f][part] != NULL && strcmp(families[f][part], name) == 0)
				return families[f][d->arch->word_len == 8 ? 0 : 1];
		}
	}
	return name;
}

static struct operand_reg
register_of(struct decoder *d, const struct operand_context *c, x86_reg reg)
{
	const char *name = cs_reg_name(d->handle, reg);
	struct operand_reg r = { .name = NULL };

	if (name == NULL)
		return r;
	r.name = whole_name(d, name);
	r.known = register_value(c->regs, name, &r.value);
	if (reg == X86_REG_RIP && c->has_ip) {
		r.value = c->ip + d->insn->size;
		r.known = true;
	}
	return r;
}

/*
 * The base of a segment: fs and gs only, and in 64-bit mode. Log texts give it as the value
 * of the register itself. The kernel fills the gs_base of NT_PRSTATUS with that of user
 * space (ELF_CORE_COPY_REGS), which an access in kernel mode did not use.
 */
static struct operand_reg
segment_of(struct decoder *d, const struct operand_context *c, x86_reg reg)
{
	const char *name = reg == X86_REG_GS ? "gs" : "fs";
	const char *base_name = reg == X86_REG_GS ? "gs_base" : "fs_base";
	struct operand_reg r = { .name = NULL };
	uint64_t cs = 0;

	if (reg != X86_REG_GS && reg != X86_REG_FS)
		return r;
	r.name = name;
	if (c->regs == NULL || d->arch->word_len != 8)
		return r; /* in 32-bit mode it stands in a descriptor */
	r.known = regs_get(c->regs, base_name, &r.value) ||
		  (regs_get(c->regs, name, &r.value) && r.value > UINT16_MAX);
	if (r.known && reg == X86_REG_GS && regs_get(c->regs, "cs", &cs) && (cs & 3) == 0 &&
	    r.value >> 63 == 0)
		r.known = false;
	return r;
}

static bool
is_one_of(unsigned id, const unsigned *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == id)
			return true;
	}
	return false;
}

/* Their memory operand is an address, not an access: it cannot fault. */
static bool
has_no_access(const struct decoder *d)
{
	static const unsigned ids[] = {
		X86_INS_LEA,        X86_INS_NOP,        X86_INS_INVLPG,
		X86_INS_PREFETCH,   X86_INS_PREFETCHW,  X86_INS_PREFETCHNTA,
		X86_INS_PREFETCHT0, X86_INS_PREFETCHT1, X86_INS_PREFETCHT2,
	};

	if (d->name != NULL && (strcmp(d->name, "ud1") == 0 || strcmp(d->name, "ud0") == 0))
		return true;
	return is_one_of(d->insn->id, ids, ARRAY_LEN(ids));
}

/* They read descriptors, and iret and far returns what those lead to. */
static bool
reads_descriptors(const cs_insn *i)
{
	static const unsigned ids[] = {
		X86_INS_LCALL, X86_INS_LJMP,  X86_INS_RETF, X86_INS_RETFQ, X86_INS_IRET,
		X86_INS_IRETD, X86_INS_IRETQ, X86_INS_LTR,  X86_INS_LLDT,  X86_INS_LAR,
		X86_INS_LSL,   X86_INS_VERR,  X86_INS_VERW, X86_INS_INT,   X86_INS_INT1,
		X86_INS_INT3,  X86_INS_INTO,  X86_INS_LDS,  X86_INS_LES,   X86_INS_LFS,
		X86_INS_LGS,   X86_INS_LSS,
	};
	static const unsigned segments[] = { X86_REG_DS, X86_REG_ES, X86_REG_FS, X86_REG_GS,
					     X86_REG_SS };
	const cs_x86 *x = &i->detail->x86;

	if (is_one_of(i->id, ids, ARRAY_LEN(ids)))
		return true;
	if (x->op_count == 0 || (i->id != X86_INS_MOV && i->id != X86_INS_POP))
		return false;

	const cs_x86_op *last = &x->operands[x->op_count - 1];

	return last->type == X86_OP_REG && is_one_of(last->reg, segments, ARRAY_LEN(segments));
}

/* Instructions that only read what stands last. */
static bool
reads_last(unsigned id)
{
	static const unsigned ids[] = {
		X86_INS_CMP,        X86_INS_TEST,   X86_INS_BT,       X86_INS_PUSH,
		X86_INS_CALL,       X86_INS_JMP,    X86_INS_MUL,      X86_INS_DIV,
		X86_INS_IDIV,       X86_INS_LGDT,   X86_INS_LIDT,     X86_INS_LLDT,
		X86_INS_LTR,        X86_INS_LMSW,   X86_INS_LDMXCSR,  X86_INS_VLDMXCSR,
		X86_INS_FLD,        X86_INS_FILD,   X86_INS_FLDCW,    X86_INS_FXRSTOR,
		X86_INS_FXRSTOR64,  X86_INS_XRSTOR, X86_INS_XRSTOR64, X86_INS_XRSTORS,
		X86_INS_XRSTORS64,  X86_INS_FRSTOR, X86_INS_FLDENV,   X86_INS_CLFLUSH,
		X86_INS_CLFLUSHOPT, X86_INS_CLWB,   X86_INS_LCALL,    X86_INS_LJMP,
		X86_INS_VERW,       X86_INS_VERR,   X86_INS_FADD,     X86_INS_FMUL,
		X86_INS_FCOM,       X86_INS_FCOMP,  X86_INS_FSUB,     X86_INS_FSUBR,
		X86_INS_FDIV,       X86_INS_FDIVR,  X86_INS_VMPTRLD,  X86_INS_VMCLEAR,
		X86_INS_VMXON,
	};

	return is_one_of(id, ids, ARRAY_LEN(ids));
}

/* Instructions that only write what stands last. */
static bool
writes_last_only(const cs_insn *i)
{
	static const unsigned ids[] = {
		X86_INS_MOV,      X86_INS_MOVABS,  X86_INS_POP,  X86_INS_MOVNTI, X86_INS_FXSAVE,
		X86_INS_FXSAVE64, X86_INS_STMXCSR, X86_INS_SGDT, X86_INS_SIDT,   X86_INS_FNSTCW,
		X86_INS_FNSTSW,   X86_INS_FST,     X86_INS_FSTP, X86_INS_FIST,   X86_INS_FISTP,
		X86_INS_FNSAVE,   X86_INS_MOVBE,   X86_INS_SLDT, X86_INS_STR,    X86_INS_SMSW,
	};

	return is_one_of(i->id, ids, ARRAY_LEN(ids)) || strncmp(i->mnemonic, "set", 3) == 0 ||
	       strncmp(i->mnemonic, "mov", 3) == 0 || strncmp(i->mnemonic, "vmov", 4) == 0 ||
	       strncmp(i->mnemonic, "rep movs", 8) == 0 || strncmp(i->mnemonic, "vextract", 8) == 0;
}

static bool
is_mask_register(const cs_x86_op *op)
{
	return op->type == X86_OP_REG && op->reg >= X86_REG_K0 && op->reg <= X86_REG_K7;
}

/* The operand that AT&T syntax has last: the destination, if there is one. */
static bool
is_last(const cs_x86 *x, size_t op)
{
	size_t last = x->op_count;

	while (last > op + 1 && is_mask_register(&x->operands[last - 1]))
		last--;
	return op + 1 == last;
}

static uint8_t
use_of_string(const cs_insn *i, const x86_op_mem *m)
{
	bool is_store = strstr(i->mnemonic, "stos") != NULL || strstr(i->mnemonic, "ins") != NULL ||
			strstr(i->mnemonic, "movs") != NULL;

	if (is_store && (m->base == X86_REG_RDI || m->base == X86_REG_EDI))
		return OPERAND_WRITE;
	return OPERAND_READ;
}

static uint8_t
use_of(const cs_insn *i, size_t op)
{
	const cs_x86 *x = &i->detail->x86;

	if (x86_is_string(i))
		return use_of_string(i, &x->operands[op].mem);
	if (!is_last(x, op) || reads_last(i->id))
		return OPERAND_READ;
	if (writes_last_only(i))
		return OPERAND_WRITE;
	return OPERAND_READ | OPERAND_WRITE;
}

/* Bytes that an operand has, where capstone gives the length of a pointer to it. */
static uint64_t
len_of(const cs_insn *i, size_t op)
{
	static const struct {
		const char *start; /* of the mnemonic */
		uint16_t len;
	} lens[] = {
		{ "fxsave", 512 }, { "fxrstor", 512 }, { "xsave", 8192 }, { "xrstor", 8192 },
		{ "fnsave", 108 }, { "frstor", 108 },  { "fnstenv", 28 }, { "fldenv", 28 },
		{ "clflush", 64 }, { "clwb", 64 },     { "invept", 16 },  { "invvpid", 16 },
		{ "invpcid", 16 },
	};

	for (size_t l = 0; l < ARRAY_LEN(lens); l++) {
		if (strncmp(i->mnemonic, lens[l].start, strlen(lens[l].start)) == 0)
			return lens[l].len;
	}
	return i->detail->x86.operands[op].size;
}

/* A bit instruction with its bit number in a register reaches beyond its operand. */
static int64_t
bit_offset(const struct decoder *d, const struct operand_context *c, bool *known)
{
	static const unsigned ids[] = { X86_INS_BT, X86_INS_BTS, X86_INS_BTR, X86_INS_BTC };
	const cs_x86 *x = &d->insn->detail->x86;
	const cs_x86_op *bit = &x->operands[0];
	uint64_t v = 0;

	if (!is_one_of(d->insn->id, ids, ARRAY_LEN(ids)) || x->op_count != 2 ||
	    bit->type != X86_OP_REG)
		return 0;
	*known = register_value(c->regs, cs_reg_name(d->handle, bit->reg), &v);

	unsigned bits = 8 * bit->size;

	if (bits == 0 || bits > 64)
		return 0;

	int64_t number = (int64_t)(v << (64 - bits)) >> (64 - bits);

	return (number >> 3) & -(int64_t)bit->size;
}

static uint64_t
address_mask(const struct decoder *d)
{
	if (d->insn->detail->x86.addr_size == 2)
		return UINT16_MAX;
	if (d->insn->detail->x86.addr_size == 4 || d->arch->word_len == 4)
		return UINT32_MAX;
	return UINT64_MAX;
}

/* Adds up the parts, if all are known. */
static void
compute(const struct decoder *d, struct operand *o)
{
	const struct operand_reg *parts[] = { &o->base, &o->index, &o->segment };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i]->name != NULL && !parts[i]->known) {
			o->unknown = parts[i]->name;
			return;
		}
	}
	o->address = (uint64_t)o->displacement;
	if (o->base.name != NULL)
		o->address += o->base.value;
	if (o->index.name != NULL)
		o->address += o->index.value * o->scale;
	o->address &= address_mask(d);
	if (o->segment.name != NULL)
		o->address += o->segment.value;
	o->has_address = true;
}

static bool
is_rep(const cs_insn *i)
{
	return i->detail->x86.prefix[0] == X86_PREFIX_REP ||
	       i->detail->x86.prefix[0] == X86_PREFIX_REPNE;
}

/* What is left of a repeated string instruction: its registers move along with it. */
static uint64_t
span_of(const struct decoder *d, const struct operand_context *c, uint64_t len)
{
	uint64_t count = 0;
	uint64_t span = 0;

	if (!x86_is_string(d->insn) || !is_rep(d->insn) ||
	    !register_value(c->regs, "rcx", &count) ||
	    __builtin_mul_overflow(count & address_mask(d), len, &span) || span < len)
		return len;
	return span;
}

static void
add_memory(struct decoder *d, const struct operand_context *c, size_t op, struct operand_list *out)
{
	const cs_x86_op *x = &d->insn->detail->x86.operands[op];
	struct operand *o = &out->operand[out->count];
	bool bit_known = true;

	if (out->count == OPERANDS_MAX)
		return;
	out->count++;
	*o = (struct operand){
		.displacement = x->mem.disp,
		.use = use_of(d->insn, op),
		.len = len_of(d->insn, op),
		.is_target = x86_is_branch(d->insn),
	};
	x86_memory_text(d, &x->mem, o->text, sizeof(o->text));
	if (x->mem.base != X86_REG_INVALID)
		o->base = register_of(d, c, x->mem.base);
	if (x->mem.index != X86_REG_INVALID && x->mem.index != X86_REG_RIZ &&
	    x->mem.index != X86_REG_EIZ) {
		o->index = register_of(d, c, x->mem.index);
		o->scale = (uint8_t)x->mem.scale;
	}
	o->segment = segment_of(d, c, x->mem.segment);
	/* pop computes its operand's address after it has moved the stack pointer. */
	if (d->insn->id == X86_INS_POP && x->mem.base == X86_REG_RSP)
		o->base.value += d->arch->word_len;
	compute(d, o);
	o->address += (uint64_t)bit_offset(d, c, &bit_known);
	if (!bit_known)
		o->has_address = false;
	o->span = span_of(d, c, o->len);
}

/* Memory that no operand names. Distances and lengths in words of the stack. */
static const struct implicit {
	unsigned id;
	x86_reg base;
	int8_t displacement;
	uint8_t len;
	uint8_t use;
} implicits[] = {
	{ X86_INS_PUSH, X86_REG_RSP, -1, 1, OPERAND_WRITE },
	{ X86_INS_PUSHF, X86_REG_RSP, -1, 1, OPERAND_WRITE },
	{ X86_INS_PUSHFD, X86_REG_RSP, -1, 1, OPERAND_WRITE },
	{ X86_INS_PUSHFQ, X86_REG_RSP, -1, 1, OPERAND_WRITE },
	{ X86_INS_CALL, X86_REG_RSP, -1, 1, OPERAND_WRITE },
	{ X86_INS_ENTER, X86_REG_RSP, -1, 1, OPERAND_WRITE },
	{ X86_INS_PUSHAL, X86_REG_RSP, -8, 8, OPERAND_WRITE },
	{ X86_INS_POP, X86_REG_RSP, 0, 1, OPERAND_READ },
	{ X86_INS_POPF, X86_REG_RSP, 0, 1, OPERAND_READ },
	{ X86_INS_POPFD, X86_REG_RSP, 0, 1, OPERAND_READ },
	{ X86_INS_POPFQ, X86_REG_RSP, 0, 1, OPERAND_READ },
	{ X86_INS_POPAL, X86_REG_RSP, 0, 8, OPERAND_READ },
	{ X86_INS_RET, X86_REG_RSP, 0, 1, OPERAND_READ },
	{ X86_INS_RETF, X86_REG_RSP, 0, 2, OPERAND_READ },
	{ X86_INS_RETFQ, X86_REG_RSP, 0, 2, OPERAND_READ },
	{ X86_INS_IRET, X86_REG_RSP, 0, 5, OPERAND_READ },
	{ X86_INS_IRETD, X86_REG_RSP, 0, 5, OPERAND_READ },
	{ X86_INS_IRETQ, X86_REG_RSP, 0, 5, OPERAND_READ },
	{ X86_INS_LEAVE, X86_REG_RBP, 0, 1, OPERAND_READ },
	{ X86_INS_MONITOR, X86_REG_RAX, 0, 1, OPERAND_READ },
};

static void
add_implicit(struct decoder *d, const struct operand_context *c, const struct implicit *i,
	     struct operand_list *out)
{
	struct operand *o = &out->operand[out->count];
	uint8_t word = d->arch->word_len;

	if (out->count == OPERANDS_MAX)
		return;
	out->count++;
	*o = (struct operand){
		.base = register_of(d, c, i->base),
		.displacement = i->displacement * word,
		.len = (uint64_t)i->len * word,
		.span = (uint64_t)i->len * word,
		.use = i->use,
		.implicit = true,
		.is_target = i->id == X86_INS_RET,
	};
	if (o->displacement < 0)
		snprintf(o->text, sizeof(o->text), "-0x%x(%%%s)", -(int)o->displacement,
			 o->base.name);
	else
		snprintf(o->text, sizeof(o->text), "(%%%s)", o->base.name);
	compute(d, o);
}

/* A branch through a register: where it leads. */
static void
add_target(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	const cs_x86 *x = &d->insn->detail->x86;

	if (!x86_is_branch(d->insn) || x->op_count != 1 || x->operands[0].type != X86_OP_REG ||
	    out->count == OPERANDS_MAX)
		return;

	struct operand *o = &out->operand[out->count++];

	*o = (struct operand){ .base = register_of(d, c, x->operands[0].reg),
			       .len = 1,
			       .span = 1,
			       .use = OPERAND_EXEC };
	snprintf(o->text, sizeof(o->text), "*%%%s", o->base.name);
	compute(d, o);
}

void
x86_operands(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	const cs_x86 *x = &d->insn->detail->x86;

	out->count = 0;
	out->hidden_access = reads_descriptors(d->insn);
	if (d->insn->id == X86_INS_INVALID || has_no_access(d))
		return;
	for (size_t i = 0; i < x->op_count; i++) {
		if (x->operands[i].type == X86_OP_MEM)
			add_memory(d, c, i, out);
	}
	for (size_t i = 0; i < ARRAY_LEN(implicits); i++) {
		if (implicits[i].id == d->insn->id)
			add_implicit(d, c, &implicits[i], out);
	}
	add_target(d, c, out);
}
