/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * context.h - lines that explain a crash without being one: storage and filesystem errors,
 * lost links, machine checks that were corrected, memory pressure, clocks that jumped.
 */
#ifndef OOPS_CONTEXT_H
#define OOPS_CONTEXT_H

#include "base/str.h"

/* The literals, from 0, that such lines hold; empty after the last. */
struct str context_literal(size_t which);

/* storage filesystem network hardware memory time */
const char *context_class(size_t which);

#endif
