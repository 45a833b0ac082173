"""The catalogue has a word for every code and an Indonesian text for every message, and nothing besides."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

import printd
from printd.language import codes
from printd.language.catalogue import LOCALE, Language, entries, messages, text, word
from printd.language.vocabularies import Vocabulary
from printd_verify import tables
from support.trade_words import CODES, FORBIDDEN

LANGUAGES: tuple[Language, ...] = get_args(Language)
HOUSE = Path(printd.__file__).parent
FILES = sorted(LOCALE.glob("*/*.po"))


def test_every_vocabulary_has_a_code_list() -> None:
    assert set(CODES) == set(Vocabulary)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("vocabulary", Vocabulary)
def test_every_code_has_a_word_and_no_word_is_of_a_code_that_there_is_not(
    vocabulary: Vocabulary, language: Language
) -> None:
    assert {code for context, code in messages(language) if context == vocabulary.value} == set(CODES[vocabulary])


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_file_is_read_as_babel_reads_it(file: Path) -> None:
    with file.open("rb") as opened:
        other = [(one.context or "", one.id, one.string) for one in read_po(opened) if one.id]
    assert list(entries(file)) == other
    assert other


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", 'msgid_plural "a"', "msgid unquoted", 'msgid "half'])
def test_a_file_that_says_something_else_is_not_read(tmp_path: Path, line: str) -> None:
    file = tmp_path / "broken.po"
    file.write_text(f'msgid "a"\nmsgstr "b"\n\n{line}\n')
    with pytest.raises(ValueError):  # noqa: PT011 - of the line or of its text
        list(entries(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_has_one_translation_with_the_same_values(language: Language) -> None:
    every = [one for file in FILES if file.parent.name == language for one in entries(file)]
    told = Counter((context, message) for context, message, _ in every)
    assert [message for message, number in told.items() if number > 1] == []
    for _, message, said in every:
        assert said.strip(), message
        assert values(message) == values(said), message
    assert {context for context, _, _ in every} <= {"", *Vocabulary}


def values(message: str) -> Counter[str]:
    return Counter(re.findall(r"\{(\w*)\}", message))


ALLOWED = {
    "hilang": {("reason for printing", "hilang")},
}
"""Where one of them is the right word after all."""


@pytest.mark.parametrize("wrong", FORBIDDEN)
def test_the_trade_does_not_call_it_so(wrong: str) -> None:
    alone = re.compile(rf"(?<!stok )(?<![\w-]){wrong}(?![\w-])", re.IGNORECASE)
    said_without_values = {key: re.sub(r"\{\w*\}", "", said) for key, said in messages("id").items()}
    found = {key for key, said in said_without_values.items() if alone.search(said)}
    assert found <= ALLOWED.get(wrong, set())


def test_a_place_says_whose_it_is_and_a_way_its_cause() -> None:
    sites = {"alak": "Kecamatan Alak"}
    assert codes.said(Vocabulary.PLACE, "hopper:evo-1", "id", sites) == "baki masukan mesin cetak evo-1"
    assert codes.said(Vocabulary.PLACE, "site:alak", "id", sites) == "di Kecamatan Alak"
    assert codes.said(Vocabulary.PLACE, "site:mobil-1", "en", sites) == "at mobil-1"
    assert codes.said(Vocabulary.PLACE, "all places", "id", sites) == "all places"
    assert codes.said(Vocabulary.SUBJECT, "delivery:D-1", "id", sites) == "penerimaan D-1"
    assert codes.said(Vocabulary.MOVEMENT, "jam", "id", sites) == "kartu tersangkut"
    assert codes.said(Vocabulary.MOVEMENT, "load", "en", sites) == "loaded"


def test_what_the_catalogue_lacks_is_shown_as_it_is() -> None:
    assert text("No such message", "id") == "No such message"
    assert word(Vocabulary.CAUSE, "no_such_code", "id") == "no_such_code"


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(HOUSE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


TAKEN: dict[str, tuple[tuple[int, str], ...]] = {
    "Act": ((-1, "keepers"),),
    "Annex": ((0, "title"),),
    "Chart": ((0, "title"),),
    "Column": ((1, "title"),),
    "Document": ((1, "title"),),
    "Fact": ((1, "title"),),
    "Letter": ((1, "nature"), (2, "enclosed"), (3, "subject"), (8, "closing")),
    "Line": ((0, "title"),),
    "Sentence": ((0, "message"),),
    "Signature": ((0, "role"), (-1, "above")),
    "Signatures": ((-1, "heading"),),
    "Table": ((0, "title"), (-1, "empty")),
    "label": ((0, ""),),
    "text": ((0, ""),),
}
"""Where messages stand in the values of documents and in what renders them: position and name of an argument."""


def written(tree: ast.Module) -> Iterator[str]:
    """Yield every message that code writes down where one is taken."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        for position, keyword in TAKEN.get(name, ()):
            given = [one.value for one in call.keywords if one.arg == keyword]
            if 0 <= position < len(call.args):
                given.append(call.args[position])
            for one in given:
                yield from (part for part in texts(one) if part.strip())


def texts(value: ast.expr) -> Iterator[str]:
    """Yield the texts that a value can be, not those of calls in it."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from (*texts(value.body), *texts(value.orelse))
    elif isinstance(value, ast.BoolOp):
        for one in value.values:
            yield from texts(one)


def test_every_message_of_a_document_has_an_indonesian_text() -> None:
    rooms = ("reports", "packs", "language", "desk")
    found = {
        message
        for path, tree in trees()
        if path.relative_to(HOUSE).parts[0] in rooms and path.name != "guide.py"
        for message in written(tree)
    }
    assert len(found) > 150
    assert sorted(message for message in found if ("", message) not in messages("id")) == []


def test_no_message_is_kept_that_nobody_writes_down() -> None:
    everywhere = {
        one.value
        for _, tree in trees()
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    everywhere |= {one.english for table in tables.TABLES for one in table.columns}  # of packs' reports
    kept = {message for context, message in messages("id") if not context}
    assert sorted(kept - everywhere) == []
