"""The one catalogue of everything that people read: Indonesian first, English as the second language.

Sentences are looked up by their English text, codes by their vocabulary (``msgctxt``) and the code itself. The
catalogue of a language is the union of the ``.po`` files in its folder, and has no compiled form beside them that could
say something else. What a catalogue lacks is shown as it is: an untranslated code is better than none.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from printd.language.vocabularies import Vocabulary

Language = Literal["id", "en"]

LOCALE = Path(__file__).parent / "locale"


def messages(language: Language) -> Catalog:
    """Return every message of a language, as its files have them."""
    whole = Catalog(locale=language, charset="utf-8")
    for file in sorted((LOCALE / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if message.id:
                    whole.add(message.id, message.string, context=message.context)
    return whole


@cache
def _translations(language: Language) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, messages(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def text(message: str, language: Language) -> str:
    """Return a message in a language."""
    return _translations(language).gettext(message) if message else ""


def word(vocabulary: Vocabulary, code: str, language: Language) -> str:
    """Return the word of a code in a language; a code that the catalogue lacks, as it is."""
    return _translations(language).pgettext(vocabulary.value, code) if code else ""
