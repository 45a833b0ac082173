"""The nouns of the command line with their lines of help; each is loaded when it is the one that is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType, ModuleType
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_command_name
from typer.models import CommandInfo

NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "operators": "Who works here, and as what: enrol, role, retire, renew, passwd, recover, list.",
        "deliveries": "What the province sends: announce, receive, list, show.",
        "discrepancies": "Differences at receipts, until a document closes them.",
        "shifts": "Working periods: issue, count, close.",
        "blanks": "Where every blank is and has been.",
        "transfers": "Blanks sent to other sites and back.",
        "sites": "Offices, sub-districts and mobile units with our blanks.",
        "incidents": "Missing or surplus blanks, broken seals, foreign chips.",
        "cards": "Invalid cards that came back, kept for destruction (R8).",
        "destructions": "Destruction of spoiled blanks and invalid cards (R9).",
        "spoilage": "Spoilage against chance, and what waits too long.",
        "configuration": "What the shop runs under, and who answers for it: show, accept.",
        "policy": "Who gets scarce blanks first.",
        "forecast": "How long blanks last, when to ask, and for how many.",
        "consumables": "Ribbons, films and cleaning kits: what they give against what they promise.",
        "suket": "Temporary certificates: issue, list.",
        "reports": "The reports an office owes: R1 to R18, and the spoilage chart.",
        "records": "What the registry wants printed, and what was refused.",
        "jobs": "The wish to print one record, and what became of it.",
        "printers": "The machines: discover, add, list, pause, resume, test, trace, calibrate.",
        "audit": "Prove everything in one go; or verify, replay, export, witnesses.",
    }
)
"""Each is a module of this package, in the order of a day's work."""

_WHOLE = 1000  # characters of a line of help, so many that none is cut

ALONE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "login": ("login", "Log in at this terminal, with passphrase and a PIN; or write a session file for a script."),
        "logout": ("login", "End the session of this terminal."),
        "people": ("login", "Show who is logged in where, or end somebody's sessions."),
        "demo": ("demo", "Print a day's cards on simulated printers: delivery, records, faults, quality check, proof."),
        "backup": (
            "backup",
            "Back the shop up, while the daemon runs or not: database, configuration, public keys; no secret key.",
        ),
        "restore": ("backup", "Bring a backup back, wholly and proved, or not at all."),
        "docs": ("docs", "Read the documents: without a name, what there is."),
    }
)
"""Commands without a noun that load slowly: module of this package, and line of help, which is the first of its own; a
test compares."""


class Named(TyperGroup):
    """A group of commands of which only the one that is asked for is loaded and built; case does not matter."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is named, or say which one may be meant."""
        names = self.list_commands(ctx)
        if args[0].lower() not in names and not args[0].startswith("-"):
            close = get_close_matches(args[0], names)
            ctx.fail(f"No such command {args[0]!r}." + (f" Did you mean {' or '.join(close)}?" if close else ""))
        return super().resolve_command(ctx, args)

    def lines(self, ctx: Any) -> dict[str, str]:
        """Return the line of help of each command by its name."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        return {name: command.get_short_help_str(_WHOLE) for name, command in found if command is not None}

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write them; a long one is wrapped and not cut."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.lines(ctx).items()))


class Nouns(Named):
    """The root's own commands, and the nouns. A look at the help loads none of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names in the order of a day's work."""
        return [*NOUNS, *ALONE, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return one command; a noun is imported now."""
        name = cmd_name.lower()
        if name in NOUNS:
            return Noun(name, importlib.import_module(f"printd.cli.{name}").app)
        if name in ALONE:
            return _built(name, CommandInfo(name, callback=getattr(_module_of(name), name)))
        return super().get_command(ctx, name)

    def lines(self, ctx: Any) -> dict[str, str]:
        """Return them without loading what they are about."""
        own = {name: command.get_short_help_str(_WHOLE) for name, command in self.commands.items()}
        return {**NOUNS, **{name: line for name, (_, line) in ALONE.items()}, **own}


class Noun(Named):
    """The commands of one noun; where its module has a callback, the noun alone is a command too."""

    def __init__(self, name: str, app: typer.Typer) -> None:
        whole = app.registered_callback
        if whole is None:
            super().__init__(name=name, help=NOUNS[name], no_args_is_help=True, rich_markup_mode=None)
        else:
            alone = _built(name, CommandInfo(name, callback=whole.callback))
            super().__init__(
                name=name, help=alone.help, callback=alone.callback, params=alone.params, invoke_without_command=True,
                rich_markup_mode=None,
            )  # fmt: skip
        self._parts = {_name_of(one): one for one in app.registered_commands}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names as they stand in the module."""
        return list(self._parts)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return one command, built now."""
        name = cmd_name.lower()
        return _built(name, self._parts[name]) if name in self._parts else None


def _name_of(info: CommandInfo) -> str:
    assert info.callback is not None
    return info.name or get_command_name(info.callback.__name__)


def _module_of(name: str) -> ModuleType:
    return importlib.import_module(f"printd.cli.{ALONE[name][0]}")


def _built(name: str, info: CommandInfo) -> Any:
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.registered_commands.append(info)
    command = get_command(alone)
    command.name = name
    return command
