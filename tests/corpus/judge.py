#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""judge.py KDTRIAGE CORPUS: how often kdtriage is right about logs with known answers.

Prints the table of the corpus' own score.py, then what that does not ask: whether the
verdict survives every transport and every truncation, whether reports of one bug share a
signature, and the older logs with expected frames, taint, modules and guilty files.
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


def percent(good, of):
    return "%6.2f %% (%d/%d)" % (100.0 * good / of, good, of) if of else "   n/a"


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


def judge_dev(program, corpus, scratch):
    dev = rows(corpus, "dev.jsonl")
    files = [os.path.join(corpus, "dev", e["id"] + ".log") for e in dev]
    got = reports(program, files)
    for e, path in zip(dev, files):
        with open(os.path.join(scratch, e["id"] + ".json"), "w") as f:
            json.dump(got[path], f)
    subprocess.run(
        [sys.executable, os.path.join(corpus, "score.py")]
        + ["--expected", os.path.join(corpus, "dev.jsonl"), "--pred-dir", scratch]
        + ["--miss", os.environ.get("MISS", "20")],
        check=True,
    )
    return dev, {e["id"]: got[path] for e, path in zip(dev, files)}


def judge_negatives(program, corpus):
    negatives = rows(corpus, "negatives.jsonl")
    files = [os.path.join(corpus, e["log_path"]) for e in negatives]
    got = reports(program, files)
    clean = [p for p in files if got[p]["verdict"].get("kind") == "none"]
    print("%-40s %s" % ("boot logs without a crash", percent(len(clean), len(files))))
    for p in sorted(set(files) - set(clean)):
        print("  false alarm: %s" % p)


def load(corpus, name):
    """A module of the corpus."""
    path = os.path.join(corpus, name + ".py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge_variants(program, corpus, scratch, plain):
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
        print(
            "%-40s %s  signature %s"
            % (
                "verdict the same as " + mode,
                percent(len(plain) - len(changed), len(plain)),
                percent(len(signed), len(plain)),
            )
        )
        for n in changed[:6]:
            print("  %-10s %s -> %s" % (n, answer(plain[n]), answer(got[files[n]])))


def judge_truncations(program, corpus, scratch, plain):
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
    print("%-40s %s" % ("cut at each tenth", percent(good, len(files))))
    for path, want, kind in bad[:10]:
        print("  %s: %s, not %s" % (os.path.basename(path), kind, want))


def judge_signatures(dev, plain):
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
    print("%-40s %s" % ("same bug, same signature", percent(shared, pairs)))
    ids = collections.defaultdict(set)
    for e in dev:
        if e["is_kernel_crash"] and e["function_scored"]:
            ids[plain[e["id"]].get("signature", {}).get("id")].add(e["syz_title"])
    mixed = {k: v for k, v in ids.items() if len(v) > 1 and k}
    print("%-40s %d" % ("signatures of different bugs", len(mixed)))
    for titles in mixed.values():
        print("  " + " | ".join(sorted(titles)))


def tally(name, hits):
    print("%-40s %s" % (name, percent(sum(hits), len(hits))))


def functions(event, reliable=True):
    """Of the trace; those that may be stale words on the stack are not counted by satyr."""
    return [
        f.get("function")
        for f in event.get("trace") or []
        if f.get("reliable") or not reliable
    ]


def judge_satyr(program, corpus):
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
    tally("satyr: kind", kind)
    tally("satyr: first frame", frame)
    tally("satyr: last frame", last)
    tally("satyr: taint letters", taint)
    tally("satyr: modules", modules)


def judge_abrt(program, corpus):
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
    tally("abrt: number of reports", count)
    tally("abrt: their kinds", kinds)


def judge_guilty(program, corpus):
    hits = []
    expected = rows(corpus, "guilty.jsonl")
    files = [os.path.join(corpus, e["log_path"]) for e in expected]
    got = reports(program, files)
    for e, path in zip(expected, files):
        event = first(got[path])
        named = [
            f.get("file")
            for f in event.get("trace") or []
            if f.get("function", "").split(".")[0] == event.get("function")
        ]
        hits.append(any((n or "").endswith(e["guilty_file"]) for n in named))
        if not hits[-1]:
            print(
                "  %s: %s in %s, not %s"
                % (e["id"], event.get("function"), named[:1], e["guilty_file"])
            )
    tally("guilty: file of the function", hits)


def main():
    program, corpus = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as scratch:
        dev, plain = judge_dev(program, corpus, scratch)
        judge_negatives(program, corpus)
        judge_variants(program, corpus, scratch, plain)
        judge_truncations(program, corpus, scratch, plain)
        judge_signatures(dev, plain)
        judge_satyr(program, corpus)
        judge_abrt(program, corpus)
        judge_guilty(program, corpus)


if __name__ == "__main__":
    main()
