"""printd destructions: spoiled blanks and invalid cards, destroyed before witnesses."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, With, act, answer, minute, ranges, signed, timed, written
from printd.cli.memory import to_disk
from printd.cli.output import err, out, show_rows
from printd.errors import Refused
from printd.language.vocabularies import Vocabulary
from printd.remedies import Do

if TYPE_CHECKING:
    from printd.desk.destruction_list import CardList
    from printd.desk.destructions import Destroyed, DestructionTold

app = typer.Typer()

List = Annotated[
    Path | None,
    typer.Option(
        "--annex", help="Write the list of cards by name and address here, a PDF; in a real shop into memory alone."
    ),
]


@app.command()
def destroy(
    context: typer.Context,
    ba_number: Annotated[str, typer.Argument(help="Number of the act (berita acara).")],
    place: Annotated[str, typer.Option(help="Where.")],
    witness: Annotated[list[str], typer.Option(help="NAME@AGENCY or NAME@POSITION@AGENCY; repeat. Names are sealed.")],
    by: By,
    second: With,
    serial: Annotated[
        list[str] | None, typer.Option(help="SERIAL or FIRST..LAST; repeat. All spoiled ones otherwise.")
    ] = None,
    method: Annotated[str, choices.option(choices.DESTRUCTIONS, "How")] = "burn",
    begun: Annotated[str, typer.Option(help="When it began, on the office's clock: 16.05.")] = "",
    ended: Annotated[str, typer.Option(help="When it ended.")] = "",
    voided: Annotated[str | None, choices.option(choices.VOIDED, "How the pieces were made unusable before")] = None,
    recounted: Annotated[
        int | None, typer.Option(min=0, help="Pieces that were counted once more before the witnesses.")
    ] = None,
    order: Annotated[
        list[str] | None,
        typer.Option(help="Letter on which this destruction alone stands; repeat. Shredding needs one."),
    ] = None,
    photo: Annotated[list[Path] | None, typer.Option(help="JPEG taken while they were destroyed; repeat.")] = None,
    annex: List = None,
    as_json: Json = False,
) -> None:
    """Destroy what lies in the spoil bin and the invalid cards; two officers and witnesses."""
    what = {
        "ba_number": ba_number,
        "place": place,
        "witnesses": [_witness(text) for text in witness],
        "method": method,
        "begun": begun,
        "ended": ended,
        "voided": voided,
        "recounted": recounted,
        "orders": order or [],
        "photos": [b64encode(_photo(path)).decode() for path in photo or []],
        "annex": annex is not None,
        "to_disk": annex is not None and to_disk(annex),
    }
    two = {"by": signed(by), "second": signed(second)}
    result: Destroyed = act(context, "destructions.destroy", serials=ranges(serial) or None, **what, **two)
    if annex is not None and result["annex"] is not None:
        _write(annex, result["annex"])
    answer(
        as_json,
        result,
        lambda one: out.print(
            f"{one['blanks']} blanks and {one['cards']} cards are destroyed; the act is {written(one['files'])}"
        ),
    )


def _witness(text: str) -> dict[str, str]:
    who, _, agency = text.rpartition("@")
    name, _, position = who.partition("@")
    return {"name": name, "agency": agency, "position": position}


def _photo(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as missing:
        raise Refused(
            f"The photo {path} cannot be read.", why=f"{missing.strerror}.", consequence="Nothing was destroyed."
        ) from missing


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all destructions."""

    def show_it(rows: list[DestructionTold]) -> None:
        show_rows(
            timed("Destructions"),
            ["destruction", "act", "at", "method", "place", "blanks", "cards", "officers"],
            [
                [
                    one["id"],
                    one["ba_number"],
                    minute(one["at"]),
                    one["method"],
                    one["place"],
                    one["blanks"],
                    one["cards"],
                    [one["by"], one["second"]],
                ]
                for one in rows
            ],
            text=["place"],
            words={"method": Vocabulary.METHOD},
            empty="Nothing was destroyed yet.",
        )

    answer(as_json, act(context, "destructions.list"), show_it)


@app.command()
def annex(
    context: typer.Context,
    destruction: str,
    by: By,
    second: With,
    file: List = None,
    as_json: Json = False,
) -> None:
    """Show the list by name and by address; two people open it, one of them a supervisor, and that is booked."""
    two = {"by": signed(by), "second": signed(second)}
    where = {"to_disk": file is not None and to_disk(file)}
    result: CardList = act(context, "destructions.annex", destruction=destruction, **where, **two)
    if file is not None:
        _write(file, result["pdf"])

    def show_it(told: CardList) -> None:
        show_rows(
            f"List, {told['pages']} pages",
            ["NIK", "name", "address", "cause"],
            [[one["nik"], one["name"], one["address"], one["cause"]] for one in told["cards"]],
            text=["name", "address"],
            words={"cause": Vocabulary.INVALID},
            empty="None.",
        )

    answer(as_json, result, show_it)


def _write(path: Path, pdf: str) -> None:
    """Write the list by name for the user alone.

    :raises Refused: the file is there already, or cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(b64decode(pdf))
    except OSError as refused:
        raise Refused(
            f"The list by name cannot be written to {path}.",
            why=f"{refused.strerror}.",
            consequence="That it was opened is booked.",
            remedy=("Name a new file in a folder that you may write to, with: ", Do("destructions.annex")),
        ) from refused
    err.print(f"{path} holds names and addresses: print it and delete it.", soft_wrap=True)
