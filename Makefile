# The commands of the project; each sets up what it needs. `make help` lists them.

VENV  := .venv
BIN   := $(VENV)/bin
INDEX ?= var/index
PORT  ?= 8000
ARTICLES ?= 100000
SUPPORTED := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run install test check format bench evaluate recogniser lexicon whoosh-tests clean lock

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(VENV)/installed ## Index seeds/ and serve it on 127.0.0.1 (PORT=8000)
	@$(BIN)/nyhetssok index --index $(INDEX) --rebuild seeds || test $$? -eq 1
	@exec $(BIN)/nyhetssok serve --index $(INDEX) --port $(PORT)

install: $(VENV)/installed ## Make .venv with the locked dependencies

test: check ## Lint, check types and run all tests
	$(BIN)/python -m pytest -q -n 2

check: $(VENV)/installed-dev ## Lint and check types only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/installed-dev ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/installed ## Measure beside other engines (ARTICLES=100000 BENCH="--pin 0")
	@$(BIN)/python -m bench.environment var/bench/venv
	@var/bench/venv/bin/python -m bench.run --articles $(ARTICLES) $(BENCH)

evaluate: $(VENV)/installed-dev ## Measure relevance and entities (DATA=folder with sets of both)
	@$(BIN)/python -m bench.quality $(DATA)
	@$(if $(DATA),$(BIN)/python -m index.entities.building $(DATA),)

recogniser: $(VENV)/installed-dev ## Learn the recogniser of entities anew (DATA=labelled text)
	@$(BIN)/python -m index.entities.building $(DATA) --write

lexicon: $(VENV)/installed-dev ## Build the lexicon anew (COMPOUNDS=compounds with their parts)
	@$(BIN)/python -m venv var/lexicon/venv
	@var/lexicon/venv/bin/python -m pip --disable-pip-version-check --quiet install "pip>=25.1"
	@var/lexicon/venv/bin/python -m pip --disable-pip-version-check --quiet install \
		-e . --group lexicon
	@var/lexicon/venv/bin/python -m index.language.building $(COMPOUNDS)

whoosh-tests: $(VENV)/installed-dev ## Run Whoosh's own tests on our segments
	@$(BIN)/python -m bench.whoosh_tests

lock: ## Lock the dependencies anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
		pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
		pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove all that the other commands made
	rm -rf $(VENV) var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/python:
	@test -n "$(PYTHON)" || { \
		echo "Nyhetssök needs Python 3.11 or later; none was found." >&2; exit 1; }
	@$(PYTHON) -c '$(SUPPORTED)' 2>/dev/null || { \
		echo "Nyhetssök needs Python 3.11 or later; $(PYTHON) is older or missing." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) lacks its venv module; on Debian and Ubuntu install the package python3-venv." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/python requirements.lock pyproject.toml
	@echo "Installing the locked dependencies into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@echo "Compiling the loops of index and search …"
	@$(BIN)/python -m search.engines.warm_up
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
