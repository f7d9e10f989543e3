/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/elfcore_header.h"

#include <string.h>

enum {
	IDENT_LEN = 16,
	IDENT_CLASS = 4,
	IDENT_DATA = 5,
	TYPE_CORE = 4,
};

static bool
is_ident(struct bytes b)
{
	return b.len >= IDENT_LEN + 2 && memcmp(b.p, "\177ELF", 4) == 0 &&
	       (b.p[IDENT_CLASS] == 1 || b.p[IDENT_CLASS] == 2) &&
	       (b.p[IDENT_DATA] == 1 || b.p[IDENT_DATA] == 2);
}

bool
elfcore_is_header(struct bytes head)
{
	if (!is_ident(head))
		return false;
	return bytes_u16(head.p + IDENT_LEN, head.p[IDENT_DATA] == 2 ? ORDER_BIG : ORDER_LITTLE) ==
	       TYPE_CORE;
}

static uint16_t
segment_len_of(uint8_t class_len)
{
	return class_len == 8 ? 56 : 32;
}

const struct error *
elfcore_header_parse(struct bytes head, struct arena *a, struct elfcore_header *out)
{
	struct elfcore_header h = { 0 };

	if (!is_ident(head))
		return error_new(a, ERROR_CORRUPT, "ELF header: cut short or not one");
	h.class_len = head.p[IDENT_CLASS] == 2 ? 8 : 4;
	h.order = head.p[IDENT_DATA] == 2 ? ORDER_BIG : ORDER_LITTLE;

	struct reader r = reader_over(head, h.order, "ELF header", a);

	reader_skip(&r, IDENT_LEN + 2);
	h.machine = reader_u16(&r);
	reader_skip(&r, 4); /* e_version */
	reader_skip(&r, h.class_len);
	h.segments_off = reader_word(&r, h.class_len);
	h.sections_off = reader_word(&r, h.class_len);
	h.flags = reader_u32(&r);
	reader_skip(&r, 2); /* e_ehsize */
	h.segment_len = reader_u16(&r);
	h.segment_count = reader_u16(&r);
	h.section_len = reader_u16(&r);
	h.section_count = reader_u16(&r);
	h.names_index = reader_u16(&r);
	if (h.segment_count != 0 && h.segment_len != segment_len_of(h.class_len))
		reader_reject(&r, "program headers of %u bytes", h.segment_len);
	if (reader_error(&r) == NULL)
		*out = h;
	return reader_error(&r);
}

struct elfcore_segment
elfcore_take_segment(struct reader *r, const struct elfcore_header *h)
{
	struct elfcore_segment s = { 0 };
	size_t at = r->off;

	s.type = reader_u32(r);
	if (h->class_len == 8)
		reader_skip(r, 4); /* p_flags, which stand elsewhere in the other class */
	s.off = reader_word(r, h->class_len);
	s.va = reader_word(r, h->class_len);
	s.pa = reader_word(r, h->class_len);
	s.file_len = reader_word(r, h->class_len);
	s.memory_len = reader_word(r, h->class_len);
	if (reader_error(r) == NULL)
		reader_skip(r, h->segment_len - (r->off - at));
	return s;
}

const struct error *
elfcore_section_info(struct bytes section, const struct elfcore_header *h, struct arena *a,
		     uint32_t *out)
{
	struct reader r = reader_over(section, h->order, "ELF section header", a);

	/* sh_name, sh_type; sh_flags, sh_addr, sh_offset, sh_size; sh_link */
	reader_skip(&r, 4 + 4 + 4 * (uint64_t)h->class_len + 4);

	uint32_t info = reader_u32(&r);

	if (reader_error(&r) == NULL)
		*out = info;
	return reader_error(&r);
}
