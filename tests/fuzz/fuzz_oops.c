/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a log: read, understood and published. */
#include "oops/oops.h"
#include "oops/transport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
sink(void *ctx, const struct message *m)
{
	oops_feed(ctx, m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(NULL);
	struct transport *t = ARENA_NEW(a, struct transport);
	struct oops_reader *r = oops_reader_new(a);
	struct str text = { (const char *)data, len };
	struct str line;

	transport_begin(t, sink, r);
	while (str_cut(&text, '\n', &line))
		transport_line(t, line);
	transport_line(t, text);
	oops_publish(oops_finish(r), facts_new(a));
	arena_free(a);
	return 0;
}
