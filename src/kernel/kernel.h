/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h - one kernel in a dump: its memory, symbols and types, which everything that reads
 * kernel objects needs together.
 */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include "dump/dump.h"
#include "kernel/layout.h"
#include "kernel/vmem.h"
#include "symbols/symbols.h"
#include "symbols/sysmap.h"

struct kernel {
	const struct memory *mem;      /* by kernel virtual address */
	const struct vmcoreinfo *info; /* NULL: none */
	const struct arch *arch;
	struct symbols *symbols;
	struct types *types; /* without a provider if there is neither BTF nor debuginfo */
	struct btf *btf;     /* vmlinux's, or NULL */
	struct layout *layout;
	struct arena *arena;
	const struct error *no_types;    /* why there is no BTF, or NULL */
	const struct error *no_kallsyms; /* why there is none, or NULL */
	const struct error *no_map;      /* why the System.map is not used, or NULL */
};

/* Finds symbols and types of the dumped kernel. Without symbols there is nothing to go by,
 * and that is an error; without types there are learned layouts. */
const struct error *kernel_open(const struct dump *d, const struct vmem *v, struct arena *a,
				struct kernel **out) MUST_CHECK;

/* The same with the symbols in a System.map, too (NULL: there is none). */
const struct error *kernel_open_mapped(const struct dump *d, const struct vmem *v,
				       struct sysmap *map, struct arena *a,
				       struct kernel **out) MUST_CHECK;

/* What a kernel may have been built without; tests pretend it. */
enum kernel_without {
	KERNEL_WITHOUT_BTF = 1,
	KERNEL_WITHOUT_DATA_SYMBOLS = 2, /* CONFIG_KALLSYMS_ALL=n */
};

const struct error *kernel_open_without(const struct dump *d, const struct vmem *v,
					unsigned int without, struct arena *a,
					struct kernel **out) MUST_CHECK;

/* The same from memory alone, for tests. */
const struct error *kernel_from(const struct memory *mem, const struct vmcoreinfo *info,
				const struct arch *arch, struct arena *a,
				struct kernel **out) MUST_CHECK;

/* A word or 32 bits of an object; false if the member is not known or cannot be read. */
bool kernel_word(const struct kernel *k, uint64_t object, enum layout_id member, uint64_t *v);
bool kernel_u32(const struct kernel *k, uint64_t object, enum layout_id member, uint32_t *v);

/* A word at a symbol. */
bool kernel_symbol_word(const struct kernel *k, const char *name, uint64_t *v);
bool kernel_symbol_u32(const struct kernel *k, const char *name, uint32_t *v);

/* Bytes of a page. */
uint64_t kernel_page_len(const struct kernel *k);

/* The text at va, of at most max bytes, in the arena; empty if there is none. */
struct str kernel_string(const struct kernel *k, uint64_t va, size_t max);

/* Could be an address of the kernel's: in the upper half, and not an error value. */
bool kernel_is_address(const struct kernel *k, uint64_t va);

#endif
