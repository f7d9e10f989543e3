/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/names.h"

#include "base/compiler.h"
#include "unit.h"

#include <string.h>

static void
takes_off_what_compilers_and_wrappers_add(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{ "foo", "foo" },
		{ "foo.isra.0", "foo" },
		{ "foo.constprop.0.isra.12.cold", "foo" },
		{ "foo.llvm.1234567", "foo" },
		{ ".foo", "foo" },
		{ "foo.cold+0x12/0x40", "foo" },
		{ "__x64_sys_read", "read" },
		{ "__se_compat_sys_ioctl", "ioctl" },
		{ "SyS_write", "write" },
		{ "ksys_write", "write" },
		{ "sys_", "sys_" },
		{ "<core::fmt::Arguments as x>::y.llvm.1",
		  "<core::fmt::Arguments as x>::y.llvm.1" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_true(str_is_c(names_canonical(str_of(cases[i].in)), cases[i].out));
	assert_true(str_is_c(names_plain(STR("__x64_sys_read.cold")), "__x64_sys_read"));
}

static void
demangles_rust(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{ "_RNvNtCs3o2tGsuHyou_4core9panicking9panic_fmt", "core::panicking::panic_fmt" },
		{ "_RNvCscSpY9Juk0HT_7___rustc17rust_begin_unwind", "__rustc::rust_begin_unwind" },
		{ "_RNvXs_CsbmqEB8_11rust_sampleNtB4_6SampleNtCs1_6kernel6Module4init",
		  "rust_sample::Sample::kernel::Module::init" },
		{ "_ZN4core9panicking9panic_fmt17h0123456789abcdefE",
		  "core::panicking::panic_fmt" },
		{ "_R", "_R" },
		{ "_R9abc", "_R9abc" },
		{ "_Rs", "_Rs" },
		{ "_RN", "_RN" },
		{ "_R99999999999999999999x", "_R99999999999999999999x" },
		{ "vfs_read", "vfs_read" },
		{ "", "" },
	};
	char buf[NAMES_RUST_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str whole = str_of(cases[i].in);

		assert_true(str_is_c(names_rust(whole, buf), cases[i].out));
		for (size_t len = 0; len < whole.len; len++)
			assert_true(names_rust(str_first(whole, len), buf).len <= whole.len * 2);
	}
}

static void
a_rust_path_longer_than_there_is_room_for_loses_parts(void **state)
{
	char text[2048] = "_R";
	char buf[NAMES_RUST_BYTES];

	(void)state;
	for (int i = 0; i < 200; i++)
		strcat(text, "Nv3abc");

	struct str name = names_rust(str_of(text), buf);

	assert_true(name.p == buf && name.len <= sizeof(buf) && name.len >= sizeof(buf) - 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(takes_off_what_compilers_and_wrappers_add),
		UNIT_TEST(demangles_rust),
		UNIT_TEST(a_rust_path_longer_than_there_is_room_for_loses_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
