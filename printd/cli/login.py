"""printd login, logout, people: who is logged in at which terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli.common import Json, act, answer, by_passphrase, folder, signed, typed_unseen
from printd.cli.output import out, show_rows
from printd.errors import Refused

if TYPE_CHECKING:
    from printd.desk.people import Ended, KeyForScript, LoggedIn, LoggedOut, SessionShown


def login(
    context: typer.Context,
    name: str,
    for_script: Annotated[
        Path | None, typer.Option("--for-script", metavar="FILE", help="Write a session file for a script instead.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Log in at this terminal, with passphrase and a PIN; or write a session file for a script."""
    from printd.client import session_files

    if for_script is None and session_files.this_terminal() is not None:
        _need_daemon(context, name)
    who = by_passphrase(name)
    if for_script is not None:
        opened: KeyForScript = act(context, "people.for_script", by=who)
        session_files.keep_for_script(for_script, session_files.ForScript(**opened))
        answer(as_json, {"name": name, "file": str(for_script.absolute())}, _show_file)
        return
    pin = typed_unseen("PIN for this terminal, 4 to 8 digits", twice=True)
    done: LoggedIn = act(context, "people.login", by=who, pin=pin)
    session_files.keep_at_terminal(folder(context), session_files.AtTerminal(name, done["token"]))
    answer(as_json, {"name": name, "terminal": who["terminal"], "idle_minutes": done["idle_minutes"]}, _show_login)


def _need_daemon(context: typer.Context, name: str) -> None:
    """Make sure that the daemon runs before anybody types a secret.

    :raises Refused: it does not, so nobody can log in.
    """
    from printd.client.client import listens
    from printd.shop.folder import SOCKET_NAME

    socket = folder(context) / SOCKET_NAME
    if not listens(socket):
        try:
            act(context, "people.login", by={"name": name}, pin="")
        except Refused:
            if not listens(socket):  # else it has begun just now
                raise


def logout(context: typer.Context, as_json: Json = False) -> None:
    """End the session of this terminal."""
    from printd.client import session_files

    here = session_files.at_terminal(folder(context))
    ended: LoggedOut = {"name": None}
    if here is not None:
        ended = act(context, "people.logout", session=here.token)
    session_files.forget_at_terminal(folder(context))

    def show_it(done: LoggedOut) -> None:
        out.print("Nobody was logged in here." if done["name"] is None else f"{done['name']} is logged out.")

    answer(as_json, ended, show_it)


def people(
    context: typer.Context,
    end: Annotated[
        str, typer.Option(metavar="NAME", help="End the sessions of this person: one's own, or as a supervisor.")
    ] = "",
    terminal: Annotated[str | None, typer.Option(help="With --end: only the one at this terminal.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who ends it; by default who is logged in here.")] = "",
    as_json: Json = False,
) -> None:
    """Show who is logged in where, or end somebody's sessions."""
    if end:
        ended: Ended = act(context, "people.end", name=end, terminal=terminal, by=signed(by))
        answer(as_json, ended, lambda done: out.print(f"Sessions of {done['name']} ended: {done['sessions']}."))
        return
    answer(as_json, act(context, "people.list"), _show_list)


def _show_login(done: Mapping[str, object]) -> None:
    out.print(
        f"{done['name']} is logged in at {done['terminal']}. Commands typed here act under this name until "
        f"{done['idle_minutes']} minutes pass without one; end it with: printd logout"
    )


def _show_file(done: dict[str, str]) -> None:
    out.print(
        f"{done['file']} signs for {done['name']}: whoever reads it acts under this name, without a passphrase. "
        f"A script finds it by PRINTD_SESSIONS={done['file']}",
        soft_wrap=True,
    )


def _show_list(rows: list[SessionShown]) -> None:
    show_rows(
        "Logged in",
        ["name", "terminal", "for minutes", "without an act for"],
        [[row["name"], row["terminal"], row["seconds"] // 60, row["idle_seconds"] // 60] for row in rows],
        empty="Nobody is logged in.",
    )
