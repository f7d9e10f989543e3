/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/block.h"

#include "kernel/fakekernel.h"
#include "unit.h"

#define HEAD 0xffffffff82000000ULL
#define SBS 0xffff888000100000ULL
#define TYPES 0xffff888000200000ULL
#define INFOS 0xffff888000300000ULL

enum {
	SB_LEN = 0x100,
	OFF_LIST = 0x10,
	OFF_FLAGS = 0x20,
	OFF_TYPE = 0x28,
	OFF_ID = 0x30,
	OFF_FROZEN = 0x50,
	OFF_INFO = 0x58,
	OFF_EXT4 = 0x18,
	OFF_XFS = 0x20,
};

static uint64_t
sb_at(size_t i)
{
	return SBS + i * SB_LEN;
}

static void
put_link(struct fake *f, uint64_t a, uint64_t b)
{
	fake_put(f, a, b, 8);
	fake_put(f, b + 8, a, 8);
}

static void
add_sb(struct fake *f, size_t i, const char *type, const char *id)
{
	uint64_t at = TYPES + i * 0x40;

	fake_put(f, at, at + 8, 8); /* its name */
	fake_text(f, at + 8, type);
	fake_put(f, sb_at(i) + OFF_TYPE, at, 8);
	fake_text(f, sb_at(i) + OFF_ID, id);
	fake_put(f, sb_at(i) + OFF_INFO, INFOS + i * 0x40, 8);
}

/* ext4, proc, XFS. */
static struct fake *
machine(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_region(f, HEAD, 16);
	fake_region(f, SBS, 0x1000);
	fake_region(f, TYPES, 0x1000);
	fake_region(f, INFOS, 0x1000);
	fake_symbol(f, "super_blocks", HEAD);
	fake_layout(f, LAYOUT_SB_LIST, OFF_LIST, 16);
	fake_layout(f, LAYOUT_SB_FLAGS, OFF_FLAGS, 8);
	fake_layout(f, LAYOUT_SB_TYPE, OFF_TYPE, 8);
	fake_layout(f, LAYOUT_SB_ID, OFF_ID, 32);
	fake_layout(f, LAYOUT_SB_FROZEN, OFF_FROZEN, 4);
	fake_layout(f, LAYOUT_SB_INFO, OFF_INFO, 8);
	fake_layout(f, LAYOUT_FS_TYPE_NAME, 0, 8);
	fake_layout(f, LAYOUT_EXT4_FLAGS, OFF_EXT4, 8);
	fake_layout(f, LAYOUT_XFS_OPSTATE, OFF_XFS, 8);
	add_sb(f, 0, "ext4", "vda1");
	add_sb(f, 1, "proc", "proc");
	add_sb(f, 2, "xfs", "dm-0");
	put_link(f, HEAD, sb_at(0) + OFF_LIST);
	put_link(f, sb_at(0) + OFF_LIST, sb_at(1) + OFF_LIST);
	put_link(f, sb_at(1) + OFF_LIST, sb_at(2) + OFF_LIST);
	put_link(f, sb_at(2) + OFF_LIST, HEAD);
	return f;
}

static const struct fact *
publish(struct fake *f, const struct error **e)
{
	struct facts *facts = facts_new(f->a);

	*e = block_publish_filesystems(&f->k, facts);
	return facts_get(facts_root(facts), FACT_FILESYSTEMS);
}

static const char *
text_of(const struct fact_row *r, enum fact_id id)
{
	struct str s = { NULL, 0 };

	return facts_get_text(r, id, &s) ? s.p : "";
}

static void
lists_what_holds_files(void **state)
{
	const struct error *e = NULL;
	const struct fact *all = publish(machine(*state), &e);

	assert_null(e);
	assert_int_equal(all->count, 2);
	assert_string_equal(text_of(all->values[0].row, FILESYSTEM_TYPE), "ext4");
	assert_string_equal(text_of(all->values[0].row, FILESYSTEM_DEVICE), "vda1");
	assert_string_equal(text_of(all->values[1].row, FILESYSTEM_TYPE), "xfs");
	assert_string_equal(text_of(all->values[0].row, FILESYSTEM_TROUBLE), "");
	assert_false(facts_get(all->values[0].row, FILESYSTEM_SHUTDOWN)->values[0].flag);
}

static void
tells_which_are_frozen(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *all = NULL;

	fake_put(f, sb_at(0) + OFF_FROZEN, 4, 4);
	fake_put(f, sb_at(2) + OFF_FROZEN, 77, 4); /* no such state */
	all = publish(f, &e);
	assert_string_equal(text_of(all->values[0].row, FILESYSTEM_FROZEN), "complete");
	assert_string_equal(text_of(all->values[0].row, FILESYSTEM_TROUBLE),
			    "frozen: whoever writes to it waits");
	assert_string_equal(text_of(all->values[1].row, FILESYSTEM_FROZEN), "");
}

static void
tells_which_are_shut_down(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *all = NULL;

	fake_put(f, INFOS + OFF_EXT4, 1 << 1, 8);
	fake_put(f, INFOS + 2 * 0x40 + OFF_XFS, 1 << 2, 8);
	all = publish(f, &e);
	assert_true(facts_get(all->values[0].row, FILESYSTEM_SHUTDOWN)->values[0].flag);
	assert_true(facts_get(all->values[1].row, FILESYSTEM_SHUTDOWN)->values[0].flag);
	assert_string_equal(text_of(all->values[1].row, FILESYSTEM_TROUBLE),
			    "shut down: it fails whatever it is asked");
}

static void
says_nothing_where_the_types_do_not_reach(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;
	const struct fact *all = NULL;

	fake_put(f, sb_at(0) + OFF_INFO, 0, 8);
	all = publish(f, &e);
	assert_int_equal(facts_get(all->values[0].row, FILESYSTEM_SHUTDOWN)->count, 0);
}

static void
ends_a_list_that_leads_astray(void **state)
{
	struct fake *f = machine(*state);
	const struct error *e = NULL;

	fake_put(f, sb_at(2) + OFF_LIST, sb_at(0) + OFF_LIST, 8);
	(void)publish(f, &e);
	assert_non_null(e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(lists_what_holds_files),
		UNIT_TEST(tells_which_are_frozen),
		UNIT_TEST(tells_which_are_shut_down),
		UNIT_TEST(says_nothing_where_the_types_do_not_reach),
		UNIT_TEST(ends_a_list_that_leads_astray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
