/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_machine.c - CPUs, tasks and modules of a hostile kernel: lists that go round, counts
 * that lie, pointers into anything.
 *
 * Records of six bytes {region, offset of 2 bytes, kind, value of 2 bytes} change a machine
 * that is in order.
 */
#include "kernel/stacks.h"

#include "kernel/fakemachine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
change(struct fake *f, const uint8_t *record)
{
	struct fake_change c = fake_change_of(f, record, 8);

	switch (c.kind % 4) {
	case 0:
		fake_put(f, c.at, c.v, 4);
		break;
	case 1: /* a pointer to a list in some task */
		fake_put(f, c.at, task_at(c.v % MACHINE_TASKS) + OFF_TASKS, 8);
		break;
	case 2:
		fake_put(f, c.at, f->region[c.v % f->regions].va + (c.v & 0xff8), 8);
		break;
	default:
		fake_put(f, c.at, c.v << 48 | c.v, 8);
		break;
	}
}

static void
read_all(struct fake *f)
{
	struct modules modules = { 0 };
	struct facts *facts = facts_new(f->a);
	struct task panic;
	struct cpus cpus;
	struct tasks tasks;

	cpus_read(&f->k, NULL, &cpus);
	if (modules_read(&f->k, &modules) == NULL)
		modules_publish(&modules, facts);
	if (tasks_read(&f->k, &cpus, &tasks) != NULL)
		return;

	struct stacks s = { .k = &f->k,
			    .cpus = &cpus,
			    .tasks = &tasks,
			    .unwind = unwind_new(&f->k, &modules),
			    .all = true };

	stacks_open(&s);

	if (stacks_find_panic(&s, 1, &panic))
		(void)stacks_publish_panic(&s, &panic, NULL, facts);
	stacks_publish_cpus(&s, facts);
	stacks_publish_tasks(&s, facts);
	stacks_publish_blamed(&s, 20, NULL, facts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 8 << 20);
	struct arena *a = arena_new(&budget);
	struct fake *f = machine_new(a);

	/* Modules as well: their list is in the data, and what they hold overlaps the tasks. */
	fake_symbol(f, "modules", DATA + 0x300);
	fake_put(f, DATA + 0x300, SIGNALS + 0x808, 8);
	fake_put(f, DATA + 0x308, SIGNALS + 0x808, 8);
	fake_put(f, SIGNALS + 0x808, DATA + 0x300, 8);
	fake_put(f, SIGNALS + 0x810, DATA + 0x300, 8);
	fake_text(f, SIGNALS + 0x818, "lab");
	fake_layout(f, LAYOUT_MODULE_STATE, 0, 4);
	fake_layout(f, LAYOUT_MODULE_LIST, 8, 16);
	fake_layout(f, LAYOUT_MODULE_NAME, 0x18, 56);
	fake_layout(f, LAYOUT_MODULE_MEM, 0x60, 7 * 16);
	fake_layout(f, LAYOUT_MODULE_REGION, 16, 0);
	fake_layout(f, LAYOUT_MODULE_REGION_BASE, 0, 8);
	fake_layout(f, LAYOUT_MODULE_REGION_LEN, 8, 4);
	fake_layout(f, LAYOUT_MODULE_KALLSYMS, 0x180, 8);
	fake_layout(f, LAYOUT_MOD_KALLSYMS_SYMTAB, 0, 8);
	fake_layout(f, LAYOUT_MOD_KALLSYMS_COUNT, 8, 4);
	fake_layout(f, LAYOUT_MOD_KALLSYMS_STRTAB, 16, 8);
	fake_layout(f, LAYOUT_MODULE_NUM_ORCS, 0x188, 4);
	fake_layout(f, LAYOUT_MODULE_ORC_IP, 0x190, 8);
	fake_layout(f, LAYOUT_MODULE_ORC, 0x198, 8);
	fake_put(f, SIGNALS + 0x860, TEXT + 0x10000000, 8);
	fake_put(f, SIGNALS + 0x868, 0x1000, 4);
	for (size_t i = 0; i + FAKE_CHANGE_LEN <= len; i += FAKE_CHANGE_LEN)
		change(f, data + i);
	read_all(f);
	arena_free(a);
	return 0;
}
