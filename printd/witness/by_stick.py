"""A witness that is reached by a folder or a stick: requests are read from it, answers written to it.

The way takes days, so a log leaves a request for every size that this witness may hold; the one that goes on from what
it holds is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from printd import stick
from printd.ledger.notes import Verifier
from printd.ledger.submission import folder_of
from printd.witness.kept import Kept
from printd.witness.rules import Answer, Asked, Clock, RefusedError, signed, stored, take


@dataclass(frozen=True)
class Answered:
    """What a witness answered to the requests of a log: for which size, and the status; ``None``: there was none."""

    origin: str
    size: int | None
    status: int | None


def exchange(kept: Kept, folder: Path, clock: Clock) -> list[Answered]:
    """Answer the requests of every known log that lie in a folder.

    :raises Refused: the folder cannot be read or written.
    :raises OSError: what is cosigned cannot be kept.
    """
    return [_answered(kept, folder, log, clock) for log in kept.logs()]


def _answered(kept: Kept, folder: Path, log: Verifier, clock: Clock) -> Answered:
    name, key = folder_of(log.name), kept.cosigner.verifier.key_id
    requests = stick.requests(folder, name)
    if not requests:
        return Answered(log.name, None, None)
    size, answer = _best(kept, log, requests, clock)
    stick.write(folder, stick.answer(name, key, size, answer.status), answer.content)
    last = kept.last(log)
    if last is not None:
        stick.write(folder, stick.checkpoint(name, key), last.note)
    return Answered(log.name, size, answer.status)


def _best(kept: Kept, log: Verifier, requests: list[bytes], clock: Clock) -> tuple[int, Answer]:
    """Return the answer to the newest request that goes on from what is kept, and the size that it asks for."""
    last = kept.last(log)
    known = 0 if last is None else last.checkpoint.size
    asked = list(_signed(kept, log, requests))
    if not asked:  # what it is that lies there is said of the first
        return 0, take(kept, requests[0], clock)
    for size, one, body in asked:
        if one.submission.old == known and (size > known or last is None):
            return size, take(kept, body, clock)
    for size, one, _ in asked:
        again = stored(kept, one)
        if again is not None:
            return size, again
    size, _, body = asked[0]
    return size, take(kept, body, clock)


def _signed(kept: Kept, log: Verifier, requests: list[bytes]) -> Iterator[tuple[int, Asked, bytes]]:
    """Yield size, request and its bytes of those that this log signed, largest first: a stranger's hides none."""
    found = []
    for body in requests:
        try:
            one = signed(kept, body)
        except RefusedError:
            continue
        if one.log == log and one.checkpoint is not None:
            found.append((one.checkpoint.size, one, body))
    yield from sorted(found, key=lambda one: one[0], reverse=True)
