# SPDX-License-Identifier: GPL-2.0-or-later
"""judge.py REPORTS: do the reports, one JSON object a line, say what their logs want?

A log of tests/rules/logs begins with lines that printk never wrote:

    # rule RULE kind KIND origin ORIGIN      of the verdict; "-" for what does not matter
    # also RULE                              a finding that must hold as well
    # not RULE                               one that must not
"""
import json
import sys


def wants(path):
    for line in open(path, encoding="utf-8"):
        if not line.startswith("# "):
            return
        yield line.split()[1:]


def problems(report, path):
    verdict = report["verdict"]
    held = {f["rule"] for f in report.get("findings", [])}
    for words in wants(path):
        if words[0] == "also" and words[1] not in held:
            yield "%s does not hold" % words[1]
        elif words[0] == "not" and words[1] in held:
            yield "%s holds" % words[1]
        elif words[0] == "rule":
            for key, value in zip(words[::2], words[1::2]):
                if value not in ("-", verdict.get(key)):
                    yield "%s is %s, not %s" % (key, verdict.get(key), value)


def main():
    passed = failed = 0
    for line in open(sys.argv[1], encoding="utf-8"):
        report = json.loads(line)
        path = report["input"]["path"]
        found = list(problems(report, path))
        if found:
            print("FAILED %s: %s; %s" % (path, ", ".join(found), report["verdict"].get("title")))
        failed += bool(found)
        passed += not found
    print(passed, "passed", failed, "failed")


main()
