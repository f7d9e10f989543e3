/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf_impl.h - what the files of the DWARF reader share. All of it runs in the process that
 * dwarf.h speaks of.
 */
#ifndef SYMBOLS_DWARF_IMPL_H
#define SYMBOLS_DWARF_IMPL_H

#include "symbols/lines.h"
#include "symbols/types.h"

#include <elfutils/libdw.h>

/* A debug file, opened. */
struct dwarf_file {
	Dwarf *dwarf;
	Elf *elf;
	struct str build_id; /* in hex */
	struct arena *arena;
	struct type_source types;
	Dwarf_CFI *eh_frame; /* of .eh_frame, once it was asked for; or NULL */
	bool asked_eh_frame;

	/* DWARF addresses of the job's places; 0: not to be found. */
	uint64_t *address;
};

/* A descriptor of the job's file; -1 if it cannot be opened. */
int dwarf_open_fd(const struct lines_job *job);

/* Opens the file and finds the places of the job in it. */
const struct error *dwarf_file_open(const struct lines_job *job, struct arena *a,
				    struct dwarf_file *out) MUST_CHECK;

enum {
	DWARF_DEPTH = 64, /* of scopes in scopes: inlining goes to 20 */
};

/* The scopes round an address, outermost first: the function, blocks, inlined functions. */
struct dwarf_scopes {
	Dwarf_Die unit;
	Dwarf_Die die[DWARF_DEPTH];
	size_t count;
};

/* False if no unit with that address has debuginfo. */
bool dwarf_scopes_at(struct dwarf_file *f, uint64_t address, struct dwarf_scopes *out);

/* The variable that is in that register at the address; the innermost scope's comes first. */
bool dwarf_variable_in(struct dwarf_scopes *s, uint64_t address, uint16_t reg, Dwarf_Die *out);

/* Parameter number i of the function round the address, inlined ones not regarded. */
bool dwarf_parameter(struct dwarf_scopes *s, size_t i, Dwarf_Die *out);

/* Its location at the address is that register. */
bool dwarf_register_of(Dwarf_Die *variable, uint64_t address, uint16_t *reg);

/* Where the variable is at the address, or what it is. */
struct lines_value dwarf_location(struct dwarf_scopes *s, Dwarf_Die *variable, uint64_t address);

/* What the call before the return address passed; false if nothing is known of it. */
bool dwarf_call(struct dwarf_scopes *s, uint64_t address, struct lines_stack *out);

/* How to find the caller's registers, for code at the address. */
bool dwarf_unwind(struct dwarf_file *f, uint64_t address, struct lines_stack *out);

/* Bytes of a function as the file has them, and what may be different in memory. */
struct dwarf_text {
	size_t index; /* of the job's texts */
	struct bytes bytes, mask;
};

/* As many of the job's texts as the file has: at most LIMIT_CODE_FUNCTIONS. */
size_t dwarf_texts(struct dwarf_file *f, const struct lines_job *job, struct dwarf_text *out);

/* The type of a variable, and a type as C writes it. */
bool dwarf_type_of(Dwarf_Die *variable, Dwarf_Die *type);
struct str dwarf_spell(Dwarf_Die *type, struct arena *a);

/* A type for types.h. */
struct type dwarf_type(struct dwarf_file *f, Dwarf_Die *type);

#endif
