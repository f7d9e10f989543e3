/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/x86.h"

#include <string.h>

enum {
	/* Page-fault error codes: Linux arch/x86/include/asm/trap_pf.h. */
	PF_PROT = 1 << 0,
	PF_WRITE = 1 << 1,
	PF_USER = 1 << 2,
	PF_RSVD = 1 << 3,
	PF_INSTR = 1 << 4,
	PF_PK = 1 << 5,
	PF_SHSTK = 1 << 6,
	PF_SGX = 1 << 15,
	PF_RMP_SHIFT = 31,

	INSN_LEN_MAX = 15,
};

/* Instructions that kernels use and capstone 4 does not know. */
static const struct {
	uint8_t byte[4];
	uint8_t len;
	const char *text;
} fixed[] = {
	{ { 0x0f, 0x01, 0xe8 }, 3, "serialize" },
	{ { 0x0f, 0x01, 0xee }, 3, "rdpkru" },
	{ { 0x0f, 0x01, 0xef }, 3, "wrpkru" },
	{ { 0x0f, 0x01, 0xfa }, 3, "monitorx %rax,%ecx,%edx" },
	{ { 0x0f, 0x01, 0xfb }, 3, "mwaitx %eax,%ecx,%ebx" },
	{ { 0x0f, 0x01, 0xfc }, 3, "clzero" },
	{ { 0x0f, 0x01, 0xfd }, 3, "rdpru" },
	{ { 0x66, 0x0f, 0x01, 0xcc }, 4, "tdcall" },
	{ { 0x66, 0x0f, 0x01, 0xcf }, 4, "seamcall" },
	{ { 0xf2, 0x0f, 0x01, 0xca }, 4, "erets" },
	{ { 0xf2, 0x0f, 0x01, 0xfe }, 4, "rmpupdate" },
	{ { 0xf2, 0x0f, 0x01, 0xff }, 4, "pvalidate" },
	{ { 0xf3, 0x0f, 0x01, 0xca }, 4, "eretu" },
	{ { 0xf3, 0x0f, 0x01, 0xd9 }, 4, "vmgexit" },
	{ { 0xf3, 0x0f, 0x01, 0xe8 }, 4, "setssbsy" },
	{ { 0xf3, 0x0f, 0x01, 0xea }, 4, "saveprevssp" },
	{ { 0xf3, 0x0f, 0x01, 0xfe }, 4, "rmpadjust" },
	{ { 0xf3, 0x0f, 0x01, 0xff }, 4, "psmash" },
};

/*
 * The same with a ModR/M byte: decoded as another instruction whose operands have the same
 * form. ud1 is what UBSAN and KCFI traps are; capstone gives it no operands and a wrong length.
 */
static const struct {
	uint8_t prefix; /* that the opcode needs, or 0: none of 66, f2, f3 */
	uint8_t opcode[3];
	uint8_t opcode_len;
	uint8_t modrm_mask, modrm; /* bits that are part of the opcode */
	uint8_t stand_in[3];
	uint8_t stand_in_clear; /* bits of ModR/M that the stand-in must not have */
	const char *name;
	const char *name_wide; /* with REX.W, or NULL */
} stand_ins[] = {
	{ 0x00, { 0x0f, 0xb9 }, 2, 0, 0, { 0x0f, 0xaf }, 0, "ud1", NULL },
	{ 0x00, { 0x0f, 0xff }, 2, 0, 0, { 0x0f, 0xaf }, 0, "ud0", NULL },
	{ 0x66, { 0x0f, 0xae }, 2, 0xf8, 0xf0, { 0x0f, 0x00 }, 0x38, "tpause", NULL },
	{ 0xf2, { 0x0f, 0xae }, 2, 0xf8, 0xf0, { 0x0f, 0x00 }, 0x38, "umwait", NULL },
	{ 0xf3, { 0x0f, 0xae }, 2, 0xf8, 0xf0, { 0x0f, 0x00 }, 0x38, "umonitor", NULL },
	{ 0xf3, { 0x0f, 0xae }, 2, 0xf8, 0xe8, { 0x0f, 0x00 }, 0x38, "incsspd", "incsspq" },
	{ 0x00, { 0x0f, 0x38, 0xf6 }, 3, 0, 0, { 0x0f, 0x38, 0xf1 }, 0, "wrssd", "wrssq" },
	{ 0x66, { 0x0f, 0x38, 0xf5 }, 3, 0, 0, { 0x0f, 0x38, 0xf1 }, 0, "wrussd", "wrussq" },
	{ 0x00, { 0x0f, 0x38, 0xf9 }, 3, 0, 0, { 0x0f, 0x38, 0xf1 }, 0, "movdiri", NULL },
	{ 0x66, { 0x0f, 0x38, 0xf8 }, 3, 0, 0, { 0x0f, 0x38, 0xf0 }, 0, "movdir64b", NULL },
	{ 0xf2, { 0x0f, 0x38, 0xf8 }, 3, 0, 0, { 0x0f, 0x38, 0xf0 }, 0, "enqcmd", NULL },
	{ 0xf3, { 0x0f, 0x38, 0xf8 }, 3, 0, 0, { 0x0f, 0x38, 0xf0 }, 0, "enqcmds", NULL },
};

static size_t
decode_fixed(struct decoder *d, struct bytes b, uint64_t address)
{
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		if (b.len < fixed[i].len || memcmp(b.p, fixed[i].byte, fixed[i].len) != 0)
			continue;
		decoder_set(d, b, fixed[i].len, address, fixed[i].text);
		return fixed[i].len;
	}
	return 0;
}

static bool
is_prefix(uint8_t b)
{
	static const uint8_t prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
					    0x66, 0x67, 0xf0, 0xf2, 0xf3 };

	return memchr(prefixes, b, sizeof(prefixes)) != NULL;
}

static bool
is_mandatory(uint8_t b)
{
	return b == 0x66 || b == 0xf2 || b == 0xf3;
}

size_t
x86_opcode_off(struct bytes b, bool long_mode, size_t *mandatory)
{
	size_t i = 0;

	*mandatory = SIZE_MAX;
	for (; i < b.len && is_prefix(b.p[i]); i++) {
		if (is_mandatory(b.p[i]))
			*mandatory = i;
	}
	if (long_mode && i < b.len && (b.p[i] & 0xf0) == 0x40)
		i++;
	return i;
}

/* An instruction taken apart as far as its opcode. */
struct head {
	struct bytes b;   /* at most as long as an instruction can be */
	size_t mandatory; /* offset of the prefix that the opcode includes, or SIZE_MAX */
	size_t opcode;    /* its offset */
	uint8_t prefix;   /* that prefix, or 0 */
};

static struct head
head_of(struct bytes b, bool long_mode)
{
	struct head h = { .b = b };

	if (h.b.len > INSN_LEN_MAX)
		h.b.len = INSN_LEN_MAX;
	h.opcode = x86_opcode_off(h.b, long_mode, &h.mandatory);
	if (h.mandatory != SIZE_MAX)
		h.prefix = b.p[h.mandatory];
	return h;
}

static bool
matches(const struct head *h, size_t i)
{
	size_t modrm = h->opcode + stand_ins[i].opcode_len;

	return h->prefix == stand_ins[i].prefix && modrm < h->b.len &&
	       memcmp(h->b.p + h->opcode, stand_ins[i].opcode, stand_ins[i].opcode_len) == 0 &&
	       (h->b.p[modrm] & stand_ins[i].modrm_mask) == stand_ins[i].modrm;
}

static bool
is_wide(const struct head *h)
{
	return h->opcode != 0 && (h->b.p[h->opcode - 1] & 0xf8) == 0x48;
}

static size_t
decode_as(struct decoder *d, const struct head *h, size_t i, uint64_t address)
{
	uint8_t copy[INSN_LEN_MAX];
	const uint8_t *p = copy;
	size_t len = h->b.len;

	memcpy(copy, h->b.p, len);
	if (h->mandatory != SIZE_MAX)
		copy[h->mandatory] = X86_PREFIX_DS; /* means nothing in 64-bit mode */
	memcpy(copy + h->opcode, stand_ins[i].stand_in, stand_ins[i].opcode_len);
	copy[h->opcode + stand_ins[i].opcode_len] &= (uint8_t)~stand_ins[i].stand_in_clear;
	d->name = stand_ins[i].name;
	if (stand_ins[i].name_wide != NULL && is_wide(h))
		d->name = stand_ins[i].name_wide;
	if (!cs_disasm_iter(d->handle, &p, &len, &address, d->insn))
		return 0;
	return d->insn->size;
}

static size_t
decode_stand_in(struct decoder *d, struct bytes b, uint64_t address)
{
	struct head h = head_of(b, d->arch->word_len == 8);

	for (size_t i = 0; i < ARRAY_LEN(stand_ins); i++) {
		if (matches(&h, i))
			return decode_as(d, &h, i, address);
	}
	return 0;
}

/* capstone forgets an operand-size prefix that stands in front of a repeat prefix. */
static size_t
decode_string(struct decoder *d, struct bytes b, uint64_t address)
{
	if (b.len < 3 || b.p[0] != X86_PREFIX_OPSIZE || (b.p[1] & 0xfe) != X86_PREFIX_REPNE)
		return 0;

	uint8_t copy[3] = { b.p[1], b.p[0], b.p[2] };
	const uint8_t *p = copy;
	size_t len = sizeof(copy);

	if (!cs_disasm_iter(d->handle, &p, &len, &address, d->insn) || d->insn->size != 3 ||
	    !x86_is_string(d->insn))
		return 0;
	return d->insn->size;
}

static size_t
decode(struct decoder *d, struct bytes b, uint64_t address)
{
	size_t len = decode_fixed(d, b, address);

	if (len == 0)
		len = decode_stand_in(d, b, address);
	if (len == 0)
		len = decode_string(d, b, address);
	return len;
}

static bool
code(const struct fault_input *in, struct port_code *out)
{
	static const struct {
		uint16_t in;
		uint16_t out;
	} bits[] = {
		{ PF_PROT, PORT_BIT_PRESENT },       { PF_WRITE, PORT_BIT_WRITE },
		{ PF_USER, PORT_BIT_USER },          { PF_RSVD, PORT_BIT_RESERVED },
		{ PF_INSTR, PORT_BIT_INSTRUCTION },  { PF_PK, PORT_BIT_PKEY },
		{ PF_SHSTK, PORT_BIT_SHADOW_STACK }, { PF_SGX, PORT_BIT_SGX },
	};
	uint64_t v = in->error_code;

	if (!in->has_error_code)
		return false;
	*out = (struct port_code){ .known = PORT_BIT_RMP };
	for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
		out->known |= bits[i].out;
		if ((v & bits[i].in) != 0)
			out->set |= bits[i].out;
	}
	if ((v >> PF_RMP_SHIFT & 1) != 0)
		out->set |= PORT_BIT_RMP;
	out->access = "read";
	if ((v & PF_INSTR) != 0)
		out->access = "exec";
	else if ((v & PF_WRITE) != 0)
		out->access = "write";
	out->mode = "kernel";
	if ((v & PF_USER) != 0)
		out->mode = "user";
	return true;
}

static const char *
mode(const struct regs *r)
{
	uint64_t cs = 0;

	if (!regs_get(r, "cs", &cs))
		return NULL;
	if ((cs & 3) != 0)
		return "user";
	return "kernel";
}

static bool
is_padding(const struct decoder *d)
{
	return d->insn->id == X86_INS_INT3 || d->insn->id == X86_INS_NOP;
}

const struct port port_x86_64 = {
	.arch = "x86_64",
	.step = 1,
	.max_len = INSN_LEN_MAX,
	.decode = decode,
	.text = x86_text,
	.cost = x86_cost,
	.data_cost = x86_data_cost,
	.is_padding = is_padding,
	.operands = x86_operands,
	.code = code,
	.mode = mode,
	.track = &x86_64_track,
};

const struct port port_i386 = {
	.arch = "i386",
	.step = 1,
	.max_len = INSN_LEN_MAX,
	.decode = decode,
	.text = x86_text,
	.cost = x86_cost,
	.data_cost = x86_data_cost,
	.is_padding = is_padding,
	.operands = x86_operands,
	.code = code,
	.mode = mode,
};
