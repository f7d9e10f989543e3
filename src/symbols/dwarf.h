/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dwarf.h - the part that runs in a process of its own: answers a job of lines.h with libdw.
 *
 * It touches no network (libdw would start debuginfod by itself) and reads no file but the one
 * it is given, compressed or not. ELF files that are linked are mapped and read in place: of
 * vmlinux's 600 MB a few are touched. Modules are not linked; libdwfl lays them out and
 * relocates their DWARF.
 */
#ifndef SYMBOLS_DWARF_H
#define SYMBOLS_DWARF_H

#include "symbols/lines.h"

/* Writes the answer to fd. job is a struct lines_job. */
void dwarf_work(void *job, int fd);

#endif
