# Five commands: setup, demo, check, test, bench. `make proof` runs the tests that take longer than 12 minutes.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
# Each has a Label Studio and a browser of its own, and takes the next file of tests when it is done with one.
WORKERS ?= 2
STAMP := $(VENV)/.installed
LOCK := uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: setup demo check test bench proof lock schemas clean
.DELETE_ON_ERROR:

setup: $(STAMP)

# The packages of the lock are only built anew when the lock changes; the project itself is installed as it stands.
$(VENV)/.locked: requirements.lock
	@PYTHON=$(PYTHON) sh .ci/system-packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12"; exit 2; }
	@echo "building $(VENV): pip fetches and installs about $$(grep -c == requirements.lock) packages, one to three minutes without a word"
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --disable-pip-version-check -qq --no-deps --require-hashes -r requirements.lock
	@touch $@

$(STAMP): $(VENV)/.locked pyproject.toml
	$(BIN)/pip install --disable-pip-version-check -qq --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP)
	$(BIN)/annotator demo $(if $(ONCE),--once)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/annotator schema --check

test: $(STAMP)
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

bench: $(STAMP)
	$(BIN)/python tests/bench

proof: $(STAMP)
	$(BIN)/pytest -m proof -s

schemas: $(STAMP)
	$(BIN)/annotator schema

# No addresses in the lock: it holds name==version and hashes only.
lock: $(STAMP)
	$(BIN)/$(LOCK) --quiet --upgrade --output-file requirements.lock

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .import_linter_cache .hypothesis
