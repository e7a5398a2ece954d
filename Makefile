# Flotilla: everything a person or the continuous integration types. `make help` lists it.

SHELL := /bin/bash
.DELETE_ON_ERROR:

# Swift from PATH, else from where the toolchain archive is usually unpacked.
ifeq ($(shell command -v swift),)
export PATH := /opt/swift/usr/bin:$(PATH)
endif

BUILD_FLAGS := --explicit-target-dependency-import-check error
RELEASE_FLAGS := -c release --static-swift-stdlib $(BUILD_FLAGS)
SWIFT_SOURCES := Sources Tests Package.swift
SHELL_SOURCES := $(wildcard scripts/*.sh) Benchmarks/media/run.sh Benchmarks/cache/run.sh Benchmarks/cache/in-process/run.sh \
	Benchmarks/peers/run.sh .ci/run

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install the missing Debian packages (root or sudo; quick when all are there)
	@scripts/setup.sh

.PHONY: build
build: setup ## debug build, warnings and undeclared dependencies are errors
	swift build $(BUILD_FLAGS)

.PHONY: release
release: setup ## release build in .build/release, Swift's libraries linked in
	swift build $(RELEASE_FLAGS)

.PHONY: test
test: setup ## all tests, on private Redis and PostgreSQL servers of their own
	swift build --build-tests $(BUILD_FLAGS)
	scripts/test.sh

# Optimised, but assertions still trap, and the targets may look inside the modules: a build of its own.
FUZZ_BUILD := swift build -c release --scratch-path .build/fuzz --product fuzz -Xswiftc -enable-testing -Xswiftc -assert-config \
	-Xswiftc Debug -Xswiftc -DFUZZ

.PHONY: fuzz
fuzz: setup ## mutated inputs for every parser; FUZZ_INPUTS (10^6), FUZZ_SEED and FUZZ_TARGET choose
	$(FUZZ_BUILD)
	.build/fuzz/release/fuzz

.PHONY: lint
lint: ## swift format, strict, changes nothing
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

.PHONY: format
format: ## swift format in place
	swift format --in-place --recursive --parallel $(SWIFT_SOURCES)

.PHONY: docs
docs: build ## write docs/configuration.md from the declarations in Swift, check every link
	scripts/configuration-reference.sh write
	python3 scripts/check-links.py

.PHONY: check
check: ## what needs no build: links, repeated code, arrows, shell, Lua, units, compose, alert rules
	python3 scripts/check-links.py
	python3 scripts/check-cache-page.py
	python3 scripts/duplicates.py
	scripts/check-arrows.sh
	shellcheck --severity=style $(SHELL_SOURCES)
	scripts/check-lua.sh
	scripts/check-units.sh
	python3 scripts/check-compose.py
	scripts/check-alerts.sh

.PHONY: verify
verify: setup lint build check ## the one command before a merge: format, build, checks, configuration reference, tests
	scripts/configuration-reference.sh check
	$(MAKE) --no-print-directory test

.PHONY: demo
demo: release ## a whole fleet on sample documents, from nothing, and stopped again
	scripts/demo.sh

# Programs of the commit before this one, for the fleet of two builds. CHAOS_PREVIOUS names another commit.
CHAOS_PREVIOUS ?= HEAD~1
CHAOS_FLAGS ?=

.PHONY: chaos
chaos: release ## faults of every kind against a private fleet, for minutes; CHAOS_FLAGS='--seed 42 --only T01'
	scripts/previous-build.sh "$(CHAOS_PREVIOUS)"
	.build/release/flotilla selftest --previous .build/previous/programs $(CHAOS_FLAGS)

.PHONY: bench
bench: release ## the drain of no-op jobs, without and with durable PostgreSQL state
	scripts/bench.sh

.PHONY: bench-media
bench-media: release ## what the media daemons cost over the bare tools, their memory over thousands of files, files a second
	Benchmarks/media/run.sh

.PHONY: bench-cache
bench-cache: ## the cache: latencies from Redis and in the process, hit ratios, what statistics cost
	Benchmarks/cache/run.sh
	Benchmarks/cache/run.sh facade
	Benchmarks/cache/in-process/run.sh

.PHONY: bench-peers
bench-peers: release ## beside Sidekiq, Celery, RQ and others on the same servers, half an hour; writes Benchmarks/RESULTS.md
	Benchmarks/peers/run.sh

.PHONY: clean
clean: ## remove what the build and the demonstration made
	rm -rf .build .flotilla
