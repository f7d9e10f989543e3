/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf_image.h - a small ELF file with a build ID, a banner and, if wanted, names of DWARF
 * sections, in every form: 64 and 32 bits, either byte order, with section numbers that 16 bits
 * do not hold.
 */
#ifndef TESTS_ELF_IMAGE_H
#define TESTS_ELF_IMAGE_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	ELF_IMAGE_BIG = 1,
	ELF_IMAGE_32 = 2,
	ELF_IMAGE_EXTENDED = 4,
	ELF_IMAGE_FORMS = 8,
};

struct elf_image {
	uint8_t b[2048];
	size_t len;
	bool big, narrow;
};

static void
elf_image_put(struct elf_image *i, uint64_t v, size_t len)
{
	for (size_t n = 0; n < len; n++) {
		size_t at = i->big ? len - 1 - n : n; /* of the byte's weight */

		i->b[i->len + n] = at < sizeof(v) ? (uint8_t)(v >> 8 * at) : 0;
	}
	i->len += len;
}

static void
elf_image_section(struct elf_image *i, uint32_t name, uint32_t type, uint64_t off, uint64_t len,
		  uint32_t link)
{
	size_t word = i->narrow ? 4 : 8;

	elf_image_put(i, name, 4);
	elf_image_put(i, type, 4);
	elf_image_put(i, 0, 2 * word);
	elf_image_put(i, off, word);
	elf_image_put(i, len, word);
	elf_image_put(i, link, 4);
	elf_image_put(i, 0, 4);
	elf_image_put(i, 0, 2 * word);
}

__attribute__((unused)) static void
elf_image_make(struct elf_image *i, int form, bool with_dwarf)
{
	static const char names[] = "\0.rodata\0.note.gnu.build-id\0.debug_info\0.debug_line";
	static const char banner[] = "xyzLinux version 6.1.0-1 (a@b) #1 SMP\n";
	bool extended = (form & ELF_IMAGE_EXTENDED) != 0;
	size_t word = (form & ELF_IMAGE_32) != 0 ? 4 : 8;
	uint64_t header = word == 8 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	uint64_t note_at = header + sizeof(names);
	uint64_t banner_at = note_at + 24;
	uint64_t table = banner_at + sizeof(banner);

	*i = (struct elf_image){ .big = form & ELF_IMAGE_BIG, .narrow = word == 4 };
	memcpy(i->b, ELFMAG, SELFMAG);
	i->b[EI_CLASS] = i->narrow ? ELFCLASS32 : ELFCLASS64;
	i->b[EI_DATA] = i->big ? ELFDATA2MSB : ELFDATA2LSB;
	i->len = EI_NIDENT;
	elf_image_put(i, ET_EXEC, 2);
	elf_image_put(i, EM_X86_64, 2);
	elf_image_put(i, 1, 4);
	elf_image_put(i, 0, 2 * word);
	elf_image_put(i, table, word);
	elf_image_put(i, 0, 4 + 3 * 2);
	elf_image_put(i, word == 8 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), 2);
	elf_image_put(i, extended ? 0 : 6, 2);
	elf_image_put(i, extended ? SHN_XINDEX : 1, 2);
	memcpy(i->b + i->len, names, sizeof(names));
	i->len += sizeof(names);
	elf_image_put(i, 4, 4);
	elf_image_put(i, 8, 4);
	elf_image_put(i, NT_GNU_BUILD_ID, 4);
	memcpy(i->b + i->len, "GNU\0\1\2\3\4\5\6\7\10", 12);
	i->len += 12;
	memcpy(i->b + i->len, banner, sizeof(banner));
	i->len += sizeof(banner);
	elf_image_section(i, 0, SHT_NULL, 0, extended ? 6 : 0, extended ? 1 : 0);
	elf_image_section(i, 0, SHT_STRTAB, header, sizeof(names), 0);
	elf_image_section(i, 1, SHT_PROGBITS, banner_at, sizeof(banner), 0);
	elf_image_section(i, 9, SHT_NOTE, note_at, 24, 0);
	elf_image_section(i, 28, with_dwarf ? SHT_PROGBITS : SHT_NOBITS, header, 1, 0);
	elf_image_section(i, 40, with_dwarf ? SHT_PROGBITS : SHT_NOBITS, header, 1, 0);
}

#endif
