/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/room.h"

#include <errno.h>
#include <libgen.h>
#include <sys/statvfs.h>

const struct error *
room_check(const char *path, uint64_t bytes, struct arena *a)
{
	struct statvfs fs;
	const char *folder = dirname(arena_printf(a, "%s", path));
	uint64_t left = 0;

	if (statvfs(folder, &fs) != 0)
		return error_errno(a, errno, "cannot look at the file system of '%s'", path);
	if (__builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize, &left) ||
	    left >= bytes)
		return NULL;
	return error_new(
		a, ERROR_IO,
		"cannot write '%s': its file system has %llu bytes left, and %llu are kept "
		"free for dumps",
		path, (unsigned long long)left, (unsigned long long)bytes);
}
