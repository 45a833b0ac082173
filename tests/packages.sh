#!/bin/sh
# The distribution packages that some suites need: real libusb under umockdev, tesseract to read cards back, spin,
# pcscd with virtual cards, CUPS, Gutenprint (with Ghostscript), the USB/IP tool of Linux.
# Root: installed here. Otherwise those suites are skipped, each with the command that enables it.
set -eu

PYTHON=.venv/bin/python
PACKAGES="umockdev libusb-1.0-0 tesseract-ocr tesseract-ocr-ind spin gcc libc6-dev pcscd vsmartcard-vpcd cups-daemon cups-client cups-ipp-utils dbus-daemon printer-driver-gutenprint usbip strace"

# pyscard has no wheel for Linux: it is built once there is what that takes, after the rest of the environment.
build_pyscard() {
    "$PYTHON" -c "import smartcard.scard" 2>/dev/null && return
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --editable '.[pcsc]' >/dev/null 2>&1 ||
        echo "pyscard cannot be built: suites with card readers are skipped. See: $PYTHON -m pip install '.[pcsc]'"
}

if ! "$PYTHON" -c "import smartcard.scard" 2>/dev/null; then
    PACKAGES="$PACKAGES libpcsclite-dev swig"
    # A Python of the distribution keeps its headers in a package of their own.
    "$PYTHON" -c 'import os, sysconfig as s; os.stat(s.get_path("include") + "/Python.h")' 2>/dev/null ||
        PACKAGES="$PACKAGES python3-dev"
fi

missing=""
for package in $PACKAGES; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
if [ -z "$missing" ]; then
    build_pyscard
    exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed:$missing. Suites that need them are skipped; enable them with: sudo apt-get install$missing"
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # a list of names
apt-get install --quiet --quiet --yes --no-install-recommends $missing >/dev/null 2>&1 || {
    apt-get update --quiet --quiet
    apt-get install --quiet --quiet --yes --no-install-recommends $missing >/dev/null
}
build_pyscard
