/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pageinfo.h - what the kernel used a page of memory for: its struct page.
 *
 * Makedumpfile leaves out pages by what is in them, but never the array of struct page, so this
 * tells of pages that the dump lacks as well.
 */
#ifndef KERNEL_PAGEINFO_H
#define KERNEL_PAGEINFO_H

#include "kernel/kernel.h"

enum page_use {
	PAGE_USE_FREE,     /* in the hands of the page allocator */
	PAGE_USE_SLAB,     /* of a slab cache */
	PAGE_USE_ANON,     /* a program's own */
	PAGE_USE_FILE,     /* of a file: the page cache */
	PAGE_USE_RESERVED, /* not given to the allocator: firmware, the kernel image, the array
			    * itself
			    */
	PAGE_USE_TABLE,    /* a page table */
	PAGE_USE_HUGETLB,
	PAGE_USE_OFFLINE,  /* not there at the moment: a balloon has it, memory hotplug */
	PAGE_USE_HWPOISON, /* taken out of use after a memory error */
	PAGE_USE_UNUSED,   /* nobody holds it: free on a CPU's list, or about to be freed */
	PAGE_USE_KERNEL,   /* held by the kernel for something else */
};

/* The machine's pages. */
struct pages {
	const struct kernel *k;
	/* The physical address of a virtual one. */
	const struct error *(*physical)(void *self, uint64_t va, uint64_t *pa);
	void *self;
};

struct page_info {
	enum page_use use;
	uint64_t pfn;       /* page frame number */
	uint64_t page;      /* va of its struct page */
	uint64_t head;      /* of the first page of a compound one; else of itself */
	uint64_t head_pfn;  /* its number */
	unsigned int order; /* 2^order pages belong together; 0: one, or not known */
};

/* "page_table" */
const char *pageinfo_use_name(enum page_use use);

/* The page behind a virtual address. False if the address is not mapped, or its page has no
 * struct page that can be read. */
bool pageinfo_at(const struct pages *p, uint64_t va, struct page_info *out);

#endif
