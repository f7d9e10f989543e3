/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/symbols.h"

#include "symbols/kallsyms_image.h"
#include "unit.h"

#define MODULE_VA 0xffffffffc0400000ULL

enum {
	MODULE_LEN = 0x3000,
	SYMTAB = 0x1000,
	STRTAB = 0x2000,
};

/* The kernel image and a module, each in its place. */
struct world {
	struct image kernel;
	struct memory_fake module_fake;
	uint8_t module[MODULE_LEN];
	uint32_t symbols;
	uint32_t strings;
	struct memory mem;
	struct symbols_module m;
};

static const struct error *
read_world(void *self, uint64_t addr, void *buf, size_t len)
{
	struct world *w = self;
	struct memory module = memory_of_fake(&w->module_fake);

	return memory_read(addr >= MODULE_VA ? &module : &w->kernel.mem, addr, buf, len);
}

static void
put(uint8_t *p, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void
add_symbol(struct world *w, const char *name, uint16_t section, uint64_t va)
{
	uint8_t *p = w->module + SYMTAB + 24 * (size_t)w->symbols++;

	put(p, w->strings, 4);
	put(p + 6, section, 2);
	put(p + 8, va, 8);
	memcpy(w->module + STRTAB + w->strings, name, strlen(name) + 1);
	w->strings += (uint32_t)strlen(name) + 1;
}

static struct world *
world_new(struct arena *a)
{
	struct world *w = ARENA_NEW(a, struct world);

	image_build(&w->kernel, &image_layouts[4]);
	w->module_fake = (struct memory_fake){ MODULE_VA, { w->module, MODULE_LEN } };
	w->mem = (struct memory){ read_world, w, ORDER_LITTLE, 8 };
	w->symbols = 1; /* the first one is empty */
	w->strings = 1;
	add_symbol(w, "lab_init", 2, MODULE_VA + 0x100);
	add_symbol(w, "init_module", 2, MODULE_VA + 0x100);
	add_symbol(w, "printk", 0, MODULE_VA + 0x120);
	add_symbol(w, "$x.1", 2, MODULE_VA + 0x140);
	add_symbol(w, ".LC0", 2, MODULE_VA + 0x140);
	add_symbol(w, "__pfx_lab_read", 2, MODULE_VA + 0x200);
	add_symbol(w, "lab_read", 2, MODULE_VA + 0x200);
	add_symbol(w, "lab_data", 3, MODULE_VA + 0x800);
	put(w->module + SYMTAB + 24 * (size_t)(w->symbols - 1) + 16, 0x20, 8); /* its length */
	w->m = (struct symbols_module){
		.name = STR("lab"),
		.region = { { MODULE_VA, MODULE_VA + 0x400, true },
			    { MODULE_VA + 0x800, MODULE_VA + 0x900, false } },
		.region_count = 2,
		.symtab = MODULE_VA + SYMTAB,
		.strtab = MODULE_VA + STRTAB,
		.count = w->symbols,
	};
	return w;
}

static struct symbols *
symbols_of(struct world *w, struct arena *a)
{
	struct symbols *s = symbols_new(&w->mem, a);
	struct vmcoreinfo *info = vmcoreinfo_parse(a, STR("SYMBOL(_stext)=ffffffff81000000\n"));

	assert_null(symbols_add_kallsyms(s, info));
	symbols_learn(s, "_etext", IMAGE_BASE + 0x8000);
	symbols_learn(s, "_end", IMAGE_BASE + 0x20000);
	return s;
}

static void
finds_kallsyms_without_its_addresses(void **state)
{
	struct symbols *s = symbols_of(world_new(*state), *state);
	uint64_t va = 0;

	assert_string_equal(symbols_source(s), "kallsyms (absolute percpu)");
	assert_true(symbols_find(s, "init_task", &va));
	assert_int_equal(va, IMAGE_BASE + 0x10);
	assert_true(symbols_find(s, "fn_100_handler", &va));
	assert_int_equal(va, image_address(100));
	assert_true(symbols_find(s, "fn_100_handler", &va));
	assert_false(symbols_find(s, "modules", &va));
	assert_false(symbols_find(s, "nosuch", &va));
	assert_true(symbols_find_any(s, (const char *const[]){ "nosuch", "_stext", NULL }, &va));
	assert_int_equal(va, IMAGE_BASE);
}

static void
tells_text_by_its_address(void **state)
{
	struct world *w = world_new(*state);
	struct symbols *s = symbols_of(w, *state);

	assert_true(symbols_add_module(s, &w->m));
	assert_true(symbols_is_kernel_text(s, IMAGE_BASE));
	assert_false(symbols_is_text(s, IMAGE_BASE + 0x8000));
	assert_true(symbols_is_text(s, MODULE_VA + 0x3ff));
	assert_false(symbols_is_text(s, MODULE_VA + 0x400));
	assert_false(symbols_is_text(s, MODULE_VA + 0x800));
	assert_false(symbols_is_kernel_text(s, MODULE_VA));
	assert_ptr_equal(symbols_module_at(s, MODULE_VA + 0x850)->name.p, w->m.name.p);
	assert_null(symbols_module_at(s, MODULE_VA - 1));
}

static void
names_addresses_in_modules_as_the_kernel_does(void **state)
{
	struct world *w = world_new(*state);
	struct symbols *s = symbols_of(w, *state);
	struct symbol sym = { 0 };

	assert_true(symbols_add_module(s, &w->m));
	assert_true(symbols_at(s, MODULE_VA + 0x150, &sym));
	assert_string_equal(sym.name.p, "lab_init"); /* not init_module, $x.1, .LC0, printk */
	assert_int_equal(sym.len, 0x100);
	assert_true(str_is(sym.module, STR("lab")));
	assert_true(symbols_at(s, MODULE_VA + 0x208, &sym));
	assert_string_equal(sym.name.p, "lab_read");
	assert_int_equal(sym.len, 0x200); /* to the end of the text, not to the data */
	assert_false(symbols_at(s, MODULE_VA + 0x80, &sym));
	assert_int_equal(sym.own_len, 0);
	assert_true(symbols_at(s, MODULE_VA + 0x8ff, &sym));
	assert_string_equal(sym.name.p, "lab_data");
	assert_int_equal(sym.own_len, 0x20);
	assert_false(symbols_within(s, MODULE_VA + 0x8ff, &sym));
	assert_true(symbols_within(s, MODULE_VA + 0x81f, &sym));
	assert_string_equal(symbol_text(&sym, MODULE_VA + 0x81f, *state), "lab_data+0x1f");
	assert_string_equal(symbol_text(&sym, MODULE_VA + 0x800, *state), "lab_data");
}

static void
names_no_address_outside_of_kernel_and_modules(void **state)
{
	struct world *w = world_new(*state);
	struct symbols *s = symbols_of(w, *state);
	struct symbol sym = { 0 };

	assert_true(symbols_at(s, IMAGE_BASE + 0x7fff, &sym));
	assert_int_equal(sym.module.len, 0);
	assert_false(symbols_at(s, 0x40, &sym));
	assert_false(symbols_at(s, 0xffff888000000000, &sym));
	assert_false(symbols_at(s, IMAGE_BASE + 0x20000, &sym));
	assert_false(symbols_at(s, MODULE_VA, &sym));
}

static void
knows_generated_functions(void **state)
{
	struct world *w = world_new(*state);
	struct symbols *s = symbols_of(w, *state);
	struct symbols_module f = { .region = { { MODULE_VA, MODULE_VA + 0x40, true } },
				    .region_count = 1,
				    .function = STR("bpf_prog_6deef7357e7b4530") };
	struct symbol sym = { 0 };

	assert_true(symbols_add_module(s, &f));
	assert_true(symbols_at(s, MODULE_VA + 0x12, &sym));
	assert_string_equal(sym.name.p, "bpf_prog_6deef7357e7b4530");
	assert_int_equal(sym.len, 0x40);
}

static void
refuses_modules_that_make_no_sense(void **state)
{
	struct world *w = world_new(*state);
	struct symbols *s = symbols_of(w, *state);
	struct symbol sym = { 0 };

	w->m.region[0].to = w->m.region[0].from;
	assert_false(symbols_add_module(s, &w->m));
	w->m.region[0].to = UINT64_MAX;
	assert_false(symbols_add_module(s, &w->m));
	w->m.region_count = 0;
	assert_false(symbols_add_module(s, &w->m));
	w->m.region_count = SYMBOLS_REGIONS + 1;
	assert_false(symbols_add_module(s, &w->m));

	/* A table that is not there, or too long, only costs the names. */
	w->m.region_count = 1;
	w->m.region[0].to = MODULE_VA + 0x400;
	w->m.count = UINT32_MAX;
	assert_true(symbols_add_module(s, &w->m));
	assert_false(symbols_at(s, MODULE_VA + 0x150, &sym));
}

static void
survives_every_flipped_byte_of_a_symbol_table(void **state)
{
	struct world *w = world_new(*state);

	for (size_t i = SYMTAB; i < SYMTAB + 24 * w->symbols; i++) {
		struct arena *a = arena_new(NULL);
		struct symbols *s = symbols_of(w, a);
		struct symbol sym = { 0 };
		bool skip = false;

		w->module[i] ^= 0xff;
		symbols_add_module(s, &w->m);
		symbols_at(s, MODULE_VA + 0x150, &sym);
		symbols_at(s, MODULE_VA + 0x208, &sym);
		for (uint32_t n = 0; symbols_of_module(s, &w->m, n, &sym, &skip); n++)
			assert_true(skip || sym.name.len != 0);
		w->module[i] ^= 0xff;
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_kallsyms_without_its_addresses),
		UNIT_TEST(tells_text_by_its_address),
		UNIT_TEST(names_addresses_in_modules_as_the_kernel_does),
		UNIT_TEST(names_no_address_outside_of_kernel_and_modules),
		UNIT_TEST(knows_generated_functions),
		UNIT_TEST(refuses_modules_that_make_no_sense),
		UNIT_TEST(survives_every_flipped_byte_of_a_symbol_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
