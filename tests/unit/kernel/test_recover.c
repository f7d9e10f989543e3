/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/recover.h"

#include "kernel/fakekernel.h"
#include "unit.h"

#define TEXT 0xffffffff81000000ULL
#define DATA 0xffffffff81002000ULL
#define MODULE 0xffffffffc0002000ULL
#define OTHER 0xffff888000100000ULL

enum {
	DATA_LEN = 0x40000,
	AT_BTF = 0x1100,
	AT_TASK = 0x3000,
	AT_HEAD = 0x5010,
	AT_ORC = 0x8ff0, /* begins in the middle of a page */
	ORCS = 20000,
	OFF_TASKS = 0x40,
	OFF_PID = 0x60,
	OFF_COMM = 0x80,
};

static struct fake *
world(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_symbol(f, "_stext", TEXT);
	fake_symbol(f, "_etext", DATA);
	fake_region(f, TEXT, DATA - TEXT);
	fake_region(f, DATA, DATA_LEN);
	fake_region(f, MODULE, 0x100);
	fake_region(f, OTHER, 0x100);
	fake_layout(f, LAYOUT_TASK_COMM, OFF_COMM, 16);
	fake_layout(f, LAYOUT_TASK_TASKS, OFF_TASKS, 16);
	fake_layout(f, LAYOUT_TASK_PID, OFF_PID, 4);
	fake_layout(f, LAYOUT_TASK_TGID, OFF_PID + 4, 4);
	fake_layout(f, LAYOUT_MODULE_LIST, 8, 16);
	fake_layout(f, LAYOUT_MODULE_NAME, 24, 56);

	fake_put(f, DATA + AT_BTF, 0x0001eb9f, 4);
	fake_put(f, DATA + AT_BTF + 4, 24, 4);
	fake_put(f, DATA + AT_BTF + 12, 0x1800, 4);
	fake_put(f, DATA + AT_BTF + 16, 0x1800, 4);
	fake_put(f, DATA + AT_BTF + 20, 0x300, 4);

	/* The first "swapper" is only a text. */
	fake_text(f, DATA + 0x2100, "swapper");
	fake_text(f, DATA + AT_TASK + OFF_COMM, "swapper/0");
	fake_put(f, DATA + AT_TASK + OFF_TASKS, OTHER + OFF_TASKS, 8);
	fake_put(f, OTHER + OFF_TASKS + 8, DATA + AT_TASK + OFF_TASKS, 8);

	fake_put(f, DATA + AT_HEAD, MODULE + 8, 8);
	fake_put(f, DATA + AT_HEAD + 8, MODULE + 8, 8);
	fake_put(f, MODULE + 8, DATA + AT_HEAD, 8);
	fake_put(f, MODULE + 16, DATA + AT_HEAD, 8);
	fake_text(f, MODULE + 24, "virtio_blk");

	for (uint64_t i = 0; i < ORCS; i++) {
		uint64_t at = DATA + AT_ORC + 4 * i;

		fake_put(f, at, TEXT + i / 4 - at, 4);
	}
	return f;
}

static void
check(struct fake *f, const char *name, uint64_t want)
{
	uint64_t va = 0;

	assert_true(symbols_find(f->k.symbols, name, &va));
	assert_int_equal(va, want);
}

static void
finds_what_has_no_names(void **state)
{
	struct fake *f = world(*state);

	assert_true(recover_btf(&f->k));
	recover_objects(&f->k);
	check(f, "__start_BTF", DATA + AT_BTF);
	check(f, "__stop_BTF", DATA + AT_BTF + 24 + 0x1800 + 0x300);
	check(f, "init_task", DATA + AT_TASK);
	check(f, "modules", DATA + AT_HEAD);
	check(f, "__start_orc_unwind_ip", DATA + AT_ORC);
	check(f, "__start_orc_unwind", DATA + AT_ORC + 4 * ORCS);
}

static void
finds_nothing_that_does_not_hold_together(void **state)
{
	struct fake *f = world(*state);
	uint64_t va = 0;

	fake_put(f, DATA + AT_BTF + 16, 0x1801, 4);
	fake_put(f, DATA + AT_TASK + OFF_PID, 7, 4);
	fake_put(f, MODULE + 16, DATA, 8);
	for (uint64_t page = 0; page < ORCS; page += 512)
		fake_put(f, DATA + AT_ORC + 4 * page, 0, 4);
	assert_false(recover_btf(&f->k));
	recover_objects(&f->k);
	assert_false(symbols_find(f->k.symbols, "init_task", &va));
	assert_false(symbols_find(f->k.symbols, "modules", &va));
	assert_false(symbols_find(f->k.symbols, "__start_orc_unwind", &va));
}

static void
gives_up_without_text(void **state)
{
	struct fake *f = fake_new(*state);

	assert_false(recover_btf(&f->k));
	recover_objects(&f->k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_what_has_no_names),
		UNIT_TEST(finds_nothing_that_does_not_hold_together),
		UNIT_TEST(gives_up_without_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
