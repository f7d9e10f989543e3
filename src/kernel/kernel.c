/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/kernel.h"

#include "kernel/learn.h"
#include "kernel/modbtf.h"
#include "kernel/recover.h"

/* Every kernel has a first task. Where its name is missing, those of all data are. */
static bool
has_data_symbols(const struct kernel *k)
{
	uint64_t va = 0;

	return symbols_find(k->symbols, "init_task", &va);
}

static const struct error *
open_btf(struct kernel *k)
{
	static const char *const starts[] = { "__start_BTF", "_binary__btf_vmlinux_bin_start",
					      NULL };
	static const char *const ends[] = { "__stop_BTF", "_binary__btf_vmlinux_bin_end", NULL };
	uint64_t from = 0;
	uint64_t to = 0;

	if (!has_data_symbols(k))
		(void)recover_btf(k);
	if (!symbols_find_any(k->symbols, starts, &from) ||
	    !symbols_find_any(k->symbols, ends, &to) || to <= from)
		return error_new(k->arena, ERROR_ABSENT, "the kernel was built without BTF");
	return btf_open(k->mem, from, to - from, NULL, k->arena, &k->btf);
}

static void
add_map(struct kernel *k, struct sysmap *map)
{
	struct symbol_source source = sysmap_source(map);

	k->no_map = sysmap_place(map, k->info, k->mem, k->arena);
	if (k->no_map == NULL)
		symbols_add_source(k->symbols, &source);
}

static void
find_symbols(void *self, struct kallsyms_query *query, size_t count)
{
	symbols_find_all(self, query, count);
}

static const struct error *
open_kernel(const struct memory *mem, const struct vmcoreinfo *info, const struct arch *arch,
	    struct sysmap *map, unsigned int without, struct arena *a, struct kernel **out)
{
	struct kernel *k = ARENA_NEW(a, struct kernel);
	struct btf_hint hint = { find_symbols, NULL };

	k->mem = mem;
	k->info = info;
	k->arch = arch;
	k->arena = a;
	k->symbols = symbols_new(mem, a);
	hint.self = k->symbols;
	k->types = types_new(a);

	k->no_kallsyms = symbols_add_kallsyms(k->symbols, info);
	if (map != NULL)
		add_map(k, map);
	if (symbols_source(k->symbols) == NULL)
		return k->no_kallsyms;
	if ((without & KERNEL_WITHOUT_DATA_SYMBOLS) != 0)
		symbols_forget_data(k->symbols);
	k->no_types = (without & KERNEL_WITHOUT_BTF) == 0
			      ? open_btf(k)
			      : error_new(a, ERROR_ABSENT, "BTF is not asked for");
	if (k->no_types == NULL)
		types_add(k->types, btf_source(k->btf, a, modbtf_find, k, &hint));
	k->layout = layout_new(k->types, info, a);
	if (k->no_types != NULL)
		learn_layouts(k);
	else if (!has_data_symbols(k))
		recover_objects(k);
	*out = k;
	return NULL;
}

const struct error *
kernel_from(const struct memory *mem, const struct vmcoreinfo *info, const struct arch *arch,
	    struct arena *a, struct kernel **out)
{
	return open_kernel(mem, info, arch, NULL, 0, a, out);
}

const struct error *
kernel_open_without(const struct dump *d, const struct vmem *v, unsigned int without,
		    struct arena *a, struct kernel **out)
{
	return open_kernel(&v->mem, d->vmcoreinfo, d->arch, NULL, without, a, out);
}

const struct error *
kernel_open(const struct dump *d, const struct vmem *v, struct arena *a, struct kernel **out)
{
	return kernel_from(&v->mem, d->vmcoreinfo, d->arch, a, out);
}

const struct error *
kernel_open_mapped(const struct dump *d, const struct vmem *v, struct sysmap *map, struct arena *a,
		   struct kernel **out)
{
	return open_kernel(&v->mem, d->vmcoreinfo, d->arch, map, 0, a, out);
}

bool
kernel_word(const struct kernel *k, uint64_t object, enum layout_id member, uint64_t *v)
{
	uint64_t off = 0;

	return layout_find(k->layout, member, &off) && memory_word(k->mem, object + off, v) == NULL;
}

bool
kernel_u32(const struct kernel *k, uint64_t object, enum layout_id member, uint32_t *v)
{
	uint64_t off = 0;

	return layout_find(k->layout, member, &off) && memory_u32(k->mem, object + off, v) == NULL;
}

bool
kernel_symbol_word(const struct kernel *k, const char *name, uint64_t *v)
{
	uint64_t va = 0;

	return symbols_find(k->symbols, name, &va) && memory_word(k->mem, va, v) == NULL;
}

bool
kernel_symbol_u32(const struct kernel *k, const char *name, uint32_t *v)
{
	uint64_t va = 0;

	return symbols_find(k->symbols, name, &va) && memory_u32(k->mem, va, v) == NULL;
}

bool
kernel_is_address(const struct kernel *k, uint64_t va)
{
	/* 57-bit kernels begin at 0xff00...; the last page holds error values. */
	if (k->mem->word_len == 4)
		return va >= 0x80000000U && va < 0xfffff000U;
	return va >= 0xff00000000000000ULL && va < 0xfffffffffffff000ULL;
}

uint64_t
kernel_page_len(const struct kernel *k)
{
	enum { MIN = 4 << 10, MAX = 64 << 10 };
	struct str s = { NULL, 0 };
	uint64_t len = 0;

	if (k->info != NULL && vmcoreinfo_find(k->info, "PAGESIZE", &s) && str_to_number(s, &len) &&
	    len >= MIN && len <= MAX && (len & (len - 1)) == 0)
		return len;
	return MIN;
}

struct str
kernel_string(const struct kernel *k, uint64_t va, size_t max)
{
	struct str s = { NULL, 0 };

	if (!kernel_is_address(k, va) || memory_string(k->mem, va, max, k->arena, &s) != NULL)
		return (struct str){ NULL, 0 };
	return s;
}
