/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/fault.h"

#include "fault/port.h"

#include <string.h>

/* One explanation under way. */
struct work {
	const struct fault_input *in;
	const struct port *port; /* NULL if there is none */
	struct arena *arena;
	struct fact_row *root;
	struct origin derived; /* of what is computed from the input */
	struct code code;
	struct insn_place place;
	struct decoder *decoder;
	struct insn_at list[INSN_MAX];
	size_t count; /* of list; 0: nothing decoded */
	size_t at;    /* index of the faulting one */
};

static void
put_text(struct work *w, enum fact_id id, const char *text)
{
	facts_put_text(w->root, id, str_of(text), w->in->origin);
}

static void
put_given(struct work *w)
{
	const struct fault_input *in = w->in;

	if (in->has_address)
		facts_put_address(w->root, FACT_FAULT_ADDRESS, in->address, in->origin);
	if (in->has_ip)
		facts_put_address(w->root, FACT_FAULT_INSTRUCTION_ADDRESS, in->ip, in->origin);
	if (in->function.len != 0)
		facts_put_text(w->root, FACT_FAULT_INSTRUCTION_FUNCTION, in->function, in->origin);
	if (in->has_function_off)
		facts_put_address(w->root, FACT_FAULT_INSTRUCTION_OFFSET, in->function_off,
				  in->origin);
}

static void
put_bits(struct work *w, const struct port_code *c)
{
	static const enum fact_id ids[PORT_BIT_COUNT] = {
		FACT_FAULT_BIT_PRESENT,      FACT_FAULT_BIT_WRITE,       FACT_FAULT_BIT_USER,
		FACT_FAULT_BIT_RESERVED,     FACT_FAULT_BIT_INSTRUCTION, FACT_FAULT_BIT_PKEY,
		FACT_FAULT_BIT_SHADOW_STACK, FACT_FAULT_BIT_SGX,         FACT_FAULT_BIT_RMP,
	};

	for (size_t i = 0; i < PORT_BIT_COUNT; i++) {
		if ((c->known >> i & 1) != 0)
			facts_put_bool(w->root, ids[i], (c->set >> i & 1) != 0, w->in->origin);
	}
}

/* What the error code says, and the registers, of access and mode. */
static void
put_code(struct work *w)
{
	const struct fault_input *in = w->in;
	struct port_code c = { NULL, NULL, 0, 0 };
	const char *mode = NULL;

	if (in->has_error_code)
		facts_put_address(w->root, FACT_FAULT_ERROR_CODE, in->error_code, in->origin);
	if (in->has_error_code && in->trap == FAULT_TRAP_PAGE_FAULT && w->port != NULL &&
	    w->port->code != NULL && w->port->code(in, &c))
		put_bits(w, &c);
	if (c.access == NULL)
		c.access = in->access;
	if (c.access != NULL)
		put_text(w, FACT_FAULT_ACCESS, c.access);
	if (in->regs != NULL && w->port != NULL && w->port->mode != NULL)
		mode = w->port->mode(in->regs);
	if (mode == NULL)
		mode = c.mode;
	if (mode != NULL)
		put_text(w, FACT_FAULT_MODE, mode);
}

static const struct error *
no_marker(struct work *w)
{
	return error_new(w->arena, ERROR_CORRUPT,
			 "the 'Code:' line does not mark the faulting instruction");
}

static void
set_place(struct work *w)
{
	const struct fault_input *in = w->in;

	w->place = (struct insn_place){
		.address = in->ip - w->code.marker,
		.has_address = in->has_ip,
		.function = in->function,
		.offset = (int64_t)in->function_off - (int64_t)w->code.marker,
		.len = in->function_len,
		.has_offset = in->has_function_off,
	};
}

/* What stands behind the function belongs to another one. */
static void
cut_at_end_of_function(struct work *w)
{
	const struct fault_input *in = w->in;
	uint64_t left = in->function_len - in->function_off;

	if (in->has_function_off && in->function_len > in->function_off &&
	    left < w->code.len - w->code.marker)
		w->code.len = w->code.marker + (size_t)left;
}

/* Bytes -> the list of instructions. */
static const struct error *
decode(struct work *w)
{
	const struct arch *arch = w->in->arch;
	enum byte_order order = arch->big_endian && !arch->little_endian ? ORDER_BIG : ORDER_LITTLE;
	const struct error *e = code_parse(w->in->code, order, w->arena, &w->code);

	if (e != NULL)
		return e;
	if (!w->code.has_marker)
		return no_marker(w);
	set_place(w);
	cut_at_end_of_function(w);
	e = decoder_open(arch, w->arena, &w->decoder);
	if (e != NULL)
		return e;
	w->count = insn_list(w->decoder, &w->code, &w->place, w->list, &w->at);
	if (w->count == 0)
		return error_new(w->arena, ERROR_CORRUPT,
				 "no instruction begins with the bytes at the marker");
	return NULL;
}

/* "8b 04 25", or "f9400400" where the kernel prints words. */
static const char *
bytes_text(struct work *w, const struct insn_at *i)
{
	char *text = arena_alloc(w->arena, 3, i->len);
	size_t out = 0;

	for (size_t b = 0; b < i->len; b++) {
		static const char digit[] = "0123456789abcdef";
		size_t at = i->off + b;

		if (w->port->words_as_hex)
			at = i->off + i->len - 1 - b;
		else if (b != 0)
			text[out++] = ' ';
		text[out++] = digit[w->code.byte[at] >> 4];
		text[out++] = digit[w->code.byte[at] & 15];
	}
	text[out] = '\0';
	return text;
}

/* Decodes an instruction of the list anew; the decoder holds it then. */
static const char *
insn_text(struct work *w, const struct insn_at *i, char text[INSN_TEXT_LEN])
{
	struct bytes b = { w->code.byte + i->off, i->len };

	if (decoder_at(w->decoder, b, insn_address(&w->place, i->off)) == 0)
		return "";
	decoder_text(w->decoder, &w->place, i->off, text);
	return text;
}

static void
put_insn(struct work *w, const struct insn_at *i, bool fault)
{
	struct fact_row *row = facts_put_row(w->root, FACT_DISASSEMBLY, w->derived);
	int64_t off = w->place.offset + (int64_t)i->off;
	const char *bytes = bytes_text(w, i);
	char text[INSN_TEXT_LEN];
	struct str insn = str_of(insn_text(w, i, text));

	if (w->place.has_address)
		facts_put_address(row, INSTRUCTION_ADDRESS, w->place.address + i->off, w->derived);
	if (w->place.has_offset && off >= 0)
		facts_put_address(row, INSTRUCTION_OFFSET, (uint64_t)off, w->derived);
	facts_put_text(row, INSTRUCTION_BYTES, str_of(bytes), w->derived);
	facts_put_text(row, INSTRUCTION_TEXT, insn, w->derived);
	facts_put_bool(row, INSTRUCTION_FAULT, fault, w->derived);
	if (!fault)
		return;
	facts_put_text(w->root, FACT_FAULT_INSTRUCTION_BYTES, str_of(bytes), w->derived);
	facts_put_text(w->root, FACT_FAULT_INSTRUCTION_TEXT, insn, w->derived);
}

static void
put_list(struct work *w)
{
	const struct error *e = decode(w);

	if (e != NULL) {
		facts_put_why(w->root, FACT_FAULT_INSTRUCTION_BYTES, e);
		facts_put_why(w->root, FACT_FAULT_INSTRUCTION_TEXT, e);
		facts_put_why(w->root, FACT_DISASSEMBLY, e);
		return;
	}
	for (size_t i = 0; i < w->count; i++)
		put_insn(w, &w->list[i], i == w->at);
}

void
fault_explain(const struct fault_input *in, struct arena *a, struct facts *f)
{
	struct work w = {
		.in = in,
		.port = port_find(in->arch),
		.arena = a,
		.root = facts_root(f),
		.derived = { in->origin.rank,
			     arena_printf(a, "%s, disassembled", in->origin.text) },
	};

	put_given(&w);
	put_code(&w);
	put_list(&w);
}
