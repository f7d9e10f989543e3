/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/expression.h"

#include "symbols/btf_image.h"
#include "unit.h"

/* A pointer to the task_struct of btf_image.h. */
static struct type
pointer(struct arena *a)
{
	struct image *m = image_new(a);
	struct type t = { 0 };
	struct btf *b = NULL;
	struct types *types = types_new(a);

	assert_null(btf_open(&m->mem, BTF_VA, m->fake.bytes.len, NULL, a, &b));
	types_add(types, btf_source(b, a, NULL, NULL, NULL));
	assert_true(types_find(types, "task_struct", &t));
	t.id = PTR;
	return t;
}

static void
follows_pointers_from_member_to_member(void **state)
{
	static const int64_t disp[] = { 32, 40, 0 };
	struct expression e = { 0 };

	assert_true(expression_of(pointer(*state), "task", disp, 3, *state, &e));
	assert_string_equal(e.text, "task->tasks.next->tasks.prev->pid");
	assert_string_equal(e.base, "task->tasks.next->tasks.prev");
	assert_string_equal(e.type, "struct task_struct *");
	assert_string_equal(e.member, "pid");
}

static void
does_not_go_where_types_do_not_lead(void **state)
{
	static const int64_t through_a_number[] = { 0, 0 };
	static const int64_t before[] = { -8 };
	static const int64_t behind[] = { 4096 + 1 };
	struct expression e = { 0 };

	assert_false(expression_of(pointer(*state), "task", through_a_number, 2, *state, &e));
	assert_false(expression_of(pointer(*state), "task", before, 1, *state, &e));
	assert_false(expression_of(pointer(*state), "task", behind, 1, *state, &e));
	assert_false(expression_of(pointer(*state), "task", before, 0, *state, &e));
	assert_null(e.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(follows_pointers_from_member_to_member),
		UNIT_TEST(does_not_go_where_types_do_not_lead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
