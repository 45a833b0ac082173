"""What all commands share: the shop, the people who act, the switch for JSON."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from printd import client
from printd.cli.output import show_json, show_owed
from printd.custody.serials import parse_range
from printd.errors import ConfigError, Refused

PASSWORDS = "PRINTD_PASSWORDS"

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value for machines.")]
By = Annotated[str, typer.Option("--by", envvar="PRINTD_OPERATOR", help="Operator who acts.")]
With = Annotated[str, typer.Option("--with", help="Second operator, who signs too.")]
MaybeWith = Annotated[str | None, typer.Option("--with", help="Second operator, who signs too.")]


def folder(context: typer.Context) -> Path:
    """Return the shop's folder."""
    chosen: Path = context.find_root().params["shop"]
    return chosen


def act(context: typer.Context, act_name: str, /, **arguments: Any) -> Any:
    """Perform one act on the shop."""
    result = client.call(folder(context), act_name, arguments)
    if isinstance(result, dict):
        show_owed(result.get("owed", ()))
    return result


def answer(as_json: bool, result: Any, show: Callable[[Any], None]) -> None:
    """Show a result, for machines or for people."""
    if as_json:
        show_json(result)
    else:
        show(result)


def signed(name: str) -> dict[str, str]:
    """Return a person with their password, asked for on the terminal.

    For scripts, the environment variable PRINTD_PASSWORDS names a TOML file ``name = "password"`` that only its owner
    may read.
    """
    return {"name": name, "password": password_of(name)}


def password_of(name: str, *, confirm: bool = False) -> str:
    """Return a password from the file that PRINTD_PASSWORDS names, or from the terminal."""
    listed = os.environ.get(PASSWORDS)
    if listed:
        path = Path(listed)
        try:
            if path.stat().st_mode & 0o077:
                raise ConfigError(f"{path} can be read by others.", remedy=f"Protect it first: chmod 600 {path}")
            known = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
            raise ConfigError(f"The password file {path} cannot be read.", why=f"{broken}.") from broken
        if name in known:
            return str(known[name])
    return str(typer.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=confirm, err=True))


def ranges(texts: list[str] | None) -> list[list[str]]:
    """Return pairs of first and last serial of ``FIRST..LAST`` or ``SERIAL``."""
    return [[first, last or first] for text in texts or [] for first, _, last in (text.partition(".."),)]


def sheet(found: list[str]) -> dict[str, Any]:
    """Return a count sheet of ``PLACE=PIECES`` or ``PLACE=FIRST..LAST,SERIAL,...``.

    :raises Refused: a part has no place or no figure.
    """
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
