/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a log, redacted: what has a form of its own must not be in what comes out.
 */
#include "report/redact_match.h"
#include "report/redact_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (i != 0 && match_is_word(s.p[i - 1]))
			continue;
		if (match_mac(str_from(s, i)) != 0 && i == 0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new(NULL);
	struct redaction *r = redact_new(len % 2 == 0 ? REDACT_SHARE : REDACT_PUBLIC, a);
	struct str text = { (const char *)data, len < 4096 ? len : 4096 };
	enum line_state state = LINE_PLAIN;
	struct str line = { NULL, 0 };

	r->learning = len % 3 == 0;
	while (str_take_line(&text, &line)) {
		check(redact_log_line(r, line, &state));
		(void)redact_path(r, line);
		(void)redact_quoted(r, line);
		(void)redact_cmdline(r, line);
		redact_learn_host(r, str_first(line, 40));
	}
	arena_free(a);
	return 0;
}
