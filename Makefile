# Saltwell. `make help` lists the entry points.

CC ?= cc
CFLAGS ?= -O2 -g
CPPFLAGS ?=
LDFLAGS ?=
LDLIBS ?=
PKG_CONFIG ?= pkg-config
BUILD ?= build

WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2
# No contraction into fused multiply-adds: the same bits from every compiler and on every processor.
OUR_CFLAGS = -std=c11 -fPIE -ffp-contract=off $(WARNINGS) $(CHECK_CFLAGS)
OUR_CPPFLAGS = -D_GNU_SOURCE -Iaggregations -Iudf/common $(shell $(PKG_CONFIG) --cflags libzstd libxxhash)
OUR_LDLIBS = $(shell $(PKG_CONFIG) --static --libs libzstd libxxhash) -lm
STATIC = -static-pie
COMPILE = $(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP

LIBRARY_OBJECTS = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard aggregations/*.c udf/common/*.c))
EXECUTABLES = $(patsubst udf/%.c,%,$(wildcard udf/*.c))
PROGRAMS = $(EXECUTABLES:%=$(BUILD)/bin/%)

.PHONY: all
all: $(PROGRAMS) ## build the executables into build/bin

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) -c $< -o $@

$(BUILD)/libsaltwell.a: $(LIBRARY_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/obj/udf/%.o $(BUILD)/libsaltwell.a
	@mkdir -p $(@D)
	$(CC) $(STATIC) $(OUR_CFLAGS) $(CFLAGS) $(LDFLAGS) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

UNIT_OBJECTS = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tests/unit/*.c))
$(BUILD)/tests/unit: $(UNIT_OBJECTS) $(BUILD)/libsaltwell.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ -lcriterion $(OUR_LDLIBS) $(LDLIBS) -o $@

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(patsubst %.o,%.d,$(LIBRARY_OBJECTS) $(UNIT_OBJECTS) $(EXECUTABLES:%=$(BUILD)/obj/udf/%.o))
