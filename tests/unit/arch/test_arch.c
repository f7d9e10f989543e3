/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include "unit.h"

#include <elf.h>
#include <string.h>

static void
finds_ports_by_what_uname_says(void **state)
{
	(void)state;
	assert_ptr_equal(arch_find(STR("x86_64")), &arch_x86_64);
	assert_ptr_equal(arch_find(STR("i686")), &arch_i386);
	assert_ptr_equal(arch_find(STR("aarch64")), &arch_arm64);
	assert_ptr_equal(arch_find(STR("arm64")), &arch_arm64);
	assert_ptr_equal(arch_find(STR("armv7l")), &arch_arm);
	assert_ptr_equal(arch_find(STR("ppc64le")), &arch_ppc64);
	assert_ptr_equal(arch_find(STR("s390x")), &arch_s390x);
	assert_ptr_equal(arch_find(STR("riscv64")), &arch_riscv64);
	assert_null(arch_find(STR("riscv32")));
	assert_null(arch_find(STR("")));
}

static void
finds_ports_by_elf_machine(void **state)
{
	(void)state;
	assert_ptr_equal(arch_find_elf(EM_X86_64, 8), &arch_x86_64);
	assert_ptr_equal(arch_find_elf(EM_386, 8), &arch_i386);
	assert_ptr_equal(arch_find_elf(EM_386, 4), &arch_i386);
	assert_ptr_equal(arch_find_elf(EM_S390, 8), &arch_s390x);
	assert_null(arch_find_elf(EM_S390, 4));
	assert_null(arch_find_elf(EM_RISCV, 4));
	assert_null(arch_find_elf(EM_IA_64, 8));
}

static void
finds_ports_by_the_length_of_their_notes(void **state)
{
	(void)state;
	assert_ptr_equal(arch_find_prstatus(336, 8, ORDER_LITTLE), &arch_x86_64);
	assert_ptr_equal(arch_find_prstatus(336, 8, ORDER_BIG), &arch_s390x);
	assert_ptr_equal(arch_find_prstatus(392, 8, ORDER_LITTLE), &arch_arm64);
	assert_ptr_equal(arch_find_prstatus(392, 8, ORDER_BIG), &arch_arm64);
	assert_ptr_equal(arch_find_prstatus(376, 8, ORDER_LITTLE), &arch_riscv64);
	assert_ptr_equal(arch_find_prstatus(504, 8, ORDER_BIG), &arch_ppc64);
	assert_ptr_equal(arch_find_prstatus(144, 4, ORDER_LITTLE), &arch_i386);
	assert_ptr_equal(arch_find_prstatus(148, 4, ORDER_LITTLE), &arch_arm);
	assert_null(arch_find_prstatus(376, 8, ORDER_BIG));
	assert_null(arch_find_prstatus(0, 8, ORDER_LITTLE));
}

/* The lengths are those of struct elf_prstatus: pr_reg and, behind it, pr_fpvalid. */
static void
has_registers_that_fill_pr_reg(void **state)
{
	static const struct {
		const struct arch *arch;
		size_t count;   /* registers */
		size_t reg_len; /* bytes that they take */
		size_t len;     /* of the note */
	} rows[] = {
		{ &arch_x86_64, 27, 216, 336 },  { &arch_i386, 17, 68, 144 },
		{ &arch_arm64, 34, 272, 392 },   { &arch_arm, 18, 72, 148 },
		{ &arch_ppc64, 44, 352, 504 },   { &arch_s390x, 35, 216, 336 },
		{ &arch_riscv64, 32, 256, 376 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct arch_reg *r = rows[i].arch->prstatus;
		size_t count = 0;
		size_t end = 0;

		for (; r[count].name != NULL; count++) {
			assert_int_equal(r[count].off, end);
			end = r[count].off + r[count].len;
		}
		assert_int_equal(count, rows[i].count);
		assert_int_equal(end, rows[i].reg_len);
		assert_int_equal(rows[i].arch->prstatus_len, rows[i].len);
	}
}

static void
has_the_registers_of_the_roles(void **state)
{
	static const struct arch *const all[] = { &arch_x86_64, &arch_i386,  &arch_arm64,
						  &arch_arm,    &arch_ppc64, &arch_s390x,
						  &arch_riscv64 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		uint8_t desc[512] = { 0 };
		struct regs r = { .count = 0 };
		uint64_t v = 0;
		uint32_t pid = 0;

		assert_true(arch_prstatus(all[i], (struct bytes){ desc, sizeof(desc) },
					  ORDER_LITTLE, &pid, &r));
		assert_true(regs_get(&r, all[i]->ip, &v));
		assert_true(regs_get(&r, all[i]->sp, &v));
		assert_true(all[i]->fp == NULL || regs_get(&r, all[i]->fp, &v));
	}
}

static void
reads_registers_in_both_byte_orders(void **state)
{
	uint8_t desc[336] = { 0 };
	struct bytes d = { desc, sizeof(desc) };
	struct regs r = { .count = 0 };
	uint32_t pid = 0;
	uint64_t v = 0;

	(void)state;
	desc[32] = 0x39;
	desc[112 + 16 * 8] = 0x10;
	desc[112 + 16 * 8 + 7] = 0xff;
	assert_true(arch_prstatus(&arch_x86_64, d, ORDER_LITTLE, &pid, &r));
	assert_int_equal(pid, 0x39);
	assert_true(regs_get(&r, "rip", &v));
	assert_int_equal(v, UINT64_C(0xff00000000000010));

	memset(desc, 0, sizeof(desc));
	desc[35] = 7;
	desc[112 + 15] = 0x44;
	desc[112 + 18 * 8 + 3] = 0x55; /* the first access register, four bytes long */
	assert_true(arch_prstatus(&arch_s390x, d, ORDER_BIG, &pid, &r));
	assert_int_equal(pid, 7);
	assert_true(regs_get(&r, "psw_addr", &v) && v == 0x44);
	assert_true(regs_get(&r, "acr0", &v) && v == 0x55);
}

static void
takes_what_a_cut_description_has(void **state)
{
	uint8_t desc[336] = { 0 };
	struct regs r = { .count = 0 };
	uint32_t pid = 0;
	uint64_t v = 0;

	(void)state;
	for (size_t len = 0; len < 120; len++)
		assert_false(arch_prstatus(&arch_x86_64, (struct bytes){ desc, len }, ORDER_LITTLE,
					   &pid, &r));
	assert_int_equal(r.count, 0);
	assert_true(
		arch_prstatus(&arch_x86_64, (struct bytes){ desc, 130 }, ORDER_LITTLE, &pid, &r));
	assert_int_equal(r.count, 2);
	assert_true(regs_get(&r, "r14", &v));
	assert_false(regs_get(&r, "r13", &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_ports_by_what_uname_says),
		UNIT_TEST(finds_ports_by_elf_machine),
		UNIT_TEST(finds_ports_by_the_length_of_their_notes),
		UNIT_TEST(has_registers_that_fill_pr_reg),
		UNIT_TEST(has_the_registers_of_the_roles),
		UNIT_TEST(reads_registers_in_both_byte_orders),
		UNIT_TEST(takes_what_a_cut_description_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
