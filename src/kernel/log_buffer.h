/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_buffer.h - what the three readers of the printk buffer share.
 *
 * A reader finds records and hands each to log_add(), which makes messages of one line out
 * of them and puts pieces together that the kernel had to store apart. A reader goes on
 * after damage: it calls log_lost() and looks for the next record.
 */
#ifndef KERNEL_LOG_BUFFER_H
#define KERNEL_LOG_BUFFER_H

#include "kernel/log.h"

/* printk's own flags of a record; Linux include/linux/printk.h, kernel/printk. */
enum {
	LOG_NEWLINE = 2, /* the text ended in a newline */
	LOG_PREFIX = 4,  /* the text started with a level: it is no continuation */
	LOG_CONT = 8,    /* a piece of a line */
};

/* One record as a buffer holds it. */
struct log_record {
	struct str text; /* in memory of log_room() */
	uint64_t ns;
	bool has_time;
	uint8_t level;
	uint8_t flags;
	enum message_caller caller_kind;
	uint32_t caller;
	bool damaged;
	bool uncommitted;
};

/* A line that may still be continued, the last one of its caller. */
struct log_open_line {
	size_t message; /* its index */
	uint8_t flags;
	enum message_caller caller_kind;
	uint32_t caller;
};

enum {
	LOG_OPEN_LINES = 16, /* CPUs and threads that print pieces of lines at one time */
};

struct log_build {
	const struct memory *mem;
	const struct vmcoreinfo *info;
	struct arena *arena;
	struct log *log;
	size_t cap; /* messages that log->message has room for */
	bool full;  /* no memory, or too much text: nothing more is taken */
	struct log_open_line open[LOG_OPEN_LINES];
	size_t open_count;
};

/* One generation of the buffer. */
struct log_buffer {
	const char *name;
	const char *symbol; /* in VMCOREINFO if and only if the kernel has this buffer */
	const struct error *(*read)(struct log_build *b);
};

extern const struct log_buffer log_ring;
extern const struct log_buffer log_records;
extern const struct log_buffer log_bytes;

/* Memory for len bytes of text, that lives as long as the log; NULL once the log is full. */
uint8_t *log_room(struct log_build *b, size_t len);

/* Adds the lines of a record. */
void log_add(struct log_build *b, const struct log_record *r);

/* count records are known to be lost; why, if it is the first, becomes the log's problem. */
void log_lost(struct log_build *b, uint64_t count, const struct error *why);

/* The caller id of printk: bit 31 tells CPUs from threads. */
void log_caller(struct log_record *r, uint32_t caller_id);

/* The byte behind the facility: level and flags. */
void log_level_flags(struct log_record *r, uint8_t byte, enum byte_order order);

/* SYMBOL(name) -> *va, or an error that says VMCOREINFO lacks it. */
const struct error *log_symbol(const struct log_build *b, const char *name,
			       uint64_t *va) MUST_CHECK;

/* The unsigned int, or the pointer, in the kernel's variable of that name. */
const struct error *log_variable_u32(const struct log_build *b, const char *name,
				     uint32_t *value) MUST_CHECK;
const struct error *log_variable_word(const struct log_build *b, const char *name,
				      uint64_t *value) MUST_CHECK;

/* As many bytes from the front as can be read: a page that is missing ends it. */
size_t log_read_front(const struct memory *m, uint64_t va, uint8_t *buf, size_t len);

/* True every so often, once the run is out of time; then the log's problem says so. */
bool log_expired(struct log_build *b);

/*
 * Small records that stand one after the other, read through a page at a time: a page is
 * fetched once, and one that is missing loses only the records on it.
 */
enum {
	LOG_WINDOW_LEN = 4096, /* divides every page length */
};

struct log_window {
	const struct memory *mem;
	uint64_t va; /* of the first byte in buf, with is_loaded */
	bool is_loaded;
	uint8_t buf[LOG_WINDOW_LEN];
};

const struct error *log_window_read(struct log_window *w, uint64_t va, uint8_t *buf,
				    size_t len) MUST_CHECK;

#endif
