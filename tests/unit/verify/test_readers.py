"""Whatever bytes a reader of the verifier is given, it returns what they say or refuses them in its own words."""

from __future__ import annotations

import json
import marshal
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from printd.ledger import entry as shops
from printd_verify import checkpoints, entries, notes, policies, proofs, tiles
from printd_verify.command import main
from printd_verify.database import Database
from printd_verify.forms import split
from printd_verify.kinds import FORMS, IMPERSONAL, KINDS, PARTS
from printd_verify.patterns import PATTERNS, is_in_form
from printd_verify.people import PersonKeyError, read_person_key
from printd_verify.sources import SourceError
from printd_verify.spans import Spans
from printd_verify.words import Range, read_serial
from printd_verify.work import Task, work
from support.told import Told

LOG = Told()
LOG.begin()
LOG.stock()
LOG.shift()
LOG.good_card(1)
NOTE = LOG.note()
PROOF = b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + NOTE
POLICY = f"log {LOG.vkey}\nquorum none\n".encode()


def altered(*whole: bytes) -> st.SearchStrategy[bytes]:
    """Return bytes like some that are good, with a piece taken out, put in or exchanged."""

    def change(told: tuple[bytes, int, int, bytes]) -> bytes:
        body, at, length, new = told
        at %= len(body) + 1
        return body[:at] + new + body[at + length :]

    signs = st.sampled_from(
        [b"", b'"', b",", b" ", b"0", b"}", b"\\u0041", b"\n", b"\xc3\xa9", b"\xff", b"1.0", b"-", b"{", b"="]
    )
    return st.tuples(st.sampled_from(whole), st.integers(0, 2000), st.integers(0, 40), signs).map(change) | st.binary()


@given(altered(NOTE))
def test_notes(content: bytes) -> None:
    try:
        opened = notes.open_note(content, [notes.read_key(LOG.vkey)])
        checkpoints.head_of(opened)
    except (notes.NoteError, checkpoints.CheckpointError):
        return
    assert content.startswith(opened.text)
    assert opened.text == NOTE[: NOTE.rindex(b"\n\n") + 1], "nothing else was ever signed"


@given(altered(NOTE, b"5:" + b"0" * 64))
def test_kept_checkpoints(content: bytes) -> None:
    try:
        head = checkpoints.read_kept(content)
    except checkpoints.CheckpointError:
        return
    assert head.size >= 0
    assert len(head.root) == 32


@given(altered(POLICY))
def test_policies(content: bytes) -> None:
    try:
        policy = policies.read_policy(content)
    except policies.PolicyError:
        return
    assert policy.logs


@given(altered(PROOF) | st.text("0129AXZ $%*+-./:").map(lambda text: b"PDP1:" + text.encode()))
def test_proofs(content: bytes) -> None:
    try:
        proof = proofs.read_proof(content)
    except proofs.ProofFileError:
        return
    assert proof.index >= 0


@given(altered(LOG.vkey.encode(), b"a+00000000+AAAA"))
def test_keys(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    for read, wrong in ((notes.read_key, notes.NoteError), (read_person_key, PersonKeyError)):
        try:
            read(text)
        except wrong:
            continue


@given(altered(b"".join(len(one).to_bytes(2, "big") + one for one in LOG.bodies)))
def test_bundles(content: bytes) -> None:
    try:
        bodies = tiles.read_bundle_file(content)
    except tiles.TilesError:
        return
    assert b"".join(len(one).to_bytes(2, "big") + one for one in bodies) == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(content=altered(b"from 0\nto 5\n"))
def test_words_of_excerpts(tmp_path: Path, content: bytes) -> None:
    folder = LOG.write_tiles(tmp_path / "log")
    (folder / "excerpt").write_bytes(content)
    try:
        opened = tiles.Tiles(folder)
    except SourceError:
        return
    assert 0 <= opened.start < opened.end <= opened.size


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(content=st.binary(max_size=300))
def test_databases(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.sqlite"
    path.write_bytes(b"SQLite format 3\x00" + content)
    with pytest.raises(SourceError, match="database_unreadable"):
        Database(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_a_broken_database_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    """Any bytes of the file are others: the end is one that is foreseen, and never that all holds where it does not."""
    path = LOG.write_database(tmp_path / f"{uuid4().hex}.sqlite")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + 20] = data.draw(st.binary(min_size=20, max_size=20))
    path.write_bytes(content)
    assert main([str(path), "--vkey", LOG.vkey, "--json", "--jobs", "0"]) in (0, 1, 2)
    said = capsys.readouterr()
    assert not said.out or json.loads(said.out)["holds"] in (True, False)
    path.unlink()


@given(altered(*LOG.bodies))
@example(b'{"at":"2026-11-02T08:00:00Z","by":[],"data":{},"kind":"a","seq":1,"v":2}')
@example(b'{"at":"2026-11-02T08:00:00Z","by":[],"data":{"a":1,"a":1},"kind":"a","seq":1,"v":2}')
@example(b'{"at":"2026-11-02T08:00:00Z","by":[],"data":{"a":1e2},"kind":"a","seq":1,"v":2}')
@example(b"[" * 100_000)
def test_an_entry_is_one_for_both_or_for_none(body: bytes) -> None:
    try:
        mine = entries.read_entry(body)
    except entries.EntryError:
        with pytest.raises(shops.EntryError):
            shops.Entry.from_body(body)
        return
    if mine["kind"] not in KINDS:
        return  # a finding of its own
    theirs = shops.Entry.from_body(body)
    assert (mine["seq"], mine["at"], tuple(mine["by"])) == (theirs.seq, theirs.at, theirs.actors)
    assert mine["data"] == theirs.data


@given(altered(*LOG.bodies))
def test_what_matches_a_pattern_is_in_form(body: bytes) -> None:
    """The short way never takes what the slow way refuses, but for times, and for who is named twice."""
    if is_in_form(body):
        value = json.loads(body)
        assert FORMS.checks[value["kind"]](value["data"])
        assert IMPERSONAL.checks[value["kind"]](value["data"])
        if entries.is_time(value["at"]) and len(set(value["by"])) == len(value["by"]) == len(value.get("sig", [])):
            assert entries.read_entry(body) == value
            assert entries.is_as_written(value, body)


def test_most_of_a_shops_entries_match_a_pattern() -> None:
    kinds = {"record.accepted", "attempt.started", "attempt.printed", "card.checked", "card.handed_over"}
    short = [body for body in LOG.bodies if is_in_form(body)]
    assert {json.loads(body)["kind"] for body in short} >= kinds


RAW = (
    b'{"at":"2026-11-02T08:00:00Z","by":[],"data":{"attempt":"a","evidence":{"findings":[],"raw":%b},"to":"output"},'
    b'"kind":"attempt.printed","seq":1,"v":2}'
)


@pytest.mark.parametrize(
    ("raw", "good"),
    [
        (b"{}", True),
        (b'{"a":"b"}', True),
        (b'{"a":"b","c":"d:e,f"}', True),
        (b'{"c":"b","a":"d"}', False),
        (b'{"a":"b","a":"d"}', False),
        (b'{"a":1}', False),
        (b'{"a":"b",}', False),
        (b'{"a":"\\u0041"}', False),
    ],
)
def test_names_of_what_a_printer_said_are_in_order(raw: bytes, good: bool) -> None:
    assert is_in_form(RAW % raw) is good


@pytest.mark.parametrize("two", [b"1,2", b'1,{"kind":"attempt.printed"}', b"1,[]"])
def test_an_entry_is_never_taken_for_what_stands_beside_it(two: bytes, tmp_path: Path) -> None:
    """Entries are read together: bytes that are two values, and others that are half of one, move what lies between."""
    log = Told()
    log.begin()
    first = len(log.bodies)
    log.bodies.append(two)
    log.record(1)
    log.record(2)
    between = len(log.bodies)
    log.bodies += [b"[3", b"4]"]
    done = work(Database(log.write_database(tmp_path / "log.sqlite")), 0, Task(()))
    assert [seq for _, seq, _ in done.findings] == [first, between, between + 1]
    said = {one[0]: one[1:] for piece in done.said for one in marshal.loads(piece)}
    for seq, body in enumerate(log.bodies):
        told = () if seq in (first, between, between + 1) else (json.loads(body)["kind"], json.loads(body)["data"])
        assert (said[seq][0], said[seq][3]) == told if told else said[seq] == ()


TEXT = st.text("abz, ", max_size=4)


def of(holds: str) -> st.SearchStrategy[Any]:
    """Return values of a type, for the patterns."""
    if holds.startswith("="):
        return st.sampled_from(holds[1:].split("/"))
    if "/" in holds and holds[0] not in "[{(":
        return st.one_of(*map(of, holds.split("/")))
    if holds.startswith("["):
        return st.lists(of(holds[1:-1]), max_size=2)
    if holds.startswith("("):
        return st.tuples(*map(of, split(holds[1:-1]))).map(list)
    if holds.startswith("{"):
        return st.dictionaries(TEXT, TEXT, max_size=2) if holds == "{text}" else st.just({})
    number = st.integers(0, 10**14)
    simple = {"whole": number, "signed": number.map(lambda one: -one), "truth": st.booleans(), "null": st.none()}
    texts = {
        "text": "x", "free": "x 1234", "place": "hopper:p1",
        "serial": "K00001", "day": "2026-11-02", "hash": "0" * 64, "uid": "04A1B2C3",
        "hash_or_empty": "", "cause": "jam", "reason": "baru", "stock_type": "OA", "role": "auditor",
    }  # fmt: skip
    if holds in simple:
        return simple[holds]
    return st.just(texts[holds]) if holds in texts else of_fields(PARTS[holds])


def of_fields(fields: str) -> st.SearchStrategy[dict[str, Any]]:
    told = {
        name: of(holds)
        for name, _, holds in (one.partition(":") for one in fields.split())
        if holds not in ("moment", "percent", "official", "[official]")  # of which there is no pattern
    }
    always = {name: one for name, one in told.items() if not name.endswith("?")}
    return st.fixed_dictionaries(always, optional={name[:-1]: one for name, one in told.items() if name.endswith("?")})


@pytest.mark.parametrize("kind", sorted(kind.decode() for kind in PATTERNS))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_entries_in_form_match_their_pattern(kind: str, data: st.DataObject) -> None:
    told = data.draw(of_fields(KINDS[kind]))
    by = data.draw(st.sampled_from([[], ["siti"], ["siti", "budi"]]))
    value = {"v": 2, "seq": 7, "at": "2026-11-02T08:00:00Z", "kind": kind, "by": by, "data": told}
    if by:
        value["sig"] = ["A" * 86] * len(by)
    body = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    assert is_in_form(body)
    assert entries.read_entry(body) == value


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from("abc")), max_size=30))
def test_ranges_hold_what_was_put_last(puts: list[tuple[int, int, str]]) -> None:
    spans, naive = Spans[str](), dict[int, str]()
    for one, other, value in puts:
        low, high = min(one, other), max(one, other)
        spans.put(Range("K", 2, low, high), value)
        naive.update(dict.fromkeys(range(low, high + 1), value))
    whole = Range("K", 2, 0, 40)
    told = {n: value for part, value in spans.parts(whole) for n in range(part.first, part.last + 1)}
    assert {n: value for n, value in told.items() if value is not None} == naive
    assert sorted(told) == list(range(41))
    assert all(spans.at(Range("K", 2, n, n)) == naive.get(n) for n in range(41))
    kept = [(part, value) for part, value in spans]
    assert all(one[0].last + 1 < two[0].first or one[1] != two[1] for one, two in pairwise(kept))
    assert read_serial("K00") == Range("K", 2, 0, 0)
