# Two commands matter: `make demo` and `make test`. Both set up what they need first.
PYTHON ?= python3
BIN := .venv/bin
ONCE ?=
ARGS ?=
SEEDS ?= 20
RUNS ?= 6000
CALLERS ?= 5000

.PHONY: help demo test check golden fuzz queue-fuzz fuzz-channels docs chaos bench lock setup clean

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo:  ## set up, then run the demo company with real SIP calls (ONCE=1: place them, print a table, stop)
	@$(PYTHON) tools/setup.py run
	@$(BIN)/skipline demo $(if $(ONCE),--once) $(ARGS)

test: setup  ## set up, then run every test (ARGS="-k forward" to choose)
	$(BIN)/python tools/web.py test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations 20 $(ARGS)

check: setup  ## format, lint, types, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/web.py check

golden: setup  ## rewrite the expected results of stories and cases; read the difference as carefully as code
	$(BIN)/python -m pytest tests/pieces tests/workspace -q --golden

fuzz: setup  ## load and play broken flows (COUNT=100000 SEED=1)
	$(BIN)/python tools/fuzz_flows.py $(or $(COUNT),100000) $(or $(SEED),1)

queue-fuzz: setup  ## play random days on the queue beside a plain model of its rules (COUNT=100000 SEED=1)
	$(BIN)/python tools/fuzz_queue.py $(or $(COUNT),100000) $(or $(SEED),1)

fuzz-channels: setup  ## deliver broken payloads of every message provider (COUNT=100000 SEED=1)
	$(BIN)/python tools/fuzz_channels.py $(or $(COUNT),100000) $(or $(SEED),1)

docs: setup  ## build the parts of docs/reference, and the web app's types, that come from the code
	$(BIN)/python tools/reference.py
	$(BIN)/python tools/web.py types

chaos: setup  ## kill nodes at every boundary, and leaders of queues, again and again (SEEDS=20 RUNS=6000 CALLERS=5000)
	CHAOS_SEEDS=$(SEEDS) CHAOS_RUNS=$(RUNS) CHAOS_ENTRIES=$(CALLERS) $(BIN)/python -m pytest tests/chaos -q -s -x $(ARGS)

bench:  ## measure against a Kamailio relay on this machine
	@$(PYTHON) tools/setup.py bench
	$(BIN)/python bench/run.py $(ARGS)

lock: setup  ## pin the packages anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header pyproject.toml -o requirements/run.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header pyproject.toml --group dev -o requirements/dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header requirements/build.in -o requirements/build.lock

setup:
	@$(PYTHON) tools/setup.py dev

clean:  ## remove what set-up and tests made
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis test-artefacts dist
