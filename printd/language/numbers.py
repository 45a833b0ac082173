"""How figures are written: grouped, in words, as money and as per cent (papers reference section 3)."""

from __future__ import annotations

import re
from typing import Final

from babel.numbers import format_currency, format_decimal, format_percent
from num2words import num2words

from printd.language.catalogue import Language, text

_LOCALE: Final = {"id": "id_ID", "en": "en_GB"}

_ONE_THOUSAND = re.compile(r"(?<=juta )satu ribu|(?<=miliar )satu ribu|(?<=triliun )satu ribu")
"""num2words 0.5.14 spells 1.001.000 so; it is *satu juta seribu*."""


def figure(number: int, language: Language) -> str:
    """Return a number with its thousands apart: ``1.234`` in Indonesian."""
    return format_decimal(number, locale=_LOCALE[language])


def words(number: int, language: Language) -> str:
    """Return a whole number in words; nothing is *nihil*, as acts say it."""
    if number == 0:
        return text("nil", language)
    spelled = num2words(number, lang=language)
    return _ONE_THOUSAND.sub("seribu", spelled) if language == "id" else spelled


def count(number: int, language: Language) -> str:
    """Return a number as acts write it, in figures and in words: ``4.000 (empat ribu)``."""
    return f"{figure(number, language)} ({words(number, language)})"


def rupiah(amount: int, language: Language) -> str:
    """Return whole rupiah: ``Rp38.188.000``."""
    return format_currency(amount, "IDR", "¤#,##0", locale="id_ID") if language == "id" else f"Rp{amount:,}"


def rupiah_in_words(amount: int, language: Language) -> str:
    """Return whole rupiah in figures and words: ``Rp1.001.000 (satu juta seribu rupiah)``."""
    return f"{rupiah(amount, language)} ({words(amount, language)} rupiah)"


def percent(basis_points: int, language: Language) -> str:
    """Return basis points as per cent: ``1,74%``."""
    return format_percent(basis_points / 10_000, "0.00%", locale=_LOCALE[language])
