# The medallion, included by the Makefile.

.PHONY: medallion
medallion: ## bronze to gold with a PostgreSQL of its own (ROWS=2000000)
	$(call set_up,build demo medallion,all)
	@BUILD=$(BUILD) ROWS='$(or $(ROWS),2000000)' REAL='$(wildcard $(or $(SALTWELL_DATA),../shared/data)/rtb_bid_requests.jsonl.zst)' \
		sh examples/medallion/demo.sh

# `check` kills the server once; this kills it often, and measures for a minute.
.PHONY: check-medallion
check-medallion: ## the medallion's tests, the long ones too
	@KILLS=5 LOAD_SECONDS=60 $(MAKE) --no-print-directory check GROUPS=medallion TEST_TIMEOUT_S=1800
