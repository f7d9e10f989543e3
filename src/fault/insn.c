/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/insn.h"

#include "fault/align.h"
#include "fault/port.h"

#include <stdio.h>

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

	*d = (struct decoder){ arch, port, h->handle, h->insn, NULL };
	*out = d;
	return NULL;
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
	if (!cs_disasm_iter(d->handle, &b.p, &b.len, &address, d->insn))
		return 0;
	return d->insn->size;
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
	if (port->step == port->max_len)
		return c->marker % port->step;
	if (port->cost == NULL)
		return c->marker;
	for (size_t i = 0; i < c->marker; i++) {
		struct bytes b = code_from(c, i);

		b.len = decoder_at(d, b, insn_address(place, i));
		step[i].len = (uint8_t)b.len;
		step[i].cost = port->cost(b);
		step[i].data_cost = port->data_cost(c->byte[i]);
	}
	if (place->has_offset && place->offset <= 0 && -place->offset <= (int64_t)c->marker)
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
