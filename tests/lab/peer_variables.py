# SPDX-License-Identifier: GPL-2.0-or-later
# Run by drgn: the variables of `function` on the stack of the task that crashed, as far as drgn
# has them: name -> value. `function` is set in a line before this script.
# `prog` is drgn's, and the only name it gives a script.
import json

from drgn import TypeKind

NUMBERS = (TypeKind.INT, TypeKind.BOOL, TypeKind.ENUM, TypeKind.POINTER, TypeKind.TYPEDEF)


def variables(frame):
    found = {}
    for name in frame.locals():
        try:
            value = frame[name]
            if not value.absent_ and value.type_.kind in NUMBERS:
                found[name] = int(value)
        except (LookupError, ValueError, TypeError):
            pass # it has no place, or is a structure behind a typedef
    return found


frame = next((f for f in prog.crashed_thread().stack_trace() if f.name == function), None)
print(json.dumps(variables(frame) if frame is not None else {}))
