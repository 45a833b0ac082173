"""``python -m drivers.readers``: the names of the card readers that pcscd knows, one a line."""

from __future__ import annotations

import sys

from drivers.deadline import Deadline
from drivers.errors import DriverError
from drivers.readers import pcsc


def main() -> int:
    """List them; 1 where they cannot be listed."""
    try:
        names = pcsc.readers(Deadline.after(10))
    except DriverError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    sys.stdout.writelines(f"{name}\n" for name in names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
