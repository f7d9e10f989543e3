/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/port.h"

#include <string.h>

static const struct port *const ports[] = {
	&port_x86_64,
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
