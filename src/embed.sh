#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Writes the assembler source that puts files into the program: see base/embedded.h. NAME=FILE gives a
# file another name.
cat <<'EOF'
	.section .rodata
EOF
i=0
for f in "$@"; do
	printf '.Lname%d:\t.asciz "%s"\n.Lstart%d:\t.incbin "%s"\n.Lend%d:\t.byte 0\n' \
		$i "${f%%=*}" $i "${f#*=}" $i
	i=$((i + 1))
done
cat <<'EOF'
	.section .data.rel.ro, "aw"
	.balign 8
	.globl embedded_files
embedded_files:
EOF
i=0
for f in "$@"; do
	printf '\t.quad .Lname%d, .Lstart%d, .Lend%d\n' $i $i $i
	i=$((i + 1))
done
cat <<'EOF'
	.quad 0, 0, 0
	.section .note.GNU-stack, "", %progbits
EOF
