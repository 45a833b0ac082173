"""Table of the one shop that a database holds."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Column, Integer, String, Table

from printd.store.metadata import metadata


class ShopRow(TypedDict):
    """What the log says of the shop."""

    id: int
    origin: str


shop = Table(
    "shop",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(255), nullable=False),  # name of the log's present generation
)
