"""SQL of calibrations: what is known of how a printer puts colours and places them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first
from printd.store.tables.calibrations import CalibrationRow, calibration

_FIND = sa.select(calibration).where(calibration.c.printer == sa.bindparam("p"))


def put(connection: Connection, row: CalibrationRow) -> None:
    """Write a printer's calibration in place of the one before."""
    connection.execute(calibration.delete().where(calibration.c.printer == row["printer"]))
    connection.execute(calibration.insert(), row)


def find(connection: Connection, printer: str) -> CalibrationRow | None:
    """Return a printer's calibration."""
    return first(connection, _FIND, CalibrationRow, p=printer)
