/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relate.h - which of the tasks, CPUs and rings of waiters the judged event is about.
 *
 * Those lists come from different stages, which do not know of each other. Here the rows that
 * belong to the event's task and CPU get names of their own, so that a rule may ask for the
 * owner of the lock that this task waits for, and a title may say it.
 */
#ifndef VERDICT_RELATE_H
#define VERDICT_RELATE_H

#include "facts/facts.h"

/* Puts waiter, ring and spinner, where there are such rows. Before verdict_judge(). */
void relate_publish(struct facts *f);

#endif
