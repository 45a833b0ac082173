"""The shop in which scale is measured is a shop: its log alone gives every row, and the verifier accepts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.office import office
from bench.shop_maker import START, Size, fill
from printd.books.replay import compare
from printd.ledger.verify import verify_log
from printd.projections.kinds import PROJECTIONS
from printd.shop.keys import vkey
from printd.store import log


def test_the_log_of_a_shop_made_for_measuring_gives_all_its_rows(
    new_database: Callable[[bool], str], tmp_path: Path
) -> None:
    url = new_database(False)
    with office(tmp_path / "shop", "" if url.startswith("sqlite") else url, lambda: START) as old:
        fill(old, Size(deliveries=2, pieces_each=25_000, entries=700))
        with old.shop.store.reading() as connection:
            end = log.frontier(connection)
            report = verify_log(
                log.entries(connection),
                log.NodeStream(connection),
                log.checkpoints(connection),
                origin=old.shop.config.office.origin,
                vkey=vkey(old.shop.folder),
                frontier=(end.size, end.hashes),
            )
            replayed = compare(connection, PROJECTIONS)
        where = old.act("blanks.where")
    assert not report.problems
    assert not replayed.differences
    assert end.size >= 700
    assert replayed.entries == end.size == report.signed_size
    assert where["announced"] == 50_000 == sum(where["places"].values())
    assert where["places"]["holder"] > 80
    assert where["places"]["spoiled"] > 1
