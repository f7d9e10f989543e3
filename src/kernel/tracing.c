/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/tracing.h"

#include "base/limits.h"
#include "kernel/list.h"

enum {
	SHOWN = 32,
	NAME_MAX_LEN = 64, /* of a module */
};

/* ---- live patches ---- */

static const struct error *
put_live_patches(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "klp_patches" };
	uint64_t head = 0;
	uint64_t off = 0;
	uint64_t name_off = 0;
	uint64_t node = 0;

	if (!symbols_find(k->symbols, "klp_patches", &head) ||
	    !layout_find(k->layout, LAYOUT_KLP_LIST, &off) ||
	    !layout_find(k->layout, LAYOUT_MODULE_NAME, &name_off))
		return NULL;

	struct list_walk w =
		list_walk_from(k->mem, head, LIMIT_MODULES, "list of live patches", k->arena);

	while (list_next(&w, &node)) {
		uint64_t mod = 0;

		if (!kernel_word(k, node - off, LAYOUT_KLP_MOD, &mod) || !kernel_is_address(k, mod))
			continue;

		struct str name = kernel_string(k, mod + name_off, NAME_MAX_LEN);

		if (name.len != 0)
			facts_put_text(root, FACT_LIVE_PATCHES, name, o);
	}
	if (list_is_absent(&w))
		return NULL;
	if (w.count == 0)
		facts_put_empty(root, FACT_LIVE_PATCHES, o);
	return w.problem;
}

/* ---- kprobes ---- */

struct probes {
	const struct kernel *k;
	struct fact_row *root;
	struct va_set places; /* one place may have several probes */
	int64_t count;
};

static void
put_probe(struct probes *p, uint64_t probe)
{
	static const struct origin o = { ORIGIN_MEMORY, "kprobe_table" };
	enum { GONE = 1, DISABLED = 2 };
	struct symbol s = { 0 };
	uint32_t flags = 0;
	uint64_t addr = 0;

	if (!kernel_u32(p->k, probe, LAYOUT_KPROBE_FLAGS, &flags) ||
	    (flags & (GONE | DISABLED)) != 0 ||
	    !kernel_word(p->k, probe, LAYOUT_KPROBE_ADDR, &addr) ||
	    !kernel_is_address(p->k, addr) || !va_set_add(&p->places, addr, p->k->arena))
		return;

	/* With IBT a function begins with ENDBR, behind which the probe stands. */
	if (symbols_at(p->k->symbols, addr, &s) && p->count++ < SHOWN)
		facts_put_text(p->root, FACT_KPROBES, str_of(symbol_text(&s, addr, p->k->arena)),
			       o);
}

/* A table of lists without heads: each ends in NULL. */
static const struct error *
put_kprobes(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "kprobe_table" };
	enum { HEADS = 1 << 6 }; /* KPROBE_HASH_BITS */
	struct probes p = { .k = k, .root = root };
	struct va_set seen = { 0 };
	uint64_t table = 0;
	uint64_t off = 0;
	uint64_t node = 0;

	if (!symbols_find(k->symbols, "kprobe_table", &table))
		return NULL;
	for (size_t i = 0; i < HEADS; i++) {
		if (memory_word(k->mem, table + i * k->mem->word_len, &node) != NULL)
			return NULL;
		while (node != 0) {
			if (seen.count == LIMIT_PROBES || !kernel_is_address(k, node) ||
			    !layout_find(k->layout, LAYOUT_KPROBE_HLIST, &off) ||
			    !va_set_add(&seen, node, k->arena))
				return error_new(k->arena, ERROR_CORRUPT,
						 "the table of kprobes is broken");
			put_probe(&p, node - off);
			if (memory_word(k->mem, node, &node) != NULL)
				node = 0;
		}
	}
	if (p.count == 0)
		facts_put_empty(root, FACT_KPROBES, o);
	facts_put_number(root, FACT_KPROBES_MORE, p.count > SHOWN ? p.count - SHOWN : 0, o);
	return NULL;
}

/* ---- ftrace ---- */

static void
put_ftrace(const struct kernel *k, struct fact_row *root)
{
	static const struct origin o = { ORIGIN_MEMORY, "ftrace_ops_list" };
	uint64_t ops = 0;
	uint64_t end = 0;
	size_t count = 0;

	if (!kernel_symbol_word(k, "ftrace_ops_list", &ops) ||
	    !symbols_find(k->symbols, "ftrace_list_end", &end))
		return;
	for (; ops != end && kernel_is_address(k, ops) && count < SHOWN; count++) {
		struct symbol s = { 0 };
		uint64_t func = 0;

		if (kernel_word(k, ops, LAYOUT_FTRACE_FUNC, &func) &&
		    symbols_at(k->symbols, func, &s))
			facts_put_text(root, FACT_FTRACE, s.name, o);
		if (!kernel_word(k, ops, LAYOUT_FTRACE_NEXT, &ops))
			break;
	}
	if (count == 0 && ops == end)
		facts_put_empty(root, FACT_FTRACE, o);
}

const struct error *
tracing_publish(const struct kernel *k, struct facts *f)
{
	struct fact_row *root = facts_root(f);
	const struct error *e = put_live_patches(k, root);
	const struct error *e2 = put_kprobes(k, root);

	put_ftrace(k, root);
	return e != NULL ? e : e2;
}
