# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by drgn on a dump: prints what drgn knows of the kernel, as JSON."""
import json

from drgn import FaultError, cast
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu
from drgn.helpers.linux.pid import for_each_task

# `prog` is drgn's, and the only name it gives a script.


def text(string):
    return string.string_().decode("utf-8", "backslashreplace")


def frames(task):
    """[pc, name] of each frame that is a function call of its own."""
    try:
        trace = prog.stack_trace(task) # noqa: F821
    except (LookupError, ValueError) as e:
        return [[0, str(e)]]
    found = []
    for f in trace:
        try:
            if not f.is_inline:
                found.append([f.pc, f.name])
        except LookupError: # it does not know where it is
            break
    return found


def task_row(task):
    return {"task": task.value_(), "pid": task.pid.value_(), "tgid": task.tgid.value_(),
            "comm": text(task.comm), "uid": task.cred.uid.val.value_(),
            "parent": task.real_parent.value_(), "mm": task.mm.value_(),
            "frames": frames(task)}


def all_tasks():
    runqueues = prog["runqueues"] # noqa: F821
    idle = [per_cpu(runqueues, cpu).idle for cpu in range(int(prog["nr_cpu_ids"]))] # noqa: F821
    seen = {}
    for task in [*(t for t in idle if t), *for_each_task(prog)]: # noqa: F821
        seen.setdefault(task.value_(), task)
    return [task_row(t) for t in seen.values()]


def crashed():
    try:
        return prog.crashed_thread().object.value_() # noqa: F821
    except (LookupError, ValueError, FaultError): # nobody panicked
        return None


modules = list_for_each_entry("struct module", prog["modules"].address_of_(), "list") # noqa: F821
uts = prog["init_uts_ns"].name # noqa: F821
print(json.dumps({
    "release": text(uts.release),
    "nodename": text(uts.nodename),
    "panic_cpu": int(cast("int", prog["panic_cpu"].counter)), # noqa: F821
    "panic_task": crashed(),
    "modules": {text(m.name): {"state": int(m.state), "taints": int(m.taints)} for m in modules},
    "tasks": all_tasks(),
}))
