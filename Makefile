# Everything is started from here: `make help` lists it.
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& command -v $$p && break; done)
PORTS ?= default
DATA ?= .local
DEV := .venv/bin/python
RUN := .venv-run/bin/python

.DEFAULT_GOAL := help
.PHONY: help run demo test coverage mutants bench faults security soak package rehearse lint types format openapi previews redrive clean environment-run environment-dev environment-audit

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environment-run environment-dev environment-audit:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found (on Debian: apt install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) infra/bootstrap.py $(@:environment-%=%)

run: environment-run ## Run the whole service on this machine (PORTS=auto for free ports, DATA=folder)
	@exec $(RUN) -m infra.local.supervisor --ports $(PORTS) --data $(DATA)

demo: environment-run ## Walk a journey on a local cloud of its own (SCENARIO=child, foreigner, loss, ... or all)
	@$(RUN) -m infra.local.demo $(SCENARIO)

test: environment-dev ## Run all tests
	@$(DEV) -m infra.checks test

coverage: environment-dev ## Run the tests of rules and use cases; fail unless every branch of both is reached
	@$(DEV) -m infra.checks coverage

mutants: environment-dev ## Change the rules one step at a time and ask whether a test notices (ARGS=module)
	@$(DEV) -m infra.mutants $(ARGS)

bench: environment-dev ## Measure against floors and write bench/results.json
	@$(DEV) -m bench

faults: environment-dev ## Break every call and play random histories; ARGS="--histories 10000 --seconds 3000" plays more
	@$(DEV) -m bench.faults $(ARGS)

security: environment-dev environment-audit ## Attack the service in every way that is kept and write bench/security.json
	@$(DEV) -m bench.security

package: environment-dev ## Make the deployment package and template
	@$(DEV) -m infra.package

rehearse: environment-dev ## Deploy the package into a local cloud and walk the journey through it
	@$(DEV) -m infra.rehearse

soak: environment-dev ## Let people arrive by the clock on the whole local service; ARGS="--seconds 600", ARGS="--kills 20"
	@$(DEV) -m bench.soak $(ARGS)

lint: environment-dev ## Check style, layers and the template
	@$(DEV) -m infra.checks lint

types: environment-dev ## Check types
	@$(DEV) -m mypy

format: environment-dev ## Format the code
	@$(DEV) -m ruff format . && $(DEV) -m ruff check --fix-only --quiet .

previews: environment-dev ## Write every notification as people see it to previews/index.html
	@$(DEV) -m infra.previews $(ARGS)

openapi: environment-dev ## Write the description of the API from routes and models
	@$(DEV) -m infra.openapi $(ARGS)

redrive: environment-dev ## Show given-up messages; ARGS="--apply" sends them back to their queues
	@$(DEV) -m infra.redrive $(ARGS)

clean: ## Delete environments, caches and packages; the data in .local stays
	@rm -rf .venv .venv-run .venv-cloud .venv-tools .venv-package .venv-rehearsal .venv-audit build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
