"""Bundles of proofs: what is proved by them, what is found in spoilt ones, and what they cannot show."""

from __future__ import annotations

import hmac
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printd.ledger.signatures import SigningKey
from printd_verify import bundles
from printd_verify.bundles import BundleError, read_bundle
from printd_verify.notes import read_key
from printd_verify.proofs import is_proof, verify_proofs
from printd_verify.verification import Report, Trust
from support.bundled import Made, bundle, proof
from support.spoilt_bundles import BLANK, SPOILT, ended_otherwise, lived, of_blank
from support.told import BUDI, SITI, TONO, Told, write

LOG = lived()
OPENING = bytes(range(32))
FILES = [("r.json", b"{}"), ("r.JPG", b"a face"), ("r.png", b"a name")]


def look(content: bytes, where: Path, *, files: list[tuple[str, bytes]] | None = None) -> Report:
    write(where / "one.tlog-proofs", content)
    return verify_proofs([where / "one.tlog-proofs"], Trust((read_key(LOG.vkey),)), files or [])


def codes(report: Report) -> set[str]:
    return {case.code for case in report.cases}


@pytest.mark.parametrize(
    ("noun", "name", "place"),
    [("blank", BLANK, "holder"), ("blank", "K00077", "store"), ("job", "j1", ""), ("record", "r2", "")],
)
def test_a_good_one(tmp_path: Path, noun: str, name: str, place: str) -> None:
    report = look(bundle(LOG, noun, name).content, tmp_path)  # type: ignore[arg-type]  # a word of the list
    assert report.cases == []
    ((life, opened),) = report.lives
    assert (life.noun, life.name, life.place) == (noun, name, place)
    assert opened == ("closed" if noun == "record" else "")
    assert report.signatures >= 5
    assert report.size == len(LOG.bodies)


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_one_is_found_out(tmp_path: Path, what: str) -> None:
    make, wanted, _ = SPOILT[what]
    assert codes(look(make(LOG), tmp_path)) == wanted


def test_what_lacks_unseen(tmp_path: Path) -> None:
    """What a bundle cannot show, so that nobody believes it does: its end, and what takes the blank nowhere."""
    whole = of_blank(LOG)
    for lacks in (
        whole.without("card.handed_over"),
        whole.without("card.handed_over").without("card.checked"),
        whole.without("blanks.moved", 2).without("blanks.moved", 2),
    ):
        assert look(lacks.content, tmp_path).cases == []


def test_a_fork_shows_between_two_files(tmp_path: Path) -> None:
    other = of_blank(ended_otherwise(LOG, "card.handed_over", {"attempt": "a1", "receiver": "proxy"}, BUDI))
    for name, made in (("one", of_blank(LOG)), ("two", other)):
        write(tmp_path / f"{name}.tlog-proofs", made.content)
        assert verify_proofs([tmp_path / f"{name}.tlog-proofs"], Trust((read_key(LOG.vkey),))).cases == []
    both = verify_proofs(sorted(tmp_path.iterdir()), Trust((read_key(LOG.vkey),)))
    assert codes(both) == {"fork"}


def test_the_right_person_signs_for_a_card_that_went_through_their_own_hands(tmp_path: Path) -> None:
    told = Told()
    told.begin()
    told.stock()
    told.shift()
    told.record(1)
    told.start(1)
    told.say("attempt.spoiled", {"attempt": "a1", "to": "spoiled", "cause": "jam"}, SITI)
    assert codes(look(bundle(told, "blank", BLANK).content, tmp_path)) == {"own_card"}


def test_a_renewed_key_and_a_role_go_with_it(tmp_path: Path) -> None:
    """Whoever signed has another key and role by then: the bundle carries what says so."""
    told = lived()
    told.say("operator.role_set", {"name": BUDI, "role": "storekeeper"}, "ratna", "sari")
    told.move(1, 1, "store", "missing", "missing", BUDI, TONO)
    made = bundle(told, "blank", "K00077")
    assert b"role_set" not in b"".join(one.body for one in made.bundle.proofs)
    made = bundle(told, "blank", BLANK)
    assert any(b"role_set" in one.body for one in made.bundle.proofs)


# --- what opens a record ---


def opened(told: Told) -> Made:
    parts = b"".join(sha256(content).digest() for _, content in FILES)
    told.record(3, delivered=hmac.digest(OPENING, parts, "sha256").hex())
    return bundle(told, "record", "r3", OPENING)


def test_a_record_is_opened_by_its_files_alone(tmp_path: Path) -> None:
    made = opened(lived())
    for files, state, found in (
        ([], "open", set()),
        (FILES, "same", set()),
        (FILES[::-1], "same", set()),
        (FILES[:2], "open", {"record_other"}),
        ([*FILES[:2], ("r.png", b"another")], "open", {"record_other"}),
        ([("x.json", b"{ }"), *FILES[1:]], "open", {"record_other"}),
    ):
        report = look(made.content, tmp_path, files=files)
        assert (report.lives[0][1], codes(report)) == (state, found)


def test_another_opening_opens_nothing(tmp_path: Path) -> None:
    told = lived()
    made = opened(told)
    told.record(4, delivered="0" * 64)
    for content in (
        bundle(told, "record", "r3", bytes(32)).content,
        bundle(told, "record", "r4", OPENING).content,
        bundle(told, "record", "r1", OPENING).content,
    ):
        assert codes(look(content, tmp_path, files=FILES)) == {"record_other"}
    closed = bundle(told, "record", "r3").content
    assert codes(look(closed, tmp_path, files=FILES)) == {"record_closed"}
    assert look(made.content, tmp_path, files=FILES).cases == []


# --- single proofs ---


def test_people_who_signed_are_looked_at_where_their_keys_are_proved_too(tmp_path: Path) -> None:
    last = len(LOG.bodies) - 1
    where = tmp_path / "last.tlog-proof"
    write(where, proof(LOG, last).content(LOG.note()))
    trust = Trust((read_key(LOG.vkey),))
    alone = verify_proofs([where], trust)
    assert (alone.cases, alone.signatures, alone.unknown) == ([], 0, 1)
    for index in (0, *range(1, 6)):
        write(tmp_path / f"{index}.tlog-proof", proof(LOG, index).content(LOG.note()))
    together = verify_proofs(sorted(tmp_path.iterdir()), trust)
    assert (together.cases, together.signatures, together.unknown) == ([], 2 + 5 * 3 + 1, 0)
    forged = ended_otherwise(
        LOG, "card.checked", {"attempt": "a1", "quality": "good"}, BUDI, keys={BUDI: SigningKey(bytes(32))}
    )
    for index in (0, *range(1, 6), last):
        name = "last" if index == last else str(index)
        write(tmp_path / f"{name}.tlog-proof", proof(forged, index).content(forged.note()))
    assert codes(verify_proofs(sorted(tmp_path.iterdir()), trust)) == {"signature_here"}


# --- the reader ---

GOOD = opened(lived()).content[:1500]


@given(
    st.binary()
    | st.tuples(st.integers(0, 300), st.integers(0, 40), st.binary(max_size=40)).map(
        lambda told: GOOD[: told[0]] + told[2] + GOOD[told[0] + told[1] :]
    )
    | st.lists(st.sampled_from([bundles.HEADER, b"blank K1", b"record r", b"opening AA==", b"", bundles.PROOF])).map(
        b"\n".join
    )
)
def test_whatever_is_read_is_a_bundle_or_refused(content: bytes) -> None:
    try:
        found = read_bundle(content)
    except BundleError:
        return
    assert is_proof(content)
    assert found.noun in ("blank", "job", "record")
    assert len(found.opening) in (0, 32)
    assert content.endswith(b"".join(found.proofs))
    assert all(one.startswith(bundles.PROOF) for one in found.proofs)
