/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/redact_address.h"

#include "base/compiler.h"
#include "report/redact_match.h"

#include <ctype.h>
#include <inttypes.h>

enum {
	ADDRESS_PAGE = 4096,
	ADDRESS_SMALL = 1 << 20, /* offsets, sizes, flags, error codes */
	ADDRESS_ASCII = 6,       /* printable bytes of eight that make a word text */
};

/* Bit patterns that the kernel writes on purpose. */
static bool
is_poison(uint64_t v)
{
	return (v >> 48) == 0xdead || v == 0x6b6b6b6b6b6b6b6b || v == 0x5a5a5a5a5a5a5a5a ||
	       v == 0xa5a5a5a5a5a5a5a5 || v == 0xcccccccccccccccc || v == 0xaaaaaaaaaaaaaaaa;
}

static bool
is_text(uint64_t v)
{
	int printable = 0;

	for (int i = 0; i < 8; i++)
		printable += isprint((int)(v >> (8 * i) & 0xff)) != 0;
	return printable >= ADDRESS_ASCII;
}

static bool
may_stay(const struct redaction *r, uint64_t v)
{
	if (v < ADDRESS_SMALL || v >= (uint64_t)-ADDRESS_SMALL || is_poison(v))
		return true;
	/* Control registers and flags of 64-bit machines; addresses of 32-bit ones. */
	return !r->narrow && v <= UINT32_MAX;
}

static const char *
kind_of(uint64_t v)
{
	if (is_text(v))
		return "text";
	if (v >> 47 == 0)
		return "user";
	if (v >= 0xffffffffc0000000 && v < 0xffffffffff000000)
		return "module";
	return v >= 0xffffffff80000000 && v < 0xffffffffc0000000 ? "kernel" : "heap";
}

static unsigned int
group_number(struct redaction *r, uint64_t base, const char *kind)
{
	unsigned int number = 1;

	for (size_t i = 0; i < r->group_count; i++) {
		if (r->group[i].kind != kind)
			continue;
		if (r->group[i].base == base)
			return r->group[i].number;
		number++;
	}
	r->group = arena_grow(r->arena, r->group, r->group_count, &r->group_cap, sizeof(*r->group));
	r->group[r->group_count++] = (struct address_group){ base, kind, number };
	return number;
}

/* Text without the KASLR offset is an address too, and may be met again. */
static bool
is_ours(const struct redaction *r, uint64_t value)
{
	for (size_t i = 0; i < r->group_count; i++) {
		if (r->group[i].number == 0 && r->group[i].base == value)
			return true;
	}
	return false;
}

static struct str
without_kaslr(struct redaction *r, uint64_t value)
{
	value -= r->kaslr;
	r->group = arena_grow(r->arena, r->group, r->group_count, &r->group_cap, sizeof(*r->group));
	r->group[r->group_count++] = (struct address_group){ value, "", 0 };
	return str_of(arena_printf(r->arena, "0x%" PRIx64, value));
}

bool
redact_address(struct redaction *r, uint64_t value, struct str *shown)
{
	const char *kind = NULL;

	if (may_stay(r, value) || is_ours(r, value))
		return false;
	kind = kind_of(value);
	if (kind[0] == 't') {
		*shown = STR("text");
		return true;
	}
	if (kind[0] == 'k' && r->has_kaslr)
		*shown = without_kaslr(r, value);
	else
		*shown = str_of(arena_printf(r->arena, "%s#%u+0x%" PRIx64, kind,
					     group_number(r, value - value % ADDRESS_PAGE, kind),
					     value % ADDRESS_PAGE));
	return true;
}

size_t
redact_match_address(struct redaction *r, struct str s, struct str *shown)
{
	struct str rest = s;
	bool prefix = str_take(&rest, STR("0x"));
	size_t digits = 0;
	size_t wide = r->narrow ? 8 : 16;
	uint64_t value = 0;

	while (digits < rest.len && isxdigit((unsigned char)rest.p[digits]))
		digits++;
	if (digits > 16 || (prefix ? digits < 8 : digits != wide) ||
	    (digits < rest.len && match_is_word(rest.p[digits])))
		return 0;
	rest = str_first(rest, digits);
	if (!str_take_hex(&rest, &value) || !redact_address(r, value, shown))
		return 0;
	return s.len - str_from(s, (prefix ? 2 : 0) + digits).len;
}
