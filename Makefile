# Everything sets itself up: python3 (3.11 or later), make and the package registries are enough.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   ?= demo-shop

# Tests and benches start hundreds of processes; each would compile the house anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo verifier test lint types bench scale model crash faults day packages vm-test fuzz clean

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("printd needs Python 3.11 or later") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV) || { test "$$(id -u)" = 0 && apt-get install --yes python3-venv && $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# The main job on simulated printers, with faults, on the embedded database.
demo: $(VENV)/ready
	rm -rf $(DEMO)
	$(BIN)/printd demo --faults typical --dir $(DEMO)

# The verifier as one file, for an auditor who has nothing of ours: it needs Python 3.11 and `pip install cryptography`.
verifier: $(VENV)/ready
	$(BIN)/python -m printd_verify.single_file printd-verify.pyz

# Everything that proves it. As root the distribution packages that some suites need are installed first. Only the tests
# of the real libusb run under umockdev's preload, which leaks a socket whenever a device file is opened. Many tests wait
# for printers: four workers fill two cores. A worker takes tests that stand together, so that what a module makes
# once is not made by each of them. Shops of tests lie in memory where there is room (another place: TMPDIR=/var/tmp make
# test), but never under umockdev, which takes whatever lies below /dev for a device.
test: $(VENV)/ready packages
	@$$(command -v umockdev-wrapper) $(BIN)/python -m pytest --numprocesses 2 -m usbfs
	@TMPDIR=$$(sh tests/place.sh) $(BIN)/python -m pytest --numprocesses 4 --dist worksteal -m "not usbfs"

packages:
	@sh tests/packages.sh

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/ready
	$(BIN)/mypy
	$(BIN)/mypy tests/attack tests/crossing tests/unit tests/support tests/contract tests/conformance tests/crash tests/faults tests/model tests/vm tests/fuzz bench

# Every performance figure beside a yardstick of the same run.
bench: $(VENV)/ready
	$(BIN)/python bench/run.py

# Ten million blanks and three million entries; some minutes, some gigabytes.
scale: $(VENV)/ready
	$(BIN)/python bench/run.py --only scale

# The attempt protocol explored whole: some minutes, some gigabytes.
model: $(VENV)/ready packages
	PRINTD_MODEL=whole $(BIN)/python -m pytest -rP tests/model

# Every fault at every point of an attempt, and SEEDS random schedules from seed FROM on; a failing one is shrunk and
# printed.
SEEDS ?= 400
FROM  ?= 0
crash: $(VENV)/ready
	PRINTD_CRASH=$(SEEDS) PRINTD_CRASH_FROM=$(FROM) $(BIN)/python -m pytest --numprocesses 2 -rP tests/crash tests/contract/test_shop_printing.py

# Every act under every fault of folder, disk and database, with the daemon and without; as root, some tens of minutes.
faults: $(VENV)/ready packages
	PRINTD_FAULTS=1000 $(BIN)/python -m pytest --numprocesses 3 tests/faults

# A simulated day of 24 hours, 16 printers, the daemon killed every hour; some minutes.
day: $(VENV)/ready
	$(BIN)/python bench/day.py

# The USB suite inside a virtual machine: a Debian kernel, usbfs, usblp, udev. Some minutes, 500 MB below .venv/vm.
vm-test: $(VENV)/ready
	@$(BIN)/python -m vm.run

# Every reader of what comes from outside under a fuzzer that follows coverage, SECONDS in all.
SECONDS ?= 300
fuzz: $(VENV)/ready
	@$(BIN)/python -c "import atheris" 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	@$(BIN)/python -m fuzz.run $(SECONDS)

clean:
	rm -rf $(VENV) $(DEMO) printd-verify.pyz .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
