# make demo | test | check | bench. Each makes its own .venv when missing and reinstalls only when the
# requirements changed. PYTHON=... chooses the interpreter (3.11 to 3.13); demo WHATSAPP=embedded links real numbers.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test check bench format

FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.11 python3.12 python3 python3.13; do $$p -c '$(FITS)' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
EMBEDDED := $(VENV)/.embedded-installed
WHATSAPP ?= sandbox

# Made-up values, long enough for a production start; nothing connects with them.
AS_IN_PRODUCTION := DEMO=0 SECRET_KEY=make-check-Qm3vZ8kT1xWc6RbYp0HsLd4NfGj7UaEo2iKt5rXw9VzM \
	TENANT_JWT_SECRET=make-check-tenant-8fK2mQx7Zt4Wv1Rb ADMIN_JWT_SECRET=make-check-admin-5dJ9nPy3Xs6Uc0Ta \
	FIELD_ENCRYPTION_KEY=bWFrZS1jaGVjay1vbmx5LW5vdC1hLXJlYWwta2V5ISE= \
	DATABASE_URL=postgresql://check@127.0.0.1/check REDIS_URL=redis://127.0.0.1/0 \
	PUBLIC_URL=https://bot.example.com ALLOWED_HOSTS=bot.example.com ALLOW_PRIVATE_URLS=0 DEBUG=0

help:
	@echo "make demo    the whole product on this machine, with a tenant ready to use"
	@echo "             WHATSAPP=embedded: its Numbers page links real numbers, by the built-in gateway"
	@echo "make test    the tests, in parallel"
	@echo "make check   format, lint, types, layers, migrations, deployment, tests"
	@echo "make bench   the measures, as ratios of one run"

demo: $(RUNTIME) $(if $(filter embedded,$(WHATSAPP)),$(EMBEDDED))
	@$(if $(filter embedded,$(WHATSAPP)),WHATSAPP_EMBEDDED=1) $(PY) manage.py demo $(DEMO_ARGS)

test: $(DEV)
	@$(PY) -m pytest -n auto --dist worksteal $(TEST_ARGS)

bench: $(RUNTIME)
	@$(PY) manage.py bench $(BENCH_ARGS)

check: $(DEV)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	@$(AS_IN_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory test

format: $(DEV)
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

$(PY):
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 with venv was found. Install one, or name it: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): requirements.txt requirements-dev.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(RUNTIME) $@

$(EMBEDDED): requirements.txt requirements-embedded.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-embedded.txt
	@touch $(RUNTIME) $@
