# `make run` and `make test` each work alone on a fresh clone: they create .venv and install the pinned set first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check install --no-deps
# Everything the samples need stays in the checkout, so that trying the program leaves no trace elsewhere.
RUN_HOME ?= $(CURDIR)/.strongroom
# Where the PyTorch project keeps builds without CUDA, a fifth of the size; what is on PyPI serves when it cannot be reached.
CPU_TORCH := --extra-index-url https://download.pytorch.org/whl/cpu --retries 1
# GCC 12 leaves out half of the table that the AMX units of newer Xeons are set up with: llama.cpp then crashes at the first prompt.
NO_AMX := -mno-amx-tile -mno-amx-int8 -mno-amx-bf16

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format bench samples clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */  make \1\t/' | expand -t 20

run: $(VENV)/.runtime ## Ingest the sample documents and open the interface (without a terminal: ask one question)
	@sh examples/run.sh "$(BIN)/strongroom" "$(RUN_HOME)"

test: $(VENV)/.development ## Run every test
	@$(BIN)/python -m pytest

test-fast: $(VENV)/.development ## Run the tests that need no real model, no terminal and no waiting (under a minute)
	@$(BIN)/python -m pytest -m "not models and not slow and not interface"

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

# A stamp is touched last: an install that fails leaves none, and the next `make` takes it up again.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/pip
	@echo "[1/3] PyTorch (about 200 MB)"
	@$(PIP) --quiet $(CPU_TORCH) --constraint requirements.lock torch
	@echo "[2/3] llama.cpp, compiled for this machine (some minutes, once)"
	@command -v c++ >/dev/null || { echo "No C++ compiler was found. Install one (Debian: apt install g++; macOS: xcode-select --install) and run make again."; exit 1; }
	@if echo | c++ -march=native -dM -E -x c++ - 2>/dev/null | grep -q __AMX_TILE__; then export CXXFLAGS="$$CXXFLAGS $(NO_AMX)"; fi; \
		$(PIP) --progress-bar off --constraint requirements.lock llama_cpp_python
	@echo "[3/3] The other packages (about 300 MB, a minute or two)"
	@$(PIP) --quiet -r requirements.lock
	@$(BIN)/python -c 'import torch' 2>/dev/null || { \
		echo "This build of PyTorch is one for CUDA and does not load without its libraries: installing them, too (2 GB)"; \
		$(BIN)/pip --disable-pip-version-check install --quiet --constraint requirements.lock torch; }
	@$(PIP) --quiet --no-build-isolation --editable .
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.runtime
	@echo "Tools for tests and checks"
	@$(PIP) --quiet -r requirements-dev.lock
	@touch $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "Strongroom needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
		echo "Install one of them and name it: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "The environment $(VENV) could not be made. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
