"""printd configuration: what the shop ran under, and who answers for what a start found changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli.common import By, Json, With, act, answer, minute, signed, timed
from printd.cli.output import out, show_rows

if TYPE_CHECKING:
    from printd.desk.configuration import Accepted, ConfigurationShown

app = typer.Typer()


@app.command()
def show(context: typer.Context, as_json: Json = False) -> None:
    """Show what the shop ran under, newest first, what changed each time, and which entry answers for it."""

    def show_it(told: list[ConfigurationShown]) -> None:
        show_rows(
            timed("Configurations"),
            ["entry", "at", "changed", "version", "layout", "time zone", "settings", "answered by entry"],
            [
                [
                    one["entry"],
                    minute(one["at"]),
                    one["changed"],
                    one["version"],
                    f"{one['layout']} {one['layout_digest'][:8]}",
                    one["timezone"],
                    one["settings"][:8],
                    "nobody yet" if one["answered"] is None else one["answered"],
                ]
                for one in told
            ],
            text=["changed"],
            empty="The log does not tell yet; the next start enters it.",
        )

    answer(as_json, act(context, "configuration.show"), show_it)


@app.command()
def accept(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(min=0, help="Number of the entry that says what was found.")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Answer for what a start found changed; two people sign, one of them a supervisor."""

    def show_it(told: Accepted) -> None:
        out.print(f"{' and '.join(told['accepted_by'])} answer for entry {told['entry']}. Printers can be resumed.")

    done: Accepted = act(context, "configuration.accept", entry=entry, by=signed(by), second=signed(second))
    answer(as_json, done, show_it)
