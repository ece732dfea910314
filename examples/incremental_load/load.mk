# The incremental load, included by the Makefile.

.PHONY: incremental-load
incremental-load: ## codes from Phoenix into ClickHouse, killed and taken up again (A_MINUTE=1000)
	$(call set_up,build demo check load,all)
	@BUILD=$(BUILD) sh tests/phoenix/install.sh
	@BUILD=$(BUILD) sh examples/incremental_load/demo.sh

# make check kills the script and the server once each: the load and the partition refresh.
.PHONY: check-load
check-load: ## the tests of load and refresh, killed at all stages: ten minutes or more
	@$(MAKE) --no-print-directory check GROUPS=load STAGES=all TEST_TIMEOUT_S=1800
