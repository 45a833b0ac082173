"""Acts on records: what people see of them, without the people in them."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from printd.cli.remedies import sentence
from printd.demo.people import Person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import ParcelRefused, Refused
from printd.intake.findings import RecordRefused
from printd.intake.inbox import Parcel
from printd.store import log
from printd.words.roles import Role
from support.intake_help import (
    KNOWN_DISTRICT,
    document,
    inbox,
    new_shop,
    opened,
    people,
    secrets_of,
    signer,
    state_of,
)
from support.people import OF_INTAKE as PASSPHRASE
from support.people import enrol

ANNA, OTHER = people()[0], people()[1]

ANI = signer("ani")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(new_shop(tmp_path / "shop")) as desk:
        yield desk


def sent(person: Person, **changes: Any) -> dict[str, Any]:
    return {
        "document": b64encode(document(person, **changes)).decode(),
        "photo": b64encode(person.photo_jpeg).decode(),
        "signature": b64encode(person.signature_png).decode(),
    }


def bring(desk: Desk, person: Person, **changes: Any) -> dict[str, Any]:
    done: dict[str, Any] = perform(desk, "records.import", {"parcel": sent(person, **changes), "by": signer("ani")})
    return done


def quarantine(desk: Desk, files: dict[str, bytes]) -> str:
    with pytest.raises(RecordRefused) as refused:
        inbox(desk).accept(Parcel(files["record.json"], files.get("photo.jpg")), "test")
    return inbox(desk).quarantine(files, refused.value.findings)


def entries(desk: Desk) -> bytes:
    with desk.shop.store.reading() as connection:
        return b"\n".join(body for _, body, _ in log.entries(connection))


def test_a_record_is_brought_in_and_listed_without_its_person(desk: Desk) -> None:
    done = bring(desk, ANNA)
    shown = perform(desk, "records.show", {"record": done["record"][:8]})
    (listed,) = perform(desk, "records.list", {})["records"]
    assert shown["job"]["id"] == listed["job"] == done["job"]
    assert listed["job_state"] == "held"
    assert listed["source"] == "import"
    told = repr((done, shown, listed)).encode() + entries(desk)
    assert not [text for text in secrets_of(ANNA) if text.encode() in told]


def test_a_list_has_as_many_records_as_it_was_asked_for(desk: Desk) -> None:
    for person in people()[:4]:
        bring(desk, person)
    assert len(perform(desk, "records.list", {"limit": 3})["records"]) == 3


def test_a_refused_record_says_everything_that_is_wrong_and_leaves_nothing(desk: Desk) -> None:
    before = state_of(desk.shop.store)
    with pytest.raises(ParcelRefused) as refused:
        bring(desk, ANNA, NIK="5371990000000001", TGL_LHR="yesterday", NAMA_LGKP="")
    for field in ("identity number", "tgl_lahir", "nama"):
        assert field in refused.value.why
    assert refused.value.consequence
    assert sentence(refused.value.remedy)
    assert not [text for text in (*secrets_of(ANNA), "5371990000000001", "yesterday") if text in str(refused.value)]
    assert state_of(desk.shop.store) == before


def test_only_a_bad_record_is_a_refused_parcel(desk: Desk) -> None:
    """What stands against every record is another error, so that an import of many stops at once."""
    with pytest.raises(Refused) as refused:
        perform(desk, "records.import", {"parcel": sent(ANNA), "by": signer("nobody")})
    assert not isinstance(refused.value, ParcelRefused)


def test_one_answers_for_one_record_or_for_all(desk: Desk) -> None:
    first, second, third = (bring(desk, person) for person in people()[:3])
    one = perform(desk, "records.acknowledge", {"record": second["record"][:8], "by": signer("budi")})
    assert one["acknowledged"] == [second["record"]]
    done = perform(desk, "records.acknowledge", {"by": signer("ani")})["acknowledged"]
    assert sorted(done) == sorted([first["record"], third["record"]])
    answered = {row["id"]: row["acknowledged_by"] for row in perform(desk, "records.list", {})["records"]}
    assert answered == {first["record"]: "ani", second["record"]: "budi", third["record"]: "ani"}
    assert perform(desk, "records.acknowledge", {"by": signer("ani")})["acknowledged"] == []
    with pytest.raises(Refused):
        perform(desk, "records.acknowledge", {"record": first["record"], "by": signer("ani")})


@pytest.mark.parametrize("change", [{"TGL_LHR": "1970-01-31"}, {"JENIS_KLMIN": "swap"}])
def test_a_nik_that_contradicts_the_record_is_a_supervisors_to_answer_for(desk: Desk, change: dict[str, Any]) -> None:
    if change == {"JENIS_KLMIN": "swap"}:
        change = {"JENIS_KLMIN": "LAKI-LAKI" if ANNA.fields["JENIS_KLMIN"] in (2, "2", "PEREMPUAN") else "PEREMPUAN"}
    contrary, plain = bring(desk, ANNA, **change), bring(desk, people()[1])
    assert any(code in contrary["warnings"] for code in ("nik_date_mismatch", "nik_sex_mismatch"))
    with pytest.raises(Refused) as refused:
        perform(desk, "records.acknowledge", {"record": contrary["record"], "by": signer("ani")})
    assert "supervisor" in sentence(refused.value.remedy)
    done = perform(desk, "records.acknowledge", {"by": signer("ani")})
    assert done == {"acknowledged": [plain["record"]], "left_to_others": [contrary["record"]]}
    assert perform(desk, "jobs.show", {"job": contrary["job"]})["state"] == "held"
    enrol(desk, "chief", Role.SUPERVISOR, PASSPHRASE)
    assert perform(desk, "records.acknowledge", {"by": signer("chief")})["acknowledged"] == [contrary["record"]]
    assert perform(desk, "jobs.show", {"job": contrary["job"]})["state"] == "queued"


def test_what_never_had_warnings_cannot_be_answered_for(tmp_path: Path) -> None:
    with opened(new_shop(tmp_path / "shop", KNOWN_DISTRICT)) as desk:
        done = bring(desk, ANNA)
        with pytest.raises(Refused):
            perform(desk, "records.acknowledge", {"record": done["record"], "by": signer("ani")})


def test_an_answer_after_the_job_was_cancelled_does_not_wake_it(desk: Desk) -> None:
    done = bring(desk, ANNA)
    perform(desk, "jobs.cancel", {"job": done["job"], "by": signer("ani")})
    perform(desk, "records.acknowledge", {"by": signer("ani")})
    assert perform(desk, "jobs.show", {"job": done["job"]})["state"] == "cancelled"


def test_a_quarantined_record_is_listed_given_back_and_erased(desk: Desk) -> None:
    files = {
        "record.json": document(ANNA, NIK="5371990000000001"),
        "photo.jpg": ANNA.photo_jpeg,
        "x": bytes(range(256)),
    }
    number = quarantine(desk, files)
    quarantine(desk, {"record.json": b"{"})
    listed = perform(desk, "records.quarantined", {})
    assert {row["id"] for row in listed} > {number}
    assert all(set(row) == {"id", "received_at", "codes", "message"} for row in listed)
    assert not [text for text in secrets_of(ANNA) if text in repr(listed)]
    back = perform(desk, "records.restore", {"quarantine": number[:8], "by": ANI})
    assert b'"kind":"record.restored"' in entries(desk), "who read it is booked"
    assert {name: b64decode(data) for name, data in back.items()} == files
    assert perform(desk, "records.dismiss", {"quarantine": number[:8], "by": signer("ani")}) == {"dismissed": number}
    for act in ("restore", "dismiss"):
        with pytest.raises(Refused, match="quarantined record"):
            perform(desk, f"records.{act}", {"quarantine": number, "by": ANI})
    assert len(perform(desk, "records.quarantined", {})) == 1
    assert number.encode() in entries(desk)
    assert not [text for text in secrets_of(ANNA) if text.encode() in entries(desk)]


@pytest.mark.parametrize(
    ("act", "by"),
    [
        ("restore", {"name": "nobody", "passphrase": PASSPHRASE}),
        ("restore", {"name": "ani", "passphrase": "wrong"}),
        ("restore", {"name": "ani"}),
        ("dismiss", {"name": "nobody", "passphrase": PASSPHRASE}),
        ("dismiss", {"name": "ani", "passphrase": "wrong"}),
        ("dismiss", {"name": "ani"}),
    ],
)
def test_a_stranger_gets_nothing_out_of_the_quarantine(desk: Desk, act: str, by: dict[str, str]) -> None:
    number = quarantine(desk, {"record.json": b"{"})
    before = state_of(desk.shop.store)
    with pytest.raises(Refused) as refused:
        perform(desk, f"records.{act}", {"quarantine": number, "by": by})
    assert refused.value.what == f"{by['name']} did not prove who they are."
    assert state_of(desk.shop.store) == before
