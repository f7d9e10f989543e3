/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/elfid.h"

#include "elf_image.h"
#include "unit.h"

#include <string.h>

static const struct error *
read_image(const struct elf_image *i, size_t len, struct arena *a, struct elfid *out)
{
	struct memory_fake fake = { 0, { i->b, len } };
	struct memory m = memory_of_fake(&fake);

	return elfid_read(&m, len, a, out);
}

static void
tells_build_and_debuginfo(void **state)
{
	for (int form = 0; form < ELF_IMAGE_FORMS; form++) {
		struct elf_image i;
		struct elfid id = { 0 };

		elf_image_make(&i, form, true);
		assert_null(read_image(&i, i.len, *state, &id));
		assert_int_equal(id.type, 2);
		assert_int_equal(id.machine, 62);
		assert_true(str_is_c(id.build_id, "0102030405060708"));
		assert_true(id.has_lines);
		assert_int_not_equal(id.rodata_len, 0);
	}
}

static void
a_stripped_file_has_no_lines(void **state)
{
	struct elf_image i;
	struct elfid id = { 0 };

	elf_image_make(&i, 0, false);
	assert_null(read_image(&i, i.len, *state, &id));
	assert_true(str_is_c(id.build_id, "0102030405060708"));
	assert_false(id.has_lines);
}

static void
finds_the_banner(void **state)
{
	struct elf_image i;
	struct elfid id = { 0 };
	struct str banner = { NULL, 0 };

	elf_image_make(&i, 0, true);

	struct memory_fake fake = { 0, { i.b, i.len } };
	struct memory m = memory_of_fake(&fake);

	assert_null(elfid_read(&m, i.len, *state, &id));
	assert_null(elfid_banner(&m, &id, *state, &banner));
	assert_true(str_is_c(banner, "Linux version 6.1.0-1 (a@b) #1 SMP"));
}

static void
rejects_every_truncation(void **state)
{
	for (int form = 0; form < ELF_IMAGE_FORMS; form++) {
		struct elf_image i;

		elf_image_make(&i, form, true);
		for (size_t len = 0; len < i.len; len++) {
			struct elfid id = { 0 };

			assert_non_null(read_image(&i, len, *state, &id));
			assert_int_equal(id.build_id.len, 0);
			assert_false(id.has_lines);
		}
	}
}

static void
bears_any_byte_flipped(void **state)
{
	struct elf_image i;

	elf_image_make(&i, 0, true);
	for (size_t bit = 0; bit < i.len * 8; bit++) {
		struct arena *a = arena_new_temporary(*state);
		struct elfid id = { 0 };
		struct str banner = { NULL, 0 };
		struct memory_fake fake = { 0, { i.b, i.len } };
		struct memory m = memory_of_fake(&fake);

		i.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (elfid_read(&m, i.len, a, &id) == NULL)
			(void)!elfid_banner(&m, &id, a, &banner);
		assert_true(banner.len <= i.len);
		i.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		arena_free(a);
	}
}

static void
what_is_no_elf_file_is_unsupported(void **state)
{
	struct elf_image i = { .len = 64, .b = "KDUMP   " };
	struct elfid id = { 0 };
	const struct error *e = read_image(&i, i.len, *state, &id);

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_UNSUPPORTED);
}

static void
opens_files_only(void **state)
{
	struct memory m = { 0 };
	uint64_t len = 0;

	assert_non_null(elfid_open("/dev/null", *state, &m, &len));
	assert_non_null(elfid_open("/", *state, &m, &len));
	assert_non_null(elfid_open("/nonexistent", *state, &m, &len));
	assert_null(elfid_open("/proc/self/exe", *state, &m, &len));
	assert_true(len > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(tells_build_and_debuginfo), UNIT_TEST(a_stripped_file_has_no_lines),
		UNIT_TEST(finds_the_banner),          UNIT_TEST(rejects_every_truncation),
		UNIT_TEST(bears_any_byte_flipped),    UNIT_TEST(what_is_no_elf_file_is_unsupported),
		UNIT_TEST(opens_files_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
