/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/context.h"

#include "base/compiler.h"

/* clang-format off */
static const struct {
	struct str literal;
	const char *class;
} lines[] = {
	{ STR("I/O error, dev "), "storage" },
	{ STR("Buffer I/O error on dev"), "storage" },
	{ STR("FAILED Result: "), "storage" },
	{ STR("rejecting I/O to offline device"), "storage" },
	{ STR("Device offlined"), "storage" },
	{ STR("timing out command, waited"), "storage" },
	{ STR("controller is down; will reset"), "storage" },
	{ STR(" timeout, aborting"), "storage" },
	{ STR(" timeout, reset controller"), "storage" },
	{ STR(": exception Emask "), "storage" },
	{ STR("hard resetting link"), "storage" },
	{ STR("Abort command issued"), "storage" },
	{ STR("multipath: Failing path"), "storage" },
	{ STR("Disk failure on "), "storage" },
	{ STR("critical medium error, dev"), "storage" },
	{ STR("critical target error, dev"), "storage" },
	{ STR("Sense Key : Medium Error"), "storage" },
	{ STR("failed command: "), "storage" },
	{ STR("SATA link down"), "storage" },
	{ STR("timeout, completion polled"), "storage" },
	{ STR("timeout, disable controller"), "storage" },
	{ STR("attempting task abort!"), "storage" },
	{ STR("Device not ready; aborting"), "storage" },
	{ STR("remaining active paths: 0"), "storage" },
	{ STR("session recovery timed out"), "storage" },
	{ STR("blocked FC remote port time out"), "storage" },
	{ STR("detected conn error"), "storage" },
	{ STR("Operation continuing on "), "storage" },
	{ STR("EXT4-fs error"), "filesystem" },
	{ STR("EXT4-fs warning"), "filesystem" },
	{ STR("EXT3-fs error"), "filesystem" },
	{ STR("Remounting filesystem read-only"), "filesystem" },
	{ STR("Aborting journal on device"), "filesystem" },
	{ STR("JBD2: Detected IO errors"), "filesystem" },
	{ STR("etadata I/O error"), "filesystem" },
	{ STR("etadata I/O Error"), "filesystem" },
	{ STR("Corruption of in-memory data"), "filesystem" },
	{ STR("xfs_do_force_shutdown"), "filesystem" },
	{ STR("BTRFS error"), "filesystem" },
	{ STR("BTRFS critical"), "filesystem" },
	{ STR("BTRFS: Transaction aborted"), "filesystem" },
	{ STR("not responding, still trying"), "filesystem" },
	{ STR("not responding, timed out"), "filesystem" },
	{ STR("Shutting down filesystem"), "filesystem" },
	{ STR("forced readonly"), "filesystem" },
	{ STR("JBD2: I/O error"), "filesystem" },
	{ STR("journal commit I/O error"), "filesystem" },
	{ STR("error to superblock detected"), "filesystem" },
	{ STR("has not responded in"), "filesystem" },
	{ STR("F2FS-fs ("), "filesystem" },
	{ STR("about to withdraw this file system"), "filesystem" },
	{ STR("link status definitely down"), "network" },
	{ STR("NIC Link is Down"), "network" },
	{ STR("TX Unit Hang"), "network" },
	{ STR("NETDEV WATCHDOG: "), "network" },
	{ STR("Link is Down"), "network" },
	{ STR("Detected Hardware Unit Hang"), "network" },
	{ STR("PCIe link lost"), "network" },
	{ STR("nf_conntrack: table full"), "network" },
	{ STR("[Hardware Error]"), "hardware" },
	{ STR("Machine check events logged"), "hardware" },
	{ STR("EDAC MC"), "hardware" },
	{ STR(": AER: "), "hardware" },
	{ STR("DPC: containment event"), "hardware" },
	{ STR("EEH: Frozen"), "hardware" },
	{ STR("EEH: Detected"), "hardware" },
	{ STR("temperature above threshold"), "hardware" },
	{ STR("Memory failure: 0x"), "hardware" },
	{ STR("[DMA Read"), "hardware" },
	{ STR("[DMA Write"), "hardware" },
	{ STR("IO_PAGE_FAULT"), "hardware" },
	{ STR("nobody cared (try booting"), "hardware" },
	{ STR("Dazed and confused"), "hardware" },
	{ STR("NMI received for unknown reason"), "hardware" },
	{ STR("DMAR: DRHD: handling fault"), "hardware" },
	{ STR("Unhandled context fault"), "hardware" },
	{ STR("NVRM: Xid"), "hardware" },
	{ STR("GPU HANG"), "hardware" },
	{ STR("cpu clock throttled"), "hardware" },
	{ STR("invoked oom-killer"), "memory" },
	{ STR("Out of memory: Kill"), "memory" },
	{ STR("Killed process "), "memory" },
	{ STR("emory cgroup out of memory"), "memory" },
	{ STR("page allocation failure"), "memory" },
	{ STR("SLUB: Unable to allocate memory"), "memory" },
	{ STR("page allocation stalls for"), "memory" },
	{ STR("oom-kill:constraint="), "memory" },
	{ STR("oom_reaper: reaped process"), "memory" },
	{ STR("vmap allocation for size"), "memory" },
	{ STR("TCP: out of memory"), "memory" },
	{ STR("as unstable because the skew"), "time" },
	{ STR("RT throttling activated"), "time" },
	{ STR("hrtimer: interrupt took"), "time" },
	{ STR("Clocksource tsc unstable"), "time" },
	{ STR("Marking clocksource"), "time" },
	{ STR("inserting leap second"), "time" },
	{ STR("Long readout interval"), "time" },
};
/* clang-format on */

struct str
context_literal(size_t which)
{
	return which < ARRAY_LEN(lines) ? lines[which].literal : (struct str){ NULL, 0 };
}

const char *
context_class(size_t which)
{
	return lines[which].class;
}
