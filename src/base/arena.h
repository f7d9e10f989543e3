/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory and other resources that live as long as one run.
 *
 * main() makes one arena and frees it; what is allocated in it is never freed singly, so
 * no error path needs a cleanup. A function that allocates its result takes the arena as a
 * parameter; a function without that parameter allocates nothing that outlives it.
 *
 * Every object is a calloc() of its own: ASan, valgrind and the fuzzers see every overrun,
 * which an arena of big blocks would hide from them.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/budget.h"
#include "base/compiler.h"

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new arena; b (borrowed, may be NULL) is charged for what arena_try() hands out. */
struct arena *arena_new(struct budget *b);

/* Runs what was deferred and frees what was allocated, both newest first. */
void arena_free(struct arena *a);

/* An arena for the length of one loop or one attempt, on the budget of its parent. */
struct arena *arena_new_temporary(struct arena *parent);

/* The budget that a was made with, or NULL. */
struct budget *arena_budget(const struct arena *a);

/* count objects of len bytes, zeroed. Never NULL: without memory the program ends. For
 * sizes that the program chooses; sizes that the input chooses go through arena_try(). */
void *arena_alloc(struct arena *a, size_t count, size_t len);

/* The same, or NULL if the budget, or memory itself, does not allow it. */
void *arena_try(struct arena *a, size_t count, size_t len) MUST_CHECK;

/* Has fn(ptr) called when the arena is freed: file descriptors, handles of libraries. */
void arena_defer(struct arena *a, void (*fn)(void *), void *ptr);

/* Text in the arena. Never NULL. */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

#define ARENA_NEW(a, type) ((type *)arena_alloc(a, 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc(a, count, sizeof(type)))
#define ARENA_TRY_ARRAY(a, type, count) ((type *)arena_try(a, count, sizeof(type)))

/* Room for one more in an array of *cap objects of len bytes with count in use: the array
 * itself or a copy twice as long. Never NULL. */
void *arena_grow(struct arena *a, void *array, size_t count, size_t *cap, size_t len);

/* The same through arena_try(), for arrays whose length the input chooses: NULL, with array
 * and *cap as they were, if the budget does not allow it. */
void *arena_try_grow(struct arena *a, void *array, size_t count, size_t *cap,
		     size_t len) MUST_CHECK;

#endif
