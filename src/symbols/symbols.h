/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbols.h - who is at this address, and where is this name; over every provider.
 *
 * Providers for the kernel itself are asked in the order in which they were added: kallsyms
 * of the dump, then whatever else there is. Modules are added one by one by who reads the
 * kernel's list of them; their symbol tables are read when an address in them is asked for.
 *
 * What is text is decided by address alone, never by a symbol's type letter.
 */
#ifndef SYMBOLS_SYMBOLS_H
#define SYMBOLS_SYMBOLS_H

#include "symbols/kallsyms.h"

struct symbol {
	struct str name;   /* NUL-terminated */
	struct str module; /* empty for the kernel itself */
	uint64_t va;
	uint64_t len;     /* up to the next symbol; 0 if not known */
	uint64_t own_len; /* of a module's, as its table says; 0 if it does not */
};

/* A provider of the kernel's own symbols. */
struct symbol_source {
	const char *name; /* "kallsyms (absolute percpu)", "System.map" */
	void *self;
	void (*find)(void *self, struct kallsyms_query *query, size_t count);
	bool (*at)(void *self, uint64_t va, struct kallsyms_symbol *out);
};

enum {
	SYMBOLS_REGIONS = 16, /* of one module; kernels have up to seven */
};

struct symbols_region {
	uint64_t from, to; /* to is excluded */
	bool text;
};

/* A module, or a generated function (BPF, trampolines) of one region and no table. */
struct symbols_module {
	struct str name; /* as reports print it; empty for a function */
	struct symbols_region region[SYMBOLS_REGIONS];
	size_t region_count;
	uint64_t symtab; /* of ELF symbols; 0: none */
	uint64_t strtab;
	uint32_t count;      /* of ELF symbols */
	struct str function; /* the name of the whole, if it is a function */
};

struct symbols;

struct symbols *symbols_new(const struct memory *vmem, struct arena *a);

/* Finds kallsyms: by VMCOREINFO (may be NULL), else by its looks. */
const struct error *symbols_add_kallsyms(struct symbols *s,
					 const struct vmcoreinfo *info) MUST_CHECK;

void symbols_add_source(struct symbols *s, const struct symbol_source *source);

/* Its texts are borrowed for as long as the symbols. False if its regions make no sense. */
bool symbols_add_module(struct symbols *s, const struct symbols_module *m);

/* The provider that answers for the kernel, or NULL if there is none. */
const char *symbols_source(const struct symbols *s);

/* The address of a symbol of the kernel; of per-CPU ones the place in the per-CPU area. */
bool symbols_find(struct symbols *s, const char *name, uint64_t *va);

/* Many at once, as they are in the kernel: in one pass, and none is kept. */
void symbols_find_all(struct symbols *s, struct kallsyms_query *query, size_t count);

/* The first of them that exists; the list ends with NULL. */
bool symbols_find_any(struct symbols *s, const char *const *names, uint64_t *va);

/* Says where a symbol is that no provider has, for symbols_find(). */
void symbols_learn(struct symbols *s, const char *name, uint64_t va);

/* From now on only functions have names, as with CONFIG_KALLSYMS_ALL=n; for tests. */
void symbols_forget_data(struct symbols *s);

/* The symbol that va is in or behind; false outside of the kernel and its modules. */
bool symbols_at(struct symbols *s, uint64_t va, struct symbol *out);

/* The same, but only if va is within the symbol, as far as it is known where that ends. A module's
 * strings have no symbols, and stand behind some that say how long they are. */
bool symbols_within(struct symbols *s, uint64_t va, struct symbol *out);

/* "printk", "printk+0x20": an address by the symbol that it is in or behind. */
const char *symbol_text(const struct symbol *s, uint64_t va, struct arena *a);

/* The per-CPU variable at va, the address that its symbol has: less the CPU's own offset. */
bool symbols_at_percpu(struct symbols *s, uint64_t va, struct symbol *out);

/* Kernel text, text of a module, or a generated function. */
bool symbols_is_text(struct symbols *s, uint64_t va);

/* Text of vmlinux, its init section included. */
bool symbols_is_kernel_text(struct symbols *s, uint64_t va);

/* The module or generated function that va is in, or NULL. */
const struct symbols_module *symbols_module_at(struct symbols *s, uint64_t va);

/* Symbol number i of a module's table, for lists of all symbols; false past its end. Symbols
 * without name or section are left out, so numbers have gaps: *skip says so. */
bool symbols_of_module(struct symbols *s, const struct symbols_module *m, uint32_t i,
		       struct symbol *out, bool *skip);

#endif
