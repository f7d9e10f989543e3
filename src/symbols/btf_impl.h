/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_impl.h - what btf.c, which reads BTF from the front, and btf_search.c, which looks into
 * the middle of it, share.
 */
#ifndef SYMBOLS_BTF_IMPL_H
#define SYMBOLS_BTF_IMPL_H

#include "symbols/btf.h"
#include "symbols/window.h"

enum {
	BTF_TYPE_LEN = 12,      /* what all types have */
	BTF_NAME_MAX_LEN = 512, /* KSYM_NAME_LEN; the longest in use have 199 */
	BTF_MEMO = 64,
	BTF_ANCHORS = 64,
	BTF_BUCKETS = 4096,
};

/* A question that was answered before. */
struct btf_memo {
	char *name;
	uint32_t kinds;
	uint32_t id; /* 0: there is none */
};

/* A type: where it is, and its number less that of the first. */
struct btf_place {
	size_t off;
	uint32_t index;
};

struct btf {
	struct arena *arena;
	struct btf *base;
	enum byte_order order;
	uint8_t word_len;
	uint32_t first;       /* number of its first type */
	uint32_t string_base; /* offset of its first string */
	struct window types;
	struct window strings;
	uint32_t *off; /* of each type by its index; 0 behind the first count: not known */
	uint32_t cap;
	struct btf_place front; /* how many were met from the front, and where the next one is */
	uint32_t bucket[BTF_BUCKETS]; /* those by name: 1 + index of the last; 0: none */
	uint32_t *same;               /* of each: 1 + index of the one before it in the bucket */
	struct btf_place anchor[BTF_ANCHORS]; /* types whose number was told in the middle */
	size_t anchors;
	unsigned int misses; /* places where no number could be told */
	struct btf_memo memo[BTF_MEMO];
};

/* The common part of the type at off of b's own, all but its id; false if it is not one. */
bool btf_read(struct btf *b, size_t off, struct btf_type *t);

/* Where the type behind it begins. */
size_t btf_end(const struct btf_type *t);

/* Passes over types from the front until the one with that index is met. */
bool btf_walk(struct btf *b, uint32_t index);

/* Is name in b's own strings, from byte from on, before byte to? *off is its offset. */
bool btf_string_within(struct btf *b, size_t from, size_t to, const char *name, uint32_t *off);

/* Makes b->off[index] known without what stands before it; false if that is no shorter, or
 * cannot be told. */
bool btf_locate(struct btf *b, uint32_t index);

#endif
