"""The closing act of a shift (papers reference section 2, M2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict

from printd.custody import flows
from printd.language.sentences import Clock, Code, Count, Listed, Moment, Said, Sentence, Serials
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Act, Column, Document, Party, Signature, Signatures, Table, Value
from printd.reports.office import Office, acknowledged
from printd.reports.told_serials import lying
from printd.words.serials import from_json, pieces
from printd.words.states import AttemptState

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class PlaceCompared(TypedDict):
    """A place that was counted, beside the books; ``serials`` are those in the books, in words."""

    place: ReadOnly[str]
    book: ReadOnly[int]
    counted: ReadOnly[int]
    serials: ReadOnly[str]


class Gap(TypedDict):
    """A place where count and books differ."""

    place: ReadOnly[str]
    counted: ReadOnly[int]
    book: ReadOnly[int]


class SpoiledInHand(TypedDict):
    """Blanks that were spoiled in the hands of a shift for one cause."""

    cause: ReadOnly[str]
    serials: ReadOnly[Sequence[Sequence[str]]]


class ClosingAct(TypedDict):
    """The figures of a closing."""

    stock: ReadOnly[Sequence[Mapping[str, str | int]]]
    work: ReadOnly[Sequence[Mapping[str, str | int]] | None]
    places: ReadOnly[Sequence[PlaceCompared]]
    gaps: ReadOnly[Sequence[Gap]]
    spoiled: ReadOnly[Mapping[str, int]]
    spoils: ReadOnly[Sequence[SpoiledInHand]]
    outcomes: ReadOnly[Mapping[AttemptState, int]]
    note: ReadOnly[str]
    voided: ReadOnly[str | None]
    kept: ReadOnly[str | None]
    seal: ReadOnly[str | None]
    stored: ReadOnly[str | None]
    incident: ReadOnly[str | None]
    log_size: ReadOnly[int]


class ClosedShift(TypedDict):
    """What the act of a closed shift says."""

    id: ReadOnly[str]
    opened_at: ReadOnly[str]
    opened_by: ReadOnly[str]
    opened_with: ReadOnly[str]
    closed_at: ReadOnly[str | None]
    closed_by: ReadOnly[str | None]
    closed_with: ReadOnly[str | None]
    approved_by: ReadOnly[str | None]
    act: ReadOnly[ClosingAct | None]


_MOVEMENTS: Final = (
    ("opening", "Opening balance", "opening", "carried_in"),
    ("received", "Received", "received", None),
    ("loaned_in", "Received on loan and from other units", "loaned_in", None),
    ("issued", "Issued from the store to the shift", None, "issued"),
    ("recovered", "Found again", "recovered", "found"),
    ("available", "Available in all", "+", "+"),
    ("good", "Printed as good cards", "used_good", "good"),
    ("spoiled", "Spoiled", "spoiled", "spoiled"),
    ("loaned_out", "Handed to other units and lent", "loaned_out", None),
    ("given_back", "Given back to the province", "returned", None),
    ("stored", "Given back to the store", None, "returned"),
    ("skipped", "Serials skipped", "skipped", "skipped"),
    ("missing", "Not found", "missing", "missing"),
    ("closing", "Closing balance by the books", "closing", "carried_over"),
)
"""Rows of the movements: name, title, which figure of the office and of the shift it shows; ``+``: all that came."""

_ALWAYS: Final = frozenset({"opening", "available", "closing"})
"""Balances, which are shown where they are zero as well."""

_UNKNOWN: Final = Sentence("not known yet")


def closing(shown: Any, office: Office) -> Document:
    """Return the act of a closed shift.

    :param shown: a shift as the desk shows it, with its act.
    """
    shift: ClosedShift = shown
    act = shift["act"]
    assert act is not None, "it is closed"
    officers = [shift["closed_by"], shift["closed_with"], shift["approved_by"]]
    return Document(
        name=f"shift-{shift['id']}",
        title="Closing of a working shift of KTP-el printing",
        given=shift["id"],
        act=Act(
            at=shift["closed_at"] or "",
            place=office.name,
            parties=[Party(office.person(one)) for one in officers if one],
            deed=Sentence(
                "have closed working shift {shift}, opened on {opened} and closed at {closed}, with this result:",
                shift=shift["id"],
                opened=Moment(shift["opened_at"]),
                closed=Clock(shift["closed_at"] or ""),
            ),
            points=_points(shift, act, office),
            copies=office.copies.get("shift", 2),
        ),
        tables=[*_movements(act), _counted(act), *([_spoils(act)] if act["spoils"] else [])],
        signatures=[
            Signatures(
                [
                    Signature("Counter I", office.person(shift["closed_by"])),
                    Signature("Counter II", office.person(shift["closed_with"])),
                    Signature("Keeper of the goods", office.keeper),
                ],
                "table",
            ),
            acknowledged(office, office.person(shift["approved_by"]) if shift["approved_by"] else None),
        ],
    )


def _movements(act: ClosingAct) -> list[Table]:
    """Return what came, went and is there, of the whole office and of what the shift had in hand, by stock type."""
    work = {str(one["stock_type"]): _figures(one) for one in act["work"] or ()}
    told = []
    for row_of in act["stock"]:
        stock_type, stock = str(row_of["stock_type"]), _figures(row_of)
        shift = work.get(stock_type)
        coming = {"office": stock["opening"] + sum(stock[one] for one in flows.COMING)}
        if shift is not None:
            coming["shift"] = shift["carried_in"] + sum(shift[one] for one in flows.BROUGHT)
        rows: list[dict[str, Value]] = []
        for name, title, whole, own in _MOVEMENTS:
            row: dict[str, Value] = {"figure": name, "movement": Sentence(title), "office": None, "shift": None}
            if name in _ALWAYS:
                row["keep"] = True
            if whole is not None:
                row["office"] = coming["office"] if whole == "+" else stock[whole]
            if own is not None and shift is not None:
                row["shift"] = coming["shift"] if own == "+" else shift[own]
            rows.append(row)
        columns = [
            Column("movement", "Movement (pieces)", "text", 3.2),
            Column("office", "Stock of the office", "int", 1.4),
            Column("shift", "In the hands of the shift", "int", 1.4),
        ]
        of = Code(Vocabulary.STOCK_TYPE, stock_type)
        told.append(
            Table(
                Sentence("Movements since the shift before was closed: {stock_type}", stock_type=of),
                columns,
                rows,
                nil="movement",
            )
        )
    return told


def _figures(row: Mapping[str, str | int]) -> dict[str, int]:
    """Return the figures of a row, without the stock type that they are of."""
    return {key: value for key, value in row.items() if isinstance(value, int)}


def _counted(act: ClosingAct) -> Table:
    rows: list[dict[str, Value]] = [
        {
            "place": one["place"],
            "book": one["book"],
            "count_1": one["counted"],
            "count_2": one["counted"],
            "difference": one["counted"] - one["book"],
            "serials": lying(one["serials"]),
        }
        for one in act["places"]
    ]
    columns = [
        Column("place", "Place", "text", 2.4, Vocabulary.PLACE),
        Column("book", "By the books", "int", 0.9),
        Column("count_1", "Count I", "int", 0.9),
        Column("count_2", "Count II", "int", 0.9),
        Column("difference", "Difference", "int", 0.8),
        Column("serials", "Serials by the books", "text", 3),
    ]
    return Table("Physical count without sight of the books (pieces)", columns, rows, nil="place")


def _spoils(act: ClosingAct) -> Table:
    rows: list[dict[str, Value]] = [
        {
            "cause": one["cause"],
            "pieces": _pieces(one["serials"]),
            "serials": Sentence("{serials}", serials=Serials(one["serials"], 12)),
        }
        for one in act["spoils"]
    ]
    columns = [
        Column("cause", "Cause", "text", 2, Vocabulary.CAUSE),
        Column("pieces", "Pieces", "int", 0.8),
        Column("serials", "Serials", "text", 4),
    ]
    return Table("Blanks spoiled in this shift, by cause", columns, rows)


def _pieces(ranges: Sequence[Sequence[str]]) -> int:
    return pieces(from_json(ranges))


def _points(shift: ClosedShift, act: ClosingAct, office: Office) -> list[Sentence]:
    counted = sum(one["counted"] for one in act["places"])
    apart = sum(abs(one["counted"] - one["book"]) for one in act["places"])
    points = [
        Sentence(
            "Two officers counted, each alone and without sight of the books: count I {first} pieces, count II "
            "{second} pieces, difference from the books {apart} pieces.",
            first=Count(counted),
            second=Count(counted),
            apart=Count(apart),
        ),
        *_about_spoils(act),
        *_about_gaps(shift, act, office),
    ]
    work = act["work"]
    if work is not None:
        rest = sum(_figures(one)["returned"] for one in work)
        over = sum(_figures(one)["carried_over"] for one in work)
        points.append(
            Sentence(
                "The rest, {rest} pieces, was given back to the keeper of the goods, who keeps it in: {stored} "
                "(locked).",
                rest=Count(rest),
                stored=act["stored"] or _UNKNOWN,
            )
        )
        if over:
            points.append(
                Sentence(
                    "In printers and waiting for the check: {over} pieces, carried over to the next shift.",
                    over=Count(over),
                )
            )
    if act["outcomes"]:
        outcomes: list[Said] = [
            Sentence("{outcome} {number}", outcome=Code(Vocabulary.ATTEMPT, one), number=number)
            for one, number in act["outcomes"].items()
        ]
        points.append(Sentence("Print attempts of the shift: {outcomes}.", outcomes=Listed(outcomes)))
    return points


def _about_spoils(act: ClosingAct) -> list[Sentence]:
    """Return how many blanks were spoiled, what was done with them, and where they are."""
    if act["work"] is None:  # an entry of an earlier version knows no more than how many
        return [Sentence("Spoiled blanks: {pieces} pieces.", pieces=Count(sum(act["spoiled"].values())))]
    if not act["spoils"]:
        return [Sentence("No blank was spoiled in this shift.")]
    return [
        Sentence(
            "Spoiled blanks by cause, as in the table above: {pieces} pieces; made unusable: {voided}; kept in: "
            "{kept}; under seal number: {seal}.",
            pieces=Count(sum(_pieces(one["serials"]) for one in act["spoils"])),
            voided=Code(Vocabulary.VOIDED, act["voided"]) if act["voided"] else _UNKNOWN,
            kept=act["kept"] or _UNKNOWN,
            seal=act["seal"] or _UNKNOWN,
        )
    ]


def _about_gaps(shift: ClosedShift, act: ClosingAct, office: Office) -> list[Sentence]:
    """Return where count and books differ, who agreed that it is booked, why, and as which incident."""
    if not act["gaps"]:
        return [
            Sentence("There is no difference."),
            *([Sentence("Note: {note}", note=act["note"])] if act["note"] else []),
        ]
    where: list[Said] = [Code(Vocabulary.PLACE, one["place"]) for one in act["gaps"]]
    approver = office.person(shift["approved_by"])
    values: dict[str, Said] = {
        "pieces": Count(sum(abs(one["counted"] - one["book"]) for one in act["gaps"])),
        "places": Listed(where),
        "approver": Listed([one for one in (approver.name, approver.position) if one]),
        "reason": act["note"] or _UNKNOWN,
    }
    if act["incident"] is None:
        return [
            Sentence(
                "There is a difference of {pieces} pieces at: {places}; agreed to be booked by {approver}; reason: "
                "{reason}.",
                **values,
            )
        ]
    return [
        Sentence(
            "There is a difference of {pieces} pieces at: {places}; agreed to be booked by {approver}; reason: "
            "{reason}; reported as incident number {incident}.",
            **values,
            incident=act["incident"].removeprefix("incident-"),
        )
    ]
