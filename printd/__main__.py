"""``python -m printd``."""

from printd.cli.app import main

main()
