"""Writes the verifier as one file: `python -m printd_verify.single_file printd-verify.pyz`.

Whoever gets it needs Python 3.11 or later and the package `cryptography`, which is compiled for each kind of machine
and so cannot be in it: `python3 -m pip install cryptography`. The other package, `rfc8785`, is plain Python and is
carried, with its licence. The same sources give the same bytes.
"""

from __future__ import annotations

import io
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Final

_CARRIED: Final = "rfc8785"
_START: Final = b"#!/usr/bin/env python3\n"
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_MAIN: Final = b"""import sys

from printd_verify.start import start

if __name__ == "__main__":
    sys.exit(start())
"""


def write(path: Path) -> None:
    """Write the file.

    :raises OSError: it cannot be written, or a source of the verifier cannot be read.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted({**_own(), **_carried()}.items()):
            archive.writestr(zipfile.ZipInfo(name, _WHEN), body, zipfile.ZIP_DEFLATED)
    path.write_bytes(_START + content.getvalue())
    path.chmod(0o755)


def _own() -> dict[str, bytes]:
    folder = Path(__file__).parent
    found = {f"{folder.name}/{one.name}": one.read_bytes() for one in folder.glob("*.py")}
    return {**found, "__main__.py": _MAIN}


def _carried() -> dict[str, bytes]:
    files = metadata.distribution(_CARRIED).files or []
    wanted = [one for one in files if one.suffix == ".py" or "license" in one.name.lower()]
    return {str(one): Path(str(one.locate())).read_bytes() for one in wanted}


if __name__ == "__main__":
    write(Path(sys.argv[1]))
