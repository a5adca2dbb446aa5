# Two commands matter: `make run` starts Yimen, `make test` runs every gate and test.
# Both set themselves up; a step is skipped while its inputs have not changed (.cache/done/).

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help run test journeys pictures bench lock front-end locales clean

DONE := .cache/done
PYTHON ?= python3
FRONT_END := package.json package-lock.json $(shell find frontend -type f) $(wildcard cities/*/city.toml)
STATIC := $(shell find yimen -path '*/static/*' -type f -not -path '*/static/yimen/*')
LOCALES := $(patsubst %.po,%.mo,$(shell find yimen -path '*/LC_MESSAGES/*.po'))

help:
	@echo "make run         start Yimen on this machine (PORT=8000)"
	@echo "make test        run all gates and tests"
	@echo "make journeys    walk through the product in a browser"
	@echo "make pictures    walk, and take a picture of every page (the README's too)"
	@echo "make bench       measure, and print a table and JSON"
	@echo "make front-end   build styles, scripts and fonts"
	@echo "make lock        pin the Python packages anew"
	@echo "make clean       remove what was built; the data folder stays"

run: $(DONE)/run $(DONE)/static locales
	@exec .venv/bin/yimen run

test: $(DONE)/packages $(DONE)/run $(DONE)/dev $(DONE)/tools $(DONE)/static locales
	@exec scripts/gates

journeys: $(DONE)/packages $(DONE)/run $(DONE)/dev $(DONE)/static locales
	@.venv/bin/pytest -m journey

# A contact sheet for a person to look at, and the pictures of the README.
pictures: $(DONE)/packages $(DONE)/run $(DONE)/dev $(DONE)/static locales
	@YIMEN_SHEETS=1 .venv/bin/pytest tests/journeys
	@PYTHONPATH=tests .venv/bin/python -m journeys.sheets

bench: $(DONE)/run $(DONE)/dev $(DONE)/static locales
	@scripts/packages bench
	@exec .venv/bin/python -m bench

front-end: $(DONE)/static

locales: $(LOCALES)

lock: $(DONE)/tools
	scripts/lock run dev tools

clean:
	rm -rf .cache .venv .venv-tools node_modules .mypy_cache .ruff_cache .import_linter_cache \
	  .coverage yimen.egg-info yimen/channels/shared/static/yimen yimen/base/fonts $(LOCALES)

# Programs and libraries of the machine that only tests need.
$(DONE)/packages: scripts/packages
	@scripts/packages test
	@mkdir -p $(@D) && touch $@

$(DONE)/run: requirements/run.txt pyproject.toml scripts/venv
	@PYTHON="$(PYTHON)" scripts/venv .venv requirements/run.txt
	@.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p $(@D) && touch $@

$(DONE)/dev: requirements/dev.txt $(DONE)/run
	@PYTHON="$(PYTHON)" scripts/venv .venv requirements/dev.txt
	@touch $@

$(DONE)/tools: requirements/tools.txt scripts/venv
	@PYTHON="$(PYTHON)" scripts/venv .venv-tools requirements/tools.txt
	@mkdir -p $(@D) && touch $@

$(DONE)/node_modules: package-lock.json $(DONE)/run scripts/node
	@echo "Installing what the front-end is built from ..."
	@scripts/node npm ci --silent --no-audit --no-fund
	@touch $@

$(DONE)/front-end: $(FRONT_END) $(DONE)/node_modules
	@echo "Building the front-end ..."
	@scripts/node node frontend/build.mjs
	@touch $@

$(DONE)/static: $(DONE)/front-end $(STATIC)
	@.venv/bin/python -m django collectstatic --settings yimen.config.settings \
	  --clear --no-input --verbosity 0
	@touch $@

%.mo: %.po $(DONE)/run
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@
