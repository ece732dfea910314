# HBase with Phoenix: no part of `make check`.
.PHONY: check-phoenix
check-phoenix: ## phoenix_scan and the load against HBase and Phoenix: twelve minutes, and 79 MB once
	$(call set_up,build demo check load,all)
	@BUILD='$(abspath $(BUILD))' sh tests/phoenix/full/check.sh
