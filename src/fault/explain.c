/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/explain.h"

#include <inttypes.h>
#include <string.h>

static bool
is_access(const struct explain_input *in, const char *access)
{
	return in->access != NULL && strcmp(in->access, access) == 0;
}

bool
operand_covers(const struct operand *o, uint64_t address)
{
	return o->has_address && address - o->address < (o->span == 0 ? 1 : o->span);
}

bool
operand_is_shadow(const struct arch *arch, const struct operand *o)
{
	return (o->base.known && pointer_is_kasan_offset(arch, o->base.value)) ||
	       (o->index.known && o->scale == 1 && pointer_is_kasan_offset(arch, o->index.value)) ||
	       pointer_is_kasan_offset(arch, (uint64_t)o->displacement);
}

/* The error code's word for a use. */
static uint8_t
use_wanted(const struct explain_input *in)
{
	if (is_access(in, "write"))
		return OPERAND_WRITE;
	if (is_access(in, "read"))
		return OPERAND_READ;
	return OPERAND_READ | OPERAND_WRITE | OPERAND_EXEC;
}

/*
 * The base of a segment that is not known, if the rest of the operand's address is: what it
 * must have been. Per-CPU areas are in the upper half and begin with a page.
 */
static bool
solve_segment(const struct explain_input *in, struct operand *o, uint64_t address)
{
	uint64_t rest = (uint64_t)o->displacement;
	bool is_wide = in->fault->arch->word_len == 8;
	uint64_t base = 0;

	if (o->has_address || o->segment.name == NULL || o->unknown != o->segment.name)
		return false;
	if (o->base.name != NULL)
		rest += o->base.value;
	if (o->index.name != NULL)
		rest += o->index.value * o->scale;
	base = is_wide ? address - rest : (uint32_t)(address - rest);
	if (base % 4096 != 0 || (is_wide ? base >> 56 != 0xff : base >> 31 == 0))
		return false;
	o->segment.value = base;
	o->segment.known = true;
	o->address = address;
	o->has_address = true;
	return true;
}

/* Without what the processor does not look at: bit 55 tells which half an address is in. */
static uint64_t
untagged(uint64_t address)
{
	return (uint64_t)((int64_t)(address << 8) >> 8);
}

static bool
covers(const struct explain_input *in, struct operand *o, uint64_t address)
{
	if (operand_covers(o, address))
		return true;
	if (in->has_pages_only && o->has_address && (o->address ^ address) >> 12 == 0)
		return true;
	if (!in->has_tags || !o->has_address ||
	    untagged(address) - untagged(o->address) >= (o->span == 0 ? 1 : o->span))
		return false;
	o->address = address - (untagged(address) - untagged(o->address));
	return true;
}

/* The operand that leads to the address, if possible one that is used in the right way. */
static bool
choose_by_address(const struct explain_input *in, uint64_t address, struct operand *out)
{
	bool found = false;

	for (size_t i = 0; i < in->list->count; i++) {
		struct operand o = in->list->operand[i];
		bool fits = covers(in, &o, address) || solve_segment(in, &o, address);

		if (!fits || (found && (o.use & use_wanted(in)) == 0))
			continue;
		if (!found || (out->use & use_wanted(in)) == 0)
			*out = o;
		found = true;
	}
	return found;
}

/* A general protection fault: an address that cannot be. */
static bool
choose_non_canonical(const struct explain_input *in, struct operand *out)
{
	for (size_t i = 0; i < in->list->count; i++) {
		const struct operand *o = &in->list->operand[i];

		if (o->has_address && !pointer_is_canonical(in->pointers, o->address)) {
			*out = *o;
			return true;
		}
	}
	return false;
}

static const struct operand *
operand_without_address(const struct explain_input *in)
{
	for (size_t i = 0; i < in->list->count; i++) {
		if (!in->list->operand[i].has_address)
			return &in->list->operand[i];
	}
	return NULL;
}

/* "0", "0x30", "0xdead000000000100 (LIST_POISON1)" */
static const char *
value_text(const struct explain_input *in, uint64_t value)
{
	struct pointer p = pointer_classify(in->pointers, value, in->arena);

	if (value == 0)
		return "0";
	if (pointer_is_kasan_offset(in->fault->arch, value))
		return arena_printf(in->arena, "KASAN's offset 0x%" PRIx64, value);
	if (p.text == NULL || !pointer_is_bad(p.class) || p.class == POINTER_NULL_OFFSET)
		return arena_printf(in->arena, "0x%" PRIx64, value);
	return arena_printf(in->arena, "0x%" PRIx64 " (%s)", value, p.text);
}

static const char *
access_word(const struct explain_input *in, const struct operand *o)
{
	if (is_access(in, "write") || is_access(in, "read"))
		return in->access;
	if ((o->use & OPERAND_EXEC) != 0)
		return "jump";
	if ((o->use & OPERAND_WRITE) == 0)
		return "read";
	if ((o->use & OPERAND_READ) == 0)
		return "write";
	return "access";
}

/* "rax is 0 and rcx is 0x6", or NULL if no register has a part in it. */
static const char *
registers_text(const struct explain_input *in, const struct operand *o)
{
	const struct operand_reg *r[] = { &o->base, &o->index, &o->segment };
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_LEN(r); i++) {
		const char *is = r[i] == &o->segment ? "has its base at" : "is";
		const char *value = value_text(in, r[i]->value);

		if (r[i]->name == NULL || strcmp(r[i]->name, in->fault->arch->ip) == 0)
			continue;
		if (text == NULL)
			text = arena_printf(in->arena, "%s %s %s", r[i]->name, is, value);
		else
			text = arena_printf(in->arena, "%s and %s %s %s", text, r[i]->name, is,
					    value);
	}
	return text;
}

/* What follows "so the read went to". */
static const char *
place_text(const struct explain_input *in, const struct operand *o, uint64_t address)
{
	struct pointer_context c = *in->pointers;

	c.is_shadow = operand_is_shadow(c.arch, o);

	struct pointer p = pointer_classify(&c, address, in->arena);

	if (p.class == POINTER_KASAN_SHADOW)
		return arena_printf(in->arena, "0x%" PRIx64 ", %s", address, p.text);
	if (!pointer_is_canonical(in->pointers, address))
		return arena_printf(in->arena, "0x%" PRIx64 ", which is no possible address",
				    address);
	if (address != o->address && o->len > 1 && address - o->address < o->len)
		return arena_printf(in->arena,
				    "0x%" PRIx64 ", %" PRIu64 " bytes, and reached 0x%" PRIx64,
				    o->address, o->len, address);
	if (address != o->address)
		return arena_printf(in->arena,
				    "0x%" PRIx64 " and on, %" PRIu64
				    " bytes, and reached 0x%" PRIx64,
				    o->address, o->span, address);
	return arena_printf(in->arena, "0x%" PRIx64, address);
}

static const char *
operand_text(const struct explain_input *in, const struct operand *o, uint64_t address)
{
	const char *registers = registers_text(in, o);
	const char *place = place_text(in, o, address);
	const char *word = access_word(in, o);

	if (registers != NULL)
		return arena_printf(in->arena, "%s: %s, so the %s went to %s", in->text, registers,
				    word, place);
	if (o->base.name != NULL)
		return arena_printf(in->arena,
				    "%s: the operand is at a fixed distance from the code; the %s "
				    "went to %s",
				    in->text, word, place);
	return arena_printf(in->arena,
			    "%s: the address is in the instruction itself; the %s went to %s",
			    in->text, word, place);
}

static void
found(const struct explain_input *in, struct explanation *out, uint64_t address)
{
	out->has_operand = true;
	out->text = operand_text(in, &out->operand, address);
}

static void
unknown(const struct explain_input *in, struct explanation *out, const struct operand *o)
{
	out->why = error_new(in->arena, ERROR_ABSENT,
			     "the value of %s, which its address depends on, is not known",
			     o->unknown == NULL ? "a register" : o->unknown);
}

static void
mismatch(const struct explain_input *in, struct explanation *out)
{
	uint64_t address = in->fault->address;

	out->mismatch = true;
	out->why = error_new(in->arena, ERROR_ABSENT, "no operand of '%s' leads to 0x%" PRIx64,
			     in->text, address);
	if (in->list->count == 0)
		out->text = arena_printf(
			in->arena, "%s accesses no memory, so it cannot have faulted at 0x%" PRIx64,
			in->text, address);
	else
		out->text = arena_printf(
			in->arena, "%s: its operand leads to 0x%" PRIx64 ", not to 0x%" PRIx64,
			in->text, in->list->operand[0].address, address);
}

static void
explain_page_fault(const struct explain_input *in, struct explanation *out)
{
	const struct operand *o = operand_without_address(in);

	if (choose_by_address(in, in->fault->address, &out->operand))
		found(in, out, in->fault->address);
	else if (o != NULL)
		unknown(in, out, o);
	else if (in->list->hidden_access)
		out->why =
			error_new(in->arena, ERROR_ABSENT,
				  "'%s' reads descriptor tables, which no operand shows", in->text);
	else
		mismatch(in, out);
}

/* Without the address the only operand is the one. */
static void
explain_without_address(const struct explain_input *in, struct explanation *out)
{
	if (in->list->count == 1 && in->list->operand[0].has_address) {
		out->operand = in->list->operand[0];
		found(in, out, out->operand.address);
		return;
	}
	out->why = error_new(in->arena, ERROR_ABSENT, "the address of the fault is not known");
}

/* A branch whose target stands in memory. */
static bool
choose_target(const struct explain_input *in, struct operand *out)
{
	for (size_t i = 0; i < in->list->count; i++) {
		if (in->list->operand[i].is_target && in->list->operand[i].has_address) {
			*out = in->list->operand[i];
			return true;
		}
	}
	return false;
}

static void
explain_target(const struct explain_input *in, struct explanation *out)
{
	out->has_operand = true;
	out->text = arena_printf(in->arena,
				 "%s: %s; the address that it read at 0x%" PRIx64
				 " and went to is no possible one",
				 in->text, registers_text(in, &out->operand), out->operand.address);
}

static void
explain_protection(const struct explain_input *in, struct explanation *out)
{
	const struct operand *o = operand_without_address(in);

	if (choose_non_canonical(in, &out->operand))
		found(in, out, out->operand.address);
	else if (choose_target(in, &out->operand))
		explain_target(in, out);
	else if (o != NULL)
		unknown(in, out, o);
	else
		out->why = error_new(in->arena, ERROR_ABSENT,
				     "no operand of '%s' has an address that is no possible one",
				     in->text);
}

/* The instruction could not even be fetched. */
static bool
explain_jump(const struct explain_input *in, struct explanation *out)
{
	const struct fault_input *f = in->fault;
	const char *name = f->arch->ip;
	uint64_t ip = f->has_ip ? f->ip : f->address; /* of an access to run what is there */
	bool is_jump =
		f->trap == FAULT_TRAP_PAGE_FAULT && f->has_address &&
		(is_access(in, "exec") || (f->has_ip && f->address == ip && in->text == NULL));

	if (!is_jump)
		return false;
	out->why = error_new(in->arena, ERROR_ABSENT,
			     "the instruction itself could not be fetched: the one before it, in "
			     "the caller, jumped there");
	if (ip == 0)
		out->text =
			arena_printf(in->arena,
				     "%s is 0: a function pointer that was called was NULL; the "
				     "caller is the next frame of the stack",
				     name);
	else
		out->text =
			arena_printf(in->arena,
				     "%s is %s, where there is no code to run: a function pointer "
				     "or a return address was wrong; the caller is the next frame "
				     "of the stack",
				     name, value_text(in, ip));
	return true;
}

/* The exception that became a double fault, or met the guard page, if it was one of memory. */
static void
explain_stack(const struct explain_input *in, struct explanation *out)
{
	const struct fault_input *f = in->fault;
	uint64_t address = f->address;
	bool known = f->has_address || (f->regs != NULL && regs_get(f->regs, "cr2", &address));

	if (known && choose_by_address(in, address, &out->operand))
		found(in, out, address);
	else
		out->why = error_new(in->arena, ERROR_ABSENT,
				     "no operand of '%s' leads to where the first exception was",
				     in->text);
}

void
explain_fault(const struct explain_input *in, struct explanation *out)
{
	*out = (struct explanation){ .has_operand = false };
	if (explain_jump(in, out) || in->text == NULL || in->list == NULL)
		return;
	if (in->fault->trap == FAULT_TRAP_OTHER)
		out->why = error_new(in->arena, ERROR_ABSENT,
				     "the fault was not about access to memory");
	else if (in->fault->trap == FAULT_TRAP_PROTECTION)
		explain_protection(in, out);
	else if (in->fault->trap == FAULT_TRAP_STACK)
		explain_stack(in, out);
	else if (in->fault->has_address)
		explain_page_fault(in, out);
	else
		explain_without_address(in, out);
}
