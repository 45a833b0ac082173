"""Every paper of the scenario is in Indonesian and in the trade's words: no code, no English, no time of the log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from printd.language.catalogue import messages
from printd.language.vocabularies import Vocabulary
from printd.shop.shop import Shop
from support.paper import pages_of
from support.trade_words import CODES

FOOT = re.compile(r"Catatan sistem: .*?(?=Halaman \d+ dari \d+)")
"""What the system says of itself, below each page."""

NAMES = re.compile(
    r"\b[0-9a-f]{16,}(?: [0-9a-f]+)*\b"
    r"|(?<![\w-])[\w-]{20,22}(?: [\w-]{1,2})?(?![\w-])"
    r"|[\w./:-]*\d[\w./:-]*|[A-Z]+-[A-Z]+"
)
"""Digests and pseudonyms, also where a line breaks them; numbers of letters, names of shifts and things; labels."""

_WORD = re.compile(r"[A-Za-z]+(?:_[a-z]+)*")


def papers(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and text of each paper that the scenario left, without the foot."""
    for folder in ("acts", "reports"):
        for path in sorted((Path(told["shop"]) / folder).glob("*.pdf")):
            yield path.stem, FOOT.sub("", " ".join(pages_of(path)))


@pytest.fixture(scope="module")
def texts(told: dict[str, Any]) -> dict[str, str]:
    return dict(papers(told))


@cache
def indonesian() -> frozenset[str]:
    """Return every word that the catalogue has in Indonesian."""
    return frozenset(one.lower() for said in messages("id").values() for one in _WORD.findall(said))


def words_of(text: str) -> list[str]:
    """Return the words of a paper, without names of things and numbers of letters."""
    return _WORD.findall(NAMES.sub(" ", text))


@cache
def codes() -> frozenset[str]:
    """Return the codes that are no Indonesian words."""
    every = {code for listed in CODES.values() for code in listed}
    return frozenset(code for code in every if code.lower() not in indonesian())


@cache
def english() -> frozenset[str]:
    """Return the English words of messages that are no Indonesian ones too."""
    english = {one.lower() for context, message in messages("id") if not context for one in _WORD.findall(message)}
    return frozenset(one for one in english - indonesian() if len(one) > 1)


def test_no_paper_has_a_code(texts: dict[str, str]) -> None:
    assert len(texts) > 60
    found = {(name, word) for name, text in texts.items() for word in words_of(text) if word in codes()}
    assert found == set()
    kinds = "|".join(CODES[Vocabulary.PLACE])
    assert [name for name, text in texts.items() if re.search(rf"\b({kinds}):\S", text)] == []


def test_no_paper_has_an_english_word(texts: dict[str, str]) -> None:
    found = {(name, word) for name, text in texts.items() for word in words_of(text) if word.lower() in english()}
    assert found == set()


def test_no_paper_has_a_day_or_a_time_as_the_log_writes_it(texts: dict[str, str]) -> None:
    at = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?:T|(?![\w-]))|\b\d\d:\d\d\b|\bUTC\b")
    found = {(name, one) for name, text in texts.items() for one in at.findall(text)}
    assert {(name, one) for name, one in found if name != f"stock-count-{one}"} == set(), "a stock count has that name"


def test_every_code_and_message_of_a_document_is_in_the_catalogue(told: dict[str, Any]) -> None:
    """Found by their vocabularies in what papers are drawn from, so that no other text can hide them."""
    lacking = set()
    for folder in ("acts", "reports"):
        for path in sorted((Path(told["shop"]) / folder).glob("*.json")):
            asked = list(wanted(json.loads(path.read_bytes())))
            lacking |= {(path.stem, *key) for key in asked if key[1] and key not in messages("id")}
            assert asked
    assert lacking == set()


def wanted(told: Any) -> Iterator[tuple[str, str]]:
    """Yield context and text of everything in a document's JSON that the catalogue is asked for."""
    if isinstance(told, list):
        for one in told:
            yield from wanted(one)
    if not isinstance(told, dict):
        return
    if told.keys() == {"message", "values"}:
        yield "", told["message"]
    if told.keys() == {"code", "of"}:
        yield from coded(told["of"], told["code"])
    yield from (("", told[key]) for key in ("title", "empty") if isinstance(told.get(key), str))
    if "words" in told and "value" in told:
        yield from coded(told["words"], told["value"])
    for column in told.get("columns", []):
        for row in told["rows"]:
            yield from coded(column["words"], row.get(column["key"]))
    for one in told.values():
        yield from wanted(one)


def coded(vocabulary: str | None, code: Any) -> Iterator[tuple[str, str]]:
    """Yield what is asked for to say a code; names of sites and what is no place stand as they are."""
    if vocabulary in (None, Vocabulary.SITE, Vocabulary.UNIT) or not isinstance(code, str) or not code:
        return
    kind = code.partition(":")[0]
    if vocabulary == Vocabulary.PLACE and kind not in CODES[Vocabulary.PLACE]:
        return
    if vocabulary == Vocabulary.MOVEMENT and code in CODES[Vocabulary.CAUSE]:
        vocabulary = Vocabulary.CAUSE
    yield str(vocabulary), kind


def test_every_way_in_the_books_has_a_word(told: dict[str, Any]) -> None:
    shop = Shop.open(Path(told["shop"]))
    try:
        with shop.store.reading() as connection:
            ways = set(connection.execute(sa.text("SELECT DISTINCT why FROM movement")).scalars())
    finally:
        shop.close()
    assert ways <= {*CODES[Vocabulary.MOVEMENT], *CODES[Vocabulary.CAUSE]}
    assert len(ways) > 12
