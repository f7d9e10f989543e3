/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf_vars.c - variables, where they are, and their types as C writes them.
 */
#include "base/text.h"
#include "symbols/dwarf_impl.h"

#include <dwarf.h>
#include <string.h>

enum {
	CHAIN = 32, /* pointers to pointers to const typedefs ... */
};

bool
dwarf_type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	return dwarf_attr_integrate(die, DW_AT_type, &attr) != NULL &&
	       dwarf_formref_die(&attr, type) != NULL;
}

static const char *
keyword(int tag)
{
	switch (tag) {
	case DW_TAG_structure_type:
		return "struct ";
	case DW_TAG_union_type:
		return "union ";
	case DW_TAG_enumeration_type:
		return "enum ";
	default:
		return "";
	}
}

static const char *
qualifier(int tag)
{
	switch (tag) {
	case DW_TAG_const_type:
		return "const ";
	case DW_TAG_volatile_type:
		return "volatile ";
	default:
		return NULL;
	}
}

/* It says something about another type. */
static bool
is_step(int tag)
{
	return tag == DW_TAG_pointer_type || tag == DW_TAG_restrict_type ||
	       tag == DW_TAG_array_type || qualifier(tag) != NULL;
}

static const char *
name_of(Dwarf_Die *type, int tag)
{
	const char *name = dwarf_diename(type);

	if (name != NULL)
		return name;
	return tag == DW_TAG_subroutine_type ? "function" : "{...}";
}

/* What is no simple type is called by what it is: "function *". */
struct str
dwarf_spell(Dwarf_Die *type, struct arena *a)
{
	struct text t = text_new(a);
	Dwarf_Die die = *type;
	size_t stars = 0;
	const char *innermost = "void";

	for (size_t i = 0; i < CHAIN; i++) {
		int tag = dwarf_tag(&die);

		if (tag == DW_TAG_pointer_type)
			stars++;
		else if (qualifier(tag) != NULL)
			text_put(&t, str_of(qualifier(tag)));
		if (!is_step(tag)) {
			text_put(&t, str_of(keyword(tag)));
			innermost = name_of(&die, tag);
			break;
		}
		if (!dwarf_type_of(&die, &die))
			break;
	}
	text_put(&t, str_of(innermost));
	if (stars != 0)
		text_char(&t, ' ');
	for (size_t i = 0; i < stars; i++)
		text_char(&t, '*');
	return text_str(&t);
}

bool
dwarf_register_of(Dwarf_Die *variable, uint64_t address, uint16_t *reg)
{
	Dwarf_Attribute attr;
	Dwarf_Op *op = NULL;
	size_t len = 0;

	if (dwarf_attr(variable, DW_AT_location, &attr) == NULL ||
	    dwarf_getlocation_addr(&attr, address, &op, &len, 1) != 1 || len != 1)
		return false;
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		*reg = op->atom - DW_OP_reg0;
	else if (op->atom == DW_OP_regx)
		*reg = (uint16_t)op->number;
	else
		return false;
	return true;
}

static bool
is_variable(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_formal_parameter || tag == DW_TAG_variable;
}

static bool
search_scope(Dwarf_Die *scope, uint64_t address, uint16_t reg, Dwarf_Die *out)
{
	uint16_t at = 0;

	if (dwarf_child(scope, out) != 0)
		return false;
	do {
		if (is_variable(out) && dwarf_register_of(out, address, &at) && at == reg)
			return true;
	} while (dwarf_siblingof(out, out) == 0);
	return false;
}

bool
dwarf_variable_in(struct dwarf_scopes *s, uint64_t address, uint16_t reg, Dwarf_Die *out)
{
	for (size_t i = s->count; i > 0; i--) {
		if (search_scope(&s->die[i - 1], address, reg, out))
			return true;
	}
	return false;
}

bool
dwarf_parameter(struct dwarf_scopes *s, size_t i, Dwarf_Die *out)
{
	if (s->count == 0 || dwarf_child(&s->die[0], out) != 0)
		return false;
	do {
		if (dwarf_tag(out) == DW_TAG_formal_parameter && i-- == 0)
			return true;
	} while (dwarf_siblingof(out, out) == 0);
	return false;
}
