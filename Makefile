# `make run` opens the app, `make test` runs every test, `make quick` the fast ones. Python 3.11+ is all that is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
# A set-up is only as old as what it was made from.
STAMP := $(VENV)/stamp-$(shell cat pyproject.toml constraints.txt | cksum | cut -d' ' -f1)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run test quick lint screenshots browser postgres clean

run: $(STAMP)
	@echo "Refract opens on http://127.0.0.1:$(PORT) (Ctrl+C stops it)"
	@$(BIN)/refract serve --port $(PORT)

test: $(STAMP)-test browser postgres lint
	$(BIN)/python -m pytest -n auto --dist loadfile

# What can be had in a few minutes: no pages, no browser, no training, and none of the tests marked slow.
quick: $(STAMP)-test lint
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow" tests/core tests/docs

lint: $(STAMP)-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

# Every page in light and dark, into tests/screenshots; the README's picture is one of them.
screenshots: $(STAMP)-test browser
	$(BIN)/python -m tests.support.screenshots

# The browser tests drive Debian's chromium. They skip themselves, loudly, where there is none.
browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing chromium for the browser tests"; \
	    apt-get update -qq >/dev/null && apt-get install -y -qq chromium >/dev/null || true; fi; }
	@command -v chromium >/dev/null || \
	  echo "### NO CHROMIUM: THE BROWSER TESTS WILL BE SKIPPED. Install it with: apt-get install chromium ###"

# The catalogue is tested on PostgreSQL too. Those tests skip themselves, loudly, where there is none.
postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing postgresql for the tests of the catalogue"; \
	    apt-get update -qq >/dev/null && apt-get install -y -qq postgresql >/dev/null || true; fi; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
	  echo "### NO POSTGRESQL: ITS TESTS WILL BE SKIPPED. Install it with: apt-get install postgresql ###"

$(STAMP): pyproject.toml constraints.txt
	@echo "Setting up $(VENV): the first time this downloads a few hundred megabytes"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) torch
	@$(PIP) -e .
	@echo "Compiling the map's code once, so that the first start need not"
	@$(BIN)/python -c "from core.pipeline.layout.projection import warm_up; warm_up()"
	@touch $@

$(STAMP)-test: $(STAMP)
	@$(PIP) -e ".[test]"
	@touch $@

clean:
	rm -rf $(VENV) build dist
