/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdumpfile read FILE ADDRESSES RUNS: what dump-bench does, with libkdumpfile. Built by
 * tests/bench/run if the library is there.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libkdumpfile/kdumpfile.h>

enum {
	RUNS_MAX = 1000,
	PAGES_MAX = 1 << 20,
};

static uint64_t addr[PAGES_MAX], opening[RUNS_MAX], reading[RUNS_MAX];

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t
sum_of(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < len; i += sizeof(sum)) {
		uint64_t v = 0;

		memcpy(&v, p + i, sizeof(v));
		sum = sum * 31 + v;
	}
	return sum;
}

static kdump_ctx_t *
open_dump(const char *path, int *fd)
{
	kdump_ctx_t *ctx = kdump_new();

	*fd = open(path, O_RDONLY);
	if (*fd < 0 || ctx == NULL || kdump_open_fd(ctx, *fd) != KDUMP_OK) {
		fprintf(stderr, "kdumpfile: %s\n", ctx == NULL ? path : kdump_get_err(ctx));
		exit(2);
	}
	return ctx;
}

int
main(int argc, char **argv)
{
	size_t runs = argc == 5 ? strtoul(argv[4], NULL, 10) : 0, count = 0;
	FILE *in = argc == 5 ? fopen(argv[3], "r") : NULL;
	uint64_t sum = 0;

	if (in == NULL || runs == 0 || runs > RUNS_MAX) {
		fputs("usage: kdumpfile read FILE ADDRESSES RUNS\n", stderr);
		return 64;
	}
	while (count < PAGES_MAX && fscanf(in, "%" SCNx64, &addr[count]) == 1)
		count++;
	fclose(in);
	for (size_t r = 0; r < runs; r++) {
		uint64_t start = now_ns(), opened = 0;
		int fd = -1;
		kdump_ctx_t *ctx = open_dump(argv[2], &fd);

		opened = now_ns();
		sum = 0;
		for (size_t i = 0; i < count; i++) {
			uint8_t page[4096];
			size_t len = sizeof(page);

			if (kdump_read(ctx, KDUMP_MACHPHYSADDR, addr[i], page, &len) == KDUMP_OK)
				sum += sum_of(page, sizeof(page));
		}
		reading[r] = (now_ns() - opened) / (count == 0 ? 1 : count);
		opening[r] = opened - start;
		kdump_free(ctx);
		close(fd);
	}
	qsort(opening, runs, sizeof(opening[0]), compare);
	qsort(reading, runs, sizeof(reading[0]), compare);
	printf("%" PRIu64 " %" PRIu64 " %" PRIx64 "\n", opening[runs / 2], reading[runs / 2], sum);
	return 0;
}
