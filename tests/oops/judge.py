#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""judge.py OOPS_JSON CASES...: reports in the kernel's own format, and what must be read there.

A file of cases holds logs, each behind a line "== what it is" and lines "want KEY=VALUE ...":
a value ends where the next " key=" begins, "-" stands for nothing, "kinds" is the list of all
events, "first" the innermost frame, and "only=console" says that the case means nothing in any other form. A line "repeat N TEXT" stands for N lines, %d in it for their number. A line
"head KIND TEXT" is a case of its own, of one line.

Every case is judged as it is; then as other transports would have stored it, where the answer
must be the same; cut at every tenth, where there may be no event yet, or a corrupted one, or
the right one; without any one of its lines, where the program must not call it another crash;
with another program's lines between its own, and with another report's. At last, thousands of one of them.
"""
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

STAMP = re.compile(r"^\[ *(\d+)\.(\d+)\](?:\[ *([TC]\d+)\])? ?(.*)$", re.S)
WANT = re.compile(r"(\w+)=(.*?)(?= \w+=|$)")


class Case:
    def __init__(self, path, title):
        self.path, self.title = path, title
        self.want, self.lines, self.plain = {}, [], None

    @property
    def name(self):
        return "%s: %s" % (os.path.basename(self.path), self.title)


def add_line(case, line):
    words = line.split(" ", 2)
    if line.startswith("want "):
        case.want.update(dict(WANT.findall(line[5:])))
    elif words[0] == "repeat" and len(words) == 3 and words[1].isdigit():
        for i in range(int(words[1])):
            case.lines.append(words[2] % i if "%" in words[2] else words[2])
    else:
        case.lines.append(line)


def read_cases(path):
    found = []
    with open(path, encoding="latin-1") as f:
        for line in f.read().split("\n"):
            if line.startswith("== "):
                found.append(Case(path, line[3:]))
            elif line.startswith("head "):
                _, kind, text = line.split(" ", 2)
                found.append(Case(path, text))
                found[-1].want["kind"] = kind
                found[-1].lines.append(text)
            elif found:
                add_line(found[-1], line)
    for case in found:
        while case.lines and not case.lines[-1]:
            case.lines.pop()
    return found


# ---- transports ----


def split(line):
    m = STAMP.match(line)
    return (int(m[1]), m[2], m[3], m[4]) if m else (None, "000000", None, line)


def clock(s):
    s = s or 0
    return "%02d:%02d:%02d" % (s // 3600 % 24, s // 60 % 60, s % 60)


def stamp(s, u):
    return "[%5d.%s] " % (s, u) if s is not None else ""


def each(f):
    return lambda lines: [f(*split(line), line) for line in lines]


TRANSPORTS = {
    "crlf": lambda lines: [line + "\r" for line in lines],
    "level": each(lambda s, u, c, t, line: "<%d>" % 4 + line),
    "facility": each(lambda s, u, c, t, line: "<12>" + line),
    "ansi": each(lambda s, u, c, t, line: "\x1b[1;31m" + line + "\x1b[0m"),
    "syslog": each(lambda s, u, c, t, line: "Nov  3 %s node7 kernel: %s" % (clock(s), line)),
    "iso": each(
        lambda s, u, c, t, line: "2025-11-23T%s.%s+01:00 node7 kernel: %s" % (clock(s), u, line)
    ),
    "journal": each(
        lambda s, u, c, t, line: "Nov 03 %s node7.example.com kernel: %s" % (clock(s), t)
    ),
    "journal-monotonic": each(
        lambda s, u, c, t, line: (stamp(s, u) or "[    0.000000] ") + "node7 kernel: " + t
    ),
    "dmesg-T": each(lambda s, u, c, t, line: "[Sun Nov 23 %s 2025] %s" % (clock(s), t)),
    "dmesg-x": each(lambda s, u, c, t, line: "kern  :alert : " + line),
    "conserver": each(lambda s, u, c, t, line: "[2025-11-23 %s] %s" % (clock(s), line)),
    "kmsg": each(
        lambda s, u, c, t, line: "4,%s,%d,-%s;%s"
        % (u, (s or 0) * 1000000, ",caller=" + c if c else "", t)
    ),
    "netconsole": each(
        lambda s, u, c, t, line: "6.1.0,4,%s,%d,-%s;%s"
        % (u, (s or 0) * 1000000, ",caller=" + c if c else "", t)
    ),
    "dmesg-iso": each(
        lambda s, u, c, t, line: "2025-11-23T%s,%s+01:00 %s" % (clock(s), u, t)
    ),
    "ci": each(lambda s, u, c, t, line: "2025-11-23T%s.%s1Z %s" % (clock(s), u, line)),
    "journal-iso": each(
        lambda s, u, c, t, line: "2025-11-23T%s+0100 node7 kernel: %s" % (clock(s), t)
    ),
    "busybox": each(
        lambda s, u, c, t, line: "Nov  3 %s node7 kern.err kernel: %s" % (clock(s), line)
    ),
    "dmesg-H": each(lambda s, u, c, t, line: "[  +0.%s] %s" % (u, t)),
    "caller": each(
        lambda s, u, c, t, line: stamp(s, u)[:-1] + "[ T4242] " + t if s is not None else line
    ),
    "boot before": lambda lines: ["[    0.000000] Linux version 6.1.0-18-amd64 (gcc) #1 SMP"]
    + lines,
    "login prompt": lambda lines: ["node7 login: " + lines[0].lstrip("<0>")] + lines[1:],
}


# ---- judging ----


def run(oops_json, logs):
    """The reports on texts, in their order."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = []
        for i, log in enumerate(logs):
            paths.append(os.path.join(scratch, str(i)))
            with open(paths[-1], "wb") as f:
                f.write(log)
        found = []
        for i in range(0, len(paths), 500):
            out = subprocess.run(
                [oops_json] + paths[i : i + 500], stdout=subprocess.PIPE, check=True
            )
            found += [json.loads(line) for line in out.stdout.decode("latin-1").splitlines()]
        return found


def text_of(lines):
    return "".join(line + "\n" for line in lines).encode("latin-1")


def chosen(report):
    events = report["events"]
    return events[report["chosen"]] if events else {}


def answer(report):
    event = chosen(report)
    return {
        "kind": report["verdict"]["kind"],
        "kinds": " ".join(e["kind"] for e in report["events"]) or "none",
        "events": str(len(report["events"])),
        "trigger": report.get("trigger", "-"),
        "policy": report.get("policy", "-"),
        "arch": report["system"].get("arch", "-"),
        "uptime": str(report["system"].get("uptime", "-")),
        "first": (event.get("frames") or ["-"])[0],
        "fatal": "yes" if event.get("fatal") else "no",
        "corrupted": "yes" if event.get("corrupted") else "no",
        **{
            key: str(event.get(key, "-"))
            for key in (
                "function module access comm pid cpu detail address seconds repeated taint line "
                "panic error_code panicker"
            ).split()
        },
    }


SAME = ("kind", "function", "access", "module", "kinds")


def differs(case, got, keys):
    return ["%s %s, not %s" % (k, got[k], case.plain[k]) for k in keys if got[k] != case.plain[k]]


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def put(self, name, problems):
        if problems:
            self.failed += 1
            print("FAILED %s: %s" % (name, "; ".join(problems)))
        else:
            self.passed += 1


def judge_plain(oops_json, cases, tally):
    for case, report in zip(cases, run(oops_json, [text_of(c.lines) for c in cases])):
        case.plain = answer(report)
        case.heads = {e["line"] for e in report["events"]}
        tally.put(
            case.name,
            [
                "%s is '%s', not '%s'" % (k, case.plain[k], v)
                for k, v in case.want.items()
                if k != "only" and case.plain[k] != v
            ]
            or ([] if case.want else ["nothing is wanted"]),
        )


def judge_transports(oops_json, cases, tally):
    for mode, rewrite in TRANSPORTS.items():
        logs = [text_of(rewrite(c.lines)) for c in cases]
        for case, report in zip(cases, run(oops_json, logs)):
            tally.put("%s as %s" % (case.name, mode), differs(case, answer(report), SAME))


def judge_cuts(oops_json, cases, tally):
    jobs, logs = [], []
    for case in cases:
        data = text_of(case.lines)
        for part in range(1, 10):
            jobs.append((case, part))
            logs.append(data[: len(data) * part // 10])
    for (case, part), report in zip(jobs, run(oops_json, logs)):
        events = report["events"]
        first = case.plain["kinds"].split()[0]
        good = not events or events[0]["kind"] == first or events[0]["corrupted"]
        tally.put(
            "%s cut at %d/10" % (case.name, part),
            [] if good else ["%s, not %s" % (events[0]["kind"], first)],
        )


def judge_lost_lines(oops_json, cases, tally):
    """Any one line but a head line lost: as before, or owned up to."""
    jobs, logs = [], []
    for case in cases:
        for i in range(len(case.lines)):
            if i + 1 in case.heads:
                continue
            jobs.append((case, i))
            logs.append(text_of(case.lines[:i] + case.lines[i + 1 :]))
    bad = {}
    for (case, i), report in zip(jobs, run(oops_json, logs)):
        got = answer(report)
        if got["kind"] == "none" and "Kernel panic" in case.lines[i]:
            continue  # a head line too, of a report that is doubtful without it
        if got["kind"] != case.plain["kind"] and got["corrupted"] != "yes":
            bad.setdefault(case.name, []).append((case.lines[i], got["kind"]))
    for case in cases:
        lost = bad.get(case.name, [])
        tally.put(
            "%s without a line" % case.name,
            ["'%s': %s" % (line[:60], kind) for line, kind in lost[:3]],
        )


NOISE = [
    "systemd[1]: Started Session 4 of user root.",
    "audit: type=1400 audit(1700000000.123:45): apparmor=\"ALLOWED\" operation=\"open\" pid=4711",
    "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready",
]


def with_noise(lines):
    found = []
    for i, line in enumerate(lines):
        found.append(line)
        if i % 3 == 1 and STAMP.match(line):
            s, u, c, _ = split(line)
            found.append("[%5d.%s]%s %s" % (s, u, "[%6s]" % "T1" if c else "", NOISE[i % 3]))
    return found


def judge_noise(oops_json, cases, tally):
    logs = [text_of(with_noise(c.lines)) for c in cases]
    for case, report in zip(cases, run(oops_json, logs)):
        tally.put("%s with other lines in it" % case.name, differs(case, answer(report), SAME))


def as_task(case, task):
    """Lines with printk's caller id, all at one time."""
    return ["[  100.000000][%6s] %s" % ("T%d" % task, split(line)[3]) for line in case.lines]


def interleaved(one, two):
    found = []
    for i in range(max(len(one), len(two))):
        found += one[i : i + 1] + two[i : i + 1]
    return found


def told_apart(report):
    return sorted((e["kind"], e.get("function", "-")) for e in report["events"])


def judge_interleaved(oops_json, cases, tally):
    """Two reports at a time, line by line, each with its task's id: both are read."""
    stamped = [
        c
        for c in cases
        if len(c.lines) > 5
        and len(c.plain["kinds"].split()) == 1
        and c.plain["trigger"] == "none"
        and not any(split(line)[2] for line in c.lines)
    ]
    pairs = list(zip(stamped, stamped[1:] + stamped[:1]))
    alone = run(oops_json, [text_of(as_task(c, 7)) for c in stamped])
    expect = {c.name: told_apart(r) for c, r in zip(stamped, alone)}
    logs = [text_of(interleaved(as_task(a, 7), as_task(b, 8))) for a, b in pairs]
    for (a, b), report in zip(pairs, run(oops_json, logs)):
        want, got = sorted(expect[a.name] + expect[b.name]), told_apart(report)
        tally.put(
            "%s and %s, interleaved" % (a.name, b.name),
            [] if got == want else ["%s, not %s" % (got, want)],
        )


FLOOD = 4000  # reports
MAX_RSS = 64 << 10  # KB; the texts of the reports that are kept are a fraction of that


def judge_flood(oops_json, cases, tally):
    """More reports than are kept, none the same: counted, in memory that does not grow."""
    warning = next(c for c in cases if c.title.startswith("WARN of 4.9"))
    text = text_of(warning.lines)
    log = b"".join(text.replace(b"vblank_wait", b"vblank_wait_%d" % i) for i in range(FLOOD))
    report = run(oops_json, [log])[0]
    names = [event["function"] for event in report["events"]]
    rss = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    problems = []
    if len(names) + report["dropped"] != FLOOD:
        problems.append("%d kept and %d dropped" % (len(names), report["dropped"]))
    if (names[0], names[-1]) != ("vblank_wait_0", "vblank_wait_%d" % (FLOOD - 1)):
        problems.append("the first or the last one is lost")
    if rss > MAX_RSS and "asan" not in oops_json:
        problems.append("%d KB of memory" % rss)
    tally.put("a flood of reports", problems)


def main():
    oops_json = sys.argv[1]
    cases = [case for path in sys.argv[2:] for case in read_cases(path)]
    tally = Tally()
    judge_plain(oops_json, cases, tally)
    cases = [c for c in cases if c.want.get("only") != "console"]
    judge_transports(oops_json, cases, tally)
    judge_cuts(oops_json, cases, tally)
    judge_lost_lines(oops_json, cases, tally)
    judge_noise(oops_json, cases, tally)
    judge_interleaved(oops_json, cases, tally)
    judge_flood(oops_json, cases, tally)
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
