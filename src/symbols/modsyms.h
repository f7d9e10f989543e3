/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modsyms.h - the ELF symbol table that a loaded module keeps for kallsyms.
 *
 * Its values are run-time addresses. The kernel names an address by the closest symbol below
 * it, of several at one place by the first in the table, and so does this; mapping symbols,
 * symbols without a name and undefined ones do not count (find_kallsyms_symbol() in Linux's
 * kernel/module/kallsyms.c).
 */
#ifndef SYMBOLS_MODSYMS_H
#define SYMBOLS_MODSYMS_H

#include "base/memory.h"

struct modsyms;

struct modsym {
	struct str name; /* NUL-terminated */
	uint64_t va;
	uint64_t len;     /* up to the next symbol; 0 for the last one */
	uint64_t own_len; /* as the table says; 0: it does not */
};

/* NULL if the table cannot be read, or is too long to be one. */
struct modsyms *modsyms_open(const struct memory *mem, uint64_t symtab, uint64_t strtab,
			     uint32_t count, struct arena *a);

uint32_t modsyms_count(const struct modsyms *m);

/* In the order of addresses. */
bool modsyms_get(struct modsyms *m, uint32_t index, struct modsym *out);

/* The symbol that va is in or behind, and not below `from`, where va's region begins. */
bool modsyms_at(struct modsyms *m, uint64_t va, uint64_t from, struct modsym *out);

#endif
