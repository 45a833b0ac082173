"""docs/hardware-bringup.md: every command in it is there, the common checklist runs, each family has its chapter."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from drivers import FAMILIES
from hardware_mocks.__main__ import _parser
from hardware_mocks.families import FAMILIES as SIMULATED
from hardware_mocks.pytest_wires import Setup, tcp_printer
from support.intake_help import KNOWN_DISTRICT, CommandLine, new_shop

TEXT = (Path(__file__).parents[3] / "docs" / "hardware-bringup.md").read_text(encoding="utf-8")
CHAPTERS = dict(re.findall(r"^## (\S.*)\n((?:(?!^## ).*\n)*)", TEXT, re.MULTILINE))
LINES = [
    line for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL) for line in block.splitlines()
]
LINES += re.findall(r"`(printd [^`]+)`", TEXT)


def test_every_family_has_its_chapter() -> None:
    for family in FAMILIES:
        chapter = CHAPTERS[family.name]
        if family.name != "picture":
            assert chapter.count("\n|") > 4, f"{family.name} has nothing uncertain?"
        assert f"--family {family.name}" in chapter or family.name == "picture"
        models = re.findall(r"--model (\S+)", chapter)
        assert set(models) <= set(family.models)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_shop(tmp_path_factory.mktemp("bringup") / "shop", KNOWN_DISTRICT, practice=True)


@pytest.fixture
def cli(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(shop, capsys, monkeypatch)


def understood(cli: CommandLine, line: str) -> bool:
    """Say whether there is such a command with these options; it is not carried out."""
    words = shlex.split(line)
    if words[:3] == ["python", "-m", "hardware_mocks"]:
        return all(
            _parser().parse_args([name if word == "FAMILY" else word for word in words[3:]]) for name in SIMULATED
        )
    return words[0] == "printd" and cli(*words[1:], "--help").code == 0


def test_every_command_of_the_document_is_there(cli: CommandLine) -> None:
    assert len(set(LINES)) > 20
    assert [line for line in sorted(set(LINES)) if not understood(cli, line)] == []
    for wrong in ("printd printers test PRINTER --nonsense", "printd printers nonsense PRINTER", "printd nonsense"):
        assert not understood(cli, wrong)


def test_the_common_checklist_runs_on_a_simulated_printer(cli: CommandLine) -> None:
    """All that needs neither blanks nor the daemon, in its order."""
    (first, *_) = re.findall(r"^```sh\n(.*?)^```", CHAPTERS["The same for every printer"], re.MULTILINE | re.DOTALL)
    needs_more = ("blanks load", "--card", "printers trace")
    with tcp_printer(Setup(serial="10000777009", hopper=["A-1"])) as sim:
        names = {"PRINTER": "new", "URI": f"tcp://{sim.host}:{sim.port}", "FAMILY": "evolis", "MODEL": "primacy"}
        ran = []
        for line in first.splitlines():
            if any(word in line for word in needs_more):
                continue
            words = [names.get(word, word) for word in shlex.split(line)[1:]]
            assert cli(*words).code == 0, line
            ran.append(words[1])
        assert ran == ["discover", "add", "test", "test-prints", "calibrate", "calibration", "resume", "pause"]
        (trace,) = (cli.folder / "traces").iterdir()
        assert b"10000777009".hex() in trace.read_text()
        assert not sim.printer.truth.read("feed")
