/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arch/arch.h"

#include "fakephys.h"
#include "unit.h"

enum {
	PGD = 0x100000,
	P4D = 0x101000,
	PUD = 0x102000,
	PMD = 0x103000,
	PTE = 0x104000,
	RW_PRESENT = 0x63,
	LARGE = 0x80,
};

static const uint64_t va = UINT64_C(0xffffffff81234567);

/* Tables in which va is mapped by a page of 4 KiB, through four or five levels. */
static struct fakephys *
tables(struct arena *a, bool five)
{
	struct fakephys *f = fakephys_new(a, PGD, ORDER_LITTLE, 8);

	fakephys_put64(f, PGD + 511 * 8, (five ? P4D : PUD) | RW_PRESENT);
	fakephys_put64(f, P4D + 511 * 8, PUD | RW_PRESENT);
	fakephys_put64(f, PUD + 510 * 8, PMD | RW_PRESENT);
	fakephys_put64(f, PMD + 9 * 8, PTE | RW_PRESENT);
	fakephys_put64(f, PTE + 0x34 * 8, UINT64_C(0x8000000012345000) | RW_PRESENT);
	return f;
}

static const struct error *
walk(const struct fakephys *f, uint8_t levels, uint64_t addr, struct arch_mapping *m)
{
	struct arch_paging p = { .root = PGD, .page_shift = 12, .levels = levels };

	return arch_x86_64.walk(&f->mem, &p, addr, m);
}

static void
follows_four_levels(void **state)
{
	struct arch_mapping m = { 0 };

	assert_null(walk(tables(*state, false), 4, va, &m));
	assert_int_equal(m.pa, 0x12345567);
	assert_int_equal(m.va_from, va & ~UINT64_C(0xfff));
	assert_int_equal(m.va_to, va | 0xfff);
}

static void
follows_five_levels(void **state)
{
	struct arch_mapping m = { 0 };

	assert_null(walk(tables(*state, true), 5, va, &m));
	assert_int_equal(m.pa, 0x12345567);
}

static void
stops_at_pages_of_2_mib_and_1_gib(void **state)
{
	struct fakephys *f = tables(*state, false);
	struct arch_mapping m = { 0 };

	/* bit 12 of a large page is the PAT bit and no address */
	fakephys_put64(f, PMD + 9 * 8, 0x40001000 | LARGE | RW_PRESENT);
	assert_null(walk(f, 4, va, &m));
	assert_int_equal(m.pa, 0x40034567);
	assert_int_equal(m.va_from, UINT64_C(0xffffffff81200000));
	assert_int_equal(m.va_to, UINT64_C(0xffffffff813fffff));

	fakephys_put64(f, PUD + 510 * 8, UINT64_C(0x180000000) | LARGE | RW_PRESENT);
	assert_null(walk(f, 4, va, &m));
	assert_int_equal(m.pa, UINT64_C(0x180000000) + 0x1234567);
	assert_int_equal(m.va_to - m.va_from, 0x3fffffff);
}

static void
refuses_a_large_page_where_none_can_be(void **state)
{
	struct fakephys *f = tables(*state, false);
	struct arch_mapping m = { 0 };

	fakephys_put64(f, PGD + 511 * 8, PUD | LARGE | RW_PRESENT);
	assert_int_equal(walk(f, 4, va, &m)->code, ERROR_CORRUPT);
	assert_int_equal(m.va_to, 0);
}

static void
says_absent_at_every_level_that_lacks_the_entry(void **state)
{
	static const uint64_t entries[] = { PGD + 511 * 8, P4D + 511 * 8, PUD + 510 * 8,
					    PMD + 9 * 8, PTE + 0x34 * 8 };

	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		struct fakephys *f = tables(*state, true);
		struct arch_mapping m = { 0 };

		fakephys_put64(f, entries[i], 0);
		assert_int_equal(walk(f, 5, va, &m)->code, ERROR_ABSENT);
		assert_int_equal(m.va_to, 0);
	}
}

static void
passes_on_that_a_table_cannot_be_read(void **state)
{
	struct fakephys *f = tables(*state, false);
	struct arch_mapping m = { 0 };

	fakephys_put64(f, PMD + 9 * 8, UINT64_C(0x7fffffff000) | RW_PRESENT);
	assert_string_equal(walk(f, 4, va, &m)->message, "no such memory");
}

static void
refuses_addresses_that_are_not_canonical(void **state)
{
	struct fakephys *f = tables(*state, true);
	struct arch_mapping m = { 0 };

	assert_int_equal(walk(f, 4, UINT64_C(0xff00000000000000), &m)->code, ERROR_ABSENT);
	assert_int_equal(walk(f, 4, UINT64_C(0x0000800000000000), &m)->code, ERROR_ABSENT);
	assert_int_equal(walk(f, 5, UINT64_C(0xfe00000000000000), &m)->code, ERROR_ABSENT);
}

static void
masks_the_encryption_bit(void **state)
{
	struct fakephys *f = tables(*state, false);
	struct arch_mapping m = { 0 };
	uint64_t c_bit = UINT64_C(1) << 47;
	struct arch_paging p = { .root = PGD, .page_shift = 12, .levels = 4, .pte_mask = c_bit };

	fakephys_put64(f, PGD + 511 * 8, PUD | RW_PRESENT | c_bit);
	fakephys_put64(f, PUD + 510 * 8, PMD | RW_PRESENT | c_bit);
	fakephys_put64(f, PTE + 0x34 * 8, 0x12345000 | RW_PRESENT | c_bit);
	assert_null(arch_x86_64.walk(&f->mem, &p, va, &m));
	assert_int_equal(m.pa, 0x12345567);
}

/* debug_pagealloc and KFENCE take PRESENT away and leave the rest, inverted since v4.19. */
static void
reads_through_entries_that_only_forbid_access(void **state)
{
	struct fakephys *f = tables(*state, false);
	struct arch_mapping m = { 0 };

	fakephys_put64(f, PTE + 0x34 * 8, 0x12345000 | 0x162);
	assert_null(walk(f, 4, va, &m));
	assert_int_equal(m.pa, 0x12345567);

	fakephys_put64(f, PTE + 0x34 * 8,
		       (~UINT64_C(0x12345000) & UINT64_C(0xffffffffff000)) | 0x162);
	assert_null(walk(f, 4, va, &m));
	assert_int_equal(m.pa, 0x12345567);
}

static void
takes_cr3_and_the_idt_from_a_qemu_note(void **state)
{
	uint8_t desc[440] = { 1, 0, 0, 0, 0xb8, 1 };
	struct bytes note = { desc, sizeof(desc) };
	struct regs r = { .count = 0 };
	uint64_t v = 0;

	(void)state;
	desc[8] = 0x11;              /* rax */
	desc[8 + 6 * 8] = 0x22;      /* rsp */
	desc[8 + 16 * 8 + 7] = 0xff; /* rip */
	desc[152] = 0x10;            /* cs.selector */
	desc[152 + 9 * 24 + 16] = 9; /* idt.base */
	desc[416 + 1] = 0x20;        /* cr3 */
	desc[432] = 0x77;            /* kernel_gs_base */
	assert_true(arch_x86_64.qemu_note(note, ORDER_LITTLE, &r));
	assert_true(regs_get(&r, "rax", &v) && v == 0x11);
	assert_true(regs_get(&r, "rsp", &v) && v == 0x22);
	assert_true(regs_get(&r, "rip", &v) && v == UINT64_C(0xff00000000000000));
	assert_true(regs_get(&r, "cs", &v) && v == 0x10);
	assert_true(regs_get(&r, "idt_base", &v) && v == 9);
	assert_true(regs_get(&r, "cr3", &v) && v == 0x2000);
	assert_true(regs_get(&r, "kernel_gs_base", &v) && v == 0x77);

	assert_true(arch_i386.qemu_note(note, ORDER_LITTLE, &r));
	assert_true(regs_get(&r, "eax", &v) && v == 0x11);
	assert_true(regs_get(&r, "cr3", &v) && v == 0x2000);
	assert_false(regs_get(&r, "r8", &v));
}

static void
refuses_every_truncation_of_a_qemu_note(void **state)
{
	uint8_t desc[440] = { 1, 0, 0, 0, 0xb8, 1 };
	struct regs r = { .count = 0 };

	(void)state;
	for (size_t len = 0; len < sizeof(desc); len++)
		assert_false(arch_x86_64.qemu_note((struct bytes){ desc, len }, ORDER_LITTLE, &r));
	assert_int_equal(r.count, 0);

	/* the form before kernel_gs_base was added */
	desc[4] = 0xb0;
	assert_true(arch_x86_64.qemu_note((struct bytes){ desc, 432 }, ORDER_LITTLE, &r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(follows_four_levels),
		UNIT_TEST(follows_five_levels),
		UNIT_TEST(stops_at_pages_of_2_mib_and_1_gib),
		UNIT_TEST(refuses_a_large_page_where_none_can_be),
		UNIT_TEST(says_absent_at_every_level_that_lacks_the_entry),
		UNIT_TEST(passes_on_that_a_table_cannot_be_read),
		UNIT_TEST(refuses_addresses_that_are_not_canonical),
		UNIT_TEST(masks_the_encryption_bit),
		UNIT_TEST(reads_through_entries_that_only_forbid_access),
		UNIT_TEST(takes_cr3_and_the_idt_from_a_qemu_note),
		UNIT_TEST(refuses_every_truncation_of_a_qemu_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
