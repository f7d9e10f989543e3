/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox.h - a process that can read, compute, and write to what is open already.
 *
 * A dump is data from an enemy. Should a parser be wrong all the same, whoever took it over
 * finds a process that can open nothing for writing, make, remove or rename nothing, execute
 * nothing and open no socket. Two kernel features each forbid that: seccomp by system call, with a
 * list of what is allowed, and Landlock (5.13) by what is done to the file system. Where the
 * kernel has one of them only, that one is used.
 */
#ifndef HOST_SANDBOX_H
#define HOST_SANDBOX_H

#include <stdbool.h>

/* For this process and its children, for ever. With network, sockets may be opened, and files
 * below the cache of debuginfod written. False if the kernel has none of it. */
bool sandbox_enter(bool network);

/* Is this a build with a sanitizer, whose run-time does what the sandbox forbids? Then
 * sandbox_enter() does nothing and says true. */
bool sandbox_is_sanitized(void);

#endif
