"""The log in a shop's database on a server, as the verifier reads it that takes nothing from the shop."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from printd.store.rows import Connection
from printd_verify.database import SEEN, Database

_AS_BYTES: Final = re.compile(r"CAST\((\w+) AS BLOB\)")


class Served(Database):
    """Reads through a connection that sees one state of the books; no other process can read beside it."""

    def __init__(self, connection: Connection, shop: Path) -> None:
        """Begin.

        :param shop: folder of the shop.
        """
        self._server = connection
        self._beside = shop / SEEN
        self._cosigned = True
        self.start = 0
        self.size = self.end = self._count()

    def _rows(self, query: str, *values: int) -> list[Any]:
        """See :class:`printd_verify.database.Database`; what goes wrong here the store tells."""
        query = _AS_BYTES.sub(r"\1", query).replace("?", "%s")  # a column of bytes holds nothing else there
        found = self._server.exec_driver_sql(query, values)
        return [tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in found]
