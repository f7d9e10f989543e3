/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/vmcoreinfo.h"

#include "unit.h"

#define TEXT                                                                                       \
	"OSRELEASE=6.1.0\nPAGESIZE=4096\nSYMBOL(prb)=ffffffff82345678\n"                           \
	"OFFSET(list_head.next)=0\nOFFSET(page.lru)=8\nSIZE(page)=64\nLENGTH(zone.free_area)=11\n" \
	"NUMBER(phys_base)=-4096\nNUMBER(kimage_voffset)=0xffff80000a000000\n"                     \
	"KERNELOFFSET=1c00000\nno equals sign\n=no key\nOSRELEASE=6.1.1\nCRASHTIME=1700000000"

static void
finds_each_kind_of_line(void **state)
{
	struct vmcoreinfo *v = vmcoreinfo_parse(*state, STR(TEXT));
	struct str s;
	uint64_t n = 0;

	assert_true(vmcoreinfo_find(v, "CRASHTIME", &s));
	assert_true(str_is_c(s, "1700000000"));
	assert_true(vmcoreinfo_symbol(v, "prb", &n));
	assert_int_equal(n, 0xffffffff82345678);
	assert_true(vmcoreinfo_offset(v, "page.lru", &n));
	assert_int_equal(n, 8);
	assert_true(vmcoreinfo_len(v, "page", &n));
	assert_int_equal(n, 64);
	assert_true(vmcoreinfo_count(v, "zone.free_area", &n));
	assert_int_equal(n, 11);
	assert_true(vmcoreinfo_hex(v, "KERNELOFFSET", &n));
	assert_int_equal(n, 0x1c00000);
}

static void
reads_signed_and_hexadecimal_numbers(void **state)
{
	struct vmcoreinfo *v = vmcoreinfo_parse(*state, STR(TEXT));
	uint64_t n = 0;

	assert_true(vmcoreinfo_number(v, "phys_base", &n));
	assert_int_equal(n, (uint64_t)-4096);
	assert_true(vmcoreinfo_number(v, "kimage_voffset", &n));
	assert_int_equal(n, 0xffff80000a000000);
}

static void
takes_the_last_of_two_lines_with_one_key(void **state)
{
	struct vmcoreinfo *v = vmcoreinfo_parse(*state, STR(TEXT));
	struct str s;

	assert_true(vmcoreinfo_find(v, "OSRELEASE", &s));
	assert_true(str_is_c(s, "6.1.1"));
}

static void
finds_no_key_within_another(void **state)
{
	struct vmcoreinfo *v = vmcoreinfo_parse(*state, STR(TEXT));
	struct str s;
	uint64_t n = 7;

	assert_false(vmcoreinfo_find(v, "RELEASE", &s));
	assert_false(vmcoreinfo_find(v, "", &s));
	assert_false(vmcoreinfo_symbol(v, "pr", &n));
	assert_false(vmcoreinfo_symbol(v, "prbx", &n));
	assert_false(vmcoreinfo_len(v, "prb", &n));
	assert_int_equal(n, 7);
}

static void
refuses_values_that_are_not_numbers(void **state)
{
	struct vmcoreinfo *v = vmcoreinfo_parse(
		*state, STR("SYMBOL(a)=12x\nSIZE(b)=\nNUMBER(c)=-\nNUMBER(d)=99999999999999999999\n"
			    "NUMBER(e)=010\n"));
	uint64_t n = 7;

	assert_false(vmcoreinfo_symbol(v, "a", &n));
	assert_false(vmcoreinfo_len(v, "b", &n));
	assert_false(vmcoreinfo_number(v, "c", &n));
	assert_false(vmcoreinfo_number(v, "d", &n));
	assert_int_equal(n, 7);
	assert_true(vmcoreinfo_number(v, "e", &n));
	assert_int_equal(n, 10);
}

static void
ends_at_a_nul_and_survives_every_truncation(void **state)
{
	struct vmcoreinfo *v = vmcoreinfo_parse(*state, STR("A=1\n\0B=2\n"));
	struct str s;

	assert_false(vmcoreinfo_find(v, "B", &s));
	for (size_t len = 0; len < sizeof(TEXT); len++) {
		v = vmcoreinfo_parse(*state, str_first(STR(TEXT), len));
		assert_int_equal(vmcoreinfo_text(v).len, len);
		(void)vmcoreinfo_find(v, "CRASHTIME", &s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_each_kind_of_line),
		UNIT_TEST(reads_signed_and_hexadecimal_numbers),
		UNIT_TEST(takes_the_last_of_two_lines_with_one_key),
		UNIT_TEST(finds_no_key_within_another),
		UNIT_TEST(refuses_values_that_are_not_numbers),
		UNIT_TEST(ends_at_a_nul_and_survives_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
