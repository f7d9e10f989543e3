# make            builds build/release/kdtriage
# make check      unit tests, golden tests and layering, in the current MODE
# make MODE=asan check          the same under ASan and UBSan
# make fuzz-smoke FUZZ_SECS=10  every fuzz target for a moment (needs clang)
# make lint       formatting, clang-tidy, cppcheck

MODE      ?= release
FUZZ_SECS ?= 10
O         := build/$(MODE)

PKGS    := libdw libelf capstone json-c zlib lzo2
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wmissing-declarations -Wformat=2 -Wwrite-strings -Wcast-qual -Wundef \
	   -Wvla -Wconversion -Wno-sign-conversion

MODE_release := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
MODE_debug   := -Og
MODE_asan    := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_fuzz    := $(MODE_asan) -fsanitize=fuzzer-no-link
MODE_cov     := -O0 --coverage

ifeq ($(MODE),fuzz)
CC      := clang
endif

FLAGS    = -std=gnu11 -g -D_GNU_SOURCE -Isrc $(WARN) $(WERROR) $(MODE_$(MODE)) \
	   $(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
LIBS     = $(LDFLAGS) $(shell pkg-config --libs $(PKGS))

SRC      := $(sort $(wildcard src/*.c src/*/*.c))
UNIT     := $(sort $(wildcard tests/unit/*/test_*.c))
FUZZ     := $(sort $(wildcard tests/fuzz/fuzz_*.c))
OBJ      := $(SRC:%.c=$(O)/%.o)
CORE     := $(filter-out $(O)/src/main.o,$(OBJ))
UNIT_BIN := $(UNIT:%.c=$(O)/%)
FUZZ_BIN := $(FUZZ:%.c=$(O)/%)

.DELETE_ON_ERROR:
.PHONY: all check unit golden layers lint fuzz fuzz-bins fuzz-smoke valgrind clean

all: $(O)/kdtriage

$(O)/kdtriage: $(OBJ)
	$(CC) $(FLAGS) -o $@ $^ $(LIBS)

$(UNIT_BIN): %: %.o $(CORE)
	$(CC) $(FLAGS) -o $@ $^ $(LIBS) -lcmocka

$(FUZZ_BIN): %: %.o $(CORE)
	$(CC) $(FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(O)/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(CC) $(FLAGS) -MMD -MP -c -o $@ $<

# Rewritten only when the compiler or its flags change, and then rebuilds all.
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(FLAGS)' | cmp -s - $@ || echo '$(CC) $(FLAGS)' >$@
FORCE:

check: unit golden layers

unit: $(UNIT_BIN:%=%.ran)
$(UNIT_BIN:%=%.ran): %.ran: %
	@$(RUN) $< >$<.log 2>&1 || { cat $<.log; exit 1; }
	@touch $@

golden: $(O)/kdtriage
	@sh tests/golden/run $(O)/kdtriage

layers:
	@awk -f tests/lint/layers.awk $(SRC) $(wildcard src/*/*.h)

lint: layers
	clang-format --dry-run -Werror $(SRC) $(wildcard src/*/*.h) $(UNIT) $(FUZZ)
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -Isrc \
		--enable=warning,performance,portability $(SRC)
	clang-tidy --quiet $(SRC) -- $(FLAGS)

valgrind:
	$(MAKE) MODE=debug RUN='valgrind -q --error-exitcode=9 --leak-check=full' unit

fuzz:
	$(MAKE) MODE=fuzz fuzz-bins
fuzz-bins: $(FUZZ_BIN)
fuzz-smoke: fuzz
	@for t in $(FUZZ:tests/fuzz/%.c=%); do \
		mkdir -p build/corpus/$$t; \
		build/fuzz/tests/fuzz/$$t -max_total_time=$(FUZZ_SECS) -verbosity=0 \
			-artifact_prefix=build/ build/corpus/$$t || exit 1; \
	done

clean:
	rm -rf build

-include $(OBJ:.o=.d) $(UNIT_BIN:%=%.d) $(FUZZ_BIN:%=%.d)
