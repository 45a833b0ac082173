"""What commands show: aligned tables for people, one JSON value for machines, errors with what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from drivers.printer import legible
from printd.errors import PrintdError


class _Terminal(Console):
    """A terminal that no text can steer: readings of devices and names of files are shown, not carried out."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=legible(segment.text))


# No markup and no emoji codes: what is shown are places, paths and sentences, and any of them may hold brackets.
out = _Terminal(highlight=False, markup=False, emoji=False)
err = _Terminal(stderr=True, highlight=False, markup=False, emoji=False)

_WIDE = 10_000
_LEAST = 8  # characters that a column keeps when it has to fold

# Green: done and good. Yellow: waits for a person. Red: stopped or lost. Everything else is neutral.
_COLOURS = {
    **dict.fromkeys(("finished", "handed_over", "holder", "printed", "idle", "printing", "good", "output"), "green"),
    **dict.fromkeys(("held", "paused", "warnings", "in_doubt", "waiting", "transit", "announced", "skipped"), "yellow"),
    **dict.fromkeys(("spoiled", "offline", "stopped", "missing", "cancelled"), "red"),
}


def fit_output() -> None:
    """Keep every row and sentence on one line where the reader is a file or a program, not a terminal."""
    for console in (out, err):
        if not console.is_terminal:
            console.width = _WIDE


def show_json(value: Any) -> None:
    """Print one JSON value on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def show_rows(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str, text: Sequence[str] = ()
) -> None:
    """Print a table; numbers stand right, known states carry their colour.

    On a terminal the columns named in ``text`` fold first, then the widest, and only as many as must; nothing is cut.
    """
    body = [[_cell(value) for value in row] for row in rows]
    if not body:
        out.print(empty)
        return
    out.print(Text(title, style="bold"))
    table = Table(header_style="bold", box=None, pad_edge=False)
    widths = [max(len(column), *(row[at].cell_len for row in body)) for at, column in enumerate(columns)]
    folding = _folding(widths, [column in text for column in columns], out.width)
    for at, column in enumerate(columns):
        numeric = all(row[at].plain.lstrip("-").replace(",", "").isdigit() or not row[at].plain for row in body)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold", no_wrap=not folding[at])
    for row in body:
        table.add_row(*row)
    out.print(table)


def show_facts(facts: Mapping[str, Any]) -> None:
    """Print name and value pairs, aligned; a long value is never broken, so that it can be copied."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        out.print(Text(f"{name:<{width}}  ", style="bold").append_text(_cell(value)), soft_wrap=True)


def show_error(error: PrintdError) -> None:
    """Print what happened, why, what it means and what to do, on standard error."""
    err.print(Text(error.what, style="bold red"))
    for label, text in (("Why", error.why), ("So", error.consequence), ("Do", error.remedy)):
        if text:
            err.print(Text(f"  {label}: ", style="bold").append(text, style="not bold"))


def show_owed(owed: Iterable[Mapping[str, str]]) -> None:
    """Print what should have followed an act that is booked, on standard error: the act itself stands."""
    for one in owed:
        err.print(Text(f"Booked, but: {one['what']}", style="bold yellow"))
        for label, key in (("Why", "why"), ("Do", "remedy")):
            err.print(Text(f"  {label}: ", style="bold").append(one[key], style="not bold"))


def _folding(widths: Sequence[int], text: Sequence[bool], width: int) -> list[bool]:
    """Choose which columns fold so that a table fits: text before the rest, wide before narrow."""
    folding = [False] * len(widths)
    for at in sorted(range(len(widths)), key=lambda at: (not text[at], -widths[at])):
        kept = (min(_LEAST, one) if folds else one for one, folds in zip(widths, folding, strict=True))
        if sum(kept) + 2 * (len(widths) - 1) <= width:
            break
        folding[at] = True
    return folding


def _cell(value: Any) -> Text:
    if value is None:
        return Text("", style="not bold")
    if isinstance(value, bool):
        return Text("yes" if value else "no", style="not bold")
    if isinstance(value, int):
        return Text(f"{value:,}", style="not bold")
    if isinstance(value, (list, tuple)):
        return Text(legible(", ".join(str(part) for part in value)), style="not bold")
    text = legible(str(value))
    return Text(text, style=_COLOURS.get(text.partition(":")[0], "not bold"))
