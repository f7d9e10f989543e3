/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/taint.h"

#include "base/text.h"

/* kernel/panic.c, taint_flags[]; J since 6.15. */
static const struct taint_flag flags[] = {
	{ 'P', 0, "proprietary_module", "a proprietary module was loaded" },
	{ 'F', 1, "forced_module", "a module was loaded by force" },
	{ 'S', 2, "cpu_out_of_spec", "the kernel ran on a system that is out of specification" },
	{ 'R', 3, "forced_rmmod", "a module was unloaded by force" },
	{ 'M', 4, "machine_check", "a machine check was reported" },
	{ 'B', 5, "bad_page", "a page or slab object was found in a bad state" },
	{ 'U', 6, "user", "taint was requested by user space" },
	{ 'D', 7, "die", "the kernel died recently: it had an oops or BUG before" },
	{ 'A', 8, "overridden_acpi_table", "an ACPI table was overridden by the user" },
	{ 'W', 9, "warn", "the kernel issued a warning before" },
	{ 'C', 10, "crap", "a staging driver was loaded" },
	{ 'I', 11, "firmware_workaround", "a workaround for a firmware bug was applied" },
	{ 'O', 12, "oot_module", "an out-of-tree module was loaded" },
	{ 'E', 13, "unsigned_module", "an unsigned module was loaded" },
	{ 'L', 14, "softlockup", "a soft lockup occurred before" },
	{ 'K', 15, "livepatch", "the kernel was live patched" },
	{ 'X', 16, "aux", "auxiliary taint, defined by the distribution" },
	{ 'T', 17, "randstruct", "the kernel was built with structure layout randomization" },
	{ 'N', 18, "test", "an in-kernel test was run" },
	{ 'J', 19, "fwctl", "user space used a mutating debug operation of fwctl" },
};

const struct taint_flag *
taint_flag(unsigned bit)
{
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (flags[i].bit == bit)
			return &flags[i];
	}
	return NULL;
}

uint64_t
taint_bits(struct str letters)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < letters.len; i++) {
		for (size_t k = 0; k < ARRAY_LEN(flags); k++) {
			if (flags[k].letter == letters.p[i])
				bits |= 1ULL << flags[k].bit;
		}
	}
	return bits;
}

/* print_tainted() of kernel/panic.c; the others have a blank in place of their letter. */
struct str
taint_letters(uint64_t bits, struct arena *a)
{
	struct text t = text_new(a);

	for (unsigned bit = 0; bit < 64; bit++) {
		const struct taint_flag *f = taint_flag(bit);

		struct str unset = bit == 0 ? STR("G") : STR(" ");

		if (f != NULL)
			text_put(&t,
				 (bits >> bit & 1) != 0 ? (struct str){ &f->letter, 1 } : unset);
	}
	return str_trim(text_str(&t));
}

void
taint_publish(struct fact_row *root, uint64_t bits, struct str text, struct origin o)
{
	facts_put_number(root, FACT_TAINT_VALUE, (int64_t)bits, o);
	if (text.len != 0)
		facts_put_text(root, FACT_TAINT_TEXT, text, o);
	if (bits == 0)
		facts_put_empty(root, FACT_TAINT_FLAGS, o);
	for (unsigned bit = 0; bit < 64; bit++) {
		const struct taint_flag *f = bits >> bit & 1 ? taint_flag(bit) : NULL;

		if (f == NULL)
			continue;

		struct fact_row *row = facts_put_row(root, FACT_TAINT_FLAGS, o);

		facts_put_text(row, TAINT_FLAG_LETTER, (struct str){ &f->letter, 1 }, o);
		facts_put_number(row, TAINT_FLAG_BIT, bit, o);
		facts_put_text(row, TAINT_FLAG_NAME, str_of(f->name), o);
		facts_put_text(row, TAINT_FLAG_MEANING, str_of(f->meaning), o);
	}
}
