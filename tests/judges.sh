#!/bin/sh
# Programs of other authors that judge ours, apart from everything of ours: a witness, and its client (aics-witness). They
# ask for Python 3.12 and run on 3.11. Without them their tests are skipped, or fail where CI is true.
set -eu

[ -d .venv/judges/aics_witness ] ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python \
        --target .venv/judges 'aics-witness>=0.1,<0.2' 'aics-tlog>=0.2,<0.3' ||
    echo "aics-witness cannot be installed: the tests with another author's witness are skipped."
