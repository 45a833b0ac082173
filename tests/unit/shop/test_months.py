"""Keys of months: made once, never taken for another's, destroyed for good, with what outlives them kept apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from printd.errors import AlteredError, IntegrityError
from printd.shop.months import FOLDER, MonthGoneError, Months, owner_of
from printd.shop.vault import Vault, month_of
from support.deliberate import line, notices

KEY = b"r" * 32
ANNA, BENNY = "5371996506990001", "5371996506990002"


@pytest.fixture
def months(tmp_path: Path) -> Months:
    return Months(tmp_path, KEY)


def test_a_month_has_one_key_which_lies_in_a_file_of_its_own(months: Months, tmp_path: Path) -> None:
    name = months.current("2026-11")
    assert months.current("2026-11") == name
    assert name.startswith("2026-11.")
    (path,) = (tmp_path / FOLDER).iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert months.current("2026-12") != name
    assert Months(tmp_path, KEY).key_for(name, "a") == months.key_for(name, "a")


def test_keys_differ_by_month_and_by_what_is_sealed(months: Months) -> None:
    one, two = months.current("2026-11"), months.current("2026-12")
    assert len({months.key_for(month, owner) for month in (one, two) for owner in ("a", "b")}) == 4
    assert months.tag(one, ANNA) != months.tag(one, BENNY)
    assert months.tag(one, ANNA).partition(":")[2] != months.tag(two, ANNA).partition(":")[2]
    assert ANNA not in months.tag(one, ANNA)


def test_a_file_that_was_altered_or_is_another_shops_opens_nothing(months: Months, tmp_path: Path) -> None:
    name = months.current("2026-11")
    with pytest.raises(AlteredError):
        Months(tmp_path, b"x" * 32).key_for(name, "a")
    other = months.current("2026-12")
    (tmp_path / FOLDER / f"{other}.key").write_bytes((tmp_path / FOLDER / f"{name}.key").read_bytes())
    with pytest.raises(AlteredError):
        months.key_for(other, "a")


@pytest.mark.parametrize("name", ["2026-10.00000000", "../keys/records", "", ".", "2026-11"])
def test_what_is_no_month_here_is_gone(months: Months, name: str) -> None:
    months.current("2026-11")
    with pytest.raises(MonthGoneError):
        months.key_for(name, "a")


@notices(
    {
        "everybody's keys are kept": line(Months.forget, "if owner not in gone", "if True"),
        "what is destroyed lies there still": line(Months.destroy, "if path.exists():", "if not path.exists():"),
    }
)
def test_what_is_kept_apart_outlives_its_month_and_ends_by_itself(months: Months, tmp_path: Path) -> None:
    name = months.current("2026-11")
    keys = {owner: months.key_for(name, owner) for owner in ("a", "b", "c")}
    assert months.keep_apart(name, [("record:a", ANNA), ("record:b", BENNY)]) == 2
    months.destroy(name)
    assert months.names() == []
    assert months.left_of() == [name]
    assert (months.key_for(name, "a"), months.key_for(name, "b")) == (keys["a"], keys["b"])
    with pytest.raises(MonthGoneError):
        months.key_for(name, "c")
    with pytest.raises(MonthGoneError):
        months.tag(name, ANNA)
    assert months.left_of_person(name, ANNA) == ("record:a",)
    months.forget(["record:a", "record:nobody"])
    with pytest.raises(MonthGoneError):
        months.key_for(name, "a")
    assert months.key_for(name, "b") == keys["b"]
    assert months.left_of_person(name, ANNA) == ()
    months.forget(["record:b"])
    assert list((tmp_path / FOLDER).iterdir()) == [], "nothing is left of it"


def test_a_month_that_is_made_again_is_another(months: Months) -> None:
    first = months.current("2026-11")
    months.destroy(first)
    assert months.current("2026-11") != first


def test_a_half_destroyed_key_opens_nothing(months: Months, tmp_path: Path) -> None:
    name = months.current("2026-11")
    path = tmp_path / FOLDER / f"{name}.key"
    path.write_bytes(bytes(path.stat().st_size))
    assert not months.opens(name)
    with pytest.raises(MonthGoneError):
        months.key_for(name, "a")
    months.destroy(name)
    assert months.names() == []


def test_what_a_crash_left_is_destroyed(months: Months, tmp_path: Path) -> None:
    months.tidy()  # nothing is there yet
    name = months.current("2026-11")
    months.keep_apart(name, [("record:a", ANNA)])
    folder = tmp_path / FOLDER
    (folder / f".{name}.left.4711").write_bytes(b"half")
    (folder / f"{name}.old").hardlink_to(folder / f"{name}.left")  # killed before the new one took its place
    months.tidy()
    assert {path.suffix for path in folder.iterdir()} == {".key", ".left"}
    assert months.left(name) is not None
    (folder / f"{name}.old").write_bytes(b"the one before")  # killed before it was destroyed
    months.tidy()
    assert {path.suffix for path in folder.iterdir()} == {".key", ".left"}
    assert months.left(name) is not None


def test_a_data_key_says_with_which_month_it_ends(months: Months) -> None:
    vault = Vault(KEY, b"p" * 32, months)
    name = months.current("2026-11")
    key, wrapped = vault.new_key("a", name)
    assert month_of(wrapped) == name
    assert vault.unwrap(wrapped, "a") == key
    stays, lasting = vault.new_key("a")
    assert month_of(lasting) == ""
    with pytest.raises(IntegrityError):
        vault.unwrap(wrapped, "b")
    months.destroy(name)
    with pytest.raises(MonthGoneError):
        vault.unwrap(wrapped, "a")
    with pytest.raises(MonthGoneError):
        Vault(KEY, b"p" * 32).unwrap(wrapped, "a")
    assert vault.unwrap(lasting, "a") == stays


@pytest.mark.parametrize(
    ("name", "owner"), [("record:1", "1"), ("quarantine:2", "2"), ("card:3", "card:3"), ("suket:s", "suket:s")]
)
def test_the_owner_of_a_key_is_told_by_the_name_of_the_seal(name: str, owner: str) -> None:
    assert owner_of(name) == owner
