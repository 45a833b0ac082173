#!/bin/sh
# The distribution packages that some suites need: real libusb under umockdev, tesseract to read cards back, spin.
# Root: installed here. Otherwise those suites are skipped, each with the command that enables it.
set -eu

PACKAGES="umockdev libusb-1.0-0 tesseract-ocr tesseract-ocr-ind spin gcc libc6-dev"

missing=""
for package in $PACKAGES; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

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
