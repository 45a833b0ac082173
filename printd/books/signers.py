"""People, their roles and their signatures, proved from the entries of a log alone: no table is believed.

Reads each entry once, in order, beside :func:`printd.ledger.verify.verify_log`, and goes on after a finding. What it
keeps does not grow with the cards: who works here, which names and keys were ever given, who let each printer work, who
loaded which blanks, and what is known of the cards that are not over yet. An entry with a finding changes nothing of
that: what is not rightly signed gives nobody a key, a role or a printer, and whoever acts by it is named at each such
act.

Kinds of findings, each with its entry:

- ``event``: the data is no event of the entry's kind.
- ``signers``: not those sign whom the table wants (:mod:`printd.events.signatures`): number, roles, who may not be
  among them, somebody who does not work here, one person whose hands alone were on a card, a doubt that is settled by
  nobody or against the evidence; or nobody knows who printed the card that one person judges alone.
- ``signature``: a signature is not good over label, the log's name at that entry, and its bytes.
- ``enrolment``: a name that was somebody's, or a key that is weak, is not named after log and person, or was
  somebody's; a key that was given up is never used again, which the tables cannot tell.
- ``resumed``: an attempt does not refer to the entry in which somebody who works here let its printer work last, or
  begins a second time.
- ``unchecked``: entries are signed by people, or of attempts, of which entries may tell that are missing or altered.
  Those are found by whoever reads the bytes; what they said accuses nobody here.
- ``log_name``: the log begins otherwise than with its name and first two people, begins again, is called otherwise than
  an entry says that ends a generation, or takes a name again that it had.

Checked elsewhere: form, hashes, checkpoints, times and roots that entries tell by :mod:`printd.ledger.verify`. What may
follow what (states of jobs, attempts and cards, places of blanks and their sums, that a supervisor and a second person
are left, that nobody is retired twice, what two people answered for) are rules of the projections, which
:mod:`printd.books.replay` asks of the same entries; they are not written twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from printd.books.cards import CardsInEntries
from printd.books.people import Person, changed
from printd.books.signing import Signing, not_good, whose_card_matters
from printd.errors import Refused
from printd.events.attempts import AttemptSpoiled, AttemptStarted, AttemptUnused
from printd.events.base import Event, EventError
from printd.events.cards import CardChecked, CardHandedOver, CardMissed
from printd.events.configuration import ShopConfigured
from printd.events.kinds import read
from printd.events.operators import Enrolled, OperatorEnrolled, OperatorKeyRenewed
from printd.events.printers import PrinterPaused, PrinterResumed, PrinterRetired
from printd.events.shop import LogRolledBack, ShopOpened, ShopRestored
from printd.events.signatures import Card, required
from printd.ledger.entry import Entry, without_signatures
from printd.ledger.notes import NAME
from printd.ledger.signatures import message, read_vkey
from printd.ledger.verify import Problem, Problems
from printd.people.enrolment import check_free, check_key
from printd.words.states import Quality


class Signers:
    """Holds the entries of one log, in order, against the people whom they name.

    :param origin: name of the log, as whoever verifies knows it.
    """

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._people = PeopleInEntries()
        self._signing = Signing(self._people)
        self._problems = Problems()
        self._next = 0
        self._unchecked = 0
        self._first_unchecked = 0
        self.signatures = 0
        """How many signatures of people are good."""

    def add(self, entry: Entry, body: bytes) -> None:
        """Check the next entry.

        :param body: its bytes, which are in canonical form.
        """
        if entry.seq != self._next:
            self._people.miss(self._next, entry.seq, self._origin)
        self._next = entry.seq + 1
        try:
            event = read(entry.kind, entry.data)
        except EventError as wrong:
            self._problems.add("event", entry.seq, f"entry {entry.seq} is no event of its kind: {wrong}")
            return
        findings = [*self._findings(entry, event, body)]
        for kind, what in findings:
            self._problems.add(kind, entry.seq, f"entry {entry.seq}, {entry.kind}: {what}")
        if not findings:
            self._people.entered(entry, event)

    def finish(self) -> list[Problem]:
        """Return what was found, when all entries are read."""
        if self._people.origin not in ("", self._origin):
            words = f"the log is called {self._people.origin} by its entries, and its key is of {self._origin}"
            self._problems.add("log_name", None, words)
        if self._unchecked:
            words = (
                f"{self._unchecked} entries, the first of them entry {self._first_unchecked}, cannot be held against "
                "who signed them: of whom or what they speak, entries told that are missing or altered"
            )
            self._problems.add("unchecked", None, words)
        return self._problems.listed()

    def _findings(self, entry: Entry, event: Event, body: bytes) -> Iterator[tuple[str, str]]:
        """Yield the kind of each finding and what it says."""
        wrong = self._people.why_not(entry, event)
        if wrong is not None:
            yield wrong
            return
        find = self._signing.known_to(event)
        attempt, hands = whose_card_matters(event), required(event).two_hands
        if self._people.cannot_tell([name for name in entry.actors if find(name) is None], attempt, hands=hands):
            self._first_unchecked = self._first_unchecked if self._unchecked else entry.seq
            self._unchecked += 1
            return
        try:
            self._signing.check(event, entry.actors)
        except Refused as refusal:
            yield "signers", refusal.what
        else:
            alone = required(event).not_alone and len(entry.actors) == 1
            if attempt is not None and alone and not self._people.knows(attempt):
                yield (
                    "signers",
                    f"{entry.actors[0]} signs alone, and no entry says who printed a card that can be this one",
                )
        if not entry.actors or (not self._people.origin and entry.seq):
            return  # a first entry that is not good gave nobody a key, which was said
        bad = not_good(entry, message(self._signing.origin_of(event), without_signatures(body)), find)
        self.signatures += len(entry.actors) - len(bad)
        for name in bad:
            if find(name) is not None:  # of whoever does not work here nobody can tell, which was said
                yield "signature", f"the signature of {name} is not good"


class PeopleInEntries:
    """Who works here and who let which printer work, from the entries that were rightly signed."""

    def __init__(self) -> None:
        self._names_of_log: list[str] = []
        self._people: dict[str, Person] = {}
        self._names: set[str] = set()
        self._keys: set[bytes] = set()
        self._resumed: dict[str, tuple[int, str]] = {}
        self._cards = CardsInEntries()
        self._missed: list[tuple[int, int]] = []

    def miss(self, first: int, end: int, origin: str) -> None:
        """Take note that entries were not read, for they are missing or altered: nobody can tell what they said.

        :param end: number of the first one behind them.
        :param origin: name of the log, where it was among what they said.
        """
        self._missed.append((first, end))
        if not first:
            self._names_of_log.append(origin)

    def cannot_tell(self, unknown: Sequence[str], attempt: str | None, *, hands: bool) -> bool:
        """Tell whether entries that were not read may say who somebody is, or whose hands were on a card.

        :param hands: who loaded its blank is asked for as well.
        """
        if not self._missed:
            return False
        if any(name not in self._names for name in unknown):
            return True
        if attempt is None:
            return False
        card = self.card(attempt)
        return not self.knows(attempt) or (hands and not (card.printed_by and card.loaded_by))

    def knows(self, attempt: str) -> bool:
        """Tell whether an attempt began and its card is not over."""
        return attempt in self._cards

    @property
    def origin(self) -> str:
        """Name of the log; empty before its first entry."""
        return self._names_of_log[-1] if self._names_of_log else ""

    def find(self, name: str) -> Person | None:
        """See :class:`printd.books.people.People`."""
        return self._people.get(name)

    def card(self, attempt: str) -> Card:
        """See :class:`printd.books.people.People`; of a card that is over nobody knows it any more."""
        return self._cards.find(attempt)

    def why_not(self, entry: Entry, event: Event) -> tuple[str, str] | None:
        """Return kind and words of what speaks against an entry, whoever signed it; ``None``: nothing."""
        if isinstance(event, ShopOpened) != (entry.seq == 0):
            again = "the log begins a second time"
            return "log_name", again if entry.seq else "the log does not begin with its name and its first two people"
        match event:
            case ShopOpened(people=(first, second), origin=origin):
                return self._why_not_enrolled(origin, first) or self._why_not_enrolled(origin, second, first)
            case OperatorEnrolled(person=person):
                return self._why_not_enrolled(self.origin, person)
            case OperatorKeyRenewed(name=name, key=key):
                return self._why_not_key(self.origin, name, key)
            case LogRolledBack(origin=origin) if origin != self.origin:
                return "log_name", f"the log was called {self.origin}, and it ends {origin}"
            case LogRolledBack(next=after) if not NAME.fullmatch(after.origin):
                return "log_name", "it goes on under a name that no log can have"
            case LogRolledBack(next=after) if after.origin in self._names_of_log:
                return "log_name", f"{after.origin} was its name already"
            case AttemptStarted():
                return self._why_not_started(event)
            case _:
                return None

    def _why_not_enrolled(
        self, origin: str, person: Enrolled, beside: Enrolled | None = None
    ) -> tuple[str, str] | None:
        """Return what speaks against a new person.

        :param beside: who is enrolled by the same entry.
        """
        names = self._names if beside is None else {*self._names, beside.name}
        try:
            check_free(person.name, taken=person.name in names)
        except Refused as wrong:
            return "enrolment", wrong.what
        return self._why_not_key(origin, person.name, person.key, "" if beside is None else beside.key)

    def _why_not_key(self, origin: str, name: str, key: str, beside: str = "") -> tuple[str, str] | None:
        others = {*self._keys, read_vkey(beside)[1]} if beside else self._keys
        try:
            check_key(key, origin, name, others)
        except Refused as wrong:
            return "enrolment", f"{wrong.what} {wrong.why}".strip()
        return None

    def _why_not_started(self, event: AttemptStarted) -> tuple[str, str] | None:
        seq, name = self._resumed.get(event.printer, (None, ""))
        if any(first <= event.resumed < end for first, end in self._missed):
            return None  # nobody can tell
        if seq != event.resumed:
            words = f"entry {event.resumed} is not the last one in which somebody let {event.printer} work"
            return "resumed", words
        if name in self._names and name not in self._people:
            return "resumed", f"{name}, who let {event.printer} work in entry {seq}, does not work here any more"
        if event.attempt in self._cards:
            return "resumed", "the attempt began before"
        return None

    def entered(self, entry: Entry, event: Event) -> None:
        """See :class:`printd.books.people.People`."""
        for who, person in changed(event, self.find).items():
            self._names.add(who)
            if person is None:
                self._people.pop(who, None)
            else:
                self._people[who] = person
                self._keys.add(person.public)
        match event:
            case ShopOpened(origin=origin):
                self._names_of_log.append(origin)
            case LogRolledBack(next=after):
                self._names_of_log.append(after.origin)
            case PrinterResumed(printer=printer):
                self._resumed[printer] = entry.seq, entry.actors[0]
            case PrinterPaused(printer=printer) | PrinterRetired(printer=printer):
                self._resumed.pop(printer, None)
            case ShopRestored() | ShopConfigured():  # every printer pauses
                self._resumed.clear()
            case AttemptStarted(printer=printer, resumed=resumed):
                seq, name = self._resumed.get(printer, (None, ""))
                self._cards.begin(event, name if seq == resumed else "")
            case (
                AttemptUnused(attempt=attempt)
                | AttemptSpoiled(attempt=attempt)
                | CardChecked(attempt=attempt, quality=Quality.SPOILED)
                | CardMissed(attempt=attempt)
                | CardHandedOver(attempt=attempt)
            ):
                self._cards.end(attempt)  # nothing becomes of this card any more
            case _:
                self._cards.entered(entry, event)
