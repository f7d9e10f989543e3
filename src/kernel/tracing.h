/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracing.h - who had changed the kernel's code while it ran: live patches, kprobes, ftrace.
 */
#ifndef KERNEL_TRACING_H
#define KERNEL_TRACING_H

#include "facts/facts.h"
#include "kernel/kernel.h"

/* Puts tracing. */
const struct error *tracing_publish(const struct kernel *k, struct facts *f) MUST_CHECK;

#endif
