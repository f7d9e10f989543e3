/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysmap.h - the symbols of a System.map, which the user has of the crashed kernel.
 *
 * For kernels without kallsyms, with kallsyms that cannot be read, or with functions only
 * (CONFIG_KALLSYMS_ALL=n). Its addresses are those of linking: it is of use only once the KASLR
 * offset is known, and that it is this very kernel's. Both come from what VMCOREINFO says of
 * where symbols are: they must all have been moved by the same distance.
 */
#ifndef SYMBOLS_SYSMAP_H
#define SYMBOLS_SYSMAP_H

#include "symbols/symbols.h"

struct sysmap;

/* Do the first bytes of a file look like one: "ffffffff81000000 T _text"? */
bool sysmap_is(struct bytes head);

/* Reads it; the names are borrowed from the text. Fails at the first line that is none. */
const struct error *sysmap_parse(struct str text, struct arena *a, struct sysmap **out) MUST_CHECK;

/* The whole file. */
const struct error *sysmap_read(const char *path, struct arena *a, struct sysmap **out) MUST_CHECK;

/* Compares it with the dumped kernel, and moves its symbols to where they were. mem is the kernel's
 * memory, for its banner, or NULL. An error says what differs. */
const struct error *sysmap_place(struct sysmap *m, const struct vmcoreinfo *info,
				 const struct memory *mem, struct arena *a) MUST_CHECK;

/* "System.map"; once it was placed. */
struct symbol_source sysmap_source(struct sysmap *m);

#endif
