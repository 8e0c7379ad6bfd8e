# `make demo` shows Daysheet on the sample practice, `make test` runs every check; both install what they need first.

PYTHON = .venv/bin/python
# the tests start hundreds of commands; where this is set, each would compile every module anew
export PYTHONDONTWRITEBYTECODE =
# a folder with a dash is no package to mypy, so its modules are named one by one
modules = $(filter-out __init__ fava-import,$(basename $(notdir $(wildcard ledgers/$(1)/*.py))))
SAMPLES = $(addprefix -m daysheet.ledgers.two_doctors.,$(call modules,two-doctors)) \
	$(addprefix -m daysheet.ledgers.dental_group.,$(call modules,dental-group))

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: ## the two-doctor practice from files to the accountant's pack, in ./demo
	@./bootstrap run
	@rm -rf demo
	@.venv/bin/daysheet demo demo

test: ## everything that must hold: format, lint, types, layers, tests
	@./bootstrap test
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .
	@$(MAKE) --no-print-directory --jobs 2 types tests

# both at once: what the one waits for, the other has of the processors
types:
	.venv/bin/mypy --no-error-summary .
	.venv/bin/mypy --no-error-summary $(SAMPLES)
	.venv/bin/lint-imports --no-logo

tests:
	rm -rf build/reached
	DAYSHEET_STRICT=1 DAYSHEET_REACHED=$(CURDIR)/build/reached $(PYTHON) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder --durations 15
	$(PYTHON) -m slipcover --branch --merge build/reached/*.json --out build/reached/all.json --skip-covered --fail-under 90

test-long: ## the heavier sweeps; their results go to docs/test-long.md and docs/attacks.md
	@./bootstrap test
	DAYSHEET_STRICT=1 $(PYTHON) tests/long.py

attack: ## the attacks alone; DAYSHEET_FUZZ_SECONDS is how long each reader is fuzzed, 300 where it is not said
	@./bootstrap test
	DAYSHEET_STRICT=1 $(PYTHON) tests/long.py attack

bench: ## the measurements of docs/speed.md
	@./bootstrap test
	$(PYTHON) -m bench

score: ## how well gaps are found and how exact receivables are, on simulated practices; the results go to docs/
	@./bootstrap test
	$(PYTHON) -m tests.simulator
	$(PYTHON) -m tests.simulator.receivables

lock: ## resolve the dependencies anew and write the lock files
	@./bootstrap test
	.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-config \
		--no-emit-index-url --custom-compile-command 'make lock' --group build pyproject.toml -o requirements.txt
	.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-config \
		--no-emit-index-url --custom-compile-command 'make lock' --group build --group dev --all-extras \
		--constraint requirements.txt pyproject.toml -o requirements-dev.txt

sample: sample-two-doctors sample-dental-group ## make the books in ledgers/ anew, after the import has changed

sample-%:
	@./bootstrap run
	rm -rf build/sample
	$(PYTHON) -m daysheet.ledgers.demo $* build/sample
	rm -rf ledgers/$*/20??
	cd build/sample && cp -r .gitignore .gitattributes fava-import.py *.beancount 20?? ../../ledgers/$*/

clean: ## remove what the targets above made, the environment included
	rm -rf .venv build dist demo *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help demo test types tests test-long attack bench score lock sample clean
