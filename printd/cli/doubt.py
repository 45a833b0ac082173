"""How an attempt in doubt is shown: what is known of it, and what each choice books."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from printd.cli.common import moment
from printd.cli.output import Terminal, err, out, show_facts
from printd.errors import Refused, from_json
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.answers.jobs import JobDoubt, JobPreviewed
    from printd.desk.doubt import ChoiceRefused, ChoiceShown, CounterShown, DoubtShown
    from printd.desk.pictures import Picture
    from printd.printing.in_doubt import WireLine

_RAW = 12  # readings shown; --json has all
_WIRE = 24  # lines of the wire shown


def choices_in_words(told: JobDoubt | JobPreviewed) -> dict[str, Any]:
    """Return for machines what may be chosen, with its remedies and refusals as sentences of the command line."""
    from printd.cli.remedies import shown  # a list of jobs shows none

    scan = told["scan"] and shown(told["scan"])
    return {**told, "scan": scan, "choices": [_choice_in_words(one) for one in told["choices"]]}


def _choice_in_words(choice: ChoiceShown | ChoiceRefused) -> dict[str, Any]:
    from printd.cli.remedies import sentence_of, whole

    if "refused" in choice:
        return {**choice, "refused": whole(from_json(choice["refused"]))}
    return {**choice, "says": [sentence_of(one) for one in choice["says"]]}


def show_doubt(told: JobDoubt) -> None:
    """Print everything a person needs before they choose."""
    show_known(told)
    show_choices(told)


def show_known(told: DoubtShown) -> None:
    """Print what is known of an attempt in doubt."""
    show_facts(
        {
            "in doubt": told["attempt"],
            "blank": told["serial"],
            "printer": f"{told['printer']}, operator {told['operator']}",
            "since": moment(told["since"]),
            "evidence reached": told["rung"],
            "card position": told["position"],
            **{f"counter {name}": _counted(one) for name, one in told["counters"].items()},
        },
        words={"evidence reached": Vocabulary.RUNG, "card position": Vocabulary.POSITION},
    )
    readings = [f"{name}: {value}" for name, value in told["raw"].items()]
    for title, lines, rest in (
        ("What is known", told["findings"], 0),
        ("What the printer said", readings[:_RAW], len(readings[_RAW:])),
        ("Last on the wire", [_wire(line) for line in told["wire"][-_WIRE:]], len(told["wire"][:-_WIRE])),
    ):
        if lines:
            out.print(f"{title} ({len(lines)} of {len(lines) + rest}, --json has all)" if rest else title, style="bold")
        for line in lines:
            out.print(f"  {line}", soft_wrap=True)


def show_choices(told: JobDoubt | JobPreviewed) -> None:
    """Print what each choice books; nothing is booked yet."""
    from printd.cli.remedies import sentence_of

    if told["scan"] is not None:
        out.print()
        out.print(told["scan"]["says"], style="bold", soft_wrap=True)
        if told["scan"]["remedy"]:
            out.print(f"  {sentence_of(told['scan']['remedy'])}", soft_wrap=True)
    out.print()
    out.print("Nothing is booked yet. Each choice would book:", style="bold")
    for choice in told["choices"]:
        where = f" --blank-is {choice['blank_is']}" if choice["blank_is"] else ""
        cause = " CAUSE" if choice["outcome"] == "spoiled" else ""
        out.print(f"--{choice['outcome']}{cause}{where}", style="bold")
        warn(choice["warning"])
        for sentence in _says(choice):
            out.print(f"  {sentence}", soft_wrap=True)


def _says(choice: ChoiceShown | ChoiceRefused) -> list[str]:
    from printd.cli.remedies import sentence_of, whole

    if "refused" in choice:
        return [whole(from_json(choice["refused"]))]
    return [*map(sentence_of, choice["says"]), f"{choice['signatures']}."]


def warn(warning: str, terminal: Terminal = out) -> None:
    """Print loudly where a choice stands against the evidence."""
    if warning:
        terminal.print(f"  WARNING: {warning}", style="bold red", soft_wrap=True)


def write_picture(path: Path, told: Picture) -> None:
    """Write a card's picture for the user alone.

    :raises Refused: the file is there already, or cannot be written.
    """
    from base64 import b64decode  # few look at a picture

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b64decode(told["png"]))
    except OSError as refused:
        raise Refused(
            f"The picture cannot be written to {path}.",
            why=f"{refused.strerror}.",
            remedy="Name a new file in a folder that you may write to.",
        ) from refused
    holds = "a specimen" if told["specimen"] else "a person's card: delete it when the doubt is settled"
    err.print(f"{path} holds {holds}.", soft_wrap=True)


def _counted(one: CounterShown) -> str:
    if one["delta"] is None:
        counts = (("before", one["before"]), ("after", one["after"]))
        return ", ".join(f"{when} {'unknown' if count is None else count}" for when, count in counts)
    return f"{one['before']} to {one['after']} ({one['delta']:+})"


def _wire(line: WireLine) -> str:
    arrow = {"out": ">", "in": "<"}.get(line["way"], "-")
    return f"{arrow} {line['text']}" + (f" ... {line['bytes']} bytes" if "bytes" in line else "")
