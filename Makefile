# Every target creates the virtual environment that it needs in .venv, with the interpreter PYTHON.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := .venvs/demo
SUPPORTED := $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
CHILDREN ?= 1

.DEFAULT_GOAL := help
.PHONY: help install demo bench test test-fast test-lowest mutation lint types generate check-generated wheel check clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml constraints.txt
	$(SUPPORTED)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[sandbox,speed,httpx2,cli]' --group dev
	@touch $@

install: $(READY) ## Create the virtual environment with all dependencies

# In an environment of its own, with nothing but what users of the sandbox install.
$(DEMO)/.ready: pyproject.toml constraints.txt
	$(SUPPORTED)
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[sandbox]'
	@touch $@

demo: $(DEMO)/.ready ## Rent, configure, list and release numbers against the embedded sandbox
	@$(DEMO)/bin/python -m sinch_numbers.sandbox --demo

test: $(READY) ## Run the tests, with branch coverage of the hand-written code
	$(BIN)/coverage erase
	@# Two at once: most of the tests of codegen only compute, and most of the others only wait.
	@$(BIN)/coverage run -m pytest tests/codegen > $(VENV)/codegen.log 2>&1 & codegen=$$!; \
	$(BIN)/coverage run -m pytest --ignore=tests/codegen; others=$$?; \
	wait $$codegen; codegen=$$?; cat $(VENV)/codegen.log; exit $$((codegen | others))
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=95

test-fast: $(READY) ## Run the tests without the slow ones, and without coverage
	$(BIN)/python -m pytest -q -m "not slow"

test-lowest: ## Run the tests with the lowest allowed version of each runtime dependency
	$(MAKE) install VENV=.venvs/lowest
	.venvs/lowest/bin/python -m pip install --quiet --disable-pip-version-check --requirement constraints-lowest.txt
	.venvs/lowest/bin/python -m pytest -q -p no:cacheprovider tests/ --ignore tests/codegen

mutation: $(READY) ## Run mutation tests, and list the survivors; ONLY=purchasing.budget runs those of one module
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group mutation
	nice -n 10 $(BIN)/mutmut run --max-children $(CHILDREN) $(if $(ONLY),'sinch_numbers.$(ONLY)*')
	$(BIN)/mutmut results --all true | sed -n '/ sinch_numbers\.$(ONLY)/p' | .ci/mutation-scores

lint: $(READY) ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: $(READY) ## Measure speed beside other clients, and write docs/benchmarks.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group bench
	$(BIN)/python -m benchmarks.report

types: $(READY) ## Check types: mypy, pyright, and that the public API is typed completely
	$(BIN)/mypy
	$(BIN)/pyright
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/pyright --verifytypes sinch_numbers --ignoreexternal

generate: $(READY) ## Write sinch_numbers/_generated from the spec and its overlay
	$(BIN)/python -m codegen generate

check-generated: $(READY) ## Fail if sinch_numbers/_generated differs from what `make generate` would write
	$(BIN)/python -m codegen check

wheel: $(READY) ## Build the wheel, install it alone in an empty environment, and run the quickstart with it
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist
	BIN=$(BIN) PYTHON=$(PYTHON) sh .ci/test-wheel

check: lint types check-generated test wheel ## Run everything that CI runs, except the demo

clean: ## Remove everything that the other targets created
	rm -rf $(VENV) .venvs dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis .coverage mutants
