/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/port.h"

#include <string.h>

static const struct port *const ports[] = {
	&port_x86_64, &port_i386, &port_arm64, &port_arm, &port_ppc64, &port_s390x, &port_riscv64,
};

const struct port *
port_find(const struct arch *arch)
{
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		if (strcmp(ports[i]->arch, arch->name) == 0)
			return ports[i];
	}
	return NULL;
}
