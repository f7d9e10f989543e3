/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network.h - the network devices of the machine, and what they dropped.
 */
#ifndef KERNEL_NETWORK_H
#define KERNEL_NETWORK_H

#include "facts/facts.h"
#include "kernel/cpus.h"

/* Puts network.devices[]. */
const struct error *network_publish(const struct kernel *k, const struct cpus *cpus,
				    struct facts *f) MUST_CHECK;

#endif
