"""The file in which a terminal's session is found: of this terminal, of this shop, of this user alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from printd.client import session_files
from printd.client.session_files import AtTerminal, ForScript, Terminal
from printd.errors import ConfigError

HERE, NEXT = Terminal("pts/3", "34819-811-5531"), Terminal("pts/3", "34819-902-7777")
SITI = AtTerminal("siti", "a token")


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setattr(session_files, "this_terminal", lambda: HERE)
    return monkeypatch


def shops(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    return tmp_path / "one", tmp_path / "two"


def test_it_is_of_one_terminal_and_one_shop(sit: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one, two = shops(tmp_path)
    session_files.keep_at_terminal(one, SITI)
    (path,) = (tmp_path / "run/printd").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert session_files.at_terminal(one) == SITI
    assert session_files.at_terminal(two) is None
    (tmp_path / "link").symlink_to(one)
    assert session_files.at_terminal(tmp_path / "link") == SITI, "the same shop by another way"
    for other in (NEXT, None):
        sit.setattr(session_files, "this_terminal", lambda other=other: other)
        assert session_files.at_terminal(one) is None
        session_files.forget_at_terminal(one)
    assert path.exists()
    sit.setattr(session_files, "this_terminal", lambda: HERE)
    session_files.forget_at_terminal(one)
    assert session_files.at_terminal(one) is None


def test_without_a_runtime_directory_it_lies_in_the_shop(sit: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sit.delenv("XDG_RUNTIME_DIR")
    one, _ = shops(tmp_path)
    session_files.keep_at_terminal(one, SITI)
    assert session_files.at_terminal(one) == SITI
    assert stat.S_IMODE((one / "sessions").stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_one_that_others_may_open_is_none(sit: pytest.MonkeyPatch, tmp_path: Path, mode: int) -> None:
    one, _ = shops(tmp_path)
    session_files.keep_at_terminal(one, SITI)
    (path,) = (tmp_path / "run/printd").iterdir()
    path.chmod(mode)
    assert session_files.at_terminal(one) is None


def test_what_another_laid_there_is_none(sit: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A link to a file that says who acts, and a folder in which others may lay one."""
    one, _ = shops(tmp_path)
    session_files.keep_at_terminal(one, SITI)
    (path,) = (tmp_path / "run/printd").iterdir()
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert session_files.at_terminal(one) is None
    (tmp_path / "run/printd").chmod(0o777)
    with pytest.raises(ConfigError, match="cannot be kept"):
        session_files.keep_at_terminal(one, SITI)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "siti"}', "\x00" * 10])
def test_half_a_file_is_none(sit: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    one, _ = shops(tmp_path)
    session_files.keep_at_terminal(one, SITI)
    (path,) = (tmp_path / "run/printd").iterdir()
    path.write_text(content)
    assert session_files.at_terminal(one) is None


def test_scripts_files_are_read_in_their_order_and_none_is_written_over(tmp_path: Path) -> None:
    keys = [
        ForScript(name, "an.example/53/5371/blanks/1", digit * 64) for name, digit in (("siti", "1"), ("budi", "2"))
    ]
    for key in keys:
        session_files.keep_for_script(tmp_path / key.name, key)
        with pytest.raises(ConfigError, match="cannot be kept"):
            session_files.keep_for_script(tmp_path / key.name, key)
    assert session_files.for_scripts(f"{tmp_path / 'siti'}:{tmp_path / 'budi'}") == keys
    assert session_files.for_scripts("") == []
