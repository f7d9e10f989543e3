# make demo       installs what is missing, builds, shows the verdict of a real vmcore
# make check      installs what is missing, builds, runs every test
# make            builds build/release/kdtriage
# make test       every test; installs nothing; MODE=asan under ASan and UBSan
# make tools      dump-read, dump-info and mkdump beside it
# make fuzz-smoke FUZZ_SECS=10  every fuzz target for a moment (needs clang)
# make lint       formatting, clang-tidy, cppcheck, layers
# make lab        boots real kernels under QEMU, crashes them, judges the dumps
# make rules-report  how often the rules are right about crashes of known cause
# make bench      wall time and memory beside peers
# make static     build/static/kdtriage, which needs no library
# make install DESTDIR= PREFIX=/usr/local; make install-hooks SYSCONFDIR=/etc: samples/hooks/README.md
# make deb, make rpm  packages in build/, from samples/packaging

MODE      ?= release
FUZZ_SECS ?= 10
PREFIX    ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR   ?= $(PREFIX)/lib/systemd/system
V         ?= 0
LAB_DUMPS ?= build/lab/dumps
CORPUS    ?= ../shared/corpus
O         := build/$(MODE)
VERSION   := 0.1.0

PKGS    := libdw libelf capstone json-c zlib libdeflate lzo2 libzstd yaml-0.1 libpcre2-8 libseccomp
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wmissing-declarations -Wformat=2 -Wwrite-strings -Wcast-qual -Wundef \
	   -Wvla -Wconversion -Wno-sign-conversion

MODE_release := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
MODE_debug   := -Og
MODE_asan    := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_static  := $(MODE_release)
MODE_fuzz    := $(MODE_asan) -fsanitize=fuzzer-no-link
MODE_cov     := -O0 --coverage

# make V=1 shows whole commands.
ifneq ($(V),1)
Q       = @echo '  $(1) $@' && 
else
Q       =
endif

ifeq ($(MODE),fuzz)
CC      := clang
endif
# One file that needs no library: of snappy the C++ run-time, and what pkg-config knows of the rest.
ifeq ($(MODE),static)
PC      := pkg-config --static
LINK    := -static -s
MORE    := -lstdc++
else
PC      := pkg-config
endif

FLAGS    = -std=gnu11 -g '-ffile-prefix-map=$(CURDIR)=.' -D_GNU_SOURCE -DKDTRIAGE_VERSION='"$(VERSION)"' -Isrc -Itests/unit $(WARN) $(WERROR) \
	   $(MODE_$(MODE)) $(shell pkg-config --cflags $(PKGS) 2>/dev/null) $(CFLAGS)
LIBS     = $(LDFLAGS) $(LINK) -Wl,--as-needed $(shell $(PC) --libs $(PKGS) 2>/dev/null) -lsnappy $(MORE) -lm

SRC      := $(sort $(wildcard src/*.c src/*/*.c))
HDR      := $(sort $(wildcard src/*.h src/*/*.h))
EMBED    := $(sort $(wildcard rules/*.yaml rules/*.list) $(filter-out %.json %.md,$(wildcard templates/*)))
UNIT     := $(sort $(wildcard tests/unit/*/test_*.c))
FUZZ     := $(sort $(wildcard tests/fuzz/fuzz_*.c))
TOOL     := $(sort $(wildcard tests/tools/*.c))
MKDUMP   := $(sort $(wildcard tests/tools/mkdump/*.c))
OBJ      := $(patsubst %.c,$(O)/%.o,$(filter-out src/rulepack.c,$(SRC))) $(O)/embedded.o
PACKER   := $(filter $(O)/src/base/% $(O)/src/model/% $(O)/src/facts/% $(O)/src/verdict/%,$(OBJ)) $(O)/src/rulepack.o
CORE     := $(filter-out $(O)/src/main.o,$(OBJ))
UNIT_BIN := $(UNIT:%.c=$(O)/%)
FUZZ_BIN := $(FUZZ:%.c=$(O)/%)
TOOL_BIN := $(TOOL:tests/tools/%.c=$(O)/%)

.DELETE_ON_ERROR:
.PHONY: all tools static install install-hooks deb rpm deps demo check test schema layers lint lab lab-compare corpus \
	rules-report bench fuzz fuzz-bins fuzz-smoke valgrind clean

all: $(O)/kdtriage

$(O)/kdtriage: $(OBJ)
	$(call Q,LD)$(CC) $(FLAGS) -o $@ $^ $(LIBS)

tools: $(TOOL_BIN)
$(TOOL_BIN): $(O)/%: $(O)/tests/tools/%.o $(CORE)
	$(call Q,LD)$(CC) $(FLAGS) -o $@ $^ $(LIBS)
$(O)/mkdump: $(MKDUMP:%.c=$(O)/%.o)

$(UNIT_BIN): %: %.o $(CORE)
	$(call Q,LD)$(CC) $(FLAGS) -o $@ $^ $(LIBS) -lcmocka

$(FUZZ_BIN): %: %.o $(CORE)
	$(call Q,LD)$(CC) $(FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(O)/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(call Q,CC)$(CC) $(FLAGS) -MMD -MP -c -o $@ $<

# Rules and templates inside the program; the rules also resolved, to judge by.
$(O)/rulepack: $(PACKER)
	$(call Q,LD)$(CC) $(FLAGS) -o $@ $^ $(LIBS)
$(O)/rules.pack: $(O)/rulepack $(EMBED)
	$< rules >$@
$(O)/embedded.S: $(EMBED) $(O)/rules.pack src/embed.sh $(O)/embed.list
	sh src/embed.sh $(EMBED) rules.pack=$(O)/rules.pack >$@
$(O)/embedded.o: $(O)/embedded.S
	$(call Q,AS)$(CC) $(FLAGS) -c -o $@ $<

# Rewritten only when the compiler or its flags, or the list of embedded files, change.
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo "$(CC) $(FLAGS) $(LIBS)" | cmp -s - $@ || echo "$(CC) $(FLAGS) $(LIBS)" >$@
$(O)/embed.list: FORCE
	@mkdir -p $(@D)
	@echo '$(EMBED)' | cmp -s - $@ || echo '$(EMBED)' >$@
FORCE:

static:
	@$(MAKE) --no-print-directory MODE=static all
	@ls -l build/static/kdtriage | awk '{ printf "%s: %d bytes, needs no library\n", $$NF, $$5 }'

# Man pages and completions ask the program for its options and facts.
MAN      := $(O)/man/kdtriage.8 $(O)/man/kdtriage-report.7 $(O)/man/kdtriage-rules.5
$(O)/man/options.rows: $(O)/kdtriage src/man/options.awk
	@mkdir -p $(@D)
	@$< --help | awk -f src/man/options.awk >$@
$(O)/man/facts.rows: $(O)/kdtriage src/man/facts.awk
	@mkdir -p $(@D)
	@$< --list-facts | awk -f src/man/facts.awk >$@
$(O)/man/kdtriage.8: src/man/kdtriage.8.in src/man/fill.awk $(O)/man/options.rows FORCE
	@awk -v rows=$(O)/man/options.rows -v datadir=$(PREFIX)/share -f src/man/fill.awk $< >$@
$(O)/man/kdtriage-report.7: src/man/kdtriage-report.7.in src/man/fill.awk $(O)/man/facts.rows
	@awk -v rows=$(O)/man/facts.rows -f src/man/fill.awk $< >$@
$(O)/man/%: src/man/%
	@mkdir -p $(@D)
	@cp $< $@

INSTALL  ?= install
SHARE     = $(DESTDIR)$(PREFIX)/share
DOC       = $(SHARE)/doc/kdtriage

install: all $(MAN)
	$(INSTALL) -D -m 755 $(O)/kdtriage $(DESTDIR)$(PREFIX)/bin/kdtriage
	$(INSTALL) -D -m 644 $(O)/man/kdtriage.8 $(SHARE)/man/man8/kdtriage.8
	$(INSTALL) -D -m 644 $(O)/man/kdtriage-report.7 $(SHARE)/man/man7/kdtriage-report.7
	$(INSTALL) -D -m 644 $(O)/man/kdtriage-rules.5 $(SHARE)/man/man5/kdtriage-rules.5
	$(INSTALL) -D -m 644 src/completion/kdtriage.bash $(SHARE)/bash-completion/completions/kdtriage
	$(INSTALL) -D -m 644 src/completion/_kdtriage $(SHARE)/zsh/site-functions/_kdtriage
	$(INSTALL) -d -m 755 $(SHARE)/kdtriage/rules $(SHARE)/kdtriage/templates $(DOC)/examples
	$(INSTALL) -m 644 $(filter-out %.md,$(wildcard rules/*)) $(SHARE)/kdtriage/rules
	$(INSTALL) -m 644 $(wildcard templates/*) $(SHARE)/kdtriage/templates
	$(INSTALL) -m 644 README.md $(DOC)/README.md
	$(INSTALL) -m 644 rules/README.md $(DOC)/rules.md
	cd samples/hooks && find . -type f ! -name README.md -exec $(INSTALL) -D -m 644 {} $(DOC)/examples/{} \;
	chmod 755 $(DOC)/examples/kdump-utils/50-kdtriage $(DOC)/examples/kdump-tools/kdump-tools-dump
	$(INSTALL) -D -m 644 -t $(DOC)/examples/ci samples/ci/README.md $(wildcard samples/ci/*.yml)
	$(INSTALL) -m 755 samples/ci/boot samples/ci/judge samples/ci/initramfs $(DOC)/examples/ci

# Packages are made of a copy of the tree; the same tree gives the same archive.
DIST     := kdtriage-$(VERSION)
EPOCH    := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),0)
build/$(DIST).tar.gz: FORCE
	@mkdir -p build
	@tar --exclude=./build --exclude=./.git --sort=name --mtime=@$(EPOCH) --owner=0 --group=0 \
		--numeric-owner --mode=go=rX,u+rw --transform='s|^\.|$(DIST)|' -cf - . | gzip -9n >$@

deb: build/$(DIST).tar.gz
	@rm -rf build/deb && mkdir -p build/deb
	@cp $< build/deb/kdtriage_$(VERSION).orig.tar.gz && tar -C build/deb -xf $<
	@cp -r samples/packaging/debian build/deb/$(DIST)/
	cd build/deb/$(DIST) && SOURCE_DATE_EPOCH=$(EPOCH) dpkg-buildpackage -us -uc

rpm: build/$(DIST).tar.gz
	@mkdir -p build/rpm/SOURCES && cp $< build/rpm/SOURCES/
	rpmbuild $(RPMFLAGS) --define '_topdir $(CURDIR)/build/rpm' -ba samples/packaging/kdtriage.spec

# Where kdump-utils is used, its hook; and the scan at the next boot. Nothing that kdump.conf would
# have to name: what it names and is missing disarms kdump.
install-hooks:
	$(INSTALL) -D -m 755 samples/hooks/kdump-utils/50-kdtriage $(DESTDIR)$(SYSCONFDIR)/kdump/post.d/50-kdtriage
	$(INSTALL) -D -m 644 samples/hooks/kdump-utils/50-kdtriage.conf $(DESTDIR)$(SYSCONFDIR)/dracut.conf.d/50-kdtriage.conf
	$(INSTALL) -d -m 755 $(DESTDIR)$(UNITDIR)
	@for unit in kdtriage-scan.service kdtriage-scan.timer; do \
		sed 's|@BINDIR@|$(PREFIX)/bin|' samples/hooks/systemd/$$unit >$(DESTDIR)$(UNITDIR)/$$unit && \
		chmod 644 $(DESTDIR)$(UNITDIR)/$$unit || exit 1; \
	done
	sed -i 's|/usr/bin/kdtriage}|$(PREFIX)/bin/kdtriage}|' $(DESTDIR)$(SYSCONFDIR)/kdump/post.d/50-kdtriage

deps:
	@sh .ci/deps

# A second make, because what deps installs changes the flags that pkg-config gives.
demo: deps
	@$(MAKE) --no-print-directory -j2 -s all
	@echo '$$ $(O)/kdtriage samples/null-read/vmcore'
	@$(O)/kdtriage samples/null-read/vmcore

check: deps
	@$(MAKE) --no-print-directory -j2 test

test: all tools $(UNIT_BIN)
	@sh tests/run $(O) $(UNIT_BIN)

# The JSON Schema of the report, from src/facts/schema.def.
schema: $(O)/report-schema
	$(O)/report-schema >templates/report.schema.json

layers:
	@awk -f tests/lint/layers.awk $(SRC) $(HDR)

lint: layers
	@echo clang-format; clang-format --dry-run -Werror $(SRC) $(HDR) $(UNIT) $(FUZZ) $(TOOL) $(MKDUMP)
	@echo cppcheck; cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -Isrc -j2 \
		--suppress=returnDanglingLifetime \
		--enable=warning,performance,portability $(SRC)
	@echo clang-tidy; printf '%s\n' $(SRC) | \
		xargs -P2 -I{} clang-tidy --quiet {} -- $(FLAGS) 2>$(O)/clang-tidy.err
	@echo shellcheck; shellcheck -S warning .ci/run .ci/deps $(shell grep -lr '^#!/bin/sh\|^#!.*bash' src tests samples/ci)

lab: all tools
	tests/lab/run $(LAB_ARGS)

lab-compare: all tools
	tests/lab/compare $(COMPARE_ARGS)
	tests/lab/session $(COMPARE_ARGS)
	tests/lab/pages --kernel=all

bench: all tools
	tests/bench/run

corpus: all
	@sh tests/corpus/run $(O)/kdtriage

rules-report: all
	@python3 tests/rules/report.py $(O)/kdtriage $(LAB_DUMPS) $(CORPUS)

valgrind:
	$(MAKE) MODE=debug RUN='valgrind -q --error-exitcode=9 --leak-check=full' test

fuzz:
	$(MAKE) MODE=fuzz fuzz-bins
fuzz-bins: $(FUZZ_BIN)
fuzz-smoke: fuzz
	@FUZZ_SECS=$(FUZZ_SECS) sh tests/fuzz/run $(FUZZ:tests/fuzz/%.c=%)

clean:
	rm -rf build

-include $(OBJ:.o=.d) $(UNIT:%.c=$(O)/%.d) $(FUZZ:%.c=$(O)/%.d) $(TOOL:%.c=$(O)/%.d) $(MKDUMP:%.c=$(O)/%.d)
