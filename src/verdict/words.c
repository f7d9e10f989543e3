/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/words.h"

#include "verdict/pack.h"

static struct str *
take_list(const struct node *list, size_t *count, struct arena *a)
{
	if (list == NULL || list->type == NODE_MAP)
		return NULL;
	if (list->type == NODE_TEXT) {
		struct str *one = ARENA_NEW(a, struct str);

		*one = list->text;
		*count = 1;
		return one;
	}

	struct str *texts = ARENA_ARRAY(a, struct str, list->count);

	for (const struct node *n = list->child; n != NULL; n = n->next)
		texts[(*count)++] = n->text;
	return texts;
}

struct rule_words
words_read(const struct rule *rule, struct arena *a)
{
	struct rule_words w = { 0 };
	struct node_problem why = { 0 };
	struct node *root = NULL;

	if (rule->packed_words.len != 0)
		return pack_read_words(rule->packed_words, a);

	size_t from = rule->file->line[rule->line - 1];
	size_t to = rule->file->line[rule->end_line - 1];
	struct str text = { rule->file->text.p + from, to - from };

	if (!node_parse(text, a, &root, &why) || root == NULL)
		return w;

	const struct node *map = root->type == NODE_LIST ? root->child : root;

	if (map == NULL || map->type != NODE_MAP)
		return w;

	const struct node *explain = node_find(map, "explain");

	if (explain != NULL)
		w.explain = str_trim(explain->text);
	w.next = take_list(node_find(map, "next"), &w.next_count, a);
	w.ref = take_list(node_find(map, "refs"), &w.ref_count, a);
	w.tests = node_find(map, "tests");
	return w;
}
