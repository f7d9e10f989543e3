/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/fault.h"

#include "fault/arguments.h"
#include "fault/explain.h"
#include "fault/fetch.h"
#include "fault/port.h"

#include <string.h>

/* One explanation under way. */
struct work {
	struct fault_input given;     /* completed */
	const struct fault_input *in; /* that */
	const struct port *port;      /* NULL if there is none */
	struct arena *arena;
	struct fact_row *root;
	struct origin derived; /* of what is computed from the input */
	struct pointer_context pointers;
	const char *access; /* read write exec, or NULL */
	struct code code;
	struct insn_place place;
	struct decoder *decoder;
	struct insn_at list[INSN_MAX];
	size_t count; /* of list; 0: nothing decoded */
	size_t at;    /* index of the faulting one */
	char text[INSN_TEXT_LEN];
	struct operand_list operands; /* of the faulting one */
	bool has_operands;
	bool is_shadow; /* the operand that faulted is one of KASAN's checks */
	struct fault_trail *trail;
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
	if (in->trap == FAULT_TRAP_PAGE_FAULT && w->port != NULL && w->port->code != NULL &&
	    w->port->code(in, &c))
		put_bits(w, &c);
	if (c.access == NULL)
		c.access = in->access;
	w->access = c.access;
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
		.offset = (int64_t)(in->function_off - w->code.marker),
		.len = in->function_len,
		.has_offset = in->has_function_off,
		.symbols = in->kernel == NULL ? NULL : in->kernel->symbols,
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

/* The line has what was run; memory should not have changed since. */
static bool
is_same_code(const struct code *line, const struct code *memory)
{
	size_t len = line->len - line->marker;

	if (len > memory->len - memory->marker)
		len = memory->len - memory->marker;
	return memcmp(line->byte + line->marker, memory->byte + memory->marker, len) == 0;
}

/* From memory, if there is one and it does not contradict the log; else from the log. */
static const struct error *
read_code(struct work *w)
{
	const struct arch *arch = w->in->arch;
	enum byte_order order = arch->big_endian && !arch->little_endian ? ORDER_BIG : ORDER_LITTLE;
	const struct error *e = NULL;
	bool has_line = false;
	struct code fetched;

	if (w->port->has_either_order && w->in->memory != NULL)
		order = w->in->memory->order;
	e = code_parse(w->in->code, order, w->arena, &w->code);
	has_line = e == NULL && w->code.has_marker;

	if (w->port->set_mode != NULL)
		w->port->set_mode(w->decoder, w->in, &w->code);
	if (w->in->memory != NULL && w->in->has_ip && fetch_code(w->decoder, w->in, &fetched) &&
	    (!has_line || is_same_code(&w->code, &fetched))) {
		w->code = fetched;
		w->derived = (struct origin){ ORIGIN_MEMORY, "memory, disassembled" };
		return NULL;
	}
	if (e != NULL)
		return e;
	if (!has_line)
		return no_marker(w);
	return NULL;
}

/* Bytes -> the list of instructions. */
static const struct error *
decode(struct work *w)
{
	const struct error *e = decoder_open(w->in->arch, w->arena, &w->decoder);

	if (e != NULL)
		return e;
	e = read_code(w);
	if (e != NULL)
		return e;
	if (w->code.has_address && !w->in->has_ip) {
		w->given.ip = w->code.address + w->code.marker;
		w->given.has_ip = true;
		facts_put_address(w->root, FACT_FAULT_INSTRUCTION_ADDRESS, w->given.ip,
				  w->in->origin);
	}
	set_place(w);
	cut_at_end_of_function(w);
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
	size_t group = i->len % w->decoder->group == 0 ? w->decoder->group : 1;
	bool little = (w->decoder->mode & CS_MODE_BIG_ENDIAN) == 0;

	for (size_t b = 0; b < i->len; b++) {
		static const char digit[] = "0123456789abcdef";
		size_t at = i->off + b;

		if (group != 1 && little)
			at = i->off + b - b % group + group - 1 - b % group;
		if (b != 0 && b % group == 0)
			text[out++] = ' ';
		text[out++] = digit[w->code.byte[at] >> 4];
		text[out++] = digit[w->code.byte[at] & 15];
	}
	text[out] = '\0';
	return text;
}

/* Decodes an instruction of the list anew; the decoder holds it then. */
static void
read_insn(struct work *w, const struct insn_at *i)
{
	struct bytes b = { w->code.byte + i->off, i->len };

	w->text[0] = '\0';
	if (decoder_at(w->decoder, b, insn_address(&w->place, i->off)) != 0)
		decoder_text(w->decoder, &w->place, i->off, w->text);
}

static void
put_insn(struct work *w, const struct insn_at *i, bool fault)
{
	struct fact_row *row = facts_put_row(w->root, FACT_DISASSEMBLY, w->derived);
	int64_t off = (int64_t)((uint64_t)w->place.offset + i->off);

	read_insn(w, i);
	if (w->place.has_address)
		facts_put_address(row, INSTRUCTION_ADDRESS, w->place.address + i->off, w->derived);
	if (w->place.has_offset && off >= 0)
		facts_put_address(row, INSTRUCTION_OFFSET, (uint64_t)off, w->derived);
	facts_put_text(row, INSTRUCTION_BYTES, str_of(bytes_text(w, i)), w->derived);
	facts_put_text(row, INSTRUCTION_TEXT, str_of(w->text), w->derived);
	facts_put_bool(row, INSTRUCTION_FAULT, fault, w->derived);
}

/* Leaves the faulting instruction in w->text and its operands in w->operands. */
static void
read_faulting(struct work *w)
{
	const struct insn_at *i = &w->list[w->at];
	struct operand_context c = { w->in->regs, w->in->ip, w->in->has_ip };

	read_insn(w, i);
	facts_put_text(w->root, FACT_FAULT_INSTRUCTION_BYTES, str_of(bytes_text(w, i)), w->derived);
	facts_put_text(w->root, FACT_FAULT_INSTRUCTION_TEXT, str_of(w->text), w->derived);
	if (w->port->operands == NULL)
		return;
	w->port->operands(w->decoder, &c, &w->operands);
	w->has_operands = true;
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
	read_faulting(w);
}

static void
put_base(struct work *w, const struct operand *o)
{
	struct pointer p = pointer_classify(&w->pointers, o->base.value, w->arena);

	facts_put_text(w->root, FACT_FAULT_OPERAND_BASE, str_of(o->base.name), w->derived);
	if (!o->base.known)
		return;
	facts_put_address(w->root, FACT_FAULT_OPERAND_BASE_VALUE, o->base.value, w->derived);
	facts_put_text(w->root, FACT_FAULT_OPERAND_BASE_CLASS, str_of(pointer_class_name(p.class)),
		       w->derived);
}

static void
put_operand(struct work *w, const struct operand *o)
{
	struct fact_row *root = w->root;
	struct origin by = w->derived;

	facts_put_text(root, FACT_FAULT_OPERAND_TEXT, str_of(o->text), by);
	if (o->base.name != NULL)
		put_base(w, o);
	if (o->index.name != NULL) {
		facts_put_text(root, FACT_FAULT_OPERAND_INDEX, str_of(o->index.name), by);
		facts_put_number(root, FACT_FAULT_OPERAND_SCALE, o->scale, by);
	}
	if (o->index.name != NULL && o->index.known)
		facts_put_address(root, FACT_FAULT_OPERAND_INDEX_VALUE, o->index.value, by);
	facts_put_address(root, FACT_FAULT_OPERAND_DISPLACEMENT, (uint64_t)o->displacement, by);
	facts_put_address(root, FACT_FAULT_OPERAND_EFFECTIVE, o->address, by);
	if (o->len != 0)
		facts_put_number(root, FACT_FAULT_OPERAND_BYTES, (int64_t)o->len, by);
}

/* A general protection fault has no access and on older kernels no address: they are those
 * of its operand. */
static void
put_of_operand(struct work *w, const struct operand *o)
{
	struct origin guess = { ORIGIN_GUESS, w->derived.text };

	if (!facts_known(w->root, FACT_FAULT_ADDRESS) &&
	    (w->in->trap == FAULT_TRAP_PAGE_FAULT || w->in->trap == FAULT_TRAP_STACK ||
	     !pointer_is_canonical(&w->pointers, o->address)))
		facts_put_address(w->root, FACT_FAULT_ADDRESS, o->address, guess);
	if (w->access == NULL && o->use == OPERAND_READ)
		facts_put_text(w->root, FACT_FAULT_ACCESS, STR("read"), guess);
	if (w->access == NULL && (o->use & OPERAND_WRITE) != 0)
		facts_put_text(w->root, FACT_FAULT_ACCESS, STR("write"), guess);
}

/* The whole function from memory; of a log, as far as the code line reaches. */
static struct bytes
function_bytes(struct work *w)
{
	const struct fault_input *in = w->in;
	uint8_t *p = NULL;

	if (in->memory != NULL && in->has_ip && in->function_len > in->function_off &&
	    in->function_len <= TRACK_CODE_MAX) {
		p = ARENA_ARRAY(w->arena, uint8_t, (size_t)in->function_len);
		if (memory_read(in->memory, in->ip - in->function_off, p,
				(size_t)in->function_len) == NULL)
			return (struct bytes){ p, (size_t)in->function_len };
	}
	if (in->function_off > w->code.marker)
		return (struct bytes){ NULL, 0 };

	size_t start = w->code.marker - (size_t)in->function_off;

	return (struct bytes){ w->code.byte + start, w->code.len - start };
}

/* Where the registers' values came from. */
static void
follow(struct work *w)
{
	struct fault_trail *t = w->trail;
	uint64_t address = w->in->ip - w->in->function_off;

	if (w->count == 0 || !w->in->has_function_off || w->port->track == NULL)
		return;
	t->known = track_run(w->decoder, function_bytes(w), address, (size_t)w->in->function_off,
			     w->arena, &t->track);
	t->port = w->port->track;
	t->regs = w->in->regs;
}

static void
set_base(struct work *w, const struct operand *o)
{
	struct fault_trail *t = w->trail;

	if (!t->known || o->base.name == NULL || o->index.name != NULL || o->segment.name != NULL)
		return;
	t->base = track_register(w->decoder, o->base.name);
	t->displacement = o->displacement;
	t->has_base = t->base >= 0;
}

static void
put_explanation(struct work *w)
{
	struct explain_input in = {
		.fault = w->in,
		.pointers = &w->pointers,
		.access = w->access,
		.text = w->count == 0 ? NULL : w->text,
		.list = w->has_operands ? &w->operands : NULL,
		.has_tags = w->port != NULL && w->port->has_tags,
		.has_pages_only = w->port != NULL && w->port->has_pages_only,
		.arena = w->arena,
	};
	struct explanation e;

	explain_fault(&in, &e);
	if (e.has_operand) {
		put_operand(w, &e.operand);
		put_of_operand(w, &e.operand);
		set_base(w, &e.operand);
		w->is_shadow = operand_is_shadow(w->in->arch, &e.operand);
	}
	if (e.text != NULL)
		facts_put_text(w->root, FACT_FAULT_OPERAND_EXPLANATION, str_of(e.text), w->derived);
	if (e.has_operand || e.mismatch)
		facts_put_bool(w->root, FACT_FAULT_OPERAND_MISMATCH, e.mismatch, w->derived);
	if (e.why == NULL)
		return;
	facts_put_why(w->root, FACT_FAULT_OPERAND_TEXT, e.why);
	facts_put_why(w->root, FACT_FAULT_OPERAND_EFFECTIVE, e.why);
	facts_put_why(w->root, FACT_FAULT_OPERAND_EXPLANATION, e.why);
}

static void
put_address_class(struct work *w)
{
	uint64_t address = 0;

	if (!facts_get_address(w->root, FACT_FAULT_ADDRESS, &address))
		return;

	struct pointer_context c = w->pointers;

	c.is_shadow = w->is_shadow;

	struct pointer p = pointer_classify(&c, address, w->arena);

	facts_put_text(w->root, FACT_FAULT_ADDRESS_CLASS, str_of(pointer_class_name(p.class)),
		       w->derived);
	if (p.text != NULL)
		facts_put_text(w->root, FACT_FAULT_ADDRESS_TEXT, str_of(p.text), w->derived);
	if (p.ascii != NULL)
		facts_put_text(w->root, FACT_FAULT_ADDRESS_ASCII, str_of(p.ascii), w->derived);
	if (p.has_original)
		facts_put_address(w->root, FACT_FAULT_KASAN_ADDRESS, p.original, w->derived);
}

/* Registers that never hold a pointer or a number of the program's. */
static bool
is_general(const char *name)
{
	static const char *const others[] = {
		"cs",      "ds",       "es",       "fs",        "gs",        "ss",       "rflags",
		"eflags",  "orig_rax", "orig_eax", "fs_base",   "gs_base",   "knlgs",    "pkru",
		"pstate",  "cpsr",     "psr",      "msr",       "xer",       "ccr",      "cr",
		"softe",   "trap",     "dar",      "dsisr",     "result",    "psw_mask", "status",
		"cause",   "badaddr",  "orig_r0",  "orig_gpr2", "orig_gpr3", "idt_base", "gdt_base",
		"irqmask", "cfar",     "orig_a0",
	};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (strcmp(name, others[i]) == 0)
			return false;
	}
	return strncmp(name, "cr", 2) != 0 && strncmp(name, "dr", 2) != 0 &&
	       strncmp(name, "acr", 3) != 0;
}

static void
put_register_classes(struct work *w)
{
	const struct regs *r = w->in->regs;

	for (size_t i = 0; r != NULL && i < r->count; i++) {
		struct pointer p;
		struct fact_row *row;

		if (!is_general(r->reg[i].name))
			continue;
		p = pointer_classify(&w->pointers, r->reg[i].value, w->arena);
		row = facts_put_row(w->root, FACT_REGISTER_CLASSES, w->derived);
		facts_put_text(row, REGISTER_CLASS_NAME, str_of(r->reg[i].name), w->derived);
		facts_put_address(row, REGISTER_CLASS_VALUE, r->reg[i].value, w->derived);
		facts_put_text(row, REGISTER_CLASS_CLASS, str_of(pointer_class_name(p.class)),
			       w->derived);
		if (p.text != NULL)
			facts_put_text(row, REGISTER_CLASS_TEXT, str_of(p.text), w->derived);
		if (p.ascii != NULL)
			facts_put_text(row, REGISTER_CLASS_ASCII, str_of(p.ascii), w->derived);
	}
}

/* What the caller knows of the address space, and what the registers give away. */
static void
set_pointers(struct work *w)
{
	const struct fault_input *in = w->in;
	struct pointer_range *range =
		ARENA_ARRAY(w->arena, struct pointer_range, in->range_count + POINTER_RANGES_MAX);

	for (size_t i = 0; i < in->range_count; i++)
		range[i] = in->range[i];
	w->pointers = (struct pointer_context){
		.arch = in->arch,
		.range = range,
		.range_count = in->range_count,
		.va_bits = in->va_bits,
		.has_kasan = in->has_kasan,
	};
	if (in->va_bits == 0)
		w->pointers.va_bits = pointer_va_bits(in->arch, in->regs);
	w->pointers.range_count +=
		pointer_ranges_of_registers(&w->pointers, in->regs, range + in->range_count);
}

/*
 * x86 kernels since v5.8 that could not read their code print the address that they tried: 42
 * bytes before the instruction (PROLOGUE_SIZE in arch/x86/kernel/dumpstack.c).
 */
static bool
ip_of_unreadable_code(struct str code, uint64_t *ip)
{
	enum { PROLOGUE_LEN = 42 };
	struct str text = str_trim(code);
	uint64_t at = 0;

	if (!str_take(&text, STR("Unable to access opcode bytes at ")))
		return false;
	(void)str_take(&text, STR("RIP "));
	if (!str_take_hex(&text, &at))
		return false;
	*ip = at + PROLOGUE_LEN;
	return true;
}

/* What the input does not say outright. */
static struct fault_input
complete(const struct fault_input *given)
{
	struct fault_input in = *given;

	if (!in.has_ip && in.regs != NULL)
		in.has_ip = regs_get(in.regs, in.arch->ip, &in.ip);
	if (!in.has_ip)
		in.has_ip = ip_of_unreadable_code(in.code, &in.ip);
	return in;
}

void
fault_explain(const struct fault_input *given, struct arena *a, struct facts *f,
	      struct fault_trail *trail)
{
	struct work w = {
		.trail = trail,
		.given = complete(given),
		.in = &w.given,
		.port = port_find(given->arch),
		.arena = a,
		.root = facts_root(f),
		.derived = { given->origin.rank,
			     arena_printf(a, "%s, disassembled", given->origin.text) },
	};

	*trail = (struct fault_trail){ .known = false, .arch = given->arch };
	set_pointers(&w);
	put_given(&w);
	put_code(&w);
	put_list(&w);
	follow(&w);
	put_explanation(&w);
	if (w.in->kernel != NULL && w.in->function.len != 0 && !w.in->only_place)
		(void)arguments_by_types(trail, w.in->kernel, w.in->module, w.in->function, w.root,
					 a);
	put_address_class(&w);
	put_register_classes(&w);
}
