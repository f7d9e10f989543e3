/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list.h - walking the kernel's linked lists, which may be cut, crossed or endless.
 *
 * A walk gives every node once. Where the forward links break off it goes on from the end of
 * the list backwards, so one bad link costs no node; `problem` says what was met.
 */
#ifndef KERNEL_LIST_H
#define KERNEL_LIST_H

#include "base/memory.h"

/* Addresses that were seen, numbered in the order in which they were added. */
struct va_set {
	struct va_slot *slot;
	size_t cap; /* a power of two */
	size_t count;
};

/* False if it was there already, or if the budget has no room for one more. */
bool va_set_add(struct va_set *s, uint64_t va, struct arena *a);
bool va_set_has(const struct va_set *s, uint64_t va);

/* Its number, from 0; false if it was never added. */
bool va_set_find(const struct va_set *s, uint64_t va, size_t *number);

struct list_walk {
	const struct memory *mem;
	struct arena *arena;
	uint64_t head;
	uint64_t node; /* the last one given */
	bool backwards;
	bool ended;
	size_t count;
	size_t limit;
	struct va_set seen;
	const char *what; /* the list, for errors */
	const struct error *problem;
};

/* A walk over a list_head at head; of at most limit nodes. */
struct list_walk list_walk_from(const struct memory *mem, uint64_t head, size_t limit,
				const char *what, struct arena *a);

/* The next node (the address of a list_head in an object); false at the end. */
bool list_next(struct list_walk *w, uint64_t *node);

/* A walk that ended before its first node, for the dump does not have that: the list is not
 * known, and that is no trouble of this run. */
bool list_is_absent(const struct list_walk *w);

#endif
