# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by drgn on a dump behind a line `values = [...]`: what is at each address, as JSON."""
import json

from drgn import FaultError
from drgn.helpers.linux.mm import PageReserved, PageSlab, virt_to_page
from drgn.helpers.linux.slab import slab_object_info

# `prog` is drgn's, and `values` stands before this text.


def row(va):
    """{cache, address, allocated} of a slab object, {page} of another page, or None."""
    try:
        page = virt_to_page(prog, va) # noqa: F821
        reserved, slab = PageReserved(page), PageSlab(page)
        found = slab_object_info(prog, va) # noqa: F821
    except (FaultError, LookupError, ValueError):
        return None
    if found:
        return {"cache": found.slab_cache.name.string_().decode(), "address": found.address,
                "allocated": found.allocated}
    return {"page": "slab" if slab else "reserved" if reserved else "other"}


print(json.dumps([row(va) for va in values])) # noqa: F821
