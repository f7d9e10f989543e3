/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf.h - the types that the kernel carries in itself (CONFIG_DEBUG_INFO_BTF), read out of a
 * dump. Documentation/bpf/btf.rst describes the format.
 *
 * The BTF of vmlinux is 3 to 6 MB and has no index. It is read from the front as far as a
 * question needs: the types that everybody uses stand in its first pages, because pahole
 * writes types in the order in which the compiler met them. What stands far behind, as most
 * functions do, is looked for in the middle (btf_search.c). BTF of a module continues the
 * numbers and the strings of vmlinux's ("split BTF").
 *
 * Everything in it is a claim: offsets are checked, chains of typedefs and nesting of
 * anonymous members are followed to a fixed depth only.
 */
#ifndef SYMBOLS_BTF_H
#define SYMBOLS_BTF_H

#include "symbols/kallsyms.h"

enum btf_kind {
	BTF_VOID,
	BTF_INT,
	BTF_PTR,
	BTF_ARRAY,
	BTF_STRUCT,
	BTF_UNION,
	BTF_ENUM,
	BTF_FWD,
	BTF_TYPEDEF,
	BTF_VOLATILE,
	BTF_CONST,
	BTF_RESTRICT,
	BTF_FUNC,
	BTF_FUNC_PROTO,
	BTF_VAR,
	BTF_DATASEC,
	BTF_FLOAT,
	BTF_DECL_TAG,
	BTF_TYPE_TAG,
	BTF_ENUM64,
	BTF_KIND_COUNT,
};

struct btf;

struct btf_type {
	enum btf_kind kind;
	uint32_t id;
	uint32_t name;   /* offset of its string; 0: none */
	uint32_t count;  /* of members, parameters, enumerators */
	uint32_t value;  /* its length in bytes, or the type that it refers to */
	bool bit_fields; /* members have their length in bits beside the offset */
	struct btf *owner;
	size_t body; /* offset behind the common part */
};

struct btf_member {
	uint64_t bit_off; /* from the start of the outermost structure */
	uint32_t bit_len; /* of a bit field, else 0 */
	uint32_t type;
};

struct btf_parameter {
	struct str name; /* empty if it has none */
	uint32_t type;
};

/* What a module's BTF continues. */
struct btf_split {
	struct btf *base;     /* vmlinux's */
	uint32_t first;       /* number of its first type; 0: one more than the last of base */
	uint32_t string_base; /* offset of its first string; 0: the length of base's strings */
};

/* Reads the header at va. split is NULL for vmlinux. */
const struct error *btf_open(const struct memory *mem, uint64_t va, uint64_t len,
			     const struct btf_split *split, struct arena *a,
			     struct btf **out) MUST_CHECK;

/* The first type of that name whose kind is in the set (1 << BTF_STRUCT | ...); a module's own
 * come before those of vmlinux. */
bool btf_find(struct btf *b, uint32_t kinds, const char *name, struct btf_type *out);

/* Who knows where the functions of vmlinux are. */
struct btf_hint {
	void (*find)(void *self, struct kallsyms_query *query, size_t count);
	void *self;
};

/* The number of a function's BTF_FUNC_PROTO. What btf_find() and the type's value say, from a
 * tenth of the pages. hint may be NULL; it saves most of the strings of kernels whose functions
 * are not sorted by name. */
bool btf_function(struct btf *b, const char *name, const struct btf_hint *hint, uint32_t *proto);

/* False for numbers that do not exist, and for types in pages that the dump lacks. */
bool btf_type(struct btf *b, uint32_t id, struct btf_type *out);

/* The same behind typedefs, const and the like. */
bool btf_plain(struct btf *b, uint32_t id, struct btf_type *out);

/* Its name, borrowed; empty if it has none. */
struct str btf_name(struct btf *b, const struct btf_type *t);

/* Bytes of an object of that type; false for functions, void, incomplete types. */
bool btf_len(struct btf *b, uint32_t id, uint64_t *len);

/* Elements of an array and what they are. */
bool btf_array(struct btf *b, const struct btf_type *t, uint32_t *element, uint32_t *count);

/* A member by name, those of anonymous members included. */
bool btf_member(struct btf *b, uint32_t structure, struct str name, struct btf_member *out);

/* Member number i of a structure or union, by itself. *name may be empty. */
bool btf_member_get(struct btf *b, const struct btf_type *t, uint32_t i, struct str *name,
		    struct btf_member *out);

/* Parameter number i of a BTF_FUNC_PROTO. */
bool btf_parameter(struct btf *b, const struct btf_type *t, uint32_t i, struct btf_parameter *out);

/* The value that an enumeration of that name gives a name; of 32 bits, not sign-extended. */
bool btf_enumerator(struct btf *b, const char *type, const char *name, uint64_t *value);

/* How many bytes of types were walked over from the front, for tests. */
size_t btf_walked(const struct btf *b);

/* Pages of 4 KiB of types and strings that were read, for tests. */
size_t btf_pages(const struct btf *b);

#endif
