/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * types.h - what is in a structure, and what a function takes; over every provider.
 *
 * BTF of the dump comes first: it is that of the very kernel. Debuginfo may follow. A type is
 * a handle of the provider that gave it and is valid as long as the types.
 */
#ifndef SYMBOLS_TYPES_H
#define SYMBOLS_TYPES_H

#include "symbols/btf.h"

struct type_source;

struct type {
	const struct type_source *source; /* NULL: not known */
	uint64_t id;
};

struct type_member {
	struct str name;  /* empty for an anonymous one */
	uint64_t off;     /* bytes from the start of the structure */
	uint64_t len;     /* bytes; of the unit that it is in, if it is a bit field; 0 unknown */
	uint32_t bit_off; /* of a bit field, from that byte on */
	uint32_t bit_len; /* 0: not a bit field */
	struct type type;
};

/* A provider. A function that cannot tell answers false. */
struct type_source {
	const char *name; /* "BTF" */
	void *self;

	/* A structure, union or typedef; a function of a module (empty: of the kernel). */
	bool (*find)(const struct type_source *s, const char *name, struct type *out);
	bool (*function)(const struct type_source *s, struct str module, const char *name,
			 struct type *out);

	bool (*len)(struct type t, uint64_t *len);
	bool (*member)(struct type t, struct str name, struct type_member *out);
	/* Members in their order; parameters of a function. False past the last one. */
	bool (*member_number)(struct type t, uint32_t i, struct type_member *out);
	bool (*parameter)(struct type t, uint32_t i, struct type_member *out);
	/* What a pointer points at; what an array is made of, and how many of it. */
	bool (*target)(struct type t, struct type *out);
	bool (*element)(struct type t, struct type *out, uint64_t *count);
	/* As C writes it: "struct file *". */
	const char *(*text)(struct type t, struct arena *a);
};

struct types;

struct types *types_new(struct arena *a);
void types_add(struct types *t, const struct type_source *source);

/* A provider over BTF. module may be NULL; it gives the BTF of a module by name. So may hint,
 * which is copied. */
const struct type_source *btf_source(struct btf *vmlinux, struct arena *a,
				     struct btf *(*module)(void *self, struct str name), void *self,
				     const struct btf_hint *hint);

bool types_find(struct types *t, const char *name, struct type *out);

/* A function of the kernel, or of the module if that is not empty. */
bool types_function(struct types *t, struct str module, const char *name, struct type *out);

/* A member by its path, "thread_info.cpu"; members of anonymous members count as one's own. */
bool types_member(struct type structure, const char *path, struct type_member *out);

/* The same by the structure's name. */
bool types_member_of(struct types *t, const char *structure, const char *path,
		     struct type_member *out);

bool types_len(struct type t, uint64_t *len);
bool types_target(struct type t, struct type *out);
bool types_element(struct type t, struct type *out, uint64_t *count);
bool types_parameter(struct type function, uint32_t i, struct type_member *out);
const char *types_text(struct type t, struct arena *a); /* NULL if it has none */

/* What is off bytes into a structure: "f_path.dentry", "mem[2].base"; the innermost member
 * that begins there or holds that byte. *type is the member's. NULL outside of it. */
const char *types_path_at(struct type structure, uint64_t off, struct arena *a, struct type *type);

#endif
