"""Starts the command as `python -m printd_verify`."""

import sys

from printd_verify.start import start

if __name__ == "__main__":
    sys.exit(start())
