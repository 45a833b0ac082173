"""An excerpt that begins in the middle of everything: what two closings differ by is what the entries between moved.

Of most blanks nothing is known there: an attempt began before, a transfer was sent, a piece was in dispute. Where the
entries alone cannot tell which of two places it was, the sum of both is held against them; nothing else is given up.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from printd_verify.notes import read_key
from printd_verify.tally import Tally
from printd_verify.tiles import Tiles
from printd_verify.verification import Report, Trust, verify
from support.deliberate import line, notices
from support.told import BUDI, HASH, RATNA, SITI, TONO, Told, blanks

FIRST = {
    "announced": 110, "received": 108, "transit": 2, "store": 93, "hopper": 6, "printer": 1, "output": 1, "finished": 1,
    "holder": 1, "transfer": 5, "in_doubt": 1,
}  # fmt: skip
"""Where everything is when the excerpt begins."""

SECOND = {
    "announced": 110, "received": 110, "store": 94, "hopper": 6, "holder": 1, "spoiled": 2, "missing": 2, "site": 5,
}  # fmt: skip
"""And when it ends: the doubt and a good card are spoiled, a card and a piece are missing, all others arrived."""


@pytest.fixture(scope="module")
def before() -> Told:
    """The log up to the first closing and what happened after it; the second closing is still to be said."""
    log = Told()
    log.begin()
    log.stock()
    log.say("site.set", {"site": "alak", "kind": "office", "title": "t", "area": "", "key": ""}, RATNA)
    log.shift()
    log.good_card(1)
    for card in (2, 3, 4):
        log.record(card)
        log.start(card)
        if card < 4:
            log.printed(card)
    log.check(2, BUDI)
    log.say("attempt.in_doubt", {"attempt": "a4", "evidence": {"findings": []}})
    sent = {"sealed": HASH, "transfer": "t", "from": "store", "to": "site:alak", "serials": blanks(50, 54)}
    log.say("transfer.sent", {**sent, "document": "1", "carrier": "c", "seals": []}, SITI, TONO)
    about = {"bast_number": "1", "bast_date": "2026-11-01", "stock_type": "WNI", "generation": "5", "practice": True}
    data = {"delivery": "D2", **about, "identified_by": "serial", "cartons": [], "serials": blanks(200, 209)}
    log.say("delivery.announced", data, SITI)
    short = [
        {"id": f"D2-{n}", "kind": "short", "pieces": 1, "serials": blanks(207 + n, 207 + n), "note": ""} for n in (1, 2)
    ]
    received = {"delivery": "D2", "serials": blanks(200, 207), "counted": 8, "discrepancies": short}
    log.say("delivery.received", received, SITI, TONO)
    for _ in range(260):
        log.say("login.failed", {"names": {}, "unknown": 1})
    closing(log, "2026-11-01", FIRST)
    log.say("attempt.spoiled", {"attempt": "a4", "to": "spoiled", "cause": "jam"}, SITI, BUDI)
    log.check(2, SITI, BUDI, quality="spoiled", cause="scorch")
    log.say("card.missed", {"attempt": "a3", "note": "n"}, SITI, TONO, RATNA)
    arrived = {"transfer": "t", "serials": blanks(50, 54), "acknowledgement": "1", "discrepancies": []}
    log.say("transfer.acknowledged", arrived, SITI, TONO)
    for number, outcome in ((1, "missing"), (2, "store")):
        settled = {"discrepancy": f"D2-{number}", "outcome": outcome, "document": "1"}
        log.say("discrepancy.closed", {**settled, "serials": blanks(207 + number, 207 + number)}, SITI, TONO)
    return log


def closing(log: Told, day: str, totals: dict[str, int]) -> int:
    nothing = {"store": 0, "hopper": 0, "holder": 0, "announced": 0, "received": 0}
    return log.close_day(day, totals=nothing | totals)


def look(before: Told, folder: Path, totals: dict[str, int], first: int) -> Report:
    """Close with these totals, and verify what comes from an entry on."""
    log = Told()
    log.bodies = [*before.bodies]
    log.at = "2026-11-03T08:00:00Z"
    closing(log, "2026-11-02", totals)
    given = log.write_tiles(folder / "log", first, len(log.bodies))
    return verify(Tiles(given), Trust((read_key(log.vkey),)), jobs=0)


@notices(
    {
        "nothing is alike": line(Tally._after_check, "self.alike.append(_CHECKED)", "pass"),
        "a doubt that began before stays": line(Tally._settle, "self.unsure += 1", "pass"),
    }
)
def test_an_excerpt_adds_up_whatever_was_before(before: Told, tmp_path: Path) -> None:
    report = look(before, tmp_path, SECOND, 290)
    assert report.cases == []
    assert report.unchecked > 0


def test_what_ended_as_missing_may_have_lain_with_a_site(before: Told, tmp_path: Path) -> None:
    """An excerpt does not tell of whose difference that was: one piece, and no more, may lack there instead."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    assert look(before, tmp_path / "one", {**SECOND, "site": 4, "transit": 1, "received": 109}, 290).cases == []
    found = look(before, tmp_path / "two", {**SECOND, "site": 3, "transit": 2, "received": 108}, 290).cases
    assert "totals_between" in {case.code for case in found}


def test_the_whole_log_says_the_same(before: Told, tmp_path: Path) -> None:
    report = look(before, tmp_path, SECOND, 0)
    assert report.cases == []
    assert report.closing is not None


@pytest.mark.parametrize(
    ("more", "figure"),
    [
        ({"store": 1, "spoiled": -1}, "spoiled"),
        ({"holder": 1, "spoiled": -1}, "holder"),
        ({"finished": 1, "store": -1}, "finished, output"),
        ({"site": -1, "missing": 1}, "missing"),
        ({"transit": 1, "received": -1, "missing": -1}, "missing"),
        ({"announced": 7, "received": 7, "store": 7}, "outside, transfer, transit"),
        ({"hopper": -1, "printer": 1}, "hopper"),
        ({"in_doubt": 2}, "in_doubt"),
    ],
)
def test_an_excerpt_that_hides_a_piece_does_not(
    before: Told, tmp_path: Path, more: dict[str, int], figure: str
) -> None:
    other = {name: SECOND.get(name, 0) + more.get(name, 0) for name in {*SECOND, *more}}
    (case,) = look(before, tmp_path, other, 290).cases
    assert case.code == "totals_between"
    assert figure in [place.what["figure"] for place in case.places]
