/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/modbtf.h"

#include "base/limits.h"
#include "kernel/list.h"

enum {
	NAME_MAX_LEN = 64, /* MODULE_NAME_LEN is 56 on 64-bit machines */
};

/* Does an entry of the list belong to the module of that name? */
static bool
is_of(const struct kernel *k, uint64_t entry, struct str name, struct arena *a)
{
	struct str text = { NULL, 0 };
	uint64_t module = 0;
	uint64_t off = 0;

	return kernel_word(k, entry, LAYOUT_BTF_MODULE_MODULE, &module) && module != 0 &&
	       layout_find(k->layout, LAYOUT_MODULE_NAME, &off) &&
	       memory_string(k->mem, module + off, NAME_MAX_LEN, a, &text) == NULL &&
	       str_is(text, name);
}

static struct btf *
open_entry(const struct kernel *k, uint64_t entry)
{
	struct btf_split split = { .base = k->btf };
	struct btf *b = NULL;
	uint64_t btf = 0;
	uint64_t data = 0;
	uint32_t len = 0;

	if (!kernel_word(k, entry, LAYOUT_BTF_MODULE_BTF, &btf) ||
	    !kernel_word(k, btf, LAYOUT_BTF_DATA, &data) ||
	    !kernel_u32(k, btf, LAYOUT_BTF_DATA_LEN, &len))
		return NULL;

	/* Without them all of vmlinux's types would have to be counted. */
	if (!kernel_u32(k, btf, LAYOUT_BTF_FIRST, &split.first) ||
	    !kernel_u32(k, btf, LAYOUT_BTF_STRING_BASE, &split.string_base))
		split.first = split.string_base = 0;
	return btf_open(k->mem, data, len, &split, k->arena, &b) == NULL ? b : NULL;
}

struct btf *
modbtf_find(void *self, struct str name)
{
	const struct kernel *k = self;
	struct arena *a = arena_new_temporary(k->arena);
	struct btf *found = NULL;
	uint64_t head = 0;
	uint64_t node = 0;
	uint64_t off = 0;

	if (symbols_find(k->symbols, "btf_modules", &head) &&
	    layout_find(k->layout, LAYOUT_BTF_MODULE_LIST, &off)) {
		struct list_walk w =
			list_walk_from(k->mem, head, LIMIT_MODULES, "list of modules' BTF", a);

		while (found == NULL && list_next(&w, &node)) {
			if (is_of(k, node - off, name, a))
				found = open_entry(k, node - off);
		}
	}
	arena_free(a);
	return found;
}
