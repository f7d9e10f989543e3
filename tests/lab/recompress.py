# SPDX-License-Identifier: GPL-2.0-or-later
"""Rewrites an uncompressed kdump file (makedumpfile without -c, -l ...) with snappy or zstd pages.

Debian's makedumpfile is built without either, while other distributions' is not.
"""
import ctypes
import struct

SNAPPY = 4
ZSTD = 0x20
DESCRIPTOR = struct.Struct("<QIIQ") # offset, size, flags, page flags


def load_snappy():
    """Returns bytes -> bytes, or None where libsnappy is not installed."""
    try:
        library = ctypes.CDLL("libsnappy.so.1")
    except OSError:
        return None

    def compress(page):
        size = ctypes.c_size_t(len(page) * 2)
        out = ctypes.create_string_buffer(size.value)
        if library.snappy_compress(page, ctypes.c_size_t(len(page)), out, ctypes.byref(size)):
            raise RuntimeError("snappy_compress fails")
        return out.raw[:size.value]

    return compress


def load_zstd():
    """The same of libzstd, at the level that makedumpfile takes."""
    try:
        library = ctypes.CDLL("libzstd.so.1")
    except OSError:
        return None
    library.ZSTD_compress.restype = ctypes.c_size_t

    def compress(page):
        out = ctypes.create_string_buffer(len(page) * 2)
        size = library.ZSTD_compress(out, ctypes.c_size_t(len(out)), page,
                                     ctypes.c_size_t(len(page)), 1)
        if library.ZSTD_isError(ctypes.c_size_t(size)):
            raise RuntimeError("ZSTD_compress fails")
        return out.raw[:size]

    return compress


def rewrite(source, target, compress, flag):
    data = source.read_bytes()
    status, block, sub_header, bitmap = struct.unpack_from("<iiiI", data, 424)
    descriptors = block * (1 + sub_header + bitmap)
    second = data[descriptors - block * bitmap // 2:descriptors]
    count = bin(int.from_bytes(second, "little")).count("1")
    header = bytearray(data[:descriptors])
    struct.pack_into("<i", header, 424, status & ~0x27 | flag)
    table, pages, moved = [], [], {}
    at = descriptors + count * DESCRIPTOR.size
    for i in range(count):
        offset, size, flags, page_flags = DESCRIPTOR.unpack_from(data,
                                                                 descriptors + i * DESCRIPTOR.size)
        if offset not in moved: # all zero pages share one
            page = data[offset:offset + size]
            small = compress(page)
            small, kind = (small, flag) if len(small) < len(page) else (page, flags)
            moved[offset] = (at, len(small), kind)
            pages.append(small)
            at += len(small)
        table.append(DESCRIPTOR.pack(*moved[offset], page_flags))
    target.write_bytes(b"".join([bytes(header), *table, *pages]))
