"""The office as its papers show it: letterhead, head, page, words of the parties, language and clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from printd.language.catalogue import Language
from printd.language.sentences import Reader
from printd.reports.document import Person, Signature, Signatures
from printd.shop.papers import Papers
from printd.shop.shop import Shop
from printd.store import operators, sites
from printd.words import moments
from printd.words.papers import PaperKind
from printd.words.roles import Role


@dataclass(frozen=True)
class Office:
    """What every paper of an office has in common.

    :param government: first line of the letterhead; empty: it has none.
    :param heading: second line, the office without the city that stands above it; empty: its name.
    :param emblem: picture at its left.
    :param place: where papers are dated.
    :param head: who signs for the office.
    :param copies: how many originals of an act are signed, by the kind of its paper.
    :param keeper: of the goods (*Pengurus Barang*), where the shop has one; nobody where it has several.
    :param people: everybody who ever worked in the shop, by login name.
    :param fonts: see :func:`printd.reports.fonts.faces`.
    :param font_size: of running text, in points; of tables it is two thirds.
    :param margins: top, right, bottom, left, in mm.
    """

    name: str
    reader: Reader
    government: str = ""
    heading: str = ""
    address: str = ""
    emblem: Path | None = None
    place: str = ""
    head: Person = field(default_factory=Person)
    keeper: Person = field(default_factory=Person)
    first_party: str = "PIHAK PERTAMA"
    second_party: str = "PIHAK KEDUA"
    paper: Literal["A4", "F4"] = "A4"
    fonts: tuple[str, ...] = ()
    font_size: float = 11
    margins: tuple[float, float, float, float] = (20, 20, 25, 30)
    people: Mapping[str, Person] = field(default_factory=dict)
    copies: Mapping[PaperKind, int] = field(default_factory=dict)

    def person(self, login: str | None) -> Person:
        """Return somebody of the shop as papers name them; a name that nobody has is shown as it is."""
        return self.people.get(login or "", Person(login or ""))

    def day(self, at: str) -> str:
        """Return the office's day of a moment of the log, ISO."""
        return moments.local(at, self.reader.zone).date().isoformat()

    def names(self, *logins: str | None) -> str:
        """Return several people of the shop by their legal names."""
        return ", ".join(self.person(one).name for one in logins if one)


def acknowledged(office: Office, approved_by: Person | None = None) -> Signatures:
    """Return the last signatures of an act: the head of the office has taken note (*Mengetahui*).

    :param approved_by: who approved it (*Menyetujui*), beside them; ``None``: nobody had to.
    """
    head = Signature(office.head.position or "Head of office", office.head, "Acknowledged:")
    if approved_by is None:
        return Signatures([head])
    return Signatures([Signature(approved_by.position or "Supervisor", approved_by, "Approved:"), head])


def office_of(shop: Shop, language: Language | None = None) -> Office:
    """Return the office of a shop.

    :param language: of its papers, where it is not the configured one.
    """
    config = shop.config
    papers = config.papers
    with shop.store.reading() as connection:
        titles: Mapping[str, str] = {one["name"]: one["title"] for one in sites.sites(connection)}
        staff = operators.operators(connection)
    people = {one["name"]: Person(one["legal_name"], one["nip"] or "", one["rank"], one["position"]) for one in staff}
    keepers = [people[one["name"]] for one in staff if one["active"] and one["role"] == Role.STOREKEEPER]
    return Office(
        name=config.office.name,
        reader=Reader(language or papers.language, shop.zone, titles),
        government=papers.government or f"PEMERINTAH {config.office.place_of_issue}",
        heading=config.office.name.upper().removesuffix(config.office.place_of_issue.upper()).strip(),
        address=papers.address,
        emblem=shop.folder / papers.emblem if papers.emblem else None,
        place=papers.place or _without_kind(config.office.place_of_issue),
        head=_head(papers, config.office.name),
        keeper=keepers[0] if len(keepers) == 1 else Person(),
        first_party=papers.first_party,
        second_party=papers.second_party,
        paper=papers.paper,
        fonts=tuple(papers.fonts),
        font_size=papers.font_size,
        margins=papers.margins_mm,
        people=people,
        copies=papers.copies,
    )


def _head(papers: Papers, office: str) -> Person:
    head = papers.head
    return Person(head.name, head.nip, head.rank, head.position or f"Kepala {office}")


def _without_kind(area: str) -> str:
    """Return a city or regency as papers are dated there: ``KOTA KUPANG`` is Kupang."""
    return area.removeprefix("KOTA ").removeprefix("KABUPATEN ").title()
