# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py KDTRIAGE LAB CORPUS: are the rules right about crashes whose cause is known? (make rules-report)

Three kinds of input have a known cause: the lab's dumps (tests/lab/scenarios says what each
guest was made to do, tests/rules/lab-causes which rules say that), other projects' logs beside
the checkout, and logs and dumps of machines that did not crash. A verdict is right if its kind,
its function where the answer has one, its origin and its rule are among the right ones.

The logs of tests/rules/logs were written for the rules; they count for which rules fire at all.
"""
import collections
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lab"))
import scenario  # noqa: E402

# Where the corpus names the report and a verdict has to name what was behind it: the first line of
# this log is "sysrq: SysRq : Trigger a crash", and what oopses is how old kernels did that.
CAUSES = {"syz-339": ({"panic_sysrq"}, {"deliberate"})}

BANDS = ((90, 100, 98), (70, 89, 85), (50, 69, None), (0, 49, None))
BATCH = 100
NO_CRASH = "none"


class Input:
    """A file, and what is right about it. An empty set accepts anything."""

    def __init__(self, source, path, log=False):
        self.source, self.path, self.log = source, path, log
        self.kinds, self.functions, self.origins = set(), set(), set()
        self.rules, self.also, self.never = set(), set(), set()
        self.verdict, self.held = {}, set()

    def problem(self):
        """None if the verdict is right, else what it should have been."""
        for name, wanted in (("kind", self.kinds), ("function", self.functions),
                             ("origin", self.origins), ("rule", self.rules)):
            if wanted and self.verdict.get(name) not in wanted:
                return "%s %s" % (name, "|".join(sorted(wanted)))
        return None

    def side_problems(self):
        """Findings that should have been there beside the verdict, and those that should not."""
        yield from ("%s does not hold" % r for r in sorted(self.also - self.held))
        yield from ("%s holds" % r for r in sorted(self.never & self.held))


def judge(program, inputs):
    """Fills in each input's verdict and findings; without a report it has none."""
    for log in (False, True):
        some = [i for i in inputs if i.log == log]
        for first in range(0, len(some), BATCH):
            judge_batch(program, log, {i.path: i for i in some[first:first + BATCH]})


def judge_batch(program, log, by_path):
    options = ["--quiet", "--redact=none", "--format=json"] + ["--log"] * log
    done = subprocess.run([program, *options, *by_path], stdout=subprocess.PIPE, check=False)
    text = done.stdout.decode("utf-8", "replace")
    for document in text.splitlines() if len(by_path) > 1 else [text]:
        report = json.loads(document)
        found = by_path[report["input"]["path"]]
        found.verdict = report["verdict"]
        found.held = {f["rule"] for f in report.get("findings", [])}


def lab_causes():
    """scenario -> (right rules, findings that must be there, findings that must not)."""
    causes = {}
    with open(os.path.join(HERE, "lab-causes"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, right, also, never = [c.split() for c in (line + " | | ").split("|")[:4]]
                causes[name[0]] = (set(right), set(also), set(never))
    return causes


def lab_inputs(lab):
    causes = lab_causes()
    for row in scenario.scenarios():
        for series in sorted(os.listdir(lab)) if os.path.isdir(lab) else []:
            folder = os.path.join(lab, series, row.name)
            names = ("zlib", "elf", "lzo", "flat", "console")
            for name in [n for n in names if os.path.isfile(os.path.join(folder, n))]:
                # The console of a real kdump has the boot of a second kernel in it.
                if name != "console" or not row.kdump:
                    yield lab_input(row, causes, series, os.path.join(folder, name))


def lab_input(row, causes, series, path):
    one = Input("lab " + series, path, log=path.endswith("/console"))
    wanted = dict(row.expected)
    one.kinds = set(wanted.get("kind", ()))
    one.functions = set(wanted.get("function", ()))
    one.origins = set(wanted.get("origin", ()))
    one.rules, one.also, one.never = causes.get(row.name, (set(), set(), set()))
    if one.log:  # what only the dump tells
        one.also, one.rules = set(), set()
    return one


def corpus_rows(corpus, name):
    path = os.path.join(corpus, name + ".jsonl")
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as f:
            yield from map(json.loads, f)


def corpus_inputs(corpus):
    sys.path.insert(0, corpus)
    for row in corpus_rows(corpus, "dev"):
        if row["later_fatal"]:  # the answer is about another report than the one it died of
            continue
        one = Input("corpus", os.path.join(corpus, "dev", row["id"] + ".log"), log=True)
        one.kinds = {row["kind"], *row["also_ok"]}
        if row["function_scored"]:
            names = {row["function_norm"], *row["function_alts"], row["pc_function"]} - {None}
            one.functions = names | set(row["trace_functions"][:8])
        if row["id"] in CAUSES:
            one.kinds, one.origins = CAUSES[row["id"]]
        yield one
    for row in corpus_rows(corpus, "negatives"):
        one = Input("corpus, healthy", os.path.join(corpus, row["log_path"]), log=True)
        one.kinds = {NO_CRASH}
        yield one
    for name in ("satyr", "abrt"):
        for row in corpus_rows(corpus, name):
            if row.get("kind"):
                one = Input("corpus, older", os.path.join(corpus, row["log_path"]), log=True)
                one.kinds = {row["kind"]}
                yield one


def normalise(inputs, corpus):
    """Names of functions as the corpus compares them, on both sides."""
    if not os.path.isfile(os.path.join(corpus, "norm.py")):
        return
    from norm import norm_func
    for one in inputs:
        one.functions = {norm_func(f) for f in one.functions}
        one.verdict = dict(one.verdict, function=norm_func(one.verdict.get("function")))


def table(title, columns, rows):
    widths = [max(len(str(r[i])) for r in [columns, *rows]) for i in range(len(columns))]
    print("\n%s\n" % title)
    for row in [columns, *rows]:
        cells = [str(c).ljust(w) if i == 0 else str(c).rjust(w)
                 for i, (c, w) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())


def outcome(one):
    """right, false (a crash that was none), missing (none where there was one), or wrong."""
    if one.problem() is None:
        return "right"
    if one.kinds == {NO_CRASH}:
        return "false"
    return "missing" if one.verdict.get("kind") in (None, NO_CRASH) else "wrong"


def print_sources(inputs):
    counts = collections.defaultdict(collections.Counter)
    for one in inputs:
        counts[one.source][outcome(one)] += 1
    columns = ("source", "inputs", "right", "wrong", "missing", "false")
    table("Verdicts by where the input came from", columns,
          [(s, sum(c.values()), *[c[o] for o in columns[2:]]) for s, c in sorted(counts.items())])


def print_rules(inputs):
    by_rule = collections.defaultdict(list)
    for one in inputs:
        by_rule[one.verdict.get("rule", "(no rule)")].append(one)
    rows = []
    for rule, some in sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0])):
        wrong = sum(one.problem() is not None for one in some)
        sure = [one.verdict.get("confidence", 0) for one in some]
        rows.append((rule, len(some), len(some) - wrong, wrong, "%d..%d" % (min(sure), max(sure))))
    table("Verdicts by rule", ("rule", "verdicts", "right", "wrong", "confidence"), rows)


def print_calibration(inputs):
    """How often verdicts of each confidence are right; False if less often than promised."""
    rows, kept = [], True
    for low, high, promised in BANDS:
        some = [i for i in inputs if low <= i.verdict.get("confidence", 0) <= high]
        right = sum(one.problem() is None for one in some)
        share = 100.0 * right / len(some) if some else 0
        met = promised is None or not some or share >= promised
        kept = kept and met
        rows.append(("%d..%d" % (low, high), len(some), right, "%.1f" % share if some else "-",
                     promised or "-", "yes" if met else "NO"))
    table("Calibration", ("confidence", "verdicts", "right", "of 100", "promised", "kept"), rows)
    return kept


def print_problems(inputs):
    count = 0
    print()
    for one in inputs:
        v = one.verdict
        said = "%s %s %s, rule %s, confidence %s" % (
            v.get("kind"), v.get("function"), v.get("origin"), v.get("rule"), v.get("confidence"))
        problems = [outcome(one) + ": should be " + one.problem()] if one.problem() else []
        for problem in problems + list(one.side_problems()):
            print("  %s: %s (%s)" % (one.path, problem, said))
            count += 1
    return count


def rules_of_changed_dumps():
    """What tests/rules/run-test and, for code, tests/debuginfo/run-test have seen to hold for a dump
    whose memory was changed, or whose debug file was."""
    with open(os.path.join(HERE, "dumps"), encoding="utf-8") as f:
        rows = [line.split("|")[0].split() for line in f if "|" in line and line[0] != "#"]
    with open(os.path.join(HERE, "..", "debuginfo", "run-test"), encoding="utf-8") as f:
        rows.append(re.findall(r'assert holds\(tree, "([\w-]+)"\)', f.read()))
    return {rule for row in rows for rule in row if rule[0] != "-"}


def print_firing(program, inputs):
    done = subprocess.run([program, "--list-rules"], stdout=subprocess.PIPE, check=True)
    names = {line.split()[0] for line in done.stdout.decode().splitlines()}
    held = set().union(*[one.held for one in inputs]) & names
    changed = rules_of_changed_dumps() & names - held
    print("\n%d of %d rules hold for a real log or dump, or for a log in the kernel's own format;\n"
          "%d more for a dump whose memory was changed where they look."
          % (len(held), len(names), len(changed)))
    print("Judged by written facts alone: %s" % (" ".join(sorted(names - held - changed)) or "none"))


def fixtures(folder, source, log):
    for path in sorted(os.path.join(d, n) for d, _, names in os.walk(folder) for n in names):
        if path.endswith((".log", "/vmcore", "/log")):
            yield Input(source, path, log=log and not path.endswith("vmcore"))


def main():
    program, lab, corpus = sys.argv[1:4]
    known = list(lab_inputs(lab)) + list(corpus_inputs(corpus))
    written = list(fixtures(os.path.join(HERE, "logs"), "tests/rules/logs", True))
    written += fixtures(os.path.join(HERE, "..", "..", "samples"), "samples", True)
    for path, what in ((lab, "lab dumps"), (corpus, "corpus")):
        if not os.path.isdir(path):
            print("rules-report: skipped the %s: there is no '%s'" % (what, path))
    judge(program, known + written)
    normalise(known, corpus)
    if not known:
        return 0
    print_sources(known)
    print_rules(known)
    kept = print_calibration(known)
    problems = print_problems(known)
    print_firing(program, known + written)
    print("%d inputs of known cause, %d problems; calibration %s"
          % (len(known), problems, "kept" if kept else "NOT kept"))
    return 0 if kept else 1


sys.exit(main())
