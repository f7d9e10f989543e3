#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""judge.py KDTRIAGE CORPUS: how often kdtriage is right about logs with known answers.

First what was missed, then one table: what the corpus' own score.py asks, then what it does
not: whether the verdict survives every transport and every truncation, whether reports of one
bug share a signature, and the older logs with expected frames, taint, modules and guilty files.
Every row has a limit; the exit status is 1 if one is below it.
"""
import collections
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile

TRUNCATIONS = 10

# Percent that a row of the table must reach.
LIMITS = {
    "score: detected": 98,
    "score: negatives kept clean": 100,
    "score: kind (exact)": 98,
    "score: function (exact)": 85,
    "score: access": 98,
    "score: arch": 99,
    "boot logs without a crash": 100,
    "verdict the same as": 99,
    "signature the same as": 98,
    "cut at each tenth": 100,
    "same bug, same signature": 100,
    "satyr": 95,
    "abrt": 95,
    "guilty": 70,
}

# The caller ids and the stamps that tell interleaved reports apart are gone there.
LOSSY = ("nostamp", "nocaller", "iso", "dmesg-T", "journal")


class Table:
    def __init__(self):
        self.rows = []
        self.failed = False

    def put(self, name, good, of, limit=None):
        if limit is None:
            limit = LIMITS.get(name, LIMITS.get(name.split(":")[0], 0))
        value = 100.0 * good / of if of else 100.0
        self.failed = self.failed or value < limit
        self.rows.append((name, value, good, of, limit))

    def print(self):
        print("%-44s %9s %12s %7s" % ("", "percent", "", "limit"))
        for name, value, good, of, limit in self.rows:
            print(
                "%-44s %9.2f %12s %7g%s"
                % (name, value, "%g/%d" % (good, of), limit, "  BELOW" if value < limit else "")
            )


def reports(program, files):
    """The report on each file, by its path. One process judges many."""
    found = {}
    for i in range(0, len(files), 200):
        some = files[i : i + 200]
        out = subprocess.run(
            [program, "--log", "--quiet", "--redact=none", "--format=json"] + some,
            stdout=subprocess.PIPE,
            check=False,
        )
        if out.returncode not in (0, 1):
            print("corpus: status %d on %s ..." % (out.returncode, some[0]))
        text = out.stdout.decode("utf-8", "replace")
        docs = text.splitlines() if len(some) > 1 else [text]
        for doc in docs:
            report = json.loads(doc)
            found[report["input"]["path"]] = report
    return found


def rows(corpus, name):
    with open(os.path.join(corpus, name)) as f:
        return [json.loads(line) for line in f]


def first(report):
    events = report.get("events") or [{}]
    return events[0]


def answer(report):
    """What must not depend on how the log came here."""
    verdict = report["verdict"]
    event = first(report)
    return (
        verdict.get("kind"),
        verdict.get("function"),
        verdict.get("access"),
        event.get("kind"),
        event.get("function"),
    )


SCORE = re.compile(r"^(\S.*?) +([\d.]+)% \(([\d.]+)/(\d+)\)$")


def judge_dev(program, corpus, scratch, table):
    dev = rows(corpus, "dev.jsonl")
    files = [os.path.join(corpus, "dev", e["id"] + ".log") for e in dev]
    got = reports(program, files)
    for e, path in zip(dev, files):
        with open(os.path.join(scratch, e["id"] + ".json"), "w") as f:
            json.dump(got[path], f)
    out = subprocess.run(
        [sys.executable, os.path.join(corpus, "score.py")]
        + ["--expected", os.path.join(corpus, "dev.jsonl"), "--pred-dir", scratch]
        + ["--miss", os.environ.get("MISS", "20")],
        stdout=subprocess.PIPE,
        check=True,
    )
    for line in out.stdout.decode().splitlines():
        m = SCORE.match(line)
        if m:
            table.put("score: " + m[1], float(m[3]), int(m[4]))
        else:
            print(line)
    return dev, {e["id"]: got[path] for e, path in zip(dev, files)}


def judge_negatives(program, corpus, table):
    negatives = rows(corpus, "negatives.jsonl")
    files = [os.path.join(corpus, e["log_path"]) for e in negatives]
    got = reports(program, files)
    clean = [p for p in files if got[p]["verdict"].get("kind") == "none"]
    table.put("boot logs without a crash", len(clean), len(files))
    for p in sorted(set(files) - set(clean)):
        print("  false alarm: %s" % p)


def load(corpus, name):
    """A module of the corpus."""
    path = os.path.join(corpus, name + ".py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge_variants(program, corpus, scratch, plain, table):
    sys.dont_write_bytecode = True
    for mode, rewrite in load(corpus, "variants").MODES.items():
        files = {}
        for name in plain:
            files[name] = os.path.join(scratch, "%s.%s" % (name, mode))
            with open(os.path.join(corpus, "dev", name + ".log"), "rb") as f:
                data = f.read()
            with open(files[name], "wb") as f:
                f.write(rewrite(data))
        got = reports(program, list(files.values()))
        changed = [n for n in plain if answer(got[files[n]]) != answer(plain[n])]
        signed = [
            n
            for n in plain
            if got[files[n]].get("signature", {}).get("id")
            == plain[n].get("signature", {}).get("id")
        ]
        lossy = 98 if mode in LOSSY else None
        for what, good in (("verdict", len(plain) - len(changed)), ("signature", len(signed))):
            limit = lossy or LIMITS[what + " the same as"]
            table.put("%s the same as %s" % (what, mode), good, len(plain), limit)
        for n in changed[:6]:
            print("  %s: %s %s -> %s" % (mode, n, answer(plain[n]), answer(got[files[n]])))


def judge_truncations(program, corpus, scratch, plain, table):
    good = 0
    bad = []
    files = {}
    for name in plain:
        with open(os.path.join(corpus, "dev", name + ".log"), "rb") as f:
            data = f.read()
        for part in range(1, TRUNCATIONS):
            path = os.path.join(scratch, "%s.cut%d" % (name, part))
            with open(path, "wb") as f:
                f.write(data[: len(data) * part // TRUNCATIONS])
            files[path] = name
    got = reports(program, list(files))
    for path, name in files.items():
        cut = first(got[path])
        if (
            not cut.get("kind")
            or cut["kind"] == first(plain[name]).get("kind")
            or cut.get("corrupted")
        ):
            good += 1
        else:
            bad.append((path, first(plain[name]).get("kind"), cut["kind"]))
    table.put("cut at each tenth", good, len(files))
    for path, want, kind in bad[:10]:
        print("  %s: %s, not %s" % (os.path.basename(path), kind, want))


def judge_signatures(dev, plain, table):
    bugs = collections.defaultdict(list)
    for e in dev:
        if e["is_kernel_crash"] and e["function_scored"] and not e["corrupted"]:
            bugs[e["syz_title"]].append(e["id"])
    pairs = 0
    shared = 0
    for title, names in sorted(bugs.items()):
        for i, a in enumerate(names):
            for b in names[i + 1 :]:
                one = plain[a].get("signature", {})
                two = plain[b].get("signature", {})
                ids = lambda s: {s.get("id")} | set(s.get("alternates") or [])
                pairs += 1
                if ids(one) & ids(two) - {None}:
                    shared += 1
                else:
                    print("  %s and %s: %s" % (a, b, title))
    table.put("same bug, same signature", shared, pairs)
    ids = collections.defaultdict(set)
    for e in dev:
        if e["is_kernel_crash"] and e["function_scored"]:
            ids[plain[e["id"]].get("signature", {}).get("id")].add(e["syz_title"])
    mixed = {k: v for k, v in ids.items() if len(v) > 1 and k}
    for titles in mixed.values():
        print("  one signature: " + " | ".join(sorted(titles)))
    table.put("signatures of one bug only", len(ids) - len(mixed), len(ids), 98)


def functions(event, reliable=True):
    """Of the trace; those that may be stale words on the stack are not counted by satyr."""
    return [
        f.get("function")
        for f in event.get("trace") or []
        if f.get("reliable") or not reliable
    ]


def judge_satyr(program, corpus, table):
    expected = rows(corpus, "satyr.jsonl")
    files = [os.path.join(corpus, e["log_path"]) for e in expected]
    got = reports(program, files)
    kind, frame, last, taint, modules = [], [], [], [], []
    for e, path in zip(expected, files):
        event = first(got[path])
        kind.append(event.get("kind") == e["kind"])
        if not kind[-1]:
            print("  %s: kind %s, not %s" % (e["id"], event.get("kind"), e["kind"]))
        if not e["has_expected"]:
            continue
        trace = functions(event, False)
        stack = got[path].get("backtrace", {}).get("frames") or [{}]
        if e.get("first_function"):
            # where the kernel was counts as a frame there
            frame.append(e["first_function"] in trace[:2] + [stack[0].get("function")])
            if not frame[-1]:
                print("  %s: first %s, not %s" % (e["id"], trace[:2], e["first_function"]))
        if e.get("last_function"):
            last.append(trace[-1:] == [e["last_function"]])
            if not last[-1]:
                print("  %s: last %s, not %s" % (e["id"], trace[-1:], e["last_function"]))
        if e.get("taint_count") is not None:
            letters = re.sub("[^A-Z]", "", event.get("taint") or "").replace("G", "")
            taint.append(len(letters) == e["taint_count"])
            if not taint[-1]:
                print("  %s: taint '%s', not %d" % (e["id"], letters, e["taint_count"]))
        if e.get("module_count") is not None:
            modules.append(len(got[path].get("modules") or []) == e["module_count"])
            if not modules[-1]:
                print(
                    "  %s: %d modules, not %d"
                    % (e["id"], len(got[path].get("modules") or []), e["module_count"])
                )
    table.put("satyr: kind", sum(kind), len(kind))
    table.put("satyr: first frame", sum(frame), len(frame))
    table.put("satyr: last frame", sum(last), len(last))
    table.put("satyr: taint letters", sum(taint), len(taint))
    table.put("satyr: modules", sum(modules), len(modules))


def judge_abrt(program, corpus, table):
    count, kinds = [], []
    expected = rows(corpus, "abrt.jsonl")
    files = [os.path.join(corpus, e["log_path"]) for e in expected]
    got = reports(program, files)
    for e, path in zip(expected, files):
        if not e["has_expected"]:
            continue
        found = [x["kind"] for x in got[path].get("events") or []]
        wanted = [k for k in e["kinds"] if k != "none"]
        count.append(len(found) == len(wanted))
        kinds.append(found == wanted)
        if not kinds[-1]:
            print("  %s: %s, not %s" % (e["id"], found, wanted))
    table.put("abrt: number of reports", sum(count), len(count))
    table.put("abrt: their kinds", sum(kinds), len(kinds))


def judge_guilty(program, corpus, table):
    hits = []
    expected = rows(corpus, "guilty.jsonl")
    files = [os.path.join(corpus, e["log_path"]) for e in expected]
    got = reports(program, files)
    for e, path in zip(expected, files):
        event = first(got[path])
        # where the kernel was counts as a frame
        frames = got[path].get("backtrace", {}).get("frames", []) + event.get("trace", [])
        named = [
            f.get("file")
            for f in frames
            if f.get("function", "").split(".")[0] == event.get("function")
        ]
        hits.append(any((n or "").endswith(e["guilty_file"]) for n in named))
        if not hits[-1]:
            print(
                "  %s: %s in %s, not %s"
                % (e["id"], event.get("function"), named[:1], e["guilty_file"])
            )
    table.put("guilty: file of the function", sum(hits), len(hits))


def main():
    program, corpus = sys.argv[1], sys.argv[2]
    table = Table()
    with tempfile.TemporaryDirectory() as scratch:
        dev, plain = judge_dev(program, corpus, scratch, table)
        judge_negatives(program, corpus, table)
        judge_variants(program, corpus, scratch, plain, table)
        judge_truncations(program, corpus, scratch, plain, table)
        judge_signatures(dev, plain, table)
        judge_satyr(program, corpus, table)
        judge_abrt(program, corpus, table)
        judge_guilty(program, corpus, table)
    table.print()
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
