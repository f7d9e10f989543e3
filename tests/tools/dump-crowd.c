/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-crowd.c - the dump of a machine with very many tasks, from that of a small one.
 *
 *	dump-crowd DUMP TASKS OUT
 *
 * The tasks of the small machine (x86_64) that sleep are copied, structure and stack, again and
 * again into memory that it does not have, from 1 GiB on, which its kernel's direct map is
 * told of; and into its list of tasks. OUT is an ELF core with the pages as they are. A copy
 * has a pid, a name, a place in the list and a stack of its own, and shares the rest.
 */
#include "base/error.h"
#include "kernel/unwind.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GIB ((uint64_t)1 << 30)

enum {
	PAGE_LEN = 4096,
	STRUCT_MAX = 16 * PAGE_LEN,
	TEMPLATES_MAX = 256,
	RUNS_MAX = 4096,
	PATCHES_MAX = 64,
	TASKS_MAX = 1000000,
	FIRST_PID = 100000,
	WORD = 8,
};

struct template
{
	const struct task *task;
	uint8_t structure[STRUCT_MAX];
	uint8_t stack[PAGE_LEN]; /* its last page */
};

struct run {
	uint64_t pfn, count;
};

struct patch {
	uint64_t pa, v;
};

struct crowd {
	struct arena *a;
	struct dump *dump;
	struct vmem *vmem;
	struct kernel *k;
	struct cpus cpus;
	struct tasks tasks;
	struct template *from;
	size_t templates;
	uint64_t count;
	uint64_t page_offset; /* where the direct map begins */
	uint64_t stack_len;
	size_t structure_pages;
	struct run run[RUNS_MAX];
	size_t runs;
	struct patch patch[PATCHES_MAX];
	size_t patches;
	FILE *out;
};

static _Noreturn void
die(const char *why)
{
	fprintf(stderr, "dump-crowd: %s\n", why);
	exit(1);
}

static void
must(const struct crowd *c, const struct error *e)
{
	if (e != NULL)
		die(error_text(c->a, e));
}

static uint64_t
off_of(const struct crowd *c, enum layout_id id)
{
	uint64_t off = 0;

	if (!layout_find(c->k->layout, id, &off))
		die("the layout of tasks is not known");
	return off;
}

static void
put(uint8_t *at, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

/* ---- what is copied ---- */

static bool
is_template(const struct crowd *c, const struct task *t)
{
	return t->on == NULL && !t->is_idle && t->pid == t->tgid && t->pid > 1 && t->sp != 0 &&
	       t->stack != 0 && t->state != 0 && t->stack + c->stack_len - t->sp < PAGE_LEN;
}

static void
take_templates(struct crowd *c)
{
	uint64_t len = off_of(c, LAYOUT_TASK);

	c->structure_pages = (len + PAGE_LEN - 1) / PAGE_LEN;
	if (len > STRUCT_MAX)
		die("tasks are too large");
	c->from = ARENA_ARRAY(c->a, struct template, TEMPLATES_MAX);
	for (size_t i = 0; i < c->tasks.count && c->templates < TEMPLATES_MAX; i++) {
		const struct task *t = &c->tasks.task[i];
		struct template *into = &c->from[c->templates];

		if (!is_template(c, t) ||
		    memory_read(c->k->mem, t->va, into->structure, len) != NULL ||
		    memory_read(c->k->mem, t->stack + c->stack_len - PAGE_LEN, into->stack,
				PAGE_LEN) != NULL)
			continue;
		into->task = t;
		c->templates++;
	}
	if (c->templates == 0)
		die("no task sleeps on a stack that is there");
}

/* ---- where the copies are ---- */

static uint64_t
block_len(const struct crowd *c)
{
	return (c->structure_pages + 1) * PAGE_LEN;
}

static uint64_t
clone_at(const struct crowd *c, uint64_t i)
{
	return c->page_offset + GIB + i * block_len(c);
}

static void
add_patch(struct crowd *c, uint64_t pa, uint64_t v)
{
	if (c->patches == PATCHES_MAX)
		die("too many patches");
	c->patch[c->patches++] = (struct patch){ pa, v };
}

static void
patch_va(struct crowd *c, uint64_t va, uint64_t v)
{
	uint64_t pa = 0;

	must(c, vmem_translate(c->vmem, va, &pa));
	add_patch(c, pa, v);
}

/* Pages of 1 GiB in the tables of the direct map. */
static void
map_memory(struct crowd *c)
{
	enum { PRESENT = 1, LARGE_PAGE = 0x1e3, SHIFT_GIB = 30, INDEX = 0x1ff, BITS = 9 };
	static const uint64_t address = 0xffffffffff000;
	uint64_t gibs = (c->count * block_len(c) + GIB - 1) / GIB;

	for (uint64_t g = 1; g <= gibs; g++) {
		uint64_t va = c->page_offset + g * GIB;
		uint64_t table = c->vmem->paging.root;
		int shift = SHIFT_GIB + BITS * (c->vmem->paging.va_bits > 48 ? 2 : 1);

		for (; shift > SHIFT_GIB; shift -= BITS) {
			uint64_t entry = 0;

			must(c, memory_u64(&c->dump->phys, table + WORD * (va >> shift & INDEX),
					   &entry));
			if ((entry & PRESENT) == 0)
				die("the direct map has no table for more memory");
			table = entry & address;
		}
		add_patch(c, table + WORD * (va >> SHIFT_GIB & INDEX), g * GIB | LARGE_PAGE);
	}
}

/* Behind init_task, in front of what came behind it. */
static void
link_clones(struct crowd *c)
{
	uint64_t off = off_of(c, LAYOUT_TASK_TASKS);
	uint64_t init = 0;
	uint64_t next = 0;

	if (!symbols_find(c->k->symbols, "init_task", &init))
		die("there is no init_task");
	must(c, memory_u64(c->k->mem, init + off, &next));
	patch_va(c, init + off, clone_at(c, 0) + off);
	patch_va(c, next + WORD, clone_at(c, c->count - 1) + off);
}

/* ---- one copy ---- */

/* Words that point into the old stack, or at the old task, do so no more. */
static void
move_stack(const struct crowd *c, const struct template *t, uint64_t i, uint8_t *page)
{
	uint64_t old_end = t->task->stack + c->stack_len;
	uint64_t new_end = clone_at(c, i) + block_len(c);

	memcpy(page, t->stack, PAGE_LEN);
	for (size_t at = 0; at < PAGE_LEN; at += WORD) {
		uint64_t v = bytes_u64(page + at, ORDER_LITTLE);

		if (old_end - v <= PAGE_LEN)
			put(page + at, new_end - (old_end - v), WORD);
		else if (v == t->task->va)
			put(page + at, clone_at(c, i), WORD);
	}
}

static void
move_structure(const struct crowd *c, const struct template *t, uint64_t i, uint8_t *s)
{
	uint64_t tasks = off_of(c, LAYOUT_TASK_TASKS);
	uint64_t end = clone_at(c, i) + block_len(c);
	uint64_t init = 0;
	uint64_t first = 0;
	char name[2 * TASK_COMM_LEN] = { 0 };

	if (!symbols_find(c->k->symbols, "init_task", &init))
		die("there is no init_task");
	must(c, memory_u64(c->k->mem, init + tasks, &first));
	memcpy(s, t->structure, c->structure_pages * PAGE_LEN);
	snprintf(name, sizeof(name), "crowd/%" PRIu32, (uint32_t)i);
	memcpy(s + off_of(c, LAYOUT_TASK_COMM), name, TASK_COMM_LEN);
	put(s + off_of(c, LAYOUT_TASK_PID), FIRST_PID + i, 4);
	put(s + off_of(c, LAYOUT_TASK_TGID), FIRST_PID + i, 4);
	put(s + off_of(c, LAYOUT_TASK_STACK), end - c->stack_len, WORD);
	put(s + off_of(c, LAYOUT_TASK_SP), end - (t->task->stack + c->stack_len - t->task->sp),
	    WORD);
	put(s + tasks, i + 1 == c->count ? first : clone_at(c, i + 1) + tasks, WORD);
	put(s + tasks + WORD, (i == 0 ? init : clone_at(c, i - 1)) + tasks, WORD);
}

/* ---- the file ---- */

static void
find_runs(struct crowd *c)
{
	for (uint64_t pfn = 0; pfn < GIB / PAGE_LEN; pfn++) {
		struct run *last = c->runs == 0 ? NULL : &c->run[c->runs - 1];

		if (dump_page_state(c->dump, pfn) != PAGE_PRESENT)
			continue;
		if (last != NULL && last->pfn + last->count == pfn)
			last->count++;
		else if (c->runs < RUNS_MAX)
			c->run[c->runs++] = (struct run){ pfn, 1 };
		else
			die("the pages of the dump lie in too many pieces");
	}
}

static void
out(const struct crowd *c, const void *bytes, size_t len)
{
	if (fwrite(bytes, 1, len, c->out) != len)
		die("cannot write");
}

static void
write_headers(const struct crowd *c, struct str note, uint64_t note_len)
{
	uint64_t headers = sizeof(Elf64_Ehdr) + (c->runs + 2) * sizeof(Elf64_Phdr);
	uint64_t at = (headers + note_len + PAGE_LEN - 1) / PAGE_LEN * PAGE_LEN;
	Elf64_Ehdr h = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			 .e_type = ET_CORE,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_phoff = sizeof(h),
			 .e_ehsize = sizeof(h),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = (uint16_t)(c->runs + 2) };
	Elf64_Phdr p = { .p_type = PT_NOTE, .p_offset = headers, .p_filesz = note_len };
	Elf64_Nhdr n = { .n_namesz = sizeof("VMCOREINFO"), .n_descsz = (Elf64_Word)note.len };
	uint8_t pad[PAGE_LEN] = { 0 };

	out(c, &h, sizeof(h));
	out(c, &p, sizeof(p));
	for (size_t i = 0; i <= c->runs; i++) {
		bool is_crowd = i == c->runs;
		uint64_t len = is_crowd ? c->count * block_len(c) : c->run[i].count * PAGE_LEN;

		p = (Elf64_Phdr){ .p_type = PT_LOAD,
				  .p_offset = at,
				  .p_paddr = is_crowd ? GIB : c->run[i].pfn * PAGE_LEN,
				  .p_filesz = len,
				  .p_memsz = len };
		at += len;
		out(c, &p, sizeof(p));
	}
	out(c, &n, sizeof(n));
	out(c, "VMCOREINFO\0", 12); /* to a multiple of four */
	out(c, note.p, note.len);
	out(c, pad, note_len - sizeof(n) - 12 - note.len);
	out(c, pad, (PAGE_LEN - (headers + note_len) % PAGE_LEN) % PAGE_LEN);
}

static void
write_page(const struct crowd *c, uint64_t pfn)
{
	enum page_state why = PAGE_PRESENT;
	uint8_t page[PAGE_LEN];
	const uint8_t *from = dump_page(c->dump, pfn, &why);

	if (from == NULL)
		die("a page of the dump cannot be read");
	memcpy(page, from, PAGE_LEN);
	for (size_t i = 0; i < c->patches; i++) {
		if (c->patch[i].pa / PAGE_LEN == pfn)
			put(page + c->patch[i].pa % PAGE_LEN, c->patch[i].v, WORD);
	}
	out(c, page, PAGE_LEN);
}

static void
write_file(const struct crowd *c)
{
	struct str note = vmcoreinfo_text(c->dump->vmcoreinfo);
	uint64_t note_len = sizeof(Elf64_Nhdr) + 12 + (note.len + 3) / 4 * 4;
	uint8_t page[PAGE_LEN];
	uint8_t *structure = ARENA_ARRAY(c->a, uint8_t, STRUCT_MAX);

	write_headers(c, note, note_len);
	for (size_t i = 0; i < c->runs; i++) {
		for (uint64_t p = 0; p < c->run[i].count; p++)
			write_page(c, c->run[i].pfn + p);
	}
	for (uint64_t i = 0; i < c->count; i++) {
		const struct template *t = &c->from[i % c->templates];

		move_structure(c, t, i, structure);
		move_stack(c, t, i, page);
		out(c, structure, c->structure_pages * PAGE_LEN);
		out(c, page, PAGE_LEN);
	}
}

static void
read_kernel(struct crowd *c)
{
	uint64_t pa = 0;

	must(c, vmem_open(c->dump, c->a, &c->vmem));
	must(c, kernel_open(c->dump, c->vmem, c->a, &c->k));
	if (c->k->arch != &arch_x86_64 || c->dump->vmcoreinfo == NULL || !c->vmem->has_tables)
		die("that is no x86_64 machine whose page tables are known");
	cpus_read(c->k, c->dump, &c->cpus);
	must(c, tasks_read(c->k, &c->cpus, &c->tasks));
	c->stack_len = unwind_stack_len(unwind_new(c->k, NULL));
	take_templates(c);
	must(c, vmem_translate(c->vmem, c->from[0].task->va, &pa));
	c->page_offset = c->from[0].task->va - pa;
}

int
main(int argc, char **argv)
{
	struct crowd c = { .a = arena_new(NULL) };
	const char *const paths[] = { argc == 4 ? argv[1] : NULL };

	if (argc != 4 || (c.count = strtoull(argv[2], NULL, 10)) == 0 || c.count > TASKS_MAX) {
		fprintf(stderr, "usage: dump-crowd DUMP TASKS OUT\n");
		return 64;
	}
	must(&c, dump_open(paths, 1, c.a, &c.dump));
	read_kernel(&c);
	map_memory(&c);
	link_clones(&c);
	find_runs(&c);
	c.out = fopen(argv[3], "wb");
	if (c.out == NULL)
		die("cannot write");
	write_file(&c);
	if (fclose(c.out) != 0)
		die("cannot write");
	arena_free(c.a);
	return 0;
}
