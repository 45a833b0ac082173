"""Starts the command, or says what is missing for it."""

import sys


def start() -> int:
    """Run the command with the words of the command line; return how it ends."""
    try:
        from printd_verify.command import main  # noqa: PLC0415 - what it needs may be missing
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in ("cryptography", "rfc8785"):
            raise
        sys.stderr.write(
            f"Paket {package} belum terpasang: python3 -m pip install cryptography rfc8785\n"
            f"The package {package} is not installed: python3 -m pip install cryptography rfc8785\n"
        )
        return 2
    return main()
