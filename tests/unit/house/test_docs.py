"""The documents are read where there is no checkout: they are in the wheel."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from printd.cli import choices
from support.intake_help import CommandLine

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
SECONDS = 110


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(tmp_path / "no-shop", capsys, monkeypatch)


@pytest.mark.parametrize("name", choices.DOCUMENTS)
def test_a_document_is_told_to_the_byte(cli: CommandLine, name: str) -> None:
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    ran = cli("docs", name)
    assert (ran.code, ran.out, ran.err) == (0, text, "")
    assert cli("docs", name.upper(), "--json").value == {"name": name, "text": text}


def test_without_a_name_all_are_listed_with_their_titles(cli: CommandLine) -> None:
    told = cli("docs").out
    listed = cli("docs", "--json").value
    assert [one["name"] for one in listed] == sorted(path.stem for path in DOCS.glob("*.md"))
    for one in listed:
        assert one["name"] in told
        assert one["title"] in told
        assert (DOCS / f"{one['name']}.md").read_text(encoding="utf-8").startswith(f"# {one['title']}\n")


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        [str(one) for one in command],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_carries_them_into_an_installation_without_a_checkout(tmp_path: Path) -> None:
    """Nothing is downloaded: the requirements are lent by this environment, whose path to the checkout is not read."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "wheel"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    fresh = tmp_path / "fresh"
    venv.create(fresh, with_pip=False)
    python = fresh / "bin/python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel)
    lent = {"PYTHONPATH": sysconfig.get_path("purelib")}
    assert run(python, "-c", "import printd; print(printd.__file__)", **lent).startswith(str(fresh))
    for name in choices.DOCUMENTS:
        text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
        assert run(fresh / "bin/printd", "docs", name, **lent) == text
