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
	PAGE_USE_COUNT,
};

/* How this kernel marks the uses, looked up once for many pages. */
struct page_type {
	uint32_t value;
	bool known;
};

struct page_marks {
	uint64_t hwpoison, slab, reserved; /* masks of flags; 0: not known */
	struct page_type buddy, slabs, table, hugetlb, offline;
};

/* What tells in a struct page. */
struct page_words {
	uint64_t flags;
	uint64_t mapping; /* whose memory it is: two low bits say of what kind */
	uint32_t type;    /* all ones if there is none */
	uint32_t count;   /* of references; 1 if it is not known */
};

/* A part of memory that has an array of struct page. */
struct page_section {
	uint64_t pages; /* va of the array */
	uint64_t pfn;   /* of its first page */
	uint64_t count; /* of pages */
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

struct page_marks pageinfo_marks(const struct kernel *k);

/* The use of a page, or of a compound one by its first page. Pages of the allocator are
 * PAGE_USE_UNUSED, but for the first one of a free block (pageinfo_is_buddy()). */
enum page_use pageinfo_use(const struct kernel *k, const struct page_marks *m,
			   const struct page_words *w);

/* The page begins a free block. */
bool pageinfo_is_buddy(const struct page_marks *m, const struct page_words *w);

/* Section number *n or the next one that has an array, and what to go on with in *n. False if
 * there are no more. */
bool pageinfo_next_section(const struct kernel *k, uint64_t *n, struct page_section *out);

#endif
