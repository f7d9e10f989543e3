/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-mutate FILE [COUNT [STRIDE]]: reads a dump that is damaged in thousands of ways.
 *
 * The file is cut at every 4 KiB and 200 other places, each byte of its headers is flipped,
 * and COUNT (500) fields of it are set to something else; with STRIDE, of the cuts and flips
 * only each STRIDE-th is tried. Every page of every mutant is read and compared with the
 * whole dump's. A page must be the same or not be there; only where the damage is in what
 * leads to pages without anything to check it by (descriptors, pages, ELF segments, records
 * of a stream) may bytes differ. Opening and reading may take a second of processor time
 * (the machine may have other things to do) and what the budget allows. Ends with "N passed,
 * N failed"; a signal ends it too, with the mutant that caused it on standard error.
 */
#include "dump/flat.h"
#include "dump/format.h"
#include "dump/kdump_file.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MEMORY_MAX = 48 << 20,
	FILE_MAX = 64 << 20,
	PLACES = 200,
	FIELDS = 500,
	NANOSECONDS_MAX = 1000000000,
	NAME_LEN = 128,
};

/* The whole dump. */
struct whole {
	struct arena *arena;
	uint8_t *bytes;
	size_t len;
	uint32_t page_len;
	uint64_t *pfn; /* of its pages */
	uint8_t *page; /* all of them, one behind the other */
	size_t count;
	size_t head;    /* bytes of headers */
	size_t checked; /* damage before that must not change what is read */
	size_t stride;  /* of cuts and flips, one in so many */
};

struct tally {
	size_t passed, failed;
	uint64_t slowest_ns;
};

/* What is being tried, for the signal handler. */
static char current[NAME_LEN];

static void
on_signal(int number)
{
	(void)number;
	(void)!write(STDERR_FILENO, current, strnlen(current, sizeof(current)));
	(void)!write(STDERR_FILENO, "\n", 1);
	_exit(128);
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static struct dump *
open_bytes(const uint8_t *p, size_t len, struct arena *a)
{
	struct source *s = source_of_bytes((struct bytes){ p, len }, a);
	struct dump *d = NULL;

	return dump_open_sources(&s, 1, a, &d) == NULL ? d : NULL;
}

/* Where the bytes end that are checked against each other: the bitmaps of a plain file. */
static size_t
checked_len(const struct whole *w)
{
	struct source *s = source_of_bytes((struct bytes){ w->bytes, w->len }, w->arena);
	struct kdump_file f = { 0 };

	if (!kdump_is_header((struct bytes){ w->bytes, w->len }) ||
	    kdump_file_open(s, w->arena, &f) != NULL)
		return 0;
	return (size_t)f.descs;
}

static bool
read_file(const char *path, struct whole *w)
{
	FILE *in = fopen(path, "rb");

	if (in == NULL)
		return false;
	w->bytes = arena_alloc(w->arena, FILE_MAX, 1);
	w->len = fread(w->bytes, 1, FILE_MAX, in);
	fclose(in);
	return w->len != 0;
}

static bool
read_whole(const char *path, struct whole *w)
{
	struct dump *d = NULL;
	size_t cap = 0;

	if (!read_file(path, w))
		return false;
	d = open_bytes(w->bytes, w->len, w->arena);
	if (d == NULL)
		return false;
	w->page_len = d->page_len;
	for (uint64_t pfn = 0; d->impl->next(d->impl->from.self, &pfn); pfn++) {
		enum page_state why = PAGE_HOLE;
		const uint8_t *page = dump_page(d, pfn, &why);

		if (page == NULL)
			continue;
		w->pfn = arena_grow(w->arena, w->pfn, w->count, &cap, sizeof(*w->pfn));
		w->pfn[w->count++] = pfn;
	}
	w->page = arena_alloc(w->arena, w->count + 1, w->page_len);
	for (size_t i = 0; i < w->count; i++) {
		enum page_state why = PAGE_HOLE;

		memcpy(w->page + i * w->page_len, dump_page(d, w->pfn[i], &why), w->page_len);
	}
	w->checked = checked_len(w);
	w->head = w->checked != 0 ? w->checked : 8192;
	if (w->head > w->len)
		w->head = w->len;
	return true;
}

/* How many pages differ from what they were. */
static size_t
count_wrong(const struct whole *w, struct dump *d)
{
	size_t wrong = 0;

	if (d->page_len != w->page_len)
		return 0; /* page frames are others then */
	for (size_t i = 0; i < w->count; i++) {
		enum page_state why = PAGE_HOLE;
		const uint8_t *page = dump_page(d, w->pfn[i], &why);

		wrong += page != NULL && memcmp(page, w->page + i * w->page_len, w->page_len) != 0;
	}
	return wrong;
}

/* Opens and reads a mutant; strict: no byte may differ. */
static void
try(const struct whole *w, const uint8_t *p, size_t len, bool strict, struct tally *t)
{
	struct budget b = budget_of(0, MEMORY_MAX);
	struct arena *a = arena_new(&b);
	uint64_t start = now_ns(), ns = 0;
	struct dump *d = open_bytes(p, len, a);
	size_t wrong = 0;

	if (d != NULL) {
		(void)dump_pages(d);
		wrong = count_wrong(w, d);
	}
	ns = now_ns() - start;
	t->slowest_ns = ns > t->slowest_ns ? ns : t->slowest_ns;
	arena_free(a);
	if ((!strict || wrong == 0) && ns < NANOSECONDS_MAX) {
		t->passed++;
		return;
	}
	t->failed++;
	printf("FAILED %s: %zu pages with wrong bytes, %" PRIu64 " ms\n", current, wrong,
	       ns / 1000000);
}

static void
try_cut(const struct whole *w, size_t len, struct tally *t)
{
	/* Of its own, so that a tool that watches memory sees every read behind the cut. */
	uint8_t *p = malloc(len + 1);

	if (p == NULL)
		return;
	memcpy(p, w->bytes, len);
	snprintf(current, sizeof(current), "cut at %zu", len);
	try(w, p, len, true, t);
	free(p);
}

/* Numbers that look like chance, and are the same in every run. */
static uint64_t
next_number(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void
try_cuts(const struct whole *w, struct tally *t)
{
	uint64_t seed = 1;

	for (size_t len = 0; len < w->len; len += 4096 * w->stride)
		try_cut(w, len, t);
	for (size_t i = 0; i < PLACES && w->len != 0; i += w->stride)
		try_cut(w, (size_t)(next_number(&seed) % w->len), t);
}

static void
try_flips(const struct whole *w, struct tally *t)
{
	for (size_t i = 0; i < w->head; i += w->stride) {
		/* Most of a bitmap is zeros, and one of them is like the other. */
		if (w->bytes[i] == 0 && i % 61 != 0)
			continue;
		snprintf(current, sizeof(current), "byte %zu flipped", i);
		w->bytes[i] ^= 0xff;
		try(w, w->bytes, w->len, i < w->checked, t);
		w->bytes[i] ^= 0xff;
	}
}

static void
put(uint8_t *p, uint64_t v, size_t len, bool big)
{
	for (size_t i = 0; i < len; i++)
		p[big ? len - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

static uint64_t
pick_value(uint64_t *seed)
{
	static const uint64_t values[] = {
		0,
		1,
		2,
		3,
		7,
		8,
		0x7f,
		0xff,
		0x1000,
		0x7fff,
		0xffff,
		0x10000,
		1 << 20,
		1 << 28,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		(uint64_t)1 << 32,
		(uint64_t)1 << 40,
		INT64_MAX,
		(uint64_t)INT64_MAX + 1,
		UINT64_MAX,
	};

	return values[next_number(seed) % ARRAY_LEN(values)];
}

/* A place of that many bytes: most of them in the headers, where something is. */
static size_t
pick_place(const struct whole *w, uint64_t *seed, size_t len)
{
	size_t range = next_number(seed) % 5 != 0 ? w->head : w->len;
	size_t at = (size_t)(next_number(seed) % range);

	for (size_t tries = 0; tries < 64 && w->bytes[at] == 0; tries++)
		at = (size_t)(next_number(seed) % range);
	at -= at % len;
	return at + len <= w->len ? at : 0;
}

static void
try_fields(const struct whole *w, size_t count, struct tally *t)
{
	uint64_t seed = 2;

	for (size_t i = 0; i < count; i++) {
		size_t len = (size_t)1 << next_number(&seed) % 4;
		size_t at = pick_place(w, &seed, len);
		uint64_t value = pick_value(&seed);
		bool big = next_number(&seed) % 2 != 0;
		uint8_t kept[8];

		if (at + len > w->len)
			continue;
		snprintf(current, sizeof(current), "%zu bytes at %zu = 0x%" PRIx64 " %s", len, at,
			 value, big ? "big" : "little");
		memcpy(kept, w->bytes + at, len);
		put(w->bytes + at, value, len, big);
		try(w, w->bytes, w->len, at + len <= w->checked, t);
		memcpy(w->bytes + at, kept, len);
	}
}

int
main(int argc, char **argv)
{
	struct whole w = { .arena = arena_new(NULL) };
	struct tally t = { 0, 0, 0 };

	if (argc < 2 || !read_whole(argv[1], &w)) {
		fputs("usage: dump-mutate FILE [COUNT [STRIDE]]\n", stderr);
		return 64;
	}
	w.stride = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	w.stride += w.stride == 0;
	signal(SIGSEGV, on_signal);
	signal(SIGBUS, on_signal);
	signal(SIGFPE, on_signal);
	try_cuts(&w, &t);
	try_flips(&w, &t);
	try_fields(&w, argc > 2 ? strtoul(argv[2], NULL, 10) : FIELDS, &t);
	arena_free(w.arena);
	printf("slowest %" PRIu64 " ms\n", t.slowest_ns / 1000000);
	printf("%zu passed, %zu failed\n", t.passed, t.failed);
	return t.failed != 0;
}
