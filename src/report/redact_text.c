/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/redact_text.h"

#include "base/compiler.h"
#include "base/embedded.h"
#include "base/text.h"
#include "report/redact_address.h"
#include "report/redact_match.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- lists ---- */

bool
redact_is_listed(const char *file, struct str name)
{
	struct str list = { NULL, 0 };
	struct str line = { NULL, 0 };

	if (!embedded_find(str_of(file), &list))
		return false;
	while (str_take_line(&list, &line)) {
		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (str_is(line, name) || (line.p[line.len - 1] == '*' &&
					   str_starts(name, str_first(line, line.len - 1))))
			return true;
	}
	return false;
}

static bool
is_one_of(struct str s, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (s.len == strlen(list[i]) && strncasecmp(s.p, list[i], s.len) == 0)
			return true;
	}
	return false;
}

/* ---- hosts ---- */

/* Hosts whose names everybody knows. */
static const char *const public_domains[] = {
	"kernel.org",    "debian.org",   "redhat.com", "fedoraproject.org", "ubuntu.com",
	"launchpad.net", "opensuse.org", "suse.com",   "archlinux.org",     "github.com",
	"gitlab.com",    "gnu.org",      "intel.com",  "amd.com",           "lwn.net",
	"infradead.org", "appspot.com",  "arm.com",    "ibm.com",           "kvack.org",
};

static bool
is_public_host(struct str host)
{
	for (;;) {
		struct str label = { NULL, 0 };

		if (is_one_of(host, public_domains, ARRAY_LEN(public_domains)))
			return true;
		if (!str_cut(&host, '.', &label))
			return false;
	}
}

static struct str
first_label(struct str host)
{
	size_t dot = str_find_char(host, '.');

	return dot == STR_NONE ? host : str_first(host, dot);
}

/* "db1.example.com" and "db1" are one host. */
static struct str
host_shown(struct redaction *r, struct str host)
{
	const struct name *n = NULL;
	struct str label = first_label(host);

	if (names_match(r, label, &n) == label.len && n->class == NAME_HOST)
		return n->shown;
	return names_shown(r, NAME_HOST, host);
}

void
redact_learn_host(struct redaction *r, struct str name)
{
	struct str label = first_label(name);
	struct str domain = str_from(name, label.len + 1);

	if (name.len == 0 || names_is_ours(r, name))
		return;
	names_learn(r, NAME_HOST, name);
	if (domain.len == 0)
		return;
	names_learn_alias(r, NAME_HOST, label, names_shown(r, NAME_HOST, name));
	if (is_public_host(domain))
		return;
	names_learn(r, NAME_DOMAIN, domain);

	/* corp.example.com: example.com and example tell the same. */
	size_t dots = 0;
	size_t cut = 0;

	for (size_t i = domain.len; i-- > 0 && cut == 0;) {
		if (domain.p[i] == '.' && ++dots == 2)
			cut = i + 1;
	}
	domain = str_from(domain, cut);
	names_learn_alias(r, NAME_DOMAIN, domain, names_shown(r, NAME_DOMAIN, domain));
	if (dots != 0 && first_label(domain).len >= 4)
		names_learn_alias(r, NAME_DOMAIN, first_label(domain),
				  names_shown(r, NAME_DOMAIN, domain));
}

/* ---- a scan over free text ---- */

struct scan {
	struct redaction *r;
	struct str all;
	struct str rest; /* where we are */
	struct text *out;
	size_t word; /* letters, digits and _ from here on */
	char next;   /* what follows them, or 0 */
};

static struct str
before_here(const struct scan *s)
{
	return str_first(s->all, s->all.len - s->rest.len);
}

static void
put_shown(struct scan *s, enum name_class class, struct str shown)
{
	names_count(s->r, class);
	text_put(s->out, shown);
}

/* A value that tells nothing. */
static bool
is_empty_value(const struct scan *s, struct str v)
{
	static const char *const empty[] = { "?", "(null)", "(none)", "(unset)", "root", "0" };

	return v.len == 0 || v.p[0] == '<' || is_one_of(v, empty, ARRAY_LEN(empty)) ||
	       names_is_ours(s->r, v);
}

static bool
is_decimal(struct str s)
{
	uint64_t ignored = 0;

	return str_take_decimal(&s, &ignored) && s.len == 0;
}

/* ---- key=value ---- */

struct key {
	const char *name;
	enum name_class class;
	bool colon;      /* "key: value" too */
	bool whole_line; /* the value goes on to the end of the line */
};

static const struct key keys[] = {
	{ "user", NAME_USER, false, false },          { "username", NAME_USER, false, false },
	{ "acct", NAME_USER, false, false },          { "login", NAME_USER, false, false },
	{ "logname", NAME_USER, false, false },       { "ruser", NAME_USER, false, false },
	{ "hostname", NAME_HOST, true, false },       { "host", NAME_HOST, false, false },
	{ "rhost", NAME_HOST, false, false },         { "server", NAME_HOST, false, false },
	{ "ssid", NAME_SSID, true, false },           { "essid", NAME_SSID, true, false },
	{ "serial", NAME_SERIAL, false, false },      { "serialno", NAME_SERIAL, true, true },
	{ "serialnumber", NAME_SERIAL, true, true },  { "serial number", NAME_SERIAL, true, true },
	{ "serial_number", NAME_SERIAL, true, true }, { "asset tag", NAME_SERIAL, true, true },
	{ "s/n", NAME_SERIAL, true, true },           { "password", NAME_VALUE, true, false },
	{ "passwd", NAME_VALUE, true, false },        { "passphrase", NAME_VALUE, true, false },
	{ "secret", NAME_VALUE, true, false },        { "token", NAME_VALUE, true, false },
	{ "key", NAME_VALUE, false, false },          { "psk", NAME_VALUE, false, false },
};

/* Parts of a key that say that its value is secret, whatever else is in it. */
static const char *const secret_parts[] = {
	"passw", "passphrase", "secret", "token", "apikey", "api_key", "credential", "psk", "pwd",
};

static const struct key any_secret = { "", NAME_VALUE, false, false };

static bool
has_part(struct str s, const char *part)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= s.len; i++) {
		if (strncasecmp(s.p + i, part, len) == 0)
			return true;
	}
	return false;
}

static bool
is_secret_key(struct str key)
{
	for (size_t i = 0; i < ARRAY_LEN(secret_parts); i++) {
		if (has_part(key, secret_parts[i]))
			return true;
	}
	return false;
}

/* "serial WD1234": behind a blank only what has the form of such a number, since "serial" is a
 * word of its own as well. */
static bool
is_serial_number(struct str v)
{
	bool digit = false;
	bool letter = false;
	bool lower = false;
	bool hex = true;
	size_t n = 0;

	for (; n < v.len && strchr(" \t,;)]}>\"'", v.p[n]) == NULL; n++) {
		unsigned char c = (unsigned char)v.p[n];

		if (!isalnum(c) && c != '-' && c != '_')
			return false;
		digit = digit || isdigit(c);
		letter = letter || isalpha(c);
		lower = lower || islower(c);
		hex = hex && isxdigit(c);
	}
	return n >= 5 && digit && letter && (hex || !lower);
}

static bool
is_separated(const struct key *key, struct str behind)
{
	if (behind.len == 0)
		return false;
	if (behind.p[0] == '=' || (key->colon && behind.p[0] == ':'))
		return true;
	return key->class == NAME_SERIAL && behind.p[0] == ' ' &&
	       is_serial_number(str_from(behind, 1));
}

/* The key that stands here, and what separates it from its value. */
static const struct key *
find_key(struct str s, size_t *len)
{
	size_t word = 0;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		size_t n = strlen(keys[i].name);

		if (n < s.len && strncasecmp(s.p, keys[i].name, n) == 0 &&
		    is_separated(&keys[i], str_from(s, n))) {
			*len = n + 1;
			return &keys[i];
		}
	}
	while (word < s.len && (match_is_word(s.p[word]) || s.p[word] == '-' || s.p[word] == '.'))
		word++;
	if (word == 0 || word == s.len || s.p[word] != '=' || !is_secret_key(str_first(s, word)))
		return NULL;
	*len = word + 1;
	return &any_secret;
}

static size_t
value_len(const struct key *key, struct str v)
{
	size_t n = 0;

	if (v.len != 0 && (v.p[0] == '"' || v.p[0] == '\'')) {
		size_t end = str_find_char(str_from(v, 1), v.p[0]);

		return end == STR_NONE ? v.len : end + 2;
	}
	while (n < v.len && (key->whole_line || strchr(" \t,;)]}>\"'", v.p[n]) == NULL))
		n++;
	return n;
}

static bool
is_network_address(struct str v)
{
	return match_ipv4(v) != 0 || match_ipv6(v) != 0 || match_mac(v) != 0;
}

static bool
is_telling(const struct scan *s, const struct key *key, struct str v)
{
	if (is_empty_value(s, v))
		return false;
	if (key->class == NAME_HOST)
		return !is_network_address(v) && !is_public_host(v) && !is_decimal(v);
	if (key->class == NAME_USER)
		return !is_decimal(v);
	/* The number of a string descriptor: SerialNumber=3. */
	return key->class != NAME_SERIAL || v.len > 3 || !is_decimal(v);
}

static size_t
take_key(struct scan *s)
{
	size_t len = 0;
	const struct key *key = find_key(s->rest, &len);

	if (key == NULL)
		return 0;
	while (len < s->rest.len && s->rest.p[len] == ' ')
		len++;

	struct str v = str_from(s->rest, len);
	size_t n = value_len(key, v);
	bool quoted = n >= 2 && (v.p[0] == '"' || v.p[0] == '\'');
	struct str inner = quoted ? str_first(str_from(v, 1), n - 2) : str_first(v, n);

	if (!is_telling(s, key, inner))
		return 0;
	if (key->class == NAME_USER || key->class == NAME_HOST)
		names_learn(s->r, key->class, inner);
	text_put(s->out, str_first(s->rest, len + quoted));
	put_shown(s, key->class,
		  key->class == NAME_HOST ? host_shown(s->r, inner)
					  : names_shown(s->r, key->class, inner));
	if (quoted)
		text_char(s->out, v.p[0]);
	return len + n;
}

/* ---- paths and what looks like them ---- */

/* Names of files that say only what they are. */
static bool
is_plain_file_name(struct str name)
{
	static const char *const words[] = {
		"vmcore",  "vmlinux",    "dmesg",    "txt",    "log",   "flat",  "elf",
		"zlib",    "lzo",        "zstd",     "snappy", "raw",   "kdump", "dump",
		"console", "serial",     "gz",       "xz",     "core",  "debug", "ko",
		"kernel",  "incomplete", "messages", "syslog", "boot",  "crash", "pstore",
		"efi",     "ramoops",    "vmss",     "stdin",  "built", "in",
	};
	size_t i = 0;
	bool any = false;

	while (i < name.len) {
		size_t word = 0;

		while (i < name.len && !isalpha((unsigned char)name.p[i]))
			i++;
		while (i + word < name.len && isalpha((unsigned char)name.p[i + word]))
			word++;
		if (word != 0 &&
		    !is_one_of(str_first(str_from(name, i), word), words, ARRAY_LEN(words)))
			return false;
		any = any || word != 0;
		i += word;
	}
	return any && name.len < 64;
}

static struct str
file_name(struct str path)
{
	for (size_t i = path.len; i-- > 0;) {
		if (path.p[i] == '/' || path.p[i] == '\\')
			return str_from(path, i + 1);
	}
	return path;
}

static void
learn_home(struct redaction *r, struct str path)
{
	static const char *const homes[] = { "/home/", "/Users/", "/var/home/", "/export/home/" };

	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		struct str rest = path;

		if (!str_take(&rest, str_of(homes[i])))
			continue;

		size_t end = str_find_char(rest, '/');

		names_learn(r, NAME_USER, end == STR_NONE ? rest : str_first(rest, end));
	}
}

struct str
redact_path(struct redaction *r, struct str s)
{
	struct match_path m = { 0 };
	struct str kept = file_name(s);
	bool absolute = match_path(s, &m) && m.len == s.len;

	if ((absolute && m.keep) || str_is(s, STR("-")) || str_is(s, STR("/")) ||
	    names_is_ours(r, s))
		return s;
	if (absolute)
		learn_home(r, s);
	if (absolute && m.tail.len != 0)
		kept = m.tail;
	else if (!is_plain_file_name(kept))
		kept.len = 0;
	if (kept.len == s.len)
		return s;

	struct str folder = str_first(s, s.len - kept.len);

	while (folder.len > 1 && folder.p[folder.len - 1] == '/')
		folder.len--;
	if (names_is_ours(r, folder))
		return s;
	if (str_find_char(folder, '/') != STR_NONE && folder.len > 3)
		names_learn(r, NAME_PATH, folder);
	names_count(r, NAME_PATH);
	return str_of(arena_printf(r->arena, "%.*s%s%.*s",
				   STR_ARG(names_shown(r, NAME_PATH, folder)),
				   kept.len == 0 ? "" : "/", STR_ARG(kept)));
}

/* "https://docs.kernel.org/x": the part from the slashes on stays. */
static bool
is_public_url(const struct scan *s)
{
	struct str before = before_here(s);
	struct str host = str_from(s->rest, 2);
	size_t end = 0;

	if (!str_ends(before, STR("http:")) && !str_ends(before, STR("https:")))
		return false;
	while (end < host.len &&
	       (isalnum((unsigned char)host.p[end]) || host.p[end] == '.' || host.p[end] == '-'))
		end++;
	return is_public_host(str_first(host, end));
}

static size_t
take_path(struct scan *s)
{
	struct match_path m = { 0 };

	/* </TASK> closes what <TASK> opened. */
	if (str_ends(before_here(s), STR("<")) || !match_path(s->rest, &m))
		return 0;

	struct str path = str_first(s->rest, m.len);

	/* ./include/linux/list.h */
	if (str_ends(before_here(s), STR(".")) && m.tail.len + 1 == m.len)
		m.keep = true;
	text_put(s->out, m.keep || is_public_url(s) ? path : redact_path(s->r, path));
	return m.len;
}

/* fs1:/export of NFS, and "server fs1 not responding". */
static size_t
take_server(struct scan *s)
{
	static const char *const after[] = { " not responding", " OK", " still trying" };
	struct str name = s->rest;
	bool named = str_take(&name, STR("server "));
	size_t len = 0;

	while (len < name.len && (match_is_word(name.p[len]) || strchr(".-", name.p[len]) != NULL))
		len++;

	struct str rest = str_from(name, len);
	struct str host = str_first(name, len);
	bool export =
		!named && str_starts(rest, STR(":/")) && rest.len > 2 && match_is_word(rest.p[2]);

	for (size_t i = 0; named && !export && i < ARRAY_LEN(after); i++)
		export = str_starts(rest, str_of(after[i]));
	if (!export || len == 0 || is_network_address(host) || is_empty_value(s, host) ||
	    str_is(host, STR("file")))
		return 0;
	if (named)
		text_put(s->out, STR("server "));
	names_learn(s->r, NAME_HOST, host);
	put_shown(s, NAME_HOST, host_shown(s->r, host));
	return s->rest.len - rest.len;
}

/* ---- what has a form ---- */

/* "version 7.10.54.0" is no address of a network. */
static bool
follows_version(const struct scan *s)
{
	static const char *const words[] = { "version",  "ver",      "v",        "rev",
					     "revision", "firmware", "fw",       "bios",
					     "driver",   "release",  "microcode" };
	struct str before = before_here(s);
	size_t end = 0;

	while (before.len != 0 && strchr(" :=.v", before.p[before.len - 1]) != NULL)
		before.len--;
	end = before.len;
	while (end != 0 && isalpha((unsigned char)before.p[end - 1]))
		end--;
	return is_one_of(str_from(before, end), words, ARRAY_LEN(words));
}

static size_t
take_ipv4(struct scan *s)
{
	size_t n = match_ipv4(s->rest);

	if (n != 0 && !follows_version(s))
		put_shown(s, NAME_IP, names_shown(s->r, NAME_IP, str_first(s->rest, n)));
	else
		text_put(s->out, str_first(s->rest, n));
	return n;
}

static size_t
take_fqdn(struct scan *s)
{
	size_t n = match_fqdn(s->rest);
	struct str host = str_first(s->rest, n);

	if (n == 0 || (str_ends(before_here(s), STR("/")) && !str_ends(before_here(s), STR("//"))))
		return 0;
	if (is_public_host(host))
		text_put(s->out, host);
	else
		put_shown(s, NAME_HOST, host_shown(s->r, host));
	return n;
}

static size_t
take_name(struct scan *s)
{
	const struct name *n = NULL;
	size_t len = names_match(s->r, s->rest, &n);

	if (len != 0)
		put_shown(s, n->class, n->shown);
	return len;
}

static size_t
take_form(struct scan *s, enum name_class class, size_t len)
{
	if (len != 0)
		put_shown(s, class, names_shown(s->r, class, str_first(s->rest, len)));
	return len;
}

static size_t
take_address(struct scan *s)
{
	struct str shown = { NULL, 0 };
	size_t len = 0;

	len = redact_match_address(s->r, s->rest, &shown);
	if (len != 0)
		put_shown(s, NAME_ADDRESS, shown);
	return len;
}

static size_t
take_uuid(struct scan *s)
{
	return take_form(s, NAME_UUID, match_uuid(s->rest));
}

static size_t
take_mac(struct scan *s)
{
	return take_form(s, NAME_MAC, match_mac(s->rest));
}

static size_t
take_ipv6(struct scan *s)
{
	return take_form(s, NAME_IP, match_ipv6(s->rest));
}

static size_t
take_email(struct scan *s)
{
	return take_form(s, NAME_EMAIL, match_email(s->rest));
}

/* ---- what may be tried where ---- */

static bool
next_is(const struct scan *s, const char *any)
{
	return s->next != '\0' && strchr(any, s->next) != NULL;
}

static bool
may_be_key(const struct scan *s)
{
	/* "Serial Number:", "S/N:", "Asset Tag:" and all that is one word. */
	return s->word != 0 &&
	       (next_is(s, "=:-.") || (next_is(s, " /") && strchr("sSaA", s->rest.p[0]) != NULL));
}

static bool
may_be_dotted(const struct scan *s)
{
	return s->word != 0 && next_is(s, ".-");
}

static bool
may_be_email(const struct scan *s)
{
	return s->word != 0 && next_is(s, "@.-+%");
}

static bool
may_be_server(const struct scan *s)
{
	return s->word != 0 && (next_is(s, ":.-") || str_starts(s->rest, STR("server ")));
}

static bool
may_be_path(const struct scan *s)
{
	return s->rest.p[0] == '/' || s->rest.p[0] == '\\';
}

static bool
may_be_uuid(const struct scan *s)
{
	return s->word >= 32 || (s->word == 8 && s->next == '-') || next_is(s, ".-");
}

static bool
may_be_mac(const struct scan *s)
{
	return s->word == 2 && next_is(s, ":-");
}

static bool
may_be_ipv6(const struct scan *s)
{
	return s->rest.p[0] == ':' || (s->word != 0 && s->word <= 4 && s->next == ':');
}

static bool
may_be_ipv4(const struct scan *s)
{
	return s->word != 0 && s->word <= 3 && s->next == '.';
}

static bool
may_be_name(const struct scan *s)
{
	return s->r->first[(unsigned char)s->rest.p[0]];
}

static bool
may_be_address(const struct scan *s)
{
	return s->word >= 8 && s->r->profile == REDACT_PUBLIC;
}

/* In this order: what is longest or surest first. take writes what stands for what it found
 * and gives its length; may is the cheap question before it. */
static const struct {
	bool (*may)(const struct scan *s);
	size_t (*take)(struct scan *s);
} takers[] = {
	{ may_be_key, take_key },         { may_be_email, take_email },
	{ may_be_dotted, take_fqdn },     { may_be_server, take_server },
	{ may_be_name, take_name },       { may_be_path, take_path },
	{ may_be_uuid, take_uuid },       { may_be_mac, take_mac },
	{ may_be_ipv6, take_ipv6 },       { may_be_ipv4, take_ipv4 },
	{ may_be_address, take_address },
};

static size_t
take_here(struct scan *s)
{
	for (size_t i = 0; i < ARRAY_LEN(takers); i++) {
		size_t n = takers[i].may(s) ? takers[i].take(s) : 0;

		if (n != 0)
			return n;
	}
	return 0;
}

static size_t
word_len(struct str s)
{
	size_t n = 0;

	while (n < s.len && match_is_word(s.p[n]))
		n++;
	return n;
}

/* At a place that is not inside a word. */
static void
scan_here(struct scan *s)
{
	size_t n = 0;

	s->word = word_len(s->rest);
	s->next = '\0';
	if (s->word < s->rest.len)
		s->next = s->rest.p[s->word];
	if (s->rest.p[0] != ' ')
		n = take_here(s);
	if (n == 0) {
		n = s->word == 0 ? 1 : s->word;
		text_put(s->out, str_first(s->rest, n));
	}
	s->rest = str_from(s->rest, n);
}

static void
scan_text(struct redaction *r, struct str text, struct text *out)
{
	struct scan s = { .r = r, .all = text, .rest = text, .out = out };

	while (s.rest.len != 0) {
		struct str before = before_here(&s);
		bool after_word = before.len != 0 && match_is_word(before.p[before.len - 1]);

		if (after_word && (match_is_word(s.rest.p[0]) || may_be_path(&s))) {
			text_char(out, s.rest.p[0]);
			s.rest = str_from(s.rest, 1);
		} else {
			scan_here(&s);
		}
	}
}

struct str
redact_text(struct redaction *r, struct str s)
{
	struct text out = text_new(r->arena);

	scan_text(r, s, &out);
	return text_str(&out);
}

struct str
redact_words(struct redaction *r, struct str s)
{
	struct text out = text_new(r->arena);
	struct scan scan = { .r = r, .all = s, .rest = s, .out = &out };

	while (scan.rest.len != 0) {
		size_t n = take_name(&scan);

		if (n == 0) {
			n = word_len(scan.rest) == 0 ? 1 : word_len(scan.rest);
			text_put(&out, str_first(scan.rest, n));
		}
		scan.rest = str_from(scan.rest, n);
	}
	return text_str(&out);
}

struct str
redact_class(struct redaction *r, struct str s)
{
	if (str_starts(s, STR("text, ")))
		return s;
	names_count(r, NAME_TEXT);
	return str_of(arena_printf(r->arena, "text, %zu bytes", s.len));
}

struct str
redact_quoted(struct redaction *r, struct str s)
{
	size_t start = str_find_char(s, '"');
	size_t end = s.len;

	if (start == STR_NONE)
		start = str_find_char(s, '\'');
	if (start == STR_NONE)
		return redact_text(r, s);
	while (end > start + 1 && s.p[end - 1] != s.p[start])
		end--;
	return redact_class(
		r, str_first(str_from(s, start + 1), end > start + 1 ? end - start - 2 : 0));
}
