/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/embedded.h"
#include "verdict/case.h"
#include "verdict/owner.h"

#include "unit.h"

#include <string.h>

static const struct error *
find(struct arena *a, const char *yaml, struct owner *out)
{
	struct node *root = NULL;
	struct node_problem why = { 0 };

	assert_true(node_parse(str_of(yaml), a, &root, &why));

	struct facts *f = case_facts(root, a, &why);

	assert_non_null(f);
	*out = (struct owner){ 0 };
	return owner_find(f, a, out);
}

static void
assert_owner(struct arena *a, const char *yaml, const char *list, const char *because)
{
	struct owner o = { 0 };

	assert_null(find(a, yaml, &o));
	assert_string_equal(str_c(a, o.list), list);
	assert_string_equal(o.because, because);
}

static void
the_module_of_the_blamed_function_is_believed_first(void **state)
{
	assert_owner(*state, "event: { kind: gpf, module: xfs, function: ext4_lookup }",
		     "linux-xfs@vger.kernel.org", "module xfs");
	assert_owner(*state, "event: { kind: gpf, module: snd-hda-intel, function: f }",
		     "linux-sound@vger.kernel.org", "module snd_hda_intel");
}

static void
the_longest_name_that_fits_is_the_owner(void **state)
{
	assert_owner(*state, "event: { kind: gpf, function: nf_conntrack_find }",
		     "netfilter-devel@vger.kernel.org", "function nf_conntrack_find");
	assert_owner(*state, "event: { kind: gpf, function: ath10k_htt_rx }",
		     "ath10k@lists.infradead.org", "function ath10k_htt_rx");
	assert_owner(*state, "event: { kind: gpf, function: ath9k_htc_rx }",
		     "linux-wireless@vger.kernel.org", "function ath9k_htc_rx");
}

static void
what_compilers_and_wrappers_add_does_not_count(void **state)
{
	assert_owner(*state, "event: { kind: gpf, function: __btrfs_free_extent.isra.0 }",
		     "linux-btrfs@vger.kernel.org", "function btrfs_free_extent");
}

static void
a_source_file_tells_more_than_a_name(void **state)
{
	assert_owner(*state,
		     "event: { kind: gpf, function: nobody_knows, trace: [ { function: "
		     "nobody_knows, file: drivers/nvme/host/pci.c } ] }",
		     "linux-nvme@lists.infradead.org", "file drivers/nvme/host/pci.c");
	assert_owner(*state, "event: { kind: bug_on, head: 'kernel BUG at fs/ext4/inode.c:2721!' }",
		     "linux-ext4@vger.kernel.org", "file fs/ext4/inode.c");
}

static void
the_file_of_an_assertion_is_not_that_of_a_caller(void **state)
{
	assert_owner(*state,
		     "event: { kind: warning, function: kvm_put, functions: [ remove_proc_entry, "
		     "kvm_put ], head: 'WARNING: CPU: 0 PID: 1 at fs/proc/generic.c:5 "
		     "remove_proc_entry+0x1/0x2' }",
		     "kvm@vger.kernel.org", "function kvm_put");
}

static void
a_caller_is_asked_if_it_is_not_what_everybody_calls_through(void **state)
{
	struct owner o = { 0 };

	assert_owner(*state,
		     "event: { kind: gpf, function: f, functions: [ f, vfs_write, tipc_sendmsg ] }",
		     "tipc-discussion@lists.sourceforge.net", "its caller tipc_sendmsg");
	assert_non_null(
		find(*state, "event: { kind: gpf, function: f, functions: [ f, vfs_write ] }", &o));
	assert_owner(*state, "event: { kind: gpf, function: vfs_write, functions: [ vfs_write ] }",
		     "linux-fsdevel@vger.kernel.org", "function vfs_write");
}

static void
a_foreign_module_has_no_owner_in_the_kernel(void **state)
{
	struct owner o = { 0 };
	const struct error *why = find(*state,
				       "{ event: { kind: gpf, module: nvme, function: nvme_irq }, "
				       "modules: [ { name: nvme, out_of_tree: true } ] }",
				       &o);

	assert_non_null(why);
	assert_true(o.foreign);
	assert_non_null(strstr(error_text(*state, why), "not part of the kernel"));
}

static void
no_crash_has_no_owner(void **state)
{
	struct owner o = { 0 };

	assert_non_null(find(*state, "{ input: { format: elf } }", &o));
}

/* Every line of the list is whole, and no name stands in two of them. */
static void
the_list_is_in_order(void **state)
{
	static struct str seen[8192];
	struct str rest = { NULL, 0 };
	struct str line = { NULL, 0 };
	size_t count = 0;

	(void)state;
	assert_true(embedded_find(STR("rules/owners.list"), &rest));
	while (str_take_line(&rest, &line)) {
		struct str column[5] = { 0 };
		struct str word = { NULL, 0 };

		if (line.len == 0 || str_starts(line, STR("#")))
			continue;
		for (size_t i = 0; i < 4; i++)
			assert_true(str_cut(&line, '|', &column[i]));
		column[4] = line;
		assert_false(str_has(line, STR("|")));
		assert_true(str_has(column[1], STR("@")));
		while (str_take_word(&column[3], &word)) {
			for (size_t i = 0; !str_is_c(word, "-") && i < count; i++)
				assert_false(str_is(word, seen[i]));
			assert_true(count < sizeof(seen) / sizeof(seen[0]));
			seen[count++] = word;
		}
	}
	assert_true(count > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(the_module_of_the_blamed_function_is_believed_first),
		UNIT_TEST(the_longest_name_that_fits_is_the_owner),
		UNIT_TEST(what_compilers_and_wrappers_add_does_not_count),
		UNIT_TEST(a_source_file_tells_more_than_a_name),
		UNIT_TEST(the_file_of_an_assertion_is_not_that_of_a_caller),
		UNIT_TEST(a_caller_is_asked_if_it_is_not_what_everybody_calls_through),
		UNIT_TEST(a_foreign_module_has_no_owner_in_the_kernel),
		UNIT_TEST(no_crash_has_no_owner),
		UNIT_TEST(the_list_is_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
