/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "triage.h"

#include "base/budget.h"
#include "base/limits.h"
#include "host/output.h"
#include "host/supervisor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	LOSSES_MAX = 4,         /* workers that may die before it is enough */
	WHOLE_LOSSES_MAX = 3,   /* ... of which so many may attempt the whole analysis */
	OOM_SCORE_ADJ = 500,    /* rather the analysis than a service */
	OOM_SCORE_KDUMP = 1000, /* rather the analysis than what saves the dump */
};

static const uint64_t second_ns = 1000000000u;

/* Where one report is made, by one worker after the other. */
struct attempt {
	struct pipeline_job job;
	FILE *report;  /* of nobody's but us */
	FILE *summary; /* the same for GitHub's summary of a step, or NULL */
	struct outfile *mini;
	uint64_t began_ns;
	struct pipeline_loss loss[LOSSES_MAX];
};

static int
run_pipeline(void *job, struct supervisor_note *note)
{
	struct pipeline_job mine = *(const struct pipeline_job *)job;

	mine.step = &note->step;
	return (int)pipeline_run(&mine);
}

/* Deep enough for what a worker needs to write what it has found by its own deadline. */
static uint64_t
grace_of(uint64_t time_ns)
{
	return second_ns / 2 + time_ns / 8;
}

/* What is left of the time; an outline is due even then, and soon. */
static uint64_t
time_left(const struct options *o, const struct attempt *t)
{
	uint64_t gone = budget_now_ns() - t->began_ns;
	uint64_t least = o->timeout_ns / 4 > second_ns ? o->timeout_ns / 4 : second_ns;

	if (o->timeout_ns == 0)
		return 0;
	if (t->job.depth == PIPELINE_WHOLE && gone < o->timeout_ns)
		return o->timeout_ns - gone;
	return t->job.depth == PIPELINE_SKELETON ? 5 * second_ns : least;
}

/* The report of a worker that failed is of no use. */
static bool
start_afresh(struct attempt *t)
{
	FILE *const files[] = { t->job.out, t->job.summary, t->job.mini };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (files[i] != NULL &&
		    (fseek(files[i], 0, SEEK_SET) != 0 || ftruncate(fileno(files[i]), 0) != 0))
			return false;
	}
	return true;
}

static struct supervisor_limits
limits_of(const struct triage *t, const struct pipeline_job *job)
{
	const struct options *o = t->o;
	bool bare = job->depth == PIPELINE_SKELETON;

	return (struct supervisor_limits){
		.time_ns = job->time_ns == 0 ? 0 : job->time_ns + grace_of(job->time_ns),
		.memory_bytes = bare ? 0 : o->max_memory_bytes,
		.oom_score_adj = o->kdump_profile ? OOM_SCORE_KDUMP : OOM_SCORE_ADJ,
		.sandbox = !o->no_sandbox,
		.network = o->debuginfod,
	};
}

/* What input may ask for leaves room for what the program needs anyway. */
static uint64_t
share_of(uint64_t memory_bytes)
{
	uint64_t share = memory_bytes / 4 * 3;

	return memory_bytes != 0 && share < LIMIT_LEAST_MEMORY_BYTES ? LIMIT_LEAST_MEMORY_BYTES
								     : share;
}

/* One worker at it. */
static const struct error *
attempt_once(struct triage *t, struct attempt *at, struct supervisor_end *end)
{
	at->job.time_ns = time_left(t->o, at);
	at->job.memory_bytes = share_of(t->o->max_memory_bytes);
	if (!start_afresh(at))
		return error_errno(t->a, errno, "cannot write the report");

	struct supervisor_limits limits = limits_of(t, &at->job);

	return supervisor_run(&limits, run_pipeline, &at->job, t->a, end);
}

/* A stage that the outline came through cannot be what killed the first worker: something from
 * outside did, or a read that hung. Without the log, the report would be poorer than the outline.
 */
static bool
is_pardoned(const struct triage *t, const struct attempt *at, uint32_t stage)
{
	return t->has_outline && at->job.loss_count == 0 && pipeline_is_in_outline(stage);
}

/* Remembers what a worker was lost in, and decides how deep the next one goes. */
static void
learn(const struct triage *t, struct attempt *at, const struct supervisor_end *end)
{
	bool pardoned = is_pardoned(t, at, end->step);

	at->loss[at->job.loss_count++] = (struct pipeline_loss){ end->step, pardoned, end->why };
	at->job.loss = at->loss;
	if (!pardoned)
		at->job.depth = pipeline_next_depth(at->job.depth, end->step);
	if (at->job.depth == PIPELINE_WHOLE &&
	    (end->how == SUPERVISOR_OUT_OF_TIME || at->job.loss_count == WHOLE_LOSSES_MAX))
		at->job.depth = PIPELINE_OUTLINE;
}

static bool
is_status(int status)
{
	return (status >= STATUS_COMPLETE && status <= STATUS_MATCHED) || status == STATUS_USAGE;
}

static enum pipeline_status
complain(const struct triage *t, const struct error *e)
{
	fprintf(stderr, "kdtriage: %s\n", error_text(t->a, e));
	return STATUS_NOTHING;
}

static void
warn(const struct options *o, const char *path, const struct supervisor_end *end)
{
	if (!o->quiet)
		fprintf(stderr, "kdtriage: %s: the analysis %s\n", path,
			end->why == NULL ? "ended strangely" : end->why);
}

/* Until a worker lives to write a report. */
static enum pipeline_status
attempt_all(struct triage *t, struct attempt *at)
{
	for (;;) {
		struct supervisor_end end = { 0 };
		const struct error *e = attempt_once(t, at, &end);

		if (e != NULL)
			return complain(t, e);
		if (end.how == SUPERVISOR_STOPPED) {
			t->stopped_by = end.status;
			return STATUS_NOTHING;
		}
		if (end.how == SUPERVISOR_FINISHED && is_status(end.status))
			return (enum pipeline_status)end.status;
		warn(t->o, at->job.paths[0], &end);
		t->gave_up = at->job.depth == PIPELINE_SKELETON || at->job.loss_count == LOSSES_MAX;
		if (t->gave_up)
			return complain(
				t, error_new(t->a, ERROR_IO, "no worker could write a report"));
		learn(t, at, &end);
	}
}

/* A file without a name: in memory if the kernel can. */
static const struct error *
open_nameless(struct arena *a, FILE **out)
{
	int fd = memfd_create("report", MFD_CLOEXEC);

	*out = fd < 0 ? tmpfile() : fdopen(fd, "w+");
	if (*out != NULL)
		return NULL;
	return error_errno(a, errno, "cannot make a temporary file");
}

static const struct error *
copy_all(FILE *from, FILE *to, struct arena *a)
{
	char buf[16384];
	off_t at = 0;

	for (;;) {
		ssize_t got = pread(fileno(from), buf, sizeof(buf), at);

		if (got < 0)
			return error_errno(a, errno, "cannot read the report");
		if (got == 0)
			break;
		if (fwrite(buf, 1, (size_t)got, to) != (size_t)got)
			return error_errno(a, errno, "cannot write the report");
		at += got;
	}
	return fflush(to) == 0 ? NULL : error_errno(a, errno, "cannot write the report");
}

static bool
wants_summary(const struct options *o)
{
	return o->step_summary != NULL && o->template == NULL && strcmp(o->format, "github") == 0;
}

/* The summary is a file of somebody else's, which grows. */
static const struct error *
copy_summary(struct triage *t, const struct attempt *at)
{
	FILE *out = NULL;
	const struct error *e = NULL;

	if (at->summary == NULL)
		return NULL;
	e = outfile_append(t->o->step_summary, t->a, &out);
	return e != NULL ? e : copy_all(at->summary, out, t->a);
}

static enum pipeline_status
report_to(struct triage *t, struct attempt *at, FILE *out)
{
	const struct error *e = open_nameless(t->a, &at->report);

	if (e == NULL && wants_summary(t->o))
		e = open_nameless(t->a, &at->summary);
	if (e != NULL)
		return complain(t, e);
	at->job.out = at->report;
	at->job.summary = at->summary;
	at->began_ns = budget_now_ns();

	enum pipeline_status status = attempt_all(t, at);

	/* Of several inputs the document says which have no report. */
	e = copy_all(at->report, out, t->a);
	if (e == NULL && status != STATUS_NOTHING)
		e = copy_summary(t, at);
	fclose(at->report);
	if (at->summary != NULL)
		fclose(at->summary);
	return e == NULL ? status : complain(t, e);
}

static struct attempt
attempt_at(const struct triage *t, const struct input *in)
{
	return (struct attempt){ .job = {
					 .o = t->o,
					 .rules = t->rules,
					 .rules_ns = t->rules_ns,
					 .paths = in->paths,
					 .path_count = in->path_count,
				 } };
}

enum pipeline_status
triage_input(struct triage *t, const struct input *in, const struct triage_output *out)
{
	struct attempt at = attempt_at(t, in);
	const struct error *e = NULL;

	at.job.index = out->index;
	at.job.count = out->count;
	at.job.written = out->written;
	if (t->o->mini_vmcore != NULL && t->o->mode == MODE_REPORT)
		e = outfile_open(t->o->mini_vmcore, t->a, &at.mini);
	if (e != NULL)
		return complain(t, e);
	if (at.mini != NULL)
		at.job.mini = outfile_stream(at.mini);

	enum pipeline_status status = report_to(t, &at, out->stream);

	/* Only the whole pipeline writes a mini dump. */
	if (at.mini != NULL && status != STATUS_NOTHING && at.job.depth == PIPELINE_WHOLE)
		e = outfile_commit(at.mini, t->a);
	else if (at.mini != NULL)
		outfile_abandon(at.mini);
	return e == NULL ? status : complain(t, e);
}

enum pipeline_status
triage_outline(struct triage *t, const struct input *in)
{
	struct attempt at = attempt_at(t, in);
	struct outfile *file = NULL;
	const struct error *e = outfile_open(t->o->output, t->a, &file);

	if (e != NULL)
		return complain(t, e);
	at.job.depth = PIPELINE_OUTLINE;
	at.job.is_first = true;

	enum pipeline_status status = report_to(t, &at, outfile_stream(file));

	if (status == STATUS_NOTHING) {
		outfile_abandon(file);
		return status;
	}
	e = outfile_commit(file, t->a);
	t->has_outline = e == NULL && at.job.loss_count == 0;
	return e == NULL ? status : complain(t, e);
}

struct sorting {
	const char *const *paths;
	size_t count;
	uint8_t *classes; /* shared with the worker */
};

static int
classify_all(void *self, struct supervisor_note *note)
{
	struct sorting *s = self;

	for (size_t i = 0; i < s->count; i++) {
		note->step = (uint32_t)i;
		s->classes[i] = (uint8_t)inputs_classify(s->paths[i]);
	}
	return 0;
}

const struct error *
triage_classify(struct triage *t, const char *const *paths, size_t count, enum input_class *out)
{
	void *shared =
		mmap(NULL, count + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sorting s = { paths, count, shared };
	struct supervisor_limits limits = {
		.time_ns = t->o->timeout_ns,
		.sandbox = !t->o->no_sandbox,
	};
	struct supervisor_end end = { 0 };

	if (shared == MAP_FAILED)
		return error_errno(t->a, errno, "cannot share memory with a worker");

	const struct error *e = supervisor_run(&limits, classify_all, &s, t->a, &end);

	for (size_t i = 0; i < count; i++)
		out[i] = s.classes[i] <= INPUT_SYMBOLS ? (enum input_class)s.classes[i]
						       : INPUT_ALONE;
	munmap(shared, count + 1);
	if (end.how == SUPERVISOR_STOPPED)
		t->stopped_by = end.status;
	return e;
}

const struct error *
triage_sort(struct triage *t, struct inputs *out)
{
	size_t count = t->o->input_count;
	enum input_class *classes = ARENA_ARRAY(t->a, enum input_class, count);
	const struct error *e = triage_classify(t, t->o->input, count, classes);

	return e != NULL ? e : inputs_sort(t->o->input, classes, count, t->a, out);
}
