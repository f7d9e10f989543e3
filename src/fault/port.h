/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * port.h - what is different between processors when a fault is explained, one const struct
 * each. A NULL is a feature that the port lacks; what depends on it is then unknown.
 */
#ifndef FAULT_PORT_H
#define FAULT_PORT_H

#include "fault/fault.h"
#include "fault/insn.h"
#include "fault/operand.h"
#include "fault/track.h"

/* What an error code says. */
struct port_code {
	const char *access; /* read write exec, or NULL */
	const char *mode;   /* kernel user, or NULL */
	uint16_t known;     /* bits of enum port_bit that the code tells about */
	uint16_t set;       /* those of them that are set */
};

/* In the order of fault.error_code.bits in schema.def. */
enum port_bit {
	PORT_BIT_PRESENT = 1 << 0,
	PORT_BIT_WRITE = 1 << 1,
	PORT_BIT_USER = 1 << 2,
	PORT_BIT_RESERVED = 1 << 3,
	PORT_BIT_INSTRUCTION = 1 << 4,
	PORT_BIT_PKEY = 1 << 5,
	PORT_BIT_SHADOW_STACK = 1 << 6,
	PORT_BIT_SGX = 1 << 7,
	PORT_BIT_RMP = 1 << 8,
	PORT_BIT_COUNT = 9,
};

struct port {
	const char *arch;  /* name in struct arch */
	uint8_t step;      /* instructions begin at multiples of this many bytes */
	uint8_t max_len;   /* of an instruction; equal to step if all have one length */
	bool words_as_hex; /* bytes are shown as words of one group, as the kernel prints them */
	bool has_tags;     /* the top byte of an address may be a tag that is no part of it */
	bool has_either_order; /* instructions have the byte order of memory, either one */
	bool has_pages_only;   /* the address of a fault is known to the page only */

	/* Sets another mode of capstone than that of struct arch, by the registers and the log's
	 * code (whose unit is 0 if there is none); NULL: there is no other. */
	void (*set_mode)(struct decoder *d, const struct fault_input *in, const struct code *line);

	/* What capstone cannot decode, or decodes wrongly: the length, or 0. May be NULL. */
	size_t (*decode)(struct decoder *d, struct bytes b, uint64_t address);

	/* The text of the instruction decoded last; NULL: capstone's own. */
	void (*text)(struct decoder *d, const struct insn_place *place, size_t off,
		     char text[INSN_TEXT_LEN]);

	/* What an instruction costs, and a byte that belongs to none, for align.h; NULL if all
	 * instructions have one length or boundaries are known otherwise. */
	uint16_t (*cost)(const struct decoder *d, struct bytes insn);
	uint16_t (*data_cost)(uint8_t b);

	/* The instruction decoded last fills the gap behind a function; NULL: not known. */
	bool (*is_padding)(const struct decoder *d);

	/* The memory that the instruction decoded last uses. NULL: not known for this port. */
	void (*operands)(struct decoder *d, const struct operand_context *c,
			 struct operand_list *out);

	/* The error code of a page fault, or registers that say the same. False if there is
	 * nothing to tell. */
	bool (*code)(const struct fault_input *in, struct port_code *out);

	/* Privilege of the faulting code from its registers: kernel user, or NULL. */
	const char *(*mode)(const struct regs *r);

	/* What instructions do to registers; NULL: not known for this port. */
	const struct track_port *track;
};

extern const struct track_port x86_64_track;
extern const struct track_port arm64_track;

extern const struct port port_x86_64;
extern const struct port port_i386;
extern const struct port port_arm64;
extern const struct port port_arm;
extern const struct port port_ppc64;
extern const struct port port_s390x;
extern const struct port port_riscv64;

/* NULL if there is none. */
const struct port *port_find(const struct arch *arch);

#endif
