"""What to do is told as acts; the command line makes commands of them, and nothing below it names one."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from printd import errors
from printd.cli.app import app
from printd.cli.nouns import ALONE, NOUNS
from printd.cli.remedies import COMMANDS, error_to_json, sentence, sentence_of, shown
from printd.desk.acts import act_named
from printd.desk.catalogue import ACTS
from printd.errors import Booked, ParcelRefused, PrintdError, Refused, StorageError
from printd.remedies import ASKED, SAME, Argument, Do, How, Remedy, plain, to_json
from support.intake_help import CommandLine

ROOT = Path(__file__).parents[3] / "printd"
HOUSE = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(ROOT.rglob("*.py"))
    if path.relative_to(ROOT).parts[0] not in ("cli", "demo")
}
BESIDE_THE_DESK = {"audit.export", "audit.go_on", "audit.replay", "audit.verify", "backup", "init", "restore", "run"}
"""What is asked for beside the desk: before there is a shop to ask, or about its log and its files."""

# --- every act that the code names ---------------------------------------------------------------


CALLS = [
    (node.func.id, f"{path}:{node.lineno}", node)
    for path, tree in HOUSE.items()
    for node in ast.walk(tree)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and path != "remedies.py"
]


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    return ((where, call) for called, where, call in CALLS if called == name)


def act_of(call: ast.Call) -> str:
    (act,) = call.args or [ast.Name("SAME")]
    if isinstance(act, ast.Name) and act.id == "SAME":
        return SAME
    assert isinstance(act, ast.Constant), "an act is named where it is told, so that it can be found"
    return str(act.value)


def given_in(call: ast.Call) -> dict[str, Any]:
    """Return what an act is given; ``X1`` stands for what is known only when the code runs."""

    def value(node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Tuple):
            return ("K00001", "K00009")
        return ASKED if isinstance(node, ast.Name) and node.id == "ASKED" else "X1"

    assert all(one.arg is not None for one in call.keywords)
    return {str(one.arg): value(one.value) for one in call.keywords}


NAMED = [pytest.param(act_of(call), given_in(call), id=f"{where} {act_of(call)}") for where, call in calls("Do")]
HELPED = [pytest.param(act_of(call), id=f"{where} {act_of(call)}") for where, call in calls("How")]


def understood(words: str) -> None:
    """Make sure that the command line knows a command and all that it is given."""
    for one in either(words):
        words_of_one = one.split()
        assert words_of_one.pop(0) == "printd"
        command: Any = get_command(app)
        while True:
            parser = command.make_parser(context := context_of(command))
            told, rest, order = parser.parse_args(list(words_of_one))
            if not isinstance(command, typer.core.TyperGroup):
                break
            assert rest, f"{one}: it ends in a noun"
            found = command.get_command(context, rest[0])
            assert found is not None, f"{one}: there is no {rest[0]}"
            command, words_of_one = found, rest[1:]
        assert rest == [], f"{one}: {rest} is given to nothing"
        for parameter in order:
            if (
                isinstance(given := told.get(parameter.name), str) and given.islower()
            ):  # no word that the reader fills in
                parameter.type_cast_value(context, given)


def context_of(command: Any) -> Any:
    return command.context_class(command, info_name=command.name)


def either(words: str) -> Iterator[str]:
    """Yield a command once for each option of which one is to be chosen: ``--printed|--unused|--spoiled CAUSE``."""
    choice = re.search(r"--\S+\|\S+( CAUSE)?", words)
    if choice is None:
        yield words
        return
    for option in choice[0].split("|"):
        yield words.replace(choice[0], option)


@pytest.mark.parametrize(("act", "given"), NAMED)
def test_the_command_line_knows_every_act_that_the_code_names(act: str, given: dict[str, Any]) -> None:
    if act in ACTS:
        assert set(given) <= set(inspect.signature(act_named(act)).parameters), "a page asks for the act as it is told"
    elif act != SAME:
        assert act in BESIDE_THE_DESK
    if act != SAME:
        understood(sentence(Do(act, **given)))
        return
    for one in either(sentence(Do(act, **given))):
        assert one.split()[0] in every_option(), f"no command takes {one}"


@pytest.mark.parametrize("act", HELPED)
def test_the_help_that_is_pointed_at_is_there(act: str) -> None:
    words = sentence(How(act))
    assert words.endswith("--help")
    if act != SAME:
        understood(words.removesuffix(" --help"))


@cache
def every_option() -> frozenset[str]:
    """Return the options of all commands."""
    root: Any = get_command(app)
    context = context_of(root)
    commands = [root]
    for command in (root.get_command(context, name) for name in root.list_commands(context)):
        commands.append(command)
        if isinstance(command, typer.core.TyperGroup):
            commands += [command.get_command(context, one) for one in command.list_commands(context)]
    return frozenset(option for command in commands for parameter in command.params for option in parameter.opts)


def test_an_argument_that_a_sentence_speaks_of_is_an_option_of_some_command() -> None:
    found = [(where, call.args[0]) for where, call in calls("Argument")]
    assert len(found) > 4
    for where, name in found:
        assert isinstance(name, ast.Constant)
        assert sentence(Argument(str(name.value))) in every_option(), where


def test_no_command_is_kept_for_an_act_that_nobody_names() -> None:
    named = {act_of(call) for name in ("Do", "How") for _, call in calls(name)}
    assert set(COMMANDS) == named - {SAME}
    assert len(NAMED) > 100


@pytest.mark.parametrize(
    "wrong",
    [
        Do("jobs.forget", job="3f2a"),
        Do("jobs.resolve", jobs="3f2a"),
        Do(SAME, colour=ASKED),
        Argument("colour"),
        How("jobs.forget"),
    ],
)
def test_an_act_or_an_argument_that_nobody_knows_is_noticed(wrong: Remedy) -> None:
    with pytest.raises(KeyError):
        sentence(wrong)


@pytest.mark.parametrize(
    "words",
    [
        "printd jobs forget",
        "printd jobs",
        "printd jobs show 3f2a 4b1c",
        "printd jobs list --colour red",
        "printd jobs list --state nonsense",
        "printd tray empty",
    ],
)
def test_words_that_are_no_command_are_noticed(words: str) -> None:
    """So that the test of every act can fail."""
    with pytest.raises((AssertionError, typer.TyperException)):
        understood(words)


# --- no command below the command line -----------------------------------------------------------

COMMAND = re.compile(
    rf"\bprintd (--[a-z]+ \S+ )?({'|'.join([*NOUNS, *ALONE, 'init', 'check', 'run'])})\b|(^|[\s(\"'|])--[a-z]"
)
NOT_OURS = {"store/copies.py": r"^--", "store/server.py": r"createdb --", "backup/backup.py": r"^printd backup 1$"}
"""Options of PostgreSQL's own programs, and the name of a form of file."""


def literals(tree: ast.Module) -> Iterator[str]:
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


@pytest.mark.parametrize("path", HOUSE)
def test_nothing_below_the_command_line_names_a_command(path: str) -> None:
    named = [text for text in literals(HOUSE[path]) if COMMAND.search(text)]
    assert [text for text in named if path not in NOT_OURS or not re.search(NOT_OURS[path], text)] == []


@pytest.mark.parametrize(
    "source",
    [
        'raise Refused("No.", remedy="See all with: printd jobs list")',
        'x = f"Settle it: printd jobs resolve {short}"',
        'x = "Make one with: printd --shop DIR init"',
        'x = "or say why: --reason TEXT"',
        'x = f"{one} (--scan)"',
        'x = f"{one}--with NAME" f" or {two} --with NAME"',
        'x = "--against CHECKPOINT"',
    ],
)
def test_a_command_in_a_sentence_is_noticed(source: str) -> None:
    assert any(COMMAND.search(text) for text in literals(ast.parse(source)))


@pytest.mark.parametrize(
    "source", ['"""Made by printd restore."""', 'x = "of version 3, this printd needs 4"', "x = a--b"]
)
def test_what_is_no_command_is_none(source: str) -> None:
    assert not any(COMMAND.search(text) for text in literals(ast.parse(source)))


# --- how it is read ------------------------------------------------------------------------------

READ: list[tuple[Remedy, str, str]] = [
    ("", "", ""),
    ("Make room.", "Make room.", "Make room."),
    (Do("run"), "printd run", "run"),
    (("See all with: ", Do("jobs.list")), "See all with: printd jobs list", "See all with: jobs.list"),
    (
        ("Settle it: ", Do("jobs.resolve", job="3f2a", scan=ASKED), "."),
        "Settle it: printd jobs resolve 3f2a --scan SERIAL.",
        "Settle it: jobs.resolve job=3f2a scan=?.",
    ),
    (
        Do("jobs.resolve", second=ASKED, outcome=ASKED, scan="K001", job=ASKED),
        "printd jobs resolve JOB --scan K001 --printed|--unused|--spoiled CAUSE --with NAME",
        "jobs.resolve second=? outcome=? scan=K001 job=?",
    ),
    (
        Do("jobs.check", job="3f2a", quality="spoiled", cause=ASKED),
        "printd jobs check 3f2a --spoiled CAUSE",
        "jobs.check job=3f2a quality=spoiled cause=?",
    ),
    (
        Do("blanks.unload", printer="p1", serials=("K008", "K009")),
        "printd blanks unload p1 --serial K008..K009",
        "blanks.unload printer=p1 serials=K008 K009",
    ),
    (
        Do("reports.report", name="r11", first=ASKED, last=ASKED),
        "printd reports r11 --from DAY --to DAY",
        "reports.report name=r11 first=? last=?",
    ),
    (Do("init", shop=ASKED), "printd --shop DIR init", "init shop=?"),
    (Do(SAME, reason=ASKED), "--reason TEXT", "reason=?"),
    (Do(SAME, outcome="spoiled", cause=ASKED), "--spoiled CAUSE", "outcome=spoiled cause=?"),
    (Do(SAME, database=ASKED), "--database postgresql://...", "database=?"),
    (("Leave ", Argument("database"), " out."), "Leave --database out.", "Leave database out."),
    (("See the command's ", How(), "."), "See the command's --help.", "See the command's help."),
    (How("calibration.calibrate"), "printd printers calibrate --help", "calibration.calibrate help"),
]


@pytest.mark.parametrize(("remedy", "command", "text"), READ)
def test_it_is_read_as_a_command_and_without_a_door(remedy: Remedy, command: str, text: str) -> None:
    assert sentence(remedy) == command
    assert plain(remedy) == text


@pytest.mark.parametrize(("remedy", "command", "text"), READ)
def test_it_is_the_same_after_the_way_over_the_socket(remedy: Remedy, command: str, text: str) -> None:
    for kind in (Refused, Booked, ParcelRefused, StorageError, PrintdError):
        sent = kind("What.", why="Why.", consequence="So.", remedy=remedy)
        came = errors.from_json(json.loads(json.dumps(sent.to_json())))
        assert type(came) is kind
        assert came.to_json() == sent.to_json()
        assert str(came) == str(sent) == " ".join(part for part in ("What. Why. So.", text) if part)
        assert sentence(came.remedy) == command


def test_what_a_person_types_is_never_taken_for_a_form() -> None:
    assert sentence(Do("printers.pause", name=r"\1 {NAME} --by x")) == r"printd printers pause \1 {NAME} --by x"


def test_machines_read_the_sentence_and_its_parts() -> None:
    told = error_to_json(Refused("No.", remedy=("Pause it first: ", Do("printers.pause", name="p1"), ".")))
    assert told["remedy"] == "Pause it first: printd printers pause p1."
    assert told["remedies"] == ["Pause it first: ", {"do": "printers.pause", "with": {"name": "p1"}}, "."]
    assert sentence_of(told["remedies"]) == told["remedy"]
    asked = to_json((Do(SAME, reason=ASKED), How(), Argument("reason")))
    assert asked == [{"do": "", "with": {"reason": None}}, {"how": ""}, {"argument": "reason"}]
    assert shown({"what": "x", "remedy": asked})["remedy"] == "--reason TEXT--help--reason"


def test_a_person_and_a_machine_at_the_command_line_read_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CommandLine(tmp_path / "no-shop", capsys, monkeypatch)
    told = run("blanks", "where", "--json")
    assert (told.code, told.value["remedy"]) == (1, "Make one with: printd --shop DIR init")
    assert told.value["remedies"] == ["Make one with: ", {"do": "init", "with": {"shop": None}}]
    assert run("blanks", "where").err.endswith("  Do: Make one with: printd --shop DIR init\n")
