/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/system.h"

#include "base/compiler.h"

static void
put(struct str *field, struct str value, struct arena *a)
{
	value = str_trim(value);
	if (field->len == 0 && value.len != 0)
		*field = str_copy(a, value);
}

/* "Linux version 6.1.0-42-amd64 (user@host) (gcc-12 (Debian 12.2.0) ...) #1 SMP Debian ..." */
static void
version_line(struct system *s, struct str rest, struct arena *a)
{
	struct str release;

	if (!str_take_word(&rest, &release))
		return;
	put(&s->release, release, a);

	size_t hash = str_find(rest, STR(") #"));

	if (hash != STR_NONE)
		put(&s->version, str_from(rest, hash + 2), a);
}

static void
cmdline_line(struct system *s, struct str rest, struct arena *a)
{
	put(&s->cmdline, rest, a);
	if (str_has(rest, STR("elfcorehdr=")))
		s->is_capture = true;
}

static void
hardware_line(struct system *s, struct str rest, struct arena *a)
{
	put(&s->hardware, rest, a);
}

/* "DMI: MAKER MODEL/BOARD, BIOS VERSION DATE": the literal is in its middle */
static void
dmi_line(struct system *s, struct str text, struct arena *a)
{
	if (str_take(&text, STR("DMI: ")))
		put(&s->hardware, text, a);
}

static void
hypervisor_line(struct system *s, struct str rest, struct arena *a)
{
	if (!str_is(str_trim(rest), STR("bare hardware")))
		put(&s->hypervisor, rest, a);
}

static void
hostname_line(struct system *s, struct str rest, struct arena *a)
{
	struct str name;

	if (str_cut(&rest, '>', &name))
		put(&s->nodename, name, a);
}

/* "Memory: 7341204K/7864188K available (...)" */
static void
memory_line(struct system *s, struct str rest, struct arena *a)
{
	uint64_t available = 0;
	uint64_t total = 0;

	(void)a;
	if (!str_take_decimal(&rest, &available) ||
	    (!str_take(&rest, STR("K/")) && !str_take(&rest, STR("k/"))) ||
	    !str_take_decimal(&rest, &total) || total > UINT64_MAX / 1024)
		return;
	if (s->memory_bytes == 0)
		s->memory_bytes = total * 1024;
}

/* "Allowing 2 CPUs, 0 hotplug CPUs" */
static void
possible_line(struct system *s, struct str rest, struct arena *a)
{
	uint64_t n = 0;

	(void)a;
	if (str_take_decimal(&rest, &n) && str_starts(rest, STR(" ")))
		s->cpus = n;
}

/* "Brought up 1 node, 2 CPUs", "Brought up 2 CPUs" */
static void
brought_up_line(struct system *s, struct str rest, struct arena *a)
{
	uint64_t n = 0;
	size_t node = str_find(rest, STR(", "));

	(void)a;
	if (node != STR_NONE)
		rest = str_from(rest, node + 2);
	if (s->cpus == 0 && str_take_decimal(&rest, &n) && str_starts(rest, STR(" CPU")))
		s->cpus = n;
}

/* "Detected 2599.998 MHz processor" */
static void
mhz_line(struct system *s, struct str rest, struct arena *a)
{
	uint64_t whole = 0;
	uint64_t milli = 0;

	(void)a;
	if (str_take_decimal(&rest, &whole) && str_take(&rest, STR(".")) &&
	    str_take_decimal(&rest, &milli) && milli < 1000 && whole < 100000)
		s->cpu_mhz = (double)whole + (double)milli / 1000;
}

static void
ended_line(struct system *s, struct str rest, struct arena *a)
{
	(void)rest;
	(void)a;
	s->has_ended = true;
}

/* clang-format off */
static const struct {
	struct str literal;
	void (*read)(struct system *s, struct str rest, struct arena *a);
	bool whole; /* it wants the whole line, not what is behind the literal */
} sightings[] = {
	{ STR("Linux version "), version_line, false },
	{ STR("Command line: "), cmdline_line, false },
	{ STR("Kernel command line: "), cmdline_line, false },
	{ STR(", BIOS "), dmi_line, true },
	{ STR("Machine model: "), hardware_line, false },
	{ STR("Hypervisor detected: "), hypervisor_line, false },
	{ STR("paravirtualized kernel on "), hypervisor_line, false },
	{ STR("ostname set to <"), hostname_line, false },
	{ STR("ostname to <"), hostname_line, false },
	{ STR("Memory: "), memory_line, false },
	{ STR("Allowing "), possible_line, false },
	{ STR("Brought up "), brought_up_line, false },
	{ STR("Detected "), mhz_line, false },
	{ STR("Restarting system"), ended_line, false },
	{ STR("Power down"), ended_line, false },
	{ STR("Power off"), ended_line, false },
	{ STR("System halted"), ended_line, false },
	{ STR("machine restart"), ended_line, false },
	{ STR("Starting new kernel"), ended_line, false },
	{ STR("Rebooting in "), ended_line, false },
	{ STR("Emergency Restart"), ended_line, false },
	{ STR("q: Resetting"), ended_line, false }, /* "sysrq: ", "SysRq : " before */
	{ STR("SysRq : Resetting"), ended_line, false },
	{ STR("SysRq : Emergency"), ended_line, false },
};
/* clang-format on */

struct str
system_literal(size_t which)
{
	return which < ARRAY_LEN(sightings) ? sightings[which].literal : (struct str){ NULL, 0 };
}

void
system_line(struct system *s, size_t which, const struct message *m, struct arena *a)
{
	struct str literal = sightings[which].literal;
	size_t at = str_find(m->text, literal);

	if (at != STR_NONE)
		sightings[which].read(
			s, sightings[which].whole ? m->text : str_from(m->text, at + literal.len),
			a);
}

bool
system_is_boot(const struct message *m)
{
	struct str s = m->text;
	struct str release;

	return str_take(&s, sightings[0].literal) && str_take_word(&s, &release) &&
	       str_find_char(release, '.') != STR_NONE && str_starts(str_trim(s), STR("("));
}
