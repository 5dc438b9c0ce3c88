# `make run` and `make test` do all their set-up; nothing needs to be installed by hand but Python 3.11+.
VENV := .venv
BIN := $(VENV)/bin
EVO := $(BIN)/evo
# The first of these that is new enough; say PYTHON=... to choose another.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11 python,$(if $(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo yes),$(p))))
READY := $(VENV)/ready
SEED ?= 0
EVALUATIONS ?= 2000

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench bench-value bench-racing bench-decisions bench-agents evidence ablation redteam clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## only the environment: a virtual environment in .venv

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "evo needs Python 3.11 or newer. Install it, or say: make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' constraints.txt)"
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --constraint constraints.txt --editable '.[dev]'
	@touch $@

run: setup ## circle packing on all cores, no model: a real search in a few minutes
	$(EVO) run problem=circle_packing budget.evaluations=$(EVALUATIONS) run.seed=$(SEED)

test: setup ## the tests, on up to four cores; ARGS='-n 0 tests/cli' runs some of them in one process
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile $(ARGS)

check: setup ## formatting, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: setup ## what the engine costs: one table; JSON=path writes it too
	$(BIN)/python -m tests.benchmarks.engine $(if $(JSON),--json $(JSON))

bench-value: setup ## the value model on real agents, DATA=folder, and what it costs; JSON=path writes the figures
	$(BIN)/python -m tests.benchmarks.value $(if $(DATA),--data $(DATA)) $(if $(JSON),--json $(JSON))

evidence: setup ## searches against each other and plain solvers, ten seeds, two problems (about an hour)
	$(EVO) baseline problem=circle_packing budget.evaluations=1000 --seeds 10 $(ARGS)
	$(EVO) baseline problem=online_bin_packing budget.evaluations=1000 --seeds 10 --holdout $(ARGS)

ablation: setup ## a search without each of its parts, on landscapes, SEARCH=name; JSON=path writes the figures
	$(BIN)/python -m tests.benchmarks.ablation $(if $(SEARCH),--search $(SEARCH)) $(if $(JSON),--json $(JSON)) $(ARGS)

bench-decisions: setup ## what searches' decisions cost at 1,000 and 10,000 evaluations; JSON=path writes it too
	$(BIN)/python -m tests.benchmarks.decisions $(if $(JSON),--json $(JSON)) $(ARGS)

bench-racing: setup ## racing on recorded workflows against equal allocation; DATA=folder, JSON=path writes it too
	$(BIN)/python -m tests.benchmarks.racing --data $(DATA) $(if $(JSON),--json $(JSON)) $(ARGS)

bench-agents: setup ## what an agent costs beside its models, and many designs at once; JSON=path writes the figures
	$(BIN)/python -m tests.benchmarks.agents $(if $(JSON),--json $(JSON)) $(ARGS)

redteam: setup ## every hostile candidate under every kind of jail, and the thousand-evaluation soak
	$(BIN)/python -m pytest tests/redteam -m 'slow or not slow' -s $(ARGS)

clean: ## remove the environment and caches; runs are kept
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
