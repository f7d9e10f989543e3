/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/rss.h"

#include "base/limits.h"

#include <stdlib.h>

/* MM_FILEPAGES, MM_ANONPAGES and, since 4.5, MM_SHMEMPAGES, with swap between them. */
enum {
	FILE_PAGES = 0,
	ANON_PAGES = 1,
	SHMEM_PAGES = 3,
	COUNTERS = 4,
	COUNT_LEN = 4, /* of a thread's own */
};

/* More than any machine has: what says so is not a counter. */
#define PAGES_MAX ((int64_t)1 << 40)

/* So far below zero that what threads have counted does not lift it above. */
#define NOT_KNOWN (-((int64_t)1 << 62))

static const uint8_t counted[] = { FILE_PAGES, ANON_PAGES, SHMEM_PAGES };

/* A percpu_counter: what is in the counter itself, and what CPUs have not yet added to it. */
static bool
percpu_counter(const struct kernel *k, const struct cpus *cpus, uint64_t va, int64_t *sum)
{
	uint64_t count = 0;
	uint64_t counters = 0;

	if (!kernel_word(k, va, LAYOUT_PERCPU_COUNTER_COUNT, &count) ||
	    !kernel_word(k, va, LAYOUT_PERCPU_COUNTER_COUNTERS, &counters))
		return false;
	*sum = (int64_t)count;
	for (size_t i = 0; i < cpus->count && counters != 0; i++) {
		uint32_t v = 0;

		if (memory_u32(k->mem, counters + cpus->cpu[i].percpu, &v) == NULL)
			*sum += (int32_t)v;
	}
	return true;
}

/* How the counters of an mm_struct are kept. */
struct form {
	uint64_t off;
	uint64_t each; /* bytes */
	bool plain;    /* longs, and not percpu_counter */
};

static bool
find_form(const struct kernel *k, struct form *f)
{
	uint64_t len = layout_len(k->layout, LAYOUT_MM_RSS);

	*f = (struct form){ .each = k->mem->word_len,
			    .plain = len == COUNTERS * (uint64_t)k->mem->word_len };
	if (!layout_find(k->layout, LAYOUT_MM_RSS, &f->off))
		return false;
	return f->plain || (layout_find(k->layout, LAYOUT_PERCPU_COUNTER, &f->each) &&
			    len == COUNTERS * f->each);
}

static bool
add_counters(const struct kernel *k, const struct cpus *cpus, const struct form *f, uint64_t mm,
	     int64_t *pages)
{
	*pages = 0;
	for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
		uint64_t at = mm + f->off + counted[i] * f->each;
		uint64_t word = 0;
		int64_t v = 0;
		bool got = f->plain ? memory_word(k->mem, at, &word) == NULL
				    : percpu_counter(k, cpus, at, &v);

		if (!got)
			return false;
		if (f->plain)
			v = (int64_t)word;
		if (v > PAGES_MAX || v < -PAGES_MAX)
			return false;
		*pages += v;
	}
	return true;
}

bool
rss_of(const struct kernel *k, const struct cpus *cpus, uint64_t mm, int64_t *pages)
{
	struct form f;

	return find_form(k, &f) && add_counters(k, cpus, &f, mm, pages);
}

/* A page that a thread maps is counted in the thread first, 64 of them at a time. */
static int64_t
counted_in_thread(const struct kernel *k, const struct task *t)
{
	uint64_t off = 0;
	int64_t sum = 0;

	if (!layout_find(k->layout, LAYOUT_TASK_RSS, &off))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
		uint32_t v = 0;

		if (memory_u32(k->mem, t->va + off + (uint64_t)counted[i] * COUNT_LEN, &v) == NULL)
			sum += (int32_t)v;
	}
	return sum;
}

bool
rss_of_task(const struct kernel *k, const struct cpus *cpus, const struct tasks *all,
	    const struct task *t, int64_t *pages)
{
	if (!rss_of(k, cpus, t->mm, pages))
		return false;
	for (size_t i = 0; i < all->count; i++) {
		if (all->task[i].mm == t->mm)
			*pages += counted_in_thread(k, &all->task[i]);
	}
	return *pages >= 0;
}

/* ---- all processes ---- */

static int
largest_first(const void *a, const void *b)
{
	const struct rss *x = a;
	const struct rss *y = b;

	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return (x->task > y->task) - (x->task < y->task);
}

/* One for each address space, with what its threads have counted. */
static struct rss *
read_all(const struct kernel *k, const struct cpus *cpus, const struct tasks *all, struct arena *a,
	 size_t *count)
{
	struct rss *rss = ARENA_TRY_ARRAY(a, struct rss, all->count);
	struct va_set seen = { 0 };
	struct form f;

	*count = 0;
	if (rss == NULL || !find_form(k, &f))
		return NULL;
	for (size_t i = 0; i < all->count && !budget_expired(arena_budget(a)); i++) {
		const struct task *t = &all->task[i];
		size_t number = 0;

		if (t->mm == 0)
			continue;
		if (va_set_add(&seen, t->mm, a)) {
			rss[*count].task = t;
			if (!add_counters(k, cpus, &f, t->mm, &rss[*count].pages))
				rss[*count].pages = NOT_KNOWN;
			(*count)++;
		}
		if (va_set_find(&seen, t->mm, &number) && number < *count)
			rss[number].pages += counted_in_thread(k, t);
	}
	return rss;
}

size_t
rss_largest(const struct kernel *k, const struct cpus *cpus, const struct tasks *all,
	    struct rss *out, size_t max, size_t *looked_at)
{
	struct arena *a = arena_new_temporary(k->arena);
	struct rss *rss = read_all(k, cpus, all, a, looked_at);
	size_t count = 0;

	if (rss != NULL && *looked_at != 0)
		qsort(rss, *looked_at, sizeof(rss[0]), largest_first);
	for (; rss != NULL && count < *looked_at && count < max && rss[count].pages > 0; count++)
		out[count] = rss[count];
	arena_free(a);
	return count;
}
