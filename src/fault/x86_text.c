/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86_text.c - an instruction as GNU objdump prints it in AT&T syntax.
 *
 * capstone's AT&T text is LLVM's: "movl 4(%rsp), %eax", "cmpq $-1, %rax". Kernel developers
 * read objdump's: "mov 0x4(%rsp),%eax", "cmp $0xffffffffffffffff,%rax". So mnemonic and
 * operands are printed anew, in the order and number in which capstone's text names them.
 */
#include "fault/out.h"
#include "fault/x86.h"

#include <inttypes.h>
#include <string.h>

/* What is printed, and with what. */
struct printer {
	struct decoder *d;
	const cs_insn *insn;
	const cs_x86 *x86;
	const struct insn_place *place;
	size_t off;
	size_t mem_seen; /* memory operands printed so far */
	struct out out;
};

static bool
has_group(const cs_insn *i, uint8_t group)
{
	for (size_t g = 0; g < i->detail->groups_count; g++) {
		if (i->detail->groups[g] == group)
			return true;
	}
	return false;
}

bool
x86_is_branch(const cs_insn *i)
{
	return has_group(i, X86_GRP_JUMP) || has_group(i, X86_GRP_CALL) ||
	       (i->id >= X86_INS_LOOP && i->id <= X86_INS_LOOPNE) || i->id == X86_INS_XBEGIN;
}

static bool
is_any(unsigned id, const unsigned *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == id)
			return true;
	}
	return false;
}

/* stos, lods and scas: their register operand tells the length. */
static bool
is_string_with_register(unsigned id)
{
	static const unsigned ids[] = {
		X86_INS_STOSB, X86_INS_STOSW, X86_INS_STOSD, X86_INS_STOSQ,
		X86_INS_LODSB, X86_INS_LODSW, X86_INS_LODSD, X86_INS_LODSQ,
		X86_INS_SCASB, X86_INS_SCASW, X86_INS_SCASD, X86_INS_SCASQ,
	};

	return is_any(id, ids, ARRAY_LEN(ids));
}

static bool
is_string_without_register(const cs_insn *i)
{
	static const unsigned ids[] = {
		X86_INS_MOVSB, X86_INS_MOVSW, X86_INS_MOVSQ, X86_INS_CMPSB,
		X86_INS_CMPSW, X86_INS_CMPSQ, X86_INS_INSB,  X86_INS_INSW,
		X86_INS_INSD,  X86_INS_OUTSB, X86_INS_OUTSW, X86_INS_OUTSD,
	};
	const cs_x86 *x = &i->detail->x86;

	if (is_any(i->id, ids, ARRAY_LEN(ids)))
		return true;
	/* The names of SSE instructions too: those have a ModR/M byte behind 0f. */
	return (i->id == X86_INS_MOVSD && x->opcode[0] == 0xa5) ||
	       (i->id == X86_INS_CMPSD && x->opcode[0] == 0xa7);
}

bool
x86_is_string(const cs_insn *i)
{
	return is_string_with_register(i->id) || is_string_without_register(i);
}

static bool
is_shift(unsigned id)
{
	static const unsigned ids[] = {
		X86_INS_SHL, X86_INS_SHR, X86_INS_SAR, X86_INS_SAL,
		X86_INS_ROL, X86_INS_ROR, X86_INS_RCL, X86_INS_RCR,
	};

	return is_any(id, ids, ARRAY_LEN(ids));
}

static bool
is_port_io(unsigned id)
{
	static const unsigned ids[] = {
		X86_INS_IN,   X86_INS_OUT,   X86_INS_INSB,  X86_INS_INSW,
		X86_INS_INSD, X86_INS_OUTSB, X86_INS_OUTSW, X86_INS_OUTSD,
	};

	return is_any(id, ids, ARRAY_LEN(ids));
}

/* objdump prints these without the letter for the length, whatever the operand. */
static bool
never_has_suffix(unsigned id)
{
	static const unsigned ids[] = {
		X86_INS_PUSH,  X86_INS_POP,   X86_INS_CALL, X86_INS_JMP,  X86_INS_RET,
		X86_INS_LIDT,  X86_INS_LGDT,  X86_INS_SIDT, X86_INS_SGDT, X86_INS_LTR,
		X86_INS_LLDT,  X86_INS_STR,   X86_INS_SLDT, X86_INS_LMSW, X86_INS_SMSW,
		X86_INS_LEAVE, X86_INS_ENTER, X86_INS_VERR, X86_INS_VERW,
	};

	return is_any(id, ids, ARRAY_LEN(ids));
}

static bool
has_operand(const cs_x86 *x, x86_op_type type)
{
	for (size_t i = 0; i < x->op_count; i++) {
		if (x->operands[i].type == type)
			return true;
	}
	return false;
}

/* Whether a register among the operands makes the letter for the length needless. */
static bool
drops_suffix(const struct printer *p)
{
	unsigned id = p->insn->id;

	if (never_has_suffix(id))
		return true;
	if (is_shift(id) && has_operand(p->x86, X86_OP_MEM))
		return false;
	return has_operand(p->x86, X86_OP_REG);
}

static bool
is_suffix(char c)
{
	return c == 'b' || c == 'w' || c == 'l' || c == 'q';
}

/* capstone's name -> objdump's, where a suffix is not the difference. */
static const char *
other_name(const struct printer *p, struct str name)
{
	static const struct {
		const char *capstone, *objdump;
	} names[] = {
		{ "wait", "fwait" },
		{ "lretl", "lret" },
		{ "popfq", "popf" },
		{ "pushfq", "pushf" },
		{ "ljmpl", "ljmp" },
		{ "ljmpq", "rex.W ljmp" },
		{ "lcalll", "lcall" },
		{ "lcallq", "rex.W lcall" },
		{ "monitor", "monitor %rax,%ecx,%edx" },
		{ "mwait", "mwait %eax,%ecx" },
	};

	if (p->d->name != NULL)
		return p->d->name;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_is_c(name, names[i].capstone))
			return names[i].objdump;
	}
	return NULL;
}

static void
put_name(struct printer *p, struct str name)
{
	const char *other = other_name(p, name);
	struct str base = str_of(cs_insn_name(p->d->handle, p->insn->id));

	if (other != NULL) {
		out_put(&p->out, "%s", other);
		return;
	}
	if (is_string_with_register(p->insn->id) ||
	    (name.len == base.len + 1 && str_starts(name, base) && is_suffix(name.p[base.len]) &&
	     drops_suffix(p)))
		name.len--;
	out_put(&p->out, "%.*s", STR_ARG(name));
}

/* In 64-bit mode these overrides do nothing; objdump shows them as words in front. */
static bool
is_idle_segment(const struct printer *p, uint8_t prefix)
{
	return p->d->arch->word_len == 8 && (prefix == X86_PREFIX_CS || prefix == X86_PREFIX_DS ||
					     prefix == X86_PREFIX_ES || prefix == X86_PREFIX_SS);
}

static const char *
segment_word(const struct printer *p)
{
	const char *word = "ds ";

	if (p->x86->prefix[1] == X86_PREFIX_CS)
		word = "cs ";
	else if (p->x86->prefix[1] == X86_PREFIX_ES)
		word = "es ";
	else if (p->x86->prefix[1] == X86_PREFIX_SS)
		word = "ss ";
	else if (p->x86->opcode[0] == 0xff && x86_is_branch(p->insn))
		word = "notrack ";
	return word;
}

static void
put_prefixes(struct printer *p, struct str words)
{
	size_t data16 = 0;

	/* Of several operand-size prefixes one counts. */
	for (size_t i = 0; i < p->insn->size && p->insn->bytes[i] == X86_PREFIX_OPSIZE; i++)
		data16++;
	for (size_t i = 1; i < data16; i++)
		out_put(&p->out, "data16 ");
	if (p->d->name == NULL && is_idle_segment(p, p->x86->prefix[1]) && !x86_is_string(p->insn))
		out_put(&p->out, "%s", segment_word(p));
	if (str_is_c(words, "repne"))
		out_put(&p->out, "repnz ");
	else if (str_is_c(words, "repe"))
		out_put(&p->out, "repz ");
	else if (words.len != 0)
		out_put(&p->out, "%.*s ", STR_ARG(words));
}

static uint64_t
mask_of(size_t len)
{
	if (len >= 8)
		return UINT64_MAX;
	return (UINT64_C(1) << 8 * len) - 1;
}

/* Bytes that a constant is extended to: those of the widest operand beside it. */
static size_t
constant_len(const struct printer *p)
{
	size_t len = 0;

	for (size_t i = 0; i < p->x86->op_count; i++) {
		const cs_x86_op *op = &p->x86->operands[i];

		if (op->type != X86_OP_IMM && op->size > len)
			len = op->size;
	}
	if (len == 0)
		return p->d->arch->word_len;
	if (len > 8 || is_shift(p->insn->id))
		return 1;
	return len;
}

static void
put_constant(struct printer *p, struct str token)
{
	uint64_t v = 0;

	if (!str_to_number(token, &v)) {
		out_put(&p->out, "$%.*s", STR_ARG(token));
		return;
	}
	out_put(&p->out, "$0x%" PRIx64, v & mask_of(constant_len(p)));
}

static void
put_displacement(struct printer *p, const x86_op_mem *m)
{
	uint64_t v = (uint64_t)m->disp;

	if (m->base == X86_REG_INVALID && m->index == X86_REG_INVALID) {
		out_put(&p->out, "0x%" PRIx64, v & mask_of(p->d->arch->word_len));
		return;
	}
	if (m->disp < 0)
		out_put(&p->out, "-0x%" PRIx64, -v);
	else if (m->disp != 0 || p->x86->encoding.disp_size != 0)
		out_put(&p->out, "0x%" PRIx64, v);
}

/* String instructions name their segments. */
static void
put_segment(struct printer *p, const x86_op_mem *m)
{
	if (x86_is_string(p->insn) && (m->base == X86_REG_RDI || m->base == X86_REG_EDI))
		out_put(&p->out, "%%es:");
	else if (m->segment != X86_REG_INVALID && !is_idle_segment(p, p->x86->prefix[1]))
		out_put(&p->out, "%%%s:", cs_reg_name(p->d->handle, m->segment));
	else if (x86_is_string(p->insn))
		out_put(&p->out, "%%ds:");
}

static void
put_memory(struct printer *p, const x86_op_mem *m)
{
	put_segment(p, m);
	put_displacement(p, m);
	if (m->base == X86_REG_INVALID && m->index == X86_REG_INVALID)
		return;
	out_put(&p->out, "(");
	if (m->base != X86_REG_INVALID)
		out_put(&p->out, "%%%s", cs_reg_name(p->d->handle, m->base));
	if (m->index != X86_REG_INVALID)
		out_put(&p->out, ",%%%s,%d", cs_reg_name(p->d->handle, m->index), m->scale);
	out_put(&p->out, ")");
}

void
x86_memory_text(struct decoder *d, const x86_op_mem *m, char *text, size_t cap)
{
	struct printer p = {
		.d = d,
		.insn = d->insn,
		.x86 = &d->insn->detail->x86,
		.out = out_over(text, cap),
	};

	put_memory(&p, m);
}

/* The memory operand that comes next, or NULL. */
static const x86_op_mem *
next_memory(struct printer *p)
{
	size_t skip = p->mem_seen++;

	for (size_t i = 0; i < p->x86->op_count; i++) {
		if (p->x86->operands[i].type == X86_OP_MEM && skip-- == 0)
			return &p->x86->operands[i].mem;
	}
	return NULL;
}

static void
put_address(struct printer *p, struct str token)
{
	if (x86_is_branch(p->insn) && p->x86->op_count == 1 &&
	    p->x86->operands[0].type == X86_OP_IMM) {
		insn_put_target(&p->out, p->place, p->off, (uint64_t)p->x86->operands[0].imm);
		return;
	}

	const x86_op_mem *m = next_memory(p);

	if (m != NULL)
		put_memory(p, m);
	else
		out_put(&p->out, "%.*s", STR_ARG(token));
}

static void
put_operand(struct printer *p, struct str token)
{
	if (str_take(&token, STR("*")))
		out_put(&p->out, "*");
	if (str_take(&token, STR("$")))
		put_constant(p, token);
	else if (str_is_c(token, "%dx") && is_port_io(p->insn->id))
		out_put(&p->out, "(%%dx)");
	else if (str_starts(token, STR("%")) && str_find_char(token, ':') == STR_NONE)
		out_put(&p->out, "%.*s", STR_ARG(token));
	else
		put_address(p, token);
}

/* Cuts off the next operand of capstone's text: commas in parentheses do not part them. */
static bool
take_operand(struct str *s, struct str *token)
{
	size_t depth = 0;
	size_t len = 0;

	if (s->len == 0)
		return false;
	for (; len < s->len; len++) {
		if (s->p[len] == '(')
			depth++;
		else if (s->p[len] == ')' && depth != 0)
			depth--;
		else if (s->p[len] == ',' && depth == 0)
			break;
	}
	*token = str_trim(str_first(*s, len));
	*s = str_from(*s, len + 1);
	return true;
}

/* "shl $1, x" by the opcode that has no constant. */
static bool
is_shift_by_one(const struct printer *p)
{
	return is_shift(p->insn->id) && (p->x86->opcode[0] & 0xfe) == 0xd0;
}

static void
put_operands(struct printer *p)
{
	struct str rest = str_trim(str_of(p->insn->op_str));
	struct str token = { NULL, 0 };
	const char *separator = " ";

	if (is_shift_by_one(p) && str_starts(rest, STR("$")))
		(void)take_operand(&rest, &token);
	while (take_operand(&rest, &token)) {
		out_put(&p->out, "%s", separator);
		put_operand(p, token);
		separator = ",";
	}
}

/* What a RIP-relative operand leads to, where that is known. */
static void
put_relative_target(struct printer *p)
{
	for (size_t i = 0; i < p->x86->op_count && p->place->has_address; i++) {
		const cs_x86_op *op = &p->x86->operands[i];

		if (op->type != X86_OP_MEM || op->mem.base != X86_REG_RIP)
			continue;
		out_put(&p->out, "        # ");
		insn_put_address(&p->out, p->place,
				 insn_address(p->place, p->off) + p->insn->size +
					 (uint64_t)op->mem.disp);
		return;
	}
}

static bool
is_exchange_nop(const struct printer *p)
{
	return p->insn->id == X86_INS_NOP && p->x86->opcode[0] == 0x90 &&
	       p->x86->prefix[2] == X86_PREFIX_OPSIZE;
}

void
x86_text(struct decoder *d, const struct insn_place *place, size_t off, char text[INSN_TEXT_LEN])
{
	struct printer p = {
		.d = d,
		.insn = d->insn,
		.x86 = &d->insn->detail->x86,
		.place = place,
		.off = off,
		.out = out_over(text, INSN_TEXT_LEN),
	};
	struct str name = str_of(d->insn->mnemonic);
	struct str words = { NULL, 0 };

	for (size_t at; (at = str_find_char(name, ' ')) != STR_NONE; name = str_from(name, at + 1))
		words = str_first(str_of(d->insn->mnemonic),
				  (size_t)(name.p - d->insn->mnemonic) + at);
	put_prefixes(&p, words);
	if (is_exchange_nop(&p)) {
		out_put(&p.out, "xchg %%ax,%%ax");
		return;
	}
	put_name(&p, name);
	put_operands(&p);
	put_relative_target(&p);
}
