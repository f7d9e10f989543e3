/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakemachine.h - a kernel with two CPUs and a few tasks, for tests.
 *
 * Task 0 is the idle task of CPU 0 and the head of the list, task 1 is init, task 2 has a
 * second thread (3), task 4 is the idle task of CPU 1 and on no list.
 */
#ifndef TESTS_FAKEMACHINE_H
#define TESTS_FAKEMACHINE_H

#include "kernel/fakestack.h"

#define TASKS 0xffff888000100000ULL
#define SIGNALS 0xffff888000200000ULL
#define DATA 0xffffffff82800000ULL
#define PERCPU 0xffff888007000000ULL

enum {
	MACHINE_TASKS = 5,
	TASK_LEN = 0x400,
	OFF_STATE = 0x18,
	OFF_STACK = 0x20,
	OFF_FLAGS = 0x2c,
	OFF_CPU = 0x34,
	OFF_TASKS = 0x100,
	OFF_PID = 0x120,
	OFF_TGID = 0x124,
	OFF_PARENT = 0x128,
	OFF_MM = 0x130,
	OFF_THREAD_NODE = 0x140,
	OFF_SIGNAL = 0x150,
	OFF_EXIT_STATE = 0x158,
	OFF_LAST = 0x160,
	OFF_SP = 0x168,
	OFF_COMM = 0x180,
	OFF_THREAD_HEAD = 0x10,
	/* In DATA. */
	AT_OFFSETS = 0x100,
	AT_CPU_IDS = 0x180,
	AT_POSSIBLE = 0x200,
	AT_ONLINE = 0x208,
	AT_PANIC_CPU = 0x210,
	AT_CRASH_NOTES = 0x218,
	/* Of each CPU. */
	PERCPU_STRIDE = 0x10000,
	PERCPU_CURRENT = 0x40,
	PERCPU_IDLE = 0x48,
	PERCPU_NOTES = 0x1000,
};

static inline uint64_t
task_at(size_t i)
{
	return TASKS + i * TASK_LEN;
}

static inline uint64_t
percpu_at(size_t cpu)
{
	return PERCPU + cpu * PERCPU_STRIDE;
}

static inline void
link_nodes(struct fake *f, uint64_t a, uint64_t b)
{
	fake_put(f, a, b, 8);
	fake_put(f, b + 8, a, 8);
}

static inline void
machine_layouts(struct fake *f)
{
	static const struct {
		enum layout_id id;
		uint64_t off;
	} known[] = {
		{ LAYOUT_TASK_STATE, OFF_STATE },
		{ LAYOUT_TASK_STACK, OFF_STACK },
		{ LAYOUT_TASK_FLAGS, OFF_FLAGS },
		{ LAYOUT_TASK_CPU, OFF_CPU },
		{ LAYOUT_TASK_TASKS, OFF_TASKS },
		{ LAYOUT_TASK_PID, OFF_PID },
		{ LAYOUT_TASK_TGID, OFF_TGID },
		{ LAYOUT_TASK_REAL_PARENT, OFF_PARENT },
		{ LAYOUT_TASK_MM, OFF_MM },
		{ LAYOUT_TASK_THREAD_NODE, OFF_THREAD_NODE },
		{ LAYOUT_TASK_SIGNAL, OFF_SIGNAL },
		{ LAYOUT_TASK_EXIT_STATE, OFF_EXIT_STATE },
		{ LAYOUT_TASK_LAST_ARRIVAL, OFF_LAST },
		{ LAYOUT_TASK_SP, OFF_SP },
		{ LAYOUT_TASK_COMM, OFF_COMM },
		{ LAYOUT_SIGNAL_THREAD_HEAD, OFF_THREAD_HEAD },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		fake_layout(f, known[i].id, known[i].off, 0);
}

static inline void
machine_task(struct fake *f, size_t i, uint32_t pid, uint32_t tgid, const char *comm)
{
	fake_put(f, task_at(i) + OFF_PID, pid, 4);
	fake_put(f, task_at(i) + OFF_TGID, tgid, 4);
	fake_put(f, task_at(i) + OFF_PARENT, task_at(i > 1 ? 1 : 0), 8);
	fake_put(f, task_at(i) + OFF_SIGNAL, SIGNALS + (i == 3 ? 2 : i) * 0x40, 8);
	fake_put(f, task_at(i) + OFF_STACK, STACK, 8);
	fake_put(f, task_at(i) + OFF_LAST, 1000000000ULL * (i + 1), 8);
	fake_text(f, task_at(i) + OFF_COMM, comm);
}

static inline void
machine_lists(struct fake *f)
{
	link_nodes(f, task_at(0) + OFF_TASKS, task_at(1) + OFF_TASKS);
	link_nodes(f, task_at(1) + OFF_TASKS, task_at(2) + OFF_TASKS);
	link_nodes(f, task_at(2) + OFF_TASKS, task_at(0) + OFF_TASKS);
	for (size_t i = 0; i < 3; i++) {
		uint64_t head = SIGNALS + i * 0x40 + OFF_THREAD_HEAD;
		uint64_t first = task_at(i) + OFF_THREAD_NODE;
		uint64_t last = task_at(i == 2 ? 3 : i) + OFF_THREAD_NODE;

		link_nodes(f, head, first);
		if (last != first)
			link_nodes(f, first, last);
		link_nodes(f, last, head);
	}
}

static inline void
machine_cpus(struct fake *f)
{
	fake_symbol(f, "__per_cpu_offset", DATA + AT_OFFSETS);
	fake_symbol(f, "nr_cpu_ids", DATA + AT_CPU_IDS);
	fake_symbol(f, "__cpu_possible_mask", DATA + AT_POSSIBLE);
	fake_symbol(f, "__cpu_online_mask", DATA + AT_ONLINE);
	fake_symbol(f, "panic_cpu", DATA + AT_PANIC_CPU);
	fake_symbol(f, "crash_notes", DATA + AT_CRASH_NOTES);
	fake_symbol(f, "current_task", PERCPU_CURRENT);
	fake_symbol(f, "idle_threads", PERCPU_IDLE);
	fake_symbol(f, "init_task", task_at(0));
	fake_put(f, DATA + AT_CPU_IDS, 2, 4);
	fake_put(f, DATA + AT_POSSIBLE, 3, 8);
	fake_put(f, DATA + AT_ONLINE, 2, 8);
	fake_put(f, DATA + AT_PANIC_CPU, 1, 4);
	fake_put(f, DATA + AT_CRASH_NOTES, PERCPU_NOTES, 8);
	for (size_t cpu = 0; cpu < 2; cpu++) {
		fake_put(f, DATA + AT_OFFSETS + 8 * cpu, percpu_at(cpu), 8);
		fake_put(f, percpu_at(cpu) + PERCPU_IDLE, task_at(cpu == 0 ? 0 : 4), 8);
		fake_put(f, percpu_at(cpu) + PERCPU_CURRENT, task_at(cpu == 0 ? 0 : 3), 8);
	}
}

static inline struct fake *
machine_new(struct arena *a)
{
	struct fake *f = stack_fake_new(a);

	fake_region(f, TASKS, MACHINE_TASKS * TASK_LEN);
	fake_region(f, SIGNALS, 0x1000);
	fake_region(f, DATA, 0x1000);
	fake_region(f, PERCPU, 2 * PERCPU_STRIDE);
	machine_layouts(f);
	machine_task(f, 0, 0, 0, "swapper/0");
	machine_task(f, 1, 1, 1, "init");
	machine_task(f, 2, 20, 20, "server");
	machine_task(f, 3, 21, 20, "server-worker");
	machine_task(f, 4, 0, 0, "swapper/1");
	machine_lists(f);
	machine_cpus(f);
	return f;
}

/* A note of the CPU's, as crash_save_cpu() writes it. */
static inline void
machine_note(struct fake *f, size_t cpu, uint32_t pid, uint64_t rip, uint64_t cs)
{
	uint64_t at = percpu_at(cpu) + PERCPU_NOTES;

	fake_put(f, at, 5, 4);
	fake_put(f, at + 4, 336, 4);
	fake_put(f, at + 8, 1, 4);
	fake_text(f, at + 12, "CORE");
	fake_put(f, at + 20 + 32, pid, 4);
	fake_put(f, at + 20 + 112 + 128, rip, 8);
	fake_put(f, at + 20 + 112 + 136, cs, 8);
}

#endif
