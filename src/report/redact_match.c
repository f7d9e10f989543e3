/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/redact_match.h"

#include "base/compiler.h"

#include <ctype.h>
#include <string.h>

bool
match_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool
is_hex(char c)
{
	return isxdigit((unsigned char)c) != 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
at(struct str s, size_t i)
{
	if (i >= s.len)
		return '\0';
	return s.p[i];
}

static size_t
hex_run(struct str s, size_t from)
{
	size_t n = 0;

	while (is_hex(at(s, from + n)))
		n++;
	return n;
}

/* Nothing that would make it a part of something longer follows. */
static bool
ends_at(struct str s, size_t i)
{
	return !match_is_word(at(s, i));
}

/* ---- network addresses ---- */

/* Addresses that everybody has, and kernels of their time (2.6.33.1). */
static bool
is_common_ipv4(const uint64_t part[4])
{
	return part[0] == 127 || (part[0] == 2 && part[1] == 6) ||
	       (part[0] | part[1] | part[2] | part[3]) == 0 ||
	       (part[0] & part[1] & part[2] & part[3]) == 255;
}

/* 1.2.3.4.5 and 2.4.37.9-19.fc13 are versions; 10.0.0.1-10.0.0.9 is none. */
static bool
ends_ipv4(struct str s, size_t len, uint64_t first)
{
	size_t digits = 0;

	if (at(s, len) == '.')
		return !is_digit(at(s, len + 1));
	if (at(s, len) != '-' || first >= 10)
		return ends_at(s, len);
	while (is_digit(at(s, len + 1 + digits)))
		digits++;
	return digits != 0 && at(s, len + 1 + digits) == '.' && is_digit(at(s, len + 2 + digits));
}

size_t
match_ipv4(struct str s)
{
	uint64_t part[4] = { 0 };
	struct str rest = s;

	for (int i = 0; i < 4; i++) {
		if (i != 0 && !str_take(&rest, STR(".")))
			return 0;

		size_t before = rest.len;

		if (!str_take_decimal(&rest, &part[i]) || part[i] > 255 || before - rest.len > 3)
			return 0;
	}

	size_t len = s.len - rest.len;

	return ends_ipv4(s, len, part[0]) && !is_common_ipv4(part) ? len : 0;
}

struct groups {
	size_t len;    /* of the whole */
	size_t count;  /* of groups that are not empty */
	size_t gaps;   /* "::" */
	bool too_long; /* a group of more than four digits */
};

/* Hex groups with colons between. */
static struct groups
count_groups(struct str s)
{
	struct groups g = { 0 };

	for (;;) {
		size_t n = hex_run(s, g.len);

		g.count += n != 0;
		g.too_long = g.too_long || n > 4;
		g.len += n;
		if (at(s, g.len) != ':')
			return g;
		if (at(s, g.len + 1) == ':') {
			g.gaps++;
			g.len++;
		} else if (!is_hex(at(s, g.len + 1))) {
			return g;
		}
		g.len++;
	}
}

size_t
match_ipv6(struct str s)
{
	struct groups g = count_groups(s);
	size_t v4 = 0;

	if (g.too_long || g.gaps > 1)
		return 0;
	/* ::ffff:192.0.2.1 */
	if (at(s, g.len) == '.' && g.gaps == 1) {
		while (g.len != 0 && at(s, g.len - 1) != ':')
			g.len--;
		v4 = match_ipv4(str_from(s, g.len));
		return v4 == 0 ? 0 : g.len + v4;
	}
	if (!ends_at(s, g.len))
		return 0;
	if (g.gaps == 0)
		return g.count == 8 ? g.len : 0;
	return g.count >= 2 && g.count <= 7 ? g.len : 0;
}

size_t
match_mac(struct str s)
{
	char separator = at(s, 2);
	size_t pairs = 0;
	size_t i = 0;
	bool zero = true;

	if (separator != ':' && separator != '-')
		return 0;
	while (is_hex(at(s, i)) && is_hex(at(s, i + 1)) && !is_hex(at(s, i + 2))) {
		zero = zero && at(s, i) == '0' && at(s, i + 1) == '0';
		pairs++;
		i += 2;
		if (at(s, i) != separator || !is_hex(at(s, i + 1)))
			break;
		i++;
	}
	return pairs >= 6 && ends_at(s, i) && !zero ? i : 0;
}

/* ---- identifiers ---- */

/* first is how many digits it begins with. */
static size_t
dashed_uuid(struct str s, size_t first)
{
	static const size_t groups[] = { 4, 4, 4, 12 };
	size_t i = first;

	if (first != 8)
		return 0;
	for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
		if (at(s, i++) != '-' || hex_run(s, i) != groups[g])
			return 0;
		i += groups[g];
	}
	return ends_at(s, i) ? i : 0;
}

/* naa.5000c500a1b2c3d4, wwn-0x5000c500a1b2c3d4 */
static size_t
world_wide_name(struct str s)
{
	static const char *const prefixes[] = { "naa.", "eui.", "wwn-0x", "nvme-eui.",
						"nvme-nguid." };

	if (at(s, 0) != 'n' && at(s, 0) != 'e' && at(s, 0) != 'w')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		size_t len = strlen(prefixes[i]);
		size_t run = str_starts(s, str_of(prefixes[i])) ? hex_run(s, len) : 0;

		if (run >= 8)
			return len + run;
	}
	return 0;
}

size_t
match_uuid(struct str s)
{
	size_t run = hex_run(s, 0);
	size_t dashed = dashed_uuid(s, run);

	if (dashed != 0)
		return dashed;
	/* 16 are a register, 40 a build ID or a commit. */
	if ((run == 32 || run == 64) && ends_at(s, run))
		return run;
	return world_wide_name(s);
}

/* ---- names ---- */

static size_t
name_run(struct str s, const char *more)
{
	size_t n = 0;

	while (isalnum((unsigned char)at(s, n)) || (at(s, n) != '\0' && strchr(more, at(s, n))))
		n++;
	return n;
}

/* Without the dots and dashes that end a sentence, not a name. */
static size_t
trim_name(struct str s, size_t len)
{
	while (len != 0 && !isalnum((unsigned char)s.p[len - 1]))
		len--;
	return len;
}

size_t
match_email(struct str s)
{
	size_t user = name_run(s, "._%+-");

	if (user == 0 || at(s, user) != '@')
		return 0;

	struct str host = str_from(s, user + 1);
	size_t len = trim_name(host, name_run(host, ".-"));
	size_t digits = 0;

	/* pcie@fd500000, cpu@0,1: a unit address is hex. */
	while (digits < len && is_hex(host.p[digits]))
		digits++;
	return len == 0 || digits == len ? 0 : user + 1 + len;
}

/* Domains at whose end a name with dots is a host. */
static const char *const top_domains[] = {
	"com",      "net",     "org",         "edu",    "gov",  "mil",      "int",     "info",
	"biz",      "cloud",   "local",       "lan",    "home", "internal", "intern",  "corp",
	"intranet", "private", "localdomain", "domain", "test", "example",  "invalid", "arpa",
	"io",       "dev",     "app",         "ai",     "tech", "site",     "online",  "de",
	"uk",       "fr",      "eu",          "nl",     "be",   "ch",       "at",      "it",
	"es",       "pt",      "se",          "no",     "fi",   "dk",       "pl",      "cz",
	"ru",       "ua",      "jp",          "cn",     "kr",   "tw",       "hk",      "sg",
	"au",       "nz",      "ca",          "us",     "br",   "mx",       "ar",      "tr",
	"il",       "za",      "ie",          "hu",     "ro",
};

static bool
is_top_domain(struct str label)
{
	for (size_t i = 0; i < ARRAY_LEN(top_domains); i++) {
		if (label.len == strlen(top_domains[i]) &&
		    strncasecmp(label.p, top_domains[i], label.len) == 0)
			return true;
	}
	return false;
}

size_t
match_fqdn(struct str s)
{
	size_t len = trim_name(s, name_run(s, ".-"));
	struct str label = str_first(s, len);
	struct str head = { NULL, 0 };
	size_t labels = 1;

	if (len == 0 || at(s, len) == '+' || at(s, len) == '_' || at(s, len) == '(')
		return 0;
	while (str_cut(&label, '.', &head)) {
		if (head.len == 0)
			return 0;
		labels++;
	}
	/* checkstack.pl is a script: a country's domain needs one more label. */
	return labels >= (label.len == 2 ? 3 : 2) && is_top_domain(label) ? len : 0;
}

/* ---- paths ---- */

/* Folders that are the system's own: what lies there tells nothing about anybody. (uevents
 * name devices by their place below /sys.) */
static const char *const common_folders[] = {
	"/proc",    "/sys",           "/dev",         "/devices",
	"/boot",    "/usr/lib/debug", "/lib/modules", "/usr/lib/modules",
	"/usr/src",
};

/* Files that the kernel itself names. */
static const char *const common_files[] = {
	"/init",      "/sbin/init",     "/etc/init",         "/bin/init",
	"/bin/sh",    "/sbin/modprobe", "/sbin/request-key", "/sbin/poweroff",
	"/bin/sleep", "/linuxrc",       "/bin/true",
};

/* Folders of the kernel's source tree. */
static const char *const source_folders[] = {
	"arch",     "block", "certs",  "crypto", "drivers", "fs",     "include", "init",
	"io_uring", "ipc",   "kernel", "lib",    "mm",      "net",    "rust",    "samples",
	"security", "sound", "tools",  "usr",    "virt",    "ubuntu", "extras",
};

static bool
in_folder(struct str path, const char *folder)
{
	return str_take(&path, str_of(folder)) && (path.len == 0 || path.p[0] == '/');
}

static bool
is_common_path(struct str path)
{
	for (size_t i = 0; i < ARRAY_LEN(common_folders); i++) {
		if (in_folder(path, common_folders[i]))
			return !str_has(path, STR("/../"));
	}
	for (size_t i = 0; i < ARRAY_LEN(common_files); i++) {
		if (str_is_c(path, common_files[i]))
			return true;
	}
	return false;
}

static bool
is_source_folder(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(source_folders); i++) {
		if (str_is_c(name, source_folders[i]))
			return true;
	}
	return false;
}

/* "file.c:379", "file.h", "lib.rs:12" */
static bool
is_source_file(struct str path)
{
	while (path.len != 0 && (is_digit(path.p[path.len - 1]) || path.p[path.len - 1] == ':'))
		path.len--;
	return str_ends(path, STR(".c")) || str_ends(path, STR(".h")) ||
	       str_ends(path, STR(".rs")) || str_ends(path, STR(".S"));
}

/* The component of a path that begins at off. */
static struct str
component(struct str path, size_t off)
{
	struct str rest = str_from(path, off);
	size_t end = str_find_char(rest, '/');

	return end == STR_NONE ? rest : str_first(rest, end);
}

/* A folder that somebody keeps a kernel in is called after it. */
static bool
is_tree_root(struct str name)
{
	return str_has(name, STR("linux")) || str_starts(name, STR("kernel"));
}

/*
 * Where the path below the source tree begins, or STR_NONE: behind a folder that is called
 * like a tree; without one, at the first of the last folders that are a tree's own.
 */
static size_t
source_start(struct str path)
{
	size_t start = STR_NONE;
	bool run = false;
	bool root = false;

	for (size_t off = 1; off < path.len; off += component(path, off).len + 1) {
		struct str name = component(path, off);
		bool folder = is_source_folder(name) && off + name.len < path.len;

		if (folder && (root || str_is(name, STR("arch"))))
			return off;
		if (folder && !run)
			start = off;
		run = folder;
		root = is_tree_root(name);
	}
	return start;
}

static struct str
source_tail(struct str path)
{
	size_t start = is_source_file(path) ? source_start(path) : STR_NONE;

	return start == STR_NONE ? (struct str){ NULL, 0 } : str_from(path, start);
}

/* Bytes above ASCII are letters of some language. */
static bool
is_path_char(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && strchr("\"'`<>|()[]{};,*?", c) == NULL;
}

static size_t
path_run(struct str s)
{
	size_t n = 0;

	while (n < s.len && is_path_char(s.p[n]))
		n++;
	return n;
}

/* What may stand behind the first slash. */
static bool
begins_name(char c)
{
	return match_is_word(c) || c == '.' || c == '/' || (unsigned char)c >= 0x80;
}

bool
match_path(struct str s, struct match_path *out)
{
	bool unc = str_starts(s, STR("\\\\")) && match_is_word(at(s, 2));

	if (!unc && (at(s, 0) != '/' || !begins_name(at(s, 1))))
		return false;

	size_t len = path_run(s);

	while (len > 1 && strchr(".:!", s.p[len - 1]) != NULL)
		len--;
	if (len < 2)
		return false;

	struct str path = str_first(s, len);

	*out = (struct match_path){ len, is_common_path(path), source_tail(path) };
	return true;
}
