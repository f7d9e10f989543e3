/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of any bytes: every message is made of bytes of the line. */
#include "oops/transport.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
sink(void *ctx, const struct message *m)
{
	struct transport *t = ctx;

	assert(m->text.len <= LIMIT_LINE_BYTES);
	assert(m->line == t->line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct transport *t = malloc(sizeof(*t));
	struct str text = { (const char *)data, len };
	struct str line;

	if (t == NULL)
		return 0;
	transport_begin(t, sink, t);
	while (str_cut(&text, '\n', &line))
		transport_line(t, line);
	transport_line(t, text);
	free(t);
	return 0;
}
