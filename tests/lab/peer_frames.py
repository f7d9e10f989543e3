# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by drgn on a dump: prints the crashed thread's stack with lines and inlined frames, as JSON."""
import json

# `prog` is drgn's, and the only name it gives a script.


def row(frame):
    """[pc, name, inlined, file, line], or None where it does not know where it is."""
    try:
        inlined, (path, line, _) = frame.is_inline, frame.source()
    except LookupError:
        return None
    return [frame.pc, frame.name, inlined, path, line]


trace = prog.crashed_thread().stack_trace() # noqa: F821
print(json.dumps([row(f) for f in trace]))
