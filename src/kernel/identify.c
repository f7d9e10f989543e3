/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/identify.h"

#include "kernel/slabinfo.h"

#include <inttypes.h>

enum {
	PERCPU_MAX = 1 << 24, /* bytes of one CPU's area */
};

static const struct origin from_memory = { ORIGIN_MEMORY, "memory at that address" };

/* One address under examination. */
struct subject {
	const struct identify *in;
	const struct kernel *k;
	uint64_t va;
	struct fact_row *parent;
	enum fact_id id;
};

static struct fact_row *
put_kind(const struct subject *s, const char *kind)
{
	struct fact_row *row = facts_put_row(s->parent, s->id, from_memory);

	facts_put_text(row, OBJECT_KIND, str_of(kind), from_memory);
	return row;
}

static void
put_text(struct fact_row *row, enum fact_id id, const char *text)
{
	facts_put_text(row, id, str_of(text), from_memory);
}

/* Where something begins, how far into it the address is, and how long it is if that is known. */
static void
put_place(const struct subject *s, struct fact_row *row, uint64_t begin, uint64_t len)
{
	facts_put_address(row, OBJECT_ADDRESS, begin, from_memory);
	facts_put_address(row, OBJECT_OFFSET, s->va - begin, from_memory);
	if (len != 0)
		facts_put_number(row, OBJECT_BYTES, (int64_t)len, from_memory);
}

static bool
put_symbol(const struct subject *s)
{
	struct arena *a = s->k->arena;
	struct symbol sym = { 0 };

	if (!symbols_within(s->k->symbols, s->va, &sym))
		return false;

	struct fact_row *row = put_kind(s, "symbol");
	const char *name = symbol_text(&sym, s->va, a);

	put_text(row, OBJECT_SYMBOL, name);
	put_place(s, row, sym.va, sym.len);
	if (sym.module.len == 0) {
		put_text(row, OBJECT_TEXT, name);
		return true;
	}
	facts_put_text(row, OBJECT_MODULE, sym.module, from_memory);
	put_text(row, OBJECT_TEXT,
		 arena_printf(a, "%s of the module %.*s", name, STR_ARG(sym.module)));
	return true;
}

static bool
put_module(const struct subject *s)
{
	const struct symbols_module *m = symbols_module_at(s->k->symbols, s->va);
	struct fact_row *row = NULL;

	if (m == NULL || m->name.len == 0)
		return false;
	row = put_kind(s, "module");
	facts_put_text(row, OBJECT_MODULE, m->name, from_memory);
	put_text(row, OBJECT_TEXT,
		 arena_printf(s->k->arena, "in the module %.*s", STR_ARG(m->name)));
	return true;
}

const struct task *
identify_stack(const struct identify *i, uint64_t va)
{
	for (size_t t = 0; t < i->tasks->count; t++) {
		uint64_t stack = i->tasks->task[t].stack;

		if (stack != 0 && va >= stack && va - stack < i->stack_len)
			return &i->tasks->task[t];
	}
	return NULL;
}

static void
put_task(struct fact_row *row, const struct task *t)
{
	facts_put_number(row, OBJECT_PID, t->pid, from_memory);
	facts_put_text(row, OBJECT_COMM, str_of(t->comm), from_memory);
}

static bool
put_stack(const struct subject *s)
{
	const struct task *t = identify_stack(s->in, s->va);
	struct fact_row *row = NULL;

	if (t == NULL)
		return false;
	row = put_kind(s, "stack");
	put_place(s, row, t->stack, s->in->stack_len);
	put_task(row, t);
	put_text(row, OBJECT_TEXT,
		 arena_printf(s->k->arena, "the kernel stack of pid %" PRId32, t->pid));
	return true;
}

bool
identify_percpu(const struct kernel *k, const struct cpu *c, uint64_t *from, uint64_t *to)
{
	uint64_t start = 0;
	uint64_t end = 0;
	uint32_t unit = 0;

	if (c->percpu == 0 || !symbols_find(k->symbols, "__per_cpu_start", &start) ||
	    !symbols_find(k->symbols, "__per_cpu_end", &end) || end <= start ||
	    end - start > PERCPU_MAX)
		return false;
	/* Behind the variables of the kernel are those of modules, and allocated ones. */
	if (!kernel_symbol_u32(k, "pcpu_unit_size", &unit) || unit < end - start ||
	    unit > PERCPU_MAX)
		unit = (uint32_t)(end - start);
	*from = c->percpu + start;
	*to = *from + unit;
	return true;
}

static bool
put_percpu_of(const struct subject *s, const struct cpu *c)
{
	struct arena *a = s->k->arena;
	struct symbol sym = { 0 };
	struct fact_row *row = put_kind(s, "per_cpu");
	uint64_t va = s->va - c->percpu;
	uint64_t end = 0;
	const char *name = "the area";

	facts_put_number(row, OBJECT_CPU, c->number, from_memory);
	if (symbols_find(s->k->symbols, "__per_cpu_end", &end) && va < end &&
	    symbols_at_percpu(s->k->symbols, va, &sym)) {
		name = symbol_text(&sym, va, a);
		put_text(row, OBJECT_SYMBOL, name);
		put_place(s, row, sym.va + c->percpu, sym.len);
	}
	put_text(row, OBJECT_TEXT, arena_printf(a, "%s of CPU %" PRIu32, name, c->number));
	return true;
}

static bool
put_percpu(const struct subject *s)
{
	for (size_t i = 0; i < s->in->cpus->count; i++) {
		uint64_t from = 0;
		uint64_t to = 0;

		if (identify_percpu(s->k, &s->in->cpus->cpu[i], &from, &to) && s->va >= from &&
		    s->va < to)
			return put_percpu_of(s, &s->in->cpus->cpu[i]);
	}
	return false;
}

/* "0x18 into an allocated object of the slab cache kmalloc-192" */
static const char *
slab_text(const struct slab_object *o, struct arena *a)
{
	const char *state = !o->has_state ? "an object"
			    : o->is_free  ? "a free object"
					  : "an allocated object";
	const char *where = "";

	if (o->off < 0)
		where = "in the red zone before ";
	else if ((uint64_t)o->off >= o->len)
		where = "behind ";
	else if (o->off != 0)
		where = arena_printf(a, "0x%" PRIx64 " into ", (uint64_t)o->off);
	return arena_printf(a, "%s%s of the slab cache %.*s (%" PRIu64 " bytes)", where, state,
			    STR_ARG(o->name), o->len);
}

static bool
put_slab(const struct subject *s, const struct page_info *page)
{
	struct slab_object o;
	const struct task *t = NULL;
	struct fact_row *row = NULL;

	if (page->use != PAGE_USE_SLAB || !slabinfo_at(s->k, s->in->cpus, page, s->va, &o))
		return false;
	t = tasks_at(s->in->tasks, o.va);
	row = put_kind(s, t != NULL ? "task" : "slab");
	facts_put_text(row, OBJECT_CACHE, o.name, from_memory);
	put_place(s, row, o.va, o.len);
	if (o.has_state)
		put_text(row, OBJECT_STATE, o.is_free ? "free" : "allocated");
	put_text(row, OBJECT_PAGE_STATE, pageinfo_use_name(page->use));
	if (t != NULL)
		put_task(row, t);
	put_text(row, OBJECT_TEXT,
		 t != NULL ? arena_printf(s->k->arena, "the task_struct of pid %" PRId32, t->pid)
			   : slab_text(&o, s->k->arena));
	return true;
}

static const char *
page_text(enum page_use use)
{
	static const char *const words[] = {
		[PAGE_USE_FREE] = "a free page",
		[PAGE_USE_SLAB] = "a page of a slab cache",
		[PAGE_USE_ANON] = "a page of a program's own memory",
		[PAGE_USE_FILE] = "a page of the page cache",
		[PAGE_USE_RESERVED] = "a reserved page",
		[PAGE_USE_TABLE] = "a page table",
		[PAGE_USE_HUGETLB] = "a huge page",
		[PAGE_USE_OFFLINE] = "a page that is offline",
		[PAGE_USE_HWPOISON] = "a page that had a memory error",
		[PAGE_USE_UNUSED] = "a page that nobody holds",
		[PAGE_USE_KERNEL] = "a page of the kernel's",
	};

	return words[use];
}

static void
put_page(const struct subject *s)
{
	struct page_info page;
	struct fact_row *row = NULL;

	if (!pageinfo_at(&s->in->pages, s->va, &page) || put_slab(s, &page))
		return;
	row = put_kind(s, "page");
	put_text(row, OBJECT_PAGE_STATE, pageinfo_use_name(page.use));
	put_text(row, OBJECT_TEXT, page_text(page.use));
}

void
identify_put(const struct identify *i, uint64_t va, struct fact_row *row, enum fact_id id)
{
	struct subject s = { i, i->pages.k, va, row, id };

	if (!kernel_is_address(s.k, va))
		return;
	if (put_symbol(&s) || put_module(&s) || put_stack(&s) || put_percpu(&s))
		return;
	put_page(&s);
}

void
identify_publish(const struct identify *i, struct facts *f)
{
	struct fact_row *root = facts_root(f);
	struct fact *list = facts_edit(root, FACT_REGISTER_CLASSES);
	uint64_t va = 0;

	if (facts_get_address(root, FACT_FAULT_KASAN_ADDRESS, &va) ||
	    facts_get_address(root, FACT_FAULT_ADDRESS, &va))
		identify_put(i, va, root, FACT_FAULT_OBJECT);
	for (size_t n = 0; n < list->count; n++) {
		struct fact_row *row = list->values[n].row;

		if (facts_get_address(row, REGISTER_CLASS_VALUE, &va))
			identify_put(i, va, row, REGISTER_CLASS_OBJECT);
	}
}

void
identify_publish_arguments(const struct identify *i, struct facts *f)
{
	struct fact *list = facts_edit(facts_root(f), FACT_FAULT_ARGUMENTS);

	for (size_t n = 0; n < list->count; n++) {
		struct fact_row *row = list->values[n].row;
		uint64_t va = 0;

		if (facts_get_address(row, ARGUMENT_VALUE, &va) &&
		    !facts_known(row, ARGUMENT_SYMBOL))
			identify_put(i, va, row, ARGUMENT_OBJECT);
	}
}
