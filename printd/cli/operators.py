"""printd operators: who works here, in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, With, act, answer, new_passphrase, signed, typed_unseen, whoever
from printd.cli.language import said
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.operators import Coded, Named, OperatorShown

app = typer.Typer()

Role = Annotated[str, choices.option(choices.ROLES, "What they may sign")]


@app.command()
def enrol(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Short name to log in with; it stands in the log for ever.")],
    legal_name: Annotated[str, typer.Option("--legal-name", help="Name in full, as papers carry it.")],
    by: By,
    second: With,
    role: Role = "operator",
    nip: Annotated[str | None, typer.Option(help="Number of a civil servant, 18 digits.")] = None,
    position: Annotated[str, typer.Option(help="Office (jabatan), as papers carry it.")] = "",
    rank: Annotated[str, typer.Option(help="Rank (pangkat/golongan), as papers carry it: Penata (III/c).")] = "",
    as_json: Json = False,
) -> None:
    """Enrol somebody, who types a passphrase of their own; two others sign, one of them a supervisor."""
    two = {"by": signed(by), "second": signed(second)}
    about = {"name": name, "role": role, "legal_name": legal_name, "nip": nip, "position": position, "rank": rank}
    done: Coded = act(context, "operators.enrol", passphrase=new_passphrase(name), **about, **two)
    answer(as_json, done, lambda one: _show_code(f"{name} works here now as {role}.", one))


@app.command("role")
def set_role(
    context: typer.Context,
    name: str,
    role: Annotated[str, choices.argument(choices.ROLES, "What they may sign from now on")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Give somebody another role; two others sign, one of them a supervisor."""
    two = {"by": signed(by), "second": signed(second)}
    done: Named = act(context, "operators.set_role", name=name, role=role, **two)
    answer(as_json, done, lambda one: out.print(f"{one['name']} is {said(Vocabulary.ROLE, role)} from now on."))


@app.command()
def retire(context: typer.Context, name: str, by: By, second: With, as_json: Json = False) -> None:
    """Let somebody go: they can sign nothing from now on; two others sign, one of them a supervisor."""
    two = {"by": signed(by), "second": signed(second)}
    done: Named = act(context, "operators.retire", name=name, **two)
    answer(as_json, done, lambda one: out.print(f"{one['name']} works here no more. What they signed stays good."))


@app.command()
def renew(context: typer.Context, name: str, by: By, second: With, as_json: Json = False) -> None:
    """Give somebody a new key, where passphrase and recovery code are lost; two others sign, one a supervisor."""
    two = {"by": signed(by), "second": signed(second)}
    done: Coded = act(context, "operators.renew", name=name, passphrase=new_passphrase(name), **two)
    answer(as_json, done, lambda one: _show_code(f"{name} has a new key; the old one signs nothing any more.", one))


@app.command()
def passwd(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Who; by default who is logged in here.")] = "",
    as_json: Json = False,
) -> None:
    """Give yourself a new passphrase; the old one is asked for first."""
    name = whoever(name)
    old = typed_unseen(f"Passphrase of {name} until now")
    done: Coded = act(context, "operators.passwd", name=name, old=old, passphrase=new_passphrase(name), **_here())
    answer(as_json, done, lambda one: _show_code(f"{name} has a new passphrase.", one))


@app.command()
def recover(context: typer.Context, name: str, as_json: Json = False) -> None:
    """Give yourself a new passphrase by your recovery code, which is used up by it."""
    code = typed_unseen(f"Recovery code of {name}")
    done: Coded = act(context, "operators.recover", name=name, code=code, passphrase=new_passphrase(name), **_here())
    answer(as_json, done, lambda one: _show_code(f"{name} has a new passphrase.", one))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all who work here, and who did."""
    listed: list[OperatorShown] = act(context, "operators.list")
    answer(
        as_json,
        listed,
        lambda rows: show_rows(
            "Operators",
            ["name", "role", "active", "legal name", "NIP", "rank", "position"],
            [
                [row["name"], row["role"], row["active"], row["legal_name"], row["nip"], row["rank"], row["position"]]
                for row in rows
            ],
            words={"role": Vocabulary.ROLE},
            empty="Nobody works here.",
        ),
    )


def show_recovery_code(name: str, code: str) -> None:
    """Show somebody's recovery code, this once, and what to do with it."""
    out.print(f"Recovery code of {name}: {code}", style="bold", soft_wrap=True)
    out.print(
        f"It opens the key of {name} where the passphrase is forgotten, and it is not shown again. {name} writes it on "
        "paper now, and keeps it in a closed envelope where nobody else comes to it."
    )


def _show_code(what: str, done: Coded) -> None:
    out.print(what)
    show_recovery_code(done["name"], done["recovery_code"])


def _here() -> dict[str, str]:
    from printd.client.session_files import terminal_name

    return {"terminal": terminal_name()}
