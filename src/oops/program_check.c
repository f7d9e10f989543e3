/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Die lines of s390x and ppc64. */
#include "oops/family.h"

#define S390(text, kind)                                                                  \
	{ text ": {code} ilc:{count} [#{count}]",                                         \
	  kind,                                                                           \
	  BLAME_PC,                                                                       \
	  .is = CLASS_DIE,                                                                \
	  .follows = CLASSES_DYING,                                                       \
	  .flags = HEAD_AT_START },                                                       \
	{                                                                                 \
		text ": {code} [#{count}]", kind, BLAME_PC,                               \
			.is = CLASS_DIE, .follows = CLASSES_DYING, .flags = HEAD_AT_START \
	}
#define PPC(text, kind)                                                            \
	{                                                                          \
		"Oops: " text ", sig: {any} [#{count}]", kind, BLAME_PC,           \
			.is = CLASS_DIE, .follows = CLASSES_DYING | CLASS_HARDWARE \
	}

static const struct oops_head heads[] = {
	{ "Oops: {code} ilc:{seconds} [#{count}]", KIND_PAGE_FAULT, BLAME_PC, .is = CLASS_DIE,
	  .follows = CLASSES_DYING, .flags = HEAD_AT_START },
	S390("illegal operation", KIND_BUG_ON), /* how BUG() dies */
	S390("addressing exception", KIND_PAGE_FAULT),
	S390("specification exception", KIND_ARCH_INTERNAL_ERROR),
	S390("protection exception", KIND_PAGE_FAULT),
	S390("monitor event", KIND_BUG_ON),
	S390("privileged operation", KIND_ARCH_INTERNAL_ERROR),
	S390("translation exception", KIND_PAGE_FAULT),
	S390("data exception", KIND_ARCH_INTERNAL_ERROR),
	S390("operand exception", KIND_ARCH_INTERNAL_ERROR),
	S390("special operation exception", KIND_ARCH_INTERNAL_ERROR),
	S390("fixpoint divide exception", KIND_DIVIDE_ERROR),
	PPC("Kernel access of bad area", KIND_PAGE_FAULT),
	PPC("Exception in kernel mode", KIND_BUG_ON),
	PPC("System Reset", KIND_NMI),
	PPC("Machine check", KIND_MACHINE_CHECK),
	PPC("Bad kernel stack pointer", KIND_STACK_OVERFLOW),
	PPC("Kernel stack overflow", KIND_STACK_OVERFLOW),
	PPC("{detail}", KIND_ARCH_INTERNAL_ERROR),
	{ .pattern = NULL },
};

const struct oops_family family_program_check = { "program_check", heads, NULL };
