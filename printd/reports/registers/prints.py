"""R7 print register, R14 undistributed cards, R18 out-of-domicile prints. People stand as pseudonyms."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Document, Table, Value
from printd.reports.view import View
from printd.store import figures, test_prints
from printd.words.states import AttemptState


def register(view: View) -> Document:
    """Return R7: every attempt that ended, on which blank and printer, by whom, checked by whom; and test prints."""
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
                "operator": row["operator"],
                "checked_by": row["checked_by"] if judged else None,
                "result": row["quality"] if judged else row["state"],
                "cause": row["cause"],
            }
        )
    columns = [
        Column("no", "No.", "int", 0.5),
        Column("at", "Time", "moment", 1.4),
        Column("holder", "Holder (pseudonym)", "code", 2),
        Column("reason", "Reason", "code", 1.2, words=Vocabulary.REASON),
        Column("turn", "Went first by", "text", 1.3, words=Vocabulary.TURN),
        Column("class", "Priority class", "text", 1),
        Column("serial", "Blank", "code", 1.3),
        Column("printer", "Printer", "code"),
        Column("operator", "Operator", "text", 0.9),
        Column("checked_by", "Checked by", "text", 0.9),
        Column("result", "Result", "code", 0.9),
        Column("cause", "Cause", "code", 1.2),
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
                [Column("result", "Result", "code", 2), Column("cards", "Cards", "int")],
                summary,
            ),
            *_tests(view),
        ],
        landscape=True,
    )


def _tests(view: View) -> list[Table]:
    """Return the table of test prints, where there were any: each took a blank, or shows that it did not."""
    rows: list[dict[str, Value]] = [
        {
            "at": view.local(row["closed_at"]),
            "serial": row["serial"],
            "printer": row["printer"],
            "operator": row["operator"],
            "purpose": row["purpose"],
            "result": row["state"],
            "settled": ", ".join(one for one in (row["settled_by"], row["settled_with"]) if one) or None,
        }
        for row in test_prints.ended_between(view.connection, view.low, view.high)
    ]
    columns = [
        Column("at", "Time", "moment", 1.4),
        Column("serial", "Blank", "code", 1.3),
        Column("printer", "Printer", "code"),
        Column("operator", "Operator", "text", 0.9),
        Column("purpose", "Purpose", "code", 0.9),
        Column("result", "Result", "code", 0.9),
        Column("settled", "Settled by", "text", 1.2),
    ]
    return [Table("Test prints", columns, rows)] if rows else []


def undistributed(view: View) -> Document:
    """Return R14: good cards that nobody had taken at the period's end, and those handed over in it."""
    rows: list[dict[str, Value]] = [
        {
            "holder": row["holder"],
            "serial": row["serial"],
            "printed": view.local(row["closed_at"]),
            "held": "finished",
            "age": (view.last + timedelta(days=1) - view.day(row["good_since"])).days - 1,
        }
        for row in figures.undistributed(view.connection, view.high)
    ]
    taken: list[dict[str, Value]] = [
        {
            "holder": row["holder"],
            "serial": row["serial"],
            "handed_over": view.local(row["at"]),
            "receiver": row["receiver"],
            "old_card": row["old_card"],
        }
        for row in figures.handed_over_between(view.connection, view.low, view.high)
    ]
    columns = [
        Column("holder", "Holder (pseudonym)", "code", 2),
        Column("serial", "Blank", "code", 1.4),
        Column("printed", "Printed", "moment", 1.4),
        Column("held", "Held in", "code", words=Vocabulary.PLACE),
        Column("age", "Age, days", "int"),
    ]
    handed = [
        Column("holder", "Holder (pseudonym)", "code", 2),
        Column("serial", "Blank", "code", 1.4),
        Column("handed_over", "Handed over", "moment", 1.4),
        Column("receiver", "Receiver", "code", words=Vocabulary.RECEIVER),
        Column("old_card", "Old card", "code", words=Vocabulary.OLD_CARD),
    ]
    return Document(
        name="r14-undistributed",
        title="Printed cards that nobody has taken",
        tables=[
            Table("Not handed over", columns, rows),
            Table("Handed over in the period", handed, taken),
        ],
    )


def out_of_domicile(view: View) -> Document:
    """Return R18: good cards for people of other regencies, by the area of their NIK and reason."""
    found: Counter[tuple[str, str]] = Counter()
    for row in figures.prints_between(view.connection, view.low, view.high):
        if row["state"] == AttemptState.PRINTED and row["reason"] == "luar_domisili":
            found[row["nik_area"] or "-", row["reason"]] += 1
    rows: list[dict[str, Value]] = [
        {"area": area, "reason": reason, "cards": cards} for (area, reason), cards in sorted(found.items())
    ]
    columns = [
        Column("area", "Area of the NIK", "code"),
        Column("reason", "Reason", "code", 2, words=Vocabulary.REASON),
        Column("cards", "Cards", "int"),
    ]
    return Document(
        name="r18-out-of-domicile",
        title="Out-of-domicile prints",
        tables=[Table("Out of domicile", columns, rows)],
    )
