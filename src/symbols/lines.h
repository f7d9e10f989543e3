/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines.h - what a debug file says of places in code: file, line, inlined functions; and of
 * the variables that live there.
 *
 * The file is read by libdw in a process of its own (dwarf.h), because a hostile or broken one
 * can make a library crash or eat memory. That process gets a job and writes an answer; here
 * the answer is read, which is untrusted like any input.
 */
#ifndef SYMBOLS_LINES_H
#define SYMBOLS_LINES_H

#include "base/error.h"
#include "base/str.h"

/* A place in code. Borrowed. */
struct lines_place {
	struct str function; /* as the kernel names it, or empty */
	uint64_t offset;     /* bytes into it; with a function */
	uint64_t len;        /* bytes of the function; 0 not known */
	uint64_t address;    /* in vmlinux as it was linked; of a module where it was loaded */
	bool has_address;
	bool is_return; /* the place is behind a call, and the call is what is meant */
};

enum {
	LINES_STEPS = 8, /* of an access */
};

/* An access to memory that is wanted as the source has it: from a pointer, the word at disp[0]
 * behind it, the one at disp[1] behind that ... (expression.h). */
struct lines_access {
	size_t place;     /* index of the place where it happens */
	bool by_register; /* the pointer is in that register there, else a parameter */
	uint16_t dwarf;   /* its DWARF number */
	size_t parameter; /* from 0 */
	int64_t disp[LINES_STEPS];
	size_t count;
};

/* A function whose bytes are wanted as they were built: that of a place, and its length. */
struct lines_text_wanted {
	size_t place;
	size_t len;
};

struct lines_job {
	const char *path;
	int fd; /* with is_expanded: its content, where the file is compressed (unpack.h) */
	bool is_expanded;
	bool is_module;
	struct str build_id; /* that the file must have, or empty */
	const struct lines_place *place;
	size_t count;
	const struct lines_access *access;
	size_t access_count;
	const struct lines_text_wanted *text;
	size_t text_count;
	const size_t *frame; /* indices of places: what is known of those frames is wanted */
	size_t frame_count;
	size_t function; /* index of a place whose function's parameters are wanted, or SIZE_MAX */
};

struct lines_frame {
	struct str function; /* of an inlined one; of the others as the source has it */
	struct str file;
	uint32_t line; /* 0: not known */
};

/* Frames, innermost first; all but the last are inlined into the next. */
struct lines_answer_place {
	const struct lines_frame *frame;
	size_t count;        /* 0: nothing is known */
	struct str comp_dir; /* folder that relative files are relative to */
};

/* Where a value comes from: what a DWARF expression says, if it comes to a sum. */
enum lines_base {
	LINES_UNKNOWN,
	LINES_NUMBER,   /* from nowhere */
	LINES_ADDRESS,  /* an address in the file's own layout */
	LINES_REGISTER, /* a register of the frame */
	LINES_CFA,      /* the frame's canonical address: where the stack was before the call */
	LINES_AT_ENTRY, /* what a register held when the function was entered */
	LINES_BASES,
};

struct lines_value {
	enum lines_base base;
	uint16_t dwarf; /* of the register */
	int64_t add;
	bool in_memory; /* it is the word at that address */
};

/* A parameter. */
struct lines_parameter {
	struct str name;       /* empty if it has none */
	struct str type;       /* as C writes it */
	struct lines_value at; /* that place */
};

enum {
	LINES_REGISTERS = 32, /* by their DWARF numbers */
};

/* A register by its number: what a call passed in it, or what the caller had in it. */
struct lines_register {
	uint16_t dwarf;
	struct lines_value value;
};

/* What a file knows of a frame. */
struct lines_stack {
	struct str callee; /* whom the call that it is behind names; empty: not known */
	struct lines_register passed[LINES_REGISTERS]; /* by that call, by values of this frame */
	size_t passed_count;

	/* How to find the caller's: the canonical address by a register, and the words that
	 * registers were saved in. The others are as they were, or lost. */
	struct lines_value cfa; /* LINES_UNKNOWN: there is no telling */
	struct lines_register saved[LINES_REGISTERS];
	size_t saved_count;
};

struct lines_expression {
	struct str text;   /* "dev->inner->value"; empty: not known */
	struct str type;   /* "struct inner *" */
	struct str member; /* "value", or empty */
};

/* What a kernel does with a byte of its code. */
enum lines_mask {
	LINES_COMPARE,    /* nothing: it runs as it was built */
	LINES_MAY_CHANGE, /* fills it in when it loads it, or adapts it to the machine */
	LINES_OF_FTRACE,  /* calls ftrace there, or not */
};

struct lines_text {
	struct bytes bytes; /* empty: not known; may be shorter than was asked for */
	struct bytes mask;  /* enum lines_mask of each */
};

struct lines {
	struct str build_id;              /* of the file, in hex */
	struct lines_answer_place *place; /* as many as the job has */
	struct lines_expression *access;  /* as many as the job has */
	struct lines_text *text;          /* as many as the job has */
	struct lines_stack *stack;        /* as many as the job has frames */
	struct lines_parameter *parameter;
	size_t parameter_count;
	bool whole; /* nothing is missing at the end */
};

/* Reads an answer to the job. The error is why there is none; what came before an answer was
 * cut short is in *out all the same. */
const struct error *lines_parse(struct bytes answer, const struct lines_job *job, struct arena *a,
				struct lines *out) MUST_CHECK;

/* How an answer is written: little endian, texts with a length of two bytes. */
enum lines_record {
	LINES_END,       /* nothing follows, on purpose */
	LINES_FAILED,    /* code (one byte, enum error_code), text */
	LINES_FILE,      /* build ID in hex */
	LINES_PLACE,     /* index (4), comp_dir, count (2), frames: function, file, line (4) */
	LINES_ACCESS,    /* index (4), text, type, member */
	LINES_TEXT,      /* index (4), length (4), bytes, mask */
	LINES_PARAMETER, /* name, type, value; in their order */
	LINES_CALL,      /* index of a frame (4), callee, count (1), registers: dwarf (2), value */
	LINES_UNWIND,    /* index of a frame (4), CFA, count (1), registers: dwarf (2), value */
			 /* a value: base (1), in_memory (1), dwarf (2), add (8) */
};

#endif
