/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/unpack.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

enum {
	CHUNK = 1 << 17,
};

/* One file being expanded. */
struct work {
	int from, to;
	ZSTD_DStream *stream;
	uint8_t *in, *out;
	uint64_t written, max;
};

static bool
is_zstd(int fd)
{
	static const uint8_t magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };
	uint8_t head[sizeof(magic)];

	return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	       memcmp(head, magic, sizeof(magic)) == 0;
}

static bool
write_all(struct work *w, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(w->to, w->out + done, len - done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	w->written += len;
	return w->written <= w->max;
}

/* Writes what the bytes that were read expand to. *left is what the stream still waits for. */
static bool
expand_chunk(struct work *w, size_t len, size_t *left)
{
	ZSTD_inBuffer in = { w->in, len, 0 };

	while (in.pos < in.size) {
		ZSTD_outBuffer out = { w->out, CHUNK, 0 };

		*left = ZSTD_decompressStream(w->stream, &out, &in);
		if (ZSTD_isError(*left) || !write_all(w, out.pos))
			return false;
	}
	return true;
}

static const struct error *
expand(struct work *w, struct arena *a)
{
	size_t left = 1;
	ssize_t n = 0;

	while ((n = read(w->from, w->in, CHUNK)) > 0) {
		if (!expand_chunk(w, (size_t)n, &left))
			return w->written > w->max
				       ? error_new(a, ERROR_LIMIT, "it expands to more than %d MiB",
						   (int)(w->max >> 20))
				       : error_new(a, ERROR_CORRUPT, "it does not expand");
	}
	if (n < 0 || left != 0)
		return error_new(a, ERROR_CORRUPT, "it is cut short");
	return NULL;
}

static uint64_t
max_bytes(struct arena *a)
{
	const struct budget *b = arena_budget(a);
	uint64_t max = LIMIT_UNPACKED_BYTES;

	return b != NULL && b->memory_bytes != 0 && b->memory_bytes < max ? b->memory_bytes : max;
}

/* Into memory that has a descriptor. */
static const struct error *
unpack(int from, struct arena *a, int *fd)
{
	struct work w = { .from = from,
			  .to = memfd_create("debuginfo", MFD_CLOEXEC),
			  .stream = ZSTD_createDStream(),
			  .max = max_bytes(a),
			  .in = arena_alloc(a, CHUNK, 1),
			  .out = arena_alloc(a, CHUNK, 1) };
	const struct error *e = NULL;

	if (w.to < 0 || w.stream == NULL)
		e = error_new(a, ERROR_LIMIT, "there is no memory to expand it");
	else
		e = expand(&w, a);
	ZSTD_freeDStream(w.stream);
	if (e == NULL)
		*fd = w.to;
	else if (w.to >= 0)
		close(w.to);
	return e;
}

static void
close_fd(void *fd)
{
	close((int)(intptr_t)fd);
}

const struct error *
unpack_zstd(const char *path, struct arena *a, int *fd, bool *is_packed)
{
	int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const struct error *e = NULL;

	*is_packed = false;
	if (from < 0)
		return error_errno(a, errno, "it cannot be opened");
	if (is_zstd(from)) {
		*is_packed = true;
		e = unpack(from, a, fd);
	}
	close(from);
	if (e == NULL && *is_packed)
		arena_defer(a, close_fd,
			    (void *)(intptr_t)*fd); // NOLINT(performance-no-int-to-ptr)
	return e;
}
