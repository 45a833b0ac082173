"""printd policy: who gets scarce blanks first, and who overrode it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from printd.cli.common import Json, act, answer, minute, timed
from printd.cli.output import out, show_facts, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.policy import PolicyTold
    from printd.store.tables.policy import OverrideRow

app = typer.Typer()


@app.command()
def show(context: typer.Context, as_json: Json = False) -> None:
    """Show the policy, what was printed under it today, and the stock against the reserve."""

    def show_it(told: PolicyTold) -> None:
        show_rows(
            "Classes, in order",
            ["class", "reasons", "printed today", "cap", "below the floor"],
            [
                [one["name"], one["reasons"], told["today"][one["name"]], one["daily_cap"], one["below_floor"]]
                for one in told["classes"]
            ],
            text=["reasons"],
            words={"reasons": Vocabulary.REASON},
            empty="No classes: first come, first served.",
        )
        out.print()
        show_facts(
            {
                "longest wait": _share(told),
                "doubts": "two people sign, always" if told["doubts_by_two"] else "two people sign for another blank",
                "reserve": told["reserve_floor"] or "none",
                "stock": ", ".join(f"{kind} {pieces:,}" for kind, pieces in told["stock"].items()) or "none",
                "quotas": ", ".join(f"{area} {told['areas'][area]}/{most}" for area, most in told["quotas"].items())
                or "none",
            }
        )

    answer(as_json, act(context, "policy.show"), show_it)


def _share(told: PolicyTold) -> str:
    if not told["classes"]:
        return "goes first"
    return f"one card in {told['oldest_every']}" if told["oldest_every"] else "does not count"


@app.command()
def overrides(context: typer.Context, as_json: Json = False) -> None:
    """List the jobs that two people let go first, and why."""

    def show_it(rows: list[OverrideRow]) -> None:
        show_rows(
            timed("Overrides"),
            ["at", "job", "reason", "by"],
            [[minute(one["at"]), one["job_id"][:8], one["reason"], [one["by"], one["second"]]] for one in rows],
            text=["reason"],
            empty="Nothing was overridden.",
        )

    answer(as_json, act(context, "policy.overrides"), show_it)
