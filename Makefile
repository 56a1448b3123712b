# Everything a newcomer needs is two words: `make up`, `make test`. The rest is for those who work on it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PORT ?= $(or $(ANPEI_PORT),8000)

UV = $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN = $(UV) run --no-sync

.PHONY: help up test check train bench soak chat install format screenshots dist clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

up: install  ## install what is missing, start everything, print the addresses (Ctrl-C stops it)
	@exec .venv/bin/anpei up --port $(PORT)

test: install browser  ## every test: rules, services, channels, dialogues, journeys, pages
	@deploy/run-tests

check: install  ## formatting, lint, types, import rules, contracts of the tree
	@deploy/run-checks

train: install  ## check the examples, say what changed, train the model if they did
	@.venv/bin/anpei nlu check
	@bot/.venv/bin/python -m bot train

bench: install  ## this product and stock Rasa, side by side in one run
	@$(RUN) python -m bench.run

ATTEMPTS ?= 100000
soak: install  ## kill whoever pays until ATTEMPTS orders (100,000) have reached a bank that lies
	@$(RUN) python -m tests.payouts.soak --attempts $(ATTEMPTS)

chat: install  ## write to a running `make up` as a customer, in the terminal
	@exec .venv/bin/anpei chat

install:  ## the two environments, from their lock files
	@deploy/install

format: install  ## let the formatter have its way
	@$(RUN) ruff format . && $(RUN) ruff check --fix .

screenshots: install browser  ## make the README's pictures anew
	@ANPEI_SCREENSHOTS=1 $(RUN) pytest tests/browser -q

browser:
	@deploy/find-browser > /dev/null

dist:  ## what production is installed from: the committed tree without its history, in dist/
	@deploy/dist

clean:  ## throw away environments, data and models
	rm -rf .venv bot/.venv .uv var
