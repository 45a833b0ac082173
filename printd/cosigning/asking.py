"""Asking one witness for its cosignature of the last checkpoint, again and again while the daemon runs.

It goes its own way beside the work: whoever signs waits for no witness. What an answer means: log reference section
17.2. A witness that says no stops nobody; one that shows a checkpoint of this log's own key which this log does not
have bars the books.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import timedelta

from printd.books import cosigned
from printd.books.checkpoints import check_heads
from printd.cosigning.web import Reply, UnreachableError, Web
from printd.errors import IntegrityError
from printd.ledger.notes import NoteError
from printd.ledger.policy import Witness
from printd.ledger.submission import SIZE_TYPE, folder_of, read_size
from printd.log import logger
from printd.shop.health import Health
from printd.shop.shop import Shop
from printd.store import log
from printd.words.moments import parse, stamp

LOOK_SECONDS = 1.0
"""Between two looks whether there is a new checkpoint."""

REFRESH = timedelta(hours=1)
"""After which a witness is asked once more for a head that did not change: how old a cosignature is says how old its
newest statement is."""

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0
_OK, _CONFLICT, _UNPROVED = 200, 409, 422
_OURS = (400, 403, 404)


class Asker:
    """Asks one witness, until it is found to hold another history of this log.

    :param bar: called with what bars the books then.
    """

    def __init__(self, shop: Shop, witness: Witness, health: Health, bar: Callable[[IntegrityError], None]) -> None:
        self._shop = shop
        self._witness = witness
        self._health = health
        self._bar = bar
        self._web = Web(witness.url)
        self._failed = 0
        self._asked = False
        self._contradicts = False
        self._log = logger(witness=witness.name)
        self._part = f"witness:{witness.name}"

    def run(self, stop: threading.Event) -> None:
        """Ask whenever there is something to ask for, until told to stop."""
        try:
            pause = LOOK_SECONDS
            while not stop.wait(pause):
                pause = self.turn()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the way to the witness."""
        self._web.close()

    def turn(self) -> float:
        """Ask once, where there is something to ask for; return how many seconds to wait before the next look.

        :raises StorageError: the database does not give or take it.
        """
        old = None if self._contradicts else self._due()
        if old is None:
            return LOOK_SECONDS
        try:
            answered = self._ask(old)
            self._asked = True
        except UnreachableError as unreachable:
            self._log.info("witness.unreachable", why=str(unreachable))
            answered = False
        if answered:
            self._failed = 0
            return LOOK_SECONDS
        self._failed += 1
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(self._failed - 1, 16))
        share: float = 0.5 + secrets.randbelow(501) / 1000
        return longest * share  # not all shops of a province at once

    def _due(self) -> int | None:
        """Return from which size on the witness is to be asked; ``None``: it holds the head, and said so lately.

        At the start it is asked in any case: what is known here may be of the copy that was put back.
        """
        with self._shop.store.reading() as connection:
            head = log.signed_checkpoints(connection, 1)
            last = cosigned.latest(connection, self._witness.key)
        if not head:
            return None
        if last is None or last["size"] > head[0][0]:
            return 0
        lately = self._asked and self._shop.books.clock() - parse(last["received_at"]) < REFRESH
        return None if last["size"] == head[0][0] and lately else last["size"]

    def _ask(self, old: int) -> bool:
        """Submit the last checkpoint from a size on; tell whether a new cosignature of it is here.

        :raises UnreachableError: it did not answer.
        """
        size, note, reply = self._submitted(old)
        told = read_size(reply.content) if _tells_size(reply) else None
        if told is not None and told < old:
            self._went_back(told, old)
        if told is not None and told != old and told <= size:
            size, note, reply = self._submitted(told)  # it holds another size than is known here, and says which
        elif reply.status == _UNPROVED:
            size, note, reply = self._submitted(old)
        if reply.status == _OK:
            return self._accepted(size, note, reply)
        if reply.status in (_CONFLICT, _UNPROVED):
            return self._contradicted(note, reply)
        if reply.status in _OURS:
            why = f"It answers {reply.status}: {_first_line(reply)}."
            self._report("refused", f"{why} Its owner has to know this log: its name, and its key of keys/log.vkey.")
            return False
        raise UnreachableError(f"status {reply.status}")

    def _submitted(self, old: int) -> tuple[int, bytes, Reply]:
        with self._shop.store.reading() as connection:
            asked = cosigned.submission(connection, old)
            size = log.signed_checkpoints(connection, 1)[0][0]
        if asked is None:
            raise UnreachableError("there is nothing that goes on from what it holds")
        return size, asked.note, self._web.add_checkpoint(asked.body())

    def _went_back(self, told: int, old: int) -> None:
        """Say that a witness holds less than what it cosigned: nothing clears that, whatever it cosigns next."""
        message = (
            f"The witness {self._witness.name} says that it holds {told} entries, and cosigned {old} of them before: "
            "its folder was put back to an older copy, or somebody stands between. What it would show of the time "
            "between is lost. Printing goes on. Ask its owner; a witness that lost what it saw is made anew, under a "
            "new name."
        )
        self._health.report(f"{self._part}:copy", "put-back", message, "nothing")

    def _accepted(self, size: int, note: bytes, reply: Reply) -> bool:
        try:
            with self._shop.store.writing() as connection:
                now = stamp(self._shop.books.clock())
                new = cosigned.keep(connection, size, note, reply.content, self._witness.key, now)
        except NoteError as unfit:
            self._report("not-its-own", f"What it answers is no cosignature of its own: {unfit}. Look at its key.")
            return False
        self._health.clear(self._part)
        return new > 0

    def _contradicted(self, note: bytes, reply: Reply) -> bool:
        """Look at what the witness holds instead; where our own key signed it, there are two histories."""
        shop, name = self._shop, self._witness.name
        verifier = shop.keys.log.verifier
        shown = self._web.checkpoint(folder_of(verifier.name))
        head = cosigned.shown(shown.content, verifier, name) if shown.status == _OK else None
        try:
            if head is not None:
                check_heads(shop.store, [head])
        except IntegrityError as error:
            assert head is not None
            self._bar(error)  # before anything else is booked, and before anybody is told that nothing is
            cosigned.add_contradiction(shop.store, self._witness, head, note, stamp(shop.books.clock()))
            self._health.report(self._part, "conflict", f"{error.what} {error.why} {error.consequence}", "shop")
            self._contradicts = True
            return False
        why = f"It refuses the last checkpoint ({reply.status}: {_first_line(reply)})"
        self._report("refused", f"{why}, and shows nothing of this log that speaks against it. Ask its owner why.")
        return False

    def _report(self, code: str, why: str) -> None:
        message = f"The witness {self._witness.name} does not cosign. {why} Printing goes on."
        self._health.report(self._part, code, message, "nothing")


def _tells_size(reply: Reply) -> bool:
    return reply.status == _CONFLICT and reply.media_type.partition(";")[0].strip() == SIZE_TYPE


def _first_line(reply: Reply) -> str:
    """Return the first words of an answer, as far as they are plain: a stranger wrote them."""
    line = reply.content[:200].split(b"\n", 1)[0].decode("ascii", "replace")
    return "".join(one if one.isprintable() else "?" for one in line) or "no reason"
