/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/compiler.h"
#include "oops/family.h"

#define KASAN(text, kind)                                                                 \
	{                                                                                 \
		"BUG: KASAN: " text " in {function}", kind, BLAME_HEAD, .is = CLASS_CHECK \
	}

static const struct oops_head heads[] = {
	KASAN("use-after-free", KIND_KASAN_UAF),
	KASAN("slab-use-after-free", KIND_KASAN_UAF),
	KASAN("slab-out-of-bounds", KIND_KASAN_OOB),
	KASAN("stack-out-of-bounds", KIND_KASAN_OOB),
	KASAN("global-out-of-bounds", KIND_KASAN_OOB),
	KASAN("alloca-out-of-bounds", KIND_KASAN_OOB),
	KASAN("vmalloc-out-of-bounds", KIND_KASAN_OOB),
	KASAN("out-of-bounds", KIND_KASAN_OOB),
	KASAN("out-of-bounds access", KIND_KASAN_OOB),
	KASAN("out of bounds on stack", KIND_KASAN_OOB),
	KASAN("null-ptr-deref", KIND_KASAN_NULL),
	KASAN("wild-memory-access", KIND_KASAN_WILD),
	KASAN("user-memory-access", KIND_KASAN_WILD),
	KASAN("invalid-access", KIND_KASAN_WILD),
	KASAN("double-free", KIND_KASAN_INVALID_FREE),
	KASAN("invalid-free", KIND_KASAN_INVALID_FREE),
	KASAN("double-free or invalid-free", KIND_KASAN_INVALID_FREE),
	KASAN("{detail}", KIND_KASAN_OTHER),
	/* of an address without a shadow, up to 4.10 */
	{ "BUG: KASAN: null-ptr-deref on address {address}", KIND_KASAN_NULL, BLAME_TRACE,
	  .is = CLASS_CHECK },
	{ "BUG: KASAN: user-memory-access on address {address}", KIND_KASAN_WILD, BLAME_TRACE,
	  .is = CLASS_CHECK },
	{ "BUG: KASAN: wild-memory-access on address {address}", KIND_KASAN_WILD, BLAME_TRACE,
	  .is = CLASS_CHECK },
	{ "BUG: KASAN: invalid-access", KIND_KASAN_WILD, BLAME_TRACE, .is = CLASS_CHECK },
	{ "BUG: KASAN: {detail}", KIND_KASAN_OTHER, BLAME_TRACE, .is = CLASS_CHECK },
	/* the first ones */
	{ "KASan: use after free in {function}", KIND_KASAN_UAF, BLAME_HEAD, .is = CLASS_CHECK },
	{ "KASan: out of bounds access in {function}", KIND_KASAN_OOB, BLAME_HEAD,
	  .is = CLASS_CHECK },
	{ "KASan: out of bounds on stack in {function}", KIND_KASAN_OOB, BLAME_HEAD,
	  .is = CLASS_CHECK },
	{ .pattern = NULL },
};

static void
kasan_understand(struct event *e, struct report *r)
{
	static const struct {
		const char *pattern;
		enum event_access access;
	} lines[] = {
		{ "Read of size {count} at addr {address} by task {comm}/{pid}$",
		  EVENT_ACCESS_READ },
		{ "Write of size {count} at addr {address} by task {comm}/{pid}$",
		  EVENT_ACCESS_WRITE },
		{ "Read of size {count} by task {comm}/{pid}$", EVENT_ACCESS_READ },
		{ "Write of size {count} by task {comm}/{pid}$", EVENT_ACCESS_WRITE },
		{ "Read of size {count}", EVENT_ACCESS_READ },
		{ "Write of size {count}", EVENT_ACCESS_WRITE },
		{ "Read at addr {address} by task {comm}/{pid}$", EVENT_ACCESS_READ },
		{ "Write at addr {address} by task {comm}/{pid}$", EVENT_ACCESS_WRITE },
		{ "Free of addr {address} by task {comm}/{pid}$", EVENT_ACCESS_FREE },
	};
	struct captures c;
	size_t i = 0;

	while (i < ARRAY_LEN(lines) &&
	       report_find(r, r->head[0].line, lines[i].pattern, &c) == STR_NONE)
		i++;
	if (e->kind == KIND_KASAN_INVALID_FREE)
		e->access = EVENT_ACCESS_FREE;
	else if (i < ARRAY_LEN(lines))
		e->access = lines[i].access;
	if (i == ARRAY_LEN(lines))
		return;
	if (e->comm.len == 0)
		e->comm = c.field[FIELD_COMM];
	if (!e->has_address)
		e->has_address = str_take_hex(&c.field[FIELD_ADDRESS], &e->address);
}

const struct oops_family family_kasan = { "kasan", heads, kasan_understand };
