"""Whether the right people sign an event, as the books know operators and cards when it is entered.

The table is :mod:`printd.events.signatures`. The replay does not ask it: an entry does not prove yet that those whom it
names signed it.
"""

from __future__ import annotations

from collections.abc import Sequence

from printd.events import signatures
from printd.events.attempts import AttemptSpoiled
from printd.events.base import Event
from printd.events.cards import CardChecked
from printd.events.operators import OperatorSet, Role
from printd.store import attempts, operators
from printd.store.rows import Connection


class Signing:
    """The people of one transaction: each is looked up once, and again after an entry that sets operators."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._roles: dict[str, Role | None] = {}

    def check(self, event: Event, names: Sequence[str]) -> None:
        """Make sure that the right people sign an event.

        :raises Refused: as :func:`printd.events.signatures.check` does.
        """
        signatures.check(event, names, self._role_of, self._printed_by(event))
        if isinstance(event, OperatorSet):
            self._roles.clear()

    def _role_of(self, name: str) -> Role | None:
        if name not in self._roles:
            row = operators.find_operator(self._connection, name)
            if row is None or not row["active"]:
                self._roles[name] = None
            else:
                self._roles[name] = "supervisor" if row["role"] == "supervisor" else "operator"
        return self._roles[name]

    def _printed_by(self, event: Event) -> str:
        """Return who printed the card that an event is about, where that matters; otherwise an empty string."""
        if not isinstance(event, AttemptSpoiled | CardChecked) or not signatures.required(event).not_alone:
            return ""
        attempt = attempts.find_attempt(self._connection, event.attempt)
        return "" if attempt is None else attempt["operator"]
