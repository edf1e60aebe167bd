# coldcase: `make demo` builds and shows a report, `make test` runs all tests. Both install the Debian packages
# that are missing. Variables a user may set: CC, CFLAGS, PREFIX, DESTDIR, BUILD (folder for objects),
# SANITIZE (address,undefined or thread), INFLATE (isal or zlib), WERROR=1.

# The packages, in one list: to build; to test; to check in CI.
DEPS_BUILD = gcc make pkg-config libc6-dev zlib1g-dev libpcre2-dev uthash-dev libisal-dev libvectorscan-dev nettle-dev libarchive-dev
DEPS_TEST  = libcmocka-dev libjansson-dev jq mandoc cmark-gfm tar zip zstd bzip2 xz-utils lz4
DEPS_CI    = git clang clang-format clang-tidy cppcheck libclang-rt-14-dev valgrind cmark-gfm
DEPS_BENCH = hyperfine isal pigz ripgrep ugrep lnav time valgrind linux-perf

CC      = gcc
INFLATE = isal
BUILD   = build/$(INFLATE)
PREFIX  = /usr/local
BINARY  = $(BUILD)/coldcase

WARNINGS = -Wall -Wextra -Wshadow -Wcast-qual -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes -Wvla \
           -Wformat=2 -Wundef -Wwrite-strings -Wpointer-arith $(if $(WERROR),-Werror)
CFLAGS   = -O2 -g
LIBRARIES = libhs libpcre2-8 nettle zlib $(if $(filter isal,$(INFLATE)),libisal)
# -fno-omit-frame-pointer only where a sanitizer prints stacks; asserts stay in every build.
C = $(CC) -std=c11 -D_GNU_SOURCE -I. $(CFLAGS) $(WARNINGS) -pthread \
    $(if $(filter zlib,$(INFLATE)),-DINFLATE_ZLIB) \
    $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
CPPFLAGS_LIBS = $(shell pkg-config --cflags libhs libpcre2-8 nettle zlib libarchive)
LDLIBS = $(shell pkg-config --libs $(LIBRARIES)) -lm -ldl

SOURCES = $(sort $(wildcard base/*.c parsers/*.c forensics/*.c reports/*.c))
OBJECTS = $(SOURCES:%.c=$(BUILD)/%.o)
UNITS   = $(sort $(wildcard tests/unit/test_*.c))
UNIT_BINARIES = $(UNITS:tests/unit/%.c=$(BUILD)/tests/%)
TOOLS   = $(BUILD)/samples/generate
HEADERS = $(sort $(wildcard base/*.h parsers/*.h forensics/*.h reports/*.h))
ALL_C   = $(sort main.c $(SOURCES) $(HEADERS) $(wildcard samples/*.c samples/*.h tests/*/*.c tests/*/*.h))

all: $(BINARY)
	@ln -sfn $(BINARY) coldcase

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(C) $(CPPFLAGS_LIBS) -MMD -MP -c -o $@ $<

$(BUILD)/libcoldcase.a: $(OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

$(BINARY): $(BUILD)/main.o $(BUILD)/libcoldcase.a
	$(C) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libcoldcase.a
	@mkdir -p $(@D)
	$(C) $(CPPFLAGS_LIBS) -MMD -MP -MF $@.d -o $@ $< $(BUILD)/libcoldcase.a -lcmocka -ljansson -larchive $(LDLIBS)

# The generator stands alone: it must not share a mistake with the program that it tests.
$(BUILD)/samples/generate: $(sort $(wildcard samples/*.c)) $(wildcard samples/*.h)
	@mkdir -p $(@D)
	$(C) -o $@ $(filter %.c,$^) -lz $(if $(filter isal,$(INFLATE)),-lisal) -lm

# ---- set-up ----

# Silent when nothing is missing. $(1): packages.
define install_missing
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q ' installed$$' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  sudo=; [ $$(id -u) = 0 ] || sudo=sudo; \
	  echo "installing:" $$missing; \
	  $$sudo apt-get update -q >/dev/null && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -q --no-install-recommends $$missing >/dev/null; \
	fi
endef

deps:
	$(call install_missing,$(DEPS_BUILD))
deps-test: deps
	$(call install_missing,$(DEPS_TEST))
deps-ci: deps-test
	$(call install_missing,$(DEPS_CI))
deps-bench: deps-test
	$(call install_missing,$(DEPS_BENCH))

# ---- what users and contributors type ----

demo: deps
	@$(MAKE) --no-print-directory -s all
	@./coldcase report samples/runaway-bill

test: deps-test
	@$(MAKE) --no-print-directory -s all units tools
	@BUILD=$(BUILD) tests/run

units: $(UNIT_BINARIES)
tools: $(TOOLS)

samples: deps
	@$(MAKE) --no-print-directory -s tools
	@samples/make $(BUILD)/samples/generate

# Precision and recall over the labelled set: 65 kinds of case, 10 seeds of each.
evaluate: deps-test
	@$(MAKE) --no-print-directory -s all tools
	@BUILD=$(BUILD) tests/evaluate

bench: deps-bench
	@$(MAKE) --no-print-directory -s all tools
	@BUILD=$(BUILD) tests/bench/run

# The guard against getting slower; `make bench-accept` takes a new figure, with the reason in the same commit.
bench-instructions bench-accept: deps-bench
	@$(MAKE) --no-print-directory -s all tools
	@BUILD=$(BUILD) UPDATE=$(filter bench-accept,$@) tests/bench/instructions.sh

format:
	clang-format -i $(ALL_C)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/coldcase
	install -m 644 man/coldcase.1 $(DESTDIR)$(PREFIX)/share/man/man1/coldcase.1

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/coldcase $(DESTDIR)$(PREFIX)/share/man/man1/coldcase.1

clean:
	rm -rf build coldcase

print-%:
	@echo $($*)

.PHONY: all deps deps-test deps-ci deps-bench evaluate bench bench-instructions bench-accept demo test units tools samples format install uninstall clean
.SECONDARY:

-include $(OBJECTS:.o=.d) $(BUILD)/main.d $(UNIT_BINARIES:=.d)
