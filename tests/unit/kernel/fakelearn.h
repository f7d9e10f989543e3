/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakelearn.h - a kernel without types: six tasks and a module, to learn their layouts from.
 */
#ifndef TESTS_FAKELEARN_H
#define TESTS_FAKELEARN_H

#include "kernel/fakekernel.h"

#define INIT 0xffffffff82800000ULL
#define OTHERS 0xffff888000100000ULL
#define STACKS 0xffffc90000000000ULL
#define MODULE 0xffffffffc0002000ULL
#define HEAD 0xffffffff82900000ULL

enum {
	TASKS = 6, /* the first one included */
	SPACE = 0x3000,
	AT_FLAGS = 0x2c,
	AT_TASKS = 0x400,
	AT_MM = 0x450,
	AT_PID = 0x500,
	AT_PARENT = 0x510,
	AT_COMM = 0x700,
	AT_SP = 0x900,
	AT_STACK = 0x20,
	AT_KALLSYMS = 0x220,
	AT_CORE = 0x140,
	AT_ORC = 0x1c0,
};

static inline uint64_t
task(size_t i)
{
	return i == 0 ? INIT : OTHERS + i * SPACE;
}

static inline void
put_task(struct fake *f, size_t i)
{
	static const char *const names[] = { "swapper/0",   "init", "kthreadd",
					     "kworker/0:1", "sshd", "bash" };
	bool user = i == 1 || i >= 4;
	uint64_t mm = user ? OTHERS + 0x100000 + i * 0x1000 : 0;
	size_t next = (i + 1) % TASKS;

	fake_text(f, task(i) + AT_COMM, names[i]);
	fake_put(f, task(i) + AT_STACK, STACKS + i * 0x4000, 8);
	fake_put(f, task(i) + AT_FLAGS, user ? 0x400000 : 0x208040, 4);
	fake_put(f, task(i) + 0x18, i == 0 ? 0 : 1, 4);
	fake_put(f, task(i) + AT_TASKS, task(next) + AT_TASKS, 8);
	fake_put(f, task(next) + AT_TASKS + 8, task(i) + AT_TASKS, 8);
	fake_put(f, task(i) + AT_MM, mm, 8);
	fake_put(f, task(i) + AT_MM + 8, mm != 0 ? mm : 0xffff888000500000ULL, 8);
	fake_put(f, task(i) + AT_PID, i < 3 ? i : i * 10, 4);
	fake_put(f, task(i) + AT_PID + 4, i < 3 ? i : i * 10, 4);
	fake_put(f, task(i) + AT_PARENT, task(i < 3 ? 0 : 1), 8);
	fake_put(f, task(i) + AT_PARENT + 8, task(i < 3 ? 0 : 1), 8);
	fake_put(f, task(i) + AT_SP, STACKS + i * 0x4000 + 0x3e00 - i * 0x40, 8);
}

static inline void
put_module(struct fake *f)
{
	uint64_t base = MODULE - 0x2000;

	fake_put(f, HEAD, MODULE + 8, 8);
	fake_put(f, HEAD + 8, MODULE + 8, 8);
	fake_put(f, MODULE + 8, HEAD, 8);
	fake_put(f, MODULE + 16, HEAD, 8);
	fake_text(f, MODULE + 24, "kdlab");
	fake_put(f, MODULE + AT_CORE, base, 8);
	fake_put(f, MODULE + AT_CORE + 8, 0x4000, 4);
	fake_put(f, MODULE + AT_CORE + 12, 0x1000, 4);
	fake_put(f, MODULE + AT_KALLSYMS, MODULE + AT_KALLSYMS + 8, 8);
	fake_put(f, MODULE + AT_KALLSYMS + 8, base + 0x3000, 8);
	fake_put(f, MODULE + AT_KALLSYMS + 16, 5, 4);
	fake_put(f, MODULE + AT_KALLSYMS + 24, base + 0x3800, 8);
	fake_put(f, MODULE + AT_ORC, 2, 4);
	fake_put(f, MODULE + AT_ORC + 8, base + 0x1000, 8);
	fake_put(f, MODULE + AT_ORC + 16, base + 0x1100, 8);
	fake_put(f, base + 0x1000, (uint32_t)-0x1000, 4);
	fake_put(f, base + 0x1004, (uint32_t)-0x0900, 4);
}

static inline struct fake *
learn_world(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_symbol(f, "init_task", INIT);
	fake_symbol(f, "init_stack", STACKS);
	fake_symbol(f, "modules", HEAD);
	fake_region(f, INIT, SPACE);
	fake_region(f, OTHERS, TASKS * SPACE);
	fake_region(f, HEAD, 0x100);
	fake_region(f, MODULE - 0x2000, 0x4000);
	for (size_t i = 0; i < TASKS; i++)
		put_task(f, i);
	put_module(f);
	return f;
}

#endif
