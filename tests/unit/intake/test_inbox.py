"""The inbox: a record enters whole or not at all, once, and nobody reads it from the disk."""

import base64
import hashlib
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from printd.cli.remedies import sentence
from printd.client import client
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import ConfigError, IntegrityError, Refused
from printd.intake.findings import RecordRefused
from printd.intake.inbox import Inbox, Parcel
from printd.intake.record import PrintReadyRecord
from printd.intake.warnings import WARNINGS
from printd.printing.faces import undrawable
from printd.shop.vault import unseal
from printd.store import log, records
from printd.store.tables.records import record_secret
from support.intake_help import (
    KNOWN_DISTRICT,
    accept,
    deliver,
    document,
    inbox,
    new_shop,
    opened,
    parcel,
    people,
    print_card,
    secrets_of,
    signer,
    state,
    state_of,
)
from support.people import FIRST, person

ANNA, OTHER = people()[0], people()[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_shop(tmp_path / "shop")


def codes(refused: pytest.ExceptionInfo[RecordRefused]) -> list[str]:
    return sorted(one.code for one in refused.value.findings if one.severity == "error")


def job(desk: Desk, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = perform(desk, "jobs.show", {"job": job_id})
    return found


def test_a_record_comes_back_out_of_the_books_as_it_came(folder: Path) -> None:
    with opened(folder) as desk:
        accepted = accept(desk, ANNA)
        with desk.shop.store.reading() as connection:
            row = records.record_secret_of(connection, accepted.record)
        assert row is not None
        key = desk.shop.vault.unwrap(row["wrapped_key"], accepted.record)
        fields = PrintReadyRecord.from_json(unseal(key, row["fields"], f"fields:{accepted.record}"))
        assert fields.nik == ANNA.fields["NIK"]
        assert fields.nama == ANNA.fields["NAMA_LGKP"]
        assert unseal(key, row["photo"], f"photo:{accepted.record}") == ANNA.photo_jpeg
        assert row["signature"] is not None
        assert unseal(key, row["signature"], f"signature:{accepted.record}") == ANNA.signature_png


def test_a_record_without_warnings_is_queued_at_once(tmp_path: Path) -> None:
    with opened(new_shop(tmp_path / "shop", KNOWN_DISTRICT)) as desk:
        accepted = accept(desk, ANNA)
        assert accepted.warnings == ()
        assert job(desk, accepted.job)["state"] == "queued"


def test_warnings_travel_and_hold_the_job_until_somebody_answers(folder: Path) -> None:
    with opened(folder) as desk:
        accepted = accept(desk, ANNA, TGL_LHR="1977-07-07")
        assert {"nik_unknown_district", "nik_date_mismatch"} <= set(accepted.warnings)
        held = job(desk, accepted.job)
        assert (held["state"], held["held_because"]) == ("held", "warnings")
        with pytest.raises(Refused) as wrong_act:
            perform(desk, "jobs.release", {"job": accepted.job, "by": signer("ani")})
        assert f"records acknowledge {accepted.record[:8]}" in sentence(wrong_act.value.remedy)
        perform(desk, "records.acknowledge", {"record": accepted.record, "by": person(FIRST)})
        assert job(desk, accepted.job)["state"] == "queued"
        shown = perform(desk, "records.show", {"record": accepted.record})
        assert shown["acknowledged_by"] == FIRST
        assert set(shown["warnings"].split()) == set(accepted.warnings)


def test_a_background_of_the_wrong_colour_is_a_warning(folder: Path) -> None:
    year = int(str(ANNA.fields["TGL_LHR"])[:4])
    other = next(one for one in people() if (int(str(one.fields["TGL_LHR"])[:4]) - year) % 2)
    with opened(folder) as desk:
        accepted = inbox(desk).accept(Parcel(document(ANNA), other.photo_jpeg), "test")
        assert "photo_background" in accepted.warnings


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"NIK": "5371990000000001"}, "nik_day"),
        ({"NAMA_LGKP": ""}, "missing"),
        ({"EKTP_STATUS": "PRINTED_LONG_AGO"}, "status_not_printable"),
        ({"EKTP_STATUS": ""}, "status_not_printable"),
        ({"EKTP_STATUS": "DUPLICATE_RECORD"}, "status_not_printable"),
        ({"reason": "baru", "EKTP_STATUS": "CARD_ISSUED"}, "status_not_printable"),
    ],
)
def test_errors_stop_a_record_and_leave_nothing(folder: Path, changes: dict[str, Any], code: str) -> None:
    before = state(folder)
    with opened(folder) as desk, pytest.raises(RecordRefused) as refused:
        accept(desk, ANNA, **changes)
    assert code in codes(refused)
    assert state(folder) == before


@pytest.mark.parametrize(
    ("changes", "fields", "letters"),
    [
        ({"NAMA_LGKP": "CONTOH \u6f22 SATU"}, ["nama"], ["'\u6f22' (U+6F22)"]),
        ({"ALAMAT": "JL. \u0e01 NO. 1"}, ["alamat"], ["'\u0e01' (U+0E01)"]),
        ({"TMPT_LHR": "KU\u30ab PANG"}, ["tempat_lahir"], ["'\u30ab' (U+30AB)"]),
        ({"KEL_NAME": "\u6f22\u5b57"}, ["kel_name"], ["(U+6F22)"]),
        (
            {"NAMA_LGKP": "CONTOH \u6f22", "ALAMAT": "JL. \u0e01", "KEC_NAME": "KOTA \u5b57"},
            ["alamat", "kec_name", "nama"],
            ["(U+6F22)", "(U+0E01)", "(U+5B57)"],
        ),
        ({"ALAMAT": "JL. WIJAYAKUSUMAWARDHANAMANGKUBUMIWIDYADININGRAT" * 2}, ["alamat"], ["too long for its place"]),
    ],
)
def test_what_cannot_stand_on_the_card_is_told_at_intake_by_field_and_letter(
    folder: Path, changes: dict[str, Any], fields: list[str], letters: list[str]
) -> None:
    with opened(folder) as desk:
        before = state_of(desk.shop.store)
        with pytest.raises(RecordRefused) as refused:
            accept(desk, ANNA, **changes)
        errors = [one for one in refused.value.findings if one.severity == "error"]
        assert sorted(one.field for one in errors) == fields
        assert {one.code for one in errors} == {"cannot_be_drawn"}
        told = " ".join(one.message for one in errors)
        assert all(f"The field {field} " in told for field in fields)
        assert all(letter in told for letter in letters)
        assert not [text for text in (*secrets_of(ANNA), *map(str, changes.values())) if text in told]
        assert state_of(desk.shop.store) == before


def saved(photo: Image.Image, quality: int = 88) -> bytes:
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=quality)
    return file.getvalue()


def test_names_with_every_latin_mark_enter(folder: Path) -> None:
    with opened(folder) as desk:
        name = "SITI NURJ\u0100N\u00c9 \u015eULAW\u0118\u1e62I \u1eaeNH-\u01faS DJA\u2019AFAR"
        accepted = accept(desk, ANNA, NAMA_LGKP=name)
        assert accepted.warnings == ("name_letters", "nik_unknown_district")
        assert undrawable(desk.shop, accepted.record) == ""


def test_a_poor_photo_enters_with_a_warning_that_says_what_to_do(folder: Path) -> None:
    whole = Image.open(io.BytesIO(ANNA.photo_jpeg))
    poor = {
        "photo_few_dots": saved(whole.resize((60, 80))),
        "photo_grey": saved(whole.convert("L")),
        "photo_compressed": saved(whole, quality=5),
        "": saved(whole.resize((160, 206)), quality=30),
    }
    with opened(folder) as desk:
        for code, photo in poor.items():
            accepted = inbox(desk).accept(Parcel(document(ANNA), photo, ANNA.signature_png), "test")
            assert [one for one in accepted.warnings if one.startswith("photo_")] == [code] * bool(code)
            assert undrawable(desk.shop, accepted.record) == ""
            perform(desk, "jobs.cancel", {"job": accepted.job, "by": signer("ani")})
    assert {*poor, "photo_background"} - {""} == {code for code in WARNINGS if code.startswith("photo_")}


def test_pictures_that_cannot_stand_on_the_card_are_told_at_intake(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their jobs would be held at the printer, released since a specimen can be drawn, and held again."""
    square, blank, black = Image.new("RGB", (400, 400), "red"), io.BytesIO(), io.BytesIO()
    Image.new("L", (400, 120), 255).save(blank, "PNG")
    Image.new("L", (400, 120), 0).save(black, "PNG")
    with opened(folder) as desk:
        before = state_of(desk.shop.store)
        for photo, signature, code, why in (
            (saved(square), ANNA.signature_png, "cannot_be_drawn", "cut away more than 10%"),
            (ANNA.photo_jpeg, blank.getvalue(), "signature_strokes", "shows no strokes"),
            (ANNA.photo_jpeg, black.getvalue(), "signature_strokes", "shows no strokes"),
        ):
            with pytest.raises(RecordRefused) as refused:
                inbox(desk).accept(Parcel(document(ANNA), photo, signature), "test")
            assert (codes(refused), why in str(refused.value)) == ([code], True)
        assert state_of(desk.shop.store) == before
        monkeypatch.setattr("printd.intake.inbox.misplaced", lambda *_: [])  # as an earlier version took it in
        accepted = inbox(desk).accept(Parcel(document(ANNA), saved(square), None), "test")
        assert "cut away more than 10%" in undrawable(desk.shop, accepted.record)


def test_a_layout_that_cannot_say_what_a_card_needs_is_told_at_intake(tmp_path: Path) -> None:
    folder = new_shop(tmp_path / "shop", '[printing]\nlayout = "ktp_el_preprinted"\n')
    with opened(folder) as desk:
        with pytest.raises(RecordRefused) as refused:
            accept(desk, ANNA, AGAMA="7")
        assert codes(refused) == ["cannot_be_drawn"]
        assert "already carries the label of agama" in str(refused.value)


@pytest.mark.parametrize(
    ("change", "word"),
    [(("fonts", "/nowhere/fonts"), ""), (("place_of_issue", "KOTA \u6f22"), "office.place_of_issue")],
)
def test_what_the_office_set_wrong_is_no_record_s_fault(folder: Path, change: tuple[str, str], word: str) -> None:
    section = "printing" if change[0] == "fonts" else "office"
    with opened(folder) as desk:
        config = desk.shop.config
        changed = getattr(config, section).model_copy(update=dict([change]))
        desk.shop.config = config.model_copy(update={section: changed})
        if not word:  # the fonts that come with printd are found all the same
            assert accept(desk, ANNA, tempat_terbit="").record
            return
        with pytest.raises(ConfigError) as wrong:
            accept(desk, ANNA, tempat_terbit="")
        assert word in sentence(wrong.value.remedy)
        assert accept(desk, ANNA, tempat_terbit="KUPANG").record


def test_an_unknown_reason_stops_a_record(folder: Path) -> None:
    with opened(folder) as desk, pytest.raises(RecordRefused) as refused:
        accept(desk, ANNA, reason="untuk_iseng")
    assert any(one.field == "reason" for one in refused.value.findings)


def test_the_office_says_which_reasons_and_statuses_it_prints(tmp_path: Path) -> None:
    folder = new_shop(tmp_path / "shop", '[intake.printable]\nrusak = ["CARD_ISSUED"]\n')
    with opened(folder) as desk:
        with pytest.raises(RecordRefused) as other_reason:
            accept(desk, ANNA, reason="baru")
        with pytest.raises(RecordRefused) as other_status:
            accept(desk, ANNA, reason="rusak", EKTP_STATUS="PRINT_READY_RECORD")
        assert (codes(other_reason), codes(other_status)) == (["reason_not_printable"], ["status_not_printable"])
        assert "CARD_ISSUED" in str(other_status.value)
        assert accept(desk, ANNA, reason="rusak", EKTP_STATUS="CARD_ISSUED").job


def test_the_remote_status_is_kept_as_it_was_written(folder: Path) -> None:
    with opened(folder) as desk:
        accepted = accept(desk, ANNA, EKTP_STATUS="Print Ready Record", reason="baru")
        assert perform(desk, "records.show", {"record": accepted.record})["remote_status"] == "Print Ready Record"


def test_pictures_inside_the_record_do_as_well(folder: Path) -> None:
    inline = document(ANNA, foto=base64.b64encode(ANNA.photo_jpeg).decode())
    with opened(folder) as desk:
        assert inbox(desk).accept(Parcel(inline), "test").record
        with pytest.raises(RecordRefused) as refused:
            inbox(desk).accept(Parcel(document(OTHER)), "test")
        assert codes(refused) == ["photo_missing"]


def test_all_that_is_wrong_with_the_pictures_is_told_at_once(folder: Path) -> None:
    with opened(folder) as desk, pytest.raises(RecordRefused) as refused:
        inbox(desk).accept(Parcel(document(ANNA, EKTP_STATUS="?"), b"no photo", b"no signature"), "test")
    assert codes(refused) == ["photo_format", "signature_format", "status_not_printable"]


def test_the_same_record_does_not_enter_twice(folder: Path) -> None:
    with opened(folder) as desk:
        first = accept(desk, ANNA)
        before = state(folder)
        with pytest.raises(RecordRefused) as refused:
            accept(desk, ANNA)
        assert codes(refused) == ["record_known"]
        assert first.record[:8] in str(refused.value)
        assert state(folder) == before


def test_the_same_record_in_other_words_does_not_enter_twice(folder: Path) -> None:
    with opened(folder) as desk:
        accept(desk, ANNA)
        other_spelling = document(ANNA, drop=("NAMA_LGKP",), nama=str(ANNA.fields["NAMA_LGKP"]).lower(), more=1)
        with pytest.raises(RecordRefused) as refused:
            inbox(desk).accept(Parcel(other_spelling, ANNA.photo_jpeg, ANNA.signature_png), "test")
        assert codes(refused) == ["record_known"]


def test_a_second_record_of_one_number_waits_for_the_first_to_end(folder: Path) -> None:
    with opened(folder) as desk:
        deliver(desk)
        first = accept(desk, ANNA)
        changed = {"ALAMAT": "JL. LAIN NO. 2"}
        for act in ("acknowledge", "cancel"):
            with pytest.raises(RecordRefused) as refused:
                accept(desk, ANNA, **changed)
            assert codes(refused) == ["nik_has_live_job"]
            assert first.job[:8] in str(refused.value)
            if act == "acknowledge":
                perform(desk, "records.acknowledge", {"by": signer("ani")})
            else:
                perform(desk, "jobs.cancel", {"job": first.job, "by": signer("ani")})
        second = accept(desk, ANNA, **changed)
        perform(desk, "records.acknowledge", {"by": signer("ani")})
        print_card(desk, second.job, "KPG0000001")
        perform(desk, "jobs.check", {"job": second.job, "quality": "good", "by": signer("budi")})
        with pytest.raises(RecordRefused):
            accept(desk, ANNA, ALAMAT="JL. KETIGA NO. 3")
        perform(
            desk, "jobs.hand_over", {"job": second.job, "by": signer("budi"), "receiver": "holder", "old_card": "none"}
        )
        third = accept(desk, ANNA, ALAMAT="JL. KETIGA NO. 3")
        assert len({first.job, second.job, third.job}) == 3


def test_a_record_of_a_cancelled_job_does_not_come_back_unchanged(folder: Path) -> None:
    with opened(folder) as desk:
        first = accept(desk, ANNA)
        perform(desk, "jobs.cancel", {"job": first.job, "by": signer("ani")})
        with pytest.raises(RecordRefused) as refused:
            accept(desk, ANNA)
        assert codes(refused) == ["record_known"]


@pytest.mark.parametrize(("hour", "enters"), [(17, True), (15, False)])
def test_today_is_the_office_s_day(folder: Path, hour: int, enters: bool) -> None:
    """At 17 hours UTC it is the next day in Makassar, at 15 hours it is not."""
    with opened(folder) as desk:
        desk.shop.books.clock = lambda: datetime(2026, 11, 23, hour, tzinfo=UTC)
        born = {"TGL_LHR": date(2026, 11, 24).isoformat()}
        if enters:
            assert accept(desk, ANNA, **born).record
        else:
            with pytest.raises(RecordRefused) as refused:
                accept(desk, ANNA, **born)
            assert codes(refused) == ["date_range"]


def forms(text: str) -> dict[str, bytes]:
    """A text in the clothes in which it could lie about."""
    raw = text.encode()
    found = {
        "plain": raw,
        "lower": text.lower().encode(),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "utf-16": text.encode("utf-16-le"),
        "utf-16be": text.encode("utf-16-be"),
        "reversed": raw[::-1],
    }
    for shift in range(3):  # base64 of the text at any place in a longer one
        inside = base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]
        found[f"base64+{shift}"] = inside
        found[f"base64url+{shift}"] = inside.replace(b"+", b"-").replace(b"/", b"_")
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, raw, usedforsecurity=False).digest()
        found |= {
            name: digest[:16],
            f"{name} hex": digest.hex()[:32].encode(),
            f"{name} base64": base64.b64encode(digest)[:20],
            f"{name} base64url": base64.urlsafe_b64encode(digest)[:20],
        }
    return found


def pieces(data: bytes) -> dict[str, bytes]:
    """Pieces out of the middle of a picture, in the clothes in which they could lie about."""
    middle = data[len(data) // 2 :][:48]
    return {
        "plain": middle,
        "hex": middle.hex().encode(),
        **{f"base64+{n}": base64.b64encode(middle[n:])[:40] for n in range(3)},
    }


def told(folder: Path, texts: list[str], pictures: list[bytes]) -> list[str]:
    """Name the form and the file in which something of a person can be read."""
    everything = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert any(name.endswith(".sqlite-wal") and data for name, data in everything.items())  # looked at while open
    marks = {f"text {n} {name}": form for n, text in enumerate(texts) for name, form in forms(text).items()}
    marks |= {f"picture {n} {name}": form for n, one in enumerate(pictures) for name, form in pieces(one).items()}
    marks |= {"JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF", "PNG": b"\x89PNG\r\n", "JFIF": b"JFIF\0"}
    return [f"{mark} in {name}" for mark, form in marks.items() for name, data in everything.items() if form in data]


def test_nothing_of_a_person_lies_readable_on_the_disk(folder: Path) -> None:
    with opened(folder) as desk:
        for person in people()[:5]:
            accept(desk, person)
        box = inbox(desk)
        refused = parcel(people()[6], NIK="5371990000000001")
        with pytest.raises(RecordRefused) as why:
            box.accept(refused, "test")
        assert refused.photo is not None
        box.quarantine({"record.json": refused.document, "photo.jpg": refused.photo}, why.value.findings)
        perform(desk, "records.acknowledge", {"by": signer("ani")})
        texts = [text for person in (*people()[:5], people()[6]) for text in secrets_of(person)]
        pictures = [picture for one in people()[:7] for picture in (one.photo_jpeg, one.signature_png)]
        assert told(folder, [*texts, "5371990000000001"], pictures) == []


def test_the_look_for_readable_data_finds_what_is_there(folder: Path) -> None:
    """The test above would notice: here the disk holds one record as it must not."""
    with opened(folder) as desk:
        accept(desk, OTHER)
        nik = str(ANNA.fields["NIK"])
        (folder / "leak").write_bytes(b"xx" + base64.b64encode(b"{" + nik.encode() + b"}") + b"yy")
        (folder / "leak2").write_bytes(hashlib.sha256(nik.encode()).hexdigest().encode() + ANNA.photo_jpeg)
        found = told(folder, secrets_of(ANNA), [ANNA.photo_jpeg])
    assert any("base64" in one for one in found)
    assert any("sha256 hex" in one for one in found)
    assert any("JPEG" in one for one in found)
    assert any("picture 0 plain" in one for one in found)


def test_nothing_of_a_person_is_in_the_log(folder: Path) -> None:
    with opened(folder) as desk:
        for person in people()[:5]:
            accept(desk, person, TGL_LHR="1977-07-07")
        with desk.shop.store.reading() as connection:
            entries = b"\n".join(body for _, body, _ in log.entries(connection))
    assert b"record.accepted" in entries
    for person in people()[:5]:
        for text in (*secrets_of(person), "1977-07-07"):
            assert [name for name, form in forms(text).items() if form in entries] == []


def swap(desk: Desk, values: dict[str, dict[str, Any]]) -> None:
    with desk.shop.store.writing() as connection:
        for record, columns in values.items():
            connection.execute(record_secret.update().where(record_secret.c.record_id == record).values(**columns))


def rows(desk: Desk) -> dict[str, Any]:
    with desk.shop.store.reading() as connection:
        return {row.record_id: row for row in connection.execute(sa.select(record_secret))}


def read(desk: Desk, record: str, column: str) -> bytes:
    row = rows(desk)[record]
    return unseal(desk.shop.vault.unwrap(row.wrapped_key, record), getattr(row, column), f"{column}:{record}")


def test_sealed_pieces_do_not_open_in_another_s_place(folder: Path) -> None:
    with opened(folder) as desk:
        one, two = (accept(desk, person).record for person in (ANNA, OTHER))
        kept = rows(desk)
        for columns in (
            {"fields": kept[two].fields},
            {"fields": kept[one].photo},
            {"fields": kept[two].fields, "wrapped_key": kept[two].wrapped_key},
            {"wrapped_key": kept[two].wrapped_key},
            {"wrapped_key": b""},
            {"fields": b""},
        ):
            swap(desk, {one: columns})
            with pytest.raises(IntegrityError):
                read(desk, one, "fields")
            swap(desk, {one: {"fields": kept[one].fields, "wrapped_key": kept[one].wrapped_key}})
        assert str(ANNA.fields["NIK"]).encode() in read(desk, one, "fields")
        assert read(desk, two, "photo") == OTHER.photo_jpeg


def test_without_its_wrapped_key_a_record_is_gone_and_the_books_still_hold(folder: Path) -> None:
    with opened(folder) as desk:
        one, two = (accept(desk, person).record for person in (ANNA, OTHER))
        swap(desk, {one: {"wrapped_key": b""}})
        for column in ("fields", "photo", "signature"):
            with pytest.raises(IntegrityError):
                read(desk, one, column)
        assert read(desk, two, "signature") == OTHER.signature_png
    assert len(client.call(folder, "records.list", {})["records"]) == 2


def test_a_quarantined_parcel_does_not_open_as_another(folder: Path) -> None:
    with opened(folder) as desk:
        box: Inbox = inbox(desk)
        first = box.quarantine({"record.json": b"one"}, ())
        second = box.quarantine({"record.json": b"two"}, ())
        from printd.store.tables.records import quarantine

        with desk.shop.store.writing() as connection:
            row = connection.execute(sa.select(quarantine).where(quarantine.c.id == second)).one()
            connection.execute(
                quarantine.update().where(quarantine.c.id == first).values(files=row.files, wrapped_key=row.wrapped_key)
            )
        with pytest.raises(IntegrityError):
            box.restore(first)
        assert box.restore(second) == {"record.json": b"two"}
