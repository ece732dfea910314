# HBase with Phoenix: no part of `make check`.
.PHONY: check-phoenix
check-phoenix: ## phoenix_scan against HBase and Phoenix: five minutes, and 79 MB once
	$(call set_up,build demo check,all)
	@BUILD='$(abspath $(BUILD))' sh tests/phoenix/full/check.sh
