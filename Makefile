# The few words that people and CI use. `make` alone lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test check fix mutants bench lock audit sbom docs messages wheel clean

bin := .venv/bin
setup := pyproject.toml scripts/environment.sh requirements/build.txt

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 10

demo: .venv/run.stamp  ## make, import, build and serve a demo company (SERVE=0 CUSTOMERS=5000 PORT=8000)
	@$(bin)/shuke demo demo-company $(if $(CUSTOMERS),--customers $(CUSTOMERS)) \
	  $(if $(PORT),--port $(PORT)) $(if $(filter 0 no,$(SERVE)),--no-serve)

test: check  ## everything CI asks: the checks, then every test (TESTS=tests/house for some)
	@scripts/system.sh browser java postgres fonts
	$(bin)/pytest --numprocesses=logical --maxprocesses=4 --dist=loadfile --no-loadscope-reorder $(TESTS)

check: .venv/dev.stamp  ## style, types, spelling, floors
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/codespell $$(git ls-files)
	$(bin)/lint-imports --no-logo

fix: .venv/dev.stamp  ## mend what can be mended by machine
	$(bin)/ruff check --fix
	$(bin)/ruff format

mutants: .venv/dev.stamp  ## break the code on purpose and see which tests notice (ARGS="identity" for some)
	@$(bin)/python -m scripts.mutants $(ARGS)

bench: .venv/dev.stamp  ## print speed as ratios (SCALE=1 is 1.4 million customers; ARGS="--only scale", …)
	@$(bin)/python -m bench $(if $(SCALE),--scale $(SCALE)) $(ARGS)

lock:  ## write requirements/ anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@scripts/lock.sh $(if $(filter-out 0,$(UPGRADE)),--upgrade)

audit: .venv/dev.stamp  ## ask for known faults of everything that is locked (LOCK=dev for the tools as well)
	$(bin)/pip-audit --strict --disable-pip --require-hashes -r requirements/$(or $(LOCK),run).txt

sbom: .venv/dev.stamp  ## write what Shuke is run with to dist/shuke.cdx.json (CycloneDX: versions, hashes, licences)
	@$(bin)/python -m scripts.sbom dist/shuke.cdx.json

docs: .venv/run.stamp  ## write the pages that are derived from the code
	@$(bin)/shuke dictionary --format markdown > docs/dictionary.md
	@$(bin)/python scripts/analyses.py

messages: .venv/dev.stamp  ## bring the Chinese catalogue up to date, and list what it lacks
	@$(bin)/python scripts/catalogue.py

wheel: .venv/dev.stamp  ## build dist/shuke-….whl
	@$(bin)/python -m pip wheel -q --no-deps --no-build-isolation --no-cache-dir --wheel-dir dist .

clean:  ## remove what make made; the demo company stays
	rm -rf .venv .tools dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

.venv/run.stamp: requirements/run.txt $(setup)
	@scripts/environment.sh run

.venv/dev.stamp: requirements/dev.txt requirements/run.txt $(setup)
	@scripts/environment.sh dev
