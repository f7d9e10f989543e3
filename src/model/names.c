/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/names.h"

#include "base/compiler.h"

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
