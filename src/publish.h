/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * publish.h - facts about the run and its input that belong to no stage alone.
 */
#ifndef PUBLISH_H
#define PUBLISH_H

#include "dump/dump.h"
#include "facts/facts.h"
#include "kernel/log.h"
#include "kernel/utsname.h"
#include "kernel/vmem.h"
#include "verdict/rules.h"

void publish_run(struct facts *f, const char *path);

/* What the dump's header and notes say of the file and of the system. */
void publish_dump(struct facts *f, const struct dump *d, struct arena *a);
void publish_vmcoreinfo(struct facts *f, const struct vmcoreinfo *v, struct origin from);
void publish_names(struct facts *f, const struct utsname_of_dump *u);
void publish_log_file(struct facts *f, int fd);
void publish_vmem(struct facts *f, const struct vmem *v);
void publish_log(struct facts *f, const struct log *log);
void publish_rules(struct facts *f, const struct rules *rules);

/* input.pages, once everything has been read. */
void publish_pages(struct facts *f, struct dump *d);

/* A row of diagnostics[]. */
void publish_problem(struct facts *f, const char *stage, const struct error *e, struct arena *a);

#endif
