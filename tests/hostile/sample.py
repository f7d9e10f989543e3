# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample's kernel: its memory by virtual address, and copies with some of it changed.

Only what this needs of kdump-compressed files and page tables is known here: 64-bit, little-endian,
x86_64, version 6, one file. It is not the reader under test that finds the places to damage.
"""
import json
import re
import struct
import subprocess
import zlib

PAGE = 4096
IMAGE = 0xffffffff80000000
TASK_LEN = 9600 # of any of the samples, and a little less
MODULE_LEN = 896
BTF_TYPEDEF = 8
BTF_EXTRA = {1: 4, 3: 12, 14: 4, 17: 4} # bytes behind a record: INT, ARRAY, VAR, DECL_TAG
BTF_EACH = {4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12} # and for each of its members


class Absent(Exception):
    """Memory that is not in the dump."""


class Sample:
    def __init__(self, path, build):
        self.path = path
        self.whole = path.read_bytes()
        self.read_header()
        info = re.search(rb"OSRELEASE=[^\0]*", self.whole)[0].decode()
        self.info = dict(line.split("=", 1) for line in info.splitlines() if "=" in line)
        self.root = int(self.info["SYMBOL(init_top_pgt)"], 16) - IMAGE + \
            int(self.info["NUMBER(phys_base)"])
        self.levels = 4 + int(self.info.get("NUMBER(pgtable_l5_enabled)", "0"))
        self.tables = set() # entries of page tables that led somewhere
        told = subprocess.run([build / "dump-stacks", path], check=True, stdout=subprocess.PIPE)
        self.told = json.loads(told.stdout)
        listed = subprocess.run([build / "dump-stacks", "-s", path], check=True, text=True,
                                stdout=subprocess.PIPE).stdout
        self.symbols = {}
        for line in listed.splitlines():
            va, _, name = line.split(maxsplit=2)
            self.symbols.setdefault(name, int(va, 16))
        for name, va in self.info.items():
            if name.startswith("SYMBOL("):
                self.symbols.setdefault(name[7:-1], int(va, 16))
        self.find_objects()

    def read_header(self):
        block, sub, blocks = struct.unpack_from("<iII", self.whole, 428)
        bitmap = (1 + sub) * block + blocks * block // 2
        self.descriptors = (1 + sub + blocks) * block
        self.pfns, index = {}, 0
        for i, byte in enumerate(self.whole[bitmap:self.descriptors]):
            for bit in range(8):
                if byte >> bit & 1:
                    self.pfns[8 * i + bit] = index
                    index += 1

    def page(self, pfn):
        if pfn not in self.pfns:
            raise Absent(hex(pfn))
        at, size, flags = struct.unpack_from("<QII", self.whole,
                                             self.descriptors + 24 * self.pfns[pfn])
        data = self.whole[at:at + size]
        return zlib.decompress(data) if flags & 1 else data

    def to_physical(self, va):
        table = self.root
        for level in range(self.levels - 1, -1, -1):
            at = table + (va >> 12 + 9 * level & 511) * 8
            entry = self.read_physical(at, 8)
            value = int.from_bytes(entry, "little")
            if not value & 1:
                raise Absent(hex(va))
            self.tables.add(at)
            address = value & 0x000ffffffffff000
            if level == 0 or (level < 3 and value & 0x80):
                mask = (1 << 12 + 9 * level) - 1
                return (address & ~mask) | (va & mask)
            table = address
        raise Absent(hex(va))

    def read_physical(self, at, length):
        return self.page(at // PAGE)[at % PAGE:at % PAGE + length]

    def word(self, va):
        return int.from_bytes(self.read_physical(self.to_physical(va), 8), "little")

    def present(self, va):
        try:
            self.read_physical(self.to_physical(va), 1)
        except Absent:
            return False
        return True

    def find_objects(self):
        """Tasks, modules, and what is on their lists, by the lists themselves."""
        self.tasks = [int(t["task"], 16) for t in self.told["tasks"]]
        self.frames = [(int(f["sp"], 16), int(f["pc"], 16))
                       for t in self.told["tasks"] for f in t["frames"]]
        first = self.symbols["init_task"]
        self.task_nodes = max((self.follow(first + off) for off in range(0, 4096, 8)), key=len)
        self.module_nodes = self.follow(self.symbols["modules"])

    def follow(self, head):
        """The nodes of a list, its head among them, or none."""
        nodes, node = [head], head
        try:
            while len(nodes) < 1000:
                following = self.word(node)
                if following >> 56 != 0xff or self.word(following + 8) != node:
                    return []
                if following == head:
                    return nodes if len(nodes) > 2 else []
                nodes.append(following)
                node = following
        except Absent:
            pass
        return []

    def typedefs(self):
        """(address of the field that says of what, id) of each typedef in BTF that is there."""
        start = self.symbols["__start_BTF"]
        data = b"".join(self.page_or_zeros(va) for va in range(
            start & -PAGE, self.symbols["__stop_BTF"], PAGE))[start % PAGE:]
        _, _, _, header, at, length = struct.unpack_from("<HBBIII", data)
        at, end, kind_of, found = header + at, header + at + length, 1, []
        while at < end:
            info = struct.unpack_from("<I", data, at + 4)[0]
            kind = info >> 24 & 31
            if not 0 < kind < 20: # a page that is not there
                break
            if kind == BTF_TYPEDEF:
                found.append((start + at + 8, kind_of))
            at += 12 + BTF_EXTRA.get(kind, 0) + BTF_EACH.get(kind, 0) * (info & 0xffff)
            kind_of += 1
        return found

    def page_or_zeros(self, va):
        try:
            return self.page(self.to_physical(va) // PAGE)
        except Absent:
            return bytes(PAGE)

    def changed(self, writes):
        """The file with other bytes at some physical addresses: (address, bytes)."""
        pages = {}
        for at, data in writes:
            page = pages.setdefault(at // PAGE, bytearray(self.page(at // PAGE)))
            data = data[:PAGE - at % PAGE]
            page[at % PAGE:at % PAGE + len(data)] = data
        out = bytearray(self.whole)
        for pfn, page in pages.items():
            struct.pack_into("<QII", out, self.descriptors + 24 * self.pfns[pfn], len(out), PAGE, 0)
            out += page
        return bytes(out)
