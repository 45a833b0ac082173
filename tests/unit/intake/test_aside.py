"""What lies in the spool in clear ends too: when its time has come, and when its person asks."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from printd import durable
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.intake import purge
from printd.intake.sources import aside, spool
from printd.intake.sources.spool import Spool
from support.deliberate import line, notices
from support.ended import RATNA, handed_over, seen, staffed
from support.intake_help import KNOWN_DISTRICT, document, new_shop, opened, people, signer
from support.workday import entries

ANNA, BENNY = people()[1], people()[3]
NIK = str(ANNA.fields["NIK"])
WHO = {"by": RATNA, "second": signer("ani")}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(new_shop(tmp_path / "shop", KNOWN_DISTRICT)) as desk:
        yield staffed(desk)


def lies(desk: Desk) -> set[str]:
    """Return the files that lie anywhere in the spool, without the random names of deliveries."""
    files = [one for one in desk.shop.spool.rglob("*") if one.is_symlink() or one.is_file()]
    return {one.name for one in files}


def set_aside(desk: Desk, place: str, name: str, content: bytes) -> Path:
    folder = desk.shop.spool / place / name
    folder.mkdir(parents=True)
    (folder / "record.json").write_bytes(content)
    (folder / "record.jpg").write_bytes(BENNY.photo_jpeg)
    return folder


@notices(
    {
        "what is set aside is not looked through": line(aside.of_person, "*_set_aside(spool), ", ""),
        "what was never finished is not looked through": line(aside.of_person, "*_unfinished(spool), ", ""),
        "a picture stays where its record goes": line(aside.of_person, "if one.stem in theirs", "if found[one]"),
    }
)
def test_whoever_asks_is_erased_from_the_spool_too(desk: Desk) -> None:
    handed_over(desk, ANNA, 1)
    large = json.dumps({**ANNA.fields, "more": "x" * (3 << 20)})
    set_aside(desk, aside.TOO_LARGE, "0123", large.encode("utf-16"))
    set_aside(desk, aside.UNREADABLE, "4567", document(BENNY))
    (desk.shop.spool / "half.tmp").write_bytes(document(ANNA))
    (desk.shop.spool / "half.png").write_bytes(ANNA.signature_png)
    (desk.shop.spool / f"{NIK}.jpg").write_bytes(ANNA.photo_jpeg)
    (desk.shop.spool / "other.jpg").write_bytes(BENNY.photo_jpeg)
    done = perform(desk, "records.erase", {"nik": NIK, **WHO})
    assert (done["counts"], done["aside"], done["shut"], done["left"]) == ({"record": 1}, 4, 0, False)
    assert lies(desk) == {"record.json", "record.jpg", "other.jpg"}, "the other's stays"
    assert not list((desk.shop.spool / aside.TOO_LARGE).iterdir())
    (entry,) = entries(desk, "records.erased")
    assert entry.data["aside"] == 4
    assert seen(desk) == []


def test_somebody_of_whom_only_a_delivery_lies_there_is_erased(desk: Desk) -> None:
    set_aside(desk, aside.TOO_LARGE, "0123", document(ANNA))
    done = perform(desk, "records.erase", {"nik": NIK, **WHO})
    assert (done["counts"], done["aside"], done["months"]) == ({}, 1, [])
    assert not lies(desk)
    with pytest.raises(Refused, match="Nothing is kept"):
        perform(desk, "records.erase", {"nik": NIK, **WHO})


def test_whose_record_waits_in_the_spool_is_under_way(desk: Desk) -> None:
    handed_over(desk, ANNA, 1)
    (desk.shop.spool / "next.json").write_bytes(document(ANNA, ALAMAT="JALAN CONTOH DUA"))
    with pytest.raises(Refused, match="under way") as refused:
        perform(desk, "records.erase", {"nik": NIK, **WHO})
    assert "wait in the spool" in refused.value.why
    assert NIK not in str(refused.value)
    assert not entries(desk, "records.erased")
    assert lies(desk) == {"next.json"}


def test_what_nobody_can_look_through_is_told(desk: Desk) -> None:
    handed_over(desk, ANNA, 1)
    (desk.shop.spool / aside.UNREADABLE / "0123").mkdir(parents=True)
    (desk.shop.spool / aside.UNREADABLE / "0123" / "record.json").symlink_to("/nowhere")
    assert perform(desk, "records.erase", {"nik": NIK, **WHO})["shut"] == 1
    with pytest.raises(Refused, match="Nothing is kept") as refused:
        perform(desk, "records.erase", {"nik": NIK, **WHO})
    assert "cannot be looked through" in str(refused.value.remedy)


@notices({"what was never finished stays for ever": line(aside.due, "*_unfinished(spool)", "*()")})
def test_what_nobody_finished_delivering_goes_after_three_days(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lonely.jpg", "half.tmp", ".hidden.json", "waits.json", "waits.jpg", "waits.png"):
        (desk.shop.spool / name).write_bytes(ANNA.photo_jpeg)
    (desk.shop.spool / "folder").mkdir()
    (desk.shop.spool / "folder" / "mine.jpg").write_bytes(ANNA.photo_jpeg)
    assert purge.purge(desk.shop).aside == 0
    later = time.time() + aside.HOURS * 3600 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert perform(desk, "records.ends", {})["aside"] == 3
    assert purge.purge(desk.shop).aside == 3
    assert lies(desk) == {"waits.json", "waits.jpg", "waits.png", "mine.jpg"}


@notices({"it is only unlinked": line(spool._remove, "durable.overwrite(one)", "pass")})
def test_what_is_taken_in_is_overwritten_where_it_lay(desk: Desk) -> None:
    """Whoever holds the files open, as a disk holds their blocks, finds zeros."""
    opened_files = []
    for name, content in (("a.jpg", ANNA.photo_jpeg), ("a.png", ANNA.signature_png), ("a.json", document(ANNA))):
        (desk.shop.spool / name).write_bytes(content)
        opened_files.append(os.open(desk.shop.spool / name, os.O_RDONLY))
    time.sleep(0.35)  # nobody has written to it for a moment
    assert Spool(desk.shop).sweep() == 1
    for one in opened_files:
        content = os.pread(one, 1 << 20, 0)
        os.close(one)
        assert content
        assert not content.strip(b"\0")


def test_a_crash_while_it_is_overwritten_brings_no_record_of_zeros(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in (("a.jpg", ANNA.photo_jpeg), ("a.json", document(ANNA))):
        (desk.shop.spool / name).write_bytes(content)
    time.sleep(0.35)
    overwrite = durable.overwrite

    def power_cut(path: Path) -> None:
        overwrite(path)
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(durable, "overwrite", power_cut)
        with pytest.raises(KeyboardInterrupt):
            Spool(desk.shop).sweep()
    assert lies(desk)
    assert Spool(desk.shop).finish_claimed() == 0
    assert not lies(desk)
    assert perform(desk, "records.quarantined", {}) == []
