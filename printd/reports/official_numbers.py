"""Official numbers of papers, by the office's pattern (papers reference section 1.3).

The running number is of the year in which the act was done, over all papers of the office; a number that somebody gave
by hand stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from printd.language.dates import roman
from printd.shop.papers import Papers
from printd.words.papers import PaperKind


@dataclass(frozen=True)
class Number:
    """An official number with its year and running number; all ``None``: there is none."""

    text: str | None = None
    year: int | None = None
    running: int | None = None


def official(papers: Papers, kind: PaperKind, day: date, running: int) -> Number:
    """Return the official number of a paper.

    :param day: on which the act was done, by the office's clock.
    :param running: its running number of that year.
    """
    pattern = papers.letter_number if kind == "request" else papers.number
    text = pattern.format(
        kode=papers.codes.get(kind, papers.code),
        n=running,
        unit=papers.unit,
        romawi=roman(day.month),
        bulan=day.month,
        tahun=day.year,
        sifat=papers.sifat,
    )
    return Number(text, day.year, running)
