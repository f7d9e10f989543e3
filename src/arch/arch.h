/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch.h - what is different between processors, one const struct each; no I/O.
 *
 * Any build reads any dump: processors are told apart by machine number at run time. A
 * field that is NULL or 0 is a feature that the port lacks, and the stage that misses it
 * says so. A port starts with the names and numbers, and is useful then.
 *
 * To add one: write NAME.c, which ends in its struct, and give it a row in arch.c.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include "base/memory.h"
#include "model/regs.h"

/* A register in the general part of NT_PRSTATUS. */
struct arch_reg {
	const char *name;
	uint16_t off; /* bytes from the start of pr_reg */
	uint8_t len;  /* bytes: 4 or 8 */
};

/* What a walk needs to know about one kernel besides the address. */
struct arch_paging {
	uint64_t root;      /* physical address of the top-level table */
	uint64_t pte_mask;  /* bits of an entry that are not address: x86 sme_mask, pointer tags */
	uint8_t va_bits;    /* of a kernel virtual address: 39, 48, 52, 57 ... */
	uint8_t page_shift; /* 12, 14, 16 */
	uint8_t levels;     /* x86: 2, 3 (PAE), 4, 5; elsewhere 0, for the others imply it */
};

/* Where a virtual address leads, and for how far that holds. */
struct arch_mapping {
	uint64_t pa;      /* of the address asked for */
	uint64_t va_from; /* the mapped page, of whatever length: first and last address */
	uint64_t va_to;
};

struct arch {
	const char *name;            /* as reports say it: x86_64, arm64 */
	const char *const *machines; /* as uname -m says it, NULL-terminated; "armv*" is a prefix */
	uint16_t elf_machine;        /* EM_* */
	uint8_t word_len;            /* bytes of an unsigned long */
	uint8_t va_bits_default;     /* if nothing tells; 0: not known */
	bool big_endian;
	bool little_endian;
	const char *ip; /* names of the roles in regs; NULL: no register has it */
	const char *sp;
	const char *fp;

	/* NT_PRSTATUS: where pr_pid and pr_reg stand, its registers, the note's own length. */
	uint16_t prstatus_len;
	uint16_t prstatus_pid_off;
	uint16_t prstatus_reg_off;
	const struct arch_reg *prstatus; /* NULL-terminated by name */

	/* The description of a note named QEMU: registers -> r; cr3, idt_base and the like are
	 * put under those names. False if it is not such a note. */
	bool (*qemu_note)(struct bytes desc, enum byte_order order, struct regs *r);

	/* Follows the page tables in physical memory. */
	const struct error *(*walk)(const struct memory *phys, const struct arch_paging *p,
				    uint64_t va, struct arch_mapping *out);

	int capstone_arch; /* -1: not disassembled. Big-endian machines add CS_MODE_BIG_ENDIAN */
	int capstone_mode;
};

extern const struct arch arch_x86_64;
extern const struct arch arch_i386;
extern const struct arch arch_arm64;
extern const struct arch arch_arm;
extern const struct arch arch_ppc64;
extern const struct arch arch_s390x;
extern const struct arch arch_riscv64;

/* Why a walk leads nowhere, other than that a table cannot be read, which is memory's error. */
extern const struct error arch_not_canonical; /* the processor could not form that address */
extern const struct error arch_not_mapped;
extern const struct error arch_bad_entry;

/* By uname -m ("aarch64"), or by the name in reports; NULL if there is no port. */
const struct arch *arch_find(struct str machine);

/* By ELF header; NULL if there is no port. word_len is that of the file's class, 4 or 8: the
 * kdump kernel of a 32-bit PAE machine may write ELF64 files of EM_386. */
const struct arch *arch_find_elf(uint16_t elf_machine, uint8_t word_len);

/* By the length of an NT_PRSTATUS description: no two ports of one byte order share it. NULL
 * if there is no such port. */
const struct arch *arch_find_prstatus(size_t len, uint8_t word_len, enum byte_order order);

/* The registers of an NT_PRSTATUS description: pr_pid and pr_reg. A description that is cut
 * short gives what it has; false if it has no register. */
bool arch_prstatus(const struct arch *arch, struct bytes desc, enum byte_order order, uint32_t *pid,
		   struct regs *r);

#endif
