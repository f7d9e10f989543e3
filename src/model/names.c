/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/names.h"

#include "base/compiler.h"

#include <ctype.h>
#include <string.h>

static struct str
without_offset(struct str f)
{
	size_t plus = str_find(f, STR("+0x"));

	return plus == STR_NONE ? f : str_first(f, plus);
}

static bool
is_rust_path(struct str f)
{
	return str_has(f, STR("::")) || str_find_char(f, '<') != STR_NONE;
}

struct str
names_plain(struct str f)
{
	f = str_trim(f);
	if (is_rust_path(f))
		return f;
	f = without_offset(f);
	while (str_take(&f, STR(".")))
		;

	/* No C identifier holds a dot: what follows one is the compiler's. */
	size_t dot = str_find_char(f, '.');

	return dot == STR_NONE ? f : str_first(f, dot);
}

/* ---- Rust ---- */

struct path {
	char *buf;
	size_t len;
};

/* Appends one part; parts that there is no room for are left out. */
static void
put_part(struct path *p, struct str part)
{
	static const struct str between = STR("::");
	size_t gap = p->len == 0 ? 0 : between.len;

	if (part.len > NAMES_RUST_BYTES - p->len || gap + part.len > NAMES_RUST_BYTES - p->len)
		return;
	if (gap != 0)
		memcpy(p->buf + p->len, between.p, gap);
	if (part.len != 0)
		memcpy(p->buf + p->len + gap, part.p, part.len);
	p->len += gap + part.len;
}

/* "9panicking", "4_0abc": a length and so many bytes. */
static bool
take_part(struct str *s, struct str *part)
{
	uint64_t len = 0;

	if (!str_take_decimal(s, &len))
		return false;
	(void)str_take(s, STR("_"));
	if (len > s->len)
		return false;
	*part = str_first(*s, (size_t)len);
	*s = str_from(*s, (size_t)len);
	return true;
}

/* "s3o2tGsuHyou_", "B4_": which of several of one name, and what was there before. */
static void
skip_number(struct str *s)
{
	size_t n = 1;

	while (n < s->len && isalnum((unsigned char)s->p[n]) != 0)
		n++;
	*s = str_from(*s, n < s->len && s->p[n] == '_' ? n + 1 : 1);
}

/* "17h0123456789abcdef": of the older mangling, a hash */
static bool
is_hash_part(struct str part)
{
	return part.len == 17 && part.p[0] == 'h';
}

/* One piece off the front of a mangled name; *part is empty unless it was a part of the path.
 * False if it is no such name. */
static bool
take_piece(struct str *s, struct str *part)
{
	*part = (struct str){ NULL, 0 };
	if (isdigit((unsigned char)s->p[0]) != 0)
		return take_part(s, part);
	if (s->p[0] == 's' || s->p[0] == 'B')
		skip_number(s);
	else
		*s = str_from(*s, s->p[0] == 'N' && s->len > 1 ? 2 : 1);
	return true;
}

/*
 * RFC 2603's grammar writes a path from its outermost part inwards, so that the parts, read
 * from left to right without heed of what they are parts of, are the path.
 */
struct str
names_rust(struct str f, char buf[NAMES_RUST_BYTES])
{
	struct path path = { buf, 0 };
	struct str s = f;
	struct str part;
	bool old = str_take(&s, STR("_ZN"));

	if (!old && !str_take(&s, STR("_R")))
		return f;
	while (s.len != 0 && take_piece(&s, &part)) {
		if (part.len != 0 && !(old && is_hash_part(part)))
			put_part(&path, part);
	}
	return path.len == 0 ? f : (struct str){ buf, path.len };
}

struct str
names_canonical(struct str f)
{
	static const struct str wrappers[] = {
		STR("__x64_compat_sys_"),
		STR("__ia32_compat_sys_"),
		STR("__arm64_compat_sys_"),
		STR("__s390x_compat_sys_"),
		STR("__s390_compat_sys_"),
		STR("__riscv_compat_sys_"),
		STR("__x64_sys_"),
		STR("__ia32_sys_"),
		STR("__arm64_sys_"),
		STR("__s390x_sys_"),
		STR("__s390_sys_"),
		STR("__riscv_sys_"),
		STR("__x32_compat_sys_"),
		STR("__se_compat_sys_"),
		STR("__do_compat_sys_"),
		STR("__se_sys_"),
		STR("__do_sys_"),
		STR("compat_sys_"),
		STR("____sys_"),
		STR("___sys_"),
		STR("__sys_"),
		STR("ksys_"),
		STR("compat_SYSC_"),
		STR("compat_SyS_"),
		STR("SYSC_"),
		STR("SyS_"),
		STR("sys_"),
	};

	f = names_plain(f);
	for (size_t i = 0; i < ARRAY_LEN(wrappers); i++) {
		struct str stripped = f;

		if (str_take(&stripped, wrappers[i]) && stripped.len != 0)
			return stripped;
	}
	return f;
}
