/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/recover.h"

#include "base/limits.h"

#include <string.h>

enum {
	PAGE = 4096,
	IMAGE_MAX = 256 << 20, /* a distribution's kernel has 40 MiB */
	HOLE_MAX = 32 << 20,   /* without a page: the image is at its end */
	HEADER_LEN = 24,       /* of BTF */
	NAME_MAX_LEN = 64,     /* of a module */
};

/* A search through the image. */
struct search {
	struct kernel *k;
	uint64_t text_from, text_to;
	uint64_t init_to;          /* where text of the init section ends */
	uint64_t run_from, run_to; /* ORC addresses: the longest run of whole pages so far */
	uint64_t from, to;         /* and the one that is being read */
};

/* Looks at a page of the image; false: that was it. */
typedef bool (*look)(struct search *s, uint64_t va, const uint8_t *page);

static struct search
search_of(struct kernel *k)
{
	struct search s = { .k = k };

	if (!symbols_find(k->symbols, "_stext", &s.text_from) ||
	    !symbols_find(k->symbols, "_etext", &s.text_to) || s.text_to < s.text_from)
		s.text_to = s.text_from;
	if (!symbols_find(k->symbols, "_einittext", &s.init_to))
		s.init_to = 0;
	return s;
}

/* Everything but code is behind the text. */
static void
look_through(struct search *s, look at)
{
	uint64_t from = s->text_to & ~(uint64_t)(PAGE - 1);
	uint64_t hole = 0;
	uint8_t page[PAGE];

	for (uint64_t off = 0; from != 0 && off < IMAGE_MAX && hole < HOLE_MAX; off += PAGE) {
		if (budget_expired(arena_budget(s->k->arena)) || from > UINT64_MAX - off)
			return;
		hole += PAGE;
		if (memory_read(s->k->mem, from + off, page, PAGE) != NULL)
			continue;
		hole = 0;
		if (!at(s, from + off, page))
			return;
	}
}

static bool
look_for_btf(struct search *s, uint64_t va, const uint8_t *page)
{
	struct kernel *k = s->k;
	bool little = k->mem->order == ORDER_LITTLE;
	const uint8_t magic[] = { little ? 0x9f : 0xeb, little ? 0xeb : 0x9f, 1, 0 };

	for (size_t off = 0; off + HEADER_LEN <= PAGE; off += 4) {
		const uint8_t *h = page + off;

		if (memcmp(h, magic, sizeof(magic)) != 0 ||
		    bytes_u32(h + 4, k->mem->order) != HEADER_LEN)
			continue;

		uint64_t types = bytes_u32(h + 12, k->mem->order);
		uint64_t strings_off = bytes_u32(h + 16, k->mem->order);
		uint64_t strings = bytes_u32(h + 20, k->mem->order);

		/* pahole writes types first and strings right behind them. */
		if (bytes_u32(h + 8, k->mem->order) != 0 || types != strings_off ||
		    types + strings > LIMIT_BTF_BYTES || types < PAGE)
			continue;
		symbols_learn(k->symbols, "__start_BTF", va + off);
		symbols_learn(k->symbols, "__stop_BTF", va + off + HEADER_LEN + types + strings);
		return false;
	}
	return true;
}

bool
recover_btf(struct kernel *k)
{
	struct search s = search_of(k);
	uint64_t va = 0;

	look_through(&s, look_for_btf);
	return symbols_find(k->symbols, "__start_BTF", &va);
}

/* The first task: number 0, and its neighbour on the list of tasks leads back to it. */
static bool
is_first_task(const struct kernel *k, uint64_t va)
{
	uint64_t off = 0;
	uint64_t next = 0;
	uint64_t back = 0;
	uint32_t pid = 1;
	uint32_t tgid = 1;

	return kernel_u32(k, va, LAYOUT_TASK_PID, &pid) && pid == 0 &&
	       kernel_u32(k, va, LAYOUT_TASK_TGID, &tgid) && tgid == 0 &&
	       layout_find(k->layout, LAYOUT_TASK_TASKS, &off) &&
	       kernel_word(k, va, LAYOUT_TASK_TASKS, &next) && kernel_is_address(k, next) &&
	       memory_word(k->mem, next + k->mem->word_len, &back) == NULL && back == va + off;
}

static void
look_for_task(struct kernel *k, uint64_t va, const uint8_t *page)
{
	static const char name[] = "swapper";
	const uint8_t *end = page + PAGE;
	const uint8_t *hit = page;
	uint64_t off = 0;
	uint64_t known = 0;

	if (symbols_find(k->symbols, "init_task", &known) ||
	    !layout_find(k->layout, LAYOUT_TASK_COMM, &off))
		return;
	while ((hit = memmem(hit, (size_t)(end - hit), name, sizeof(name) - 1)) != NULL) {
		uint64_t task = va + (uint64_t)(hit - page) - off;

		if (is_first_task(k, task)) {
			symbols_learn(k->symbols, "init_task", task);
			return;
		}
		hit++;
	}
}

/* Names of modules have letters, digits and underscores. */
static bool
is_module(const struct kernel *k, uint64_t va)
{
	char name[NAME_MAX_LEN] = "";
	uint64_t off = 0;
	size_t len = 0;

	if (!layout_find(k->layout, LAYOUT_MODULE_NAME, &off) ||
	    memory_read(k->mem, va + off, name, sizeof(name)) != NULL)
		return false;
	len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	return len >= 2 && len < sizeof(name) && name[len] == '\0';
}

/* A list_head in the image whose first entry is a module and leads back to it. Modules have
 * text, which tells them from other objects with a name in the same place. */
static bool
is_head_of_modules(const struct kernel *k, uint64_t head, uint64_t first)
{
	uint64_t off = 0;
	uint64_t back = 0;
	uint64_t text = 0;
	uint64_t mem = 0;

	if (!layout_find(k->layout, LAYOUT_MODULE_LIST, &off) ||
	    memory_word(k->mem, first + k->mem->word_len, &back) != NULL || back != head ||
	    !is_module(k, first - off))
		return false;
	if (layout_find(k->layout, LAYOUT_MODULE_MEM, &mem))
		return kernel_word(k, first - off + mem, LAYOUT_MODULE_REGION_BASE, &text) &&
		       kernel_is_address(k, text);
	if (layout_find(k->layout, LAYOUT_MODULE_CORE, &mem))
		return kernel_word(k, first - off + mem, LAYOUT_MODULE_LAYOUT_BASE, &text) &&
		       kernel_is_address(k, text);
	return true;
}

static void
look_for_modules(struct kernel *k, uint64_t va, const uint8_t *page)
{
	size_t word = k->mem->word_len;
	uint64_t known = 0;

	if (symbols_find(k->symbols, "modules", &known))
		return;
	for (size_t off = 0; off + word <= PAGE; off += word) {
		uint64_t first = word == 8 ? bytes_u64(page + off, k->mem->order)
					   : bytes_u32(page + off, k->mem->order);

		/* Most words are no addresses, and most addresses lead into the image. */
		if (first % word != 0 || !kernel_is_address(k, first) || first == va + off ||
		    !is_head_of_modules(k, va + off, first))
			continue;
		symbols_learn(k->symbols, "modules", va + off);
		return;
	}
}

/* Where an entry of the table of ORC addresses leads to; 0 if not into the kernel's text, which
 * alternatives and .exit.text, without names, follow. */
static uint64_t
orc_address(const struct search *s, uint64_t va, uint32_t value)
{
	enum { BEHIND = 16 << 20 };
	uint64_t ip = va + (uint64_t)(int64_t)(int32_t)value;
	uint64_t end = s->init_to > s->text_to ? s->init_to : s->text_to;

	return value != 0 && ip >= s->text_from && ip < end + BEHIND ? ip : 0;
}

/* A page of nothing but ORC addresses, which are sorted. */
static bool
is_orc_page(const struct search *s, uint64_t va, const uint8_t *page)
{
	uint64_t before = 0;

	for (size_t off = 0; off < PAGE; off += 4) {
		uint64_t ip = orc_address(s, va + off, bytes_u32(page + off, s->k->mem->order));

		if (ip == 0 || ip < before)
			return false;
		before = ip;
	}
	return true;
}

static void
look_for_orc(struct search *s, uint64_t va, const uint8_t *page)
{
	if (!is_orc_page(s, va, page))
		return;
	if (s->to != va)
		s->from = va;
	s->to = va + PAGE;
	if (s->to - s->from > s->run_to - s->run_from) {
		s->run_from = s->from;
		s->run_to = s->to;
	}
}

/* The ends of the table, which are in the middle of pages: as far as it goes on to be sorted.
 * The entries follow it. */
static void
tell_orc(struct search *s)
{
	enum { PAGES_MIN = 16 }; /* 16,384 entries; kernels have 300,000 and more */
	uint64_t from = s->run_from;
	uint64_t to = s->run_to;
	uint64_t first = 0;
	uint64_t last = 0;
	uint32_t v = 0;

	if (to - from < (uint64_t)PAGES_MIN * PAGE || memory_u32(s->k->mem, from, &v) != NULL)
		return;
	first = orc_address(s, from, v);
	if (memory_u32(s->k->mem, to - 4, &v) == NULL)
		last = orc_address(s, to - 4, v);
	for (; memory_u32(s->k->mem, from - 4, &v) == NULL; from -= 4) {
		uint64_t ip = orc_address(s, from - 4, v);

		if (ip == 0 || ip > first)
			break;
		first = ip;
	}
	for (; memory_u32(s->k->mem, to, &v) == NULL; to += 4) {
		uint64_t ip = orc_address(s, to, v);

		if (ip == 0 || ip < last)
			break;
		last = ip;
	}
	symbols_learn(s->k->symbols, "__start_orc_unwind_ip", from);
	symbols_learn(s->k->symbols, "__stop_orc_unwind_ip", to);
	symbols_learn(s->k->symbols, "__start_orc_unwind", to);
}

static bool
look_for_objects(struct search *s, uint64_t va, const uint8_t *page)
{
	look_for_task(s->k, va, page);
	look_for_modules(s->k, va, page);
	if (s->k->arch == &arch_x86_64)
		look_for_orc(s, va, page);
	return true;
}

void
recover_objects(struct kernel *k)
{
	struct search s = search_of(k);

	look_through(&s, look_for_objects);
	tell_orc(&s);
}
