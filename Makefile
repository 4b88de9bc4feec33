# Each target does its own set-up: on a fresh clone it makes .venv and installs gouji with its tools.
.DEFAULT_GOAL := help
.PHONY: help demo test bench score mutation format readme docs clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
EXAMPLES := $(sort $(wildcard examples/*.txt))

help: ## show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1	/'

demo: $(READY) ## check the reports in examples/ and show where their figures do not agree
	@$(BIN)/gouji check $(EXAMPLES) || test $$? -eq 1

test: $(READY) ## everything that must hold: style, types, layers, behaviour, and the built wheel
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --ignore-glob="tests/test_corpus_*.py"
	$(BIN)/pytest tests/test_corpus_*.py  # these start processes of their own and kill some
	tests/smoke_wheel.sh

bench: $(READY) ## how fast gouji is, against a baseline measured in the same run; REPORTS=20000: on so large a corpus
	$(BIN)/python tests/bench/run.py
	$(BIN)/python tests/bench/corpus.py $(REPORTS)

score: $(READY) ## how well real reports are read, against the truth beside the checkout
	$(BIN)/python tests/score/run.py --readme

mutation: $(READY) ## delete every rule and terminal of the grammars once: some corpus case must notice
	$(BIN)/python tests/score/mutation.py

format: $(READY) ## bring the code into the form that `make test` asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

readme: $(READY) ## renew the picture in the README
	$(BIN)/python tests/picture.py

docs: $(READY) ## renew docs/rules.md from the data of the rules, and the outputs in the tutorial
	@mkdir -p docs
	$(BIN)/gouji rules --markdown >docs/rules.md
	$(BIN)/python tests/guide.py

clean: ## remove what was built, .venv included
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find engine tests -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'gouji needs Python 3.11 or newer: make PYTHON=<path to it>' >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || "$(PYTHON)" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	$(BIN)/python -m compileall -q engine
	@touch $@
