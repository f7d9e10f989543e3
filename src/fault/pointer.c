/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault/pointer.h"

#include "fault/errno_names.h"
#include "fault/space.h"

#include <inttypes.h>
#include <string.h>

enum {
	NULL_OFFSET_MAX = 0x10000, /* the lowest address that mmap_min_addr lets user space have */
	ERRNO_MAX = 4095,
	POISON_REACH = 0x10000, /* how far from a poison a member of a structure can be */
	ASCII_MIN = 6,          /* bytes of text that are no accident in a word of 8 */
};

/* A value under inspection. */
struct subject {
	const struct pointer_context *context;
	const struct space *layout; /* NULL: nothing is certain */
	struct arena *arena;
	uint64_t va;
	uint64_t mask; /* of a word */
	struct pointer *out;
};

static const char *const class_names[POINTER_CLASS_COUNT] = {
	[POINTER_NULL] = "null",
	[POINTER_NULL_OFFSET] = "null_offset",
	[POINTER_ERR_PTR] = "err_ptr",
	[POINTER_LIST_POISON] = "list_poison",
	[POINTER_SLAB_POISON] = "slab_poison",
	[POINTER_SLAB_UNINITIALISED] = "slab_uninitialised",
	[POINTER_REDZONE] = "redzone",
	[POINTER_PAGE_POISON] = "page_poison",
	[POINTER_KASAN_SHADOW] = "kasan_shadow",
	[POINTER_ASCII] = "ascii",
	[POINTER_SMALL_INTEGERS] = "small_integers",
	[POINTER_BIT_FLIP] = "bit_flip",
	[POINTER_USER] = "user",
	[POINTER_NON_CANONICAL] = "non_canonical",
	[POINTER_STACK] = "stack",
	[POINTER_PER_CPU] = "per_cpu",
	[POINTER_DIRECT_MAP] = "direct_map",
	[POINTER_VMALLOC] = "vmalloc",
	[POINTER_MODULE] = "module",
	[POINTER_TEXT] = "text",
	[POINTER_FIXMAP] = "fixmap",
	[POINTER_UNKNOWN] = "unknown",
};

const char *pointer_class_name(enum pointer_class class)
{
	return class_names[class];
}

bool pointer_is_bad(enum pointer_class class)
{
	return class < POINTER_USER;
}

/* "NAME", "NAME + 0x8", "NAME - 0x8" */
static const char *
beside(const struct subject *s, const char *name, uint64_t base)
{
	int64_t diff = (int64_t)(s->va - base);

	if (diff == 0)
		return arena_printf(s->arena, "%s", name);
	if (diff < 0)
		return arena_printf(s->arena, "%s - 0x%" PRIx64, name, -(uint64_t)diff);
	return arena_printf(s->arena, "%s + 0x%" PRIx64, name, (uint64_t)diff);
}

static bool
is_near(const struct subject *s, uint64_t base, uint64_t reach)
{
	uint64_t diff = (s->va - base) & s->mask;

	return diff < reach || diff > s->mask - reach;
}

static bool
is_null(struct subject *s)
{
	s->out->text = "NULL";
	return s->va == 0;
}

static bool
is_null_offset(struct subject *s)
{
	if (s->va >= NULL_OFFSET_MAX)
		return false;
	s->out->text = arena_printf(s->arena, "NULL plus 0x%" PRIx64, s->va);
	return true;
}

static bool
is_err_ptr(struct subject *s)
{
	uint64_t number = -s->va & s->mask;
	const char *name = errno_name(number);

	if (number == 0 || number > ERRNO_MAX)
		return false;
	if (name != NULL)
		s->out->text = arena_printf(
			s->arena, "-%s as a pointer, or 0x%" PRIx64 " below NULL", name, number);
	else
		s->out->text = arena_printf(s->arena, "0x%" PRIx64 " below NULL", number);
	return true;
}

/* Poisons of include/linux/poison.h that stand above POISON_POINTER_DELTA. */
static bool
is_list_poison(struct subject *s)
{
	static const struct {
		uint32_t value;
		const char *name;
	} poisons[] = {
		{ 0x100, "LIST_POISON1" },
		{ 0x122, "LIST_POISON2" },
		{ 0x200, "LIST_POISON2 of kernels before v5.1" },
		{ 0x300, "TIMER_ENTRY_STATIC" },
		{ 0x400, "TAIL_MAPPING" },
		{ 0x100100, "LIST_POISON1 of kernels before v4.3" },
		{ 0x200200, "LIST_POISON2 of kernels before v4.3" },
	};
	uint64_t delta = s->layout == NULL ? 0 : s->layout->poison_delta;
	size_t best = ARRAY_LEN(poisons);
	uint64_t best_diff = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_LEN(poisons); i++) {
		uint64_t base = delta + poisons[i].value;
		uint64_t diff = s->va < base ? base - s->va : s->va - base;

		if (is_near(s, base, POISON_REACH) && diff < best_diff) {
			best = i;
			best_diff = diff;
		}
	}
	if (best == ARRAY_LEN(poisons))
		return false;
	s->out->text = beside(s, poisons[best].name, delta + poisons[best].value);
	return true;
}

static uint64_t
repeated(uint8_t b)
{
	return UINT64_C(0x0101010101010101) * b;
}

/* A word, or the lower half of one, of that byte, or near it. */
static bool
is_filled(struct subject *s, uint8_t b, const char *name)
{
	uint64_t whole = repeated(b) & s->mask;
	uint64_t half = repeated(b) & UINT32_MAX;

	if (is_near(s, whole, POISON_REACH))
		s->out->text = beside(s, name, whole);
	else if (is_near(s, half, POISON_REACH))
		s->out->text = beside(s, name, half);
	else
		return false;
	return true;
}

static bool
is_slab_poison(struct subject *s)
{
	/* The last byte of a freed object is POISON_END. */
	unsigned top = 8u * (s->context->arch->word_len - 1u);
	uint64_t end = (repeated(0x6b) & s->mask >> 8) | UINT64_C(0xa5) << top;

	if (is_near(s, end, POISON_REACH)) {
		s->out->text = beside(s, "the end of freed slab memory (6b..., a5)", end);
		return true;
	}
	return is_filled(s, 0x6b, "the poison of freed slab memory (6b...)");
}

static bool
is_slab_uninitialised(struct subject *s)
{
	return is_filled(s, 0x5a, "the poison of uninitialised slab memory (5a...)");
}

static bool
is_redzone(struct subject *s)
{
	/* SLAB's own words, in kernels before v6.8. */
	static const uint64_t active = 0xd84156c5635688c0;
	static const uint64_t inactive = 0x09f911029d74e35b;

	if (s->mask == UINT64_MAX && is_near(s, active, POISON_REACH))
		s->out->text = beside(s, "the red zone of a slab object in use", active);
	else if (s->mask == UINT64_MAX && is_near(s, inactive, POISON_REACH))
		s->out->text = beside(s, "the red zone of a free slab object", inactive);
	else
		return is_filled(s, 0xbb, "the red zone of a free slab object (bb...)") ||
		       is_filled(s, 0xcc,
				 "the red zone of a slab object in use, or freed init memory "
				 "(cc...)");
	return true;
}

static bool
is_page_poison(struct subject *s)
{
	return is_filled(s, 0xaa,
			 "the poison of a free page, or of an uninitialised variable (aa...)");
}

/* The lowest of the bits that are all alike in an address; 0: there are none. */
static unsigned
sign_bit(const struct pointer_context *c, const struct space *l)
{
	unsigned bits = c->va_bits;

	if (l == NULL || c->arch->word_len != 8)
		return 0;
	if (bits == 0 || bits > 63)
		bits = l->va_bits;
	return bits == 0 ? 0 : bits - l->sign_bits;
}

static bool
is_canonical(const struct subject *s, uint64_t va)
{
	int64_t top = (int64_t)va >> sign_bit(s->context, s->layout);

	return sign_bit(s->context, s->layout) == 0 || top == 0 || top == -1;
}

bool
pointer_is_canonical(const struct pointer_context *c, uint64_t va)
{
	struct subject s = { .context = c, .layout = space_find(c->arch) };

	return is_canonical(&s, va);
}

/* The end of user addresses grows with the length of addresses. */
static uint64_t
user_end(const struct pointer_context *c, const struct space *l)
{
	uint64_t half = UINT64_C(1) << sign_bit(c, l);

	if (l->user_end == 0 || half < l->user_end)
		return l->user_end;
	return half;
}

static bool
is_user(struct subject *s)
{
	return s->layout != NULL && s->va < user_end(s->context, s->layout);
}

/* A bad pointer's class, by the values alone that need no layout. */
static bool
is_known_bad(const struct subject *s, uint64_t va)
{
	struct pointer out = { POINTER_UNKNOWN, NULL, NULL, 0, false };
	struct subject t = { s->context, s->layout, s->arena, va, s->mask, &out };

	return is_list_poison(&t) || is_slab_poison(&t) || is_slab_uninitialised(&t) ||
	       is_redzone(&t) || is_page_poison(&t);
}

/*
 * The shadow byte of an address is at (address >> 3) + offset, so a bad pointer in a kernel
 * built with KASAN faults at an address that means nothing in itself. What it stands for must
 * make sense: NULL, a user address or a poison, or anything at all if KASAN is known to be
 * there.
 */
static bool
is_likely_shadow(const struct subject *s, uint64_t original)
{
	if (s->context->is_shadow)
		return true;
	return !is_canonical(s, s->va) &&
	       (s->context->has_kasan || original < user_end(s->context, s->layout) ||
		is_known_bad(s, original));
}

static bool
is_kasan_shadow(struct subject *s)
{
	for (size_t i = 0; s->layout != NULL && i < ARRAY_LEN(s->layout->kasan_offset); i++) {
		uint64_t offset = s->layout->kasan_offset[i];
		uint64_t original = (s->va - offset) << 3;

		if (offset == 0 || s->va < offset || s->va - offset >= UINT64_C(1) << 61 ||
		    !is_likely_shadow(s, original))
			continue;
		s->out->text = arena_printf(s->arena, "the KASAN shadow of 0x%" PRIx64, original);
		s->out->original = original;
		s->out->has_original = true;
		return true;
	}
	return false;
}

static bool
is_printable(uint8_t b)
{
	return b >= 0x20 && b < 0x7f;
}

/* Letters, digits and what file names and options consist of. */
static bool
is_common(uint8_t b)
{
	return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') ||
	       (b != '\0' && strchr(" _-./:=,", b) != NULL);
}

/* The bytes of the value in the order of memory. */
static size_t
bytes_of(const struct subject *s, uint8_t b[8])
{
	size_t len = s->context->arch->word_len;

	for (size_t i = 0; i < len; i++) {
		size_t shift = 8 * i;

		if (!s->context->arch->little_endian)
			shift = 8 * (len - 1 - i);
		b[i] = (uint8_t)(s->va >> shift);
	}
	return len;
}

static const char *
ascii_of(const struct subject *s, const uint8_t *b, size_t len)
{
	char *text = arena_alloc(s->arena, len + 1, 1);

	for (size_t i = 0; i < len; i++)
		text[i] = (char)(is_printable(b[i]) ? b[i] : '.');
	return text;
}

/* A whole word of text, where the offset of a member may have changed the two bytes that
 * count least; or a string that ends in it. */
static bool
is_ascii(struct subject *s)
{
	uint8_t b[8];
	size_t len = bytes_of(s, b);
	size_t text = 0;
	size_t common = 0;
	size_t printable = 0;

	while (text < len && is_printable(b[text]))
		text++;
	for (size_t i = 0; i < len; i++) {
		common += is_common(b[i]);
		printable += is_printable(b[i]);
	}

	bool is_string = text >= ASCII_MIN && text < len && common == text &&
			 (s->va >> 8 * text) == 0 && s->context->arch->little_endian;
	bool is_word = printable == len && common + 2 >= len;
	bool is_moved = len == 8 && printable >= ASCII_MIN && common >= ASCII_MIN &&
			is_common((uint8_t)(s->va >> 56)) && is_common((uint8_t)(s->va >> 48));

	if (!is_string && !is_word && !is_moved)
		return false;
	s->out->text = arena_printf(s->arena, "text, %zu bytes", is_string ? text : len);
	s->out->ascii = ascii_of(s, b, is_string ? text : len);
	return true;
}

static bool
is_small(uint32_t v)
{
	return v < 0x10000 || v > 0xffffff00;
}

/* Two numbers of 32 bits where a pointer should be. */
static bool
is_small_integers(struct subject *s)
{
	uint32_t high = (uint32_t)(s->va >> 32);
	uint32_t low = (uint32_t)s->va;

	/* Above 0x5000 the upper half may be that of a user address. */
	if (s->mask != UINT64_MAX || high == 0 || !is_small(low) ||
	    !(high < 0x5000 || (high > 0xffffff00 && low < 0x10000)))
		return false;
	s->out->text = arena_printf(s->arena, "two 32-bit numbers, %" PRId32 " and %" PRId32,
				    (int32_t)low, (int32_t)high);
	return true;
}

/* Where a pointer that is in use can lead. */
static bool
is_plausible(const struct subject *s, uint64_t va)
{
	for (size_t i = 0; i < s->context->range_count; i++) {
		const struct pointer_range *r = &s->context->range[i];

		if (va >= r->first && va <= r->last)
			return true;
	}
	if (strcmp(s->context->arch->name, "x86_64") != 0)
		return true;
	if (va >= 0xffffffff80000000)
		return va < 0xffffffffff000000;
	/* From the direct map to the end of what KASLR moves about. */
	return va < 0xfffffe0000000000 && (s->context->va_bits > 48 || va >= 0xffff888000000000);
}

/* One of the bits that all pointers have alike is wrong. */
static bool
is_bit_flip(struct subject *s)
{
	if (s->mask != UINT64_MAX || is_canonical(s, s->va))
		return false;
	for (unsigned bit = sign_bit(s->context, s->layout); bit < 64; bit++) {
		uint64_t whole = s->va ^ UINT64_C(1) << bit;

		if (!is_canonical(s, whole) || whole >> 63 == 0 || !is_plausible(s, whole))
			continue;
		s->out->text =
			arena_printf(s->arena, "0x%" PRIx64 " with bit %u flipped", whole, bit);
		return true;
	}
	return false;
}

static bool
is_non_canonical(struct subject *s)
{
	return !is_canonical(s, s->va);
}

static const struct check {
	enum pointer_class class;
	bool (*fits)(struct subject *s); /* sets text, if the class does not say all */
} checks[] = {
	{ POINTER_NULL, is_null },
	{ POINTER_NULL_OFFSET, is_null_offset },
	{ POINTER_ERR_PTR, is_err_ptr },
	{ POINTER_LIST_POISON, is_list_poison },
	{ POINTER_SLAB_POISON, is_slab_poison },
	{ POINTER_SLAB_UNINITIALISED, is_slab_uninitialised },
	{ POINTER_REDZONE, is_redzone },
	{ POINTER_PAGE_POISON, is_page_poison },
	{ POINTER_KASAN_SHADOW, is_kasan_shadow },
	{ POINTER_ASCII, is_ascii },
	{ POINTER_SMALL_INTEGERS, is_small_integers },
	{ POINTER_BIT_FLIP, is_bit_flip },
	{ POINTER_USER, is_user },
	{ POINTER_NON_CANONICAL, is_non_canonical },
};

static void
look_in(struct subject *s, const struct pointer_range *r)
{
	bool is_better =
		r->class < s->out->class || (r->class == s->out->class && s->out->text == NULL);

	if (s->va < r->first || s->va > r->last || !is_better)
		return;
	s->out->class = r->class;
	s->out->text = r->name;
}

static void
find_range(struct subject *s)
{
	for (size_t i = 0; i < s->context->range_count; i++)
		look_in(s, &s->context->range[i]);
	if (s->layout == NULL || s->layout->range == NULL || s->out->class != POINTER_UNKNOWN)
		return;
	for (const struct pointer_range *r = s->layout->range; r->last != 0; r++)
		look_in(s, r);
}

struct pointer
pointer_classify(const struct pointer_context *c, uint64_t va, struct arena *a)
{
	struct pointer out = { POINTER_UNKNOWN, NULL, NULL, 0, false };
	struct subject s = {
		.context = c,
		.layout = space_find(c->arch),
		.arena = a,
		.mask = c->arch->word_len == 8 ? UINT64_MAX : UINT32_MAX,
		.out = &out,
	};

	s.va = va & s.mask;
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		out.text = NULL;
		if (checks[i].fits(&s)) {
			out.class = checks[i].class;
			return out;
		}
	}
	out.text = NULL;
	find_range(&s);
	return out;
}

uint8_t
pointer_va_bits(const struct arch *arch, const struct regs *r)
{
	enum { CR4_LA57 = 1 << 12 };
	const struct space *l = space_find(arch);
	uint64_t cr4 = 0;

	if (r == NULL || l == NULL || l->va_bits == 0)
		return 0;
	if (regs_get(r, "cr4", &cr4))
		return (cr4 & CR4_LA57) != 0 ? 57 : 48;
	for (size_t i = 0; i < r->count; i++) {
		uint64_t v = r->reg[i].value;
		bool is_address = arch->sp != NULL && strcmp(r->reg[i].name, arch->sp) == 0;

		is_address = is_address || strcmp(r->reg[i].name, "gs_base") == 0;
		if (is_address && v >> 56 == 0xff && v >> 48 != 0xffff)
			return l->sign_bits == 1 ? 57 : 52;
	}
	return 0;
}

static void
add_range(struct pointer_range *range, size_t *count, uint64_t first, uint64_t last,
	  enum pointer_class class, const char *name)
{
	range[(*count)++] = (struct pointer_range){ first, last, class, name };
}

enum {
	GIB_SHIFT = 30,
	PER_CPU_LEN = 0x20000, /* the static part alone is more in kernels of distributions */
};

/* Around a known place in a region that is terabytes long. A guess, so it says why. */
static void
add_around(struct pointer_range *range, size_t *count, uint64_t va, enum pointer_class class,
	   const char *name)
{
	uint64_t reach = UINT64_C(64) << GIB_SHIFT;

	add_range(range, count, va - reach, va + reach, class, name);
}

static const char page_array[] = "the array of struct page";

/*
 * Where x86_64 puts things as long as KASLR does not move them: KASAN switches that off, and
 * a per-CPU area or a stack at the place of old shows that it is off. With 4 levels of page
 * tables (since v4.20, and before) and with 5.
 */
static const struct {
	struct pointer_range range;
	uint8_t va_bits;
} fixed_x86_64[] = {
	{ { 0xffff888000000000, 0xffffc87fffffffff, POINTER_DIRECT_MAP, NULL }, 48 },
	{ { 0xffffc90000000000, 0xffffe8ffffffffff, POINTER_VMALLOC, NULL }, 48 },
	{ { 0xffffea0000000000, 0xffffeaffffffffff, POINTER_UNKNOWN, page_array }, 48 },
	{ { 0xff11000000000000, 0xff90ffffffffffff, POINTER_DIRECT_MAP, NULL }, 57 },
	{ { 0xffa0000000000000, 0xffd1ffffffffffff, POINTER_VMALLOC, NULL }, 57 },
	{ { 0xffd4000000000000, 0xffd5ffffffffffff, POINTER_UNKNOWN, page_array }, 57 },
};

/* Within the first TiB of a region that begins there without KASLR. */
static bool
is_unmoved(uint64_t va)
{
	static const uint64_t starts[] = { 0xffff888000000000, 0xffffc90000000000,
					   0xff11000000000000, 0xffa0000000000000 };

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (va >= starts[i] && va - starts[i] < UINT64_C(1) << 40)
			return true;
	}
	return false;
}

static void
add_fixed(const struct pointer_context *c, struct pointer_range *range, size_t *count)
{
	uint8_t bits = c->va_bits == 57 ? 57 : 48;

	for (size_t i = 0; i < ARRAY_LEN(fixed_x86_64); i++) {
		if (fixed_x86_64[i].va_bits == bits)
			range[(*count)++] = fixed_x86_64[i].range;
	}
}

/*
 * gs is the address of the CPU's own area, mostly in the direct map, and sp that of a stack,
 * since v4.9 in vmalloc space. KASLR moves both regions, but they are farther from each other
 * than the reach that is taken here.
 */
static void
add_x86_64(const struct pointer_context *c, uint64_t gs, uint64_t sp, struct pointer_range *range,
	   size_t *count)
{
	bool has_gs = gs >> 56 == 0xff;
	bool has_sp = sp >> 56 == 0xff && sp < 0xfffffe0000000000;

	if (has_gs)
		add_range(range, count, gs, gs + PER_CPU_LEN - 1, POINTER_PER_CPU,
			  "the per-CPU area of this CPU");
	if (c->has_kasan || is_unmoved(gs) || is_unmoved(sp)) {
		add_fixed(c, range, count);
		return;
	}
	if (has_gs)
		add_around(range, count, gs, POINTER_DIRECT_MAP, "near the per-CPU area");
	if (has_gs && has_sp && sp > gs && sp - gs > UINT64_C(256) << GIB_SHIFT)
		add_around(range, count, sp, POINTER_VMALLOC, "near the stack");
}

size_t
pointer_ranges_of_registers(const struct pointer_context *c, const struct regs *r,
			    struct pointer_range range[POINTER_RANGES_MAX])
{
	const struct space *l = space_find(c->arch);
	size_t count = 0;
	uint64_t sp = 0;
	uint64_t gs = 0;

	if (l == NULL || r == NULL)
		return 0;
	if (c->arch->sp != NULL && regs_get(r, c->arch->sp, &sp) && l->stack_len != 0 &&
	    sp >= user_end(c, l) && sp != 0)
		add_range(range, &count, sp & ~(uint64_t)(l->stack_len - 1),
			  sp | (l->stack_len - 1), POINTER_STACK,
			  "the stack that the stack pointer is on");
	if (!regs_get(r, "gs_base", &gs))
		(void)regs_get(r, "gs", &gs);
	if (strcmp(c->arch->name, "x86_64") == 0)
		add_x86_64(c, gs, sp, range, &count);
	return count;
}

bool
pointer_is_kasan_offset(const struct arch *arch, uint64_t value)
{
	const struct space *l = space_find(arch);

	for (size_t i = 0; l != NULL && value != 0 && i < ARRAY_LEN(l->kasan_offset); i++) {
		if (l->kasan_offset[i] == value)
			return true;
	}
	return false;
}
