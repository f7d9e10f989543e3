/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/files.h"

#include "kernel/fakefiles.h"
#include "unit.h"

static struct tasks
tasks_of(struct fake *f, struct cpus *cpus)
{
	struct tasks t;

	cpus_read(&f->k, NULL, cpus);
	assert_null(tasks_read(&f->k, cpus, &t));
	return t;
}

static const struct fact_row *
row_of(struct facts *f, size_t i)
{
	const struct fact *v = facts_get(facts_root(f), FACT_TASKS_PANIC_FILES);

	assert_true(i < v->count);
	return v->values[i].row;
}

static void
check_text(const struct fact_row *r, enum fact_id id, const char *want)
{
	struct str s = { NULL, 0 };

	assert_true(facts_get_text(r, id, &s));
	assert_string_equal(s.p, want);
}

static void
lists_files_with_their_names_across_mounts(void **state)
{
	struct fake *f = files_fake_new(*state);
	struct facts *facts = facts_new(*state);
	struct cpus cpus;
	struct tasks t = tasks_of(f, &cpus);

	files_publish(&f->k, &t, tasks_pid(&t, 20), facts);
	assert_int_equal(facts_get(facts_root(facts), FACT_TASKS_PANIC_FILES)->count, 3);
	check_text(row_of(facts, 0), OPEN_FILE_PATH, "/proc/trigger");
	check_text(row_of(facts, 0), OPEN_FILE_TYPE, "REG");
	check_text(row_of(facts, 1), OPEN_FILE_PATH, "socket:[77]");
	check_text(row_of(facts, 1), OPEN_FILE_TYPE, "SOCK");
	check_text(row_of(facts, 2), OPEN_FILE_PATH, "/log (deleted)");
}

static void
names_a_file_by_its_inode(void **state)
{
	enum { OFF_ALIAS = 0x38, OFF_ALIASES = 0x18, OFF_ID = 0x10 };
	struct fake *f = files_fake_new(*state);
	struct inode_file i;

	fake_layout(f, LAYOUT_INODE_DENTRY, OFF_ALIASES, 8);
	fake_layout(f, LAYOUT_DENTRY_ALIAS, OFF_ALIAS, 8);
	fake_layout(f, LAYOUT_SB_ID, OFF_ID, 8);
	fake_text(f, FILES_AT(SB) + OFF_ID, "vda1");
	assert_true(files_at_inode(&f->k, FILES_AT(INODE), &i));
	assert_int_equal(i.ino, 5);
	assert_int_equal(i.path.len, 0); /* no name of it is in memory */
	fake_put(f, FILES_AT(INODE) + OFF_ALIASES, FILES_AT(TRIGGER) + OFF_ALIAS, 8);
	assert_true(files_at_inode(&f->k, FILES_AT(INODE), &i));
	assert_string_equal(i.path.p, "/trigger");
	assert_string_equal(i.fs.p, "proc");
	assert_string_equal(i.device.p, "vda1");
	fake_put(f, FILES_AT(INODE) + OFF_ALIASES, FILES_AT(LOG) + OFF_ALIAS, 8);
	assert_true(files_at_inode(&f->k, FILES_AT(INODE), &i));
	assert_string_equal(i.path.p, "/log (deleted)");
	assert_false(files_at_inode(&f->k, 0x1000, &i));
}

static void
names_processes_that_have_the_same_file_open(void **state)
{
	struct fake *f = files_fake_new(*state);
	struct facts *facts = facts_new(*state);
	const struct fact *also = NULL;
	struct cpus cpus;
	struct tasks t = tasks_of(f, &cpus);

	files_publish(&f->k, &t, tasks_pid(&t, 20), facts);
	also = facts_get(row_of(facts, 0), OPEN_FILE_ALSO);
	assert_int_equal(also->count, 1);
	assert_int_equal(also->values[0].number, 1); /* and not its own thread 21 */
	assert_true(facts_get(row_of(facts, 1), OPEN_FILE_ALSO)->empty_list);
}

static void
knows_that_a_kernel_thread_has_none(void **state)
{
	struct fake *f = files_fake_new(*state);
	struct facts *facts = facts_new(*state);
	struct cpus cpus;
	struct tasks t = tasks_of(f, &cpus);

	fake_put(f, task_at(1) + FILES_OFF_TASK, 0, 8);
	files_publish(&f->k, &t, tasks_pid(&t, 1), facts);
	assert_true(facts_get(facts_root(facts), FACT_TASKS_PANIC_FILES)->empty_list);
}

static void
counts_what_it_does_not_show(void **state)
{
	struct fake *f = files_fake_new(*state);
	struct facts *facts = facts_new(*state);
	int64_t more = 0;
	struct cpus cpus;
	struct tasks t = tasks_of(f, &cpus);

	fake_put(f, FILES_AT(FDT), 100, 4);
	for (size_t i = 0; i < 100; i++)
		fake_put(f, FILES_AT(FDS) + 8 * i, FILES_AT(SOCKET), 8);
	files_publish(&f->k, &t, tasks_pid(&t, 20), facts);
	assert_int_equal(facts_get(facts_root(facts), FACT_TASKS_PANIC_FILES)->count, 64);
	assert_true(facts_get_number(facts_root(facts), FACT_TASKS_PANIC_FILES_MORE, &more));
	assert_int_equal(more, 36);
}

static void
gives_no_name_to_a_ring_of_directories(void **state)
{
	struct fake *f = files_fake_new(*state);

	fake_put(f, FILES_AT(PROC_ROOT) + FILES_OFF_PARENT, FILES_AT(TRIGGER), 8);
	fake_put(f, FILES_AT(PROC_MNT), FILES_AT(LOG), 8); /* the root is not on the way */
	assert_int_equal(files_path(&f->k, FILES_AT(PROC_MNT), FILES_AT(TRIGGER)).len, 0);
	assert_int_equal(files_path(&f->k, 1, 2).len, 0);
}

static void
gives_no_name_to_a_ring_of_mounts(void **state)
{
	struct fake *f = files_fake_new(*state);

	fake_put(f, FILES_AT(ROOT_MNT) - FILES_OFF_MNT, FILES_AT(PROC_MNT) - FILES_OFF_MNT, 8);
	fake_put(f, FILES_AT(ROOT_MNT) - FILES_OFF_MNT + 8, FILES_AT(LOG), 8);
	assert_true(files_path(&f->k, FILES_AT(PROC_MNT), FILES_AT(TRIGGER)).len < 4096);
}

static void
survives_every_flipped_byte(void **state)
{
	for (size_t i = 0; i < FILES_LEN; i++) {
		struct arena *a = arena_new_temporary(*state);
		struct fake *f = files_fake_new(a);
		struct facts *facts = facts_new(a);
		struct cpus cpus;
		struct tasks t = tasks_of(f, &cpus);
		uint8_t byte = 0;

		assert_null(memory_u8(&f->mem, FILES + i, &byte));
		fake_put(f, FILES + i, byte ^ 0xff, 1);
		files_publish(&f->k, &t, tasks_pid(&t, 20), facts);
		assert_true(facts_get(facts_root(facts), FACT_TASKS_PANIC_FILES)->count <= 64);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(lists_files_with_their_names_across_mounts),
		UNIT_TEST(names_a_file_by_its_inode),
		UNIT_TEST(names_processes_that_have_the_same_file_open),
		UNIT_TEST(knows_that_a_kernel_thread_has_none),
		UNIT_TEST(counts_what_it_does_not_show),
		UNIT_TEST(gives_no_name_to_a_ring_of_directories),
		UNIT_TEST(gives_no_name_to_a_ring_of_mounts),
		UNIT_TEST(survives_every_flipped_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
