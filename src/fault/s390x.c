/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/decimal.h"
#include "fault/port.h"

#include <stdio.h>
#include <string.h>

enum {
	INSN_LEN_MAX = 6,

	/* Interruption codes: Linux arch/s390/kernel/pgm_check.S. */
	INT_PROTECTION = 0x04,
	INT_SEGMENT = 0x10,
	INT_PAGE = 0x11,
	INT_REGION_FIRST = 0x38,
	INT_REGION_LAST = 0x3b,

	PSW_PROBLEM_STATE = 48, /* bit, from the right */
};

static bool
code(const struct fault_input *in, struct port_code *out)
{
	uint64_t number = in->error_code & 0x7f;
	bool is_missing = number == INT_SEGMENT || number == INT_PAGE ||
			  (number >= INT_REGION_FIRST && number <= INT_REGION_LAST);

	*out = (struct port_code){ .known = 0 };
	if (!in->has_error_code || (!is_missing && number != INT_PROTECTION))
		return false;
	out->known = PORT_BIT_PRESENT;
	out->set = is_missing ? 0 : PORT_BIT_PRESENT;
	return true;
}

static const char *
mode(const struct regs *r)
{
	uint64_t psw = 0;

	if (!regs_get(r, "psw_mask", &psw))
		return NULL;
	return (psw >> PSW_PROBLEM_STATE & 1) != 0 ? "user" : "kernel";
}

/* The first two bits tell the length. */
static size_t
insn_len(uint8_t first)
{
	static const uint8_t lens[] = { 2, 4, 4, 6 };

	return lens[first >> 6];
}

/* What capstone does not know still has a length. */
static size_t
decode(struct decoder *d, struct bytes b, uint64_t address)
{
	struct bytes rest = b;
	uint64_t next = address;
	size_t len = b.len == 0 ? 0 : insn_len(b.p[0]);
	struct out o = out_over(d->raw, sizeof(d->raw));

	if (len == 0 || len > b.len ||
	    cs_disasm_iter(d->handle, &rest.p, &rest.len, &next, d->insn))
		return len == 0 || len > b.len ? 0 : d->insn->size;
	out_put(&o, ".inst ");
	for (size_t i = 0; i < len; i++)
		out_put(&o, "%02x", b.p[i]);
	decoder_set(d, b, len, address, d->raw);
	return len;
}

/* The last operand of a relative instruction is an address. */
static bool
leads_somewhere(const cs_insn *i)
{
	const cs_sysz *x = &i->detail->sysz;
	bool is_relative = i->mnemonic[0] == 'j' || strstr(i->mnemonic, "rl") != NULL ||
			   strncmp(i->mnemonic, "bra", 3) == 0 ||
			   strncmp(i->mnemonic, "brc", 3) == 0;

	return is_relative && i->size >= 4 && x->op_count != 0 &&
	       x->operands[x->op_count - 1].type == SYSZ_OP_IMM;
}

static void
text(struct decoder *d, const struct insn_place *place, size_t off, char text[INSN_TEXT_LEN])
{
	struct out o = out_over(text, INSN_TEXT_LEN);
	struct str operands = str_of(d->insn->op_str);
	const cs_sysz *x = &d->insn->detail->sysz;

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

static bool
is_in(const char *name, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strcmp(name, *list) == 0)
			return true;
	}
	return false;
}

/* Bytes of the operand in memory; 0 where the name does not tell. */
static uint64_t
len_of(const cs_insn *i, const cs_sysz_op *op)
{
	static const char *const one[] = { "ic",  "stc",  "llgc", "llc",  "lb", "lgb", "tm", "tmy",
					   "mvi", "mviy", "cli",  "cliy", "ni", "oi",  "xi", NULL };
	static const char *const two[] = { "lh", "lgh",   "llh",   "llgh", "sth",
					   "ch", "mvhhi", "chhsi", NULL };
	static const char *const eight[] = { "lg",    "stg",   "ltg",  "cg",   "clg",  "ag",
					     "sg",    "ng",    "og",   "xg",   "alg",  "slg",
					     "csg",   "laag",  "lang", "laog", "laxg", "agsi",
					     "mvghi", "cghsi", NULL };
	static const char *const four[] = { "l",   "st",  "lt",  "c",    "cl",   "a",
					    "s",   "n",   "o",   "x",    "al",   "sl",
					    "ly",  "sty", "cs",  "laa",  "lan",  "lao",
					    "lax", "asi", "lgf", "llgf", "mvhi", "chsi",
					    "agf", "cgf", "lgt", "ltgf", NULL };

	if (op->mem.length != 0)
		return op->mem.length;
	if (is_in(i->mnemonic, one))
		return 1;
	if (is_in(i->mnemonic, two))
		return 2;
	if (is_in(i->mnemonic, four))
		return 4;
	return is_in(i->mnemonic, eight) ? 8 : 0;
}

/* lmg, stmg: eight bytes a register, from the first to the second, round the end. */
static uint64_t
multiple_len(const cs_insn *i)
{
	const uint8_t *b = i->bytes;
	uint64_t count = ((uint64_t)((b[1] & 15) - (b[1] >> 4)) & 15) + 1;

	if (strcmp(i->mnemonic, "lmg") == 0 || strcmp(i->mnemonic, "stmg") == 0)
		return 8 * count;
	if (strcmp(i->mnemonic, "lm") == 0 || strcmp(i->mnemonic, "stm") == 0)
		return 4 * count;
	return 0;
}

/* The first operand in memory of the others is read. */
static uint8_t
use_of(const cs_insn *i, size_t which)
{
	static const char *const updates[] = { "ni",  "oi",   "xi",   "nc",   "oc",   "xc",  "cs",
					       "csg", "laa",  "laag", "lan",  "lang", "lao", "laog",
					       "lax", "laxg", "asi",  "agsi", NULL };
	static const char *const writes[] = {
		"mvc", "mvi", "mviy", "mvhi", "mvghi", "mvhhi", NULL
	};

	if (which != 0)
		return OPERAND_READ;
	if (is_in(i->mnemonic, updates))
		return OPERAND_READ | OPERAND_WRITE;
	if (is_in(i->mnemonic, writes) || strncmp(i->mnemonic, "st", 2) == 0)
		return OPERAND_WRITE;
	return OPERAND_READ;
}

static const char *
gpr_name(struct decoder *d, unsigned reg)
{
	static const char *const names[] = { "gpr0",  "gpr1",  "gpr2",  "gpr3", "gpr4",  "gpr5",
					     "gpr6",  "gpr7",  "gpr8",  "gpr9", "gpr10", "gpr11",
					     "gpr12", "gpr13", "gpr14", "gpr15" };
	struct str number = str_of(cs_reg_name(d->handle, reg));
	uint64_t n = 0;

	if (!str_take_decimal(&number, &n) || n >= ARRAY_LEN(names))
		return NULL;
	return names[n];
}

static struct operand_reg
register_of(struct decoder *d, const struct operand_context *c, unsigned reg)
{
	struct operand_reg r = { .name = NULL };

	if (reg != SYSZ_REG_INVALID)
		r.name = gpr_name(d, reg);
	if (r.name != NULL && c->regs != NULL)
		r.known = regs_get(c->regs, r.name, &r.value);
	return r;
}

static void
add_memory(struct decoder *d, const struct operand_context *c, const cs_sysz_op *op,
	   struct operand_list *out)
{
	struct operand *o = &out->operand[out->count];
	struct out text;

	*o = (struct operand){
		.base = register_of(d, c, op->mem.base),
		.index = register_of(d, c, op->mem.index),
		.scale = op->mem.index != SYSZ_REG_INVALID,
		.displacement = op->mem.disp,
		.len = len_of(d->insn, op),
		.use = use_of(d->insn, out->count),
	};
	if (o->len == 0)
		o->len = multiple_len(d->insn);
	/* The second operand of mvc and the like is as long as the first. */
	if (o->len == 0 && out->count == 1)
		o->len = out->operand[0].len;
	o->span = o->len;
	text = out_over(o->text, sizeof(o->text));
	out_put(&text, "%lld(", (long long)o->displacement);
	if (o->index.name != NULL)
		out_put(&text, "%%r%s,", o->index.name + 3);
	out_put(&text, "%%r%s)", o->base.name == NULL ? "0" : o->base.name + 3);
	if (o->base.name != NULL && !o->base.known)
		o->unknown = o->base.name;
	else if (o->index.name != NULL && !o->index.known)
		o->unknown = o->index.name;
	o->has_address = o->unknown == NULL;
	o->address = o->base.value + o->index.value + (uint64_t)o->displacement;
	out->count++;
}

static void
operands(struct decoder *d, const struct operand_context *c, struct operand_list *out)
{
	static const char *const addresses[] = { "la", "lay", "larl", NULL };
	static const char *const longs[] = { "mvcl", "mvcle", "clcl", "clcle", "mvcp",
					     "mvcs", "mvcos", "ex",   "exrl",  NULL };
	const cs_sysz *x = &d->insn->detail->sysz;

	out->count = 0;
	/* What capstone does not know, and what goes through registers. */
	out->hidden_access = d->name != NULL || is_in(d->insn->mnemonic, longs);
	if (d->name != NULL || is_in(d->insn->mnemonic, addresses))
		return;
	for (size_t i = 0; i < x->op_count && out->count < OPERANDS_MAX; i++) {
		if (x->operands[i].type == SYSZ_OP_MEM)
			add_memory(d, c, &x->operands[i], out);
	}
}

const struct port port_s390x = {
	.arch = "s390x",
	.step = 2,
	.max_len = INSN_LEN_MAX,
	.has_pages_only = true, /* the other bits of the failing address tell about the access */
	.decode = decode,
	.text = text,
	.operands = operands,
	.code = code,
	.mode = mode,
};
