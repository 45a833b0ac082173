"""Official numbers of papers run through a year without a gap, and a copy has the number of the first one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.kinds import read
from printd.projections import papers
from support.deliberate import line, notices


def paper(entry: int, **more: Any) -> dict[str, Any]:
    """Return an entry's data of the paper of an act."""
    about = {"paper": "delivery", "name": f"D{entry}", "entry": entry, "size": entry + 1}
    return {**about, "root": "0" * 64, "digest": "1" * 64, **more}


def numbered(entry: int, running: int, year: int = 2026, **more: Any) -> dict[str, Any]:
    return paper(entry, number=f"BA/{running}/{year}", year=year, running=running, **more)


REFUSED: dict[str, dict[str, Any]] = {
    "the same number again": numbered(4, 2),
    "a number left out": numbered(4, 4),
    "a year that begins at two": numbered(4, 2, 2027),
    "no year": paper(4, number="BA/1/2026", running=1),
    "no running number": paper(4, number="BA/3/2026", year=2026),
    "a year alone": paper(4, year=2026),
    "a copy with a number of its own": numbered(1, 3, copy=True),
    "a copy without the number": paper(1, copy=True),
}


@notices(
    {
        "any running number will do": line(papers._made, "event.running != last + 1", "False"),
        "any number of a copy will do": line(
            papers._made, "first is not None and numbered !=", "False and numbered !="
        ),
        "half a number will do": line(papers._made, "event.number is None or event.year is None", "False"),
    }
)
def test_a_number_follows_the_one_before(desk_on_both: Desk, enrol: Callable[[Desk, str], Person]) -> None:
    enrol(desk_on_both, "siti")
    books = desk_on_both.shop.books

    def enter(data: dict[str, Any]) -> None:
        books.enter(read("paper.made", data), ["siti"])

    enter({**paper(0), "paper": "handover"})  # a slip has none
    for number in (1, 2):
        enter(numbered(number, number))
    for what, data in REFUSED.items():
        try:
            enter(data)
        except Refused:
            continue
        raise AssertionError(what)
    enter(numbered(1, 1, copy=True))
    enter(numbered(3, 3))
    enter(numbered(4, 1, 2027))
