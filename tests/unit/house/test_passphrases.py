"""A passphrase is typed on a terminal and nowhere else; where there is none, nobody is asked in vain."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from printd.desk.desk import Desk
from printd.shop.shop import Shop
from support.fixed import ORIGIN
from support.people import FIRST, SECOND, create, session_files

SECONDS = 60.0
PASSPHRASE = "a long enough word"
ENROL = ("operators", "enrol", "siti", "--legal-name", "Siti Contoh", "--by", FIRST, "--with", SECOND)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    create(tmp_path / "shop", origin=ORIGIN)
    return tmp_path / "shop"


@pytest.fixture
def files(shop: Path) -> Callable[..., str]:
    """Write session files of people; return what PRINTD_SESSIONS is set to."""

    def write(*names: str) -> str:
        made = Shop.open(shop)
        try:
            return session_files(Desk(made), shop.parent / "files", *names)
        finally:
            made.close()

    return write


def command(shop: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "printd", "--shop", str(shop), *arguments]


def ambient(**more: str) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("PRINTD_")} | more


def told(shop: Path, *arguments: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command that has no terminal at all, as from a timer."""
    return subprocess.run(
        command(shop, *arguments),
        input=given,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        start_new_session=True,
        env=ambient(**more),
    )


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (f"operators enrol siti --legal-name Siti --by {FIRST} --with {SECOND}", f"{PASSPHRASE}\n{PASSPHRASE}\n"),
        (f"operators passwd {FIRST}", f"{PASSPHRASE}\n"),
        (f"operators recover {FIRST}", f"{PASSPHRASE}\n"),
        (f"login {FIRST}", f"{FIRST}-passphrase\n1234\n1234\n"),
        (f"login {FIRST} --for-script file", f"{FIRST}-passphrase\n"),
        (f"shifts count-begin --by {FIRST}", ""),
    ],
)
def test_without_a_terminal_it_is_refused_with_what_to_do(shop: Path, arguments: str, given: str) -> None:
    before = told(shop, "operators", "list", "--json").stdout
    plain = told(shop, *arguments.split(), given=given)
    assert (plain.returncode, plain.stdout) == (1, "")
    assert "there is no terminal" in plain.stderr
    assert "PRINTD_SESSIONS" in plain.stderr
    assert "Traceback" not in plain.stderr
    machine = told(shop, *arguments.split(), "--json", given=given)
    assert (machine.returncode, machine.stderr) == (1, plain.stderr)
    assert json.loads(machine.stdout)["error"] == "ConfigError"
    assert told(shop, "operators", "list", "--json").stdout == before


def test_without_a_terminal_nobody_is_logged_in_by_accident(shop: Path, tmp_path: Path) -> None:
    ran = told(shop, "shifts", "count-begin", XDG_RUNTIME_DIR=str(tmp_path))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Nobody is logged in here.")


def test_whom_no_session_file_names_is_asked_for(shop: Path, files: Callable[..., str]) -> None:
    ran = told(shop, "blanks", "skip", "K1", "--with", SECOND, PRINTD_SESSIONS=files(FIRST))
    assert ran.returncode == 1
    assert f"{SECOND}: there is no terminal" in ran.stderr


def test_a_file_of_passwords_is_looked_at_by_nobody(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "passwords.toml"
    file.write_text(f'{FIRST} = "{FIRST}-passphrase"\n')
    file.chmod(0o600)
    ran = told(shop, "shifts", "count-begin", "--by", FIRST, PRINTD_PASSWORDS=str(file), PRINTD_OPERATOR=FIRST)
    assert ran.returncode == 1
    assert "there is no terminal" in ran.stderr


def test_on_a_terminal_it_is_typed_twice_and_not_shown(shop: Path, files: Callable[..., str]) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(shop, *ENROL),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=ambient(PRINTD_SESSIONS=files(FIRST, SECOND)),
    ) as process:
        os.close(theirs)
        assert process.stderr is not None
        asked = b""
        for _ in range(2):
            asked = b""
            while not asked.endswith(b": "):  # a person types when they are asked, not before
                asked += process.stderr.read(1)
            os.write(ours, f"{PASSPHRASE}\n".encode())
        out, err = process.communicate(timeout=SECONDS)
    os.close(ours)
    assert process.returncode == 0
    assert out.startswith(b"siti works here now as operator.\nRecovery code of siti: ")
    assert b"Warning" not in err
    assert asked.strip() != b""
    assert PASSPHRASE.encode() not in out + err + asked


def test_what_must_not_stand_in_a_command_is_a_line_of_input_where_there_is_no_terminal(
    shop: Path, files: Callable[..., str]
) -> None:
    arguments = ("suket", "issue", "--day", "2026-11-02", "--status", "PRR", "--by", FIRST)
    sessions = files(FIRST)
    ran = told(shop, *arguments, given="5371994501900001\n", PRINTD_SESSIONS=sessions)
    assert ran.returncode == 0
    assert "Warning" not in ran.stderr
    nothing = told(shop, *arguments, "--json", PRINTD_SESSIONS=sessions)
    assert nothing.returncode == 1
    assert "Traceback" not in nothing.stderr
    assert json.loads(nothing.stdout)["consequence"] == "Nothing was booked."
