/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reader is to make of the file, one check a line, fields parted by tabs: flags of
 * dump-read, SPACE, ADDR, LEN, "" or what it is to complain of, the bytes in hexadecimal.
 */
#include "mkdump.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	RUN_MAX = 64, /* pages in one check */
};

/* What a reader says of a page that it does not give; NULL if it gives it. */
static const char *
complaint(const struct page *p)
{
	bool zeros = get_number("version", "6") == 0;

	if (p->what == LOST)
		return "Lost page";
	if (p->what == PACKED || p->what == BOMB)
		return "Corrupt page";
	if (p->what != EXCLUDED || zeros)
		return NULL;
	return is("bitmaps", "1", "2") ? "No memory there" : "Excluded page";
}

static struct check *
add_check(uint64_t addr)
{
	g.check = more(g.check, g.checks, sizeof(*g.check));
	g.check[g.checks] = (struct check){ .flags = "", .space = "MACHPHYSADDR", .addr = addr };
	return &g.check[g.checks++];
}

/* The pages from *i on that can be read in one go. */
static void
add_run(size_t *i, uint64_t base)
{
	uint64_t block = get_number("block", "4096"), first = g.page[*i].pfn;
	struct check *c = add_check((first + base) * block);
	size_t n = 0;

	c->bytes = take(RUN_MAX * block);
	while (*i < g.pages && n < RUN_MAX && g.page[*i].pfn == first + n &&
	       complaint(&g.page[*i]) == NULL) {
		const struct page *p = &g.page[(*i)++];

		if (p->what == DUMPED)
			make_bytes(p->bytes, c->bytes + n * block, block, p->pfn);
		n++;
	}
	c->len = n * block;
}

void
add_page_checks(void)
{
	uint64_t base = is("arm_base", "yes", "no") ? get_number("phys_base", "0") : 0;
	uint64_t block = get_number("block", "4096");

	for (size_t i = 0; i < g.pages;) {
		const char *fails = complaint(&g.page[i]);

		if (fails == NULL) {
			add_run(&i, base / block);
		} else {
			struct check *c = add_check(g.page[i].pfn * block + base);

			c->len = 16;
			c->fails = fails;
			i++;
		}
	}
}

void
write_checks(const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		die("cannot create '%s': %s", path, strerror(errno));
	for (size_t i = 0; i < g.checks; i++) {
		const struct check *c = &g.check[i];

		fprintf(out, "%s\t%s\t0x%" PRIx64 "\t%zu\t%s\t", c->flags, c->space, c->addr,
			c->len, c->fails == NULL ? "" : c->fails);
		for (size_t k = 0; c->bytes != NULL && k < c->len; k++)
			fprintf(out, "%02x", c->bytes[k]);
		fputc('\n', out);
	}
	if (fclose(out) != 0)
		die("cannot write '%s': %s", path, strerror(errno));
}
