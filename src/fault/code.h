/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * code.h - the bytes of the kernel's "Code:" line.
 *
 * The kernel prints the code round the faulting instruction in groups of hex digits, and
 * marks the group at which the program counter stood: bytes with <..> on x86, words with
 * (..) on arm, arm64 and riscv, words with <..> on powerpc. On s390x the kernel prints lines
 * of its own disassembler, with '>' before the address of the instruction that was next.
 */
#ifndef FAULT_CODE_H
#define FAULT_CODE_H

#include "base/error.h"
#include "base/reader.h"

enum {
	CODE_MAX = 256, /* bytes; the kernel prints 64 at most */
};

struct code {
	uint8_t byte[CODE_MAX]; /* as they stood in memory */
	size_t len;
	size_t marker;    /* offset of the faulting instruction; with has_marker */
	uint8_t unit;     /* bytes of a printed group */
	uint64_t address; /* of the first byte; with has_address (s390x) */
	bool has_marker;
	bool has_address;
	bool is_aligned; /* an instruction begins with the first byte */
};

/* What a report says of its code, in the form that code_parse() reads, where that is more than
 * a "Code:" line: powerpc's "Instruction dump:" and s390x's "Krnl Code:", with the lines that
 * follow, whatever time stamps they have. Empty if there is none. */
struct str code_of_report(const struct str *line, size_t count, struct arena *a);

/* Reads what stands behind "Code:". order is that of the instructions in memory. Bytes that
 * the kernel could not read ("????????") end the run that is kept: it is the one that holds
 * the marker. ERROR_ABSENT if there are words instead of bytes ("Bad RIP value."). */
const struct error *code_parse(struct str text, enum byte_order order, struct arena *a,
			       struct code *out) MUST_CHECK;

#endif
