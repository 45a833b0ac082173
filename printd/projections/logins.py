"""What entries of failed logins do to the tables: nothing. That somebody guessed is a fact of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, nothing, on
from printd.events.logins import LoginFailed

PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(LoginFailed, nothing),)))
