/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.h - function names in the form that verdicts and signatures use.
 */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include "base/str.h"

/* Without what the compiler added (.isra.0, .constprop.0, .cold, .part.3, .llvm.123), a
 * leading dot (ppc64 ELFv1 entry points) and "+0x1/0x2". Rust paths stay whole. A slice of f. */
struct str names_plain(struct str f);

/* names_plain() without the wrapper part of a system call's name:
 * "__x64_sys_read", "__se_sys_read", "ksys_read" and "SyS_read" are all "read". A slice of f. */
struct str names_canonical(struct str f);

enum {
	NAMES_RUST_BYTES = 256,
};

/* The path in a mangled Rust name: "_RNvNtCs3o2tGsuHyou_4core9panicking9panic_fmt" and
 * "_ZN4core9panicking9panic_fmt17h0123456789abcdefE" are "core::panicking::panic_fmt". Types of
 * generic arguments follow as further parts of it; what is needed here is a name that stays the
 * same. Written into buf; any other name is returned as it is. */
struct str names_rust(struct str f, char buf[NAMES_RUST_BYTES]);

#endif
