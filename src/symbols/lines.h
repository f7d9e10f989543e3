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

/* A register whose variable is wanted. */
struct lines_register {
	size_t place;   /* index of the place at which it holds the variable */
	uint16_t dwarf; /* its DWARF number */
};

struct lines_job {
	const char *path;
	bool is_module;
	struct str build_id; /* that the file must have, or empty */
	const struct lines_place *place;
	size_t count;
	const struct lines_register *reg;
	size_t reg_count;
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

/* A variable or a parameter. */
struct lines_variable {
	size_t index;      /* of the register in the job, or of the parameter from 0 */
	struct str name;   /* empty if it has none */
	struct str type;   /* as C writes it */
	struct str target; /* "struct file", if it is a pointer to a structure; else empty */
	uint16_t dwarf;    /* register that holds it at that place; with in_register */
	bool in_register;
};

struct lines {
	struct str build_id;              /* of the file, in hex */
	struct lines_answer_place *place; /* as many as the job has */
	struct lines_variable *variable;  /* of the job's registers */
	size_t variable_count;
	struct lines_variable *parameter;
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
	LINES_VARIABLE,  /* index (4), name, type, target, in_register (1), dwarf (2) */
	LINES_PARAMETER, /* the same */
};

#endif
