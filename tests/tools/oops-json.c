/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oops-json FILE...: what the log parser alone makes of text logs, one JSON object a line:
 * for trying it out and for tests/corpus when the rest of the program is not wanted.
 */
#include "oops/oops.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include <json-c/json.h>

static const char *const access_names[] = {
	[EVENT_ACCESS_READ] = "read",
	[EVENT_ACCESS_WRITE] = "write",
	[EVENT_ACCESS_EXEC] = "exec",
	[EVENT_ACCESS_FREE] = "free",
};

static void
put(struct json_object *o, const char *key, struct str v)
{
	if (v.len != 0)
		json_object_object_add(o, key, json_object_new_string_len(v.p, (int)v.len));
}

static void
put_hex(struct json_object *o, const char *key, bool has, uint64_t v)
{
	char text[32];

	if (!has)
		return;
	(void)snprintf(text, sizeof(text), "0x%" PRIx64, v);
	json_object_object_add(o, key, json_object_new_string(text));
}

static struct json_object *
frames(const struct event *e)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < e->frame_count; i++) {
		const struct frame *f = &e->frame[i];

		json_object_array_add(
			list, json_object_new_string_len(f->function.p, (int)f->function.len));
	}
	return list;
}

static struct json_object *
event(const struct event *e)
{
	struct json_object *o = json_object_new_object();

	put(o, "kind", str_of(kind_name(e->kind)));
	put(o, "head", e->head);
	put(o, "function", e->function);
	put(o, "module", e->module);
	put(o, "access", str_of(access_names[e->access]));
	put(o, "detail", e->detail);
	put(o, "comm", e->comm);
	put(o, "taint", e->taint);
	put(o, "panic", e->panic);
	json_object_object_add(o, "line", json_object_new_int64((int64_t)e->line));
	if (e->has_pid)
		json_object_object_add(o, "pid", json_object_new_int64(e->pid));
	if (e->panicker.has_pid)
		json_object_object_add(o, "panicker", json_object_new_int64(e->panicker.pid));
	if (e->has_cpu)
		json_object_object_add(o, "cpu", json_object_new_int64(e->cpu));
	if (e->has_seconds)
		json_object_object_add(o, "seconds", json_object_new_int64((int64_t)e->seconds));
	put_hex(o, "address", e->has_address, e->address);
	put_hex(o, "error_code", e->has_error_code, e->error_code);
	if (e->repeated != 0)
		json_object_object_add(o, "repeated", json_object_new_int64(e->repeated));
	json_object_object_add(o, "corrupted", json_object_new_boolean(e->corrupted));
	json_object_object_add(o, "fatal", json_object_new_boolean(e->fatal));
	json_object_object_add(o, "frames", frames(e));
	return o;
}

static struct json_object *
verdict(const struct oops_report *r)
{
	struct json_object *o = json_object_new_object();
	const struct event *e = NULL;

	if (r->chosen == r->event_count) {
		put(o, "kind", STR("none"));
		return o;
	}
	e = &r->event[r->chosen];
	put(o, "kind", str_of(kind_name(e->kind)));
	put(o, "function", e->function);
	put(o, "access", str_of(access_names[e->access]));
	json_object_object_add(o, "corrupted", json_object_new_boolean(e->corrupted));
	return o;
}

static void
print_report(const char *path, const struct oops_report *r)
{
	struct json_object *o = json_object_new_object();
	struct json_object *events = json_object_new_array();
	struct json_object *system = json_object_new_object();

	for (size_t i = 0; i < r->event_count; i++)
		json_object_array_add(events, event(&r->event[i]));
	put(o, "path", str_of(path));
	json_object_object_add(o, "chosen", json_object_new_int64((int64_t)r->chosen));
	json_object_object_add(o, "verdict", verdict(r));
	json_object_object_add(o, "events", events);
	json_object_object_add(o, "system", system);
	put(system, "arch", str_of(r->arch));
	put(system, "release", r->release);
	if (r->has_last_ns)
		json_object_object_add(system, "uptime",
				       json_object_new_int64((int64_t)(r->last_ns / 1000000000)));
	put(o, "trigger", str_of(r->panic_trigger));
	put(o, "policy", str_of(r->panic_policy));
	put(o, "panic", r->panic_string);
	json_object_object_add(o, "dropped", json_object_new_int64((int64_t)r->event_dropped));
	json_object_object_add(o, "modules", json_object_new_int64((int64_t)r->module_count));
	json_object_object_add(o, "taint", json_object_new_int64((int64_t)r->taint));
	json_object_object_add(o, "is_kernel_log", json_object_new_boolean(r->is_kernel_log));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static bool
judge(const char *path)
{
	struct arena *a = arena_new(NULL);
	struct oops_reader *r = oops_reader_new(a);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const struct error *e = fd < 0 ? error_errno(a, 2, "cannot open '%s'", path)
				       : oops_read_text(r, fd, path, a);

	if (e == NULL)
		print_report(path, oops_finish(r));
	else
		fprintf(stderr, "oops-json: %s\n", error_text(a, e));
	arena_free(a);
	return e == NULL;
}

int
main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		if (!judge(argv[i]))
			status = 1;
	}
	return status;
}
