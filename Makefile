# `make run` and `make test` are all a newcomer needs. On Windows see README.md for the same lines with py -m.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
STAMP := $(VENV)/.installed
export PORT

.PHONY: run synthetic test test-fast test-long bench mutants dagster lint lock browser clean

run: $(STAMP)
	@$(BIN)/inclusion run
	@exec $(BIN)/inclusion serve --port $(PORT)

# SYNTHETIC England: invented places and returns, in a store of its own, on a port of its own.
synthetic: $(STAMP)
	@INCLUSION_WORLD=synthetic $(BIN)/inclusion run
	@INCLUSION_WORLD=synthetic $(BIN)/inclusion serve --port 8503

$(STAMP): requirements.lock pyproject.toml
	@echo "Installing pinned dependencies into $(VENV) (about a minute, once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed, this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

# Headless Chromium for the browser tests; without it (or the right to install it) those tests say why they are skipped.
browser:
	@command -v chromium >/dev/null 2>&1 || sh tests/install_browser.sh

test: $(STAMP) browser lint
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not long"

# Every kind of area on every page at every width, of which `make test` opens two.
test-long: $(STAMP) browser
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m long

test-fast: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not browser and not long"

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(STAMP)
	@$(BIN)/inclusion run
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# Code broken on purpose, and the tests that must notice (docs/mutation.md). The tool is no dependency: it lies apart.
mutants: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target .mutation \
		cosmic-ray==8.7.0 parso==0.8.7 stevedore==5.10.0
	@PYTHONPATH=.:.mutation $(BIN)/python -m benchmarks.mutation.run $(MUTANTS)

dagster: $(STAMP)
	@$(BIN)/python -m pipelines.defs.home $(BIN)/dagster dev -m pipelines.definitions

lock:
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.lock

clean:
	rm -rf $(VENV) .mutation var .mypy_cache .ruff_cache .hypothesis
