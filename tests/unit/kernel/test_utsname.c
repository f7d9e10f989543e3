/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/utsname.h"

#include "unit.h"

#include <string.h>

enum {
	AT = 0x1000,
};

static void
put_names(uint8_t *page, size_t off)
{
	static const char *const names[] = {
		"Linux", "lab", "6.1.0-x", "#1 SMP", "x86_64", "(none)"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		strcpy((char *)page + off + i * 65, names[i]);
}

static void
reads_the_names_where_vmcoreinfo_says_they_are(void **state)
{
	uint8_t page[512] = { 0 };
	struct memory_fake fake = { AT, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct vmcoreinfo *info =
		vmcoreinfo_parse(*state, STR("OSRELEASE=6.1.0-x\nSYMBOL(init_uts_ns)=1000\n"
					     "OFFSET(uts_namespace.name)=24\n"));
	struct utsname_of_dump u = { 0 };

	put_names(page, 24);
	assert_null(utsname_read(&m, info, *state, &u));
	assert_true(str_is_c(u.nodename, "lab"));
	assert_true(str_is_c(u.version, "#1 SMP"));
	assert_true(str_is_c(u.domainname, "(none)"));
}

static void
reads_kernels_that_do_not_say_where(void **state)
{
	uint8_t page[512] = { 0 };
	struct memory_fake fake = { AT, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct vmcoreinfo *info =
		vmcoreinfo_parse(*state, STR("OSRELEASE=6.1.0-x\nSYMBOL(init_uts_ns)=1000\n"));
	struct utsname_of_dump u = { 0 };

	put_names(page, 4);
	assert_null(utsname_read(&m, info, *state, &u));
	assert_true(str_is_c(u.machine, "x86_64"));
}

static void
refuses_names_of_another_kernel_and_memory_that_is_not_there(void **state)
{
	uint8_t page[512] = { 0 };
	struct memory_fake fake = { AT, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	struct utsname_of_dump u = { 0 };

	put_names(page, 4);
	assert_int_equal(
		utsname_read(
			&m,
			vmcoreinfo_parse(*state, STR("OSRELEASE=6.2\nSYMBOL(init_uts_ns)=1000\n")),
			*state, &u)
			->code,
		ERROR_CORRUPT);
	assert_int_equal(
		utsname_read(&m,
			     vmcoreinfo_parse(*state,
					      STR("OSRELEASE=6.1.0-x\nSYMBOL(init_uts_ns)=9000\n")),
			     *state, &u)
			->code,
		ERROR_ABSENT);
	assert_int_equal(
		utsname_read(&m, vmcoreinfo_parse(*state, STR("OSRELEASE=6.2\n")), *state, &u)
			->code,
		ERROR_ABSENT);
	assert_null(u.nodename.p);
}

static void
names_without_an_end_do_not_run_on(void **state)
{
	uint8_t page[512];
	struct memory_fake fake = { AT, { page, sizeof(page) } };
	struct memory m = memory_of_fake(&fake);
	char *text = arena_printf(*state, "OSRELEASE=%065d\nSYMBOL(init_uts_ns)=1000\n", 0);
	struct utsname_of_dump u = { 0 };

	memset(page, '0', sizeof(page));
	assert_null(utsname_read(&m, vmcoreinfo_parse(*state, str_of(text)), *state, &u));
	assert_int_equal(u.nodename.len, 65);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_the_names_where_vmcoreinfo_says_they_are),
		UNIT_TEST(reads_kernels_that_do_not_say_where),
		UNIT_TEST(refuses_names_of_another_kernel_and_memory_that_is_not_there),
		UNIT_TEST(names_without_an_end_do_not_run_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
