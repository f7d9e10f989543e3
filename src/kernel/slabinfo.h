/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabinfo.h - the object of a slab cache that an address is in.
 */
#ifndef KERNEL_SLABINFO_H
#define KERNEL_SLABINFO_H

#include "kernel/cpus.h"
#include "kernel/pageinfo.h"

struct slab_object {
	uint64_t cache;  /* va of its kmem_cache */
	struct str name; /* of the cache */
	uint64_t va;     /* where the object begins */
	uint64_t len;    /* bytes that its user may use */
	int64_t off;     /* of the address in it; beyond it in the room between objects */
	bool is_free;    /* with has_state */
	bool has_state;  /* it is known whether it was free */
};

/* The object at va, which is in the linear mapping of all memory, on a page of use PAGE_USE_SLAB.
 * False if the page is no slab after all, or its cache cannot be read. */
bool slabinfo_at(const struct kernel *k, const struct cpus *cpus, const struct page_info *page,
		 uint64_t va, struct slab_object *out);

#endif
