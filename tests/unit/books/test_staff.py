"""Who works here is read from entries; what breaks off goes on, and accuses nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy.engine import Connection

from printd.desk.desk import Desk
from printd.errors import StorageError
from printd.events.kinds import read
from printd.store import log
from support.people import enrol

LOOK = read("register.read", {"what": "specimen:j", "rows": 0})


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_database_that_fails_while_people_are_read_accuses_nobody(desk: Desk, after: int) -> None:
    """The next who needs to know goes on where the reading broke off; nothing is signed before it came to the end."""
    for name in ("siti", "budi", "cici"):
        enrol(desk, name)
    shop = desk.shop
    shop.sign()
    shop.books.enter(LOOK, ["siti"])
    shop.check_start()
    whole = log.holding

    def fails(connection: Connection, texts: Sequence[bytes], first: int, end: int) -> Iterator[tuple[int, bytes]]:
        for number, row in enumerate(whole(connection, texts, first, end)):
            if number == after:
                break
            yield row
        raise StorageError("The database is away.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "holding", fails)
        for act in (shop.sign, lambda: shop.books.enter(LOOK, ["budi"])):
            with pytest.raises(StorageError, match="away"):
                act()
    assert shop.books.barred is None
    shop.books.enter(LOOK, ["cici"])
    with shop.store.reading() as connection:
        assert shop.sign() == log.frontier(connection).size
