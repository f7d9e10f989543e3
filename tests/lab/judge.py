# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares a report with what a scenario expects and what the console says."""
import json
import subprocess

SHORT = {name: f"verdict.{name}" for name in
         ("kind", "function", "module", "origin", "access", "severity")}
SHORT.update({"comm": "panic.task.comm", "trigger": "panic.trigger", "policy": "panic.policy"})


def report(kdtriage, files, *options):
    """(exit status, report or None, first line of standard error)."""
    try:
        done = subprocess.run([kdtriage, *options, "--format=json", *files], timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        return None, None, "no report after 300 s"
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()[:1]
    try:
        return done.returncode, json.loads(done.stdout), "".join(said)
    except ValueError:
        return done.returncode, None, "".join(said) or f"exit {done.returncode}, no JSON"


def text(kdtriage, files):
    """The report for people, in one line."""
    done = subprocess.run([kdtriage, "--redact=none", "--no-debuginfo", *files], timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return " ".join(done.stdout.decode("utf-8", "replace").split())


def values(node, path):
    """Every value at a dotted path; a list stands for each of its elements."""
    if isinstance(node, list):
        return [v for element in node for v in values(element, path)]
    if not path:
        return [node]
    if not isinstance(node, dict):
        return []
    head, _, rest = path.partition(".")
    return values(node[head], rest) if head in node else []


def shown(found):
    texts = sorted({str(v) for v in found})
    return ",".join(texts[:3]) + (",..." if len(texts) > 3 else "") if texts else "(unknown)"


def compare(scenario, console, tree):
    """Rows (path, expected, got, equal)."""
    wanted = list(scenario.expected)
    if scenario.crashes() and console.panic_cpu():
        cpu, pid, comm = console.panic_cpu()
        wanted += [("panic.cpu", [cpu]), ("panic.task.pid", [pid]), ("panic.task.comm", [comm])]
    result = []
    for name, accepted in wanted:
        got = values(tree, SHORT.get(name, name))
        equal = any(str(v) in accepted for v in got)
        result.append((name, ",".join(accepted), shown(got), equal))
    return result


def scrub(tree, name):
    """The report without what may differ between two files of the same crash."""
    text = json.dumps({k: v for k, v in tree.items() if k not in ("input", "timing")})
    rest = json.loads(text.replace(json.dumps(str(name))[1:-1], "DUMP"))
    for about in ("provenance", "unknown"): # path -> text
        rest[about] = {path: v for path, v in rest.get(about, {}).items()
                       if not path.startswith("input.")}
    return rest


def differences(a, b, path=""):
    """Paths at which two trees differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        return [d for k in sorted(set(a) | set(b))
                for d in differences(a.get(k), b.get(k), f"{path}.{k}".lstrip("."))]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, f"{path}[{i}]")]
    return [] if a == b else [path]
