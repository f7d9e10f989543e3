/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/peers.h"

#include "base/limits.h"
#include "kernel/list.h"

enum {
	STEP = 4096,          /* no page is shorter */
	PART_MAX = 64 << 20,  /* of the image: data and bss together have 10 MiB */
	REGION_MAX = 1 << 20, /* of a module */
	FUNCTION_MAX = 16 << 10,
	FLAGS_MAX = 64,        /* of a page */
	NODES_MAX = 1024,      /* of memory: MAX_NUMNODES */
	SECTIONS_MAX = 512,    /* of a module's ELF file */
	SLOTS_MAX = 64,        /* of a node of an xarray: XA_CHUNK_SIZE */
	TREE_NODES_MAX = 4096, /* 64 process numbers each, and those above them */
};

/* Has every page of [va, va + len) read. */
static void
touch(const struct peers *p, uint64_t va, uint64_t len, uint64_t most)
{
	struct budget *b = arena_budget(p->k->arena);
	uint8_t byte = 0;

	if (len > most)
		len = most;
	for (uint64_t off = 0; off < len && !budget_expired(b); off += STEP - (va + off) % STEP)
		(void)(memory_u8(p->k->mem, va + off, &byte) == NULL);
}

static void
touch_between(const struct peers *p, const char *first, const char *behind, uint64_t add)
{
	uint64_t from = 0;
	uint64_t to = 0;

	if (symbols_find(p->k->symbols, first, &from) && symbols_find(p->k->symbols, behind, &to) &&
	    to > from)
		touch(p, from + add, to - from, PART_MAX);
}

/* Bytes of a structure, or what is said instead if its type is not known. */
static uint64_t
len_of(const struct peers *p, const char *structure, uint64_t otherwise)
{
	struct type t = { 0 };
	uint64_t len = 0;

	if (!types_find(p->k->types, structure, &t) || !types_len(t, &len))
		return otherwise;
	return len;
}

static bool
member_of(const struct peers *p, const char *structure, const char *path, uint64_t *off)
{
	struct type_member m = { 0 };

	if (!types_member_of(p->k->types, structure, path, &m))
		return false;
	*off = m.off;
	return true;
}

/* The word that a member holds, if it is an address. */
static bool
follow(const struct peers *p, uint64_t object, const char *structure, const char *path,
       uint64_t *va)
{
	uint64_t off = 0;

	return member_of(p, structure, path, &off) &&
	       memory_word(p->k->mem, object + off, va) == NULL && kernel_is_address(p->k, *va);
}

static void
touch_symbol(const struct peers *p, const char *name, uint64_t len)
{
	uint64_t va = 0;

	if (symbols_find(p->k->symbols, name, &va))
		touch(p, va, len, PART_MAX);
}

static void
touch_string(const struct peers *p, uint64_t pointer)
{
	uint64_t va = 0;

	if (memory_word(p->k->mem, pointer, &va) == NULL && kernel_is_address(p->k, va))
		touch(p, va, STEP, STEP); /* crash reads on to the next page */
}

static void
touch_image(const struct peers *p)
{
	touch_symbol(p, "linux_banner", 512);
	touch_between(p, "_sdata", "_edata", 0);
	touch_between(p, "__start_ro_after_init", "__end_ro_after_init", 0);
	touch_between(p, "__bss_start", "__bss_stop", 0);
	for (size_t i = 0; i < p->cpus->count; i++)
		touch_between(p, "__per_cpu_start", "__per_cpu_end", p->cpus->cpu[i].percpu);
}

/* The upper page tables of the kernel's areas: what is looked for at the beginning of each need
 * not be there, but the way to it is followed. */
static void
touch_tables(const struct peers *p)
{
	static const char *const bases[] = { "page_offset_base", "vmalloc_base", "vmemmap_base" };
	enum { GIGABYTES = 64 };

	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		uint64_t va = 0;
		uint8_t byte = 0;

		if (!kernel_symbol_word(p->k, bases[i], &va))
			continue;
		for (size_t g = 0; g < GIGABYTES; g++)
			(void)(memory_u8(p->k->mem, va + ((uint64_t)g << 30), &byte) == NULL);
	}
}

/* The array of pointers to memory sections, nearly all of it zeros, of which the other writer
 * of minis (dump/mini_peers.c) takes what makedumpfile needs. */
static void
touch_section_roots(const struct peers *p)
{
	enum { ROOTS_MAX = 4 << 20 }; /* bytes; 5-level paging: 2^17 roots */
	uint64_t count = 0;
	uint64_t array = 0;

	if (kernel_symbol_word(p->k, "mem_section", &array) && p->k->info != NULL &&
	    vmcoreinfo_count(p->k->info, "mem_section", &count) &&
	    count < ROOTS_MAX / p->k->mem->word_len)
		touch(p, array, count * p->k->mem->word_len, ROOTS_MAX);
}

/* x86_64: the stacks that exceptions and NMIs run on, whose bounds crash looks up. */
static void
touch_exception_stacks(const struct peers *p)
{
	uint64_t len = len_of(p, "cea_exception_stacks", 0);
	uint64_t pointer = 0;
	uint64_t va = 0;

	for (size_t i = 0; i < p->cpus->count; i++) {
		if (symbols_find(p->k->symbols, "cea_exception_stacks", &pointer) &&
		    memory_word(p->k->mem, pointer + p->cpus->cpu[i].percpu, &va) == NULL)
			touch(p, va, len, REGION_MAX);
	}
}

/* Functions that crash disassembles to find out how the kernel was compiled, and tables of
 * names. */
static void
touch_probes(const struct peers *p)
{
	static const char *const names[] = {
		"first_nmi",
		"asm_exc_nmi",
		"__crash_kexec",
		"machine_kexec",
		"machine_crash_shutdown",
		"crash_setup_regs",
		"__switch_to_asm",
		"__x64_sys_open",
		"__x64_sys_fork",
		"__x64_sys_read",
		"do_futex",
		"do_fork",
		"_do_fork",
		"kernel_clone",
		"__x64_sys_write",
		"vfs_read",
		"__schedule",
		"schedule",
		"sys_read",
		"sys_write",
		"taint_flags",
		"pageflag_names",
		"task_state_array",
		"mt_slots",
		"mt_pivots",
		"mt_min_slots",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		touch_symbol(p, names[i], 2 * STEP);

	uint64_t table = 0;

	if (!symbols_find(p->k->symbols, "pageflag_names", &table))
		return;
	for (size_t i = 0; i < FLAGS_MAX; i++)
		touch_string(p, table + (2 * i + 1) * p->k->mem->word_len);
}

static void
touch_caches(const struct peers *p)
{
	uint64_t head = 0;
	uint64_t node = 0;
	uint64_t off = 0;
	uint64_t name = 0;
	uint64_t len = len_of(p, "kmem_cache", 0);

	if (!symbols_find(p->k->symbols, "slab_caches", &head) ||
	    !member_of(p, "kmem_cache", "list", &off) || !member_of(p, "kmem_cache", "name", &name))
		return;

	struct list_walk w =
		list_walk_from(p->k->mem, head, LIMIT_MODULES, "list of slab caches", p->k->arena);

	while (list_next(&w, &node)) {
		touch(p, node - off, len, STEP);
		touch_string(p, node - off + name);
	}
}

/* pglist_data of every node; without NUMA there is one, in the data. */
static void
touch_nodes(const struct peers *p)
{
	enum { USUAL = 256 << 10 };
	uint64_t array = 0;
	uint64_t node = 0;
	uint64_t len = len_of(p, "pglist_data", USUAL);

	if (!symbols_find(p->k->symbols, "node_data", &array))
		return;
	for (size_t i = 0; i < NODES_MAX; i++) {
		if (memory_word(p->k->mem, array + i * p->k->mem->word_len, &node) != NULL ||
		    !kernel_is_address(p->k, node))
			return;
		touch(p, node, len, PART_MAX);
	}
}

/* Names and addresses of a module's sections, from which its debug file is placed. Each is one
 * struct module_sect_attr, in an array at the end of module_sect_attrs. */
static void
touch_sections(const struct peers *p, const struct module *m)
{
	uint64_t all = 0;
	uint64_t first = 0;
	uint64_t name = 0;
	uint64_t each = len_of(p, "module_sect_attr", 0);
	uint64_t va = 0;

	if (!follow(p, m->va, "module", "sect_attrs", &all) || each == 0 ||
	    !member_of(p, "module_sect_attrs", "attrs", &first))
		return;
	if (!member_of(p, "module_sect_attr", "battr.attr.name", &name))
		return;
	for (size_t i = 0; i < SECTIONS_MAX; i++) {
		va = all + first + i * each;

		uint64_t text = 0;

		if (memory_word(p->k->mem, va + name, &text) != NULL ||
		    !kernel_is_address(p->k, text))
			return;
		touch(p, va, each, STEP);
		touch_string(p, va + name);
	}
}

/* Where a module's build ID is. */
static void
touch_notes(const struct peers *p, const struct module *m)
{
	enum { NOTES = 8 };
	uint64_t all = 0;

	if (follow(p, m->va, "module", "notes_attrs", &all))
		touch(p, all,
		      len_of(p, "module_notes_attrs", 0) + NOTES * len_of(p, "bin_attribute", 0),
		      STEP);
}

static void
touch_modules(const struct peers *p)
{
	for (size_t i = 0; i < p->modules->count; i++) {
		const struct module *m = &p->modules->module[i];

		touch(p, m->va, len_of(p, "module", STEP), REGION_MAX);
		for (size_t r = 0; r < m->region_count; r++)
			touch(p, m->region[r].from, m->region[r].to - m->region[r].from,
			      REGION_MAX);
		touch_sections(p, m);
		touch_notes(p, m);
	}
}

/* crash searches the ORC table by itself, for return addresses and for stale words: all that
 * the lookup table leaves of it for the block of text around va. */
static void
touch_orc(const struct peers *p, uint64_t va)
{
	enum { BLOCK = 256, IP_LEN = 4, ENTRY_LEN = 6 };
	struct symbols *s = p->k->symbols;
	uint64_t text = 0;
	uint64_t lookup = 0;
	uint64_t ip = 0;
	uint64_t entry = 0;
	uint32_t first = 0;
	uint32_t last = 0;

	if (!symbols_is_kernel_text(s, va) || !symbols_find(s, "_stext", &text) || va < text ||
	    !symbols_find(s, "orc_lookup", &lookup) ||
	    !symbols_find(s, "__start_orc_unwind_ip", &ip) ||
	    !symbols_find(s, "__start_orc_unwind", &entry))
		return;
	lookup += (va - text) / BLOCK * IP_LEN;
	if (memory_u32(p->k->mem, lookup, &first) != NULL ||
	    memory_u32(p->k->mem, lookup + IP_LEN, &last) != NULL || last < first)
		return;
	touch(p, ip + (uint64_t)first * IP_LEN, (uint64_t)(last - first + 1) * IP_LEN, STEP);
	touch(p, entry + (uint64_t)first * ENTRY_LEN, (uint64_t)(last - first + 1) * ENTRY_LEN,
	      STEP);
}

static void
touch_function(const struct peers *p, uint64_t va)
{
	struct symbol f = { 0 };

	touch_orc(p, va);
	if (symbols_at(p->k->symbols, va, &f))
		touch(p, f.va, f.len, FUNCTION_MAX);
	touch(p, va, 1, 1);
}

/* The code that a stack leads through, by our account. */
static void
touch_code(const struct peers *p, const struct stack *s)
{
	for (size_t i = 0; i < s->count; i++)
		touch_function(p, s->frame[i].pc);
}

/* By crash's account, every word on the stack of a running task may be a return address. */
static void
touch_words(const struct peers *p, const struct task *t)
{
	uint64_t word = 0;

	for (uint64_t off = 0; off < unwind_stack_len(p->unwind); off += p->k->mem->word_len) {
		if (memory_word(p->k->mem, t->stack + off, &word) == NULL &&
		    symbols_is_text(p->k->symbols, word))
			touch_function(p, word);
	}
}

static void
touch_tasks(const struct peers *p)
{
	uint64_t task_len = len_of(p, "task_struct", STEP * 3);
	uint64_t va = 0;

	for (size_t i = 0; i < p->tasks->count; i++) {
		const struct task *t = &p->tasks->task[i];
		struct stack s;

		touch(p, t->va, task_len, STEP * 16);
		if (kernel_is_address(p->k, t->stack))
			touch(p, t->stack, unwind_stack_len(p->unwind), REGION_MAX);
		if (follow(p, t->va, "task_struct", "thread_pid", &va))
			touch(p, va, len_of(p, "pid", 1), STEP);
		if (follow(p, t->va, "task_struct", "real_cred", &va))
			touch(p, va, len_of(p, "cred", 1), STEP);
		if (t->mm != 0 && kernel_is_address(p->k, t->mm))
			touch(p, t->mm, len_of(p, "mm_struct", 1), STEP * 4);
		if (kernel_is_address(p->k, t->signal))
			touch(p, t->signal, len_of(p, "signal_struct", 1), STEP);
		unwind_task(p->unwind, t, &s);
		touch_code(p, &s);
		if (t->on != NULL && kernel_is_address(p->k, t->stack))
			touch_words(p, t);
	}
}

/* An address of a node among the words of an xarray: bit 1 is set, and it is no small number. */
static bool
is_node(const struct peers *p, uint64_t entry)
{
	return (entry & 3) == 2 && kernel_is_address(p->k, entry);
}

/* The tree of process numbers: every node of it, breadth first. */
static void
touch_pids(const struct peers *p)
{
	uint64_t ns = 0;
	uint64_t head = 0;
	uint64_t slots = 0;
	uint64_t *node = ARENA_TRY_ARRAY(p->k->arena, uint64_t, TREE_NODES_MAX);
	uint64_t len = len_of(p, "xa_node", 0);
	size_t count = 0;

	if (node == NULL || !symbols_find(p->k->symbols, "init_pid_ns", &ns) ||
	    !follow(p, ns, "pid_namespace", "idr.idr_rt.xa_head", &head) ||
	    !member_of(p, "xa_node", "slots", &slots))
		return;
	if (is_node(p, head))
		node[count++] = head & ~3ULL;
	for (size_t i = 0; i < count; i++) {
		touch(p, node[i], len, STEP);
		for (size_t n = 0; n < SLOTS_MAX; n++) {
			uint64_t v = 0;

			if (memory_word(p->k->mem, node[i] + slots + n * p->k->mem->word_len, &v) ==
				    NULL &&
			    is_node(p, v) && count < TREE_NODES_MAX)
				node[count++] = v & ~3ULL;
		}
	}
}

void
peers_read(const struct peers *p)
{
	touch_image(p);
	touch_tables(p);
	touch_nodes(p);
	touch_section_roots(p);
	touch_exception_stacks(p);
	touch_probes(p);
	touch_caches(p);
	touch_modules(p);
	touch_tasks(p);
	touch_pids(p);
}
