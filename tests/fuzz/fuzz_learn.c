/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_learn.c - a hostile kernel without types, or with neither types nor names of data.
 *
 * The first byte says what is missing; then records of six bytes {region, offset of 2 bytes, kind,
 * value of 2 bytes} change a kernel whose layouts can be learned. What was learned is then used.
 */
#include "kernel/learn.h"
#include "kernel/modules.h"
#include "kernel/recover.h"
#include "kernel/tasks.h"

#include "base/limits.h"
#include "kernel/fakelearn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
change(struct fake *f, const uint8_t *record)
{
	struct fake_change c = fake_change_of(f, record, 4);

	switch (c.kind % 5) {
	case 0:
		fake_put(f, c.at, c.v, 4);
		break;
	case 1: /* the list of tasks, from somewhere to somewhere */
		fake_put(f, c.at & ~(uint64_t)7, task(c.v % TASKS) + AT_TASKS, 8);
		break;
	case 2:
		fake_put(f, c.at & ~(uint64_t)7, f->region[c.v % f->regions].va + (c.v & 0xff8), 8);
		break;
	case 3:
		fake_put(f, c.at & ~(uint64_t)7, MODULE + (c.v & 0xff8), 8);
		break;
	default:
		fake_put(f, c.at, c.v << 48 | c.v, 8);
		break;
	}
}

/* Without names of data the layouts are known, and the objects are searched for in the image. */
static void
forget_names(struct fake *f)
{
	static const char *const names[] = { "_stext", "_etext" };

	f->symbols = 0;
	fake_symbol(f, names[0], INIT - 0x1000);
	fake_symbol(f, names[1], INIT);
	fake_layout(f, LAYOUT_TASK_COMM, AT_COMM, 16);
	fake_layout(f, LAYOUT_TASK_TASKS, AT_TASKS, 16);
	fake_layout(f, LAYOUT_TASK_PID, AT_PID, 4);
	fake_layout(f, LAYOUT_TASK_TGID, AT_PID + 4, 4);
	fake_layout(f, LAYOUT_MODULE_LIST, 8, 16);
	fake_layout(f, LAYOUT_MODULE_NAME, 24, 56);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct budget budget = budget_of(0, 32 << 20);
	struct arena *a = arena_new(&budget);
	struct fake *f = learn_world(a);
	struct modules modules = { NULL, 0, NULL };
	struct cpus cpus = { 0 };
	struct tasks tasks = { 0 };

	for (size_t i = 1; i + FAKE_CHANGE_LEN <= len; i += FAKE_CHANGE_LEN)
		change(f, data + i);
	if (len != 0 && data[0] % 4 == 0) {
		forget_names(f);
		(void)recover_btf(&f->k);
		recover_objects(&f->k);
	} else {
		if (len != 0 && data[0] % 4 == 1)
			f->k.arch = &arch_arm64;
		learn_layouts(&f->k);
	}
	if (modules_read(&f->k, &modules) == NULL && modules.count > LIMIT_MODULES)
		abort();
	cpus_read(&f->k, NULL, &cpus);
	if (tasks_read(&f->k, &cpus, &tasks) == NULL && tasks.count > LIMIT_TASKS)
		abort();
	arena_free(a);
	return 0;
}
