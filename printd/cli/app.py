"""printd: the command line's root, and the commands that are no noun."""

from __future__ import annotations

import io
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from printd.cli.common import SHOP, Json, answer, folder, moment, zone
from printd.cli.nouns import Nouns
from printd.cli.output import err, fit_output, out, show_error, show_json, show_owed
from printd.errors import Booked, PrintdError

if TYPE_CHECKING:
    from printd.cli.founding import Made
    from printd.desk.health import HealthShown

app = typer.Typer(
    cls=Nouns,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="The controller of an identity-card print shop: one blank, one attempt, one record that proves it.",
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        out.print(f"printd {version('printd')}")
        raise typer.Exit


@app.callback()
def root(
    shop: Annotated[Path, typer.Option("--shop", envvar="PRINTD_SHOP", help="The shop's folder.")] = Path(),
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before the noun."""
    SHOP.set(shop)


@app.command()
def init(
    context: typer.Context,
    origin: Annotated[
        str, typer.Option(help="Name of the log, for ever: <domain>/<province>/<site>/blanks/<generation>.")
    ],
    name: Annotated[str, typer.Option(help="Name of the office.")] = "Dinas Kependudukan dan Pencatatan Sipil",
    timezone: Annotated[str, typer.Option(help="Time zone of the office.")] = "Asia/Makassar",
    place: Annotated[str, typer.Option(help="Place of issue on the card.")] = "KOTA KUPANG",
    database: Annotated[
        str, typer.Option(help="Address of a new, empty PostgreSQL database; SQLite in the folder where left out.")
    ] = "",
    one: Annotated[
        str, typer.Option("--first", help="Login name of the first of the first two people, a supervisor.")
    ] = "",
    other: Annotated[str, typer.Option("--second", help="Login name of the second.")] = "",
    practice: Annotated[
        bool,
        typer.Option("--practice", help="A shop to practise in, for ever: any printer will do, cards say SPECIMEN."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a new shop in the folder that --shop names; its first two people sign, and are asked for what they are."""
    from printd.cli.founding import founders, show_made
    from printd.shop.making import check_place, create

    shop = folder(context)
    check_place(shop, origin)  # before two people have typed anything
    two = founders(one, other)
    codes = create(
        shop,
        origin=origin,
        name=name,
        timezone=timezone,
        place=place,
        database=database,
        people=two,
        practice=practice,
    )
    told = dict(zip((founder.name for founder in two), codes, strict=True))
    made: Made = {"shop": str(shop), "origin": origin, "practice": practice, "recovery_codes": told}
    answer(as_json, made, show_made)


@app.command()
def check(context: typer.Context, as_json: Json = False) -> None:
    """Check configuration, keys, database and health of the shop, without starting anything; exit 1: a problem."""
    from printd.books.cosigned import first_in_words, in_words
    from printd.books.cosigned import show as show_cosigned
    from printd.cli.verified import notes
    from printd.client.client import call, listens
    from printd.desk.acts import perform
    from printd.desk.desk import Desk
    from printd.desk.health import unheard
    from printd.shop.folder import SOCKET_NAME, check_socket_path
    from printd.shop.shop import Shop

    shop = folder(context)
    check_socket_path(shop.absolute() / SOCKET_NAME)
    opened = Shop.open(shop)
    try:
        opened.check_start()
        if opened.books.barred is not None:
            raise opened.books.barred
        with opened.store.reading() as connection:
            noted = notes(connection, zone())
            cosigned = show_cosigned(connection, opened.witnesses)
        there = listens(shop / SOCKET_NAME)
        health: HealthShown = call(shop, "health.show", {}) if there else perform(Desk(opened), "health.show", {})
        if not there:
            health["problems"] += unheard(opened)
    finally:
        opened.close()
    config = opened.config.model_dump(exclude={"database"})  # its address may hold a password

    def show(_told: object) -> None:
        out.print("Configuration, keys and database are fine.")
        looked = health["looked"]
        if looked is not None:
            told = f"Since the daemon started it looked at {looked['entries']:,} of {looked['of']:,} signed entries."
            out.print(told, soft_wrap=True)
        out.print(in_words(cosigned, zone()), soft_wrap=True)
        if cosigned["witnesses"] and not cosigned["before_first_print"]:
            out.print(first_in_words(cosigned, zone()), soft_wrap=True)
        for note in noted:
            out.print(f"- {note}", soft_wrap=True)
        for one in health["problems"]:
            out.print(f"{one['part']} ({one['code']}, since {moment(one['since'])}): {one['message']}", soft_wrap=True)

    answer(as_json, {**config, **health, "notes": noted, "cosigned": cosigned}, show)
    if health["problems"]:
        raise typer.Exit(1)


@app.command()
def run(
    context: typer.Context,
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="Checkpoint that the books must reach: a signed note, the folder of a backup or export, or SIZE:ROOT."
        ),
    ] = None,
) -> None:
    """Run the daemon in the foreground until it is stopped."""
    from printd import log
    from printd.daemon import daemon

    log.configure()
    daemon.run(folder(context), against or ())


class UsageError(PrintdError):
    """No command is called like this."""


def main() -> None:
    """Run the command line; exit 0 done, 1 refused with a reason, 2 usage."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is shown may be a face; a shop that is opened forbids more
    fit_output()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names may be no text
    try:
        code = _answered()
        out.flush()
    except PrintdError as lost:  # all others were told
        show_error(lost)
        code = 1
    raise SystemExit(code)


def _answered() -> int:
    try:
        return app(standalone_mode=False, prog_name="printd") or 0
    except Booked as booked:
        from printd.cli.remedies import error_to_json

        told = error_to_json(booked)
        show_owed([told])
        if "--json" in sys.argv:
            show_json(told)
        return 0
    except PrintdError as error:
        return _failed(error, 1)
    except typer.Abort:
        left = PrintdError(
            "A question was left without an answer.",
            consequence="Nothing was booked.",
            remedy="Repeat the command, and answer: at a terminal, or with a line of input for each question.",
        )
        return _failed(left, 1)
    except typer.TyperException as wrong:
        return _misused(wrong)


def _misused(wrong: typer.TyperException) -> int:
    """Tell what was wrong with the words of a command; a noun alone shows its help."""
    called: Any = getattr(wrong, "ctx", None)
    command = "printd" if called is None else called.command_path
    if wrong.message.startswith("Usage:"):
        err.print(wrong.message, soft_wrap=True)
        return 2
    what = wrong.format_message()
    what = what if what.endswith((".", "?")) else f"{what}."
    return _failed(UsageError(what, consequence="Nothing was done.", remedy=f"See: {command} --help"), 2)


def _failed(error: PrintdError, code: int) -> int:
    show_error(error)
    if "--json" in sys.argv:
        from printd.cli.remedies import error_to_json

        show_json(error_to_json(error))
    return code
