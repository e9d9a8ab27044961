# Each target sets up what it needs in .venv, once, from pinned versions, and says what it does.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# vLLM wants older packages than the rest, and so an environment of its own.
VLLM_VENV ?= .venv-vllm
VLLM_BIN := $(VLLM_VENV)/bin
VLLM_PIP := $(VLLM_BIN)/python -m pip --disable-pip-version-check

# Processes that run tests beside each other, with a thread each.
TEST_WORKERS ?= 2

# Public data laid out by hub id, for the tests marked `mirror`; they are left out where it is absent.
export BENCHHARNESS_DATA_ROOT

.PHONY: smoke test test-slow test-vllm lint format help clean

help:
	@echo "make smoke   run the smoke suite on the embedded model, in Chinese and English"
	@echo "make test    run the tests (make test-slow: those that take longer)"
	@echo "make test-vllm  run the tests on a real vLLM, on the processor, in an environment of their own"
	@echo "make lint    check style, types and layers"
	@echo "make format  rewrite the code in the project's style"

smoke: $(VENV)/.smoke
	$(BIN)/benchharness smoke

test: $(VENV)/.dev
	$(BIN)/benchharness models fetch
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(TEST_WORKERS) --dist loadfile -m "not slow and not vllm"

test-slow: $(VENV)/.dev
	$(BIN)/benchharness models fetch
	$(BIN)/pytest -m "slow and not vllm"

test-vllm: $(VLLM_VENV)/.vllm
	$(VLLM_BIN)/benchharness models fetch
	$(VLLM_BIN)/python -m pytest -m vllm --durations=12 tests/backends

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(VLLM_VENV) dist build

# torch goes first and alone, so that its pinned version is there before anything else asks for "a torch".
$(VENV)/.torch: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet "$$(grep '^torch==' constraints.txt)"
	touch $@

$(VENV)/.smoke: $(VENV)/.torch pyproject.toml
	$(PIP) install --quiet --constraint constraints.txt --editable '.[smoke]'
	touch $@

$(VENV)/.dev: $(VENV)/.torch pyproject.toml
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@ $(VENV)/.smoke

$(VLLM_VENV)/.vllm: constraints-vllm.txt requirements-vllm.txt pyproject.toml
	$(PYTHON) -m venv $(VLLM_VENV)
	$(VLLM_PIP) install --quiet "$$(grep '^torch==' constraints-vllm.txt)"
	$(VLLM_PIP) install --quiet --no-deps --requirement constraints-vllm.txt
	$(VLLM_PIP) install --quiet --no-deps --require-hashes --requirement requirements-vllm.txt
	$(VLLM_PIP) install --quiet --no-deps --editable .
	touch $@
