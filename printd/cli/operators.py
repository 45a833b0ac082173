"""printd operators: who may act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import Json, act, answer, new_password_of, signed
from printd.cli.output import out, show_rows

if TYPE_CHECKING:
    from printd.desk.operators import Named
    from printd.store.tables.operators import OperatorRow

app = typer.Typer()


@app.command()
def add(
    context: typer.Context,
    name: str,
    role: Annotated[str, choices.option(choices.ROLES, "What they may do")] = "operator",
    as_json: Json = False,
) -> None:
    """Enrol an operator; the password is asked for."""
    result: OperatorRow = act(
        context, "operators.add", name=name, password=new_password_of(name, listed=True), role=role
    )
    answer(as_json, result, lambda done: out.print(f"{done['name']} may act as {done['role']} now."))


@app.command()
def passwd(
    context: typer.Context,
    name: str,
    by: Annotated[str | None, typer.Option("--by", help="Supervisor who signs; otherwise the operator.")] = None,
    as_json: Json = False,
) -> None:
    """Give an operator a new password; the old one, or a supervisor's, is asked for first."""
    signer = signed(by or name)
    chosen = new_password_of(name, listed=False)
    result: Named = act(context, "operators.passwd", name=name, password=chosen, by=signer)
    answer(as_json, result, lambda done: out.print(f"{done['name']} has a new password."))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all operators."""
    listed: list[OperatorRow] = act(context, "operators.list")
    answer(
        as_json,
        listed,
        lambda rows: show_rows(
            "Operators",
            ["name", "role", "active"],
            [[row["name"], row["role"], row["active"]] for row in rows],
            empty="No operators yet. Enrol one with: printd operators add NAME",
        ),
    )
