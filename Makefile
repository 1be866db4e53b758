# The front door. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# One sentence says so when there is no JDK 25.
MVN = JAVA_HOME="$$(bin/find-jdk)" || exit 1; export JAVA_HOME; ./mvnw -B -ntp

.PHONY: help run serve build test format train-mini train-classifier measure-classifier train-tiers random-model bench-engine bench-jmh trace-engine soak load load-soak load-peers clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

run: build ## Build and start the gateway on port 8080, with the bundled models unless a pointsman.yaml says otherwise
	@bin/pointsman run || case $$? in 130|143) ;; *) exit 1 ;; esac

serve: build ## Build and start the batching engine alone on port 8000 (MODEL=file.gguf, PORT=8000; ARGS="--help")
	@bin/pointsman serve $(if $(MODEL),--model $(MODEL)) $(if $(PORT),--port $(PORT)) $(ARGS) || case $$? in 130|143) ;; *) exit 1 ;; esac

build: ## Build the gateway alone
	@$(MVN) -q -pl gateway -am -DskipTests -Dspotless.check.skip -Dcyclonedx.skip package

test: ## Build everything and run all tests
	@$(MVN) verify

train-mini: ## Train the bundled pair of models (about two hours of one core; OUT=folder, DATA=folder of prompts)
	@$(MVN) -q -pl lab -am -DskipTests -Dspotless.check.skip package
	@bin/lab train-mini --out $(or $(OUT),lab/target/mini) $(if $(DATA),--data $(DATA)) --resume

train-classifier: ## Train the head `generic` on public outcomes, a minute and a half (DATA=folder with outcomes_train.jsonl.xz)
	@$(MVN) -q -pl lab -am -DskipTests -Dspotless.check.skip package
	@bin/lab train-classifier --data $(DATA) --out classifier/src/main/resources/io/pointsman/classifier/heads/generic.json

train-tiers: ## Train the model that tells tiers and task types (DATA=folder with train.jsonl and dev.jsonl)
	@$(MVN) -q -pl lab -am -DskipTests -Dspotless.check.skip package
	@bin/lab train-tiers --data $(DATA) --out classifier/src/main/resources/io/pointsman/classifier/kinds/kinds.json

measure-classifier: ## Measure the classifier on kinds of prompts that it has not seen (DATA=folder; OUT=picture.svg)
	@$(MVN) -q -pl lab -am -DskipTests -Dspotless.check.skip package
	@bin/lab measure-classifier --data $(DATA) $(if $(OUT),--picture $(OUT))

random-model: ## Write a model of random weights to measure with (SHAPE=r1-distill-qwen-1.5b, OUT=file.gguf; ARGS="--help")
	@$(MVN) -q -pl lab -am -DskipTests -Dspotless.check.skip package
	@bin/lab random-model --shape $(or $(SHAPE),r1-distill-qwen-1.5b) --out $(or $(OUT),lab/target/$(or $(SHAPE),r1-distill-qwen-1.5b).gguf) $(ARGS)

bench-engine: ## Measure the engine beside llama.cpp on one file (MODEL=file.gguf; ARGS="--help")
	@$(MVN) -q -Pbenchmarks -pl benchmarks -am -DskipTests -Dspotless.check.skip -Dcyclonedx.skip package
	@bin/bench engine --model $(MODEL) $(ARGS)

bench-jmh: ## Measure the parts of the hot paths (ARGS="Sampler -f 1")
	@$(MVN) -q -Pbenchmarks -pl benchmarks -am -DskipTests -Dspotless.check.skip -Dcyclonedx.skip package
	@bin/bench jmh -f 1 -wi 3 -w 1 -i 5 -r 1 $(ARGS)

trace-engine: ## Draw the engine's steps under a mixed load (OUT=file.svg; ARGS="--help")
	@$(MVN) -q -Pbenchmarks -pl benchmarks -am -DskipTests -Dspotless.check.skip -Dcyclonedx.skip package
	@bin/bench trace $(if $(OUT),--out $(OUT)) $(ARGS)

soak: ## Check the accounts of 100,000 requests of random fates (FATES=1000000; about five minutes)
	@$(MVN) -q -pl src/test -am test -Dtest=RandomFatesTest -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip -Dtest.jvm.args="-Xmx2g -Dpointsman.fates=$(or $(FATES),100000)"

load: ## Measure the gateway beside nginx and its peers under load (ARGS="--quick", "--quick --profile", "--help")
	@$(MVN) -q -Pbenchmarks -pl benchmarks,gateway -am -DskipTests -Dspotless.check.skip -Dcyclonedx.skip package
	@bin/bench load $(ARGS)

load-soak: ## Watch the gateway for leaks for ten minutes of clients that hang up and backends that fail (ARGS="--minutes 60")
	@$(MVN) -q -Pbenchmarks -pl benchmarks,gateway -am -DskipTests -Dspotless.check.skip -Dcyclonedx.skip package
	@bin/bench soak $(ARGS)

load-peers: ## Install the gateways that `make load` measures beside ours (ARGS="nginx scg portkey litellm")
	@benchmarks/peers/install.sh $(ARGS)

format: ## Format the Java sources
	@$(MVN) -q spotless:apply

clean: ## Delete what was built
	@$(MVN) -q clean
