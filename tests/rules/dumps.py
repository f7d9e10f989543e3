# SPDX-License-Identifier: GPL-2.0-or-later
"""dumps.py BUILD_DIR: rules that need a dump, on dumps.

The dumps are those of samples/, whose memory is changed as tests/rules/dumps says: the rest of a
real machine stays round what the rule looks for. Each change goes into the file as makedumpfile
would have written it.
"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(HERE, "..", "..", "samples")
ZLIB = 1


class Dump:
    """A kdump file with zlib pages, taken apart and put together again."""

    def __init__(self, path):
        with open(path, "rb") as f:
            data = f.read()
        self.block, sub_header, bitmap = struct.unpack_from("<iiI", data, 428)
        self.head = bytearray(data[:self.block * (1 + sub_header)])
        bits = data[len(self.head):len(self.head) + bitmap * self.block]
        self.first, second = bits[:len(bits) // 2], bits[len(bits) // 2:]
        self.page = {}
        at = len(self.head) + len(bits)
        for pfn in range(len(second) * 8):
            if second[pfn >> 3] >> (pfn & 7) & 1:
                offset, size, flags, _ = struct.unpack_from("<QIIQ", data, at)
                self.page[pfn] = (data[offset:offset + size], flags)
                at += 24

    def memory(self, pfn):
        packed, flags = self.page[pfn]
        return bytearray(zlib.decompress(packed) if flags & ZLIB else packed)

    def poke(self, address, new):
        """Within one page: what goes on behind it may be anywhere."""
        pfn, offset = divmod(address, self.block)
        page = self.memory(pfn)
        assert offset + len(new) <= self.block, "not in one page"
        page[offset:offset + len(new)] = new
        self.page[pfn] = (bytes(page), 0)

    def exclude(self, address):
        """As makedumpfile -d 31 leaves pages out."""
        del self.page[address // self.block]
        struct.pack_into("<i", self.head, self.block + 8, 31) # dump_level of the sub-header

    def replace(self, old, new):
        """Wherever it stands in memory: in the log, too."""
        assert len(old) == len(new), "of another length"
        for pfn in self.page:
            page = self.memory(pfn)
            if old in page:
                self.page[pfn] = (bytes(page.replace(old, new)), 0)

    def corrupt(self, address):
        packed, _ = self.page[address // self.block]
        self.page[address // self.block] = (b"\0" * len(packed), ZLIB)

    def write(self, path, keep=1.0):
        second = bytearray(len(self.first))
        for pfn in self.page:
            second[pfn >> 3] |= 1 << (pfn & 7)
        table, pages = [], []
        at = len(self.head) + 2 * len(second) + 24 * len(self.page)
        for pfn in sorted(self.page):
            packed, flags = self.page[pfn]
            table.append(struct.pack("<QIIQ", at, len(packed), flags, 0))
            pages.append(packed)
            at += len(packed)
        data = b"".join([bytes(self.head), self.first, bytes(second), *table, *pages])
        with open(path, "wb") as f:
            f.write(data[:int(len(data) * keep)])


class Case:
    def __init__(self, line):
        rule, self.sample, what, other = [c.strip() for c in (line + "|").split("|")[:4]]
        self.rules = rule.split()
        self.changes = [c.strip() for c in what.split(";") if c.strip()]
        self.options = other.split()

    def make(self, build, path):
        source = os.path.join(SAMPLES, self.sample, "vmcore")
        dump, keep = Dump(source), 1.0
        for change in self.changes:
            verb, _, rest = change.partition(" ")
            if verb == "keep":
                keep = float(rest)
            elif verb == "text":
                filled = re.sub("{(.*?)}", lambda m: "%016x" % where(build, source, m[1])[2], rest)
                old, new = (t.strip().encode() for t in filled.split("="))
                dump.replace(old, new.ljust(len(old)))
            elif verb in ("exclude", "corrupt"):
                getattr(dump, verb)(where(build, source, rest)[0])
            else:
                place, _, value = change.partition("=")
                address, length, _ = where(build, source, place.strip())
                if "&" in value:
                    value, length = str(where(build, source, value.strip(" &"))[2]), 8
                dump.poke(address, value_of(value.strip(), length))
        dump.write(path, keep)

    def problems(self, build):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "vmcore")
            self.make(build, path)
            options = [o.replace("@build", build).replace("@here", HERE) for o in self.options]
            done = subprocess.run([build + "/kdtriage", "-q", "-f", "json", *options, path],
                                  stdout=subprocess.PIPE, check=False)
        if done.returncode not in (0, 1):
            return ["exit status %d" % done.returncode]
        report = json.loads(done.stdout)
        held = {f["rule"] for f in report["findings"]}
        said = "; the verdict is %s" % report["verdict"].get("rule")
        return [("%s holds" % r[1:] if r[0] == "-" else "%s does not hold" % r) + said
                for r in self.rules if (r.lstrip("-") in held) == (r[0] == "-")]


def where(build, path, place):
    done = subprocess.run([build + "/dump-where", path, place], stdout=subprocess.PIPE, check=True)
    return [int(n, 0) for n in done.stdout.split()]


def value_of(text, length):
    """A number as long as the member (or 0x10:8, eight bytes long), or "text" with its NUL."""
    if text.startswith('"'):
        return text.strip('"').encode() + b"\0"
    if ":" in text:
        text, size = text.split(":")
        length = int(size)
    return (int(text, 0) & ((1 << length * 8) - 1)).to_bytes(length, "little")


def main():
    build = os.path.abspath(sys.argv[1])
    passed = failed = 0
    with open(os.path.join(HERE, "dumps"), encoding="utf-8") as f:
        cases = [Case(line) for line in f if line.strip() and not line.startswith("#")]
    for case in cases:
        found = case.problems(build)
        if found:
            print("FAILED %s of %s: %s" % (" ".join(case.rules), case.sample, ", ".join(found)))
        failed += bool(found)
        passed += not found
    print(passed, "passed", failed, "failed")


if __name__ == "__main__":
    main()
