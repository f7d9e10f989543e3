/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakepages.h - fakemachine.h with 64 pages of memory and their struct pages.
 */
#ifndef TESTS_FAKEPAGES_H
#define TESTS_FAKEPAGES_H

#include "kernel/fakemachine.h"
#include "kernel/identify.h"

#define DIRECT 0xffff888000000000ULL /* of physical address 0 */
#define SECTIONS 0xffffffff82a00000ULL
#define PAGES 0xffffea0000000000ULL /* the array of struct page */
#define CACHE 0xffffffff82b00000ULL

enum {
	PAGE_LEN = 4096,
	STRUCT_LEN = 64,
	PAGE_COUNT = 64,
	SECTION_ROOT = 0x100,
	/* In struct page. */
	OFF_PAGE_FLAGS = 0,
	OFF_HEAD = 8,
	OFF_MAPPING = 24,
	OFF_PRIVATE = 40,
	OFF_TYPE = 48,
	OFF_COUNT = 52,
	OFF_SLAB_CACHE = 8,
	OFF_FREELIST = 16,
	OFF_COUNTERS = 24,
	/* In the cache. */
	OFF_SIZE = 0x10,
	OFF_OBJECT_SIZE = 0x14,
	OFF_LINK = 0x18,
	OFF_RED = 0x1c,
	OFF_NAME = 0x20,
	OFF_CPU_SLAB = 0x28,
	OFF_RANDOM = 0x30,
	AT_NAME = 0x80,
	/* Per CPU. */
	PERCPU_SLAB = 0x2000,
	/* The slab: two pages from this one on. */
	SLAB_PAGE = 16,
	OBJECT_LEN = 0x60,
	OBJECTS = 80,
	/* Numbers of flags. */
	PG_SLAB = 9,
	PG_HWPOISON = 22,
	PG_HEAD = 16,
};

/* What VMCOREINFO says of page types up to v6.10, in v6.11, since v6.12. */
static const char old_types[] = "NUMBER(PG_slab)=9\n"
				"NUMBER(PG_hwpoison)=22\n"
				"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
				"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n";
static const char flag_types[] = "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-1073741825\n"
				 "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-536870913\n"
				 "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-33554433\n";
static const char new_types[] = "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456\n"
				"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-251658240\n"
				"NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592\n"
				"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376\n";

static inline uint64_t
page_at(size_t pfn)
{
	return PAGES + pfn * STRUCT_LEN;
}

/* The direct map, which is all that is mapped. */
static inline const struct error *
physical(void *self, uint64_t va, uint64_t *pa)
{
	static const struct error absent = { ERROR_ABSENT, "not mapped", NULL };

	(void)self;
	if (va < DIRECT || va - DIRECT >= PAGE_COUNT * PAGE_LEN)
		return &absent;
	*pa = va - DIRECT;
	return NULL;
}

static inline void
set_layouts(struct fake *f)
{
	fake_layout(f, LAYOUT_PAGE, STRUCT_LEN, 0);
	fake_layout(f, LAYOUT_PAGE_FLAGS, OFF_PAGE_FLAGS, 8);
	fake_layout(f, LAYOUT_PAGE_COMPOUND_HEAD, OFF_HEAD, 8);
	fake_layout(f, LAYOUT_PAGE_TYPE, OFF_TYPE, 4);
	fake_layout(f, LAYOUT_PAGE_REFCOUNT, OFF_COUNT, 4);
	fake_layout(f, LAYOUT_PAGE_PRIVATE, OFF_PRIVATE, 8);
	fake_layout(f, LAYOUT_PAGE_MAPPING, OFF_MAPPING, 8);
	fake_layout(f, LAYOUT_CACHE_SIZE, OFF_SIZE, 4);
	fake_layout(f, LAYOUT_CACHE_OBJECT_SIZE, OFF_OBJECT_SIZE, 4);
	fake_layout(f, LAYOUT_CACHE_OFFSET, OFF_LINK, 4);
	fake_layout(f, LAYOUT_CACHE_RED_LEFT, OFF_RED, 4);
	fake_layout(f, LAYOUT_CACHE_NAME, OFF_NAME, 8);
	fake_layout(f, LAYOUT_CACHE_CPU_SLAB, OFF_CPU_SLAB, 8);
	fake_layout(f, LAYOUT_CPU_SLAB_FREELIST, 0, 8);
	fake_layout(f, LAYOUT_CPU_SLAB_PAGE, 16, 8);
}

struct machine {
	struct fake *f;
	struct cpus cpus;
	struct tasks tasks;
	struct identify in;
};

/* 64 pages, each held once by somebody in the kernel, on a kernel with those types of pages. */
static inline void
open_machine(struct machine *m, const char *types, struct arena *a)
{
	const char *info = arena_printf(a,
					"PAGESIZE=4096\n"
					"SYMBOL(mem_section)=%llx\n"
					"LENGTH(mem_section)=4\n"
					"SIZE(mem_section)=16\n"
					"OFFSET(mem_section.section_mem_map)=0\n"
					"NUMBER(SECTION_SIZE_BITS)=18\n"
					"NUMBER(PG_head_mask)=65536\n%s",
					SECTIONS, types);

	m->f = machine_new(a);
	m->f->k.info = vmcoreinfo_parse(a, str_of(info));
	set_layouts(m->f);
	fake_region(m->f, SECTIONS, 0x1000);
	fake_region(m->f, PAGES, PAGE_COUNT * STRUCT_LEN);
	fake_region(m->f, CACHE, 0x1000);
	fake_region(m->f, DIRECT, PAGE_COUNT * PAGE_LEN);
	fake_put(m->f, SECTIONS, SECTIONS + SECTION_ROOT, 8);
	fake_put(m->f, SECTIONS + SECTION_ROOT, PAGES | 3, 8);
	for (size_t i = 0; i < PAGE_COUNT; i++) {
		fake_put(m->f, page_at(i) + OFF_TYPE, UINT32_MAX, 4);
		fake_put(m->f, page_at(i) + OFF_COUNT, 1, 4);
	}
	fake_symbol(m->f, "__per_cpu_start", 0);
	fake_symbol(m->f, "__per_cpu_end", 0x3000);
	cpus_read(&m->f->k, NULL, &m->cpus);
	(void)(tasks_read(&m->f->k, &m->cpus, &m->tasks) == NULL);
	m->in = (struct identify){ .pages = { &m->f->k, physical, NULL },
				   .cpus = &m->cpus,
				   .tasks = &m->tasks,
				   .stack_len = 16384 };
}

static inline uint64_t
object_at(size_t i)
{
	return DIRECT + SLAB_PAGE * PAGE_LEN + i * OBJECT_LEN;
}

/* A slab of two pages of objects of 64 bytes, 96 bytes from one to the next. */
static inline void
put_slab(struct machine *m, bool is_own_struct)
{
	struct fake *f = m->f;

	fake_layout(f, is_own_struct ? LAYOUT_SLAB_CACHE : LAYOUT_PAGE_SLAB_CACHE, OFF_SLAB_CACHE,
		    8);
	fake_layout(f, is_own_struct ? LAYOUT_SLAB_FREELIST : LAYOUT_PAGE_FREELIST, OFF_FREELIST,
		    8);
	fake_layout(f, is_own_struct ? LAYOUT_SLAB_COUNTERS : LAYOUT_PAGE_COUNTERS, OFF_COUNTERS,
		    8);
	fake_put(f, page_at(SLAB_PAGE) + OFF_PAGE_FLAGS, 1 << PG_SLAB | 1 << PG_HEAD, 8);
	fake_put(f, page_at(SLAB_PAGE + 1) + OFF_HEAD, page_at(SLAB_PAGE) + 1, 8);
	fake_put(f, page_at(SLAB_PAGE) + OFF_SLAB_CACHE, CACHE, 8);
	fake_put(f, page_at(SLAB_PAGE) + OFF_COUNTERS, 7 | OBJECTS << 16, 4);
	fake_put(f, CACHE + OFF_SIZE, OBJECT_LEN, 4);
	fake_put(f, CACHE + OFF_OBJECT_SIZE, 64, 4);
	fake_put(f, CACHE + OFF_LINK, 0x20, 4);
	fake_put(f, CACHE + OFF_NAME, CACHE + AT_NAME, 8);
	fake_text(f, CACHE + AT_NAME, "kmalloc-64");
}

#endif
