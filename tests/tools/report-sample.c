/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report-sample FORMAT|./TEMPLATE FACTS [WIDTH [color]]: a report from a file of facts
 * (tests/unit/facts_file.h), for looking at a format or at a template of one's own.
 */
#include "facts_file.h"
#include "report/output.h"

#include <string.h>

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(NULL);
	struct output_options o = { 0 };
	const struct error *e = NULL;

	if (argc < 3)
		return 64;
	o.format = argv[1];
	o.template = strchr(argv[1], '/') == NULL ? NULL : argv[1];
	o.width = argc > 3 ? (unsigned int)strtoul(argv[3], NULL, 10) : 0;
	o.color = argc > 4;

	struct facts *f = facts_file_read(a, argv[2]);

	if (getenv("REDACT") != NULL) {
		enum redact_profile profile = REDACT_SHARE;

		(void)redact_find_profile(str_of(getenv("REDACT")), &profile);
		o.redaction = redact_new(profile, a);
		redact_facts(o.redaction, f);
	}
	e = output_check(&o, a);
	if (e == NULL)
		e = output_write(&o, f, a, stdout);
	if (e != NULL)
		fprintf(stderr, "%s\n", error_text(a, e));
	arena_free(a);
	return e == NULL ? 0 : 2;
}
