/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf_scopes.c - the functions and blocks round an address.
 *
 * Only what contains the address is entered, so that of a unit the list of its functions is
 * read and no more. dwarf_getscopes() would answer with the scopes of an inlined function's
 * definition, where its caller is what is asked for.
 */
#include "symbols/dwarf_impl.h"

#include <dwarf.h>

static bool
is_scope(int tag)
{
	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
	       tag == DW_TAG_lexical_block;
}

/* The child scope that has the address. */
static bool
enter(Dwarf_Die *parent, uint64_t address, Dwarf_Die *out)
{
	Dwarf_Die child;

	if (dwarf_child(parent, &child) != 0)
		return false;
	do {
		if (is_scope(dwarf_tag(&child)) && dwarf_haspc(&child, address) == 1) {
			*out = child;
			return true;
		}
	} while (dwarf_siblingof(&child, &child) == 0);
	return false;
}

/* Compilers that write no .debug_aranges leave the units to be asked one by one. */
static bool
find_unit(Dwarf *dwarf, uint64_t address, Dwarf_Die *out)
{
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;
	uint8_t type = 0;

	if (dwarf_addrdie(dwarf, address, out) != NULL)
		return true;
	while (dwarf_get_units(dwarf, unit, &unit, NULL, &type, &die, NULL) == 0) {
		if (type == DW_UT_compile && dwarf_haspc(&die, address) == 1) {
			*out = die;
			return true;
		}
	}
	return false;
}

bool
dwarf_scopes_at(struct dwarf_file *f, uint64_t address, struct dwarf_scopes *out)
{
	out->count = 0;
	if (!find_unit(f->dwarf, address, &out->unit))
		return false;

	Dwarf_Die at = out->unit;

	while (out->count < DWARF_DEPTH && enter(&at, address, &out->die[out->count]))
		at = out->die[out->count++];
	return true;
}
