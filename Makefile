# The same commands for people and for CI; each does what it needs first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BUILD := build
# Hundreds of processes are started: with this set in the environment each would compile our modules anew.
unexport PYTHONDONTWRITEBYTECODE
PACKAGES := config connector escalation parley sandbox store sync webhooks

.PHONY: install demo test check audit sbom bench simulate nightly services lock
.DEFAULT_GOAL := install

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

install: $(READY) ## the environment in .venv, from the lock file

demo: install ## the whole thing with no account, at http://127.0.0.1:8000
	$(BIN)/parley demo $(if $(PORT),--port $(PORT))

test: install ## every test, and the ten slowest; five at a time, since those of real processes mostly wait
	$(BIN)/python -m pytest -n 5 --dist worksteal --durations=10 $(ARGS)

check: install ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive $(PACKAGES)

audit: install ## known holes in what is installed: asks PyPI, so it needs the network
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock || { \
	  echo "A package has a known hole, or could not be looked up: this needs the network." >&2; exit 1; }

sbom: install ## the bill of materials of what runs, CycloneDX JSON, in build/
	@mkdir -p $(BUILD)
	PYTHONWARNINGS=ignore::UserWarning $(BIN)/cyclonedx-py requirements --pyproject pyproject.toml \
	  --output-reproducible --output-file $(BUILD)/sbom.cdx.json requirements.runtime.lock

bench: install ## ratios measured in one run
	$(BIN)/python -m bench $(ARGS)

simulate: install ## SEEDS=0-999, or one to replay
	$(BIN)/python -m tests.simulation $(or $(SEEDS),0-299)

nightly: install ## everything at full size, and the table in docs/reliability.md; STEPS names some of it
	$(BIN)/python -m tests.nightly $(STEPS)

services: install ## PostgreSQL, RabbitMQ and Redis of one's own, until Ctrl-C; needs their Debian packages
	$(BIN)/python -m tests.servers.serve

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-emit-index-url --no-emit-find-links
lock: ## anew from pyproject.toml (needs uv); the others are the first without the tools for tests
	$(LOCK) --extra dev -o requirements.lock pyproject.toml
	$(LOCK) --constraint requirements.lock -o requirements.runtime.lock pyproject.toml
	$(LOCK) --constraint requirements.lock --extra otel -o requirements.otel.lock pyproject.toml
