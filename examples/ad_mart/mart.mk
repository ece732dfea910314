# The ad mart, included by the Makefile.

.PHONY: ad-mart
ad-mart: ## the ad mart on generated events (DAYS=91 ROWS=100000)
	$(call set_up,build demo,all)
	@BUILD=$(BUILD) sh examples/ad_mart/demo.sh

.PHONY: validate-spark
validate-spark: ## the mart against the Spark job it replaces (ROWS=)
	$(call set_up,build demo,all)
	@BUILD=$(BUILD) sh examples/ad_mart/spark/validate.sh

.PHONY: demo-cluster
demo-cluster: ## the ad mart over two shards (DAYS=5 ROWS=20000)
	$(call set_up,build demo,all)
	@BUILD=$(BUILD) sh examples/ad_mart/cluster/demo.sh
