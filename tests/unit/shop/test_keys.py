"""Keys: private, whole and of this shop, or the shop does not start."""

import base64
import shutil
from pathlib import Path

import pytest

from printd.cli.remedies import sentence
from printd.client import client
from printd.errors import ConfigError, IntegrityError
from printd.shop import keys
from printd.shop.shop import Shop
from support.intake_help import ORIGIN, new_shop, state
from support.people import create_of_its_own as create
from support.people import enrolment

SECRET = ("log.key", "records.key", "pseudonym.key")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_shop(tmp_path / "shop")


def refusal(folder: Path) -> ConfigError:
    with pytest.raises(ConfigError) as refused:
        keys.load(folder, ORIGIN)
    assert sentence(refused.value.remedy)
    return refused.value


def test_new_keys_are_private_and_of_their_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, second = keys.create(tmp_path / "a", "x/y"), keys.create(tmp_path / "b", "x/y")
    assert len({first.records, first.pseudonym, second.records, second.pseudonym}) == 4
    assert (tmp_path / "a/keys").stat().st_mode & 0o777 == 0o700
    assert {(tmp_path / "a/keys" / name).stat().st_mode & 0o777 for name in SECRET} == {0o600}
    assert keys.load(tmp_path / "a", "x/y").records == first.records
    assert keys.vkey(tmp_path / "a") == first.log.vkey


@pytest.mark.parametrize("name", SECRET)
def test_a_missing_key_is_named(folder: Path, name: str) -> None:
    (folder / "keys" / name).unlink()
    error = refusal(folder)
    assert name in error.what
    assert "backup" in sentence(error.remedy)


def test_a_missing_keys_folder_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "keys")
    assert "keys" in refusal(folder).what


@pytest.mark.parametrize("name", SECRET)
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"not a key at all", base64.b64encode(b"s" * 31), base64.b64encode(b"s" * 33)]
)
def test_a_damaged_key_is_named_and_not_shown(folder: Path, name: str, content: bytes) -> None:
    path = folder / "keys" / name
    path.write_bytes(content)
    error = refusal(folder)
    assert name in error.what
    assert not content or content.decode("latin-1") not in str(error)


@pytest.mark.parametrize("name", SECRET)
def test_a_cut_key_is_refused_without_a_word_of_it(folder: Path, name: str) -> None:
    path = folder / "keys" / name
    whole = path.read_text().strip()
    path.write_text(whole[:-5])
    error = refusal(folder)
    assert whole[-20:-6] not in str(error)


@pytest.mark.parametrize("name", SECRET)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_that_others_may_read_stops_the_shop(folder: Path, name: str, mode: int) -> None:
    path = folder / "keys" / name
    path.chmod(mode)
    error = refusal(folder)
    assert f"chmod 600 {path}" in sentence(error.remedy)


def test_the_public_key_may_be_read_by_all(folder: Path) -> None:
    (folder / "keys/log.vkey").chmod(0o644)
    keys.load(folder, ORIGIN)
    assert keys.vkey(folder).startswith(ORIGIN)


def test_the_key_of_a_log_of_another_name_is_refused(folder: Path, tmp_path: Path) -> None:
    create(tmp_path / "other", origin="printd.example/ntt/other/blanks/1")
    shutil.copy(tmp_path / "other/keys/log.key", folder / "keys/log.key")
    error = refusal(folder)
    assert "printd.example/ntt/other/blanks/1" in error.what
    assert ORIGIN in error.what


def test_the_key_of_another_log_of_the_same_name_signs_nothing(folder: Path, tmp_path: Path) -> None:
    create(tmp_path / "other", origin=ORIGIN)
    shutil.copy(tmp_path / "other/keys/log.key", folder / "keys/log.key")
    before = state(folder)
    with pytest.raises(IntegrityError):
        client.call(folder, "operators.enrol", enrolment("cici"))
    assert state(folder) == before


@pytest.mark.parametrize("name", ["pseudonym.key", "records.key"])
def test_the_keys_of_another_shop_do_not_open_this_one(tmp_path: Path, name: str) -> None:
    """With a foreign pseudonym key a person could enter twice, with a foreign records key nobody could be read."""
    for shop in ("one", "other"):
        create(tmp_path / shop, origin="test.example/53/5371/blanks/1")
    foreign = (tmp_path / "other" / "keys" / name).read_bytes()
    (tmp_path / "one" / "keys" / name).write_bytes(foreign)
    with pytest.raises(ConfigError, match="not the ones this database was made with"):
        Shop.open(tmp_path / "one")
