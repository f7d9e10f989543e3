/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * limits.h - every cap on work that the input drives, each with its reason.
 *
 * The dead kernel's words are claims: lists may be cyclic and counts absurd. A walk that
 * reaches its cap ends with ERROR_LIMIT and the report says so.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
	LIMIT_EVENTS = 256,          /* kept in events[]; the count of the rest is reported */
	LIMIT_EVENT_LINES = 512,     /* kept per event: a register and stack dump is below 200 */
	LIMIT_FRAMES = 512,          /* of one stack; a 16 KiB stack holds at most 2048 words */
	LIMIT_TASKS = 1 << 19,       /* pid_max is 4 million at most, 32768 by default */
	LIMIT_MODULES = 4096,        /* distributions ship about 5,000, machines load hundreds */
	LIMIT_LINE_BYTES = 8192,     /* of a log line; printk's own limit is 1024 a record */
	LIMIT_TEXT_BYTES = 64 << 20, /* of one report, in any format */
	LIMIT_LOG_TAIL = 200,        /* lines in log.tail[] */
	LIMIT_LOG_BYTES = 64 << 20,  /* of the printk buffer: log_buf_len's maximum in use */
	LIMIT_NOTE_BYTES = 16 << 20, /* of all ELF notes: 4096 CPUs of 500 bytes are 2 MiB */
	LIMIT_PROBLEMS = 32,         /* said of one dump file; a file has 65535 PT_NOTEs */
	LIMIT_NOTES = 1 << 15,       /* s390x has a dozen for each of 512 CPUs, x86 two for each */
	LIMIT_VMCOREINFO_BYTES = 1 << 20, /* the kernel's own is one page, or a few */
	LIMIT_VMCOREINFO_LINES = 1 << 14, /* with a key; kernels of today have 200 */
	LIMIT_SYMBOLS = 4 << 20,          /* kallsyms of 7.3 has 200,000 */
	LIMIT_SYMBOL_BYTES = 64 << 20,    /* of their names; 3.3 MB in 7.3 */
	LIMIT_MODULE_BYTES = 512 << 20,   /* of one region: the module area is 1.5 GiB */
	LIMIT_MODULE_SYMBOLS = 1 << 18,   /* of one module; nvidia and amdgpu have 30,000 */
	LIMIT_BTF_BYTES = 64 << 20,       /* vmlinux has 6 MB at most */
	LIMIT_RULE_BYTES = 4 << 20,       /* of one rule file: the whole catalogue is 0.3 MiB */
	LIMIT_RULES = 5000,               /* in all: each is compared with each by --check-rules */
	LIMIT_RULE_KEYS = 256,            /* of one map in it; the facts of a written case are 60 */
	LIMIT_RULE_DEPTH = 12,            /* lists and maps inside one another; rules need six */
	LIMIT_SCAN_PAGES = 1 << 20,       /* searched for VMCOREINFO: seconds, not minutes */
	LIMIT_ORC_ENTRIES = 1 << 23,      /* vmlinux has 511,000 */
	LIMIT_PATH_BYTES = 4096,          /* PATH_MAX */
	LIMIT_PATH_NAMES = 512,           /* directories in one path, on one mount */
	LIMIT_PATH_MOUNTS = 64,           /* mounts on mounts; containers have three or four */
	LIMIT_TASK_FILES = 64,            /* open files of the panic task that are shown */
	LIMIT_OPEN_FILES = 1 << 18,       /* of all tasks, looked at for who else has a file */
	LIMIT_SLAB_CACHES = 1 << 14,      /* a machine has 200, with cgroups before 5.9 thousands */
	LIMIT_FILESYSTEMS = 1 << 14,      /* mounted; hosts of containers have thousands */
	LIMIT_DISKS = 1 << 14,            /* block devices, partitions included */
	LIMIT_NET_DEVICES = 1 << 14,      /* of one namespace; hosts of containers have thousands */
	LIMIT_PROBES = 1 << 16,           /* kprobes; bpftrace sets tens of thousands */
	LIMIT_REQUESTS = 1 << 18,         /* tags of all disks, looked at */
	LIMIT_WAITERS = 1 << 16,          /* for one lock, followed to the lock */
	LIMIT_NODES = 1024,               /* of memory: MAX_NUMNODES of the largest kernels */
	LIMIT_CPUS = 8192,                /* NR_CPUS of the largest distribution kernel */
	LIMIT_SCAN_ENTRIES = 1 << 16,     /* files and folders that --scan looks at */
	LIMIT_SCAN_DEPTH = 4,             /* folders inside one another: pstore nests two */
	LIMIT_SCAN_REFUSED = 32,          /* that are named */
	/* --profile=kdump: a capture kernel of 128 MB has 70 MB left once it is up */
	LIMIT_KDUMP_MEMORY_BYTES = 48 << 20,
	LIMIT_LEAST_MEMORY_BYTES = 1 << 20, /* that input gets, however low --max-memory is */
	LIMIT_KDUMP_SECONDS = 60,           /* that a reboot may be held up by a report */
	/* Left free on a disk that dumps go to: SUSE deletes a dump that leaves less than 64 MB. */
	LIMIT_KDUMP_ROOM_BYTES = 65 << 20,
	LIMIT_ELF_SECTIONS = 1 << 17,    /* of a file with debuginfo; livepatches have thousands */
	LIMIT_ELF_NAMES_BYTES = 4 << 20, /* of its section names, of one section of notes */
	LIMIT_RODATA_BYTES = 64 << 20,   /* searched for the banner; vmlinux has 20 MB */
	LIMIT_WORKER_BYTES = 16 << 20,   /* answers of a worker: a report needs some 100 KiB */
	LIMIT_WORKER_DATA = 1 << 30,     /* memory of a worker: compressed DWARF is expanded */
	LIMIT_WORKER_SECONDS = 60,       /* of a worker, whatever --timeout says */
	LIMIT_DOWNLOAD_SECONDS = 1800,   /* for a vmlinux of 1 GB, if no --timeout is given */
	LIMIT_UNPACKED_BYTES = 1 << 30,  /* of a compressed debug file */
	LIMIT_CODE_FUNCTIONS = 24,       /* whose code is compared with the file */
	LIMIT_CODE_BYTES = 32 << 10,     /* of one of them */
	LIMIT_PLACES = 4096,             /* in code, for which a line is asked */
	LIMIT_DIR_ENTRIES = 1 << 17,     /* below lib/modules; distributions have 6,000 */
	LIMIT_SOURCE_BYTES = 16 << 20,   /* of a source file; generated headers have 10 MB */
	LIMIT_SOURCE_LINE = 400,         /* letters of a line of it that are shown */
};

#endif
