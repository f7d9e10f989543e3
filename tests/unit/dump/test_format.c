/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/format.h"

#include "base/limits.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct error *
probe(const char *bytes, size_t len, struct arena *a, bool *known)
{
	uint8_t head[64] = { 0 };
	const struct error *why = NULL;

	memcpy(head, bytes, len);
	*known = dump_probe((struct bytes){ head, sizeof(head) }, a, &why);
	return why;
}

static void
names_formats_whose_signature_is_not_at_the_start(void **state)
{
	static const struct {
		size_t off;
		const char *bytes, *says;
	} rows[] = {
		{ 257, "ustar", "tar -xf" },
		{ 514, "HdrS", "bzImage" },
		{ 4086, "S1SUSPEND", "hibernation" },
		{ 4096, "sadump", "makedumpfile" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t head[8192] = { 0 };
		const struct error *why = NULL;

		memcpy(head + rows[i].off, rows[i].bytes, strlen(rows[i].bytes));
		assert_true(dump_probe((struct bytes){ head, sizeof(head) }, *state, &why));
		assert_non_null(why);
		assert_true(str_has(str_of(why->message), str_of(rows[i].says)));
		/* cut before its end */
		assert_false(dump_probe((struct bytes){ head, rows[i].off + 3 }, *state, &why));
	}
}

static void
names_formats_that_are_not_read(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *says;
	} rows[] = {
		{ "\x1f\x8b\x08", 3, "gzip -dc" },
		{ "\xfd"
		  "7zXZ\0",
		  6, "xz -dc" },
		{ "\x04\x22\x4d\x18", 4, "lz4 -dc" },
		{ "BZh9", 4, "bzip2 -dc" },
		{ "\x28\xb5\x2f\xfd", 4, "zstd -dc" },
		{ "DISKDUMP", 8, "diskdump" },
		{ "PAGEDU64", 8, "Windows" },
		{ "QEVM", 4, "memory-only" },
		{ "LibvirtQemudSave", 16, "memory-only" },
		{ "\xed\x23\x8f\x61\x73\x01\x19\xa8", 8, "LKCD" },
		{ "\xa8\x19\x01\x73\x61\x8f\x23\xfd", 8, "zgetdump" },
		{ "sadump\0\0", 8, "sadump" },
		{ "\xd2\xbe\xd2\xbe", 4, "vmss2core" },
		{ "LinuxGuestRecord", 16, "Xen" },
		{ "Xen saved domain, xl format\n \0 \r", 32, "xl dump-core" },
		{ "\xed\xeb\x0f\xf0", 4, "a Xen domain in the old format" },
		{ "\xee\xeb\x0f\xf0", 4, "a Xen domain in the old format" },
		{ "7z\xbc\xaf\x27\x1c", 6, "7z x 'FILE'" },
		{ "LZIP\1", 5, "lzip -dc" },
		{ "\x5d\0\0\x80\0", 5, "xz --format=lzma -dc" },
		{ "\x7fVirtualBox SavedState V2.0\n", 28, "dumpvmcore" },
		{ "vhdxfile", 8, "Hyper-V" },
		{ "\xdd\xcc\x8b\x9a", 4, "MCLX" },
		{ "EMiL\1\0\0\0", 8, "LiME" },
		{ "PK\3\4", 4, "unzip 'FILE'" },
		{ "\x1f\x8b\x08", 3, "gzip -dc 'FILE' >vmcore" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool known = false;
		const struct error *why = probe(rows[i].bytes, rows[i].len, *state, &known);

		assert_true(known);
		assert_non_null(why);
		assert_int_equal(why->code, ERROR_UNSUPPORTED);
		assert_true(str_has(str_of(why->message), str_of(rows[i].says)));
	}
}

static void
knows_the_formats_that_are_read(void **state)
{
	bool known = false;

	assert_null(probe("KDUMP   ", 8, *state, &known));
	assert_true(known);
	assert_null(probe("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0", 18, *state, &known));
	assert_true(known);
	assert_null(probe("makedumpfile\0\x8d\xff\xff\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1", 32, *state,
			  &known));
	assert_true(known);
}

static void
does_not_know_text_and_programs(void **state)
{
	bool known = true;

	assert_null(probe("[    0.000000] Linux version 6.1", 32, *state, &known));
	assert_false(known);
	assert_null(probe("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0", 18, *state, &known));
	assert_false(known);
	assert_null(probe("", 0, *state, &known));
	assert_false(known);
}

static void
assert_refused(const char *path, const char *says, struct arena *a)
{
	struct dump *d = NULL;
	const struct error *e = dump_open(&path, 1, a, &d);

	assert_non_null(e);
	assert_true(str_has(str_of(error_text(a, e)), str_of(says)));
	assert_true(str_has(str_of(error_text(a, e)), str_of(path)));
	assert_null(d);
}

static void
does_not_complain_without_end(void **state)
{
	struct dump_impl impl = { .arena = *state };
	struct dump d = { .impl = &impl };
	const struct error *e = error_new(*state, ERROR_CORRUPT, "it is bad");

	for (size_t i = 0; i < 1000; i++)
		format_problem(&d, e);
	assert_int_equal(d.problem_count, LIMIT_PROBLEMS);
	assert_ptr_equal(d.problem[LIMIT_PROBLEMS - 2], e);
	assert_true(str_has(str_of(d.problem[LIMIT_PROBLEMS - 1]->message), STR("more")));
}

static void
says_why_a_path_is_no_dump(void **state)
{
	assert_refused("/nonexistent/vmcore", "No such file", *state);
	assert_refused("/tmp", "is a directory", *state);
	assert_refused("/dev/null", "neither a file nor a block device", *state);
}

static void
assert_bytes_refused(const char *bytes, size_t len, const char *says, struct arena *a)
{
	char path[] = "/tmp/format.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
	assert_refused(path, says, a);
	unlink(path);
}

static void
says_what_is_wrong_with_a_file_that_is_no_dump(void **state)
{
	assert_bytes_refused("", 0, "is empty", *state);
	assert_bytes_refused("some text\n", 10, "not a dump of any format", *state);
	assert_bytes_refused("KDU", 3, "not a dump of any format", *state);
	assert_bytes_refused("KDUMP", 5, "ends within its header", *state);
	assert_bytes_refused("\177ELF\2\1\1", 7, "ends within its header", *state);
	assert_bytes_refused("makedumpfile\0\0\0\0", 16, "ends within its header", *state);
	assert_bytes_refused("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0"
			     "................................................",
			     66, "ELF file, but not a core dump", *state);
}

static void
names_the_command_that_unwraps_a_file(void **state)
{
	assert_bytes_refused("\x1f\x8b\x08\0\0\0", 6, "gzip -dc '/tmp/format.", *state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(names_formats_that_are_not_read),
		UNIT_TEST(names_formats_whose_signature_is_not_at_the_start),
		UNIT_TEST(knows_the_formats_that_are_read),
		UNIT_TEST(does_not_know_text_and_programs),
		UNIT_TEST(does_not_complain_without_end),
		UNIT_TEST(says_why_a_path_is_no_dump),
		UNIT_TEST(says_what_is_wrong_with_a_file_that_is_no_dump),
		UNIT_TEST(names_the_command_that_unwraps_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
