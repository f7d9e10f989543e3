/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * victims.h - the processes that the OOM killer has killed, by the log.
 */
#ifndef OOPS_VICTIMS_H
#define OOPS_VICTIMS_H

#include "facts/facts.h"
#include "oops/oops.h"

struct victim {
	uint64_t pid;
	struct str comm; /* borrowed */
	uint64_t rss_bytes;
	bool has_rss;
	bool by_cgroup; /* the limit of a control group, not the machine's memory */
};

/* False if the line tells of none. */
bool victims_parse(struct str line, struct victim *v);

/* Puts memory.oom_victims[]. */
void victims_publish(const struct oops_report *o, struct fact_row *root);

#endif
