/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-bench list FILE COUNT: physical addresses of that many pages of a dump, picked as if by
 * chance and the same in every run, one a line.
 * dump-bench read FILE ADDRESSES RUNS: opens the dump and reads these pages, RUNS times; on
 * standard output the medians of the processor time for opening and for one page, in nanoseconds,
 * and a sum of the bytes. tests/bench/kdumpfile.c does the same with libkdumpfile.
 */
#include "dump/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	RUNS_MAX = 1000,
	PAGES_MAX = 1 << 20,
};

/* Of this process alone: other load of the machine does not count. */
static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t
next_number(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static struct dump *
open_dump(const char *path, struct arena *a)
{
	struct dump *d = NULL;
	const struct error *e = dump_open(&path, 1, a, &d);

	if (e != NULL) {
		fprintf(stderr, "dump-bench: %s\n", error_text(a, e));
		exit(2);
	}
	return d;
}

/* Each page takes the place of one before it by chance, so that all are as likely. */
static int
list(const char *path, size_t count)
{
	struct arena *a = arena_new(NULL);
	struct dump *d = open_dump(path, a);
	uint64_t *picked = ARENA_ARRAY(a, uint64_t, count + 1);
	uint64_t seed = 1, seen = 0;

	for (uint64_t pfn = 0; d->impl->next(d->impl->from.self, &pfn); pfn++, seen++) {
		uint64_t place = seen < count ? seen : next_number(&seed) % (seen + 1);

		if (place < count && dump_page_state(d, pfn) == PAGE_PRESENT)
			picked[place] = pfn * d->page_len;
	}
	for (size_t i = 0; i < count && i < seen; i++) {
		size_t other = (size_t)(next_number(&seed) % (i + 1));
		uint64_t kept = picked[i];

		picked[i] = picked[other];
		picked[other] = kept;
	}
	for (size_t i = 0; i < count && i < seen; i++)
		printf("0x%" PRIx64 "\n", picked[i]);
	arena_free(a);
	return 0;
}

static size_t
read_addresses(const char *path, uint64_t *addr)
{
	FILE *in = fopen(path, "r");
	size_t n = 0;

	while (in != NULL && n < PAGES_MAX && fscanf(in, "%" SCNx64, &addr[n]) == 1)
		n++;
	if (in != NULL)
		fclose(in);
	return n;
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

static int
read_pages(const char *path, const char *addresses, size_t runs)
{
	static uint64_t addr[PAGES_MAX], opening[RUNS_MAX], reading[RUNS_MAX];
	size_t count = read_addresses(addresses, addr);
	uint64_t sum = 0;

	for (size_t r = 0; r < runs; r++) {
		struct arena *a = arena_new(NULL);
		uint64_t start = now_ns();
		struct dump *d = open_dump(path, a);
		uint64_t opened = now_ns();

		sum = 0;
		for (size_t i = 0; i < count; i++) {
			uint8_t page[4096];

			if (memory_read(&d->phys, addr[i], page, sizeof(page)) == NULL)
				sum += sum_of(page, sizeof(page));
		}
		reading[r] = (now_ns() - opened) / (count == 0 ? 1 : count);
		opening[r] = opened - start;
		arena_free(a);
	}
	qsort(opening, runs, sizeof(opening[0]), compare);
	qsort(reading, runs, sizeof(reading[0]), compare);
	printf("%" PRIu64 " %" PRIu64 " %" PRIx64 "\n", opening[runs / 2], reading[runs / 2], sum);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "list") == 0)
		return list(argv[2], strtoul(argv[3], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "read") == 0) {
		size_t runs = strtoul(argv[4], NULL, 10);

		if (runs > 0 && runs <= RUNS_MAX)
			return read_pages(argv[2], argv[3], runs);
	}
	fputs("usage: dump-bench list FILE COUNT | read FILE ADDRESSES RUNS\n", stderr);
	return 64;
}
