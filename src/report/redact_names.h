/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * redact_names.h - originals and what stands for them; what redaction keeps between lines.
 */
#ifndef REPORT_REDACT_NAMES_H
#define REPORT_REDACT_NAMES_H

#include "report/redact.h"

enum name_class {
	NAME_HOST,
	NAME_DOMAIN,
	NAME_IP,
	NAME_MAC,
	NAME_UUID,
	NAME_SERIAL,
	NAME_USER,
	NAME_PATH,
	NAME_EMAIL,
	NAME_SSID,
	NAME_COMM,
	NAME_VALUE, /* of a parameter, a password: "<redacted>", without a number */
	NAME_TEXT,  /* bytes that are text: only their class is shown */
	NAME_ADDRESS,
	NAME_CLASS_COUNT,
};

/* How the texts of a fact are treated. */
enum policy {
	POLICY_TEXT, /* searched: whatever nothing else is said of */
	POLICY_KEEP, /* names of the kernel, closed lists, numbers, code */
	POLICY_HOST,
	POLICY_PATH,
	POLICY_INPUT,   /* the file that was named: of an absolute path, its name alone */
	POLICY_SOURCE,  /* relative paths tell nothing: the kernel tree, or the folder one is in */
	POLICY_COMMAND, /* of a shell */
	POLICY_CMDLINE, /* of the kernel */
	POLICY_COMM,
	POLICY_LOG,    /* lines of the log */
	POLICY_QUOTED, /* a value in words; strings stand in quotes */
	POLICY_CLASS,  /* bytes of memory: how many, no more */
};

struct name {
	enum name_class class;
	struct str original; /* without NAME_VALUE's: in the form it was met first */
	struct str shown;    /* "host1" */
	bool everywhere;     /* looked for as a word in all texts */
};

/* The base of a group of addresses that lie together (public profile). */
struct address_group {
	uint64_t base;
	const char *kind; /* heap user module ... */
	unsigned int number;
};

struct redaction {
	struct arena *arena;
	enum redact_profile profile;
	enum policy policy[FACT_COUNT];
	bool learning;    /* nothing is counted yet */
	bool done;        /* redact_facts() was called before */
	size_t conflicts; /* between writers, that stand in diagnostics[] already */
	struct name *name;
	size_t count;
	size_t cap;
	unsigned int number[NAME_CLASS_COUNT]; /* of the last name of each class */
	size_t replaced[NAME_CLASS_COUNT];
	bool first[256]; /* some name that is looked for everywhere begins with that byte */
	uint64_t kaslr;  /* public: taken off text addresses */
	bool has_kaslr;
	bool narrow; /* public: 32-bit addresses */
	struct address_group *group;
	size_t group_count;
	size_t group_cap;
};

/* What stands for the original, a new name if it was never met. */
struct str names_shown(struct redaction *r, enum name_class class, struct str original);

/* The same, and from now on it is looked for as a word everywhere, if it is no common word. */
void names_learn(struct redaction *r, enum name_class class, struct str original);

/* It is another form of what has a name already ("db1" of "db1.example.com"). */
void names_learn_alias(struct redaction *r, enum name_class class, struct str original,
		       struct str shown);

/* A name that begins here and ends with the word: its length, or 0. */
size_t names_match(const struct redaction *r, struct str s, const struct name **out);

/* It is what we put there ourselves. */
bool names_is_ours(const struct redaction *r, struct str s);

void names_count(struct redaction *r, enum name_class class);

/* "host", "ip" ... */
const char *names_class_name(enum name_class class);

#endif
