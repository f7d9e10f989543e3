/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kallsyms.h - the symbol table that the kernel carries in itself, read out of a dump.
 *
 * Every kernel with CONFIG_KALLSYMS has it, and makedumpfile keeps it: kernel read-only data
 * is never excluded. Names stand in the order of their addresses, 256 to a group, each as a
 * string of tokens; addresses stand in a table beside them in one of four encodings:
 *
 *	absolute        until 4.5, and with CONFIG_KALLSYMS_BASE_RELATIVE=n until 6.11
 *	absolute percpu 4.6 to 6.14 on x86 SMP: negative values are relative to a base
 *	relative        4.6 to 6.19: a base and an unsigned offset
 *	place relative  7.0 and later: signed offsets from the entry itself
 *
 * Nothing is decoded before it is asked for, and only that is. From 6.0 on VMCOREINFO says
 * where the tables are (Linux commit 5fd8fea935a1, "vmcoreinfo: include kallsyms symbols");
 * in older kernels they are found by their looks. Type letters are no help to tell text from
 * data: since 6.18 data symbols come as 'T'.
 */
#ifndef SYMBOLS_KALLSYMS_H
#define SYMBOLS_KALLSYMS_H

#include "base/memory.h"
#include "dump/vmcoreinfo.h"

/* Where the tables are: run-time addresses, 0 if there is none or it is not known. */
struct kallsyms_location {
	uint64_t names, markers, token_table, token_index;
	uint64_t addresses;     /* of 8 bytes each; else */
	uint64_t offsets;       /* of 4 bytes each, and */
	uint64_t relative_base; /* the address of their base; 0: they are relative to themselves */
	uint32_t count;         /* of symbols */
	uint8_t marker_len;     /* bytes of a marker; 0: not known */
};

struct kallsyms;

struct kallsyms_symbol {
	struct str name; /* NUL-terminated; lives as long as the table */
	uint64_t va;
	uint64_t len; /* up to the next symbol; 0 for the last one */
	char type;    /* as nm(1) has it; not to be trusted */
};

/* A name that somebody wants the address of. */
struct kallsyms_query {
	const char *name;
	uint64_t va; /* with found */
	bool found;
	bool by_number; /* va is to be its number in the order of addresses: that costs less */
};

/* What VMCOREINFO says; ERROR_ABSENT from kernels before 6.0. */
const struct error *kallsyms_locate(const struct memory *mem, const struct vmcoreinfo *info,
				    struct arena *a, struct kallsyms_location *out) MUST_CHECK;

/* Looks for the tables in the kernel image, which begins at stext; 0: not known. */
const struct error *kallsyms_scan(const struct memory *mem, uint64_t stext, struct arena *a,
				  struct kallsyms_location *out) MUST_CHECK;

/* stext is the address of _stext, 0 if not known; it tells the encodings apart. */
const struct error *kallsyms_open(const struct memory *mem, const struct kallsyms_location *at,
				  uint64_t stext, struct arena *a,
				  struct kallsyms **out) MUST_CHECK;

/* "absolute percpu" ... */
const char *kallsyms_encoding(const struct kallsyms *k);

uint32_t kallsyms_count(const struct kallsyms *k);

/* Answers all queries in one pass over the names. Of symbols with one name the first counts. */
void kallsyms_find(struct kallsyms *k, struct kallsyms_query *query, size_t count);

/* The symbol that va is in or behind, as the kernel itself would name it: of several names
 * for one address the first, but not the padding in front of a function (__pfx_, __cfi_).
 * False below the first symbol, and where the table cannot be read. */
bool kallsyms_at(struct kallsyms *k, uint64_t va, struct kallsyms_symbol *out);

/* The symbol with that number, in the order of addresses. */
bool kallsyms_get(struct kallsyms *k, uint32_t index, struct kallsyms_symbol *out);

#endif
