"""What entries of sites and transfers do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books import Projection

PROJECTIONS: Mapping[str, Projection] = MappingProxyType({})
