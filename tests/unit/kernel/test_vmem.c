/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/vmem.h"

#include "dump/format.h"

#include "faketables.h"
#include "unit.h"

#include <stdio.h>

/* The pages of a dump, for who looks through all of them. */
static bool
next_page(void *self, uint64_t *pfn)
{
	const struct fakephys *f = self;
	uint64_t first = f->addr / FAKEPHYS_PAGE;

	if (*pfn < first)
		*pfn = first;
	return *pfn < first + FAKEPHYS_LEN / FAKEPHYS_PAGE;
}

static enum page_state
fetch_page(void *self, uint64_t pfn, uint8_t *page, bool *zero)
{
	(void)zero;
	return fakephys_read(self, pfn * FAKEPHYS_PAGE, page, FAKEPHYS_PAGE) == NULL ? PAGE_PRESENT
										     : PAGE_LOST;
}

/* A dump of any processor whose physical memory a test fills. */
static struct dump *
dump_of(struct arena *a, const struct arch *arch, struct fakephys *f, const char *vmcoreinfo)
{
	struct dump *d = ARENA_NEW(a, struct dump);

	d->arch = arch;
	d->machine = arch->name;
	d->order = f->mem.order;
	d->word_len = arch->word_len;
	d->page_len = 4096;
	d->phys = f->mem;
	d->impl = ARENA_NEW(a, struct dump_impl);
	d->impl->arena = a;
	d->impl->next = next_page;
	d->impl->from = (struct page_source){ fetch_page, f, FAKEPHYS_PAGE, false };
	if (vmcoreinfo != NULL)
		d->vmcoreinfo = vmcoreinfo_parse(a, str_of(vmcoreinfo));
	return d;
}

static uint64_t
x86_table(uint64_t pa)
{
	return pa | 0x63;
}

enum {
	RAM = 0x3e00000, /* where the fake memory starts: a kernel loaded at 62 MiB */
	ROOT = RAM + 0x10000,
	TABLES = RAM + 0x20000,
	DATA = RAM + 0x40000,
	LARGE = 0x80,
};

/* The image of this kernel starts 2 MiB above its link address, at RAM. */
static const uint64_t image = UINT64_C(0xffffffff81200000);
static const uint64_t phys_base = RAM - UINT64_C(0x1200000);
static const uint64_t root_va = UINT64_C(0xffffffff81210000);
static const uint64_t vmalloc = UINT64_C(0xffffc90000010000);

static struct faketables
x86_tables(struct arena *a, unsigned levels)
{
	struct faketables t = {
		.f = fakephys_new(a, RAM, ORDER_LITTLE, 8),
		.root = ROOT,
		.next = TABLES,
		.page_shift = 12,
		.index_bits = 9,
		.levels = levels,
		.entry_len = 8,
		.table = x86_table,
	};
	unsigned bits = 12 + 9 * levels;

	faketables_map(&t, image, bits, 1, RAM | 0x63 | LARGE);
	/* two pages that are neighbours in virtual memory only */
	faketables_map(&t, vmalloc, bits, 0, (DATA + 0x8000) | 0x63);
	faketables_map(&t, vmalloc + 4096, bits, 0, (DATA + 0x2000) | 0x63);
	memset(t.f->bytes + 0x48000, 'A', 4096);
	memset(t.f->bytes + 0x42000, 'B', 4096);
	return t;
}

static const char *
x86_info(struct arena *a, const char *more)
{
	return arena_printf(a,
			    "OSRELEASE=6.1.0\nSYMBOL(init_top_pgt)=%llx\nSYMBOL(swapper_pg_dir)="
			    "%llx\nKERNELOFFSET=200000\n%s",
			    (unsigned long long)root_va, (unsigned long long)root_va, more);
}

static struct vmem *
open_vmem(struct arena *a, struct dump *d)
{
	struct vmem *v = NULL;

	assert_null(vmem_open(d, a, &v));
	return v;
}

static void
expect_tables(struct vmem *v)
{
	uint64_t pa = 0;
	uint8_t buf[4096] = { 0 };

	assert_true(v->has_tables);
	assert_null(v->problem);
	assert_int_equal(v->paging.root, ROOT);
	assert_null(vmem_translate(v, image + 0x12345, &pa));
	assert_int_equal(pa, RAM + 0x12345);
	assert_null(vmem_translate(v, image + 0x54321, &pa)); /* by what is known now */
	assert_int_equal(pa, RAM + 0x54321);
	assert_null(memory_read(&v->mem, vmalloc + 2048, buf, 4096));
	assert_int_equal(buf[0], 'A');
	assert_int_equal(buf[2047], 'A');
	assert_int_equal(buf[2048], 'B');
	assert_int_equal(buf[4095], 'B');
	assert_int_equal(memory_read(&v->mem, vmalloc + 6000, buf, 4096)->code, ERROR_ABSENT);
	assert_int_equal(memory_read(&v->mem, UINT64_MAX, buf, 2)->code, ERROR_ABSENT);
}

static void
finds_tables_by_phys_base(void **state)
{
	char number[64] = { 0 };
	struct faketables t = x86_tables(*state, 4);

	snprintf(number, sizeof(number), "NUMBER(phys_base)=%lld\n", (long long)phys_base);

	struct vmem *v =
		open_vmem(*state, dump_of(*state, &arch_x86_64, t.f, x86_info(*state, number)));

	expect_tables(v);
	assert_true(v->has_kaslr);
	assert_int_equal(v->kaslr_offset, 0x200000);
	assert_string_equal(v->source, "VMCOREINFO");
}

static void
follows_five_levels_if_vmcoreinfo_says_so(void **state)
{
	char more[96] = { 0 };
	struct faketables t = x86_tables(*state, 5);

	snprintf(more, sizeof(more), "NUMBER(phys_base)=%lld\nNUMBER(pgtable_l5_enabled)=1\n",
		 (long long)phys_base);
	expect_tables(
		open_vmem(*state, dump_of(*state, &arch_x86_64, t.f, x86_info(*state, more))));
}

static void
believes_the_header_only_if_it_leads_to_the_tables(void **state)
{
	struct faketables t = x86_tables(*state, 4);
	struct dump *d = dump_of(*state, &arch_x86_64, t.f, x86_info(*state, ""));

	d->has_phys_base = true;
	d->phys_base = phys_base;
	expect_tables(open_vmem(*state, d));
	d->phys_base = 0x1000000;
	assert_string_equal(open_vmem(*state, d)->source, "search");
}

static void
searches_for_tables_that_nothing_leads_to(void **state)
{
	struct faketables t = x86_tables(*state, 4);

	expect_tables(open_vmem(*state, dump_of(*state, &arch_x86_64, t.f, x86_info(*state, ""))));
}

/* A CPU of a QEMU note, in the kernel, with these tables. */
static void
add_cpu(struct arena *a, struct dump *d, uint64_t cr3, unsigned levels)
{
	d->cpu = ARENA_NEW(a, struct dump_cpu);
	d->cpu_count = 1;
	d->cpu->from_qemu = true;
	regs_put(&d->cpu->regs, "cr0", UINT64_C(0x80050033));
	regs_put(&d->cpu->regs, "cr3", cr3);
	regs_put(&d->cpu->regs, "cr4", levels == 5 ? 0x16f0 : 0x6f0);
	regs_put(&d->cpu->regs, "rip", UINT64_C(0x7f0000001000));
	regs_put(&d->cpu->regs, "kernel_gs_base", vmalloc);
}

static void
uses_cr3_of_a_qemu_note_without_vmcoreinfo(void **state)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct faketables t = x86_tables(*state, levels);
		struct dump *d = dump_of(*state, &arch_x86_64, t.f, NULL);

		add_cpu(*state, d, ROOT | 0x801, levels);

		struct vmem *v = open_vmem(*state, d);

		expect_tables(v);
		assert_true(v->has_kaslr);
		assert_int_equal(v->kaslr_offset, 0x200000);
	}
}

/* As the kernel keeps it, at the start of a page. */
static void
put_vmcoreinfo(struct arena *a, struct fakephys *f, uint64_t root)
{
	const char *text =
		arena_printf(a,
			     "OSRELEASE=6.1.0\nSYMBOL(_stext)=1000\nSYMBOL(init_top_pgt)=%llx\n"
			     "NUMBER(phys_base)=%lld\nKERNELOFFSET=200000\n",
			     (unsigned long long)root, (long long)phys_base);

	fakephys_put_text(f, DATA + 0x10000, text, strlen(text));
}

static void
finds_vmcoreinfo_in_memory(void **state)
{
	struct faketables t = x86_tables(*state, 4);
	struct dump *d = dump_of(*state, &arch_x86_64, t.f, NULL);

	put_vmcoreinfo(*state, t.f, root_va);
	expect_tables(open_vmem(*state, d));
	assert_non_null(d->vmcoreinfo);
}

static void
does_not_believe_what_an_older_kernel_left_in_memory(void **state)
{
	struct faketables t = x86_tables(*state, 4);
	struct dump *d = dump_of(*state, &arch_x86_64, t.f, NULL);

	put_vmcoreinfo(*state, t.f, root_va + 0x5000);
	add_cpu(*state, d, ROOT, 4);
	expect_tables(open_vmem(*state, d));
	assert_null(d->vmcoreinfo);
}

/* A kernel of 4.9 under QEMU: VMCOREINFO has no phys_base. */
static void
compares_cr3_with_vmcoreinfo(void **state)
{
	struct faketables t = x86_tables(*state, 4);
	struct dump *d = dump_of(*state, &arch_x86_64, t.f, x86_info(*state, ""));

	/* of a process, with the kernel's half */
	memcpy(t.f->bytes + (DATA - RAM), t.f->bytes + (ROOT - RAM), 4096);
	add_cpu(*state, d, DATA, 4);
	d->has_phys_base = true;
	d->phys_base = 0xbad00000;
	expect_tables(open_vmem(*state, d));

	fakephys_put64(t.f, ROOT + 511 * 8, 0);
	assert_int_equal(open_vmem(*state, d)->problem->code, ERROR_CORRUPT);
}

/* With page table isolation a CPU in user mode has tables one page behind the kernel's. */
static void
finds_the_kernels_tables_beside_those_of_user_mode(void **state)
{
	struct faketables t = x86_tables(*state, 4);
	struct dump *d = dump_of(*state, &arch_x86_64, t.f, NULL);

	add_cpu(*state, d, ROOT | 0x1000, 4);
	expect_tables(open_vmem(*state, d));
}

static void
masks_the_encryption_bit_of_vmcoreinfo(void **state)
{
	char more[128] = { 0 };
	uint64_t c_bit = UINT64_C(1) << 51;
	struct faketables t = x86_tables(*state, 4);

	snprintf(more, sizeof(more), "NUMBER(phys_base)=%lld\nNUMBER(sme_mask)=%lld\n",
		 (long long)phys_base, (long long)c_bit);
	for (uint64_t pa = ROOT; pa < DATA; pa += 8) {
		uint64_t e = faketables_entry(&t, pa);

		if (e != 0)
			fakephys_put64(t.f, pa, e | c_bit);
	}
	expect_tables(
		open_vmem(*state, dump_of(*state, &arch_x86_64, t.f, x86_info(*state, more))));
}

static void
reads_the_image_without_its_tables(void **state)
{
	char number[64] = { 0 };
	struct faketables t = x86_tables(*state, 4);
	uint64_t pa = 0;

	snprintf(number, sizeof(number), "NUMBER(phys_base)=%lld\n", (long long)phys_base);
	fakephys_lose(t.f, ROOT);

	struct vmem *v =
		open_vmem(*state, dump_of(*state, &arch_x86_64, t.f, x86_info(*state, number)));

	assert_false(v->has_tables);
	assert_string_equal(v->problem->cause->message, "that page is lost");
	assert_null(vmem_translate(v, image + 0x40000, &pa));
	assert_int_equal(pa, DATA);
	assert_int_equal(vmem_translate(v, vmalloc, &pa)->code, ERROR_ABSENT);
}

static void
says_so_if_nothing_leads_to_the_tables(void **state)
{
	struct faketables t = x86_tables(*state, 4);
	struct vmem *v = NULL;

	assert_int_equal(vmem_open(dump_of(*state, &arch_x86_64, t.f, NULL), *state, &v)->code,
			 ERROR_ABSENT);
	assert_int_equal(
		vmem_open(dump_of(*state, &arch_x86_64, t.f, "OSRELEASE=6.1.0\n"), *state, &v)
			->code,
		ERROR_ABSENT);

	struct dump *d = dump_of(*state, &arch_s390x, t.f, NULL);

	d->arch = NULL;
	d->machine = "alpha";
	assert_int_equal(vmem_open(d, *state, &v)->code, ERROR_UNSUPPORTED);
	assert_null(v);
}

static void
reads_within_one_page_without_walking_again(void **state)
{
	char number[64] = { 0 };
	struct faketables t = x86_tables(*state, 4);
	uint8_t b = 0;

	snprintf(number, sizeof(number), "NUMBER(phys_base)=%lld\n", (long long)phys_base);

	struct vmem *v =
		open_vmem(*state, dump_of(*state, &arch_x86_64, t.f, x86_info(*state, number)));

	assert_null(memory_u8(&v->mem, image + 1, &b));
	assert_null(memory_u8(&v->mem, vmalloc, &b));
	t.f->reads = 0;
	for (uint64_t i = 0; i < 1000; i++) {
		assert_null(memory_u8(&v->mem, image + i * 100, &b));
		assert_null(memory_u8(&v->mem, vmalloc + i, &b));
	}
	assert_int_equal(t.f->reads, 2000);
}

static uint64_t
arm64_table(uint64_t pa)
{
	return pa | 3;
}

/* As processors are told and kernels are built; the last address bits that index tables. */
static void
finds_tables_of_arm64_kernels(void **state)
{
	static const struct {
		unsigned page_shift, built, t1sz, bits, levels;
	} rows[] = {
		{ 12, 48, 16, 48, 4 }, { 12, 39, 25, 39, 3 }, { 12, 52, 12, 52, 5 },
		{ 12, 52, 16, 48, 4 }, { 14, 47, 17, 47, 3 }, { 14, 52, 17, 47, 3 },
		{ 16, 42, 22, 42, 2 }, { 16, 52, 16, 52, 3 }, { 16, 52, 12, 52, 3 },
		{ 12, 48, 0, 48, 4 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t va = (~UINT64_C(0) << (rows[i].bits - 1)) + 0x80000000;
		uint64_t voffset = va - RAM;
		uint64_t pa = 0;
		struct faketables t = {
			.f = fakephys_new(*state, RAM, ORDER_LITTLE, 8),
			.root = RAM + 0x10000,
			.next = RAM + 0x20000,
			.page_shift = rows[i].page_shift,
			.index_bits = rows[i].page_shift - 3,
			.levels = rows[i].levels,
			.entry_len = 8,
			.table = arm64_table,
		};
		char t1sz[64] = { 0 };

		t.next = t.root + (UINT64_C(1) << t.page_shift);
		for (uint64_t off = 0; off < 0x40000; off += UINT64_C(1) << t.page_shift)
			faketables_map(&t, va + off, rows[i].bits, 0, (RAM + off) | 3);
		if (rows[i].t1sz != 0)
			snprintf(t1sz, sizeof(t1sz), "NUMBER(TCR_EL1_T1SZ)=%u\n", rows[i].t1sz);

		const char *info =
			arena_printf(*state,
				     "OSRELEASE=6.1.0\nPAGESIZE=%u\nSYMBOL(swapper_pg_dir)=%llx\n"
				     "NUMBER(VA_BITS)=%u\n%sNUMBER(kimage_voffset)=0x%llx\n"
				     "NUMBER(PHYS_OFFSET)=0x%x\nKERNELOFFSET=0\n",
				     1u << t.page_shift, (unsigned long long)va + 0x10000,
				     rows[i].built, t1sz, (unsigned long long)voffset, RAM);
		struct vmem *v = open_vmem(*state, dump_of(*state, &arch_arm64, t.f, info));

		assert_null(v->problem);
		assert_int_equal(v->paging.va_bits, rows[i].bits);
		assert_null(vmem_translate(v, va + 0x34567, &pa));
		assert_int_equal(pa, RAM + 0x34567);
		assert_non_null(vmem_translate(v, va + 0x45678, &pa));
	}
}

static uint64_t
riscv_table(uint64_t pa)
{
	return pa >> 12 << 10 | 1;
}

static void
finds_tables_of_riscv64_kernels(void **state)
{
	for (unsigned levels = 3; levels <= 5; levels++) {
		unsigned bits = 12 + 9 * levels;
		uint64_t link = UINT64_C(0xffffffff80000000);
		uint64_t pa = 0;
		struct faketables t = {
			.f = fakephys_new(*state, RAM, ORDER_LITTLE, 8),
			.root = RAM + 0x10000,
			.next = RAM + 0x11000,
			.page_shift = 12,
			.index_bits = 9,
			.levels = levels,
			.entry_len = 8,
			.table = riscv_table,
		};

		faketables_map(&t, link, bits, 1, (uint64_t)RAM >> 12 << 10 | 0xcf);

		const char *info = arena_printf(
			*state,
			"OSRELEASE=6.6.0\nPAGESIZE=4096\nSYMBOL(swapper_pg_dir)=%llx\n"
			"NUMBER(VA_BITS)=%u\nNUMBER(phys_ram_base)=0x%x\n"
			"NUMBER(PAGE_OFFSET)=0xff60000000000000\n"
			"NUMBER(KERNEL_LINK_ADDR)=0x%llx\nNUMBER(va_kernel_pa_offset)=0x%llx\n",
			(unsigned long long)link + 0x10000, bits, RAM, (unsigned long long)link,
			(unsigned long long)(link - RAM));
		struct vmem *v = open_vmem(*state, dump_of(*state, &arch_riscv64, t.f, info));

		assert_null(v->problem);
		assert_null(vmem_translate(v, link + 0x123456, &pa));
		assert_int_equal(pa, RAM + 0x123456);
	}
}

static void
finds_tables_of_i386_kernels(void **state)
{
	struct faketables t = {
		.f = fakephys_new(*state, RAM, ORDER_LITTLE, 4),
		.root = ROOT,
		.next = ROOT + 4096,
		.page_shift = 12,
		.index_bits = 9,
		.levels = 3,
		.entry_len = 8,
		.table = x86_table,
	};
	uint64_t pa = 0;

	faketables_map(&t, 0xc0000000u + RAM, 32, 1, RAM | 0x63 | LARGE);

	const char *info = arena_printf(
		*state, "OSRELEASE=5.10.0\nSYMBOL(swapper_pg_dir)=%x\nCONFIG_X86_PAE=y\n",
		0xc0000000u + ROOT);
	struct vmem *v = open_vmem(*state, dump_of(*state, &arch_i386, t.f, info));

	assert_null(v->problem);
	assert_null(vmem_translate(v, 0xc0000000u + RAM + 0x45678, &pa));
	assert_int_equal(pa, RAM + 0x45678);
}

static void
reads_ppc64_memory_through_its_linear_mapping(void **state)
{
	struct fakephys *f = fakephys_new(*state, RAM, ORDER_BIG, 8);
	struct vmem *v = open_vmem(*state, dump_of(*state, &arch_ppc64, f, NULL));
	uint64_t value = 0;

	fakephys_put64(f, RAM + 8, 0x1122334455667788);
	assert_null(memory_word(&v->mem, UINT64_C(0xc000000000000008) + RAM, &value));
	assert_int_equal(value, 0x1122334455667788);
	assert_int_equal(memory_word(&v->mem, UINT64_C(0xd000000000000000), &value)->code,
			 ERROR_ABSENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_tables_by_phys_base),
		UNIT_TEST(follows_five_levels_if_vmcoreinfo_says_so),
		UNIT_TEST(believes_the_header_only_if_it_leads_to_the_tables),
		UNIT_TEST(searches_for_tables_that_nothing_leads_to),
		UNIT_TEST(uses_cr3_of_a_qemu_note_without_vmcoreinfo),
		UNIT_TEST(finds_vmcoreinfo_in_memory),
		UNIT_TEST(does_not_believe_what_an_older_kernel_left_in_memory),
		UNIT_TEST(compares_cr3_with_vmcoreinfo),
		UNIT_TEST(finds_the_kernels_tables_beside_those_of_user_mode),
		UNIT_TEST(masks_the_encryption_bit_of_vmcoreinfo),
		UNIT_TEST(reads_the_image_without_its_tables),
		UNIT_TEST(says_so_if_nothing_leads_to_the_tables),
		UNIT_TEST(reads_within_one_page_without_walking_again),
		UNIT_TEST(finds_tables_of_arm64_kernels),
		UNIT_TEST(finds_tables_of_riscv64_kernels),
		UNIT_TEST(finds_tables_of_i386_kernels),
		UNIT_TEST(reads_ppc64_memory_through_its_linear_mapping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
