/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/unpack.h"

#include "base/budget.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum {
	CONTENT_LEN = 300000, /* of more than one piece */
};

static char path[] = "/tmp/kdtriage-unpack-XXXXXX";

static void
write_file(const void *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, len), len);
	close(fd);
}

static uint8_t *
content(struct arena *a)
{
	uint8_t *p = ARENA_ARRAY(a, uint8_t, CONTENT_LEN);

	for (size_t i = 0; i < CONTENT_LEN; i++)
		p[i] = (uint8_t)(i * i >> 7);
	return p;
}

static size_t
pack(struct arena *a, uint8_t **out)
{
	size_t room = ZSTD_compressBound(CONTENT_LEN);
	size_t len = 0;

	*out = ARENA_ARRAY(a, uint8_t, room);
	len = ZSTD_compress(*out, room, content(a), CONTENT_LEN, 3);
	assert_false(ZSTD_isError(len));
	return len;
}

static void
expands_what_is_packed_and_nothing_else(void **state)
{
	struct arena *a = *state;
	uint8_t *packed = NULL;
	size_t len = pack(a, &packed);
	uint8_t *got = ARENA_ARRAY(a, uint8_t, CONTENT_LEN + 1);
	bool is_packed = false;
	int fd = -1;

	write_file(packed, len);
	assert_null(unpack_zstd(path, a, &fd, &is_packed));
	assert_true(is_packed);
	assert_int_equal(pread(fd, got, CONTENT_LEN + 1, 0), CONTENT_LEN);
	assert_memory_equal(got, content(a), CONTENT_LEN);
	write_file(content(a), 1000);
	assert_null(unpack_zstd(path, a, &fd, &is_packed));
	assert_false(is_packed);
	assert_non_null(unpack_zstd("/nonexistent", a, &fd, &is_packed));
}

static void
refuses_every_truncation(void **state)
{
	enum { STEP = 997 };
	struct arena *a = *state;
	uint8_t *packed = NULL;
	size_t len = pack(a, &packed);
	bool is_packed = false;
	int fd = -1;

	for (size_t cut = 4; cut < len; cut += STEP) {
		write_file(packed, cut);
		assert_int_equal(unpack_zstd(path, a, &fd, &is_packed)->code, ERROR_CORRUPT);
	}
}

static void
bears_flipped_bytes(void **state)
{
	enum { STEP = 499 };
	struct arena *a = *state;
	uint8_t *packed = NULL;
	size_t len = pack(a, &packed);
	bool is_packed = false;
	int fd = -1;

	for (size_t i = 4; i < len; i += i < 64 ? 1 : STEP) {
		const struct error *e = NULL;

		packed[i] ^= 0xff;
		write_file(packed, len);
		packed[i] ^= 0xff;
		e = unpack_zstd(path, a, &fd, &is_packed);
		assert_true(e == NULL || e->code == ERROR_CORRUPT || e->code == ERROR_LIMIT);
	}
}

static void
keeps_to_the_memory_of_the_run(void **state)
{
	struct budget b = budget_of(0, CONTENT_LEN - 1);
	struct arena *a = arena_new(&b);
	uint8_t *packed = NULL;
	size_t len = pack(*state, &packed);
	bool is_packed = false;
	int fd = -1;

	write_file(packed, len);
	assert_int_equal(unpack_zstd(path, a, &fd, &is_packed)->code, ERROR_LIMIT);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(expands_what_is_packed_and_nothing_else),
		UNIT_TEST(refuses_every_truncation),
		UNIT_TEST(bears_flipped_bytes),
		UNIT_TEST(keeps_to_the_memory_of_the_run),
	};
	int fd = mkstemp(path);
	int failed = 0;

	if (fd < 0)
		return EXIT_FAILURE;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
