# The same commands for people and for CI; each does what it needs first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: install demo test check bench lock
.DEFAULT_GOAL := install

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

install: $(READY) ## the environment in .venv, from the lock file

demo: install ## the whole thing with no account, at http://127.0.0.1:8000
	$(BIN)/parley demo $(if $(PORT),--port $(PORT))

test: install ## every test
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: install ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: install ## ratios measured in one run
	$(BIN)/python -m bench $(ARGS)

lock: ## anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev \
	  --no-emit-index-url --no-emit-find-links -o requirements.lock pyproject.toml
