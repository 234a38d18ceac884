# Everything here needs only Go and make. The linter is built from source the first time (a minute or two).

LINT := go tool -modfile=.ci/lint.mod golangci-lint

# The race detector needs a C compiler on Linux; where there is none, Go says so and we test without it. It does not look
# into argon2, which hashes passwords and shares nothing: that is slow on purpose, and took half of the time of many tests.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race -gcflags=golang.org/x/crypto/argon2=-race=false)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build run demo test torture torture-ci soak fuzz check fmt vet cross lint fix golden bench bench-ssh gobench cover dist distcheck clean

help: ## print this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/ticketcd
	@[ -x bin/ticketcd ] || echo "building bin/ticketcd: the first time takes a minute or two"
	go build -trimpath -o bin/ticketcd .

run: build ## open the shop, on the store in your data directory, which begins with demo data
	@bin/ticketcd

demo: build ## five members, demo data, some simulated shoppers, and the shop; all of it ends with the shop
	@bin/ticketcd --data-dir bin/demo --nodes 5 --shoppers 20

test: ## run all tests, with the race detector
	@[ -n "$(RACE)" ] || echo "no C compiler: testing without the race detector"
	go test $(RACE) -timeout 12m ./...

torture: ## one fault after another, with the race detector, for DURATION=30m, with SEED=N to choose the faults
	TORTURE_SEED=$(SEED) TORTURE_DURATION=$(or $(DURATION),30m) go test $(RACE) -count=1 -timeout 0 -v -run UnderFire ./torture

# With the race detector two minutes see a third of the operations, and it is those that are judged.
torture-ci: ## the same for two minutes, without the race detector: a part of make check
	@$(MAKE) --no-print-directory torture DURATION=2m RACE=

soak: ## fill a shop over SSH for DURATION=10m while members fail, and see that what it holds does not grow; SEED=N
	SOAK_SEED=$(SEED) SOAK_DURATION=$(or $(DURATION),10m) go test -count=1 -timeout 0 -v -run 'ResourcesStayFlat' ./cli

fuzz: ## feed every reader of foreign input with nonsense, each for FUZZTIME=30s
	@for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(or $(FUZZTIME),30s) -fuzzminimizetime 50x $$package || exit 1; \
		done; \
	done

check: fmt vet cross lint test torture-ci ## everything that must hold before a commit, exactly as .ci/run runs it

fmt: ## say what is not formatted
	$(LINT) fmt --diff

vet: ## run go vet
	go vet ./...

# It reads all types from the source, so that nothing has to be compiled for those systems: 20 seconds, not 5 minutes.
cross: ## check that all of it compiles for Windows and macOS, and vet it there
	go run -modfile=.ci/lint.mod ./.ci/cross windows/amd64 darwin/arm64

lint: ## run the linters of .golangci.yml
	$(LINT) run

fix: ## format the code and mend what the linters can mend
	$(LINT) fmt
	$(LINT) run --fix

golden: ## write the screens' golden frames anew; read the diff
	go test ./tui -update

bench: build ## measure the shop against etcd's own limits, on one member; NODES=5 on five
	@bin/ticketcd --data-dir bin/bench bench --nodes $(or $(NODES),1)

bench-ssh: ## compare what sessions over SSH cost with the least that they can; takes two minutes
	go test -run '^$$' -bench . -benchtime 1x ./sshserver

gobench: ## run the Go benchmarks, of what needs no etcd
	go test -run '^$$' -bench . -benchmem ./model ./seed ./bench

cover: ## write bin/cover.html: which lines the tests run
	@mkdir -p bin
	go test -coverprofile bin/cover.out -coverpkg ./... ./...
	go tool cover -html bin/cover.out -o bin/cover.html
	go tool cover -func bin/cover.out | tail -n 1

dist: ## build what is published, for all systems, into dist
	go run ./release

distcheck: ## build once more from scratch, and compare with dist
	go run ./release -check

clean: ## remove what was built
	rm -rf bin dist
