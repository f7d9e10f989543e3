/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ranges.h - what is where in the address space of this very kernel, as its own variables and
 * VMCOREINFO say; what registers give away is a guess beside it.
 */
#ifndef FAULT_RANGES_H
#define FAULT_RANGES_H

#include "fault/pointer.h"
#include "kernel/identify.h"

/* Ranges for pointer_classify(), in the arena. Of stacks only those that one of the values is on
 * are among them. */
struct pointer_range *ranges_of_kernel(const struct identify *i, const uint64_t *value,
				       size_t value_count, struct arena *a, size_t *count);

#endif
