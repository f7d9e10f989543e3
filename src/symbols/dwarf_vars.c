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

static bool
type_of(Dwarf_Die *die, Dwarf_Die *type)
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

/* "const struct file *". What is no simple type is called by what it is: "function *". */
static struct str
spell(Dwarf_Die *variable, struct arena *a)
{
	struct text t = text_new(a);
	Dwarf_Die die = *variable;
	size_t stars = 0;
	const char *innermost = "void";

	for (size_t i = 0; i < CHAIN && type_of(&die, &die); i++) {
		int tag = dwarf_tag(&die);

		if (tag == DW_TAG_pointer_type)
			stars++;
		else if (qualifier(tag) != NULL)
			text_put(&t, str_of(qualifier(tag)));
		if (is_step(tag))
			continue;
		text_put(&t, str_of(keyword(tag)));
		innermost = name_of(&die, tag);
		break;
	}
	text_put(&t, str_of(innermost));
	if (stars != 0)
		text_char(&t, ' ');
	for (size_t i = 0; i < stars; i++)
		text_char(&t, '*');
	return text_str(&t);
}

/* Behind typedefs and qualifiers. */
static bool
plain_type(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Die at;

	return type_of(die, &at) && dwarf_peel_type(&at, type) == 0;
}

static struct str
target_of(Dwarf_Die *variable, struct arena *a)
{
	Dwarf_Die pointer;
	Dwarf_Die target;
	const char *name = NULL;

	if (!plain_type(variable, &pointer) || dwarf_tag(&pointer) != DW_TAG_pointer_type ||
	    !plain_type(&pointer, &target) || *keyword(dwarf_tag(&target)) == '\0')
		return (struct str){ NULL, 0 };
	name = dwarf_diename(&target);
	if (name == NULL || dwarf_tag(&target) == DW_TAG_enumeration_type)
		return (struct str){ NULL, 0 };
	return str_of(arena_printf(a, "%s%s", keyword(dwarf_tag(&target)), name));
}

/* Its location is a register, and only that. */
static bool
register_of(Dwarf_Die *die, uint64_t address, uint16_t *reg)
{
	Dwarf_Attribute attr;
	Dwarf_Op *op = NULL;
	size_t len = 0;

	if (dwarf_attr(die, DW_AT_location, &attr) == NULL ||
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

void
dwarf_describe(Dwarf_Die *die, uint64_t address, struct arena *a, struct lines_variable *out)
{
	out->name = str_of(dwarf_diename(die));
	out->type = spell(die, a);
	out->target = target_of(die, a);
	out->in_register = register_of(die, address, &out->dwarf);
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
		if (is_variable(out) && register_of(out, address, &at) && at == reg)
			return true;
	} while (dwarf_siblingof(out, out) == 0);
	return false;
}

bool
dwarf_variable_in(struct dwarf_scopes *s, uint64_t address, uint16_t reg, struct arena *a,
		  struct lines_variable *out)
{
	Dwarf_Die die;

	for (size_t i = s->count; i > 0; i--) {
		if (!search_scope(&s->die[i - 1], address, reg, &die))
			continue;
		dwarf_describe(&die, address, a, out);
		return true;
	}
	return false;
}

bool
dwarf_parameter(struct dwarf_scopes *s, uint64_t address, size_t i, struct arena *a,
		struct lines_variable *out)
{
	Dwarf_Die die;

	if (s->count == 0 || dwarf_child(&s->die[0], &die) != 0)
		return false;
	do {
		if (dwarf_tag(&die) != DW_TAG_formal_parameter)
			continue;
		if (i == 0) {
			dwarf_describe(&die, address, a, out);
			return true;
		}
		i--;
	} while (dwarf_siblingof(&die, &die) == 0);
	return false;
}
