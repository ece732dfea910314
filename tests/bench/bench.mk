# The benchmark, included by the Makefile. tests/bench/README.md says what it measures.

BENCH_PROGRAMS = $(BUILD)/bench/bin/echo $(BUILD)/bench/bin/measured $(BUILD)/bench/bin/raw_pipe \
	$(BUILD)/bench/bin/cold_start
$(BUILD)/bench/bin/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(STATIC) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

# The executables without the filter of system calls, for valgrind, which needs more of them than it leaves.
UNFILTERED = $(EXECUTABLES:%=$(BUILD)/unfiltered/bin/%)
$(BUILD)/unfiltered/sandbox.o: udf/common/sandbox.c $(FLAGS_FILE)
	$(call say,CC,$< without its filter)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -DSANDBOX_WITHOUT_FILTER -c $< -o $@
$(BUILD)/unfiltered/bin/%: $(BUILD)/obj/udf/%.o $(BUILD)/unfiltered/sandbox.o $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(STATIC) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

.PHONY: bench-programs
bench-programs: programs $(BENCH_PROGRAMS) $(UNFILTERED)
	@:

.PHONY: bench
bench: ## measure (BENCH_ROWS=50000000 BENCH_RUNS=5 BENCH_CASES=)
	$(call set_up,build demo bench,all bench-programs)
	@BUILD=$(BUILD) CC='$(CC)' python3 tests/bench/bench.py

.PHONY: bench-instructions
bench-instructions: ## count instructions, compare with instructions.tsv
	@install/deps.sh build bench
	@$(MAKE) --no-print-directory -j2 bench-programs
	@BUILD=$(BUILD) CC='$(CC)' python3 tests/bench/instructions.py
