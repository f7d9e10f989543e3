/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-where DUMP PLACE...: where in physical memory something of the dumped kernel is.
 *
 * A place is words: where to begin (a symbol, pid:103, 0xffff...), and then steps from there:
 * a member (task_struct.__state), * (follow the pointer), +0x10. It prints a line a place:
 * physical address, the member's length if the last step was one (else 0), virtual address. For
 * tests that change a dump's memory.
 */
#include "base/error.h"
#include "kernel/modules.h"
#include "kernel/tasks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct tool {
	struct arena *a;
	struct dump *dump;
	struct vmem *vmem;
	struct kernel *k;
	struct modules modules;
	struct cpus cpus;
	struct tasks tasks;
};

struct place {
	uint64_t va;
	uint64_t len; /* 0: not known */
};

/* Symbols of modules are told by address alone; their variables lie on words. */
static bool
find_in_module(const struct tool *t, const struct module *m, struct str name, uint64_t *va)
{
	for (size_t i = 0; i < m->region_count; i++) {
		const struct symbols_region *r = &m->region[i];

		for (uint64_t at = r->from; at < r->to; at += 8) {
			struct symbol s = { .va = 0 };

			if (symbols_at(t->k->symbols, at, &s) && s.va == at &&
			    str_is(s.name, name)) {
				*va = at;
				return true;
			}
		}
	}
	return false;
}

static bool
find_symbol(const struct tool *t, struct str name, uint64_t *va)
{
	if (symbols_find(t->k->symbols, str_c(t->a, name), va))
		return true;
	for (size_t i = 0; i < t->modules.count; i++) {
		if (find_in_module(t, &t->modules.module[i], name, va))
			return true;
	}
	return false;
}

static const struct error *
begin(const struct tool *t, struct str word, struct place *out)
{
	struct str pid = word;
	uint64_t n = 0;

	if (str_to_number(word, &out->va))
		return NULL;
	if (!str_starts(word, STR("pid:")) && find_symbol(t, word, &out->va))
		return NULL;
	if (!str_take(&pid, STR("pid:")) || !str_to_number(pid, &n))
		return error_new(t->a, ERROR_ABSENT, "there is no symbol '%.*s'", STR_ARG(word));
	for (size_t i = 0; i < t->tasks.count; i++) {
		if ((uint64_t)t->tasks.task[i].pid == n) {
			out->va = t->tasks.task[i].va;
			return NULL;
		}
	}
	return error_new(t->a, ERROR_ABSENT, "there is no task %" PRIu64, n);
}

static const struct error *
step(const struct tool *t, struct str word, struct place *p)
{
	struct str rest = word;
	struct str structure = { NULL, 0 };
	struct type_member m = { .off = 0 };
	uint64_t n = 0;

	if (str_is(word, STR("*"))) {
		p->len = 0;
		return memory_word(t->k->mem, p->va, &p->va);
	}
	if (str_take(&rest, STR("+")) && str_to_number(rest, &n)) {
		*p = (struct place){ p->va + n, 0 };
		return NULL;
	}
	if (!str_cut(&rest, '.', &structure) ||
	    !types_member_of(t->k->types, str_c(t->a, structure), str_c(t->a, rest), &m))
		return error_new(t->a, ERROR_ABSENT, "there is no member '%.*s'", STR_ARG(word));
	*p = (struct place){ p->va + m.off, m.len };
	return NULL;
}

static const struct error *
print_place(struct tool *t, struct str words)
{
	struct place p = { 0, 0 };
	struct str word = { NULL, 0 };
	uint64_t pa = 0;

	(void)str_take_word(&words, &word);

	const struct error *e = begin(t, word, &p);

	while (e == NULL && str_take_word(&words, &word))
		e = step(t, word, &p);
	if (e == NULL)
		e = vmem_translate(t->vmem, p.va, &pa);
	if (e == NULL)
		printf("0x%" PRIx64 " %" PRIu64 " 0x%" PRIx64 "\n", pa, p.len, p.va);
	return e;
}

static const struct error *
open_dump(struct tool *t, const char *path)
{
	const struct error *e = dump_open(&path, 1, t->a, &t->dump);

	if (e == NULL)
		e = vmem_open(t->dump, t->a, &t->vmem);
	if (e == NULL)
		e = kernel_open(t->dump, t->vmem, t->a, &t->k);
	if (e != NULL)
		return e;
	e = modules_read(t->k, &t->modules); /* and their symbols */
	if (e != NULL)
		return e;
	cpus_read(t->k, t->dump, &t->cpus);
	return tasks_read(t->k, &t->cpus, &t->tasks);
}

int
main(int argc, char **argv)
{
	struct tool t = { .a = arena_new(NULL) };
	const struct error *e =
		argc < 3 ? error_new(t.a, ERROR_USAGE, "usage: dump-where DUMP PLACE...")
			 : open_dump(&t, argv[1]);

	for (int i = 2; e == NULL && i < argc; i++)
		e = print_place(&t, str_of(argv[i]));
	if (e != NULL)
		fprintf(stderr, "dump-where: %s\n", error_text(t.a, e));
	arena_free(t.a);
	return e == NULL ? 0 : 2;
}
