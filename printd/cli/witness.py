"""printd audit witness: cosign the checkpoints of other shops, by HTTP, in a folder or on a stick."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from printd.cli.common import Json, answer, moment
from printd.cli.output import out, show_facts
from printd.errors import Refused

if TYPE_CHECKING:
    from printd.witness.kept import Kept

_PORTS = range(65_536)  # 0: a free one, which the first line of the log tells


class LogSeen(TypedDict):
    """A log that a witness knows: entries and root that it cosigned last, when; ``None``: nothing yet.

    ``refused`` counts what the log's key signed and that contradicts what was cosigned before.
    """

    origin: str
    key: str
    size: int | None
    root: str | None
    cosigned_at: str | None
    refused: int


class StickAnswered(TypedDict):
    """What was answered to a log's requests on a stick: for which size, the status as HTTP has it.

    ``None``: none lay there.
    """

    origin: str
    size: int | None
    status: int | None


class WitnessShown(TypedDict):
    """A witness: its public key, what it knows, and what it answered just now."""

    vkey: str
    logs: list[LogSeen]
    answered: list[StickAnswered]


def witness(
    dir_: Annotated[Path, typer.Argument(metavar="DIR", help="The witness's own folder; a new one is made.")],
    name: Annotated[str, typer.Option(help="Name of a new witness, for ever: ntt.example/witness-1.")] = "",
    trust: Annotated[
        list[str] | None, typer.Option(help="Key of a log to be cosigned from now on: keys/log.vkey of that shop.")
    ] = None,
    stick: Annotated[
        Path | None, typer.Option(help="Folder or stick to read requests from and write answers to.")
    ] = None,
    listen: Annotated[
        str, typer.Option(metavar="[HOST:]PORT", help="Answer over HTTP until stopped; without HOST on this machine.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Cosign other shops' checkpoints, each only if it goes on from the last; without options: show what is known."""
    if listen and (stick is not None or as_json):
        raise typer.BadParameter("it answers over HTTP, or to a stick", param_hint="--listen")
    host, port = _address(listen) if listen else ("", 0)
    kept = _opened(dir_, name)
    for vkey in trust or ():
        kept.trust(vkey)
    if listen:
        _serve(kept, host, port)
        return
    answered: list[StickAnswered] = []
    if stick is not None:
        from printd.witness.by_stick import exchange

        try:
            found = exchange(kept, stick, lambda: int(time.time()))
        except OSError as failed:
            raise Refused(
                f"{dir_} does not take what is cosigned.",
                why=f"{failed.strerror}.",
                consequence="What was not kept was not given out.",
                remedy="Make room, or look who may write there; then repeat the command.",
            ) from failed
        answered = [{"origin": one.origin, "size": one.size, "status": one.status} for one in found]
    shown: WitnessShown = {"vkey": kept.cosigner.verifier.vkey, "logs": _logs(kept), "answered": answered}
    answer(as_json, shown, _show)


def _opened(folder: Path, name: str) -> Kept:
    from printd.witness.kept import Kept

    kept = Kept.open(folder)
    if kept is None and not name:
        raise Refused(
            f"There is no witness in {folder} yet.",
            consequence="Nothing was made.",
            remedy="Name it, for ever: --name ntt.example/witness-1",
        )
    if kept is not None and name not in ("", kept.cosigner.name):
        raise Refused(
            f"The witness in {folder} is {kept.cosigner.name}.",
            why="A witness keeps its name: shops know its key by it.",
            consequence="Nothing was changed.",
            remedy="Leave the name away; for another witness name another folder.",
        )
    return Kept.make(folder, name) if kept is None else kept


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) not in _PORTS:
        raise typer.BadParameter(f"{text!r} ends in no port", param_hint="--listen")
    return host.strip("[]") or "127.0.0.1", int(port)


def _serve(kept: Kept, host: str, port: int) -> None:
    from printd import log
    from printd.witness.server import serve

    log.configure()
    serve(kept, host, port)


def _logs(kept: Kept) -> list[LogSeen]:
    from datetime import UTC, datetime

    from printd.words.moments import stamp

    found: list[LogSeen] = []
    for log in kept.logs():
        last = kept.last(log)
        found.append(
            {
                "origin": log.name,
                "key": log.vkey,
                "size": None if last is None else last.checkpoint.size,
                "root": None if last is None else last.checkpoint.root.hex(),
                "cosigned_at": None if last is None else stamp(datetime.fromtimestamp(last.time, UTC)),
                "refused": len(kept.refused(log)),
            }
        )
    return found


def _show(shown: WitnessShown) -> None:
    show_facts({"witness": shown["vkey"]})
    for one in shown["logs"]:
        last = "nothing cosigned yet"
        if one["size"] is not None and one["cosigned_at"] is not None:
            last = f"{one['size']:,} entries, cosigned {moment(one['cosigned_at'])}"
        out.print(f"{one['origin']}: {last}", soft_wrap=True)
        if one["refused"]:
            told = f"- {one['refused']} requests contradict what was cosigned; they are kept. Call the auditor."
            out.print(told, style="bold red", soft_wrap=True)
    for done in shown["answered"]:
        told = "no request lies there" if done["status"] is None else _said(done["status"], done["size"] or 0)
        out.print(f"{done['origin']}: {told}", soft_wrap=True)


def _said(status: int, size: int) -> str:
    match status:
        case 200:
            return f"cosigned {size:,} entries; the answer is on the stick"
        case 409:
            return (
                f"not cosigned: no request for {size:,} entries goes on from what is known; the answer says from where"
            )
        case 422:
            return f"REFUSED: the history of {size:,} entries is not the one that was cosigned; it is kept"
        case _:
            return f"not cosigned: refused with {status}; the reason is on the stick"
