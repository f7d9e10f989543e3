/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/output.h"

#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
new_folder(struct arena *a)
{
	char *folder = arena_printf(a, "%s", "/tmp/test_output.XXXXXX");

	assert_non_null(mkdtemp(folder));
	return folder;
}

static size_t
count_files(const char *folder)
{
	DIR *d = opendir(folder);
	size_t count = 0;

	assert_non_null(d);
	for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d))
		count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return count;
}

static void
a_file_appears_at_commit_and_only_its_owner_may_read_it(void **state)
{
	const char *folder = new_folder(*state);
	const char *path = arena_printf(*state, "%s/report", folder);
	struct outfile *o = NULL;
	struct stat st = { 0 };

	assert_null(outfile_open(path, *state, &o));
	fputs("text", outfile_stream(o));
	assert_int_not_equal(access(path, F_OK), 0);
	assert_null(outfile_commit(o, *state));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(count_files(folder), 1);
	unlink(path);
	rmdir(folder);
}

static void
nothing_is_left_of_a_file_that_was_abandoned_or_forgotten(void **state)
{
	const char *folder = new_folder(*state);
	const char *path = arena_printf(*state, "%s/report", folder);
	struct arena *run = arena_new(NULL);
	struct outfile *o = NULL;

	assert_null(outfile_open(path, run, &o));
	outfile_abandon(o);
	assert_int_equal(count_files(folder), 0);
	assert_null(outfile_open(path, run, &o));
	arena_free(run);
	assert_int_equal(count_files(folder), 0);
	rmdir(folder);
}

static void
a_symbolic_link_is_replaced_and_not_followed(void **state)
{
	const char *folder = new_folder(*state);
	const char *target = arena_printf(*state, "%s/target", folder);
	const char *link = arena_printf(*state, "%s/link", folder);
	struct outfile *o = NULL;
	struct stat st = { 0 };

	assert_int_equal(symlink(target, link), 0);
	assert_null(outfile_open(link, *state, &o));
	fputs("text", outfile_stream(o));
	assert_null(outfile_commit(o, *state));
	assert_int_not_equal(access(target, F_OK), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	unlink(link);
	rmdir(folder);
}

static void
a_full_disk_is_an_error_and_what_was_there_stays(void **state)
{
	const char *folder = new_folder(*state);
	const char *path = arena_printf(*state, "%s/report", folder);
	struct rlimit none = { 0, RLIM_INFINITY };
	struct rlimit before = { 0 };
	struct outfile *o = NULL;

	assert_null(outfile_open(path, *state, &o));
	fputs("old", outfile_stream(o));
	assert_null(outfile_commit(o, *state));

	getrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_IGN);
	assert_null(outfile_open(path, *state, &o));
	none.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &none);
	fputs("new text", outfile_stream(o));

	const struct error *e = outfile_commit(o, *state);

	setrlimit(RLIMIT_FSIZE, &before);
	assert_non_null(e);
	assert_int_equal(e->code, ERROR_IO);
	assert_int_equal(count_files(folder), 1);

	struct stat st = { 0 };

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3);
	unlink(path);
	rmdir(folder);
}

static void
refuses_a_folder_a_device_and_a_folder_that_is_not_there(void **state)
{
	struct outfile *o = NULL;

	assert_non_null(outfile_open("/tmp", *state, &o));
	assert_non_null(outfile_open("/dev/null", *state, &o));
	assert_non_null(outfile_open("/no/such/folder/report", *state, &o));
	assert_null(o);
}

static void
a_summary_of_somebody_else_only_grows(void **state)
{
	const char *folder = new_folder(*state);
	const char *path = arena_printf(*state, "%s/summary", folder);
	const char *link = arena_printf(*state, "%s/link", folder);
	char got[32] = "";

	for (int i = 0; i < 2; i++) {
		struct arena *scratch = arena_new_temporary(*state);
		FILE *out = NULL;

		assert_null(outfile_append(path, scratch, &out));
		fprintf(out, "%d\n", i);
		arena_free(scratch);
	}

	FILE *in = fopen(path, "r");
	FILE *out = NULL;

	assert_int_equal(fread(got, 1, sizeof(got), in), 4);
	fclose(in);
	assert_string_equal(got, "0\n1\n");
	assert_int_equal(symlink(path, link), 0);
	assert_non_null(outfile_append(link, *state, &out));
	assert_non_null(outfile_append(folder, *state, &out));
	assert_non_null(outfile_append("/dev/null", *state, &out));
	unlink(link);
	unlink(path);
	rmdir(folder);
}

static void
a_link_to_a_device_is_left_alone(void **state)
{
	const char *folder = new_folder(*state);
	const char *link = arena_printf(*state, "%s/null", folder);
	struct outfile *o = NULL;
	struct stat st = { 0 };

	assert_int_equal(symlink("/dev/null", link), 0);
	assert_non_null(outfile_open(link, *state, &o));
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(count_files(folder), 1);
	unlink(link);
	rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_summary_of_somebody_else_only_grows),
		UNIT_TEST(a_link_to_a_device_is_left_alone),
		UNIT_TEST(a_file_appears_at_commit_and_only_its_owner_may_read_it),
		UNIT_TEST(nothing_is_left_of_a_file_that_was_abandoned_or_forgotten),
		UNIT_TEST(a_symbolic_link_is_replaced_and_not_followed),
		UNIT_TEST(a_full_disk_is_an_error_and_what_was_there_stays),
		UNIT_TEST(refuses_a_folder_a_device_and_a_folder_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
