/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-types DUMP [COUNT]: what a search in the middle of the kernel's BTF costs, and whether it
 * is right.
 *
 * COUNT functions (100), spread over all there are, are each looked up in types that nobody has
 * read yet, with their parameters' types, and compared with what a walk from the front says. The
 * exit status is 1 if an answer differs.
 */
#include "base/error.h"
#include "kernel/kernel.h"
#include "kernel/vmem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct tool {
	struct arena *a;
	struct kernel *k;
	uint64_t va, len;
	struct btf *whole;  /* read from the front */
	uint32_t *function; /* ids of all */
	size_t count, cap;
	size_t differ, pages;
};

static const struct error *
open_types(struct tool *t, const char *path)
{
	struct dump *d = NULL;
	struct vmem *v = NULL;
	uint64_t end = 0;
	const struct error *e = dump_open(&path, 1, t->a, &d);

	if (e == NULL)
		e = vmem_open(d, t->a, &v);
	if (e == NULL)
		e = kernel_open(d, v, t->a, &t->k);
	if (e != NULL)
		return e;
	if (!symbols_find(t->k->symbols, "__start_BTF", &t->va) ||
	    !symbols_find(t->k->symbols, "__stop_BTF", &end))
		return error_new(t->a, ERROR_ABSENT, "the kernel was built without BTF");
	t->len = end - t->va;
	return btf_open(t->k->mem, t->va, t->len, NULL, t->a, &t->whole);
}

static void
list_functions(struct tool *t)
{
	struct btf_type type = { .kind = BTF_VOID };

	for (uint32_t id = 1; btf_type(t->whole, id, &type); id++) {
		if (type.kind != BTF_FUNC)
			continue;
		t->function = arena_grow(t->a, t->function, t->count, &t->cap, sizeof(uint32_t));
		t->function[t->count++] = id;
	}
}

static void
find(void *self, struct kallsyms_query *query, size_t count)
{
	symbols_find_all(self, query, count);
}

/* Is it the same type, and what it refers to? */
static bool
is_same(struct btf *whole, struct btf *b, uint32_t id)
{
	enum { STEPS = 8 };

	for (size_t i = 0; i < STEPS && id != 0; i++) {
		struct btf_type want = { .body = 0 };
		struct btf_type got = { .body = 0 };

		if (!btf_type(whole, id, &want))
			return !btf_type(b, id, &got);
		if (!btf_type(b, id, &got) || got.body != want.body || got.kind != want.kind)
			return false;
		id = want.kind == BTF_PTR || want.kind == BTF_CONST || want.kind == BTF_TYPEDEF
			     ? want.value
			     : 0;
	}
	return true;
}

static bool
is_found(struct tool *t, struct btf *b, const char *name)
{
	const struct btf_hint hint = { find, t->k->symbols };
	struct btf_type want = { .value = 0 };
	struct btf_type proto = { .count = 0 };
	struct btf_parameter p = { .type = 0 };
	uint32_t id = 0;

	if (!btf_find(t->whole, 1 << BTF_FUNC, name, &want) || !btf_function(b, name, &hint, &id) ||
	    id != want.value || !btf_type(t->whole, id, &proto) || !is_same(t->whole, b, id))
		return false;
	for (uint32_t i = 0; i < proto.count; i++) {
		if (!btf_parameter(t->whole, &proto, i, &p) || !is_same(t->whole, b, p.type))
			return false;
	}
	return true;
}

static const struct error *
look_up(struct tool *t, uint32_t function)
{
	struct arena *a = arena_new_temporary(t->a);
	struct btf *b = NULL;
	struct btf_type type = { .name = 0 };
	const struct error *e = btf_open(t->k->mem, t->va, t->len, NULL, a, &b);

	if (e == NULL && btf_type(t->whole, function, &type)) {
		const char *name = str_c(a, btf_name(t->whole, &type));

		if (!is_found(t, b, name)) {
			printf("%s differs\n", name);
			t->differ++;
		}
		t->pages += btf_pages(b);
	}
	arena_free(a);
	return e;
}

int
main(int argc, char **argv)
{
	struct tool t = { .a = arena_new(NULL) };
	size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;
	const struct error *e = argc < 2 || count == 0 ? error_new(t.a, ERROR_USAGE,
								   "usage: dump-types DUMP [COUNT]")
						       : open_types(&t, argv[1]);

	if (e == NULL)
		list_functions(&t);
	if (count > t.count)
		count = t.count;
	for (size_t i = 0; e == NULL && i < count; i++)
		e = look_up(&t, t.function[i * t.count / count]);
	if (e != NULL)
		fprintf(stderr, "dump-types: %s\n", error_text(t.a, e));
	else
		printf("%zu of %zu functions, %zu differ, %zu of %" PRIu64 " pages on average\n",
		       count, t.count, t.differ, count == 0 ? 0 : t.pages / count,
		       t.len / 4096 + 1);
	arena_free(t.a);
	return e != NULL ? 2 : t.differ != 0;
}
