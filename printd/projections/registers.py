"""What entries of registers do to the tables: nothing. Who looked at names is a fact of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, nothing, on
from printd.events.registers import RegisterRead

PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(RegisterRead, nothing),)))
