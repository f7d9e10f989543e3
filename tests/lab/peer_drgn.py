# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by drgn on a dump: prints what drgn knows, as JSON, under the names of kdtriage's report."""
import json

from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.percpu import per_cpu
from drgn.helpers.linux.pid import for_each_task

# `prog` is drgn's, and the only name it gives a script.
thread = prog.crashed_thread() # noqa: F821
task = thread.object
names = [m.name.string_().decode() for m in
         list_for_each_entry("struct module", prog["modules"].address_of_(), "list")] # noqa: F821
idle = sum(1 for cpu in range(int(prog["nr_cpu_ids"])) # noqa: F821
           if per_cpu(prog["runqueues"], cpu).idle) # noqa: F821
trace = thread.stack_trace()
print(json.dumps({
    "system.release": prog["init_uts_ns"].name.release.string_().decode(), # noqa: F821
    "system.nodename": prog["init_uts_ns"].name.nodename.string_().decode(), # noqa: F821
    "system.tasks": sum(1 for _ in for_each_task(prog)) + idle, # noqa: F821
    "panic.task.pid": task.pid.value_(),
    "panic.task.tgid": task.tgid.value_(),
    "panic.task.comm": task.comm.string_().decode(),
    "panic.task.task": hex(task.value_()),
    "modules.name": sorted(names),
    "backtrace.frames.address": [hex(f.pc) for f in trace if not f.is_inline and f.pc >> 63],
}))
