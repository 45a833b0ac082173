"""What follows an act that is booked: papers, signatures. Where one fails the act stands.

The answer then says what is owed, and who makes it up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, TypeVar, cast

from printd import remedies
from printd.desk.paper_making import Act, make
from printd.errors import PrintdError, StorageError
from printd.remedies import Do, PartTold, Remedy
from printd.store import trouble

if TYPE_CHECKING:
    from printd.desk.desk import Desk
    from printd.reports.document import Document

T = TypeVar("T")


class OwedTold(TypedDict):
    """Something owed as plain data; the remedy in its parts."""

    what: str
    why: str
    remedy: list[PartTold]


class MayOwe(TypedDict):
    """An answer of an act that is booked: with what is owed of it, where something is."""

    owed: NotRequired[list[OwedTold]]


@dataclass(frozen=True)
class Owed:
    """Something that should have followed an act that is booked.

    :param what: what is missing, one sentence.
    :param why: the reason.
    :param remedy: who makes it up, and how.
    """

    what: str
    why: str
    remedy: Remedy

    def to_json(self) -> OwedTold:
        """Return the fields, for machines; the remedy in its parts."""
        return {"what": self.what, "why": self.why, "remedy": remedies.to_json(self.remedy)}


def follow(owed: list[Owed], what: str, remedy: Remedy, work: Callable[[], T]) -> T | None:
    """Do what follows an act that is booked; where disk, folder or database fail it is owed.

    :param owed: takes what is owed.
    :returns: what ``work`` returns; ``None``: it is owed.
    """
    try:
        return work()
    except (OSError, StorageError) as failed:
        known = storage_trouble(failed, what)
        if known is None:
            raise
        owed.append(Owed(what, known.why, remedy))
        return None


def paper(desk: Desk, act: Act, by: Sequence[str], document: Callable[[], Document]) -> dict[str, str] | None:
    """Write the one paper of an act that is booked; return the paths of its files, or ``None``: it is owed.

    :param by: who sign that it was made: those of the act.
    """
    return written(desk, act.paper, act.name, lambda: make(desk, act, document(), by))


def written(desk: Desk, kind: str, name: str, write: Callable[[], dict[str, str]]) -> dict[str, str] | None:
    """Write the papers of an act that is booked; return the paths of the files, or ``None``: they are owed.

    :param kind: as ``papers.again`` names it, which makes them up.
    """
    return follow(
        desk.owed,
        f"The papers of {kind} {name} were not written.",
        ("When that is mended, write them with: ", Do("papers.again", kind=kind, name=name)),
        write,
    )


def storage_trouble(failed: OSError | PrintdError, what: str) -> PrintdError | None:
    """Return an error of disk, folder or database for people; ``None``: it is another."""
    return failed if isinstance(failed, PrintdError) else trouble.of_files(failed, what)


def with_owed(result: Any, owed: list[Owed]) -> Any:
    """Return any act's answer with what is owed under ``owed``; without it where nothing is."""
    if not owed or not isinstance(result, Mapping):
        return result
    before = cast(MayOwe, result)
    return {**result, "owed": [*before.get("owed", ()), *(one.to_json() for one in owed)]}
