/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/sysmap.h"

#include "unit.h"

#include <string.h>

#define MOVED 0x18200000ULL

static const char map_text[] = "0000000000000000 D __per_cpu_start\n"
			       "0000000000014d00 D current_task\n"
			       "ffffffff81000000 T _stext\n"
			       "ffffffff81000000 T _text\n"
			       "ffffffff81000040 T __pfx_panic\n"
			       "ffffffff81000040 T panic\n"
			       "ffffffff81000080 d .L144\001\n"
			       "ffffffff81000100 T schedule\n"
			       "ffffffff82000000 R linux_banner\n"
			       "ffffffff82000200 D init_uts_ns\n"
			       "ffffffff82000400 D swapper_pg_dir\n"
			       "ffffffff83000000 B _end\n";

static const char info_text[] = "OSRELEASE=6.1.0-56-cloud-amd64\n"
				"SYMBOL(init_uts_ns)=ffffffff9a200200\n"
				"SYMBOL(node_online_map)=ffffffff9a300000\n" /* a macro */
				"SYMBOL(swapper_pg_dir)=ffffffff9a200400\n"
				"SYMBOL(_stext)=ffffffff99200000\n"
				"SYMBOL(mem_section)=ff42744b4b7e5000\n";

static const char banner[] = "Linux version 6.1.0-56-cloud-amd64 (debian-kernel@...) ";

static const struct error *
place(struct arena *a, const char *text, const char *info, const char *says, struct sysmap **m)
{
	uint8_t *bytes = arena_alloc(a, 4096, 1);
	struct memory_fake fake = { 0xffffffff9a200000ULL, { bytes, 4096 } };
	struct memory mem = memory_of_fake(&fake);

	memcpy(bytes, says, strlen(says));
	assert_null(sysmap_parse(str_of(text), a, m));
	return sysmap_place(*m, info == NULL ? NULL : vmcoreinfo_parse(a, str_of(info)), &mem, a);
}

static void
check_at(const struct symbol_source *s, uint64_t va, const char *name, uint64_t from, uint64_t len)
{
	struct kallsyms_symbol k = { 0 };

	assert_true(s->at(s->self, va, &k));
	assert_string_equal(k.name.p, name);
	assert_int_equal(k.va, from);
	assert_int_equal(k.len, len);
}

static void
moves_symbols_to_where_the_kernel_was(void **state)
{
	struct kallsyms_query q[] = { { .name = "panic" },
				      { .name = "current_task" },
				      { .name = "none" },
				      { .name = "schedule", .va = 7, .found = true } };
	struct sysmap *m = NULL;

	assert_null(place(*state, map_text, info_text, banner, &m));

	struct symbol_source s = sysmap_source(m);

	s.find(s.self, q, ARRAY_LEN(q));
	assert_true(q[0].found);
	assert_int_equal(q[0].va, 0xffffffff81000040ULL + MOVED);
	assert_int_equal(q[1].va, 0x14d00); /* per CPU: not moved */
	assert_false(q[2].found);
	assert_int_equal(q[3].va, 7); /* who knew before is believed */
	check_at(&s, 0xffffffff81000050ULL + MOVED, "panic", 0xffffffff81000040ULL + MOVED, 0xc0);
	check_at(&s, 0xffffffff81000000ULL + MOVED, "_stext", 0xffffffff81000000ULL + MOVED, 0x40);
	check_at(&s, 0x14d08, "current_task", 0x14d00, 0xffffffff81000000ULL - 0x14d00);
}

static void
knows_a_map_of_another_kernel(void **state)
{
	static const struct {
		const char *info;
		const char *banner;
		const char *why;
	} cases[] = {
		{ "OSRELEASE=6.1.0\nSYMBOL(_stext)=ffffffff99200000\n"
		  "SYMBOL(init_uts_ns)=ffffffff9a200240\n",
		  "", "another kernel: init_uts_ns would be at 0xffffffff9a200200" },
		{ info_text, "Linux version 6.1.0-56-cloud-amd64-dirty (x)",
		  "no banner of 6.1.0-56-cloud-amd64 at" },
		{ info_text, "Linux version 6.1.0-55-cloud-amd64 (x)", "no banner" },
		{ info_text, "Linux", "no banner" },
		{ "OSRELEASE=6.1.0\nSYMBOL(_stext)=ffffffff99200000\n", "", "too few symbols" },
		{ "OSRELEASE=6.1.0\n", "", "does not say where" },
		{ NULL, "", "does not say where" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sysmap *m = NULL;
		const struct error *e = place(*state, map_text, cases[i].info, cases[i].banner, &m);

		assert_non_null(e);
		assert_non_null(strstr(error_text(*state, e), cases[i].why));
	}
}

static void
goes_without_a_banner_that_is_not_in_the_dump(void **state)
{
	struct sysmap *m = NULL;

	assert_null(sysmap_parse(str_of(map_text), *state, &m));
	assert_null(sysmap_place(m, vmcoreinfo_parse(*state, str_of(info_text)), NULL, *state));
}

static void
sorts_what_is_not_sorted(void **state)
{
	static const char text[] = "ffffffff83000000 B _end\nffffffff81000100 T schedule\n"
				   "ffffffff81000000 T _stext\nffffffff82000200 D init_uts_ns\n"
				   "ffffffff82000400 D swapper_pg_dir\n";
	struct sysmap *m = NULL;

	assert_null(place(*state, text, info_text, "", &m));

	struct symbol_source s = sysmap_source(m);

	check_at(&s, 0xffffffff81000108ULL + MOVED, "schedule", 0xffffffff81000100ULL + MOVED,
		 0x1000100);
}

static void
is_told_from_other_text_by_its_first_lines(void **state)
{
	static const char *const others[] = {
		"",
		"ffffffff81000000 T _text\n",
		"[    0.000000] Linux version 6.1\nffffffff81000000 T a\nffffffff81000000 T a\n",
		"ffffffff81000000 T a\nffffffff81000000 T a b\nffffffff81000000 T a\n",
		"ffffffff81000000 T a\nffffffff8100 T a\nffffffff81000000 T a\n",
		"ffffffff81000000 T a\nffffffff81000000 1 a\nffffffff81000000 T a\n",
		"ffffffff81000000 T a\nffffffff81000000 T a\nffffffff81000000 T",
	};

	(void)state;
	assert_true(sysmap_is((struct bytes){ (const uint8_t *)map_text, sizeof(map_text) - 1 }));
	assert_true(sysmap_is((struct bytes){ (const uint8_t *)"c1000000 T a\nc1000000 t b\n"
							       "c1000004 d c\n",
					      39 }));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(
			sysmap_is((struct bytes){ (const uint8_t *)others[i], strlen(others[i]) }));
}

static void
rejects_every_truncation(void **state)
{
	for (size_t len = 0; len < sizeof(map_text) - 1; len++) {
		struct arena *a = arena_new_temporary(*state);
		char *text = arena_alloc(a, len + 1, 1);
		struct sysmap *m = NULL;

		memcpy(text, map_text, len);
		if (len != 0 && map_text[len - 1] == '\n') { /* one line less */
			assert_null(sysmap_parse((struct str){ text, len }, a, &m));
		} else {
			assert_non_null(sysmap_parse((struct str){ text, len }, a, &m));
			assert_null(m);
		}
		arena_free(a);
	}
}

static void
survives_every_flipped_byte(void **state)
{
	char text[sizeof(map_text)];

	for (size_t at = 0; at < sizeof(text) - 1; at++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			struct arena *a = arena_new_temporary(*state);
			struct sysmap *m = NULL;
			struct kallsyms_symbol k = { 0 };

			memcpy(text, map_text, sizeof(text));
			text[at] = (char)(text[at] ^ (1 << bit));
			if (sysmap_parse((struct str){ text, sizeof(text) - 1 }, a, &m) == NULL &&
			    sysmap_place(m, vmcoreinfo_parse(a, str_of(info_text)), NULL, a) ==
				    NULL)
				(void)sysmap_source(m).at(m, 0xffffffff9a200210ULL, &k);
			arena_free(a);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(moves_symbols_to_where_the_kernel_was),
		UNIT_TEST(knows_a_map_of_another_kernel),
		UNIT_TEST(goes_without_a_banner_that_is_not_in_the_dump),
		UNIT_TEST(sorts_what_is_not_sorted),
		UNIT_TEST(is_told_from_other_text_by_its_first_lines),
		UNIT_TEST(rejects_every_truncation),
		UNIT_TEST(survives_every_flipped_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
