/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/vmem.h"

#include "kernel/vmem_find.h"

enum {
	SMALL = 256, /* mappings kept, by page number; a power of two */
	LARGE = 8,   /* mappings longer than a page: kernel text, memory itself */
	PAGE_SHIFT_MIN = 12,
};

/* Mappings that were found once; va_to 0 is an empty place. */
struct vmem_impl {
	struct dump *dump;
	struct vmem_kernel kernel;
	struct arch_mapping small[SMALL];
	struct arch_mapping large[LARGE];
	size_t large_next; /* the place for the next one */
};

static bool
covers(const struct arch_mapping *m, uint64_t va)
{
	return m->va_to != 0 && va >= m->va_from && va <= m->va_to;
}

static struct arch_mapping *
small_place(struct vmem_impl *v, uint64_t va)
{
	return &v->small[va >> PAGE_SHIFT_MIN & (SMALL - 1)];
}

static const struct arch_mapping *
find_mapping(struct vmem_impl *v, uint64_t va)
{
	const struct arch_mapping *m = small_place(v, va);

	if (covers(m, va))
		return m;
	for (size_t i = 0; i < LARGE; i++) {
		if (covers(&v->large[i], va))
			return &v->large[i];
	}
	return NULL;
}

/* Kept with the address of its first byte, so that it serves the whole page. */
static void
keep_mapping(struct vmem_impl *v, uint64_t va, struct arch_mapping m)
{
	bool is_small = m.va_to - m.va_from < UINT64_C(1) << PAGE_SHIFT_MIN;

	m.pa -= va - m.va_from;
	if (is_small)
		*small_place(v, va) = m;
	else
		v->large[v->large_next++ % LARGE] = m;
}

static const struct error *
map_linear(const struct vmem_kernel *k, uint64_t va, struct arch_mapping *out)
{
	for (size_t i = 0; i < k->linear_count; i++) {
		const struct vmem_linear *l = &k->linear[i];

		if (va < l->va_from || va > l->va_to)
			continue;
		*out = (struct arch_mapping){ l->pa + (va - l->va_from), l->va_from, l->va_to };
		return NULL;
	}
	return &arch_not_mapped;
}

/* An answer that the tables gave; anything else means that one of them is missing. */
static bool
is_answer(const struct error *e)
{
	return e == NULL || e == &arch_not_mapped || e == &arch_not_canonical;
}

static const struct error *
map_anew(struct vmem_impl *v, uint64_t va, struct arch_mapping *out)
{
	const struct vmem_kernel *k = &v->kernel;
	const struct error *e = NULL;

	if (!k->has_tables || k->wrong) {
		e = map_linear(k, va, out);
		if (e == NULL || !k->has_tables)
			return e;
	}
	e = v->dump->arch->walk(&v->dump->phys, &k->paging, va, out);
	if (e == NULL || (is_answer(e) && !k->unconfirmed))
		return e;
	return map_linear(k, va, out) == NULL ? NULL : e;
}

const struct error *
vmem_map(struct vmem *v, uint64_t va, struct arch_mapping *out)
{
	const struct arch_mapping *known = find_mapping(v->impl, va);
	struct arch_mapping m = { 0 };
	const struct error *e = NULL;

	if (known != NULL) {
		*out = *known;
		out->pa += va - known->va_from;
		return NULL;
	}
	e = map_anew(v->impl, va, &m);
	if (e != NULL)
		return e;
	keep_mapping(v->impl, va, m);
	*out = m;
	return NULL;
}

const struct error *
vmem_translate(struct vmem *v, uint64_t va, uint64_t *pa)
{
	struct arch_mapping m = { 0 };
	const struct error *e = vmem_map(v, va, &m);

	if (e == NULL)
		*pa = m.pa;
	return e;
}

static const struct error *
read_virtual(void *self, uint64_t va, void *buf, size_t len)
{
	struct vmem *v = self;
	uint8_t *to = buf;

	while (len != 0) {
		struct arch_mapping m = { 0 };
		const struct error *e = vmem_map(v, va, &m);
		size_t step = len;

		if (e != NULL)
			return e;
		if (len - 1 > m.va_to - va)
			step = (size_t)(m.va_to - va) + 1;
		e = memory_read(&v->impl->dump->phys, m.pa, to, step);
		if (e != NULL)
			return e;
		to += step;
		va += step;
		len -= step;
		if (len != 0 && va == 0)
			return &arch_not_canonical; /* beyond the last address of all */
	}
	return NULL;
}

bool
vmem_leads_to(struct dump *d, const struct arch_paging *p, uint64_t va, uint64_t pa)
{
	struct arch_mapping m = { 0 };

	return d->arch->walk(&d->phys, p, va, &m) == NULL && m.pa == pa;
}

/* Why tables cannot be relied on: one of them is missing, or they do not lead to themselves. */
static const struct error *
why_unconfirmed(struct dump *d, struct arena *a, const struct arch_paging *p, uint64_t root_va)
{
	struct arch_mapping m = { 0 };
	const struct error *e = d->arch->walk(&d->phys, p, root_va, &m);

	if (!is_answer(e))
		return error_wrap(a, e,
				  "some of the kernel's page tables cannot be read, only what "
				  "others map, or it maps linearly, can");
	return error_new(a, ERROR_CORRUPT,
			 "the kernel's page tables do not lead to themselves, so what is not "
			 "mapped linearly may be wrong");
}

void
vmem_confirm(struct dump *d, struct arena *a, struct vmem_kernel *k, uint64_t root_va)
{
	struct arch_mapping m = { 0 };

	if (vmem_leads_to(d, &k->paging, root_va, k->paging.root))
		return;
	k->unconfirmed = true;
	k->wrong = d->arch->walk(&d->phys, &k->paging, root_va, &m) == NULL;
	k->problem = why_unconfirmed(d, a, &k->paging, root_va);
}

void
vmem_add_linear(struct vmem_kernel *k, uint64_t va_from, uint64_t va_to, uint64_t pa)
{
	if (k->linear_count < VMEM_LINEAR_MAX)
		k->linear[k->linear_count++] = (struct vmem_linear){ va_from, va_to, pa };
}

uint64_t
vmem_register(const struct regs *r, const char *name)
{
	uint64_t v = 0;

	return regs_get(r, name, &v) ? v : 0;
}

bool
vmem_x86_paging(const struct regs *r)
{
	return (vmem_register(r, "cr0") >> 31 & 1) != 0;
}

void
vmem_find_kaslr(const struct dump *d, struct vmem_kernel *k)
{
	k->has_kaslr = vmcoreinfo_hex(d->vmcoreinfo, "KERNELOFFSET", &k->kaslr_offset);
}

static const struct {
	const struct arch *arch;
	const struct error *(*find)(struct dump *d, struct arena *a, struct vmem_kernel *k);
} finders[] = {
	{ &arch_x86_64, vmem_find_x86_64 }, { &arch_i386, vmem_find_i386 },
	{ &arch_arm64, vmem_find_arm64 },   { &arch_riscv64, vmem_find_riscv64 },
	{ &arch_ppc64, vmem_find_ppc64 },   { &arch_s390x, vmem_find_s390x },
	{ &arch_arm, vmem_find_arm },
};

static const struct error *
find_kernel(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	for (size_t i = 0; i < ARRAY_LEN(finders); i++) {
		if (finders[i].arch == d->arch)
			return finders[i].find(d, a, k);
	}
	return error_new(a, ERROR_UNSUPPORTED,
			 "this build cannot follow the page tables of %s machines",
			 d->machine == NULL ? "unknown" : d->machine);
}

/*
 * A hypervisor's dump may lack VMCOREINFO, but the kernel keeps it in memory. What is found
 * there may be left over from a kernel before this one: it counts if it leads to tables.
 */
static const struct error *
find_scanned(struct dump *d, struct arena *a, struct vmem_kernel *k)
{
	if (d->vmcoreinfo == NULL)
		(void)dump_scan_vmcoreinfo(d);

	const struct error *e = find_kernel(d, a, k);

	if (!d->vmcoreinfo_scanned || d->vmcoreinfo == NULL || (e == NULL && k->problem == NULL))
		return e;
	d->vmcoreinfo = NULL;
	*k = (struct vmem_kernel){ .linear_count = 0 };
	return find_kernel(d, a, k);
}

const struct error *
vmem_open(struct dump *d, struct arena *a, struct vmem **out)
{
	struct vmem_kernel k = { .linear_count = 0 };
	const struct error *e = find_scanned(d, a, &k);

	if (e != NULL)
		return e;

	struct vmem *v = ARENA_NEW(a, struct vmem);

	v->impl = ARENA_NEW(a, struct vmem_impl);
	v->impl->dump = d;
	v->impl->kernel = k;
	v->mem = (struct memory){ read_virtual, v, d->order, d->arch->word_len };
	v->paging = k.paging;
	v->has_tables = k.has_tables;
	v->kaslr_offset = k.kaslr_offset;
	v->has_kaslr = k.has_kaslr;
	v->source = k.source;
	v->problem = k.problem;
	*out = v;
	return NULL;
}
