# Kith. `make help` says what there is.

PYTHON := $(shell for p in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
RUN := .venv/bin
UV := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11

.PHONY: help demo reset test unit lint types ciao format messages pictures lock python venv dev spark sparktest bench

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: venv ## run Kith with a demonstration neighbourhood on http://127.0.0.1:8000 (KITH_PORT chooses another port)
	@exec $(RUN)/kith demo

reset: ## forget the demonstration neighbourhood; the next `make demo` starts over
	@sh scripts/reset.sh

test: dev ## everything: style, types, imports, translations, tests on SQLite, PostgreSQL and in a browser
	@$(RUN)/python -m scripts.run_tests

unit: dev ## the quick tests, in a minute and a half
	@$(RUN)/python -m scripts.run_tests --unit

lint: dev ## style and import contracts
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/lint-imports --no-logo

types: dev ## mypy, strict
	@$(RUN)/mypy

format: dev ## lay the source out as `make lint` wants it
	@$(RUN)/ruff check --fix .
	@$(RUN)/ruff format .

messages: dev ## take up new sentences into the catalogues of translations
	@$(RUN)/python scripts/translations.py gather

ciao: dev ## the whole Ciao trust network: import it and compare what Kith says with plain loops
	@$(RUN)/python -m examples.ciao

pictures: dev ## take the pictures of the documentation anew
	@$(RUN)/python -m tests.browser.pictures

sparktest: dev spark ## the tests with Spark; needs Java, and half a gigabyte the first time
	@$(RUN)/pytest -m spark -n 0 -q tests/quality/test_spark.py

bench: venv ## how fast it is beside its peers and the database alone (needs PostgreSQL, wrk and time)
	@$(PYTHON) scripts/make_venv.py --bench
	@$(RUN)/kith bench --json docs/performance.json --chart docs/performance.svg --page docs/performance.md

lock: ## pin the dependencies of pyproject.toml anew, with hashes (needs uv)
	$(UV) pyproject.toml --group build -o requirements.lock
	$(UV) pyproject.toml --group build --group dev -o requirements-dev.lock
	$(UV) pyproject.toml --group build --extra sweep-spark -c requirements.lock -o requirements-spark.lock
	$(UV) pyproject.toml --group build --extra bench -c requirements.lock -o requirements-bench.lock
	@! grep -n '://' requirements.lock requirements-dev.lock requirements-spark.lock requirements-bench.lock || \
		{ echo 'The locks hold addresses; they must not.'; exit 1; }

python:
	@test -n '$(PYTHON)' || { echo 'Kith needs Python 3.11 or newer; none was found.'; exit 1; }

venv: python
	@$(PYTHON) scripts/make_venv.py

dev: python
	@$(PYTHON) scripts/make_venv.py --dev

spark: venv ## install what sweeps with Spark take beside Java
	@$(PYTHON) scripts/make_venv.py --spark
