"""One form for the same thing in every command: how many, which serials, why, which day, which paper."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from typer.main import get_command

from printd.cli.app import app
from printd.cli.nouns import ALONE, NOUNS


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command there is by its words, and the root by none."""
    root: Any = get_command(app)
    yield "", root
    for name in root.list_commands(None):
        found = root.get_command(None, name)
        if name in NOUNS:
            yield from ((f"{name} {part}", found.get_command(None, part)) for part in found.list_commands(None))
        else:
            yield name, found


COMMANDS = dict(commands())
OPTIONS = [
    (words, one)
    for words, command in COMMANDS.items()
    for one in command.params
    if one.param_type_name == "option" and one.name != "help"
]
ARGUMENTS = [
    (words, one) for words, command in COMMANDS.items() for one in command.params if one.param_type_name == "argument"
]

THINGS = {
    "how many": (r"^how many", {"--pieces"}),
    "why": (r"^why\b", {"--reason"}),
    "what is read on a card": (r"\bread on the card\b", {"--scan"}),
    "the number of a paper": (r"^number of .*(paper|record)\b", {"--document"}),
    "a day": (r"yyyy-mm-dd", {"--day", "--from", "--to", "--due-back"}),
    "a folder to be made": (r"^a new folder", {"--dir"}),
    "a key from outside": (r"^verifier key", {"--vkey"}),
    "a checkpoint from outside": (r"checkpoint that", {"--against"}),
    "the calibration card": (r"^print the calibration card", {"--card"}),
}
"""What the help of an option speaks of, and the names that it may have then."""

RANGES = {"--serial", "--damaged", "--wrong-type"}
"""Serials: all that a command is about, and of a delivery those that came damaged or of another type."""


def names_of(options: list[tuple[str, Any]]) -> set[str]:
    return {name for _, one in options for name in one.opts}


def wrong_names(options: list[tuple[str, Any]]) -> list[str]:
    """Return the options that are not called as the same thing is elsewhere."""
    found = []
    for words, one in options:
        for thing, (spoken, allowed) in THINGS.items():
            if re.search(spoken, one.help, re.IGNORECASE) and not set(one.opts) <= allowed:
                found.append(f"{words} {one.opts[0]}: {thing} is {' or '.join(sorted(allowed))}")
    return found


def of_two_kinds(options: list[tuple[str, Any]]) -> dict[str, set[str]]:
    """Return the options under whose name different kinds of values are taken."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for _, one in options:
        kinds[one.opts[0]].add(one.type.name.removesuffix(" range"))
    return {name: found for name, found in kinds.items() if len(found) > 1}


def of_two_names(options: list[tuple[str, Any]]) -> dict[str, set[str]]:
    """Return the sentences of help that stand at options of different names."""
    names: dict[str, set[str]] = defaultdict(set)
    for _, one in options:
        names[one.help].add(one.opts[0])
    return {text: found for text, found in names.items() if len(found) > 1}


def wrong_ranges(options: list[tuple[str, Any]]) -> list[str]:
    """Return the options that take ranges of serials and do not say so, or may not be repeated."""
    return [
        f"{words} {one.opts[0]}"
        for words, one in options
        if set(one.opts) & RANGES
        and not ("SERIAL or FIRST..LAST" in one.help and "; repeat." in one.help and one.multiple)
    ]


def test_every_command_is_walked() -> None:
    assert {words.split(" ")[0] for words in COMMANDS} == {"", *NOUNS, *ALONE, "init", "check", "run"}
    assert len(COMMANDS) > 110
    assert len(names_of(OPTIONS)) > 60


def test_the_same_thing_has_the_same_name() -> None:
    assert wrong_names(OPTIONS) == []
    assert of_two_names(OPTIONS) == {}


def test_a_name_stands_for_one_kind_of_value() -> None:
    assert of_two_kinds(OPTIONS) == {}


def test_ranges_of_serials_are_written_alike() -> None:
    """``--serial SERIAL`` or ``--serial FIRST..LAST``, repeated; an argument is one serial, which the act is about."""
    assert wrong_ranges(OPTIONS) == []
    for words, one in ARGUMENTS:
        assert one.name not in ("first", "last", "serials"), words
        assert one.name != "serial" or one.nargs == 1, words
    for words, command in COMMANDS.items():
        given = {one.name for one in command.params}
        assert {"first", "last"} & given in (set(), {"first", "last"}), words
    assert {one.opts[0] for _, one in OPTIONS if one.name in ("first", "last")} == {"--from", "--to"}, "days"


def test_a_number_is_an_option_with_a_name() -> None:
    assert [(words, one.name) for words, one in ARGUMENTS if one.type.name.startswith(("integer", "float"))] == []


def test_an_id_is_called_by_what_it_is_of() -> None:
    """``printd printers pause PRINTER``: a plain NAME is one that is new, a person's, or of several kinds of things."""
    named = {
        words for words, one in ARGUMENTS if one.make_metavar(typer.Context(COMMANDS[words])).strip("{}[]") == "name"
    }
    assert named == {
        *(f"operators {word}" for word in ("enrol", "role", "retire", "renew", "passwd", "recover")),
        "login",
        "reports act",
        "docs",
    }


def test_another_form_is_noticed() -> None:
    wrong = typer.Typer()

    @wrong.command()
    def load(
        why: Annotated[str, typer.Option(help="Why it is done.")],
        number: Annotated[int, typer.Option(help="How many.")],
        until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD.")],
        serial: Annotated[str, typer.Option(help="The first.")],
        reason: Annotated[int, typer.Option(help="Kept with it.")],
        note: Annotated[str, typer.Option(help="Kept with it.")],
    ) -> None: ...

    options = [("load", one) for one in get_command(wrong).params if one.name != "help"]
    assert [told.split(":")[0] for told in wrong_names(options)] == ["load --why", "load --number", "load --until"]
    assert of_two_names(options) == {"Kept with it.": {"--reason", "--note"}}
    assert wrong_ranges(options) == ["load --serial"]
    assert of_two_kinds([*OPTIONS, *options]).keys() == {"--reason", "--number"}  # a text: what an auditor brings
