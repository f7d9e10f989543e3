/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/insn.h"

#include "fault/align.h"
#include "fault/port.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct handle {
	csh handle;
	cs_insn *insn;
};

static void
close_handle(void *ptr)
{
	struct handle *h = ptr;

	if (h->insn != NULL)
		cs_free(h->insn, 1);
	cs_close(&h->handle);
}

static const struct error *
unsupported(const struct arch *arch, struct arena *a, const char *why)
{
	return error_new(a, ERROR_UNSUPPORTED, "this build cannot disassemble %s code: %s",
			 arch->name, why);
}

const struct error *
decoder_open(const struct arch *arch, struct arena *a, struct decoder **out)
{
	const struct port *port = port_find(arch);

	if (port == NULL || arch->capstone_arch < 0 || !cs_support(arch->capstone_arch))
		return unsupported(arch, a, "no disassembler for it");

	struct handle *h = ARENA_NEW(a, struct handle);
	cs_err e = cs_open((cs_arch)arch->capstone_arch, (cs_mode)arch->capstone_mode, &h->handle);

	if (e != CS_ERR_OK)
		return unsupported(arch, a, cs_strerror(e));
	arena_defer(a, close_handle, h);
	if (cs_option(h->handle, CS_OPT_DETAIL, CS_OPT_ON) != CS_ERR_OK ||
	    (arch->capstone_arch == CS_ARCH_X86 &&
	     cs_option(h->handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT) != CS_ERR_OK))
		return unsupported(arch, a, "capstone was built without details or AT&T syntax");
	h->insn = cs_malloc(h->handle);
	if (h->insn == NULL)
		return unsupported(arch, a, cs_strerror(cs_errno(h->handle)));

	struct decoder *d = ARENA_NEW(a, struct decoder);

	*d = (struct decoder){
		.arch = arch,
		.port = port,
		.handle = h->handle,
		.insn = h->insn,
		.mode = arch->capstone_mode,
		.step = port->step,
		.group = port->words_as_hex ? port->step : 1,
	};
	*out = d;
	return NULL;
}

void
decoder_set(struct decoder *d, struct bytes b, size_t len, uint64_t address, const char *text)
{
	cs_insn *insn = d->insn;

	insn->id = 0;
	insn->address = address;
	insn->size = (uint16_t)len;
	memcpy(insn->bytes, b.p, len < sizeof(insn->bytes) ? len : sizeof(insn->bytes));
	insn->mnemonic[0] = '\0';
	insn->op_str[0] = '\0';
	memset(insn->detail, 0, sizeof(*insn->detail));
	d->name = text;
}

void
decoder_set_mode(struct decoder *d, int mode, uint8_t step)
{
	if (cs_option(d->handle, CS_OPT_MODE, (size_t)mode) != CS_ERR_OK)
		return;
	d->mode = mode;
	d->step = step;
	if (d->group != 1)
		d->group = step;
}

/* Where all instructions have one length, a word that is none does not hide the next. */
static size_t
decode_raw(struct decoder *d, struct bytes b, uint64_t address)
{
	enum byte_order order =
		(d->arch->capstone_mode & CS_MODE_BIG_ENDIAN) != 0 ? ORDER_BIG : ORDER_LITTLE;

	if (d->step != d->port->max_len || d->step != 4 || b.len < 4)
		return 0;
	snprintf(d->raw, sizeof(d->raw), ".inst 0x%08" PRIx32, bytes_u32(b.p, order));
	decoder_set(d, b, 4, address, d->raw);
	return 4;
}

size_t
decoder_at(struct decoder *d, struct bytes b, uint64_t address)
{
	size_t len = 0;

	d->name = NULL;
	if (d->port->decode != NULL)
		len = d->port->decode(d, b, address);
	if (len != 0)
		return len;
	d->name = NULL;

	struct bytes rest = b;
	uint64_t next = address;

	if (cs_disasm_iter(d->handle, &rest.p, &rest.len, &next, d->insn))
		return d->insn->size;
	return decode_raw(d, b, address);
}

void
decoder_text(struct decoder *d, const struct insn_place *place, size_t off,
	     char text[INSN_TEXT_LEN])
{
	if (d->port->text != NULL) {
		d->port->text(d, place, off, text);
		return;
	}
	snprintf(text, INSN_TEXT_LEN, "%s%s%s", d->insn->mnemonic,
		 d->insn->op_str[0] == '\0' ? "" : " ", d->insn->op_str);
}

uint64_t
insn_address(const struct insn_place *place, size_t off)
{
	if (place->has_address)
		return place->address + off;
	if (place->has_offset)
		return (uint64_t)place->offset + off;
	return off;
}

enum {
	NAME_REACH = 1 << 16, /* what is farther behind a symbol has no name */
};

void
insn_put_address(struct out *o, const struct insn_place *place, uint64_t va)
{
	struct symbol s = { 0 };

	if (place->symbols == NULL || !symbols_at(place->symbols, va, &s) ||
	    va - s.va >= NAME_REACH || (s.len != 0 && va - s.va >= s.len))
		out_put(o, "0x%" PRIx64, va);
	else if (va == s.va)
		out_put(o, "%.*s", STR_ARG(str_first(s.name, 100)));
	else
		out_put(o, "%.*s+0x%" PRIx64, STR_ARG(str_first(s.name, 100)), va - s.va);
}

void
insn_put_target(struct out *o, const struct insn_place *place, size_t off, uint64_t target)
{
	int64_t from_insn = (int64_t)(target - insn_address(place, off));
	int64_t in_function = (int64_t)((uint64_t)place->offset + off + (uint64_t)from_insn);
	bool is_inside = place->has_offset && place->function.len != 0 && in_function >= 0 &&
			 (uint64_t)in_function < place->len;

	if (is_inside && (!place->has_address || place->symbols != NULL))
		out_put(o, "%.*s+0x%" PRIx64, STR_ARG(str_first(place->function, 100)),
			(uint64_t)in_function);
	else if (place->has_address)
		insn_put_address(o, place, target);
	else if (from_insn < 0)
		out_put(o, ".-0x%" PRIx64, -(uint64_t)from_insn);
	else
		out_put(o, ".+0x%" PRIx64, (uint64_t)from_insn);
}

static struct bytes
code_from(const struct code *c, size_t off)
{
	return (struct bytes){ c->byte + off, c->len - off };
}

/* Where decoding begins, so that it arrives at the marker. */
static size_t
first_start(struct decoder *d, const struct code *c, const struct insn_place *place)
{
	const struct port *port = d->port;
	struct align_step step[CODE_MAX] = { 0 };
	size_t known = SIZE_MAX;

	if (c->is_aligned)
		return 0;
	if (d->step == port->max_len)
		return c->marker % d->step;
	for (size_t i = c->marker % d->step; i < c->marker; i += d->step) {
		struct bytes b = code_from(c, i);

		b.len = decoder_at(d, b, insn_address(place, i));
		step[i].len = (uint8_t)b.len;
		if (port->cost == NULL)
			continue;
		step[i].cost = port->cost(d, b);
		step[i].data_cost = port->data_cost(c->byte[i]);
	}
	if (place->has_offset && place->offset <= 0 && place->offset >= -(int64_t)c->marker)
		known = (size_t)-place->offset;
	return align_start(step, c->marker, known);
}

/* Count of the list without what fills the gap at its end. */
static size_t
without_padding(struct decoder *d, const struct code *c, const struct insn_place *place,
		const struct insn_at *list, size_t count, size_t at)
{
	for (; d->port->is_padding != NULL && count > at + 1; count--) {
		const struct insn_at *last = &list[count - 1];

		if (decoder_at(d, code_from(c, last->off), insn_address(place, last->off)) == 0 ||
		    !d->port->is_padding(d))
			break;
	}
	return count;
}

size_t
insn_list(struct decoder *d, const struct code *c, const struct insn_place *place,
	  struct insn_at list[INSN_MAX], size_t *at)
{
	size_t count = 0;
	bool reached = false;

	for (size_t off = first_start(d, c, place); off < c->len && count < INSN_MAX;) {
		size_t len = decoder_at(d, code_from(c, off), insn_address(place, off));

		if (len == 0)
			break;
		if (off == c->marker) {
			*at = count;
			reached = true;
		}
		list[count++] = (struct insn_at){ off, (uint8_t)len };
		off += len;
	}
	if (!reached)
		return 0;
	return without_padding(d, c, place, list, count, *at);
}
