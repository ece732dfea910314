# The ad mart, included by the Makefile.

.PHONY: ad-mart
ad-mart: ## the ad mart on generated events (DAYS=91 ROWS=100000)
	@install/deps.sh build demo
	@$(MAKE) --no-print-directory -j2 all engine
	@BUILD=$(BUILD) sh examples/ad_mart/demo.sh

.PHONY: validate-spark
validate-spark: ## the mart against the Spark job it replaces (ROWS=)
	@install/deps.sh build demo
	@$(MAKE) --no-print-directory -j2 all engine
	@BUILD=$(BUILD) sh examples/ad_mart/spark/validate.sh

.PHONY: demo-cluster
demo-cluster: ## the ad mart over two shards (DAYS=5 ROWS=20000)
	@install/deps.sh build demo
	@$(MAKE) --no-print-directory -j2 all engine
	@BUILD=$(BUILD) sh examples/ad_mart/cluster/demo.sh
