/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.h - what the disks of the machine still owed: requests in flight, with their age, and
 * file systems that are frozen or read-only.
 */
#ifndef KERNEL_BLOCK_H
#define KERNEL_BLOCK_H

#include "facts/facts.h"
#include "kernel/kernel.h"

/* Puts filesystems[]. */
const struct error *block_publish_filesystems(const struct kernel *k, struct facts *f) MUST_CHECK;

/* Puts block.requests[], oldest first. now is the monotonic clock in seconds, 0 if it is not
 * known. */
const struct error *block_publish_requests(const struct kernel *k, uint64_t now,
					   struct facts *f) MUST_CHECK;

#endif
