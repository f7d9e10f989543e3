/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - one stack frame, whoever found it.
 */
#ifndef MODEL_FRAME_H
#define MODEL_FRAME_H

#include "base/str.h"

struct frame {
	uint64_t address;    /* the raw pc; with has_address only (logs since 4.10 print none) */
	uint64_t offset;     /* bytes into the function; with has_offset only */
	uint64_t len;        /* bytes of the function; 0 if not known */
	struct str function; /* as the kernel names it, suffixes included; empty if unknown */
	struct str module;   /* empty for vmlinux or unknown */
	struct str build_id; /* of the module, as %pSb prints it, or empty */
	struct str context;  /* "TASK", "IRQ", "NMI" ... or empty */
	struct str file;     /* source file, or empty */
	uint32_t line;       /* in it, from 1; 0 unknown */
	bool has_address;
	bool has_offset;
	bool reliable; /* false: a word on the stack that may be stale ("? f+0x1/0x2") */
	bool inlined;  /* known only from debuginfo */
};

#endif
