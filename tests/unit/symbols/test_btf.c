/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/btf.h"

#include "symbols/btf_image.h"
#include "unit.h"

enum {
	STRUCTS = 1 << BTF_STRUCT | 1 << BTF_UNION,
};

static struct btf *
open_image(struct image *m, struct arena *a)
{
	struct btf *b = NULL;

	assert_null(btf_open(&m->mem, BTF_VA, m->fake.bytes.len, NULL, a, &b));
	return b;
}

static void
finds_types_by_name_and_kind(void **state)
{
	struct btf *b = open_image(image_new(*state), *state);
	struct btf_type t = { 0 };
	uint64_t len = 0;

	assert_true(btf_find(b, STRUCTS, "task_struct", &t));
	assert_int_equal(t.id, TASK);
	assert_true(btf_len(b, t.id, &len));
	assert_int_equal(len, 48);
	assert_true(str_is(btf_name(b, &t), STR("task_struct")));
	assert_false(btf_find(b, 1 << BTF_TYPEDEF, "task_struct", &t));
	assert_false(btf_find(b, STRUCTS, "task", &t));
	assert_false(btf_find(b, STRUCTS, "", &t));
	assert_true(btf_find(b, 1 << BTF_FUNC, "wake_up_process", &t));
	assert_int_equal(t.id, FUNC);
}

static void
reads_no_further_than_the_answer(void **state)
{
	struct btf *b = open_image(image_new(*state), *state);
	struct btf_type t = { 0 };

	assert_true(btf_find(b, STRUCTS, "list_head", &t));
	assert_true(btf_walked(b) < 100);
}

static void
finds_members_in_anonymous_structures(void **state)
{
	struct btf *b = open_image(image_new(*state), *state);
	struct btf_member m = { 0 };

	assert_true(btf_member(b, TASK, STR("deep"), &m));
	assert_int_equal(m.bit_off, 128 + 64);
	assert_int_equal(m.bit_len, 0);
	assert_true(btf_member(b, TASK, STR("flag"), &m));
	assert_int_equal(m.bit_off, 128);
	assert_false(btf_member(b, TASK, STR("dee"), &m));
	assert_false(btf_member(b, TASK, STR("next"), &m));
	assert_false(btf_member(b, INT, STR("next"), &m));
}

static void
knows_bit_fields_from_whole_members(void **state)
{
	struct btf *b = open_image(image_new(*state), *state);
	struct btf_member m = { 0 };

	assert_true(btf_member(b, TASK, STR("on_rq"), &m));
	assert_int_equal(m.bit_off, 33);
	assert_int_equal(m.bit_len, 1);
	assert_true(btf_member(b, TASK, STR("pid"), &m));
	assert_int_equal(m.bit_len, 0);
}

static void
knows_the_values_of_enumerations(void **state)
{
	struct image *m = image_new(*state);
	struct btf *b = NULL;
	uint64_t v = 7;

	type(m, BTF_ENUM, 2, "pageflags", 4);
	put32(m->types, &m->types_len, string(m, "PG_locked"));
	put32(m->types, &m->types_len, 0);
	put32(m->types, &m->types_len, string(m, "PG_reserved"));
	put32(m->types, &m->types_len, 12);
	close_image(m, BTF_VA);
	b = open_image(m, *state);
	assert_true(btf_enumerator(b, "pageflags", "PG_reserved", &v));
	assert_int_equal(v, 12);
	assert_false(btf_enumerator(b, "pageflags", "PG_reserve", &v));
	assert_false(btf_enumerator(b, "task_struct", "pid", &v));
}

static void
looks_through_typedefs_but_not_for_ever(void **state)
{
	struct btf *b = open_image(image_new(*state), *state);
	struct btf_member m = { 0 };
	struct btf_type t = { 0 };
	uint64_t len = 0;

	assert_true(btf_member(b, TASK, STR("tasks"), &m));
	assert_true(btf_plain(b, m.type, &t));
	assert_int_equal(t.id, LIST);
	assert_false(btf_plain(b, LOOP_A, &t));
	assert_false(btf_len(b, LOOP_B, &len));
	assert_false(btf_member(b, SELF, STR("x"), &m));
}

static void
multiplies_arrays_out(void **state)
{
	struct btf *b = open_image(image_new(*state), *state);
	struct btf_type t = { 0 };
	uint32_t element = 0;
	uint32_t count = 0;
	uint64_t len = 0;

	assert_true(btf_len(b, ARRAY, &len));
	assert_int_equal(len, 16);
	assert_true(btf_type(b, ARRAY, &t));
	assert_true(btf_array(b, &t, &element, &count));
	assert_int_equal(element, PTR);
	assert_int_equal(count, 2);
	assert_false(btf_len(b, FUNC, &len));
}

static void
names_parameters(void **state)
{
	struct btf *b = open_image(image_new(*state), *state);
	struct btf_parameter p = { 0 };
	struct btf_type t = { 0 };

	assert_true(btf_type(b, PROTO, &t));
	assert_true(btf_parameter(b, &t, 0, &p));
	assert_true(str_is(p.name, STR("task")));
	assert_int_equal(p.type, PTR);
	assert_true(btf_parameter(b, &t, 1, &p));
	assert_int_equal(p.name.len, 0);
	assert_false(btf_parameter(b, &t, 2, &p));
}

static void
continues_vmlinux_in_a_module(void **state)
{
	struct btf *base = open_image(image_new(*state), *state);
	struct image *m = ARENA_NEW(*state, struct image);
	struct btf_split split = { .base = base };
	struct btf *b = NULL;
	struct btf_type t = { 0 };
	struct btf_member member = { 0 };

	/* Its numbers and strings go on where those of vmlinux end. */
	put32(m->types, &m->types_len, (uint32_t)image_new(*state)->strings_len);
	put32(m->types, &m->types_len, (uint32_t)BTF_STRUCT << 24 | 1);
	put32(m->types, &m->types_len, 48);
	words(m, 0, TASK, 0);
	string(m, "lab_dev");
	close_image(m, BTF_VA);
	assert_null(btf_open(&m->mem, BTF_VA, m->fake.bytes.len, &split, *state, &b));

	assert_true(btf_type(b, SELF + 1, &t));
	assert_true(str_is(btf_name(b, &t), STR("lab_dev")));
	assert_true(btf_find(b, STRUCTS, "task_struct", &t));
	assert_int_equal(t.id, TASK);
	assert_true(btf_member(b, SELF + 1, STR("deep"), &member));
	assert_int_equal(member.bit_off, 192);
	assert_true(btf_find(b, STRUCTS, "lab_dev", &t));
	assert_int_equal(t.id, SELF + 1);
}

static void
refuses_headers_that_lie(void **state)
{
	for (size_t i = 0; i < 24; i++) {
		struct image *m = image_new(*state);
		struct btf *b = NULL;

		m->all[i] ^= 0xff;
		assert_non_null(btf_open(&m->mem, BTF_VA, m->fake.bytes.len, NULL, *state, &b));
		assert_null(b);
	}
}

static void
ask_everything(struct image *m, size_t len, struct arena *parent)
{
	struct arena *a = arena_new_temporary(parent);
	struct btf *b = NULL;
	struct btf_type t;
	struct btf_member member;
	struct btf_parameter p;
	uint64_t n = 0;

	if (btf_open(&m->mem, BTF_VA, len, NULL, a, &b) == NULL) {
		btf_find(b, 1 << BTF_FUNC, "wake_up_process", &t);
		if (btf_find(b, STRUCTS, "task_struct", &t))
			btf_member(b, t.id, STR("deep"), &member);
		for (uint32_t id = 0; id < 20; id++) {
			btf_len(b, id, &n);
			if (btf_type(b, id, &t))
				btf_parameter(b, &t, 0, &p);
			btf_member(b, id, STR("nosuch"), &member);
		}
	}
	arena_free(a);
}

static void
survives_every_flipped_byte(void **state)
{
	struct image *m = image_new(*state);

	for (size_t i = 0; i < m->fake.bytes.len; i++) {
		for (unsigned bit = 1; bit < 256; bit *= 2) {
			m->all[i] ^= (uint8_t)bit;
			ask_everything(m, m->fake.bytes.len, *state);
			m->all[i] ^= (uint8_t)bit;
		}
	}
}

static void
survives_every_truncation(void **state)
{
	struct image *m = image_new(*state);
	size_t whole = m->fake.bytes.len;

	for (size_t len = 0; len < whole; len++) {
		struct btf *b = NULL;

		assert_non_null(btf_open(&m->mem, BTF_VA, len, NULL, *state, &b));
		m->fake.bytes.len = len; /* and a hole in memory */
		ask_everything(m, whole, *state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_types_by_name_and_kind),
		UNIT_TEST(reads_no_further_than_the_answer),
		UNIT_TEST(finds_members_in_anonymous_structures),
		UNIT_TEST(knows_bit_fields_from_whole_members),
		UNIT_TEST(knows_the_values_of_enumerations),
		UNIT_TEST(looks_through_typedefs_but_not_for_ever),
		UNIT_TEST(multiplies_arrays_out),
		UNIT_TEST(names_parameters),
		UNIT_TEST(continues_vmlinux_in_a_module),
		UNIT_TEST(refuses_headers_that_lie),
		UNIT_TEST(survives_every_flipped_byte),
		UNIT_TEST(survives_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
