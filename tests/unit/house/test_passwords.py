"""A password is typed on a terminal, or stands in the file that PRINTD_PASSWORDS names; nobody asks in vain."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from support.fixed import ORIGIN
from support.people import create

SECONDS = 60.0
PASSPHRASE = "a long enough word"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    create(tmp_path / "shop", origin=ORIGIN)
    return tmp_path / "shop"


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
        ("operators add siti", f"{PASSPHRASE}\n{PASSPHRASE}\n"),
        ("operators passwd siti", f"{PASSPHRASE}\n"),
        ("shifts count-begin --by siti", ""),
    ],
)
def test_without_a_terminal_it_is_refused_with_what_to_do(shop: Path, arguments: str, given: str) -> None:
    plain = told(shop, *arguments.split(), given=given)
    assert (plain.returncode, plain.stdout) == (1, "")
    assert plain.stderr.splitlines()[0].endswith("of siti: there is no terminal to ask on.")
    assert "PRINTD_PASSWORDS" in plain.stderr
    assert "Warning" not in plain.stderr
    assert "Traceback" not in plain.stderr
    machine = told(shop, *arguments.split(), "--json", given=given)
    assert (machine.returncode, machine.stderr) == (1, plain.stderr)
    assert json.loads(machine.stdout)["error"] == "ConfigError"
    assert json.loads(told(shop, "operators", "list", "--json").stdout) == []


def test_a_name_that_the_file_does_not_hold_is_refused_too(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "passwords.toml"
    file.write_text(f'siti = "{PASSPHRASE}"\n')
    file.chmod(0o600)
    assert told(shop, "operators", "add", "siti", PRINTD_PASSWORDS=str(file)).returncode == 0
    ran = told(shop, "operators", "add", "budi", PRINTD_PASSWORDS=str(file))
    assert ran.returncode == 1
    assert "budi: there is no terminal" in ran.stderr


def test_on_a_terminal_it_is_typed_twice_and_not_shown(shop: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(shop, "operators", "add", "siti"),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=ambient(),
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
    assert (process.returncode, out) == (0, b"siti may act as operator now.\n")
    assert b"Warning" not in err
    assert asked.strip() != b""


def test_what_must_not_stand_in_a_command_is_a_line_of_input_where_there_is_no_terminal(shop: Path) -> None:
    arguments = ("suket", "issue", "--day", "2026-11-02", "--status", "PRR", "--by", "siti")
    ran = told(shop, *arguments, given="5371994501900001\n")
    assert ran.returncode == 1
    assert "Warning" not in ran.stderr
    assert "siti" in ran.stderr, "the desk was asked: there is no such person"
    nothing = told(shop, *arguments, "--json")
    assert nothing.returncode == 1
    assert "Traceback" not in nothing.stderr
    assert json.loads(nothing.stdout)["consequence"] == "Nothing was booked."
