/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/meminfo.h"

#include "base/limits.h"
#include "base/text.h"
#include "kernel/nodes.h"
#include "kernel/rss.h"
#include "kernel/vmstat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	LARGEST = 10, /* slab caches and processes that are shown */
	PAGES_MAX_BITS = 40,
	CACHE_NODES = 8,     /* of a slab cache, looked at */
	CACHE_NAME_MAX = 64, /* bytes of its name */
	ZONES_MAX = 8,       /* of a node; there are five kinds */
};

static const struct origin from_counters = { ORIGIN_MEMORY, "the kernel's counters of memory" };

struct cache {
	struct str name;
	uint64_t bytes;
	uint64_t objects;
};

/* In pages, but for hugepages. */
struct meminfo {
	const struct kernel *k;
	const struct vmstat *stat;
	struct fact_row *root;
	uint64_t page_len;
	uint64_t total;
	uint64_t available;
	uint64_t hugepages; /* bytes */
	bool has_available;
	struct cache cache[LARGEST];
	size_t caches;
	struct rss process[LARGEST];
	size_t processes;
};

static bool
is_sane(uint64_t pages)
{
	return pages >> PAGES_MAX_BITS == 0;
}

/* A counter; 0 if it is not known. */
static uint64_t
pages_of(const struct meminfo *m, const char *name)
{
	uint64_t v = 0;

	return vmstat_find(m->stat, name, &v) && is_sane(v) ? v : 0;
}

static void
put_pages(const struct meminfo *m, enum fact_id id, uint64_t pages)
{
	facts_put_number(m->root, id, (int64_t)(pages * m->page_len), from_counters);
}

/* ---- counters ---- */

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The low watermark of all zones: what is not given to programs. */
static bool
low_watermarks(const struct meminfo *m, uint64_t *pages)
{
	enum { WMARK_LOW = 1 };
	const struct kernel *k = m->k;
	struct nodes nodes = nodes_of(k);
	uint64_t off = 0;
	uint64_t zones = 0;
	uint64_t each = 0;
	uint64_t node = 0;

	if (!layout_find(k->layout, LAYOUT_ZONES, &zones) ||
	    !layout_find(k->layout, LAYOUT_ZONE, &each) || each == 0 ||
	    !layout_find(k->layout, LAYOUT_ZONE_WATERMARK, &off))
		return false;

	uint64_t count = less(layout_len(k->layout, LAYOUT_ZONES) / each, ZONES_MAX);

	off += zones + WMARK_LOW * (uint64_t)k->mem->word_len;
	*pages = 0;
	while (nodes_next(&nodes, &node)) {
		for (uint64_t z = 0; z < count; z++) {
			uint64_t low = 0;

			if (memory_word(k->mem, node + off + z * each, &low) == NULL &&
			    is_sane(low))
				*pages += low;
		}
	}
	return true;
}

/* As si_mem_available() of Linux's mm/page_alloc.c estimates it. */
static void
estimate_available(struct meminfo *m)
{
	uint64_t reserve = 0;
	uint64_t low = 0;
	uint64_t cache = pages_of(m, "nr_active_file") + pages_of(m, "nr_inactive_file");
	uint64_t slab =
		pages_of(m, "nr_slab_reclaimable") + pages_of(m, "nr_kernel_misc_reclaimable");
	uint64_t free = pages_of(m, "nr_free_pages");

	if (!kernel_symbol_word(m->k, "totalreserve_pages", &reserve) || !is_sane(reserve) ||
	    !low_watermarks(m, &low))
		return;
	cache -= less(cache / 2, low);
	slab -= less(slab / 2, low);
	free += cache + slab;
	m->available = free > reserve ? free - reserve : 0;
	m->has_available = true;
	put_pages(m, FACT_MEMORY_AVAILABLE, m->available);
}

static void
put_counters(const struct meminfo *m)
{
	static const struct {
		enum fact_id fact;
		const char *plus[2];
		const char *minus;
	} counters[] = {
		{ FACT_MEMORY_FREE, { "nr_free_pages" }, NULL },
		{ FACT_MEMORY_PAGE_CACHE, { "nr_file_pages" }, "nr_swapcached" },
		{ FACT_MEMORY_ANON, { "nr_anon_pages" }, NULL },
		{ FACT_MEMORY_SLAB, { "nr_slab_reclaimable", "nr_slab_unreclaimable" }, NULL },
		{ FACT_MEMORY_SLAB_UNRECLAIMABLE, { "nr_slab_unreclaimable" }, NULL },
		{ FACT_MEMORY_SHMEM, { "nr_shmem" }, NULL },
		{ FACT_MEMORY_PAGE_TABLES, { "nr_page_table_pages" }, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
		uint64_t known = 0;
		uint64_t v = 0;

		if (!vmstat_find(m->stat, counters[i].plus[0], &known) || !is_sane(known))
			continue;
		v = known;
		if (counters[i].plus[1] != NULL)
			v += pages_of(m, counters[i].plus[1]);
		if (counters[i].minus != NULL)
			v -= less(v, pages_of(m, counters[i].minus));
		put_pages(m, counters[i].fact, v);
	}

	uint64_t kib = 0;

	/* The only one that is not counted in pages. */
	if (vmstat_find(m->stat, "nr_kernel_stack", &kib) && is_sane(kib))
		facts_put_number(m->root, FACT_MEMORY_KERNEL_STACKS, (int64_t)(kib * 1024),
				 from_counters);
}

static void
put_total(struct meminfo *m)
{
	static const struct origin o = { ORIGIN_MEMORY, "_totalram_pages" };

	if (!kernel_symbol_word(m->k, "_totalram_pages", &m->total) &&
	    !kernel_symbol_word(m->k, "totalram_pages", &m->total))
		m->total = 0;
	if (!is_sane(m->total))
		m->total = 0;
	if (m->total != 0)
		facts_put_number(m->root, FACT_MEMORY_TOTAL, (int64_t)(m->total * m->page_len), o);
}

static void
put_swap(const struct meminfo *m)
{
	static const struct origin o = { ORIGIN_MEMORY, "total_swap_pages" };
	uint64_t total = 0;
	uint64_t free = 0;

	if (!kernel_symbol_word(m->k, "total_swap_pages", &total) || !is_sane(total))
		return;
	facts_put_number(m->root, FACT_MEMORY_SWAP_TOTAL, (int64_t)(total * m->page_len), o);
	if (kernel_symbol_word(m->k, "nr_swap_pages", &free) && is_sane(free))
		facts_put_number(m->root, FACT_MEMORY_SWAP_FREE, (int64_t)(free * m->page_len), o);
}

static void
put_hugepages(struct meminfo *m)
{
	static const struct origin o = { ORIGIN_MEMORY, "hstates" };
	enum { STATES_MAX = 8, ORDER_MAX = 30 };
	const struct kernel *k = m->k;
	uint64_t states = 0;
	uint64_t each = 0;
	uint32_t count = 0;

	if (!symbols_find(k->symbols, "hstates", &states) ||
	    !kernel_symbol_u32(k, "hugetlb_max_hstate", &count) || count > STATES_MAX ||
	    (count != 0 && !layout_find(k->layout, LAYOUT_HSTATE, &each)))
		return;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t order = 0;
		uint64_t pages = 0;

		if (!kernel_u32(k, states + i * each, LAYOUT_HSTATE_ORDER, &order) ||
		    order > ORDER_MAX ||
		    !kernel_word(k, states + i * each, LAYOUT_HSTATE_PAGES, &pages) ||
		    !is_sane(pages << order) || !is_sane(pages))
			return;
		m->hugepages += (pages << order) * m->page_len;
	}
	facts_put_number(m->root, FACT_MEMORY_HUGEPAGES, (int64_t)m->hugepages, o);
}

/* ---- slab caches ---- */

/* Slabs and objects of a cache on every node; false if what is there makes no sense. */
static bool
read_cache(const struct meminfo *m, uint64_t va, struct cache *c)
{
	enum { ORDER_SHIFT = 16, ORDER_MAX = 16 };
	const struct kernel *k = m->k;
	uint64_t name = 0;
	uint64_t nodes = 0;
	uint32_t oo = 0;
	uint32_t node_count = 1;

	*c = (struct cache){ .bytes = 0 };
	(void)kernel_symbol_u32(k, "nr_node_ids", &node_count);
	if (!kernel_word(k, va, LAYOUT_CACHE_NAME, &name) ||
	    !kernel_u32(k, va, LAYOUT_CACHE_OO, &oo) || oo >> ORDER_SHIFT > ORDER_MAX ||
	    !layout_find(k->layout, LAYOUT_CACHE_NODE, &nodes))
		return false;
	for (uint32_t i = 0; i < node_count && i < CACHE_NODES; i++) {
		uint64_t node = 0;
		uint64_t slabs = 0;
		uint64_t objects = 0;

		if (memory_word(k->mem, va + nodes + (uint64_t)i * k->mem->word_len, &node) !=
			    NULL ||
		    !kernel_is_address(k, node) ||
		    !kernel_word(k, node, LAYOUT_CACHE_NODE_SLABS, &slabs) || !is_sane(slabs))
			continue;
		if (kernel_word(k, node, LAYOUT_CACHE_NODE_OBJECTS, &objects) && is_sane(objects))
			c->objects += objects;
		c->bytes += (slabs << (oo >> ORDER_SHIFT)) * m->page_len;
	}
	c->name = (struct str){ NULL, 0 };
	if (c->bytes != 0)
		c->name = kernel_string(k, name, CACHE_NAME_MAX);
	return c->name.len != 0;
}

/* Keeps it if it is among the largest so far. */
static void
keep_cache(struct meminfo *m, const struct cache *c)
{
	size_t i = m->caches;

	if (i == LARGEST && m->cache[i - 1].bytes >= c->bytes)
		return;
	if (i == LARGEST)
		i--;
	else
		m->caches++;
	for (; i > 0 && m->cache[i - 1].bytes < c->bytes; i--)
		m->cache[i] = m->cache[i - 1];
	m->cache[i] = *c;
}

static const struct error *
read_caches(struct meminfo *m)
{
	static const struct origin o = { ORIGIN_MEMORY, "slab_caches" };
	const struct kernel *k = m->k;
	uint64_t head = 0;
	uint64_t off = 0;
	uint64_t node = 0;

	/* SLUB keeps these counts (with SLUB_DEBUG), SLAB, which is gone since 6.8, does not. */
	if (!symbols_find(k->symbols, "slab_caches", &head) ||
	    !layout_find(k->layout, LAYOUT_CACHE_LIST, &off) ||
	    !layout_find(k->layout, LAYOUT_CACHE_NODE_SLABS, &node))
		return NULL;

	struct list_walk w =
		list_walk_from(k->mem, head, LIMIT_SLAB_CACHES, "list of slab caches", k->arena);

	while (list_next(&w, &node)) {
		struct cache c;

		if (read_cache(m, node - off, &c))
			keep_cache(m, &c);
	}
	for (size_t i = 0; i < m->caches; i++) {
		struct fact_row *row = facts_put_row(m->root, FACT_MEMORY_SLAB_CACHES, o);

		facts_put_text(row, SLAB_CACHE_NAME, m->cache[i].name, o);
		facts_put_number(row, SLAB_CACHE_BYTES, (int64_t)m->cache[i].bytes, o);
		facts_put_number(row, SLAB_CACHE_OBJECTS, (int64_t)m->cache[i].objects, o);
	}
	return w.problem;
}

static void
read_processes(struct meminfo *m, const struct cpus *cpus, const struct tasks *tasks)
{
	static const struct origin o = { ORIGIN_MEMORY, "mm_struct" };
	size_t looked_at = 0;

	m->processes = rss_largest(m->k, cpus, tasks, m->process, LARGEST, &looked_at);
	for (size_t i = 0; i < m->processes; i++) {
		const struct rss *p = &m->process[i];
		struct fact_row *row = facts_put_row(m->root, FACT_MEMORY_PROCESSES, o);

		facts_put_number(row, PROCESS_PID, p->task->tgid, o);
		facts_put_text(row, PROCESS_COMM, str_of(p->task->comm), o);
		facts_put_number(row, PROCESS_RSS, p->pages * (int64_t)m->page_len, o);
	}
}

/* ---- what ate it ---- */

/* A part of memory that no other part overlaps, in pages. */
struct part {
	const char *name;
	const char *words;
	uint64_t pages;
};

enum {
	PROCESSES,
	SHMEM,
	PAGE_CACHE,
	SLAB,
	PAGE_TABLES,
	KERNEL_STACKS,
	HUGEPAGES,
	UNACCOUNTED,
	PARTS,
};

/* What the counters do not add up to, drivers and other code have taken page by page. */
static void
measure(const struct meminfo *m, struct part part[PARTS])
{
	uint64_t shmem = pages_of(m, "nr_shmem");
	uint64_t cache = pages_of(m, "nr_file_pages");
	uint64_t sum = pages_of(m, "nr_free_pages");

	cache -= less(cache, pages_of(m, "nr_swapcached"));
	part[PROCESSES] =
		(struct part){ "processes", "memory of processes", pages_of(m, "nr_anon_pages") };
	part[SHMEM] = (struct part){ "shmem", "tmpfs and shared memory", shmem };
	part[PAGE_CACHE] =
		(struct part){ "page_cache", "the page cache", cache - less(cache, shmem) };
	part[SLAB] = (struct part){ "slab", "slab caches",
				    pages_of(m, "nr_slab_reclaimable") +
					    pages_of(m, "nr_slab_unreclaimable") };
	part[PAGE_TABLES] =
		(struct part){ "page_tables", "page tables", pages_of(m, "nr_page_table_pages") };
	part[KERNEL_STACKS] = (struct part){ "kernel_stacks", "kernel stacks of tasks",
					     pages_of(m, "nr_kernel_stack") * 1024 / m->page_len };
	part[HUGEPAGES] = (struct part){ "hugepages", "huge pages", m->hugepages / m->page_len };
	for (size_t i = 0; i < UNACCOUNTED; i++)
		sum += part[i].pages;
	part[UNACCOUNTED] = (struct part){ "unaccounted", "pages that no counter tells of",
					   m->total - less(m->total, sum) };
}

static const char *
megabytes(const struct meminfo *m, uint64_t pages, struct arena *a)
{
	enum { MIB = 1 << 20 };

	return arena_printf(a, "%" PRIu64 " MiB", (pages * m->page_len + MIB / 2) / MIB);
}

static unsigned int
percent(const struct meminfo *m, uint64_t pages)
{
	enum { HUNDRED = 100 };
	uint64_t v = pages * HUNDRED / m->total;

	return v > HUNDRED ? HUNDRED : (unsigned int)v;
}

/* Which of them it is, where the part has names. */
static void
put_culprit(const struct meminfo *m, const struct part *p, struct text *t, struct arena *a)
{
	if (strcmp(p->name, "processes") == 0 && m->processes != 0)
		text_printf(t, "; the largest process, %s (%" PRId32 "), has %s",
			    m->process[0].task->comm, m->process[0].task->tgid,
			    megabytes(m, (uint64_t)m->process[0].pages, a));
	else if (strcmp(p->name, "slab") == 0 && m->caches != 0)
		text_printf(t, "; the largest cache, %.*s, has %s", STR_ARG(m->cache[0].name),
			    megabytes(m, m->cache[0].bytes / m->page_len, a));
}

static void
put_sentence(const struct meminfo *m, struct arena *a)
{
	enum { SHORT_PERCENT = 10, WORTH_A_WORD_PERCENT = 50 };
	static const struct origin o = { ORIGIN_MEMORY, "the kernel's counters, added up" };
	struct part part[PARTS] = { { NULL, NULL, 0 } };
	struct text t = text_new(a);
	size_t largest = 0;

	if (m->total == 0 || !m->has_available)
		return;
	measure(m, part);
	for (size_t i = 1; i < PARTS; i++) {
		if (part[i].pages > part[largest].pages)
			largest = i;
	}

	const struct part *p = &part[largest];
	bool is_short = percent(m, m->available) < SHORT_PERCENT;

	put_pages(m, FACT_MEMORY_UNACCOUNTED, part[UNACCOUNTED].pages);
	facts_put_bool(m->root, FACT_MEMORY_SHORT, is_short, o);
	text_printf(&t, "Memory was %s: %s of %s were available", is_short ? "short" : "not short",
		    megabytes(m, m->available, a), megabytes(m, m->total, a));
	if (percent(m, m->available) < WORTH_A_WORD_PERCENT) {
		facts_put_text(m->root, FACT_MEMORY_EATEN_BY, str_of(p->name), o);
		text_printf(&t, "; %s took %s (%u%%)", p->words, megabytes(m, p->pages, a),
			    percent(m, p->pages));
		put_culprit(m, p, &t, a);
	}
	facts_put_text(m->root, FACT_MEMORY_TEXT, text_str(&t), o);
}

static void
put_why(const struct meminfo *m, const struct error *why)
{
	for (enum fact_id id = FACT_MEMORY_FREE; id <= FACT_MEMORY_KERNEL_STACKS; id++)
		facts_put_why(m->root, id, why);
	for (enum fact_id id = FACT_MEMORY_UNACCOUNTED; id <= FACT_MEMORY_TEXT; id++)
		facts_put_why(m->root, id, why);
}

const struct error *
meminfo_publish(const struct kernel *k, const struct cpus *cpus, const struct tasks *tasks,
		struct facts *f)
{
	struct arena *a = arena_new_temporary(k->arena);
	struct meminfo *m = ARENA_NEW(a, struct meminfo);
	struct vmstat *stat = NULL;
	const struct error *why = vmstat_open(k, k->arena, &stat);
	const struct error *e = NULL;

	m->k = k;
	m->root = facts_root(f);
	m->page_len = kernel_page_len(k);
	put_total(m);
	put_swap(m);
	put_hugepages(m);
	read_processes(m, cpus, tasks);
	e = read_caches(m);
	if (why == NULL) {
		m->stat = stat;
		put_counters(m);
		estimate_available(m);
		put_sentence(m, a);
	} else {
		put_why(m, why);
	}
	arena_free(a);
	return e;
}
