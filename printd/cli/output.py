"""What commands show: aligned tables for people, one JSON value for machines, errors with what to do.

Lines are laid out here, not by rich: its console takes longer to load than a command takes to answer. Bars that move
are rich's, loaded by the few commands that have one.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TextIO

from printd.cli.columns import GAP, Column, arrange
from printd.errors import PrintdError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from printd.cli.remedies import OwedShown
    from printd.language.vocabularies import Vocabulary

_NO_WORDS: Mapping[str, Vocabulary] = MappingProxyType({})
_WIDE = 10_000
_GAP = " " * GAP
_INDENT = " " * 4  # before what has no room beside its row
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}
_STYLES = MappingProxyType({"bold": "1", "red": "31", "green": "32", "yellow": "33"})  # ECMA-48, SGR


@cache
def _colours() -> Mapping[str, str]:
    """Return the colour of each word that has one.

    Green: done and good. Yellow: waits for a person. Red: stopped or lost. Everything else is neutral.
    """
    from printd.words.states import PrinterState  # help has no states

    printers = {
        PrinterState.STARTING: "",
        PrinterState.IDLE: "green",
        PrinterState.PRINTING: "green",
        PrinterState.WAITING: "yellow",
        PrinterState.DRAINING: "",
        PrinterState.PAUSED: "yellow",
        PrinterState.STOPPED: "red",
        PrinterState.OFFLINE: "red",
        PrinterState.UNABLE: "",
        PrinterState.IN_DOUBT: "yellow",
        PrinterState.DIED: "",
        PrinterState.HANGS: "",
        PrinterState.RETIRED: "",
        PrinterState.NOT_RUNNING: "",
    }
    return {
        **{state.value: colour for state, colour in printers.items()},
        **dict.fromkeys(("finished", "handed_over", "holder", "printed", "good", "output"), "green"),
        **dict.fromkeys(("held", "warnings", "transit", "announced", "skipped"), "yellow"),
        **dict.fromkeys(("spoiled", "missing", "cancelled"), "red"),
    }


def legible(told: str) -> str:
    """Return text for a terminal: control characters but line feed and tab as ``\\x1b`` and their like.

    Readings of devices and names of files are shown, not carried out. The drivers have the same rule for themselves;
    they know nothing of printd, and take long to load.
    """
    return told.translate(_CONTROLS)


class Terminal:
    """Standard output or standard error: no text can steer it, and there is no markup in what is shown.

    :param width: characters of a line; on a terminal its own width.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.width = _WIDE

    @property
    def stream(self) -> TextIO:
        """Where it writes now."""
        stream: TextIO = getattr(sys, self._name)
        return stream

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads it."""
        return self.stream.isatty()

    def print(self, text: str = "", *, style: str = "", soft_wrap: bool = False) -> None:
        """Print a text; what is wider than the terminal goes on in a new line between two words.

        :param style: words of ``bold red green yellow``.
        :param soft_wrap: leave it to the terminal, so that the line can be copied.
        """
        lines = legible(text).split("\n")
        if not soft_wrap:
            lines = [part for line in lines for part in folded(line, self.width)]
        self.write("\n".join(self.styled(line, style) for line in lines))

    def write(self, line: str) -> None:
        """Print a line that was made legible and styled before.

        :raises PrintdError: it cannot be written.
        """
        with self._reached():
            self.stream.write(line + "\n")

    def flush(self) -> None:
        """Let everything that was printed out.

        :raises PrintdError: it cannot be written.
        """
        with self._reached():
            self.stream.flush()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OSError as lost:
            # What lies in memory still would be tried again, and fail again, when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
            if isinstance(lost, BrokenPipeError):
                raise SystemExit(1) from None  # who read it has seen enough
            raise PrintdError(
                "The answer cannot be written where it should go.",
                why=f"{lost.strerror}.",
                consequence="What the command did is done all the same; only what it told of it is lost.",
                remedy="Make room there, or show it on the terminal. Look at the books before you repeat an act.",
            ) from lost

    def styled(self, text: str, style: str) -> str:
        """Return a text with a style, where a person sees colours."""
        if not (text and style and self.is_terminal) or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return text
        return f"\x1b[{';'.join(_STYLES[word] for word in style.split())}m{text}\x1b[0m"


out = Terminal("stdout")
err = Terminal("stderr")


def fit_output() -> None:
    """Keep every row and sentence on one line where the reader is a file or a program, not a terminal."""
    for terminal in (out, err):
        terminal.width = shutil.get_terminal_size().columns if terminal.is_terminal else _WIDE


def moving() -> Console:
    """Return standard error as what bars that move are drawn on."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def progress() -> Progress:
    """Return a bar of what is done of a number of things, with how long it took."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = moving()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def show_json(value: Any) -> None:
    """Print one JSON value on one line."""
    import json

    out.write(json.dumps(value, ensure_ascii=False, default=str))


def show_rows(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    empty: str,
    text: Sequence[str] = (),
    aside: Sequence[str] = (),
    words: Mapping[str, Vocabulary] = _NO_WORDS,
    total: int | None = None,
) -> None:
    """Print a table; numbers stand right, known states carry their colour. Below a cut one, how many ``total`` are.

    On a terminal the columns named in ``text``, and those of codes, fold; what then has no room stands below its row,
    first of all the columns named in ``aside``. Nothing is cut, and no word is broken
    (:func:`printd.cli.columns.arrange`).

    :param words: of columns with codes, the vocabulary that says them.
    """
    told = [list(row) for row in rows]
    body = [[_cell(value, words.get(name)) for name, value in zip(columns, row, strict=True)] for row in told]
    if not body:
        out.print(empty)
        return
    out.print(title, style="bold")
    sizes = [
        Column(
            column,
            max(cells(row[at]) for row in body),
            max((cells(word) for row in body for word in row[at].split()), default=0),
            column in text or column in words,
            column in aside,
        )
        for at, column in enumerate(columns)
    ]
    widths = arrange(sizes, out.width)
    beside = [at for at, width in enumerate(widths) if width]
    right = [
        all(row[at].lstrip("-").replace(",", "").isdigit() or not row[at] for row in body) for at in range(len(columns))
    ]

    def of(part: Sequence[Any]) -> list[Any]:
        return [part[at] for at in beside]

    if beside:
        _show_row(of(columns), ["bold"] * len(beside), of(widths), of(right))
    for row, values in zip(body, told, strict=True):
        if beside:
            _show_row(of(row), of([_colour(value) for value in values]), of(widths), of(right))
        below = [f"{columns[at]}: {cell}" for at, cell in enumerate(row) if not widths[at] and cell]
        for line in folded("  ".join(below), out.width - len(_INDENT)) if below else ():
            out.write(f"{_INDENT}{line}")
    if total is not None and len(body) < total:
        out.print(f"{len(body):,} of {total:,} shown. See the rest with --all, or with a higher --limit.")


def show_facts(facts: Mapping[str, Any], words: Mapping[str, Vocabulary] = _NO_WORDS) -> None:
    """Print name and value pairs, aligned; a long value is never broken, so that it can be copied.

    :param words: of codes among them, by name, the vocabulary that says them.
    """
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        shown = out.styled(_cell(value, words.get(name)), _colour(value))
        out.write(out.styled(f"{legible(name):<{width}}  ", "bold") + shown)


def show_error(error: PrintdError) -> None:
    """Print what happened, why, what it means and what to do, on standard error."""
    err.print(error.what, style="bold red")
    from printd.cli.remedies import sentence  # an error is rare, and help has none

    _show_parts({"Why": error.why, "So": error.consequence, "Do": sentence(error.remedy)})


def show_owed(owed: Iterable[OwedShown]) -> None:
    """Print what should have followed an act that is booked, on standard error: the act itself stands."""
    for one in owed:
        err.print(f"Booked, but: {one['what']}", style="bold yellow")
        _show_parts({"Why": one["why"], "Do": one["remedy"]})


def _show_parts(parts: Mapping[str, str]) -> None:
    for label, text in parts.items():
        if text:
            first, *rest = folded(legible(f"  {label}: {text}"), err.width)
            head = len(f"  {label}: ")
            for line in (err.styled(first[:head], "bold") + first[head:], *rest):
                err.write(line)


def cells(text: str) -> int:
    """Return how many places of a terminal a text takes (Unicode standard annex 11)."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(letter) in "WF" else not unicodedata.combining(letter) for letter in text
    )


def folded(text: str, width: int) -> list[str]:
    """Return a text as lines of at most so many places: parted between words, and inside one only where it must."""
    if cells(text) <= width:
        return [text]
    lines, line = [], ""
    for number, word in enumerate(text.split(" ")):
        joined = f"{line} {word}" if number else word
        if cells(joined) <= width:
            line = joined
            continue
        if line.strip():
            lines.append(line)
        line = word
        while cells(line) > width:
            part = _longest(line, width)
            lines.append(part)
            line = line[len(part) :]
    return [*lines, line] if line else lines


def _longest(text: str, width: int) -> str:
    """Return as much of a text as fits, one letter at least."""
    length = min(len(text), width)
    while length > 1 and cells(text[:length]) > width:
        length -= 1
    return text[: max(1, length)]


def _show_row(row: Sequence[str], styles: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> None:
    columns = [
        [part for line in cell.split("\n") for part in folded(line, width)]
        for cell, width in zip(row, widths, strict=True)
    ]
    for at in range(max(map(len, columns))):
        line = []
        for lines, style, width, to_right in zip(columns, styles, widths, right, strict=True):
            cell = lines[at] if at < len(lines) else ""
            room = " " * (width - cells(cell))
            line.append(room + out.styled(cell, style) if to_right else out.styled(cell, style) + room)
        out.write(_GAP.join(line).rstrip())


def _colour(value: Any) -> str:
    """Return the colour of a code; a place has that of its kind."""
    return _colours().get(str(value).partition(":")[0], "")


def _cell(value: Any, words: Vocabulary | None = None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(str(part), words) for part in value)
    if words is None or not value:
        return legible(str(value))
    from printd.cli.language import said  # help has no codes

    return legible(said(words, str(value)))
