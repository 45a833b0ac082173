"""Where one of some words is taken, ``--help`` tells them, and another word is wrong usage that names them."""

import importlib
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import drivers
from printd.cli import choices
from printd.cli.app import app
from printd.cli.nouns import ALONE, NOUNS
from printd.custody import receipt
from printd.desk import holders
from printd.reports import catalogue
from printd.words import causes
from printd.words.states import JobState
from support.intake_help import CommandLine

DOCS = Path(__file__).parents[3] / "docs"
COMMANDS_TOO = {"audit"}
"""Nouns that are a command where no word follows."""


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("COLUMNS", "80")
    return CommandLine(tmp_path / "no-shop", capsys, monkeypatch)


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command there is, by the words that call it."""
    root: Any = get_command(app)
    for name in root.list_commands(None):
        found = root.get_command(None, name)
        if name not in NOUNS:
            yield (name,), found
            continue
        for part in found.list_commands(None):
            yield (name, part), found.get_command(None, part)


def choosing() -> Iterator[Any]:
    for words, command in commands():
        for param in command.params:
            one_of = getattr(param.type, "func", None)
            if isinstance(one_of, choices.OneOf):
                about = param.opts[0]
                yield pytest.param(words, command, param, one_of.words, id=f"{' '.join(words)} {about}")


def test_many_commands_take_one_of_some_words() -> None:
    assert len(list(choosing())) > 25


@pytest.mark.parametrize(("words", "command", "param", "taken"), list(choosing()))
def test_another_word_is_wrong_usage_and_help_tells_the_words(
    cli: CommandLine, words: tuple[str, ...], command: Any, param: Any, taken: tuple[str, ...]
) -> None:
    told = cli(*words, "--help")
    assert told.code == 0
    shown = re.sub(r"\s+", " ", told.out)
    assert f"{', '.join(taken[:-1])} or {taken[-1]}." in shown or (f"{taken[-1]}." in shown and len(taken) == 1)
    before = [] if param.opts[0].startswith("-") else list(filled(command, param))
    given = [param.opts[0], "zzz"] if param.opts[0].startswith("-") else [*before, "zzz"]
    ran = cli(*words, *given, "--json")
    assert ran.code == 2
    assert f"'zzz' is none of {', '.join(taken)}." in ran.value["what"]
    assert ran.value["remedy"] == f"See: printd {' '.join(words)} --help"


def filled(command: Any, until: Any) -> Iterator[str]:
    for param in command.params:
        if param is until:
            return
        if not param.opts[0].startswith("-"):
            yield "1"


def test_case_does_not_matter() -> None:
    assert choices.OneOf(choices.STOCK_TYPES)("wni") == "WNI"
    assert choices.OneOf(choices.REPORTS_BY_NAME)("R14") == "r14"


@pytest.mark.parametrize(
    "command",
    [
        "deliveries count D-1 --pieces 20 --carton C=wet --by ani",
        "printers calibrate p1 --curve x=0:0,255:255 --by ani",
    ],
)
def test_a_word_inside_an_argument_is_wrong_usage_too(cli: CommandLine, command: str) -> None:
    ran = cli(*command.split(), "--json")
    assert ran.code == 2
    assert " is none of " in ran.value["what"]


def test_the_words_are_those_that_are_used_below() -> None:
    assert choices.CAUSES == causes.SPOIL_CAUSES
    assert tuple(JobState) == choices.JOB_STATES
    assert typing.get_args(receipt.Condition) == choices.CARTON_CONDITIONS
    assert tuple(holders.BY_NAME) == choices.REPORTS_BY_NAME
    assert {name: one.title for name, one in catalogue.REPORTS.items()} == choices.REPORTS
    assert tuple(family.name for family in drivers.FAMILIES) == choices.FAMILIES
    assert sorted(path.stem for path in DOCS.glob("*.md")) == list(choices.DOCUMENTS)


def test_the_lines_of_help_are_those_of_the_modules() -> None:
    for name, (module, line) in ALONE.items():
        command = getattr(importlib.import_module(f"printd.cli.{module}"), name)
        assert command.__doc__.partition("\n")[0] == line


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_help_of_a_noun_tells_each_command_whole(cli: CommandLine, noun: str) -> None:
    ran = cli(noun, "--help")
    assert ran.code == 0
    assert "..." not in ran.out.replace("COMMAND [ARGS]...", "")
    alone = cli(noun)
    if noun in COMMANDS_TOO:
        assert (alone.code, "printd.toml does not exist." in alone.err) == (1, True), "it asks for the shop"
    else:
        assert (alone.code, alone.err) == (2, ran.out)


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_a_word_that_is_no_command_of_a_noun_is_wrong_usage_without_a_shop_too(cli: CommandLine, noun: str) -> None:
    ran = cli(noun, "zzz", "--json")
    assert (ran.code, ran.value["what"]) == (2, "No such command 'zzz'.")
    assert ran.value["remedy"] == f"See: printd {noun} --help"
