"""Officials of other offices and letters, as papers name them; what nobody told is left to be written by hand."""

from __future__ import annotations

import json

from printd.events.officials import Letter, Official
from printd.language.sentences import Day, Sentence
from printd.reports.document import Person

TO_BE_WRITTEN = "." * 32
"""Stands for the office of somebody unknown, which is not ours."""


def officials(text: str | None) -> list[Official]:
    """Return officials as a column keeps them."""
    return [Official.model_validate(one) for one in json.loads(text or "[]")]


def person(official: Official | None, agency: str = "") -> Person:
    """Return an official with the letter that sent them.

    :param agency: for whom they act, where they do not say so; empty: unknown.
    """
    if official is None:
        return Person(agency=agency or TO_BE_WRITTEN)
    return Person(
        official.name,
        official.nip or "",
        official.rank or "",
        official.position or "",
        official.office or agency or TO_BE_WRITTEN,
        "" if official.assignment is None else letter(official.assignment),
    )


def letter(told: Letter) -> Sentence:
    """Return number and day of a letter."""
    return Sentence("number {number} of {day}", number=told.number, day=Day(told.day))
