/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sourcetext.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
cuts_lines_out_of_source_files_only(void **state)
{
	struct arena *a = *state;
	char dir[] = "/tmp/kdtriage-source-XXXXXX";
	const char *dirs[2] = { "/nonexistent", dir };

	assert_non_null(mkdtemp(dir));

	const char *good = arena_printf(a, "%s/a.c", dir);
	const char *other = arena_printf(a, "%s/secret", dir);
	struct sourcetext *s = sourcetext_new(dirs, 2, a);

	write_text(good, "first\n\tsecond; \n\nlast");
	write_text(other, "secret\n");
	assert_true(str_is_c(sourcetext_line(s, STR("a.c"), 1), "first"));
	assert_true(str_is_c(sourcetext_line(s, STR("a.c"), 2), "second;"));
	assert_true(str_is_c(sourcetext_line(s, STR("a.c"), 4), "last"));
	assert_true(str_is_c(sourcetext_line(s, str_of(good), 1), "first"));
	assert_int_equal(sourcetext_line(s, STR("a.c"), 0).len, 0);
	assert_int_equal(sourcetext_line(s, STR("a.c"), 3).len, 0);
	assert_int_equal(sourcetext_line(s, STR("a.c"), 5).len, 0);
	assert_int_equal(sourcetext_line(s, STR("secret"), 1).len, 0);
	assert_int_equal(sourcetext_line(s, str_of(other), 1).len, 0);
	assert_int_equal(sourcetext_line(s, STR("b.c"), 1).len, 0);
	assert_int_equal(sourcetext_line(s, STR("x/../a.c"), 1).len, 0);
	assert_int_equal(sourcetext_line(s, STR("../../etc/passwd"), 1).len, 0);
	unlink(good);
	unlink(other);
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(cuts_lines_out_of_source_files_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
