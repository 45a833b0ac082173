"""No act puts a NIK into the log through any text it takes: the catalogue is walked, argument by argument."""

from __future__ import annotations

import base64
import inspect
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from faults.catalogue import CASES
from faults.shops import SITI, TEMPLATES, Maker, people
from printd.desk.acts import _arguments, act_named, perform
from printd.desk.catalogue import ACTS
from printd.desk.desk import NotEntered
from printd.errors import Refused
from printd.events.base import EventError
from printd.events.kinds import read
from printd.store import log

NIK = "5371994101900001"
SPELLINGS = (NIK, "5371 9941 0190 0001", "537199.410190.0001", "537199\u00a0410190\u20100001", "537199/410190_0001")
FULL_WIDTH = "".join(chr(0xFF10 + int(one)) for one in NIK)
OTHERWISE_KEPT = {
    ("cards.take_back", "nik"),
    ("records.erase", "nik"),
    ("suket.issue", "nik"),
    ("calibration.calibrate", "icc"),
    ("deliveries.announce", "content"),
    ("records.import", "parcel"),
    ("sites.used", "content"),
    ("transfers.acknowledge_signed", "content"),
}
"""Arguments that are declared as not entered: identity numbers, of which pseudonyms are entered, and files."""
SECRETS = {"passphrase", "old", "code"}
"""What people prove themselves by: whatever they chose, none of it is entered."""

Way = tuple[str | int, ...]


@dataclass
class Shops:
    """The shops of the catalogue's cases, each open."""

    made: dict[str, Maker]

    def arguments(self, name: str) -> dict[str, Any]:
        return deepcopy(dict(CASES[name].arguments(self.made[CASES[name].shop].facts)))

    def size(self, shop: str) -> int:
        with self.made[shop].shop.store.reading() as connection:
            return log.frontier(connection).size


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    made: dict[str, Maker] = {}
    for name in sorted({case.shop for case in CASES.values()}):
        made[name] = Maker(tmp_path_factory.mktemp(name) / "shop")
        TEMPLATES[name](made[name])
    yield Shops(made)
    for one in made.values():
        one.shop.close()


def declared(name: str) -> set[str]:
    """Return the arguments of an act that are declared as not entered."""
    fields = _arguments(act_named(name)).model_fields
    return {key for key, about in fields.items() if any(isinstance(one, NotEntered) for one in about.metadata)}


def ways(value: Any, so_far: Way = ()) -> Iterator[Way]:
    """Yield the way to every text in arguments."""
    if isinstance(value, str):
        yield so_far
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from ways(inner, (*so_far, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from ways(inner, (*so_far, number))


def put(arguments: dict[str, Any], way: Way, text: str) -> dict[str, Any]:
    """Return arguments with another text in one place."""
    changed: Any = deepcopy(arguments)
    at = changed
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = text
    whole: dict[str, Any] = changed
    return whole


def with_every_text(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with the texts that may be left out, so that each is tried."""
    whole = dict(arguments)
    for key, parameter in inspect.signature(act_named(name)).parameters.items():
        if key in whole or key == "desk":
            continue
        annotation = str(parameter.annotation)
        if "Person" in annotation:
            whole[key] = {"name": "ratna"}
        elif "list[list[str]]" in annotation or "Ends" in annotation:
            whole[key] = [["K00001", "K00001"]]
        elif "list[" in annotation:
            whole[key] = ["K00001"]
        elif "str" in annotation or "Literal" in annotation:
            whole[key] = "x"
    return whole


@pytest.mark.parametrize("name", [name for name, act in ACTS.items() if not act.reads])
def test_a_nik_in_any_text_of_an_act_is_refused_and_enters_nothing(shops: Shops, name: str) -> None:
    made = shops.made[CASES[name].shop]
    before = shops.size(CASES[name].shop)
    whole = with_every_text(name, shops.arguments(name))
    tried = [way for way in ways(whole) if way[0] not in declared(name) and way[-1] not in SECRETS]
    texts = {key for key, value in whole.items() if isinstance(value, str)}
    assert {str(way[0]) for way in tried} >= texts - declared(name) - SECRETS
    for way in tried:
        for text in (*SPELLINGS, FULL_WIDTH):
            with pytest.raises(Refused) as refusal:
                perform(made.desk, name, put(whole, way, text))
            said = json.dumps(refusal.value.to_json(), ensure_ascii=False)
            assert not [one for one in (*SPELLINGS, FULL_WIDTH) if one in said], way
            assert "NIK" in said or "wrong arguments" in said, (way, said)
    assert shops.size(CASES[name].shop) == before


def test_a_name_in_a_count_sheet_is_a_text_too(shops: Shops) -> None:
    for name, shop in (("shifts.count", "evening"), ("counts.count", "noon")):
        for text in SPELLINGS:
            with pytest.raises(Refused) as refusal:
                perform(shops.made[shop].desk, name, {"found": {f"hopper:{text}": {"pieces": 1}}, "by": SITI})
            assert "NIK" in str(refusal.value)


def test_what_is_not_entered_as_it_is_given_is_declared() -> None:
    found = {(name, key) for name in ACTS for key in declared(name)}
    assert found == OTHERWISE_KEPT


def changed(**changes: Any) -> dict[str, Any]:
    about: dict[str, Any] = {
        "practice": True,
        "delivery": "D77",
        "bast_number": "BAST/77",
        "bast_date": "2026-11-02",
        "stock_type": "WNI",
        "generation": "5",
        "sender": "dinas",
        "cartons": [{"carton": "D77-1", "first": "K07701", "last": "K07710"}],
        "seals": ["S1"],
    }
    return about | changes


@pytest.mark.parametrize("spelling", [NIK, "537199-410190-0001", "53.71.99.410190.0001"])
def test_a_manifest_with_a_nik_is_refused(shops: Shops, spelling: str) -> None:
    desk, before = shops.made["noon"].desk, shops.size("noon")
    serials = {"first": spelling, "last": spelling}
    for document in (
        changed(delivery=spelling),
        changed(bast_number=f"BAST {spelling}"),
        changed(generation=spelling),
        changed(sender=spelling),
        changed(seals=[spelling]),
        changed(cartons=[{"carton": spelling, "first": "K07701", "last": "K07701"}]),
        changed(cartons=[{"carton": "1", **serials}]),
        {key: value for key, value in changed(serials=[spelling]).items() if key != "cartons"},
    ):
        content = base64.b64encode(json.dumps(document).encode()).decode()
        with pytest.raises(Refused) as refusal:
            perform(desk, "deliveries.announce", {"name": "m.json", "content": content, "by": SITI})
        assert spelling not in str(refusal.value)
    assert shops.size("noon") == before


def test_a_record_with_a_nik_where_none_belongs_is_refused(shops: Shops) -> None:
    """A record's texts are sealed, but for codes of its source that the log carries."""
    made, one = shops.made["noon"], people()[14]
    for member in ("generation", "ektp_status", "reason"):
        before = shops.size("noon")
        document = json.dumps({**one.fields, member: NIK}).encode()
        parcel = {"document": document, "photo": one.photo_jpeg, "signature": one.signature_png}
        sent = {key: base64.b64encode(data).decode() for key, data in parcel.items()}
        with pytest.raises(Refused) as refusal:
            perform(made.desk, "records.import", {"parcel": sent, "by": SITI})
        assert NIK not in str(refusal.value)
        assert shops.size("noon") == before


def test_the_books_take_no_such_text_either() -> None:
    """Past the desk: the fields of events that people write hold no NIK, and the replay reads none."""
    for kind, data in (
        ("incident.noted", {"incident": "i", "text": "of 5371 9941 0190 0001"}),
        ("printer.paused", {"printer": "p1", "why": NIK}),
        ("operator.role_set", {"name": "537199-410190-0001", "role": "operator"}),
        ("operator.retired", {"name": f"a{NIK}"}),
        ("blanks.moved", {"serials": [[NIK, NIK]], "from": "store", "to": "spoiled", "why": "jam"}),
        ("chip.bound", {"uid": "04A1B2C3D4E5F6", "serial": "537199/410190/0001"}),
    ):
        with pytest.raises(EventError) as refusal:
            read(kind, data)
        assert NIK not in str(refusal.value)
