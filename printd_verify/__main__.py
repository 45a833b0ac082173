"""Starts the command, as `python -m printd_verify` and from the single file."""

import sys

try:
    from printd_verify.command import main
except ModuleNotFoundError as missing:
    if missing.name is None or missing.name.partition(".")[0] not in ("cryptography", "rfc8785"):
        raise
    sys.stderr.write(
        f"Paket {missing.name} belum terpasang: jalankan `python3 -m pip install cryptography rfc8785`.\n"
        f"The package {missing.name} is not installed: run `python3 -m pip install cryptography rfc8785`.\n"
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(main())
