/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf_values.c - where variables, arguments of calls and saved registers are.
 *
 * DWARF answers with programs for a stack machine. Nearly all come to a sum: a register, an
 * address or a number, and a constant; maybe the word there. Such a sum is told, for who has the
 * memory to work it out; of anything else nothing is.
 */
#include "symbols/dwarf_impl.h"

#include <dwarf.h>
#include <stdlib.h>

enum {
	STACK = 8,
	OPS_MAX = 32,
	SAVED_WORD = 8,
};

/* An expression on its way to a sum. */
struct sum {
	Dwarf_Attribute *attr; /* it is of, or NULL */
	Dwarf_Die *function;   /* whose frame base counts, or NULL */
	struct lines_value stack[STACK];
	size_t count;
	bool is_value;    /* not the place of one */
	bool is_register; /* it is in that register */
};

static bool
push(struct sum *s, enum lines_base base, uint64_t dwarf, uint64_t add)
{
	if (s->count == STACK || dwarf > UINT16_MAX)
		return false;
	s->stack[s->count++] = (struct lines_value){ base, (uint16_t)dwarf, (int64_t)add, false };
	return true;
}

/* A register's own place; nothing else may stand in such an expression. */
static bool
push_register(struct sum *s, uint64_t dwarf)
{
	s->is_register = true;
	return s->count == 0 && push(s, LINES_REGISTER, dwarf, 0);
}

/* The two on top: one of them has to be a number. */
static bool
add(struct sum *s, bool minus)
{
	if (s->count < 2)
		return false;

	struct lines_value *a = &s->stack[s->count - 2];
	struct lines_value b = s->stack[s->count - 1];

	if (a->in_memory || b.in_memory)
		return false;
	s->count--;
	if (b.base == LINES_NUMBER) {
		uint64_t v = (uint64_t)b.add;

		a->add = (int64_t)((uint64_t)a->add + (minus ? -v : v));
		return true;
	}
	if (minus || a->base != LINES_NUMBER)
		return false;
	b.add = (int64_t)((uint64_t)a->add + (uint64_t)b.add);
	*a = b;
	return true;
}

/* The frame base of kernel code is where the stack was before the call. */
static bool
push_frame_base(struct sum *s, uint64_t off)
{
	Dwarf_Attribute attr;
	Dwarf_Op *op = NULL;
	size_t n = 0;

	return s->function != NULL &&
	       dwarf_attr_integrate(s->function, DW_AT_frame_base, &attr) != NULL &&
	       dwarf_getlocation(&attr, &op, &n) == 0 && n == 1 &&
	       op->atom == DW_OP_call_frame_cfa && push(s, LINES_CFA, 0, off);
}

static bool
push_entry_value(struct sum *s, const Dwarf_Op *op)
{
	Dwarf_Attribute of;
	Dwarf_Op *sub = NULL;
	size_t n = 0;

	if (s->attr == NULL || dwarf_getlocation_attr(s->attr, op, &of) != 0 ||
	    dwarf_getlocation(&of, &sub, &n) != 0 || n != 1)
		return false;
	if (sub->atom >= DW_OP_reg0 && sub->atom <= DW_OP_reg31)
		return push(s, LINES_AT_ENTRY, sub->atom - DW_OP_reg0, 0);
	return sub->atom == DW_OP_regx && push(s, LINES_AT_ENTRY, sub->number, 0);
}

static bool
read_word(struct sum *s)
{
	if (s->count == 0 || s->stack[s->count - 1].in_memory)
		return false;
	s->stack[s->count - 1].in_memory = true;
	return true;
}

static bool
step(struct sum *s, const Dwarf_Op *op)
{
	uint8_t atom = op->atom;

	if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
		return push(s, LINES_NUMBER, 0, atom - DW_OP_lit0);
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
		return push(s, LINES_REGISTER, atom - DW_OP_breg0, op->number);
	if (atom >= DW_OP_reg0 && atom <= DW_OP_reg31)
		return push_register(s, atom - DW_OP_reg0);
	switch (atom) {
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts:
		return push(s, LINES_NUMBER, 0, op->number);
	case DW_OP_addr:
		return push(s, LINES_ADDRESS, 0, op->number);
	case DW_OP_bregx:
		return push(s, LINES_REGISTER, op->number, op->number2);
	case DW_OP_regx:
		return push_register(s, op->number);
	case DW_OP_fbreg:
		return push_frame_base(s, op->number);
	case DW_OP_call_frame_cfa:
		return push(s, LINES_CFA, 0, 0);
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		return push_entry_value(s, op);
	case DW_OP_plus_uconst:
		return push(s, LINES_NUMBER, 0, op->number) && add(s, false);
	case DW_OP_plus:
		return add(s, false);
	case DW_OP_minus:
		return add(s, true);
	case DW_OP_deref:
		return read_word(s);
	case DW_OP_stack_value:
		s->is_value = true;
		return true;
	case DW_OP_nop:
		return true;
	default:
		return false;
	}
}

/* Whether it came to a sum, which is s->stack[0]. */
static bool
work_out(struct sum *s, const Dwarf_Op *op, size_t n)
{
	if (n > OPS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		/* What is a value is one at the end; a register stands alone. */
		if (s->is_value || s->is_register || !step(s, &op[i]))
			return false;
	}
	return s->count == 1;
}

static const struct lines_value unknown = { .base = LINES_UNKNOWN };

/* A word holds it, or less than that does. */
static bool
is_scalar(Dwarf_Die *variable)
{
	Dwarf_Die type;
	Dwarf_Word len = 0;

	return dwarf_type_of(variable, &type) && dwarf_aggregate_size(&type, &len) == 0 &&
	       len <= SAVED_WORD;
}

struct lines_value
dwarf_location(struct dwarf_scopes *s, Dwarf_Die *variable, uint64_t address)
{
	Dwarf_Attribute attr;
	Dwarf_Op *op = NULL;
	size_t n = 0;
	struct sum sum = { .attr = &attr, .function = s->count == 0 ? NULL : &s->die[0] };

	if (!is_scalar(variable) || dwarf_attr(variable, DW_AT_location, &attr) == NULL ||
	    dwarf_getlocation_addr(&attr, address, &op, &n, 1) != 1 || !work_out(&sum, op, n))
		return unknown;
	if (!sum.is_value && !sum.is_register && !read_word(&sum))
		return unknown;
	return sum.stack[0];
}

/* ---- calls ---- */

static bool
is_call(Dwarf_Die *die, uint64_t address)
{
	Dwarf_Attribute attr;
	int tag = dwarf_tag(die);
	unsigned int name = tag == DW_TAG_call_site ? DW_AT_call_return_pc : DW_AT_low_pc;
	Dwarf_Addr at = 0;

	return (tag == DW_TAG_call_site || tag == DW_TAG_GNU_call_site) &&
	       dwarf_formaddr(dwarf_attr(die, name, &attr), &at) == 0 && at == address;
}

static bool
find_call(struct dwarf_scopes *s, uint64_t address, Dwarf_Die *out)
{
	for (size_t i = s->count; i > 0; i--) {
		if (dwarf_child(&s->die[i - 1], out) != 0)
			continue;
		do {
			if (is_call(out, address))
				return true;
		} while (dwarf_siblingof(out, out) == 0);
	}
	return false;
}

/* Only who is called by name is known to be who was called. */
static const char *
callee_of(Dwarf_Die *call)
{
	Dwarf_Attribute attr;
	Dwarf_Die origin;

	if (dwarf_attr(call, DW_AT_call_origin, &attr) == NULL &&
	    dwarf_attr(call, DW_AT_abstract_origin, &attr) == NULL)
		return NULL;
	return dwarf_formref_die(&attr, &origin) == NULL ? NULL : dwarf_diename(&origin);
}

static bool
passed_by(Dwarf_Die *parameter, struct lines_register *out)
{
	Dwarf_Attribute attr;
	Dwarf_Op *op = NULL;
	size_t n = 0;
	struct sum where = { .attr = NULL };
	struct sum what = { .attr = &attr };
	int tag = dwarf_tag(parameter);

	if ((tag != DW_TAG_call_site_parameter && tag != DW_TAG_GNU_call_site_parameter) ||
	    dwarf_getlocation(dwarf_attr(parameter, DW_AT_location, &attr), &op, &n) != 0 ||
	    !work_out(&where, op, n) || !where.is_register)
		return false;
	out->dwarf = where.stack[0].dwarf;
	if (dwarf_attr(parameter, DW_AT_call_value, &attr) == NULL &&
	    dwarf_attr(parameter, DW_AT_GNU_call_site_value, &attr) == NULL)
		return false;
	if (dwarf_getlocation(&attr, &op, &n) != 0 || !work_out(&what, op, n) || what.is_register)
		return false;
	out->value = what.stack[0];
	return true;
}

bool
dwarf_call(struct dwarf_scopes *s, uint64_t address, struct lines_stack *out)
{
	Dwarf_Die call;
	Dwarf_Die die;

	if (!find_call(s, address, &call))
		return false;
	out->callee = str_of(callee_of(&call));
	if (dwarf_child(&call, &die) != 0)
		return true;
	do {
		if (out->passed_count < LINES_REGISTERS &&
		    passed_by(&die, &out->passed[out->passed_count]))
			out->passed_count++;
	} while (dwarf_siblingof(&die, &die) == 0);
	return true;
}

/* ---- saved registers ---- */

static struct lines_value
saved_at(Dwarf_Frame *frame, int reg)
{
	Dwarf_Op mem[3];
	Dwarf_Op *op = NULL;
	size_t n = 0;
	struct sum sum = { .attr = NULL };

	/* No operation at all: it is as it was, or lost. */
	if (dwarf_frame_register(frame, reg, mem, &op, &n) != 0 || n == 0 ||
	    !work_out(&sum, op, n) || sum.is_value || sum.is_register || !read_word(&sum))
		return unknown;
	return sum.stack[0];
}

static void
end_cfi(void *cfi)
{
	(void)dwarf_cfi_end(cfi);
}

/* Kernels have .debug_frame; .eh_frame only if they unwind by it. */
static bool
find_frame(struct dwarf_file *f, uint64_t address, Dwarf_Frame **out)
{
	Dwarf_CFI *cfi = dwarf_getcfi(f->dwarf); /* ends with the Dwarf */

	if (cfi != NULL && dwarf_cfi_addrframe(cfi, address, out) == 0)
		return true;
	if (!f->asked_eh_frame) {
		f->asked_eh_frame = true;
		f->eh_frame = dwarf_getcfi_elf(f->elf);
		if (f->eh_frame != NULL)
			arena_defer(f->arena, end_cfi, f->eh_frame);
	}
	return f->eh_frame != NULL && dwarf_cfi_addrframe(f->eh_frame, address, out) == 0;
}

bool
dwarf_unwind(struct dwarf_file *f, uint64_t address, struct lines_stack *out)
{
	Dwarf_Frame *frame = NULL;
	Dwarf_Op *op = NULL;
	size_t n = 0;
	struct sum cfa = { .attr = NULL };

	if (!find_frame(f, address, &frame))
		return false;
	if (dwarf_frame_cfa(frame, &op, &n) == 0 && work_out(&cfa, op, n) && !cfa.is_register)
		out->cfa = cfa.stack[0];
	for (int reg = 0; reg < LINES_REGISTERS; reg++) {
		struct lines_value v = saved_at(frame, reg);

		if (v.base == LINES_UNKNOWN)
			continue;
		out->saved[out->saved_count++] = (struct lines_register){ (uint16_t)reg, v };
	}
	free(frame);
	return out->cfa.base != LINES_UNKNOWN;
}
