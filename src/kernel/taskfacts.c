/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/taskfacts.h"

#include "kernel/list.h"
#include "kernel/rss.h"
#include "kernel/taskcontext.h"

#include <inttypes.h>
#include <string.h>

static const struct origin from_task = { ORIGIN_MEMORY, "task_struct" };

void
taskfacts_publish(const struct task *t, struct fact_row *row, struct origin o)
{
	facts_put_number(row, TASK_PID, t->pid, o);
	facts_put_number(row, TASK_TGID, t->tgid, o);
	facts_put_text(row, TASK_COMM, str_of(t->comm), o);
	facts_put_address(row, TASK_ADDRESS, t->va, o);
	facts_put_text(row, TASK_STATE, str_of(tasks_state(t)), o);
	if (t->has_cpu)
		facts_put_number(row, TASK_CPU, t->cpu, o);
}

/* In task_struct since 4.9, at the lowest address of the stack before. */
static void
put_thread_info(const struct kernel *k, const struct task *t, struct fact_row *row)
{
	uint64_t off = 0;

	if (layout_find(k->layout, LAYOUT_TASK_THREAD_INFO, &off))
		facts_put_address(row, TASK_THREAD_INFO, t->va + off, from_task);
	else if (t->stack != 0)
		facts_put_address(row, TASK_THREAD_INFO, t->stack, from_task);
}

static void
put_parents(const struct kernel *k, const struct cpus *cpus, const struct task *t,
	    struct fact_row *row)
{
	enum { GENERATIONS = 64 };
	struct va_set seen = { 0 };
	uint64_t va = t->parent;
	struct task parent;

	for (size_t i = 0; i < GENERATIONS; i++) {
		if (va == t->va || !va_set_add(&seen, va, k->arena) ||
		    !tasks_read_one(k, cpus, va, &parent) || parent.pid == 0)
			break;

		struct fact_row *p = facts_put_row(row, TASK_PARENTS, from_task);

		facts_put_number(p, PARENT_PID, parent.pid, from_task);
		facts_put_text(p, PARENT_COMM, str_of(parent.comm), from_task);
		facts_put_address(p, PARENT_TASK, va, from_task);
		va = parent.parent;
	}
	if (seen.count == 0 && t->parent != 0)
		facts_put_empty(row, TASK_PARENTS, from_task);
}

static void
put_memory(const struct taskfacts *f, struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "mm_struct" };
	enum { PAGES_MAX = 1 << 30 };
	const struct kernel *k = f->k;
	int64_t len = (int64_t)kernel_page_len(k);
	uint64_t vm = 0;
	uint64_t all = 0;
	int64_t rss = 0;

	if (f->task->mm == 0)
		return;
	if (kernel_word(k, f->task->mm, LAYOUT_MM_TOTAL_VM, &vm) && vm < (uint64_t)1 << 40)
		facts_put_number(row, TASK_VM, (int64_t)vm * len, o);
	if (!rss_of_task(k, f->cpus, f->all, f->task, &rss) || rss > PAGES_MAX)
		return;
	facts_put_number(row, TASK_RSS, rss * len, o);
	if ((kernel_symbol_word(k, "_totalram_pages", &all) ||
	     kernel_symbol_word(k, "totalram_pages", &all)) &&
	    all != 0 && all < (uint64_t)1 << 40)
		facts_put_real(row, TASK_MEM_PERCENT, 100.0 * (double)rss / (double)all, o);
}

/* The registers that hold what a system call was asked. */
static const char *const arguments_x86[] = { "rdi", "rsi", "rdx", "r10", "r8", "r9" };
static const char *const arguments_arm64[] = { "x0", "x1", "x2", "x3", "x4", "x5" };

/* The name of a system call is that of the function its table leads to, without what each
 * architecture puts in front. */
static struct str
syscall_name(const struct kernel *k, uint64_t number)
{
	static const char *const prefixes[] = { "__x64_sys_", "__arm64_sys_", "__se_sys_",
						"__do_sys_",  "SyS_",         "sys_" };
	enum { NUMBERS_MAX = 1024 };
	uint64_t table = 0;
	uint64_t function = 0;
	struct symbol s = { 0 };

	if (number >= NUMBERS_MAX || !symbols_find(k->symbols, "sys_call_table", &table) ||
	    memory_word(k->mem, table + number * k->mem->word_len, &function) != NULL ||
	    !symbols_at(k->symbols, function, &s) || s.va != function)
		return (struct str){ NULL, 0 };
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		if (str_take(&s.name, str_of(prefixes[i])))
			return s.name;
	}
	return (struct str){ NULL, 0 };
}

/* The outermost frame tells whether it was a system call that led into the kernel, and not an
 * interrupt or an exception. */
static bool
came_by_syscall(struct unwind *u, const struct stack *stack)
{
	static const char *const entries[] = { "entry_SYSCALL", "el0_svc", "el0t_64_sync" };

	if (stack->count == 0)
		return false;

	struct frame f = unwind_name(u, stack, stack->count - 1, NULL);

	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		if (str_starts(f.function, str_of(entries[i])))
			return true;
	}
	return false;
}

static void
put_syscall(const struct kernel *k, struct unwind *u, const struct stack *stack,
	    struct fact_row *row)
{
	static const struct origin o = { ORIGIN_MEMORY, "registers at the entry to the kernel" };
	bool x86 = k->arch == &arch_x86_64;
	const char *const *arguments = x86 ? arguments_x86 : arguments_arm64;
	uint64_t number = 0;
	uint64_t v = 0;

	if (stack->user == NULL)
		return;
	facts_put_regs(row, TASK_USER_REGISTERS, stack->user, o);
	if (!came_by_syscall(u, stack) || !regs_get(stack->user, x86 ? "orig_rax" : "x8", &number))
		return;

	struct str name = syscall_name(k, number);

	facts_put_number(row, TASK_SYSCALL_NUMBER, (int64_t)number, o);
	if (name.len != 0)
		facts_put_text(row, TASK_SYSCALL_NAME, name, o);
	for (size_t i = 0; i < ARRAY_LEN(arguments_x86); i++) {
		if (regs_get(stack->user, arguments[i], &v))
			facts_put_address(row, TASK_SYSCALL_ARGUMENTS, v, o);
	}
}

void
taskfacts_publish_details(const struct taskfacts *f, struct fact_row *row)
{
	taskfacts_publish(f->task, row, from_task);
	put_thread_info(f->k, f->task, row);
	taskcontext_publish(f->k, f->task, row);
	put_parents(f->k, f->cpus, f->task, row);
	put_memory(f, row);
	put_syscall(f->k, f->unwind, f->stack, row);
}
