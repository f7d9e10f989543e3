/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * errno_names.h - names of Linux's error numbers, kernel-internal ones included.
 */
#ifndef FAULT_ERRNO_NAMES_H
#define FAULT_ERRNO_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* "ENOMEM" for 12; NULL if the number has no name. */
const char *errno_name(uint64_t number);

#endif
