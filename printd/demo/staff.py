"""What the demo's people do at their printers: look at what stands still, and settle it with the card in hand."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypedDict

from pydantic import SecretStr

from printd.demo.simulators import CardSeen, Seen
from printd.shop.making import Founder
from printd.words import places
from printd.words.reasons import HeldBecause
from printd.words.roles import Role
from printd.words.states import AttemptState, JobState, PrinterState

PASSPHRASE = "printd-demo"
RUNNER, CHECKER, SUPERVISOR = "siti", "budi", "ratna"


class Official(NamedTuple):
    """Somebody of the demo as papers name them; invented."""

    legal_name: str
    nip: str | None
    rank: str
    position: str


_OFFICIALS = {
    "siti": Official("Siti Contoh", None, "", "Operator Pencetakan KTP-el"),
    "budi": Official("Budi Contoh, A.Md.", "199203042016011000", "Pengatur (II/c)", "Pengadministrasi Kependudukan"),
    "ratna": Official(
        "Ratna Contoh, S.Sos.", "198005062005012000", "Penata Tingkat I (III/d)", "Kepala Seksi Identitas Penduduk"
    ),
    "marta": Official("Marta Contoh, S.E.", "198507082010012000", "Penata Muda (III/a)", "Pengurus Barang Pengguna"),
}

_PATIENCE = 300  # looks at a printer that is about to pause
_PATIENCE_SILENT = 20  # looks at a silent printer before it is switched off and on


class Act(Protocol):
    """Performs an act at the shop's desk."""

    def __call__(self, name: str, /, **arguments: Any) -> Any:
        """Perform it."""


class Hand(Protocol):
    """Does something to one printer as a person would; see the simulator's list of hands."""

    def __call__(self, action: str, /, **arguments: Any) -> Seen:
        """Do it and tell what was seen."""


def person(name: str) -> dict[str, str]:
    """Return a person of the demo with their passphrase."""
    return {"name": name, "passphrase": PASSPHRASE}


def founders() -> tuple[Founder, Founder]:
    """Return the first two people of a practice shop."""
    passphrase = SecretStr(PASSPHRASE)
    return (
        Founder(SUPERVISOR, Role.SUPERVISOR, passphrase, **_OFFICIALS[SUPERVISOR]._asdict()),
        Founder(CHECKER, Role.OPERATOR, passphrase, **_OFFICIALS[CHECKER]._asdict()),
    )


def enrolment(name: str, role: Role = Role.OPERATOR) -> dict[str, Any]:
    """Return how the first two people enrol somebody else."""
    return {
        "name": name,
        "role": role,
        **_OFFICIALS[name]._asdict(),
        "passphrase": PASSPHRASE,
        "by": person(SUPERVISOR),
        "second": person(CHECKER),
    }


class PrinterRow(TypedDict):
    """What the staff read of a printer."""

    name: str
    state: PrinterState
    paused: bool
    job_in_doubt: str


class JobRow(TypedDict):
    """What the staff read of a job."""

    id: str
    record_id: str
    state: JobState
    held_because: str | None
    printer: str
    serial: str
    attempts: int


class DoubtRow(TypedDict):
    """What they read of an attempt in doubt."""

    serial: str


class AttemptRow(TypedDict):
    """What they read of an attempt."""

    state: AttemptState


class JobFile(TypedDict):
    """What they read of one job with its history."""

    id: str
    record_id: str
    attempts: list[AttemptRow]
    doubt: DoubtRow


class Staff:
    """The runner works the printers; the checker looks at cards and answers for spoiled ones.

    :param hands: of each printer by its name.
    :param cards: every card that lies outside a printer, as a person who picks it up sees it, oldest first.
    :param black: the black panel (CRC-32) that the card of a record carries: how a person knows whose card it is.
    """

    def __init__(
        self,
        act: Act,
        hands: Mapping[str, Hand],
        cards: Callable[[], Sequence[Any]],
        black: Callable[[str], str],
    ) -> None:
        self._act = act
        self._hands = hands
        self._cards: Callable[[], Sequence[CardSeen]] = cards
        self._black = black
        self._silent: Counter[str] = Counter()
        self.done: Counter[str] = Counter()

    def round(self) -> dict[str, int]:
        """Walk through the shop once; return the number of jobs by state afterwards."""
        for row in self._printers():
            hand = self._hands[row["name"]]
            if row["state"] == PrinterState.IN_DOUBT:
                self._settle(row, hand)
            elif row["state"] in (PrinterState.STOPPED, PrinterState.OFFLINE):
                self._clear_printer(hand)
                if row["state"] == PrinterState.OFFLINE:
                    self._switch_off_and_on(row["name"], hand)
            elif row["paused"]:
                self._clear_printer(hand)
                self._act("printers.resume", name=row["name"], by=person(RUNNER))
        self._check(self._jobs(JobState.PRINTED))
        self._decide([job for job in self._jobs(JobState.HELD) if _lost(job)])
        counted: dict[str, int] = self._act("jobs.count")
        return counted

    def _printers(self) -> list[PrinterRow]:
        found: list[PrinterRow] = self._act("printers.list")
        return found

    def _jobs(self, state: JobState) -> list[JobRow]:
        found: list[JobRow] = self._act("jobs.list", state=state, limit=100_000)["jobs"]
        return found

    def _job(self, name: str) -> JobFile:
        found: JobFile = self._act("jobs.show", job=name)
        return found

    def _in_hopper(self, printer: str) -> list[str]:
        found: list[str] = self._act("blanks.in", place=places.hopper(printer))["serials"]
        return found

    def _settle(self, row: PrinterRow, hand: Hand) -> None:
        """Take out what is inside, read the serial of the card in hand, and say what became of it."""
        self._clear_printer(hand)
        job = self._job(row["job_in_doubt"])
        booked, outside = job["doubt"]["serial"], {card["blank"]: card for card in self._cards()}
        card = self._in_hand(job["record_id"], booked, row["name"], outside)
        who = {"by": person(CHECKER), "second": person(RUNNER)}
        if card is None:
            outcome = {"outcome": "unused", "blank_is": "hopper"}
            if booked not in outside:  # it lies in the hopper, where they read it
                outcome |= {"scan": booked}
        elif not card["front"] and not card["back"]:
            outcome = {"outcome": "unused", "blank_is": "hand", "scan": card["blank"]}
        else:
            outcome = {"outcome": "printed"} if card["complete"] else {"outcome": "spoiled", "cause": "jam"}
        if card is not None and card["blank"] != booked:
            lies = outside.get(booked)
            found = lies is not None and not lies["front"] and not lies["back"]
            outcome |= {"scan": card["blank"], "blank_is": "hand" if found else "hopper"}
            who = {"by": person(RUNNER), "second": person(CHECKER)}
            self.done["blanks corrected"] += 1
        self._act("jobs.resolve", job=job["id"], **who, **outcome)
        self.done["doubts settled"] += 1

    def _in_hand(self, record: str, booked: str, printer: str, outside: Mapping[str, CardSeen]) -> CardSeen | None:
        """Return the card that this attempt left behind: one with something on it tells more than a blank one."""
        in_hopper = set(self._in_hopper(printer))
        near = [card for blank, card in outside.items() if blank == booked or blank in in_hopper]
        printed = [card for card in near if card["complete"]]
        mine = [card for card in printed if _black_of(card) == self._black(record)]
        half = [card for card in near if (card["front"] or card["back"]) and not card["complete"]]
        if mine or half:
            return (mine or half)[-1]
        lies = outside.get(booked)
        return None if lies in printed else lies  # another record's card, after an unseen double feed

    def _clear_printer(self, hand: Hand) -> None:
        """Do what anybody would do who sees the printer."""
        seen = hand("look")
        if not seen["power"]:
            hand("power_on")
            self.done["printers switched on"] += 1
        if not seen["cable"]:
            hand("plug")
            self.done["cables plugged in"] += 1
        if seen["inside"]:
            hand("take_card")
            self.done["cards taken out"] += 1
        if seen["cover_open"]:
            hand("close_cover")
            self.done["covers closed"] += 1
        if not seen["ribbon"] or seen["ribbon"]["cut"] or not seen["ribbon"]["left"]:
            hand("new_ribbon")
            self.done["ribbons changed"] += 1

    def _switch_off_and_on(self, name: str, hand: Hand) -> None:
        """Wake a printer that is silent although nothing is wrong to see: it may wait for the rest of a bitmap."""
        self._silent[name] += 1
        if self._silent[name] % _PATIENCE_SILENT == 0:
            hand("power_off")
            hand("power_on")
            self.done["printers switched off and on"] += 1

    def _check(self, printed: Sequence[JobRow]) -> None:
        """Look at each printed card: whose it is, which blank it is on, whether it is good."""
        if not printed:
            return
        for job, card in self._looked_at(printed):
            if card is not None and card["blank"] != job["serial"]:
                self._put_right(job["printer"])
                return
            if card is not None and not card["defect"]:
                self._act("jobs.check", job=job["id"], quality="good", by=person(CHECKER))
            else:
                cause = "factory_defect" if card is not None else "other"
                self._act("jobs.check", job=job["id"], quality="spoiled", cause=cause, by=person(CHECKER))
                self.done["cards refused at the check"] += 1

    def _looked_at(self, printed: Sequence[JobRow]) -> list[tuple[JobRow, CardSeen | None]]:
        """Return each job with the card that carries its record."""
        carried = {_black_of(card): card for card in self._cards() if card["complete"]}
        return [(job, carried.get(self._black(job["record_id"]))) for job in printed]

    def _decide(self, lost: Sequence[JobRow]) -> None:
        """Look which blanks the spoiled cards are on; then let their jobs be printed again."""
        wrong = sorted({job["printer"] for job in lost if self._wrong(job["printer"])})
        for printer in wrong:
            self._put_right(printer)
        for job in lost:
            if job["printer"] not in wrong:
                self._act("jobs.reprint", job=job["id"], by=person(CHECKER), second=person(RUNNER))
                self.done["reprints decided"] += 1

    def _put_right(self, printer: str) -> None:
        """Book the real blanks after an unseen double feed: stop the printer, then the latest card first."""
        self._act("printers.pause", name=printer, by=person(RUNNER), why="a card lies on another blank than booked")
        two = {"by": person(RUNNER), "second": person(CHECKER)}
        for _ in range(_PATIENCE):
            row = next(row for row in self._printers() if row["name"] == printer)
            if row["state"] in (PrinterState.PAUSED, PrinterState.IN_DOUBT):
                break
            time.sleep(0.1)
        for job, serial in self._wrong(printer):
            self._act("jobs.correct", job=job["id"], attempt=job["attempts"], serial=serial, **two)
            self.done["blanks corrected"] += 1
        outside = {card["blank"]: card for card in self._cards()}
        for blank in self._in_hopper(printer):
            if blank in outside and not outside[blank]["front"]:
                self._act("blanks.skip", serial=blank, **two)
                self._act("blanks.find", serial=blank, **two)
                self.done["blanks found beside a card"] += 1

    def _wrong(self, printer: str) -> list[tuple[JobRow, str]]:
        """Return the jobs whose last card is on another blank than booked, with that blank's serial, the latest first.

        A whole card says whose it is. Half-printed ones are told apart by their order: a printer takes the lowest
        blank, and after a double feed each card is on a later one than booked.
        """
        jobs = [job for state in (JobState.PRINTED, JobState.HELD) for job in self._jobs(state)]
        mine = [
            job
            for job in jobs
            if job["printer"] == printer and (job["state"] == JobState.PRINTED or self._spoiled(job))
        ]
        taken = {*self._in_hopper(printer), *(job["serial"] for job in mine)}
        whole = {job["id"]: card["blank"] for job, card in self._looked_at(mine) if card and card["blank"] in taken}
        half = {card["blank"] for card in self._cards() if card["front"] and not card["complete"]} & taken
        wrong, later = [], ""
        for job in sorted(mine, key=lambda job: str(job["serial"]), reverse=True):
            serial = whole.get(job["id"], "")
            if not serial and job["state"] == JobState.HELD:
                fitting = (blank for blank in half if blank >= job["serial"] and (not later or blank < later))
                serial = max(fitting, default="")
            later = serial or later
            if serial and serial != job["serial"]:
                wrong.append((job, serial))
        return wrong

    def _spoiled(self, job: JobRow) -> bool:
        """Tell whether a job is held since its last attempt spoiled a card: none that the quality check refused."""
        return _lost(job) and self._job(job["id"])["attempts"][-1]["state"] == AttemptState.SPOILED


def _lost(job: JobRow) -> bool:
    return job["held_because"] == HeldBecause.SPOILED


def _black_of(card: CardSeen) -> str:
    return next(panel["crc32"] for panel in card["front"] if panel["panel"] == "k")
