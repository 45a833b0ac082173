"""What entries of operators do to the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.operators import OperatorSet
from printd.ledger.entry import Entry
from printd.store import operators
from printd.store.rows import Connection

_NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}", re.ASCII)


def _operator(connection: Connection, event: OperatorSet, entry: Entry) -> None:
    if not _NAME.fullmatch(event.name):
        raise Refused(
            f"{event.name[:40]!r} cannot be a login name.",
            why="It is 2 to 32 of a-z, 0-9 and . _ - and begins with a letter.",
            remedy="Choose a short name that says nothing private: the log keeps it for ever.",
        )
    operators.put_operator(connection, event.name, event.role, event.active)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(OperatorSet, _operator),)))
