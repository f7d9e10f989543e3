/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/registers.h"

#include "base/compiler.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* By the names they are printed with, whatever the case; as regs.h has them. */
static const char *const names[] = {
	"rax",
	"rbx",
	"rcx",
	"rdx",
	"rsi",
	"rdi",
	"rbp",
	"rsp",
	"r8",
	"r9",
	"r10",
	"r11",
	"r12",
	"r13",
	"r14",
	"r15",
	"eflags",
	"orig_rax",
	"cs",
	"ds",
	"es",
	"fs",
	"gs",
	"knlgs",
	"ss",
	"cr0",
	"cr2",
	"cr3",
	"cr4",
	"dr0",
	"dr1",
	"dr2",
	"dr3",
	"dr6",
	"dr7",
	"pkru",
	"ssp",
	/* i386 */
	"eax",
	"ebx",
	"ecx",
	"edx",
	"esi",
	"edi",
	"ebp",
	"esp",
	/* arm64 */
	"x0",
	"x1",
	"x2",
	"x3",
	"x4",
	"x5",
	"x6",
	"x7",
	"x8",
	"x9",
	"x10",
	"x11",
	"x12",
	"x13",
	"x14",
	"x15",
	"x16",
	"x17",
	"x18",
	"x19",
	"x20",
	"x21",
	"x22",
	"x23",
	"x24",
	"x25",
	"x26",
	"x27",
	"x28",
	"x29",
	"pstate",
	"pc",
	"lr",
	"sp",
	/* arm */
	"r0",
	"r1",
	"r2",
	"r3",
	"r4",
	"r5",
	"r6",
	"r7",
	"ip",
	"fp",
	"psr",
	/* riscv */
	"epc",
	"ra",
	"gp",
	"tp",
	"t0",
	"t1",
	"t2",
	"t3",
	"t4",
	"t5",
	"t6",
	"s0",
	"s1",
	"s2",
	"s3",
	"s4",
	"s5",
	"s6",
	"s7",
	"s8",
	"s9",
	"s10",
	"s11",
	"a0",
	"a1",
	"a2",
	"a3",
	"a4",
	"a5",
	"a6",
	"a7",
	"status",
	"badaddr",
	"cause",
	/* ppc64 */
	"nip",
	"ctr",
	"msr",
	"cr",
	"xer",
	"cfar",
	"dar",
	"dsisr",
	"irqmask",
	"trap",
};

static const char *const gprs[] = {
	"gpr0",  "gpr1",  "gpr2",  "gpr3",  "gpr4",  "gpr5",  "gpr6",  "gpr7",
	"gpr8",  "gpr9",  "gpr10", "gpr11", "gpr12", "gpr13", "gpr14", "gpr15",
	"gpr16", "gpr17", "gpr18", "gpr19", "gpr20", "gpr21", "gpr22", "gpr23",
	"gpr24", "gpr25", "gpr26", "gpr27", "gpr28", "gpr29", "gpr30", "gpr31",
};

static void
skip_blanks(struct str *s)
{
	while (s->len != 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_from(*s, 1);
}

/* x86 prints "R08" and "R09" for the registers r8 and r9. */
static const char *
known_name(struct str s)
{
	char unpadded[2] = { 'r', '0' };

	if (s.len == 3 && strncasecmp(s.p, "r0", 2) == 0) {
		unpadded[1] = s.p[2];
		s = (struct str){ unpadded, sizeof(unpadded) };
	}
	if (str_is(s, STR("IP")))
		return NULL; /* "IP: [<address>] function" of i386 and x86_64, not arm's r12 */
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strlen(names[i]) == s.len && strncasecmp(names[i], s.p, s.len) == 0)
			return names[i];
	}
	return NULL;
}

/* "RAX: ", "x9 : ", "sp :" */
static const char *
take_name(struct str *s)
{
	struct str rest = *s;
	size_t n = 0;

	while (n < rest.len && n < 9 &&
	       (isalnum((unsigned char)rest.p[n]) != 0 || rest.p[n] == '_'))
		n++;

	const char *name = n == 0 ? NULL : known_name(str_first(rest, n));

	if (name == NULL)
		return NULL;
	rest = str_from(rest, n);
	skip_blanks(&rest);
	if (!str_take(&rest, STR(":")))
		return NULL;
	skip_blanks(&rest);
	*s = rest;
	return name;
}

/* "0018:ffffc90001b9f998", "00007f70cf831700(0000)", "8000000000009033 <SF,EE,ME>" */
static bool
take_value(struct str *s, uint64_t *value)
{
	struct str rest = *s;
	struct str skipped;

	if (str_take(&rest, STR("[<"))) { /* arm: "pc : [<bf00801c>]" */
		if (!str_take_hex(&rest, value) || !str_take(&rest, STR(">]")))
			return false;
		skip_blanks(&rest);
		*s = rest;
		return true;
	}
	if (!str_take_hex(&rest, value))
		return false;
	if (rest.len > 1 && rest.p[0] == ':' && isxdigit((unsigned char)rest.p[1]) != 0) {
		rest = str_from(rest, 1);
		if (!str_take_hex(&rest, value))
			return false;
	}
	if (rest.len != 0 && isalnum((unsigned char)rest.p[0]) != 0)
		return false;
	skip_blanks(&rest);
	if (str_starts(rest, STR("(")))
		(void)str_cut(&rest, ')', &skipped);
	else if (str_starts(rest, STR("<")))
		(void)str_cut(&rest, '>', &skipped);
	skip_blanks(&rest);
	*s = rest;
	return true;
}

static bool
named_line(struct str s, struct regs *r)
{
	bool any = false;
	const char *name = NULL;
	uint64_t value = 0;

	/* ppc64 says first where they are stored: "REGS: c000000012ab7930 TRAP: 0300" */
	if (str_take(&s, STR("REGS: ")) && str_take_hex(&s, &value))
		skip_blanks(&s);
	while ((name = take_name(&s)) != NULL && take_value(&s, &value)) {
		(void)regs_put(r, name, value);
		any = true;
	}
	return any;
}

/* Values without names, "ffff 0000 ffff 0000", which count up from gpr. */
static bool
numbered_line(struct str s, struct regs *r, int *gpr)
{
	uint64_t value[4];
	size_t n = 0;

	skip_blanks(&s);
	while (n < ARRAY_LEN(value) && take_value(&s, &value[n]))
		n++;
	if (n != ARRAY_LEN(value) || s.len != 0)
		return false;
	for (size_t i = 0; i < n && *gpr < (int)ARRAY_LEN(gprs); i++)
		(void)regs_put(r, gprs[(*gpr)++], value[i]);
	return true;
}

bool
registers_line(struct str text, struct regs *r, int *gpr)
{
	struct str s = str_trim(text);
	uint64_t first = 0;

	if (str_take(&s, STR("Krnl GPRS: "))) {
		*gpr = 0;
		return numbered_line(s, r, gpr);
	}
	if (str_take(&s, STR("GPR")) && str_take_decimal(&s, &first) && first < ARRAY_LEN(gprs) &&
	    str_take(&s, STR(":"))) {
		*gpr = (int)first;
		return numbered_line(s, r, gpr);
	}
	s = str_trim(text);
	if (*gpr > 0 && *gpr < 16 && numbered_line(s, r, gpr))
		return true;
	*gpr = -1;
	return named_line(s, r);
}
