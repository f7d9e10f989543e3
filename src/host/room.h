/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * room.h - is there room on a disk for a report, and for what matters more?
 */
#ifndef HOST_ROOM_H
#define HOST_ROOM_H

#include "base/error.h"

#include <stdint.h>

/* An ERROR_IO if the file system of the file at path, which need not be there yet, has fewer
 * bytes left. */
const struct error *room_check(const char *path, uint64_t bytes, struct arena *a) MUST_CHECK;

#endif
