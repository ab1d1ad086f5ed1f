# The commands of this repository. `make` alone lists them.
# Needs Python 3.11 or newer, make, and the network for packages; nothing else is set up by hand.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(BIN)/python -m webapp

# Tests that start real servers and watch the clock: they run by themselves.
SERVERS := tests/functional/test_traces.py tests/functional/test_cli_serve.py tests/functional/test_reload.py tests/functional/test_catalog_loss.py tests/functional/test_load.py tests/functional/test_notice_only.py

.DEFAULT_GOAL := help
.PHONY: help serve test lint types check unit browser drills audit bench pot lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 20

serve: $(VENV)/.run ## start the site on http://127.0.0.1:8000 (HOST, PORT, WORKERS, TRUSTED_PROXIES)
	@exec $(RUN) serve

test: lint types check unit browser ## everything: lint, types, sources, unit, functional and browser tests

lint: $(VENV)/.dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

check: $(VENV)/.dev ## every Problem of config/, content/ and translations/; .pot files current
	$(RUN) check
	$(RUN) i18n extract --check
	$(RUN) i18n check --quiet

unit: $(VENV)/.dev ## unit, functional and repository tests, with full branch coverage of webapp/core
	$(BIN)/python -m pytest -n auto tests/unit tests/functional tests/repo $(SERVERS:%=--ignore=%) --cov=webapp/core --cov-branch --cov-report=
	$(BIN)/python -m coverage report --fail-under=100
	$(BIN)/python -m pytest $(SERVERS)

browser: $(VENV)/.dev ## a reader's journey in a real Chromium (CHROMIUM names it when it is not on the PATH)
	$(BIN)/python -m pytest tests/browser

pot: $(VENV)/.run ## gather the words to translate into translations/*.pot
	$(RUN) i18n extract

drills: $(VENV)/.dev ## the long drills: decisions, failing calls, traces, map, catalogs, load, faults, hostile clients; figures printed
	$(BIN)/python -m tests.drills.decisions
	$(BIN)/python -m tests.drills.failpoints
	$(BIN)/python -m tests.drills.traces
	$(BIN)/python -m tests.drills.territories
	$(BIN)/python -m tests.drills.catalogs
	$(BIN)/python -m tests.drills.load
	$(BIN)/python -m tests.drills.faults
	$(BIN)/python -m tests.drills.hostile

audit: $(VENV)/.dev ## licences, bandit, known faults of the locked packages; what could not be looked up is no pass (audit.toml)
	$(BIN)/python -m tests.audit

bench: $(VENV)/.dev ## measure the front door against its rivals (wrk, nginx), and a lookup against bare maxminddb
	$(BIN)/python -m benchmarks.front --write docs/performance.md
	$(BIN)/python -m benchmarks.map_find

lock: $(VENV)/.dev ## renew the hash-locked dependencies
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-header -q -U -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group build --group dev --extra compile --universal --python-version 3.11 --generate-hashes --no-header -q -c requirements.lock -U -o requirements-dev.lock

clean: ## remove what the other targets made
	rm -rf $(VENV) artefacts .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@echo "Installing the locked dependencies …"
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing the locked dependencies for development …"
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@
