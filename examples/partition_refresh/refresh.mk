# Partition refresh, included by the Makefile.

.PHONY: partition-refresh
partition-refresh: ## a cache of a view, one month of it refreshed (MONTHS=36 ROWS=300000)
	$(call set_up,build demo,all)
	@BUILD=$(BUILD) sh examples/partition_refresh/demo.sh
