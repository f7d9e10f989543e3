/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-log [-v] FILE...: the kernel log of a dump, as vmcore-dmesg and makedumpfile
 * --dump-dmesg print it, to be compared with theirs. -v: what it cost, on standard error.
 *
 * Exit status 0: whole; 1: not whole, standard error says why; 2: no log.
 */
#include "kernel/log.h"
#include "kernel/vmem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Bytes that are not printable come as \xNN, as those programs print them. */
static void
print_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= ' ' && c < 0x7f) || c == '\t')
			putchar(c);
		else
			printf("\\x%02x", c);
	}
	putchar('\n');
}

static void
print_log(const struct log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct message *m = &log->message[i];

		if (m->has_time)
			printf("[%5" PRIu64 ".%06" PRIu64 "] ", m->ns / 1000000000,
			       m->ns / 1000 % 1000000);
		print_text(m->text);
	}
}

static const struct error *
run(const char *const *paths, size_t count, struct arena *a, bool verbose, struct log *log)
{
	uint64_t start = budget_now_ns();
	struct dump *d = NULL;
	struct vmem *v = NULL;
	const struct error *e = dump_open(paths, count, a, &d);

	if (e != NULL)
		return e;

	uint64_t opened = budget_now_ns();

	e = vmem_open(d, a, &v);
	if (e != NULL)
		return e;
	if (v->problem != NULL)
		fprintf(stderr, "dump-log: %s\n", error_text(a, v->problem));

	uint64_t mapped = budget_now_ns();

	e = log_read(&v->mem, d->vmcoreinfo, a, log);
	if (verbose)
		fprintf(stderr,
			"open %" PRIu64 " us, tables (%s) %" PRIu64 " us, log %" PRIu64
			" us; %" PRIu64 " pages\n",
			(opened - start) / 1000, v->source, (mapped - opened) / 1000,
			(budget_now_ns() - mapped) / 1000, dump_pages(d).read);
	return e;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(NULL);
	struct log log = { .count = 0 };
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	int first = verbose ? 2 : 1;
	const struct error *e = NULL;
	int status = 0;

	if (first >= argc) {
		fputs("usage: dump-log [-v] FILE...\n", stderr);
		return 2;
	}
	e = run((const char *const *)argv + first, (size_t)(argc - first), a, verbose, &log);
	if (e == NULL) {
		print_log(&log);
		if (log.overwritten != 0 || log.dropped != 0)
			fprintf(stderr, "overwritten %" PRIu64 ", lost %" PRIu64 "\n",
				log.overwritten, log.dropped);
		e = log.problem;
		status = e == NULL ? 0 : 1;
	} else {
		status = 2;
	}
	if (e != NULL)
		fprintf(stderr, "dump-log: %s\n", error_text(a, e));
	arena_free(a);
	return status;
}
