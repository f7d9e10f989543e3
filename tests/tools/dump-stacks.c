/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-stacks.c - what a kernel says of itself, as JSON: modules, CPUs, and every task with
 * its stack. For comparison with other readers of the same dump.
 *
 *	dump-stacks [-s|-b|-t] FILE...
 *
 * -s prints all symbols instead, as /proc/kallsyms does; -b does without BTF, by layouts that
 * are learned, -t without symbols of data.
 */
#include "base/error.h"
#include "kernel/unwind.h"

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
	struct unwind *unwind;
	unsigned int without;
};

static int
fail(struct tool *t, const struct error *e)
{
	fprintf(stderr, "dump-stacks: %s\n", error_text(t->a, e));
	return 2;
}

static void
complain(struct tool *t, const struct error *e)
{
	if (e != NULL)
		fprintf(stderr, "dump-stacks: %s\n", error_text(t->a, e));
}

/* Names of tasks may hold any byte. */
static void
print_text(const char *s)
{
	putchar('"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\' || (unsigned char)*s < ' ' || (unsigned char)*s > '~')
			printf("\\u%04x", (unsigned char)*s);
		else
			putchar(*s);
	}
	putchar('"');
}

static void
print_stack(struct tool *t, const struct task *task, const struct stack *s)
{
	printf("\"whole\":%s,\"problem\":", s->whole ? "true" : "false");
	print_text(s->problem == NULL ? "" : error_text(t->a, s->problem));
	printf(",\"user\":%s,\"frames\":[", s->user != NULL ? "true" : "false");
	for (size_t i = 0; i < s->count; i++) {
		struct frame f = unwind_name(t->unwind, s, i, task);

		printf("%s{\"pc\":\"0x%" PRIx64 "\",\"sp\":\"0x%" PRIx64 "\",\"found\":%d,",
		       i == 0 ? "" : ",", f.address, s->frame[i].sp, (int)s->frame[i].found);
		printf("\"function\":\"%.*s\",\"offset\":%" PRIu64 ",\"module\":\"%.*s\","
		       "\"context\":\"%.*s\"}",
		       STR_ARG(f.function), f.offset, STR_ARG(f.module), STR_ARG(f.context));
	}
	putchar(']');
}

static void
print_tasks(struct tool *t)
{
	for (size_t i = 0; i < t->tasks.count; i++) {
		const struct task *task = &t->tasks.task[i];
		struct stack s;

		unwind_task(t->unwind, task, &s);
		printf("%s\n{\"task\":\"0x%" PRIx64 "\",\"pid\":%d,\"tgid\":%d,\"state\":\"%s\","
		       "\"cpu\":%d,\"comm\":",
		       i == 0 ? "" : ",", task->va, (int)task->pid, (int)task->tgid,
		       tasks_state(task), task->on == NULL ? -1 : (int)task->on->number);
		print_text(task->comm);
		putchar(',');
		print_stack(t, task, &s);
		putchar('}');
	}
}

static void
print_json(struct tool *t)
{
	struct task panic;
	bool has_panic = tasks_find_panic(t->k, &t->cpus, &t->tasks, &panic);

	printf("{\"symbols\":\"%s\",\"unwinder\":\"%s\",\"learned\":%zu,\"cpus\":%zu,"
	       "\"panic_cpu\":%d,\"panic_pid\":%d,\"modules\":[",
	       symbols_source(t->k->symbols),
	       unwind_source(t->unwind) == NULL ? "" : unwind_source(t->unwind),
	       layout_learned(t->k->layout), t->cpus.count,
	       t->cpus.panic == NULL ? -1 : (int)t->cpus.panic->number,
	       has_panic ? (int)panic.pid : -1);
	for (size_t i = 0; i < t->modules.count; i++) {
		const struct module *m = &t->modules.module[i];

		printf("%s{\"name\":\"%.*s\",\"address\":\"0x%" PRIx64 "\",\"bytes\":%" PRIu64
		       ",\"taint\":\"%s\",\"build_id\":\"%.*s\"}",
		       i == 0 ? "" : ",", STR_ARG(m->name), m->text, m->bytes,
		       modules_taint_text(m, t->a), STR_ARG(m->build_id));
	}
	printf("],\"tasks\":[");
	print_tasks(t);
	printf("]}\n");
}

static int
print_symbols(struct tool *t)
{
	struct kallsyms_location at = { 0 };
	struct kallsyms *all = NULL;
	struct kallsyms_symbol s = { 0 };
	uint64_t stext = 0;
	const struct error *e = NULL;

	(void)(t->dump->vmcoreinfo != NULL &&
	       vmcoreinfo_symbol(t->dump->vmcoreinfo, "_stext", &stext));
	e = t->dump->vmcoreinfo == NULL
		    ? kallsyms_scan(&t->vmem->mem, stext, t->a, &at)
		    : kallsyms_locate(&t->vmem->mem, t->dump->vmcoreinfo, t->a, &at);
	if (e != NULL)
		e = kallsyms_scan(&t->vmem->mem, stext, t->a, &at);
	if (e == NULL)
		e = kallsyms_open(&t->vmem->mem, &at, stext, t->a, &all);
	if (e != NULL)
		return fail(t, e);
	for (uint32_t i = 0; i < kallsyms_count(all); i++) {
		if (kallsyms_get(all, i, &s))
			printf("%016" PRIx64 " %c %s\n", s.va, s.type, s.name.p);
	}
	return 0;
}

static int
print_kernel(struct tool *t)
{
	const struct error *e = kernel_open_without(t->dump, t->vmem, t->without, t->a, &t->k);

	if (e != NULL)
		return fail(t, e);
	complain(t, t->k->no_types);
	complain(t, modules_read(t->k, &t->modules));
	complain(t, t->modules.problem);
	cpus_read(t->k, t->dump, &t->cpus);
	complain(t, tasks_read(t->k, &t->cpus, &t->tasks));
	complain(t, t->tasks.problem);
	t->unwind = unwind_new(t->k, &t->modules);
	print_json(t);
	return 0;
}

static unsigned int
option(const char *word)
{
	if (strcmp(word, "-b") == 0)
		return KERNEL_WITHOUT_BTF;
	return strcmp(word, "-t") == 0 ? KERNEL_WITHOUT_DATA_SYMBOLS : 0;
}

int
main(int argc, char **argv)
{
	bool symbols = argc > 1 && strcmp(argv[1], "-s") == 0;
	unsigned int without = argc > 1 ? option(argv[1]) : 0;
	int first = symbols || without != 0 ? 2 : 1;
	struct tool t = { .a = arena_new(NULL), .without = without };
	const struct error *e = NULL;
	int status = 64;

	if (argc <= first) {
		fprintf(stderr, "usage: dump-stacks [-s|-b|-t] FILE...\n");
	} else {
		e = dump_open((const char *const *)argv + first, (size_t)(argc - first), t.a,
			      &t.dump);
		if (e == NULL)
			e = vmem_open(t.dump, t.a, &t.vmem);
		if (e != NULL)
			status = fail(&t, e);
		else
			status = symbols ? print_symbols(&t) : print_kernel(&t);
	}
	arena_free(t.a);
	return status;
}
