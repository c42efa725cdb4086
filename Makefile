# Each target does all of its own set-up in the folder .venv and touches nothing else on the machine.
# It needs Python >= 3.11, git and make; on Windows use pip, as README.md shows.

# The first that is recent enough and can make virtual environments; `make PYTHON=/path/to/python3 ...` names another.
CAN_RUN_US := -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
            $$python $(CAN_RUN_US) && echo $$python && break; done)
# Never plain `torch`: on Linux that may bring gigabytes of CUDA.
TORCH ?= torch==2.13.0
# Options for the command behind a target: make demo ARGS="--seed 3", make test ARGS="-k tensor".
ARGS ?=

VENV := .venv
RUN := $(VENV)/bin/python -m
INSTALL := $(RUN) pip install -qq --disable-pip-version-check
# What pip says on the way goes into a log; where it fails, one line says so.
FAILED = { echo "pip could not install; is there a network? Details: $@.log" >&2; exit 1; }

.PHONY: help demo gallery docs bundle test lint oracle bench bench-quick format clean
.NOTPARALLEL:

help:  ## list the targets
	@echo "make TARGET [ARGS=\"...\"]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1#\2/p' Makefile | awk -F'#' '{ printf "%-14s %s\n", $$1, $$2 }'

demo: $(VENV)/lab  ## watch a movie recommender learn; the pictures are in out/
	@$(VENV)/bin/tinygrad-vn demo $(ARGS)

gallery: $(VENV)/lab  ## make the drawings and slides of examples/gallery in out/gallery
	$(RUN) examples.gallery $(ARGS)

docs: $(VENV)/docs  ## make the book, in Vietnamese and in English; it is in site/
	$(RUN) docs.making

# For another kind of machine: make bundle ARGS="--platform win_amd64 --python-version 3.12"
bundle: $(VENV)/dev docs  ## everything in one zip, dist/tinygrad_vn-bundle.zip, to be installed without network
	$(RUN) docs.making.bundle $(ARGS)

test: $(VENV)/test  ## run the tests, with coverage
	$(RUN) pytest --ignore=tests/oracle --cov $(ARGS)

lint: $(VENV)/dev  ## check format, style and types
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	@rm -rf build/types/tinygrad_vn && mkdir -p build/types/tinygrad_vn
	@cd build/types/tinygrad_vn && ln -s ../../../tinygrad_vn/* ../../../models .
	cd build/types && ../../$(RUN) mypy --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache

oracle: $(VENV)/oracle  ## compare with PyTorch and HIPS autograd
	$(RUN) pytest tests/oracle $(ARGS)

# glibc hands big arrays back to the system after every use, which alone can double a measured time.
PINNED := MALLOC_TRIM_THRESHOLD_=268435456 MALLOC_MMAP_THRESHOLD_=268435456
bench: $(VENV)/bench  ## measure against hand-written NumPy and the peers
	$(PINNED) $(RUN) benchmarks $(ARGS)

bench-quick: $(VENV)/bench  ## a part of it, in less than two minutes
	$(PINNED) $(RUN) benchmarks quick

format: $(VENV)/dev  ## put the code into its format
	$(RUN) ruff check --fix-only --quiet .
	$(RUN) ruff format .

clean:  ## remove the environment and everything that was made
	rm -rf $(VENV) out site build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +


# ---- Set-up. An empty file in .venv says that a group of libraries is in; a newer pyproject.toml asks for it again.

# An environment works in its own folder only: one that is half made, or whose checkout was moved, is made again.
ifneq ($(shell test -x $(VENV)/bin/python && cat $(VENV)/home 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/bin/python
endif

$(VENV)/bin/python:
	@python="$(PYTHON)"; "$$python" $(CAN_RUN_US) || { echo "Python >= 3.11 with venv is needed." \
	  "Debian, Ubuntu: sudo apt install python3-venv; elsewhere: python.org." \
	  "If there is one already, name it: make PYTHON=/path/to/python3" >&2; exit 1; }; \
	"$$python" -m venv --clear $(VENV)
	@printf '%s\n' "$(CURDIR)" > $(VENV)/home

# The pictures are worth having but nothing else waits for them: where pygraphviz does not install, go on without.
$(VENV)/lab: pyproject.toml $(VENV)/bin/python
	@echo "Setting up $(VENV) (once) ..."
	@$(INSTALL) -e ".[lab]" > $@.log 2>&1 || { $(INSTALL) -e . matplotlib tqdm >> $@.log 2>&1 && \
	  echo "pygraphviz does not install here (why: $@.log); going on without pictures of graphs."; } || $(FAILED)
	@touch $@

# The package is in by now, so its name with an extra only adds that extra's libraries.
$(VENV)/test $(VENV)/dev $(VENV)/docs: $(VENV)/lab
	@$(INSTALL) "tinygrad-vn[$(@F)]" > $@.log 2>&1 || $(FAILED)
	@touch $@

$(VENV)/oracle $(VENV)/bench: $(VENV)/test
	@echo "Adding the peers ($(TORCH), ...) ..."
	@$(INSTALL) "$(TORCH)" "tinygrad-vn[$(@F)]" > $@.log 2>&1 || $(FAILED)
	@touch $@
