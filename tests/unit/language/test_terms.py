"""What the verifier says, who takes nothing from the shop, is what the shop says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import printd_verify
from printd.language.catalogue import messages, word
from printd.language.vocabularies import Vocabulary
from printd.packs import guide
from printd.packs.documents import Told, reports
from printd.reports.document import Document
from printd.words import causes, places
from printd_verify import tables, terms
from support.trade_words import CODES, FORBIDDEN

OTHERWISE = {
    ("outcome of a difference", "spoiled"): "rusak",
    ("outcome of a difference", "missing"): "tidak ditemukan",
    ("outcome of a difference", "returned"): "dikembalikan",
}
"""Where one code has meanings in several lists, and the verifier one word for all of them."""


@pytest.mark.parametrize("cause", causes.SPOIL_CAUSES)
def test_a_cause_is_called_the_same_in_both_languages(cause: str) -> None:
    assert terms.words(cause) == (word(Vocabulary.CAUSE, cause, "id"), word(Vocabulary.CAUSE, cause, "en"))


@pytest.mark.parametrize("place", places.Kind)
def test_a_place_is_called_the_same(place: str) -> None:
    said = terms.place_words(place)[0]
    assert said == ("di unit layanan" if place == "site" else word(Vocabulary.PLACE, place, "id"))


@pytest.mark.parametrize("vocabulary", [Vocabulary.DIFFERENCE, Vocabulary.OUTCOME, Vocabulary.RECEIVER])
def test_other_codes_are_called_the_same(vocabulary: Vocabulary) -> None:
    for code in CODES[vocabulary]:
        if code not in ("holder", "damaged"):
            mine = OTHERWISE.get((vocabulary.value, code), word(vocabulary, code, "id"))
            assert terms.words(code)[0].removeprefix("kepada ") == mine


def every_text() -> Iterator[str]:
    for source in [*Path(printd_verify.__file__).parent.glob("*.py"), Path(guide.__file__)]:
        if source.stem != "words":  # codes, of which some are wrong words
            yield from (text for text in re.findall(r'"([^"\n]*)"', source.read_text("utf-8")) if " " in text.strip())


@pytest.mark.parametrize("wrong", sorted({*FORBIDDEN} - {"hilang", "lembar", "memuat", "opname", "shift", "tertutup"}))
def test_the_verifier_does_not_call_it_so_either(wrong: str) -> None:
    """Entries can be gone (*hilang*), a carton is closed, a table holds rows; *lembar hitung* is a sheet of a count."""
    alone = re.compile(rf"(?<![\w-]){wrong}(?![\w-])", re.IGNORECASE)
    assert [text for text in every_text() if alone.search(text)] == []


def columns() -> Iterator[tuple[str, str, str]]:
    for table in tables.TABLES:
        for one in table.columns:
            yield table.name, one.title, one.english


def test_a_column_of_a_table_has_no_wrong_word() -> None:
    alone = re.compile(rf"(?<![\w-])({'|'.join(FORBIDDEN)})(?![\w-])", re.IGNORECASE)
    titles = [*(title for _, title, _ in columns()), *(table.title for table in tables.TABLES)]
    assert [title for title in titles if alone.search(title)] == []


def test_every_text_of_a_packs_reports_is_in_the_catalogue() -> None:
    told = Told("o", 1, 2, 2, "00", ZoneInfo("Asia/Makassar"))
    documents = [one for report in reports({one.name: [] for one in tables.TABLES}, told) for one in said(report.paper)]
    assert len(documents) > 60
    assert sorted({one for one in documents if ("", one) not in messages("id")}) == []


def said(document: Document) -> Iterator[str]:
    yield from (str(document.title), *(one.title for one in document.facts))
    for table in document.tables:
        yield from (str(table.title), table.empty, *(one.title for one in table.columns))
    for chart in document.charts:
        yield from (chart.title, *(one.title for one in chart.lines))
