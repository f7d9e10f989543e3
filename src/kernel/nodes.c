/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/nodes.h"

#include "base/limits.h"

struct nodes
nodes_of(const struct kernel *k)
{
	struct nodes n = { .k = k, .count = 1 };

	if (symbols_find(k->symbols, "contig_page_data", &n.only) ||
	    !symbols_find(k->symbols, "node_data", &n.array))
		return n;
	(void)kernel_symbol_u32(k, "nr_node_ids", &n.count);
	if (n.count > LIMIT_NODES)
		n.count = LIMIT_NODES;
	return n;
}

bool
nodes_next(struct nodes *n, uint64_t *node)
{
	while (n->next < n->count) {
		uint64_t at = n->array + (uint64_t)n->next++ * n->k->mem->word_len;

		if (n->only != 0)
			*node = n->only;
		else if (n->array == 0 || memory_word(n->k->mem, at, node) != NULL)
			continue;
		if (kernel_is_address(n->k, *node))
			return true;
	}
	return false;
}
