"""The one catalogue of everything that people read: Indonesian first, English as the second language.

Sentences are looked up by their English text, codes by their vocabulary (``msgctxt``) and the code itself. The
catalogue of a language is the union of the ``.po`` files in its folder, and has no compiled form beside them that could
say something else. What a catalogue lacks is shown as it is: an untranslated code is better than none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from printd.language.vocabularies import Vocabulary

Language = Literal["id", "en"]

LOCALE = Path(__file__).parent / "locale"


def entries(file: Path) -> Iterator[tuple[str, str, str]]:
    """Return the messages of a ``.po`` file: context (empty: none), message and translation.

    Only what our files have is read: no plurals, no flags. Babel, which reads all of the format, takes half as long to
    load as a command takes to answer.

    :raises ValueError: a line is something else.
    """
    parts: dict[str, str] = {}
    last = ""
    for line in (*file.read_text("utf-8").splitlines(), ""):
        keyword, quote, rest = line.partition('"')
        keyword = keyword.strip()
        if keyword in ("msgctxt", "msgid", "msgstr") or (quote and not keyword and last):
            last = keyword or last
            parts[last] = parts.get(last, "") + json.loads(quote + rest)
        elif line and not line.startswith("#"):
            raise ValueError(f"{file.name}: {line[:60]!r} is no line of a catalogue.")
        elif not line and parts:
            if parts["msgid"]:
                yield parts.get("msgctxt", ""), parts["msgid"], parts["msgstr"]
            parts, last = {}, ""


@cache
def messages(language: Language) -> Mapping[tuple[str, str], str]:
    """Return every message of a language by its context and its text."""
    files = sorted((LOCALE / language).glob("*.po"))
    return {(context, message): said for file in files for context, message, said in entries(file)}


def text(message: str, language: Language) -> str:
    """Return a message in a language."""
    return messages(language).get(("", message), message)


def word(vocabulary: Vocabulary, code: str, language: Language) -> str:
    """Return the word of a code in a language; a code that the catalogue lacks, as it is."""
    return messages(language).get((vocabulary.value, code), code)
