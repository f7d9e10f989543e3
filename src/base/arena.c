/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stands before every object. An object with fn is only something to call. */
struct node {
	struct node *older;
	void (*fn)(void *);
	void *ptr;
	size_t charged; /* bytes taken from the budget */
};

struct arena {
	struct node *newest;
	struct budget *budget;
};

static void
out_of_memory(void)
{
	fputs("kdtriage: out of memory\n", stderr);
	_Exit(2);
}

struct arena *
arena_new(struct budget *b)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		out_of_memory();
	else
		a->budget = b;
	return a;
}

struct arena *
arena_new_temporary(struct arena *parent)
{
	return arena_new(parent->budget);
}

struct budget *
arena_budget(const struct arena *a)
{
	return a->budget;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	while (a->newest != NULL) {
		struct node *n = a->newest;

		a->newest = n->older;
		if (n->fn != NULL)
			n->fn(n->ptr);
		budget_return(a->budget, n->charged);
		free(n);
	}
	free(a);
}

static struct node *
add_node(struct arena *a, size_t len)
{
	struct node *n = len > SIZE_MAX - sizeof(*n) ? NULL : calloc(1, sizeof(*n) + len);

	if (n != NULL) {
		n->older = a->newest;
		a->newest = n;
	}
	return n;
}

void *
arena_try(struct arena *a, size_t count, size_t len)
{
	size_t all = 0;

	if (__builtin_mul_overflow(count, len, &all) || !budget_take(a->budget, all))
		return NULL;

	struct node *n = add_node(a, all);

	if (n == NULL) {
		budget_refuse(a->budget, all);
		return NULL;
	}
	n->charged = all;
	return n + 1;
}

void *
arena_alloc(struct arena *a, size_t count, size_t len)
{
	size_t all = 0;
	struct node *n = __builtin_mul_overflow(count, len, &all) ? NULL : add_node(a, all);

	if (n == NULL)
		out_of_memory();
	return n + 1;
}

void
arena_defer(struct arena *a, void (*fn)(void *), void *ptr)
{
	struct node *n = add_node(a, 0);

	if (n == NULL)
		out_of_memory();
	n->fn = fn;
	n->ptr = ptr;
}

char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);

	int len = vsnprintf(NULL, 0, fmt, ap);
	size_t room = len < 0 ? 1 : (size_t)len + 1;
	char *s = arena_alloc(a, room, 1);

	if (len > 0)
		vsnprintf(s, room, fmt, again);
	va_end(again);
	return s;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);

	char *s = arena_vprintf(a, fmt, ap);

	va_end(ap);
	return s;
}

void *
arena_grow(struct arena *a, void *array, size_t count, size_t *cap, size_t len)
{
	if (count < *cap)
		return array;

	size_t more = *cap == 0 ? 8 : *cap * 2;
	void *grown = arena_alloc(a, more, len);

	if (count != 0)
		memcpy(grown, array, count * len);
	*cap = more;
	return grown;
}

void *
arena_try_grow(struct arena *a, void *array, size_t count, size_t *cap, size_t len)
{
	if (count < *cap)
		return array;

	size_t more = *cap == 0 ? 8 : *cap * 2;
	void *grown = arena_try(a, more, len);

	if (grown == NULL)
		return NULL;
	if (array != NULL)
		memcpy(grown, array, count * len);
	*cap = more;
	return grown;
}
