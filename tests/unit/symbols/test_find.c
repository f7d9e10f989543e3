/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/find.h"

#include "elf_image.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RELEASE "6.1.0-1"

/* A folder that stands for the whole system. */
static const char *
make_root(struct arena *a)
{
	char *root = arena_printf(a, "/tmp/kdtriage-find-XXXXXX");

	assert_non_null(mkdtemp(root));
	return root;
}

static void
make_dirs(char *path)
{
	for (char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
}

static void
write_file(struct arena *a, const char *root, const char *name, const void *bytes, size_t len)
{
	char *path = arena_printf(a, "%s%s", root, name);
	FILE *f = NULL;

	make_dirs(path);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
}

/* build: the last byte of its build ID. */
static void
write_elf(struct arena *a, const char *root, const char *name, uint8_t build, bool with_dwarf)
{
	struct elf_image i;

	elf_image_make(&i, 0, with_dwarf);

	uint8_t *id = memmem(i.b, i.len, "\1\2\3\4\5\6\7\10", 8);

	assert_non_null(id);
	id[7] = build;
	write_file(a, root, name, i.b, i.len);
}

static void
remove_root(const char *root)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
}

static struct find_input
input_of(struct arena *a, const char *root)
{
	const char **dirs = ARENA_ARRAY(a, const char *, 1);

	dirs[0] = arena_printf(a, "%s/usr/lib/debug", root);
	return (struct find_input){ .release = STR(RELEASE),
				    .version = STR("#1 SMP"),
				    .build_id = STR("0102030405060708"),
				    .machine = EM_X86_64,
				    .dirs = dirs,
				    .dir_count = 1,
				    .root = root };
}

static void
finds_vmlinux_in_every_place_of_the_table(void **state)
{
	static const char *const places[] = {
		"/usr/lib/debug/.build-id/01/02030405060708.debug",
		"/usr/lib/debug/.build-id/01/02030405060708",
		"/usr/lib/debug/lib/modules/" RELEASE "/vmlinux",
		"/usr/lib/debug/usr/lib/modules/" RELEASE "/vmlinux",
		"/usr/lib/debug/boot/vmlinux-" RELEASE,
		"/usr/lib/debug/lib/modules/" RELEASE "/vmlinux.debug",
		"/usr/lib/debug/usr/lib/modules/" RELEASE "/vmlinux.debug",
		"/usr/lib/debug/boot/vmlinux-" RELEASE ".debug",
		"/usr/lib/debug/vmlinux-" RELEASE,
		"/boot/vmlinux-" RELEASE,
		"/lib/modules/" RELEASE "/build/vmlinux",
		"/lib/modules/" RELEASE "/vmlinux",
		"/dump/vmlinux",
		"/dump/vmlinux-" RELEASE,
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const char *root = make_root(*state);
		struct find_input in = input_of(*state, root);
		struct find_result r;

		in.dump_dir = arena_printf(*state, "%s/dump", root);
		find_vmlinux(&in, *state, &r);
		assert_null(r.path);
		assert_true(r.searched_count >= ARRAY_LEN(places));
		write_elf(*state, root, places[i], 8, true);
		find_vmlinux(&in, *state, &r);
		assert_non_null(r.path);
		assert_true(str_ends(str_of(r.path), str_of(places[i])));
		assert_true(str_is_c(r.build_id, "0102030405060708"));
		if (str_starts(str_of(places[i]), STR("/dump/")))
			assert_string_equal(r.searched[r.searched_count - 1],
					    arena_printf(*state, "%s, beside the dump",
							 places[i] + strlen("/dump/")));
		else
			assert_string_equal(r.searched[r.searched_count - 1], r.path);
		remove_root(root);
	}
}

static void
passes_over_another_build_and_stripped_files(void **state)
{
	const char *root = make_root(*state);
	struct find_input in = input_of(*state, root);
	struct find_result r;

	write_elf(*state, root, "/usr/lib/debug/boot/vmlinux-" RELEASE, 9, true);
	write_elf(*state, root, "/boot/vmlinux-" RELEASE, 8, false);
	find_vmlinux(&in, *state, &r);
	assert_null(r.path);
	assert_null(r.refused);
	write_elf(*state, root, "/lib/modules/" RELEASE "/build/vmlinux", 8, true);
	find_vmlinux(&in, *state, &r);
	assert_non_null(r.path);
	assert_non_null(strstr(r.path, "/build/vmlinux"));
	remove_root(root);
}

static void
refuses_a_given_file_of_another_build_and_names_both(void **state)
{
	const char *root = make_root(*state);
	struct find_input in = input_of(*state, root);
	struct find_result r;

	write_elf(*state, root, "/mine", 9, true);
	write_elf(*state, root, "/boot/vmlinux-" RELEASE, 8, true);
	in.given = arena_printf(*state, "%s/mine", root);
	find_vmlinux(&in, *state, &r);
	assert_non_null(r.refused);
	assert_int_equal(r.refused->code, ERROR_USAGE);
	assert_non_null(strstr(r.refused->message, "0102030405060709"));
	assert_non_null(strstr(r.refused->message, "0102030405060708"));
	assert_non_null(strstr(r.path, "/boot/"));
	remove_root(root);
}

static void
says_what_is_wrong_with_a_given_file(void **state)
{
	const char *root = make_root(*state);
	struct find_input in = input_of(*state, root);
	struct elf_image i;
	struct find_result r;

	in.given = arena_printf(*state, "%s/mine", root);
	find_vmlinux(&in, *state, &r);
	assert_int_equal(r.refused->code, ERROR_USAGE);
	assert_non_null(strstr(r.refused->message, "No such file"));
	write_elf(*state, root, "/mine", 8, false);
	find_vmlinux(&in, *state, &r);
	assert_int_equal(r.refused->code, ERROR_ABSENT);
	elf_image_make(&i, 0, true);
	write_file(*state, root, "/mine", i.b, i.len - 1);
	find_vmlinux(&in, *state, &r);
	assert_int_equal(r.refused->code, ERROR_USAGE);
	assert_non_null(strstr(r.refused->message, "beyond its end"));
	write_file(*state, root, "/mine", "text", 4);
	find_vmlinux(&in, *state, &r);
	assert_int_equal(r.refused->code, ERROR_USAGE);
	assert_non_null(strstr(r.refused->message, "not an ELF file"));
	remove_root(root);
}

static void
goes_by_the_banner_where_there_is_no_build_id(void **state)
{
	const char *root = make_root(*state);
	struct find_input in = input_of(*state, root);
	struct find_result r;

	write_elf(*state, root, "/mine", 9, true);
	in.given = arena_printf(*state, "%s/mine", root);
	in.build_id.len = 0;
	find_vmlinux(&in, *state, &r);
	assert_null(r.refused);
	assert_string_equal(r.path, in.given);
	in.version = STR("#2 SMP");
	find_vmlinux(&in, *state, &r);
	assert_non_null(r.refused);
	assert_non_null(strstr(r.refused->message, "#2 SMP"));
	in.version = STR("#1 SMP");
	in.release = STR("6.1.0");
	find_vmlinux(&in, *state, &r);
	assert_non_null(r.refused);
	remove_root(root);
}

static void
a_release_cannot_lead_elsewhere(void **state)
{
	const char *root = make_root(*state);
	struct find_input in = input_of(*state, root);
	struct find_result r;

	in.release = STR("../../x");
	in.build_id = STR("../../../x");
	find_vmlinux(&in, *state, &r);
	for (size_t i = 0; i < r.searched_count; i++)
		assert_null(strstr(r.searched[i], ".."));
	remove_root(root);
}

static void
finds_modules_by_build_id_and_by_name(void **state)
{
	const char *root = make_root(*state);
	struct find_input in = input_of(*state, root);
	struct find_module m[] = {
		{ .name = STR("by_id"), .build_id = STR("0102030405060711") },
		{ .name = STR("by_name"), .build_id = STR("0102030405060712") },
		{ .name = STR("packed") },
		{ .name = STR("other"), .build_id = STR("0102030405060714") },
		{ .name = STR("beside") },
		{ .name = STR("stripped") },
	};

	write_elf(*state, root, "/usr/lib/debug/.build-id/01/02030405060711.debug", 0x11, true);
	write_elf(*state, root, "/usr/lib/debug/lib/modules/" RELEASE "/kernel/fs/by-name.ko.debug",
		  0x12, true);
	write_file(*state, root, "/lib/modules/" RELEASE "/kernel/net/packed.ko.xz",
		   "\xfd"
		   "7zXZ\0 ...",
		   10);
	write_elf(*state, root, "/lib/modules/" RELEASE "/kernel/other.ko", 0x15, true);
	write_elf(*state, root, "/dump/beside.ko", 0x16, true);
	write_elf(*state, root, "/lib/modules/" RELEASE "/kernel/stripped.ko", 0x17, false);
	in.dump_dir = arena_printf(*state, "%s/dump", root);
	find_modules(&in, NULL, *state, m, ARRAY_LEN(m));
	assert_non_null(strstr(m[0].path, ".build-id"));
	assert_non_null(strstr(m[1].path, "by-name.ko.debug"));
	assert_non_null(strstr(m[2].path, "packed.ko.xz"));
	assert_null(m[3].path); /* another build */
	assert_non_null(strstr(m[3].refused->message, "other.ko"));
	assert_non_null(strstr(m[3].refused->message, "0102030405060714"));
	assert_non_null(strstr(m[3].refused->message, "0102030405060715"));
	assert_null(m[1].refused);
	assert_null(m[5].refused);
	assert_non_null(strstr(m[4].path, "/dump/beside.ko"));
	assert_null(m[5].path);
	remove_root(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_vmlinux_in_every_place_of_the_table),
		UNIT_TEST(passes_over_another_build_and_stripped_files),
		UNIT_TEST(refuses_a_given_file_of_another_build_and_names_both),
		UNIT_TEST(says_what_is_wrong_with_a_given_file),
		UNIT_TEST(goes_by_the_banner_where_there_is_no_build_id),
		UNIT_TEST(a_release_cannot_lead_elsewhere),
		UNIT_TEST(finds_modules_by_build_id_and_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
