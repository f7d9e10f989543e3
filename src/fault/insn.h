/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * insn.h - bytes into instructions: the capstone user.
 *
 * A decoder holds one capstone handle and the instruction that it decoded last. Where
 * capstone lacks an instruction that kernels use, the port of the processor helps it.
 */
#ifndef FAULT_INSN_H
#define FAULT_INSN_H

#include "arch/arch.h"
#include "fault/code.h"
#include "fault/out.h"
#include "symbols/symbols.h"

#include <capstone/capstone.h>

struct port;

enum {
	INSN_TEXT_LEN = 192,
	INSN_MAX = CODE_MAX / 2, /* instructions in a code line, if each had two bytes */
};

struct decoder {
	const struct arch *arch;
	const struct port *port;
	csh handle;
	int mode;         /* of capstone */
	uint8_t step;     /* instructions begin at multiples of this many bytes */
	uint8_t group;    /* bytes of the words that code is shown in; 1: bytes */
	cs_insn *insn;    /* decoded last; its bytes may be a stand-in's, its operands are right */
	const char *name; /* of it, if capstone has none or another; else NULL */
	char raw[24];     /* the name of a word that is no instruction */
};

/* Where the code stands, as far as that is known. */
struct insn_place {
	uint64_t address; /* of the first byte; with has_address */
	bool has_address;
	struct str function; /* or empty */
	int64_t offset;      /* of the first byte in the function; with has_offset */
	uint64_t len;        /* bytes of the function; 0 unknown */
	bool has_offset;
	struct symbols *symbols; /* names of other places; or NULL */
};

/* ERROR_UNSUPPORTED if this build cannot disassemble for that processor. */
const struct error *decoder_open(const struct arch *arch, struct arena *a,
				 struct decoder **out) MUST_CHECK;

/* Another mode of capstone (Thumb), in which instructions begin at multiples of step bytes. */
void decoder_set_mode(struct decoder *d, int mode, uint8_t step);

/* Decodes the instruction at the front of b, which stands at that address: its length in
 * bytes, or 0 if there is none. d->insn is valid until the next call. */
size_t decoder_at(struct decoder *d, struct bytes b, uint64_t address);

/* The instruction decoded last, as GNU objdump prints it. place says how to print where a
 * jump leads: an address, "function+0x10", or ".+0x10" from the instruction. off is the
 * instruction's, in the code. */
void decoder_text(struct decoder *d, const struct insn_place *place, size_t off,
		  char text[INSN_TEXT_LEN]);

/* An address: "page_offset_base", "vsnprintf+0x4", or in hex if it has no name. */
void insn_put_address(struct out *o, const struct insn_place *place, uint64_t va);

/* Where an instruction at off leads: a name, the address, "function+0x10", or ".+0x10". */
void insn_put_target(struct out *o, const struct insn_place *place, size_t off, uint64_t target);

/* Makes the decoder hold an instruction of len bytes that has that text and no operands. */
void decoder_set(struct decoder *d, struct bytes b, size_t len, uint64_t address, const char *text);

/* An instruction of a code line. */
struct insn_at {
	size_t off;
	uint8_t len;
};

/* The address that an instruction at that offset is decoded for. */
uint64_t insn_address(const struct insn_place *place, size_t off);

/* The instructions of a code line in order, as far as they can be told. The one at the marker
 * (*at) is exact; those before it are the likeliest that lead there. Returns their count; 0
 * if there is no instruction at the marker. */
size_t insn_list(struct decoder *d, const struct code *c, const struct insn_place *place,
		 struct insn_at list[INSN_MAX], size_t *at);

#endif
