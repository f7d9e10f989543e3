/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This program is its own debug file: linked it stands for vmlinux, its object file for a
 * module.
 */
#include "host/worker.h"
#include "symbols/dwarf.h"
#include "symbols/elfid.h"

#include "unit.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct thing {
	long pad[3];
	int value;
	struct thing *next;
};

int fixture_outer(struct thing *thing, int more);

/* The lines of these two functions are what is asked for. */
static inline __attribute__((always_inline)) int
fixture_inner(const struct thing *t)
{
	int v = t->value;

	return v * 7 + 3;
}

enum {
	LINE_OF_INNER = __LINE__ - 5,
	LINE_OF_OUTER = __LINE__ + 6,
};

__attribute__((noinline)) int
fixture_outer(struct thing *thing, int more)
{
	int sum = fixture_inner(thing);

	thing->value = more + sum;
	return sum;
}

/* What a call passes is asked for here: a value that is kept, a number, an address. */
int fixture_callee(struct thing *thing, long number, const void *place);
int fixture_caller(struct thing *thing, long kept);
const int fixture_global = 3;

#if defined(__clang__)
#define AS_IT_IS __attribute__((noinline))
#else
#define AS_IT_IS __attribute__((noipa))
#endif

AS_IT_IS int
fixture_callee(struct thing *thing, long number, const void *place)
{
	__asm__ volatile("" : : "r"(thing), "r"(number), "r"(place) : "memory");
	return 1;
}

AS_IT_IS int
fixture_caller(struct thing *thing, long kept)
{
	int r = fixture_callee(thing, 77, &fixture_global);

	__asm__ volatile("" : : : "memory");
	return r + (int)kept + thing->value;
}

#if defined(__x86_64__)
/*
 * Code with one place for each kind of table that tells what the kernel patches: a call of ftrace,
 * a short and a long jump label, an alternative of three bytes, a return, a lock prefix, an
 * indirect call with a prefix, a paravirtual call. What is left is 0x90 0xc3.
 */
__asm__(".pushsection .text\n"
	".globl fixture_code\n"
	".type fixture_code, @function\n"
	"fixture_code:\n"
	"1:	.byte 0xe8, 1, 2, 3, 4\n"
	"2:	.byte 0xeb, 0\n"
	"3:	.byte 0xe9, 0, 0, 0, 0\n"
	"4:	.byte 0x66, 0x66, 0x90\n"
	"5:	.byte 0xe9, 1, 2, 3, 4\n"
	"6:	.byte 0xf0\n"
	"7:	.byte 0x2e, 0xe8, 1, 2, 3, 4\n"
	"	.byte 0x90, 0xc3\n"
	".size fixture_code, . - fixture_code\n"
	"	.fill 8, 1, 0xcc\n"
	".popsection\n"
	".pushsection __mcount_loc, \"aw\"\n .quad 1b\n .popsection\n"
	".pushsection __jump_table, \"aw\"\n"
	" .long 2b - ., 3b - .\n .quad 0\n .long 3b - ., 4b - .\n .quad 0\n"
	".popsection\n"
	".pushsection .altinstructions, \"a\"\n"
	" .long 4b - ., 4b - .\n .word 0\n .byte 3, 3\n"
	".popsection\n"
	".pushsection .return_sites, \"a\"\n .long 5b - .\n .popsection\n"
	".pushsection .smp_locks, \"a\"\n .long 6b - .\n .popsection\n"
	".pushsection .retpoline_sites, \"a\"\n .long 7b - .\n .popsection\n");

extern const uint8_t fixture_code[];
#endif

enum {
	CODE_LEN = 29, /* of fixture_code */
	CODE_LEFT = 2,
};

static char exe[PATH_MAX];

static const char *
self(void)
{
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 4);

	assert_true(len > 0);
	exe[len] = '\0';
	return exe;
}

static const char *
object(void)
{
	(void)self();
	strcat(exe, ".o");
	return exe;
}

enum {
	PLACES = 48,
	SECOND = 1000000000,
};

/* Every byte of the function's beginning. */
static void
set_places(struct lines_place place[PLACES])
{
	for (size_t i = 0; i < PLACES; i++)
		place[i] = (struct lines_place){ .function = STR("fixture_outer"), .offset = i };
}

static const struct error *
ask(struct lines_job *job, struct arena *a, struct lines *out)
{
	struct worker_limits limits = { .deadline_ns = budget_now_ns() + 20ULL * SECOND,
					.data_bytes = 1 << 30,
					.answer_bytes = 1 << 20 };
	struct bytes answer = { NULL, 0 };
	const struct error *e = worker_run(dwarf_work, job, &limits, a, &answer);
	const struct error *of_answer = lines_parse(answer, job, a, out);

	return e != NULL ? e : of_answer;
}

static void
check_inlined(const struct lines *l, size_t count)
{
	size_t inlined = 0;
	size_t outer = 0;

	for (size_t i = 0; i < count; i++) {
		const struct lines_answer_place *p = &l->place[i];

		if (p->count == 0)
			continue;
		assert_true(str_ends(p->frame[0].file, STR("tests/unit/symbols/test_dwarf.c")));
		assert_true(str_is_c(p->frame[p->count - 1].function, "fixture_outer"));
		outer++;
		if (p->count == 1)
			continue;
		assert_int_equal(p->count, 2);
		assert_true(str_is_c(p->frame[0].function, "fixture_inner"));
		assert_in_range(p->frame[0].line, LINE_OF_INNER - 2, LINE_OF_INNER + 2);
		assert_int_equal(p->frame[1].line, LINE_OF_OUTER);
		inlined++;
	}
	assert_true(inlined != 0);
	assert_true(outer > inlined);
}

static void
finds_lines_and_inlined_functions_by_name(void **state)
{
	struct lines_place place[PLACES];
	struct lines_job job = {
		.path = self(), .place = place, .count = PLACES, .function = SIZE_MAX
	};
	struct lines l;

	set_places(place);
	assert_null(ask(&job, *state, &l));
	assert_true(l.whole);
	check_inlined(&l, PLACES);
}

/* The linker's; 0 in the file of a program that may be loaded anywhere. */
extern const char __executable_start[];

/* Where the function is in the file, which the job of a dump knows. */
static uint64_t
link_address(void)
{
	return (uintptr_t)fixture_outer - (uintptr_t)__executable_start;
}

/* How many places are before the next function, whose address nobody knows here. */
static size_t
places_in_outer(const struct lines *l)
{
	size_t n = 0;

	while (n < PLACES && l->place[n].count != 0 &&
	       str_is_c(l->place[n].frame[l->place[n].count - 1].function, "fixture_outer"))
		n++;
	return n;
}

static void
finds_lines_by_address(void **state)
{
	struct lines_place place[PLACES];
	struct lines_job job = {
		.path = self(), .place = place, .count = PLACES, .function = SIZE_MAX
	};
	struct lines l;

	set_places(place);
	for (size_t i = 0; i < PLACES; i++) {
		place[i].function.len = 0;
		place[i].address = link_address() + i;
		place[i].has_address = true;
	}
	assert_null(ask(&job, *state, &l));
	check_inlined(&l, places_in_outer(&l));
}

static void
lays_out_a_module(void **state)
{
	struct lines_place place[PLACES];
	struct lines_job job = { .path = object(),
				 .place = place,
				 .count = PLACES,
				 .is_module = true,
				 .function = SIZE_MAX };
	struct lines l;

	set_places(place);
	for (size_t i = 0; i < PLACES; i++) {
		place[i].address = 0xffffffffc0401000 + i;
		place[i].has_address = true;
	}
	assert_null(ask(&job, *state, &l));
	check_inlined(&l, PLACES);
}

static void
a_return_address_means_the_call_before_it(void **state)
{
	struct lines_place place[2] = {
		{ .function = STR("fixture_outer"), .offset = 1 },
		{ .function = STR("fixture_outer"), .offset = 2, .is_return = true },
	};
	struct lines_job job = { .path = self(), .place = place, .count = 2, .function = SIZE_MAX };
	struct lines l;

	assert_null(ask(&job, *state, &l));
	assert_int_equal(l.place[0].frame[0].line, l.place[1].frame[0].line);
}

static void
names_parameters_and_accesses(void **state)
{
	struct lines_place place[1] = { { .function = STR("fixture_outer"), .offset = 0 } };
	struct lines_access access[] = {
		{ .by_register = true, .disp = { offsetof(struct thing, value) }, .count = 1 },
		{ .parameter = 0, .disp = { offsetof(struct thing, value) }, .count = 1 },
		{ .parameter = 0, .disp = { offsetof(struct thing, next), 8 }, .count = 2 },
		{ .parameter = 0, .disp = { -8 }, .count = 1 },
		{ .parameter = 1, .disp = { 0 }, .count = 1 },
		{ .parameter = 2, .disp = { 0 }, .count = 1 },
	};
	struct lines_job job = { .path = self(),
				 .place = place,
				 .count = 1,
				 .access = access,
				 .access_count = ARRAY_LEN(access),
				 .function = 0 };
	struct lines l;

#if defined(__x86_64__)
	access[0].dwarf = 5; /* rdi; arm64's x0 is 0 */
#endif
	assert_null(ask(&job, *state, &l));
	assert_int_equal(l.parameter_count, 2);
	assert_true(str_is_c(l.parameter[0].name, "thing"));
	assert_true(str_is_c(l.parameter[0].type, "struct thing *"));
	assert_true(str_is_c(l.parameter[1].name, "more"));
	assert_true(str_is_c(l.parameter[1].type, "int"));
	assert_true(str_is_c(l.access[1].text, "thing->value"));
	assert_true(str_is_c(l.access[1].type, "struct thing *"));
	assert_true(str_is_c(l.access[1].member, "value"));
	assert_true(str_is_c(l.access[2].text, "thing->next->pad[1]"));
	assert_true(str_is_c(l.access[2].type, "struct thing *"));
	for (size_t i = 3; i < ARRAY_LEN(access); i++)
		assert_int_equal(l.access[i].text.len, 0);
	if (l.parameter[0].at.base != LINES_REGISTER || l.parameter[0].at.in_memory)
		return; /* not optimised: it is on the stack */
	assert_int_equal(l.parameter[0].at.dwarf, access[0].dwarf);
	/* The inlined function's name for it, where that is the code of the place. */
	assert_true(
		str_is_c(l.access[0].text, l.place[0].count == 2 ? "t->value" : "thing->value"));
}

/* Of the two functions, code as it was built and what the kernel may change of it. */
static void
check_texts(const struct lines *l, bool linked)
{
	size_t same = 0;

	for (size_t i = 0; linked && i < l->text[0].bytes.len; i++)
		same += l->text[0].bytes.p[i] == ((const uint8_t *)fixture_outer)[i];
	assert_true(l->text[0].bytes.len != 0);
	assert_int_equal(l->text[0].mask.len, l->text[0].bytes.len);
	if (linked) /* no sanitizer, no debugger changes it */
		assert_int_equal(same, l->text[0].bytes.len);
#if defined(__x86_64__)
	const struct lines_text *t = &l->text[1];

	/* The room behind the function is not its own. */
	assert_int_equal(t->bytes.len, CODE_LEN);
	assert_memory_equal(t->bytes.p, fixture_code, CODE_LEN);
	for (size_t i = 0; i < CODE_LEN; i++) {
		if (i >= CODE_LEN - CODE_LEFT)
			assert_int_equal(t->mask.p[i], LINES_COMPARE);
		else if (i >= 5)
			assert_int_equal(t->mask.p[i], LINES_MAY_CHANGE);
		else if (!linked) /* the address is not in the file of a program that may move */
			assert_int_equal(t->mask.p[i], LINES_OF_FTRACE);
	}
#endif
}

static void
gives_code_and_says_what_the_kernel_changes_of_it(void **state)
{
	static const struct lines_text_wanted wanted[] = { { 0, 16 }, { 1, CODE_LEN + 8 } };
	struct lines_place place[2] = { { .function = STR("fixture_outer") },
					{ .function = STR("fixture_code") } };

	for (int linked = 0; linked < 2; linked++) {
		struct lines_job job = { .path = linked ? self() : object(),
					 .place = place,
					 .count = 2,
					 .is_module = !linked,
					 .text = wanted,
					 .text_count = 2,
					 .function = SIZE_MAX };
		struct lines l;

		assert_null(ask(&job, *state, &l));
		check_texts(&l, linked);
	}
}

/* GCC for x86-64 alone is known to write all of it. */
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__clang__)
enum {
	RDX = 1, /* DWARF numbers */
	RSI = 4,
	RDI = 5,
	RSP = 7,
	RETURN = 16,
};

static const struct lines_value *
passed_in(const struct lines_stack *s, uint16_t dwarf)
{
	for (size_t i = 0; i < s->passed_count; i++) {
		if (s->passed[i].dwarf == dwarf)
			return &s->passed[i].value;
	}
	fail();
	return NULL;
}

static void
check_call(const struct lines_stack *s, bool linked)
{
	const struct lines_value *v = passed_in(s, RSI);

	assert_int_equal(v->base, LINES_NUMBER);
	assert_int_equal(v->add, 77);
	v = passed_in(s, RDI); /* a register that calls keep */
	assert_int_equal(v->base, LINES_REGISTER);
	assert_int_equal(v->add, 0);
	assert_false(v->in_memory);
	v = passed_in(s, RDX);
	assert_int_equal(v->base, LINES_ADDRESS);
	if (linked)
		assert_int_equal(v->add,
				 (uintptr_t)&fixture_global - (uintptr_t)__executable_start);
}

/* The stack pointer is 8 less than it was before the call, and the return address there. */
static void
check_unwind(const struct lines_stack *s)
{
	assert_int_equal(s->cfa.base, LINES_REGISTER);
	assert_int_equal(s->cfa.dwarf, RSP);
	assert_int_equal(s->cfa.add, 8);
	assert_int_equal(s->saved_count, 1);
	assert_int_equal(s->saved[0].dwarf, RETURN);
	assert_int_equal(s->saved[0].value.base, LINES_CFA);
	assert_int_equal(s->saved[0].value.add, -8);
	assert_true(s->saved[0].value.in_memory);
}

static void
tells_what_a_call_passed_and_where_registers_are(void **state)
{
	for (int linked = 0; linked < 2; linked++) {
		struct lines_place place[PLACES];
		size_t frame[PLACES];
		struct lines_job job = { .path = linked ? self() : object(),
					 .place = place,
					 .count = PLACES,
					 .is_module = !linked,
					 .frame = frame,
					 .frame_count = PLACES,
					 .function = SIZE_MAX };
		struct lines l;
		size_t calls = 0;

		for (size_t i = 0; i < PLACES; i++) {
			frame[i] = i;
			place[i] = (struct lines_place){ .function = STR("fixture_caller"),
							 .offset = i,
							 .is_return = i != 0 };
		}
		assert_null(ask(&job, *state, &l));
		/* The object file's are in .eh_frame, which libdw reads of linked files only;
		 * modules of a kernel have them in .debug_frame. */
		if (linked != 0)
			check_unwind(&l.stack[0]);
		for (size_t i = 1; i < PLACES; i++) {
			if (!str_is_c(l.stack[i].callee, "fixture_callee"))
				continue;
			check_call(&l.stack[i], linked != 0);
			calls++;
			/* It has saved the register in which it keeps its argument. */
			assert_true(linked == 0 || l.stack[i].saved_count > 1);
		}
		assert_int_equal(calls, 1);
	}
}
#endif

static void
refuses_another_build(void **state)
{
	struct lines_place place[1] = { { .function = STR("fixture_outer") } };
	struct lines_job job = { .path = self(),
				 .place = place,
				 .count = 1,
				 .function = SIZE_MAX,
				 .build_id = STR("0123456789abcdef0123456789abcdef01234567") };
	struct lines l;
	const struct error *e = ask(&job, *state, &l);

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_USAGE);
	assert_non_null(strstr(e->message, "0123456789abcdef"));
	assert_int_equal(l.place[0].count, 0);
}

static void
says_what_it_cannot_open(void **state)
{
	static const char *const paths[] = { "/nonexistent", "/", "Makefile" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct lines_place place[1] = { { .function = STR("fixture_outer") } };
		struct lines_job job = {
			.path = paths[i], .place = place, .count = 1, .function = SIZE_MAX
		};
		struct lines l;

		assert_non_null(ask(&job, *state, &l));
		assert_int_equal(l.place[0].count, 0);
	}
}

/* The object file is small enough to be broken in many ways. */
static void
bears_any_damage(void **state)
{
	struct arena *a = *state;
	int in = open(object(), O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *bytes = NULL;
	char path[] = "/tmp/kdtriage-dwarf-XXXXXX";
	int out = mkstemp(path);
	uint32_t random = 12345;
	static const struct lines_text_wanted wanted[] = { { 0, PLACES } };
	static const size_t frames[] = { 0, 7, 20, PLACES - 1 };

	assert_true(in >= 0 && out >= 0 && fstat(in, &st) == 0);
	bytes = ARENA_ARRAY(a, uint8_t, (size_t)st.st_size);
	assert_int_equal(read(in, bytes, (size_t)st.st_size), st.st_size);
	for (int round = 0; round < 60; round++) {
		struct lines_place place[PLACES];
		struct lines_job job = { .path = path,
					 .place = place,
					 .count = PLACES,
					 .is_module = true,
					 .text = wanted,
					 .text_count = 1,
					 .frame = frames,
					 .frame_count = ARRAY_LEN(frames),
					 .function = 0 };
		struct lines l;
		size_t len = (size_t)st.st_size;
		size_t at = 0;

		random = random * 1103515245 + 12345;
		at = random % len;
		if (round % 3 == 0)
			len = at;
		bytes[at] ^= 0xff;
		assert_int_equal(ftruncate(out, 0), 0);
		assert_int_equal(pwrite(out, bytes, len, 0), len);
		bytes[at] ^= 0xff;
		set_places(place);
		(void)ask(&job, a, &l);
		for (size_t i = 0; i < PLACES; i++)
			assert_true(l.place[i].count <= PLACES);
	}
	unlink(path);
	close(in);
	close(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_lines_and_inlined_functions_by_name),
		UNIT_TEST(finds_lines_by_address),
		UNIT_TEST(lays_out_a_module),
		UNIT_TEST(a_return_address_means_the_call_before_it),
		UNIT_TEST(names_parameters_and_accesses),
		UNIT_TEST(gives_code_and_says_what_the_kernel_changes_of_it),
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__clang__)
		UNIT_TEST(tells_what_a_call_passed_and_where_registers_are),
#endif
		UNIT_TEST(refuses_another_build),
		UNIT_TEST(says_what_it_cannot_open),
		UNIT_TEST(bears_any_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
