/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signature.h - the same crash gives the same id, on every boot and from every transport.
 */
#ifndef VERDICT_SIGNATURE_H
#define VERDICT_SIGNATURE_H

#include "facts/facts.h"

/* Puts signature.*. Called before redaction; looks at kind, function and the reliable frames
 * of the event only, never at anything that changes from boot to boot. */
void signature_publish(struct facts *f, struct arena *a);

#endif
