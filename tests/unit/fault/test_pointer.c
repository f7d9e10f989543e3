/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/pointer.h"

#include "fault/errno_names.h"

#include "unit.h"

struct want {
	uint64_t va;
	enum pointer_class class;
	const char *text; /* NULL: none, "*": not looked at */
};

static void
check(struct arena *a, const struct pointer_context *c, const struct want *want, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct pointer p = pointer_classify(c, want[i].va, a);

		assert_string_equal(pointer_class_name(p.class), pointer_class_name(want[i].class));
		if (want[i].text == NULL)
			assert_null(p.text);
		else if (want[i].text[0] != '*')
			assert_string_equal(p.text, want[i].text);
	}
}

static void
names_the_class_that_fits_first(void **state)
{
	static const struct pointer_context c = { .arch = &arch_x86_64 };
	static const struct want want[] = {
		{ 0, POINTER_NULL, "NULL" },
		{ 1, POINTER_NULL_OFFSET, "NULL plus 0x1" },
		{ 0x30, POINTER_NULL_OFFSET, "NULL plus 0x30" },
		{ 0xffff, POINTER_NULL_OFFSET, "NULL plus 0xffff" },
		{ 0x10000, POINTER_USER, NULL },
		{ 0xfffffffffffffff4, POINTER_ERR_PTR, "-ENOMEM as a pointer, or 0xc below NULL" },
		{ 0xfffffffffffffdfb, POINTER_ERR_PTR,
		  "-EPROBE_DEFER as a pointer, or 0x205 below NULL" },
		{ 0xfffffffffffff001, POINTER_ERR_PTR, "0xfff below NULL" },
		{ 0xfffffffffffff000, POINTER_UNKNOWN, NULL },
		{ 0xdead000000000100, POINTER_LIST_POISON, "LIST_POISON1" },
		{ 0xdead000000000122, POINTER_LIST_POISON, "LIST_POISON2" },
		{ 0xdead000000000108, POINTER_LIST_POISON, "LIST_POISON1 + 0x8" },
		{ 0xdead0000000000f8, POINTER_LIST_POISON, "LIST_POISON1 - 0x8" },
		{ 0xdead00000000012a, POINTER_LIST_POISON, "LIST_POISON2 + 0x8" },
		{ 0xdead000000100108, POINTER_LIST_POISON,
		  "LIST_POISON1 of kernels before v4.3 + 0x8" },
		{ 0xdead000001000000, POINTER_NON_CANONICAL, NULL },
		{ 0x6b6b6b6b6b6b6b6b, POINTER_SLAB_POISON,
		  "the poison of freed slab memory (6b...)" },
		{ 0x6b6b6b6b6b6b6b7b, POINTER_SLAB_POISON,
		  "the poison of freed slab memory (6b...) + 0x10" },
		{ 0x6b6b6b6b6b6b6b63, POINTER_SLAB_POISON,
		  "the poison of freed slab memory (6b...) - 0x8" },
		{ 0xa56b6b6b6b6b6b6b, POINTER_SLAB_POISON,
		  "the end of freed slab memory (6b..., a5)" },
		{ 0x6b6b6b6b, POINTER_SLAB_POISON, "the poison of freed slab memory (6b...)" },
		{ 0x5a5a5a5a5a5a5a5a, POINTER_SLAB_UNINITIALISED, "*" },
		{ 0x5a5a5a5a5a5a5a62, POINTER_SLAB_UNINITIALISED, "*" },
		{ 0xbbbbbbbbbbbbbbbb, POINTER_REDZONE, "*" },
		{ 0xcccccccccccccccc, POINTER_REDZONE, "*" },
		{ 0xd84156c5635688c0, POINTER_REDZONE, "*" },
		{ 0x09f911029d74e35b, POINTER_REDZONE, "*" },
		{ 0xaaaaaaaaaaaaaaaa, POINTER_PAGE_POISON, "*" },
		{ 0xdffffc0000000000, POINTER_KASAN_SHADOW, "the KASAN shadow of 0x0" },
		{ 0xdffffc0000000003, POINTER_KASAN_SHADOW, "the KASAN shadow of 0x18" },
		/* Of LIST_POISON1: 0xdead000000000100 >> 3 more than the offset. */
		{ 0xfbd59c0000000020, POINTER_KASAN_SHADOW,
		  "the KASAN shadow of 0xdead000000000100" },
		{ 0x2f746e6567612f63, POINTER_ASCII, "text, 8 bytes" }, /* "c/agent/" */
		{ 0x0000656e6f687069, POINTER_ASCII, "text, 6 bytes" }, /* "iphone" */
		{ 0x2f746e6567610963, POINTER_ASCII, "text, 8 bytes" }, /* moved by an offset */
		{ 0x0000000100000001, POINTER_SMALL_INTEGERS, "two 32-bit numbers, 1 and 1" },
		{ 0x00000040fffffffe, POINTER_SMALL_INTEGERS, "two 32-bit numbers, -2 and 64" },
		{ 0xffffffff00000002, POINTER_SMALL_INTEGERS, "two 32-bit numbers, 2 and -1" },
		{ 0xfff7888012345678, POINTER_BIT_FLIP, "0xffff888012345678 with bit 51 flipped" },
		{ 0x7fff888012345678, POINTER_BIT_FLIP, "0xffff888012345678 with bit 63 flipped" },
		{ 0xffff7f8012345678, POINTER_NON_CANONICAL, NULL },
		{ 0x00007ffd4a5b6e38, POINTER_USER, NULL },
		{ 0x0000558f3c2a1b40, POINTER_USER, NULL },
		{ 0x0000800000000000, POINTER_NON_CANONICAL, NULL },
		{ 0x1234567890abcdef, POINTER_NON_CANONICAL, NULL },
		{ 0xffffffff81000000, POINTER_TEXT, "the kernel image" },
		{ 0xffffffffc0123456, POINTER_MODULE, "module space" },
		{ 0xffffffffff5fb000, POINTER_FIXMAP, NULL },
		{ 0xfffffe0000001000, POINTER_FIXMAP, "*" },
		{ 0xffff927739c2b720, POINTER_UNKNOWN, NULL },
	};

	check(*state, &c, want, ARRAY_LEN(want));
}

static void
keeps_the_text_of_an_address_out_of_its_description(void **state)
{
	static const struct pointer_context c = { .arch = &arch_x86_64 };
	struct pointer p = pointer_classify(&c, 0x2f746e6567612f63, *state);

	assert_string_equal(p.ascii, "c/agent/");
	assert_string_equal(p.text, "text, 8 bytes");
	p = pointer_classify(&c, 0x0000656e6f687069, *state);
	assert_string_equal(p.ascii, "iphone");
	p = pointer_classify(&c, 0x2f746e6567610963, *state);
	assert_string_equal(p.ascii, "c.agent/");
}

static void
gives_the_address_that_a_shadow_stands_for(void **state)
{
	struct pointer_context c = { .arch = &arch_x86_64 };
	struct pointer p = pointer_classify(&c, 0xdffffc0000000005, *state);

	assert_true(p.has_original);
	assert_int_equal(p.original, 0x28);
	/* Any other is a non-canonical address until KASAN is known to be there. */
	assert_int_equal(pointer_classify(&c, 0xf1f1f1f1f1f1f1f1, *state).class,
			 POINTER_NON_CANONICAL);
	c.has_kasan = true;
	assert_int_equal(pointer_classify(&c, 0xf1f1f1f1f1f1f1f1, *state).class,
			 POINTER_KASAN_SHADOW);
	/* A canonical one must have been formed with the offset. */
	assert_int_equal(pointer_classify(&c, 0xffffde202758ca0b, *state).class, POINTER_UNKNOWN);
	c.is_shadow = true;
	assert_int_equal(pointer_classify(&c, 0xffffde202758ca0b, *state).original,
			 0xffff11013ac65058);
	assert_true(pointer_is_kasan_offset(&arch_x86_64, 0xdffffc0000000000));
	assert_false(pointer_is_kasan_offset(&arch_x86_64, 0));
}

static void
knows_the_regions_it_was_given(void **state)
{
	static const struct pointer_range range[] = {
		{ 0xffff927739c00000, 0xffff927739dfffff, POINTER_PER_CPU, "CPU 3" },
		{ 0xffff927700000000, 0xffff9277ffffffff, POINTER_DIRECT_MAP, NULL },
		{ 0xffffb23400120000, 0xffffb23400123fff, POINTER_STACK, "the stack of bash" },
		{ 0xffffb23400000000, 0xffffd233ffffffff, POINTER_VMALLOC, NULL },
	};
	static const struct pointer_context c = { &arch_x86_64, range, ARRAY_LEN(range), 0,
						  false,        false };
	static const struct want want[] = {
		{ 0xffff927739c2b720, POINTER_PER_CPU, "CPU 3" },
		{ 0xffff927722ec1040, POINTER_DIRECT_MAP, NULL },
		{ 0xffffb23400123e58, POINTER_STACK, "the stack of bash" },
		{ 0xffffb23400124000, POINTER_VMALLOC, NULL },
		{ 0xffff800000000000, POINTER_UNKNOWN, NULL },
	};

	check(*state, &c, want, ARRAY_LEN(want));
}

static void
infers_regions_from_the_registers(void **state)
{
	struct pointer_range range[POINTER_RANGES_MAX];
	struct pointer_context c = { .arch = &arch_x86_64, .range = range };
	struct regs r = { .count = 0 };
	static const struct want moved[] = {
		{ 0xffffb23400123e60, POINTER_STACK, "the stack that the stack pointer is on" },
		{ 0xffff92773fc00028, POINTER_PER_CPU, "the per-CPU area of this CPU" },
		{ 0xffff927722ec1040, POINTER_DIRECT_MAP, "near the per-CPU area" },
		{ 0xffffb23400456000, POINTER_VMALLOC, "near the stack" },
		{ 0xffffe62341234040, POINTER_UNKNOWN, NULL },
	};
	static const struct want unmoved[] = {
		{ 0xffff88a000000000, POINTER_DIRECT_MAP, NULL },
		{ 0xffffc9fffffff000, POINTER_VMALLOC, NULL },
		{ 0xffffea0000001000, POINTER_UNKNOWN, "the array of struct page" },
	};
	static const struct want five_levels[] = {
		{ 0xff110000345bc040, POINTER_DIRECT_MAP, NULL },
		{ 0x00ff000012345678, POINTER_USER, NULL },
		{ 0x0100000012345678, POINTER_NON_CANONICAL, NULL },
		{ 0xffa0000000223000, POINTER_VMALLOC, NULL },
	};

	regs_put(&r, "rsp", 0xffffb23400123e58);
	regs_put(&r, "gs", 0xffff92773fc00000);
	c.range_count = pointer_ranges_of_registers(&c, &r, range);
	check(*state, &c, moved, ARRAY_LEN(moved));

	regs_put(&r, "gs", 0xffff88803fc00000);
	c.range_count = pointer_ranges_of_registers(&c, &r, range);
	check(*state, &c, unmoved, ARRAY_LEN(unmoved));

	regs_put(&r, "gs", 0xff1100003ec00000);
	regs_put(&r, "rsp", 0xffa0000000123e58);
	assert_int_equal(pointer_va_bits(&arch_x86_64, &r), 57);
	regs_put(&r, "cr4", 0x751ef0);
	assert_int_equal(pointer_va_bits(&arch_x86_64, &r), 57);
	c.va_bits = 57;
	c.range_count = pointer_ranges_of_registers(&c, &r, range);
	check(*state, &c, five_levels, ARRAY_LEN(five_levels));
	regs_put(&r, "cr4", 0x1606f0);
	assert_int_equal(pointer_va_bits(&arch_x86_64, &r), 48);
	assert_true(pointer_ranges_of_registers(&c, NULL, range) == 0);
}

static void
knows_what_is_different_on_other_machines(void **state)
{
	static const struct pointer_context arm64 = { .arch = &arch_arm64 };
	static const struct want want_arm64[] = {
		{ 0x0000ffff12345678, POINTER_USER, NULL },
		{ 0x0001000012345678, POINTER_NON_CANONICAL, NULL },
		{ 0xdfff800000000001, POINTER_KASAN_SHADOW, "the KASAN shadow of 0x8" },
		{ 0xdead000000000110, POINTER_LIST_POISON, "LIST_POISON1 + 0x10" },
		{ 0xffff000012345678, POINTER_UNKNOWN, NULL },
	};
	static const struct pointer_context i386 = { .arch = &arch_i386 };
	static const struct want want_i386[] = {
		{ 0xfffffff4, POINTER_ERR_PTR, "-ENOMEM as a pointer, or 0xc below NULL" },
		{ 0x6b6b6b6b, POINTER_SLAB_POISON, "the poison of freed slab memory (6b...)" },
		{ 0xa56b6b6b, POINTER_SLAB_POISON, "*" },
		{ 0x00100100, POINTER_LIST_POISON, "LIST_POISON1 of kernels before v4.3" },
		{ 0x08048000, POINTER_USER, NULL },
		{ 0xc1234567, POINTER_UNKNOWN, NULL },
		{ 0x6c6c6568, POINTER_ASCII, "text, 4 bytes" },
	};
	static const struct pointer_context ppc64 = { .arch = &arch_ppc64 };
	static const struct want want_ppc64[] = {
		{ 0x5deadbeef0000100, POINTER_LIST_POISON, "LIST_POISON1" },
		{ 0xc000000012345678, POINTER_DIRECT_MAP, NULL },
	};

	check(*state, &arm64, want_arm64, ARRAY_LEN(want_arm64));
	check(*state, &i386, want_i386, ARRAY_LEN(want_i386));
	check(*state, &ppc64, want_ppc64, ARRAY_LEN(want_ppc64));
}

static void
has_linux_names_for_error_numbers(void **state)
{
	(void)state;
	assert_string_equal(errno_name(2), "ENOENT");
	assert_string_equal(errno_name(11), "EAGAIN");
	assert_string_equal(errno_name(95), "EOPNOTSUPP");
	assert_string_equal(errno_name(133), "EHWPOISON");
	assert_string_equal(errno_name(512), "ERESTARTSYS");
	assert_null(errno_name(0));
	assert_null(errno_name(41));
	assert_null(errno_name(4095));
	assert_null(errno_name(UINT64_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(names_the_class_that_fits_first),
		UNIT_TEST(keeps_the_text_of_an_address_out_of_its_description),
		UNIT_TEST(gives_the_address_that_a_shadow_stands_for),
		UNIT_TEST(knows_the_regions_it_was_given),
		UNIT_TEST(infers_regions_from_the_registers),
		UNIT_TEST(knows_what_is_different_on_other_machines),
		UNIT_TEST(has_linux_names_for_error_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
