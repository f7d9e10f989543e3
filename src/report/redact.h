/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redact.h - the facts without what tells who, where and which machine.
 *
 * Redaction works on typed facts before anything is written: a command line is cut into its
 * parameters, a host name is known to be one, Code: bytes are never looked at. Only free text
 * (log lines, messages) is searched, for what the typed facts taught (the host's name, the
 * users, the values of the command line) and for what has a form of its own (addresses of
 * every network, UUIDs, paths ...). The same original always gets the same name: host1, ip2.
 *
 * The order is: signature_publish(), redact_facts(), verdict_publish(), output_write().
 * output_write() redacts once more what came later, and searches the finished text.
 */
#ifndef REPORT_REDACT_H
#define REPORT_REDACT_H

#include "base/error.h"
#include "facts/facts.h"

enum redact_profile {
	REDACT_NONE,
	REDACT_SHARE,  /* for a colleague or a vendor: no names, addresses of the kernel stay */
	REDACT_PUBLIC, /* for everybody: nor where things lay in memory */
};

struct redaction;

/* "none", "share", "public". */
bool redact_find_profile(struct str name, enum redact_profile *out);

struct redaction *redact_new(enum redact_profile profile, struct arena *a);

/* Redacts every fact, and puts redaction.profile, .version and .counts{}. Called again it
 * redacts what was added to the verdict, the findings and the diagnostics; the log, events,
 * modules and stacks must be complete at the first call. */
void redact_facts(struct redaction *r, struct facts *f);

/* What a message that is no fact may show, and a file that was named. */
struct str redact_message(struct redaction *r, struct str s);
struct str redact_input(struct redaction *r, struct str path);

/* Searches a finished report for what was replaced. Puts what still stands there, by class
 * and count, never in clear, into redaction.residual[]; how many lines that is. */
size_t redact_audit(struct redaction *r, struct str report, struct facts *f);

#endif
