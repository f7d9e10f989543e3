/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arm64.c - capstone 4 knows ARMv8.0. The atomics of ARMv8.1, of which kernels are full, are
 * decoded here, and pointer authentication gets its names.
 */
#include "fault/decimal.h"
#include "fault/port.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	WORD = 4,

	/* ESR_ELx: Linux arch/arm64/include/asm/esr.h. */
	EC_SHIFT = 26,
	EC_IABT_LOW = 0x20,
	EC_IABT = 0x21,
	EC_DABT_LOW = 0x24,
	EC_DABT = 0x25,
	ISS_WNR = 1 << 6,
	ISS_CM = 1 << 8,
	FSC_TYPE = 0x3c,
	FSC_TRANSLATION = 0x04,
	FSC_ACCESS_FLAG = 0x08,
	FSC_PERMISSION = 0x0c,

	PSTATE_MODE = 0xf,
};

/* What the fault status says of the page: no translation, or one that forbids the access. */
static void
put_present(uint32_t status, struct port_code *out)
{
	uint32_t type = status & FSC_TYPE;

	if (type == FSC_TRANSLATION || type == FSC_PERMISSION || type == FSC_ACCESS_FLAG)
		out->known |= PORT_BIT_PRESENT;
	if (type == FSC_PERMISSION || type == FSC_ACCESS_FLAG)
		out->set |= PORT_BIT_PRESENT;
}

static bool
code(const struct fault_input *in, struct port_code *out)
{
	uint32_t esr = (uint32_t)in->error_code;
	uint32_t class = esr >> EC_SHIFT;

	*out = (struct port_code){ NULL, NULL, 0, 0 };
	if (!in->has_error_code || (class & ~(EC_IABT_LOW ^ EC_DABT)) != EC_IABT_LOW)
		return false;
	out->known = PORT_BIT_WRITE | PORT_BIT_USER | PORT_BIT_INSTRUCTION;
	put_present(esr, out);
	out->mode = "kernel";
	if (class == EC_IABT_LOW || class == EC_DABT_LOW) {
		out->set |= PORT_BIT_USER;
		out->mode = "user";
	}
	out->access = "read";
	if (class == EC_IABT_LOW || class == EC_IABT) {
		out->set |= PORT_BIT_INSTRUCTION;
		out->access = "exec";
	} else if ((esr & ISS_WNR) != 0 && (esr & ISS_CM) == 0) {
		out->set |= PORT_BIT_WRITE;
		out->access = "write";
	}
	return true;
}

static const char *
mode(const struct regs *r)
{
	uint64_t pstate = 0;

	if (!regs_get(r, "pstate", &pstate))
		return NULL;
	return (pstate & PSTATE_MODE) == 0 ? "user" : "kernel";
}

/* Register 31 is sp as an address, and zero as a value. */
static arm64_reg
register_of(uint32_t number, bool wide, bool is_address)
{
	if (number == 31 && is_address)
		return ARM64_REG_SP;
	if (number == 31)
		return wide ? ARM64_REG_XZR : ARM64_REG_WZR;
	if (!wide)
		return (arm64_reg)(ARM64_REG_W0 + number);
	if (number >= 29)
		return number == 29 ? ARM64_REG_X29 : ARM64_REG_X30;
	return (arm64_reg)(ARM64_REG_X0 + number);
}

static void
add_register(struct decoder *d, arm64_reg reg)
{
	cs_arm64 *x = &d->insn->detail->arm64;

	x->operands[x->op_count].type = ARM64_OP_REG;
	x->operands[x->op_count++].reg = reg;
}

static void
add_memory(struct decoder *d, arm64_reg base)
{
	cs_arm64 *x = &d->insn->detail->arm64;

	x->operands[x->op_count].type = ARM64_OP_MEM;
	x->operands[x->op_count++].mem.base = base;
}

/* An atomic instruction, filled into the decoder's: name, then registers, then [base]. */
static void
set_atomic(struct decoder *d, struct bytes b, uint64_t address, const char *name,
	   const arm64_reg *reg, size_t count, arm64_reg base)
{
	struct out o;

	decoder_set(d, b, WORD, address, NULL);
	o = out_over(d->insn->mnemonic, sizeof(d->insn->mnemonic));
	out_put(&o, "%s", name);
	o = out_over(d->insn->op_str, sizeof(d->insn->op_str));
	for (size_t i = 0; i < count; i++) {
		add_register(d, reg[i]);
		out_put(&o, "%s, ", cs_reg_name(d->handle, reg[i]));
	}
	out_put(&o, "[%s]", cs_reg_name(d->handle, base));
	add_memory(d, base);
}

static const char *
length_suffix(uint32_t w)
{
	static const char *const suffixes[] = { "b", "h", "", "" };

	return suffixes[w >> 30];
}

/* CAS: size 0010001 L 1 Rs o0 11111 Rn Rt */
static bool
decode_cas(struct decoder *d, struct bytes b, uint32_t w, uint64_t address)
{
	bool wide = w >> 30 == 3;
	arm64_reg reg[] = { register_of(w >> 16 & 31, wide, false),
			    register_of(w & 31, wide, false) };
	char name[16];

	if ((w & 0x3fa07c00) != 0x08a07c00)
		return false;
	snprintf(name, sizeof(name), "cas%s%s%s", (w >> 22 & 1) != 0 ? "a" : "",
		 (w >> 15 & 1) != 0 ? "l" : "", length_suffix(w));
	set_atomic(d, b, address, name, reg, 2, register_of(w >> 5 & 31, true, true));
	return true;
}

/* CASP: 0 sz 0010000 L 1 Rs o0 11111 Rn Rt, of pairs of registers */
static bool
decode_casp(struct decoder *d, struct bytes b, uint32_t w, uint64_t address)
{
	bool wide = (w >> 30 & 1) != 0;
	uint32_t s = w >> 16 & 30;
	uint32_t t = w & 30;
	arm64_reg reg[] = { register_of(s, wide, false), register_of(s + 1, wide, false),
			    register_of(t, wide, false), register_of(t + 1, wide, false) };
	char name[16];

	if ((w & 0xbfa07c00) != 0x08207c00 || ((w >> 16 | w) & 1) != 0)
		return false;
	snprintf(name, sizeof(name), "casp%s%s", (w >> 22 & 1) != 0 ? "a" : "",
		 (w >> 15 & 1) != 0 ? "l" : "");
	set_atomic(d, b, address, name, reg, 4, register_of(w >> 5 & 31, true, true));
	return true;
}

/* size 111000 A R 1 Rs o3 opc 00 Rn Rt: ldadd and its like, swp, ldapr */
static bool
decode_atomic(struct decoder *d, struct bytes b, uint32_t w, uint64_t address)
{
	static const char *const operations[] = { "add",  "clr",  "eor",  "set",
						  "smax", "smin", "umax", "umin" };
	bool wide = w >> 30 == 3;
	uint32_t operation = w >> 12 & 15;
	bool is_store = (w & 31) == 31 && (w >> 23 & 1) == 0 && operation < 8;
	arm64_reg reg[] = { register_of(w >> 16 & 31, wide, false),
			    register_of(w & 31, wide, false) };
	arm64_reg base = register_of(w >> 5 & 31, true, true);
	const char *acquire = (w >> 23 & 1) != 0 ? "a" : "";
	const char *release = (w >> 22 & 1) != 0 ? "l" : "";
	char name[16];

	if ((w & 0x3f200c00) != 0x38200000)
		return false;
	if ((w & 0x00fffc00) == 0x00bfc000) {
		snprintf(name, sizeof(name), "ldapr%s", length_suffix(w));
		set_atomic(d, b, address, name, reg + 1, 1, base);
		return true;
	}
	if (operation > 8)
		return false;
	if (operation == 8)
		snprintf(name, sizeof(name), "swp%s%s%s", acquire, release, length_suffix(w));
	else
		snprintf(name, sizeof(name), "%s%s%s%s%s", is_store ? "st" : "ld",
			 operations[operation], acquire, release, length_suffix(w));
	set_atomic(d, b, address, name, reg, is_store ? 1 : 2, base);
	return true;
}

/* What has no operands in memory and is named otherwise by capstone, or not at all. */
static const char *
fixed_name(uint32_t w)
{
	static const struct {
		uint32_t word;
		const char *name;
	} names[] = {
		{ 0xd50320ff, "xpaclri" }, { 0xd503221f, "esb" },     { 0xd503229f, "csdb" },
		{ 0xd503231f, "paciaz" },  { 0xd503233f, "paciasp" }, { 0xd503235f, "pacibz" },
		{ 0xd503237f, "pacibsp" }, { 0xd503239f, "autiaz" },  { 0xd50323bf, "autiasp" },
		{ 0xd50323df, "autibz" },  { 0xd50323ff, "autibsp" }, { 0xd503241f, "bti" },
		{ 0xd503245f, "bti c" },   { 0xd503249f, "bti j" },   { 0xd50324df, "bti jc" },
		{ 0xd50330ff, "sb" },      { 0xd65f0bff, "retaa" },   { 0xd65f0fff, "retab" },
		{ 0xd69f0bff, "eretaa" },  { 0xd69f0fff, "eretab" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].word == w)
			return names[i].name;
	}
	return NULL;
}

static size_t
decode(struct decoder *d, struct bytes b, uint64_t address)
{
	if (b.len < WORD)
		return 0;

	uint32_t w = bytes_u32(b.p, ORDER_LITTLE);
	const char *name = fixed_name(w);

	if (name != NULL) {
		decoder_set(d, b, WORD, address, name);
		return WORD;
	}
	if (decode_cas(d, b, w, address) || decode_casp(d, b, w, address) ||
	    decode_atomic(d, b, w, address))
		return WORD;
	return 0;
}

/* objdump's texts: distances in memory are decimal, constants of arithmetic hex. */
static bool
has_hex_constants(const char *name)
{
	static const char *const names[] = { "mov", "movz", "movn", "movk", "add",  "adds",
					     "sub", "subs", "cmp",  "cmn",  "and",  "ands",
					     "orr", "eor",  "tst",  "ccmp", "ccmn", "svc",
					     "hvc", "smc",  "brk",  "hlt",  "msr",  "hint" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static bool
leads_somewhere(const char *name)
{
	static const char *const names[] = {
		"b", "bl", "cbz", "cbnz", "tbz", "tbnz", "adr", "adrp"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return strncmp(name, "b.", 2) == 0;
}

/* The address that an instruction names: of a branch, adr, or a literal. */
static bool
target_of(const cs_insn *i, uint64_t *target)
{
	const cs_arm64 *x = &i->detail->arm64;
	bool is_literal = x->op_count == 2 && x->operands[0].type == ARM64_OP_REG &&
			  strncmp(i->mnemonic, "ldr", 3) == 0;

	if (x->op_count == 0 || x->operands[x->op_count - 1].type != ARM64_OP_IMM ||
	    !(leads_somewhere(i->mnemonic) || is_literal))
		return false;
	*target = (uint64_t)x->operands[x->op_count - 1].imm;
	return true;
}

/* "#..." as objdump has it; is_hex: of arithmetic, on a register of that mask. */
static void
put_constant(struct out *o, struct str *s, bool is_hex, uint64_t mask)
{
	int64_t v = 0;

	out_put(o, "#");
	if (!decimal_take_number(s, &v))
		return;
	if (is_hex)
		out_put(o, "0x%" PRIx64, (uint64_t)v & mask);
	else
		out_put(o, "%" PRId64, v);
}

static void
put_operands(struct out *o, struct str s, bool is_hex, uint64_t mask)
{
	bool in_memory = false;
	bool after_word = false; /* "lsl #3": the constant is a distance */

	while (s.len != 0) {
		char c = s.p[0];

		s = str_from(s, 1);
		if (c == '#') {
			put_constant(o, &s, is_hex && !in_memory && !after_word, mask);
			continue;
		}
		if (c == '[')
			in_memory = true;
		after_word = c == ' ' && o->len != 0 && o->p[o->len - 1] != ',';
		out_put(o, "%c", c);
	}
}

/* movz and movn are written as mov with the whole constant. */
static bool
put_wide_move(struct decoder *d, struct out *o)
{
	const cs_arm64 *x = &d->insn->detail->arm64;
	bool is_not = strcmp(d->insn->mnemonic, "movn") == 0;

	if ((!is_not && strcmp(d->insn->mnemonic, "movz") != 0) || x->op_count != 2)
		return false;

	const char *name = cs_reg_name(d->handle, x->operands[0].reg);
	uint64_t v = (uint64_t)x->operands[1].imm << (x->operands[1].shift.value & 63);

	if (is_not)
		v = ~v;
	if (name[0] == 'w')
		v &= UINT32_MAX;
	out_put(o, "mov %s, #0x%" PRIx64, name, v);
	return true;
}

static bool
is_narrow(const struct decoder *d)
{
	const cs_arm64 *x = &d->insn->detail->arm64;

	return x->op_count != 0 && x->operands[0].type == ARM64_OP_REG &&
	       cs_reg_name(d->handle, x->operands[0].reg)[0] == 'w';
}

static void
text(struct decoder *d, const struct insn_place *place, size_t off, char text[INSN_TEXT_LEN])
{
	struct out o = out_over(text, INSN_TEXT_LEN);
	struct str operands = str_of(d->insn->op_str);
	uint64_t target = 0;

	if (d->name != NULL) {
		out_put(&o, "%s", d->name);
		return;
	}
	if (put_wide_move(d, &o))
		return;
	out_put(&o, "%s%s", d->insn->mnemonic, operands.len == 0 ? "" : " ");
	if (!target_of(d->insn, &target)) {
		put_operands(&o, operands, has_hex_constants(d->insn->mnemonic),
			     is_narrow(d) ? UINT32_MAX : UINT64_MAX);
		return;
	}
	for (size_t i = operands.len; i-- > 0;) {
		if (operands.p[i] == '#') {
			put_operands(&o, str_first(operands, i), false, 0);
			break;
		}
	}
	insn_put_target(&o, place, off, target);
}

static bool
is_one_of(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strncmp(name, list[i], strlen(list[i])) == 0)
			return true;
	}
	return false;
}

/* ldadd, ldclr ... but not ldr, ldp and the others that begin like them. */
static bool
is_read_and_write(const char *name)
{
	static const char *const starts[] = { "cas",    "swp",    "ldadd",  "ldclr",  "ldeor",
					      "ldset",  "ldsmax", "ldsmin", "ldumax", "ldumin",
					      "stadd",  "stclr",  "steor",  "stset",  "stsmax",
					      "stsmin", "stumax", "stumin" };

	return is_one_of(name, starts, ARRAY_LEN(starts));
}

static uint8_t
use_of(const char *name)
{
	if (is_read_and_write(name))
		return OPERAND_READ | OPERAND_WRITE;
	if (strncmp(name, "st", 2) == 0)
		return OPERAND_WRITE;
	return OPERAND_READ;
}

static uint64_t
register_len(const char *name)
{
	static const struct {
		char first;
		uint8_t len;
	} lens[] = { { 'b', 1 }, { 'h', 2 }, { 's', 4 },  { 'w', 4 },
		     { 'd', 8 }, { 'x', 8 }, { 'q', 16 }, { 'v', 16 } };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		if (lens[i].first == name[0])
			return lens[i].len;
	}
	return 8;
}

/* The operand that tells the length: exclusive stores have their status first. */
static const cs_arm64_op *
data_operand(const cs_insn *i)
{
	static const char *const starts[] = { "stxr", "stlxr", "stxp", "stlxp" };
	const cs_arm64 *x = &i->detail->arm64;
	size_t which = is_one_of(i->mnemonic, starts, ARRAY_LEN(starts)) ? 1 : 0;

	if (which >= x->op_count || x->operands[which].type != ARM64_OP_REG)
		return NULL;
	return &x->operands[which];
}

/* Registers that are moved to or from memory at once. */
static uint64_t
registers_moved(const cs_insn *i)
{
	static const char *const pairs[] = { "ldp",   "stp",  "ldnp",  "stnp", "ldxp",
					     "ldaxp", "stxp", "stlxp", "casp" };
	const cs_arm64 *x = &i->detail->arm64;
	uint64_t count = 0;

	if (is_one_of(i->mnemonic, pairs, ARRAY_LEN(pairs)))
		return 2;
	for (size_t op = 0; op < x->op_count && x->operands[op].vas != ARM64_VAS_INVALID; op++)
		count++;
	return count == 0 ? 1 : count;
}

static uint64_t
len_of(struct decoder *d)
{
	const char *name = d->insn->mnemonic;
	size_t len = strlen(name);
	const cs_arm64_op *data = data_operand(d->insn);

	if (strstr(name, "rsw") != NULL || strncmp(name, "ldpsw", 5) == 0)
		return strncmp(name, "ldp", 3) == 0 ? 8 : 4;
	if (len != 0 && name[len - 1] == 'b' && strcmp(name, "ldp") != 0)
		return 1;
	if (len != 0 && name[len - 1] == 'h')
		return 2;
	if (data == NULL)
		return 0;
	return register_len(cs_reg_name(d->handle, data->reg)) * registers_moved(d->insn);
}

static bool
register_value(const struct regs *r, const char *name, uint64_t *v)
{
	char wide[8];

	if (r == NULL)
		return false;
	if (strcmp(name, "xzr") == 0 || strcmp(name, "wzr") == 0) {
		*v = 0;
		return true;
	}
	if (strcmp(name, "x30") == 0 && regs_get(r, "lr", v))
		return true;
	if (name[0] != 'w')
		return regs_get(r, name, v);
	snprintf(wide, sizeof(wide), "x%.4s", name + 1);
	if (!regs_get(r, wide, v))
		return false;
	*v &= UINT32_MAX;
	return true;
}

static struct operand_reg
operand_register(struct decoder *d, const struct operand_context *c, arm64_reg reg)
{
	struct operand_reg r = { .name = cs_reg_name(d->handle, reg) };

	if (r.name != NULL)
		r.known = register_value(c->regs, r.name, &r.value);
	return r;
}

/* The index as it is added: extended, then shifted. */
static uint64_t
extended(uint64_t v, const cs_arm64_op *op)
{
	if (op->ext == ARM64_EXT_SXTW)
		v = (uint64_t)(int32_t)v;
	else if (op->ext == ARM64_EXT_UXTW)
		v = (uint32_t)v;
	return v;
}

static void
compute(struct operand *o, const cs_arm64_op *op)
{
	if (!o->base.known)
		o->unknown = o->base.name;
	else if (o->index.name != NULL && !o->index.known)
		o->unknown = o->index.name;
	if (o->unknown != NULL)
		return;
	o->address = o->base.value + (uint64_t)o->displacement;
	if (o->index.name != NULL)
		o->address += extended(o->index.value, op) * o->scale;
	o->has_address = true;
}

/* The bracketed part of capstone's text. */
static void
memory_text(const cs_insn *i, struct operand *o)
{
	struct str s = str_of(i->op_str);
	size_t from = str_find_char(s, '[');
	struct out out = out_over(o->text, sizeof(o->text));

	if (from == STR_NONE)
		return;
	s = str_from(s, from);

	size_t to = str_find_char(s, ']');

	put_operands(&out, str_first(s, to == STR_NONE ? s.len : to + 1), false, 0);
}

static void
add_operand(struct decoder *d, const struct operand_context *c, const cs_arm64_op *op,
	    struct operand_list *out)
{
	struct operand *o = &out->operand[out->count++];
	unsigned shift = op->shift.type == ARM64_SFT_LSL ? op->shift.value & 15 : 0;

	*o = (struct operand){
		.base = operand_register(d, c, op->mem.base),
		.displacement = op->mem.disp,
		.use = use_of(d->insn->mnemonic),
		.len = len_of(d),
	};
	if (op->mem.index != ARM64_REG_INVALID) {
		o->index = operand_register(d, c, op->mem.index);
		o->scale = (uint8_t)(1u << (shift & 7));
	}
	o->span = o->len;
	memory_text(d->insn, o);
	compute(o, op);
}

/* dc zva writes a block of zeroes; the other operations on caches only look its page up. */
static void
add_cache_operation(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	const cs_arm64 *x = &d->insn->detail->arm64;
	bool is_zero = strncmp(d->insn->op_str, "zva", 3) == 0;
	uint64_t block = 64; /* of every core that Linux runs on so far */

	if (strcmp(d->insn->mnemonic, "dc") != 0 || x->op_count != 2 ||
	    x->operands[1].type != ARM64_OP_REG)
		return;

	struct operand *o = &out->operand[out->count++];

	*o = (struct operand){
		.base = operand_register(d, c, x->operands[1].reg),
		.len = is_zero ? block : 1,
		.span = block,
		.use = is_zero ? OPERAND_WRITE : OPERAND_READ,
	};
	snprintf(o->text, sizeof(o->text), "[%s]", o->base.name);
	compute(o, &x->operands[1]);
	if (is_zero)
		o->address &= ~(block - 1);
}

/* Literals, and branches through a register. */
static void
add_target(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	const cs_arm64 *x = &d->insn->detail->arm64;
	bool is_literal = strncmp(d->insn->mnemonic, "ldr", 3) == 0 && x->op_count == 2 &&
			  x->operands[1].type == ARM64_OP_IMM;
	struct operand *o = &out->operand[out->count];

	if (is_literal && c->has_ip) {
		*o = (struct operand){ .base = { "pc", c->ip, true },
				       .displacement = (int64_t)((uint64_t)x->operands[1].imm -
								 d->insn->address),
				       .len = len_of(d),
				       .span = len_of(d),
				       .use = OPERAND_READ };
		snprintf(o->text, sizeof(o->text), "pc + 0x%" PRIx64, (uint64_t)o->displacement);
		compute(o, &x->operands[1]);
		out->count++;
		return;
	}
	if (x->op_count != 1 || x->operands[0].type != ARM64_OP_REG ||
	    (d->insn->id != ARM64_INS_BR && d->insn->id != ARM64_INS_BLR))
		return;
	*o = (struct operand){ .base = operand_register(d, c, x->operands[0].reg),
			       .len = WORD,
			       .span = WORD,
			       .use = OPERAND_EXEC };
	snprintf(o->text, sizeof(o->text), "%s", o->base.name);
	compute(o, &x->operands[0]);
	out->count++;
}

static void
operands(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	const cs_arm64 *x = &d->insn->detail->arm64;

	out->count = 0;
	/* System registers and tables of others: nothing is known of what those touch. */
	out->hidden_access = strcmp(d->insn->mnemonic, "at") == 0;
	if (d->name != NULL || strncmp(d->insn->mnemonic, "prfm", 4) == 0 ||
	    strncmp(d->insn->mnemonic, "prfum", 5) == 0)
		return;
	for (size_t i = 0; i < x->op_count && out->count < OPERANDS_MAX - 1; i++) {
		if (x->operands[i].type == ARM64_OP_MEM)
			add_operand(d, c, &x->operands[i], out);
	}
	add_cache_operation(d, c, out);
	add_target(d, c, out);
}

static bool
is_padding(const struct decoder *d)
{
	return d->insn->id == ARM64_INS_NOP ||
	       (d->name != NULL && strncmp(d->name, ".inst", 5) == 0);
}

const struct port port_arm64 = {
	.arch = "arm64",
	.step = WORD,
	.max_len = WORD,
	.words_as_hex = true,
	.has_tags = true,
	.decode = decode,
	.text = text,
	.is_padding = is_padding,
	.operands = operands,
	.code = code,
	.mode = mode,
	.track = &arm64_track,
};
