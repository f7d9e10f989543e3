/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mini_peers.h - reads what makedumpfile needs to print the log, so that a mini vmcore has it.
 */
#ifndef DUMP_MINI_PEERS_H
#define DUMP_MINI_PEERS_H

#include "dump/dump.h"

/* Reads, and thereby has recorded, through virt: the whole log buffer, where this run may
 * have read a part, and what makedumpfile looks at before it. What is not there is passed
 * over. */
void mini_peers_read(struct dump *d, const struct memory *virt);

#endif
