"""The rules that the shop and its verifier each have for themselves say the same: who signs, what a field holds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from printd.custody.routes import ROUTES
from printd.errors import Refused
from printd.events import kinds
from printd.events.base import Event, EventError
from printd.events.operators import Enrolled
from printd.events.signatures import FOR_A_SUPERVISOR, NOT_VOUCHED, Signatures, required
from printd.words import causes, free_text, places, reasons, roles, serials
from printd.words.states import JOB_TRANSITIONS
from printd_verify import cards, forms, signers, words
from printd_verify.free_text import holds_nik
from printd_verify.kinds import FORMS, IMPERSONAL, KINDS, PARTS
from printd_verify.signers import Rule, rule_of

DECIDES: Mapping[str, tuple[dict[str, Any], ...]] = {
    "operator.enrolled": ({"person": {"name": "mara"}},),
    "operator.key_renewed": ({"name": "mara"},),
    "operator.role_set": ({"name": "mara"},),
    "operator.retired": ({"name": "mara"},),
    "operator.resealed": ({"name": "mara"},),
    "blanks.moved": tuple({"why": why} for why in words.ROUTES),
    "shift.closed": tuple({"act": {"gaps": gaps}} for gaps in ([], [{"place": "output", "counted": 1, "book": 2}])),
    "incident.opened": tuple(
        {"kind": one} for one in ("missing", "extra", "seal_broken", "unknown_uid", "uid_elsewhere", "altered", "other")
    ),
    "record.acknowledged": tuple(
        {"warnings": [*some]} for some in ((), *product([*FOR_A_SUPERVISOR, NOT_VOUCHED, "other"], repeat=2))
    ),
    "job.held": tuple({"why": str(one)} for one in reasons.HeldBecause),
    "job.released": ({"act": "release"}, {"act": "reprint"}),
    "test_print.ended": tuple({"outcome": one} for one in ("in_doubt", "spoiled", "unused", "lost")),
    "card.checked": ({"quality": "good"}, {"quality": "spoiled"}),
    "register.read": tuple(
        {"what": one} for one in ("r7", "specimen:j", "card_in_doubt:a", "transfer:t", "invalid_cards")
    ),
}
"""By kind the data on which it depends who signs; of any other kind nothing does."""


def in_words_of_the_verifier(rule: Signatures) -> Rule:
    """Return the shop's rule as the verifier says it."""
    return Rule(
        rule.numbers,
        frozenset(map(str, rule.roles)),
        third=rule.supervisor == 2,
        first=rule.supervisor == 0,
        supervisor=rule.among,
        owner=rule.owner,
        absent=rule.not_about,
        not_the_printer=rule.not_alone,
        two_hands=rule.two_hands,
        settles=rule.settles,
    )


def made(kind: type[Event], data: Mapping[str, Any]) -> Event:
    """Return an event of which only what decides is there."""

    def part(value: Any) -> Any:
        if isinstance(value, dict):
            return type("Part", (), {name: part(one) for name, one in value.items()})()
        return tuple(map(part, value)) if isinstance(value, list) else value

    fields = {name + "_" * (name in ("kind", "from")): part(value) for name, value in data.items()}
    if kind.kind == "operator.enrolled":
        fields = {"person": Enrolled.model_construct(None, **data["person"])}
    return kind.model_construct(None, **fields)


@pytest.mark.parametrize("kind", kinds.EVENTS, ids=lambda one: one.kind)
def test_the_same_people_sign(kind: type[Event]) -> None:
    for data in DECIDES.get(kind.kind, ({},)):
        assert rule_of(kind.kind, data) == in_words_of_the_verifier(required(made(kind, data)))


def test_both_know_the_same_kinds() -> None:
    known = {event.kind for event in kinds.EVENTS}
    assert known == set(KINDS) == signers.KINDS
    assert {kind for kind in known if kind not in DECIDES} == {kind for kind in known if kind in signers._ALWAYS}


@pytest.mark.parametrize("kind", kinds.EVENTS, ids=lambda one: one.kind)
def test_the_same_fields_are_there(kind: type[Event]) -> None:
    told = {field.alias or name: field.is_required() for name, field in kind.model_fields.items()}
    fields = (one.partition(":")[0] for one in KINDS[kind.kind].split())
    assert {one.removesuffix("?"): not one.endswith("?") for one in fields} == told


def test_both_speak_the_same_words() -> None:
    assert {one.value for one in places.Kind} == words.PLACES
    assert causes.SPOIL_CAUSES == words.CAUSES
    assert reasons.PRINT_REASONS == words.PRINT_REASONS
    assert {str(role) for role in roles.Role} == set(words.ROLES)
    assert {
        why: (frozenset(map(str, way[0])), frozenset(map(str, way[1]))) for why, way in ROUTES.items()
    } == words.ROUTES


def test_a_job_goes_the_same_ways() -> None:
    names = {"print": "printed", "unuse": "unused", "doubt": "in_doubt", "pass": "good", "spoil": "spoiled"}
    over = ("handed_over", "cancelled")
    assert {
        (str(state), names.get(event, str(event))): "" if after in over else str(after)
        for (state, event), after in JOB_TRANSITIONS.items()
    } == cards._NEXT


@given(st.from_regex(r"[A-Za-z0-9./_\- ]{0,70}", fullmatch=True) | st.text(max_size=20))
def test_a_serial_is_read_alike(text: str) -> None:
    mine = words.read_serial(text)
    try:
        theirs = serials.parse_serial(text)
    except Refused:
        assert mine is None
        return
    assert mine is not None
    assert tuple(mine) == (theirs.prefix, theirs.width, theirs.first, theirs.last)
    assert str(mine) == theirs.first_serial


TEXT = st.text(st.characters(codec="ascii", exclude_characters="0123456789"), max_size=6)
SERIAL = st.sampled_from(["K00001", "a/b-7", "0"])
DAY = st.sampled_from(["2026-11-02", "2024-02-29"])
HASH = st.sampled_from(["0" * 64, "a1" * 32])
NUMBER = st.integers(0, 2**53 - 1)

OF_TYPE: Mapping[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "free": TEXT,
    "whole": NUMBER,
    "signed": st.integers(-(2**53) + 1, 2**53 - 1),
    "percent": st.integers(0, 100),
    "truth": st.booleans(),
    "null": st.none(),
    "place": st.sampled_from([*words.PLACES, "hopper:p1"]),
    "serial": SERIAL,
    "ranges": st.sampled_from([[], [["K00001", "K00009"]], [["a1", "a1"], ["b1", "b2"]]]),
    "moment": st.sampled_from(["2026-11-02T08:00:00Z", "2024-02-29T23:59:59Z"]),
    "day": DAY,
    "hash": HASH,
    "hash_or_empty": HASH | st.just(""),
    "uid": st.sampled_from(["04A1B2C3", "04A1B2C3D4E5F6"]),
    "nip": st.just("198001012005011001"),
    "legal_name": TEXT.filter(bool),
    "number": st.sampled_from(["4711", "a" * 64]),
    "cause": st.sampled_from(words.CAUSES),
    "reason": st.sampled_from(words.PRINT_REASONS),
    "stock_type": st.sampled_from(words.STOCK_TYPES),
    "role": st.sampled_from(words.ROLES),
    "why_moved": st.sampled_from(list(words.ROUTES)),
}


def of_fields(fields: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return data by a list of fields."""
    told = {name: of(holds) for name, _, holds in (one.partition(":") for one in fields.split())}
    always = {name: one for name, one in told.items() if not name.endswith("?")}
    sometimes = {name[:-1]: one for name, one in told.items() if name.endswith("?")}
    return st.fixed_dictionaries(always, optional=sometimes)


def of(holds: str) -> st.SearchStrategy[Any]:
    """Return values of one type of the verifier's lists."""
    if holds.startswith("="):
        return st.sampled_from(holds[1:].split("/"))
    if "/" in holds and holds[0] not in "[{(":
        return st.one_of(*map(of, holds.split("/")))
    if holds.startswith("["):
        return st.lists(of(holds[1:-1]), max_size=2)
    if holds.startswith("("):
        return st.tuples(*map(of, forms.split(holds[1:-1]))).map(list)
    if holds.startswith("{"):
        key, found, value = holds[1:-1].rpartition("=")
        return st.dictionaries(of(key) if found else TEXT, of(value), max_size=2)
    return OF_TYPE[holds] if holds in OF_TYPE else of_fields(PARTS[holds])


@pytest.mark.parametrize("kind", kinds.EVENTS, ids=lambda one: one.kind)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_data_of_the_form_is_data_of_both(kind: type[Event], data: st.DataObject) -> None:
    told = data.draw(of_fields(KINDS[kind.kind]))
    assert FORMS.checks[kind.kind](told)
    if kind.kind != "request.made":  # the shop says of which reasons it speaks
        kind.read(told)


@pytest.mark.parametrize("kind", kinds.EVENTS, ids=lambda one: one.kind)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_the_shop_refuses_the_verifier_refuses(kind: type[Event], data: st.DataObject) -> None:
    """One field is left out, is one too many, or holds something else."""
    told = data.draw(of_fields(KINDS[kind.kind]))
    name = data.draw(st.sampled_from([*told, "another"]) if told else st.just("another"))
    other: Any = data.draw(st.none() | st.integers(-3, 2**54) | st.just([]) | st.just({"a": 1}) | st.just(1.5) | TEXT)
    if data.draw(st.booleans()):
        told.pop(name, None)
    else:
        told[name] = other
    if FORMS.checks[kind.kind](told) and kind.kind != "request.made":
        kind.read(told)


NIK = "537199 410190 0001"


@pytest.mark.parametrize("kind", kinds.EVENTS, ids=lambda one: one.kind)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nobodys_number_stands_in_what_people_write(kind: type[Event], data: st.DataObject) -> None:
    """One field may hold a NIK wherever it holds a text: the shop refuses that exactly where the verifier finds it."""
    told = data.draw(of_fields(KINDS[kind.kind]))
    if not told or kind.kind == "request.made":
        return
    name = data.draw(st.sampled_from(sorted(told)))
    told[name] = with_nik(told[name])
    if not FORMS.checks[kind.kind](told):
        return  # no such text may stand there
    if IMPERSONAL.checks[kind.kind](told):
        kind.read(told)
    else:
        with pytest.raises(EventError):
            kind.read(told)


def with_nik(value: Any) -> Any:
    """Return a value with a NIK in the place of every text in it."""
    if isinstance(value, str):
        return NIK
    if isinstance(value, dict):
        return {name: with_nik(one) for name, one in value.items()}
    return [with_nik(one) for one in value] if isinstance(value, list | tuple) else value


DIGITS = st.text(st.sampled_from("0123456789 -./٣x\u200b"), min_size=10, max_size=30)
ALMOST = st.from_regex(r"(53|99)[0-7]1[ ]?99[- /]{0,4}[4-7]1019000[0-9]{2}", fullmatch=True)


@given(DIGITS | ALMOST | st.tuples(DIGITS, ALMOST, DIGITS).map("".join))
def test_a_number_of_somebody_is_found_alike(text: str) -> None:
    assert holds_nik(text) == free_text.holds_nik(text)


def test_the_verifier_names_the_field_that_is_wrong() -> None:
    assert FORMS.first_wrong("shift.counting", {}) == "shift"
    assert FORMS.first_wrong("chip.bound", {"uid": "x", "serial": "K1"}) == "uid"
    assert FORMS.first_wrong("shift.counting", {"shift": "s", "other": 1}) == ""
