/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - the printk messages of a dump, of all three generations of the buffer.
 *
 * log_ring.c reads the ring buffer of 5.10 and later, log_records.c the records of 3.5 to
 * 5.9, log_bytes.c the bytes of 3.4 and before. Which one it is, VMCOREINFO says.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include "base/memory.h"
#include "dump/vmcoreinfo.h"
#include "model/message.h"

struct log {
	struct message *message; /* oldest first; one line each */
	size_t count;
	uint64_t text_len;           /* bytes of text */
	uint64_t dropped;            /* records known to be missing or unreadable */
	uint64_t overwritten;        /* records before the first, as far as they are counted */
	bool wrapped;                /* the oldest were overwritten */
	const char *generation;      /* "printk ring buffer (5.10)" ... */
	const struct error *problem; /* why it is not whole, or NULL */
};

/* Reads what can be read. An error means no message at all could be; info may be NULL. */
const struct error *log_read(const struct memory *vmem, const struct vmcoreinfo *info,
			     struct arena *a, struct log *out) MUST_CHECK;

#endif
