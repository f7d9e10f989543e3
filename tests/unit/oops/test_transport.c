/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/transport.h"

#include "base/compiler.h"
#include "unit.h"

#include <string.h>

enum {
	SEEN = 8,
};

struct seen {
	struct transport transport;
	struct message message[SEEN];
	char text[SEEN][256];
	size_t count;
};

static void
see(void *ctx, const struct message *m)
{
	struct seen *s = ctx;

	assert_true(s->count < SEEN);
	assert_true(m->text.len < sizeof(s->text[0]));
	if (m->text.len != 0)
		memcpy(s->text[s->count], m->text.p, m->text.len);
	s->text[s->count][m->text.len] = '\0';
	s->message[s->count++] = *m;
}

static struct seen *
lines(struct arena *a, const char *text)
{
	struct seen *s = ARENA_NEW(a, struct seen);
	struct str rest = str_of(text);
	struct str line;

	transport_begin(&s->transport, see, s);
	while (str_cut(&rest, '\n', &line))
		transport_line(&s->transport, line);
	if (rest.len != 0)
		transport_line(&s->transport, rest);
	return s;
}

static void
takes_every_prefix_off(void **state)
{
	static const char *const forms[] = {
		" f+0x1/0x2",
		"[    5.000001]  f+0x1/0x2",
		"<4>[    5.000001]  f+0x1/0x2",
		"[    5.000001][ T1234]  f+0x1/0x2",
		"[    5.000001][    C0]  f+0x1/0x2",
		"<4> f+0x1/0x2",
		"Nov 23 06:05:01 node7 kernel: [    5.000001]  f+0x1/0x2",
		"Nov  3 06:05:01 node7 kernel:  f+0x1/0x2",
		"Nov 23 06:05:01 node7 kern.err kernel: [    5.000001]  f+0x1/0x2",
		"2025-11-23T06:05:01.123456+00:00 node7 kernel:  f+0x1/0x2",
		"2025-11-23T06:05:01+0100 node7 kernel: [    5.000001]  f+0x1/0x2",
		"2025-11-23T06:05:01.123456 [    5.000001]  f+0x1/0x2",
		"[    5.000001] node7 kernel:  f+0x1/0x2",
		"[Sun Nov 23 06:05:01 2025]  f+0x1/0x2",
		"[Sun Nov 23 06:05:01 2025] [    5.000001]  f+0x1/0x2",
		"[  +0.000012]  f+0x1/0x2",
		"kern  :emerg : [    5.000001]  f+0x1/0x2",
		"kern  :warn  :  f+0x1/0x2",
		"4,1000,5000001,-; f+0x1/0x2",
		"4,1000,5000001,-,caller=T1234; f+0x1/0x2",
		"6.1.0-18-amd64,4,1000,5000001,-,caller=C0; f+0x1/0x2",
		"\x1b[0;31m[    5.000001]  f+0x1/0x2\x1b[0m",
		"[    5.000001]  f+0x1/0x2\r",
		"** 12 printk messages dropped ** [    5.000001]  f+0x1/0x2",
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct seen *s = lines(*state, forms[i]);

		assert_int_equal(s->count, 1);
		assert_string_equal(s->text[0], " f+0x1/0x2");
		if (strstr(forms[i], "5.000001]") != NULL)
			assert_int_equal(s->message[0].ns, 5000001000);
	}
}

static void
knows_the_caller(void **state)
{
	struct seen *s = lines(*state, "[    5.000001][ T1234] a\n"
				       "6.1.0,4,1,5000001,-,caller=C17;b\n"
				       "no stamp of its own");

	assert_int_equal(s->message[0].caller_kind, MESSAGE_CALLER_TASK);
	assert_int_equal(s->message[0].caller, 1234);
	assert_int_equal(s->message[1].caller_kind, MESSAGE_CALLER_CPU);
	assert_int_equal(s->message[1].caller, 17);
	assert_int_equal(s->message[2].caller, 17);
	assert_true(s->message[2].inherited);
}

static void
text_that_looks_like_a_prefix_stays(void **state)
{
	static const char *const texts[] = {
		"[ INFO: possible recursive locking detected ]",
		"[<ffffffff81057adf>] f+0x1/0x2",
		"<IRQ>",
		"<TASK>",
		"Nov is a month",
		"4 pages",
		"kernel: f",
		"May 5 be with you",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct seen *s = lines(*state, texts[i]);

		assert_int_equal(s->count, 1);
		assert_string_equal(s->text[0], texts[i]);
	}
}

static void
splits_messages_that_a_console_ran_together(void **state)
{
	struct seen *s = lines(*state, "login: [    5.000001] a[    6.000001][    C1] b");

	assert_int_equal(s->count, 3);
	assert_string_equal(s->text[0], "login: ");
	assert_string_equal(s->text[1], "a");
	assert_string_equal(s->text[2], "b");
	assert_int_equal(s->message[2].ns, 6000001000);
	assert_int_equal(s->message[2].caller_kind, MESSAGE_CALLER_CPU);
}

static void
escaped_line_ends_are_line_ends(void **state)
{
	struct seen *s = lines(*state, "[    5.000001] a\\x0a\\x09b\\x5c");

	assert_int_equal(s->count, 2);
	assert_string_equal(s->text[0], "a");
	assert_string_equal(s->text[1], "\tb\\x5c");
	assert_int_equal(s->message[1].ns, 5000001000);
}

static void
passes_over_lines_of_other_programs(void **state)
{
	struct seen *s = lines(*state, "Nov 23 06:05:01 node7 sshd[12]: kernel BUG at a.c:1!\n"
				       "Nov 23 06:05:01 node7 kernel: a\n"
				       " SUBSYSTEM=pci");

	assert_int_equal(s->count, 1);
	assert_string_equal(s->text[0], "a");
	assert_int_equal(s->transport.foreign, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(takes_every_prefix_off),
		UNIT_TEST(knows_the_caller),
		UNIT_TEST(text_that_looks_like_a_prefix_stays),
		UNIT_TEST(splits_messages_that_a_console_ran_together),
		UNIT_TEST(escaped_line_ends_are_line_ends),
		UNIT_TEST(passes_over_lines_of_other_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
