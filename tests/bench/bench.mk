# The benchmark, included by the Makefile. tests/bench/README.md says what it measures.

BENCH_PROGRAMS = $(BUILD)/bench/bin/echo $(BUILD)/bench/bin/measured $(BUILD)/bench/bin/raw_pipe \
	$(BUILD)/bench/bin/cold_start
$(BUILD)/bench/bin/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/libsaltwell.a
	@mkdir -p $(@D)
	$(LINK) $(STATIC) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

.PHONY: bench-programs
bench-programs: programs $(BENCH_PROGRAMS)

.PHONY: bench
bench: ## measure against the peers and the limit (BENCH_ROWS=50000000 BENCH_RUNS=5 BENCH_CASES=)
	@install/deps.sh build demo bench
	@$(MAKE) --no-print-directory -j2 all engine bench-programs
	@BUILD=$(BUILD) CC='$(CC)' python3 tests/bench/bench.py

.PHONY: bench-instructions
bench-instructions: ## count instructions, fixed inputs, and compare with tests/bench/instructions.tsv
	@install/deps.sh build bench
	@$(MAKE) --no-print-directory -j2 bench-programs
	@BUILD=$(BUILD) CC='$(CC)' python3 tests/bench/instructions.py
