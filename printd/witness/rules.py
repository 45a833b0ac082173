"""What a witness answers: the checks of c2sp.org/tlog-witness in their order (log reference section 10).

Nothing of a request is believed before its signature. What the log's own key signed and does not go on from what was
cosigned last is kept as evidence: a rollback, a fork, or a history that was written anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from printd.errors import PrintdError
from printd.ledger.checkpoint import Checkpoint, CheckpointError, EmptyRootError, parse
from printd.ledger.merkle import EMPTY_ROOT, ProofError, verify_consistency
from printd.ledger.notes import NoteError, NoteMalformedError, Verifier, open_note, signature_line, split_note
from printd.ledger.submission import SIZE_TYPE, Submission, SubmissionError, folder_of, read
from printd.log import logger
from printd.witness.kept import Kept

Clock = Callable[[], int]
"""Returns the present moment in POSIX seconds."""

TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What is answered: a status as HTTP has it, the content, its media type."""

    status: int
    content: bytes
    media_type: str = TEXT


@dataclass(frozen=True)
class Asked:
    """A submission that the key of a known log signed; no checkpoint where it says what no log can say."""

    submission: Submission
    log: Verifier
    text: bytes
    checkpoint: Checkpoint | None


class RefusedError(Exception):
    """A submission that is not cosigned.

    :param evidence: what the log's key signed there is not the history that was cosigned, or ends before it.
    """

    def __init__(self, status: int, why: str, *, size: int | None = None, evidence: bool = False) -> None:
        super().__init__(why)
        told = Answer(status, f"{why}\n".encode())
        self.answer = told if size is None else Answer(status, b"%d\n" % size, SIZE_TYPE)
        self.evidence = evidence


def take(kept: Kept, body: bytes, clock: Clock) -> Answer:
    """Return what is answered to a submission; what is cosigned is kept durably before that.

    :raises OSError: the folder does not take it; nothing was cosigned.
    :raises PrintdError: what is kept of the log was lost or altered.
    """
    try:
        asked = signed(kept, body)
    except RefusedError as refused:
        return refused.answer
    with kept.alone():
        try:
            return _cosigned(kept, asked, clock)
        except RefusedError as refused:
            if refused.evidence:
                kept.keep_refused(asked.log, body, f"{refused.answer.status} {refused}")
                logger().error("witness.refused", log=asked.log.name, status=refused.answer.status, why=str(refused))
            return refused.answer


def stored(kept: Kept, asked: Asked) -> Answer | None:
    """Return the line that was given for a checkpoint already, where it is the last one that was cosigned.

    A stick that is read twice makes no new statement.
    """
    last = kept.last(asked.log)
    if last is None or asked.checkpoint is None or last.checkpoint.text().encode() != asked.text:
        return None
    return Answer(200, last.line)


def shown(kept: Kept, folder: str) -> bytes | None:
    """Return the last cosigned checkpoint of a log, by the hash of its name; ``None``: there is none."""
    for log in kept.logs():
        if folder_of(log.name) == folder:
            last = kept.last(log)
            return None if last is None else last.note
    return None


def now_or_unavailable(answer: Callable[[], Answer]) -> Answer:
    """Return an answer, or that there is none now: the folder does not take it, or what is kept was lost."""
    try:
        return answer()
    except (OSError, PrintdError) as failed:
        why = str(failed) if isinstance(failed, PrintdError) else failed.strerror
        logger().error("witness.unavailable", why=why)
        return Answer(503, b"this witness cannot keep what it cosigns now\n")


def signed(kept: Kept, body: bytes) -> Asked:
    """Return a submission that the key of a known log signed.

    :raises RefusedError: it is none.
    """
    checkpoint: Checkpoint | None = None
    try:
        submission = read(body)
        text, _ = split_note(submission.note)
        try:
            checkpoint = parse(text.decode())
        except EmptyRootError:
            if submission.old:
                raise
    except (SubmissionError, NoteMalformedError, CheckpointError) as malformed:
        raise RefusedError(400, str(malformed)) from malformed
    log = kept.log(text.split(b"\n", 1)[0].decode())
    if log is None:
        raise RefusedError(404, "this log is not known here")
    try:
        open_note(submission.note, [log])
    except NoteError as unsigned:
        raise RefusedError(403, str(unsigned)) from unsigned
    if checkpoint is not None and submission.old > checkpoint.size:
        raise RefusedError(400, "the old size is larger than the new one")
    return Asked(submission, log, text, checkpoint)


def _cosigned(kept: Kept, asked: Asked, clock: Clock) -> Answer:
    last, checkpoint = kept.last(asked.log), asked.checkpoint
    known, root = (0, EMPTY_ROOT) if last is None else (last.checkpoint.size, last.checkpoint.root)
    if checkpoint is None:
        raise RefusedError(422, "no entries, and another root than that of the empty tree", evidence=True)
    if asked.submission.old > known:
        told = {"held": known, "said": asked.submission.old}
        logger().warning("witness.said_to_hold_more", log=asked.log.name, **told)  # was this folder put back?
    if asked.submission.old != known:
        ends = checkpoint.size < known
        forked = checkpoint.size == known and checkpoint.root != root
        why = "ends before what was cosigned" if ends else "another root at the size that was cosigned"
        raise RefusedError(409, why, size=known, evidence=ends or forked)
    try:
        verify_consistency(known, root, checkpoint.size, checkpoint.root, asked.submission.proof)
    except ProofError as unproved:
        raise RefusedError(422, str(unproved), evidence=True) from unproved
    now = clock()
    if last is not None and now < last.time:
        raise RefusedError(503, "this witness's clock is behind its last cosignature")
    line = kept.cosigner.cosign(asked.text, now)
    kept.keep(asked.log, asked.text + b"\n" + _lines_of(asked.log, asked.submission.note) + line)
    return Answer(200, line)


def _lines_of(log: Verifier, note: bytes) -> bytes:
    """Return the log's own signature lines of a note, each once."""
    _, lines = split_note(note)
    own = {one for one in lines if (one[0], one[1]) == (log.name.encode(), log.key_id)}
    return b"".join(signature_line(name.decode(), key, signature) for name, key, signature in sorted(own))
