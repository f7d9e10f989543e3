/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/pagewalk.h"

#include "base/limits.h"
#include "kernel/files.h"
#include "kernel/pageinfo.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	LARGEST = 10,       /* files that are shown */
	AT_ONCE = 64,       /* struct pages that are read together: a page of them, mostly */
	PAGE_LEN_MAX = 512, /* bytes of a struct page: 64, more with debugging options */
	OWNERS = 1 << 16,   /* files that are counted; must be a power of two */
	BUDDY_ORDER_MAX = 10,
};

static const struct origin from_pages = { ORIGIN_MEMORY, "the array of struct page" };

/* A file of which pages are in memory. */
struct owner {
	uint64_t mapping; /* va of its struct address_space; 0: free */
	uint64_t pages;
};

struct walk {
	const struct kernel *k;
	struct page_marks marks;
	uint64_t len;                                    /* bytes of a struct page */
	uint64_t flags, link, mapping, own, type, count; /* offsets in it */
	bool has_type, has_count;
	uint64_t pages[PAGE_USE_COUNT];
	uint64_t unread;     /* pages of which the struct page is not in the dump */
	struct owner *owner; /* a hash table of OWNERS */
	size_t owners;
	uint64_t head; /* va of the first page of the last compound one */
	enum page_use head_use;
	uint64_t head_mapping;
	uint64_t free_to; /* the pages before this one are in a free block */
};

/* ---- struct page ---- */

static bool
find_members(struct walk *w)
{
	struct layout *l = w->k->layout;
	bool all = layout_find(l, LAYOUT_PAGE, &w->len) &&
		   layout_find(l, LAYOUT_PAGE_FLAGS, &w->flags) &&
		   layout_find(l, LAYOUT_PAGE_COMPOUND_HEAD, &w->link) &&
		   layout_find(l, LAYOUT_PAGE_MAPPING, &w->mapping) &&
		   layout_find(l, LAYOUT_PAGE_PRIVATE, &w->own);

	w->has_type = layout_find(l, LAYOUT_PAGE_TYPE, &w->type);
	w->has_count = layout_find(l, LAYOUT_PAGE_REFCOUNT, &w->count);
	return all && w->len != 0 && w->len <= PAGE_LEN_MAX;
}

/* 0 beyond the end. */
static uint64_t
word_at(const struct walk *w, const uint8_t *page, uint64_t off)
{
	size_t len = w->k->mem->word_len;

	if (off + len > w->len)
		return 0;
	return len == 8 ? bytes_u64(page + off, w->k->mem->order)
			: bytes_u32(page + off, w->k->mem->order);
}

static uint32_t
u32_at(const struct walk *w, const uint8_t *page, uint64_t off, bool has, uint32_t otherwise)
{
	if (!has || off + sizeof(uint32_t) > w->len)
		return otherwise;
	return bytes_u32(page + off, w->k->mem->order);
}

/* ---- files ---- */

static void
count_owner(struct walk *w, uint64_t mapping)
{
	size_t i = (size_t)((mapping >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (OWNERS - 1);

	while (w->owner[i].mapping != 0 && w->owner[i].mapping != mapping)
		i = (i + 1) & (OWNERS - 1);
	if (w->owner[i].mapping == 0) {
		if (w->owners == OWNERS / 2)
			return;
		w->owner[i].mapping = mapping;
		w->owners++;
	}
	w->owner[i].pages++;
}

/* ---- the walk ---- */

static void
count_page(struct walk *w, enum page_use use, uint64_t mapping)
{
	w->pages[use]++;
	if (use == PAGE_USE_FILE)
		count_owner(w, mapping);
}

/* The struct page at va, of page frame pfn. */
static void
look_at(struct walk *w, const uint8_t *page, uint64_t va, uint64_t pfn)
{
	struct page_words words = {
		.flags = word_at(w, page, w->flags),
		.mapping = word_at(w, page, w->mapping),
		.type = u32_at(w, page, w->type, w->has_type, UINT32_MAX),
		.count = u32_at(w, page, w->count, w->has_count, 1),
	};
	uint64_t link = word_at(w, page, w->link);

	if (pfn < w->free_to) {
		w->pages[PAGE_USE_FREE]++;
		return;
	}
	/* A part of a compound page is what the first one is. */
	if ((link & 1) != 0 && link - 1 == w->head) {
		count_page(w, w->head_use, w->head_mapping);
		return;
	}
	w->head = va;
	w->head_use = pageinfo_use(w->k, &w->marks, &words);
	w->head_mapping = words.mapping;
	if (pageinfo_is_buddy(&w->marks, &words)) {
		uint64_t order = word_at(w, page, w->own);

		w->free_to = pfn + (UINT64_C(1) << (order > BUDDY_ORDER_MAX ? 0 : order));
		w->head_use = PAGE_USE_FREE;
	}
	count_page(w, w->head_use, words.mapping);
}

static void
look_at_some(struct walk *w, uint64_t va, uint64_t pfn, size_t count)
{
	uint8_t buf[AT_ONCE * PAGE_LEN_MAX];

	if (memory_read(w->k->mem, va, buf, count * w->len) == NULL) {
		for (size_t i = 0; i < count; i++)
			look_at(w, buf + i * w->len, va + i * w->len, pfn + i);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (memory_read(w->k->mem, va + i * w->len, buf, w->len) == NULL)
			look_at(w, buf, va + i * w->len, pfn + i);
		else
			w->unread++;
	}
}

static const struct error *
look_at_all(struct walk *w)
{
	struct budget *b = arena_budget(w->k->arena);
	struct page_section s;
	uint64_t n = 0;

	while (pageinfo_next_section(w->k, &n, &s)) {
		for (uint64_t i = 0; i < s.count; i += AT_ONCE) {
			uint64_t left = s.count - i;

			if (budget_expired(b))
				return error_new(w->k->arena, ERROR_LIMIT,
						 "the pages from 0x%" PRIx64
						 " on were not looked at: the time ran out",
						 s.pfn + i);
			look_at_some(w, s.pages + i * w->len, s.pfn + i,
				     left < AT_ONCE ? (size_t)left : AT_ONCE);
		}
	}
	return NULL;
}

/* ---- facts ---- */

/* Reserved pages are left out: half of them are no memory. */
static void
put_uses(const struct walk *w, struct fact_row *root)
{
	for (enum page_use u = 0; u < PAGE_USE_COUNT; u++) {
		if (u != PAGE_USE_RESERVED && w->pages[u] != 0)
			facts_put_number_named(root, FACT_MEMORY_PAGE_USE, pageinfo_use_name(u),
					       (int64_t)(w->pages[u] * kernel_page_len(w->k)),
					       from_pages);
	}
}

static void
put_file(const struct walk *w, const struct owner *o, struct fact_row *row)
{
	const struct kernel *k = w->k;
	struct inode_file i = { .ino = 0 };
	uint64_t host = 0;

	facts_put_number(row, CACHED_FILE_BYTES, (int64_t)(o->pages * kernel_page_len(k)),
			 from_pages);
	if (!kernel_word(k, o->mapping, LAYOUT_MAPPING_HOST, &host) || !files_at_inode(k, host, &i))
		return;
	facts_put_text(row, CACHED_FILE_TYPE, i.fs, from_pages);
	if (i.device.len != 0)
		facts_put_text(row, CACHED_FILE_DEVICE, i.device, from_pages);
	facts_put_number(row, CACHED_FILE_INODE, (int64_t)i.ino, from_pages);
	if (i.path.len != 0)
		facts_put_text(row, CACHED_FILE_PATH, i.path, from_pages);
}

static int
largest_first(const void *a, const void *b)
{
	const struct owner *x = a;
	const struct owner *y = b;

	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return (x->mapping > y->mapping) - (x->mapping < y->mapping);
}

/* The hash table is no more than a list from here on. */
static void
put_files(struct walk *w, struct fact_row *root)
{
	size_t count = 0;

	for (size_t i = 0; i < OWNERS; i++) {
		if (w->owner[i].mapping != 0)
			w->owner[count++] = w->owner[i];
	}
	qsort(w->owner, count, sizeof(w->owner[0]), largest_first);
	for (size_t i = 0; i < count && i < LARGEST; i++)
		put_file(w, &w->owner[i],
			 facts_put_row(root, FACT_MEMORY_CACHED_FILES, from_pages));
	facts_put_empty(root, FACT_MEMORY_CACHED_FILES, from_pages);
}

static void
put_why(struct facts *f, const struct error *why)
{
	facts_put_why(facts_root(f), FACT_MEMORY_PAGE_USE, why);
	facts_put_why(facts_root(f), FACT_MEMORY_CACHED_FILES, why);
}

const struct error *
pagewalk_publish(const struct kernel *k, struct facts *f)
{
	struct arena *scratch = arena_new_temporary(k->arena);
	struct walk w = { .k = k, .marks = pageinfo_marks(k) };
	const struct error *e = NULL;
	uint64_t seen = 0;
	bool is_there = false;

	w.owner = ARENA_TRY_ARRAY(scratch, struct owner, OWNERS);
	if (w.owner == NULL || !find_members(&w)) {
		put_why(f, error_new(k->arena, ERROR_ABSENT,
				     "struct page of this kernel is not known"));
		arena_free(scratch);
		return NULL;
	}
	e = look_at_all(&w);
	for (enum page_use u = 0; u < PAGE_USE_COUNT; u++)
		seen += w.pages[u];
	/* A small dump has no more than what some register pointed at. */
	is_there = seen != 0 && seen >= w.unread / 10;
	if (is_there) {
		put_uses(&w, facts_root(f));
		put_files(&w, facts_root(f));
	} else {
		put_why(f, error_new(k->arena, ERROR_ABSENT,
				     "the dump does not have the array of struct page"));
	}
	if (e == NULL && is_there && w.unread != 0)
		e = error_new(k->arena, ERROR_ABSENT,
			      "of %" PRIu64 " pages the dump does not say what they were used for",
			      w.unread);
	arena_free(scratch);
	return e;
}
