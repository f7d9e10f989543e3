/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/log_buffer.h"

/* Newest first: the symbols of one generation do not stand in VMCOREINFO of another. */
static const struct log_buffer *const buffers[] = { &log_ring, &log_records, &log_bytes };

static const struct log_buffer *
find_buffer(const struct vmcoreinfo *info)
{
	for (size_t i = 0; i < ARRAY_LEN(buffers); i++) {
		uint64_t va = 0;

		if (vmcoreinfo_symbol(info, buffers[i]->symbol, &va))
			return buffers[i];
	}
	return NULL;
}

const struct error *
log_read(const struct memory *vmem, const struct vmcoreinfo *info, struct arena *a, struct log *out)
{
	struct log log = { .count = 0 };
	struct log_build b = { .mem = vmem, .info = info, .arena = a, .log = &log };
	const struct log_buffer *buffer = NULL;

	if (info == NULL)
		return error_new(a, ERROR_ABSENT,
				 "without VMCOREINFO nothing says where the kernel log is");
	buffer = find_buffer(info);
	if (buffer == NULL)
		return error_new(a, ERROR_ABSENT,
				 "VMCOREINFO does not say where the kernel log is");
	log.generation = buffer->name;

	const struct error *e = buffer->read(&b);

	if (e == NULL && log.count == 0 && log.problem != NULL)
		e = log.problem;
	if (e != NULL)
		return error_wrap(a, e, "cannot read the %s", buffer->name);
	*out = log;
	return NULL;
}
