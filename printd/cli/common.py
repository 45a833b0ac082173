"""What all commands share: the shop, the people who act, the switch for JSON."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from printd.cli.output import show_json, show_owed
from printd.errors import ConfigError, Refused
from printd.shop.folder import CONFIG_NAME, DEFAULT_ZONE
from printd.words import moments

if TYPE_CHECKING:
    from printd.client.session_files import ForScript

SHOP: ContextVar[Path] = ContextVar("shop", default=Path())
"""The shop's folder, as the root was given it: what is shown is shown on its office's clock."""

SESSIONS = "PRINTD_SESSIONS"
"""Names session files of scripts, parted by colons; the first is whoever acts where nobody is named."""

_MOMENT = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

_SHORTEST = 10  # characters of a passphrase; a PIN has fewer, and only digits

T = TypeVar("T")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value for machines.")]
By = Annotated[
    str,
    typer.Option("--by", default_factory=str, show_default=False, help="Who acts; by default who is logged in here."),
]
With = Annotated[str, typer.Option("--with", help="Second person, who signs too.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="Show so many, the first.")]
All = Annotated[bool, typer.Option("--all", help="Show all of them.")]
MaybeWith = Annotated[str | None, typer.Option("--with", help="Second person, who signs too.")]


def folder(context: typer.Context) -> Path:
    """Return the shop's folder."""
    return Path(context.find_root().params["shop"])


def act(context: typer.Context, act_name: str, /, **arguments: Any) -> Any:
    """Perform one act on the shop."""
    from printd.client import client

    result = client.call(folder(context), act_name, arguments)
    if isinstance(result, dict) and "owed" in result:
        from printd.cli.remedies import in_words, owed_of  # what is owed is rare

        result = in_words(result)
        show_owed(owed_of(result))
    return result


def answer(as_json: bool, result: T, show: Callable[[T], None]) -> None:
    """Show a result, for machines or for people."""
    from printd.cli.commands import with_commands  # help has no answer

    told = with_commands(result)
    if as_json:
        show_json(told)
    else:
        show(told)


def limit_of(limit: int, everything: bool) -> int | None:
    """Return how many rows of a list are wanted; ``None``: all."""
    return None if everything else limit


def moment(at: str, shop: Path | None = None) -> str:
    """Return a moment on the office's clock with its zone, for a fact or a sentence.

    :param shop: where it is another than the root was given.
    """
    return moments.moment(at, zone() if shop is None else _zone_of(shop))


def minute(at: str | None) -> str | None:
    """Return a moment on the office's clock to the minute, for a table that :func:`timed` has titled."""
    return None if at is None else moments.minute(at, zone())


def second(at: str) -> str:
    """Return a moment on the office's clock to the second, for such a table."""
    return moments.second(at, zone())


def in_office_time(text: str) -> str:
    """Return sentences that tell moments as the log writes them, with each on the office's clock."""
    return _MOMENT.sub(lambda found: moment(found[0]), text)


def timed(title: str) -> str:
    """Return the title of a table with the zone of the times in it."""
    return f"{title} (times in {moments.zone_name(zone())})"


def zone() -> tzinfo:
    """Return the zone of the shop's office; UTC where its folder does not say it: every time is told with its zone."""
    return _zone_of(SHOP.get())


@cache
def _zone_of(shop: Path) -> tzinfo:
    import tomllib
    from zoneinfo import ZoneInfo

    try:
        office = tomllib.loads((shop / CONFIG_NAME).read_text(encoding="utf-8")).get("office", {})
        return ZoneInfo(office.get("timezone", DEFAULT_ZONE))
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return UTC


def signed(name: str) -> dict[str, str]:
    """Return somebody with a proof that it is them; an empty name is whoever is logged in here.

    :raises Refused: nobody is logged in here, and nobody is named.
    :raises ConfigError: there is no terminal to ask on, or a session file of a script is none.
    """
    from printd.client.client import listens
    from printd.client.session_files import at_terminal, terminal_name
    from printd.shop.folder import SOCKET_NAME

    files = _of_scripts()
    if not name and files:
        name = next(iter(files))
    if name in files:
        return {"name": name, "seed": files[name].seed}
    here = at_terminal(SHOP.get())
    if not name:
        if here is None:
            raise Refused(
                "Nobody is logged in here.",
                consequence="Nothing was changed.",
                remedy="Log in: printd login NAME. Or say who acts: --by NAME.",
            )
        name = here.name
    there = listens(SHOP.get() / SOCKET_NAME)
    where = {"name": name, "terminal": terminal_name()}
    if here is not None and here.name == name and there:
        return {**where, "session": here.token}
    typed = typed_unseen(f"PIN or passphrase of {name}" if there else f"Passphrase of {name}")
    is_pin = there and len(typed) < _SHORTEST and typed.isdecimal()
    return {**where, "pin" if is_pin else "passphrase": typed}


def by_passphrase(name: str) -> dict[str, str]:
    """Return somebody with their passphrase, which they type now."""
    from printd.client.session_files import terminal_name

    return {"name": name, "terminal": terminal_name(), "passphrase": typed_unseen(f"Passphrase of {name}")}


def whoever(name: str) -> str:
    """Return a name, or that of whoever is logged in here where none is given.

    :raises Refused: nobody is.
    """
    return name or signed(name)["name"]


def new_passphrase(name: str) -> str:
    """Return a passphrase that somebody chooses now, typed twice."""
    return typed_unseen(f"New passphrase of {name}, 10 characters or more", twice=True)


def asked(label: str, usual: str | None = None, *, hidden: bool = False) -> str:
    """Return what is asked for because it must not stand in the command itself: from a terminal, or a line of input.

    :param usual: what it is where only Enter is pressed; ``None``: it is asked again.
    """
    shown = bool(usual)
    return str(typer.prompt(label, default=usual, show_default=shown, hide_input=hidden and _terminal(), err=True))


def typed_unseen(label: str, *, twice: bool = False) -> str:
    """Return a secret that a person types unseen.

    :raises ConfigError: there is no terminal; without one it would be shown, or wait for ever.
    """
    if not _terminal():
        raise ConfigError(
            f"{label}: there is no terminal to ask on.",
            consequence="Nothing was booked.",
            remedy=f"Run it on a terminal. For scripts, {SESSIONS} names a session file, which is made once with: "
            "printd login NAME --for-script FILE",
        )
    again = f"{label}, again" if twice else False
    return str(typer.prompt(label, hide_input=True, confirmation_prompt=again, err=True))


def _terminal() -> bool:
    """Tell whether a terminal is there on which something can be typed unseen."""
    with suppress(OSError):
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
        return True
    return sys.stdin.isatty()


def _of_scripts() -> Mapping[str, ForScript]:
    """Return the session files that the environment names, by name."""
    listed = os.environ.get(SESSIONS)
    if not listed:
        return {}
    from printd.client.session_files import for_scripts

    return {one.name: one for one in for_scripts(listed)}


def ranges(texts: list[str] | None) -> list[list[str]]:
    """Return pairs of first and last serial of ``FIRST..LAST`` or ``SERIAL``."""
    return [[first, last or first] for text in texts or [] for first, _, last in (text.partition(".."),)]


def sheet(found: list[str]) -> dict[str, Any]:
    """Return a count sheet of ``PLACE=PIECES`` or ``PLACE=FIRST..LAST,SERIAL,...``.

    :raises Refused: a part has no place or no figure.
    """

    from printd.words.serials import parse_range

    counted: dict[str, Any] = {}
    for text in found:
        place, told, what = text.rpartition("=")
        if not told or not what:
            raise Refused(f"{text[:60]!r} is no count.", remedy="Write PLACE=PIECES, or PLACE=FIRST..LAST,SERIAL.")
        if what.isdigit() and len(what) < 8:
            counted[place] = {"pieces": int(what)}
            continue
        serials = ranges(what.split(","))
        counted[place] = {"pieces": sum(len(parse_range(*pair)) for pair in serials), "serials": serials}
    return counted


def spans(pairs: list[list[str]]) -> str:
    """Return pairs of first and last serial as a reader writes them."""
    return ", ".join(first if first == last else f"{first} to {last}" for first, last in pairs)


def written(files: Mapping[str, str] | None) -> str:
    """Return where the PDF of an act lies; what an act owes is said beside its answer."""
    return "not written yet" if files is None else files["pdf"]


def read_file(path: Path) -> bytes:
    """Return the bytes of a paper that came as a file; of a huge one, enough to be refused.

    :raises Refused: it cannot be read.
    """
    from printd.custody.manifest import MAX_BYTES

    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as missing:
        raise Refused(f"The file {path} cannot be read.", why=f"{missing.strerror}.") from missing
