"""The one way to change the shop: enter an event in the log and apply it, in one durable transaction.

The tables that commands read are projections: what ``PROJECTIONS`` of the parts make of the entries, one after the
other. Because the running shop and the replay use the same functions, a table that says something the log does not
is found by :func:`printd.replay.compare`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

from printd.books import closings
from printd.books.closings import Days
from printd.books.people import Find, PeopleInTables
from printd.books.projection import Projection
from printd.books.signing import Keys, Signing, unsigned
from printd.books.staff import Staff
from printd.errors import IntegrityError, PrintdError, Refused
from printd.events.base import Event, EventError
from printd.events.clock import ClockWentBack
from printd.events.closings import DayClosed
from printd.ledger import merkle
from printd.ledger.entry import Entry, EntryError
from printd.ledger.merkle import Frontier, Node
from printd.ledger.statements import CLOCK_TOLERANCE
from printd.remedies import Do
from printd.store import log
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.words.moments import stamp

Clock = Callable[[], datetime]

_committed: ContextVar[list[str] | None] = ContextVar("committed", default=None)


@contextmanager
def noting_commits() -> Iterator[list[str]]:
    """Give a list that takes the kinds of all entries that this thread commits inside the block."""
    kinds: list[str] = []
    outer = _committed.get()
    before = _committed.set(kinds)
    try:
        yield kinds
    finally:
        _committed.reset(before)
        if outer is not None:
            outer += kinds


def utc_now() -> datetime:
    """Return the wall clock's time in UTC."""
    return datetime.now(UTC)


def _seconds(later: str, earlier: str) -> float:
    if later <= earlier:
        return 0.0
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


class _UndoneError(Exception):
    pass


class Booking:
    """One transaction on the books: read through ``connection``, write through :meth:`enter`.

    :param keys: of those who may sign in it; ``None``: nobody is asked to sign, for all of it is undone.
    :param proved: who works here by the entries below it; left out: the tables say it.
    :param days: which days lack a closing, by the entries below it; left out: the tables say it.
    """

    def __init__(
        self,
        connection: Connection,
        end: Frontier,
        projections: Mapping[str, Projection],
        clock: Clock,
        keys: Keys | None,
        proved: Find | None = None,
        days: Days | None = None,
    ) -> None:
        self.connection = connection
        self.begins = end
        """Where the log ended below it."""
        self._end = end
        self._nodes: list[Node] = []
        self._projections = projections
        self._clock = clock
        self._keys = keys
        self._signing = Signing(PeopleInTables(connection, proved))
        self.days = closings.days(connection) if days is None else days.copy()
        """Which days lack a closing, by the entries so far."""
        self._latest: str | None = None
        self._broken = False
        self.entered: list[tuple[Entry, Event]] = []
        """What it entered, in order."""

    @property
    def end(self) -> Frontier:
        """Where the log ends with the entries of this transaction."""
        return self._end

    @property
    def size(self) -> int:
        """How many entries the log has, with those of this transaction."""
        return self._end.size

    def enter(self, event: Event, by: Sequence[str] = ()) -> Entry:
        """Append one event and apply it.

        A clock that went back since the last one is recorded before it, once, and the days are closed that went by.

        :param by: who signs it; their keys are at hand.
        :raises Refused: a rule of the books stands against it, other people must sign it, or the key of one of them is
            not at hand; the whole transaction is undone.
        """
        now = stamp(self._clock())
        self._tell_time(now, close=not isinstance(event, closings.UNCLOSED))
        return self._append(now, event, by)

    def tell_time(self) -> str:
        """Record what the clock shows, where that is something to record: it went back, or days went by unclosed.

        :return: the day that it is in the office.
        """
        now = stamp(self._clock())
        self._tell_time(now)
        return self.days.day_of(now).isoformat()

    def next_number(self) -> int:
        """Return the number that the next entry will have: what the clock has to tell is recorded before it."""
        self.tell_time()
        return self.size

    def _tell_time(self, now: str, *, close: bool = True) -> None:
        if not self._end.size:
            return
        if self._latest is None:
            self._latest = log.last_at(self.connection, self._end.size)
        if self._latest is not None and _seconds(self._latest, now) > CLOCK_TOLERANCE:
            self._append(now, ClockWentBack(from_=self._latest, to=now), ())
        days = self.days.lacking(now) if close else []
        totals = closings.totals(self.connection) if days else ()
        for day in days:
            end = self._end
            told = DayClosed(day=day.isoformat(), totals=totals, log_size=end.size, log_root=end.root().hex())
            self._append(now, told, ())

    def _append(self, now: str, event: Event, by: Sequence[str]) -> Entry:
        kind = event.kind
        entry = Entry(self._end.size, now, kind, tuple(by), event.data())
        self._check_whole()
        self._broken = True  # until the entry is whole: a caller that swallows a refusal must not commit half of it
        try:
            entry = unsigned(entry) if self._keys is None else self._signing.sign(entry, event, self._keys)
            body = entry.body()
        except EntryError as unfit:
            raise Refused(
                f"The {kind} does not fit into one entry of the log.",
                why=f"{unfit}.",
                consequence="Nothing was changed.",
                remedy="Split it into smaller parts.",
            ) from unfit
        leaf = merkle.leaf_hash(body)
        log.add_entry(self.connection, entry.seq, body, leaf)
        self._end, nodes = self._end.append(leaf)
        self._nodes += nodes
        try:
            self._projections[kind](self.connection, entry)
        except EventError as wrong:
            raise Refused(
                f"The {kind} is none that the books can hold.", why=f"{wrong}.", consequence="Nothing was changed."
            ) from wrong
        self._broken = False
        self._latest = now
        self.days.take(entry.at, event)
        self.entered.append((entry, event))
        return entry

    def finish(self) -> None:
        """Write the Merkle nodes and the frontier that the entries of this transaction made."""
        self._check_whole()
        if self._nodes:
            log.add_nodes(self.connection, self._nodes)
            log.set_frontier(self.connection, self._end)

    def _check_whole(self) -> None:
        if self._broken:
            raise RuntimeError("a refused entry must undo its whole transaction")


class Books:
    """The books of one shop."""

    def __init__(self, store: Store, projections: Mapping[str, Projection], clock: Clock = utc_now) -> None:
        self.store = store
        self.clock = clock
        self.keys: Keys = MappingProxyType({})
        """Of those who sign where a transaction is opened without keys: in a shop, nobody."""
        self.barred: PrintdError | None = None
        """Why nothing may be booked now; ``None``: it may. Reading goes on."""
        self._projections = projections
        self._staff: Staff | None = None
        self._end: Frontier | None = None
        self._last: Booking | None = None  # whether it was committed is seen by where the log ends at the next one
        self._days: tuple[Frontier, Days] | None = None  # where the log ended, and which days lacked a closing then

    def begin(self, signed: int, end: Frontier) -> None:
        """Take note of where the log ends at a start: from then on nobody else writes into it.

        :param signed: how many of its entries the last signed checkpoint covers.
        """
        self._staff, self._end, self._last = Staff(signed), end, None

    def know_people(self) -> None:
        """Read who works here from the entries, where that was not done since the start: some time in a long log.

        :raises IntegrityError: entries about people, or such as no checkpoint covers, are not signed by those who must.
        """
        staff = self._staff
        if staff is None or staff.known:
            return
        with self._barring(), self.store.reading() as connection:
            staff.go_on(connection, log.frontier(connection).size)

    def look(self) -> None:
        """Make sure that who works here is known, and that the log ends where this process left it.

        :raises IntegrityError: entries are not signed by those who must, or somebody else wrote into the log; nothing
            is booked from then on.
        """
        if self._staff is not None:
            self.know_people()
            with self.trial():
                pass

    @contextmanager
    def booking(self, keys: Keys | None = None) -> Iterator[Booking]:
        """Open a transaction; it commits at the end, or nothing of it ever happened.

        :param keys: of those who may sign in it.
        :raises StorageError: the database cannot be written to now; its consequence says what the books hold.
        """
        with self._open(self.keys if keys is None else keys) as booking:
            yield booking
        noted = _committed.get()
        if noted is not None:
            noted += [entry.kind for entry, _ in booking.entered]

    @contextmanager
    def trial(self, keys: Keys | None = None, *, unsigned: bool = False) -> Iterator[Booking]:
        """Open a transaction that is undone at its end, whatever it holds: to see what would become of it.

        :param keys: of those who may sign in it.
        :param unsigned: nobody has signed yet, and nobody is asked to.
        """
        with suppress(_UndoneError), self._open(None if unsigned else self.keys if keys is None else keys) as booking:
            yield booking
            raise _UndoneError

    @contextmanager
    def _open(self, keys: Keys | None) -> Iterator[Booking]:
        if self.barred is not None:
            raise self.barred
        if keys:
            self.know_people()  # before anybody waits for this transaction
        with self.store.writing() as connection:
            end = log.frontier(connection, lock=True)
            with self._barring():
                proved = self._go_on(connection, end, people=bool(keys))
            known = self._days[1] if self._days is not None and self._days[0] == end else None
            booking = Booking(connection, end, self._projections, self.clock, keys, proved, known)
            yield booking
            booking.finish()
            self._last = booking
            self._days = booking.end, booking.days

    def _go_on(self, connection: Connection, end: Frontier, *, people: bool) -> Find | None:
        """Take over what the last transaction booked, where it was committed; return who works here, where it is known.

        :raises IntegrityError: the log ends elsewhere than this process left it.
        """
        staff, last, self._last = self._staff, self._last, None
        if staff is None:
            return None
        if last is not None and end == last.end:
            staff.booked(last.begins.size, last.entered, end.size)
            self._end = end
        elif end != self._end:
            raise IntegrityError(
                "Somebody else has written into the log of this shop.",
                why=f"It ends at {end.size} entries, and not where this process left it.",
                consequence="Nothing more is booked, signed or printed.",
                remedy=("Run ", Do("audit.verify"), ", which says what is not signed, and call the auditor."),
            )
        if people:
            staff.go_on(connection, end.size)
        return staff.find if staff.size == end.size else None

    @contextmanager
    def _barring(self) -> Iterator[None]:
        """Let nothing be booked any more where somebody wrote past printd."""
        try:
            yield
        except IntegrityError as altered:
            self.barred = altered
            raise

    def enter(self, event: Event, by: Sequence[str] = ()) -> Entry:
        """Enter a single event in a transaction of its own."""
        with self.booking() as booking:
            return booking.enter(event, by)
