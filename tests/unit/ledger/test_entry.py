"""Entries have one byte form, and everything outside the profile is refused with the path of what is wrong."""

import json
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printd.ledger.entry import MAX_BODY, MAX_INT, Entry, EntryError, canonical, parse, without_signatures
from support.people import person

AT = "2026-11-23T09:15:02Z"

names = st.text(st.characters(max_codepoint=127), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(names, values, max_size=5))
def test_canonical_bytes_are_read_back(value: dict[str, Any]) -> None:
    body = canonical(value)
    assert parse(body) == value
    assert json.loads(body) == value
    assert canonical(dict(reversed(value.items()))) == body, "the order of members does not matter"


@given(st.dictionaries(names, values, min_size=1, max_size=5), st.data())
def test_no_other_spelling_is_read(value: dict[str, Any], data: st.DataObject) -> None:
    body = canonical(value)
    place = data.draw(st.integers(0, len(body)))
    changed = body[:place] + b" " + body[place:]
    if b" " not in body[max(0, place - 1) : place + 1]:
        try:
            read = parse(changed)
        except EntryError:
            return
        assert canonical(read) == changed, "a space inside text is another text, not another spelling"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": {"b": [1, 2.5]}}, r"\$\.a\.b\[1\] is a floating-point"),
        ({"a": float("nan")}, r"\$\.a is a floating-point"),
        ({"a": [MAX_INT + 1]}, r"\$\.a\[0\] is beyond"),
        ({"a": -MAX_INT - 1}, r"\$\.a is beyond"),
        ({"a": b"bytes"}, r"\$\.a is of type bytes"),
        ({"a": {1: 2}}, r"\$\.a has a member name that is not ASCII text"),
        ({"a": {"\u00e9": 2}}, r"\$\.a has a member name that is not ASCII text"),
        ({"a": "\ud800"}, r"\$\.a holds a lone surrogate"),
        ({"a": {1, 2}}, r"\$\.a is of type set"),
        ({"a": "x" * MAX_BODY}, r"\$ takes 65543 bytes"),
        ([1], r"\$ must be an object"),
    ],
)
def test_what_does_not_belong_is_named_by_its_path(value: Any, path: str) -> None:
    with pytest.raises(EntryError, match=path):
        canonical(value)


def test_limits_hold_to_the_byte() -> None:
    assert len(canonical({"a": "x" * (MAX_BODY - 8)})) == MAX_BODY
    with pytest.raises(EntryError, match="65536 bytes"):
        canonical({"a": "x" * (MAX_BODY - 7)})
    assert parse(canonical({"a": MAX_INT}))["a"] == MAX_INT


def test_nesting_is_bounded() -> None:
    value: dict[str, Any] = {}
    for _ in range(31):
        value = {"a": value}
    assert parse(canonical(value)) == value
    with pytest.raises(EntryError, match="deeper than 32"):
        canonical({"a": value})
    with pytest.raises(EntryError, match="deeper than 32"):
        parse(b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a":1,"a":1}', "same member twice"),
        (b'{"b":1,"a":1}', "canonical form"),
        (b'{"a": 1}', "canonical form"),
        (b'{"a":1}\n', "canonical form"),
        (b'{"a":"\\u0041"}', "canonical form"),
        (b'{"a":-0}', "canonical form"),
        (b'{"a":1.0}', "floating-point"),
        (b'{"a":1e3}', "floating-point"),
        (b'{"a":Infinity}', "floating-point"),
        (b'{"a":' + b"9" * 5000 + b"}", "2\\^53"),
        (b'{"a":"\xff"}', "not UTF-8 at byte 6"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON|canonical"),
        (b'{"a":', "not JSON at character"),
        (b"", "not JSON at character"),
        (b"[]", "must be an object"),
        (b'{"a":"' + b"x" * MAX_BODY + b'"}', "more than the 65535"),
    ],
)
def test_bytes_that_were_not_written_here_are_refused(body: bytes, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        parse(body)


def test_an_entry_has_exactly_these_bytes() -> None:
    data = MappingProxyType({"printer": "p1", "serials": ("A1", "A2")})
    unsigned = Entry(17, AT, "attempt.started", ("maria", "yos"), data)
    assert unsigned.unsigned() == (
        b'{"at":"2026-11-23T09:15:02Z","by":["maria","yos"],"data":{"printer":"p1","serials":["A1","A2"]},'
        b'"kind":"attempt.started","seq":17,"v":2}'
    )
    with pytest.raises(EntryError, match=r"\$\.sig must hold one signature for each"):
        unsigned.body()
    entry = replace(unsigned, signatures=("A" * 86, "_" * 86))
    assert entry.body() == (
        b'{"at":"2026-11-23T09:15:02Z","by":["maria","yos"],"data":{"printer":"p1","serials":["A1","A2"]},'
        b'"kind":"attempt.started","seq":17,"sig":["' + b"A" * 86 + b'","' + b"_" * 86 + b'"],"v":2}'
    )
    assert without_signatures(entry.body()) == unsigned.unsigned()
    back = Entry.from_body(entry.body())
    assert (back.seq, back.at, back.kind, back.actors) == (17, AT, "attempt.started", ("maria", "yos"))
    assert back.signatures == entry.signatures
    assert back.data == {"printer": "p1", "serials": ["A1", "A2"]}
    assert back.body() == entry.body()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"v": 1}, r"\$\.v"),
        ({"v": 3}, r"\$\.v"),
        ({"v": True}, r"\$\.v"),
        ({"seq": -1}, r"\$\.seq"),
        ({"seq": True}, r"\$\.seq"),
        ({"seq": "1"}, r"\$\.seq"),
        ({"at": "2026-11-23T09:15:02+00:00"}, r"\$\.at must be UTC"),
        ({"at": "2026-11-23T09:15:02.5Z"}, r"\$\.at must be UTC"),
        ({"at": "2026-02-30T09:15:02Z"}, r"\$\.at is not a time that exists"),
        ({"at": "2026-11-23T09:15:02Z\n"}, r"\$\.at must be UTC"),
        ({"at": 1}, r"\$\.at and"),
        ({"kind": ""}, r"\$\.kind must"),
        ({"kind": "Attempt"}, r"\$\.kind must"),
        ({"kind": "attempt."}, r"\$\.kind must"),
        ({"by": person("maria")}, r"\$\.by"),
        ({"by": [""]}, r"\$\.by"),
        ({"by": [1]}, r"\$\.by"),
        ({"data": []}, r"\$\.data"),
        ({"more": 1}, "schema 2 does not know"),
        ({"by": ["maria"]}, r"\$\.sig is missing"),
        ({"by": ["maria"], "sig": []}, r"\$\.sig must hold one"),
        ({"by": ["maria"], "sig": ["A" * 86, "B" * 86]}, r"\$\.sig must hold one"),
        ({"by": ["maria"], "sig": ["A" * 85]}, r"\$\.sig must hold signatures of 86"),
        ({"by": ["maria"], "sig": ["A" * 85 + "="]}, r"\$\.sig must hold signatures of 86"),
        ({"by": ["maria", "maria"], "sig": ["A" * 86, "A" * 86]}, r"\$\.by names somebody twice"),
        ({"sig": []}, r"\$\.sig must hold one"),
    ],
)
def test_members_out_of_shape_are_refused(change: dict[str, Any], reason: str) -> None:
    members = {"v": 2, "seq": 1, "at": AT, "kind": "a.b", "by": [], "data": {}}
    assert Entry.from_body(canonical(members)).seq == 1
    with pytest.raises(EntryError, match=reason):
        Entry.from_body(canonical(members | change))


@pytest.mark.parametrize("name", ["v", "seq", "at", "kind", "by", "data"])
def test_a_missing_member_is_named(name: str) -> None:
    members = {"v": 2, "seq": 1, "at": AT, "kind": "a.b", "by": [], "data": {}}
    del members[name]
    with pytest.raises(EntryError, match=f"lacks the member {name}"):
        Entry.from_body(canonical(members))


def test_an_entry_out_of_shape_cannot_be_made() -> None:
    with pytest.raises(EntryError, match="seq"):
        Entry(-1, AT, "a.b")
    with pytest.raises(EntryError, match="kind"):
        Entry(0, AT, "A")


@given(st.text(min_size=1, max_size=20), st.integers(0, MAX_INT))
def test_a_signed_entry_has_the_bytes_that_were_signed_and_its_signatures(note: str, seq: int) -> None:
    one, other = "A" * 86, "B" * 86
    entry = Entry(seq, "2026-11-23T09:15:02Z", "incident.noted", ("budi", "siti"), {"note": note})
    said = entry.unsigned()
    signed = entry.signed([one, other])
    assert signed == Entry(seq, entry.at, entry.kind, entry.actors, entry.data, (one, other))
    assert signed.unsigned() == said == canonical(json.loads(said))
    assert signed.body() == Entry.from_body(signed.body()).body()
    assert entry.signatures == (), "what was not signed stays so"
    with pytest.raises(EntryError):
        entry.signed([one])
