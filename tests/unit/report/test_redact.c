/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/redact.h"

#include "facts_file.h"
#include "report/output.h"
#include "report/redact_address.h"
#include "report/redact_text.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What stands in secrets.facts and may not be seen, besides everything called canary. */
static const char *const secrets[] = {
	"canary",
	"alice",
	"10.20.30",
	"10.0.0.1",
	"192.0.2.7",
	"198.51.100.9",
	"fe80::",
	"2001:db8",
	"52:54:00:12:34:56",
	"02:1a:11",
	"0bf1c8f2",
	"6f9619ff",
	"5000c500a1b2c3d4",
	"0012345",
	"finance",
	"/home/",
	"/opt/",
	"/srv/",
	"63 61 6e 61 72 79",
	"79726e6163686e6f",
};

static const char *
report_of(struct arena *a, const char *facts, const char *format, enum redact_profile profile)
{
	struct facts *f = facts_file_read(a, facts);
	struct output_options o = { .format = format, .redaction = redact_new(profile, a) };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	redact_facts(o.redaction, f);
	assert_null(output_write(&o, f, a, out));
	fclose(out);

	const char *copy = arena_printf(a, "%s", text);

	free(text);
	return copy;
}

/* The name of a parameter is no secret, though the test calls it so. */
static const char *
without_parameter_names(struct arena *a, const char *report)
{
	char *copy = arena_printf(a, "%s", report);

	for (char *p = strstr(copy, "canaryparam="); p != NULL; p = strstr(p, "canaryparam="))
		memset(p, '-', strlen("canaryparam"));
	return copy;
}

static void
no_secret_is_in_any_format_of_the_shared_profiles(void **state)
{
	static const enum redact_profile profiles[] = { REDACT_SHARE, REDACT_PUBLIC };

	for (size_t p = 0; p < ARRAY_LEN(profiles); p++) {
		for (const char *const *f = output_formats(*state); *f != NULL; f++) {
			const char *report = without_parameter_names(
				*state, report_of(*state, "tests/unit/report/secrets.facts", *f,
						  profiles[p]));

			for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
				if (strcasestr(report, secrets[i]) != NULL)
					fail_msg("'%s' stands in %s: %.80s", secrets[i], *f,
						 strcasestr(report, secrets[i]));
			}
			assert_null(strstr(report, "residual"));
		}
	}
}

static void
the_profile_none_changes_nothing(void **state)
{
	const char *report =
		report_of(*state, "tests/unit/report/secrets.facts", "json", REDACT_NONE);

	assert_non_null(strstr(report, "canaryhost.canarycorp.example.com"));
	assert_non_null(strstr(report, "password=canary-pw1"));
	assert_non_null(strstr(report, "\"profile\": \"none\""));
}

static void
share_keeps_what_a_maintainer_needs(void **state)
{
	static const char *const kept[] = {
		"Code: de ad be ef 00 11 <22> 33 44 55 66 77",
		"RAX: 0000000000000000 RBX: ffff888012345678",
		"kernel BUG at path",
		"/mm/slub.c:379!",
		"core::fmt::write",
		"\"foo.com\"",
		"pci 0000:00:1f.2: [8086:2922]",
		"]  </TASK>",
		"time 12:34:56",
		"SerialNumber=3",
		"driver version 7.10.54.0",
		"/proc/sysrq-trigger and /sys/kernel/debug from /dev/sda1",
		"https://docs.kernel.org/admin-guide/bug-hunting.html",
		"kkkkkkkkkkkkkkk.",
		"41 42 43 44 45 46 47 48",
		"cpu@0 and pcie@fd500000",
		"quiet",
		"console=ttyS0,115200 crashkernel=256M <redacted> mitigations=auto",
		"acme-billing",
		"6.1.0",
		"drivers/net/foo.c:12",
		"-ENOENT",
		"text, 13 bytes",
		"<text, 16 bytes>",
	};
	const char *report =
		report_of(*state, "tests/unit/report/secrets.facts", "json", REDACT_SHARE);

	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		if (strstr(report, kept[i]) == NULL)
			fail_msg("'%s' is missing", kept[i]);
	}
}

static void
public_shows_no_place_in_memory_and_no_unknown_program(void **state)
{
	const char *report =
		report_of(*state, "tests/unit/report/secrets.facts", "json", REDACT_PUBLIC);

	assert_non_null(strstr(report, "\"rbx\": \"heap#1+0x678\""));
	assert_non_null(strstr(report, "RBX: heap#1+0x678"));
	assert_non_null(strstr(report, "\"rip\": \"0xffffffff810c3f64\""));
	assert_non_null(strstr(report, "\"comm\": \"systemd\""));
	assert_null(strstr(report, "acme-billing"));
	assert_null(strstr(report, "0x8200000"));
	assert_null(strstr(report, "ffff888012345678"));
	assert_non_null(strstr(report, "Code: de ad be ef 00 11 <22> 33 44 55 66 77"));
}

static void
the_same_original_has_the_same_name_everywhere(void **state)
{
	struct redaction *r = redact_new(REDACT_SHARE, *state);
	struct facts *f =
		facts_file_parse(*state, STR("system.nodename db1.acme.example.com\n"
					     "panic.string db1 and DB1.acme.example.com\n"
					     "verdict.title 192.0.2.1 192.0.2.2 192.0.2.1"));
	struct str s = { NULL, 0 };

	redact_facts(r, f);
	assert_true(facts_get_text(facts_root(f), FACT_PANIC_STRING, &s));
	assert_string_equal(s.p, "host1 and host1");
	assert_true(facts_get_text(facts_root(f), FACT_VERDICT_TITLE, &s));
	assert_string_equal(s.p, "ip1 ip2 ip1");
	assert_int_equal(facts_get_named(facts_root(f), FACT_REDACTION_COUNTS, STR("host"))->number,
			 3);
}

/* Names of many labels, in a buffer that ends with them. */
static void
a_domain_is_learned_without_looking_behind_it(void **state)
{
	static const char name[] = "db1.averyverylongname.acme.org";
	struct redaction *r = redact_new(REDACT_SHARE, *state);
	char *end = malloc(sizeof(name) - 1);
	struct facts *f = facts_file_parse(*state, STR("panic.string averyverylongname.acme.org\n"
						       "verdict.title acme.org\n"));
	struct str s = { NULL, 0 };

	assert_non_null(end);
	memcpy(end, name, sizeof(name) - 1);
	redact_learn_host(r, (struct str){ end, sizeof(name) - 1 });
	redact_facts(r, f);
	free(end);
	assert_true(facts_get_text(facts_root(f), FACT_PANIC_STRING, &s));
	assert_null(strstr(s.p, "averyverylongname"));
	assert_true(facts_get_text(facts_root(f), FACT_VERDICT_TITLE, &s));
	assert_null(strstr(s.p, "acme.org"));
}

static void
redacting_twice_changes_nothing_more(void **state)
{
	static const enum redact_profile profiles[] = { REDACT_SHARE, REDACT_PUBLIC };

	for (size_t p = 0; p < ARRAY_LEN(profiles); p++) {
		struct redaction *r = redact_new(profiles[p], *state);
		struct facts *f = facts_file_read(*state, "tests/unit/report/secrets.facts");
		struct output_options o = { .format = "json" };
		char *text[2] = { NULL, NULL };

		for (int i = 0; i < 2; i++) {
			size_t len = 0;
			FILE *out = open_memstream(&text[i], &len);

			redact_facts(r, f);
			assert_null(output_write(&o, f, *state, out));
			fclose(out);
		}
		assert_string_equal(text[0], text[1]);
		free(text[0]);
		free(text[1]);
	}
}

static void
what_came_after_redaction_is_redacted_by_the_writer(void **state)
{
	struct facts *f = facts_file_parse(*state, STR("system.nodename canaryhost\n"));
	struct output_options o = { .format = "json",
				    .redaction = redact_new(REDACT_SHARE, *state) };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	redact_facts(o.redaction, f);
	facts_put_text(facts_root(f), FACT_VERDICT_TITLE, STR("died on canaryhost"),
		       (struct origin){ ORIGIN_RUN, "rule" });
	assert_null(output_write(&o, f, *state, out));
	fclose(out);
	assert_null(strstr(text, "canaryhost"));
	assert_non_null(strstr(text, "died on host1"));
	free(text);
}

static void
what_still_stands_in_the_report_is_counted_but_not_named(void **state)
{
	struct facts *f = facts_file_parse(*state, STR("system.nodename canaryhost\n"
						       "event.function canaryhost\n"
						       "events[+].function canaryhost\n"));
	struct output_options o = { .format = "json",
				    .redaction = redact_new(REDACT_SHARE, *state) };
	struct redaction *r = o.redaction;
	const struct fact *residual = facts_get(facts_root(f), FACT_REDACTION_RESIDUAL);

	redact_facts(r, f);
	assert_int_equal(redact_audit(r, STR("x canaryhost canaryhosts 02:1a:11:ff:00:01"), f), 2);
	assert_int_equal(residual->count, 2);
	assert_string_equal(residual->values[0].text.p, "host: 1");
	assert_string_equal(residual->values[1].text.p, "mac: 1");
}

static void
common_names_do_not_spoil_the_log(void **state)
{
	struct facts *f = facts_file_parse(*state, STR("system.nodename debian\n"
						       "panic.string Debian 6.1 on localhost"));
	struct redaction *r = redact_new(REDACT_SHARE, *state);
	struct str s = { NULL, 0 };

	redact_facts(r, f);
	assert_true(facts_get_text(facts_root(f), FACT_PANIC_STRING, &s));
	assert_string_equal(s.p, "Debian 6.1 on localhost");
	assert_true(facts_get_text(facts_root(f), FACT_SYSTEM_NODENAME, &s));
	assert_string_equal(s.p, "host1");
}

static void
a_host_that_is_called_like_a_pseudonym_gets_another(void **state)
{
	struct facts *f = facts_file_parse(*state, STR("system.nodename host1\n"));
	struct redaction *r = redact_new(REDACT_SHARE, *state);
	struct str s = { NULL, 0 };

	redact_facts(r, f);
	assert_true(facts_get_text(facts_root(f), FACT_SYSTEM_NODENAME, &s));
	assert_string_equal(s.p, "host2");
}

static void
command_lines_keep_the_listed_parameters_only(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} examples[] = {
		{ "", "" },
		{ "ro quiet", "ro quiet" },
		{ "root=/dev/sda1 ro", "root=<redacted> ro" },
		{ "panic=1  oops=panic", "panic=1  oops=panic" },
		{ "kvm-intel.nested=1", "kvm-intel.nested=1" },
		{ "slub_debug=FZP -- single", "slub_debug=FZP -- single" },
		{ "\"dyndbg=file a.c +p\" x", "dyndbg=file a.c +p <redacted>" },
		{ "foo=\"a b\" ro", "foo=<redacted> ro" },
		{ "foo=", "foo=<redacted>" },
		{ "=x ro", "=<redacted> ro" },
		{ "secret", "<redacted>" },
		{ "foo=<redacted> <redacted>", "foo=<redacted> <redacted>" },
		{ "console=ttyS0,115200n8", "console=ttyS0,115200n8" },
		{ "netconsole=6665@10.0.0.1/eth0", "netconsole=<redacted>" },
	};
	struct redaction *r = redact_new(REDACT_SHARE, *state);

	for (size_t i = 0; i < ARRAY_LEN(examples); i++)
		assert_string_equal(redact_cmdline(r, str_of(examples[i].in)).p, examples[i].out);
}

static void
addresses_keep_their_neighbourhood_in_public(void **state)
{
	struct redaction *r = redact_new(REDACT_PUBLIC, *state);
	struct str s = { NULL, 0 };

	assert_true(redact_address(r, 0xffff888012345040, &s));
	assert_string_equal(s.p, "heap#1+0x40");
	assert_true(redact_address(r, 0xffff888012345080, &s));
	assert_string_equal(s.p, "heap#1+0x80");
	assert_true(redact_address(r, 0xffff888012346000, &s));
	assert_string_equal(s.p, "heap#2+0x0");
	assert_true(redact_address(r, 0x00007ffd662ac3b8, &s));
	assert_string_equal(s.p, "user#1+0x3b8");
	assert_true(redact_address(r, 0x6c6c6568206f6c6c, &s));
	assert_string_equal(s.p, "text");
	assert_true(redact_address(r, 0xffffffff81000000, &s));
	assert_string_equal(s.p, "kernel#1+0x0");
	assert_false(redact_address(r, 0x18, &s));
	assert_false(redact_address(r, 0xfffffffffffffff4, &s));
	assert_false(redact_address(r, 0xdead000000000100, &s));
	assert_false(redact_address(r, 0x6b6b6b6b6b6b6b6b, &s));
	assert_false(redact_address(r, 0x80050033, &s));
}

/* Whatever the line, redaction ends and gives text of a length that follows from the input. */
static void
every_byte_of_every_line_may_be_anything(void **state)
{
	struct facts *f = facts_file_read(*state, "tests/unit/report/secrets.facts");
	const struct fact *tail = facts_get(facts_root(f), FACT_LOG_TAIL);

	for (size_t i = 0; i < tail->count; i++) {
		struct str line = tail->values[i].text;

		for (size_t at = 0; at < line.len; at++) {
			struct arena *scratch = arena_new_temporary(*state);
			struct redaction *r = redact_new(REDACT_PUBLIC, scratch);
			enum line_state line_state = LINE_PLAIN;
			char *copy = arena_printf(scratch, "%.*s", STR_ARG(line));

			copy[at] = (char)(copy[at] ^ (1 << (at % 8)));
			assert_non_null(
				redact_log_line(r, (struct str){ copy, line.len }, &line_state).p);
			assert_non_null(redact_log_line(r, str_first(line, at), &line_state).p);
			arena_free(scratch);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(no_secret_is_in_any_format_of_the_shared_profiles),
		UNIT_TEST(the_profile_none_changes_nothing),
		UNIT_TEST(share_keeps_what_a_maintainer_needs),
		UNIT_TEST(public_shows_no_place_in_memory_and_no_unknown_program),
		UNIT_TEST(the_same_original_has_the_same_name_everywhere),
		UNIT_TEST(redacting_twice_changes_nothing_more),
		UNIT_TEST(what_came_after_redaction_is_redacted_by_the_writer),
		UNIT_TEST(what_still_stands_in_the_report_is_counted_but_not_named),
		UNIT_TEST(common_names_do_not_spoil_the_log),
		UNIT_TEST(a_host_that_is_called_like_a_pseudonym_gets_another),
		UNIT_TEST(command_lines_keep_the_listed_parameters_only),
		UNIT_TEST(addresses_keep_their_neighbourhood_in_public),
		UNIT_TEST(every_byte_of_every_line_may_be_anything),
		UNIT_TEST(a_domain_is_learned_without_looking_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
