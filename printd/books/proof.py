"""The log in a database, proved from its own bytes by the verifier that an auditor has, and by what is known elsewhere.

What a log says of itself it may say of a rewritten history as well, once somebody has its key, and of an older state
without any key. So checkpoints that are kept elsewhere are held against it: one size has one root, ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from printd.books.heads import Head
from printd.books.retrace import root_at
from printd.books.signers import Signers
from printd.errors import IntegrityError
from printd.ledger.merkle import EMPTY_ROOT
from printd.ledger.statements import Ended
from printd.ledger.verify import Problem, Report, verify_log
from printd.store import generations, log
from printd.store.rows import Connection


def prove(connection: Connection, vkey: str, progress: Callable[[int], None] | None = None) -> Report:
    """Verify entries, hashes, end and checkpoints, and the people who signed, in one pass.

    See :func:`printd.ledger.verify.verify_log` and :mod:`printd.books.signers`.

    :param vkey: the log's key; its name is the log's.
    :param progress: called with the number of entries read.
    """
    origin = vkey.partition("+")[0]
    signers = Signers(origin)
    report = verify_log(
        log.entries(connection),
        log.NodeStream(connection),
        log.checkpoints(connection),
        origin=origin,
        vkey=vkey,
        frontier=log.frontier_as_stored(connection),
        progress=progress,
        root_at=lambda size: stored_root(connection, size),
        read=signers.add,
    )
    problems = [*report.problems, *_beyond(connection, report.size), *signers.finish()]
    return replace(report, problems=problems, signatures=signers.signatures)


def _beyond(connection: Connection, size: int) -> list[Problem]:
    """Return the stored nodes that a log of a size has not: it could not grow into their place."""
    return [
        Problem("node_altered", None, f"the stored node {level}/{index} is none of a log of {size} entries")
        for level, index in log.nodes_beyond(connection, size)
    ]


def stored_root(connection: Connection, size: int) -> bytes | None:
    """Return the root over the first entries, from the stored hashes; ``None``: one of them is missing."""
    try:
        return root_at(connection, size) if size > 0 else None
    except IntegrityError:
        return None


def generations_differ(connection: Connection, report: Report) -> list[Problem]:
    """Compare the table of the log's generations with the entries."""
    told = {(one.seq, one.origin, one.log_key, one.next_key, one.missing) for one in report.ends_told}
    kept = {
        (row["seq"], row["origin"], row["log_key"], row["next_key"], row["missing"])
        for row in generations.generations(connection)
    }
    return [
        Problem(
            "generation",
            None,
            f"the table of generations and the log do not say the same of entry {seq}: that a generation of the log "
            "ended there, its name, its key, or the next one's",
        )
        for seq in sorted({one[0] for one in told ^ kept})
    ]


def heads_differ(connection: Connection, report: Report, heads: Iterable[Head]) -> tuple[list[Problem], list[str]]:
    """Hold the log against heads that are known from elsewhere; return what is wrong, and what cannot be compared.

    :param heads: of this log, or of its generations that ended.
    """
    problems: list[Problem] = []
    notes: list[str] = []
    for head in heads:
        if head.size <= report.size and _is_at(connection, head):
            continue
        lost = next((one for one in report.ended if _may_be_lost(head, one)), None)
        if lost is None:
            problems.append(_missing(head, report) if head.size > report.size else _fork(head))
        elif head.size > lost.known_size:
            message = (
                f"{head.source} speaks of {head.size} entries, entry {lost.seq} of {lost.known_size}: more was lost"
            )
            problems.append(Problem("head_beyond", lost.seq, message))
        elif head.size == lost.known_size and head.root != lost.known_root:
            problems.append(_fork(head))
        else:
            notes.append(f"{head.source} is of entries that were lost, which entry {lost.seq} says")
    return problems, notes


def _is_at(connection: Connection, head: Head) -> bool:
    return (stored_root(connection, head.size) if head.size else EMPTY_ROOT) == head.root


def _may_be_lost(head: Head, ended: Ended) -> bool:
    """Tell whether a head that the log does not have is of entries that a generation lost at its end."""
    if not ended.missing or head.size <= ended.kept:
        return False
    return head.origin == ended.origin or (not head.origin and head.size <= ended.known_size)


def _missing(head: Head, report: Report) -> Problem:
    lost = head.size - report.size
    message = f"{head.source} speaks of {head.size} entries, the log has {report.size}: {lost} entries are missing"
    return Problem("head_beyond", None, message)


def _fork(head: Head) -> Problem:
    message = (
        f"{head.source} has another root at {head.size} entries than the log: there are two histories, or entries were "
        "altered"
    )
    return Problem("head_root", None, message)
