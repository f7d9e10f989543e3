/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/format.h"

#include "dump/image.h"
#include "unit.h"

#include <elf.h>
#include <stdio.h>

enum {
	DATA = 4096,
	PAGES = 16,
};

/* A dump without notes of PAGES pages. */
static struct image
make_core(struct arena *a)
{
	struct image i = image_new(a, DATA + PAGES * 4096, ORDER_LITTLE);

	image_elf64(&i, EM_X86_64, 1);
	image_segment64(&i, 0,
			(struct image_segment){ PT_LOAD, DATA, 0, 0, PAGES * 4096, PAGES * 4096 });
	image_fill(&i, DATA, 0x11, PAGES * 4096);
	return i;
}

static void
put_note(struct image *i, size_t page, const char *release, const char *more)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "OSRELEASE=%s\nSYMBOL(_stext)=ffffffff81000000\n%s",
			   release, more);

	image_note(i, DATA + page * 4096, "VMCOREINFO", 0, text, (size_t)len);
}

static struct dump *
open_image(const struct image *i, struct arena *a)
{
	struct source *s = source_of_bytes((struct bytes){ i->b, i->len }, a);
	struct dump *d = NULL;

	assert_null(dump_open_sources(&s, 1, a, &d));
	assert_null(d->vmcoreinfo);
	return d;
}

static struct str
release_of(const struct dump *d)
{
	struct str s = { NULL, 0 };

	(void)vmcoreinfo_find(d->vmcoreinfo, "OSRELEASE", &s);
	return s;
}

static void
finds_the_note_at_the_start_of_a_page(void **state)
{
	struct image i = make_core(*state);
	struct dump *d = NULL;
	size_t count = 0;

	put_note(&i, 11, "6.1", "");
	d = open_image(&i, *state);
	assert_true(dump_scan_vmcoreinfo(d));
	assert_true(str_is_c(release_of(d), "6.1"));
	(void)dump_pages_read(d, *state, &count);
	assert_int_equal(count, 0); /* searching is not reading */
}

static void
prefers_the_note_that_was_completed_at_the_crash(void **state)
{
	struct image i = make_core(*state);
	struct dump *d = NULL;

	put_note(&i, 3, "5.10", "");
	put_note(&i, 7, "6.1", "CRASHTIME=1700000000\n");
	put_note(&i, 9, "4.19", "");
	d = open_image(&i, *state);
	assert_true(dump_scan_vmcoreinfo(d));
	assert_true(str_is_c(release_of(d), "6.1"));
}

static void
takes_the_text_if_there_is_no_note(void **state)
{
	struct image i = make_core(*state);
	const char text[] = "OSRELEASE=6.1\nSYMBOL(_stext)=ffffffff81000000\n";
	struct dump *d = NULL;

	image_copy(&i, DATA + 5 * 4096, text, sizeof(text));
	d = open_image(&i, *state);
	assert_true(dump_scan_vmcoreinfo(d));
	assert_true(str_is_c(release_of(d), "6.1"));
}

static void
finds_nothing_where_there_is_nothing(void **state)
{
	struct image i = make_core(*state);
	struct dump *d = NULL;

	/* Not at the start of a page, and one that is cut off by its length. */
	image_note(&i, DATA + 5 * 4096 + 64, "VMCOREINFO", 0, "OSRELEASE=6.1\n", 14);
	put_note(&i, 8, "6.1", "");
	image_put(&i, DATA + 8 * 4096 + 4, 0xffffffff, 4);
	d = open_image(&i, *state);
	assert_false(dump_scan_vmcoreinfo(d));
	assert_null(d->vmcoreinfo);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_the_note_at_the_start_of_a_page),
		UNIT_TEST(prefers_the_note_that_was_completed_at_the_crash),
		UNIT_TEST(takes_the_text_if_there_is_no_note),
		UNIT_TEST(finds_nothing_where_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
