# The dbt package's tests, included by the Makefile.

.PHONY: check-dbt
check-dbt: ## the dbt package and the ad mart as dbt models
	@$(MAKE) --no-print-directory check GROUPS=dbt TEST_TIMEOUT_S=600
