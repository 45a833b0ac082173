"""How days and moments are written on papers: in words, on the office's clock (papers reference section 3)."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Final

from babel.dates import format_date, format_datetime

from printd.language.catalogue import Language
from printd.language.numbers import words
from printd.words.moments import local, zone_name

_LOCALE: Final = {"id": "id_ID", "en": "en_GB"}

_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def day(of: date, language: Language) -> str:
    """Return a day: ``30 November 2026``."""
    return format_date(of, "d MMMM y", locale=_LOCALE[language])


def weekday(of: date, language: Language) -> str:
    """Return the name of a day: ``Senin``."""
    return format_date(of, "EEEE", locale=_LOCALE[language])


def month(of: date, language: Language) -> str:
    """Return a month and its year: ``November 2026``."""
    return format_date(of, "MMMM y", locale=_LOCALE[language])


def spelled(of: date, language: Language) -> str:
    """Return a day as acts begin with it: ``Senin, tanggal tiga puluh bulan November tahun ... (30-11-2026)``."""
    if language == "en":
        return f"{format_date(of, 'EEEE, d MMMM y', locale='en_GB')} ({of:%d-%m-%Y})"
    name = format_date(of, "MMMM", locale="id_ID")
    return (
        f"{weekday(of, language)}, tanggal {words(of.day, language)} bulan {name} "
        f"tahun {words(of.year, language)} ({of:%d-%m-%Y})"
    )


def clock(at: str, zone: tzinfo, language: Language) -> str:
    """Return the time of day of a moment of the log: ``14.05 WITA``; the word *pukul* stands in the sentence."""
    here = local(at, zone)
    return f"{here:%H.%M} {zone_name(zone)}" if language == "id" else f"{here:%H:%M} {zone_name(zone)}"


def moment(at: str, zone: tzinfo, language: Language) -> str:
    """Return a moment of the log: ``30 November 2026 pukul 14.05 WITA``."""
    here = local(at, zone)
    if language == "id":
        return f"{day(here.date(), language)} pukul {clock(at, zone, language)}"
    return f"{day(here.date(), language)}, {clock(at, zone, language)}"


def short(at: datetime, language: Language) -> str:
    """Return a moment of the office's clock for a narrow column: ``30/11/2026 14.05``."""
    return format_datetime(at, "dd/MM/y HH.mm" if language == "id" else "dd/MM/y HH:mm", locale=_LOCALE[language])


def roman(number: int) -> str:
    """Return the number of a month as official numbers write it: 11 is ``XI``."""
    return _ROMAN[number - 1]
