/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/download.h"

#include "base/limits.h"
#include "base/str.h"
#include "host/worker.h"

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

typedef struct debuginfod_client client;

/* Of elfutils/debuginfod.h, which need not be there to build this. */
struct library {
	client *(*begin)(void);
	int (*find)(client *c, const unsigned char *id, int len, char **path);
};

static bool
load(struct library *l)
{
	void *so = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);

	if (so == NULL)
		return false;
	*(void **)&l->begin = dlsym(so, "debuginfod_begin");
	*(void **)&l->find = dlsym(so, "debuginfod_find_debuginfo");
	return l->begin != NULL && l->find != NULL;
}

/* "+/path/of/the/file", or "-why". */
static void
work(void *build_id, int fd)
{
	struct library l = { NULL, NULL };
	const char *word = "-libdebuginfod.so.1 is not installed";
	char *path = NULL;
	int found = -1;

	if (load(&l)) {
		client *c = l.begin();

		/* A length of 0 says that it is hex. */
		if (c != NULL)
			found = l.find(c, build_id, 0, &path);
		word = "-no server has it; DEBUGINFOD_URLS says which are asked";
	}
	if (found >= 0 && path != NULL) {
		(void)!write(fd, "+", 1);
		word = path;
	}
	(void)!write(fd, word, strlen(word));
}

const struct error *
download_debuginfo(const char *build_id, struct arena *a, const char **path)
{
	const struct budget *b = arena_budget(a);
	struct worker_limits limits = {
		.deadline_ns = budget_now_ns() + LIMIT_DOWNLOAD_SECONDS * 1000000000ULL,
		.answer_bytes = 1 << 16,
		.downloads = true,
	};
	struct bytes answer = { NULL, 0 };
	char *id = arena_printf(a, "%s", build_id);

	if (b != NULL && b->deadline_ns != 0 && b->deadline_ns < limits.deadline_ns)
		limits.deadline_ns = b->deadline_ns;

	const struct error *e = worker_run(work, id, &limits, a, &answer);
	struct str said = { (const char *)answer.p, answer.len };

	if (e != NULL)
		return error_wrap(a, e, "debuginfod");
	if (!str_take(&said, STR("+")))
		return error_new(a, ERROR_ABSENT, "debuginfod: %.*s", STR_ARG(str_from(said, 1)));
	*path = str_c(a, said);
	return NULL;
}
