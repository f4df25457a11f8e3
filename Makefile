# `make run` and `make test` each work alone on a fresh clone: they create .venv and install the pinned set first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Everything the samples need stays in the checkout, so that trying the program leaves no trace elsewhere.
RUN_HOME ?= $(CURDIR)/.strongroom

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format bench samples clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */  make \1\t/' | expand -t 20

run: $(VENV)/.runtime ## Ingest the sample documents and open the interface (without a terminal: ask one question)
	@sh examples/run.sh "$(BIN)/strongroom" "$(RUN_HOME)"

test: $(VENV)/.development ## Run every test
	@$(BIN)/python -m pytest

test-fast: $(VENV)/.development ## Run the tests that need no real model (under a minute)
	@$(BIN)/python -m pytest -m "not models and not slow"

check: $(VENV)/.development ## Lint, format, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.development ## Format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.development ## Run the benchmarks and write benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks

samples: $(VENV)/.development ## Make the sample documents again
	@$(BIN)/python examples/make_samples.py

clean: ## Remove the environment and the sample home
	rm -rf $(VENV) $(RUN_HOME)

$(VENV)/.runtime: requirements.lock pyproject.toml
	@echo "Installing Strongroom into $(VENV) (the first time takes some minutes: llama.cpp is compiled)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps -r requirements.lock
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --editable .
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.runtime
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps -r requirements-dev.lock
	@touch $@
