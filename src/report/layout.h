/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - what a template cannot do: columns, wrapped paragraphs, no needless blanks.
 *
 * A template marks places with partials ({{>wrap}}), which are control characters. No value
 * can hold one, because values are made inert.
 *
 *   wrap   the line is wrapped at the width; its further lines begin below the mark
 *   col    what follows starts at the same column in all lines of a block
 *   cell   at the start of consecutive lines: they are packed, several to a line
 *
 * Blanks at the ends of lines are removed, blank lines that follow each other become one.
 * Fenced blocks of Markdown keep their blank lines.
 */
#ifndef REPORT_LAYOUT_H
#define REPORT_LAYOUT_H

#include "base/text.h"

#define LAYOUT_WRAP "\x1e"
#define LAYOUT_COL "\x1f"
#define LAYOUT_CELL "\x1d"

/* Width 0: nothing is wrapped, and cells are packed to 80 columns. */
void layout_write(struct str in, unsigned int width, struct text *out);

#endif
