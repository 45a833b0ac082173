"""R7 print register, R14 undistributed cards, R18 out-of-domicile prints. People stand as pseudonyms."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from printd.language.sentences import Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Document, Fact, Table, Value, summed
from printd.reports.view import View
from printd.store import figures, handovers, sites, test_prints
from printd.store.tables.handovers import TryRow
from printd.words import places
from printd.words.states import Quality


def register(view: View) -> Document:
    """Return R7: every attempt that ended, on which blank and printer, by whom, checked by whom.

    Beside them test prints, and what sites printed, as their reports name it.
    """
    rows: list[dict[str, Value]] = []
    for number, row in enumerate(figures.prints_between(view.connection, view.low, view.high), start=1):
        judged = row["checked_at"] is not None and row["checked_at"] < view.high
        rows.append(
            {
                "no": number,
                "at": view.local(row["closed_at"]),
                "holder": row["holder"],
                "reason": row["reason"],
                "turn": row["turn"],
                "class": row["policy_class"],
                "serial": row["serial"],
                "printer": row["printer"],
                "operator": view.names(row["operator"]),
                "checked_by": view.names(row["checked_by"]) if judged else None,
                "result": _result(view, row, judged=judged),
                "cause": row["cause"],
            }
        )
    columns = [
        Column("no", "No.", "int", 0.5),
        Column("at", "Time", "moment", 1.4),
        Column("holder", "Holder (pseudonym)", "code", 2.3),
        Column("reason", "Reason", "code", 1.2, words=Vocabulary.REASON),
        Column("turn", "Went first by", "text", 1.3, words=Vocabulary.TURN),
        Column("class", "Priority class", "text", 1),
        Column("serial", "Blank", "code", 1.3),
        Column("printer", "Printing machine", "code"),
        Column("operator", "Who printed it", "text", 0.9),
        Column("checked_by", "Who checked it", "text", 0.9),
        Column("result", "Result", "code", 1.1, words=Vocabulary.ATTEMPT),
        Column("cause", "Cause", "code", 1.2, words=Vocabulary.CAUSE),
    ]
    results = Counter(str(row["result"]) for row in rows)
    summary: list[dict[str, Value]] = [{"result": one, "cards": n} for one, n in sorted(results.items())]
    return Document(
        name="r7-print-register",
        title="Print register",
        tables=[
            Table("Prints", columns, rows),
            Table(
                "Summary",
                [Column("result", "Result", "code", 2, words=Vocabulary.ATTEMPT), Column("cards", "Cards", "int")],
                summary,
                {"result": Sentence("Total"), "cards": summed(summary, "cards")},
            ),
            *_tests(view),
            *_of_sites(view),
        ],
        landscape=True,
    )


def _result(view: View, row: figures.EndedAttempt, *, judged: bool) -> str | None:
    """Return what was known of a card at the period's end; that it is missing, only where it was missed by then."""
    if row["quality"] != Quality.MISSING:
        return row["quality"] if judged else row["state"]
    if (row["missed_at"] or "") < view.high:
        return Quality.MISSING
    return Quality.GOOD if judged else row["state"]


def _tests(view: View) -> list[Table]:
    """Return the table of test prints, where there were any: each took a blank, or shows that it did not."""
    rows: list[dict[str, Value]] = [
        {
            "at": view.local(row["closed_at"]),
            "serial": row["serial"],
            "printer": row["printer"],
            "operator": view.names(row["operator"]),
            "purpose": row["purpose"],
            "result": row["state"],
            "settled": view.names(row["settled_by"], row["settled_with"]),
        }
        for row in test_prints.ended_between(view.connection, view.low, view.high)
    ]
    columns = [
        Column("at", "Time", "moment", 1.4),
        Column("serial", "Blank", "code", 1.3),
        Column("printer", "Printing machine", "code"),
        Column("operator", "Who printed it", "text", 0.9),
        Column("purpose", "Purpose", "code", 0.9, words=Vocabulary.PURPOSE),
        Column("result", "Result", "code", 1.2, words=Vocabulary.TEST_PRINT),
        Column("settled", "Settled by", "text", 1.2),
    ]
    return [Table("Test prints", columns, rows)] if rows else []


def _of_sites(view: View) -> list[Table]:
    """Return the table of the cards that sites printed, by reports booked in the period, where there are any."""
    rows: list[dict[str, Value]] = [
        {
            "no": number,
            "printed": row["printed_on"],
            "site": places.site(row["site"]),
            "job": row["job"],
            "holder": row["holder"],
            "reason": row["reason"],
            "serial": row["serial"],
            "printer": row["printer"],
            "operator": row["operator"],
            "checked_by": row["checker"],
            "document": row["document"],
        }
        for number, row in enumerate(sites.site_cards_between(view.connection, view.low, view.high), start=1)
        if view.site in ("", row["site"])
    ]
    columns = [
        Column("no", "No.", "int", 0.5),
        Column("printed", "Printed", "day", 1.1),
        Column("site", "Site", "code", 1.4, words=Vocabulary.UNIT),
        Column("job", "Site's job", "code", 1.3),
        Column("holder", "Holder (pseudonym)", "code", 2),
        Column("reason", "Reason", "code", 1.2, words=Vocabulary.REASON),
        Column("serial", "Blank", "code", 1.3),
        Column("printer", "Printing machine", "code"),
        Column("operator", "Who printed it", "text", 1.1),
        Column("checked_by", "Who checked it", "text", 1.1),
        Column("document", "Site's report", "text", 1.3),
    ]
    return [Table("Printed by sites, as their reports name it", columns, rows)] if rows else []


def undistributed(view: View) -> Document:
    """Return R14: good cards that nobody had taken at the period's end, what was tried, and those handed over in it."""
    tries: dict[str, list[TryRow]] = {}
    for one in handovers.tries_before(view.connection, view.high):
        tries.setdefault(one["attempt_id"], []).append(one)
    rows = [_waits(view, card, tries.get(card["id"], [])) for card in figures.undistributed(view.connection, view.high)]
    taken: list[dict[str, Value]] = [
        {
            "holder": row["holder"],
            "serial": row["serial"],
            "handed_over": view.local(row["at"]),
            "tries": len(tries.get(row["attempt_id"], [])),
            "receiver": row["receiver"],
            "old_card": row["old_card"],
            "note": row["basis"] or row["why_unknown"],
        }
        for row in figures.handed_over_between(view.connection, view.low, view.high)
    ]
    of_sites: list[dict[str, Value]] = [
        {
            "holder": row["holder"],
            "serial": row["serial"],
            "site": places.site(row["site"]),
            "handed_over": row["handed_over_on"],
            "receiver": row["receiver"],
            "old_card": row["old_card"],
            "document": row["document"],
        }
        for row in sites.site_cards_between(view.connection, view.low, view.high)
    ]
    waiting = [
        Column("holder", "Holder (pseudonym)", "code", 2),
        Column("serial", "Blank", "code", 1.2),
        Column("printed", "Printed", "moment", 1.3),
        Column("held", "Held in", "code", 1.6, words=Vocabulary.PLACE),
        Column("age", "Age, days", "int", 0.8),
        Column("tries", "Tries to reach the holder", "int", 0.9),
        Column("tried", "Last tried", "moment", 1.3),
        Column("how", "How", "code", 1.1, words=Vocabulary.TRY),
        Column("reached", "Reached", "text", 0.8),
    ]
    person = [Column("holder", "Holder (pseudonym)", "code", 2), Column("serial", "Blank", "code", 1.2)]
    taker = [
        Column("receiver", "Receiver", "code", 1.2, words=Vocabulary.RECEIVER),
        Column("old_card", "Old card", "code", 1.3, words=Vocabulary.OLD_CARD),
    ]
    handed = [
        *person,
        Column("handed_over", "Handed over", "moment", 1.3),
        Column("tries", "Tries", "int", 0.9),
        *taker,
    ]
    by_sites = [
        *person,
        Column("site", "Site", "code", 1.6, words=Vocabulary.UNIT),
        Column("handed_over", "Handed over", "day", 1.1),
        *taker,
        Column("document", "Site's report", "text", 1.4),
    ]
    took = Counter(str(row["receiver"]) for row in (*taken, *of_sites))
    return Document(
        name="r14-undistributed",
        title="Printed cards that nobody has taken",
        facts=[
            Fact("waiting", "Not handed over", len(rows), "int"),
            Fact("taken", "Handed over in the period", len(taken) + len(of_sites), "int"),
            Fact("to_holders", "of these to the holder", took["holder"], "int"),
            Fact("to_proxies", "of these to a proxy", took["proxy"], "int"),
            Fact("to_unknown", "of these unknown to whom", took["unknown"], "int"),
        ],
        tables=[
            Table("Not handed over", waiting, rows),
            Table("Handed over in the period", [*handed, Column("note", "Paper, or why unknown", "text", 1.8)], taken),
            *([Table("Handed over by sites, as their reports name it", by_sites, of_sites)] if of_sites else []),
        ],
        landscape=True,
    )


def _waits(view: View, card: figures.WaitingCard, tries: list[TryRow]) -> dict[str, Value]:
    last = tries[-1] if tries else None
    return {
        "holder": card["holder"],
        "serial": card["serial"],
        "printed": view.local(card["closed_at"]),
        "held": places.FINISHED,
        "age": (view.last + timedelta(days=1) - view.day(card["good_since"])).days - 1,
        "tries": len(tries),
        "tried": None if last is None else view.local(last["at"]),
        "how": None if last is None else last["how"],
        "reached": None if last is None else bool(last["reached"]),
    }


def out_of_domicile(view: View) -> Document:
    """Return R18: good cards for people of other regencies, by unit, area of their NIK and reason."""
    found: Counter[tuple[str, str]] = Counter()
    for card in figures.prints_between(view.connection, view.low, view.high):
        judged = card["checked_at"] is not None and card["checked_at"] < view.high
        if judged and card["quality"] == Quality.GOOD and card["reason"] == _AWAY:
            found["office", card["nik_area"] or "-"] += 1
    for one in sites.site_cards_between(view.connection, view.low, view.high):
        if one["reason"] == _AWAY:
            found[places.site(one["site"]), one["nik_area"]] += 1
    rows: list[dict[str, Value]] = [
        {"unit": unit, "area": area, "reason": _AWAY, "cards": cards} for (unit, area), cards in sorted(found.items())
    ]
    columns = [
        Column("unit", "Unit", "code", 1.6, words=Vocabulary.UNIT),
        Column("area", "Area of the NIK", "code"),
        Column("reason", "Reason", "code", 2, words=Vocabulary.REASON),
        Column("cards", "Cards", "int"),
    ]
    total: dict[str, Value] = {"unit": Sentence("Total"), "cards": summed(rows, "cards")}
    return Document(
        name="r18-out-of-domicile",
        title="Out-of-domicile prints",
        tables=[Table("Out of domicile", columns, rows, total if rows else None)],
    )


_AWAY = "luar_domisili"
