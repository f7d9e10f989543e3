/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkdump.h - what the parts of mkdump share. One run makes one file, so there is one
 * description; mkdump.c says what it may hold.
 */
#ifndef TESTS_TOOLS_MKDUMP_H
#define TESTS_TOOLS_MKDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	SETTINGS_MAX = 64,
	LINE_MAX_LEN = 64 << 10,
	NOTES_MAX = 1 << 20,
	DATA_MAX = 16 << 20, /* of one load */
};

struct setting {
	char *key;
	char *value;
	bool fixed; /* by the command line */
};

enum what {
	DUMPED,
	ZERO,
	EXCLUDED,
	LOST,
	PACKED, /* as the bytes are, with flags of their own */
	BOMB,   /* expands to more than a page */
};

struct page {
	uint64_t pfn;
	enum what what;
	const char *codec;
	char *bytes;
	bool has_off, has_len, has_flags;
	uint64_t off, len, flags;
	uint64_t bomb_len;
};

struct segment {
	uint32_t type;
	uint64_t off, va, pa, file, mem;
	bool has_off, has_file, has_mem;
	uint8_t *data;
	size_t data_len;
};

/* What a reader is to give. */
struct check {
	const char *flags; /* of dump-read */
	const char *space;
	uint64_t addr;
	size_t len;
	uint8_t *bytes;
	const char *fails; /* what it says instead */
};

struct edit {
	char kind; /* 'f'ill, 'p'atch, 't'runcate, 'g'ap */
	uint64_t off, len, value;
};

struct description {
	struct setting setting[SETTINGS_MAX];
	size_t settings;
	struct page *page;
	size_t pages;
	struct segment *segment;
	size_t segments;
	struct check *check;
	size_t checks;
	struct edit *edit;
	size_t edits;
	uint8_t notes[NOTES_MAX];
	size_t notes_len;
	size_t info_off, info_len; /* VMCOREINFO's text in notes */
	size_t note_start[64];     /* of each PT_NOTE */
	size_t note_starts;
	size_t line;
	const char *name;
	int fd;
	uint64_t end; /* of the file so far */
};

extern struct description g;

/* mkdump.c */
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *fmt, ...);

/* settings.c: settings, numbers, memory */
void *take(size_t len);                        /* zeroed */
void *more(void *p, size_t count, size_t len); /* room for one more */
char *copy(const char *s);
bool starts(const char *s, const char *with);
size_t up(size_t n, size_t to); /* to a multiple of it */
uint64_t number(const char *s);
void set(const char *key, const char *value, bool fixed);
const char *get(const char *key, const char *otherwise);
uint64_t get_number(const char *key, const char *otherwise);
bool is(const char *key, const char *value, const char *otherwise);
bool big(void);
void put(uint8_t *p, uint64_t v, size_t len); /* in the file's byte order */

/* bytes.c: what a row of BYTES stands for; returns how many there are */
size_t make_bytes(const char *s, uint8_t *buf, size_t cap, uint64_t pfn);

/* text.c */
void read_text(const char *name);

/* write.c: the file, field by field */
struct fields {
	uint8_t b[512];
	size_t off;
	size_t word;
	bool padded;
};

void write_at(int fd, uint64_t off, const void *p, size_t len);
void field(struct fields *f, uint64_t v, size_t len);
void field64(struct fields *f, uint64_t v);
void field_text(struct fields *f, const char *key, const char *otherwise);
int create(const char *path);

/* kdump.c, elf.c: the two formats; finish.c: what is done to the finished file */
void write_kdump(void);
void write_elf(void);
void apply_edits(void);
void flatten(int to, uint64_t step);

/* checks.c */
void add_page_checks(void);
void write_checks(const char *path);

#endif
