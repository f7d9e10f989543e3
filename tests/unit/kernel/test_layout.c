/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/layout.h"

#include "unit.h"

#include <string.h>

/* Types of a kernel in which task_struct has a few members. */
struct fake_types {
	const char *const *members; /* NULL-terminated; each 8 bytes */
	size_t asked;
};

static bool
find(const struct type_source *s, const char *name, struct type *out)
{
	struct fake_types *f = s->self;

	f->asked++;
	*out = (struct type){ s, 1 };
	return strcmp(name, "task_struct") == 0;
}

static bool
function(const struct type_source *s, struct str module, const char *name, struct type *out)
{
	(void)s, (void)module, (void)name, (void)out;
	return false;
}

static bool
len(struct type t, uint64_t *out)
{
	*out = t.id == 1 ? 0x1000 : 8;
	return true;
}

static bool
member(struct type t, struct str name, struct type_member *out)
{
	const struct fake_types *f = t.source->self;

	for (size_t i = 0; t.id == 1 && f->members[i] != NULL; i++) {
		if (!str_is_c(name, f->members[i]))
			continue;
		*out = (struct type_member){ .off = 16 * i, .len = 8, .type = { t.source, 2 } };
		return true;
	}
	return false;
}

static struct layout *
layout_with(struct arena *a, struct fake_types *f, const struct vmcoreinfo *info)
{
	struct type_source *s = ARENA_NEW(a, struct type_source);
	struct types *t = types_new(a);

	*s = (struct type_source){ .name = "fake",
				   .self = f,
				   .find = find,
				   .function = function,
				   .len = len,
				   .member = member };
	types_add(t, s);
	return layout_new(t, info, a);
}

static void
finds_members_by_their_new_and_old_names(void **state)
{
	static const char *const modern[] = { "thread_info", "__state", NULL };
	static const char *const old[] = { "state", "stack", NULL };
	struct fake_types f = { .members = modern };
	uint64_t off = 0;

	assert_true(layout_find(layout_with(*state, &f, NULL), LAYOUT_TASK_STATE, &off));
	assert_int_equal(off, 16);
	f.members = old;
	assert_true(layout_find(layout_with(*state, &f, NULL), LAYOUT_TASK_STATE, &off));
	assert_int_equal(off, 0);
}

static void
knows_lengths_of_structures_and_members(void **state)
{
	static const char *const members[] = { "pid", NULL };
	struct fake_types f = { .members = members };
	struct layout *l = layout_with(*state, &f, NULL);
	uint64_t off = 0;

	assert_true(layout_find(l, LAYOUT_TASK, &off));
	assert_int_equal(off, 0x1000);
	assert_int_equal(layout_len(l, LAYOUT_TASK_PID), 8);
	assert_int_equal(layout_len(l, LAYOUT_TASK_TGID), 0);
	assert_int_equal(layout_source(l, LAYOUT_TASK_PID), LAYOUT_FROM_TYPES);
	assert_int_equal(layout_source(l, LAYOUT_TASK_TGID), LAYOUT_UNKNOWN);
}

static void
asks_once(void **state)
{
	static const char *const members[] = { "pid", NULL };
	struct fake_types f = { .members = members };
	struct layout *l = layout_with(*state, &f, NULL);
	uint64_t off = 0;

	assert_true(layout_find(l, LAYOUT_TASK_PID, &off));
	assert_true(layout_find(l, LAYOUT_TASK_PID, &off));
	assert_false(layout_find(l, LAYOUT_TASK_COMM, &off));
	assert_false(layout_find(l, LAYOUT_TASK_COMM, &off));
	assert_int_equal(f.asked, 2);
}

static void
asks_types_before_vmcoreinfo(void **state)
{
	static const char *const members[] = { "x", "pid", NULL };
	struct fake_types f = { .members = members };
	struct vmcoreinfo *info = vmcoreinfo_parse(
		*state, STR("OFFSET(task_struct.pid)=4\nOFFSET(uts_namespace.name)=4\n"
			    "SIZE(rq)=3000\n"));
	struct layout *l = layout_with(*state, &f, info);
	uint64_t off = 0;

	assert_true(layout_find(l, LAYOUT_TASK_PID, &off));
	assert_int_equal(off, 16);
	assert_true(layout_find(l, LAYOUT_UTS_NAME, &off));
	assert_int_equal(off, 4);
	assert_int_equal(layout_source(l, LAYOUT_UTS_NAME), LAYOUT_FROM_VMCOREINFO);
}

static void
learns_only_what_nobody_knows(void **state)
{
	static const char *const members[] = { "x", "pid", NULL };
	struct fake_types f = { .members = members };
	struct layout *l = layout_with(*state, &f, NULL);
	uint64_t off = 0;

	layout_learn(l, LAYOUT_TASK_PID, 4, 4);
	layout_learn(l, LAYOUT_TASK_COMM, 8, 16);
	assert_true(layout_find(l, LAYOUT_TASK_PID, &off));
	assert_int_equal(off, 16);
	assert_true(layout_find(l, LAYOUT_TASK_COMM, &off));
	assert_int_equal(off, 8);
	assert_int_equal(layout_source(l, LAYOUT_TASK_COMM), LAYOUT_LEARNED);
	assert_int_equal(layout_learned(l), 1);
}

static void
believes_no_absurd_offset(void **state)
{
	struct vmcoreinfo *info =
		vmcoreinfo_parse(*state, STR("OFFSET(task_struct.pid)=18446744073709551615\n"));
	struct layout *l = layout_new(NULL, info, *state);
	uint64_t off = 7;

	assert_false(layout_find(l, LAYOUT_TASK_PID, &off));
	assert_int_equal(off, 7);
}

static void
has_a_row_for_every_member(void **state)
{
	for (int id = 0; id < LAYOUT_COUNT; id++) {
		const char *name = layout_name((enum layout_id)id, *state);

		assert_non_null(name);
		assert_true(strlen(name) > 1);
	}
	assert_string_equal(layout_name(LAYOUT_TASK, *state), "task_struct");
	assert_string_equal(layout_name(LAYOUT_MODULE_NUM_ORCS, *state), "module.arch.num_orcs");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_members_by_their_new_and_old_names),
		UNIT_TEST(knows_lengths_of_structures_and_members),
		UNIT_TEST(asks_once),
		UNIT_TEST(asks_types_before_vmcoreinfo),
		UNIT_TEST(learns_only_what_nobody_knows),
		UNIT_TEST(believes_no_absurd_offset),
		UNIT_TEST(has_a_row_for_every_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
