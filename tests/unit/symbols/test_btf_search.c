/* SPDX-License-Identifier: GPL-2.0-or-later */
#define BTF_ROOM (1 << 20)
#include "symbols/btf_image.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	UNITS = 256, /* compile units */
	STRUCTS = 8,
	FUNCTIONS = 30, /* of each */
	ALL = UNITS * FUNCTIONS,
	FUNCTION_LEN = 1024, /* bytes of text */
	SPREAD = 389,        /* so that the order of names is not that of the text */
};

#define TEXT_VA 0xffffffff81000000ULL

/* How pahole came by the order of functions. */
enum order {
	ONE_THREAD,
	THREADS,
	BY_NAME,
};

struct kernel_types {
	struct image image;
	char name[ALL][64]; /* of functions, in the order of the text */
};

static const char *
member_name(size_t unit, size_t i)
{
	static char name[32];

	snprintf(name, sizeof(name), "u%zu_m%zu", unit, i);
	return name;
}

static void
put_types(struct image *m, size_t unit)
{
	char name[32];

	for (size_t i = 0; i < STRUCTS; i++) {
		snprintf(name, sizeof(name), "unit%zu_struct%zu", unit, i);

		uint32_t id = type(m, BTF_STRUCT, 3, name, 12);

		words(m, string(m, member_name(unit, 3 * i)), INT, 0);
		words(m, string(m, member_name(unit, 3 * i + 1)), INT, 32);
		words(m, string(m, member_name(unit, 3 * i + 2)), INT, 64);
		type(m, BTF_PTR, 0, "", id);
	}
}

/* Every second one has a prototype of its own, the others that of the first. */
static void
put_function(struct image *m, const char *name, size_t i)
{
	uint32_t proto = PROTO;

	if (i % 2 == 0) {
		proto = type(m, BTF_FUNC_PROTO, 1, "", INT);
		put32(m->types, &m->types_len, 0);
		put32(m->types, &m->types_len, m->count - 2);
	}
	type(m, BTF_FUNC, 0, name, proto);
}

static void
put_unit(struct kernel_types *k, size_t unit)
{
	put_types(&k->image, unit);
	for (size_t i = 0; i < FUNCTIONS; i++)
		put_function(&k->image, k->name[unit * FUNCTIONS + i], i);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
put_sorted(struct kernel_types *k)
{
	const char *name[ALL];

	for (size_t u = 0; u < UNITS; u++)
		put_types(&k->image, u);
	for (size_t i = 0; i < ALL; i++)
		name[i] = k->name[i];
	qsort(name, ALL, sizeof(*name), compare_names);
	for (size_t i = 0; i < ALL; i++)
		put_function(&k->image, name[i], i);
}

static struct kernel_types *
make(enum order order, struct arena *a)
{
	enum { THREAD_COUNT = 4 };
	struct kernel_types *k = ARENA_NEW(a, struct kernel_types);

	memcpy(&k->image, image_new(a), sizeof(k->image));
	for (size_t i = 0; i < ALL; i++)
		snprintf(k->name[i], sizeof(k->name[i]),
			 "fn%05zu_of_unit%zu_with_a_name_as_long_as_they_come", i * SPREAD % ALL,
			 i / FUNCTIONS);
	if (order == BY_NAME)
		put_sorted(k);
	for (size_t u = 0; order == ONE_THREAD && u < UNITS; u++)
		put_unit(k, u);
	for (size_t u = 0; order == THREADS && u < UNITS; u++)
		put_unit(k, u * THREAD_COUNT % UNITS + u * THREAD_COUNT / UNITS);
	close_image(&k->image, BTF_VA);
	return k;
}

/* Which function has that name; false if it is none. */
static bool
function_of(const struct kernel_types *k, const char *name, size_t *out)
{
	size_t unit = 0;

	if (sscanf(name, "fn%*u_of_unit%zu", &unit) != 1 || unit >= UNITS)
		return false;
	for (*out = unit * FUNCTIONS; *out < (unit + 1) * FUNCTIONS; ++*out) {
		if (strcmp(k->name[*out], name) == 0)
			return true;
	}
	return false;
}

static void
know_addresses(void *self, struct kallsyms_query *q, size_t count)
{
	size_t i = 0;

	for (size_t n = 0; n < count; n++) {
		q[n].found = function_of(self, q[n].name, &i);
		q[n].va = TEXT_VA + i * FUNCTION_LEN;
	}
}

/* The same kernel in no order that makes sense. */
static void
lie_about_addresses(void *self, struct kallsyms_query *q, size_t count)
{
	know_addresses(self, q, count);
	for (size_t i = 0; i < count; i++)
		q[i].va = TEXT_VA + (q[i].va - TEXT_VA) * 7919 % (ALL * FUNCTION_LEN);
}

static struct btf *
open_types(struct kernel_types *k, struct arena *a)
{
	struct btf *b = NULL;

	assert_null(btf_open(&k->image.mem, BTF_VA, k->image.fake.bytes.len, NULL, a, &b));
	return b;
}

/* Every function of a kernel against the walk from the front; pages that one took on average. */
static size_t
find_all(struct kernel_types *k, const struct btf_hint *hint, struct arena *parent)
{
	enum { STEP = 29 };
	struct btf *whole = open_types(k, parent);
	size_t pages = 0;

	for (size_t i = 0; i < ALL; i += STEP) {
		struct arena *a = arena_new_temporary(parent);
		struct btf *b = open_types(k, a);
		struct btf_type want = { .value = 0 };
		uint32_t proto = 0;

		assert_true(btf_find(whole, 1 << BTF_FUNC, k->name[i], &want));
		assert_true(btf_function(b, k->name[i], hint, &proto));
		assert_int_equal(proto, want.value);
		pages += btf_pages(b);
		arena_free(a);
	}
	return pages / ((ALL + STEP - 1) / STEP);
}

static void
finds_functions_in_every_order(void **state)
{
	for (enum order order = ONE_THREAD; order <= BY_NAME; order++) {
		struct kernel_types *k = make(order, *state);
		size_t pages = k->image.fake.bytes.len / 4096;
		struct btf_hint hint = { know_addresses, k };
		struct btf_hint lie = { lie_about_addresses, k };

		assert_true(find_all(k, &hint, *state) * 3 < pages);
		assert_true(find_all(k, NULL, *state) * 2 < pages);
		assert_true(find_all(k, &lie, *state) < pages);
	}
}

static void
says_when_there_is_none(void **state)
{
	for (enum order order = ONE_THREAD; order <= BY_NAME; order++) {
		struct kernel_types *k = make(order, *state);
		struct btf_hint hint = { know_addresses, k };
		struct btf *b = open_types(k, *state);
		uint32_t proto = 77;

		assert_false(btf_function(b, "no_such_function", &hint, &proto));
		assert_false(btf_function(b, "u3_m7", &hint, &proto)); /* a member */
		assert_false(btf_function(b, "unit3_struct7", &hint, &proto));
		assert_false(btf_function(b, "", &hint, &proto));
		assert_int_equal(proto, 77);
	}
}

/* Nothing tells where such a function stands. */
static void
finds_a_function_that_is_called_like_a_structure(void **state)
{
	struct kernel_types *k = make(ONE_THREAD, *state);
	struct btf_hint hint = { know_addresses, k };
	struct btf *b = NULL;
	uint32_t proto = 0;

	put32(k->image.types, &k->image.types_len, 1 + sizeof("int")); /* "list_head" */
	put32(k->image.types, &k->image.types_len, (uint32_t)BTF_FUNC << 24);
	put32(k->image.types, &k->image.types_len, PROTO);
	close_image(&k->image, BTF_VA);
	b = open_types(k, *state);
	assert_true(btf_function(b, "list_head", &hint, &proto));
	assert_int_equal(proto, PROTO);
}

/* In an order that takes none near the one before. */
static void
numbers_types_as_the_walk_does(void **state)
{
	for (enum order order = ONE_THREAD; order <= BY_NAME; order++) {
		struct kernel_types *k = make(order, *state);
		struct btf *whole = open_types(k, *state);
		struct btf *b = open_types(k, *state);
		uint32_t count = k->image.count;

		for (uint32_t i = 0; i < count; i++) {
			uint32_t id = (uint32_t)((uint64_t)i * 2477 % count) + 1;
			struct btf_type t = { .name = 0 };
			struct btf_type want = { .name = 0 };

			assert_true(btf_type(whole, id, &want));
			assert_true(btf_type(b, id, &t));
			assert_int_equal(t.body, want.body);
			assert_int_equal(t.kind, want.kind);
		}
		assert_false(btf_type(b, count + 1, &(struct btf_type){ .name = 0 }));
	}
}

static void
reads_little_for_a_type_far_behind(void **state)
{
	struct kernel_types *k = make(THREADS, *state);
	struct btf *b = open_types(k, *state);
	struct btf_type t = { .name = 0 };

	assert_true(btf_type(b, k->image.count * 2 / 3, &t));
	assert_true(btf_walked(b) == 0);
	assert_true(btf_pages(b) < 20);
}

static void
ask_some(struct kernel_types *k, size_t len, struct arena *parent)
{
	struct arena *a = arena_new_temporary(parent);
	struct btf_hint hint = { know_addresses, k };
	struct btf *b = NULL;
	struct btf_type t;
	uint32_t proto = 0;

	if (btf_open(&k->image.mem, BTF_VA, len, NULL, a, &b) == NULL) {
		for (size_t i = 0; i < ALL; i += ALL / 3) {
			if (btf_function(b, k->name[i], &hint, &proto))
				(void)btf_type(b, proto, &t);
		}
	}
	arena_free(a);
}

static void
survives_flipped_bytes(void **state)
{
	struct kernel_types *k = make(THREADS, *state);

	for (size_t i = 0; i < k->image.fake.bytes.len; i += i < 24 ? 1 : 1999) {
		k->image.all[i] ^= 0xff;
		ask_some(k, k->image.fake.bytes.len, *state);
		k->image.all[i] ^= 0xff;
	}
}

/* With a hole in memory in place of the rest, too. */
static void
survives_truncation(void **state)
{
	struct kernel_types *k = make(BY_NAME, *state);
	size_t whole = k->image.fake.bytes.len;

	for (size_t len = 0; len < whole; len += 9973) {
		ask_some(k, len, *state);
		k->image.fake.bytes.len = len;
		ask_some(k, whole, *state);
		k->image.fake.bytes.len = whole;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_functions_in_every_order),
		UNIT_TEST(says_when_there_is_none),
		UNIT_TEST(finds_a_function_that_is_called_like_a_structure),
		UNIT_TEST(numbers_types_as_the_walk_does),
		UNIT_TEST(reads_little_for_a_type_far_behind),
		UNIT_TEST(survives_flipped_bytes),
		UNIT_TEST(survives_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
