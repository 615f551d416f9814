# The door to everything: what a person or a machine does with this project is a target.
#
#   make demo            the main job: four organisations exchange documents
#   make demo ARGS="--documents 40 --keep"
#   make demo ARGS=--axis       on three linked brokers, and draw each way
#   make test            lint and all tests; installs what they need, saying so
#   make lint            what the tools say about the code
#   make fuzz            strangers' packets at random, for ten minutes
#   make fuzz SECONDS=60 WORKERS=1 ARGS="--seed 20261123"
#   make soak            50 000 documents, with kills every few seconds; about an hour
#   make soak DOCUMENTS=3000 KILL_EVERY=5 MINUTES=10 ARGS="--seed 5"
#   make soak OUTPUT=docs/soak.txt        and keep the result in a file
#   make mutations       take guards out of the code, and see that tests notice
#   make mutations ARGS="ack lease"
#   make clean           remove what the others made

SHELL = /bin/sh
BIN = .venv/bin

# Each with servers of its own: as many at once as there are usually cores.
TOGETHER = tests/unit tests/property tests/hostile tests/contract \
	tests/integration tests/packaging
# One long file of many crashes: shared out case by case.
SHARED = tests/faults
# Whole programs, killed and timed: one after the other.
ALONE = tests/acceptance
# Both runs are measured, and only both together are judged (`coverage`).
MEASURED = --cov --cov-append --cov-report= --cov-fail-under=0

# Of `fuzz`.
SECONDS = 600
WORKERS = 2
# Of `soak`: how many, how often somebody is killed, after how long nothing is sent.
DOCUMENTS = 50000
KILL_EVERY = 5
MINUTES = 90
OUTPUT =
# Of `big`: the size of its one file.
MEGABYTES = 1000

.PHONY: demo test lint fuzz soak big mutations pytest coverage setup clean

demo:
	@scripts/setup-python demo
	@scripts/setup-broker
	@$(BIN)/edoc demo $(ARGS)

test: setup
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory pytest
	@$(MAKE) --no-print-directory coverage

setup:
	@scripts/setup-python test
	@scripts/setup-programs
	@scripts/setup-broker
	@scripts/setup-database

lint:
	@scripts/setup-python test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell edoc_connector tests config schemas scripts docs *.md Makefile
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz:
	@scripts/setup-python test
	$(BIN)/python -m tests.support.fuzz \
		--seconds $(SECONDS) --workers $(WORKERS) $(ARGS)

soak:
	@scripts/setup-python test
	@scripts/setup-broker
	$(BIN)/python -m bench.soak --documents $(DOCUMENTS) \
		--kill-every $(KILL_EVERY) --minutes $(MINUTES) \
		$(if $(OUTPUT),--output $(OUTPUT)) $(ARGS)

big:
	@scripts/setup-python test
	@scripts/setup-broker
	$(BIN)/python -m bench.big --megabytes $(MEGABYTES)

mutations: setup
	$(BIN)/python -m tests.faults.mutate $(ARGS)

pytest:
	$(BIN)/coverage erase
	$(BIN)/pytest $(MEASURED) -n 2 --dist loadfile $(TOGETHER)
	$(BIN)/pytest $(MEASURED) -n 2 $(SHARED)
	$(BIN)/pytest $(MEASURED) $(ALONE)

coverage:
	$(BIN)/coverage report

clean:
	rm -rf .venv .cache build dist htmlcov *.egg-info .coverage .coverage.*
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
