"""What all commands share: the shop, the people who act, the switch for JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, tzinfo
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from printd.cli.output import show_json, show_owed
from printd.errors import ConfigError, Refused
from printd.shop.folder import CONFIG_NAME, DEFAULT_ZONE
from printd.words import moments

PASSWORDS = "PRINTD_PASSWORDS"

SHOP: ContextVar[Path] = ContextVar("shop", default=Path())
"""The shop's folder, as the root was given it: what is shown is shown on its office's clock."""

T = TypeVar("T")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value for machines.")]
By = Annotated[str, typer.Option("--by", envvar="PRINTD_OPERATOR", help="Operator who acts.")]
With = Annotated[str, typer.Option("--with", help="Second operator, who signs too.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="Show so many, the first.")]
All = Annotated[bool, typer.Option("--all", help="Show all of them.")]
MaybeWith = Annotated[str | None, typer.Option("--with", help="Second operator, who signs too.")]


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
    """Return a person with their password, asked for on the terminal.

    For scripts, the environment variable PRINTD_PASSWORDS names a TOML file ``name = "password"`` that only its owner
    may read.
    """
    return {"name": name, "password": password_of(name)}


def password_of(name: str) -> str:
    """Return a password from the file that PRINTD_PASSWORDS names, or from the terminal."""
    known = _listed()
    return str(known[name]) if name in known else _typed(f"Password of {name}", confirm=False)


def new_password_of(name: str, *, listed: bool) -> str:
    """Return a password that is chosen now, typed twice.

    :param listed: whether the file that PRINTD_PASSWORDS names may hold it.
    """
    known = _listed() if listed else {}
    return str(known[name]) if name in known else _typed(f"New password of {name}", confirm=True)


def asked(label: str, *, hidden: bool = False) -> str:
    """Return what is asked for because it must not stand in the command itself: from a terminal, or a line of input."""
    return str(typer.prompt(label, hide_input=hidden and _terminal(), err=True))


def _typed(label: str, *, confirm: bool) -> str:
    """Return a password that a person types unseen.

    :raises ConfigError: there is no terminal; without one it would be shown, or wait for ever.
    """
    if not _terminal():
        raise ConfigError(
            f"{label}: there is no terminal to ask on.",
            consequence="Nothing was booked.",
            remedy=f'Run it on a terminal. For scripts, {PASSWORDS} names a file of lines NAME = "PASSWORD" that only '
            "its owner may read.",
        )
    return str(typer.prompt(label, hide_input=True, confirmation_prompt=confirm, err=True))


def _terminal() -> bool:
    """Tell whether a terminal is there on which something can be typed unseen."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return sys.stdin.isatty()
    return True


def _listed() -> dict[str, Any]:
    """Return the passwords of the file that PRINTD_PASSWORDS names."""
    listed = os.environ.get(PASSWORDS)
    if not listed:
        return {}
    import tomllib

    path = Path(listed)
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path} can be read by others.", remedy=f"Protect it first: chmod 600 {path}")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise ConfigError(f"The password file {path} cannot be read.", why=f"{broken}.") from broken


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
