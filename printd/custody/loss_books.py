"""What entries of incidents, invalid cards and destructions do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books import Projection

PROJECTIONS: Mapping[str, Projection] = MappingProxyType({})
