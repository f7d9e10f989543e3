/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/mini.h"

#include "dump/format.h"
#include "dump/image.h"
#include "unit.h"

#include <elf.h>
#include <stdio.h>

enum {
	FIRST = 0x100, /* page frame of the first of eight pages */
	DATA = 0x1000, /* where they stand in the file */
	HERE = 6,      /* pages that are in the file; one more was left out, one lies behind it */
};

#define INFO "OSRELEASE=6.1.0-test\nPAGESIZE=4096\n"

/* An ELF core: pages FIRST .. FIRST + 5, of which the last is zeros, one page that was left
 * out, and one that lies beyond the end of the file. */
static struct image
make_core(struct arena *a)
{
	struct image i = image_new(a, 64 << 10, ORDER_LITTLE);
	uint8_t prstatus[336] = { 0 };
	size_t end = 0;

	prstatus[32] = 77;             /* pr_pid */
	prstatus[112 + 16 * 8] = 0x55; /* rip */
	image_elf64(&i, EM_X86_64, 3);
	end = image_note(&i, 0x400, "CORE", 1, prstatus, sizeof(prstatus));
	end = image_note(&i, end, "VMCOREINFO", 0, INFO, sizeof(INFO) - 1);
	image_segment64(&i, 0, (struct image_segment){ PT_NOTE, 0x400, 0, 0, end - 0x400, 0 });
	image_segment64(&i, 1,
			(struct image_segment){ PT_LOAD, DATA, 0, FIRST << 12, HERE << 12,
						(HERE + 1) << 12 });
	image_segment64(&i, 2,
			(struct image_segment){ PT_LOAD, DATA + (HERE << 12), 0, (FIRST + 7) << 12,
						4096, 4096 });
	for (size_t p = 0; p < HERE; p++) {
		for (size_t k = 0; k < 4096; k++)
			i.b[DATA + p * 4096 + k] =
				p == HERE - 1 ? 0 : (uint8_t)(p == 3 ? k * k * 31 >> 7 ^ k : p);
	}
	i.len = DATA + (HERE << 12);
	return i;
}

static struct dump *
open_image(struct bytes b, struct arena *a)
{
	struct source *s = source_of_bytes(b, a);
	struct dump *d = NULL;

	assert_null(dump_open_sources(&s, 1, a, &d));
	return d;
}

/* The mini file of d, opened. */
static struct dump *
reopen(struct dump *d, struct arena *a)
{
	FILE *f = tmpfile();
	uint8_t *b = ARENA_ARRAY(a, uint8_t, 256 << 10);

	assert_non_null(f);
	assert_null(mini_write(d, NULL, f, a));
	rewind(f);

	size_t len = fread(b, 1, 256 << 10, f);

	fclose(f);
	return open_image((struct bytes){ b, len }, a);
}

static void
read_pages(struct dump *d, uint64_t from, uint64_t to)
{
	for (uint64_t pfn = from; pfn < to; pfn++) {
		enum page_state why = PAGE_HOLE;

		(void)dump_page(d, pfn, &why);
	}
}

static void
holds_the_pages_that_were_read(void **state)
{
	struct image i = make_core(*state);
	struct dump *d = open_image((struct bytes){ i.b, i.len }, *state);

	read_pages(d, FIRST, FIRST + 3);
	read_pages(d, FIRST + 3, FIRST + HERE);

	struct dump *m = reopen(d, *state);

	assert_string_equal(m->format, "kdump-compressed");
	assert_int_equal(m->header_version, 6);
	assert_true(m->complete);
	for (uint64_t pfn = FIRST; pfn < FIRST + HERE; pfn++) {
		enum page_state why = PAGE_HOLE;
		const uint8_t *page = dump_page(m, pfn, &why);

		assert_int_equal(why, PAGE_PRESENT);
		assert_memory_equal(page, i.b + DATA + (pfn - FIRST) * 4096, 4096);
	}
	assert_int_equal(dump_pages(m).present, HERE);
}

static void
leaves_out_the_pages_that_were_not_read(void **state)
{
	struct image i = make_core(*state);
	struct dump *d = open_image((struct bytes){ i.b, i.len }, *state);

	read_pages(d, FIRST + 1, FIRST + 2);

	struct dump *m = reopen(d, *state);

	assert_int_equal(dump_page_state(m, FIRST), PAGE_HOLE);
	assert_int_equal(dump_page_state(m, FIRST + 1), PAGE_PRESENT);
	assert_int_equal(dump_page_state(m, FIRST + 2), PAGE_HOLE);
	assert_int_equal(dump_pages(m).present, 1);
}

static void
answers_as_the_dump_did_for_pages_that_are_not_there(void **state)
{
	struct image i = make_core(*state);
	struct dump *d = open_image((struct bytes){ i.b, i.len }, *state);

	read_pages(d, FIRST - 1, FIRST + 8);

	struct dump *m = reopen(d, *state);

	for (uint64_t pfn = FIRST - 1; pfn < FIRST + 9; pfn++)
		assert_int_equal(dump_page_state(m, pfn), dump_page_state(d, pfn));
	assert_int_equal(dump_page_state(m, FIRST + 6), PAGE_EXCLUDED);
	assert_int_equal(dump_page_state(m, FIRST + 7), PAGE_TRUNCATED);
}

static void
carries_notes_and_vmcoreinfo_over(void **state)
{
	struct image i = make_core(*state);
	struct dump *d = open_image((struct bytes){ i.b, i.len }, *state);
	struct dump *m = reopen(d, *state);
	uint64_t ip = 0;

	assert_true(str_is_c(vmcoreinfo_text(m->vmcoreinfo), INFO));
	assert_int_equal(m->cpu_count, 1);
	assert_int_equal(m->cpu[0].pid, 77);
	assert_true(regs_get(&m->cpu[0].regs, "rip", &ip));
	assert_int_equal(ip, 0x55);
	assert_string_equal(m->arch->name, "x86_64");
}

/* A mini file of a mini file is the same again. */
static void
repeats_itself(void **state)
{
	struct image i = make_core(*state);
	struct dump *d = open_image((struct bytes){ i.b, i.len }, *state);
	FILE *f[2] = { tmpfile(), tmpfile() };

	read_pages(d, FIRST, FIRST + 8);

	struct dump *m = reopen(d, *state);

	read_pages(m, FIRST, FIRST + 8);
	assert_null(mini_write(d, NULL, f[0], *state));
	assert_null(mini_write(m, NULL, f[1], *state));
	rewind(f[0]);
	rewind(f[1]);
	for (int c = 0; c != EOF;) {
		c = getc(f[0]);
		assert_int_equal(c, getc(f[1]));
	}
	fclose(f[0]);
	fclose(f[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(holds_the_pages_that_were_read),
		UNIT_TEST(leaves_out_the_pages_that_were_not_read),
		UNIT_TEST(answers_as_the_dump_did_for_pages_that_are_not_there),
		UNIT_TEST(carries_notes_and_vmcoreinfo_over),
		UNIT_TEST(repeats_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
