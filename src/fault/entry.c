/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/entry.h"

#include <string.h>

/* The number of the stack pointer, or LINES_REGISTERS. */
static size_t
stack_pointer(const struct track_port *port)
{
	static const char *const names[] = { "rsp", "sp" };

	for (size_t i = 0; i < LINES_REGISTERS && port->regs[i] != NULL; i++) {
		for (size_t n = 0; n < ARRAY_LEN(names); n++) {
			if (strcmp(port->regs[i], names[n]) == 0)
				return i;
		}
	}
	return LINES_REGISTERS;
}

static void
set_register(struct entry_level *l, size_t reg, uint64_t v)
{
	l->reg[reg] = v;
	l->known |= 1U << reg;
}

static bool
get_register(const struct entry_level *l, size_t reg, uint64_t *v)
{
	if (reg >= LINES_REGISTERS || (l->known >> reg & 1) == 0)
		return false;
	*v = l->reg[reg];
	return true;
}

/* A value that needs no caller. */
static bool
value_here(const struct entry *e, const struct entry_level *l, const struct lines_value *v,
	   uint64_t *out)
{
	uint64_t base = 0;

	switch (v->base) {
	case LINES_NUMBER:
		break;
	case LINES_ADDRESS:
		if (!l->has_moved)
			return false;
		base = l->moved;
		break;
	case LINES_REGISTER:
		if (!get_register(l, v->dwarf, &base))
			return false;
		break;
	case LINES_CFA:
		if (!l->has_cfa)
			return false;
		base = l->cfa;
		break;
	default:
		return false;
	}
	*out = base + (uint64_t)v->add;
	/* A shorter one is in the lower bytes of the word only here. */
	return !v->in_memory || (e->mem != NULL && e->mem->order == ORDER_LITTLE &&
				 memory_u64(e->mem, *out, out) == NULL);
}

/* What the caller had in its registers when it called: functions keep some, saved or not. */
static void
unwind_to(const struct entry *e, const struct entry_level *from, struct entry_level *to,
	  const struct track_port *port, size_t sp)
{
	uint64_t v = 0;

	if (!from->has_cfa)
		return;
	for (size_t i = 0; i < LINES_REGISTERS; i++) {
		if ((port->kept >> i & 1) != 0 && get_register(from, i, &v))
			set_register(to, i, v);
	}
	for (size_t i = 0; i < from->stack.saved_count; i++) {
		const struct lines_register *r = &from->stack.saved[i];

		if (r->dwarf >= LINES_REGISTERS)
			continue;
		to->known &= ~(1U << r->dwarf);
		if (value_here(e, from, &r->value, &v))
			set_register(to, r->dwarf, v);
	}
	if (sp < LINES_REGISTERS)
		set_register(to, sp, from->cfa);
}

void
entry_unwind(struct entry *e, const struct track_port *port, const struct regs *regs)
{
	size_t sp = stack_pointer(port);
	uint64_t v = 0;

	for (size_t i = 0; i < LINES_REGISTERS && port->regs[i] != NULL; i++) {
		if (e->count != 0 && regs_get(regs, port->regs[i], &v))
			set_register(&e->level[0], i, v);
	}
	for (size_t i = 0; i < e->count; i++) {
		struct entry_level *l = &e->level[i];

		l->has_cfa = value_here(e, l, &l->stack.cfa, &l->cfa);
		if (i + 1 < e->count)
			unwind_to(e, l, &e->level[i + 1], port, sp);
	}
}

/* The call's value for a register, if the call is one of that function by its name: another one
 * may have gone on to it by a jump. */
static const struct lines_value *
passed(const struct entry *e, size_t caller, uint16_t dwarf)
{
	const struct lines_stack *s = &e->level[caller].stack;
	struct str function = e->level[caller - 1].function;

	if (function.len == 0 || !str_is(s->callee, function))
		return NULL;
	for (size_t i = 0; i < s->passed_count; i++) {
		if (s->passed[i].dwarf == dwarf)
			return &s->passed[i].value;
	}
	return NULL;
}

bool
entry_value(const struct entry *e, size_t level, const struct lines_value *v, uint64_t *out,
	    bool *entry)
{
	uint64_t add = 0;

	*entry = false;
	while (v != NULL && v->base == LINES_AT_ENTRY && !v->in_memory && level + 1 < e->count) {
		add += (uint64_t)v->add;
		level++;
		v = passed(e, level, v->dwarf);
		*entry = true;
	}
	if (v == NULL || level >= e->count || !value_here(e, &e->level[level], v, out))
		return false;
	*out += add;
	return true;
}

bool
entry_passed(const struct entry *e, uint16_t dwarf, uint64_t *out)
{
	const struct lines_value v = { .base = LINES_AT_ENTRY, .dwarf = dwarf };
	bool entry = false;

	return entry_value(e, 0, &v, out, &entry) && entry;
}
