/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/escape.h"

#include "base/utf8.h"

#include "unit.h"

#include <string.h>

struct example {
	const char *before; /* literal text of the template */
	const char *value;
	const char *expected; /* of the value alone */
};

static void
check_all(void **state, enum escape how, const struct example *e, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct text out = text_new(*state);
		struct escaper x = escaper_new(&out, how);

		escaper_literal(&x, str_of(e[i].before));
		escaper_value(&x, str_of(e[i].value));
		assert_string_equal(text_str(&out).p + strlen(e[i].before), e[i].expected);
	}
}

static void
control_characters_are_shown_and_do_nothing(void **state)
{
	static const struct example examples[] = {
		{ "", "\033[2J\a", "\\x1b[2J\\x07" },
		{ "", "a\nb\rc", "a b\\x0dc" },
		{ "", "a\tb", "a\tb" },
		{ "", "\x7f", "\\x7f" },
		{ "",
		  "\xc2\x9b"
		  "31m",
		  "\\x9b31m" },
		{ "",
		  "a\xe2\x80\xae"
		  "b",
		  "a\\u202eb" },
		{ "", "\xe2\x80\x8b\xef\xbb\xbf", "\\u200b\\ufeff" },
		{ "",
		  "\xff\xfe"
		  "a",
		  "\xef\xbf\xbd\xef\xbf\xbd"
		  "a" },
		{ "", "\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x90\xa7",
		  "\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x90\xa7" },
		{ "", "<b>&*_`", "<b>&*_`" },
	};

	check_all(state, ESCAPE_TEXT, examples, ARRAY_LEN(examples));
}

static void
html_is_text(void **state)
{
	static const struct example examples[] = {
		{ "<p>", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;" },
		{ "<a title=\"", "\" onclick='x' a=\"", "&quot; onclick=&#39;x&#39; a=&quot;" },
		{ "<p>", "&amp;\033\x01", "&amp;amp;\\x1b\\x01" },
	};

	check_all(state, ESCAPE_HTML, examples, ARRAY_LEN(examples));
}

static void
markdown_is_text(void **state)
{
	static const struct example examples[] = {
		{ "", "plain words, 0x10 (ok).", "plain words, 0x10 (ok)." },
		{ "", "do_sys_open", "do_sys_open" },
		{ "", "_x_ __y", "\\_x\\_ \\_\\_y" },
		{ "", "*a* **b**", "\\*a\\* \\*\\*b\\*\\*" },
		{ "", "`rm -rf`", "\\`rm -rf\\`" },
		{ "", "[a](javascript:x)", "\\[a\\](javascript:x)" },
		{ "", "![a](b)", "!\\[a\\](b)" },
		{ "", "<img src=x>", "&lt;img src=x&gt;" },
		{ "", "&lt;", "&amp;lt;" },
		{ "", "a\\*", "a\\\\\\*" },
		{ "", "~~x~~ $x$", "\\~\\~x\\~\\~ \\$x\\$" },
		{ "x ", "@everyone a@b", "@&#8203;everyone a@b" },
		{ "x ", "#12 C#", "#&#8203;12 C#" },
		{ "x ", "http://evil www.evil", "http&#58;//evil w&#8203;ww.evil" },
		{ "", "# heading", "\\# heading" },
		{ "text ", "- no list", "- no list" },
		{ "\n", "- list", "\\- list" },
		{ "\n", "  + list", "  \\+ list" },
		{ "\n", "1. list", "1\\. list" },
		{ "\n", "2) list", "2\\) list" },
		{ "\n", "=====", "\\=====" },
		{ "at ", "1. At 2. -3", "1. At 2. -3" },
		{ "", "1-2", "1-2" },
		{ "| a | ", "x | y", "x \\| y" },
		{ "\n", "/close", "\\/close" },
		{ "in ", "/close", "/close" },
		{ "", "a\n# b", "a # b" },
		{ "", "\033]0;x\a", "\\x1b\\]0;x\\x07" },
	};

	check_all(state, ESCAPE_MARKDOWN, examples, ARRAY_LEN(examples));
}

static void
markdown_code_ends_only_where_the_template_ends_it(void **state)
{
	static const struct example examples[] = {
		{ "`", "a_b *c* <d>", "a_b *c* <d>" },
		{ "`", "` <script> `", "' <script> '" },
		{ "``", "a``b", "a''b" },
		{ "`x` ", "*a*", "\\*a\\*" },
		{ "| `", "a|b`", "a\\|b'" },
		{ "```\n", "# a * <b> `c`", "# a * <b> `c`" },
		{ "```\n", "```", "'''" },
		{ "```\n", "  `````x", "'''''x" },
		{ "````text\n", "```", "```" },
		{ "```\nx\n", "\033[0m", "\\x1b[0m" },
		{ "```\nx\n```\n", "*a*", "\\*a\\*" },
		{ "````\n```\n", "*a*", "*a*" },
	};

	check_all(state, ESCAPE_MARKDOWN, examples, ARRAY_LEN(examples));
}

static void
jira_markup_is_text(void **state)
{
	static const struct example examples[] = {
		{ "", "plain words, 0x10 (ok).", "plain words, 0x10 (ok)." },
		{ "", "do_sys_open vm-1", "do_sys_open vm-1" },
		{ "* ", "_x_ *b* -d- +i+ ?c?",
		  "&#95;x&#95; &#42;b&#42; &#45;d&#45; &#43;i&#43; &#63;c&#63;" },
		{ "| ", "a|b", "a&#124;b" },
		{ "", "[~admin] [x|http://evil]",
		  "&#91;&#126;admin&#93; &#91;x&#124;http&#58;//evil&#93;" },
		{ "", "{code}{color:red}", "&#123;code&#125;&#123;color:red&#125;" },
		{ "", "!http://evil/x.png!", "&#33;http&#58;//evil/x.png&#33;" },
		{ "", "&#123;", "&#38;#123;" },
		{ "", "a\\\\b", "a&#92;&#92;b" },
		{ "\n", "h1. x", "&#104;1. x" },
		{ "\n", "bq. x", "&#98;q. x" },
		{ "\n", "# x", "&#35; x" },
		{ "in ", "h1. # x", "h1. # x" },
		{ "{noformat}\n", "*a* {b} [c]", "*a* {b} [c]" },
		{ "{noformat}\n", "{noformat} {NoFormat:x}", "(noformat} (NoFormat:x}" },
		{ "{noformat}\n{noformat}\n", "{b}", "&#123;b&#125;" },
		{ "", "\033[31m", "\\x1b&#91;31m" },
	};

	check_all(state, ESCAPE_JIRA, examples, ARRAY_LEN(examples));
}

static void
nothing_is_changed_where_nothing_is_shown(void **state)
{
	static const struct example examples[] = {
		{ "", "\033<b>`\n\xff", "\033<b>`\n\xff" },
	};

	check_all(state, ESCAPE_NONE, examples, ARRAY_LEN(examples));
}

static void
raw_values_keep_their_markup_but_not_their_control_characters(void **state)
{
	struct text out = text_new(*state);
	struct escaper x = escaper_new(&out, ESCAPE_HTML);

	escaper_raw(&x, STR("<b>x</b>\033"));
	assert_string_equal(text_str(&out).p, "<b>x</b>\\x1b");
}

/* Every byte and every pair of them, in every format: what comes out is printable UTF-8. */
static void
no_bytes_get_through_as_anything_but_text(void **state)
{
	static const enum escape hows[] = { ESCAPE_TEXT, ESCAPE_MARKDOWN, ESCAPE_HTML,
					    ESCAPE_JIRA };

	for (int a = 0; a < 256 * 256 * (int)ARRAY_LEN(hows); a++) {
		char pair[2] = { (char)(a & 0xff), (char)((a >> 8) & 0xff) };
		struct arena *scratch = arena_new_temporary(*state);
		struct text out = text_new(scratch);
		struct escaper x = escaper_new(&out, hows[a >> 16]);

		escaper_value(&x, (struct str){ pair, 2 });

		struct str s = text_str(&out);

		assert_true(utf8_valid(s));
		for (size_t i = 0; i < s.len; i++)
			assert_true((uint8_t)s.p[i] >= 0x20 || s.p[i] == '\t');
		arena_free(scratch);
	}
}

static void
names_of_escapes(void **state)
{
	enum escape how = ESCAPE_NONE;

	(void)state;
	assert_true(escape_find(STR("markdown"), &how));
	assert_int_equal(how, ESCAPE_MARKDOWN);
	assert_false(escape_find(STR("rtf"), &how));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(control_characters_are_shown_and_do_nothing),
		UNIT_TEST(html_is_text),
		UNIT_TEST(markdown_is_text),
		UNIT_TEST(markdown_code_ends_only_where_the_template_ends_it),
		UNIT_TEST(jira_markup_is_text),
		UNIT_TEST(nothing_is_changed_where_nothing_is_shown),
		UNIT_TEST(raw_values_keep_their_markup_but_not_their_control_characters),
		UNIT_TEST(no_bytes_get_through_as_anything_but_text),
		UNIT_TEST(names_of_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
