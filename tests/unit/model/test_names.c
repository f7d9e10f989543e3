/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/names.h"

#include "base/compiler.h"
#include "unit.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(takes_off_what_compilers_and_wrappers_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
