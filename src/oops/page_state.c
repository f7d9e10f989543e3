/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages, page tables and their counters in states they cannot be in. */
#include "oops/family.h"

#define PAGE(text, kind)                                                        \
	{                                                                       \
		text, kind, BLAME_ANY_TRACE, .is = CLASS_CHECK, .skip = "pages" \
	}

static const struct oops_head heads[] = {
	PAGE("BUG: Bad page state in process {comm}  pfn:{code}", KIND_BAD_PAGE),
	PAGE("BUG: Bad page cache in process {comm}  pfn:{code}", KIND_BAD_PAGE),
	PAGE("BUG: Bad page map in process {comm}  {detail}", KIND_BAD_PAGE),
	PAGE("BUG: Bad page state{detail}", KIND_BAD_PAGE),
	PAGE("Eeek! page_mapcount(page) went negative!{detail}", KIND_BAD_PAGE),
	PAGE("BUG: Bad rss-counter state {detail}", KIND_MM_COUNTER),
	PAGE("BUG: non-zero nr_ptes on freeing mm: {detail}", KIND_MM_COUNTER),
	PAGE("BUG: non-zero nr_pmds on freeing mm: {detail}", KIND_MM_COUNTER),
	PAGE("BUG: non-zero pgtables_bytes on freeing mm: {detail}", KIND_MM_COUNTER),
	PAGE("swap_free: Bad swap {detail}", KIND_BAD_PAGE),
	PAGE("get_swap_device: Bad swap {detail}", KIND_BAD_PAGE),
	PAGE("_swap_info_get: Bad swap {detail}", KIND_BAD_PAGE),
	{ .pattern = NULL },
};

/* What was taken for an error code is the number of the page. */
static void
page_state_understand(struct event *e, struct report *r)
{
	e->has_error_code = false;
	if (e->kind == KIND_MM_COUNTER)
		r->recipe = BLAME_NONE;
}

const struct oops_family family_page_state = { "page_state", heads, page_state_understand };
