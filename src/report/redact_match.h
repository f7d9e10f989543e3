/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redact_match.h - what has a form of its own: addresses of networks, UUIDs, paths, names.
 *
 * Every function gets the text from a place on and gives the length of what it finds there,
 * or 0. The caller has made sure that no letter, digit or underscore stands before.
 */
#ifndef REPORT_REDACT_MATCH_H
#define REPORT_REDACT_MATCH_H

#include "base/str.h"

/* 192.0.2.1; not 0.0.0.0, 127.x and 255.255.255.255, which everybody has. */
size_t match_ipv4(struct str s);

/* 2001:db8::1; eight groups, or "::" and two groups; not ::1. */
size_t match_ipv6(struct str s);

/* 02:00:5e:10:00:01 and the same with -; also longer hardware addresses. */
size_t match_mac(struct str s);

/* 8-4-4-4-12 hex digits; 32 or 64 of them in a row (machine ids, containers); WWNs. */
size_t match_uuid(struct str s);

/* name@host; not a device tree node (cpu@0). */
size_t match_email(struct str s);

/* A name of a host with its domain (db1.corp.example.com): the last label is a domain that
 * exists or that people use inside. */
size_t match_fqdn(struct str s);

/* An absolute path, or a UNC name. keep: it is one that every machine has. tail: what may
 * stay of it, the part of a kernel source file below the source tree. */
struct match_path {
	size_t len;
	bool keep;
	struct str tail;
};

bool match_path(struct str s, struct match_path *out);

/* Letters, digits, underscore: what words are made of. */
bool match_is_word(char c);

#endif
