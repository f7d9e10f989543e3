/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * code.h - what an oops did not print of its fault, taken from the dump.
 *
 * Since 4.10 an x86 oops names no address of the faulting instruction (Linux commit
 * bb5e5ce545f2), and it prints no code bytes where the page before the instruction is not
 * mapped. A kdump has both: crash_kexec() saves the registers of the oops in a note.
 */
#ifndef KERNEL_CODE_H
#define KERNEL_CODE_H

#include "dump/dump.h"

/* The CPU note whose registers are those of the report: the stack pointer and every general
 * register that both have agree. NULL if there is none. */
const struct dump_cpu *code_find_cpu(const struct dump *d, const struct regs *of_report);

/* The code round ip as a "Code:" line has it, "8b 04 <c7> 00": at most before bytes before it
 * and after bytes from it, fewer where memory is missing. An error if not even the first
 * byte at ip can be read. */
const struct error *code_read(const struct memory *vmem, uint64_t ip, size_t before, size_t after,
			      struct arena *a, struct str *out) MUST_CHECK;

#endif
