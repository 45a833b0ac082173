"""Events: what an entry carries is read and written to the byte, of every kind, and the document lists all of it."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import printd.events
from drivers import colour, dither
from drivers import printer as contract
from printd.books.booking import Books
from printd.custody import flows, receipt, routes
from printd.custody import incidents as custody_incidents
from printd.desk import cards as desk_cards
from printd.desk import consumables as desk_consumables
from printd.desk import discrepancies, suket
from printd.events import (
    blanks,
    cards,
    deliveries,
    document,
    incidents,
    kinds,
    policy,
    printers,
    shifts,
    supplies,
    test_prints,
)
from printd.events.base import Event, EventError, Part
from printd.events.evidence import Evidence
from printd.ledger.entry import Entry, canonical
from printd.printing.calibration import NEUTRAL
from printd.projections.kinds import PROJECTIONS
from printd.shop import config
from printd.store import log
from printd.words.causes import SPOIL_CAUSES, STEPS
from printd.words.serials import SerialRange
from printd.words.states import TestPrintState as State
from support.office_history import FACTS

Live = Callable[[Books, int, int], "Counter[str]"]
DOCUMENTS = Path(__file__).parents[3] / "docs"
MOVED = {"serials": [["K-01", "K-07"]], "from": "store", "to": "shift:s", "why": "issue"}

ENROLLED = {"name": "n", "role": "supervisor", "key": "k", "sealed": "0" * 64, "legal_name": "N"}
EARLY_FACTS = {key: value for key, value in FACTS.items() if key not in ("since", "open_days", "history_days", "today")}


def parts() -> Iterator[type[Part]]:
    """Yield every class of the package that has fields."""
    for one in pkgutil.iter_modules(printd.events.__path__):
        module = importlib.import_module(f"printd.events.{one.name}")
        yield from (
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Part) and value.__module__ == module.__name__
        )


def test_every_kind_that_the_books_know_is_a_class_and_no_class_is_of_another_kind() -> None:
    assert set(kinds.KINDS) == set(PROJECTIONS)
    assert len(kinds.KINDS) == len(kinds.EVENTS)
    told = {one for one in parts() if issubclass(one, Event) and "kind" in vars(one)}
    assert told - {Event} == set(kinds.EVENTS)


def test_every_entry_of_a_random_history_is_read_and_written_to_the_byte(books: Books, live: Live) -> None:
    live(books, 7, 300)
    with books.store.reading() as connection:
        entries = [Entry.from_body(body) for _, body, _ in log.entries(connection)]
    for entry in entries:
        assert canonical(kinds.read(entry.kind, entry.data).data()) == canonical(entry.data), entry.kind
    assert len({entry.kind for entry in entries}) > 45


def test_an_event_is_made_by_names_and_written_as_the_log_writes_it() -> None:
    event = blanks.BlanksMoved(serials=(SerialRange("K-", 2, 1, 7),), from_="store", to="shift:s", why="issue")
    assert event.data() == MOVED
    assert blanks.BlanksMoved.read(MOVED) == event


def test_a_field_at_its_default_is_not_written_and_null_is_where_it_was_told() -> None:
    assert cards.CardChecked.read({"attempt": "a", "quality": "good"}).data() == {"attempt": "a", "quality": "good"}
    told = {"name": "c", "reasons": ["baru"], "daily_cap": None, "below_floor": False}
    content = {"classes": [told], "reserve_floor": 0, "quota_period": "day", "quotas": {"53.71.01": 4}}
    about = {"office": "o", "timezone": "UTC", "version": "0.1.0", "layout": "l", "layout_digest": "0" * 64}
    around = {**about, "senders": [], "settings": "1" * 64}
    early = {"configuration": {**around, "policy": content}}
    now = {"configuration": {**around, "policy": {**content, "oldest_every": 0, "doubts_by_two": False}}}
    for data in (early, now):
        assert kinds.read("shop.configured", data).data() == data


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("shop.opened", {"origin": "o", "log_key": "k", "key_check": "c", "people": [ENROLLED, ENROLLED]}),
        ("delivery.received", {"delivery": "D", "serials": [["K1", "K2"]]}),
        ("card.handed_over", {"attempt": "a"}),
        ("attempt.corrected", {"attempt": "a", "booked": "K1", "actual": "K2"}),
        ("request.made", {"request": "r", "stock_type": "WNI", "asked": 400, "facts": EARLY_FACTS}),
    ],
)
def test_what_earlier_versions_wrote_is_read_and_stays_as_it_was(kind: str, data: dict[str, Any]) -> None:
    assert kinds.read(kind, data).data() == data


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"why": "3171010101900001"}, "why is not what it must be"),
        ({"from": "3171010101900001"}, "from is not what it must be"),
        ({"serials": [["3171010101900001", "x"]]}, "serials is not what it must be"),
        ({"serials": [["K9", "K1"]]}, "serials is not what it must be"),
        ({"serials": [["K1"]]}, "serials is not what it must be"),
        ({"serials": [[1, 2]]}, "serials is not what it must be"),
        ({"serials": "K1"}, "serials is not what it must be"),
        ({"step": "3171010101900001"}, "step is not what it must be"),
        ({"3171010101900001": "x"}, "there is a field that this kind does not have"),
        ({"from_": "store"}, "there is a field that this kind does not have"),
    ],
)
def test_what_is_no_event_is_refused_by_kind_and_field_and_its_value_is_not_told(
    change: dict[str, Any], says: str
) -> None:
    with pytest.raises(EventError) as refused:
        kinds.read("blanks.moved", MOVED | change)
    assert str(refused.value) == f"blanks.moved: {says}"
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_field_within_a_field_is_named_with_its_place() -> None:
    sheet = {"pieces": 1, "cartons": [["C", "burnt"]], "serials": [], "damaged": [], "wrong_type": []}
    with pytest.raises(EventError, match=r"^delivery\.counted: sheet\.cartons\.0\.1 is not what it must be$"):
        kinds.read("delivery.counted", {"delivery": "D", "sheet": sheet})
    places = {"shift": "s", "places": {"hopper:p1": {"serials": [["K1", "K1"]]}}}
    with pytest.raises(EventError, match=r"^shift\.counted: places\.pieces is missing$"):
        kinds.read("shift.counted", places)


def test_a_missing_field_and_an_unknown_kind_are_said() -> None:
    with pytest.raises(EventError, match=r"^blanks\.moved: from is missing$"):
        kinds.read("blanks.moved", {key: value for key, value in MOVED.items() if key != "from"})
    with pytest.raises(EventError):  # a field is read by its name in the log alone
        kinds.read("blanks.moved", {("from_" if key == "from" else key): value for key, value in MOVED.items()})
    with pytest.raises(EventError, match="no such kind"):
        kinds.read("nothing.happened", {})


@pytest.mark.parametrize("number", [True, 1.0, "1", -1, None])
def test_a_number_is_a_whole_one(number: object) -> None:
    with pytest.raises(EventError, match="rows is not"):
        kinds.read("register.read", {"what": "r8", "rows": number})


def words(model: type[Part], field: str) -> set[str]:
    """Return the words that a field may hold."""

    def within(hint: Any) -> Iterator[str]:
        if get_origin(hint) is Literal:
            yield from map(str, get_args(hint))
        elif get_origin(hint) is not None:
            for one in get_args(hint):
                yield from within(one)

    return set(within(get_type_hints(model, include_extras=True)[field]))


def test_words_are_those_of_the_parts_that_write_them() -> None:
    assert {*blanks.WAYS, *SPOIL_CAUSES} == set(routes.ROUTES)
    assert words(blanks.BlanksMoved, "step") == set(STEPS)
    assert words(Evidence, "position") == set(contract.Position)
    assert words(Evidence, "rung") == {*contract.Rung, "read_back"}
    assert words(Evidence, "after") == set(vars(contract.Counters()))
    assert words(test_prints.TestPrintEnded, "outcome") == set(State) - {State.OPEN}
    assert words(printers.CalibrationSettings, "dither") == set(dither.Dither)
    assert words(printers.CalibrationSettings, "intent") == set(colour.Intent)
    assert words(deliveries.ReceiptSheet, "cartons") == set(get_args(receipt.Condition))
    assert words(deliveries.DiscrepancyClosed, "outcome") == set(get_args(discrepancies.Outcome))
    seen_by_people = set(get_args(custody_incidents.Kind))
    assert words(incidents.IncidentOpened, "kind_") == {*seen_by_people, "altered"}  # which the machine sees
    assert words(cards.CardReturned, "cause") == set(get_args(desk_cards.Cause))
    assert words(supplies.ConsumableReceived, "kind_") == set(get_args(desk_consumables.Kind))
    assert words(supplies.SuketIssued, "status") == set(get_args(suket.Status))


def test_fields_are_those_of_the_parts_that_write_them() -> None:
    assert set(policy.PolicyContent.model_fields) == set(config.Policy.model_fields)
    assert set(policy.PolicyClass.model_fields) == set(config.PriorityClass.model_fields)
    assert set(printers.CalibrationSettings.model_fields) == set(NEUTRAL)
    around = {"stock_type", "opening", "closing"}
    assert set(shifts.StockFlows.model_fields) == {*flows.COMING, *flows.GOING} | around


def test_the_document_lists_every_kind_and_every_field_as_the_classes_say() -> None:
    whole = ""
    for name, chapter in document.chapters().items():
        text = (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")
        assert text == document.renewed(text, chapter), "renew it: python -m printd.events.document docs"
        whole += text
    assert [kind for kind in kinds.KINDS if whole.count(f"**`{kind}`**") != 1] == []


def test_a_document_without_its_marks_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="lacks the line"):
        document.renewed("# The log\n", "")
