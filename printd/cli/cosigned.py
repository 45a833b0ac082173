"""printd audit cosigned: who holds this log, and what travels to witnesses and back on a stick."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from printd.cli.common import Json, act, answer, moment, zone
from printd.cli.output import out

if TYPE_CHECKING:
    from printd.books.cosigned import Cosigned
    from printd.desk.witnesses import Exchanged, Unanswered, WitnessesShown


class StickDone(TypedDict):
    """What came off a stick and went onto it, and who holds the log after that; ``requests`` were written."""

    kept: int
    unanswered: list[Unanswered]
    requests: int
    cosigned: Cosigned


def cosigned(
    context: typer.Context,
    stick: Annotated[
        Path | None, typer.Option(help="Folder or stick: take the witnesses' answers from it, write requests to it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show which witnesses hold this log, how much of it and since when; with --stick, exchange with them."""
    shown: WitnessesShown = act(context, "witnesses.show")
    if stick is None:
        answer(as_json, shown, _show_cosigned)
        return
    from printd import stick as sticks

    log = shown["folder"]
    brought: list[dict[str, Any]] = []
    for one in shown["sticks"]:
        key = bytes.fromhex(one["key_id"])
        held = sticks.held(stick, log, key)
        answers = [
            {"size": size, "status": status, "content": _text(content)}
            for size, status, content in sticks.answers(stick, log, key)
        ]
        brought.append({"witness": one["witness"], "answers": answers, "held": None if held is None else _text(held)})
    asked = sticks.requested(stick, log)
    exchanged: Exchanged = act(context, "witnesses.exchange", sticks=brought, asked=asked)
    written = [sticks.request(log, one["new"], one["old"]) for one in exchanged["requests"]]
    for path, request in zip(written, exchanged["requests"], strict=True):
        sticks.write(stick, path, request["body"].encode())
    sticks.keep_only(stick, log, written)
    done: StickDone = {**exchanged, "requests": len(exchanged["requests"])}
    answer(as_json, done, _show_stick)


def _text(content: bytes) -> str:
    """Return what lies in a file as text; what is none is no answer, and is said to be none."""
    return content.decode("utf-8", "replace")


def _show_cosigned(shown: Cosigned) -> None:
    from printd.books.cosigned import first_in_words, in_words

    out.print(in_words(shown, zone()), soft_wrap=True)
    for one in shown["witnesses"]:
        told = "nothing yet"
        if one["size"] is not None and one["seen_at"] is not None:
            told = f"{one['size']:,} of {shown['head']:,} entries, seen {moment(one['seen_at'])}"
        out.print(f"- {one['witness']} ({one['key']}): {told}", soft_wrap=True)
    if shown["witnesses"]:
        out.print(first_in_words(shown, zone()), soft_wrap=True)


def _show_stick(done: StickDone) -> None:
    out.print(f"{done['kept']} new cosignatures came; {done['requests']} requests are on the stick.", soft_wrap=True)
    for one in done["unanswered"]:
        told = f"- {one['witness']}, {one['size']:,} entries: {one['status']} {one['why']}"
        out.print(told, style="yellow", soft_wrap=True)
    _show_cosigned(done["cosigned"])
