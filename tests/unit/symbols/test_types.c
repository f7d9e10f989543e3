/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/types.h"

#include "symbols/btf_image.h"
#include "unit.h"

/* The types of btf_image.h, and of a module that has none. */
struct world {
	struct types *types;
	size_t modules_asked;
};

static struct btf *
no_module(void *self, struct str name)
{
	struct world *w = self;

	(void)name;
	w->modules_asked++;
	return NULL;
}

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);
	struct image *m = image_new(a);
	struct btf *b = NULL;

	assert_null(btf_open(&m->mem, BTF_VA, m->fake.bytes.len, NULL, a, &b));
	w->types = types_new(a);
	types_add(w->types, btf_source(b, a, no_module, w, NULL));
	return w;
}

static void
finds_members_by_path(void **state)
{
	struct world *w = world_new(*state);
	struct type_member m = { 0 };

	assert_true(types_member_of(w->types, "task_struct", "tasks.prev", &m));
	assert_int_equal(m.off, 32 + 8);
	assert_int_equal(m.len, 8);
	assert_true(types_member_of(w->types, "task_struct", "on_rq", &m));
	assert_int_equal(m.off, 4);
	assert_int_equal(m.bit_off, 1);
	assert_int_equal(m.bit_len, 1);
	assert_false(types_member_of(w->types, "task_struct", "tasks.nosuch", &m));
	assert_false(types_member_of(w->types, "task_struct", "pid.x", &m));
	assert_false(types_member_of(w->types, "nosuch", "pid", &m));
	assert_true(types_member_of(w->types, "list_t", "next", &m)); /* a typedef */
}

static void
says_what_is_at_an_offset(void **state)
{
	struct world *w = world_new(*state);
	struct type t = { 0 };
	struct type at = { 0 };

	assert_true(types_find(w->types, "task_struct", &t));
	assert_string_equal(types_path_at(t, 0, *state, &at), "pid");
	assert_string_equal(types_path_at(t, 2, *state, &at), "pid");
	assert_string_equal(types_path_at(t, 32, *state, &at), "tasks.next");
	assert_string_equal(types_path_at(t, 40, *state, &at), "tasks.prev");
	assert_string_equal(types_text(at, *state), "struct task_struct *");
	assert_string_equal(types_path_at(t, 16, *state, &at), "flag");
	assert_string_equal(types_path_at(t, 24, *state, &at), "deep");
	assert_null(types_path_at(t, 48, *state, &at));
	assert_null(types_path_at(t, UINT64_MAX, *state, &at));
}

static void
spells_types_as_c_does(void **state)
{
	struct world *w = world_new(*state);
	struct type t = { 0 };

	assert_true(types_find(w->types, "task_struct", &t));
	assert_string_equal(types_text(t, *state), "struct task_struct");
	t.id = PTR;
	assert_string_equal(types_text(t, *state), "struct task_struct *");
	t.id = ARRAY;
	assert_string_equal(types_text(t, *state), "struct task_struct *[2]");
	t.id = TYPEDEF;
	assert_string_equal(types_text(t, *state), "list_t");
	t.id = LOOP_B;
	assert_string_equal(types_text(t, *state), "const loop_a");
	t.id = ANON_INNER;
	assert_string_equal(types_text(t, *state), "union {...}");
	t.id = 12345;
	assert_null(types_text(t, *state));
}

static void
knows_parameters_of_functions(void **state)
{
	struct world *w = world_new(*state);
	struct type_member p = { 0 };
	struct type target = { 0 };
	struct type f = { 0 };

	assert_true(types_function(w->types, STR(""), "wake_up_process", &f));
	assert_true(types_parameter(f, 0, &p));
	assert_true(str_is(p.name, STR("task")));
	assert_true(types_target(p.type, &target));
	assert_string_equal(types_text(target, *state), "struct task_struct");
	assert_true(types_parameter(f, 1, &p));
	assert_false(types_target(p.type, &target));
	assert_false(types_parameter(f, 2, &p));
	assert_false(types_function(w->types, STR(""), "nosuch", &f));
}

static void
asks_for_the_types_of_a_module_once(void **state)
{
	struct world *w = world_new(*state);
	struct type f = { 0 };

	assert_false(types_function(w->types, STR("lab"), "wake_up_process", &f));
	assert_false(types_function(w->types, STR("lab"), "lab_read", &f));
	assert_int_equal(w->modules_asked, 1);
}

static void
answers_nothing_without_a_provider(void **state)
{
	struct types *t = types_new(*state);
	struct type none = { 0 };
	struct type_member m;
	uint64_t n = 0;

	assert_false(types_find(t, "task_struct", &none));
	assert_false(types_member(none, "pid", &m));
	assert_false(types_len(none, &n));
	assert_false(types_target(none, &none));
	assert_false(types_parameter(none, 0, &m));
	assert_null(types_text(none, *state));
	assert_null(types_path_at(none, 0, *state, &none));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_members_by_path),
		UNIT_TEST(says_what_is_at_an_offset),
		UNIT_TEST(spells_types_as_c_does),
		UNIT_TEST(knows_parameters_of_functions),
		UNIT_TEST(asks_for_the_types_of_a_module_once),
		UNIT_TEST(answers_nothing_without_a_provider),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
