/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf_types.c - types out of DWARF, for types.h. The number of a type is the offset of its DIE.
 */
#include "symbols/dwarf_impl.h"

#include <dwarf.h>
#include <string.h>

static struct dwarf_file *
file_of(struct type t)
{
	return t.source->self;
}

/* Its DIE, behind typedefs and qualifiers. */
static bool
plain(struct type t, Dwarf_Die *out)
{
	Dwarf_Die die;

	return dwarf_offdie(file_of(t)->dwarf, t.id, &die) != NULL &&
	       dwarf_peel_type(&die, out) == 0;
}

static bool
referred(struct type t, Dwarf_Die *die, struct type *out)
{
	Dwarf_Die type;

	if (!dwarf_type_of(die, &type))
		return false;
	*out = dwarf_type(file_of(t), &type);
	return true;
}

static bool
find(const struct type_source *s, const char *name, struct type *out)
{
	(void)s;
	(void)name;
	(void)out;
	return false; /* types are come to from variables only */
}

static bool
function(const struct type_source *s, struct str module, const char *name, struct type *out)
{
	(void)module;
	return find(s, name, out);
}

static bool
len(struct type t, uint64_t *out)
{
	Dwarf_Die die;
	Dwarf_Word n = 0;

	if (!plain(t, &die) || dwarf_aggregate_size(&die, &n) != 0)
		return false;
	*out = n;
	return true;
}

static uint64_t
number(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attr;
	Dwarf_Word n = 0;

	return dwarf_formudata(dwarf_attr(die, name, &attr), &n) == 0 ? n : 0;
}

static void
describe(struct type t, Dwarf_Die *die, struct type_member *out)
{
	uint64_t bit = number(die, DW_AT_data_bit_offset);

	*out = (struct type_member){ .name = str_of(dwarf_diename(die)),
				     .off = number(die, DW_AT_data_member_location) + bit / 8,
				     .bit_off = (uint32_t)(bit % 8),
				     .bit_len = (uint32_t)number(die, DW_AT_bit_size) };
	if (referred(t, die, &out->type) && !len(out->type, &out->len))
		out->len = 0;
}

static bool
child_number(struct type t, int tag, uint32_t i, struct type_member *out)
{
	Dwarf_Die parent;
	Dwarf_Die die;

	if (!plain(t, &parent) || dwarf_child(&parent, &die) != 0)
		return false;
	do {
		if (dwarf_tag(&die) != tag || i-- != 0)
			continue;
		describe(t, &die, out);
		return true;
	} while (dwarf_siblingof(&die, &die) == 0);
	return false;
}

static bool
member_number(struct type t, uint32_t i, struct type_member *out)
{
	return child_number(t, DW_TAG_member, i, out);
}

static bool
parameter(struct type t, uint32_t i, struct type_member *out)
{
	return child_number(t, DW_TAG_formal_parameter, i, out);
}

static bool
member(struct type t, struct str name, struct type_member *out)
{
	for (uint32_t i = 0; member_number(t, i, out); i++) {
		if (str_is(out->name, name))
			return true;
	}
	return false;
}

static bool
target(struct type t, struct type *out)
{
	Dwarf_Die die;

	return plain(t, &die) && dwarf_tag(&die) == DW_TAG_pointer_type && referred(t, &die, out);
}

static bool
element(struct type t, struct type *out, uint64_t *count)
{
	Dwarf_Die die;
	uint64_t whole = 0;
	uint64_t each = 0;

	if (!plain(t, &die) || dwarf_tag(&die) != DW_TAG_array_type || !referred(t, &die, out) ||
	    !len(t, &whole) || !len(*out, &each) || each == 0)
		return false;
	*count = whole / each;
	return true;
}

static const char *
text(struct type t, struct arena *a)
{
	Dwarf_Die die;

	return dwarf_offdie(file_of(t)->dwarf, t.id, &die) == NULL ? NULL : dwarf_spell(&die, a).p;
}

struct type
dwarf_type(struct dwarf_file *f, Dwarf_Die *type)
{
	f->types = (struct type_source){ .name = "DWARF",
					 .self = f,
					 .find = find,
					 .function = function,
					 .len = len,
					 .member = member,
					 .member_number = member_number,
					 .parameter = parameter,
					 .target = target,
					 .element = element,
					 .text = text };
	return (struct type){ &f->types, dwarf_dieoffset(type) };
}
