/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/modbtf.h"

#include "kernel/fakekernel.h"
#include "symbols/btf_image.h"
#include "unit.h"

#define HEAD 0xffffffff82900000ULL    /* btf_modules */
#define OBJECTS 0xffff888000100000ULL /* three struct btf_module, struct btf, struct module */
#define DATA 0xffff888000200000ULL    /* the BTF of the module "lab" */

enum {
	OBJECT = 0x100,
	MODULES = 3,
	STRUCTS = 1 << BTF_STRUCT,
};

static uint64_t
entry_at(size_t i)
{
	return OBJECTS + 4 * OBJECT * i;
}

static uint64_t
btf_at(size_t i)
{
	return entry_at(i) + OBJECT;
}

static uint64_t
module_at(size_t i)
{
	return entry_at(i) + 2 * OBJECT;
}

/* A module's BTF: one structure with one member, whose type is vmlinux's. */
static size_t
put_module_types(struct fake *f)
{
	struct image *vmlinux = image_new(f->a);
	struct image *m = ARENA_NEW(f->a, struct image);

	put32(m->types, &m->types_len, (uint32_t)vmlinux->strings_len);
	put32(m->types, &m->types_len, (uint32_t)BTF_STRUCT << 24 | 1);
	put32(m->types, &m->types_len, 48);
	words(m, 0, TASK, 0);
	string(m, "lab_dev");
	close_image(m, DATA);
	memcpy(fake_region(f, DATA, m->fake.bytes.len), m->all, m->fake.bytes.len);
	return m->fake.bytes.len;
}

static void
put_layouts(struct fake *f)
{
	fake_layout(f, LAYOUT_BTF_MODULE_LIST, 0, 16);
	fake_layout(f, LAYOUT_BTF_MODULE_BTF, 0x10, 8);
	fake_layout(f, LAYOUT_BTF_MODULE_MODULE, 0x18, 8);
	fake_layout(f, LAYOUT_BTF_DATA, 0, 8);
	fake_layout(f, LAYOUT_BTF_DATA_LEN, 8, 4);
	fake_layout(f, LAYOUT_BTF_FIRST, 12, 4);
	fake_layout(f, LAYOUT_BTF_STRING_BASE, 16, 4);
	fake_layout(f, LAYOUT_MODULE_NAME, 0x18, 56);
}

/* Modules "net", "lab" and "disk", of which the second one has types. */
static struct fake *
world(struct arena *a)
{
	static const char *const names[MODULES] = { "net", "lab", "disk" };
	struct fake *f = fake_new(a);
	struct image *vmlinux = image_new(a);
	size_t len = put_module_types(f);

	memcpy(fake_region(f, BTF_VA, vmlinux->fake.bytes.len), vmlinux->all,
	       vmlinux->fake.bytes.len);
	fake_region(f, HEAD, 16);
	fake_region(f, OBJECTS, 4 * OBJECT * MODULES);
	fake_symbol(f, "btf_modules", HEAD);
	put_layouts(f);
	for (size_t i = 0; i < MODULES; i++) {
		uint64_t next = i + 1 == MODULES ? HEAD : entry_at(i + 1);

		fake_put(f, i == 0 ? HEAD : entry_at(i - 1), entry_at(i), 8);
		fake_put(f, entry_at(i), next, 8);
		fake_put(f, next + 8, entry_at(i), 8);
		fake_put(f, entry_at(i) + 8, i == 0 ? HEAD : entry_at(i - 1), 8);
		fake_put(f, entry_at(i) + 0x10, btf_at(i), 8);
		fake_put(f, entry_at(i) + 0x18, module_at(i), 8);
		fake_text(f, module_at(i) + 0x18, names[i]);
	}
	fake_put(f, btf_at(1), DATA, 8);
	fake_put(f, btf_at(1) + 8, len, 4);
	fake_put(f, btf_at(1) + 12, SELF + 1, 4);
	fake_put(f, btf_at(1) + 16, vmlinux->strings_len, 4);
	assert_null(btf_open(&f->mem, BTF_VA, vmlinux->fake.bytes.len, NULL, a, &f->k.btf));
	return f;
}

static void
check_types(struct btf *b)
{
	struct btf_member deep = { 0 };
	struct btf_type t = { 0 };

	assert_non_null(b);
	assert_true(btf_find(b, STRUCTS, "lab_dev", &t));
	assert_int_equal(t.id, SELF + 1);
	assert_true(btf_member(b, t.id, STR("deep"), &deep)); /* of vmlinux's task_struct */
	assert_int_equal(deep.bit_off, 192);
}

static void
finds_the_types_of_a_module(void **state)
{
	struct fake *f = world(*state);

	check_types(modbtf_find(&f->k, STR("lab")));
	assert_null(modbtf_find(&f->k, STR("net"))); /* on the list, but its BTF cannot be read */
	assert_null(modbtf_find(&f->k, STR("la")));
	assert_null(modbtf_find(&f->k, STR("")));
}

/* Where struct btf does not say where it goes on, vmlinux's types are counted. */
static void
counts_where_it_is_not_told(void **state)
{
	struct fake *f = world(*state);

	fake_put(f, btf_at(1) + 12, 0, 4);
	fake_put(f, btf_at(1) + 16, 0, 4);
	check_types(modbtf_find(&f->k, STR("lab")));
}

static void
ends_where_the_list_goes_round(void **state)
{
	struct fake *f = world(*state);

	fake_put(f, entry_at(1), entry_at(0), 8);
	check_types(modbtf_find(&f->k, STR("lab")));
	assert_null(modbtf_find(&f->k, STR("disk")));
	/* Where it leads out of memory it is followed from its other end, too. */
	fake_put(f, entry_at(0), 0x1000, 8);
	check_types(modbtf_find(&f->k, STR("lab")));
	fake_put(f, entry_at(2) + 8, 0x1000, 8);
	assert_null(modbtf_find(&f->k, STR("lab")));
}

static void
has_no_types_without_the_list(void **state)
{
	struct fake *f = world(*state);

	f->symbols--; /* before 5.11 */
	assert_null(modbtf_find(&f->k, STR("lab")));
}

/* Every byte of the list's objects and of the types, changed. */
static void
survives_every_flipped_byte(void **state)
{
	struct fake *f = world(*state);

	for (size_t r = 0; r < f->regions; r++) {
		for (size_t i = 0; i < f->region[r].len; i++) {
			struct btf_type t;
			uint8_t was = f->region[r].bytes[i];

			f->region[r].bytes[i] ^= 0xff;

			struct btf *b = modbtf_find(&f->k, STR("lab"));

			if (b != NULL)
				(void)btf_find(b, STRUCTS, "lab_dev", &t);
			f->region[r].bytes[i] = was;
		}
	}
	check_types(modbtf_find(&f->k, STR("lab")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_the_types_of_a_module),    UNIT_TEST(counts_where_it_is_not_told),
		UNIT_TEST(ends_where_the_list_goes_round), UNIT_TEST(has_no_types_without_the_list),
		UNIT_TEST(survives_every_flipped_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
