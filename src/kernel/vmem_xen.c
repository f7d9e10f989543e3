/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first kernel (dom0) in a dump of a Xen host. Its page tables hold frames of the machine,
 * as the dump does, but what it takes for physical memory is made of frames from all over it:
 * a tree of three levels says which (p2m). A note of the hypervisor's says where its root is
 * (XEN_ELFNOTE_CRASH_INFO, struct crash_xen_info).
 */
#include "kernel/vmem_find.h"

#include "dump/format.h"

enum {
	NOTE_CRASH_INFO = 0x1000001,
	P2M_WORD = 9, /* dom0_pfn_to_mfn_frame_list_list, the last one */
	INDEX_BITS = 9,
	INDEX_MASK = (1 << INDEX_BITS) - 1,
	FRAME_SHIFT = 12,
	LEVELS = 3,
	WORD = 8,
};

static bool
find_root(const struct dump *d, uint64_t *frame)
{
	struct bytes desc = { NULL, 0 };

	if (!notes_find(&d->impl->notes, "Xen", NOTE_CRASH_INFO, &desc) ||
	    desc.len < (P2M_WORD + 1) * WORD)
		return false;
	*frame = bytes_u64(desc.p + P2M_WORD * WORD, d->order);
	return *frame != 0;
}

bool
vmem_xen_frame(struct dump *d, uint64_t pfn, uint64_t *frame)
{
	uint64_t at = 0;

	if (!find_root(d, &at) || pfn >> LEVELS * INDEX_BITS != 0)
		return false;
	for (unsigned level = LEVELS; level-- > 0;) {
		uint64_t index = pfn >> level * INDEX_BITS & INDEX_MASK;

		if (at >> (64 - FRAME_SHIFT) != 0 ||
		    memory_u64(&d->phys, (at << FRAME_SHIFT) + index * WORD, &at) != NULL)
			return false;
	}
	*frame = at;
	return at >> (64 - FRAME_SHIFT) == 0;
}
