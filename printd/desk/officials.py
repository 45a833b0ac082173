"""Officials and letters of other offices, as whoever books an act reads them on papers; and as they are shown."""

from __future__ import annotations

from datetime import date
from typing import Annotated, NotRequired, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from printd.desk.desk import plain
from printd.events import officials as events
from printd.events.deliveries import Handover as HandoverPart

Named = Annotated[str, Field(min_length=1, max_length=100)]
Nip = Annotated[str, Field(pattern=r"^[0-9]{18}$")]


class Letter(BaseModel):
    """A letter or another paper of an office, by number and day."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: Named
    day: date

    def told(self) -> events.Letter:
        """Return it as an entry has it."""
        return events.Letter(number=plain(self.number, "number of the letter", 100), day=self.day.isoformat())


class Official(BaseModel):
    """Somebody who acts for an office in function; what no paper says is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Named
    nip: Nip | None = None
    rank: Named | None = None
    position: Named | None = None
    office: Named | None = None
    assignment: Letter | None = None

    def told(self) -> events.Official:
        """Return them as an entry has them."""
        return events.Official(
            name=plain(self.name, "name of the official", 100),
            nip=self.nip,
            rank=None if self.rank is None else plain(self.rank, "rank", 100),
            position=None if self.position is None else plain(self.position, "position", 100),
            office=None if self.office is None else plain(self.office, "office", 100),
            assignment=None if self.assignment is None else self.assignment.told(),
        )


class Handover(BaseModel):
    """How a delivery changed hands; what nobody knows is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    place: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    given_on: date | None = None
    giver: Official | None = None
    collector: Official | None = None
    request: Letter | None = None
    allocation: Letter | None = None
    grant: Letter | None = None

    def told(self) -> HandoverPart:
        """Return it as an entry has it."""
        return HandoverPart(
            place=None if self.place is None else plain(self.place, "place"),
            given_on=None if self.given_on is None else self.given_on.isoformat(),
            giver=None if self.giver is None else self.giver.told(),
            collector=None if self.collector is None else self.collector.told(),
            request=None if self.request is None else self.request.told(),
            allocation=None if self.allocation is None else self.allocation.told(),
            grant=None if self.grant is None else self.grant.told(),
        )


class LetterTold(TypedDict):
    """A letter as it is shown."""

    number: str
    day: str


class OfficialTold(TypedDict):
    """An official as they are shown."""

    name: str
    nip: NotRequired[str]
    rank: NotRequired[str]
    position: NotRequired[str]
    office: NotRequired[str]
    assignment: NotRequired[LetterTold]


class HandoverTold(TypedDict):
    """How a delivery changed hands, as it is shown."""

    place: NotRequired[str]
    given_on: NotRequired[str]
    giver: NotRequired[OfficialTold]
    collector: NotRequired[OfficialTold]
    request: NotRequired[LetterTold]
    allocation: NotRequired[LetterTold]
    grant: NotRequired[LetterTold]
