# Six commands: setup, demo, check, test, bench, docs. `make proof` runs the tests that take longer than 12 minutes.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
# Each has a Label Studio and a browser of its own, and takes the next file of tests when it is done with one.
WORKERS ?= 2
STAMP := $(VENV)/.installed
SERVER := $(VENV)/.label-studio
SERVER_LIST := annotator/labelstudio/server-requirements.txt
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--no-header --quiet --upgrade

# The tests start Python hundreds of times: without bytecode each start compiles everything that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo check test bench proof docs lock schemas clean
.DELETE_ON_ERROR:

setup: $(SERVER)

# The packages of the lock are only built anew when the lock changes; the project itself is installed as it stands.
$(VENV)/.locked: requirements.lock
	@PYTHON=$(PYTHON) sh .ci/system-packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	@# uv is one of the packages of the lock: pip fetches it, by its hashes, and uv the others
	@sed -n '/^uv==/,/^[^ u]/p' requirements.lock | sed '/^[^ u]/d' > $(VENV)/uv.txt
	$(BIN)/pip install --disable-pip-version-check -qq --no-deps --require-hashes -r $(VENV)/uv.txt
	$(BIN)/python -m annotator.environments requirements.lock
	@touch $@

$(STAMP): $(VENV)/.locked pyproject.toml
	$(BIN)/pip install --disable-pip-version-check -qq --no-deps --no-build-isolation --editable .
	@touch $@

# Label Studio has an environment of its own, and a link where `annotator serve` looks first: beside itself.
$(SERVER): $(STAMP) $(SERVER_LIST)
	$(BIN)/annotator serve --install --data-dir build
	@ln -sf $(CURDIR)/build/label-studio-env/bin/label-studio $(BIN)/label-studio
	@touch $@

demo: $(SERVER)
	$(BIN)/annotator demo $(if $(ONCE),--once)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	for system in darwin win32; do \
		$(BIN)/mypy --platform $$system --no-warn-unreachable --cache-dir .mypy_cache/$$system annotator || exit 1; done
	$(BIN)/lint-imports
	$(BIN)/annotator schema --check

test: $(SERVER)
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

bench: $(SERVER)
	$(BIN)/python tests/bench

proof: $(SERVER)
	$(BIN)/pytest -m proof -s

# The site that documents it: build/site/index.html. Material's notice about another version of mkdocs is switched off.
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

schemas: $(STAMP)
	$(BIN)/annotator schema

# No addresses in the lists: they hold name==version and hashes only. The overrides of pyproject.toml are not the server's.
lock: $(STAMP)
	$(BIN)/$(COMPILE) pyproject.toml --extra dev --output-file requirements.lock
	echo 'label-studio>=1.23.2,<2' | $(BIN)/$(COMPILE) - --no-config --output-file $(SERVER_LIST)

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .import_linter_cache .hypothesis
