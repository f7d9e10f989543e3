/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/peers.h"

#include "kernel/fakemachine.h"
#include "unit.h"

enum {
	READS_MAX = 1 << 16,
};

/* Says which addresses were read. */
struct recorder {
	const struct memory *under;
	struct memory mem;
	uint64_t va[READS_MAX];
	size_t count;
};

static const struct error *
read_recorded(void *self, uint64_t va, void *buf, size_t len)
{
	struct recorder *r = self;

	if (r->count < READS_MAX)
		r->va[r->count++] = va;
	return r->under->read(r->under->self, va, buf, len);
}

static bool
was_read(const struct recorder *r, uint64_t page)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->va[i] / 4096 == page / 4096)
			return true;
	}
	return false;
}

static void
reads_stacks_modules_and_data(void **state)
{
	struct fake *f = machine_new(*state);
	struct module m = { .va = DATA + 0x800,
			    .region = { { FIRST, FIRST + 0x1800, true } },
			    .region_count = 1 };
	struct modules modules = { &m, 1, NULL };
	struct recorder *r = ARENA_NEW(*state, struct recorder);
	struct cpus cpus;
	struct tasks tasks;

	fake_symbol(f, "_sdata", DATA);
	fake_symbol(f, "_edata", DATA + 0x900);
	cpus_read(&f->k, NULL, &cpus);
	assert_null(tasks_read(&f->k, &cpus, &tasks));
	r->under = f->k.mem;
	r->mem = *f->k.mem;
	r->mem.self = r;
	r->mem.read = read_recorded;

	struct peers p = { &f->k, &modules, &cpus, &tasks, unwind_new(&f->k, &modules) };

	f->k.mem = &r->mem;
	peers_read(&p);
	for (uint64_t va = STACK; va < STACK + unwind_stack_len(p.unwind); va += 4096)
		assert_true(was_read(r, va));
	assert_true(was_read(r, FIRST + 0x1000));
	assert_true(was_read(r, DATA));
	assert_true(was_read(r, TASKS));
	assert_false(was_read(r, 0xffffffffdead0000ULL));
}

static void
is_content_with_nothing(void **state)
{
	struct fake *f = fake_new(*state);
	struct modules modules = { NULL, 0, NULL };
	struct cpus cpus = { 0 };
	struct tasks tasks = { 0 };
	struct peers p = { &f->k, &modules, &cpus, &tasks, unwind_new(&f->k, NULL) };

	peers_read(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_stacks_modules_and_data),
		UNIT_TEST(is_content_with_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
