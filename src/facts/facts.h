/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts.h - putting and getting facts: what the stages found out, and how they know.
 *
 * schema.def has every fact in one line. Facts live in rows; a row has a shape, which says
 * which facts it may hold. The report is the row of SHAPE_ROOT; its lists (events[],
 * modules[] ...) hold rows of other shapes, which nest. A shape that stands in several
 * places (a backtrace) is described once.
 *
 * Every known fact has an origin: how much it is to be trusted, and where it came from, in
 * words. The most trusted writer of a fact wins; what the other one said is kept as a
 * conflict. Every unknown fact may have a reason.
 *
 * Texts are copied into the arena of the facts. Stages that only judge or write take
 * const pointers.
 */
#ifndef FACTS_FACTS_H
#define FACTS_FACTS_H

#include "base/error.h"
#include "base/str.h"
#include "model/regs.h"

enum fact_kind {
	FACT_KIND_TEXT,
	FACT_KIND_NUMBER,  /* counts, bytes, pids: a JSON number; signed 64 bits */
	FACT_KIND_ADDRESS, /* addresses and 64-bit values: a JSON string "0x..." */
	FACT_KIND_REAL,    /* seconds, load averages: a JSON number */
	FACT_KIND_BOOL,
	FACT_KIND_TIME, /* seconds since 1970, UTC: a JSON string in ISO 8601 */
	FACT_KIND_ROW,  /* facts of another shape below this path */
};

/* How many values a path holds: "name", "name[]", "name{}". */
enum fact_form {
	FACT_FORM_ONE,
	FACT_FORM_LIST,
	FACT_FORM_MAP, /* values by name: registers{}, by_state{} */
};

enum fact_shape {
	SHAPE_NONE,
	SHAPE_ROOT,
	SHAPE_EVENT,
	SHAPE_FRAME,
	SHAPE_BACKTRACE,
	SHAPE_TASK,
	SHAPE_PARENT,
	SHAPE_CPU,
	SHAPE_BLOCKED,
	SHAPE_STACK_GROUP,
	SHAPE_WAIT_CYCLE,
	SHAPE_CYCLE_MEMBER,
	SHAPE_OPEN_FILE,
	SHAPE_FILESYSTEM,
	SHAPE_REQUEST,
	SHAPE_NET_DEVICE,
	SHAPE_RUNNABLE,
	SHAPE_SLAB_CACHE,
	SHAPE_PROCESS,
	SHAPE_VICTIM,
	SHAPE_CACHED_FILE,
	SHAPE_MODULE,
	SHAPE_TAINT_FLAG,
	SHAPE_INSTRUCTION,
	SHAPE_PAGE_TABLE,
	SHAPE_REGISTER_CLASS,
	SHAPE_OBJECT,
	SHAPE_CODE_CHANGE,
	SHAPE_ARGUMENT,
	SHAPE_EVIDENCE,
	SHAPE_FINDING,
	SHAPE_CONTEXT_LINE,
	SHAPE_DIAGNOSTIC,
	SHAPE_NOT_KNOWN,
	SHAPE_TIMING,
	SHAPE_COUNT,
};

enum fact_id {
	FACT_NONE,
#define FACT(shape, id, path, kind, of, doc) id,
#include "facts/schema.def"
#undef FACT
	FACT_COUNT,
};

struct fact_info {
	enum fact_shape shape; /* of the rows that may hold it */
	const char *path;      /* inside such a row, dots nest: "error_code.bits.present" */
	enum fact_kind kind;
	enum fact_shape of; /* the shape of the rows it holds (FACT_KIND_ROW), else SHAPE_NONE */
	enum fact_form form;
	const char *doc;
	bool hidden; /* rules and templates see it, the JSON report does not */
};

/* Who says so, the least trusted first. */
enum origin_rank {
	ORIGIN_GUESS,     /* inferred; the text says from what */
	ORIGIN_LOG,       /* the kernel's own words */
	ORIGIN_HEADER,    /* the dump file's header */
	ORIGIN_NOTES,     /* ELF notes, VMCOREINFO */
	ORIGIN_DEBUGINFO, /* vmlinux, .ko debug files */
	ORIGIN_MEMORY,    /* the dump's memory */
	ORIGIN_RUN,       /* what this run itself did: the path it opened, its version */
};

struct origin {
	enum origin_rank rank;
	const char *text; /* "kernel log line 1412"; arena or static */
};

struct fact_value {
	const char *name;  /* in a map, else NULL */
	const char *shown; /* of an address: what stands for it ("heap#1+0x40"), or NULL */
	union {
		struct str text; /* NUL-terminated in the arena */
		int64_t number;
		uint64_t address;
		double real;
		bool flag;
		int64_t time;
		struct fact_row *row;
	};
};

struct fact {
	struct fact_value *values; /* count of them; one if the form is FACT_FORM_ONE */
	size_t count;              /* 0: not known */
	size_t cap;
	struct origin origin;    /* of the first value */
	const struct error *why; /* why it is not known, or NULL */
	bool empty_list;         /* known to have no rows: prints [] */
};

struct facts;

/* One row: as many facts as its shape has. */
struct fact_row {
	struct facts *facts;
	enum fact_shape shape;
	struct fact *fact; /* use facts_get() */
};

/* Two writers that did not agree. */
struct fact_conflict {
	enum fact_id id;
	const char *kept; /* as text */
	struct origin kept_origin;
	const char *dropped;
	struct origin dropped_origin;
};

struct facts *facts_new(struct arena *a);
struct fact_row *facts_root(struct facts *f);
const struct fact_row *facts_root_const(const struct facts *f);

const struct fact_info *facts_info(enum fact_id id);
/* The facts of a shape are first, first + 1 ... first + count - 1. */
void facts_of_shape(enum fact_shape shape, enum fact_id *first, size_t *count);

/*
 * Putting. A fact must belong to the shape of the row and be of that kind (assert: our own
 * mistake). On a list each put appends; on FACT_FORM_ONE the most trusted origin wins.
 */
void facts_put_text(struct fact_row *r, enum fact_id id, struct str v, struct origin o);
void facts_put_number(struct fact_row *r, enum fact_id id, int64_t v, struct origin o);
void facts_put_address(struct fact_row *r, enum fact_id id, uint64_t v, struct origin o);
void facts_put_real(struct fact_row *r, enum fact_id id, double v, struct origin o);
void facts_put_bool(struct fact_row *r, enum fact_id id, bool v, struct origin o);
void facts_put_time(struct fact_row *r, enum fact_id id, int64_t seconds, struct origin o);

/* Into a map: registers{}, by_state{}. A name that is there keeps its first value. */
void facts_put_address_named(struct fact_row *r, enum fact_id id, const char *name, uint64_t v,
			     struct origin o);
void facts_put_regs(struct fact_row *r, enum fact_id id, const struct regs *regs, struct origin o);
void facts_put_number_named(struct fact_row *r, enum fact_id id, const char *name, int64_t v,
			    struct origin o);

/* A new row at the end of a list, or the one row of a FACT_FORM_ONE (made at the first call). */
struct fact_row *facts_put_row(struct fact_row *r, enum fact_id id, struct origin o);

/* The same at that place of a list that has so many rows or more; the rest moves up. */
struct fact_row *facts_insert_row(struct fact_row *r, enum fact_id id, size_t at, struct origin o);

/* Makes id stand for a row that is in a list elsewhere ("event" for the fatal event). */
void facts_put_alias(struct fact_row *r, enum fact_id id, struct fact_row *row, struct origin o);

/* The list is known to be empty, which is not the same as not known. */
void facts_put_empty(struct fact_row *r, enum fact_id id, struct origin o);

/* Takes a fact back (redaction, a better backtrace); it is unknown then. */
void facts_clear(struct fact_row *r, enum fact_id id);

/* The fact itself, for redaction, which changes values where they are. */
struct fact *facts_edit(struct fact_row *r, enum fact_id id);

/* Why it is not known. Kept only while it is not; the first reason stays. */
void facts_put_why(struct fact_row *r, enum fact_id id, const struct error *why);

/* Getting. Never NULL. */
const struct fact *facts_get(const struct fact_row *r, enum fact_id id);
bool facts_known(const struct fact_row *r, enum fact_id id);
/* False, and *v untouched, if it is not known. FACT_FORM_ONE only. */
bool facts_get_text(const struct fact_row *r, enum fact_id id, struct str *v);
bool facts_get_number(const struct fact_row *r, enum fact_id id, int64_t *v);
bool facts_get_address(const struct fact_row *r, enum fact_id id, uint64_t *v);
/* The row at a FACT_FORM_ONE, or NULL. */
const struct fact_row *facts_get_row(const struct fact_row *r, enum fact_id id);
/* The value with that name in a map, or NULL. */
const struct fact_value *facts_get_named(const struct fact_row *r, enum fact_id id,
					 struct str name);

/* A value as reports print it: "0x10", "true", "2024-01-31T00:00:00Z". Rows give "". */
const char *facts_value_text(struct arena *a, enum fact_kind kind, const struct fact_value *v);

/* The conflicts so far, oldest first. */
const struct fact_conflict *facts_conflicts(const struct facts *f, size_t *count);

/*
 * Paths as rules and templates write them: "fault.address", "event.kind",
 * "backtrace.frames[].function" (the [] may be left out), "registers.rax".
 */
enum {
	FACT_PATH_STEPS = 6, /* the deepest nesting of rows that schema.def has, and some */
};

struct fact_path {
	enum fact_id step[FACT_PATH_STEPS]; /* rows passed through, then the fact itself */
	size_t count;
	struct str key; /* of a map ("rax"), or empty for the whole map */
};

/* False if no fact of that shape has the path. */
bool facts_find_path(enum fact_shape from, struct str path, struct fact_path *out);

/* The existing path that is spelled most like it, in full, or NULL if none comes near. */
const char *facts_nearest_path(struct arena *a, enum fact_shape from, struct str path);

/* True if some fact's path in that shape begins with prefix and a dot. */
bool facts_is_prefix(enum fact_shape shape, struct str prefix);

/* Calls fn for every value that the path leads to from a row, in order, until it returns
 * false. In a map only the key's, if one is named. */
void facts_each(const struct fact_row *from, const struct fact_path *path,
		bool (*fn)(void *ctx, enum fact_id id, const struct fact_value *v, struct origin o),
		void *ctx);

#endif
