/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules.h - the modules that were loaded, and the code that the kernel generated.
 */
#ifndef KERNEL_MODULES_H
#define KERNEL_MODULES_H

#include "facts/facts.h"
#include "kernel/kernel.h"

/* enum module_state of Linux's include/linux/module.h. */
enum module_state {
	MODULE_STATE_LIVE,
	MODULE_STATE_COMING,
	MODULE_STATE_GOING,
	MODULE_STATE_UNFORMED,
};

struct module {
	uint64_t va; /* of its struct module */
	struct str name;
	struct str version;    /* as its author wrote it, or empty */
	struct str srcversion; /* or empty */
	struct str build_id;   /* in hex, or empty */
	uint32_t state;        /* enum module_state */
	uint64_t taints;       /* bits, numbered as the kernel's */
	bool has_taints;
	uint64_t text;  /* where its text begins */
	uint64_t bytes; /* of memory in all, init sections included while they are there */
	struct symbols_region region[SYMBOLS_REGIONS];
	size_t region_count;
	uint64_t orc_ip, orc; /* ORC tables */
	uint32_t orc_count;   /* 0: none */
};

struct modules {
	struct module *module; /* newest first, as in the kernel's list */
	size_t count;
	const struct error *problem; /* why the list is not whole, or NULL */
};

/* Reads the list and tells the symbols of every module. An error means that there is no list. */
const struct error *modules_read(struct kernel *k, struct modules *out) MUST_CHECK;

const struct module *modules_at(const struct modules *m, uint64_t va);

/* Letters as the kernel prints them behind a module's name: "OE", "OE+". In the arena. */
const char *modules_taint_text(const struct module *m, struct arena *a);

/* Tells the symbols of BPF programs and trampolines (bpf_kallsyms). How many there are. */
size_t modules_read_bpf(struct kernel *k);

/* Puts modules[]. */
void modules_publish(const struct modules *m, struct facts *f);

#endif
