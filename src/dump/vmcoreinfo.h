/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcoreinfo.h - KEY=VALUE and KEY(name)=VALUE lines that the kernel leaves for dump tools.
 *
 * Admin guide: kdump/vmcoreinfo.rst. The text is not NUL-terminated and may be cut anywhere;
 * a line that cannot be understood is passed over. Of two lines with one key the last counts.
 */
#ifndef DUMP_VMCOREINFO_H
#define DUMP_VMCOREINFO_H

#include "base/arena.h"
#include "base/str.h"

struct vmcoreinfo;

/* text is borrowed for as long as the arena lives. */
struct vmcoreinfo *vmcoreinfo_parse(struct arena *a, struct str text);

struct str vmcoreinfo_text(const struct vmcoreinfo *v);

/* The value behind "key=": vmcoreinfo_find(v, "OSRELEASE", &s). Plain keys only. */
bool vmcoreinfo_find(const struct vmcoreinfo *v, const char *key, struct str *value);

/* SYMBOL(name): hex. The address is that of the running kernel. */
bool vmcoreinfo_symbol(const struct vmcoreinfo *v, const char *name, uint64_t *va);

/* OFFSET(struct.member), SIZE(struct), LENGTH(array): decimal. */
bool vmcoreinfo_offset(const struct vmcoreinfo *v, const char *member, uint64_t *off);
bool vmcoreinfo_len(const struct vmcoreinfo *v, const char *name, uint64_t *len);     /* SIZE */
bool vmcoreinfo_count(const struct vmcoreinfo *v, const char *name, uint64_t *count); /* LENGTH */

/* NUMBER(name): decimal and signed, or 0x... */
bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *name, uint64_t *value);

/* A plain key in hex without 0x: KERNELOFFSET. */
bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *value);

#endif
