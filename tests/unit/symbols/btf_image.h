/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_image.h - writes BTF for tests: a few types of every kind that matters.
 */
#ifndef TESTS_BTF_IMAGE_H
#define TESTS_BTF_IMAGE_H

#include "symbols/btf.h"

#include <string.h>

#define BTF_VA 0xffffffff82000004ULL

#ifndef BTF_ROOM
#define BTF_ROOM 4096
#endif

/* Types and strings of a BTF that a test writes. */
struct image {
	uint8_t types[BTF_ROOM], strings[BTF_ROOM], all[2 * BTF_ROOM];
	size_t types_len, strings_len;
	uint32_t count;
	struct memory_fake fake;
	struct memory mem;
};

static inline void
put32(uint8_t *p, size_t *len, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		p[(*len)++] = (uint8_t)(v >> 8 * i);
}

static inline uint32_t
string(struct image *m, const char *s)
{
	uint32_t off = (uint32_t)m->strings_len;

	if (*s == '\0')
		return 0;
	memcpy(m->strings + m->strings_len, s, strlen(s) + 1);
	m->strings_len += strlen(s) + 1;
	return off;
}

static inline uint32_t
type(struct image *m, enum btf_kind kind, uint32_t count, const char *name, uint32_t value)
{
	put32(m->types, &m->types_len, string(m, name));
	put32(m->types, &m->types_len, (uint32_t)kind << 24 | count);
	put32(m->types, &m->types_len, value);
	return ++m->count;
}

static inline void
words(struct image *m, uint32_t a, uint32_t b, uint32_t c)
{
	put32(m->types, &m->types_len, a);
	put32(m->types, &m->types_len, b);
	put32(m->types, &m->types_len, c);
}

static inline void
close_image(struct image *m, uint64_t va)
{
	size_t len = 0;

	put32(m->all, &len, 0x0001eb9f);
	put32(m->all, &len, 24);
	put32(m->all, &len, 0);
	put32(m->all, &len, (uint32_t)m->types_len);
	put32(m->all, &len, (uint32_t)m->types_len);
	put32(m->all, &len, (uint32_t)m->strings_len);
	memcpy(m->all + len, m->types, m->types_len);
	len += m->types_len;
	memcpy(m->all + len, m->strings, m->strings_len);
	len += m->strings_len;
	m->fake = (struct memory_fake){ va, { m->all, len } };
	m->mem = memory_of_fake(&m->fake);
}

enum {
	INT = 1,
	PTR,
	LIST,
	ANON_INNER,
	ANON_OUTER,
	TASK,
	ARRAY,
	TYPEDEF,
	LOOP_A,
	LOOP_B,
	PROTO,
	FUNC,
	SELF,
};

static inline struct image *
image_new(struct arena *a)
{
	struct image *m = ARENA_NEW(a, struct image);

	m->strings_len = 1;
	type(m, BTF_INT, 0, "int", 4);
	put32(m->types, &m->types_len, 32);
	type(m, BTF_PTR, 0, "", TASK);
	type(m, BTF_STRUCT, 2, "list_head", 16);
	words(m, string(m, "next"), PTR, 0);
	words(m, string(m, "prev"), PTR, 64);
	type(m, BTF_UNION, 2, "", 8);
	words(m, string(m, "deep"), INT, 0);
	words(m, string(m, "deeper"), ARRAY, 0);
	type(m, BTF_STRUCT, 2, "", 16);
	words(m, string(m, "flag"), INT, 0);
	words(m, 0, ANON_INNER, 64);
	type(m, BTF_STRUCT, 4, "task_struct", 48);
	m->types[m->types_len - 5] |= 0x80; /* offsets share their word with lengths in bits */
	words(m, string(m, "pid"), INT, 0);
	words(m, string(m, "on_rq"), INT, 1U << 24 | 33);
	words(m, 0, ANON_OUTER, 128);
	words(m, string(m, "tasks"), TYPEDEF, 256);
	type(m, BTF_ARRAY, 0, "", 0);
	words(m, PTR, INT, 2);
	type(m, BTF_TYPEDEF, 0, "list_t", LIST);
	type(m, BTF_TYPEDEF, 0, "loop_a", LOOP_B);
	type(m, BTF_CONST, 0, "", LOOP_A);
	type(m, BTF_FUNC_PROTO, 2, "", INT);
	put32(m->types, &m->types_len, string(m, "task"));
	put32(m->types, &m->types_len, PTR);
	put32(m->types, &m->types_len, 0);
	put32(m->types, &m->types_len, INT);
	type(m, BTF_FUNC, 1, "wake_up_process", PROTO);
	type(m, BTF_STRUCT, 1, "selfish", 8);
	words(m, 0, SELF, 0); /* holds itself, without a name */
	close_image(m, BTF_VA);
	return m;
}

#endif
