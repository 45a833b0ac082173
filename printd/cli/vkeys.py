"""The log's public key, from outside or from the shop's own folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli.common import folder
from printd.errors import Refused

if TYPE_CHECKING:
    from printd.ledger.notes import Verifier

Vkey = Annotated[str | None, typer.Option(help="Verifier key from outside; otherwise the shop's own.")]


def verifier(context: typer.Context, vkey: str | None) -> Verifier:
    """Return the key that was given, or the shop's own.

    :raises Refused: it is none.
    :raises ConfigError: none was given, and the shop's cannot be read.
    """
    from printd.ledger.notes import NoteError, Verifier
    from printd.shop import keys

    try:
        return Verifier.from_vkey(vkey or keys.vkey(folder(context)))
    except NoteError as unreadable:
        raise Refused("The verifier key cannot be used.", why=f"{unreadable}.", remedy="Copy it again.") from unreadable
