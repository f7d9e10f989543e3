/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-read [-z] [-L] FILE... -- SPACE ADDR LEN: bytes of a dump on standard output.
 *
 * SPACE is MACHPHYSADDR or KVADDR. -z reads pages that were left out as zeros; -L finds
 * KVADDR through the kernel's page tables, without it ELF segments say where they are. Exit
 * status: 0 all bytes read, 1 some byte is not readable (those before it are written), 2 the
 * dump cannot be opened, 64 usage.
 */
#include "dump/dump.h"
#include "kernel/vmem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	EXIT_UNREADABLE = 1,
	EXIT_UNOPENED = 2,
	EXIT_USAGE = 64,
	STEP = 4096, /* divides every page length, so a step never crosses pages */
	MEMORY_MAX = 48 << 20,
};

struct request {
	const char *const *paths;
	size_t path_count;
	bool zeros;
	bool translate;
	bool virtual;
	uint64_t addr, len;
};

static int
usage(void)
{
	fputs("usage: dump-read [-z] [-L] FILE... -- MACHPHYSADDR|KVADDR ADDR LEN\n", stderr);
	return EXIT_USAGE;
}

static bool
parse_number(const char *s, uint64_t *v)
{
	char *end = NULL;

	errno = 0;
	*v = strtoull(s, &end, 0);
	return errno == 0 && end != s && *end == '\0';
}

static bool
parse_space(const char *s, bool *virtual)
{
	*virtual = strcmp(s, "KVADDR") == 0;
	return *virtual || strcmp(s, "MACHPHYSADDR") == 0;
}

static bool
parse(int argc, char **argv, struct request *r)
{
	int c = 0;

	while ((c = getopt(argc, argv, "zL")) != -1) {
		if (c == '?')
			return false;
		r->zeros |= c == 'z';
		r->translate |= c == 'L';
	}
	if (argc - optind < 4)
		return false;
	r->paths = (const char *const *)argv + optind;
	r->path_count = (size_t)(argc - optind) - 3;
	return parse_space(argv[argc - 3], &r->virtual) && parse_number(argv[argc - 2], &r->addr) &&
	       parse_number(argv[argc - 1], &r->len);
}

/* What the addresses of a request are addresses of. Kernel addresses: by page tables, and where
 * there are none to be had by what is mapped linearly, and by what ELF segments say of
 * themselves. */
struct space {
	const struct memory *phys; /* not NULL: physical addresses */
	struct vmem *v;            /* NULL: nothing says where anything is mapped */
	const struct memory *segments;
};

static bool
open_kernel_space(struct dump *d, bool translate, struct arena *a, struct space *s)
{
	const struct error *e = translate ? vmem_open(d, a, &s->v) : NULL;

	if (s->v != NULL)
		e = s->v->problem;
	if (d->has_segments && (s->v == NULL || !s->v->has_tables))
		s->segments = &d->segments;
	if (e != NULL)
		fprintf(stderr, "dump-read: %s%s\n", error_text(a, e),
			s->segments == NULL ? "" : "; else what segments say counts");
	if (s->v == NULL && s->segments == NULL)
		fputs("dump-read: this dump has no virtual addresses of its own\n", stderr);
	return s->v != NULL || s->segments != NULL;
}

static const struct error *
read_kernel(const struct space *s, uint64_t addr, void *buf, size_t len)
{
	const struct error *e = NULL;
	const struct error *other = NULL;

	if (s->v != NULL) {
		e = memory_read(&s->v->mem, addr, buf, len);
		if (e == NULL || s->segments == NULL)
			return e;
	}
	other = memory_read(s->segments, addr, buf, len);
	return other == NULL || e == NULL ? other : e;
}

static const struct error *
read_space(const struct space *s, uint64_t addr, void *buf, size_t len)
{
	return s->phys != NULL ? memory_read(s->phys, addr, buf, len)
			       : read_kernel(s, addr, buf, len);
}

/* Is it the page at addr itself that was left out, and not one that leads there? */
static bool
is_excluded(const struct space *s, uint64_t addr, const struct error *e)
{
	uint64_t pa = 0;

	if (s->v != NULL && vmem_translate(s->v, addr, &pa) != NULL)
		return false;
	while (e != NULL && e != page_state_error(PAGE_EXCLUDED))
		e = e->cause;
	return e != NULL;
}

/* "Excluded page at 0x1000": messages start small, what is said to a person does not. */
static void
complain(const struct error *e, uint64_t addr, struct arena *a)
{
	const char *text = error_text(a, e);

	fprintf(stderr, "%c%s at 0x%" PRIx64 "\n",
		text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0], text + 1, addr);
}

static int
copy(const struct request *r, const struct space *s, struct arena *a)
{
	uint8_t buf[STEP];
	uint64_t addr = r->addr, left = r->len;

	while (left != 0) {
		size_t step = STEP - (size_t)(addr % STEP);
		const struct error *e = NULL;

		if (step > left)
			step = (size_t)left;
		e = read_space(s, addr, buf, step);
		if (r->zeros && is_excluded(s, addr, e)) {
			memset(buf, 0, step);
			e = NULL;
		}
		if (e != NULL) {
			complain(e, addr, a);
			return EXIT_UNREADABLE;
		}
		if (fwrite(buf, 1, step, stdout) != step) {
			perror("dump-read");
			return EXIT_UNREADABLE;
		}
		addr += step;
		left -= step;
		if (addr == 0 && left != 0) {
			fputs("dump-read: beyond the end of the address space\n", stderr);
			return EXIT_UNREADABLE;
		}
	}
	return 0;
}

static int
run(const struct request *r, struct arena *a)
{
	struct dump *d = NULL;
	const struct error *e = dump_open(r->paths, r->path_count, a, &d);

	if (e != NULL || d == NULL) {
		fprintf(stderr, "dump-read: %s\n", e == NULL ? "nothing" : error_text(a, e));
		return EXIT_UNOPENED;
	}

	struct space s = { .phys = r->virtual ? NULL : &d->phys };
	int status = EXIT_UNREADABLE;

	if (!r->virtual || open_kernel_space(d, r->translate, a, &s))
		status = copy(r, &s, a);

	if (d->filled_pages != 0)
		fprintf(stderr,
			"dump-read: of %" PRIu64 " pages only a part is in the file: "
			"the rest reads as zeros\n",
			d->filled_pages);
	return fflush(stdout) == 0 ? status : EXIT_UNREADABLE;
}

int
main(int argc, char **argv)
{
	struct request r = { 0 };

	if (!parse(argc, argv, &r))
		return usage();

	struct budget b = budget_of(0, MEMORY_MAX);
	struct arena *a = arena_new(&b);
	int status = run(&r, a);

	arena_free(a);
	return status;
}
